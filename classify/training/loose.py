"""Pages that no kind can be given: noise, foreign texts, loose pages from the middle."""

import random
from collections.abc import Sequence

from classify.training.noise import dirt
from classify.training.sheet import Sheet, finished
from classify.training.slots import filled
from classify.training.wordings import Wording
from classify.types import PageView

FOREIGN_LINES = (
    "This agreement is made between the parties on the date written below and shall be governed",
    "by the laws of the country in which the goods are delivered to the buyer",
    "The undersigned hereby certifies that the above information is true and correct",
    "Please find attached the invoice for the services rendered during the last quarter",
    "Certificate of Birth registered in the district of Middlesex in the County of London",
    "Le présent contrat est conclu entre les parties soussignées à la date indiquée ci-dessous",
    "Nous avons l'honneur de vous informer que votre demande a été transmise au service compétent",
    "République Française, extrait de l'acte de naissance délivré par la mairie",
    "Der Vertrag tritt mit dem Tag der Unterzeichnung durch beide Parteien in Kraft",
    "UNIVERSITY OF SOUTHERN TECHNOLOGY BACHELOR OF SCIENCE with honours",
    "El presente documento certifica que el titular ha cumplido los requisitos",
    "Chapter one It was a bright cold day in April and the clocks were striking",
)


def compose_unknown(rng: random.Random, wordings: Sequence[Wording]) -> PageView:
    """A page that no kind can be given: noise, a foreign text, a loose page of some paper."""
    sheet = Sheet(rng, rng.choice((0.0, 0.03, 0.1)))
    sheet.y = rng.uniform(0.04, 0.2)
    kind = rng.random()
    if kind < 0.25:
        for _ in range(rng.randint(1, 60)):
            sheet.y = rng.uniform(0.02, 0.95)
            sheet.put(" ".join(dirt(rng) for _ in range(rng.randint(1, 5))), rng.random())
    elif kind < 0.5:
        for _ in range(rng.randint(3, 40)):
            line = rng.choice(FOREIGN_LINES)
            sheet.block(line.upper() if rng.random() < 0.1 else line)
    elif kind < 0.65:
        _glyphs(sheet)
    else:
        _loose(sheet, wordings)
    return finished(sheet)


def _glyphs(sheet: Sheet) -> None:
    """Chinese, a photograph or a map, as a reader of Vietnamese gives them."""
    letters = "BEFHIKLMNOSTXYZaeiknorstuyàáâăéèêíôơưđ#%&*+<>[]{}|/\\0123456789"
    for _ in range(sheet.rng.randint(4, 40)):
        words = (
            "".join(sheet.rng.choice(letters) for _ in range(sheet.rng.randint(1, 5)))
            for _ in range(sheet.rng.randint(1, 12))
        )
        sheet.block(" ".join(words), left=sheet.rng.uniform(0.05, 0.6))


def _loose(sheet: Sheet, wordings: Sequence[Wording]) -> None:
    """A page from the middle of a paper: sentences of several kinds, a page number, no name."""
    rng = sheet.rng
    if rng.random() < 0.5:
        sheet.row(str(rng.randint(2, 30)), 0.5)
    texts = [
        text
        for wording in rng.sample(wordings, 3)
        for text in wording.body
        if not text.isupper() and "|" not in text
    ]
    for text in rng.sample(texts, min(len(texts), rng.randint(2, 9))):
        low = filled(text, rng)
        sheet.block(low[:1].lower() + low[1:] + rng.choice((";", ".", ",")))

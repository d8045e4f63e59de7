"""What papers of each kind say: read from `wordings.txt`, or made from a catalogue's row."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from classify._text import capitals
from classify.types import Kind


class Shape(StrEnum):
    """How a paper's first page is laid out."""

    OFFICE = "office"
    """NĐ 30/2020: issuer and number left, Quốc hiệu right, name and abstract in the middle."""
    ATTACHED = "attached"
    """The same without a number of its own: issued with a decision."""
    LETTER = "letter"
    """Công văn: V/v under the number, Kính gửi, no name."""
    LAW = "law"
    """Of Quốc hội: "Luật số", the name in capitals with what it is about."""
    NORM = "norm"
    """As OFFICE, with the year in its number."""
    RECEIPT = "receipt"
    """A slip of the one-stop shop, with the code of a dossier."""
    CERTIFICATE = "certificate"
    """Quốc hiệu, a name, labelled lines."""
    CARD = "card"
    """A card of a few small lines, often in two languages."""
    FORM = "form"
    """What a citizen fills in: Quốc hiệu in the middle, a name, Kính gửi, labels."""
    CONTRACT = "contract"
    """Two parties: Quốc hiệu in the middle, a name, a number under it."""
    BOOK = "book"
    """A table across a page laid on its side."""
    DRAWING = "drawing"
    """A few words anywhere."""
    PLAIN = "plain"
    """A name and a text, without a head."""
    COPY = "copy"
    """Any office paper with the block of a copy at its foot."""
    STAMPED = "stamped"
    """Any paper with the stamp that certifies a copy."""
    FOREIGN = "foreign"
    """A translation or a legalisation in two languages."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One kind's titles, notations, abstracts and sentences; slots in braces."""

    code: str
    shapes: tuple[Shape, ...]
    titles: tuple[str, ...]
    """" / " breaks a row."""
    notations: tuple[str, ...] = ()
    abstracts: tuple[str, ...] = ()
    body: tuple[str, ...] = ()


_PARTS = {"t": "titles", "n": "notations", "a": "abstracts", "b": "body"}


@cache
def load_wordings() -> dict[str, Wording]:
    """Read every wording that ships, by the kind's code."""
    text = files("classify.training").joinpath("wordings.txt").read_text(encoding="utf-8")
    found: dict[str, Wording] = {}
    for block in text.split("\n= ")[1:]:
        wording = _parsed(block.splitlines())
        found[wording.code] = wording
    return found


def _parsed(lines: list[str]) -> Wording:
    code, shapes = lines[0].split()
    parts = dict.fromkeys(_PARTS.values(), ()) | {
        _PARTS[line[0]]: tuple(part.strip() for part in line[1:].split(";;")) for line in lines[1:]
    }
    return Wording(
        code,
        tuple(Shape(shape) for shape in shapes.split(",")),
        titles=parts["titles"],
        notations=tuple(part for part in parts["notations"] if part),
        abstracts=parts["abstracts"],
        body=tuple(part for part in parts["body"] if part),
    )


_SHAPES_OF_GROUP = {
    "A": (Shape.OFFICE,),
    "C": (Shape.NORM,),
    "D": (Shape.RECEIPT,),
    "H": (Shape.FORM,),
    "I": (Shape.OFFICE,),
}


def wording_of(kind: Kind) -> Wording:
    """The wording that ships with a kind; for a kind that an archivist added, one made of its row.

    Its titles are the catalogue's phrases in capitals, its labels nothing but its name: examples
    must say the rest.
    """
    known = load_wordings().get(kind.code)
    if known:
        return known
    titles = tuple(phrase for phrase in kind.titles if capitals(phrase) > 0.8)
    return Wording(
        kind.code,
        _SHAPES_OF_GROUP.get(kind.group[:1], (Shape.CERTIFICATE, Shape.OFFICE)),
        titles=titles or (kind.name.upper(),),
        notations=(f"{kind.abbreviation}-UBND",) if kind.abbreviation else (),
        body=(kind.name, "Họ và tên: {name}", "Địa chỉ: {place}"),
    )

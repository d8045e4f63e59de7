"""Bad input is "không rõ" with a reason: never an error, never a confident guess."""

import random
from collections.abc import Callable

import pytest

from catalogue.reference import load_reference
from classify import PageView, classify, extract, separate
from classify.limits import MAX_DOCUMENT_PAGES
from imaging.types import Box
from ocr.types import Mark, MarkKind
from workers.reading import empty_document_json
from workers.reference import reference_of

PageMaker = Callable[..., PageView]
Place = tuple[str, float, float]
REFERENCE = reference_of(load_reference())

ENGLISH = """CERTIFICATE OF EMPLOYMENT
This is to certify that the above named person has been employed by our company
since the first day of March and is a full time member of the accounting department
Her duties include the preparation of monthly reports and the keeping of records
This certificate is issued upon request for whatever legal purpose it may serve
Signed in the city of Manchester on the second of May"""
FRENCH = """ATTESTATION DE TRAVAIL
Je soussigné, directeur de la société, certifie que l'intéressée est employée
dans notre établissement depuis le premier mars en qualité de comptable
La présente attestation est délivrée pour servir et valoir ce que de droit
Fait à Lyon, le deux mai, pour la direction générale de la société"""
CHINESE = """ñ# X\u00e1 E K% 7] ]\\ I 4 P[ +
f* + Z 0 8& | M ä> { } Y B 3
t§ U # i K\\ 9 q ^ = H o {} L"""
LOOSE = """các nhiệm vụ được giao và báo cáo kết quả theo quy định hiện hành;
đồng thời phối hợp với các đơn vị có liên quan trong quá trình thực hiện,
bảo đảm tiến độ và chất lượng công việc trước khi trình cấp có thẩm quyền"""


def _lines(text: str) -> list[Place]:
    return [(line, 0.12, 0.1 + 0.03 * row) for row, line in enumerate(text.splitlines())]


def _noise(seed: int, words: int) -> list[Place]:
    rng = random.Random(seed)  # noqa: S311  noise
    signs = "|¬_~.‘ˆ=“¡—°;«\\iltrIO0%#&*"
    return [
        ("".join(rng.choice(signs) for _ in range(rng.randint(1, 4))), rng.random(), rng.random())
        for _ in range(words)
    ]


@pytest.mark.parametrize(
    "lines",
    [
        [], _noise(1, 3), _noise(2, 60), _noise(3, 400), _lines(ENGLISH), _lines(FRENCH),
        _lines(CHINESE), _lines(LOOSE), [("42", 0.5, 0.5)], [("ẢNH", 0.5, 0.5)],
    ],
    ids=["empty", "specks", "noise", "much noise", "English", "French", "Chinese", "middle page",
         "number", "one word"],
)  # fmt: skip
def test_it_is_unknown_with_a_reason(page: PageMaker, lines: list[Place]) -> None:
    """Whatever a scanner may be fed beside papers."""
    guess = classify([page(1, lines, confidence=0.6)], REFERENCE)
    assert (guess.code, guess.name, guess.form) == (None, "không rõ", None)
    assert guess.confidence == 0.0
    assert all(reason.endswith("loại giấy tờ.") for reason in guess.reasons)


def test_a_file_that_nothing_cuts_is_not_named(page: PageMaker, decision: list[Place]) -> None:
    """300 pages behind one heading: something was not seen; the clerk is told to divide it."""
    pages = [page(1, decision), *(page(number, _lines(LOOSE)) for number in range(2, 301))]
    spans = separate(pages).spans
    assert [(span.first_page, span.last_page) for span in spans] == [(1, 300)]
    guess = classify(pages, REFERENCE)
    assert guess.code is None
    assert "300 trang" in guess.reasons[0]
    assert extract(pages, guess, REFERENCE)
    assert classify(pages[:MAX_DOCUMENT_PAGES], REFERENCE).code == "VB02"


def test_three_hundred_pages_of_noise(page: PageMaker) -> None:
    """Separating and naming them ends, and names nothing."""
    pages = [page(number, _noise(number, 30), confidence=0.4) for number in range(1, 301)]
    for span in separate(pages).spans:
        guess = classify(pages[span.first_page - 1 : span.last_page], REFERENCE)
        assert guess.code is None


def test_marks_on_what_is_no_paper_are_not_sure(page: PageMaker) -> None:
    """A photograph has red rounds as well: where the kind is unknown no seal passes as sure."""
    seal = Mark(MarkKind.SEAL, Box(100, 100, 400, 400), 0.97)
    for lines in ([], [("ẢNH", 0.5, 0.5)]):
        pages = [page(1, lines, marks=(seal,))]
        fields = extract(pages, classify(pages, REFERENCE), REFERENCE)
        assert fields["has_seal"].value is True
        assert not any(field.sure for field in fields.values())


def test_a_file_of_blank_pages_is_said_to_be_one() -> None:
    """`tangthu read` answers with one document that is not known, and says what to do."""
    answer = empty_document_json(3)
    assert (answer["first_page"], answer["last_page"]) == (1, 3)
    assert answer["kind"]["code"] is None
    assert answer["kind"]["name"] == "không rõ"
    assert "trang trống" in answer["kind"]["reasons"][0]
    assert all(field["value"] in (None, False) for field in answer["fields"].values())

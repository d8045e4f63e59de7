"""Copies by NĐ 30/2020 Điều 25: told apart, kept with what they copy, its fields its own."""

from collections.abc import Callable

import pytest

from catalogue.reference import load_reference
from classify import PageView, classify, extract, separate
from workers.reference import reference_of

PageMaker = Callable[..., PageView]
Place = tuple[str, float, float]
REFERENCE = reference_of(load_reference())


def _block(name: str, number: str, y: float) -> list[Place]:
    return [
        ("^VĂN PHÒNG ỦY BAN NHÂN DÂN", 0.28, y), (f"^{name}", 0.72, y),
        ("^TỈNH QUẢNG NGÃI", 0.28, y + 0.02),
        (f"^{number}", 0.28, y + 0.04),
        ("^Quảng Ngãi, ngày 12 tháng 3 năm 2025", 0.72, y + 0.04),
        ("Nơi nhận:", 0.15, y + 0.07), ("^TL. CHÁNH VĂN PHÒNG", 0.72, y + 0.07),
        ("^Trần Thị Mẫu", 0.72, y + 0.15),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "number", "code", "sure"),
    [
        ("SAO Y", "Số: 12/SY-VP", "BS01", True),
        ("SAO LỤC", "Số: 12/SL-VP", "BS03", True),
        ("TRÍCH SAO", "Số: 12/TrS-VP", "BS02", True),
        ("SAO LỤC", "Số:", "BS03", False),
        ("SAO Y BẢN CHÍNH", "Số:", "BS01", False),
    ],
)
@pytest.mark.parametrize("own_page", [True, False])
def test_a_copy_s_block(
    page: PageMaker, decision: list[Place], *, name: str, number: str, code: str, sure: bool,
    own_page: bool,
):  # fmt: skip
    """One document of the copy's kind and the original's form; number, body, signer stay its own.

    Without its number the block's name tells the copy, for a person to look at.
    """
    block = _block(name, number, 0.05 if own_page else 0.8)
    pages = [page(1, decision), page(2, block)] if own_page else [page(1, [*decision, *block])]
    assert len(separate(pages).spans) == 1
    guess = classify(pages, REFERENCE)
    assert (code, "quyết định", sure) == (guess.code, guess.form, guess.confidence >= 0.95)
    fields = extract(pages, guess, REFERENCE)
    got = [fields[one].value for one in ("number", "issuer", "issued_on", "signer_name")]
    assert got == ["84/QĐ-UBND", "Ủy ban nhân dân tỉnh Quảng Ngãi", "2025-02-04", "Lê Văn Thử"]


@pytest.mark.parametrize(
    "lines", [["SAO Y; 14/SY-UBND; 12/03/2025 10:11:12"], ["BẢN SAO Y", "Số: 14/SY-UBND"]]
)
def test_an_electronic_copy_s_line(page: PageMaker, decision: list[Place], lines: list[str]):
    """Software puts it above the head: the number under the body's name is the paper's."""
    head = [(line, 0.6, 0.02 + 0.015 * row) for row, line in enumerate(lines)]
    pages = [page(1, [*head, *decision])]
    guess = classify(pages, REFERENCE)
    fields = extract(pages, guess, REFERENCE)
    assert guess.code == "BS01"
    assert fields["number"].value == "84/QĐ-UBND"
    assert fields["issuer"].value == "Ủy ban nhân dân tỉnh Quảng Ngãi"

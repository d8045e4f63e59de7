"""A document's page: the picture, the words over it, fields, signatures, and who looked."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from PIL import Image

from archive.models import AuditEvent, Document
from archive.signing.testca import TEST_MARK
from archive.states import Protection, Role
from archive.tags import Tag
from proof.signatures import Reason, Verdict
from web import words
from web.templatetags.words import marked, size_word

AsRole = Callable[..., Client]
MakeDocument = Callable[..., Document]


def page(client: Client, document: Document, query: str = "") -> str:
    answer = client.get(f"/giay-to/{document.pk}/", {"q": query} if query else {})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def archivist(as_role: AsRole) -> Client:
    return as_role(Role.ARCHIVIST)


def test_words_stand_in_reading_order_with_their_boxes(
    archivist: Client, archived: MakeDocument
) -> None:
    shown = page(archivist, archived())
    assert '<span data-at="20 20 60 40">ỦY </span><span data-at="65 20 105 40">BAN </span>' in shown
    assert shown.index("NHÂN ") < shown.index("Số: ") < shown.index("phép ")


def test_found_words_are_marked_where_they_stand(archivist: Client, archived: MakeDocument) -> None:
    """A question typed without tone marks marks the words in their places, and no others."""
    document = archived()
    shown = page(archivist, document, "cap phep")
    assert shown.count('class="found"') == 2
    assert '<rect x="110" y="80" width="40" height="20" class="found"/>' in shown
    assert page(archivist, document).count('class="found"') == 0
    assert page(archivist, document, '"mở ngoặc').count('class="found"') == 0


def test_fields_have_a_place_on_the_page(archivist: Client, archived: MakeDocument) -> None:
    """The mark stands a little off the words that it frames."""
    shown = page(archivist, archived())
    assert '<rect x="17" y="47" width="96" height="26" class="at" data-field="number"/>' in shown
    assert 'class="field" data-field="number"' in shown


def test_the_picture_is_the_page(archivist: Client, archived: MakeDocument) -> None:
    """110 dpi JPEG of the sealed PDF."""
    document = archived()
    answer = archivist.get(f"/giay-to/{document.pk}/trang/1.jpg")
    with Image.open(io.BytesIO(answer.content)) as image:
        assert image.format == "JPEG"
        assert image.size == pytest.approx((310 * 110 / 72, 438 * 110 / 72), abs=2)
    assert archivist.get(f"/giay-to/{document.pk}/trang/2.jpg").status_code == 404


def test_a_waiting_page_is_shown_from_its_source(archivist: Client, waiting: MakeDocument) -> None:
    """Before there is a PDF the picture comes from the file as received."""
    answer = archivist.get(f"/giay-to/{waiting().pk}/trang/1.jpg")
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Cache-Control"] == "no-store"


def test_only_archived_ordinary_pages_are_kept(
    archivist: Client, archived: MakeDocument, home: Path
) -> None:
    """Pictures of identity papers lie in no cache, the browser's included."""
    folder = home / "cache" / "pages"

    def kept() -> int:
        return len(list(folder.glob("*.jpg"))) if folder.exists() else 0

    before = kept()
    identity = archived(protection=Protection.IDENTITY)
    archivist.post("/vi-sao/", {"purpose": "nghiệp vụ lưu trữ"})
    answer = archivist.get(f"/giay-to/{identity.pk}/trang/1.jpg")
    assert (answer["Cache-Control"], kept()) == ("no-store", before)
    ordinary = archived()
    for _ in range(2):
        answer = archivist.get(f"/giay-to/{ordinary.pk}/trang/1.jpg")
        assert answer["Cache-Control"].startswith("private")
    assert kept() == before + 1


def test_each_look_and_download_is_recorded(archivist: Client, archived: MakeDocument) -> None:
    document = archived()
    page(archivist, document)
    answer = archivist.get(f"/giay-to/{document.pk}/tep.pdf")
    assert answer.content.startswith(b"%PDF")
    looks = AuditEvent.objects.filter(tag=Tag.DOCUMENT_READ, subject=f"document:{document.pk}")
    assert [event.detail["what"] for event in looks.order_by("seq")] == [
        "xem trên trang",
        "tải tệp đã ký",
    ]
    assert {event.detail["purpose"] for event in looks} == {"tra cứu"}
    assert {event.detail["address"] for event in looks} == {"127.0.0.1"}
    assert "Xem giấy tờ" in page(archivist, document)


def test_nothing_to_download_before_the_seal(archivist: Client, waiting: MakeDocument) -> None:
    assert archivist.get(f"/giay-to/{waiting().pk}/tep.pdf").status_code == 404


@pytest.mark.parametrize("verdict", list(Verdict))
def test_undetermined_never_looks_like_invalid(
    archivist: Client, archived: MakeDocument, verdict: Verdict
) -> None:
    shown = page(archivist, archived(verdict=verdict.value))
    section = shown[shown.index('class="signatures"') :][:400]
    assert words.VERDICT[verdict] in section
    assert ("tag bad" in section) == (verdict is Verdict.INVALID)
    assert ("Không hợp lệ" in section) == (verdict is Verdict.INVALID)


def test_test_signatures_say_so(archivist: Client, archived: MakeDocument) -> None:
    assert "THỬ NGHIỆM" in page(archivist, archived(signer=f"CƠ QUAN {TEST_MARK}"))
    assert "THỬ NGHIỆM" not in page(archivist, archived())


def test_what_a_paper_says_is_text_not_markup(archivist: Client, waiting: MakeDocument) -> None:
    """A field that holds markup is shown, never run."""
    evil = {"name": "abstract", "value": "<script>x</script>", "as_printed": None, "sure": True}
    shown = page(archivist, waiting(fields=(evil | {"confidence": 1.0},)))
    assert "<script>x" not in shown
    assert "&lt;script&gt;x" in shown
    assert marked("<b>\x02x\x03") == "&lt;b&gt;<mark>x</mark>"


def test_every_code_has_words() -> None:
    """A new event, verdict or reason must be worded before it reaches a person."""
    assert {tag for tag in Tag if tag.startswith(("document:", "reuse:"))} <= set(words.EVENT)
    assert set(Verdict) == set(words.VERDICT)
    assert set(Reason) == set(words.REASON)
    assert set(Role) - {Role.CLIENT} == set(words.ROLE)


def test_sizes_are_written_the_vietnamese_way() -> None:
    sizes = [size_word(size) for size in (0, 1, 2048, 1_572_864)]
    assert sizes == ["0 KB", "1 KB", "2 KB", "1,5 MB"]


def test_the_banner_stands_where_all_is_a_sample(archivist: Client, home: Path) -> None:
    assert "Dữ liệu mẫu" not in archivist.get("/").content.decode()
    (home / "DEMO.txt").touch()
    try:
        assert "Dữ liệu mẫu" in archivist.get("/").content.decode()
        assert "Dữ liệu mẫu" in Client().get("/dang-nhap/").content.decode()
    finally:
        (home / "DEMO.txt").unlink()

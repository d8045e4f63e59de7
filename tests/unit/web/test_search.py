"""Finding: what may be seen, marked, leafed through; questions that cannot be read, in words."""

from collections.abc import Callable

import pytest
from django.test import Client

from archive.models import AuditEvent, Document
from archive.states import Protection, Role
from archive.tags import Tag
from search import IndexUnavailableError
from web.views import search as search_view
from workers.house import House
from workers.stages.documents import index_document

AsRole = Callable[..., Client]
MakeDocument = Callable[..., Document]


@pytest.fixture
def filed(house: House, archived: MakeDocument) -> MakeDocument:
    """Make an archived document that is in the index."""

    def make(**of: object) -> Document:
        document = archived(**of)
        house.index.put([index_document(document, house)])
        return document

    return make


def test_without_tone_marks_and_marked(as_role: AsRole, filed: MakeDocument) -> None:
    document = filed()
    shown = as_role(Role.CLERK).get("/tim/", {"q": "cap phep xay dung"}).content.decode()
    assert f"/giay-to/{document.pk}/?q=cap%20phep%20xay%20dung&amp;trang=1#trang-1" in shown
    assert "<mark>cấp</mark>" in shown
    assert AuditEvent.objects.filter(tag=Tag.SEARCH_MADE).count() == 1


def test_identity_papers_are_found_by_those_who_may(as_role: AsRole, filed: MakeDocument) -> None:
    """The count says nothing of what one may not see."""
    filed(protection=Protection.IDENTITY)
    question = {"q": "cap phep"}
    assert "Không thấy giấy tờ nào" in as_role(Role.CLERK).get("/tim/", question).content.decode()
    assert "1 giấy tờ" in as_role(Role.CHECKER).get("/tim/", question).content.decode()


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ({"loai": "VB02"}, True),
        ({"loai": "VB28"}, False),
        ({"tu": "01/03/2024", "den": "31/03/2024"}, True),
        ({"tu": "06/03/2024"}, False),
        ({"den": "2024-03-04"}, False),
    ],
)
def test_filters(
    as_role: AsRole, filed: MakeDocument, question: dict[str, str], *, found: bool
) -> None:
    document = filed()
    shown = as_role(Role.CLERK).get("/tim/", question | {"q": "xay dung"}).content.decode()
    assert (document.pk in shown) == found


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ({"q": '"mở ngoặc'}, "Thiếu một dấu ngoặc kép"),
        ({"q": "so:"}, "Sau dấu hai chấm"),
        ({"q": "so quyet dinh " * 200}, "Câu tìm quá dài"),
        ({"q": "x", "tu": "hôm qua"}, "Ban hành từ"),
        ({"q": "x", "loai": "KHONG-CO"}, "Loại giấy tờ"),
    ],
)
def test_a_question_that_cannot_be_read_is_told(
    as_role: AsRole, house: House, question: dict[str, str], sentence: str
) -> None:
    answer = as_role(Role.CLERK).get("/tim/", question)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_leafing_keeps_the_question(
    as_role: AsRole, filed: MakeDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every document stands on one leaf; the leaf after the last has no way on."""
    monkeypatch.setattr(search_view, "PER_PAGE", 2)
    documents = {filed().pk for _ in range(3)}
    clerk, seen = as_role(Role.CLERK), set()
    for number in (1, 2):
        shown = clerk.get("/tim/", {"q": "xay dung", "trang": number}).content.decode()
        seen |= {pk for pk in documents if pk in shown}
        assert ('rel="next"' in shown) == (number == 1)
        assert ('rel="prev"' in shown) == (number == 2)
    assert documents == seen


def test_an_empty_question_lists_the_newest(as_role: AsRole, filed: MakeDocument) -> None:
    filed()
    assert "mới nhất trước" in as_role(Role.CLERK).get("/tim/").content.decode()


def test_an_index_that_is_away_is_said_plainly(
    as_role: AsRole, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page stands, with what was typed, and says that filing goes on."""

    def away(*_: object) -> None:
        raise IndexUnavailableError

    monkeypatch.setattr(type(house.index), "search", away)
    answer = as_role(Role.CLERK).get("/tim/", {"q": "cấp phép"})
    shown = answer.content.decode()
    assert answer.status_code == 503
    assert "việc nhận, đọc và lưu giấy tờ vẫn chạy" in shown
    assert 'value="cấp phép"' in shown

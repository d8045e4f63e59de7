"""What every index backend promises; a backend's tests are this class with its own `index`."""

import os
import uuid
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from search import ElasticIndex, Fts5Index, Index, IndexDocument, Query, QueryError, matching

BASE = IndexDocument(
    id="",
    status="archived",
    access="ordinary",
    unit="",
    kind=None,
    kind_name="",
    number=None,
    abstract=None,
    issuer=None,
    signer=None,
    subject=None,
    issued_on=None,
    pages=(),
)


def document(id_: str, *pages: str, **fields: Any) -> IndexDocument:
    """An invented document."""
    values = {name: getattr(BASE, name) for name in IndexDocument.__slots__}
    return IndexDocument(**(values | fields | {"id": id_, "pages": pages}))


PERMIT = document(
    "PERMIT",
    "ỦY BAN NHÂN DÂN HUYỆN ĐỒNG XUÂN\nSố: 15/QĐ-UBND\nQUYẾT ĐỊNH",
    "Điều 1. Cho phép ông Nguyễn Văn An ở thôn Hoà Bình xây dựng nhà ở trên thửa đất số 12.",
    kind="KQ-GPXD",
    kind_name="Giấy phép xây dựng",
    number="15/QĐ-UBND",
    abstract="Về việc cấp giấy phép xây dựng",
    issuer="Ủy ban nhân dân huyện Đồng Xuân",
    signer="Trần Thị Bình",
    subject="001085012345 Nguyễn Văn An",
    issued_on=date(2024, 3, 5),
)
BIRTH = document(
    "BIRTH",
    "GIẤY KHAI SINH\nHọ và tên: Lê Thị Hoa\nNơi sinh: thôn Hòa Bình",
    kind="KQ-KS",
    kind_name="Giấy khai sinh",
    number="07/2023",
    issuer="Ủy ban nhân dân xã Xuân Lãnh",
    subject="001323000001 Lê Thị Hoa",
    access="identity",
    issued_on=date(2023, 1, 9),
)
LETTER = document(
    "LETTER",
    "V/v trả lời đơn của công dân về giấy phép xây dựng",
    kind="VB28",
    kind_name="Công văn",
    number="215/UBND-KT",
    abstract="V/v trả lời đơn của công dân",
    issuer="Ủy ban nhân dân huyện Đồng Xuân",
    status="waiting",
    issued_on=date(2024, 12, 31),
)


class IndexContract:
    """The promises of `search.types.Index`; the fixture `index` is an empty backend."""

    @pytest.fixture
    def filled(self, index: Index) -> Index:
        index.put([PERMIT, BIRTH, LETTER])
        return index

    @pytest.fixture
    def found(self, filled: Index) -> Callable[..., list[str]]:
        """The ids that a question finds, best first."""

        def ask(text: str, **filters: Any) -> list[str]:
            return [hit.id for hit in filled.search(Query(text, **filters)).hits]

        return ask

    def test_words_without_tones_find_all_tones(self, found: Callable[..., list[str]]) -> None:
        assert found("nguyen van an") == ["PERMIT"]
        assert found("dong xuan tra loi") == ["LETTER"]

    def test_decomposed_questions_and_texts_are_the_same_words(self, index: Index) -> None:
        """Apple's systems and many PDF text layers write letters and marks apart."""
        index.put([document("NFD", "Quye\u0302\u0301t đi\u0323nh")])
        assert [hit.id for hit in index.search(Query("quyết định")).hits] == ["NFD"]
        assert [hit.id for hit in index.search(Query("quye\u0302\u0301t")).hits] == ["NFD"]

    def test_exact_tones_rank_above_folded(self, index: Index) -> None:
        """The misread text is shorter and says it twice, and still comes second."""
        index.put(
            [
                document("RIGHT", "Quyết định phê duyệt kế hoạch sử dụng đất hằng năm của huyện"),
                document("MISREAD", "Quyềt đinh. Quyềt đinh"),
                *(document(f"OTHER{n}", "công văn trả lời") for n in range(20)),
            ]
        )
        assert [hit.id for hit in index.search(Query("quyết định")).hits] == ["RIGHT", "MISREAD"]

    def test_the_title_ranks_above_the_body(self, found: Callable[..., list[str]]) -> None:
        assert found("giay phep xay dung") == ["PERMIT", "LETTER"]

    def test_neighbours_rank_above_scattered_words(self, index: Index) -> None:
        index.put(
            [
                document("SCATTERED", "thu tiền, hồi âm, đất ở, nhà; thu và hồi và đất"),
                document("TOGETHER", "thông báo thu hồi đất của hộ gia đình ở ven sông Cái"),
                *(document(f"OTHER{n}", "công văn trả lời") for n in range(20)),
            ]
        )
        hits = index.search(Query("thu hoi dat")).hits
        assert [hit.id for hit in hits] == ["TOGETHER", "SCATTERED"]

    def test_words_may_stand_on_different_pages(self, found: Callable[..., list[str]]) -> None:
        assert found("huyen an thua") == ["PERMIT"]

    def test_a_phrase_wants_its_words_side_by_side(self, found: Callable[..., list[str]]) -> None:
        assert found('"văn an"') == ["PERMIT"]
        assert found('"nguyễn an"') == []

    @pytest.mark.parametrize(
        "text", ["15/QĐ-UBND", "15/qd-ubnd", "so:15/QĐ-UBND", "Số: 15", "015/QĐ"]
    )
    def test_a_number_is_found_as_it_is_typed(
        self, found: Callable[..., list[str]], text: str
    ) -> None:
        assert found(text) == ["PERMIT"]

    def test_the_whole_number_ranks_above_a_longer_one(self, index: Index) -> None:
        index.put([document("LONGER", "x", number="9/QĐ-UBND-KT"), document("OTHER", "y")])
        index.put([document("WHOLE", "x", number="9/QĐ-UBND"), document("LONGER2", "9/QĐ-UBND-VX")])
        assert index.search(Query("9/qd-ubnd")).hits[0].id == "WHOLE"

    @pytest.mark.parametrize(
        ("text", "ids"),
        [
            ("loai:KQ-KS", ["BIRTH"]),
            ('loại:"giay khai sinh"', ["BIRTH"]),
            ('coquan:"xã xuân lãnh"', ["BIRTH"]),
            ("coquan:ubnd nguoiky:binh", ["PERMIT"]),
            ("chuthe:001323000001", ["BIRTH"]),
            ("chuthe:dong", []),
        ],
    )
    def test_fields_hold_a_word_to_a_part_of_the_record(
        self, found: Callable[..., list[str]], text: str, ids: list[str]
    ) -> None:
        assert found(text) == ids

    @pytest.mark.parametrize(
        ("text", "ids"),
        [
            ("tu:2024-01-01", ["LETTER", "PERMIT"]),
            ("tu:05/03/2024 den:5/3/2024", ["PERMIT"]),
            ("den:2023", ["BIRTH"]),
            ("xuan den:31/12/2023", ["BIRTH"]),
        ],
    )
    def test_the_period_includes_both_ends(
        self, found: Callable[..., list[str]], text: str, ids: list[str]
    ) -> None:
        assert found(text) == ids

    def test_a_word_with_a_minus_excludes(self, found: Callable[..., list[str]]) -> None:
        assert found("xuan -sinh -tra") == ["PERMIT"]
        assert found("-ubnd") == []
        assert found("-giấy") == []

    def test_abbreviations_are_read_both_ways(self, found: Callable[..., list[str]]) -> None:
        assert set(found("UBND")) == {"PERMIT", "BIRTH", "LETTER"}
        assert found("GPXD")[0] == "PERMIT"
        assert found("quyết định") == ["PERMIT"]

    def test_both_tone_placements_are_one_word(self, found: Callable[..., list[str]]) -> None:
        assert set(found("hoà bình")) == set(found("hòa bình")) >= {"PERMIT", "BIRTH"}

    def test_few_hits_are_joined_by_words_one_edit_away(self, index: Index) -> None:
        index.put([document("READ", "Nguyễn Văn An"), document("MISREAD", "Nguyên Vắn An ngưyễm")])
        index.put([document("SPLIT", "giấy ch ứng nhận"), document("JOINED", "quyếtđịnh")])
        assert [hit.id for hit in index.search(Query("nguyễm")).hits] == ["MISREAD", "READ"]
        assert [hit.id for hit in index.search(Query("chứng nhận")).hits] == ["SPLIT"]
        assert [hit.id for hit in index.search(Query("quyết định")).hits] == ["JOINED"]

    def test_real_syllables_are_never_taken_for_each_other(self, index: Index) -> None:
        """Bình and Minh are two persons; Blnh is Bình misread."""
        index.put([document("BINH", "Trần Thị Bình"), document("BLNH", "Trần Thị Blnh")])
        index.put([document("MINH", "Trần Thị Minh")])
        assert [hit.id for hit in index.search(Query("tran thi binh")).hits] == ["BINH", "BLNH"]

    def test_numbers_are_never_guessed(self, found: Callable[..., list[str]]) -> None:
        assert found("001085012346") == []
        assert found("16/QĐ-UBND") == []

    def test_scores_fall_down_the_answer(self, filled: Index) -> None:
        filled.put([document("CLOSE", "Nguyễm Nguyễm")])
        for text in ("", "xuan", "nguyen", "giay phep"):
            scores = [hit.score for hit in filled.search(Query(text)).hits]
            assert scores == sorted(scores, reverse=True)

    def test_an_empty_question_lists_the_newest(self, found: Callable[..., list[str]]) -> None:
        assert found("") == found("  ") == ["LETTER", "BIRTH", "PERMIT"]

    def test_rights_come_before_the_count(self, filled: Index) -> None:
        """A total that counts unseen papers would tell of them."""
        for text in ("", "thon", "khai sinh", "khaj sinh"):
            results = filled.search(Query(text, access=frozenset({"ordinary"})))
            assert "BIRTH" not in [hit.id for hit in results.hits]
            assert results.total == len(results.hits)
        assert filled.search(Query("", access=frozenset())).total == 0

    def test_filters_narrow_the_answer(self, found: Callable[..., list[str]]) -> None:
        assert found("", kind="KQ-KS") == ["BIRTH"]
        assert found("", status=frozenset({"waiting"})) == ["LETTER"]
        assert found("", issued_from=date(2024, 3, 5), issued_to=date(2024, 3, 5)) == ["PERMIT"]

    def test_the_answer_comes_in_windows(self, index: Index) -> None:
        index.put([document(f"D{n:02}", f"thửa đất số {n}") for n in range(30)])
        whole = [hit.id for hit in index.search(Query("thua dat", limit=30)).hits]
        parts = [
            hit.id
            for offset in (0, 10, 20)
            for hit in index.search(Query("thua dat", limit=10, offset=offset)).hits
        ]
        assert len(set(whole)) == 30
        assert whole == parts
        assert index.search(Query("thua dat", limit=10, offset=40)).total == 30

    def test_a_hit_names_its_best_page_and_marks_the_original_letters(self, filled: Index) -> None:
        (hit,) = filled.search(Query("nguyen thua dat")).hits
        assert hit.page == 2
        assert "ông \x02Nguyễn\x03 Văn An" in hit.snippet
        assert "\x02thửa\x03 \x02đất\x03" in hit.snippet

    def test_marks_in_the_text_cannot_be_forged(self, index: Index) -> None:
        index.put([document("FORGED", "đơn \x02xin\x03 phép \x00\ud800 rồi")])
        (hit,) = index.search(Query("phép")).hits
        assert hit.snippet.count("\x02") == hit.snippet.count("\x03") == 1

    @pytest.mark.parametrize("text", ["nguyen", '"van an"', "15/qd-ubnd", "GPXD", "nguyễm"])
    def test_the_page_image_marks_what_the_index_found(self, filled: Index, text: str) -> None:
        """`highlight.matching` and the backend read a question alike."""
        (hit, *_) = filled.search(Query(text)).hits
        pages = PERMIT.pages if hit.id == "PERMIT" else LETTER.pages
        assert any(matching(page.split(), text) for page in (*pages, PERMIT.abstract or ""))

    def test_putting_again_changes_nothing(self, filled: Index) -> None:
        before = filled.search(Query("xuan"))
        filled.put([PERMIT, BIRTH, LETTER, PERMIT])
        assert filled.search(Query("xuan")) == before
        assert sorted(filled.ids()) == ["BIRTH", "LETTER", "PERMIT"]

    def test_putting_replaces_the_old_words(self, filled: Index) -> None:
        filled.put([document("PERMIT", "bản đồ địa chính")])
        assert filled.search(Query("nguyen van an")).total == 0
        assert filled.search(Query("ban do dia chinh")).total == 1

    def test_removing_forgets_and_unknown_ids_are_no_error(self, filled: Index) -> None:
        filled.remove(["PERMIT", "NEVER"])
        filled.remove(["PERMIT"])
        assert sorted(filled.ids()) == ["BIRTH", "LETTER"]
        assert filled.search(Query("nguyen van an")).total == 0

    def test_clearing_forgets_everything(self, filled: Index) -> None:
        filled.clear()
        assert list(filled.ids()) == []
        assert filled.search(Query("xuan")).total == 0
        filled.put([PERMIT])
        assert filled.search(Query("nguyen van an")).total == 1

    def test_ids_come_in_slices(self, filled: Index) -> None:
        assert filled.count() == 3
        assert filled.ids_after("", 2) == ["BIRTH", "LETTER"]
        assert filled.ids_after("LETTER", 2) == ["PERMIT"]
        assert filled.ids_after("PERMIT", 2) == []

    def test_a_rebuild_changes_nothing_before_its_end(self, filled: Index) -> None:
        """The old one answers until the new one takes its place whole."""
        assert not filled.is_older()
        before = filled.search(Query("xuan"))
        assert filled.begin_rebuild()
        assert not filled.begin_rebuild()
        assert filled.lacking(["BIRTH", "PERMIT"]) == {"BIRTH", "PERMIT"}
        assert filled.search(Query("xuan")) == before
        filled.fill([BIRTH, LETTER])
        assert filled.lacking(["BIRTH", "LETTER", "PERMIT"]) == {"PERMIT"}
        filled.fill([PERMIT, BIRTH])
        filled.finish_rebuild()
        assert filled.search(Query("xuan")) == before
        assert [hit.id for hit in filled.search(Query("")).hits] == ["LETTER", "BIRTH", "PERMIT"]

    def test_what_is_put_during_a_rebuild_is_in_both(self, filled: Index) -> None:
        """A new paper, a corrected one and a removed one; what fills overwrites none of them."""
        filled.begin_rebuild()
        filled.put([document("NEW", "thửa đất mới"), document("PERMIT", "bản đồ địa chính")])
        filled.remove(["BIRTH"])
        assert filled.search(Query("ban do dia chinh")).total == 1
        assert filled.lacking(["NEW", "PERMIT", "BIRTH", "LETTER"]) == {"BIRTH", "LETTER"}
        filled.fill([PERMIT, LETTER])
        filled.finish_rebuild()
        assert sorted(filled.ids()) == ["LETTER", "NEW", "PERMIT"]
        assert filled.search(Query("nguyen van an")).total == 0
        assert filled.search(Query("ban do dia chinh")).total == 1
        assert [hit.id for hit in filled.search(Query("")).hits] == ["NEW", "LETTER", "PERMIT"]
        filled.put([document("AFTER", "sau")])
        assert filled.search(Query("")).hits[0].id == "AFTER"

    def test_a_rebuild_may_follow_another(self, filled: Index) -> None:
        """And one that was given up is no burden."""
        for _ in range(2):
            filled.begin_rebuild()
            filled.fill([PERMIT])
            filled.finish_rebuild()
            filled.tidy()
            assert filled.search(Query("nguyen van an")).total == 1
        filled.begin_rebuild()
        filled.clear()
        assert list(filled.ids()) == []
        assert filled.begin_rebuild()
        filled.finish_rebuild()
        filled.finish_rebuild()
        filled.put([BIRTH])
        assert list(filled.ids()) == ["BIRTH"]

    @pytest.mark.parametrize("text", ['"chưa đóng', "tu:31/02/2024", "so:", "???", "a" * 501])
    def test_what_cannot_be_read_is_a_coded_error(self, filled: Index, text: str) -> None:
        with pytest.raises(QueryError) as caught:
            filled.search(Query(text))
        assert caught.value.code.startswith("query_")

    @pytest.mark.parametrize(
        "text",
        [
            "every",
            "none",
            "a* OR b",
            "NEAR(a b)",
            "abstract : x",
            "a^2 {b}",
            "a' OR 1=1 --",
            "AND",
            "a+b",
            "NOT",
        ],
    )
    def test_no_engine_syntax_gets_through(self, filled: Index, text: str) -> None:
        assert filled.search(Query(text)).total == 0


class TestFts5(IndexContract):
    """The embedded backend."""

    @pytest.fixture
    def index(self, tmp_path: Path) -> Index:
        return Fts5Index(tmp_path / "index.sqlite3")


class TestElastic(IndexContract):
    """The backend of several nodes, on a real server of the test's own machine."""

    @pytest.fixture
    def index(self) -> Iterator[Index]:
        address = os.environ.get("TANGTHU_TEST_ELASTIC")
        if not address:
            pytest.skip("no Elasticsearch here: make services")
        made = ElasticIndex.connect(address, f"test-{uuid.uuid4().hex}")
        yield made
        made.forget()

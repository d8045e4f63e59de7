"""Page numbers and footers are marked; stamps and overlays come last, in blocks of their own."""

from imaging import Box
from ocr import Line, LineRole, Word
from ocr.layout import union
from ocr.roles import with_roles

WIDTH, HEIGHT = 1700, 2400
LETTER, SPACE, TALL = 14, 8, 26


def _line(
    x: int, y: int, text: str, *, block: int = 0, confidence: float = 0.95, tall: int = TALL
) -> Line:
    words = []
    left = x
    for word in text.split():
        right = left + LETTER * len(word)
        words.append(Word(word, Box(left, y, right, y + tall), confidence))
        left = right + SPACE
    return Line(tuple(words), union(word.box for word in words), block=block)


def _beside(*lines: Line) -> Line:
    """One line as an engine gives it that joins print across a wide gap."""
    words = tuple(word for line in lines for word in line.words)
    return Line(words, union(word.box for word in words), block=lines[0].block)


def _roles(*lines: Line, seals: tuple[Box, ...] = ()) -> list[tuple[str, LineRole]]:
    found = with_roles(lines, width=WIDTH, height=HEIGHT, seals=seals)
    return [(line.text, line.role) for line in found]


BODY = tuple(
    _line(200, 400 + 60 * row, f"Căn cứ Luật Xây dựng ngày {row} tháng 6 năm 2014;", block=1)
    for row in range(5)
)


def test_a_number_alone_at_the_head_is_the_pages():
    roles = _roles(_line(850, 120, "2"), *BODY)
    assert roles[0] == ("2", LineRole.PAGE_NUMBER)
    assert {role for _, role in roles[1:]} == {LineRole.TEXT}


def test_a_number_between_dashes_at_the_foot_is_the_pages():
    assert _roles(*BODY, _line(850, 2300, "- 12 -"))[-1] == ("- 12 -", LineRole.PAGE_NUMBER)


def test_a_number_in_the_middle_or_with_words_beside_it_is_none():
    roles = _roles(_line(850, 120, "2"), _line(200, 122, "Phụ lục"), *BODY, _line(850, 1200, "7"))
    assert {role for _, role in roles} == {LineRole.TEXT}


def test_small_print_apart_at_the_foot_is_a_footer():
    foot = _line(200, 2310, "Mẫu TP-BM/02 Trang 1/2", tall=20)
    assert _roles(*BODY, foot)[-1][1] is LineRole.FOOTER


def test_the_last_row_of_the_recipients_is_no_footer():
    rows = [_line(200, 2000 + 60 * row, "- Lưu: VT.", tall=24) for row in range(6)]
    assert {role for _, role in _roles(*BODY, *rows)} == {LineRole.TEXT}


def test_what_signing_software_drew_comes_last():
    overlay = (
        _line(900, 30, "TRUNG TÂM THÔNG TIN"),
        _line(900, 58, "tt@example.vn", confidence=0.3),
        _line(900, 86, "05.02.2025 08:09:28"),
        _line(900, 114, "+07:00"),
    )
    roles = _roles(*overlay, *BODY)
    assert [role for _, role in roles[:5]] == [LineRole.TEXT] * 5
    assert [text for text, role in roles if role is LineRole.OVERLAY] == [
        line.text for line in overlay
    ]


def test_an_overlay_is_cut_out_of_the_line_it_was_joined_to():
    joined = _beside(_line(200, 100, "ỦY BAN NHÂN DÂN"), _line(1200, 100, "Ký bởi: Lê Văn Tám"))
    roles = _roles(joined, *BODY)
    assert roles[0] == ("ỦY BAN NHÂN DÂN", LineRole.TEXT)
    assert roles[-1] == ("Ký bởi: Lê Văn Tám", LineRole.OVERLAY)


def test_a_sentence_that_names_a_moment_is_print():
    line = _line(200, 900, "Hồ sơ nhận lúc 05/02/2025 08:09 tại bộ phận Một cửa của xã.")
    assert {role for _, role in _roles(*BODY, line)} == {LineRole.TEXT}


def test_the_registrys_stamp_is_taken_out_with_its_rows():
    stamp = (
        _line(150, 300, "CÔNG VĂN ĐẾN"),
        _line(150, 340, "Số: 1204", confidence=0.4),
        _line(150, 380, "Ngày: 12/3/2025", confidence=0.4),
    )
    lines = (BODY[0], *stamp, *BODY[1:])
    roles = _roles(*lines)
    assert [text for text, role in roles if role is LineRole.STAMP] == [line.text for line in stamp]
    assert [text for text, role in roles[:5]] == [line.text for line in BODY]


def test_the_registrys_stamp_is_known_where_its_rows_were_not_read():
    assert dict(_roles(*BODY, _line(150, 300, "CÔNG VĂN ĐẾN. Ì")))["CÔNG VĂN ĐẾN. Ì"] is (
        LineRole.STAMP
    )


def test_a_copy_stamp_is_a_stamp_and_the_word_in_a_sentence_is_not():
    roles = dict(_roles(_line(1200, 60, "BẢN SAO"), *BODY, _line(200, 900, "bản sao")))
    assert roles["BẢN SAO"] is LineRole.STAMP
    assert roles["bản sao"] is LineRole.TEXT


def test_lettering_in_a_seal_is_a_stamps_and_sure_print_across_it_stays():
    seal = Box(1000, 1500, 1300, 1800)
    lettering = _line(1050, 1600, "UBND", confidence=0.4)
    name = _line(1040, 1700, "Trần Hoa", confidence=0.96)
    roles = dict(_roles(*BODY, lettering, name, seals=(seal,)))
    assert roles["UBND"] is LineRole.STAMP
    assert roles["Trần Hoa"] is LineRole.TEXT


def test_blocks_outside_the_text_have_numbers_of_their_own():
    found = with_roles(
        (*BODY, _line(1200, 60, "BẢN SAO"), _line(900, 20, "Ký bởi: Lê Văn Tám")),
        width=WIDTH,
        height=HEIGHT,
    )
    assert len({line.block for line in found}) == 3
    assert [line.block for line in found] == sorted(line.block for line in found)


def test_no_line_is_lost_whatever_the_page():
    lines = (*BODY, _line(1200, 60, "BẢN SAO"), _line(850, 2300, "3"))
    assert sorted(text for text, _ in _roles(*lines)) == sorted(line.text for line in lines)
    assert _roles() == []

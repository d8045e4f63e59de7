"""Two columns are read one after the other; a row elsewhere is kept together."""

from imaging import Box
from ocr import Line, Word
from ocr.layout import in_reading_order, rows_of, split_at_gaps, union

WIDTH = 1700
LETTER_WIDTH, SPACE, HEIGHT = 14, 8, 26


def _line(*parts: tuple[int, int, str], block: int = 0, confidence: float = 0.95) -> Line:
    """One line as an engine gives it, from parts at x, y."""
    words = []
    for x, y, text in parts:
        left = x
        for word in text.split():
            right = left + LETTER_WIDTH * len(word)
            words.append(Word(word, Box(left, y, right, y + HEIGHT), confidence))
            left = right + SPACE
    return Line(tuple(words), union(word.box for word in words), block=block)


def _texts(*lines: Line) -> list[str]:
    return [line.text for line in in_reading_order(lines, width=WIDTH)]


def test_the_header_is_read_issuer_first():
    assert _texts(
        _line((150, 100, "ỦY BAN NHÂN DÂN"), (800, 100, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")),
        _line((180, 140, "XÃ THANH BÌNH"), (950, 140, "Độc lập - Tự do - Hạnh phúc")),
        _line((190, 190, "Số: 27/QĐ-UBND"), (900, 190, "Thanh Bình, ngày 12 tháng 3 năm 2025")),
        _line((850, 260, "QUYẾT ĐỊNH"), block=1),
        _line((200, 320, "Căn cứ Luật Xây dựng ngày 18 tháng 6 năm 2014 của Quốc hội;"), block=1),
    ) == [
        "ỦY BAN NHÂN DÂN",
        "XÃ THANH BÌNH",
        "Số: 27/QĐ-UBND",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Thanh Bình, ngày 12 tháng 3 năm 2025",
        "QUYẾT ĐỊNH",
        "Căn cứ Luật Xây dựng ngày 18 tháng 6 năm 2014 của Quốc hội;",
    ]


def test_a_number_left_open_stays_one_line():
    assert _texts(
        _line((150, 100, "UBND PHƯỜNG MỸ"), (900, 100, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")),
        _line(
            (160, 150, "Số:"), (340, 150, "/VP-NC"), (950, 150, "Mỹ, ngày"), (1200, 150, "tháng 4")
        ),
    ) == [
        "UBND PHƯỜNG MỸ",
        "Số: /VP-NC",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Mỹ, ngày tháng 4",
    ]


def test_the_recipients_come_before_the_signature_whatever_the_engine_mixed():
    assert _texts(
        _line((200, 1500, "Điều 2. Quyết định này có hiệu lực kể từ ngày ký ban hành."), block=1),
        _line((150, 1600, "Nơi nhận:"), (1050, 1600, "KT. CHỦ TỊCH"), block=2),
        _line((150, 1640, "- Như Điều 2;"), (1040, 1640, "PHÓ CHỦ TỊCH"), block=2),
        _line((700, 1700, "%a"), block=3, confidence=0.2),
        _line((150, 1720, "- Lưu: VT."), block=4),
        _line((1060, 1850, "Trần Thị Hoa"), block=5),
    )[1:5] == ["Nơi nhận:", "- Như Điều 2;", "- Lưu: VT.", "KT. CHỦ TỊCH"]


def test_a_label_and_its_value_stay_together():
    assert _texts(
        _line((150, 500, "Họ và tên:"), (700, 500, "Nguyễn Văn An"), (1200, 500, "Nam")),
        _line((150, 560, "Ngày sinh:"), (700, 560, "01/02/1990")),
    ) == ["Họ và tên: Nguyễn Văn An Nam", "Ngày sinh: 01/02/1990"]


def test_engine_blocks_side_by_side_are_read_left_first():
    left = [_line((150, y, "bên trái"), block=2) for y in (100, 140, 180)]
    right = [_line((900, y, "bên phải"), block=1) for y in (110, 150)]
    below = [_line((150, 300, "phía dưới"), block=0)]
    assert _texts(*below, *right, *left) == ["bên trái"] * 3 + ["bên phải"] * 2 + ["phía dưới"]


def test_blocks_are_numbered_in_reading_order():
    lines = in_reading_order(
        [_line((150, 300, "sau"), block=7), _line((150, 100, "trước"), block=9)], width=WIDTH
    )
    assert [(line.text, line.block) for line in lines] == [("trước", 0), ("sau", 1)]


def test_no_word_is_lost_or_doubled():
    lines = [
        _line((150, 100, "SỞ XÂY DỰNG"), (900, 100, "CỘNG HÒA XÃ HỘI"), block=0),
        _line((150, 150, "một hai ba"), (900, 150, "bốn năm"), block=0),
        _line((150, 900, "chữ thường trải dài suốt cả chiều rộng của trang giấy này"), block=1),
    ]
    before = sorted((word.text, word.box) for line in lines for word in line.words)
    after = in_reading_order(lines, width=WIDTH)
    assert sorted((word.text, word.box) for line in after for word in line.words) == before


def test_justified_lines_are_not_split():
    words = tuple(
        Word("chữ", Box(x, 0, x + 40, HEIGHT), 0.9) for x in range(100, 1500, 40 + 3 * HEIGHT)
    )
    assert len(split_at_gaps(Line(words, union(word.box for word in words)))) == 1


def test_rows_are_lines_that_stand_beside_one_another():
    rows = rows_of([_line((700, 104, "b")), _line((100, 100, "a")), _line((100, 140, "c"))])
    assert [[line.text for line in row] for row in rows] == [["a", "b"], ["c"]]


def test_an_empty_page_has_no_lines():
    assert in_reading_order([], width=WIDTH) == ()

"""A small printer of page values: lines of text at places on an A4 page of 200 dpi."""

from collections.abc import Callable, Sequence

import pytest

from classify import Kind, PageView, Reference
from imaging.types import Box, Code
from ocr.types import Line, Mark, PageText, TextSource, Word

WIDTH, HEIGHT = 1654, 2339
LETTER, TALL, SPACE = 15, 26, 12

Place = tuple[str, float, float]
"""Text, x and y as shares of the page; x is the left edge, or the middle for text beginning "^"."""


def _line(text: str, x: float, y: float, confidence: float) -> Line:
    centred = text.startswith("^")
    words = text.removeprefix("^").split()
    length = sum(len(word) for word in words) * LETTER + (len(words) - 1) * SPACE
    left = int(x * WIDTH - (length / 2 if centred else 0))
    top = int(y * HEIGHT)
    made = []
    for word in words:
        right = left + len(word) * LETTER
        made.append(Word(word, Box(left, top, right, top + TALL), confidence))
        left = right + SPACE
    box = Box(made[0].box.x0, top, made[-1].box.x1, top + TALL)
    return Line(tuple(made), box)


def _page(
    number: int,
    places: Sequence[Place] = (),
    *,
    codes: tuple[Code, ...] = (),
    marks: tuple[Mark, ...] = (),
    confidence: float = 0.96,
    blank: bool = False,
) -> PageView:
    lines = tuple(_line(*place, confidence) for place in places)
    source = TextSource.OCR if lines else TextSource.NONE
    text = PageText(WIDTH, HEIGHT, 200, 0, 0.0, lines, source)
    return PageView(number, text, is_blank=blank, codes=codes, marks=marks)


PageMaker = Callable[..., PageView]


@pytest.fixture
def page() -> PageMaker:
    """Lay out one page: `page(1, [("Số: 12/QĐ-UBND", 0.2, 0.11), ...])`."""
    return _page


def head(number: str, date: str = "Quảng Ngãi, ngày 04 tháng 02 năm 2025") -> list[Place]:
    """Boxes 1 to 4 of a people's committee's paper."""
    return [
        ("^ỦY BAN NHÂN DÂN", 0.28, 0.07),
        ("^CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 0.68, 0.07),
        ("^TỈNH QUẢNG NGÃI", 0.28, 0.09),
        ("^Độc lập - Tự do - Hạnh phúc", 0.68, 0.09),
        (f"^{number}", 0.28, 0.12),
        (f"^{date}", 0.68, 0.12),
    ]


BODY = [
    ("Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015;", 0.2, 0.3),
    ("Theo đề nghị của Giám đốc Sở Tài chính tại Tờ trình số 12/TTr-STC.", 0.2, 0.33),
]


def ending(y: float = 0.6) -> list[Place]:
    """Recipients at the left, signature block at the right."""
    return [
        ("Nơi nhận:", 0.15, y),
        ("^TM. ỦY BAN NHÂN DÂN", 0.72, y),
        ("- Như Điều 3;", 0.15, y + 0.02),
        ("^KT. CHỦ TỊCH", 0.72, y + 0.02),
        ("- Sở Tài chính;", 0.15, y + 0.04),
        ("^PHÓ CHỦ TỊCH", 0.72, y + 0.04),
        ("- Lưu: VT.", 0.15, y + 0.06),
        ("^Lê Văn Thử", 0.72, y + 0.15),
    ]


@pytest.fixture
def decision() -> list[Place]:
    """A decision of one page."""
    return [
        *head("Số: 84/QĐ-UBND"),
        ("^QUYẾT ĐỊNH", 0.52, 0.18),
        ("^Về việc phê duyệt Kế hoạch ứng phó sự cố tràn dầu", 0.52, 0.2),
        ("^của Cửa hàng xăng dầu Long Thử", 0.52, 0.22),
        *BODY,
        *ending(),
    ]


def _kind(code: str, name: str, short: str, group: str, *titles: str, own: str = "") -> Kind:
    form = name.lower().split(" (", maxsplit=1)[0]
    return Kind(code, name, form, short, group, titles or (name.upper(),), tuple(own.split()))


KINDS = (
    _kind("VB02", "Quyết định", "QĐ", "A"),
    _kind("VB03", "Chỉ thị", "CT", "A"),
    _kind("VB07", "Thông báo", "TB", "A"),
    _kind("VB09", "Chương trình", "CTr", "A"),
    _kind("VB14", "Báo cáo", "BC", "A"),
    _kind("VB16", "Tờ trình", "TTr", "A"),
    _kind("VB28", "Công văn", "", "A", "Kính gửi:", "V/v"),
    _kind("QP03", "Nghị quyết (QPPL)", "NQ", "C", "NGHỊ QUYẾT"),
    _kind("QP05", "Quyết định (QPPL)", "QĐ", "C", "QUYẾT ĐỊNH"),
    _kind("QP06", "Thông tư", "TT", "C"),
    _kind("MC01", "Giấy tiếp nhận hồ sơ và hẹn trả kết quả", "", "D"),
    _kind(
        "KQ-KS", "Giấy khai sinh", "GKS", "E",
        own="birth_date sex birth_place mother_name father_name",
    ),
    Kind(
        "KQ-QDGD", "Quyết định giao đất, chuyển mục đích sử dụng đất", "quyết định", "QĐ", "F",
        ("VỀ VIỆC GIAO ĐẤT", "CHUYỂN MỤC ĐÍCH SỬ DỤNG ĐẤT"),
    ),
    _kind(
        "KQ-HKD", "Giấy chứng nhận đăng ký hộ kinh doanh", "GCNĐKHKD", "G",
        "ĐĂNG KÝ HỘ KINH DOANH",
    ),
    _kind("TP-TK", "Tờ khai", "", "H"),
    _kind("TP-DON", "Đơn", "", "H", "ĐƠN ĐỀ NGHỊ", "ĐƠN XIN"),
)  # fmt: skip


@pytest.fixture
def reference() -> Reference:
    """A few kinds and places."""
    return Reference(KINDS, (), ("Quảng Ngãi", "Đà Nẵng", "Hậu Giang", "Đồng Tháp"))

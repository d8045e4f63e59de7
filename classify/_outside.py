"""Papers outside the catalogue: names that usage knows, covers of dossiers, tables of contents."""

import re

from classify._layout import Layout
from classify._text import capitals, fold, likeness, squeeze

NAMES = (
    "án lệ", "bài phát biểu", "bản án", "bản công bố", "bản đề nghị", "bản đề xuất",
    "bản giải trình", "bản kiểm điểm", "bản nhận xét", "bản thành tích", "bản thanh lý hợp đồng",
    "bản tin", "bản tự kiểm điểm", "bản tường trình", "bảng báo giá", "bảng chấm công",
    "bảng đăng ký", "bảng đăng ký thi đua", "bảng đề nghị", "bảng dự toán", "bảng lương",
    "bảng phân công", "bảng tổng hợp", "báo giá", "biên bản thanh lý hợp đồng", "cáo trạng",
    "chương trình phối hợp", "đề nghị", "dự toán kinh phí", "giấy biên nhận", "giấy đi đường",
    "giấy đề nghị thanh toán", "giấy rút dự toán", "giấy triệu tập", "hồ sơ mời thầu", "hương ước",
    "kết luận", "kết luận thanh tra", "kịch bản", "lệnh", "lệnh chi tiền", "lệnh điều động",
    "lịch công tác", "lịch tiếp công dân", "lời kêu gọi", "nội quy", "phiếu chi", "phiếu đánh giá",
    "phiếu đăng ký", "phiếu đề nghị", "phiếu giao việc", "phiếu khảo sát", "phiếu nhập kho",
    "phiếu thu", "phiếu xuất kho", "phiếu xử lý văn bản", "quy chuẩn kỹ thuật", "quy trình",
    "quy ước", "thể lệ", "thơ mời", "thư mời", "thư ngỏ", "thuyết minh", "tiêu chuẩn quốc gia",
    "tóm tắt lý lịch", "tuyên bố", "văn bản hợp nhất", "sổ công văn đến", "sổ đăng ký văn bản đi",
)  # fmt: skip
"""Plain forms as clerks say them; marks that a reader lost in capitals come back from here."""

COVER = "Bìa hồ sơ"
CONTENTS = "Mục lục văn bản"
REGISTER = "Sổ đăng ký văn bản"

_ON_COVERS = (
    r"thoi han bao", r"\bphong so|\bphong:", r"muc luc so", r"ho so so", r"tu ngay.{0,40}den ngay",
    r"\bgom\b.{0,16}\bto\b", r"ma ho so", r"\btap luu\b", r"don vi bao quan", r"chung tu ket thuc",
)  # fmt: skip
"""What covers print (form of Cục Văn thư và Lưu trữ nhà nước, TT 04/2014 and its successors)."""
_IN_CONTENTS = (
    r"so va ky hieu|so, ky hieu|so ky hieu", r"ngay.{0,4}thang", r"trich yeu", r"tac gia",
    r"\bto so\b|\btrang so\b|\bso to\b", r"ghi chu",
)  # fmt: skip
_REGISTER_HEAD = re.compile(r"\bso (?:dang ky )?(?:cong van|van ban)(?: di| den|\b)|\bso dang ky\b")
"""NĐ 30/2020 PL IV: "Sổ đăng ký văn bản đi", "Sổ đăng ký văn bản đến"; "Sổ công văn đi" before."""
_IN_REGISTER = (
    r"so va ky hieu|so, ky hieu|so ky hieu|so van ban", r"ngay.{0,4}thang", r"trich yeu|noi dung",
    r"noi nhan|nguoi nhan", r"nguoi ky|tac gia", r"ghi chu", r"so luong",
)  # fmt: skip
_ENOUGH = 3
_COVER_WORDS = 140
"""A cover holds few words; a text about covers holds many."""


_COPY_HEADS = {
    "saoy": "SY", "bansaoy": "SY", "saoybanchinh": "SY", "bansaoybanchinh": "SY", "saoluc": "SL",
    "bansaoluc": "SL", "trichsao": "TrS", "bantrichsao": "TrS",
}  # fmt: skip
_COPY_LINE = re.compile(r"^\W*(?:ban )?(?:sao y|sao luc|trich sao)\b.{0,20}?/\s*(sy|sl|trs)\s*-")
"""What software puts at the top of an electronic copy: "SAO Y; 14/SY-UBND; 12/03/2025"."""
COPY_TYPES = frozenset(("SY", "SL", "TrS"))


def is_copy_name(text: str) -> bool:
    """Whether a text is the name of a copy and nothing else."""
    return squeeze(text) in _COPY_HEADS


def copy_block(layout: Layout) -> tuple[str, bool] | None:
    """The abbreviation of a copy (SY, TrS, SL) whose block a page bears, and whether its number
    says the same; None where it bears none.

    NĐ 30/2020 Phụ lục I, II: the form of copy alone in capitals, and a number of the copy's own.
    """
    for run in layout.runs:
        line = _COPY_LINE.match(run.folded)
        if line:
            return next(kind for kind in COPY_TYPES if kind.lower() == line[1]), True
        short = _COPY_HEADS.get(squeeze(run.text)) if capitals(run.text) > 0.9 else None
        if short:
            return short, any(_bears(other.text, short) for other in layout.runs)
    return None


def _bears(text: str, short: str) -> bool:
    return re.search(rf"/\s*{short.lower()}\s*-", fold(text)) is not None


def known_name(title: str) -> str | None:
    """The plain form that a printed name is, with its marks; None where usage knows none.

    What follows the name ("ÁN LỆ SỐ ...", "QUY CHUẨN KỸ THUẬT QUỐC GIA") does not matter where
    the name's own letters are as printed.
    """
    best = max(NAMES, key=lambda name: likeness(title, name))
    if likeness(title, best) >= 0.8:
        return best
    said = squeeze(title)
    heads = [name for name in NAMES if len(name) > 8 and said.startswith(squeeze(name))]
    return max(heads, key=len, default=None)


_HINTS = (
    "thoi han", "phong so", "phong:", "muc luc", "ho so", "tu ngay", "gom", "tap luu", "bao quan",
    "ket thuc", "ky hieu", "dang ky", "so cong van", "noi nhan", "nguoi ky",
    "trich yeu", "tac gia", "ghi chu", "to so", "so to", "trang so",
)  # fmt: skip


def may_be_folder(folded: str) -> bool:
    """Whether a page's folded text holds enough for `folder_paper` to look at its layout."""
    return sum(hint in folded for hint in _HINTS) >= _ENOUGH - 1


def folder_paper(layout: Layout) -> str | None:
    """COVER, CONTENTS or REGISTER where the page is one that names or holds other papers."""
    text = " ".join(row.whole.folded for row in layout.rows)
    upper = fold(" ".join(r.whole.text for r in layout.rows if layout.down(r) < 0.45))
    if _REGISTER_HEAD.search(upper[:400]) and _count(_IN_REGISTER, upper) > _ENOUGH:
        return REGISTER
    if re.search(r"\bmuc luc (van ban|ho so|tai lieu)|\bmuc luc\b(?! so)", upper[:400]):
        return CONTENTS if _count(_IN_CONTENTS, upper) >= _ENOUGH else None
    if _count(_IN_CONTENTS, upper) >= _ENOUGH + 2:
        return CONTENTS
    if len(text.split()) <= _COVER_WORDS and _count(_ON_COVERS, text) >= _ENOUGH:
        return COVER
    return None


def _count(patterns: tuple[str, ...], text: str) -> int:
    return sum(1 for pattern in patterns if re.search(pattern, text))

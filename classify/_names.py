"""Syllables of Vietnamese names: what a misread mark must have been.

"Tuần" and "Hiên" are hardly ever given to a child, "Tuấn" and "Hiền" are; a reader loses a mark
far more often than a registry meets such a name. Only marks are put back, never letters.
"""

import unicodedata
from typing import NamedTuple

from classify._text import fold
from classify._words import SURNAMES

_GIVEN = """
An Anh Ánh Ân Ái Bảo Bách Bằng Bích Biên Bình Bông Ca Cẩm Cảnh Căn Cao Cát Chánh Châu Chi Chí
Chiến Chinh Chính Chung Chương Công Cúc Cương Cường Danh Dân Di Diễm Diệp Diệu Doanh Dũng Duy
Duyên Dung Dương Dự Đa Đài Đại Đan Đàn Đàm Đào Đạo Đạt Đăng Đặng Đệ Điền Điệp Điểu Định Đình Đoàn
Đoan Đô Đồng Đông Đức Được Gia Giang Giáp Giao Hà Hạ Hải Hàm Hân Hạnh Hảo Hào Hằng Hậu Hận Hiên
Hiến Hiển Hiền Hiệp Hiếu Hiệu Hinh Hoa Hóa Hòa Hoài Hoan Hoàn Hoàng Hoạt Học Hội Hồng Hợi Hợp Huân
Huấn Huệ Hùng Huy Huyên Huyền Huỳnh Hưng Hương Hường Hướng Hữu Hy Kha Khai Khải Khang Khánh Khiêm
Khoa Khôi Khuê Khương Kiên Kiệm Kiệt Kiều Kim Kính Kỳ Lai Lam Lan Lâm Lân Lập Lành Lăng Lệ Len Lên
Lịch Liêm Liên Liễu Linh Lĩnh Loan Lộc Lợi Long Luân Luận Luật Luyến Lực Lương Lượng Lưu Ly Lý
Mạnh Mai Mẫn Mến Mi Miên Minh Mỹ Nam Năm Nga Ngà Ngân Nghi Nghĩa Nghị Nghiệp Ngoan Ngọc Ngôn
Nguyên Nguyện Nguyệt Nhã Nhân Nhẫn Nhàn Nhật Nhi Nhiên Nhung Như Nhựt Ninh Nông Nương Oanh Phát
Phẩm Phi Phiên Phong Phú Phúc Phục Phụng Phước Phương Phượng Quang Quân Quế Quí Quý Quốc Quyên
Quyền Quyết Quỳnh Sa Sang Sáng Sao Sâm Sen Sinh Sĩ Sơn Song Sương Sửu Tài Tam Tám Tâm Tân Tấn Tận
Thạch Thái Thắm Thắng Thanh Thành Thạnh Thao Thảo Thăng Thân Thể Thế Thêm Thi Thị Thiên Thiện
Thiều Thịnh Thìn Thoa Thọ Thông Thống Thơ Thới Thời Thu Thuận Thuần Thục Thuấn Thúy Thuỳ Thùy Thủy
Thuyên Thư Thử Thức Thương Thường Thưởng Thượng Thy Tiên Tiến Tiếp Tín Tình Tịnh Tỉnh Toại Toàn
Toản Tòng Tố Trà Trang Trạng Trâm Trân Trí Triết Triệu Triều Trinh Trình Trọng Trúc Trung Trực
Trước Trường Trưởng Tú Tuân Tuấn Tuệ Tùng Tường Tuyên Tuyến Tuyền Tuyết Tư Tứ Tươi Tý Uyên Văn Vân
Vàng Vi Viên Viễn Việt Vinh Vịnh Vĩnh Võ Vọng Vũ Vui Vương Vượng Vy Vỹ Xuân Xuyên Xuyến Ý Yên Yến
Bé Bàn Bá Bắc Bền Bổn Cẩn Cầm Chuẩn Chuyên Chuyền Cơ Cự Cừ Chiêu Chiểu Diên Diện Du Dư Dần Doãn
Dưỡng Đam Đắc Đậu Đắng Đính Độ Độc Đôn Đượng Giám Giảng Hách Hạc Hanh Hiểu Hiếm Hiện Hòe Hoạch Hổ
Hộ Ích Kê Khắc Khuyên Khuyến Kịp Lạc Lãm Lạng Liệu Liệt Lô Lội Luyện Lữ Mẹo Miện Miều Mười Mừng
Mùi Ngạn Ngữ Ngự Ngưu Nhạc Nhạn Nhất Nhị Nhu Nhuận Niên Nở Phán Phấn Phiến Phổ Phụ Phùng Quảng
Quynh Rạng Sắc Sản Siêng Soạn Sử Sỹ Tánh Tặng Tảo Tất Tấu Thà Thẩm Thận Thâu Thiết Thỏa Thoại
Thuật Thúc Thự Tiền Tính Tiết Tiếu Tỵ Tốt Tri Trị Triển Trợ Trụ Truyền Trứ Trừ Tụ Tựu Tửu Tước
Tương Úc Uy Vấn Vệ Xứng Ỷ Yếm Rah Gry Niê Kpă Knơng Mlô Ayun Ksơr Krông Hwing Lang Rcom Rmah Nay
Puih Đinh A Y
""".split()  # noqa: SIM905  two hundred quotes would hide the names
_RARE = {"Hiên": "Hiền", "Tuân": "Tuấn", "Hoan": "Hoàn", "Thuân": "Thuận", "Dung": "Dũng",
         "Thăng": "Thắng", "Hưu": "Hữu", "Quy": "Quý", "Tin": "Tín"}  # fmt: skip
"""Names that are given, but a reader's loss of the other's mark is as likely."""
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_DOUBTED = 0.96
"""Confidence of a word under which a rare name is taken for the common one."""

_CERTAIN = 0.95
"""Confidence from which a syllable stays as read, though no name that we know."""
_ALL = frozenset(_GIVEN) | frozenset(SURNAMES)
_BY_FOLD: dict[str, list[str]] = {}
for _name in sorted(_ALL):
    _BY_FOLD.setdefault(fold(_name), []).append(_name)


class Syllable(NamedTuple):
    """A syllable of a name as it must have been written."""

    text: str
    known: bool
    mended: bool


def mend_syllable(word: str, confidence: float) -> Syllable:
    """A middle or given name with its marks put right where only one other is to be thought of."""
    shown = word[:1].upper() + word[1:].lower()
    common = _RARE.get(shown)
    if common and confidence < _DOUBTED and common in _ALL:
        return Syllable(common, known=True, mended=True)
    if shown in _ALL or confidence >= _CERTAIN:
        return Syllable(shown, known=shown in _ALL, mended=False)
    near = [name for name in _BY_FOLD.get(fold(shown), []) if name not in _RARE]
    nearer = [name for name in near if _shape(name) == _shape(shown)] or near
    if len(nearer) == 1:
        return Syllable(nearer[0], known=True, mended=True)
    return Syllable(shown, known=False, mended=False)


def _shape(word: str) -> str:
    """A word without its tone, its letters' own marks kept: "Tuần", "Tuấn" and "Tuân" are one."""
    parts = unicodedata.normalize("NFD", word)
    return unicodedata.normalize("NFC", "".join(part for part in parts if part not in _TONES))

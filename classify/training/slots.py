"""What fills the slots of a wording: invented people and places, days, sums, matters."""

import random
import re
from collections.abc import Callable

from classify._words import SURNAMES

_MIDDLE = ("Văn", "Thị", "Đức", "Minh", "Ngọc", "Quang", "Hữu", "Thanh", "Xuân", "Công", "Hồng")
_GIVEN = (
    "An", "Bình", "Cường", "Dung", "Hà", "Hải", "Hạnh", "Hiền", "Hùng", "Hương", "Khánh", "Lan",
    "Linh", "Long", "Mai", "Minh", "Nam", "Nga", "Phong", "Phúc", "Quân", "Sơn", "Tâm", "Thảo",
    "Thắng", "Trang", "Tuấn", "Vinh", "Yến", "Đạt",
)  # fmt: skip
PLACES = (
    "Tịnh Khê", "Long Sơn", "An Phú", "Bình Minh", "Tân Lập", "Hòa Bình", "Đông Hải", "Phú Mỹ",
    "Xuân Lộc", "Nghĩa Hành", "Đức Phổ", "Yên Thịnh", "Thanh Bình", "Quảng Phú", "Vĩnh Hưng",
    "Cẩm Thạch", "Sông Trà", "Ea Kao", "Hưng Lợi", "Mường Thanh", "Trà Bồng", "Ba Động",
)  # fmt: skip
PROVINCES = (
    "Quảng Ngãi", "Hậu Giang", "Đồng Tháp", "An Giang", "Thanh Hóa", "Nghệ An", "Lào Cai",
    "Đắk Lắk", "Gia Lai", "Cà Mau", "Lâm Đồng", "Bắc Ninh", "Hà Nội", "Cần Thơ", "Đà Nẵng",
    "Kiên Giang", "Hà Nam", "Sơn La", "Tây Ninh", "Vĩnh Long", "Quảng Trị", "Ninh Bình",
)  # fmt: skip
BODIES = (
    "Tài chính", "Nội vụ", "Xây dựng", "Y tế", "Tư pháp", "Công Thương",
    "Nông nghiệp và Môi trường",
    "Giáo dục và Đào tạo", "Khoa học và Công nghệ", "Văn hóa, Thể thao và Du lịch", "Kinh tế",
    "Giao thông vận tải", "Tài nguyên và Môi trường", "Lao động - Thương binh và Xã hội",
)  # fmt: skip
_TOPICS = (
    "cải cách hành chính", "phòng, chống tham nhũng", "chuyển đổi số", "an toàn thực phẩm",
    "phòng cháy, chữa cháy rừng", "xây dựng nông thôn mới", "giảm nghèo bền vững", "y tế học đường",
    "quản lý đất đai", "bảo vệ môi trường", "thu gom rác thải sinh hoạt", "tiêm phòng gia súc",
    "nâng cấp đường liên thôn", "thi tốt nghiệp trung học phổ thông", "phòng, chống ma túy",
    "phổ biến, giáo dục pháp luật", "công tác văn thư, lưu trữ", "sử dụng hóa đơn điện tử",
    "vệ sinh an toàn thực phẩm dịp Tết Nguyên đán", "an toàn giao thông", "đào tạo nghề",
    "thực hành tiết kiệm, chống lãng phí", "bầu cử đại biểu", "kiểm kê tài sản công",
    "hỗ trợ doanh nghiệp nhỏ và vừa", "chăm sóc người cao tuổi", "ứng phó sự cố tràn dầu",
    "tổ chức hội thi", "giải quyết thủ tục hành chính", "trang bị máy tính", "tuyển quân",
)  # fmt: skip
_LAWS = (
    "Đất đai", "Hộ tịch", "Đấu thầu", "Phòng cháy và chữa cháy", "Giao dịch điện tử", "Lưu trữ",
    "Căn cước", "Cư trú", "Doanh nghiệp", "Bảo vệ môi trường", "Xử lý vi phạm hành chính",
    "Nhà ở", "An toàn thực phẩm", "Giáo dục đại học", "Khám bệnh, chữa bệnh", "Hợp tác xã",
)  # fmt: skip


def person(rng: random.Random) -> str:
    """An invented name."""
    return " ".join((rng.choice(SURNAMES[:34]), rng.choice(_MIDDLE), rng.choice(_GIVEN)))


def _digits(count: int) -> Callable[[random.Random], str]:
    return lambda rng: "".join(str(rng.randint(0, 9)) for _ in range(count))


def _day(rng: random.Random) -> str:
    return f"{rng.randint(1, 28):02} tháng {rng.randint(1, 12):02} năm {_year(rng)}"


def _year(rng: random.Random) -> str:
    return str(rng.randint(2009, 2026))


_FILL: dict[str, Callable[[random.Random], str]] = {
    "name": person,
    "NAME": lambda rng: person(rng).upper(),
    "NAMEX": lambda rng: rng.choice(("SMITH JOHN", "KIM MIN SU", "TANAKA KENJI", "NGUYEN<<VAN<AN")),
    "place": lambda rng: rng.choice(PLACES),
    "PLACE": lambda rng: rng.choice(PLACES).upper(),
    "province": lambda rng: rng.choice(PROVINCES),
    "PROVINCE": lambda rng: rng.choice(PROVINCES).upper(),
    "body": lambda rng: rng.choice(BODIES),
    "topic": lambda rng: rng.choice(_TOPICS),
    "law": lambda rng: rng.choice(_LAWS),
    "LAW": lambda rng: rng.choice(_LAWS).upper(),
    "year": _year,
    "date": _day,
    "dmy": lambda rng: f"{rng.randint(1, 28):02}/{rng.randint(1, 12):02}/{_year(rng)}",
    "d": lambda rng: str(rng.randint(1, 400)),
    "d7": _digits(7),
    "d9": _digits(9),
    "d10": _digits(10),
    "id": lambda rng: "0" + _digits(11)(rng),
    "c": lambda rng: rng.choice("ABCDHNS"),
    "money": lambda rng: f"{rng.randint(1, 900)}.000.000",
    "code": lambda rng: (
        f"H{rng.randint(10, 60)}.{rng.randint(1, 99)}-{_digits(6)(rng)}-{_digits(4)(rng)}"
    ),
}


def filled(text: str, rng: random.Random) -> str:
    """A wording with its slots filled."""
    return re.sub(r"\{(\w+)\}", lambda slot: _FILL[slot[1]](rng), text)

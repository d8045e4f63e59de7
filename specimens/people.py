"""Invented people, places and bodies. None of them exists; their numbers are well formed."""

import random
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Sex(StrEnum):
    """As civil status papers print it."""

    MALE = "Nam"
    """Male."""
    FEMALE = "Nữ"
    """Female."""


@dataclass(frozen=True, slots=True)
class Place:
    """A commune that does not exist, in a province that does (since 1 July 2025, no districts)."""

    level: str
    """xã or phường."""
    name: str
    province: str
    """With its level: "tỉnh Quảng Ngãi", "thành phố Đà Nẵng"."""
    code: str
    """The old three-digit place code that personal numbers of the place begin with."""

    @property
    def commune(self) -> str:
        """Level and name: "xã Suối Mơ"."""
        return f"{self.level} {self.name}"

    @property
    def full(self) -> str:
        """Commune and province, as addresses end."""
        return f"{self.commune}, {self.province}"


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person."""

    name: str
    sex: Sex
    born_on: date
    id: str
    """Twelve digits: place, century and sex, year of birth, then six that begin with 000."""
    address: str


@dataclass(frozen=True, slots=True)
class Body:
    """A body that issues papers."""

    parent: str
    """As printed above it, or empty; a new line where the print breaks."""
    printed: str
    """In capitals, with its line breaks."""
    name: str
    """In ordinary case: "Ủy ban nhân dân xã Suối Mơ"."""
    short: str
    """In notations: UBND, SXD."""
    collective: str
    """What the head signs for ("ỦY BAN NHÂN DÂN"), or empty where the head signs alone."""
    head: str
    """CHỦ TỊCH, GIÁM ĐỐC."""


PLACES = (
    Place("xã", "Suối Mơ", "tỉnh Quảng Ngãi", "051"),
    Place("phường", "Sao Mai", "thành phố Đà Nẵng", "048"),
    Place("xã", "Hoa Nắng", "tỉnh Lâm Đồng", "068"),
    Place("xã", "Đồng Lúa", "tỉnh Đồng Tháp", "087"),
    Place("phường", "Bến Trăng", "thành phố Cần Thơ", "092"),
    Place("xã", "Núi Mây", "tỉnh Lào Cai", "010"),
    Place("phường", "Cầu Vồng", "tỉnh Bắc Ninh", "027"),
    Place("xã", "Gió Biển", "tỉnh Khánh Hòa", "056"),
)

_SURNAMES = (
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Vũ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
)
_MIDDLES = {
    Sex.MALE: ("Văn", "Đức", "Minh", "Quốc", "Hữu", "Thanh", "Công"),
    Sex.FEMALE: ("Thị", "Ngọc", "Thu", "Kim", "Thị Mỹ", "Thanh"),
}
_GIVEN = {
    Sex.MALE: (
        "An",
        "Bình",
        "Cường",
        "Dũng",
        "Hải",
        "Khánh",
        "Long",
        "Nam",
        "Phúc",
        "Sơn",
        "Tuấn",
        "Vinh",
    ),
    Sex.FEMALE: (
        "Anh",
        "Chi",
        "Dung",
        "Hạnh",
        "Hoa",
        "Lan",
        "Mai",
        "Nga",
        "Oanh",
        "Thảo",
        "Trang",
        "Yến",
    ),
}
_HAMLETS = (
    "thôn Đông",
    "thôn Tây",
    "thôn Trung",
    "thôn Bàu",
    "tổ dân phố 3",
    "tổ dân phố 7",
    "thôn Phú Lộc",
)


def invent_place(rng: random.Random) -> Place:
    """Pick one of the invented communes."""
    return rng.choice(PLACES)


def invent_name(rng: random.Random, sex: Sex | None = None) -> str:
    """Make a full name."""
    chosen = sex or rng.choice(tuple(Sex))
    middle = rng.choice(_MIDDLES[chosen])
    return f"{rng.choice(_SURNAMES)} {middle} {rng.choice(_GIVEN[chosen])}"


def invent_id(rng: random.Random, place: Place, sex: Sex, born_on: date) -> str:
    """Make a personal number by NĐ 137/2015's scheme: place, century-sex digit, year, six more."""
    century = 2 * (born_on.year // 100 - 19) + (1 if sex is Sex.FEMALE else 0)
    return f"{place.code}{century}{born_on.year % 100:02d}000{rng.randrange(1000):03d}"


def invent_person(
    rng: random.Random,
    place: Place,
    *,
    sex: Sex | None = None,
    born: tuple[int, int] = (1965, 1999),
) -> Person:
    """Make a person of the place, born between two years, both included."""
    chosen = sex or rng.choice(tuple(Sex))
    born_on = date(rng.randint(*born), rng.randint(1, 12), rng.randint(1, 28))
    return Person(
        name=invent_name(rng, chosen),
        sex=chosen,
        born_on=born_on,
        id=invent_id(rng, place, chosen, born_on),
        address=f"{rng.choice(_HAMLETS)}, {place.full}",
    )


def newly_born(rng: random.Random, place: Place, born_on: date) -> Person:
    """Make a child of the place."""
    sex = rng.choice(tuple(Sex))
    return Person(
        name=invent_name(rng, sex),
        sex=sex,
        born_on=born_on,
        id=invent_id(rng, place, sex, born_on),
        address=f"{rng.choice(_HAMLETS)}, {place.full}",
    )


def commune_committee(place: Place) -> Body:
    """The people's committee of a commune."""
    return Body(
        parent="",
        printed=f"ỦY BAN NHÂN DÂN\n{place.commune.upper()}",
        name=f"Ủy ban nhân dân {place.commune}",
        short="UBND",
        collective="TM. ỦY BAN NHÂN DÂN",
        head="CHỦ TỊCH",
    )


def province_committee(place: Place) -> Body:
    """The people's committee of a province."""
    return Body(
        parent="",
        printed=f"ỦY BAN NHÂN DÂN\n{place.province.upper()}",
        name=f"Ủy ban nhân dân {place.province}",
        short="UBND",
        collective="TM. ỦY BAN NHÂN DÂN",
        head="CHỦ TỊCH",
    )


def department(place: Place, name: str, short: str) -> Body:
    """A department of the province: "Sở Xây dựng", "SXD"."""
    return Body(
        parent=f"ỦY BAN NHÂN DÂN\n{place.province.upper()}",
        printed=name.upper(),
        name=f"{name} {place.province}",
        short=short,
        collective="",
        head="GIÁM ĐỐC",
    )

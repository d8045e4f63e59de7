"""Names of issuing bodies in full, in ordinary case, joined with their place."""

import re
from dataclasses import dataclass
from functools import lru_cache

from classify._body_lines import group_lines
from classify._case import ordinary
from classify._text import UPPER, fold, likeness, sentence, squeeze
from classify._words import BODY_PHRASES, SMALL_WORDS
from classify.types import Reference

_NEARLY = 0.93
"""How alike a name must be to one of the reference to be taken for it."""

_LONG = 6
"""Words that a name must have for a lost one to be put back."""

_CITIES = frozenset(("ha noi", "ho chi minh", "da nang", "hai phong", "can tho", "hue"))
"""Cities under the centre: "thành phố", not "tỉnh"."""

_NATIONAL = (
    "bo ", "chinh phu", "quoc hoi", "thu tuong", "chu tich nuoc", "ngan hang nha nuoc",
    "thanh tra chinh phu", "toa an nhan dan toi cao", "vien kiem sat nhan dan toi cao",
    "van phong chinh phu", "kiem toan", "bao hiem xa hoi viet nam", "cong ty", "dai hoc quoc gia",
    "uy ban thuong vu", "tong lien doan",
)  # fmt: skip

_OF_THE_PARTY = ("tinh uy", "thanh uy", "huyen uy", "tinh doan", "thanh doan", "huyen doan",
                 "thi uy", "quan uy")  # fmt: skip
"""Bodies whose name holds its place's word: "Tỉnh ủy Quảng Ngãi"."""

_LOOSE = ("ban chi dao", "ban to chuc", "ban soan thao", "hoi dong", "to cong tac", "cuc ", "vu ")
"""Bodies named with a dash and their parent, not with a place: "Ban Chỉ đạo 138 - UBND tỉnh"."""

_PLACE = re.compile(
    r"\b([Tt]ỉnh|[Tt]hành phố|[Hh]uyện|[Qq]uận|[Tt]hị xã|[Tt]hị trấn|[Pp]hường|xã|[Đđ]ặc khu|TP\.?)"
    rf"\s+(?=[{UPPER}0-9])"
)
"""A place's word before its name; "Quân sự", "Quản lý" and "Xã hội" are none."""


@dataclass(frozen=True, slots=True)
class Body:
    """An issuer's name, and its parent's where one is printed."""

    name: str
    parent: str | None
    snapped: bool
    """Whether the name was found in the reference."""


def _spelled(name: str) -> str:
    """UBND and HĐND at the head of a name in full; readers' wrong letters mended."""
    text = re.sub(r"^(UBND|U\.B\.N\.D)\b", "ỦY BAN NHÂN DÂN", name)
    text = re.sub(r"^(HĐND|HDND|HÐND)\b", "HỘI ĐỒNG NHÂN DÂN", text)
    text = re.sub(r"\bTP\.?\s", "THÀNH PHỐ ", text)
    return text.replace("Ð", "Đ")


_FIXED = (
    "ỦY BAN NHÂN DÂN", "HỘI ĐỒNG NHÂN DÂN", "THÀNH PHỐ", "CHỈ ĐẠO", "THỂ THAO", "ĐÀO TẠO",
    "CHÍNH PHỦ", "QUỐC HỘI",
)  # fmt: skip
_FIRST = {"tinh": "TỈNH", "huyen": "HUYỆN", "phuong": "PHƯỜNG", "xa": "XÃ", "so": "SỞ",
          "quan": "QUẬN"}  # fmt: skip
"""Words that are fixed only where a body's place begins: "XÃ TỊNH KHÊ" has its own "TỊNH"."""


def _mended(name: str, places: tuple[str, ...]) -> str:
    """Fixed words whose marks a reader lost: "TĨNH" for "TỈNH", "BAN CHÍ ĐẠO"."""
    for wanted in _FIXED:
        count = len(wanted.split())
        words = name.split(" ")
        for index in range(len(words) - count + 1):
            part = " ".join(words[index : index + count])
            if part.isupper() and part != wanted and fold(part) == fold(wanted):
                words[index : index + count] = wanted.split(" ")
        name = " ".join(words)
    words = name.split(" ")
    provinces = {fold(place) for place in places}
    for index, word in enumerate(words):
        right = _FIRST.get(fold(word)) if word.isupper() else None
        begins = index == 0 or fold(words[index - 1]) == "dan"
        province = right == "TỈNH" and fold(" ".join(words[index + 1 :])) in provinces
        if right and (begins or province):
            words[index] = right
    return " ".join(words)


def _with_known_place(name: str, places: tuple[str, ...]) -> str:
    """A province's name at the end of a body's name as the reference spells it."""
    folded = fold(name)
    for place in sorted(places, key=len, reverse=True):
        if folded.endswith(" " + fold(place)):
            return name[: len(name) - len(place)] + place
    return name


def full_place(place: str) -> str:
    """A province with its word: "tỉnh Quảng Ngãi", "thành phố Đà Nẵng"."""
    word = "thành phố" if fold(place) in _CITIES else "tỉnh"
    return f"{word} {place}"


def _bare_province(name: str, places: tuple[str, ...]) -> str | None:
    folded = fold(name)
    for place in places:
        dashed = folded.endswith("- " + fold(place))
        if folded.endswith(" " + fold(place)) and not dashed and not _PLACE.search(name):
            return place
    return _unknown_province(name)


def _unknown_province(name: str) -> str | None:
    """What follows a department's known name ("Sở Y tế Hậu Giang") is its province."""
    if _PLACE.search(name):
        return None
    for phrase in sorted(BODY_PHRASES, key=len, reverse=True):
        rest = name[len(phrase) + 1 :]
        known = phrase.startswith("Sở ") and fold(name).startswith(fold(phrase) + " ")
        if known and 1 <= len(rest.split()) <= 4 and rest.replace(" ", "").isalpha():
            return rest.title()
    return None


def _place_of(name: str) -> str | None:
    match = _PLACE.search(name)
    found = name[match.start() :] if match else None
    return found and found[0].lower() + found[1:]


def _snap(name: str, reference: Reference) -> str | None:
    """The reference's spelling of a name that differs in marks, or by a letter inside it.

    Neither the sort of body nor the place may differ: "Sở" is not "Bộ", "Hậu Giang" not "An Giang".
    """
    known = _squeezed(reference.issuers)
    same = known.get(squeeze(name), ())
    if name in same or len(same) == 1:
        return name if name in same else same[0]
    ends = _ends_of(name)
    near = [
        other
        for others in known.values()
        for other in others
        if abs(len(other) - len(name)) <= 1 and _ends_of(other) == ends
    ]
    best = max(near, key=lambda other: likeness(other, name), default=None)
    if best and not same and likeness(best, name) > _NEARLY:
        return best
    return None if same else _with_lost_word(name, reference)


def _with_lost_word(name: str, reference: Reference) -> str | None:
    """The one body whose name is this one with a word that the reader lost: "thực [phẩm] tỉnh"."""
    words = fold(name).split()
    if len(words) < _LONG:
        return None
    found = [
        issuer
        for issuer in reference.issuers
        if len(parts := fold(issuer).split()) == len(words) + 1
        and parts[0] == words[0]
        and parts[-3:] == words[-3:]
        and _is_within(words, parts)
    ]
    return found[0] if len(found) == 1 else None


def _is_within(words: list[str], parts: list[str]) -> bool:
    """Whether words stand in another list in their order, with others between."""
    rest = iter(parts)
    return all(word in rest for word in words)


def _ends_of(name: str) -> tuple[str, ...]:
    words = fold(name).split()
    return (words[0], *words[-3:])


@lru_cache(maxsize=4)
def _squeezed(issuers: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for issuer in issuers:
        found[squeeze(issuer)] = (*found.get(squeeze(issuer), ()), issuer)
    return found


_HEADED = re.compile(
    r"^(Trung tâm|Chi cục|Cục|Phòng|Ban|Trường|Viện|Hội|Đội|Hạt|Trạm|Sở|Vụ|Tổ|Hội đồng) (\w)"
)


def _headed(name: str) -> str:
    """A capital for the word after the sort of a body: "Trung tâm Y tế", "Ban Địa chính"."""
    if name.startswith(("Hội đồng ", "Ban nhân dân", "Viện kiểm sát")):
        return name
    return _HEADED.sub(lambda match: f"{match[1]} {match[2].upper()}", name)


_SCHOOL = re.compile(
    r"^(?:Trường|Trường học)\s+(?:THPT|THCS|TH|TH và THCS|THCS và THPT|PTDTNT|Tiểu học|Mầm non|"
    r"Mẫu giáo|Trung học cơ sở|Trung học phổ thông)\s+",
    re.IGNORECASE,
)
_OF_PERSONS = 4
"""Words that a school's own name has at most: a person's, a place's."""


def _named(name: str) -> str:
    """Capitals for the own name of a school or a zone, for the first word of a company's."""
    school = _SCHOOL.match(name)
    own = name[school.end() :].split() if school else []
    if school and len(own) <= _OF_PERSONS:
        shown = " ".join(word if word in SMALL_WORDS else sentence(word) for word in own)
        return name[: school.end()] + shown
    company = re.match(r"^(Công ty (?:Cổ phần|TNHH(?: MTV)?|Một thành viên) )(.+)$", name)
    if company:
        return company[1] + sentence(company[2])
    return re.sub(
        r"(?<=[Kk]hu kinh tế )(\w+) (\w+)|(?<=[Kk]hu công nghiệp )(\w+) (\w+)",
        lambda match: " ".join(sentence(word) for word in match[0].split(" ")),
        name,
    )


def _one(name: str, reference: Reference, wording: tuple[str, ...]) -> str:
    spelled = _mended(_spelled(name), reference.provinces)
    places = (*reference.provinces, *wording)
    text = _headed(_named(ordinary(spelled, places, communes=reference.communes)))
    return _with_known_place(text, reference.provinces)


def _completed(name: str, place: str, provinces: tuple[str, ...]) -> str:
    """A name whose place lost its last word, with the place of the place-and-date line."""
    whole = next((one for one in provinces if fold(one) == fold(place)), place)
    first, _, rest = whole.partition(" ")
    if rest and fold(name).endswith(f" {fold(first)}"):
        return f"{name[: -len(first)]}{whole}"
    return name


def compose(
    lines: list[str], place: str, reference: Reference, wording: tuple[str, ...] = ()
) -> Body | None:
    """The issuer's full name from the printed lines of box 2 and the place of box 4.

    `wording` are phrases of the lines as the paper's own text writes them: names in their case.
    """
    bodies = [
        _completed(_one(body, reference, wording), place, reference.provinces)
        for body in group_lines(lines)
    ]
    if not bodies:
        return None
    name = bodies[-1]
    parent = bodies[-2] if len(bodies) > 1 else None
    full = _joined(name, parent, place, reference)
    snapped = _snap(full, reference)
    return Body(snapped or full, parent, snapped is not None)


def _joined(name: str, parent: str | None, place: str, reference: Reference) -> str:
    """A body's name with the place, or the body, that tells it from others of its sort."""
    folded = fold(name) + " "
    if _PLACE.search(name) or folded.startswith((*_NATIONAL, *_OF_THE_PARTY)):
        return name
    bare = _bare_province(name, reference.provinces)
    if bare:
        return name[: len(name) - len(bare)] + full_place(bare)
    if folded.endswith((" tinh ", " thanh pho ", " huyen ", " xa ", " phuong ")) and parent:
        name = name[: name.rindex(" ")]  # "THANH TRA TỈNH": its place stands in the line above
    if parent is None:
        return _with_place(name, place, reference)
    if fold(parent) in folded or name in reference.issuers:
        return name  # "Kho bạc Nhà nước khu vực XIII" needs no "Kho bạc Nhà nước" behind it
    return _under(name, parent, place, reference)


def _under(name: str, parent: str, place: str, reference: Reference) -> str:
    """A body that is named by the one above it."""
    folded = fold(name) + " "
    if folded.startswith("thanh tra so ") and parent.startswith("Sở "):
        return f"Thanh tra {_joined(parent, None, place, reference)}"
    if fold(parent).startswith(_OF_THE_PARTY):
        return f"{name} {parent}"
    if fold(parent + " ").startswith((*_NATIONAL, "dai hoc ", "hoc vien ")):
        return f"{name} - {parent}"
    above = _joined(parent, None, place, reference)
    of_department = folded == "thanh tra " and above.startswith("Sở ")
    if folded == "van phong " or of_department:
        return f"{name} {above}"
    if folded.startswith(_LOOSE):
        short = re.sub(r"^Ủy ban nhân dân\b", "UBND", above)
        return f"{name} - {short}"
    where = _place_of(above)
    return f"{name} {where}" if where else f"{name} - {above}"


def _with_place(name: str, place: str, reference: Reference) -> str:
    """A local body named without its place takes the province of the place-and-date line."""
    known = {fold(province): province for province in reference.provinces}
    province = known.get(fold(place))
    if province and fold(name + " ").startswith(("so ", "uy ban nhan dan", "hoi dong nhan dan")):
        return f"{name} {full_place(province)}"
    return name


def is_known(name: str, reference: Reference) -> bool:
    """Whether a name is made of what is known: a usual body and a place of the reference."""
    match = _PLACE.search(name)
    if match is None:
        return name in BODY_PHRASES
    body, place = name[: match.start()].strip(), name[match.end() :].strip()
    return body in BODY_PHRASES and place in _places(reference.provinces, reference.communes)


@lru_cache(maxsize=4)
def _places(provinces: tuple[str, ...], communes: tuple[str, ...]) -> frozenset[str]:
    return frozenset((*provinces, *communes))

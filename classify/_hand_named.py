"""Papers that name this one: the dossier's table of contents, a register, a later paper."""

from collections.abc import Callable, Collection, Mapping, Sequence

from classify._hand_context import Factor, shown
from classify._names_alike import same_body
from classify._text import fold
from classify.types import Mention

_LISTED = 8.0
"""How much likelier a reading is that the dossier's table of contents names."""
_NAMED, _PERHAPS, _BY_DAY_ALONE = 10.0, 5.0, 3.0
"""The same of a naming elsewhere: day and body agree; the day agrees and the body is not said; the
body agrees and the day is not said."""
_FAINT = 0.02
"""A day less likely does not make a naming mean this paper."""
_SEEN = 1e-3
"""Nor does a number less likely; low, so that a naming of another reading is a rival."""
_TOLD = 2
"""Papers that one sentence names."""


def listed(named: Collection[str], whole: Callable[[str], str], what: str) -> list[Factor]:
    """What a table of contents names, called `what`; `whole` makes values of readings."""
    known = {plain(value) for value in named if value}
    if not known:
        return []

    def fits(value: str) -> float:
        return _LISTED if plain(whole(value)) in known else 1.0

    return [Factor(fits, f"Mục lục hồ sơ có ghi {what} này.")]


def weights(
    mentions: Sequence[Mention],
    numbers: Mapping[str, float],
    days: Mapping[str, float],
    issuer: str,
) -> dict[Mention, float]:
    """How much each naming speaks for the number and day that it gives; none that means another.

    `numbers` (whole) and `days` (ISO) are what may stand on this paper, with their chances. A
    naming means this paper where both its number and its day may stand there; numbers come again
    each year and in each body, so that a number alone says nothing.
    """
    known = {plain(number): chance for number, chance in numbers.items()}
    found = {}
    for mention in mentions:
        alike = same_body(mention.issuer, issuer)
        if alike is False or known.get(plain(mention.number), 0.0) < _SEEN:
            continue
        if mention.issued_on:
            if days.get(mention.issued_on, 0.0) >= _FAINT:
                found[mention] = _NAMED if alike else _PERHAPS
        elif alike:
            found[mention] = _BY_DAY_ALONE
    return found


def named_numbers(weighed: Mapping[Mention, float], whole: Callable[[str], str]) -> list[Factor]:
    """What namings say of the number; `whole` makes numbers of readings."""
    return [
        Factor(_fits_number(group, whole), sentence)
        for sentence, group in _sentences(weighed, "số").items()
    ]


def named_days(weighed: Mapping[Mention, float]) -> list[Factor]:
    """What namings say of the day."""
    dated = {one: weight for one, weight in weighed.items() if one.issued_on}
    return [
        Factor(_fits_day(group), sentence) for sentence, group in _sentences(dated, "ngày").items()
    ]


def _fits_number(
    group: Mapping[Mention, float], whole: Callable[[str], str]
) -> Callable[[str], float]:
    known = {plain(one.number): weight for one, weight in group.items()}
    return lambda value: known.get(plain(whole(value)), 1.0)


def _fits_day(group: Mapping[Mention, float]) -> Callable[[str], float]:
    known = {one.issued_on: weight for one, weight in group.items()}
    return lambda value: known.get(value, 1.0)


def _sentences(weighed: Mapping[Mention, float], what: str) -> dict[str, dict[Mention, float]]:
    """Namings by what is said of them: of one number and sort they are one piece of evidence."""
    groups: dict[tuple[str, str, str], dict[Mention, float]] = {}
    for one, weight in weighed.items():
        groups.setdefault((one.how, plain(one.number), one.issued_on), {})[one] = weight
    return {_sentence(how, group, what): group for (how, _, _), group in groups.items()}


def _sentence(how: str, group: Mapping[Mention, float], what: str) -> str:
    one = next(iter(group))
    names = ", ".join(sorted({mention.by for mention in group})[:_TOLD])
    day = f" ngày {shown(one.issued_on)}" if one.issued_on else ""
    said = f"“{one.number}”{day}"
    if how == "register":
        return f"Sổ đăng ký văn bản ({names}) có ghi {said}, khớp {what} này."
    return f"Văn bản {names} dẫn {said}, khớp {what} này."


def plain(number: str) -> str:
    """A number so that namings of it compare: no marks, no spaces, no 0 before a digit alone."""
    text = fold(number).replace(" ", "")
    return text[1:] if len(text) > 2 and text[0] == "0" and not text[2:3].isdigit() else text

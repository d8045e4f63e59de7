"""The parts of an official paper, placed by the boxes of NĐ 30/2020 PL I."""

import random
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from specimens.flow import Align, Flow, balanced_width, set_line, tokens
from specimens.fonts import Face, text_width
from specimens.page import LEFT, RIGHT, Item, Point, Seal, Text, Word
from specimens.pen import hand_digits, signature
from specimens.people import Body

SPLIT = LEFT + (RIGHT - LEFT) * 0.42
"""Where the issuer's column ends and the state's begins."""
NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
SIGN_LEFT = LEFT + (RIGHT - LEFT) * 0.47
"""The signature block's column begins here."""
_HAND_GAP = 34.0
"""Points left open for a number filled in by hand."""


class NumberStyle(StrEnum):
    """How the number stands on the paper."""

    PRINTED = "printed"
    """Set with the rest."""
    HAND = "hand"
    """Filled in by pen, as registries do."""
    EMPTY = "empty"
    """Left open: nobody entered it."""


@dataclass(frozen=True, slots=True)
class Signing:
    """The foot of a paper: who signs, over which seal."""

    capacity: tuple[str, ...]
    """Lines in capitals: ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")."""
    name: str
    recipients: tuple[str, ...] = ()
    sealed: bool = True
    signed: bool = True
    seal_strength: float = 0.9
    seal_upper: str = ""
    seal_lower: str = ""
    note: str = ""
    """What stands under the capacity: "(Ký, ghi rõ họ tên)"."""


def vietnamese_date(day: date) -> str:
    """As letterheads print it: days under ten and months one and two are padded."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def state_heading(flow: Flow, *, left: float = SPLIT, right: float = RIGHT) -> None:
    """Set quốc hiệu and tiêu ngữ at the cursor."""
    flow.centred(NATION, size=12.2, left=left, right=right)
    flow.centred(MOTTO, size=13.4, left=left, right=right)
    flow.rule_under(text_width(MOTTO, Face.BOLD, 13.4), left=left, right=right)


def heading(flow: Flow, body: Body) -> None:
    """Set boxes 1 and 2: the issuer at the left, the state at the right, rules beneath."""
    top = flow.y
    issuer_left, issuer_right = LEFT - 22, SPLIT - 6
    if body.parent:
        flow.centred(body.parent, face=Face.REGULAR, size=12, left=issuer_left, right=issuer_right)
    flow.centred(body.printed, size=12.4, left=issuer_left, right=issuer_right)
    flow.rule_under(62, left=issuer_left, right=issuer_right)
    low = flow.y
    flow.y = top
    state_heading(flow, left=SPLIT - 4, right=RIGHT + 6)
    flow.y = max(low, flow.y) + 4


def number_line(
    flow: Flow, rng: random.Random, digits: str, notation: str, style: NumberStyle
) -> None:
    """Set box 3 in the issuer's column, without moving the cursor.

    `notation` is what follows the digits, its slash included ("/QĐ-UBND").
    """
    left, right, size = LEFT - 22, SPLIT - 6, 13.0
    baseline = flow.y + size
    if style is NumberStyle.PRINTED:
        line = tokens(f"Số: {digits}{notation}", Face.REGULAR)
        flow.put(set_line(line, left, right, baseline, size, Align.CENTRE))
        return
    label = text_width("Số:", Face.REGULAR, size)
    width = label + _HAND_GAP + text_width(notation, Face.REGULAR, size)
    x = (left + right - width) / 2
    words = (
        Word(x, "Số:", Face.REGULAR),
        Word(x + label + _HAND_GAP, notation, Face.REGULAR),
    )
    flow.put(Text(words, baseline, size))
    if style is NumberStyle.HAND:
        flow.put(hand_digits(rng, digits, x + label + 4, baseline + 1))


def place_and_date(
    flow: Flow, rng: random.Random, place: str, day: date, *, hand_day: bool = False
) -> None:
    """Set box 4 in the state's column, without moving the cursor."""
    size = 13.2
    text = f"{place}, {vietnamese_date(day)}"
    if not hand_day:
        line = tokens(text, Face.ITALIC)
        flow.put(set_line(line, SPLIT, RIGHT, flow.y + size, size, Align.CENTRE))
        return
    before = f"{place}, ngày"
    after = text.split(f"ngày {day.day:02d} ")[1]
    gap = 22.0
    width = text_width(before, Face.ITALIC, size) + gap + text_width(after, Face.ITALIC, size)
    x = (SPLIT + RIGHT - width) / 2
    first = set_line(tokens(before, Face.ITALIC), x, RIGHT, flow.y + size, size)
    resume = x + text_width(before, Face.ITALIC, size) + gap
    second = set_line(tokens(after, Face.ITALIC), resume, RIGHT, flow.y + size, size)
    flow.put(Text(first.words + second.words, flow.y + size, size))
    flow.put(hand_digits(rng, f"{day.day:02d}", resume - gap + 3, flow.y + size, size=13))


def title(flow: Flow, name: str, abstract: str, *, size: float = 14.0) -> None:
    """Set box 5a: the kind's name in capitals, the abstract beneath, a short rule."""
    flow.skip(8)
    flow.centred(name, size=size)
    if abstract:
        width = balanced_width(tokens(abstract, Face.BOLD), RIGHT - LEFT - 80, 13.6)
        middle = (LEFT + RIGHT) / 2
        flow.centred(abstract, size=13.6, left=middle - width / 2, right=middle + width / 2, gap=2)
        flow.rule_under(90)
    flow.skip(8)


def signature_block(flow: Flow, rng: random.Random, signing: Signing) -> None:
    """Set boxes 7, 8 and 9b: capacity, pen, name, the seal a third over the pen, recipients."""
    flow.need(175)
    flow.skip(8)
    top = flow.y
    _recipients(flow, signing.recipients)
    low = flow.y
    flow.y = top
    for line in signing.capacity:
        flow.centred(line, size=13.2, left=SIGN_LEFT, right=RIGHT)
    if signing.note:
        flow.centred(signing.note, face=Face.ITALIC, size=12, left=SIGN_LEFT, right=RIGHT)
    middle = (SIGN_LEFT + RIGHT) / 2
    pen = Point(middle + rng.uniform(-4, 8), flow.y + 44)
    inks: list[Item] = []
    if signing.signed:
        inks.append(signature(rng, pen))
    if signing.sealed:
        inks.append(_seal_beside(rng, pen, signing))
    flow.put(*inks)
    flow.skip(92)
    flow.centred(signing.name, size=13.4, left=SIGN_LEFT, right=RIGHT)
    flow.y = max(low, flow.y)


def _seal_beside(rng: random.Random, pen: Point, signing: Signing) -> Seal:
    """Lay the seal over the left third of the pen's stroke (NĐ 30/2020 PL I, box 8)."""
    centre = Point(pen.x - 62 + rng.uniform(-4, 4), pen.y + rng.uniform(-4, 4))
    return Seal(
        centre,
        signing.seal_upper,
        signing.seal_lower,
        strength=signing.seal_strength,
        angle=rng.uniform(-9, 9),
    )


def _recipients(flow: Flow, recipients: tuple[str, ...]) -> None:
    if not recipients:
        return
    flow.block("Nơi nhận:", face=Face.BOLD_ITALIC, size=12, right=SIGN_LEFT)
    for index, name in enumerate(recipients):
        end = "." if index == len(recipients) - 1 else ";"
        flow.block(f"- {name}{end}", size=11, right=SIGN_LEFT - 6)

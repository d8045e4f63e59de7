"""Papers of layouts that no template of `specimens` has: letterheads, blocks, numbers of all sorts.

`layouts.json` holds them: what stands where, and what a careful clerk would enter. Bodies and
places are public, persons and papers invented. `bench.fields --layouts N` and `bench.calibrate`
draw, spoil and read them: they were written to find what the rules had not met, so a layout that
fails there is a rule to be mended, not a number to be proud of.
"""

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from specimens.blocks import MOTTO, NATION, SIGN_LEFT, SPLIT
from specimens.flow import Flow
from specimens.fonts import Face, text_width
from specimens.page import LEFT, RIGHT, Page, Point, Seal, Text, Word
from specimens.pen import hand_digits, signature
from specimens.people import invent_name

_LAW = "Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;"
_FIRST = (
    "Thực hiện Kế hoạch công tác năm 2025, qua theo dõi cho thấy việc triển khai nhiệm vụ tại "
    "một số địa phương còn chậm so với tiến độ đã đề ra, cần tập trung chỉ đạo quyết liệt hơn "
    "nữa trong thời gian tới."
)
_SECOND = (
    "Đề nghị các cơ quan, đơn vị khẩn trương rà soát khối lượng công việc còn lại, xác định rõ "
    "nguyên nhân và trách nhiệm của từng bộ phận; báo cáo kết quả trước ngày 15 tháng 12 năm "
    "2025 để tổng hợp./."
)
_BODY = (_FIRST, _SECOND)
_DECIDED = (_LAW, "^QUYẾT ĐỊNH:", f"**Điều 1.** {_BODY[0]}", f"**Điều 2.** {_BODY[1]}")
_ISSUER_LEFT = LEFT - 22
_ROOM = 190
"""Points that a signing block needs."""
_NAME_DOWN = 80
"""Points from a title's foot to the name."""
_PEN_GAP = 34.0


@dataclass(frozen=True, slots=True)
class LayoutPaper:
    """One drawn paper and what is right."""

    name: str
    pages: tuple[Page, ...]
    truth: Mapping[str, str | None]
    handwritten: bool
    """Whether the number's digits are by pen."""


def layout_papers(seed: int) -> Iterator[LayoutPaper]:
    """Every layout once; persons, and which numbers are by pen, by the seed."""
    path = Path(__file__).with_name("layouts.json")
    for name, spec in json.loads(path.read_text(encoding="utf-8")).items():
        rng = random.Random(f"{name} {seed}")  # noqa: S311  drawings, no secrets
        yield _paper(name, spec, rng)


def _paper(name: str, spec: Mapping[str, Any], rng: random.Random) -> LayoutPaper:
    number = str(spec.get("number", ""))
    by_pen = "/" in number and number.startswith("Số: ") and number[4].isdigit()
    by_pen = by_pen and rng.random() < 0.5
    people = iter([invent_name(rng) for _ in range(3)])
    columns = spec.get("signers") or [[spec["capacity"], spec["name"]]]
    signers = [(capacity, _filled(printed, next(people))) for capacity, printed in columns]
    flow = Flow()
    _head(flow, spec, rng, by_pen=by_pen)
    _text(flow, spec)
    _end(flow, spec, signers, rng)
    truth = dict(spec["truth"])
    titles = [" ".join(row for row in capacity if row[0] != "(") for capacity, _ in signers]
    kept = _kept(titles, str(truth.get("signer_title")))
    truth["signer_name"] = "; ".join(_person(signers[at][1]) for at in kept)
    return LayoutPaper(name, flow.pages(), truth, by_pen)


def _filled(printed: str, person: str) -> str:
    return printed.replace("{UPPER}", person.upper()).replace("{}", person)


def _person(printed: str) -> str:
    """A name without degree or rank, in ordinary case."""
    words = [word for word in printed.split() if "." not in word]
    if words[1:2] == ["tá"]:
        words = words[2:]
    return " ".join(word.capitalize() if word.isupper() and len(word) > 1 else word
                    for word in words)  # fmt: skip


def _kept(titles: list[str], right: str) -> list[int]:
    """Whose titles the truth names; a single signer's is as printed or mended."""
    if len(titles) == 1:
        return [0]
    wanted = right.split("; ")
    return [at for at, title in enumerate(titles) if title in wanted]


def _head(flow: Flow, spec: Mapping[str, Any], rng: random.Random, *, by_pen: bool) -> None:
    split = float(spec.get("split", SPLIT))
    left, right, top = _ISSUER_LEFT, split - 6, flow.y
    for line in spec.get("parent", ()):
        flow.centred(line, face=Face.REGULAR, size=12, left=left, right=right)
    for line in spec.get("issuer", ()):
        flow.centred(line, size=12.4, left=left, right=right)
    if spec.get("issuer"):
        flow.rule_under(60, left=left, right=right)
    low, flow.y = flow.y, top
    for at, line in enumerate(spec.get("nation", (NATION, MOTTO))):
        flow.centred(line, size=13.4 if at else 12.2, left=split - 4, right=RIGHT + 6)
    flow.rule_under(150, left=split - 4, right=RIGHT + 6)
    high = flow.y
    flow.y = low + 2 if spec.get("own_columns") else max(low, high) + 4
    start = flow.y
    _number(flow, str(spec.get("number", "")), right, rng, by_pen=by_pen)
    for line in spec.get("vv", ()):
        flow.centred(line, face=Face.REGULAR, size=12, left=left, right=right)
    low, flow.y = flow.y, high + 4 if spec.get("own_columns") else start
    if spec.get("date"):
        flow.centred(spec["date"], face=Face.ITALIC, size=13.2, left=split, right=RIGHT)
    flow.y = max(flow.y, low) + 8


def _number(flow: Flow, number: str, right: float, rng: random.Random, *, by_pen: bool) -> None:
    if not number:
        return
    if not by_pen:
        flow.centred(number, face=Face.REGULAR, size=13, left=_ISSUER_LEFT, right=right)
        return
    digits, _, rest = number.removeprefix("Số: ").partition("/")
    digits = digits.strip()
    label, after = text_width("Số:", Face.REGULAR, 13), f"/{rest}"
    width = label + _PEN_GAP + text_width(after, Face.REGULAR, 13)
    x, baseline = (_ISSUER_LEFT + right - width) / 2, flow.y + 13
    words = (Word(x, "Số:", Face.REGULAR), Word(x + label + _PEN_GAP, after, Face.REGULAR))
    flow.put(Text(words, baseline, 13), hand_digits(rng, digits, x + label + 4, baseline + 1))
    flow.skip(17)


def _text(flow: Flow, spec: Mapping[str, Any]) -> None:
    title = str(spec.get("title", ""))
    if title:
        flow.centred(title, size=14)
        for line in spec.get("abstract", ()):
            flow.centred(line, size=13.6, left=LEFT + 10, right=RIGHT - 10)
        if spec.get("rule", True):
            flow.rule_under(90)
        flow.skip(8)
    for line in spec.get("to", ()):
        flow.centred(line, face=Face.REGULAR, size=13.6)
    for line in spec.get("authority", ()):
        flow.centred(line, size=13.6, gap=6)
    for text in spec.get("body", _DECIDED if title == "QUYẾT ĐỊNH" else _BODY):
        if text.startswith("^"):
            flow.centred(text[1:], size=13.6, gap=6)
        else:
            flow.paragraph(text)
    flow.skip(8)


def _end(
    flow: Flow,
    spec: Mapping[str, Any],
    signers: list[tuple[list[str], str]],
    rng: random.Random,
) -> None:
    flow.need(_ROOM)
    top, recipients = flow.y, spec.get("recipients", ("Như Điều 3", "Lưu: VT"))
    if len(signers) == 1:
        _recipients(flow, recipients)
    low = flow.y
    left = SIGN_LEFT if len(signers) == 1 else LEFT - 10
    step = (RIGHT - left) / len(signers)
    rows = max(len(capacity) for capacity, _ in signers)
    for at, (capacity, name) in enumerate(signers):
        flow.y = top
        _sign(flow, capacity, name, (left + step * at, left + step * (at + 1)), rng)
        low = max(low, flow.y)
    flow.y = max(low, top + 16 * rows + _NAME_DOWN + 20)
    if len(signers) > 1:
        _recipients(flow, recipients)


def _recipients(flow: Flow, recipients: list[str] | None) -> None:
    if recipients:
        flow.block("Nơi nhận:", face=Face.BOLD_ITALIC, size=12, right=SIGN_LEFT)
    for name in recipients or ():
        flow.block(f"- {name};", size=11, right=SIGN_LEFT - 6)


def _sign(
    flow: Flow, capacity: list[str], name: str, column: tuple[float, float], rng: random.Random
) -> None:
    left, right = column
    for row in capacity:
        flow.centred(row, size=13.2, left=left, right=right)
    pen = Point((left + right) / 2 + 4, flow.y + 40)
    flow.put(signature(rng, pen), Seal(Point(pen.x - 60, pen.y), "CƠ QUAN", "THỬ"))
    flow.skip(_NAME_DOWN)
    flow.centred(name, size=13.4, left=left, right=right)

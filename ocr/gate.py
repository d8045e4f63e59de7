"""The gate: one look at each page before anything is read. It warns and never refuses."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from imaging.codes import read_codes
from imaging.scale import rotate_quarter
from imaging.types import Box, Depth, PageImage, Pixels
from ocr import condition, ink, marks, orient, secret
from ocr import gate_limits as limits
from ocr.engine import Recogniser
from ocr.types import GateReport, Problem, Verdict

MESSAGES = {
    "resolution_too_low": "Ảnh quét quá thô nên chữ khó đọc. Hãy quét lại ở 300 dpi.",
    "resolution_low": "Độ phân giải thấp hơn 200 dpi. Nên quét lại ở 300 dpi nếu giấy còn ở đây.",
    "very_blurred": "Ảnh bị nhòe nặng. Hãy đặt giấy phẳng, lau mặt kính rồi quét lại.",
    "blurred": "Ảnh hơi nhòe. Nếu chữ nhỏ khó đọc, hãy lau mặt kính rồi quét lại.",
    "very_faint": "Chữ quá mờ nhạt. Hãy tăng độ đậm của máy quét rồi quét lại.",
    "faint": "Chữ nhạt. Nên tăng độ đậm của máy quét rồi quét lại nếu giấy còn ở đây.",
    "skewed": "Trang bị đặt lệch. Nên đặt giấy sát mép khay rồi quét lại nếu chữ ở mép bị mất.",
    "cut_edge": "Chữ chạm mép ảnh, có thể đã bị cắt. Hãy đặt lại giấy cho đủ lề rồi quét lại.",
    "desk_around": "Ảnh có cả mặt bàn quanh tờ giấy. Nên quét bằng máy quét hoặc chụp sát tờ giấy.",
    "shine_through": "Chữ mặt sau hằn sang. Nên lót giấy đen sau tờ giấy rồi quét lại nếu khó đọc.",
    "finger": "Có ngón tay hoặc vật che ở mép trang. Hãy bỏ ra rồi quét lại.",
    "turn_unsure": "Chưa chắc trang đã đúng chiều. Hãy xem ảnh và xoay lại nếu cần.",
}
"""What the person at the scanner reads, by the problem's code."""

RESCAN = frozenset({"resolution_too_low", "very_blurred", "very_faint", "cut_edge", "finger"})
"""The problems that cost content; the others only warn."""


def _problem(code: str, measured: float) -> Problem:
    return Problem(code, MESSAGES[code], round(measured, 3))


def _below(
    value: float | None, warn: float, rescan: float, codes: tuple[str, str]
) -> Iterator[Problem]:
    """The worse or the milder problem where a value falls under their thresholds."""
    if value is None or value >= warn:
        return
    yield _problem(codes[1] if value < rescan else codes[0], value)


def _resolution(dpi: int) -> Iterator[Problem]:
    codes = ("resolution_low", "resolution_too_low")
    return _below(float(dpi), limits.DPI_WARN, limits.DPI_RESCAN, codes)


class _Seen(NamedTuple):
    """An upright page as the checks see it."""

    sheet: ink.Sheet
    every: ink.Blobs
    """All blobs of its ink."""
    letters: ink.Blobs
    small: Pixels
    """Its own picture at the sheet's size."""
    depth: Depth


def _ink_problems(seen: _Seen) -> Iterator[Problem]:
    """Blur, faintness and what shines through, on a sample of the letters."""
    dark, sharp = condition.edge_steps(seen.sheet, orient.sample(seen.letters, limits.MEASURE_MOST))
    yield from _below(
        condition.sharpness(sharp),
        limits.SHARP_WARN,
        limits.SHARP_RESCAN,
        ("blurred", "very_blurred"),
    )
    darkness = condition.darkness(dark)
    yield from _below(darkness, limits.DARK_WARN, limits.DARK_RESCAN, ("faint", "very_faint"))
    if darkness is not None and darkness >= limits.SHINE_PRINT:
        shine = condition.shine_share(seen.sheet, seen.every)
        if shine > limits.SHINE_WARN:
            yield _problem("shine_through", shine)


def _edge_problems(seen: _Seen) -> Iterator[Problem]:
    """What lies at the borders: a desk, a finger, letters cut off."""
    desk = condition.desk_share(seen.sheet)
    if desk > limits.DESK_WARN:
        yield _problem("desk_around", desk)
        return
    cut = condition.cut_letters(seen.sheet, seen.letters, seen.every)
    if cut >= limits.CUT_FEWEST:
        yield _problem("cut_edge", float(cut))
    if seen.depth is Depth.COLOUR:
        covered = condition.finger_share(seen.small, seen.sheet.dpi)
        if covered > limits.FINGER_SHARE:
            yield _problem("finger", covered)


def _skew_problem(sheet: ink.Sheet, pieces: ink.Blobs) -> Iterator[Problem]:
    skew = condition.skew(sheet, pieces)
    if skew is not None and abs(skew) > limits.SKEW_WARN:
        yield _problem("skewed", skew)


def verdict_of(problems: tuple[Problem, ...]) -> Verdict:
    """The worst that the problems ask for."""
    if any(problem.code in RESCAN for problem in problems):
        return Verdict.RESCAN
    return Verdict.WARN if problems else Verdict.PASS


def _blank_report(image: PageImage) -> GateReport:
    """An empty back side: kept as it lies, no alarm."""
    return GateReport(
        verdict=Verdict.PASS,
        problems=(),
        rotation=0,
        width=image.width,
        height=image.height,
        dpi=image.dpi,
        is_blank=True,
        secret=None,
    )


def inspect_page(image: PageImage, *, recogniser: Recogniser | None = None) -> GateReport:
    """Everything the gate can tell of a page: its state, its turn, codes, marks, a secrecy stamp.

    Nothing on the page is read but its bar and QR codes and, where ink has the shape of a stamp,
    that one piece, by `recogniser` (the usual one where none is given). Boxes are pixels of the
    page turned upright. Raises nothing of its own.
    """
    small = ink.reduced(image.pixels, image.dpi, limits.WORK_DPI)
    scale = image.width / small.shape[1]
    sheet = ink.look(small, image.dpi / scale)
    if condition.is_blank(sheet, small):
        return _blank_report(image)
    turn = orient.of_sheet_or_asked(sheet, ink.letters(sheet))
    upright = rotate_quarter(image.pixels, turn.clockwise)
    small = rotate_quarter(small, turn.clockwise)
    sheet = sheet.turned(turn.clockwise)
    problems = tuple(_problems(image, sheet, small, turn))
    secret_mark = secret.find_secret_mark(small, sheet.dpi, recogniser=recogniser)
    return GateReport(
        verdict=verdict_of(problems),
        problems=problems,
        rotation=turn.clockwise,
        width=upright.shape[1],
        height=upright.shape[0],
        dpi=image.dpi,
        is_blank=False,
        secret=secret_mark and replace(secret_mark, box=_grown(secret_mark.box, scale)),
        codes=read_codes(upright),
        marks=tuple(
            replace(mark, box=_grown(mark.box, scale))
            for mark in marks.find_marks(small, sheet.dpi)
        ),
    )


def _grown(box: Box, scale: float) -> Box:
    """A box of the reduced view in pixels of the page."""
    return Box(*(round(side * scale) for side in box))


def _problems(
    image: PageImage, sheet: ink.Sheet, small: Pixels, turn: orient.Turn
) -> Iterator[Problem]:
    """Everything wrong with an upright page, from its reduced view."""
    every = ink.blobs(sheet.ink)
    seen = _Seen(sheet, every, ink.letters(sheet, every), small, image.depth)
    yield from _resolution(image.dpi)
    yield from _ink_problems(seen)
    yield from _skew_problem(sheet, seen.letters)
    yield from _edge_problems(seen)
    yield from _turn_problem(turn, seen.letters)


def _turn_problem(turn: orient.Turn, pieces: ink.Blobs) -> Iterator[Problem]:
    if len(pieces) >= limits.ORIENT_FEWEST and turn.confidence < limits.ORIENT_DOUBT:
        yield _problem("turn_unsure", turn.confidence)

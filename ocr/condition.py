"""The state of a page image, measured on its letters and its borders; nothing is read."""

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.types import Pixels
from ocr import colour, ink
from ocr import gate_limits as limits


def _inside(sheet: ink.Sheet, pieces: ink.Blobs, margin_mm: float) -> NDArray[np.bool_]:
    """Which pieces keep clear of the image's border."""
    height, width = sheet.flat.shape
    margin = sheet.mm(margin_mm)
    across = (pieces.x >= margin) & (pieces.x + pieces.width <= width - margin)
    down = (pieces.y >= margin) & (pieces.y + pieces.height <= height - margin)
    return np.asarray(across & down, dtype=np.bool_)


def _marked(sheet: ink.Sheet) -> Pixels:
    """What stands out of the paper even if faint and is no coloured offset of a seal."""
    return np.where(sheet.flat < limits.BLANK_INK, 255, 0).astype(np.uint8)


def edge_steps(
    sheet: ink.Sheet, pieces: ink.Blobs
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """For each piece its darkness (0 to 255) and its steepest step over that darkness (0 to 1).

    The step is over one pixel of the reduced view, so a letter in focus is near 0.5 and one
    smeared over a third of a millimetre is near 0.2, whatever its ink.
    """
    steep = _steps(sheet.flat)
    dark = np.zeros(len(pieces), np.float32)
    sharp = np.zeros(len(pieces), np.float32)
    boxes = zip(pieces.x, pieces.y, pieces.width, pieces.height, strict=True)
    for row, (x, y, width, height) in enumerate(boxes):
        part = (slice(max(0, y - 1), y + height + 1), slice(max(0, x - 1), x + width + 1))
        dark[row] = 255 - sheet.flat[part].min()
        sharp[row] = np.float32(steep[part].max()) / max(dark[row], 1)
    return dark, sharp


def _steps(flat: Pixels) -> Pixels:
    """The larger of the differences to the next pixel across and down, paper beyond the border."""
    framed = cv2.copyMakeBorder(flat, 0, 1, 0, 1, cv2.BORDER_CONSTANT, value=255)
    across = cv2.absdiff(framed[:-1, 1:], flat)
    return np.asarray(cv2.max(across, cv2.absdiff(framed[1:, :-1], flat)), dtype=np.uint8)


def blank_pieces(sheet: ink.Sheet) -> int:
    """How many pieces of real, sharp ink stand clear of the border: 0 on an empty back side.

    Scanner borders touch the image's edge, punch holes are large and full, dust is small, the
    shine-through of the other side is pale and soft, a seal's offset is pale.
    """
    pieces = ink.blobs(_marked(sheet))
    pieces = pieces.where(_inside(sheet, pieces, limits.BLANK_MARGIN_MM))
    big = pieces.size >= sheet.mm(limits.BLANK_PIECE_MM)
    small = pieces.size <= sheet.mm(limits.BLANK_LARGEST_MM)
    slim = np.minimum(pieces.width, pieces.height) / np.maximum(pieces.size, 1)
    whole = pieces.area / np.maximum(pieces.width * pieces.height, 1)
    hole = (whole > limits.HOLE_FILL) & (slim > limits.HOLE_ROUND)
    hole &= pieces.size > sheet.mm(limits.HOLE_MM)
    pieces = pieces.where(big & small & ~hole & (slim > limits.BLANK_SLIM))
    if len(pieces) > limits.BLANK_PIECES_CHECKED:
        pieces = pieces.where(np.arange(len(pieces)) % (len(pieces) // 200) == 0)
    dark, sharp = edge_steps(sheet, pieces)
    own = (dark > limits.BLANK_DARK) & (sharp > limits.BLANK_SHARP)
    own |= dark > limits.BLANK_CERTAIN
    pale = (dark > limits.FAINT_DARK) & (sharp > limits.FAINT_SHARP)
    return int((own | pale).sum() if pale.sum() >= limits.FAINT_FEWEST else own.sum())


def _has_stamp(small: Pixels, dpi: float) -> bool:
    """Whether there is more strong red than a wet seal leaves on the next sheet's back."""
    strong = np.count_nonzero(colour.red_depth(small) > limits.SEAL_STAMP_RED)
    return bool(strong * (25.4 / dpi) ** 2 > limits.SEAL_STAMP_MM2)


def is_blank(sheet: ink.Sheet, small: Pixels) -> bool:
    """Whether nothing was printed, written or stamped; `small` is the sheet's own picture, RGB."""
    if small.ndim == 2:
        return blank_pieces(sheet) < limits.BLANK_FEWEST
    if _is_plainly_printed(sheet, small):
        return False
    # Red ink is as light as paper in the red channel: a seal's offset goes, a blue pen stays.
    red_free = ink.look(np.ascontiguousarray(small[..., 0]), sheet.dpi)
    if blank_pieces(red_free) >= limits.BLANK_FEWEST:
        return False
    return not _has_stamp(small, sheet.dpi)


def _is_plainly_printed(sheet: ink.Sheet, small: Pixels) -> bool:
    """Whether there are many letters clear of the border whose ink is dark in red light."""
    found = ink.letters(sheet)
    found = found.where(_inside(sheet, found, limits.BLANK_MARGIN_MM))
    if len(found) < limits.BLANK_PLAINLY:
        return False
    middle = (found.y + found.height // 2, found.x)
    edge = np.minimum(small[..., 0][middle], small[..., 0][middle[0], found.x + found.width - 1])
    inner = small[..., 0][middle[0], found.x + found.width // 2]
    dark = np.minimum(edge, inner) < limits.BLANK_PLAINLY_DARK
    return int(dark.sum()) >= limits.BLANK_PLAINLY


def sharpness(sharp: NDArray[np.float32]) -> float | None:
    """The middle letter's steepest step over its darkness; None where too few letters."""
    if len(sharp) < limits.MEASURE_FEWEST:
        return None
    return float(np.median(sharp))


def darkness(dark: NDArray[np.float32]) -> float | None:
    """The middle letter's darkness, 0 paper to 1 black; None where too few letters."""
    if len(dark) < limits.MEASURE_FEWEST:
        return None
    return float(np.median(dark)) / 255


def skew(sheet: ink.Sheet, pieces: ink.Blobs) -> float | None:
    """Degrees the lines climb to the right (counter-clockwise positive); None where unclear.

    `sheet` is upright. The feet of the letters are laid on the y axis at each angle; at the right
    one they fall on few rows.
    """
    if len(pieces) < limits.SKEW_FEWEST:
        return None
    x = (pieces.x + pieces.width / 2) / sheet.dpi
    y = (pieces.y + pieces.height) / sheet.dpi
    coarse = np.arange(-limits.SKEW_MOST, limits.SKEW_MOST + 0.01, limits.SKEW_STEP)
    best = _flattest(x, y, coarse, limits.SKEW_ROW_INCH * 2)
    fine = best + np.arange(-1.0, 1.01, 0.1)
    return round(_flattest(x, y, fine, limits.SKEW_ROW_INCH), 2)


def _flattest(
    x: NDArray[np.float64], y: NDArray[np.float64], angles: NDArray[np.float64], row_inch: float
) -> float:
    """The angle whose histogram of feet is the most uneven."""
    scores = []
    for angle in angles:
        turn = np.deg2rad(angle)
        feet = y * np.cos(turn) + x * np.sin(turn)
        rows = np.bincount(((feet - feet.min()) / row_inch).astype(int))
        # Neighbouring rows summed, so that a line on the border of two rows counts once.
        both = rows[1:] + rows[:-1] if len(rows) > 1 else rows
        scores.append(float((both.astype(np.float64) ** 2).sum()))
    return float(angles[int(np.argmax(scores))])


def desk_mask(sheet: ink.Sheet) -> NDArray[np.bool_]:
    """Where, at a quarter of the size, something much darker than the paper reaches the border."""
    level = float(np.percentile(sheet.paper, limits.PAPER_PERCENTILE))
    dark = (sheet.paper < level * limits.DESK_DARK).astype(np.uint8)
    count, labels = cv2.connectedComponents(dark, connectivity=4)
    edge = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    touching = np.zeros(count, dtype=bool)
    touching[np.unique(edge)] = True
    touching[0] = False
    return np.asarray(touching[labels], dtype=np.bool_)


def desk_share(sheet: ink.Sheet) -> float:
    """How much of the image, 0 to 1, is a dark surface around the paper."""
    return float(desk_mask(sheet).mean())


def cut_letters(sheet: ink.Sheet, pieces: ink.Blobs, every: ink.Blobs) -> int:
    """How many lines of print run into the image's border, on its worst side.

    On the left and right: lines whose outermost letter touches the border or nearly, with the next
    letter right behind it. On top and below: pieces of letters side by side that touch it, two for
    a line. A scanner's black border is one long piece, dust and punch holes stand alone. `pieces`
    are the letters and `every` all blobs of the sheet's ink.
    """
    height, width = sheet.flat.shape
    size = (every.width >= sheet.mm(limits.CUT_LEAST_MM)) & (every.width <= sheet.mm(8.0))
    size &= (every.height >= sheet.mm(limits.CUT_LEAST_MM)) & (every.height <= sheet.mm(8.0))
    every = every.where(size)
    near = sheet.mm(limits.CUT_NEAR_MM)
    right_of = pieces.x + pieces.width
    sides = (
        _rows(_running_in(pieces, pieces.x <= near, sheet.mm(limits.CUT_NEXT_MM)), sheet),
        _rows(_running_in(pieces, right_of >= width - near, sheet.mm(limits.CUT_NEXT_MM)), sheet),
        _side_by_side(sheet, every.y <= 0, every),
        _side_by_side(sheet, every.y + every.height >= height, every),
    )
    return max(sides)


def _running_in(pieces: ink.Blobs, outer: NDArray[np.bool_], reach: float) -> NDArray[np.int32]:
    """The tops of the outer pieces that have a letter of their height beside them, further in."""
    kept = []
    for place in np.flatnonzero(outer):
        x0, x1 = pieces.x[place], pieces.x[place] + pieces.width[place]
        middle = pieces.y[place] + pieces.height[place] / 2
        level = (pieces.y <= middle) & (pieces.y + pieces.height >= middle) & ~outer
        gap = np.maximum(pieces.x - x1, x0 - (pieces.x + pieces.width))
        if bool((level & (gap <= reach)).any()):
            kept.append(int(pieces.y[place]))
    return np.asarray(kept, dtype=np.int32)


def _side_by_side(sheet: ink.Sheet, outer: NDArray[np.bool_], pieces: ink.Blobs) -> int:
    """Two thirds of how many outer pieces stand near another one: a name makes three."""
    x = np.sort(pieces.x[outer])
    if len(x) < 2:
        return 0
    gaps = np.diff(x)
    near = gaps <= sheet.mm(limits.CUT_BESIDE_MM)
    return 2 * int(near.sum()) // 3


def _rows(y: NDArray[np.int32], sheet: ink.Sheet) -> int:
    """How many lines a set of heights spreads over."""
    return len(np.unique(y // max(1, round(sheet.mm(4.0)))))


def shine_share(sheet: ink.Sheet, every: ink.Blobs) -> float:
    """How much of the bare paper, 0 to 1, is darkened by soft marks: the sheet's other side.

    What is soft and pale and clear of the page's own ink is neither print nor grain. The paper is
    looked at coarsely, so that grain averages out. `every` are the blobs of the sheet's ink: those
    dark anywhere are the page's own, thin rules among them.
    """
    ratio = limits.SHINE_DPI / sheet.dpi
    size = (round(sheet.flat.shape[1] * ratio), round(sheet.flat.shape[0] * ratio))
    coarse = cv2.resize(sheet.flat, size, interpolation=cv2.INTER_AREA)
    reach = max(3, round(limits.SHINE_CLEAR_MM * limits.SHINE_DPI / 25.4) * 2 + 1)
    dark = np.zeros(int(every.labels.max()) + 1, np.uint8)
    dark[every.labels[sheet.flat < limits.SHINE_OWN]] = 255
    dark[0] = 0
    own = dark[every.labels]
    inked = cv2.resize(own, size, interpolation=cv2.INTER_AREA)
    near = cv2.dilate((inked > 0).astype(np.uint8), np.ones((reach, reach), np.uint8))
    edge = round(limits.SHINE_EDGE_MM * limits.SHINE_DPI / 25.4)
    bare = (near == 0)[edge:-edge, edge:-edge]
    if float(bare.mean()) < limits.SHINE_BARE:
        return 0.0
    smooth = cv2.GaussianBlur(coarse, (0, 0), 0.8)[edge:-edge, edge:-edge].astype(np.float32)
    paper = float(np.percentile(smooth[bare], 80))
    soft = ((paper - smooth > limits.SHINE_DEPTH) & bare).astype(np.uint8)
    return float((soft & ~_rules(soft))[bare].mean())


def _rules(soft: Pixels) -> Pixels:
    """1 on thin straight lines of a coarse mask: a table's rules are pale where they are thin."""
    broad = cv2.morphologyEx(soft, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    thin = cv2.bitwise_and(soft, cv2.bitwise_not(broad))
    long = round(limits.SHINE_RULE_MM * limits.SHINE_DPI / 25.4)
    across = cv2.morphologyEx(thin, cv2.MORPH_OPEN, np.ones((1, long), np.uint8))
    down = cv2.morphologyEx(thin, cv2.MORPH_OPEN, np.ones((long, 1), np.uint8))
    lines = cv2.dilate(cv2.bitwise_or(across, down), np.ones((3, 3), np.uint8))
    return np.asarray(lines, np.uint8)


def finger_share(pixels: Pixels, dpi: float) -> float:
    """The share of the image's border, 0 to 1, that something of the colour of skin covers.

    `pixels` is RGB. Yellowed paper covers the whole border and is told apart by the middle of the
    page having the same colour.
    """
    small = ink.reduced(pixels, dpi, limits.FINGER_DPI)
    colour = cv2.cvtColor(small, cv2.COLOR_RGB2YCrCb).astype(np.int16)
    middle = np.median(colour.reshape(-1, 3), axis=0)
    red, blue = colour[..., 1] - 128, colour[..., 2] - 128
    skin = (red >= 10) & (red <= 45) & (blue <= -6) & (blue >= -50) & (colour[..., 0] > 60)
    skin &= colour[..., 1] - middle[1] >= limits.FINGER_REDDER
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        skin.astype(np.uint8), connectivity=4
    )
    edge = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    least = (limits.FINGER_MM * limits.FINGER_DPI / 25.4) ** 2
    large = [one for one in range(1, count) if stats[one, cv2.CC_STAT_AREA] >= least]
    return float(np.isin(edge, large).mean())

"""Pieces of a page's top that might be a stamp of one short line, cut out and straightened."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.types import Box, Pixels
from ocr import colour, ink
from ocr import gate_limits as limits

Group = tuple[int, int, int, int]
"""x, y, width, height at the working resolution."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One short line of print standing alone, its frame taken off."""

    picture: Pixels
    """(h, w) uint8, upright, tight round the letters: ink dark on 255."""
    box: Box
    """Pixels of the page, frame included."""
    is_red: bool
    is_framed: bool

    @property
    def aspect(self) -> float:
        """Width over height of the letters together."""
        return float(self.picture.shape[1] / self.picture.shape[0])


@dataclass(frozen=True, slots=True)
class Layer:
    """One kind of ink on the page's top, at the working resolution."""

    picture: Pixels
    """Ink dark on 255."""
    mask: Pixels
    """255 where ink."""
    is_red: bool
    dpi: float
    scale: float
    traces: Pixels | None = None
    """255 wherever anything at all is drawn: thin lines of tables as well; None for red ink."""
    has_frames: bool = True
    """Whether frames are looked for in it."""

    def mm(self, millimetres: float) -> float:
        """A length on paper in pixels of the layer."""
        return millimetres * self.dpi / 25.4


def red_layer(top: Pixels, dpi: float, scale: float) -> Layer | None:
    """The red ink as a picture of its own; None where there is not enough of it for a stamp."""
    depth = cv2.GaussianBlur(colour.red_depth(top), (0, 0), 0.7)
    mask = np.where(depth >= limits.STAMP_RED, 255, 0).astype(np.uint8)
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((2, 2), np.uint8))
    mask = np.asarray(closed, dtype=np.uint8)
    if np.count_nonzero(mask) < (limits.STAMP_LEAST_INK_MM * dpi / 25.4) ** 2:
        return None
    full = max(float(np.percentile(depth[mask > 0], 80)), 1.0)
    picture = 255 - np.clip(depth.astype(np.float32) * (255 / full), 0, 255)
    return Layer(picture.astype(np.uint8), mask, is_red=True, dpi=dpi, scale=scale)


def dark_layer(top: Pixels, dpi: float, scale: float) -> Layer:
    """The ink that is not red: the red channel, where red ink is as light as paper."""
    channel = np.ascontiguousarray(top[..., 0])
    flat = ink.flattened(channel, ink.paper_behind(channel, dpi))
    mask = np.where(flat < ink.ink_threshold(flat), 255, 0).astype(np.uint8)
    traces = np.where(flat < limits.PALE_LIGHTEST, 255, 0).astype(np.uint8)
    return Layer(flat, mask, is_red=False, dpi=dpi, scale=scale, traces=traces)


def _has_colour(pixels: Pixels) -> bool:
    """Whether the picture is more than grey."""
    few = pixels[::8, ::8].astype(np.int16)
    return bool(np.percentile(few.max(axis=2) - few.min(axis=2), 99) > limits.GREY_SPREAD)


def pale_layer(dark: Layer) -> Layer | None:
    """On a grey scan: what is plainly lighter than the print, as red ink is; None where nothing.

    The soft edges of the print itself are as light and are taken off with it.
    """
    print_mask = cv2.dilate(
        np.where(dark.picture < limits.PALE_DARKEST, 255, 0).astype(np.uint8),
        np.ones((5, 5), np.uint8),
    )
    pale = (dark.picture < limits.PALE_LIGHTEST) & (print_mask == 0)
    mask = cv2.medianBlur(np.where(pale, 255, 0).astype(np.uint8), 3)
    if np.count_nonzero(mask) < (limits.STAMP_LEAST_INK_MM * dark.dpi / 25.4) ** 2:
        return None
    level = float(np.percentile(dark.picture[mask > 0], 30))
    spread = max(255.0 - level, 1.0)
    shown = 255 - np.clip((255.0 - dark.picture) * (255 / spread), 0, 255)
    picture = np.where(cv2.dilate(mask, np.ones((3, 3), np.uint8)) > 0, shown, 255)
    return Layer(
        picture.astype(np.uint8),
        np.asarray(mask, dtype=np.uint8),
        is_red=False,
        dpi=dark.dpi,
        scale=dark.scale,
        traces=dark.traces,
    )


def thick_layer(dark: Layer) -> Layer | None:
    """The strokes broader than the print's: a stamp's large letters with the print across them off.

    None where nothing is so broad.
    """
    side = max(3, round(dark.mm(limits.THICK_MM)))
    core = cv2.morphologyEx(dark.mask, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    mask = cv2.bitwise_and(cv2.dilate(core, np.ones((3, 3), np.uint8)), dark.mask)
    if np.count_nonzero(mask) < dark.mm(limits.STAMP_LEAST_INK_MM) ** 2:
        return None
    picture = np.where(mask > 0, dark.picture, 255).astype(np.uint8)
    thick = np.asarray(mask, dtype=np.uint8)
    return replace(dark, picture=picture, mask=thick, has_frames=False)


def _groups(layer: Layer) -> Iterator[Group]:
    """Boxes x, y, width, height of ink that hangs together at each of several distances."""
    seen: set[Group] = set()
    for reach_mm in limits.STAMP_REACH_MM:
        reach = max(1, round(layer.mm(reach_mm) / 2)) * 2 + 1
        kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (reach, max(3, reach // 2 | 1)))
        grown = _boxes(np.asarray(cv2.dilate(layer.mask, kernel), dtype=np.uint8), reach)
        grow_x, grow_y = reach // 2, max(3, reach // 2 | 1) // 2
        width, height = grown.width - 2 * grow_x, grown.height - 2 * grow_y
        fits = (width >= layer.mm(limits.STAMP_NARROWEST_MM)) & (
            width <= layer.mm(limits.STAMP_WIDEST_MM)
        )
        fits &= (height >= layer.mm(limits.STAMP_LOWEST_MM)) & (
            height <= layer.mm(limits.STAMP_HIGHEST_MM)
        )
        fits &= width >= height * limits.STAMP_SQUAREST
        # A slant only makes a line's box less long than the line.
        fits &= width <= height * limits.STAMP_LONGEST * 1.1
        for row in np.flatnonzero(fits):
            box = (
                int(grown.x[row] + grow_x),
                int(grown.y[row] + grow_y),
                int(width[row]),
                int(height[row]),
            )
            # What hangs together at two distances may be a pixel off.
            rough = (box[0] // 4, box[1] // 4, box[2] // 4, box[3] // 4)
            if rough not in seen:
                seen.add(rough)
                yield box


class _Boxes(NamedTuple):
    """Pieces of a mask by their boxes alone."""

    x: NDArray[np.int32]
    y: NDArray[np.int32]
    width: NDArray[np.int32]
    height: NDArray[np.int32]


def _boxes(grown: Pixels, reach: int) -> _Boxes:
    """The pieces of a mask made of squares of `reach`, found on every second or third pixel.

    No square is missed so, and a box is then at most a pixel off on each side.
    """
    step = 3 if reach >= 9 else 2 if reach >= 5 else 1
    _, _, stats, _ = cv2.connectedComponentsWithStats(
        np.ascontiguousarray(grown[::step, ::step]), connectivity=8, ltype=cv2.CV_32S
    )
    x, y, width, height = (side[1:].astype(np.int32) * step for side in stats.T[:4])
    return _Boxes(np.maximum(0, x - step // 2), np.maximum(0, y - step // 2), width, height)


def _slant(mask: Pixels) -> float:
    """Degrees counter-clockwise that the piece stands turned: lines, stems and frame decide."""
    y, x = np.nonzero(mask)
    if len(y) > limits.STAMP_POINTS:
        chosen = np.linspace(0, len(y) - 1, limits.STAMP_POINTS).astype(int)
        y, x = y[chosen], x[chosen]
    most = limits.STAMP_SLANT
    coarse = _steepest(x, y, np.arange(-most, most + 0.1, 3.0))
    return _steepest(x, y, np.arange(max(-most, coarse - 2), min(most, coarse + 2) + 0.1, 1.0))


def _steepest(x: NDArray[np.intp], y: NDArray[np.intp], angles: NDArray[np.float64]) -> float:
    """The angle at which the points fall most unevenly on rows and columns."""
    scores = []
    for turn in np.deg2rad(angles):
        rows = y * np.cos(turn) + x * np.sin(turn)
        columns = x * np.cos(turn) - y * np.sin(turn)
        scores.append(_unevenness(rows) + _unevenness(columns) / 2)
    return float(angles[int(np.argmax(scores))])


def _unevenness(places: NDArray[np.float64]) -> float:
    counts = np.bincount((places - places.min()).astype(int))
    return float((counts.astype(np.float64) ** 2).sum())


def _straightened(picture: Pixels, slant: float) -> Pixels:
    height, width = picture.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -slant, 1.0)
    return np.asarray(
        cv2.warpAffine(picture, turn, (width, height), flags=cv2.INTER_LINEAR, borderValue=255),
        dtype=np.uint8,
    )


def _unframed(mask: Pixels) -> tuple[Pixels, bool]:
    """The mask without the stamp's frame, and whether there was one."""
    height, width = mask.shape
    across = cv2.morphologyEx(
        mask, cv2.MORPH_OPEN, np.ones((1, max(3, round(width * 0.45))), np.uint8)
    )
    down = cv2.morphologyEx(
        mask, cv2.MORPH_OPEN, np.ones((max(3, round(height * 0.8)), 1), np.uint8)
    )
    lines = cv2.dilate(cv2.bitwise_or(across, down), np.ones((3, 3), np.uint8))
    rest = ink.blobs(np.where(lines > 0, 0, mask).astype(np.uint8))
    fill = rest.area / np.maximum(rest.width * rest.height, 1)
    box = (rest.width > width * 0.7) & (rest.height > height * 0.6) & (fill < 0.3)
    flat = (rest.width > rest.height * 2.5) & (rest.height < height * 0.14)
    upright = (rest.height > rest.width * 2.5) & (rest.width < height * 0.14)
    at_side = (rest.x < width * 0.06) | (rest.x + rest.width > width * 0.94)
    at_end = (rest.y < height * 0.2) | (rest.y + rest.height > height * 0.8)
    frame = box | (flat & at_end) | (upright & at_side)
    speck = rest.area < (height * 0.05) ** 2
    kept = rest.where(~frame & ~speck)
    clear = kept.mask()
    had_frame = bool(box.any()) or np.count_nonzero(across) > 2 * width
    return np.where(clear, 255, 0).astype(np.uint8), had_frame


def _letters_only(layer: Layer, box: Group) -> Iterator[tuple[Pixels, bool]]:
    """The straightened ink of one group, tight: as it is, and where it has a frame without it.

    As it is as well, since a letter's stem or bar may pass for a part of a frame.
    """
    x, y, width, height = box
    margin = round(layer.mm(limits.STAMP_MARGIN_MM))
    rows = slice(max(0, y - margin), y + height + margin)
    columns = slice(max(0, x - margin), x + width + margin)
    own = layer.mask[rows, columns]
    slant = _slant(own)
    picture = _straightened(layer.picture[rows, columns], slant)
    mask = np.where(picture < limits.STAMP_INK, 255, 0).astype(np.uint8)
    found = np.nonzero(mask)
    if len(found[0]) == 0:
        return
    tight = (slice(found[0].min(), found[0].max() + 1), slice(found[1].min(), found[1].max() + 1))
    inked = np.ascontiguousarray(mask[tight])
    whole = _without_specks(inked)
    clear, framed = _unframed(inked)
    cuts = {
        kept.tobytes(): (kept, has)
        for kept, has in ((whole, False), (clear, framed), (_row_of_letters(clear), framed))
    }
    for kept, had_frame in cuts.values():
        letters = _tight(np.ascontiguousarray(picture[tight]), kept, layer)
        if letters is not None:
            yield letters, had_frame


def _row_of_letters(mask: Pixels) -> Pixels:
    """The mask with its row of large letters alone: their marks stay, scraps of a frame go."""
    pieces = ink.blobs(mask)
    upright = pieces.where(pieces.height < pieces.width * limits.LETTER_TALLEST)
    if len(upright) == 0:
        return mask
    tall = upright.where(upright.height > upright.height.max() * 0.6)
    high = float(np.median(tall.height))
    above, below = tall.y.min() - high * 0.5, (tall.y + tall.height).max() + high * 0.3
    left, right = tall.x.min() - high * 0.05, (tall.x + tall.width).max() + high * 0.05
    inside = (pieces.y >= above) & (pieces.y + pieces.height <= below)
    inside &= (pieces.x >= left) & (pieces.x + pieces.width <= right)
    kept = pieces.where(inside)
    return np.where(kept.mask(), 255, 0).astype(np.uint8)


def _without_specks(mask: Pixels) -> Pixels:
    """The mask without what is far smaller than a tone mark."""
    pieces = ink.blobs(mask)
    kept = pieces.where(pieces.area >= (mask.shape[0] * 0.05) ** 2)
    return np.where(kept.mask(), 255, 0).astype(np.uint8)


def _stands_alone(pieces: ink.Blobs, box: Group) -> bool:
    """Whether no letter of the group's own size stands beside it on its line.

    The words of a sentence, of a heading and of a table's row have neighbours; a stamp has none.
    Lines of a frame are no letters. `pieces` come by the height of their middles.
    """
    x, y, width, height = box
    reach = height * limits.STAMP_ALONE
    middle = pieces.y + pieces.height / 2
    low, high = np.searchsorted(middle, (y + height * 0.1, y + height * 0.9))
    pieces = pieces.where(np.s_[low:high])
    letter = (pieces.height > height * 0.3) & (pieces.height < height * 1.5)
    letter &= pieces.width > pieces.height * 0.25
    right = (pieces.x >= x + width) & (pieces.x < x + width + reach)
    left = (pieces.x + pieces.width <= x) & (pieces.x + pieces.width > x - reach)
    return not bool((letter & (left | right)).any())


def _grids(layer: Layer) -> ink.Blobs:
    """What hangs together when small gaps are bridged: the lines of a table are one piece."""
    drawn = layer.mask if layer.traces is None else cv2.bitwise_or(layer.mask, layer.traces)
    return ink.blobs(np.asarray(cv2.dilate(drawn, np.ones((3, 3), np.uint8)), dtype=np.uint8))


def _in_table(grids: ink.Blobs, box: Group) -> bool:
    """Whether the group lies in a cell: lines close by that run on well beyond it both ways."""
    x, y, width, height = box
    wide = (grids.width > width * 2.2) & (grids.height > height * 2.2)
    quarter_x, quarter_y = width / 4, height / 4
    holds = (grids.x <= x + quarter_x) & (grids.x + grids.width >= x + width - quarter_x)
    holds &= (grids.y <= y + quarter_y) & (grids.y + grids.height >= y + height - quarter_y)
    table = grids.label[wide & holds]
    if len(table) == 0:
        return False
    far = height * 2
    rows = slice(max(0, y - far), y + height + far)
    middle = x + width // 2
    strip = grids.labels[rows, max(0, middle - 2) : middle + 3]
    near = np.asarray(np.isin(strip, table).any(axis=1))
    cut = min(far, y)
    return bool(near[: cut + height // 4 + 1].any() and near[cut + height * 3 // 4 :].any())


def _frames(layer: Layer, lines: ink.Blobs) -> Iterator[tuple[Group, Pixels, float]]:
    """Rectangles of paper closed in by a frame: box, mask of what is inside, slant.

    Print that runs across a frame does not open it; a gap of worn ink is bridged, by little or by
    more, and a pale frame is closed by whatever is drawn over it. The cells of a table are not
    frames: their lines run on (`lines`, of `_grids`).
    """
    drawn = [layer.mask] if layer.traces is None else [layer.mask, layer.traces]
    seen: set[Group] = set()
    for mask in drawn:
        for reach in limits.FRAME_BRIDGES:
            bridged = cv2.dilate(mask, np.ones((reach, reach), np.uint8))
            paper = ink.blobs(np.asarray(cv2.bitwise_not(bridged), dtype=np.uint8))
            for box, filled, slant in _closed_in(layer, paper):
                if box not in seen and not _in_table(lines, box):
                    seen.add(box)
                    yield box, filled, slant


def _closed_in(layer: Layer, paper: ink.Blobs) -> Iterator[tuple[Group, Pixels, float]]:
    """The pieces of paper that are rectangles of a stamp's size."""
    fits = (paper.width >= layer.mm(limits.FRAME_NARROWEST_MM)) & (
        paper.width <= layer.mm(limits.STAMP_WIDEST_MM)
    )
    fits &= (paper.height >= layer.mm(limits.FRAME_LOWEST_MM)) & (
        paper.height <= layer.mm(limits.STAMP_HIGHEST_MM)
    )
    fits &= paper.width > paper.height
    inner = paper.where(fits)
    for x, y, width, height, label in zip(
        inner.x, inner.y, inner.width, inner.height, inner.label, strict=True
    ):
        part = np.where(paper.labels[y : y + height, x : x + width] == label, 255, 0)
        filled, slant = _rectangle(part.astype(np.uint8))
        if filled is not None:
            yield (int(x), int(y), int(width), int(height)), filled, slant


def _rectangle(part: Pixels) -> tuple[Pixels | None, float]:
    """The outline of a piece of paper, filled, and its slant; None where it is no rectangle."""
    outlines, _ = cv2.findContours(part, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    hull = cv2.convexHull(max(outlines, key=cv2.contourArea))
    (_, _), (width, height), angle = cv2.minAreaRect(hull)
    if width < height:
        width, height, angle = height, width, angle - 90
    area = max(width * height, 1.0)
    if cv2.contourArea(hull) / area < limits.FRAME_RIGHT or abs(angle) > limits.STAMP_SLANT + 2:
        return None, 0.0
    if width < height * limits.STAMP_SQUAREST:
        return None, 0.0
    filled = cv2.fillConvexPoly(np.zeros_like(part), hull, 255)
    return np.asarray(filled, dtype=np.uint8), -float(angle)


def _in_frame(layer: Layer, frame: tuple[Group, Pixels, float]) -> Iterator[Pixels]:
    """The straightened ink inside a frame, tight: all of it, and its row of letters alone."""
    (x, y, width, height), inside, slant = frame
    part = layer.picture[y : y + height, x : x + width]
    margin = height // 2
    bordered = cv2.copyMakeBorder(
        np.where(inside > 0, part, 255).astype(np.uint8),
        margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=255,
    )  # fmt: skip
    picture = _straightened(np.asarray(bordered, dtype=np.uint8), slant)
    pieces = ink.blobs(np.where(picture < limits.STAMP_INK, 255, 0).astype(np.uint8))
    kept = pieces.where(pieces.area >= (height * 0.06) ** 2)
    clear = np.where(kept.mask(), 255, 0).astype(np.uint8)
    row = _row_of_letters(clear)
    for mask in (clear, row) if np.any(row != clear) else (clear,):
        letters = _tight(picture, mask, layer)
        if letters is not None:
            yield letters


def _tight(picture: Pixels, mask: Pixels, layer: Layer) -> Pixels | None:
    """What the mask leaves of a picture, cut to its bounds; None where too small for letters."""
    y, x = np.nonzero(mask)
    if len(y) == 0:
        return None
    inner = (slice(y.min(), y.max() + 1), slice(x.min(), x.max() + 1))
    letters = np.where(mask[inner] > 0, picture[inner], 255).astype(np.uint8)
    return letters if min(letters.shape) >= layer.mm(limits.STAMP_LETTER_MM) else None


def features(candidate: Candidate) -> NDArray[np.float32]:
    """The candidate as the network sees it: its picture in one size, its aspect, its kind."""
    rows, columns = limits.STAMP_SHAPE
    small = cv2.resize(candidate.picture, (columns, rows), interpolation=cv2.INTER_AREA)
    ink_share = 1 - small.astype(np.float32) / 255
    ink_share /= max(float(ink_share.max()), 0.1)
    told = (candidate.aspect / 5, float(candidate.is_red), float(candidate.is_framed))
    return np.concatenate([ink_share.ravel(), np.array(told, np.float32)])


def _page_box(layer: Layer, group: Group) -> Box:
    x, y, width, height = group
    return Box(*(round(side * layer.scale) for side in (x, y, x + width, y + height)))


def of_layer(layer: Layer) -> Iterator[Candidate]:
    """Every frame's inside, and every group with the shape of a short line standing alone."""
    grids = None if layer.is_red and not layer.has_frames else _grids(layer)
    framed = _framed(layer, grids) if layer.has_frames and grids is not None else ()
    found = [*framed, *_unbound(layer, grids)]
    for candidate in found:
        if limits.STAMP_SQUAREST <= candidate.aspect <= limits.STAMP_LONGEST:
            yield candidate


def _framed(layer: Layer, grids: ink.Blobs) -> Iterator[Candidate]:
    for frame in _frames(layer, grids):
        for letters in _in_frame(layer, frame):
            yield Candidate(letters, _page_box(layer, frame[0]), layer.is_red, is_framed=True)


def _unbound(layer: Layer, grids: ink.Blobs | None) -> Iterator[Candidate]:
    pieces = ink.blobs(layer.mask)
    pieces = pieces.where(np.argsort(pieces.y + pieces.height / 2))
    for group in _groups(layer):
        if not layer.has_frames and group[3] < layer.mm(limits.THICK_LOWEST_MM):
            continue
        if not _stands_alone(pieces, group):
            continue
        if not layer.is_red and grids is not None and _in_table(grids, group):
            continue
        for letters, framed in _letters_only(layer, group):
            yield Candidate(letters, _page_box(layer, group), layer.is_red, framed)


def layers(upright_pixels: Pixels, dpi: float, top: float = limits.STAMP_TOP) -> Iterator[Layer]:
    """The red ink and the rest of a page's top share, at the working resolution."""
    colours = upright_pixels if upright_pixels.ndim == 3 else np.dstack([upright_pixels] * 3)
    part = colours[: round(colours.shape[0] * top)]
    small = ink.reduced(part, dpi, limits.WORK_DPI)
    scale = part.shape[1] / small.shape[1]
    red = red_layer(small, dpi / scale, scale)
    if red is not None:
        yield red
    dark = dark_layer(small, dpi / scale, scale)
    yield dark
    thick = thick_layer(dark)
    if thick is not None:
        yield thick
    if red is None and not _has_colour(small):
        pale = pale_layer(dark)
        if pale is not None:
            yield pale

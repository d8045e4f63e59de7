"""A ruled table is read cell by cell; what merely has lines is not taken for one."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from imaging import Pixels
from ocr import best_engine, read_page
from ocr.tables import find_tables, ribbon_of, without_cells
from specimens.fonts import Face, font

ROWS = (
    ("STT", "Tên vật tư", "Số lượng"),
    ("1", "Xi măng bao loại\nnăm mươi ki lô gam", "40 bao"),
    ("2", "Cát vàng xây dựng", "12 khối"),
)
LEFTS = (200, 330, 900, 1250)
TOPS = (600, 680, 820, 900)


def _page(*, lean: float = 0.0) -> Pixels:
    image = Image.new("RGB", (1654, 2339), "white")
    draw = ImageDraw.Draw(image)
    face = font(Face.REGULAR, 36)
    draw.text((200, 480), "Bảng kê vật tư đã nhận trong tháng như sau:", fill="black", font=face)
    for top in TOPS:
        draw.line((LEFTS[0], top, LEFTS[-1], top), fill="black", width=3)
    for left in LEFTS:
        draw.line((left, TOPS[0], left, TOPS[-1]), fill="black", width=3)
    for row, top in zip(ROWS, TOPS, strict=False):
        for text, left in zip(row, LEFTS, strict=False):
            draw.multiline_text((left + 20, top + 16), text, fill="black", font=face, spacing=16)
    draw.text((200, 980), "Người nhận ký tên vào bảng này.", fill="black", font=face)
    turned = image.rotate(lean, fillcolor="white", resample=Image.Resampling.BICUBIC)
    return np.asarray(turned)


@pytest.mark.parametrize("lean", [0.0, 1.7])
def test_cells_are_read_in_rows_and_put_back_on_the_page(lean: float):
    pixels = _page(lean=lean)
    page = read_page(pixels, dpi=200, rotation=0, engine=best_engine())
    assert page.text.splitlines() == [
        "Bảng kê vật tư đã nhận trong tháng như sau:",
        *("STT", "Tên vật tư", "Số lượng"),
        *("1", "Xi măng bao loại", "năm mươi ki lô gam", "40 bao"),
        *("2", "Cát vàng xây dựng", "12 khối"),
        "Người nhận ký tên vào bảng này.",
    ]
    dark = pixels.max(axis=2) < 120
    for line in page.lines:
        for x0, y0, x1, y1 in (word.box for word in line.words):
            assert dark[y0:y1, x0:x1].any()
    if lean == 0:
        cell = next(line for line in page.lines if line.text == "12 khối")
        assert LEFTS[2] < cell.box.x0 < cell.box.x1 < LEFTS[3]
        assert TOPS[2] < cell.box.y0 < cell.box.y1 < TOPS[3]


def _ruled(*lines: tuple[int, int, int, int]) -> Pixels:
    image = Image.new("L", (1600, 1200), 255)
    draw = ImageDraw.Draw(image)
    for line in lines:
        draw.line(line, fill=0, width=3)
    return np.asarray(image)


FRAME = ((40, 40, 1560, 40), (40, 1160, 1560, 1160), (40, 40, 40, 1160), (1560, 40, 1560, 1160))


@pytest.mark.parametrize(
    "grey",
    [
        np.full((1200, 1600), 255, np.uint8),
        np.zeros((1200, 1600), np.uint8),
        _ruled(*FRAME),
        _ruled((200, 300, 700, 300), (900, 300, 1400, 300)),
        _ruled(*((100, y, 1500, y) for y in range(200, 1000, 60))),
        _ruled(*FRAME, (40, 600, 1560, 600)),
    ],
    ids=["blank", "black", "a frame", "underlines", "ruled paper", "a frame in two"],
)
def test_no_table_without_cells_in_rows_and_columns(grey: Pixels):
    assert find_tables(grey) == []


def test_what_stands_outside_the_cells_stays():
    grey = _ruled(
        *((200, y, 1200, y) for y in (300, 400, 500)), *((x, 300, x, 500) for x in (200, 700, 1200))
    ).copy()
    grey[100:120, 300:600] = 0
    grey[340:360, 300:600] = 0
    tables = find_tables(grey)
    assert [len(table.cells) for table in tables] == [4]
    rest = without_cells(grey, tables)
    assert rest[110, 400] == 0
    assert rest[350, 400] == 255
    ribbon = ribbon_of(grey, tables)
    assert ribbon is not None
    assert len(ribbon.places) == 1


def test_an_empty_table_makes_no_ribbon():
    grey = _ruled(
        *((200, y, 1200, y) for y in (300, 400, 500)), *((x, 300, x, 500) for x in (200, 700, 1200))
    )
    assert ribbon_of(grey, find_tables(grey)) is None

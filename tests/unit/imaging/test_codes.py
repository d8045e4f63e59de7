"""Codes are found, with their Vietnamese text and their place."""

import json

import numpy as np
import pytest
import zxingcpp

from imaging import Pixels, read_codes


def _with_code(
    text: str, kind: zxingcpp.BarcodeFormat, *, scale: int, at: tuple[int, int]
) -> Pixels:
    page = np.full((3508, 2480, 3), 250, np.uint8)
    drawn = np.asarray(
        zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(text, kind), scale=scale)
    )
    x, y = at
    page[y : y + drawn.shape[0], x : x + drawn.shape[1]] = drawn[:, :, np.newaxis]
    return page


@pytest.mark.parametrize(
    ("name", "text", "scale"),
    [
        ("QRCode", json.dumps({"subject": "Nguyễn Thị Ánh"}, ensure_ascii=False), 6),
        ("Code128", "000.00.15.H47-261121-0001", 4),
        ("DataMatrix", "H47-261121-0001", 8),
    ],
)
def test_a_code_is_read_where_it_stands(name: str, text: str, scale: int):
    kind = getattr(zxingcpp.BarcodeFormat, name)
    (code,) = read_codes(_with_code(text, kind, scale=scale, at=(900, 2000)))
    assert (code.text, code.format) == (text, name)
    assert 890 < code.box.x0 < code.box.x1 <= 2480
    assert 1990 < code.box.y0 < code.box.y1 < 2600


def test_a_page_without_codes_has_none():
    rng = np.random.default_rng(3)
    assert read_codes(rng.integers(0, 255, (600, 400, 3), dtype=np.uint8)) == ()
    assert read_codes(np.full((600, 400, 3), 255, np.uint8)) == ()

"""Pages drawn for the reader's tests; all words invented."""

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw

from imaging import Pixels
from specimens.fonts import Face, font

Draw = Callable[..., Pixels]

LETTER = (
    ("Bold", 320, 300, "ỦY BAN NHÂN DÂN"),
    ("Bold", 300, 360, "XÃ THANH BÌNH"),
    ("Regular", 340, 450, "Số: 27/QĐ-UBND"),
    ("Bold", 1130, 300, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
    ("Bold", 1330, 360, "Độc lập - Tự do - Hạnh phúc"),
    ("Italic", 1300, 450, "Thanh Bình, ngày 12 tháng 3 năm 2025"),
    ("Bold", 1150, 640, "QUYẾT ĐỊNH"),
    ("Bold", 800, 710, "Về việc cấp giấy phép xây dựng nhà ở riêng lẻ"),
    ("Regular", 330, 860, "Căn cứ Luật Xây dựng ngày 18 tháng 6 năm 2014;"),
    ("Regular", 330, 930, "Theo đề nghị của công chức địa chính, xây dựng và môi trường,"),
    ("Regular", 330, 1000, "Điều 1. Cho phép ông Lê Văn Tám xây dựng nhà ở trên thửa đất số 115,"),
    ("Regular", 330, 1070, "tờ bản đồ số 9, diện tích 120,5 mét vuông, tại thôn Phú Lộc."),
    ("Regular", 330, 1140, "Điều 2. Quyết định này có hiệu lực kể từ ngày ký, thời hạn 12 tháng."),
    ("Bold", 330, 1400, "Nơi nhận:"),
    ("Regular", 330, 1460, "- Như Điều 1;"),
    ("Regular", 330, 1520, "- Lưu: VT."),
    ("Bold", 1550, 1400, "CHỦ TỊCH"),
    ("Bold", 1500, 1800, "Trần Thị Hoa"),
)
"""A short decision: font style, x, y, text, on A4 at 300 dpi."""


def draw_letter() -> Pixels:
    """The decision on A4 at 300 dpi, clean."""
    image = Image.new("RGB", (2480, 3508), "white")
    draw = ImageDraw.Draw(image)
    for style, x, y, text in LETTER:
        draw.text((x, y), text, fill="black", font=font(Face(style.lower()), 50))
    return np.asarray(image)


@pytest.fixture(scope="session")
def letter() -> Pixels:
    """A clean A4 decision at 300 dpi."""
    return draw_letter()


@pytest.fixture(scope="session")
def tilted(letter: Pixels) -> Pixels:
    """The same as a poor scanner gives it: leaning 2.6 degrees, shaded, grainy, with a seal."""
    image = Image.fromarray(letter).rotate(
        2.6, fillcolor="white", resample=Image.Resampling.BICUBIC
    )
    draw = ImageDraw.Draw(image)
    draw.ellipse((1450, 1450, 1800, 1800), outline=(210, 60, 60), width=12)
    pixels = np.asarray(image).astype(np.float32)
    shade = np.linspace(1.0, 0.7, pixels.shape[1], dtype=np.float32)[np.newaxis, :, np.newaxis]
    noise = np.random.default_rng(5).normal(0, 6, pixels.shape).astype(np.float32)
    return np.clip(pixels * shade + noise, 0, 255).astype(np.uint8)

"""Pages drawn for the gate's tests: words are invented, faults are planted."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from imaging.types import Depth, PageImage, Pixels

FONTS = Path("/usr/share/fonts/truetype/liberation2")
TEXT = (
    "Căn cứ Luật Tổ chức chính quyền địa phương và các văn bản hướng dẫn thi hành;",
    "Theo đề nghị của Giám đốc Sở Nội vụ tại Tờ trình số 45/TTr-SNV ngày 12 tháng 5;",
    "Điều 1. Phê duyệt kế hoạch số hóa hồ sơ, giấy tờ của tỉnh trong năm 2026.",
    "Các cơ quan, đơn vị báo cáo kết quả thực hiện trước ngày 30 tháng 11 hằng năm.",
)


def _font(size: float, style: str = "Regular") -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / f"LiberationSerif-{style}.ttf"), size)


@pytest.fixture
def draw_page() -> Callable[..., Pixels]:
    """Draws an upright administrative page, RGB."""

    def draw(*, lines: int = 26, dpi: int = 200, ink: int = 20, left_mm: float = 30) -> Pixels:
        mm = dpi / 25.4
        image = Image.new("RGB", (round(210 * mm), round(297 * mm)), (252, 252, 252))
        pen = ImageDraw.Draw(image)
        pen.text(
            (110 * mm, 20 * mm),
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            font=_font(12 * dpi / 72, "Bold"),
            fill=(ink,) * 3,
        )
        for line in range(lines):
            place = (left_mm * mm, (45 + line * 8) * mm)
            pen.text(place, TEXT[line % len(TEXT)], font=_font(13 * dpi / 72), fill=(ink,) * 3)
        return np.asarray(image)

    return draw


@pytest.fixture
def press_stamp() -> Callable[..., Pixels]:
    """Presses a framed rubber stamp of one line on a page, under the number on the left."""

    def press(
        page: Pixels,
        text: str,
        *,
        dpi: int = 200,
        slant: float = 0,
        cap_mm: float = 5,
        colour: tuple[int, int, int] = (200, 20, 30),
        at_mm: tuple[int, int] = (35, 28),
    ) -> Pixels:
        font = _font(cap_mm / 0.68 * dpi / 25.4, "Bold")
        left, top, right, bottom = font.getbbox(text)
        pad = round(dpi * 0.08)
        stamp = Image.new("L", (round(right - left) + 4 * pad, round(bottom - top) + 4 * pad), 0)
        pen = ImageDraw.Draw(stamp)
        pen.rectangle(
            (pad, pad, stamp.width - pad, stamp.height - pad), outline=255, width=max(2, dpi // 60)
        )
        pen.text((2 * pad - left, 2 * pad - top), text, font=font, fill=255)
        stamp = stamp.rotate(slant, expand=True, resample=Image.Resampling.BICUBIC)
        image = Image.fromarray(page)
        image.paste(colour, (round(at_mm[0] * dpi / 25.4), round(at_mm[1] * dpi / 25.4)), stamp)
        return np.asarray(image)

    return press


@pytest.fixture
def as_image() -> Callable[..., PageImage]:
    """Wraps pixels as the page image that the image library would give."""

    def wrap(pixels: Pixels, *, dpi: int = 200, depth: Depth = Depth.COLOUR) -> PageImage:
        return PageImage(1, np.ascontiguousarray(pixels), dpi, depth, is_single_image=True)

    return wrap


@pytest.fixture
def draw_words() -> Callable[..., Pixels]:
    """Prints one line of bold black words on a page."""

    def draw(page: Pixels, words: str, *, dpi: int = 200, at_mm: tuple[float, float]) -> Pixels:
        image = Image.fromarray(page)
        place = (at_mm[0] * dpi / 25.4, at_mm[1] * dpi / 25.4)
        pen = ImageDraw.Draw(image)
        pen.text(place, words, font=_font(14 * dpi / 72, "Bold"), fill=(20, 20, 20))
        return np.asarray(image)

    return draw

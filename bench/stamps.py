"""Draws pages with and without secrecy stamps, for bench/secret.py and bench/train_stamp.py."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

FOLDER = Path("/usr/share/fonts/truetype")
LEVELS = ("MẬT", "TỐI MẬT", "TUYỆT MẬT")
OTHERS = (
    "HỎA TỐC",
    "KHẨN",
    "THƯỢNG KHẨN",
    "HẸN GIỜ",
    "SAO Y",
    "SAO LỤC",
    "BẢN SAO",
    "BẢN CHÍNH",
    "CÔNG VĂN ĐẾN",
    "ĐẾN",
    "ĐÃ THU PHÍ",
    "ĐÃ KÝ",
    "HỘI ĐỒNG",
    "MẶT TRẬN",
    "LUẬT",
    "VẬT TƯ",
    "NHẬT",
    "BÍ MẬT NHÀ NƯỚC",
    "MẪU",
    "DỰ THẢO",
    "KHÔNG PHỔ BIẾN",
    "ĐÃ GIẢI MẬT",
    "BẢO MẬT",
    "SỞ Y TẾ",
    "ĐẠT",
    "SỰ THẬT",
    "PHÁP LUẬT",
    "MẤT",
    "BẮT",
    "CHẤT",
    "ĐỘ MẬT",
    "GIÁP LAI",
    "HỒ SƠ",
    "BẢN GỐC",
    "MTTQ",
    "TRÍCH SAO",
    "TÀI LIỆU",
    "LƯU",
    "CHUYÊN VIÊN",
    "GIÁM ĐỐC",
    "TIẾP NHẬN",
    "MỘT CỬA",
    "HOÀN THÀNH",
)
FACES = (
    "liberation2/LiberationSerif-Bold",
    "liberation2/LiberationSerif-Bold",
    "liberation2/LiberationSans-Bold",
    "dejavu/DejaVuSerifCondensed-Bold",
    "dejavu/DejaVuSerif-Bold",
    "dejavu/DejaVuSans-Bold",
    "liberation2/LiberationSerif-Regular",
    "liberation2/LiberationSans-Regular",
    "liberation2/LiberationMono-Bold",
    "dejavu/DejaVuSansCondensed-Bold",
)
HEADINGS = (
    "QUYẾT ĐỊNH\nBan hành Danh mục bí mật nhà nước thuộc lĩnh vực nội vụ",
    "QUY CHẾ\nBẢO VỆ BÍ MẬT NHÀ NƯỚC",
    "KẾ HOẠCH\nKiểm tra công tác bảo vệ bí mật nhà nước năm 2026",
    "THÔNG BÁO\nVề việc giải mật tài liệu lưu trữ",
    "BÁO CÁO\nCÔNG TÁC BẢO VỆ BÍ MẬT NHÀ NƯỚC, BẢO MẬT THÔNG TIN",
    "HƯỚNG DẪN\nXÁC ĐỊNH ĐỘ MẬT, TỐI MẬT, TUYỆT MẬT CỦA VĂN BẢN",
    "QUYẾT ĐỊNH\nVề việc phê duyệt kế hoạch sử dụng đất năm 2026",
    "GIẤY CHỨNG NHẬN\nĐĂNG KÝ HỘ KINH DOANH",
    "BIÊN BẢN\nKiểm tra mật độ xây dựng và hiện trạng khu đất",
    "TỜ TRÌNH\nVề việc đề nghị ban hành danh mục bí mật nhà nước độ Tối mật",
)
SENTENCES = (
    "Căn cứ Luật Bảo vệ bí mật nhà nước ngày 15 tháng 11 năm 2018;",
    "Tài liệu, vật chứa bí mật nhà nước phải được đóng dấu chỉ độ mật theo quy định của pháp luật.",
    "Điều 1. Danh mục bí mật nhà nước độ Tuyệt mật, Tối mật, Mật gồm những tin sau đây:",
    "Theo đề nghị của Chánh Văn phòng Ủy ban nhân dân tỉnh tại Tờ trình số 45/TTr-VP;",
    "Các cơ quan, đơn vị tổ chức thực hiện nghiêm các nội dung nêu trên, báo cáo trước ngày 30.",
    "Mật độ xây dựng thuần tối đa của lô đất là 60 phần trăm, tầng cao không quá năm tầng.",
    "Kinh phí thực hiện được bố trí từ nguồn ngân sách nhà nước theo phân cấp hiện hành.",
    "Người được giao quản lý có trách nhiệm giữ bí mật, không được sao chụp khi chưa có ý kiến.",
)


DEPTHS = ("colour", "grey", "bilevel")
DEPTH_SHARES = (0.7, 0.15, 0.15)
SCRAP_SHARES = (0.45, 0.3, 0.25)
"""Scraps are what is learnt from: the hard kinds more often than they come."""
CROSSED = 0.01
"""The share of a stamp's box that is print: from here print crosses it."""
Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Sample:
    """A drawn page and what is on it."""

    pixels: np.ndarray
    """(h, w, 3) uint8 RGB."""
    dpi: int
    level: str | None
    """The stamp on it, or None."""
    note: str
    """What was drawn, for the list of failures."""
    box: Box | None = None
    """Of the drawn stamp, secret or not, in pixels."""


def face(name: str, size: float) -> ImageFont.FreeTypeFont:
    """A font file of fonts-liberation2 or fonts-dejavu-core at a size in pixels."""
    return ImageFont.truetype(str(FOLDER / f"{name}.ttf"), size)


def _centred(
    draw: ImageDraw.ImageDraw, x: float, y: float, text: str, font: ImageFont.FreeTypeFont
) -> None:
    draw.multiline_text(
        (x, y), text, fill=20, font=font, anchor="ma", align="center", spacing=font.size * 0.3
    )


def paper(rng: np.random.Generator, dpi: int) -> tuple[np.ndarray, float]:
    """A first page in grey without stamps, and the height in mm where its number line ends."""
    mm = dpi / 25.4
    image = Image.new("L", (round(210 * mm), round(297 * mm)), 255)
    draw = ImageDraw.Draw(image)
    point = dpi / 72
    family = str(
        rng.choice(
            [
                "liberation2/LiberationSerif",
                "liberation2/LiberationSerif",
                "liberation2/LiberationSans",
            ]
        )
    )
    bold, plain = face(f"{family}-Bold", 13 * point), face(f"{family}-Regular", 13.5 * point)
    top = float(rng.uniform(15, 25))
    _centred(
        draw,
        65 * mm,
        top * mm,
        str(
            rng.choice(
                [
                    "ỦY BAN NHÂN DÂN\nTỈNH QUẢNG NGÃI",
                    "SỞ NỘI VỤ\nPHÒNG TỔNG HỢP",
                    "UBND HUYỆN\nTRÀ BỒNG",
                ]
            )
        ),
        bold,
    )
    _centred(
        draw,
        145 * mm,
        top * mm,
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc",
        bold,
    )
    number = top + 17
    _centred(draw, 65 * mm, number * mm, f"Số: {rng.integers(1, 3000)}/QĐ-UBND", plain)
    _centred(
        draw,
        145 * mm,
        number * mm,
        "Quảng Ngãi, ngày 12 tháng 5 năm 2026",
        face(f"{family}-Italic", 13 * point),
    )
    y = number + float(rng.uniform(18, 40))
    _centred(draw, 105 * mm, y * mm, str(rng.choice(HEADINGS)), face(f"{family}-Bold", 14 * point))
    y += 22
    if rng.random() < 0.3:
        y = _table(draw, rng, y, mm, plain)
    while y < 265:
        for piece in _wrapped(str(rng.choice(SENTENCES)), 78):
            draw.text((30 * mm, y * mm), piece, fill=20, font=plain)
            y += 7.0
        y += float(rng.uniform(0, 4))
    return np.asarray(image), number + 6


def _wrapped(text: str, width: int) -> list[str]:
    import textwrap

    return textwrap.wrap(text, width)


def _table(
    draw: ImageDraw.ImageDraw,
    rng: np.random.Generator,
    y: float,
    mm: float,
    font: ImageFont.FreeTypeFont,
) -> float:
    """A ruled table in which words of secrecy stand in cells."""
    columns = np.cumsum([25, *rng.uniform(15, 45, 4)])
    rows = int(rng.integers(3, 6))
    for row in range(rows + 1):
        draw.line(
            (columns[0] * mm, (y + row * 9) * mm, columns[-1] * mm, (y + row * 9) * mm),
            fill=20,
            width=2,
        )
    for left in columns:
        draw.line((left * mm, y * mm, left * mm, (y + rows * 9) * mm), fill=20, width=2)
    for row in range(rows):
        for left in columns[:-1]:
            word = str(
                rng.choice(
                    ["Mật", "MẬT", "Tối mật", "12", "Số", "Độ mật", "A4", "Ghi chú", "TỐI MẬT"]
                )
            )
            draw.text(((left + 2) * mm, (y + row * 9 + 1.5) * mm), word, fill=20, font=font)
    return y + rows * 9 + 6


def stamp(rng: np.random.Generator, text: str, dpi: int, cap_mm: float, frame: str) -> np.ndarray:
    """Coverage 0 to 1 of one stamp, upright, with worn ink; (h, w) float32."""
    mm = dpi / 25.4
    font = face(str(rng.choice(FACES)), cap_mm * mm / 0.68)
    spaced = (" " if rng.random() < 0.1 else "").join(text)
    box = font.getbbox(spaced)
    pad = cap_mm * float(rng.uniform(0.25, 0.7)) * mm
    size = (round(box[2] - box[0] + 2 * pad + 4 * mm), round(box[3] - box[1] + 2 * pad + 4 * mm))
    image = Image.new("L", size, 0)
    draw = ImageDraw.Draw(image)
    draw.text((2 * mm + pad - box[0], 2 * mm + pad - box[1]), spaced, fill=255, font=font)
    line = max(1, round(float(rng.uniform(0.25, 0.9)) * mm))
    outer = (2 * mm, 2 * mm, size[0] - 2 * mm, size[1] - 2 * mm)
    if frame == "round":
        draw.rounded_rectangle(outer, radius=2.5 * mm, outline=255, width=line)
    elif frame != "none":
        draw.rectangle(outer, outline=255, width=line)
    if frame == "double":
        gap = line + 0.5 * mm
        draw.rectangle(
            (outer[0] - gap, outer[1] - gap, outer[2] + gap, outer[3] + gap),
            outline=255,
            width=max(1, line // 2),
        )
    cover = np.asarray(image, dtype=np.float32) / 255
    if rng.random() < 0.2:
        squeezed = (round(cover.shape[1] * float(rng.uniform(0.75, 0.95))), cover.shape[0])
        cover = cv2.resize(cover, squeezed, interpolation=cv2.INTER_AREA)
    return worn_ink(rng, cover, mm)


def worn_ink(rng: np.random.Generator, cover: np.ndarray, mm: float) -> np.ndarray:
    """Ink as rubber leaves it: uneven pressure, pin holes, soft edges."""
    height, width = cover.shape
    soft = cv2.resize(
        rng.normal(0, 1, (5, 9)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
    )
    uneven = np.clip(1 - float(rng.uniform(0, 0.35)) * np.abs(soft), 0.25, 1)
    grain = cv2.GaussianBlur(
        rng.normal(0, 1, cover.shape).astype(np.float32), (0, 0), max(0.6, 0.12 * mm)
    )
    grain /= grain.std() + 1e-6
    holes = np.where(grain > rng.uniform(1.2, 3.2), 0.15, 1.0).astype(np.float32)
    return cv2.GaussianBlur(
        (cover * uneven * holes).astype(np.float32),
        (0, 0),
        max(0.4, float(rng.uniform(0.02, 0.1)) * mm),
    )


def inked(
    page: np.ndarray,
    cover: np.ndarray,
    place: tuple[float, float],
    colour: np.ndarray,
    slant: float,
) -> Box:
    """Press a coverage, turned, on an RGB page in place; `place` is its middle in pixels."""
    height, width = cover.shape
    side = int(np.hypot(height, width)) + 4
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), slant, 1)
    turn[:, 2] += (side - width) / 2, (side - height) / 2
    turned = cv2.warpAffine(cover, turn, (side, side))
    x0, y0 = round(place[0] - side / 2), round(place[1] - side / 2)
    rows = slice(max(0, y0), min(page.shape[0], y0 + side))
    columns = slice(max(0, x0), min(page.shape[1], x0 + side))
    part = turned[rows.start - y0 : rows.stop - y0, columns.start - x0 : columns.stop - x0, None]
    under = page[rows, columns].astype(np.float32)
    page[rows, columns] = (under * (1 - part) + np.minimum(under, colour) * part).astype(np.uint8)
    y, x = np.nonzero(turned > 0.2)
    return (x0 + int(x.min()), y0 + int(y.min()), x0 + int(x.max()) + 1, y0 + int(y.max()) + 1)


def red(rng: np.random.Generator) -> tuple[np.ndarray, str]:
    """An ink: pure, dark, faint or pinkish red."""
    kind = str(
        rng.choice(["pure", "dark", "faint", "pink", "purple"], p=[0.35, 0.25, 0.15, 0.15, 0.1])
    )
    low, high = {
        "pure": ((195, 0, 0), (255, 60, 60)),
        "dark": ((120, 5, 5), (175, 45, 50)),
        "faint": ((225, 140, 140), (245, 175, 175)),
        "pink": ((225, 90, 110), (250, 145, 160)),
        "purple": ((150, 20, 60), (200, 60, 105)),
    }[kind]
    return rng.uniform(low, high).astype(np.float32), kind


def scanned(
    rng: np.random.Generator, page: np.ndarray, depth: str, box: Box | None
) -> tuple[np.ndarray, Box | None]:
    """As a scanner gives it back: skew, blur, noise, tone, JPEG; grey or one bit if asked.

    Also where `box` has gone.
    """
    height, width = page.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(rng.normal(0, 0.7)), 1)
    box = box and _moved(box, turn)
    out = cv2.warpAffine(page, turn, (width, height), borderValue=(255, 255, 255))
    out = cv2.GaussianBlur(out, (0, 0), float(rng.uniform(0.3, 1.1)))
    tone = rng.uniform(0.86, 1.0, 3) if rng.random() < 0.4 else np.ones(3)
    out = np.clip(out * tone + rng.normal(0, rng.uniform(0, 7), out.shape), 0, 255).astype(np.uint8)
    if depth != "colour":
        grey = cv2.cvtColor(out, cv2.COLOR_RGB2GRAY)
        if depth == "bilevel":
            grey = np.where(grey < rng.integers(130, 200), 0, 255).astype(np.uint8)
        out = np.dstack([grey] * 3)
    coded = cv2.imencode(
        ".jpg", out[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(55, 95))]
    )[1]
    return np.ascontiguousarray(cv2.imdecode(coded, cv2.IMREAD_COLOR)[..., ::-1]), box


def _moved(box: Box, turn: np.ndarray) -> Box:
    """A box carried along by a small turn of the page."""
    x, y = turn @ ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, 1)
    half_x, half_y = (box[2] - box[0]) / 2, (box[3] - box[1]) / 2
    return (round(x - half_x), round(y - half_y), round(x + half_x), round(y + half_y))


def pressed(
    rng: np.random.Generator,
    page: np.ndarray,
    text: str,
    dpi: int,
    depth: str,
    below: float | None,
) -> tuple[Box, str]:
    """Press one stamp of the rng's choosing; its box and what was chosen.

    `below` is where a page's number ends, in mm; without it the stamp goes anywhere.
    """
    colour, kind = red(rng)
    if depth == "bilevel" or (depth == "grey" and rng.random() < 0.5) or rng.random() < 0.04:
        colour, kind = np.full(3, rng.uniform(0, 60), np.float32), "black"
    frame = str(rng.choice(["one", "double", "round", "none"], p=[0.45, 0.2, 0.1, 0.25]))
    cap = float(rng.uniform(3.2, 9.0) if frame != "none" else rng.uniform(4.0, 12.0))
    cap = min(cap, 40.0 / max(4, len(text)))
    cover = stamp(rng, text, dpi, cap, frame)
    slant = float(np.clip(rng.normal(0, 6), -15, 15))
    mm = dpi / 25.4
    place, where = _place(rng, page, cover, mm, below)
    before = page[..., 0].copy()
    box = inked(page, cover, place, colour, slant)
    under = before[box[1] : box[3], box[0] : box[2]]
    across = "crossed" if (under < 128).mean() > CROSSED else "clear"
    note = (text, f"{dpi} dpi", depth, kind, frame, across, f"{cap:.1f} mm", f"{slant:.0f}°", where)
    return box, ", ".join(note)


def sample(seed: int, *, secret: bool) -> Sample:
    """One page of the seed's own; with a secrecy stamp or with other stamps or none."""
    rng = np.random.default_rng([int(secret), seed])
    dpi = int(rng.choice([150, 200, 200, 300]))
    grey, below = paper(rng, dpi)
    page = np.dstack([grey] * 3)
    depth = str(rng.choice(DEPTHS, p=DEPTH_SHARES))
    text = str(rng.choice(LEVELS if secret else OTHERS))
    box, note = None, "no stamp"
    if secret or rng.random() < 0.75:
        box, note = pressed(rng, page, text, dpi, depth, below)
    if not secret and rng.random() < 0.4:
        _seal(rng, page, dpi / 25.4)
    pixels, box = scanned(rng, page, depth, box)
    return Sample(pixels, dpi, text if secret else None, note, box)


def scrap(seed: int, *, secret: bool) -> Sample:
    """A piece of paper with a few lines and one stamp: much quicker to draw than a page."""
    rng = np.random.default_rng([2, int(secret), seed])
    dpi = int(rng.choice([150, 150, 200]))
    mm = dpi / 25.4
    image = Image.new("L", (round(95 * mm), round(42 * mm)), 255)
    draw = ImageDraw.Draw(image)
    is_crossed = bool(rng.random() < 0.4)
    y = float(rng.uniform(0, 7 if is_crossed else 25)) * mm
    while y < 42 * mm and (is_crossed or rng.random() < 0.7):
        font = face(str(rng.choice(FACES)), float(rng.choice([11, 13, 14, 16])) * dpi / 72)
        text = str(rng.choice(SENTENCES))[: int(rng.integers(4, 60))]
        text = text.upper() if rng.random() < 0.4 else text
        draw.text(
            (float(rng.uniform(2, 60)) * mm, y), text, fill=int(rng.integers(0, 60)), font=font
        )
        y += float(rng.uniform(6.5, 9) if is_crossed else rng.uniform(7, 22)) * mm
    page = np.dstack([np.asarray(image)] * 3)
    depth = str(rng.choice(DEPTHS, p=SCRAP_SHARES))
    text = str(rng.choice(LEVELS)) if secret else _other(rng)
    box, note = pressed(rng, page, text, dpi, depth, None)
    if not secret and rng.random() < 0.15:
        _seal(rng, page, mm)
    pixels, box = scanned(rng, page, depth, box)
    return Sample(pixels, dpi, text if secret else None, note, box)


def _other(rng: np.random.Generator) -> str:
    """The words of another stamp, or of none that exists."""
    if rng.random() < 0.6:
        return str(rng.choice(OTHERS))
    words = " ".join(SENTENCES).upper().replace(".", "").replace(",", "").split()
    picked = [str(word) for word in rng.choice(words, int(rng.integers(1, 3)))]
    text = " ".join(picked)
    return "KHẨN" if "MẬT" in text else text


def _place(
    rng: np.random.Generator, page: np.ndarray, cover: np.ndarray, mm: float, below: float | None
) -> tuple[tuple[float, float], str]:
    """The middle of the stamp in pixels and its name: mostly under the number on the left."""
    half_x, half_y = cover.shape[1] / 2, cover.shape[0] / 2
    height, width = page.shape[:2]
    roll = float(rng.random())
    if below is None:
        x, y, where = rng.uniform(0.2, 0.8) * width, rng.uniform(0, height), "scrap"
        y = min(y, height - half_y - 2 * mm)
    elif roll < 0.65:
        x, y = rng.uniform(45, 75) * mm, below * mm + half_y + rng.uniform(-1, 6) * mm
        where = "under number"
    elif roll < 0.8:
        x, y, where = rng.uniform(25, 60) * mm, rng.uniform(4, 10) * mm + half_y, "corner"
    else:
        x, y, where = rng.uniform(60, 170) * mm, rng.uniform(40, 120) * mm, "anywhere"
    x = min(max(x, half_x + 3 * mm), width - 3 * mm - half_x)
    return (float(x), float(max(y, half_y + 2 * mm))), where


def _seal(rng: np.random.Generator, page: np.ndarray, mm: float) -> None:
    """A round seal somewhere, its words round the rim."""
    side = round(40 * mm)
    image = Image.new("L", (side, side), 0)
    draw = ImageDraw.Draw(image)
    draw.ellipse((2, 2, side - 3, side - 3), outline=255, width=max(1, round(0.8 * mm)))
    draw.ellipse(
        (side * 0.2, side * 0.2, side * 0.8, side * 0.8), outline=255, width=max(1, round(0.4 * mm))
    )
    draw.text(
        (side / 2, side / 2),
        "SỞ NỘI\nVỤ",
        fill=255,
        anchor="mm",
        align="center",
        font=face(FACES[0], 4 * mm),
    )
    height, width = page.shape[:2]
    place = (float(rng.uniform(0.14, 0.86)) * width, float(rng.uniform(0.1, 0.94)) * height)
    inked(
        page,
        worn_ink(rng, np.asarray(image, np.float32) / 255, mm),
        place,
        red(rng)[0],
        float(rng.uniform(-30, 30)),
    )

"""Make ocr/orient.npz: letters of invented pages, cut out, turned four ways, learnt.

    python -m bench.train_orient [--pages 160] [--to ocr/orient.npz]

Everything is drawn here from a fixed seed with the fonts of fonts-liberation2 and
fonts-dejavu-core; no other data is read.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bench.net import chances, learn
from ocr import ink, orient

WORDS = (  # noqa: SIM905  two hundred quotes would hide the words
    "cộng hòa xã hội chủ nghĩa việt nam độc lập tự do hạnh phúc ủy ban nhân dân tỉnh thành "
    "phố quyết định về việc phê duyệt kế hoạch thực hiện năm căn cứ luật tổ chức chính quyền "
    "địa phương theo đề nghị của giám đốc sở tài chính nội vụ giáo dục và đào tạo y tế công "
    "văn số ngày tháng kính gửi các phòng chuyên môn thuộc huyện xã phường thị trấn nơi nhận "
    "như trên lưu văn thư giấy chứng nhận đăng ký kinh doanh hộ cá thể họ tên sinh chứng minh "
    "nhân dân căn cước địa chỉ thường trú nghề nghiệp quốc tịch dân tộc đơn đề nghị cấp đổi "
    "lại giấy phép xây dựng nhà ở biên bản kiểm tra hiện trạng khu đất thửa tờ bản đồ diện "
    "tích mét vuông mục đích sử dụng thời hạn nguồn gốc chủ tịch phó trưởng ban ký đóng dấu "
    "thông báo tuyển dụng viên chức người lao động báo cáo kết quả công tác quý nhiệm vụ "
    "trọng tâm giải pháp chủ yếu tổng cộng bằng chữ đồng chẵn hướng dẫn khảo sát những hoặc "
    "phải được không trong khoản điều chương mục phụ lục kèm theo Nguyễn Trần Lê Phạm Hoàng "
    "Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Quảng Ngãi Hậu Giang "
).split()
FONTS = (
    "LiberationSerif",
    "LiberationSerif",
    "LiberationSans",
    "LiberationMono",
    "LiberationSansNarrow",
    "DejaVuSerif",
    "DejaVuSans",
)
STYLES = ("Regular", "Bold", "Italic", "BoldItalic")
FOLDER = Path("/usr/share/fonts/truetype")
LIBERATION = FOLDER / "liberation2"  # version 1 has no Vietnamese letters


def font(rng: np.random.Generator, size: float) -> ImageFont.FreeTypeFont:
    """A font of the chosen size in pixels, of any style."""
    family = str(rng.choice(FONTS))
    style = str(rng.choice(STYLES, p=(0.55, 0.25, 0.12, 0.08)))
    if family.startswith("Liberation"):
        return ImageFont.truetype(str(LIBERATION / f"{family}-{style}.ttf"), size)
    tail = "" if style in {"Regular", "Italic"} else "-Bold"
    return ImageFont.truetype(str(FOLDER / "dejavu" / f"{family}{tail}.ttf"), size)


def phrase(rng: np.random.Generator, words: int) -> str:
    """Words with numbers, capitals and stops mixed in as papers do."""
    parts = []
    for word in rng.choice(WORDS, words):
        roll = rng.random()
        if roll < 0.08:
            parts.append(str(rng.integers(1, 10 ** int(rng.integers(1, 6)))))
        elif roll < 0.16:
            parts.append(str(word).capitalize() + str(rng.choice([",", ".", ";", ":"])))
        else:
            parts.append(str(word))
    text = " ".join(parts)
    return text.upper() if rng.random() < 0.22 else text


def page(rng: np.random.Generator, dpi: int) -> np.ndarray:
    """A page of lines of several sizes, some of them in a grid; uint8 grey."""
    width, height = round(8.27 * dpi), round(6 * dpi)
    image = Image.new("L", (width, height), int(rng.integers(225, 256)))
    draw = ImageDraw.Draw(image)
    y = dpi * 0.3
    while y < height - dpi * 0.5:
        size = float(rng.choice([9, 11, 12, 13, 13, 14, 14, 16, 22])) * dpi / 72
        x = float(rng.uniform(0.3, 2.0)) * dpi
        shade = int(rng.integers(0, 110))
        draw.text((x, y), phrase(rng, int(rng.integers(2, 12))), fill=shade, font=font(rng, size))
        if rng.random() < 0.15:
            draw.line(
                (dpi * 0.3, y + size * 1.3, width - dpi * 0.3, y + size * 1.3), fill=shade, width=2
            )
        y += size * float(rng.uniform(1.15, 2.0))
    return np.asarray(image)


def worn(rng: np.random.Generator, grey: np.ndarray) -> np.ndarray:
    """As a scanner or a copier leaves it: skew, blur, noise, thresholds, JPEG."""
    turn = cv2.getRotationMatrix2D(
        (grey.shape[1] / 2, grey.shape[0] / 2), float(rng.normal(0, 2.0)), 1
    )
    out = cv2.warpAffine(grey, turn, grey.shape[::-1], borderValue=int(grey[0, 0]))
    out = cv2.GaussianBlur(out, (0, 0), float(rng.uniform(0.3, 2.0)))
    out = np.clip(out + rng.normal(0, rng.uniform(0, 14), out.shape), 0, 255).astype(np.uint8)
    if rng.random() < 0.35:
        out = np.where(out < rng.integers(120, 205), 0, 255).astype(np.uint8)
    return np.asarray(
        cv2.imdecode(
            cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 95))])[1], 0
        )
    )


def samples(seed: int, pages: int) -> tuple[np.ndarray, np.ndarray]:
    """Windows in all four positions with the turn that rights them, in quarters."""
    rng = np.random.default_rng(seed)
    cuts = []
    for _ in range(pages):
        dpi = int(rng.choice([150, 150, 200, 300]))
        sheet = ink.look(worn(rng, page(rng, dpi)), dpi)
        cuts.append(orient.windows(sheet, orient.sample(ink.letters(sheet), 300)))
    upright = np.concatenate(cuts)
    turned = [np.rot90(upright, turn, axes=(1, 2)) for turn in range(4)]
    return np.concatenate(turned), np.repeat(np.arange(4), len(upright))


def main() -> None:
    """Learn, say how well on pages not learnt from, write the weights in half precision."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=160)
    parser.add_argument("--to", type=Path, default=Path("ocr/orient.npz"))
    chosen = parser.parse_args()
    net = learn(*samples(1, chosen.pages), hidden=64, epochs=12)
    x, y = samples(2, 20)
    right = chances(net, x).argmax(axis=1) == y
    print(f"one letter alone: {right.mean():.3f} right of {len(y)}")
    np.savez_compressed(
        chosen.to, **{name: value.astype(np.float16) for name, value in net.items()}
    )


if __name__ == "__main__":
    main()

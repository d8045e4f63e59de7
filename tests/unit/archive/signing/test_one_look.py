"""One look at page 1 serves both marks, and is counted as it was measured before."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from archive.signing import look_at
from archive.signing.stamp import Corner, _ink, _upper_quartile, find_spot
from specimens import make_paper, render
from tests.pki import blank_pdf

LINES = ("THỬ NGHIỆM", "Người số hóa: Nguyễn Văn Mẫu", "2026-02-03T11:05:06+07:00")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 255), min_size=1, max_size=60))
def test_the_quartile_is_the_one_by_sorting(values: list[int]) -> None:
    """Counting grey levels gives what sorting the pixels gives."""
    grey = np.array(values, dtype=np.uint8)
    assert _upper_quartile(grey) == int(np.percentile(grey.astype(np.int16), 75))


def slow_ink(pixels: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    """The definition: darker than the paper, with more than two dark ones in the nine around."""
    darkest = pixels.min(axis=2).astype(np.int16)
    dark = darkest < int(np.percentile(darkest, 75)) - 32
    padded = np.pad(dark, 1).astype(int)
    around = sum(
        padded[y : y + dark.shape[0], x : x + dark.shape[1]] for y in range(3) for x in range(3)
    )
    return np.asarray(dark & (around > 2))


@pytest.mark.parametrize("kind", ["VB02", "KQ-CC", "VB28"])
def test_ink_is_as_defined(kind: str) -> None:
    """On drawn papers with seals, and on noise."""
    page = render(make_paper(kind, seed=3).pages[0], 60)
    pixels = np.asarray(page.convert("RGB") if isinstance(page, Image.Image) else page)
    noise = np.random.default_rng(7).integers(0, 256, (40, 30, 3), dtype=np.uint8)
    for given_pixels in (pixels, noise, np.zeros((3, 3, 3), np.uint8), pixels[:1, :1]):
        assert np.array_equal(_ink(given_pixels), slow_ink(given_pixels))


@pytest.mark.parametrize("corner", list(Corner))
def test_each_mark_keeps_to_its_half(corner: Corner) -> None:
    """Therefore the first cannot stand where the second is looked for."""
    look = look_at(blank_pdf())
    width = look.ink.shape[1] / look.scale
    spot = find_spot(look, LINES, corner)
    left, right = spot.x, spot.x + spot.mark.width
    assert spot.covered == 0
    assert right <= width / 2 if corner is Corner.LEFT else left >= width / 2


def test_a_second_look_finds_the_same_place(signed_once: Callable[[], tuple[bytes, bytes]]) -> None:
    """The agency's mark stands where it would had the page been looked at anew."""
    before, after = signed_once()
    spots = [find_spot(look_at(pdf), LINES, Corner.RIGHT) for pdf in (before, after)]
    assert spots[0] == spots[1]


@pytest.fixture
def signed_once() -> Callable[[], tuple[bytes, bytes]]:
    """A page before and after the digitiser's mark."""
    from datetime import UTC, datetime
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from archive.signing import Pkcs12Key, sign_digitiser
    from tests.hsm import Issuer

    def make() -> tuple[bytes, bytes]:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "key.p12"
            path.write_bytes(Issuer().issue("Người Mẫu", "ec").p12())
            pdf = blank_pdf()
            at = datetime.now(UTC)
            return pdf, sign_digitiser(pdf, Pkcs12Key(path), name="Người Mẫu", at=at)

    return make

"""Signers' names stamped in red beside the seal; every name here is invented."""

import cv2
import numpy as np
import pytest

from classify._layout import Run
from classify._signer import Signature
from classify._stamped import find_strip, names_in, stamped_name
from imaging.types import Box, Pixels
from ocr.types import Mark, MarkKind, Word

DPI = 200
TITLE = Box(700, 300, 1000, 330)
SEAL = Mark(MarkKind.SEAL, Box(560, 310, 840, 590), 0.9)


def _block() -> Signature:
    run = Run((Word("GIÁM", TITLE, 0.98),), 1)
    return Signature(
        name=None, name_text=None, name_mended=False,
        title=run, title_text="GIÁM ĐỐC", title_mended=False,
    )  # fmt: skip


def _page(text: str, colour: tuple[int, int, int], *, turn: float = -4) -> Pixels:
    """A seal's ring, a pen's stroke, and a line stamped below it, turned by the hand."""
    page = np.full((1200, 1600, 3), 255, np.uint8)
    layer = page.copy()
    cv2.putText(layer, text, (760, 640), cv2.FONT_HERSHEY_SIMPLEX, 1.2, colour, 3, cv2.LINE_AA)
    spin = cv2.getRotationMatrix2D((880, 640), -turn, 1.0)
    page = cv2.warpAffine(layer, spin, (1600, 1200), borderValue=(255, 255, 255))
    cv2.circle(page, (700, 450), 136, (210, 30, 50), 6)
    cv2.line(page, (640, 480), (1000, 420), (40, 60, 170), 4)
    return np.asarray(page, dtype=np.uint8)


def test_the_stamp_s_line_is_found_level_and_without_the_seal():
    """Its box lies below the seal, its picture is one dark line on white."""
    strip = find_strip(_page("Vo Van Thu", (215, 30, 60)), _block(), [SEAL], DPI)
    assert strip is not None
    assert strip.box.y0 > 560
    assert strip.box.x1 > 900
    assert 60 < strip.picture.shape[0] < 100
    assert strip.picture.shape[1] > 3 * strip.picture.shape[0]
    assert strip.picture.min() < 100
    assert np.median(strip.picture) > 200


@pytest.mark.parametrize("colour", [(20, 20, 20), (40, 60, 170), (255, 255, 255)])
def test_only_red_is_a_stamp(colour: tuple[int, int, int]):
    """Print, a blue pen and white paper hold none."""
    assert find_strip(_page("Vo Van Thu", colour), _block(), [SEAL], DPI) is None


def test_a_name_is_given_and_never_sure():
    """Two readers that agree give it; others' readings stay beside it."""

    def read(_line: Pixels, _box: Box) -> tuple[str, ...]:
        return ("BSCKI. Võ Văn Thử", "võ Văn Thử", "ó Văn Thử")

    found = stamped_name(_page("Vo Van Thu", (215, 30, 60)), _block(), [SEAL], 2, DPI, read)
    assert found is not None
    assert (found.value, found.page, found.sure) == ("Võ Văn Thử", 2, False)
    assert "Đỗ Văn Thử" in [other.value for other in found.alternatives]
    assert "đóng dấu" in found.reason


def test_what_is_no_name_is_boxed_and_left_open():
    """Script letters read as noise: the place is shown, the person enters the name."""
    page = _page("Vo Van Thu", (215, 30, 60))
    found = stamped_name(page, _block(), [SEAL], 1, DPI, lambda *_: ("1Ê.Joing ⁄2",))
    assert found is not None
    assert found.value is None
    assert found.box is not None
    assert found.as_printed == "1Ê.Joing ⁄2"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("BSCKI. Võ Văn Thử", ["Võ Văn Thử"]),
        ("‹ õ Văn Thử", ["Võ Văn Thử"]),
        ("Joing Nặin", []),
        ("võ Văn Thử", ["Võ Văn Thử"]),
    ],
)
def test_names_in_a_reading(text: str, names: list[str]):
    """Degrees and specks go, a family name that the seal cut comes back where one is left."""
    assert names == names_in(text)

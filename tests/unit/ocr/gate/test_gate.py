"""The gate says what is wrong with a page, once, and keeps silent over a good one."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from imaging.types import Depth, PageImage, Pixels
from ocr import gate
from ocr.types import GateReport, Verdict


def codes(report: GateReport):
    """The problems' codes of a report."""
    return {problem.code for problem in report.problems}


def test_a_clean_page_passes(draw_page: Callable[..., Pixels], as_image: Callable[..., PageImage]):
    """Nothing is said of a clean page."""
    report = gate.inspect_page(as_image(draw_page()))
    assert (report.verdict, report.problems, report.rotation) == (Verdict.PASS, (), 0)
    assert not report.is_blank
    assert report.secret is None


@pytest.mark.parametrize("clockwise", [0, 90, 180, 270])
def test_a_turned_page_is_righted(
    draw_page: Callable[..., Pixels], as_image: Callable[..., PageImage], clockwise: int
):
    """`rotation` is clockwise and makes the page upright; the size is after it."""
    page = draw_page()
    report = gate.inspect_page(as_image(np.rot90(page, clockwise // 90)))
    assert clockwise == report.rotation
    assert (page.shape[1], page.shape[0]) == (report.width, report.height)


def test_an_empty_back_side_is_blank_and_no_alarm(as_image: Callable[..., PageImage]):
    """Scanner borders, punch holes, dust and shine-through of the front are not ink."""
    rng = np.random.default_rng(5)
    page = np.clip(rng.normal(246, 3, (2339, 1654, 3)), 0, 255).astype(np.uint8)
    page[:, :25] = 20
    page[-30:] = 30
    for y in (900, 1520):
        cv2.circle(page, (110, y), 24, (15, 15, 15), -1)
    for x, y in rng.integers(100, 1600, (30, 2)):
        page[y : y + 3, x : x + 3] = 60
    report = gate.inspect_page(as_image(page))
    assert (report.is_blank, report.verdict, report.rotation) == (True, Verdict.PASS, 0)


def test_the_other_side_shining_through_is_blank(
    draw_page: Callable[..., Pixels], as_image: Callable[..., PageImage]
):
    """Pale, soft, mirrored print is the other side's."""
    front = cv2.GaussianBlur(np.ascontiguousarray(draw_page()[:, ::-1]), (0, 0), 3.0)
    page = (250 - (250 - front.astype(int)) * 0.12).clip(0, 255).astype(np.uint8)
    assert gate.inspect_page(as_image(page)).is_blank


def test_one_line_is_not_blank(
    draw_page: Callable[..., Pixels], as_image: Callable[..., PageImage]
):
    """A page with a single line has content."""
    assert not gate.inspect_page(as_image(draw_page(lines=1))).is_blank


def test_faint_print_is_not_blank_but_faint(
    draw_page: Callable[..., Pixels], as_image: Callable[..., PageImage]
):
    """Sharp print stays content however pale; the operator is told."""
    report = gate.inspect_page(as_image(draw_page(ink=175)))
    assert not report.is_blank
    assert codes(report) & {"faint", "very_faint"}


@pytest.mark.parametrize(
    ("dpi", "expected"),
    [(300, set()), (200, set()), (170, {"resolution_low"}), (120, {"resolution_too_low"})],
)
def test_resolution(
    draw_page: Callable[..., Pixels],
    as_image: Callable[..., PageImage],
    dpi: int,
    expected: set[str],
):
    """Under 200 dpi warns, under 150 asks for a new scan."""
    report = gate.inspect_page(as_image(draw_page(dpi=dpi), dpi=dpi))
    assert expected == {code for code in codes(report) if code.startswith("resolution")}


def test_heavy_blur_asks_for_a_new_scan(
    draw_page: Callable[..., Pixels], as_image: Callable[..., PageImage]
):
    """A page smeared over half a millimetre is to be scanned again."""
    page = cv2.GaussianBlur(draw_page(), (0, 0), 4.5)
    report = gate.inspect_page(as_image(page))
    assert report.verdict is Verdict.RESCAN
    assert "very_blurred" in codes(report)


@pytest.mark.parametrize(
    ("degrees", "warned"), [(-5.0, True), (-2.0, False), (2.0, False), (5.0, True)]
)
def test_skew(
    draw_page: Callable[..., Pixels],
    as_image: Callable[..., PageImage],
    degrees: float,
    *,
    warned: bool,
):
    """Over three degrees warns, and the measure is right to a third of a degree."""
    page = draw_page()
    turn = cv2.getRotationMatrix2D((827, 1170), degrees, 1)
    page = cv2.warpAffine(page, turn, (1654, 2339), borderValue=(252, 252, 252))
    report = gate.inspect_page(as_image(page))
    found = [problem.measured for problem in report.problems if problem.code == "skewed"]
    assert warned == bool(found)
    if warned:
        assert found[0] == pytest.approx(degrees, abs=0.35)


def test_letters_cut_by_the_border(
    draw_page: Callable[..., Pixels], as_image: Callable[..., PageImage]
):
    """Lines that run out of the image ask for a new scan."""
    report = gate.inspect_page(as_image(draw_page(left_mm=-6)))
    assert "cut_edge" in codes(report)
    assert report.verdict is Verdict.RESCAN


def test_a_dark_desk_around_the_page(
    draw_page: Callable[..., Pixels], as_image: Callable[..., PageImage]
):
    """A photographed page with the desk in view warns."""
    page = np.full((2600, 1950, 3), (70, 45, 30), np.uint8)
    page[120:2459, 150:1804] = draw_page()
    assert "desk_around" in codes(gate.inspect_page(as_image(page)))


def test_every_problem_has_a_sentence():
    """The codes that cost content are among those with a sentence."""
    assert set(gate.MESSAGES) >= gate.RESCAN
    assert all(sentence.endswith(".") for sentence in gate.MESSAGES.values())


def test_a_secret_stamp_is_reported(
    draw_page: Callable[..., Pixels],
    press_stamp: Callable[..., Pixels],
    as_image: Callable[..., PageImage],
):
    """A framed red stamp under the number is found, upside down as well."""
    page = press_stamp(draw_page(), "TUYỆT MẬT", slant=6)
    for turned in (page, np.rot90(page, 2)):
        report = gate.inspect_page(as_image(turned))
        assert report.secret is not None
        assert report.secret.level == "TUYỆT MẬT"


def test_grey_depth_does_not_look_for_fingers(
    draw_page: Callable[..., Pixels], as_image: Callable[..., PageImage]
):
    """A page stored grey has no skin colour; the same check passes."""
    assert gate.inspect_page(as_image(draw_page(), depth=Depth.GREY)).verdict is Verdict.PASS


@pytest.mark.parametrize("side", ["left", "right", "top", "bottom"])
def test_a_side_cut_through_the_print(
    draw_page: Callable[..., Pixels], as_image: Callable[..., PageImage], side: str
):
    """On any side."""
    page = draw_page()
    ink = page.min(axis=2) < 128
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    cut = {
        "left": page[:, columns[0] + 60 :],
        "right": page[:, : columns[-1] - 200],
        "top": page[rows[0] + 12 :],
        "bottom": page[: rows[-1] - 16],
    }[side]
    assert "cut_edge" in codes(gate.inspect_page(as_image(np.ascontiguousarray(cut))))


def test_a_scanners_black_border_and_dust_cut_nothing(
    draw_page: Callable[..., Pixels], as_image: Callable[..., PageImage]
):
    """A dark strip along the edge and specks that touch it are no letters."""
    page = draw_page().copy()
    page[:, :4] = 20
    page[50:2300:90, -3:] = 40
    assert codes(gate.inspect_page(as_image(page))) == set()


def test_the_other_side_shining_through_print_warns(
    draw_page: Callable[..., Pixels], as_image: Callable[..., PageImage]
):
    """Soft pale marks between the lines are the other side's; the measured share is given."""
    page = draw_page(lines=12)
    back = cv2.GaussianBlur(draw_page(lines=30)[:, ::-1], (0, 0), 2.5).astype(np.float32)
    mixed = page * (1 - 0.35 * (255 - back) / 255)
    report = gate.inspect_page(as_image(mixed.astype(np.uint8)))
    assert codes(report) == {"shine_through"}
    assert report.problems[0].measured > 0.05


def test_a_pale_tables_rules_are_no_shine_through(
    draw_page: Callable[..., Pixels], as_image: Callable[..., PageImage]
):
    """Thin grey rules belong to the page."""
    page = draw_page(lines=6).copy()
    for y in range(1000, 2200, 60):
        page[y : y + 2, 240:1500] = 175
    for x in range(240, 1501, 180):
        page[1000:2200, x : x + 2] = 175
    assert codes(gate.inspect_page(as_image(page))) == set()

"""Faults do what they say, by seed."""

import cv2
import numpy as np
import pytest
import zxingcpp

from specimens import CLEAN, OFFICE, POOR, Faults, degrade, make_paper, render, separator_sheet
from specimens.degrade import Pixels
from specimens.errors import BadRequestError
from specimens.sheets import sheet_payload


@pytest.fixture(scope="module")
def page():
    return render(make_paper("VB07", seed=1).pages[0], 100)


def test_no_fault_is_no_change(page: Pixels):
    """The default scan is the page itself."""
    assert np.array_equal(degrade(page, CLEAN, seed=1), page)


@pytest.mark.parametrize("faults", [OFFICE, POOR])
def test_faults_are_reproducible(page: Pixels, faults: Faults):
    """The same seed gives the same scan; the input stays as it was."""
    before = page.copy()
    one, again = degrade(page, faults, seed=5), degrade(page, faults, seed=5)
    assert np.array_equal(one, again)
    assert np.array_equal(before, page)
    assert not np.array_equal(one, degrade(page, faults, seed=6))


def test_upside_down_turns_the_sheet(page: Pixels):
    """Two quarter turns put the last pixel first; one makes the page lie."""
    assert np.array_equal(degrade(page, Faults(quarter_turns=2), seed=1), page[::-1, ::-1])
    assert degrade(page, Faults(quarter_turns=1), seed=1).shape[:2] == page.shape[1::-1]
    corner = page.copy()
    corner[:50, :50] = 0
    turned = degrade(corner, Faults(quarter_turns=1), seed=1)
    assert turned[:50, -50:].max() == 0


def test_skew_is_clockwise():
    """A level line falls towards the right."""
    level = np.full((400, 600, 3), 255, np.uint8)
    cv2.line(level, (100, 200), (500, 200), (0, 0, 0), 3)
    turned = degrade(level, Faults(skew=3.0), seed=1)
    rows = [int(np.argmin(turned[:, x, 0])) for x in (150, 450)]
    assert 300 * np.tan(np.deg2rad(3.0)) == pytest.approx(rows[1] - rows[0], abs=3)


def test_each_fault_shows(page: Pixels):
    """Desk, cut, faintness, low resolution, light and noise can be measured."""
    assert degrade(page, Faults(desk=30), seed=1).shape[0] == page.shape[0] + 60
    assert degrade(page, Faults(cut=0.1), seed=1).shape[1] == round(page.shape[1] * 0.9)
    assert degrade(page, Faults(faint=0.5), seed=1).min() > 120
    assert degrade(page, Faults(scale=0.5), seed=1).shape[0] == pytest.approx(
        page.shape[0] / 2, abs=1
    )
    assert degrade(page, Faults(noise=8), seed=1)[:40].std() > 3
    assert degrade(page, Faults(bleed=0.3), seed=1).mean() < page.mean()
    assert degrade(page, Faults(finger=True), seed=1)[-20:].mean() < 250
    with pytest.raises(BadRequestError):
        degrade(page, Faults(skew=40), seed=1)


def test_the_sheet_can_be_read_from_a_bad_scan():
    """A separator sheet's QR survives an office scanner at 200 dpi."""
    pixels = render(separator_sheet(dossier="H48.21-260301-0007", procedure="1.009994"), 200)
    scanned = degrade(pixels, OFFICE, seed=2)
    found = zxingcpp.read_barcodes(scanned)
    assert [code.text for code in found] == [
        sheet_payload(dossier="H48.21-260301-0007", procedure="1.009994")
    ]


def test_a_receipt_carries_its_dossier_in_code_128():
    """The counter's receipt can be scanned at 200 dpi."""
    paper = make_paper("MC01", seed=5)
    found = zxingcpp.read_barcodes(degrade(render(paper.pages[0], 200), OFFICE, seed=2))
    assert [code.text for code in found] == [paper.fields["dossier_code"]]

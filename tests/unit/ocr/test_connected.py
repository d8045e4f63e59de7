"""Labels of 16 bits say the same as those of 32, and are not used where they would not do."""

import cv2
import numpy as np
import pytest

from ocr._connected import connected


@pytest.mark.parametrize("connectivity", [4, 8])
@pytest.mark.parametrize("share", [0.02, 0.2, 0.5, 0.9])
@pytest.mark.parametrize("shape", [(60, 90), (1200, 900)])
def test_the_pieces_are_those_of_opencv(
    shape: tuple[int, int], share: float, connectivity: int
) -> None:
    """Of noise too, which has more pieces than 16 bits can number."""
    noise = np.random.default_rng(3).random(shape)
    mask = np.where(noise < share, 255, 0).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=connectivity)
    found = connected(mask, connectivity=connectivity)
    assert np.array_equal(labels, found.labels)
    assert np.array_equal(stats, found.stats)


def test_more_pieces_than_16_bits_are_all_told() -> None:
    """Single dots on a lattice."""
    mask = np.zeros((600, 600), np.uint8)
    mask[::2, ::2] = 1
    assert len(connected(mask, connectivity=4).stats) == 300 * 300 + 1


def test_print_is_labelled_in_16_bits() -> None:
    """That is what makes it quick."""
    mask = np.zeros((600, 600), np.uint8)
    mask[100:110, ::3] = 1
    assert connected(mask).labels.dtype == np.uint16

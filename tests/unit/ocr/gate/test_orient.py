"""The turn is told from the letters; a page without letters stays as it is."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imaging.types import Pixels
from ocr import ink, orient


@pytest.mark.parametrize("clockwise", [0, 90, 180, 270])
@pytest.mark.parametrize("lines", [1, 4, 26])
def test_few_lines_are_enough(draw_page: Callable[..., Pixels], lines: int, clockwise: int) -> None:
    """A heading and one line tell the turn as surely as a full page does."""
    page = np.ascontiguousarray(np.rot90(draw_page(lines=lines), clockwise // 90))
    turn = orient.quarter_turn(page, 200)
    assert clockwise == turn.clockwise
    assert turn.confidence > 0.9


@pytest.mark.parametrize("clockwise", [0, 90, 180, 270])
def test_a_ruled_table_does_not_mislead(draw_page: Callable[..., Pixels], clockwise: int) -> None:
    """Long lines in both directions say nothing of the turn."""
    page = draw_page(lines=12).copy()
    for x in range(200, 1500, 160):
        cv2.line(page, (x, 1300), (x, 2100), (20, 20, 20), 3)
    for y in range(1300, 2101, 80):
        cv2.line(page, (200, y), (1480, y), (20, 20, 20), 3)
    turned = np.ascontiguousarray(np.rot90(page, clockwise // 90))
    assert clockwise == orient.quarter_turn(turned, 200).clockwise


def test_a_blank_page_stays() -> None:
    """Nothing to tell by is no turn, with no confidence."""
    assert orient.quarter_turn(np.full((2339, 1654), 250, np.uint8), 200) == (0, 0.0)


def test_letters_in_doubt_are_left_to_tesseract(
    draw_page: Callable[..., Pixels], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the vote is not clear the second test's answer holds; where it is mute, the vote's."""
    sheet = ink.look(draw_page(lines=3), 200)
    pieces = ink.letters(sheet)
    unsure = orient.Turn(180, 0.4)
    monkeypatch.setattr(orient, "of_sheet", lambda _sheet, _pieces: unsure)
    assert orient.of_sheet_or_asked(sheet, pieces).clockwise == 0
    monkeypatch.setattr(orient, "_asked", lambda _grey: None)
    assert unsure == orient.of_sheet_or_asked(sheet, pieces)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 3), st.integers(0, 2**32 - 1))
def test_the_vote_turns_with_the_page(turn: int, seed: int) -> None:
    """Turning any picture turns the answer by as much: no turn is favoured."""
    rng = np.random.default_rng(seed)
    cut = rng.random((12, 20, 20)).astype(np.float32)
    turned = np.ascontiguousarray(np.rot90(cut, turn, axes=(1, 2)))
    assert np.allclose(np.roll(orient._votes(cut), turn), orient._votes(turned), atol=1e-4)

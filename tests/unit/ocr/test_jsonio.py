"""A stored page text comes back as it was, and the same reading gives the same bytes."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging import Box
from ocr import (
    Line,
    PageText,
    TextSource,
    Word,
    page_text_from_bytes,
    page_text_from_json,
    page_text_to_bytes,
    page_text_to_json,
)

BOXES = st.builds(Box, *[st.integers(0, 5_000)] * 4)
CONFIDENCES = st.floats(0, 1)
WORDS = st.builds(Word, st.text(min_size=1, max_size=12), BOXES, CONFIDENCES, st.booleans())
LINES = st.builds(
    Line, st.lists(WORDS, min_size=1, max_size=4).map(tuple), BOXES, block=st.integers(0, 50)
)
PAGES = st.builds(
    PageText,
    width=st.integers(1, 9_000),
    height=st.integers(1, 9_000),
    dpi=st.integers(1, 1_200),
    rotation=st.sampled_from([0, 90, 180, 270]),
    skew=st.floats(-10, 10),
    lines=st.lists(LINES, max_size=4).map(tuple),
    source=st.sampled_from(TextSource),
    engine=st.text(max_size=20),
)


@given(PAGES)
def test_a_page_comes_back_exactly(page: PageText):
    assert page_text_from_bytes(page_text_to_bytes(page)) == page
    assert page_text_from_json(json.loads(json.dumps(page_text_to_json(page)))) == page


@given(PAGES, st.floats(0, 100))
def test_the_time_it_took_does_not_change_the_bytes(page: PageText, seconds: float):
    slower = replace(page, seconds={"recognise": seconds})
    assert page_text_to_bytes(slower) == page_text_to_bytes(page)


def test_another_version_is_refused():
    with pytest.raises(ValueError, match="version 99"):
        page_text_from_json({"version": 99})

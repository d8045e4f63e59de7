"""Any sequence of files: the newest file rules the days to come, and no two versions overlap."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from catalogue.loading import TableLoad
from catalogue.models import RetentionRow
from catalogue.tables import RETENTION, Row
from tests.unit.catalogue.conftest import empty_catalogue

START = date(2026, 1, 1)
SPAN = 40

File = tuple[tuple[int | None, int | None, str], ...]
"""Rows of one entry: first and last day as numbers from START, and the content."""


@st.composite
def files(draw: st.DrawFn) -> File:
    """Rows of one entry whose days do not overlap, each with a content."""
    cuts = sorted(draw(st.sets(st.integers(-10, SPAN), max_size=5)))
    bounds: list[int | None] = [None, *cuts, None]
    rows = []
    for first, following in pairwise(bounds):
        if draw(st.booleans()):
            last = None if following is None else following - 1
            rows.append((first, last, draw(st.sampled_from("123"))))
    return tuple(rows)


def _day(number: int | None) -> str:
    return "" if number is None else (START + timedelta(days=number)).isoformat()


def _rows(file: File) -> list[Row]:
    return [
        Row(
            "retention",
            line,
            {
                "code": "01",
                "name": "Tên",
                "years": content,
                "note": "",
                "valid_from": _day(first),
                "valid_to": _day(last),
                "source": "",
                "certainty": "READ",
            },
        )
        for line, (first, last, content) in enumerate(file, 2)
    ]


def _said(file: File, day: int) -> list[str]:
    """What the file says of a day."""
    return [
        content
        for first, last, content in file
        if (first is None or first <= day) and (last is None or day <= last)
    ]


def _held(*days: int) -> list[list[str]]:
    """What the database says of each day."""
    rows = list(RetentionRow.objects.all())
    return [
        [
            row.years
            for row in rows
            if row.valid_from <= on and (row.valid_to is None or on <= row.valid_to)
        ]
        for on in (START + timedelta(days=day) for day in days)
    ]


class LoadsInAnyOrder(TestCase):
    """Hypothesis and Django's transactions go together in a class of this sort only."""

    @classmethod
    def setUpTestData(cls) -> None:
        empty_catalogue()

    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.tuples(files(), st.integers(0, 5)), min_size=1, max_size=5))
    def test_the_newest_file_rules_from_its_day_on(self, loads: list[tuple[File, int]]) -> None:
        """From the day of the load the answers are the file's; never two for one day."""
        day = 0
        for file, wait in loads:
            day += wait
            on = START + timedelta(days=day)
            count = RetentionRow.objects.count()
            TableLoad(RETENTION, RetentionRow, on).run(_rows(file))
            assert RetentionRow.objects.count() >= count
            to_come = range(day, SPAN + 3)
            assert _held(*to_come) == [_said(file, asked) for asked in to_come]
            assert max(len(held) for held in _held(*range(-12, day))) <= 1
            for again in (on, on + timedelta(days=1)):
                counts = TableLoad(RETENTION, RetentionRow, again).run(_rows(file))
                assert counts.touched == 0


@pytest.mark.django_db
def test_yesterday_is_not_rewritten_by_an_edit() -> None:
    """What a paper's day answered before the edit it answers after it."""
    TableLoad(RETENTION, RetentionRow, START).run(_rows(((None, None, "1"),)))
    later = START + timedelta(days=10)
    TableLoad(RETENTION, RetentionRow, later).run(_rows(((None, None, "2"),)))
    assert _held(-5, 9, 10, 30) == [["1"], ["1"], ["2"], ["2"]]

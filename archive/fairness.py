"""Whose turn it is: units that have due runs are served one after the other, a run each.

What it costs depends on how many units have something due, not on how much: the units are found
by skipping through the index that claims use, one probe a unit.
"""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection

from archive.lanes import Lane
from archive.models import UnitTurn


class Line(NamedTuple):
    """Due runs of one unit in one lane."""

    lane: str
    unit: str


_DUE = "run.state = 'ready' AND run.not_before IS NULL"
"""The condition of the index `claim_order`, word by word, or it is not used."""
_LINES = f"""
WITH RECURSIVE asked(lane) AS (VALUES {{lanes}}),
line(lane, unit) AS (
  SELECT asked.lane, (SELECT MIN(run.unit) FROM archive_stagerun run
                      WHERE {_DUE} AND run.lane = asked.lane)
  FROM asked
  UNION ALL
  SELECT line.lane, (SELECT MIN(run.unit) FROM archive_stagerun run
                     WHERE {_DUE} AND run.lane = line.lane AND run.unit > line.unit)
  FROM line WHERE line.unit IS NOT NULL
)
SELECT line.lane, line.unit, turn.at
FROM line LEFT JOIN archive_unitturn turn ON turn.lane = line.lane AND turn.unit = line.unit
WHERE line.unit IS NOT NULL
"""  # noqa: S608  no value of anybody's
_LONG_AGO = dt.datetime.min.replace(tzinfo=dt.UTC)


def lines_due(lanes: Sequence[Lane]) -> list[Line]:
    """Lines with due runs: lanes in the order given, in each the unit served longest ago first."""
    values = ", ".join(["(%s)"] * len(lanes))
    with connection.cursor() as cursor:
        cursor.execute(_LINES.format(lanes=values), [lane.value for lane in lanes])
        found = cursor.fetchall()
    place = {lane.value: at for at, lane in enumerate(lanes)}
    found.sort(key=lambda row: (place[row[0]], _moment(row[2]), row[1]))
    return [Line(lane, unit) for lane, unit, _ in found]


def _moment(at: dt.datetime | str | None) -> dt.datetime:
    """SQLite gives text."""
    if isinstance(at, str):
        at = dt.datetime.fromisoformat(at).replace(tzinfo=dt.UTC)
    return at or _LONG_AGO


def note_turn(line: Line, others: Sequence[Line], now: dt.datetime) -> None:
    """Remember that a unit was served, where others of its lane wait: alone it has no turn."""
    if any(other.lane == line.lane and other != line for other in others):
        UnitTurn.objects.bulk_create(
            [UnitTurn(lane=line.lane, unit=line.unit, at=now)],
            update_conflicts=True,
            unique_fields=["lane", "unit"],
            update_fields=["at"],
        )

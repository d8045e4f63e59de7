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
SELECT lane, unit FROM line WHERE unit IS NOT NULL
"""  # noqa: S608  no value of anybody's
_LONG_AGO = dt.datetime.min.replace(tzinfo=dt.UTC)


def lines_due(lanes: Sequence[Lane]) -> list[Line]:
    """Lines with due runs: lanes in the order given, in each the unit served longest ago first."""
    values = ", ".join(["(%s)"] * len(lanes))
    with connection.cursor() as cursor:
        cursor.execute(_LINES.format(lanes=values), [lane.value for lane in lanes])
        lines = [Line(*row) for row in cursor.fetchall()]
    place = {lane.value: at for at, lane in enumerate(lanes)}
    served = _turns(lines)
    return sorted(
        lines, key=lambda line: (place[line.lane], served.get(line, _LONG_AGO), line.unit)
    )


def _turns(lines: Sequence[Line]) -> dict[Line, dt.datetime]:
    """When each was served last; nothing is asked where no lane has more than one unit."""
    if len({line.lane for line in lines}) == len(lines):
        return {}
    turns = UnitTurn.objects.filter(lane__in={line.lane for line in lines})
    return {Line(turn.lane, turn.unit): turn.at for turn in turns}


def note_turn(line: Line, others: Sequence[Line], now: dt.datetime) -> None:
    """Remember that a unit was served, where others of its lane wait: alone it has no turn."""
    if any(other.lane == line.lane and other != line for other in others):
        UnitTurn.objects.bulk_create(
            [UnitTurn(lane=line.lane, unit=line.unit, at=now)],
            update_conflicts=True,
            unique_fields=["lane", "unit"],
            update_fields=["at"],
        )

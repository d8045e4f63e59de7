"""How one file becomes versions in the database. Called by `services.load_catalogue` alone.

A row of a file is known by its entry and the first day that it states (`stated_from`), which an
edit does not change; each edit opens a later version of it. Of any entry at most one version
holds on a day: what the file says goes before what earlier files said.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from catalogue.models import DatedRow
from catalogue.tables import Row, Table

_DAYS = frozenset({"valid_from", "valid_to"})
_REMARKS = frozenset({"source", "certainty", "note"})
"""Columns whose change says nothing new of the world: the version is amended where it stands."""
_BATCH = 500
_ONE_DAY = timedelta(days=1)


@dataclass(slots=True)
class TableCounts:
    """What a load did to one table, in versions."""

    added: int = 0
    """Rows that were not known, or that hold again."""
    changed: int = 0
    """Versions closed the day before and opened anew with other content."""
    closed: int = 0
    """Versions that the file no longer has."""
    amended: int = 0
    """Versions corrected where they stand: remarks, last day, or history."""
    unchanged: int = 0

    @property
    def touched(self) -> int:
        """How many versions the load wrote."""
        return self.added + self.changed + self.closed + self.amended


@dataclass(slots=True)
class _Entry:
    """The versions of one entry during a load."""

    versions: list[DatedRow] = field(default_factory=list)
    backed: list[DatedRow] = field(default_factory=list)
    """The newest version of each row that the file has."""

    def newest(self, stated_from: date) -> DatedRow | None:
        """The newest version of the row that states this first day."""
        own = [version for version in self.versions if version.stated_from == stated_from]
        return max(own, key=lambda version: version.valid_from, default=None)

    def beginning(self, first: date) -> DatedRow | None:
        """The version that begins on this day, of whatever row."""
        return next((version for version in self.versions if version.valid_from == first), None)

    def clipped(self, version: DatedRow, last: date | None) -> date | None:
        """`last`, or the day before the file's own versions begin to hold, whichever is first."""
        ends = [] if last is None else [last]
        for own in self.backed:
            if _is_empty(own):
                continue
            if own.valid_from > version.valid_from:
                ends.append(own.valid_from - _ONE_DAY)
            elif own.valid_to is None or own.valid_to >= version.valid_from:
                ends.append(version.valid_from - _ONE_DAY)
        return min(ends, default=None)


class TableLoad:
    """One table on its way into the database."""

    def __init__(self, table: Table, model: type[DatedRow], on: date) -> None:
        self._table = table
        self._model = model
        self._on = on
        self._created: dict[int, DatedRow] = {}
        """By line, for versions to stand in the order of the file."""
        self._updated: dict[int, DatedRow] = {}
        self.counts = TableCounts()

    def run(self, rows: Iterable[Row]) -> TableCounts:
        """Write what differs and count it."""
        entries: dict[tuple[str, ...], _Entry] = {}
        for version in self._model.objects.all():
            key = tuple(str(getattr(version, column)) for column in self._table.key)
            entries.setdefault(key, _Entry()).versions.append(version)
        # Later rows first: one that begins today takes a version opened earlier today.
        for row in sorted(rows, key=_first_day, reverse=True):
            entry = entries.setdefault(self._table.key_of(row.cells), _Entry())
            entry.backed.append(self._load_row(entry, row))
        for entry in entries.values():
            self._settle(entry)
        self._write_all()
        return self.counts

    def _load_row(self, entry: _Entry, row: Row) -> DatedRow:
        """Add, leave, amend, or close and open anew; the version that now speaks for the row."""
        known, counts = entry.newest(_first_day(row)), self.counts
        if known is None:
            counts.added += 1
            return self._open(entry, row, _first_day(row))
        last, is_same = row.day("valid_to"), known.stated_to == row.day("valid_to")
        differing = _differing(known, row)
        if not differing and is_same and known.valid_to == known.stated_to:
            counts.unchanged += 1
            return known
        has_begun = known.valid_from < self._on
        if has_begun and _is_past(known.valid_to, self._on) and not _is_past(last, self._on):
            counts.added += 1
            return self._open(entry, row, self._on)
        if differing <= _REMARKS or not has_begun or _is_past(last, self._on):
            counts.amended += 1
            return self._amend(known, row)
        counts.changed += 1
        self._end(known, self._on - _ONE_DAY)
        return self._open(entry, row, self._on)

    def _settle(self, entry: _Entry) -> None:
        """End what the file no longer has, and give the file's versions the days they claim."""
        rows = {version.stated_from for version in entry.backed}
        for version in entry.versions:
            if any(version is own for own in entry.backed):
                continue
            is_removed = version.stated_from not in rows
            yesterday = self._on - _ONE_DAY
            last = version.valid_to
            if is_removed and not _is_past(last, self._on):
                last = yesterday
            last = entry.clipped(version, last)
            if last != version.valid_to and not (_is_empty(version) and _is_before(last, version)):
                self._end(version, last)
                self.counts.closed += is_removed
                self.counts.amended += not is_removed

    def _open(self, entry: _Entry, row: Row, first: date) -> DatedRow:
        there = entry.beginning(first)
        if there is not None:
            there.stated_from = _first_day(row)
            return self._amend(there, row)
        version = self._model(valid_from=first, stated_from=_first_day(row))
        self._fill(version, row)
        self._created[row.line] = version
        entry.versions.append(version)
        return version

    def _amend(self, version: DatedRow, row: Row) -> DatedRow:
        self._fill(version, row)
        self._updated[version.pk] = version
        return version

    def _end(self, version: DatedRow, last: date | None) -> None:
        version.valid_to = last
        self._updated[version.pk] = version

    def _fill(self, version: DatedRow, row: Row) -> None:
        for column, cell in row.cells.items():
            if column not in _DAYS:
                setattr(version, column, cell)
        version.valid_to = version.stated_to = row.day("valid_to")

    def _write_all(self) -> None:
        columns = {*self._table.columns, "stated_from", "stated_to"} - set(self._table.key)
        created = [self._created[line] for line in sorted(self._created)]
        self._model.objects.bulk_create(created, batch_size=_BATCH)
        self._model.objects.bulk_update(self._updated.values(), sorted(columns), batch_size=_BATCH)


def _differing(known: DatedRow, row: Row) -> set[str]:
    return {
        column
        for column, cell in row.cells.items()
        if column not in _DAYS and getattr(known, column) != cell
    }


def _first_day(row: Row) -> date:
    return row.day("valid_from") or date.min


def _is_past(last: date | None, on: date) -> bool:
    return last is not None and last < on


def _is_empty(version: DatedRow) -> bool:
    """Whether it holds on no day: opened and taken back on the same day."""
    return _is_before(version.valid_to, version)


def _is_before(last: date | None, version: DatedRow) -> bool:
    return last is not None and last < version.valid_from

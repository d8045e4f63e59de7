"""Loading the reference data into the database, and asking it what held on a day."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate

from catalogue.errors import CatalogueNotLoadedError, UnknownProcedureError
from catalogue.limits import CACHED_DAYS
from catalogue.models import (
    AgencyRow,
    CatalogueState,
    CommuneRow,
    ComponentRow,
    DatedRow,
    KindRow,
    ProcedureRow,
    ProvinceRow,
    RetentionRow,
)
from catalogue.reference import holding, newest, procedures_of
from catalogue.tables import (
    AGENCIES,
    COMMUNES,
    COMPONENTS,
    KINDS,
    PROCEDURES,
    PROVINCES,
    RETENTION,
    TABLES,
    Cells,
    Row,
    Table,
    build_agency,
    build_commune,
    build_kind,
    build_province,
    build_retention,
    check_links,
    digest_of,
    read_rows,
)
from catalogue.types import Agency, Catalogue, Commune, KindEntry, Procedure

_MODELS: dict[str, type[DatedRow]] = {
    KINDS.name: KindRow,
    PROCEDURES.name: ProcedureRow,
    COMPONENTS.name: ComponentRow,
    PROVINCES.name: ProvinceRow,
    COMMUNES.name: CommuneRow,
    AGENCIES.name: AgencyRow,
    RETENTION.name: RetentionRow,
}
_DAYS = frozenset({"valid_from", "valid_to"})
_REMARKS = frozenset({"source", "certainty", "note"})
"""Columns whose change says nothing new of the world: the version is amended where it stands."""
_BATCH = 500


@dataclass(slots=True)
class TableCounts:
    """What a load did to one table, in versions."""

    added: int = 0
    """Entries or stated versions that were not known."""
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


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load did."""

    version: str
    """Names the content loaded."""
    tables: dict[str, TableCounts] = field(default_factory=dict)

    @property
    def is_unchanged(self) -> bool:
        """Whether nothing was written."""
        return not any(counts.touched for counts in self.tables.values())


def load_catalogue(*, on: date | None = None, folder: Path | None = None) -> LoadReport:
    """Bring the database to the packaged files, those in `folder` going before ours.

    All or nothing. A second load of the same files changes nothing. A row whose content changed
    closes its version on the day before `on` (today) and opens a new one; what the files no
    longer have is closed the same way, and no version is ever deleted.

    Raises:
        CatalogueFileError: a file cannot be used; nothing was written.

    """
    rows = {table.name: read_rows(table, folder) for table in TABLES}
    check_links(rows)
    report = LoadReport(digest_of(folder))
    on = on or localdate()
    with transaction.atomic():
        for table in TABLES:
            report.tables[table.name] = _load_table(table, rows[table.name], on)
        state = CatalogueState.objects.first() or CatalogueState()
        if state.version != report.version or not report.is_unchanged:
            state.version = report.version
            state.revision += 1
            state.save()
    return report


class _Stated(NamedTuple):
    """What names one row of a file: the entry and the first day it states."""

    key: tuple[str, ...]
    first: date


def _load_table(table: Table, rows: tuple[Row, ...], on: date) -> TableCounts:
    model = _MODELS[table.name]
    counts = TableCounts()
    newest_of: dict[_Stated, DatedRow] = {}
    for version in model.objects.order_by("valid_from"):
        key = tuple(str(getattr(version, column)) for column in table.key)
        newest_of[_Stated(key, version.stated_from)] = version
    created: list[DatedRow] = []
    updated: list[DatedRow] = []
    starts: dict[tuple[str, ...], list[date]] = {}
    for row in rows:
        stated = _Stated(table.key_of(row.cells), _first_day(row))
        starts.setdefault(stated.key, []).append(stated.first)
        known = newest_of.pop(stated, None)
        _load_row(_Change(table, row, on, created, updated), known, counts)
    for stated, version in newest_of.items():
        if _close(version, on, starts.get(stated.key, ())):
            updated.append(version)
            counts.closed += 1
    columns = {*table.columns, "stated_from", "stated_to"} - set(table.key)
    model.objects.bulk_create(created, batch_size=_BATCH)
    model.objects.bulk_update(updated, sorted(columns), batch_size=_BATCH)
    return counts


@dataclass(frozen=True, slots=True)
class _Change:
    """One row of a file on its way into the database."""

    table: Table
    row: Row
    on: date
    created: list[DatedRow]
    updated: list[DatedRow]

    def open(self, first: date) -> None:
        """A new version from that day."""
        version = _MODELS[self.table.name](valid_from=first, stated_from=_first_day(self.row))
        self._write(version)
        self.created.append(version)

    def amend(self, version: DatedRow) -> None:
        """The row's content in a version that stands already."""
        self._write(version)
        self.updated.append(version)

    def _write(self, version: DatedRow) -> None:
        for column, cell in self.row.cells.items():
            if column not in _DAYS:
                setattr(version, column, cell)
        version.valid_to = version.stated_to = self.row.day("valid_to")


def _load_row(change: _Change, known: DatedRow | None, counts: TableCounts) -> None:
    """Add, leave, amend, or close and open anew."""
    row, on = change.row, change.on
    if known is None:
        change.open(_first_day(row))
        counts.added += 1
        return
    differing = {
        column
        for column, cell in row.cells.items()
        if column not in _DAYS and getattr(known, column) != cell
    }
    was_closed_by_load = known.valid_to != known.stated_to
    if not differing and not was_closed_by_load and known.stated_to == row.day("valid_to"):
        counts.unchanged += 1
    elif was_closed_by_load and known.valid_to is not None and known.valid_to < on:
        change.open(on)
        counts.added += 1
    elif differing <= _REMARKS or _is_history(known, row, on):
        change.amend(known)
        counts.amended += 1
    else:
        known.valid_to = on - timedelta(days=1)
        change.updated.append(known)
        change.open(on)
        counts.changed += 1


def _is_history(known: DatedRow, row: Row, on: date) -> bool:
    """Whether a new version from `on` would make no sense: the row is past, or begins now."""
    last = row.day("valid_to")
    return known.valid_from >= on or (last is not None and last < on)


def _close(version: DatedRow, on: date, starts: "tuple[date, ...] | list[date]") -> bool:
    """End a version that the file no longer has; False when it had ended already.

    It ends the day before the load, or before the entry's next version of the file begins.
    """
    following = [start for start in starts if start > version.valid_from]
    last = min([on, *following]) - timedelta(days=1)
    if version.valid_to is not None and version.valid_to <= last:
        return False
    version.valid_to = last
    return True


def _first_day(row: Row) -> date:
    return row.day("valid_from") or date.min


class _Stamp(NamedTuple):
    """What the database held when a process read it."""

    version: str
    revision: int
    loaded_at: datetime


def _stamp() -> _Stamp:
    state = CatalogueState.objects.first()
    if state is None:
        raise CatalogueNotLoadedError
    return _Stamp(state.version, state.revision, state.loaded_at)


def kinds_on(on: date | None) -> tuple[KindEntry, ...]:
    """The kinds of a day; the newest version of each when `on` is None.

    This and its siblings cost one small query, and one more where this process has not yet asked
    for the day since the last load.

    Raises:
        CatalogueNotLoadedError: nothing was loaded yet.

    """
    return _kinds(_stamp(), on)


def kind_on(code: str, on: date | None) -> KindEntry | None:
    """The kind of this code on a day; None when it is unknown then.

    Raises:
        CatalogueNotLoadedError: nothing was loaded yet.

    """
    return next((kind for kind in kinds_on(on) if kind.code == code), None)


def procedures_on(on: date | None) -> tuple[Procedure, ...]:
    """The procedures of a day with their components.

    Raises:
        CatalogueNotLoadedError: nothing was loaded yet.

    """
    return _procedures(_stamp(), on)


def procedure_on(code: str, on: date | None) -> Procedure:
    """The procedure of this code on a day.

    Raises:
        CatalogueNotLoadedError: nothing was loaded yet.
        UnknownProcedureError: none of this code holds on the day.

    """
    for procedure in procedures_on(on):
        if procedure.code == code:
            return procedure
    raise UnknownProcedureError(detail=code[:40])


def issuers_on(on: date | None) -> tuple[Agency, ...]:
    """The bodies of a day; those of every time when `on` is None.

    Raises:
        CatalogueNotLoadedError: nothing was loaded yet.

    """
    return catalogue_on(on).issuers


def catalogue_on(on: date | None) -> Catalogue:
    """The whole catalogue of a day, as `catalogue.reference.load_reference` gives it.

    Raises:
        CatalogueNotLoadedError: nothing was loaded yet.

    """
    return _catalogue(_stamp(), on)


def current_catalogue() -> Catalogue:
    """What reading and filing need today: kinds, procedures and retention of today, places and
    bodies of every time, for a paper names the body of its own day.

    Raises:
        CatalogueNotLoadedError: nothing was loaded yet.

    """
    return _current(_stamp(), localdate())


def commune_on(code: str, on: date) -> Commune | None:
    """The commune of this code on a day, from the database directly; None when there is none."""
    row = CommuneRow.objects.filter(_holding(on), code=code).first()
    return build_commune(_row(COMMUNES, row)) if row is not None else None


@lru_cache(maxsize=CACHED_DAYS)
def _kinds(_stamp: _Stamp, on: date | None) -> tuple[KindEntry, ...]:
    return newest(map(build_kind, _rows(KINDS, on)), on)


@lru_cache(maxsize=CACHED_DAYS)
def _procedures(_stamp: _Stamp, on: date | None) -> tuple[Procedure, ...]:
    return newest(procedures_of(_rows(PROCEDURES, on), _rows(COMPONENTS, on), on), on)


@lru_cache(maxsize=CACHED_DAYS)
def _catalogue(stamp: _Stamp, on: date | None) -> Catalogue:
    return Catalogue(
        on=on,
        version=stamp.version,
        kinds=_kinds(stamp, on),
        procedures=_procedures(stamp, on),
        issuers=holding(map(build_agency, _rows(AGENCIES, on)), on),
        provinces=holding(map(build_province, _rows(PROVINCES, on)), on),
        retention=newest(map(build_retention, _rows(RETENTION, on)), on),
    )


@lru_cache(maxsize=2)
def _current(stamp: _Stamp, today: date) -> Catalogue:
    ever = _catalogue(stamp, None)
    return replace(_catalogue(stamp, today), issuers=ever.issuers, provinces=ever.provinces)


def _holding(on: date | None) -> Q:
    if on is None:
        return Q()
    return Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gte=on))


def _rows(table: Table, on: date | None) -> tuple[Row, ...]:
    versions = _MODELS[table.name].objects.filter(_holding(on)).order_by("pk")
    return tuple(_row(table, version) for version in versions)


def _row(table: Table, version: DatedRow) -> Row:
    cells: Cells = {
        column: getattr(version, column) for column in table.columns if column not in _DAYS
    }
    first = "" if version.valid_from == date.min else version.valid_from.isoformat()
    last = version.valid_to.isoformat() if version.valid_to else ""
    return Row(table.name, 0, {**cells, "valid_from": first, "valid_to": last})

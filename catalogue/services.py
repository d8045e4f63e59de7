"""Loading the reference data into the database, and asking it what held on a day."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate

from catalogue.errors import CatalogueNotLoadedError
from catalogue.limits import CACHED_DAYS
from catalogue.loading import TableCounts, TableLoad
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
    with transaction.atomic():  # noqa: TID251  under the archive; callers are alone at it
        for table in TABLES:
            load = TableLoad(table, _MODELS[table.name], on)
            report.tables[table.name] = load.run(rows[table.name])
        state = CatalogueState.objects.first() or CatalogueState()
        is_own = folder is not None
        is_same = (state.version, state.is_own) == (report.version, is_own)
        if not is_same or not report.is_unchanged:
            state.version, state.is_own = report.version, is_own
            state.revision += 1
            state.save()
    return report


def renew_catalogue(*, on: date) -> None:
    """Bring what came with the software up to date; an agency's own catalogue stays as it is.

    Else each upgrade would close the kinds that the agency added, with all that is read by them.
    """
    if not CatalogueState.objects.filter(is_own=True).exists():
        load_catalogue(on=on)


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

"""The packaged reference data as values, without a database."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from catalogue.limits import CACHED_DAYS
from catalogue.tables import (
    AGENCIES,
    COMMUNES,
    COMPONENTS,
    KINDS,
    PROCEDURES,
    PROVINCES,
    RETENTION,
    Row,
    build_agency,
    build_commune,
    build_component,
    build_kind,
    build_procedure,
    build_province,
    build_retention,
    digest_of,
    read_rows,
)
from catalogue.types import Catalogue, Commune, Component, Dated, Procedure, holds_on

T = TypeVar("T", bound=Dated)


@lru_cache(maxsize=CACHED_DAYS)
def load_reference(on: date | None = None, folder: Path | None = None) -> Catalogue:
    """The catalogue of a day, or of every day when `on` is None.

    Read from the packaged files; a file of the same name in `folder` goes before ours. Communes
    are left to `load_communes`: there are 13,000 of them and reading a paper needs none.

    Raises:
        CatalogueFileError: a file in `folder` cannot be used.

    """
    return Catalogue(
        on=on,
        version=digest_of(folder),
        kinds=newest(map(build_kind, read_rows(KINDS, folder)), on),
        procedures=newest(
            procedures_of(read_rows(PROCEDURES, folder), read_rows(COMPONENTS, folder), on), on
        ),
        issuers=holding(map(build_agency, read_rows(AGENCIES, folder)), on),
        provinces=holding(map(build_province, read_rows(PROVINCES, folder)), on),
        retention=newest(map(build_retention, read_rows(RETENTION, folder)), on),
    )


@lru_cache(maxsize=2)
def load_communes(on: date | None = None, folder: Path | None = None) -> tuple[Commune, ...]:
    """The communes of a day, or of every day when `on` is None.

    Raises:
        CatalogueFileError: the file in `folder` cannot be used.

    """
    return holding(map(build_commune, read_rows(COMMUNES, folder)), on)


def procedures_of(
    procedures: Iterable[Row], components: Iterable[Row], on: date | None
) -> tuple[Procedure, ...]:
    """Procedures with the components that hold on the day, or on the procedure's newest day."""
    parts = [build_component(row) for row in components]
    return tuple(_with_components(build_procedure(row), parts, on) for row in procedures)


def _with_components(procedure: Procedure, parts: list[Component], on: date | None) -> Procedure:
    day = on or procedure.valid_to or date.max
    own = [part for part in parts if part.procedure == procedure.code and holds_on(part, day)]
    return replace(procedure, components=tuple(sorted(own, key=lambda part: part.ordinal)))


def holding(entries: Iterable[T], on: date | None) -> tuple[T, ...]:
    """The versions that hold on the day; all when there is no day."""
    return tuple(entry for entry in entries if on is None or holds_on(entry, on))


def newest(entries: Iterable[T], on: date | None) -> tuple[T, ...]:
    """The versions that hold on the day; the newest of each code when there is no day."""
    chosen: dict[str, T] = {}
    for entry in holding(entries, on):
        known = chosen.get(entry.code)
        if known is None or _start(known) < _start(entry):
            chosen[entry.code] = entry
    return tuple(chosen.values())


def _start(entry: Dated) -> date:
    return entry.valid_from or date.min

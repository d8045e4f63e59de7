"""Reading reference files: a CSV table in, rows of checked text out, and values from rows.

The same rows stand in the files and in the database, so one set of builders serves both.
"""

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import TypeVar
from unicodedata import normalize

from catalogue.errors import CatalogueFileError
from catalogue.limits import MAX_CELL_CHARS, MAX_CODE_CHARS, MAX_FILE_BYTES, MAX_ROWS
from catalogue.types import (
    Agency,
    Certainty,
    Commune,
    Component,
    FieldWords,
    KindEntry,
    PaperForm,
    Procedure,
    Protection,
    Province,
    Retention,
    Validity,
    ValidityRule,
)

Cells = Mapping[str, str]
"""One row: column name to text."""
E_ = TypeVar("E_", bound=StrEnum)

_DATED = ("valid_from", "valid_to", "source", "certainty")
_PROCEDURE_CODE = re.compile(r"\d\.\d{6}(\.[0-9A-Za-z.]+)?")


@dataclass(frozen=True, slots=True)
class Row:
    """One row with typed access; a wrong cell is an error that says where it stands."""

    table: str
    line: int
    """1-based line in the file, 0 when the row comes from elsewhere."""
    cells: Cells

    def wrong(self, column: str, why: str) -> CatalogueFileError:
        """The error that says which cell is wrong and why."""
        return CatalogueFileError(
            f"Tệp {self.table}.csv, dòng {self.line}, cột {column}: {why} Hãy sửa rồi nạp lại.",
        )

    def text(self, column: str) -> str:
        """The cell, possibly empty."""
        return self.cells[column]

    def name(self, column: str) -> str:
        """The cell, which may not be empty."""
        if not self.cells[column]:
            raise self.wrong(column, "không được để trống.")
        return self.cells[column]

    def many(self, column: str) -> tuple[str, ...]:
        """Values separated by "|"."""
        return tuple(part for part in self.cells[column].split("|") if part)

    def flag(self, column: str) -> bool:
        """Yes or no."""
        if self.cells[column] not in {"yes", "no"}:
            raise self.wrong(column, "chỉ nhận yes hoặc no.")
        return self.cells[column] == "yes"

    def whole(self, column: str) -> int | None:
        """A whole number, None when empty."""
        cell = self.cells[column]
        if cell and not (cell.isascii() and cell.isdigit()):
            raise self.wrong(column, "phải là số nguyên.")
        return int(cell) if cell else None

    def day(self, column: str) -> date | None:
        """A day as YYYY-MM-DD, None when empty."""
        cell = self.cells[column]
        try:
            return date.fromisoformat(cell) if cell else None
        except ValueError as error:
            raise self.wrong(column, "ngày phải viết dạng 2025-07-01.") from error

    def one_of(self, column: str, kind: type[E_]) -> E_:
        """A member of an enumeration."""
        return self._member(column, self.cells[column], kind)

    def some_of(self, column: str, kind: type[E_]) -> tuple[E_, ...]:
        """Members of an enumeration separated by "|"."""
        return tuple(self._member(column, part, kind) for part in self.many(column))

    def _member(self, column: str, cell: str, kind: type[E_]) -> E_:
        try:
            return kind(cell)
        except ValueError as error:
            allowed = ", ".join(member.value for member in kind)
            raise self.wrong(column, f"chỉ nhận {allowed}.") from error


@dataclass(frozen=True, slots=True)
class Table:
    """One file of the catalogue."""

    name: str
    columns: tuple[str, ...]
    check: Callable[[Row], object]
    """Builds the value, and so checks the row."""
    key: tuple[str, ...] = ("code",)
    """Columns that name an entry through its versions."""

    def key_of(self, cells: Cells) -> tuple[str, ...]:
        """What names the entry of this row."""
        return tuple(cells[column] for column in self.key)


def build_validity(row: Row, column: str = "validity") -> Validity:
    """A rule as written: unlimited, dated, once, months:6, until:2024-12-31."""
    rule, _, argument = row.text(column).partition(":")
    try:
        kind = ValidityRule(rule)
        months = int(argument) if kind is ValidityRule.MONTHS else None
        until = date.fromisoformat(argument) if kind is ValidityRule.UNTIL else None
    except ValueError as error:
        why = "chỉ nhận unlimited, dated, once, months:6, until:2024-12-31."
        raise row.wrong(column, why) from error
    if (months is not None and months < 1) or (argument and months is None and until is None):
        raise row.wrong(column, "số tháng phải từ 1 trở lên; các quy tắc khác không có số.")
    return Validity(kind, months, until)


FIELD_SORTS = ("text", "date", "number", "code", "person", "id")
"""What the value of an own field may be."""
_OWN_FIELD = re.compile(r"([a-z][a-z0-9_]{1,59})(?::([a-z]+))?(?:=(.+))?")


def build_own_field(row: Row, written: str) -> FieldWords:
    """One own field as written: name, name=label/label, name:sort=label/label."""
    match = _OWN_FIELD.fullmatch(written.strip())
    sort = (match[2] or "") if match else ""
    if match is None or (sort and sort not in FIELD_SORTS):
        why = f"viết ten_truong hoặc ten_truong:kieu=Nhãn/Nhãn khác; kiểu: {', '.join(FIELD_SORTS)}"
        raise row.wrong("own_fields", f"{why}.")
    labels = tuple(label.strip() for label in (match[3] or "").split("/") if label.strip())
    return FieldWords(match[1], labels, sort)


def build_kind(row: Row) -> KindEntry:
    """A kind from its row."""
    own = [build_own_field(row, written) for written in row.many("own_fields")]
    return KindEntry(
        code=row.name("code"),
        name=row.name("name"),
        form=row.name("form"),
        abbreviation=row.text("abbreviation"),
        group=row.name("group"),
        titles=row.many("titles"),
        own_fields=tuple(field.name for field in own),
        described=tuple(field for field in own if field.labels),
        tt05_type=row.text("tt05_type"),
        qcvn_type=row.text("qcvn_type"),
        national_code=row.text("national_code"),
        protection=row.one_of("protection", Protection),
        retention=row.name("retention"),
        required_fields=row.many("required_fields"),
        validity=build_validity(row),
        is_single=row.flag("single"),
        note=row.text("note"),
        valid_from=row.day("valid_from"),
        valid_to=row.day("valid_to"),
        source=row.text("source"),
        certainty=row.one_of("certainty", Certainty),
    )


def build_component(row: Row) -> Component:
    """A component from its row."""
    return Component(
        procedure=row.name("procedure"),
        code=row.name("code"),
        name=row.name("name"),
        ordinal=row.whole("ordinal") or 0,
        is_required=row.flag("required"),
        kinds=row.many("kinds"),
        substitutes=row.many("substitutes"),
        forms=row.some_of("forms", PaperForm),
        valid_from=row.day("valid_from"),
        valid_to=row.day("valid_to"),
        source=row.text("source"),
        certainty=row.one_of("certainty", Certainty),
    )


def build_procedure(row: Row) -> Procedure:
    """A procedure from its row, as yet without its components."""
    if not _PROCEDURE_CODE.fullmatch(row.name("code")):
        raise row.wrong("code", "mã thủ tục có dạng 1.001193.")
    return Procedure(
        code=row.name("code"),
        name=row.name("name"),
        sector=row.text("sector"),
        level=row.text("level"),
        results=row.many("results"),
        components=(),
        note=row.text("note"),
        valid_from=row.day("valid_from"),
        valid_to=row.day("valid_to"),
        source=row.text("source"),
        certainty=row.one_of("certainty", Certainty),
    )


def build_province(row: Row) -> Province:
    """A province from its row."""
    return Province(
        code=row.name("code"),
        name=row.name("name"),
        short_name=row.name("short_name"),
        level=row.text("level"),
        successors=row.many("successors"),
        note=row.text("note"),
        valid_from=row.day("valid_from"),
        valid_to=row.day("valid_to"),
        source=row.text("source"),
        certainty=row.one_of("certainty", Certainty),
    )


def build_commune(row: Row) -> Commune:
    """A commune from its row."""
    return Commune(
        code=row.name("code"),
        name=row.name("name"),
        level=row.text("level"),
        province=row.name("province"),
        district=row.text("district"),
        successors=row.many("successors"),
        main_successor=row.text("main_successor"),
        valid_from=row.day("valid_from"),
        valid_to=row.day("valid_to"),
        source=row.text("source"),
        certainty=row.one_of("certainty", Certainty),
    )


def build_agency(row: Row) -> Agency:
    """A body from its row."""
    return Agency(
        code=row.name("code"),
        name=row.name("name"),
        level=row.text("level"),
        abbreviation=row.text("abbreviation"),
        province=row.text("province"),
        parent=row.text("parent"),
        successors=row.many("successors"),
        note=row.text("note"),
        valid_from=row.day("valid_from"),
        valid_to=row.day("valid_to"),
        source=row.text("source"),
        certainty=row.one_of("certainty", Certainty),
    )


def build_retention(row: Row) -> Retention:
    """A term of keeping from its row."""
    return Retention(
        code=row.name("code"),
        name=row.name("name"),
        years=row.whole("years"),
        note=row.text("note"),
        valid_from=row.day("valid_from"),
        valid_to=row.day("valid_to"),
        source=row.text("source"),
        certainty=row.one_of("certainty", Certainty),
    )


KINDS = Table(
    "kinds",
    (
        *("code", "name", "form", "abbreviation", "group", "titles", "tt05_type", "qcvn_type"),
        *("national_code", "protection", "retention", "required_fields", "own_fields"),
        *("validity", "single", "note", *_DATED),
    ),
    build_kind,
)
PROCEDURES = Table(
    "procedures",
    ("code", "name", "sector", "level", "results", "note", *_DATED),
    build_procedure,
)
COMPONENTS = Table(
    "components",
    (
        *("procedure", "code", "name", "ordinal", "required", "kinds", "substitutes", "forms"),
        *_DATED,
    ),
    build_component,
    key=("procedure", "code"),
)
PROVINCES = Table(
    "provinces",
    ("code", "name", "short_name", "level", "successors", "note", *_DATED),
    build_province,
)
COMMUNES = Table(
    "communes",
    ("code", "name", "level", "province", "district", "successors", "main_successor", *_DATED),
    build_commune,
)
AGENCIES = Table(
    "agencies",
    (
        *("code", "name", "level", "abbreviation", "province", "parent", "successors", "note"),
        *_DATED,
    ),
    build_agency,
)
RETENTION = Table("retention", ("code", "name", "years", "note", *_DATED), build_retention)

TABLES = (KINDS, PROCEDURES, COMPONENTS, PROVINCES, COMMUNES, AGENCIES, RETENTION)


def read_rows(table: Table, folder: Path | None = None) -> tuple[Row, ...]:
    """The rows of one file, checked.

    A file of the same name in `folder` goes before the packaged one.

    Raises:
        CatalogueFileError: too large, not UTF-8, wrong columns, a wrong cell, a version twice,
            or versions of one entry that overlap.

    """
    rows = tuple(_rows(table, _file_text(table, folder)))
    for row in rows:
        table.check(row)
    _check_versions(table, rows)
    return rows


def check_links(rows: Mapping[str, tuple[Row, ...]]) -> None:
    """Whether codes that one table names stand in the other; the files as a whole are at fault.

    Raises:
        CatalogueFileError: a component of no procedure, a kind or a retention code that is not
            there.

    """
    codes = {name: {row.cells["code"] for row in table} for name, table in rows.items()}
    kinds = codes[KINDS.name]
    for row in rows[KINDS.name]:
        _check_known(row, "retention", (row.text("retention"),), codes[RETENTION.name])
    for row in rows[PROCEDURES.name]:
        _check_known(row, "results", row.many("results"), kinds)
    for row in rows[COMPONENTS.name]:
        _check_known(row, "procedure", (row.text("procedure"),), codes[PROCEDURES.name])
        _check_known(row, "kinds", row.many("kinds"), kinds)
        _check_known(row, "substitutes", row.many("substitutes"), kinds)


def _check_known(row: Row, column: str, named: tuple[str, ...], known: set[str]) -> None:
    for code in named:
        if code not in known:
            raise row.wrong(column, f"không có mã {code} trong danh mục.")


def digest_of(folder: Path | None = None) -> str:
    """The name of the content of all files: the first 12 hex digits of a SHA-256."""
    digest = hashlib.sha256()
    for table in TABLES:
        digest.update(table.name.encode() + b"\0" + _file_text(table, folder).encode() + b"\0")
    return digest.hexdigest()[:12]


def _file_text(table: Table, folder: Path | None) -> str:
    name = f"{table.name}.csv"
    own = folder / name if folder is not None else None
    try:
        if own is not None and own.is_file():
            if own.stat().st_size > MAX_FILE_BYTES:
                raise CatalogueFileError(f"Tệp {name} quá lớn. Hãy chia nhỏ hoặc kiểm tra lại.")
            return own.read_text(encoding="utf-8-sig")
        return files("catalogue").joinpath("data", name).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        why = f"Tệp {name} không phải bảng mã UTF-8. Hãy lưu lại dạng CSV UTF-8."
        raise CatalogueFileError(why) from error


def _rows(table: Table, text: str) -> Iterator[Row]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        missing = set(table.columns) - set(reader.fieldnames or ())
        if missing:
            names = ", ".join(sorted(missing))
            raise CatalogueFileError(f"Tệp {table.name}.csv thiếu cột: {names}. Hãy thêm cột này.")
        for line in reader:
            yield _row(table, reader.line_num, line)
    except csv.Error as error:
        why = f"Tệp {table.name}.csv, dòng {reader.line_num}: không đọc được. Hãy sửa rồi nạp lại."
        raise CatalogueFileError(why, detail=str(error)) from error


def _row(table: Table, number: int, line: Mapping[str, str | None]) -> Row:
    cells = {column: normalize("NFC", (line[column] or "").strip()) for column in table.columns}
    row = Row(table.name, number, cells)
    if number > MAX_ROWS:
        raise row.wrong("code", f"tệp có hơn {MAX_ROWS} dòng.")
    for column, cell in cells.items():
        most = MAX_CODE_CHARS if column in table.key else MAX_CELL_CHARS
        if len(cell) > most:
            raise row.wrong(column, f"ô dài hơn {most} ký tự.")
    return row


def _check_versions(table: Table, rows: tuple[Row, ...]) -> None:
    """No two versions of one entry may hold on the same day."""
    by_key: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        by_key.setdefault(table.key_of(row.cells), []).append(row)
    for versions in by_key.values():
        versions.sort(key=lambda row: row.day("valid_from") or date.min)
        for older, newer in pairwise(versions):
            end, start = older.day("valid_to"), newer.day("valid_from")
            if end is None or start is None or start <= end:
                why = f"trùng thời gian với dòng {older.line} cùng mã."
                raise newer.wrong("valid_from", why)

"""Loading the catalogue: idempotent, dated, nothing ever deleted; asking it by the day."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogue.errors import (
    CatalogueFileError,
    CatalogueNotLoadedError,
)
from catalogue.models import CatalogueState, CommuneRow, KindRow, RetentionRow
from catalogue.reference import load_reference
from catalogue.services import (
    TableCounts,
    catalogue_on,
    commune_on,
    current_catalogue,
    issuers_on,
    kind_on,
    kinds_on,
    load_catalogue,
    procedures_on,
    renew_catalogue,
)
from catalogue.tables import COMPONENTS, KINDS, PROCEDURES, RETENTION, TABLES, read_rows
from catalogue.types import Component

DAY = date(2026, 11, 21)
LATER = date(2027, 3, 1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A province's own files: one kind, one procedure, two retention codes, no places."""
    rows = {
        KINDS.name: [
            "KQ-X,Giấy X,giấy x,,G,GIẤY X,32,,,ordinary,01,number,,months:6,no,,,,QĐ,READ"
        ],
        PROCEDURES.name: ["9.000001,Thủ tục X,Thử,commune,KQ-X,,,,QĐ,READ"],
        COMPONENTS.name: ["9.000001,A,Giấy X,1,yes,KQ-X,,original,,,QĐ,READ"],
        RETENTION.name: ["01,Vĩnh viễn,,,,,TT 05,READ", "02,70 năm,70,,,,TT 05,READ"],
    }
    for table in TABLES:
        lines = [",".join(table.columns), *rows.get(table.name, [])]
        (tmp_path / f"{table.name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


def _edit(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / f"{name}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def _retention(code: str) -> list[tuple[date, date | None, str]]:
    rows = RetentionRow.objects.filter(code=code).order_by("valid_from")
    return [(row.valid_from, row.valid_to, row.years) for row in rows]


def test_the_packaged_catalogue_loads_and_a_second_load_changes_nothing() -> None:
    """Every row of every file stands in the database, once."""
    first = load_catalogue(on=DAY)
    expected = {table.name: len(read_rows(table)) for table in TABLES}
    assert {name: counts.added for name, counts in first.tables.items()} == expected
    state = CatalogueState.objects.get()
    second = load_catalogue(on=LATER)
    assert second.is_unchanged
    assert {name: counts.unchanged for name, counts in second.tables.items()} == expected
    again = CatalogueState.objects.get()
    assert (again.version, again.revision, again.loaded_at) == (
        state.version,
        state.revision,
        state.loaded_at,
    )
    _compare_with_files()


def _compare_with_files() -> None:
    """The database gives the very values that the files give, on any day and on none."""
    for on in (None, DAY, date(2025, 6, 30), date(2007, 1, 1)):
        assert catalogue_on(on) == load_reference(on)
    assert CommuneRow.objects.count() == 13_356
    current = current_catalogue()
    assert current.kinds == load_reference(current.on).kinds
    assert "Bộ Thủy sản" in current.issuer_names
    names = [commune_on("00004", on) for on in (date(2025, 6, 30), DAY)]
    assert [commune.name for commune in names if commune] == ["Phường Trúc Bạch", "Phường Ba Đình"]
    assert commune_on("99999", DAY) is None


def test_nothing_loaded_says_which_command_loads() -> None:
    """An empty database is the environment's fault, and the sentence names the command."""
    with pytest.raises(CatalogueNotLoadedError) as caught:
        kinds_on(DAY)
    assert "tangthu catalogue load" in caught.value.message


def test_a_changed_row_closes_the_old_version_and_opens_a_new_one(folder: Path) -> None:
    """What held yesterday still holds for yesterday."""
    load_catalogue(on=DAY, folder=folder)
    _edit(folder, "retention", "70 năm,70", "75 năm,75")
    report = load_catalogue(on=LATER, folder=folder)
    assert report.tables["retention"] == TableCounts(changed=1, unchanged=1)
    assert _retention("02") == [
        (date.min, LATER - timedelta(days=1), "70"),
        (LATER, None, "75"),
    ]
    years = {on: [term.years for term in catalogue_on(on).retention] for on in (DAY, LATER)}
    assert years == {DAY: [None, 70], LATER: [None, 75]}
    assert load_catalogue(on=LATER + timedelta(days=9), folder=folder).is_unchanged


def test_an_upgrade_leaves_an_agencys_own_catalogue_alone(folder: Path) -> None:
    """Else the kinds that the agency added would be closed behind its back."""
    renew_catalogue(on=DAY)
    packaged = CatalogueState.objects.get().version
    load_catalogue(on=DAY, folder=folder)
    held = CatalogueState.objects.get().version
    renew_catalogue(on=LATER)
    assert CatalogueState.objects.get().version == held != packaged
    load_catalogue(on=LATER)
    renew_catalogue(on=LATER)
    assert CatalogueState.objects.get().version == packaged


def test_a_row_changed_twice_on_one_day_is_one_version(folder: Path) -> None:
    """A slip mended at once leaves no version that never held."""
    load_catalogue(on=DAY, folder=folder)
    _edit(folder, "retention", "70 năm,70", "75 năm,75")
    load_catalogue(on=LATER, folder=folder)
    _edit(folder, "retention", "75 năm,75", "80 năm,80")
    load_catalogue(on=LATER, folder=folder)
    assert [years for _, _, years in _retention("02")] == ["70", "80"]


def test_a_remark_is_amended_where_it_stands(folder: Path) -> None:
    """A better source is no new rule."""
    load_catalogue(on=DAY, folder=folder)
    _edit(folder, "retention", "02,70 năm,70,,,,TT 05,READ", "02,70 năm,70,,,,TT 5,READ-2")
    report = load_catalogue(on=LATER, folder=folder)
    assert report.tables["retention"] == TableCounts(amended=1, unchanged=1)
    assert _retention("02") == [(date.min, None, "70")]


def test_an_announced_end_and_a_successor_stated_in_the_file(folder: Path) -> None:
    """A rule that changes next year is two rows today."""
    load_catalogue(on=DAY, folder=folder)
    row = "02,70 năm,70,,,,TT 05,READ"
    ended = "02,70 năm,70,,,2027-02-28,TT 05,READ\n02,60 năm,60,,2027-03-01,,TT 09,READ"
    _edit(folder, "retention", row, ended)
    report = load_catalogue(on=DAY, folder=folder)
    assert report.tables["retention"] == TableCounts(added=1, amended=1, unchanged=1)
    assert _retention("02") == [(date.min, date(2027, 2, 28), "70"), (LATER, None, "60")]


def test_what_the_file_no_longer_has_is_closed_and_kept(folder: Path) -> None:
    """Papers of the past still find their kind; a code that returns opens anew."""
    load_catalogue(on=DAY, folder=folder)
    _edit(folder, "retention", "02,70 năm,70,,,,TT 05,READ\n", "")
    report = load_catalogue(on=LATER, folder=folder)
    assert report.tables["retention"] == TableCounts(closed=1, unchanged=1)
    assert _retention("02") == [(date.min, LATER - timedelta(days=1), "70")]
    assert load_catalogue(on=LATER + timedelta(days=1), folder=folder).is_unchanged
    back = LATER + timedelta(days=30)
    _edit(folder, "retention", "READ\n", "READ\n02,70 năm,70,,,,TT 05,READ\n")
    assert load_catalogue(on=back, folder=folder).tables["retention"].added == 1
    assert _retention("02")[1] == (back, None, "70")
    assert load_catalogue(on=back + timedelta(days=1), folder=folder).is_unchanged


def test_a_row_replaced_by_one_that_began_earlier_leaves_no_overlap(folder: Path) -> None:
    """The file forgets the old row and states the new one from a day gone by."""
    load_catalogue(on=DAY, folder=folder)
    _edit(folder, "retention", "02,70 năm,70,,,,", "02,60 năm,60,,2026-01-01,,")
    load_catalogue(on=DAY, folder=folder)
    assert _retention("02") == [
        (date.min, date(2025, 12, 31), "70"),
        (date(2026, 1, 1), None, "60"),
    ]


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("kinds", "ordinary,01", "ordinary,09"),
        ("procedures", "commune,KQ-X", "commune,KQ-Y"),
        ("components", "yes,KQ-X", "yes,KQ-Y"),
        ("components", "9.000001,A", "9.000002,A"),
        ("retention", "02,70 năm,70", "02,70 năm,bảy mươi"),
    ],
)
def test_a_file_at_fault_writes_nothing(folder: Path, name: str, old: str, new: str) -> None:
    """All or nothing: no half catalogue, and the sentence names the line."""
    _edit(folder, name, old, new)
    with pytest.raises(CatalogueFileError, match=f"{name}.csv, dòng"):
        load_catalogue(on=DAY, folder=folder)
    assert not KindRow.objects.exists()
    assert not CatalogueState.objects.exists()


def test_asking_costs_one_query_once_the_day_is_known(folder: Path) -> None:
    """A worker asks for a kind with every document."""
    load_catalogue(on=DAY, folder=folder)
    kinds_on(DAY)
    with CaptureQueriesContext(connection) as queries:
        assert kind_on("KQ-X", DAY) is not None
        assert kind_on("KQ-Y", DAY) is None
    assert len(queries) == 2


def test_a_load_is_seen_by_a_process_that_asked_before(folder: Path) -> None:
    """The memory is by the version loaded, not by the process's age."""
    load_catalogue(on=DAY, folder=folder)
    assert [kind.name for kind in kinds_on(LATER)] == ["Giấy X"]
    _edit(folder, "kinds", "Giấy X", "Giấy Y")
    load_catalogue(on=LATER, folder=folder)
    assert [kind.name for kind in kinds_on(LATER)] == ["Giấy Y"]
    assert [kind.name for kind in kinds_on(DAY)] == ["Giấy X"]


def _components(code: str, on: date) -> list[Component]:
    (found,) = [one for one in procedures_on(on) if one.code == code]
    return list(found.components)


def test_a_procedure_comes_with_its_components(folder: Path) -> None:
    """Codes as in the table."""
    load_catalogue(on=DAY, folder=folder)
    assert [part.code for part in _components("9.000001", DAY)] == ["A"]
    assert issuers_on(DAY) == ()


def test_components_are_versions_of_their_own(folder: Path) -> None:
    """A procedure that stops asking for a paper asked for it until then."""
    load_catalogue(on=DAY, folder=folder)
    _edit(folder, "components", "1,yes", "1,no")
    report = load_catalogue(on=LATER, folder=folder)
    assert report.tables[COMPONENTS.name] == TableCounts(changed=1)
    assert report.tables[PROCEDURES.name] == TableCounts(unchanged=1)
    assert report.tables[KINDS.name] == TableCounts(unchanged=1)
    assert report.tables[RETENTION.name] == TableCounts(unchanged=2)
    required = [_components("9.000001", on)[0].is_required for on in (DAY, LATER)]
    assert required == [True, False]

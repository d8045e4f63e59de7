"""The packaged reference data: whole, dated, consistent with itself."""

import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue.errors import CatalogueFileError
from catalogue.reference import load_communes, load_reference
from catalogue.tables import RETENTION, TABLES, Table, read_rows
from catalogue.types import Protection, Validity, ValidityRule

BEFORE = date(2025, 6, 30)
AFTER = date(2025, 7, 1)


def test_sixty_three_provinces_become_thirty_four() -> None:
    """QĐ 19/2025/QĐ-TTg: 34 codes from 1 July 2025; NQ 202/2025/QH15: 63 until the day before."""
    assert len(load_reference(BEFORE).provinces) == 63
    assert len(load_reference(AFTER).provinces) == 34


def test_every_old_province_has_a_successor_that_holds_the_next_day() -> None:
    """The number of a paper of a closed province is right as printed; the link leads on."""
    new = {province.code: province.name for province in load_reference(AFTER).provinces}
    for old in load_reference(BEFORE).provinces:
        assert [code in new for code in old.successors] == [True], old.name
    by_name = {old.name: old.successors[0] for old in load_reference(BEFORE).provinces}
    assert new[by_name["Tỉnh Bắc Giang"]] == "Tỉnh Bắc Ninh"
    assert new[by_name["Tỉnh Kon Tum"]] == "Tỉnh Quảng Ngãi"
    assert new[by_name["Tỉnh Bình Dương"]] == "Thành phố Hồ Chí Minh"


def test_communes_before_and_after() -> None:
    """10,035 communes became 3,321: 687 wards, 2,621 communes, 13 special zones."""
    before, after = load_communes(BEFORE), load_communes(AFTER)
    assert len(before) == 10_035
    assert Counter(commune.level for commune in after) == {
        "xã": 2_621,
        "phường": 687,
        "đặc khu": 13,
    }
    codes = {commune.code for commune in after}
    assert all(set(old.successors) <= codes and old.successors for old in before)
    assert all(old.main_successor in old.successors for old in before)


def test_a_commune_code_is_reused_so_a_day_is_needed() -> None:
    """00004 was Trúc Bạch and is Ba Đình."""
    names = {
        on: next(commune.name for commune in load_communes(on) if commune.code == "00004")
        for on in (BEFORE, AFTER)
    }
    assert names == {BEFORE: "Phường Trúc Bạch", AFTER: "Phường Ba Đình"}


def test_without_a_day_issuers_of_every_time_are_known() -> None:
    """A scan of 2010 names a ministry and a province that are gone."""
    reference = load_reference()
    assert {
        "Ủy ban nhân dân tỉnh Quảng Ngãi",
        "Hội đồng nhân dân tỉnh Hậu Giang",
        "Sở Giáo dục và Đào tạo thành phố Đà Nẵng",
        "Sở Giáo dục và Đào tạo tỉnh Đồng Tháp",
        "Bộ Kế hoạch và Đầu tư",
        "Bộ Thủy sản",
        "Chính phủ",
        "Quốc hội",
        "Ủy ban nhân dân tỉnh Thừa Thiên Huế",
    } <= set(reference.issuer_names)
    assert {"Quảng Ngãi", "Hậu Giang", "Hà Tây"} <= set(reference.province_names)


def test_ministries_of_2025_lead_to_their_successors() -> None:
    """From 1 March 2025 planning is with finance, transport with construction."""
    agencies = {agency.name: agency for agency in load_reference().issuers}
    names = {agency.code: agency.name for agency in agencies.values()}

    def successors(name: str) -> list[str]:
        return [names[code] for code in agencies[name].successors]

    assert successors("Bộ Kế hoạch và Đầu tư") == ["Bộ Tài chính"]
    assert successors("Bộ Giao thông vận tải") == ["Bộ Xây dựng"]
    assert successors("Sở Kế hoạch và Đầu tư tỉnh Quảng Ngãi") == ["Sở Tài chính tỉnh Quảng Ngãi"]
    assert successors("Sở Y tế tỉnh Hậu Giang") == ["Sở Y tế thành phố Cần Thơ"]
    today = {agency.name for agency in load_reference(date(2026, 11, 21)).issuers}
    assert "Bộ Kế hoạch và Đầu tư" not in today
    assert "Bộ Nông nghiệp và Môi trường" in today


def test_every_link_of_an_agency_leads_somewhere() -> None:
    """Successors and parents are codes of the same table; a closed body has a successor."""
    agencies = load_reference().issuers
    codes = {agency.code for agency in agencies}
    for agency in agencies:
        assert set(agency.successors) <= codes
        assert not agency.parent or agency.parent in codes
        assert bool(agency.successors) == (agency.valid_to is not None), agency.code


def test_every_kind_has_a_name_that_a_clerk_would_say() -> None:
    """No remark in brackets in a name; the plain form is in lower case."""
    for kind in load_reference().kinds:
        assert "(" not in kind.name + kind.form
        assert kind.form == kind.form.lower()


def test_codes_and_forms_of_kinds() -> None:
    """The codes are those everyone agrees on, 106 and the paper of no kind."""
    reference = load_reference()
    assert len({kind.code for kind in reference.kinds}) == len(reference.kinds) == 107
    forms = {kind.code: kind.form for kind in reference.kinds}
    assert forms["VB02"] == forms["KQ-QDGD"] == "quyết định"
    assert forms["VB28"] == "công văn"
    assert forms["KQ-KS"] == "giấy khai sinh"
    assert forms["KQ-GPXD"] == "giấy phép xây dựng"


def test_identity_papers_are_protected() -> None:
    """NĐ 356/2025: images of identity cards are sensitive; birth certificates are basic data."""
    protection = {kind.code: kind.protection for kind in load_reference().kinds}
    assert {protection[code] for code in ("KQ-CC", "KQ-CMND", "KQ-HC")} == {Protection.IDENTITY}
    assert protection["KQ-KS"] is Protection.ORDINARY
    assert protection["VB02"] is Protection.ORDINARY


def test_required_fields_are_known_fields() -> None:
    """Every field asked for is a common field of papers or the kind's own."""
    common = {"number", "notation", "issued_on", "issuer", "abstract", "signer_name"}
    for kind in load_reference().kinds:
        owner = {"subject_id", "subject_name", "expires_on"}
        assert set(kind.required_fields) <= common | owner | set(kind.own_fields), kind.code


def test_a_paper_of_no_known_kind_never_passes_unseen() -> None:
    """KHAC and its like ask for a field, so that --confirm cannot pass them for nothing."""
    kinds = {kind.code: kind for kind in load_reference().kinds}
    for code in ("KHAC", "TP-KHAC", "KQ-KHAC"):
        assert "abstract" in kinds[code].required_fields


def test_retention_of_every_kind_is_a_code_of_the_rule() -> None:
    """TT 05/2025/TT-BNV knows seven codes."""
    reference = load_reference(date(2026, 11, 21))
    codes = {term.code: term.years for term in reference.retention}
    assert codes == {"01": None, "02": 70, "03": 50, "04": 30, "05": 20, "06": 10, "07": None}
    assert {kind.retention for kind in reference.kinds} <= set(codes)


def test_twelve_procedures_with_components_of_known_kinds() -> None:
    """Each asks for something required, and only for kinds of the catalogue."""
    reference = load_reference(date(2026, 11, 21))
    kinds = {kind.code for kind in reference.kinds}
    assert len(reference.procedures) == 12
    for procedure in reference.procedures:
        assert any(component.is_required for component in procedure.components)
        assert set(procedure.results) <= kinds
        for component in procedure.components:
            assert component.kinds
            assert component.forms
            assert set(component.accepted) <= kinds


def test_marital_status_is_good_for_six_months() -> None:
    """NĐ 123/2015/NĐ-CP Điều 23."""
    kind = load_reference().kind("KQ-HN")
    assert kind is not None
    assert kind.validity.rule is ValidityRule.MONTHS
    assert kind.validity.last_day(date(2026, 8, 31), None) == date(2027, 2, 28)


def test_reading_needs_no_database() -> None:
    """The stateless command must not start Django."""
    code = (
        "import sys; from catalogue.reference import load_reference; load_reference();"
        "sys.exit('django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def _own(folder: Path, name: str, *lines: str) -> Path:
    (folder / name).write_text("\n".join(lines), encoding="utf-8-sig")
    return folder


HEAD = "code,name,years,note,valid_from,valid_to,source,certainty"


def test_a_province_puts_its_own_file_in_place_of_ours(tmp_path: Path) -> None:
    """A file of the same name goes before; the others stay."""
    folder = _own(tmp_path, "retention.csv", HEAD, "01,Mãi mãi,,,,,QĐ của tỉnh,READ")
    reference = load_reference(None, folder)
    assert [term.name for term in reference.retention] == ["Mãi mãi"]
    assert len(reference.kinds) == 107
    assert reference.version != load_reference().version


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("01,,,,,,x,READ", "name"),
        ("01,Tên,nhiều,,,,x,READ", "years"),
        ("01,Tên,,,1/7/2025,,x,READ", "valid_from"),
        ("01,Tên,,,,,x,MAYBE", "certainty"),
        ("01,Tên,,,2025-07-01,,x,READ\n01,Tên,,,2025-08-01,,x,READ", "valid_from"),
    ],
)
def test_a_wrong_cell_is_named(tmp_path: Path, line: str, column: str) -> None:
    """The person who wrote the file learns the file, the line and the column."""
    folder = _own(tmp_path, "retention.csv", HEAD, *line.split("\n"))
    with pytest.raises(CatalogueFileError) as caught:
        load_reference(None, folder)
    assert "retention.csv, dòng" in caught.value.message
    assert f"cột {column}" in caught.value.message


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    """A file of another shape is refused whole."""
    with pytest.raises(CatalogueFileError, match="thiếu cột: certainty"):
        load_reference(None, _own(tmp_path, "retention.csv", HEAD.removesuffix(",certainty")))


def test_a_line_break_within_a_cell_is_no_new_row(tmp_path: Path) -> None:
    """Spreadsheets write such cells between quotes."""
    folder = _own(tmp_path, "retention.csv", HEAD, '01,Tên,,"hai', 'dòng",,,x,READ')
    [row] = read_rows(RETENTION, folder)
    assert row.text("note") == "hai\ndòng"


def test_a_file_in_another_encoding_says_how_to_save_it(tmp_path: Path) -> None:
    """A spreadsheet of a Vietnamese Windows saves code page 1258."""
    (tmp_path / "retention.csv").write_bytes(f"{HEAD}\n01,Tên".encode("cp1258", "replace"))
    with pytest.raises(CatalogueFileError, match="UTF-8"):
        read_rows(RETENTION, tmp_path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)
@given(
    cells=st.lists(st.text(max_size=12), max_size=12),
    raw=st.booleans(),
    table=st.sampled_from(TABLES),
)
def test_no_file_fails_in_another_way(
    tmp_path: Path, *, cells: list[str], raw: bool, table: Table
) -> None:
    """Whatever stands in a file, it is taken or refused with a sentence."""
    head = "" if raw else ",".join(table.columns) + "\n"
    text = head + ",".join(cells)
    (tmp_path / f"{table.name}.csv").write_bytes(text.encode("utf-8", "surrogatepass"))
    refused = ""
    try:
        read_rows(table, tmp_path)
    except CatalogueFileError as error:
        refused = error.message
    assert not refused or refused.endswith(".")


@given(
    issued=st.dates(date(1900, 1, 1), date(9990, 1, 1)),
    months=st.integers(1, 2000),
)
def test_months_later_is_never_earlier_than_so_many_short_months(issued: date, months: int) -> None:
    """The last day is the same day of a later month, or that month's last."""
    last = Validity(ValidityRule.MONTHS, months).last_day(issued, None)
    assert last is not None
    if last == date.max:
        return
    assert last.day == issued.day or (last.day < issued.day and last.day >= 28)
    assert (last.year - issued.year) * 12 + last.month - issued.month == months

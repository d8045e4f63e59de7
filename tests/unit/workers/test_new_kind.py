"""A new kind without code: a row in the catalogue, five examples, `learn`; then it is read."""

import datetime as dt
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalogue.reference import load_reference
from catalogue.services import load_catalogue
from catalogue.tables import KINDS
from classify.training.relearn import Effort
from config.commands import learn
from ocr import best_engine
from specimens import write_digital_pdf
from specimens.flow import Flow
from specimens.fonts import Face
from workers import learning
from workers.house import House
from workers.reading import DocumentReading, read_file
from workers.reference import reference_of, with_learnt

CODE = "DP-ONG"
ROW = {
    "code": CODE, "name": "Giấy phép nuôi ong lưu động", "form": "giấy phép nuôi ong", "group": "G",
    "titles": "GIẤY PHÉP NUÔI ONG LƯU ĐỘNG", "protection": "ordinary", "retention": "02",
    "required_fields": "subject_name|hives",
    "own_fields": "hives:number=Số đàn được phép đặt|bee=Giống ong|moves_on=Ngày chuyển đàn",
    "validity": "unlimited", "single": "no", "certainty": "DESIGN",
}  # fmt: skip
"""What the archivist writes. Its papers bear another name than the catalogue's."""
GIVEN = ("Bình", "An", "Lộc", "Phú", "Quý", "Thọ")
BEES = ("ong nội", "ong ngoại", "ong khoái", "ong ruồi", "ong đá", "ong mật Ý")


@pytest.fixture
def added(
    db: None, house: House, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    """The packaged catalogue with the archivist's row; nothing learnt before or after."""
    import catalogue

    shipped = Path(catalogue.__file__).parent / "data" / "kinds.csv"
    line = ",".join(ROW.get(column, "") for column in KINDS.columns)
    text = shipped.read_text(encoding="utf-8")
    (tmp_path / "kinds.csv").write_text(f"{text.rstrip()}\n{line}\n", encoding="utf-8")
    load_catalogue(on=dt.datetime.now(dt.UTC).date(), folder=tmp_path)
    monkeypatch.setattr(learning.learn, "__kwdefaults__", {
        **(learning.learn.__kwdefaults__ or {}), "effort": Effort(each=1, guard=1),
    })  # fmt: skip
    _empty(house)
    yield house
    _empty(house)
    (home / "models" / "examples.json").unlink()


def _empty(house: House) -> None:
    for shelf in (house.kind_models, house.field_models):
        while shelf.line():
            shelf.back()


def permit(folder: Path, at: int) -> Path:
    """One permit as a born-digital file: its own name, other words every time."""
    flow = Flow(numbered=False)
    flow.centred("ỦY BAN NHÂN DÂN XÃ SUỐI MƠ", face=Face.BOLD, size=13)
    flow.skip(20)
    flow.centred("PHIẾU CHO ĐẶT ĐÀN ONG", face=Face.BOLD, size=15)
    flow.skip(12)
    flow.field(
        "Cấp cho chủ đàn ong", f"Nguyễn Văn {['Bình', 'An', 'Lộc', 'Phú', 'Quý', 'Thọ'][at]}"
    )
    flow.field("Số đàn được phép đặt", f"{40 + 7 * at} đàn")
    flow.field("Giống ong", BEES[at])
    flow.field("Ngày chuyển đàn", f"{10 + at}/05/2026")
    flow.paragraph("Chủ đàn ong phải khai báo khi di chuyển đàn sang xã khác; khoảng cách tới khu "
                   "dân cư không dưới 300 mét; phiếu này đặt tại nơi nuôi.")  # fmt: skip
    path = folder / f"ong {at}.pdf"
    write_digital_pdf(path, flow.pages(), title="Phiếu")
    return path


def read(path: Path, house: House) -> DocumentReading:
    """What `tangthu read` does: the packaged catalogue, and what was learnt."""
    kinds = house.kind_models.current()
    reading = read_file(
        path,
        reference=with_learnt(reference_of(load_reference()), kinds),
        model=kinds,
        learnt=house.field_models.current(),
        engine=best_engine(),
        threads=1,
    )
    return reading.documents[0]


@pytest.mark.slow
def test_five_examples_and_a_row_are_enough(added: House, tmp_path: Path) -> None:
    """Before: not told. After `learn`: kind and fields of a sixth paper, without the database."""
    papers = [permit(tmp_path, at) for at in range(6)]
    assert read(papers[5], added).kind.code != CODE
    given = [[CODE, *map(str, papers[:5])]]
    said: dict[str, Any] = dict(
        learn.run(Namespace(example=given, back=None, forget_hands=False)).data
    )
    assert said["lessons"]["given_now"] == 5
    assert said["switched"] is True
    document = read(papers[5], added)
    assert document.kind.code == CODE
    values = {name: document.fields[name].value for name in ("hives", "bee", "moves_on")}
    assert values == {"hives": "75", "bee": BEES[5], "moves_on": "2026-05-15"}
    assert all(document.fields[name].box for name in values)

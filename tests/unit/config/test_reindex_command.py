"""`tangthu reindex`, and what `doctor` says of the index."""

import json
from typing import Any

import pytest

from archive.models import Account
from archive.services.indexing import open_pass
from archive.stages import Stage
from archive.states import PassKind, RunState
from config.cli import main
from config.commands.doctor import _index
from search import Query
from tests.making import make_batch, make_document, make_receipt
from tests.unit.workers.conftest import plan
from workers.house import House
from workers.stages.documents import index_document


@pytest.fixture
def filed(account: Account, house: House) -> list[str]:
    """Three papers that were put into the index."""
    receipt = make_receipt(make_batch(account), house)
    papers = [make_document(receipt, number) for number in (1, 2, 3)]
    for paper in papers:
        run = plan(receipt, Stage.INDEX, "document", paper.pk)
        run.state = RunState.DONE
        run.save()
    house.index.put([index_document(paper, house) for paper in papers])
    return [paper.pk for paper in papers]


def tangthu(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    """Exit status and JSON document of a command."""
    capsys.readouterr()
    status = main([*words, "--json"])
    return status, json.loads(capsys.readouterr().out)


def test_begun_and_left_to_the_workers(
    filed: list[str], house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    """People search in the old one meanwhile; asked again, it goes on."""
    for _ in range(2):
        status, told = tangthu(capsys, "reindex")
        assert (status, told) == (0, {"documents": 3, "filled": 0, "done": False})
    assert open_pass(PassKind.REBUILD)
    assert "đang dựng lại" in _index().detail
    assert house.index.search(Query("")).total == 3
    status, told = tangthu(capsys, "reindex", "--wait")
    assert (status, told) == (0, {"documents": 3, "filled": 3, "done": True})
    assert list(house.index.ids()) == filed


def test_the_doctor_counts(filed: list[str], house: House) -> None:
    """No list of ids is read."""
    assert _index().ok
    assert _index().detail == "3 giấy tờ"
    house.index.remove(filed[:1])
    assert "thiếu 1" in _index().detail

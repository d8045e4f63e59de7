"""The page of papers that wait for a signature: chosen, signed by one PIN, followed."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from django.test import Client

from archive.ledger import open_runs
from archive.models import Account, Document
from archive.services.documents import confirm_document
from archive.signing import Lock
from archive.stages import Stage
from archive.states import Role
from tests.patience import until
from web.views import documents, signing
from workers.house import House
from workers.signing_desk import Signed, SigningBusyError, SigningDesk, Trouble, write_progress

AsRole = Callable[..., Client]
MakeDocument = Callable[..., Document]
PIN = "771133"
LOCK = Lock("pkcs11:thử", "Mã PIN của thiết bị thử")
CHILD = """
import json, pathlib, sys, time
folder = pathlib.Path(sys.argv[1])
(folder / "order.part").write_bytes(sys.stdin.buffer.read())
(folder / "order.part").rename(folder / "order.json")  # whole when it is there
while not (folder / "go").exists():
    time.sleep(0.01)
"""


@dataclass
class Locked:
    """A key that a person must open; it is never asked for more here."""

    lock: Lock = LOCK
    is_test: bool = False


@pytest.fixture
def locked(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SigningDesk]:
    """A house whose keys ask, and a desk whose child waits for `go`."""
    desk = SigningDesk(tmp_path, (sys.executable, "-c", CHILD, str(tmp_path)))
    keys = replace(house.signers(), digitiser=Locked(), agency=Locked(), is_test=False)  # type: ignore[arg-type]  # their lock alone is looked at
    furnished = replace(house, signers=lambda: keys, signing=desk)
    monkeypatch.setattr(signing, "current", lambda: furnished)
    monkeypatch.setattr(documents, "current", lambda: furnished)
    yield desk
    (tmp_path / "go").touch()
    until(lambda: not desk.is_busy())


@pytest.fixture
def confirmed(waiting: MakeDocument, account: Account) -> MakeDocument:
    """Make a paper that waits for its signature."""

    def make() -> Document:
        document = waiting()
        confirm_document(document, account)
        return document

    return make


def test_without_a_pin_the_machine_signs(as_role: AsRole, confirmed: MakeDocument) -> None:
    """The chosen ones and no other."""
    chosen, other = confirmed(), confirmed()
    open_runs().delete()
    client = as_role(Role.SIGNER)
    shown = client.get("/ky/").content.decode()
    assert 'type="password"' not in shown
    assert chosen.pk in shown
    assert other.pk in shown
    assert client.post("/ky/", {"giay-to": [chosen.pk]})["Location"] == "/ky/"
    planned = open_runs(stage__in=(Stage.RENDER, Stage.SIGN)).values_list("subject_id", flat=True)
    assert list(planned) == [chosen.pk]


def test_one_pin_for_all_that_are_chosen(
    as_role: AsRole, confirmed: MakeDocument, locked: SigningDesk, tmp_path: Path
) -> None:
    """It goes to the child by its pipe and stands in no page and no file of ours."""
    papers = [confirmed(), confirmed()]
    client = as_role(Role.SIGNER)
    shown = client.get("/ky/").content.decode()
    assert shown.count('type="password"') == 1
    assert "Mã PIN của thiết bị thử" in shown
    sent = client.post("/ky/", {"giay-to": [one.pk for one in papers], "pin-0": PIN}, follow=True)
    assert PIN not in sent.content.decode()
    assert "Đang ký: 0/2" in sent.content.decode()
    until((tmp_path / "order.json").exists)
    order = json.loads((tmp_path / "order.json").read_bytes())
    assert sorted(order["ids"]) == sorted(one.pk for one in papers)
    assert order["secrets"] == {"pkcs11:thử": PIN}
    assert PIN not in (tmp_path / "signing.json").read_text()
    busy = client.get("/ky/tien-do/")
    assert "hx-get" in busy.content.decode()
    assert client.post("/ky/", {"giay-to": [papers[0].pk], "pin-0": PIN}).status_code == 503
    (tmp_path / "go").touch()
    until(lambda: not locked.is_busy())
    assert client.get("/ky/tien-do/")["HX-Refresh"] == "true"
    # the child ended without a word: it counts as killed
    assert "bị ngắt giữa chừng" in client.get("/ky/").content.decode()


@pytest.mark.parametrize("form", [{"pin-0": ""}, {"pin-0": PIN, "giay-to": []}])
def test_a_form_half_filled_signs_nothing(
    as_role: AsRole, confirmed: MakeDocument, locked: SigningDesk, form: dict[str, object]
) -> None:
    """Told on the page; nothing starts."""
    paper = confirmed()
    answer = as_role(Role.SIGNER).post("/ky/", {"giay-to": [paper.pk], **form})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert locked.progress() is None


def test_a_papers_own_button_leads_to_the_pin(
    as_role: AsRole, confirmed: MakeDocument, locked: SigningDesk
) -> None:
    """Only that paper is ticked there."""
    paper, other = confirmed(), confirmed()
    open_runs().delete()
    client = as_role(Role.SIGNER)
    answer = client.post(f"/giay-to/{paper.pk}/ky/")
    assert answer["Location"] == f"/ky/?giay-to={paper.pk}"
    shown = client.get(answer["Location"]).content.decode()
    assert f'value="{paper.pk}" checked' in shown
    assert f'value="{other.pk}" checked' not in shown


def test_what_the_signing_told_is_shown(
    as_role: AsRole, confirmed: MakeDocument, locked: SigningDesk, tmp_path: Path
) -> None:
    """Stopped by a wrong PIN, then finished with one that failed."""
    paper = confirmed()
    told = Signed("ai", 3, ["D1"], [], Trouble("pin_wrong", "Mã PIN không đúng."), is_over=True)
    write_progress(tmp_path, told)
    client = as_role(Role.SIGNER)
    shown = client.get("/ky/").content.decode()
    assert "Mã PIN không đúng." in shown
    assert "Đã ký 1/3 giấy tờ, còn 2" in shown
    failed = [Trouble("pdf_unsignable", "Không ký được.", paper.pk)]
    write_progress(tmp_path, Signed("ai", 2, ["D1"], failed, is_over=True))
    shown = client.get("/ky/").content.decode()
    assert "đã ký xong 1/2" in shown
    assert f'<a href="/giay-to/{paper.pk}/">{paper.pk}</a>: Không ký được.' in shown


def test_the_lock_lives_as_long_as_the_child(account: Account, tmp_path: Path) -> None:
    """Also when the web server that started it is gone."""
    desk = SigningDesk(tmp_path, (sys.executable, "-c", CHILD, str(tmp_path)))
    desk.start(account, ["D1"], {})
    again = SigningDesk(tmp_path, ())
    assert again.is_busy()
    with pytest.raises(SigningBusyError):
        again.start(account, ["D1"], {})
    (tmp_path / "go").touch()
    until(lambda: not again.is_busy())

"""Signing by one entry of the PIN, on a real SoftHSM: each paper once, each on record by itself."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archive import ledger
from archive.errors import NotAllowedError
from archive.models import Account, AuditEvent, Document, Receipt, StageRun
from archive.services.documents import confirm_document, correct_document, refuse_document
from archive.services.people import add_account
from archive.services.signing import OWNER_MARK, waiting_for_signature_of
from archive.signing import PinNeededError, PinWrongError, Pkcs12Key, signatures_in
from archive.signing.pkcs11 import Pkcs11Key
from archive.signing.token import Token, TokenAddress, _module
from archive.stages import Stage
from archive.states import DocumentStatus, Protection, Role, RunState
from archive.tags import Tag
from proof.trust import Trust
from tests.hsm import PIN, WRONG_PIN, Issuer, SoftHsm, soft_hsm_module
from tests.making import make_document, make_page
from tests.pki import blank_pdf
from workers.house import House, Signers
from workers.loop import Worker
from workers.signing import Signing, open_keys
from workers.signing_desk import Signed, SigningBusyError, signing_lock
from workers.stages.output import sign
from workers.upkeep import wake_signing

MakePaper = Callable[..., Document]


@pytest.fixture(scope="module")
def hsm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SoftHsm, Trust]]:
    """One token with the digitiser's and the agency's key."""
    module = soft_hsm_module()
    if module is None:
        pytest.skip("SoftHSM is missing: script/setup test")
    issuer = Issuer()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", "")
        made = SoftHsm(tmp_path_factory.mktemp("hsm"))
        made.make_token("kho")
        made.put("kho", "nguoi", issuer.issue("Đỗ Văn Mẫu", "ec"), key_id="01")
        made.put("kho", "co-quan", issuer.issue("UBND xã Mẫu", "ec"), key_id="02")
        _module(module).renew()
        yield made, Trust.of([issuer.issue("x").issuer_der])


@pytest.fixture
def token_house(house: House, hsm: tuple[SoftHsm, Trust]) -> Iterator[House]:
    """The house with keys on a token whose PIN a person gives."""
    made, trust = hsm
    assert made.module
    token = Token(TokenAddress(made.module, "kho"))
    signers = Signers(
        digitiser=Pkcs11Key(token, label="nguoi"),
        agency=Pkcs11Key(token, label="co-quan"),
        agency_name="UBND xã Mẫu",
        is_test=False,
        trust=trust,
    )
    yield replace(house, signers=lambda: signers)
    token.close()


@pytest.fixture
def paper(receipt: Receipt, house: House, account: Account) -> MakePaper:
    """Make a paper that was confirmed by somebody who may sign."""
    pdf = house.work.put(blank_pdf()).sha256

    def make(**changes: object) -> Document:
        number = Document.objects.filter(receipt=receipt).count() + 1
        given = {"pdf_sha256": pdf, "status": DocumentStatus.WAITING, **changes}
        document = make_document(receipt, number, **given)
        make_page(receipt, number, document=document)
        confirm_document(document, account)
        document.refresh_from_db()
        return document

    return make


def pool_worker(house: House) -> Worker:
    """A worker of the pool that knows signing alone."""
    ledger.open_runs().exclude(stage=Stage.SIGN).delete()
    return Worker(house, {Stage.SIGN: sign}, owner="pool")


def signed_events() -> list[tuple[str, str]]:
    """Who signed what."""
    events = AuditEvent.objects.filter(tag=Tag.DOCUMENT_SIGNED).order_by("seq")
    return [(one.actor, one.subject) for one in events]


def test_a_paper_waits_for_the_pin_and_holds_nothing_up(
    token_house: House, paper: MakePaper
) -> None:
    """The pool gives it back uncounted, as no open work, and does not come back to it."""
    document = paper()
    worker = pool_worker(token_house)
    assert worker.step()
    assert not worker.step()
    run = StageRun.objects.get(stage=Stage.SIGN)
    assert (run.state, run.attempt, run.strikes) == (RunState.WAITING, 0, 0)
    assert run.error_code == PinNeededError.code
    assert not ledger.open_runs(stage=Stage.SIGN).exists()
    document.refresh_from_db()
    assert (document.status, document.waiting[0]["code"]) == ("waiting", "signature_due")


def test_one_entry_signs_all_each_on_record(
    token_house: House, paper: MakePaper, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two valid signatures each, one event each with the person's name, the seal planned."""
    logins: list[str] = []
    keep = Token._refuse_last_try
    monkeypatch.setattr(
        Token, "_refuse_last_try", lambda self, token: (logins.append("x"), keep(self, token))
    )
    documents = [paper() for _ in range(4)]
    worker = pool_worker(token_house)
    assert worker.step()  # one was parked, the others were not looked at
    [lock] = token_house.signers().locks
    open_keys(token_house.signers(), {lock.scope: PIN})
    steps: list[int] = []
    told = Signing(token_house, account).run(None, lambda now: steps.append(len(now.signed)))
    assert told.signed == [one.pk for one in documents]
    assert (told.failed, told.stopped, told.left, told.is_over) == ([], None, 0, True)
    assert steps == [0, 1, 2, 3, 4, 4]
    assert signed_events() == [(account.username, f"document:{one.pk}") for one in documents]
    assert logins == ["x"]
    for document in documents:
        document.refresh_from_db()
        assert {one.verdict for one in document.signatures.all()} == {"valid"}
        fields = signatures_in(token_house.work.read(document.signed_sha256))
        assert [one.field for one in fields] == ["NguoiSoHoa", "CoQuan"]
        assert ledger.open_runs(stage=Stage.SEAL, subject_id=document.pk).count() == 1
    assert Signing(token_house, account).run(None) == Signed(account.username, 0, is_over=True)


def test_a_wrong_pin_signs_nothing(token_house: House, paper: MakePaper) -> None:
    """Every paper waits as before."""
    paper()
    [lock] = token_house.signers().locks
    with pytest.raises(PinWrongError):
        open_keys(token_house.signers(), {lock.scope: WRONG_PIN})
    with pytest.raises(PinNeededError):
        open_keys(token_house.signers(), {})
    assert signed_events() == []


def test_a_token_pulled_out_stops_the_signing_and_the_rest_goes_on_later(
    token_house: House, paper: MakePaper, account: Account, hsm: tuple[SoftHsm, Trust]
) -> None:
    """What is signed stays signed; back in, the next signing needs no new PIN."""
    documents = [paper() for _ in range(3)]
    [lock] = token_house.signers().locks
    open_keys(token_house.signers(), {lock.scope: PIN})

    def pull_out(now: Signed) -> None:
        if len(now.signed) == 1 and not now.is_over and now.stopped is None:
            hsm[0].pull_out()

    told = Signing(token_house, account).run(None, pull_out)
    assert told.stopped
    assert told.stopped.code == "token_missing"
    assert (len(told.signed), told.left) == (1, 2)
    document = Document.objects.get(pk=documents[1].pk)
    assert (document.status, document.waiting[0]["code"]) == ("waiting", "token_missing")
    hsm[0].put_back()
    assert len(Signing(token_house, account).run(None).signed) == 2
    assert len(signed_events()) == 3


def test_rights_are_checked_on_each_paper(
    token_house: House, paper: MakePaper, account: Account
) -> None:
    """A clerk signs nothing; who may not see identity papers signs none of them."""
    plain, secret = paper(), paper(protection=Protection.IDENTITY)
    clerk = add_account("thu-ky", full_name="T", unit="", roles=[Role.CLERK], actor="machine")
    with pytest.raises(NotAllowedError):
        Signing(token_house, clerk).run(None)
    signer = add_account("nguoi-ky", full_name="K", unit="", roles=[Role.SIGNER], actor="machine")
    open_keys(token_house.signers(), {token_house.signers().locks[0].scope: PIN})
    told = Signing(token_house, signer).run([plain.pk, secret.pk])
    assert set(told.signed) == {plain.pk, secret.pk}
    assert {actor for actor, _ in signed_events()} == {"nguoi-ky"}


def test_only_what_waits_is_signed(token_house: House, paper: MakePaper, account: Account) -> None:
    """Refused and corrected meanwhile, unknown, signed already: told, not signed."""
    refused, corrected, sound = paper(), paper(), paper()
    assert pool_worker(token_house).step()
    refuse_document(refused, account, reason="nhầm giấy")
    correct_document(corrected, account, {"number": "7/QĐ"})
    open_keys(token_house.signers(), {token_house.signers().locks[0].scope: PIN})
    ids = [refused.pk, corrected.pk, sound.pk, "D000000ABCDEFGH"]
    told = Signing(token_house, account).run(ids)
    assert told.signed == [sound.pk]
    assert {one.id for one in told.failed} == {refused.pk, corrected.pk, "D000000ABCDEFGH"}
    assert {one.code for one in told.failed} == {"not_waiting"}
    assert StageRun.objects.filter(stage=Stage.SIGN, state=RunState.WAITING).count() == 0


def test_a_file_that_cannot_be_signed_holds_no_other_up(
    token_house: House, paper: MakePaper, account: Account, house: House
) -> None:
    """It is told with its code and goes to a person."""
    broken = paper(pdf_sha256=house.work.put(b"%PDF-1.7 nothing").sha256)
    sound = paper()
    open_keys(token_house.signers(), {token_house.signers().locks[0].scope: PIN})
    told = Signing(token_house, account).run(None)
    assert told.signed == [sound.pk]
    assert [(one.id, one.code) for one in told.failed] == [(broken.pk, "pdf_unsignable")]


def test_what_a_killed_signing_held_is_taken_up(
    token_house: House, paper: MakePaper, account: Account
) -> None:
    """At once, not when its lease ends; the pool's own runs are left alone."""
    first, second = paper(), paper()
    held = StageRun.objects.get(stage=Stage.SIGN, subject_id=first.pk)
    assert ledger.claim_this(held, f"dead:1{OWNER_MARK}")
    theirs = StageRun.objects.get(stage=Stage.SIGN, subject_id=second.pk)
    assert ledger.claim_this(theirs, "pool:1")
    open_keys(token_house.signers(), {token_house.signers().locks[0].scope: PIN})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("workers.signing.TURN_SECONDS", 0.001)
        told = Signing(token_house, account).run(None)
    assert (told.signed, told.left) == ([first.pk], 1)
    theirs.refresh_from_db()
    assert theirs.owner == "pool:1"


def test_the_machine_signs_by_itself_once_no_pin_is_needed(
    token_house: House, house: House, paper: MakePaper
) -> None:
    """Another key was set: what was parked becomes due when the pool starts."""
    paper()
    assert pool_worker(token_house).step()
    wake_signing(token_house)
    assert ledger.parked_runs().count() == 1
    wake_signing(house)
    assert ledger.parked_runs().count() == 0
    assert pool_worker(house).step()
    assert [actor for actor, _ in signed_events()] == ["machine"]


@pytest.mark.parametrize("days", [(-20, -1), (1, 20)])
def test_a_certificate_out_of_its_time_signs_nothing(
    house: House, paper: MakePaper, tmp_path: Path, days: tuple[int, int]
) -> None:
    """Ended, or not begun: the paper rests, and says why."""
    issuer = Issuer()
    path = tmp_path / "key.p12"
    path.write_bytes(issuer.issue("Người Mẫu", "ec", days=days).p12())
    signers = replace(house.signers(), digitiser=Pkcs12Key(path))
    document = paper()
    assert pool_worker(replace(house, signers=lambda: signers)).step()
    document.refresh_from_db()
    assert document.signed_sha256 == ""
    assert [one["code"] for one in document.waiting] == ["signing_certificate_unusable"]
    assert StageRun.objects.get(stage=Stage.SIGN).strikes == 0


def test_one_signing_at_a_time(tmp_path: Path) -> None:
    """On one data folder."""
    with signing_lock(tmp_path), pytest.raises(SigningBusyError), signing_lock(tmp_path):
        pass
    with signing_lock(tmp_path):
        pass


def test_the_list_is_what_waits(paper: MakePaper, account: Account) -> None:
    """Oldest confirmation first."""
    documents = [paper() for _ in range(2)]
    Document.objects.filter(pk=documents[1].pk).update(
        confirmed_at=dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    )
    found = waiting_for_signature_of(account)
    assert [one.pk for one in found] == [documents[1].pk, documents[0].pk]

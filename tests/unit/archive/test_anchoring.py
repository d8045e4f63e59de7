"""Anchors and their timestamps: written in time, named by the next, and never by force."""

import datetime as dt
import hashlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.models import Account, AuditEvent, AuditHead
from archive.services import audit
from archive.services.anchoring import anchor_audit
from archive.services.audit import archive_now, record_event
from archive.signing.errors import ServiceUnavailableError
from archive.stores import LocalArchiveStore
from archive.tags import Tag
from archive.verify import check_audit
from proof.anchors import parse_anchor
from proof.chain import TrailFound
from proof.types import What
from tests.made_archive import FIRST_DAY, Authority, Clock, clock_of

DAY = dt.timedelta(days=1)


@pytest.fixture
def clock(account: Account) -> Iterator[Clock]:
    """A trail that begins on FIRST_DAY."""
    AuditEvent.objects.all().delete()
    AuditHead.objects.all().delete()
    going = Clock(FIRST_DAY)
    with clock_of(going):
        yield going


@pytest.fixture
def store(tmp_path: Path) -> LocalArchiveStore:
    return LocalArchiveStore(tmp_path / "archive")


@pytest.fixture
def authority(clock: Clock) -> Authority:
    """An authority whose clock is the trail's."""
    made = Authority()
    made.at = lambda: clock.at
    return made


def happen(count: int = 3) -> None:
    """So many events."""
    for _ in range(count):
        record_event(Tag.SEARCH_MADE, actor="ai", subject="index", detail={"total": 1})


def names(store: LocalArchiveStore) -> list[str]:
    return [name for name, _data in store.anchors()]


def checked(store: LocalArchiveStore, *authorities: Authority) -> TrailFound:
    return check_audit(store, trust_roots=[one.root for one in authorities])


def test_each_day_that_is_over_gets_a_stamped_anchor_at_its_end(
    clock: Clock, store: LocalArchiveStore, authority: Authority
) -> None:
    """Days of which nobody anchored in time too; the trail is whole, its times proven."""
    for day in range(3):
        clock.at = FIRST_DAY + day * DAY
        happen()
    anchor_audit(store, stamp=authority.token)
    days = [f"2026-01-0{5 + day}-{3 * day + 3:010d}" for day in range(3)]
    assert names(store) == [f"{day}{end}" for day in days for end in (".json", ".tsr")]
    anchors = [parse_anchor(data) for name, data in store.anchors() if name.endswith(".json")]
    assert [one.previous for one in anchors] == ["", f"{days[0]}.json", f"{days[1]}.json"]
    found = checked(store, authority)
    assert found.problems == []
    assert (found.promise.proven_seq, found.promise.after) == (9, 0)


def test_the_day_under_way_is_stamped_once_an_hour(
    clock: Clock, store: LocalArchiveStore, authority: Authority
) -> None:
    """Not at every anchor; the next anchor names the newest token with its hash."""
    for minutes in (0, 20, 40, 70):
        clock.at = FIRST_DAY + dt.timedelta(minutes=minutes)
        happen()
        anchor_audit(store, stamp=authority.token)
    kept = dict(store.anchors())
    tokens = [name for name in kept if name.endswith(".tsr")]
    assert [name[11:21] for name in tokens] == ["0000000003", "0000000012"]
    last = parse_anchor(kept["2026-01-05-0000000012.json"])
    assert (last.stamped, last.stamped_sha256) == (
        tokens[0],
        hashlib.sha256(kept[tokens[0]]).hexdigest(),
    )


def test_a_service_that_is_down_delays_the_token_alone(
    clock: Clock, store: LocalArchiveStore, authority: Authority
) -> None:
    """Anchors are written in time; when it is back each day's last anchor gets its token."""

    def away(_digest: bytes) -> bytes:
        raise ServiceUnavailableError

    for day in range(3):
        clock.at = FIRST_DAY + day * DAY
        happen()
        assert anchor_audit(store, stamp=away)
    assert len(names(store)) == 3
    found = checked(store, authority)
    assert (found.problems, found.promise.proven_seq) == ([], 0)
    assert "Giờ của các mốc chỉ là giờ máy" in found.promise.sentences()[2]
    anchor_audit(store, stamp=authority.token)
    assert len(names(store)) == 6
    assert checked(store, authority).promise.proven_seq == 9


def test_a_token_without_its_row_is_found_again(
    clock: Clock, store: LocalArchiveStore, authority: Authority
) -> None:
    """Killed between the file and the row: no second token is asked for."""
    happen()
    anchor_audit(store, stamp=authority.token)
    before = dict(store.anchors())
    AuditHead.objects.update(stamped_seq=0, stamped_sha256="")
    anchor_audit(store, stamp=authority.token)
    assert dict(store.anchors()) == before
    assert AuditHead.objects.get().stamped_seq == 3


def test_an_old_token_stands_by_the_next(clock: Clock, store: LocalArchiveStore) -> None:
    """The first authority's certificate has ended; alone it proves nothing any more."""
    first, second = Authority(FIRST_DAY + 60 * DAY), Authority()
    first.at = second.at = lambda: clock.at
    happen()
    anchor_audit(store, stamp=first.token)
    alone = checked(store, first, second)
    assert (alone.problems, alone.promise.proven_seq) == ([], 0)
    assert any("hết hạn" in note for note in alone.notes)
    clock.at = FIRST_DAY + 30 * DAY
    happen()
    anchor_audit(store, stamp=second.token)
    both = checked(store, first, second)
    assert (both.problems, both.notes, both.promise.proven_seq) == ([], [], 6)


def test_history_made_anew_cannot_be_stamped_in_the_past(
    clock: Clock, store: LocalArchiveStore, tmp_path: Path, authority: Authority
) -> None:
    """All rows, hashes, heads, anchors made right: the tokens bear the day of the forgery."""
    happen()
    anchor_audit(store, stamp=authority.token)
    honest = checked(store, authority).promise.proven_at
    AuditEvent.objects.all().delete()
    AuditHead.objects.all().delete()
    clock.at = FIRST_DAY
    happen()
    forged = LocalArchiveStore(tmp_path / "forged")
    authority.at = lambda: FIRST_DAY + 100 * DAY
    anchor_audit(forged, stamp=authority.token)
    found = checked(forged, authority)
    assert found.problems == []
    assert honest is not None
    assert honest.startswith("2026-01-05")
    assert (found.promise.proven_at or "").startswith("2026-04-15")
    assert any("muộn hơn mốc" in note for note in found.notes)
    assert checked(store, authority).problems != []


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("event", {"actor": "ke-gian"}),
        ("event", {"hash": "0" * 64}),
        ("head", {"hash": "0" * 64}),
        ("head", {"first_seq": 2}),
    ],
)
def test_nothing_is_blessed_that_was_touched(
    clock: Clock, store: LocalArchiveStore, table: str, change: dict[str, object]
) -> None:
    """An anchor is for ever: none is written on a last row that was altered. The check says so."""
    happen()
    if table == "event":
        AuditEvent.objects.filter(seq=3).update(**change)
    else:
        AuditHead.objects.update(**change)
    anchor_audit(store)
    assert names(store) == []
    assert What.AUDIT_BROKEN in {problem.what for problem in checked(store).problems}


def test_an_anchor_that_is_there_already_is_not_fought_over(
    clock: Clock, store: LocalArchiveStore
) -> None:
    """Two that anchor at once, or a row that was lost: the first file stays."""
    happen()
    anchor_audit(store)
    happen()
    anchor_audit(store)
    before = dict(store.anchors())
    AuditHead.objects.update(anchored_seq=0)
    anchor_audit(store)
    assert dict(store.anchors()) == before
    assert AuditHead.objects.get().anchored_seq == 6


def test_openssl_agrees(
    clock: Clock, store: LocalArchiveStore, authority: Authority, tmp_path: Path
) -> None:
    """The token is checked by a tool that is not ours."""
    happen()
    anchor_audit(store, stamp=authority.token)
    kept = dict(store.anchors())
    (tmp_path / "a.tsr").write_bytes(kept["2026-01-05-0000000003.tsr"])
    (tmp_path / "root.pem").write_bytes(authority.root)
    (tmp_path / "a.json").write_bytes(kept["2026-01-05-0000000003.json"])
    words = ["openssl", "ts", "-verify", "-data", "a.json", "-in", "a.tsr", "-token_in"]
    done = subprocess.run(
        [*words, "-CAfile", "root.pem"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert "Verification: OK" in done.stdout + done.stderr


def test_retentions_and_signatures_never_run_backwards(clock: Clock) -> None:
    """What is signed now is not signed before the last event."""
    happen(1)
    last = dt.datetime.fromisoformat(AuditEvent.objects.latest("seq").at)
    clock.at = FIRST_DAY - 400 * DAY
    assert archive_now() == last
    assert audit.clock_behind() > 399 * DAY
    happen(1)
    event = AuditEvent.objects.latest("seq")
    assert dt.datetime.fromisoformat(event.at) == last
    assert json.loads(json.dumps(event.detail))["clock"].startswith("2024-12")

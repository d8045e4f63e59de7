"""Two copies of the archive: what is missing is brought, what is damaged is mended."""

import datetime as dt
import shutil
from pathlib import Path

import pytest

from archive.fixity import FixityPlan, Pace
from archive.models import ArchivedBlob, AuditEvent, BlobCopy
from archive.services.custody import Strongroom, take_up
from archive.services.levelling import find_extra, level_anchors, level_keys
from archive.services.rolling import (
    Tally,
    check_rows,
    check_slice,
    close_day,
    close_round,
    custody_state,
    due_to_check,
    due_to_copy,
    faulty_rows,
    is_too_slow,
    open_round,
    rows_of_round,
)
from archive.states import CopyState, Protection
from archive.stores import Form
from archive.stores.errors import BlobDamagedError
from archive.stores.local_archive import HERE
from archive.tags import Tag
from proof.types import What
from tests.unit.archive.custody.conftest import NOW, PAST, UNTIL, Seal, path_in, rot, sha

PLAN = FixityPlan(days=365, megabytes_per_second=1000)
LATER = NOW + dt.timedelta(days=400)
SECRET = Protection.IDENTITY


def check(room: Strongroom, now: dt.datetime = LATER) -> Tally:
    """Read whatever is due at some later day."""
    tally = check_rows(due_to_copy(room, now), room, now=now)
    return tally.with_(check_rows(due_to_check(room, PLAN, now), room, now=now))


def states(blob: ArchivedBlob) -> dict[str, str]:
    """Of a blob by place."""
    return dict(BlobCopy.objects.filter(blob=blob).values_list("place", "state"))


def events(*tags: Tag) -> list[str]:
    """The tags of the events so far, of these sorts."""
    return list(
        AuditEvent.objects.filter(tag__in=tags).order_by("seq").values_list("tag", flat=True)
    )


@pytest.mark.parametrize("protection", list(Protection))
def test_a_seal_fills_both(
    room: Strongroom, seal: Seal, one: Path, two: Path, protection: Protection
) -> None:
    """The same bytes in both; each with its own state."""
    blob = seal(b"paper", protection)
    assert states(blob) == {"home": CopyState.PRESENT, "folder:two": CopyState.PRESENT}
    assert path_in(one, blob).read_bytes() == path_in(two, blob).read_bytes()
    assert check(room).problems == []


def test_a_copy_that_is_down_does_not_stop_the_house(
    room: Strongroom, seal: Seal, two: Path
) -> None:
    """What it missed is planned, told, and brought by itself when it is back: blob and key."""
    (two / HERE).unlink()
    blobs = [seal(b"plain"), seal(b"secret", SECRET)]
    for blob in blobs:
        assert states(blob) == {"home": CopyState.PRESENT, "folder:two": CopyState.PLANNED}
    (_, second) = custody_state(room, PLAN, NOW)
    assert (second.planned, second.faulty) == (2, 0)
    assert check(room, NOW).away == {"folder:two"}
    (two / HERE).touch()
    tally = check(room, NOW)
    assert (tally.brought, tally.problems) == (2, [])
    for blob in blobs:
        assert set(states(blob).values()) == {CopyState.PRESENT}
    assert room.copies[1].get_key(blobs[1].pk) == bytes(blobs[1].wrapped_key or b"")
    assert events(Tag.COPY_FAULTY, Tag.COPY_MENDED) == []


def test_an_unmounted_disk_does_not_look_empty(room: Strongroom, seal: Seal, two: Path) -> None:
    """Where the mark is gone the folder is not the copy: nothing is called missing there."""
    blob = seal(b"paper")
    aside = two.with_name("unmounted")
    two.rename(aside)
    two.mkdir()
    tally = check(room)
    assert tally.away == {"folder:two"}
    assert tally.problems == []
    assert list(two.iterdir()) == []
    two.rmdir()
    aside.rename(two)
    assert states(blob)["folder:two"] == CopyState.PRESENT


@pytest.mark.parametrize("protection", list(Protection))
@pytest.mark.parametrize("which", ["one", "two"])
@pytest.mark.parametrize("harm", ["rot", "unlink", "swap"])
def test_a_faulty_copy_is_mended(
    room: Strongroom,
    seal: Seal,
    tmp_path: Path,
    protection: Protection,
    which: str,
    harm: str,
) -> None:
    """From the other one, whose hash is verified; found, named and recorded."""
    blob, other = seal(b"paper", protection), seal(b"another", protection)
    path = path_in(tmp_path / which, blob)
    sound = path.read_bytes()
    if harm == "rot":
        rot(path)
    elif harm == "unlink":
        path.unlink()
    else:
        path.chmod(0o644)
        path.write_bytes(path_in(tmp_path / which, other).read_bytes())
    tally = check(room)
    expected = {"rot": What.BLOB_DAMAGED, "unlink": What.BLOB_MISSING, "swap": What.BLOB_SWAPPED}
    assert [(one.id, one.what) for one in tally.mended] == [(blob.pk, expected[harm])]
    assert tally.problems == []
    assert path.read_bytes() == sound
    assert path.stat().st_mode & 0o777 == 0o444
    assert set(states(blob).values()) == {CopyState.PRESENT}
    assert events(Tag.COPY_FAULTY, Tag.COPY_MENDED) == [Tag.COPY_FAULTY, Tag.COPY_MENDED]
    aside = tmp_path / which / "damaged" / path.parent.name / path.name
    assert aside.exists() == (harm != "unlink")


def test_both_damaged_is_an_alarm(room: Strongroom, seal: Seal, one: Path, two: Path) -> None:
    """Nothing is mended from a damaged copy; told once, and shown until it is restored by hand."""
    blob, sound = seal(b"paper"), path_in(one, seal(b"other")).read_bytes()
    good = path_in(one, blob).read_bytes()
    for folder in (one, two):
        rot(path_in(folder, blob))
    for days in (0, 1):
        tally = check(room, LATER + dt.timedelta(days=days))
        assert {one.what for one in tally.problems} == {What.BLOB_DAMAGED}
        assert len(tally.problems) == 2
    assert events(Tag.COPY_FAULTY, Tag.COPY_LOST) == [
        Tag.COPY_FAULTY,
        Tag.COPY_LOST,
        Tag.COPY_FAULTY,
    ]
    assert [one.id for one in faulty_rows(room)] == [blob.pk] * 2
    path_in(one, blob).write_bytes(good)
    tally = check(room, LATER + dt.timedelta(days=2))
    assert len(tally.mended) == 1
    assert path_in(two, blob).read_bytes() == good != sound
    assert list(faulty_rows(room)) == []


def test_an_older_container_is_told(
    room: Strongroom, seal: Seal, one: Path, tmp_path: Path
) -> None:
    """Sound bytes under the right key, but not the ones written last: rolled back, and mended."""
    blob = seal(b"paper", SECRET)
    path = path_in(one, blob)
    newest = path.read_bytes()
    from archive.stores import LocalArchiveStore

    older = LocalArchiveStore(tmp_path / "older")
    cipher = room.vault.unwrap(bytes(blob.wrapped_key or b""))
    older.put(blob.pk, b"paper", retain_until=UNTIL, cipher=cipher)
    for name in ("blobs", "retention"):
        shutil.copytree(tmp_path / "older" / name, one / name, dirs_exist_ok=True)
    assert room.copies[0].check(blob.pk, cipher=cipher) is None
    tally = check(room)
    assert [one.what for one in tally.mended] == [What.BLOB_ROLLED_BACK]
    assert path.read_bytes() == newest


def test_an_older_note_is_told(room: Strongroom, seal: Seal, one: Path) -> None:
    """A retention shortened beside the bytes: told, and lengthened again."""
    blob = seal(b"paper")
    (note,) = (one / "retention").rglob("*.json")
    note.write_text(note.read_text().replace(UNTIL.isoformat(), PAST.isoformat()))
    tally = check(room)
    assert [one.what for one in tally.mended] == [What.BLOB_ROLLED_BACK]
    assert room.copies[0].retain_until(blob.pk) == UNTIL


@pytest.mark.parametrize("harm", ["older", "gone", "broken"])
def test_a_wrapped_key_that_is_not_the_last_is_told(
    room: Strongroom, seal: Seal, one: Path, harm: str
) -> None:
    """Beside the bytes as in the records; mended from the records."""
    blob = seal(b"paper", SECRET)
    path = one / "keyring" / f"{blob.pk}.json"
    last = path.read_bytes()
    if harm == "older":
        foreign = room.vault.wrap(room.vault.new_data_key(), "identity")
        path.write_bytes(foreign)
    elif harm == "gone":
        path.unlink()
    else:
        path.write_bytes(b"{}")
    tally = check(room)
    assert [one.what for one in tally.mended] == [What.BLOB_ROLLED_BACK]
    assert path.read_bytes() == last


def test_extra_bytes_are_told_once(room: Strongroom, seal: Seal, two: Path) -> None:
    """Every time they are looked for, and in the audit once."""
    seal(b"paper")
    (two / "blobs" / "note.txt").write_bytes(b"?")
    room.copies[0].put(sha(b"stray"), b"stray", retain_until=None)
    for _ in range(2):
        assert sorted(find_extra(room)) == sorted(
            [(sha(b"stray"), "home"), ("note.txt", "folder:two")]
        )
    assert len(events(Tag.COPY_EXTRA)) == 2


def test_anchors_are_levelled(room: Strongroom, one: Path, two: Path) -> None:
    """One lost in a copy comes back; two of one name are told and left alone."""
    room.archive.put_anchor("2026-11-21-1.json", b"a")
    room.archive.put_anchor("2026-11-22-2.json", b"b")
    (two / "anchors" / "2026-11-21-1.json").unlink()
    forged = one / "anchors" / "2026-11-22-2.json"
    forged.chmod(0o644)
    forged.write_bytes(b"forged")
    assert level_anchors(room) == 1
    assert (two / "anchors" / "2026-11-21-1.json").read_bytes() == b"a"
    assert (two / "anchors" / "2026-11-22-2.json").read_bytes() == b"b"
    assert len(events(Tag.COPY_FAULTY)) == 1


def test_a_place_that_is_new_to_us_is_filled(room: Strongroom, seal: Seal, one: Path) -> None:
    """A second copy named later, or a house made before copies were recorded."""
    blobs = [seal(b"plain"), seal(b"secret", SECRET)]
    BlobCopy.objects.all().delete()
    shutil.rmtree(room.copies[1].root / "blobs")  # type: ignore[attr-defined]
    assert take_up(room) == 4
    assert take_up(room) == 0
    tally = check(room, NOW)
    assert (tally.brought, tally.problems) == (2, [])
    for blob in blobs:
        assert set(states(blob).values()) == {CopyState.PRESENT}
    assert level_keys(room) == 1  # the first copy's key was there; the row learns of it
    assert path_in(one, blobs[0]).exists()


def test_a_rate_is_kept(room: Strongroom, seal: Seal) -> None:
    """So many bytes a second, saved up for a minute at most; a large blob makes the next wait."""
    moment = [0.0]
    pace = Pace(1, clock=lambda: moment[0])
    assert pace.wait() == 0
    pace.took(5_000_000)
    assert pace.wait() == pytest.approx(5)
    moment[0] = 5.0
    assert pace.wait() == 0
    moment[0] = 1000.0
    assert pace.wait() == 0
    pace.took(61_000_000)
    assert pace.wait() == pytest.approx(1)


def test_a_slice_goes_on_where_the_last_stopped(room: Strongroom, seal: Seal) -> None:
    """The longest unread first; the table is the memory."""
    for number in range(3):
        seal(b"%d" % number * 1000)
    moment = [0.0]
    pace = Pace(0.001, clock=lambda: moment[0])
    seen = 0
    for _ in range(6):
        tally = check_slice(room, PLAN, pace, seconds=60, now=LATER)
        assert tally.checked == 1
        seen += tally.checked
        assert due_to_check(room, PLAN, LATER).count() == 6 - seen
        moment[0] += 1.0
    assert check_slice(room, PLAN, pace, seconds=60, now=LATER).checked == 0


def test_a_round_by_hand_is_taken_up_again(room: Strongroom, seal: Seal) -> None:
    """What was read before the kill is not read again; the end is an event."""
    for number in range(3):
        seal(b"%d" % number)
    round_ = open_round()

    class Killed(Exception):  # noqa: N818  the end of a process
        pass

    looked = iter(range(4))

    def tick() -> None:
        if next(looked) == 2:
            raise Killed

    with pytest.raises(Killed):
        check_rows(rows_of_round(room, round_), room, tick=tick)
    assert open_round() == round_
    tally = check_rows(rows_of_round(room, round_), room)
    assert tally.checked == 3
    close_round(round_, tally, actor="tai-may")
    assert events(Tag.FIXITY_ROUND) == [Tag.FIXITY_ROUND]
    assert open_round() != round_


def test_a_day_is_one_event(room: Strongroom, seal: Seal) -> None:
    """What was read on it; not one event a blob, and not twice."""
    seal(b"paper")
    tomorrow = NOW + dt.timedelta(days=1)
    assert not close_day(room, PLAN, NOW)
    assert close_day(room, PLAN, tomorrow)
    assert not close_day(room, PLAN, tomorrow)
    (event,) = AuditEvent.objects.filter(tag=Tag.FIXITY_DAY)
    assert event.subject == f"fixity:{NOW.date()}"
    assert event.detail == {"checked": 2, "bytes": 10, "faulty": 0, "overdue": 0}


def test_lag_is_told(room: Strongroom, seal: Seal) -> None:
    """What was not read within the period, and a rate that could never do it."""
    seal(b"paper")
    first, second = custody_state(room, PLAN, NOW + dt.timedelta(days=366))
    assert (first.overdue, second.overdue) == (1, 1)
    assert not is_too_slow([first], PLAN)
    ArchivedBlob.objects.update(size=10**15)
    states = custody_state(room, PLAN, NOW)
    assert is_too_slow(states, FixityPlan(days=1, megabytes_per_second=1))


def test_plain_and_encrypted_are_looked_at_apart(room: Strongroom, seal: Seal, one: Path) -> None:
    """Form by form."""
    blob = seal(b"paper", SECRET)
    assert set(BlobCopy.objects.filter(blob=blob).values_list("form", flat=True)) == {
        Form.ENCRYPTED.value
    }


def test_a_disk_that_lies_holds_up_nothing_else(
    room: Strongroom, seal: Seal, two: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a copy does not take is tried again later; the others are brought meanwhile."""
    (two / HERE).unlink()
    blobs = [seal(b"one"), seal(b"two")]
    (two / HERE).touch()
    target = room.copies[1]
    real = target.adopt

    def lying(sha256: str, *words: object, **named: object) -> None:
        if sha256 == blobs[0].pk:
            raise BlobDamagedError(detail="not written as given")
        real(sha256, *words, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(target, "adopt", lying)
    tally = check(room, NOW)
    assert (tally.brought, tally.away) == (1, set())
    assert [one.id for one in tally.problems] == [blobs[0].pk]
    assert states(blobs[0])["folder:two"] == CopyState.PLANNED
    assert states(blobs[1])["folder:two"] == CopyState.PRESENT
    assert not due_to_copy(room, NOW).exists()
    monkeypatch.setattr(target, "adopt", real)
    assert check(room, NOW + dt.timedelta(days=1)).brought == 1


def test_a_place_known_to_be_away_is_not_tried(room: Strongroom, seal: Seal, two: Path) -> None:
    """Each try may cost the whole patience of a line."""
    (two / HERE).unlink()
    seal(b"paper")
    (two / HERE).touch()
    words = {"seconds": 60, "now": NOW}
    tally = check_slice(room, PLAN, Pace(1000), away=["folder:two"], **words)  # type: ignore[arg-type]
    assert tally.brought == 0
    assert check_slice(room, PLAN, Pace(1000), **words).brought == 1  # type: ignore[arg-type]

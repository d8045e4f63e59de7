"""Two copies under faults: a full disk, a place that is down or slow, a keeper that is killed."""

import contextlib
import errno
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.stores import CopiedArchiveStore, DataKey, Form, LocalArchiveStore
from archive.stores.copies import copy_blob
from archive.stores.errors import StoreUnavailableError
from archive.stores.local_archive import HERE
from tests import scaled
from tests.faults.test_stores import UNTIL, dying_at, in_child, rot, sha
from tests.homes import environment_of

CHILD = Path(__file__).with_name("custody_child.py")
KEY = DataKey.of(b"k" * 32)


@pytest.fixture
def first(tmp_path: Path) -> LocalArchiveStore:
    """The first copy."""
    return LocalArchiveStore(tmp_path / "one")


@pytest.fixture
def second(tmp_path: Path) -> LocalArchiveStore:
    """The second copy."""
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / HERE).touch()
    return LocalArchiveStore(tmp_path / "two", place="folder:two", is_marked=True)


def test_a_disk_that_is_full_in_the_second_copy_alone(
    first: LocalArchiveStore, second: LocalArchiveStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The seal is done, the second copy says what it missed, and is left alone for a while."""
    moment = [0.0]
    both = CopiedArchiveStore([first, second], pause_seconds=60, clock=lambda: moment[0])
    real, calls = os.fsync, []

    def full(handle: int) -> None:
        if str(second.root) in str(Path(f"/proc/self/fd/{handle}").readlink()):
            calls.append(handle)
            raise OSError(errno.ENOSPC, "no space")
        real(handle)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        for number, cipher in enumerate((None, KEY)):
            data = b"paper %d" % number
            stored = both.put(sha(data), data, retain_until=UNTIL, cipher=cipher)
            assert stored.missing_in == ("folder:two",)
            assert both.read(sha(data), cipher=cipher) == data
        assert both.put_key(sha(b"paper 1"), b"wrapped") == ("folder:two",)
        both.put_anchor("2026-11-22-1.json", b"anchor")
    assert len(calls) == 1  # paused after the first refusal
    assert [path for path in second.root.rglob("*") if path.is_file() and path.stat().st_size] == []
    assert list(second.names()) == []
    moment[0] = 61.0
    for number, cipher in enumerate((None, KEY)):
        data = b"paper %d" % number
        assert both.put(sha(data), data, retain_until=UNTIL, cipher=cipher).missing_in == ()
        assert second.read(sha(data), cipher=cipher) == data


def test_reading_falls_back(first: LocalArchiveStore, second: LocalArchiveStore) -> None:
    """Damaged, gone or away in the first: the second gives the bytes; both damaged: told."""
    both = CopiedArchiveStore([first, second])
    both.put(sha(b"x"), b"x", retain_until=UNTIL)
    path = first.root / "blobs" / sha(b"x")[:2] / sha(b"x")
    rot(path, 0)
    assert both.read(sha(b"x")) == b"x"
    problem = both.check(sha(b"x"))
    assert problem is not None
    assert "(home)" in problem.detail
    path.unlink()
    assert both.read(sha(b"x")) == b"x"
    assert both.check(sha(b"x")) is None  # what one copy alone lacks, the table of copies tells
    first.root.rename(first.root.with_name("away"))
    first.root.write_bytes(b"no folder")
    assert both.read(sha(b"x")) == b"x"


@pytest.mark.parametrize(
    "point",
    [
        "archive.stores._forms.sync_file",
        "archive.stores.local_archive.LocalArchiveStore._write_note",
        "archive.stores.local_archive.LocalArchiveStore._set_aside",
        "pathlib.Path.hardlink_to",
        "pathlib.Path.replace",
    ],
)
@pytest.mark.parametrize("cipher", [None, KEY], ids=["plain", "encrypted"])
def test_killed_while_mending(
    first: LocalArchiveStore, second: LocalArchiveStore, point: str, cipher: DataKey | None
) -> None:
    """The name bears the damaged bytes or the sound ones, never others; a second try mends."""
    data = b"quyet dinh" * 200_000
    form = Form.PLAIN if cipher is None else Form.ENCRYPTED
    for copy in (first, second):
        if not copy.exists(sha(data)):
            CopiedArchiveStore([first, second]).put(
                sha(data), data, retain_until=UNTIL, cipher=cipher
            )
    path = second.root / "blobs" / sha(data)[:2] / (sha(data) + (".enc" if cipher else ""))
    sound = path.read_bytes()
    rot(path, -1)
    rotten = path.read_bytes()

    def mend() -> None:
        copy_blob(sha(data), form, source=first, target=second)

    assert in_child(dying_at(point, mend)) == -signal.SIGKILL
    assert path.read_bytes() in (sound, rotten)
    second.sweep()
    mend()
    assert path.read_bytes() == sound
    assert second.check(sha(data), cipher=cipher) is None
    assert list((second.root / "blobs" / ".tmp").iterdir()) == []


@contextlib.contextmanager
def server(answer: bytes, *, every: float) -> Iterator[str]:
    """A server that takes a request and then gives one byte now and then, or none."""
    over = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)

    def serve(line: socket.socket) -> None:
        with line, contextlib.suppress(OSError):
            line.recv(65536)
            line.sendall(answer)
            while not over.wait(every):
                line.sendall(b"x")

    def listen() -> None:
        while not over.is_set():
            with contextlib.suppress(TimeoutError):
                threading.Thread(target=serve, args=(listener.accept()[0],)).start()

    thread = threading.Thread(target=listen)
    thread.start()
    try:
        yield f"127.0.0.1:{listener.getsockname()[1]}"
    finally:
        over.set()
        thread.join()
        listener.close()


@pytest.mark.parametrize("answer", ["silence", "trickle"])
def test_a_slow_server_is_given_up(
    first: LocalArchiveStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answer: str
) -> None:
    """Bounded tries, then `planned`: neither silence nor a trickle holds up the house."""
    from archive.stores import _s3_bucket
    from archive.stores.s3 import LockMode, S3ArchiveStore

    monkeypatch.setattr(_s3_bucket, "S3_READ_SECONDS", 0.5)
    monkeypatch.setattr(_s3_bucket, "S3_PATIENCE_SECONDS", 0.5)
    monkeypatch.setattr(_s3_bucket, "S3_STEP_BYTES", 4)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" if answer == "trickle" else b""
    with server(head, every=0.05 if head else 60.0) as endpoint:
        slow = S3ArchiveStore.connect(
            endpoint=endpoint,
            bucket="archive",
            access_key="a",
            secret_key="b",
            secure=False,
            mode=LockMode.GOVERNANCE,
            spool=tmp_path,
        )
        start = time.monotonic()
        if head:
            version = _s3_bucket.Version("key", "1", None, 9)  # type: ignore[arg-type]
            with pytest.raises(StoreUnavailableError):
                slow._bucket.download(version)
        both = CopiedArchiveStore([first, slow])
        if not head:
            for data in (b"one", b"two", b"three"):
                stored = both.put(sha(data), data, retain_until=UNTIL)
                assert stored.missing_in == (slow.place,)
        assert time.monotonic() - start < 8


def story(tmp_path: Path, seed: int, kills: int) -> dict[str, object]:
    """A house of two copies whose keeper dies again and again, and what is left."""
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / HERE).touch()
    done = subprocess.run(
        [sys.executable, str(CHILD), str(seed), str(kills)],
        env=environment_of(tmp_path / "home", TANGTHU_COPY_FOLDER=str(tmp_path / "two")),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, object] = json.loads(done.stdout)
    return found


def check(found: dict[str, object], kills: int) -> None:
    """Nothing lost, nothing half there, everything in both copies under the newest keys."""
    died = found["died"]
    assert isinstance(died, dict)
    assert sum(died.values()) >= kills
    assert found["harmed"]
    first = "s3" if scaled.mode() else "home"
    assert found["given"] == {first: [True] * 6, "folder": [True] * 6}
    assert found["under_way"] == [True] * 6
    assert found["states"] == [["leaving", "plain"], ["present", "encrypted"]]
    assert found["audit"] == []
    assert found["scratch"] == []


def test_a_keeper_that_is_killed(tmp_path: Path) -> None:
    """At random durable steps of filling, sealing anew, rotating, mending."""
    check(story(tmp_path, seed=1, kills=2), kills=6)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 7))
def test_a_keeper_that_is_killed_often(tmp_path: Path, seed: int) -> None:
    """More than a hundred kills in all."""
    check(story(tmp_path, seed=seed, kills=8), kills=20)

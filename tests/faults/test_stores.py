"""What the stores do when the disk fills, the process dies, or a file rots."""

import errno
import hashlib
import io
import os
import resource
import signal
import subprocess
import traceback
import unittest.mock
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from archive.stores import DataKey, LocalArchiveStore, LocalWorkStore
from archive.stores.cipher import HEADER_BYTES, TAG_BYTES
from archive.stores.errors import (
    BlobDamagedError,
    DiskFullError,
    KeyMismatchError,
    SourceUnreadableError,
    StoreUnavailableError,
    TooLargeError,
)
from archive.stores.limits import CHUNK_BYTES
from imaging.errors import Category
from proof.types import What

KEY = DataKey.of(b"k" * 32)
UNTIL = date(2096, 12, 31)


def sha(data: bytes) -> str:
    """A blob's name."""
    return hashlib.sha256(data).hexdigest()


def files(folder: Path) -> list[Path]:
    """Every file but the lock files."""
    return [path for path in folder.rglob("*") if path.is_file() and path.name != ".lock"]


@pytest.fixture
def work(tmp_path: Path) -> LocalWorkStore:
    """A work store."""
    return LocalWorkStore(tmp_path / "work", KEY)


@pytest.fixture
def archive(tmp_path: Path) -> LocalArchiveStore:
    """An archive store."""
    return LocalArchiveStore(tmp_path)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("call", ["fsync", "write"])
def test_disk_full_is_said_and_leaves_nothing(
    work: LocalWorkStore,
    archive: LocalArchiveStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    call: str,
    code: int,
) -> None:
    """On writing or on syncing: a code, a sentence, and no half file under any name."""

    def fail(*_args: object) -> None:
        raise OSError(code, os.strerror(code))

    if call == "fsync":
        monkeypatch.setattr("archive.stores._files.os.fsync", fail)
    else:
        real = io.BufferedRandom

        class Full(real):
            write = writelines = fail

        monkeypatch.setattr("os.fdopen", lambda fd, _mode: Full(io.FileIO(fd, "r+b")))
    with pytest.raises(DiskFullError) as caught:
        work.put(b"x" * 10)
    assert (caught.value.code, caught.value.category) == ("disk_full", Category.ENVIRONMENT)
    assert "ổ đĩa" in caught.value.message
    with pytest.raises(DiskFullError):
        archive.put(sha(b"x"), b"x", retain_until=UNTIL)
    monkeypatch.undo()
    assert files(tmp_path) == []
    assert list(work.names()) == list(archive.names()) == []


def beside(action: Callable[[], object]) -> int:
    """A process beside this one, which may die; its id.

    Forked, not started: importing everything anew would cost more than the whole test.
    """
    child = os.fork()
    if child == 0:
        try:
            action()
        except BaseException:  # noqa: BLE001  a child must not go on as a second pytest
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return child


def status(child: int) -> int:
    """How a process ended: its exit status, or minus the signal."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def in_child(action: Callable[[], object]) -> int:
    """Do something in a process of its own and wait for it."""
    return status(beside(action))


def dying_at(point: str, action: Callable[[], object]) -> Callable[[], object]:
    """The action, cut short by SIGKILL when it comes to `point`."""

    def die(*_args: object, **_named: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def run() -> None:
        with unittest.mock.patch(point, die):
            action()

    return run


def test_a_real_limit_on_file_size(
    work: LocalWorkStore, archive: LocalArchiveStore, tmp_path: Path
) -> None:
    """The kernel itself refuses the bytes: both stores say so and stay as they were."""
    data = os.urandom(5_000_000)

    def fill() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))
        with pytest.raises(DiskFullError):
            work.put(io.BytesIO(data))
        with pytest.raises(DiskFullError):
            archive.put(sha(data), data, retain_until=None)
        assert list(work.names()) == list(archive.names()) == []
        work.put(b"small enough")

    assert in_child(fill) == 0
    assert len(files(tmp_path)) == 1


@pytest.mark.parametrize(
    "point",
    [
        "archive.stores._forms.sync_file",
        "archive.stores.local_work.make_folder",
        "archive.stores.local_work.sync_folder",
        "pathlib.Path.replace",
    ],
)
def test_work_store_killed_before_the_name(
    work: LocalWorkStore, tmp_path: Path, point: str
) -> None:
    """Kill -9 at any step: nothing or all; the next start clears up, the next put succeeds."""
    data = b"giay khai sinh" * 100_000
    assert in_child(dying_at(point, lambda: work.put(data))) == -signal.SIGKILL
    for name in work.names():
        assert work.read(name) == data
    assert work.sweep(lambda _name: True) == 0
    assert list((tmp_path / "work" / ".tmp").iterdir()) == []
    assert work.read(work.put(data).sha256) == data


@pytest.mark.parametrize(
    "point",
    [
        "archive.stores._forms.sync_file",
        "archive.stores.local_archive._read_back",
        "archive.stores.local_archive.LocalArchiveStore._write_note",
        "archive.stores._files.link_new",
        "archive.stores._files.sync_folder",
    ],
)
@pytest.mark.parametrize("cipher", [None, KEY], ids=["plain", "encrypted"])
def test_archive_store_killed_before_the_name(
    archive: LocalArchiveStore, tmp_path: Path, point: str, cipher: DataKey | None
) -> None:
    """The same for the seal: never a name without its bytes, and a second seal completes."""
    data = b"quyet dinh" * 200_000

    def seal() -> None:
        archive.put(sha(data), data, retain_until=UNTIL, cipher=cipher)

    assert in_child(dying_at(point, seal)) == -signal.SIGKILL
    for name in archive.names():
        assert archive.read(name, cipher=cipher) == data
    archive.sweep()
    assert list((tmp_path / "blobs" / ".tmp").glob("*")) == []
    seal()
    assert archive.check(sha(data)) is None
    assert archive.check(sha(data), cipher=cipher) is None


def test_plain_copy_of_a_killed_tool_is_swept(work: LocalWorkStore, tmp_path: Path) -> None:
    """What `path` wrote in the clear does not outlive the next start."""
    stored = work.put(b"so dinh danh")

    def use() -> None:
        with work.path(stored.sha256):
            os.kill(os.getpid(), signal.SIGKILL)

    assert in_child(use) == -signal.SIGKILL
    left = [path for path in files(tmp_path) if b"so dinh danh" in path.read_bytes()]
    assert len(left) == 1
    work.sweep(lambda _name: True)
    assert not left[0].exists()


def test_sweep_spares_what_another_process_is_at(work: LocalWorkStore) -> None:
    """A second process starting up takes nothing from under the first."""
    stored = work.put(b"x")
    with work.path(stored.sha256) as path:
        assert in_child(lambda: work.sweep(lambda _name: True)) == 0
        assert path.read_bytes() == b"x"


def test_a_writer_that_dies_frees_the_sweep(work: LocalWorkStore) -> None:
    """Bytes without a row, left by a process killed inside `writing()`, go at the next sweep."""

    def write() -> None:
        with work.writing():
            work.put(b"orphan")
            os.kill(os.getpid(), signal.SIGKILL)

    assert in_child(write) == -signal.SIGKILL
    assert work.sweep(lambda _name: False) == 1


def test_a_forked_child_does_not_hold_the_guard(work: LocalWorkStore) -> None:
    """A worker pool forked while a writer was inside would otherwise block the sweep for ever."""
    work.put(b"x")
    with work.writing():
        child = subprocess.Popen(["sleep", "30"], close_fds=False)
    try:
        assert work.sweep(lambda _name: False) == 1
    finally:
        child.kill()
        child.wait()


def rot(path: Path, place: int) -> None:
    """Flip one bit, read-only or not."""
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


def places(size: int) -> Iterator[int]:
    """Header, first chunk, border, last chunk, last tag."""
    yield from (0, 10, HEADER_BYTES - 1, HEADER_BYTES, HEADER_BYTES + CHUNK_BYTES + 3)
    yield from (size - TAG_BYTES - 1, size - 1)


def test_one_bit_shows_wherever_it_is(work: LocalWorkStore, tmp_path: Path) -> None:
    """Every part of the container is authenticated."""
    data = os.urandom(CHUNK_BYTES + 5000)
    name = work.put(data).sha256
    path = tmp_path / "work" / name[:2] / name
    for place in places(path.stat().st_size):
        rot(path, place)
        with pytest.raises((BlobDamagedError, KeyMismatchError)):
            work.read(name)
        rot(path, place)
    assert work.read(name) == data


@pytest.mark.parametrize("cut", [1, TAG_BYTES, 5000 + TAG_BYTES, CHUNK_BYTES, "empty", "header"])
def test_a_cut_file_shows(work: LocalWorkStore, tmp_path: Path, cut: int | str) -> None:
    """At a chunk's border too, where every chunk left is sound."""
    name = work.put(os.urandom(CHUNK_BYTES + 5000)).sha256
    path = tmp_path / "work" / name[:2] / name
    size = path.stat().st_size
    keep = {"empty": 0, "header": HEADER_BYTES}.get(cut) if isinstance(cut, str) else size - cut
    os.truncate(path, keep or 0)
    with pytest.raises(BlobDamagedError):
        work.read(name)


def test_swapped_containers_show(work: LocalWorkStore, tmp_path: Path) -> None:
    """Sound bytes under another name are not the bytes of that name."""
    one, two = work.put(b"one").sha256, work.put(b"two").sha256
    (tmp_path / "work" / one[:2] / one).replace(tmp_path / "work" / two[:2] / two)
    with pytest.raises(BlobDamagedError):
        work.read(two)


def test_putting_again_heals(work: LocalWorkStore, tmp_path: Path) -> None:
    """A damaged work file is mended by the next put of the same bytes."""
    name = work.put(b"data").sha256
    rot(tmp_path / "work" / name[:2] / name, -1)
    work.put(b"data")
    assert work.read(name) == b"data"


@pytest.mark.parametrize("cipher", [None, KEY], ids=["plain", "encrypted"])
def test_a_rotten_archive_blob(
    archive: LocalArchiveStore, tmp_path: Path, cipher: DataKey | None
) -> None:
    """Found by `check` with the key and without; never read as good, never overwritten."""
    data = b"quyet dinh so 15"
    archive.put(sha(data), data, retain_until=UNTIL, cipher=cipher)
    path = tmp_path / "blobs" / sha(data)[:2] / (sha(data) + (".enc" if cipher else ""))
    rot(path, -1)
    rotten = path.read_bytes()
    for key in {cipher, None}:
        problem = archive.check(sha(data), cipher=key)
        assert problem is not None
        assert (problem.id, problem.what) == (sha(data), What.BLOB_DAMAGED)
    with pytest.raises(BlobDamagedError):
        archive.read(sha(data), cipher=cipher)
    with pytest.raises(BlobDamagedError):
        archive.put(sha(data), data, retain_until=UNTIL, cipher=cipher)
    assert path.read_bytes() == rotten


def test_a_disk_that_lies(
    archive: LocalArchiveStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes back from the disk is not what was written: no name appears."""
    from archive.stores import _forms

    real = _forms.sync_file

    def bad_sync(file: io.BufferedRandom) -> None:
        file.seek(0)
        file.write(b"!")
        real(file)

    monkeypatch.setattr(_forms, "sync_file", bad_sync)
    for cipher in (None, KEY):
        with pytest.raises(BlobDamagedError):
            archive.put(sha(b"data"), b"data", retain_until=UNTIL, cipher=cipher)
    assert files(tmp_path) == []


class BadStick(io.RawIOBase):
    """A USB stick pulled out half way."""

    def __init__(self) -> None:
        self.left = 3

    def readable(self) -> bool:
        """Yes."""
        return True

    def read(self, _size: int = -1, /) -> bytes:
        """Three chunks and then no more."""
        self.left -= 1
        if self.left < 0:
            raise OSError(errno.EIO, "I/O error")
        return b"x" * 1000


def test_a_source_that_breaks_off(work: LocalWorkStore, tmp_path: Path) -> None:
    """The source's fault is not the store's."""
    with pytest.raises(SourceUnreadableError):
        work.put(BadStick())  # type: ignore[arg-type]  # a file by its behaviour
    assert files(tmp_path) == []


def test_too_large(work: LocalWorkStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit holds while copying."""
    monkeypatch.setattr("archive.stores._files.BLOB_BYTES", 100)
    with pytest.raises(TooLargeError):
        work.put(b"x" * 101)
    work.put(b"x" * 100)


def test_folder_that_is_no_folder(tmp_path: Path) -> None:
    """A store on a path that cannot be a folder says so."""
    (tmp_path / "work").write_bytes(b"")
    with pytest.raises(StoreUnavailableError):
        LocalWorkStore(tmp_path / "work", KEY).put(b"x")


def test_two_writers_and_a_sweep_that_never_rests(work: LocalWorkStore, tmp_path: Path) -> None:
    """No row ever loses its bytes, and every orphan goes in the end."""
    rows, stop = tmp_path / "rows", tmp_path / "stop"
    rows.mkdir()

    def write(who: str) -> None:
        for number in range(40):
            with work.writing():
                (rows / work.put(f"{who} {number}".encode()).sha256).touch()
            with work.writing():
                work.put(f"orphan {who} {number}".encode())

    def sweep() -> None:
        swept = 0
        while not (swept and stop.exists()):  # writers may leave it no moment until they rest
            swept += work.sweep(lambda name: (rows / name).exists()) or 0

    sweeper = beside(sweep)
    writers = [beside(partial(write, who)) for who in ("one", "two")]
    assert [status(writer) for writer in writers] == [0, 0]
    stop.touch()
    assert status(sweeper) == 0
    named = {path.name for path in rows.iterdir()}
    work.sweep(named.__contains__)
    assert len(named) == 80
    assert set(work.names()) == named


def test_two_sealers_at_once(archive: LocalArchiveStore) -> None:
    """The same papers sealed by two processes: one file each, sound, kept for the longer time."""

    def seal(year: int) -> None:
        for number in range(15):
            data, until = b"%d" % number * 10_000, date(year, 12, 31)
            archive.put(sha(data), data, retain_until=until)
            archive.put(sha(data), data, retain_until=until, cipher=KEY)

    sealers = [beside(partial(seal, year)) for year in (2030, 2031)]
    assert [status(sealer) for sealer in sealers] == [0, 0]
    names = list(archive.names())
    assert len(names) == 15
    assert [archive.check(name) for name in names] == [None] * 15
    assert {archive.retain_until(name) for name in names} == {date(2031, 12, 31)}

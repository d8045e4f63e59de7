"""What the stores do when the disk fills, the process dies, or a file rots."""

import errno
import hashlib
import io
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from datetime import date
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


def run(code: str, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """A process of its own, which may die."""
    prelude = """
        import io, os, resource, signal, sys
        from datetime import date
        from pathlib import Path
        from archive.stores import DataKey, LocalArchiveStore, LocalWorkStore
        KEY = DataKey.of(b"k" * 32)
        work = LocalWorkStore(Path(sys.argv[1]) / "work", KEY)
        archive = LocalArchiveStore(Path(sys.argv[1]))
    """
    script = textwrap.dedent(prelude) + textwrap.dedent(code)
    return subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=Path(__file__).parents[2],
    )


def test_a_real_limit_on_file_size(tmp_path: Path) -> None:
    """The kernel itself refuses the bytes: both stores say so and stay as they were."""
    done = run(
        """
        from archive.stores.errors import DiskFullError
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))
        data = os.urandom(5_000_000)
        import hashlib
        for put in (
            lambda: work.put(io.BytesIO(data)),
            lambda: archive.put(hashlib.sha256(data).hexdigest(), data, retain_until=None),
        ):
            try:
                put()
            except DiskFullError as error:
                print(error.code)
        print(len(list(work.names())), len(list(archive.names())))
        work.put(b"small enough")
        """,
        tmp_path,
    )
    assert (done.returncode, done.stdout.split()) == (0, ["disk_full", "disk_full", "0", "0"])
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
def test_work_store_killed_before_the_name(tmp_path: Path, point: str) -> None:
    """Kill -9 at any step: nothing or all; the next start clears up, the next put succeeds."""
    done = run(
        f"""
        import unittest.mock
        def die(*_args):
            os.kill(os.getpid(), signal.SIGKILL)
        with unittest.mock.patch({point!r}, die):
            work.put(b"giay khai sinh" * 100_000)
        """,
        tmp_path,
    )
    assert done.returncode == -signal.SIGKILL
    work = LocalWorkStore(tmp_path / "work", KEY)
    for name in work.names():
        assert work.read(name) == b"giay khai sinh" * 100_000
    assert work.sweep(lambda _name: True) == 0
    assert list((tmp_path / "work" / ".tmp").iterdir()) == []
    stored = work.put(b"giay khai sinh" * 100_000)
    assert work.read(stored.sha256) == b"giay khai sinh" * 100_000


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
@pytest.mark.parametrize("cipher", ["None", "KEY"])
def test_archive_store_killed_before_the_name(tmp_path: Path, point: str, cipher: str) -> None:
    """The same for the seal: never a name without its bytes, and a second seal completes."""
    done = run(
        f"""
        import hashlib, unittest.mock
        data = b"quyet dinh" * 200_000
        def die(*_args, **_named):
            os.kill(os.getpid(), signal.SIGKILL)
        with unittest.mock.patch({point!r}, die):
            archive.put(
                hashlib.sha256(data).hexdigest(), data,
                retain_until=date(2096, 12, 31), cipher={cipher},
            )
        """,
        tmp_path,
    )
    assert done.returncode == -signal.SIGKILL
    archive = LocalArchiveStore(tmp_path)
    data, key = b"quyet dinh" * 200_000, KEY if cipher == "KEY" else None
    for name in archive.names():
        assert archive.read(name, cipher=key) == data
    archive.sweep()
    assert list((tmp_path / "blobs" / ".tmp").glob("*")) == []
    archive.put(sha(data), data, retain_until=UNTIL, cipher=key)
    assert archive.check(sha(data)) is None
    assert archive.check(sha(data), cipher=key) is None


def test_plain_copy_of_a_killed_tool_is_swept(tmp_path: Path) -> None:
    """What `path` wrote in the clear does not outlive the next start."""
    done = run(
        """
        stored = work.put(b"so dinh danh")
        with work.path(stored.sha256):
            os.kill(os.getpid(), signal.SIGKILL)
        """,
        tmp_path,
    )
    assert done.returncode == -signal.SIGKILL
    left = [path for path in files(tmp_path) if b"so dinh danh" in path.read_bytes()]
    assert len(left) == 1
    LocalWorkStore(tmp_path / "work", KEY).sweep(lambda _name: True)
    assert not left[0].exists()


def test_sweep_spares_what_another_process_is_at(work: LocalWorkStore, tmp_path: Path) -> None:
    """A second process starting up takes nothing from under the first."""
    stored = work.put(b"x")
    with work.path(stored.sha256) as path:
        done = run("work.sweep(lambda name: True); archive.sweep()", tmp_path)
        assert done.returncode == 0, done.stderr
        assert path.read_bytes() == b"x"


def test_a_writer_that_dies_frees_the_sweep(tmp_path: Path) -> None:
    """Bytes without a row, left by a process killed inside `writing()`, go at the next sweep."""
    done = run(
        """
        with work.writing():
            work.put(b"orphan")
            os.kill(os.getpid(), signal.SIGKILL)
        """,
        tmp_path,
    )
    assert done.returncode == -signal.SIGKILL
    work = LocalWorkStore(tmp_path / "work", KEY)
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


def start(code: str, tmp_path: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """A process beside this one."""
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", textwrap.dedent(code), str(tmp_path), *arguments]
    return subprocess.Popen(command, cwd=root)


WRITER = """
    import sys
    from pathlib import Path
    from archive.stores import DataKey, LocalWorkStore
    home = Path(sys.argv[1])
    store = LocalWorkStore(home / "work", DataKey.of(b"k" * 32))
    for number in range(40):
        with store.writing():
            name = store.put(f"{sys.argv[2]} {number}".encode()).sha256
            (home / "rows" / name).touch()
        with store.writing():
            store.put(f"orphan {sys.argv[2]} {number}".encode())
"""
SWEEPER = """
    import sys
    from pathlib import Path
    from archive.stores import DataKey, LocalWorkStore
    home = Path(sys.argv[1])
    store = LocalWorkStore(home / "work", DataKey.of(b"k" * 32))
    swept = 0
    while not (home / "stop").exists():
        swept += store.sweep(lambda name: (home / "rows" / name).exists()) or 0
    assert swept
"""


def test_two_writers_and_a_sweep_that_never_rests(tmp_path: Path) -> None:
    """No row ever loses its bytes, and every orphan goes in the end."""
    (tmp_path / "rows").mkdir()
    sweeper = start(SWEEPER, tmp_path)
    writers = [start(WRITER, tmp_path, name) for name in ("one", "two")]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    (tmp_path / "stop").touch()
    assert sweeper.wait(60) == 0
    work = LocalWorkStore(tmp_path / "work", KEY)
    rows = {path.name for path in (tmp_path / "rows").iterdir()}
    work.sweep(rows.__contains__)
    assert len(rows) == 80
    assert set(work.names()) == rows


SEALER = """
    import hashlib, sys
    from datetime import date
    from pathlib import Path
    from archive.stores import DataKey, LocalArchiveStore
    store = LocalArchiveStore(Path(sys.argv[1]))
    for number in range(15):
        data = b"%d" % number * 10_000
        until = date(2030 + int(sys.argv[2]), 12, 31)
        name = hashlib.sha256(data).hexdigest()
        store.put(name, data, retain_until=until)
        store.put(name, data, retain_until=until, cipher=DataKey.of(b"k" * 32))
"""


def test_two_sealers_at_once(tmp_path: Path) -> None:
    """The same papers sealed by two processes: one file each, sound, kept for the longer time."""
    sealers = [start(SEALER, tmp_path, str(number)) for number in range(2)]
    assert [sealer.wait(60) for sealer in sealers] == [0, 0]
    archive = LocalArchiveStore(tmp_path)
    names = list(archive.names())
    assert len(names) == 15
    assert [archive.check(name) for name in names] == [None] * 15
    assert {archive.retain_until(name) for name in names} == {date(2031, 12, 31)}

"""Receiving is a promise: one receipt for every file, and no source is touched."""

import errno
import hashlib
import io
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.models import Account, Batch, Document, Dossier, Receipt, StageRun
from archive.services.documents import Cut, make_documents
from archive.services.intake import Intake, decide_held, finish_batch, hold_file, open_batch
from archive.services.sealing import is_named_in_work
from archive.states import BatchState, ReceiptState
from archive.stores.errors import BlobDamagedError, DiskFullError
from ingest import receive as receiving
from ingest.errors import NothingToIngestError, PathMissingError, TooManyFilesError
from ingest.receive import find_files, receive_paths, receive_stream
from tests.making import make_document
from workers.house import House


def receive(house: House, account: Account, *paths: Path, **said: Any) -> Batch:
    """Receive as the command line does."""
    intake = Intake(name="lô", sources=tuple(str(path) for path in paths), **said)
    return receive_paths(paths, intake, account, work=house.work)


def told(batch: Batch) -> dict[str, tuple[str, str]]:
    """State and code of every receipt by name."""
    return {row.untrusted_name: (row.state, row.code) for row in batch.receipts.all()}


def finish(batch: Batch) -> None:
    """As if the machine had done its work on a batch, with one document a file."""
    for receipt in batch.receipts.filter(state=ReceiptState.RECEIVED):
        make_documents(receipt, [Cut(1, 1)])
    StageRun.objects.filter(receipt__batch=batch).update(state="done")
    assert finish_batch(batch)


def test_every_file_of_a_folder_has_its_receipt(
    house: House, account: Account, tmp_path: Path
) -> None:
    """In a stable order, by its path in the folder, its bytes safe and the sources as they were."""
    (tmp_path / "b").mkdir()
    (tmp_path / ".git").mkdir()
    files = {"a.pdf": b"one", "b/a.pdf": b"two", "b/ổ khoá.pdf": b"three"}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    for hidden in (".DS_Store", ".git/config", "b/.tmp"):
        (tmp_path / hidden).write_bytes(b"x")

    def seen() -> dict[Path, tuple[int, int, int]]:
        stats = {path: path.stat() for path in tmp_path.rglob("*")}
        return {path: (one.st_ino, one.st_mtime_ns, one.st_size) for path, one in stats.items()}

    before = seen()
    batch = receive(house, account, tmp_path)
    assert [row.untrusted_name for row in batch.receipts.order_by("position")] == sorted(files)
    for row in batch.receipts.all():
        assert house.work.read(row.sha256) == files[row.untrusted_name]
        assert row.size == len(files[row.untrusted_name])
    assert seen() == before


def test_files_that_cannot_be_taken_have_receipts_too(
    house: House, account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a code, each; the batch goes on, and nothing hangs on a pipe or a loop of links."""
    (tmp_path / "1.pdf").write_bytes(b"good")
    (tmp_path / "empty.pdf").write_bytes(b"")
    (tmp_path / "large.pdf").write_bytes(b"x" * 101)
    (tmp_path / "limit.pdf").write_bytes(b"x" * 100)
    (tmp_path / "to-nothing.pdf").symlink_to(tmp_path / "gone")
    (tmp_path / "to-itself.pdf").symlink_to(tmp_path / "to-itself.pdf")
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe.pdf")
    monkeypatch.setattr("ingest.receive.MAX_FILE_BYTES", 100)
    assert told(receive(house, account, tmp_path)) == {
        "1.pdf": ("received", ""),
        "limit.pdf": ("received", ""),
        "empty.pdf": ("stopped", "empty_file"),
        "large.pdf": ("stopped", "too_large"),
        "to-nothing.pdf": ("stopped", "unreadable_file"),
        "to-itself.pdf": ("stopped", "unreadable_file"),
        "pipe.pdf": ("stopped", "unreadable_file"),
    }


def test_a_file_that_the_system_does_not_give(
    house: House, account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No right to read, or gone between the listing and the reading."""
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(name.encode())
    real = os.open

    def refuse(path: Any, *words: Any, **more: Any) -> int:
        if str(path).endswith("/a"):
            raise PermissionError(errno.EACCES, "denied", str(path))
        return real(path, *words, **more)

    with monkeypatch.context() as patch:
        patch.setattr("ingest.receive.os.open", refuse)
        batch = receive(house, account, tmp_path)
    assert told(batch) == {"a": ("stopped", "unreadable_file"), "b": ("received", "")}


def test_names_that_are_no_text(house: House, account: Account, tmp_path: Path) -> None:
    """Names in an old encoding are kept apart, though their files are the same bytes."""
    for name in (b"gi\xe5y.pdf", b"gi\xe6y.pdf", b"r\xf0ng1", b"r\xf1ng1"):
        (tmp_path / os.fsdecode(name)).write_bytes(b"" if b"ng1" in name else b"same")
    batch = receive(house, account, tmp_path)
    states = sorted(row.state for row in batch.receipts.all())
    assert states == ["duplicate", "received", "stopped", "stopped"]
    for row in batch.receipts.all():
        row.untrusted_name.encode()


def test_same_names_in_two_folders_are_two_files(
    house: House, account: Account, tmp_path: Path
) -> None:
    """The scanner names its files alike every day."""
    for day in ("mon", "tue"):
        (tmp_path / day).mkdir()
        (tmp_path / day / "scan0001.pdf").write_bytes(b"same")
        (tmp_path / day / "scan0002.pdf").write_bytes(b"")
    batch = receive(house, account, tmp_path / "mon", tmp_path / "tue")
    states = sorted(row.state for row in batch.receipts.all())
    assert states == ["duplicate", "received", "stopped", "stopped"]


def test_nothing_to_take_is_said_before_anything_is_written(
    house: House, account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong path opens no batch."""
    with pytest.raises(NothingToIngestError):
        receive(house, account, tmp_path)
    (tmp_path / "a").write_bytes(b"a")
    with pytest.raises(PathMissingError):
        receive(house, account, tmp_path / "a", tmp_path / "gone")
    monkeypatch.setattr("ingest.receive.MAX_FILES", 1)
    (tmp_path / "b").write_bytes(b"b")
    with pytest.raises(TooManyFilesError):
        receive(house, account, tmp_path)
    assert not Batch.objects.exists()


def test_the_same_bytes_twice_are_filed_once(
    house: House, account: Account, tmp_path: Path
) -> None:
    """Within one batch: the second is a duplicate and nothing is planned for it."""
    for name in ("a.pdf", "b.pdf"):
        (tmp_path / name).write_bytes(b"same")
    batch = receive(house, account, tmp_path)
    assert told(batch) == {"a.pdf": ("received", ""), "b.pdf": ("duplicate", "duplicate")}
    assert StageRun.objects.filter(receipt__batch=batch).count() == 1


def test_a_finished_batch_again_is_all_duplicates(
    house: House, account: Account, tmp_path: Path
) -> None:
    """The same command over is a new batch in which nothing is filed."""
    (tmp_path / "a.pdf").write_bytes(b"twice given")
    first = receive(house, account, tmp_path)
    finish(first)
    again = receive(house, account, tmp_path)
    assert again.pk != first.pk
    assert told(again) == {"a.pdf": ("duplicate", "duplicate")}


@pytest.mark.parametrize("is_done", [True, False], ids=["finished", "in work"])
def test_the_same_bytes_for_another_dossier_are_linked_to_it(
    house: House, account: Account, tmp_path: Path, *, is_done: bool
) -> None:
    """One paper, two dossiers: whether its documents exist yet or are made later."""
    (tmp_path / "a.pdf").write_bytes(b"for two dossiers")
    first = receive(house, account, tmp_path, dossier_code="HS-1")
    if is_done:
        finish(first)
    second = receive(house, account, tmp_path, dossier_code="HS-2")
    assert told(second) == {"a.pdf": ("duplicate", "duplicate")}
    if not is_done:
        finish(first)
    (document,) = Document.objects.filter(receipt__batch=first)
    assert set(document.dossiers.values_list("code", flat=True)) == {"HS-1", "HS-2"}
    assert Dossier.objects.count() == 2


def test_an_unfinished_batch_is_found_again(house: House, account: Account, tmp_path: Path) -> None:
    """The same command after a stop: the same batch, no receipt twice, the rest is added."""
    (tmp_path / "a.pdf").write_bytes(b"a")
    first = receive(house, account, tmp_path, dossier_code="HS-1")
    (tmp_path / "b.pdf").write_bytes(b"b")
    again = receive(house, account, tmp_path, dossier_code="HS-1")
    assert again.pk == first.pk
    assert set(told(again)) == {"a.pdf", "b.pdf"}
    assert receive(house, account, tmp_path, dossier_code="HS-2").pk != first.pk


def test_disk_full_stops_and_keeps_what_has_a_receipt(
    house: House, account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A coded error, no receipt for what was not kept, and the same command goes on later."""
    for name in ("a", "b", "c"):
        (tmp_path / name).write_bytes(b"disk " + name.encode())
    real = type(house.work).put

    def put(store: Any, source: Any) -> Any:
        data = source.read(1000)
        if data == b"disk b":
            raise DiskFullError
        return real(store, io.BytesIO(data))

    with monkeypatch.context() as patch:
        patch.setattr(type(house.work), "put", put)
        with pytest.raises(DiskFullError):
            receive(house, account, tmp_path)
    batch = Batch.objects.get()
    assert (batch.state, told(batch)) == (BatchState.RECEIVING, {"a": ("received", "")})
    assert house.work.read(batch.receipts.get().sha256) == b"disk a"
    assert receive(house, account, tmp_path).pk == batch.pk
    assert set(told(batch)) == {"a", "b", "c"}


def test_a_disk_that_lies_is_told_before_the_source_may_go(
    house: House, account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was promised is read back; given again, the same file heals it."""
    (tmp_path / "a").write_bytes(b"a disk that lies")
    real = receiving.accept_file

    def accept(batch: Batch, name: str, sha256: str, size: int) -> Receipt:
        (path,) = house.work._root.rglob(sha256)  # type: ignore[attr-defined]
        path.write_bytes(path.read_bytes()[:-1] + b"!")
        return real(batch, name, sha256, size)

    with monkeypatch.context() as patch:
        patch.setattr(receiving, "accept_file", accept)
        with pytest.raises(BlobDamagedError):
            receive(house, account, tmp_path)
    batch = receive(house, account, tmp_path)
    assert told(batch) == {"a": ("received", "")}
    assert house.work.read(batch.receipts.get().sha256) == b"a disk that lies"


def test_an_upload_is_received_like_a_file(house: House, account: Account) -> None:
    """By the same promise, with the same codes."""
    batch = open_batch(Intake(name="lô"), account)
    work = house.work
    good = receive_stream(batch, "../../a.pdf", io.BytesIO(b"up"), work=work)
    empty = receive_stream(batch, "b.pdf", io.BytesIO(b""), work=work)
    assert (good.state, empty.state, empty.code) == ("received", "stopped", "empty_file")
    assert house.work.read(good.sha256) == b"up"


def test_a_decision_about_held_bytes_is_for_all_files_of_those_bytes(
    house: House, account: Account, tmp_path: Path
) -> None:
    """Else the duplicate's row would keep the secret bytes for ever."""
    for name in ("a.pdf", "b.pdf"):
        (tmp_path / name).write_bytes(b"secret twice")
    batch = receive(house, account, tmp_path)
    first = batch.receipts.get(untrusted_name="a.pdf")
    make_document(first)
    hold_file(first, page=1, level="MẬT")
    assert told(batch) == {"a.pdf": ("held", "secret_mark"), "b.pdf": ("stopped", "secret_mark")}
    assert is_named_in_work(first.sha256)
    decide_held(first, account, destroy=True)
    assert not is_named_in_work(first.sha256)
    house.work.sweep(is_named_in_work)
    assert not house.work.exists(first.sha256)


def test_a_decision_reaches_bytes_that_were_given_again(
    house: House, account: Account, tmp_path: Path
) -> None:
    """Held twice, in two batches: what is said to be destroyed is."""
    (tmp_path / "a.pdf").write_bytes(b"secret again")
    held = []
    for _ in range(2):
        batch = receive(house, account, tmp_path)
        held.append(batch.receipts.get())
        hold_file(held[-1], page=1, level="MẬT")
        assert finish_batch(batch)
    decide_held(held[0], account, destroy=True)
    assert not is_named_in_work(held[0].sha256)
    held[1].refresh_from_db()
    assert held[1].state == ReceiptState.DESTROYED


CONTENTS = st.sampled_from([b"", b"one", b"two", b"x" * 60])
NAMES = st.binary(min_size=1, max_size=6).filter(
    lambda name: b"/" not in name and b"\0" not in name and not name.startswith(b".")
)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(files=st.dictionaries(NAMES, CONTENTS, min_size=1, max_size=6), copies=st.integers(1, 2))
def test_any_mix_of_files_gives_one_receipt_each(
    house: House, account: Account, files: dict[bytes, bytes], copies: int
) -> None:
    """Whatever they are called and hold, in one folder or in two; of equal bytes one is filed."""
    with tempfile.TemporaryDirectory() as home, pytest.MonkeyPatch.context() as patch:
        patch.setattr("ingest.receive.MAX_FILE_BYTES", 50)
        folders = [Path(home, str(number)) for number in range(copies)]
        for folder in folders:
            folder.mkdir()
            for name, data in files.items():
                (folder / os.fsdecode(name)).write_bytes(data)
        batch = receive(house, account, *folders)
        assert len(find_files(folders)) == len(files) * copies == batch.receipts.count()
        taken = {row.sha256 for row in batch.receipts.filter(state=ReceiptState.RECEIVED)}
        known = {row.sha256 for row in Receipt.objects.exclude(batch=batch)}
        sound = [data for data in files.values() if 0 < len(data) <= 50]
        assert taken == {hashlib.sha256(data).hexdigest() for data in sound} - known

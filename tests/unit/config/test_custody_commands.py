"""The commands of the copies and keys, as an operator types them."""

import dataclasses
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from archive.models import Account, ArchivedBlob, Document
from archive.states import Protection
from archive.stores import CopiedArchiveStore, Form, LocalArchiveStore
from archive.stores.local_archive import HERE
from archive.vault import Vault
from config.cli import main
from config.commands import doctor_archive
from config.options import read_options
from tests.making import make_sealed
from workers import house as houses
from workers.custody import worries
from workers.house import House


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """The second copy's folder."""
    folder = tmp_path / "second"
    folder.mkdir()
    (folder / HERE).touch()
    return folder


@pytest.fixture
def twin(house: House, second: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """This test run's house with an empty archive of two copies and a vault of its own."""
    first = LocalArchiveStore(tmp_path / "first")
    other = LocalArchiveStore(second, place=f"folder:{second}", is_marked=True)
    both = CopiedArchiveStore([first, other], pause_seconds=0)
    furnished = dataclasses.replace(house, archive=both, vault=Vault(tmp_path / "keys"))
    houses.current.cache_clear()
    monkeypatch.setattr(houses, "_builders", [lambda: furnished])
    return furnished


@pytest.fixture(autouse=True)
def forget() -> Any:
    """The next test's house is the run's again."""
    yield
    houses.current.cache_clear()


def tangthu(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    """Exit status and JSON document of a command."""
    capsys.readouterr()
    status = main([*words, "--json"])
    return status, json.loads(capsys.readouterr().out)


@pytest.fixture
def document(twin: House, account: Account) -> Document:
    """One sealed document."""
    return make_sealed(account, twin)


def test_fixity_mends_and_tells(
    twin: House, document: Document, second: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 0 where all is well in the end, 1 where something is not; the words of verify."""
    status, told = tangthu(capsys, "fixity", "--all")
    assert (status, told["checked"], told["problems"]) == (0, 2, [])
    (blob,) = ArchivedBlob.objects.all()
    path = second / "blobs" / blob.pk[:2] / blob.pk
    path.unlink()
    status, told = tangthu(capsys, "fixity", "--all")
    assert status == 0
    assert [(one["id"], one["what"]) for one in told["mended"]] == [(blob.pk, "blob_missing")]
    assert path.exists()
    (second / "blobs" / "stray").write_bytes(b"?")
    status, told = tangthu(capsys, "fixity", "--all")
    assert (status, [one["what"] for one in told["problems"]]) == (1, ["blob_extra"])
    status, told = tangthu(capsys, "fixity")
    assert (status, told["checked"]) == (0, 0)
    assert [copy["forms"] for copy in told["copies"]] == [1, 1]


def test_worries_are_told_at_the_desk_and_by_the_doctor(
    twin: House, document: Document, second: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A backlog, and what no copy can mend."""
    tangthu(capsys, "fixity", "--all")
    assert list(worries(twin)) == []
    for copy in twin.archive.copies:  # type: ignore[attr-defined]
        shutil.rmtree(copy.root / "blobs")
    tangthu(capsys, "fixity", "--all")
    told = list(worries(twin))
    assert len(told) == 2
    assert "chưa sửa được" in told[0]
    looks = {check.name: check for check in (look() for _, look in doctor_archive.LOOKS)}
    assert not looks["fixity"].ok
    assert looks["keys"].ok
    assert looks["copies"].ok
    (second / HERE).unlink()
    assert HERE in doctor_archive._copies().detail


def test_keys_are_listed_and_rotated(
    twin: House, document: Document, capsys: pytest.CaptureFixture[str]
) -> None:
    """By class, by node, or all; ids name keys without giving them away."""
    _, told = tangthu(capsys, "protect", document.pk, "--class", "identity")
    assert told["done"] == [document.pk]
    assert twin.archive.forms(ArchivedBlob.objects.get().pk) == frozenset(Form)
    _, told = tangthu(capsys, "keys", "rotate", "--class", "identity")
    assert told["keys"] == [
        {"name": "identity", "version": 2, "rewrapped": 1, "retired": 1, "given": False}
    ]
    status, told = tangthu(capsys, "keys", "rotate")
    assert (status, [one["name"] for one in told["keys"]]) == (0, ["identity", "node"])
    _, told = tangthu(capsys, "keys", "list")
    rows = [(row["name"], row["version"], row["current"], row["origin"]) for row in told["keys"]]
    assert ("identity", 3, True, "folder") in rows
    assert ("identity", 1, False, "retired") in rows
    secret = twin.vault.current("identity").key.secret.hex()
    assert secret not in json.dumps(told)


def test_a_lost_key_is_named_by_the_doctor(
    twin: House, document: Document, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By its id."""
    tangthu(capsys, "protect", document.pk, "--class", "identity")
    (tmp_path / "keys" / "class-identity.key").unlink()
    lost = dataclasses.replace(twin, vault=Vault(tmp_path / "keys"))
    houses._builders[:] = [lambda: lost]
    houses.current.cache_clear()
    found = doctor_archive._keys()
    assert not found.ok
    assert ArchivedBlob.objects.get().class_key in found.detail


def test_hold_and_shred_refuse_with_a_code(
    twin: House, document: Document, capsys: pytest.CaptureFixture[str]
) -> None:
    """As every command does."""
    assert tangthu(capsys, "hold", document.pk, "--reason", "CV 1")[0] == 0
    for words, code in (
        (("hold", document.pk, "--reason", "CV 1"), "hold_open"),
        (("shred", document.pk, "--decision", "QĐ 1"), "legal_hold"),
        (("hold", "D000000AAAAAAAA", "--reason", "x"), "not_found"),
    ):
        status, told = tangthu(capsys, *words)
        assert (status, told["error"]["code"]) == (1, code)
    assert tangthu(capsys, "hold", document.pk, "--lift", "--reason", "CV 2")[0] == 0
    status, told = tangthu(capsys, "shred", document.pk, "--decision", "QĐ 1")
    assert (status, told["error"]["code"]) == (1, "retention_not_over")


def test_settings_choose_the_copies(tmp_path: Path) -> None:
    """In one place; a second copy inside the first is refused."""
    from config.errors import SettingError
    from config.strongroom import build_archive, build_vault

    home = {"TANGTHU_HOME": str(tmp_path / "home")}
    assert build_archive(read_options(home)).place == "home"
    two = read_options(home | {"TANGTHU_COPY_FOLDER": str(tmp_path / "b")})
    assert build_archive(two).place == f"home + folder:{tmp_path / 'b'}"
    s3 = {
        "TANGTHU_COPY_S3_ENDPOINT": "s3.far:9000",
        "TANGTHU_COPY_S3_ACCESS_KEY": "a",
        "TANGTHU_COPY_S3_SECRET_KEY": "b",
    }
    assert build_archive(read_options(home | s3)).place == "home + s3:s3.far:9000/tangthu"
    inside = read_options(home | {"TANGTHU_COPY_FOLDER": str(tmp_path / "home" / "b")})
    with pytest.raises(SettingError):
        build_archive(inside)
    missing = read_options(home | {"TANGTHU_CLASS_KEYS_FILE": str(tmp_path / "none")})
    with pytest.raises(SettingError):
        build_vault(missing)


def test_everything_is_encrypted_by_setting(twin: House, document: Document) -> None:
    """An ordinary paper too, under a class of its own; its access stays ordinary."""
    from archive.states import FileRole
    from workers.seal import FileToSeal, put_files

    secretive = dataclasses.replace(twin, encrypt_all=True)
    file = FileToSeal(FileRole.SCAN, b"%PDF scan", "application/pdf", Protection.ORDINARY)
    (blob,) = put_files(document, [file], secretive)
    assert twin.archive.forms(blob.sha256) == {Form.ENCRYPTED}
    assert blob.protection == Protection.ORDINARY
    cipher = twin.vault.unwrap(blob.wrapped_key or b"")
    assert twin.archive.read(blob.sha256, cipher=cipher) == b"%PDF scan"


def test_the_house_does_it_by_itself(twin: House, document: Document, second: Path) -> None:
    """The chores of a pool bring what the second copy misses, and leave nothing else to do."""
    from archive.models import BlobCopy
    from archive.states import CopyState
    from workers.upkeep import CHORES

    for chore in CHORES:
        chore.do(twin)
    assert set(BlobCopy.objects.values_list("state", flat=True)) == {CopyState.PRESENT}
    blob = ArchivedBlob.objects.get()
    assert (second / "blobs" / blob.pk[:2] / blob.pk).read_bytes() == b"%PDF"
    assert list(worries(twin)) == []

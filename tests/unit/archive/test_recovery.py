"""What docs/archive.md teaches to do by hand works as written, without this software."""

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from archive.stores import LocalArchiveStore
from archive.stores.limits import CHUNK_BYTES
from archive.vault import Vault

PAGE = Path(__file__).parents[3] / "docs" / "archive.md"


def block(language: str, containing: str) -> str:
    """A code block of the page."""
    blocks = re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return next(each for each in blocks if containing in each)


@pytest.mark.parametrize("size", [0, 5, CHUNK_BYTES, 2 * CHUNK_BYTES + 9])
def test_encrypted_paper_opens_without_us(tmp_path: Path, size: int) -> None:
    """Class key, wrapped key and container are enough for the page's twenty lines."""
    data = os.urandom(size)
    name = hashlib.sha256(data).hexdigest()
    vault, store = Vault(tmp_path / "keys"), LocalArchiveStore(tmp_path)
    key = vault.new_data_key()
    store.put_key(name, vault.wrap(key, "identity"))
    store.put(name, data, retain_until=None, cipher=key)
    script = tmp_path / "open.py"
    script.write_text(block("python", "AESGCM"))
    arguments = [
        tmp_path / "keys" / "class-identity.key",
        tmp_path / "keyring" / f"{name}.json",
        tmp_path / "blobs" / name[:2] / f"{name}.enc",
        tmp_path / "out",
    ]
    done = subprocess.run(
        [sys.executable, script, *arguments], capture_output=True, text=True, check=False, cwd="/"
    )
    assert (done.returncode, done.stdout.strip()) == (0, name), done.stderr
    assert (tmp_path / "out").read_bytes() == data


def test_plain_papers_check_with_sha256sum(tmp_path: Path) -> None:
    """One line of shell proves every plain file, and shows a rotten one."""
    store = LocalArchiveStore(tmp_path)
    for data in (b"one", b"two", b"three"):
        store.put(hashlib.sha256(data).hexdigest(), data, retain_until=None)
    key = Vault(tmp_path / "keys").new_data_key()
    store.put(hashlib.sha256(b"four").hexdigest(), b"four", retain_until=None, cipher=key)
    line = block("sh", "sha256sum --check")

    def check() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-c", line], capture_output=True, text=True, check=False, cwd=tmp_path
        )

    assert (check().returncode, check().stdout) == (0, "")
    name = hashlib.sha256(b"two").hexdigest()
    path = tmp_path / "blobs" / name[:2] / name
    path.chmod(0o644)
    path.write_bytes(b"twO")
    assert check().returncode == 1
    assert name in check().stdout


def test_every_error_is_explained() -> None:
    """Each code of the stores and of the proof library stands on the page."""
    import archive.stores.errors
    import proof.errors

    told = PAGE.read_text(encoding="utf-8")
    for module in (archive.stores.errors, proof.errors):
        errors = [one for one in vars(module).values() if isinstance(one, type)]
        codes = {one.code for one in errors if issubclass(one, Exception)} - {"internal"}
        assert {code for code in codes if f"`{code}`" not in told} == set()

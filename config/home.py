"""The data folder of this installation: what stands where, and its first start."""

import os
import secrets
import shutil
from pathlib import Path

PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600


def secret_key(home: Path) -> str:
    """Return the key that signs cookies and links; before the first start, one for this process.

    Importing the settings must write nothing: type checkers and `--help` do it too.
    """
    path = home / "keys" / "cookie.key"
    return path.read_text(encoding="ascii") if path.exists() else secrets.token_urlsafe(48)


def make_home(home: Path, *, is_key_given: bool = False) -> None:
    """Make the data folder, and its cookie key where none is given; safe in several processes."""
    home.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    path = home / "keys" / "cookie.key"
    if not is_key_given and not path.exists():
        _place(path, secrets.token_urlsafe(48))


def scratch_of(home: Path) -> Path:
    """Return where workers may leave files for the programs that they call.

    Page images are personal data: they do not go to the machine's common folder, and what a
    killed worker left is cleared when the next pool starts.
    """
    return home / "run" / "scratch"


def clear_scratch(home: Path) -> None:
    """Make the scratch folder anew, empty; only for whoever holds the pool lock."""
    shutil.rmtree(scratch_of(home), ignore_errors=True)
    scratch_of(home).mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)


def _place(path: Path, text: str) -> None:
    path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()

"""Between the pages and a signing: the lock, what it tells, and how it is started."""

import contextlib
import fcntl
import json
import os
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from archive.models import Account
from imaging.errors import Category, CodedError


class SigningBusyError(CodedError):
    """Another signing goes on in this data folder."""

    code = "signing_busy"
    category = Category.RETRY
    message = "Đang có một lượt ký khác. Hãy chờ lượt ấy xong rồi ký tiếp."


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a paper was not signed, or the signing stopped."""

    code: str
    message: str
    id: str = ""
    """The paper; empty where it is not about one."""


@dataclass(slots=True)
class Signed:
    """How far a signing has come."""

    account: str
    total: int
    signed: list[str] = field(default_factory=list)
    failed: list[Trouble] = field(default_factory=list)
    stopped: Trouble | None = None
    """Why it ended before its time: the rest waits as before."""
    is_over: bool = False

    @property
    def left(self) -> int:
        """Papers that still wait."""
        return self.total - len(self.signed) - len(self.failed)


@contextlib.contextmanager
def signing_lock(folder: Path) -> Iterator[int]:
    """Hold the data folder's signing lock; gives its descriptor. Raises SigningBusyError.

    A child that inherits the descriptor holds the lock as long as it lives.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "signing.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SigningBusyError from error
        yield file.fileno()


class SigningDesk:
    """Starts a signing in a process of its own and looks at how far it has come.

    The process outlives the web server's; the secrets go to it through a pipe and nowhere else.
    """

    def __init__(self, folder: Path, command: Sequence[str]) -> None:
        self._folder = folder
        self._command = tuple(command)

    def start(self, account: Account, ids: Sequence[str], secrets: Mapping[str, str]) -> None:
        """Begin to sign. Raises SigningBusyError."""
        order = {"account": account.username, "ids": list(ids), "secrets": dict(secrets)}
        with signing_lock(self._folder) as held:
            write_progress(self._folder, Signed(account.username, len(ids)))
            child = subprocess.Popen(  # noqa: S603  our own command
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                pass_fds=(held,),
                start_new_session=True,
            )
        assert child.stdin
        with contextlib.suppress(BrokenPipeError), child.stdin:
            child.stdin.write(json.dumps(order).encode())
        threading.Thread(target=child.wait, daemon=True).start()

    def is_busy(self) -> bool:
        """Whether a signing goes on."""
        try:
            with signing_lock(self._folder):
                return False
        except SigningBusyError:
            return True

    def progress(self) -> dict[str, Any] | None:
        """What the newest signing last told, or None."""
        try:
            told: dict[str, Any] = json.loads((self._folder / "signing.json").read_bytes())
        except (OSError, ValueError):
            return None
        return told


def write_progress(folder: Path, told: Signed) -> None:
    """Keep what a signing tells where the pages read it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = folder / f"signing.{os.getpid()}.tmp"
    draft.write_text(json.dumps(asdict(told), ensure_ascii=False), encoding="utf-8")
    draft.replace(folder / "signing.json")

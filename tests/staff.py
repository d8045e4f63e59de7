"""The processes that work for a data folder under test where a broker is set.

In embedded mode there are none: whoever waits works. Each has a session of its own and ends with
the tests at the latest.
"""

import atexit
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests import scaled
from tests.servers import end_session

ROOT = Path(__file__).resolve().parents[1]
WORK = ("-m", "config", "work")
BEAT = ("-m", "config", "beat")


class Member:
    """One process, which may be killed and started again."""

    def __init__(self, words: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        """`words`: those after `python`."""
        self._words = (sys.executable, *words)
        self._environment = dict(environment)
        self.log = log
        self.start()

    def start(self) -> None:
        """Start it; its words go to a log."""
        with self.log.open("ab") as file:
            self.process = subprocess.Popen(
                self._words,
                env=self._environment,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )

    def stop(self, *, patience: float = 20.0) -> None:
        """End it as its operator does; by force where it does not listen."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=patience)
        end(self.process)


def end(process: "subprocess.Popen[bytes]") -> None:
    """Kill a session whole."""
    end_session(process.pid, signal.SIGKILL)
    process.wait()


def check_alive(members: Sequence[Member]) -> None:
    """Fail where one has ended by itself, with its last words."""
    for member in members:
        assert member.process.poll() is None, member.log.read_text()[-3000:]


_STAFF: dict[Path, list[Member]] = {}


def employ(home: Path, environment: Mapping[str, str], work: Sequence[str] = WORK) -> list[Member]:
    """Let workers and beat work for a data folder, where a broker is set; once."""
    if not scaled.broker():
        return []
    if home not in _STAFF:
        home.mkdir(parents=True, exist_ok=True)
        _STAFF[home] = [
            Member(words, environment, home.with_name(f"{home.name}-{words[-1]}.log"))
            for words in (work, BEAT)
        ]
    return _STAFF[home]


def dismiss(home: Path) -> None:
    """Let nobody work for it any more."""
    for member in _STAFF.pop(home, ()):
        member.stop()


@atexit.register
def end_all() -> None:
    """Let nobody be left when the tests are over."""
    for home in list(_STAFF):
        for member in _STAFF.pop(home):
            end(member.process)

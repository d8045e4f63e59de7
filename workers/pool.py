"""The embedded pool: one parent, a worker process for each core, on one data folder.

Only one pool works on a data folder at a time (a lock says so), therefore whatever the ledger
shows as running when a pool starts was held by the dead, and whatever lies in `work/` without a
row is left over.
"""

import fcntl
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import DatabaseError, InterfaceError, connection

from archive import ledger
from archive.models import StageRun
from archive.services.anchoring import anchor_audit
from archive.stages import Stage
from archive.states import RunState
from archive.writing import PATIENCE_SECONDS, drop_old_connection, is_passing
from workers.house import CRASHED, House
from workers.recovery import CRASHED_MESSAGE
from workers.strikes import strike
from workers.upkeep import CHORES, Upkeep, begin_work, sweep_work

log = logging.getLogger(__name__)

POLL_SECONDS = 0.1
REST_SECONDS = 30.0
ENVIRONMENT_EXIT = 3
"""A worker's exit status when the machine, not the work, is at fault."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why the pool stopped before the work was over."""

    code: str
    message: str


UNFIT = Fault("environment", "Máy thiếu điều kiện để làm tiếp. Hãy chạy: tangthu doctor")
MOST_IDLE_DEATHS = 5
"""Workers that may die before they take up any work, until the machine counts as unfit."""


@contextmanager
def pool_lock(path: Path) -> Iterator[bool]:
    """Hold the data folder's pool lock, or yield False where another pool works already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


class Pool:
    """Starts workers, replaces those that die, and tidies up. Holds the pool lock's rights."""

    def __init__(self, house: House, *, size: int, command: Sequence[str]) -> None:
        self._house = house
        self._size = size
        self._command = tuple(command)
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._started = 0
        self._idle_deaths = 0
        self._upkeep = Upkeep(house, CHORES)

    def drain(self, tick: Callable[[], None] = lambda: None) -> Fault | None:
        """Work until no run is due; return what stopped it earlier or still rests, or None."""
        self.begin()
        try:
            while ledger.due_runs().exists():
                fault = self.tend("--drain")
                if fault:
                    return fault
                tick()
                time.sleep(POLL_SECONDS)
        finally:
            self.stop()
        anchor_audit(self._house.archive, stamp=self._house.stamp())
        sweep_work(self._house)
        return resting_fault()

    def serve(self, is_over: Callable[[], bool] = lambda: False) -> None:
        """Work until told; rest for a while after a fault of the machine."""
        self.begin()
        try:
            while not is_over():
                drop_old_connection()
                try:
                    if self.tend("--serve"):
                        _rest(is_over)
                    self._upkeep.step()
                except (DatabaseError, InterfaceError) as error:
                    if not is_passing(error):
                        raise
                    log.warning("records away", extra={"detail": repr(error)[:200]})
                    connection.close()
                    _rest(is_over, PATIENCE_SECONDS)
                time.sleep(POLL_SECONDS)
        finally:
            self.stop()

    def begin(self) -> None:
        """Take back what dead workers held and sweep what they left; wake what rests."""
        ledger.release_runs()
        begin_work(self._house)

    def tend(self, mode: str) -> Fault | None:
        """Start missing workers; look after those that ended."""
        while len(self._children) < self._size:
            self._start(mode)
        for owner, child in list(self._children.items()):
            status = child.poll()
            if status is None:
                continue
            del self._children[owner]
            _let_go(child)
            if status == ENVIRONMENT_EXIT:
                return _last_fault()
            if status != 0:
                log.error("worker died", extra={"owner": owner, "status": status})
                if not self._strike_held(owner) and self._died_idle():
                    return UNFIT
        return None

    def _died_idle(self) -> bool:
        """Count workers that died at no work; whether there is no use in starting more."""
        self._idle_deaths = (self._idle_deaths + 1) % MOST_IDLE_DEATHS
        return self._idle_deaths == 0

    def _start(self, mode: str) -> None:
        self._started += 1
        owner = f"{os.uname().nodename}:{os.getpid()}:{self._started}"
        # A worker reads its standard input only to learn that this process is gone.
        self._children[owner] = subprocess.Popen(  # noqa: S603  our own command
            [*self._command, mode, owner], stdin=subprocess.PIPE, stdout=sys.stderr
        )

    def _strike_held(self, owner: str) -> int:
        """A worker that dies while its pool lives was probably killed by what it worked on."""
        held = list(StageRun.objects.filter(owner=owner, state=RunState.RUNNING))
        for run in held:
            strike(run, code=CRASHED, message=CRASHED_MESSAGE)
        return len(held)

    def stop(self) -> None:
        """End the workers; what they held is given back."""
        for child in self._children.values():
            child.terminate()
        for child in self._children.values():
            _let_go(child)
        ledger.release_runs(list(self._children))
        self._children.clear()


def _rest(is_over: Callable[[], bool], seconds: float = REST_SECONDS) -> None:
    """Give the machine time to be mended; whoever stops the pool does not wait for it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and not is_over():
        time.sleep(POLL_SECONDS)


def _let_go(child: subprocess.Popen[bytes]) -> None:
    """Wait for the end of a worker and close the pipe to it."""
    with child:
        pass


def resting_fault(**of: object) -> Fault | None:
    """Return why runs rest where nothing else is left to do, of a receipt, a batch or all.

    Index entries are not waited for: what is filed can be found later.
    """
    resting = ledger.resting_runs(**of).exclude(stage=Stage.INDEX)
    run = None if ledger.due_runs(**of).exists() else resting.last()
    return Fault(run.error_code, run.error_message) if run else None


def _last_fault() -> Fault:
    run = StageRun.objects.filter(state=RunState.READY).exclude(error_code="").last()
    if run is None:
        return UNFIT
    return Fault(run.error_code, run.error_message)

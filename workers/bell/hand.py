"""What one worker process of the scaled side does when it hears the bell."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from multiprocessing.synchronize import Event

from django.db import DatabaseError, InterfaceError, connection

from archive import ledger
from archive.alone import alone_in_cluster
from archive.lanes import Lane
from archive.models import StageRun
from archive.writing import drop_old_connection
from workers.bell import limits
from workers.bell.broker import Switchboard, faults_of
from workers.house import House
from workers.loop import EnvironmentFault, Heartbeat, Worker
from workers.recovery import take_back
from workers.upkeep import CHORES, begin_work, do_chore

log = logging.getLogger(__name__)


class Hand:
    """One process: does a run for a token, a chore or a sweep; rests where its machine is unfit."""

    def __init__(
        self,
        house: House,
        worker: Worker,
        *,
        owner: str,
        lanes: Sequence[Lane],
        board: Switchboard,
        is_over: Event,
    ) -> None:
        self._house = house
        self._worker = worker
        self._owner = owner
        self._lanes = tuple(lanes)
        self._board = board
        self._is_over = is_over
        self._claims = 0
        self._looked_at = -limits.LOOK_SECONDS
        self._closing = _Closing(house)

    def run(self, lane: str) -> None:
        """Do the run that is most due in this process's lanes; nothing, where nothing is due."""
        with self._closing:
            self._guarded(lambda: self._run(lane))

    def _run(self, lane: str) -> None:
        run = self._claim()
        if run is None:
            return
        if run.lane != lane:
            # The token was for another run, which is still due; that of this one finds nothing.
            self._house.doorbell.ring({lane: 1})
        with Heartbeat(self._owner, ceiling=limits.LEASE_CEILING):
            self._worker.do(run)

    def _claim(self) -> StageRun | None:
        self._claims += 1
        lanes = self._lanes[::-1] if self._claims % limits.OTHER_END == 0 else self._lanes
        run = ledger.claim_run(self._owner, lanes=lanes)
        if run is None and take_back():
            run = ledger.claim_run(self._owner, lanes=lanes)
        return run

    def chore(self, name: str) -> None:
        """Do one of the house's chores, unless another process is at it."""
        with self._closing:
            self._guarded(lambda: self._chore(name))

    def _chore(self, name: str) -> None:
        chore = next((one for one in CHORES if one.name == name), None)
        if chore is None:
            log.warning("chore unknown", extra={"chore": name})
            return
        with alone_in_cluster(f"chore:{name}") as is_ours:
            if is_ours:
                do_chore(chore, self._house)

    def begin(self) -> None:
        """Wake what rests, because a worker was started: its starter may have mended the cause."""
        with self._closing:
            self._guarded(self._begin)

    def _begin(self) -> None:
        with alone_in_cluster("begin") as is_ours:
            if is_ours:
                begin_work(self._house)

    def sweep(self) -> None:
        """Give back what the dead held; ring for what is due where tokens were lost."""
        self._guarded(self._sweep)

    def _sweep(self) -> None:
        with alone_in_cluster("bell") as is_ours:
            if is_ours:
                take_back()
                ledger.wake_due()
                ring_again(self._house, self._board)

    def _guarded(self, do: Callable[[], None]) -> None:
        self._look_at_connection()
        try:
            do()
        except EnvironmentFault as fault:
            log.error(  # noqa: TRY400  the loop told the cause already
                "machine unfit, resting",
                extra={"code": fault.error.code, "seconds": limits.REST_SECONDS},
            )
            self._is_over.wait(limits.REST_SECONDS)
        except (DatabaseError, InterfaceError):
            log.exception("records away")
            connection.close()
            self._is_over.wait(limits.BUSY_SECONDS)
            self._let_go()

    def _look_at_connection(self) -> None:
        """Not before every run: one that is lost a moment later would be met all the same."""
        now = time.monotonic()
        if now - self._looked_at >= limits.LOOK_SECONDS:
            self._looked_at = now
            drop_old_connection()

    def _let_go(self) -> None:
        """Give back what this process holds, now that it does not work on it any more."""
        try:
            ledger.release_runs([self._owner])
        except (DatabaseError, InterfaceError):
            connection.close()  # the lease lapses


def ring_again(house: House, board: Switchboard) -> dict[str, int]:
    """Ring for due runs that have no token, a bounded number; return how many in each lane."""
    try:
        lengths = board.lengths()
    except faults_of(board.connection()) as error:
        log.warning("queues not seen", extra={"fault": type(error).__name__})
        return {}
    missing = {
        lane.value: ledger.count_due(lane, most=limits.MOST_TOKENS) - lengths[lane] for lane in Lane
    }
    rings = {lane: count for lane, count in missing.items() if count > 0}
    if rings:
        log.info("rung again", extra=rings)
        house.doorbell.ring(rings)
    return rings


class _Closing:
    """Closes the plain copy of the last file when a process has had nothing to do for a while."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._busy = threading.Lock()
        self._timer: threading.Timer | None = None

    def __enter__(self) -> None:
        self._busy.acquire()
        if self._timer:
            self._timer.cancel()

    def __exit__(self, *exception: object) -> None:
        self._timer = threading.Timer(limits.IDLE_SECONDS, self._close)
        self._timer.daemon = True
        self._timer.start()
        self._busy.release()

    def _close(self) -> None:
        if self._busy.acquire(blocking=False):
            try:
                self._house.originals.forget()
            finally:
                self._busy.release()

"""One worker: claim a run, do its stage, keep its bytes, write its effects; again."""

import contextlib
import datetime as dt
import logging
import threading
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Protocol

from django.db import DatabaseError, InterfaceError, connection

from archive import ledger
from archive.errors import LeaseLostError, RecordsAwayError
from archive.lanes import Lane, someone_waits
from archive.models import Receipt, StageRun
from archive.services.documents import wait_for_signature
from archive.signing.errors import KeyUnavailableError, SigningRestsError
from archive.stores.errors import BlobDamagedError, BlobMissingError, StoreUnavailableError
from archive.writing import (
    PATIENCE_SECONDS,
    drop_old_connection,
    is_passing,
    wait_for_records,
    writing,
)
from imaging.errors import Category, CodedError
from search import IndexUnavailableError
from workers.bound import bound
from workers.giving_up import give_up
from workers.house import House
from workers.outcome import Outcome, StageWork
from workers.recovery import take_back
from workers.strikes import strike

log = logging.getLogger(__name__)

IDLE_SECONDS = 0.5
REST_SECONDS = 60.0
"""How long a run rests that needs a service outside which is away."""
AWAY_SECONDS = 2.0
"""How long a run rests that met the records away."""
AWAY = (IndexUnavailableError, StoreUnavailableError)
"""Services outside that come back: what needs them rests uncounted, however long that takes."""
LOST_BYTES = (BlobMissingError, BlobDamagedError)
"""Faults of the store that touch one file; the machine can go on with all the others."""


class Observer(Protocol):
    """Told of each step of a run; tests use it to stop the machine at a chosen moment."""

    def __call__(self, moment: str, stage: str) -> None:
        """`moment` is claimed, computed, kept or committed."""


def watch_nothing(moment: str, stage: str) -> None:
    """Observe nothing: the default."""


class EnvironmentFault(Exception):  # noqa: N818  it carries a coded error to the pool
    """The machine cannot go on (disk full, program missing); the run was given back unharmed."""

    def __init__(self, error: CodedError) -> None:
        self.error = error
        super().__init__(str(error))


class ExhaustedError(CodedError):
    """The machine stopped at this run again and again, and took the pool with it."""

    code = "too_many_attempts"
    category = Category.RETRY
    message = "Máy đã dừng quá nhiều lần ở bước này. Hãy xem giấy tờ và báo người quản trị."


class TooLongError(CodedError):
    """A run took longer than any may; its worker was told to stop."""

    code = "run_too_long"
    category = Category.RETRY
    message = "Máy xử lý bước này quá lâu nên đã dừng. Hãy xem giấy tờ và báo người quản trị."


class OutOfTime(Exception):  # noqa: N818  raised into a stage from outside
    """Base of what stops a stage whose time is over."""


class Worker:
    """Works through the ledger under one owner's name."""

    def __init__(
        self,
        house: House,
        stages: Mapping[str, StageWork],
        *,
        owner: str,
        observe: Observer = watch_nothing,
        out_of_time: type[Exception] = OutOfTime,
    ) -> None:
        self._house = house
        self._out_of_time = out_of_time
        self._stages = stages
        self._owner = owner
        self._observe = observe

    def drain(self) -> None:
        """Work until no run is due, here or in another worker's hands."""
        self._until(lambda: not ledger.due_runs().exists())

    def serve(self) -> None:
        """Work for ever."""
        self._until(lambda: False)

    def _until(self, is_over: Callable[[], bool]) -> None:
        with Heartbeat(self._owner):
            while True:
                drop_old_connection()
                try:
                    if self.step():
                        continue
                    self._house.originals.forget()
                    if is_over():
                        return
                except (DatabaseError, InterfaceError) as error:
                    if not is_passing(error):
                        raise
                    log.warning("records away", extra={"owner": self._owner})
                    wait_for_records()
                self._house.doorbell.wait(IDLE_SECONDS)

    def step(self) -> bool:
        """Do one run; return whether there was one."""
        run = ledger.claim_run(self._owner)
        if run is None and take_back():
            run = ledger.claim_run(self._owner)
        if run is None:
            return False
        self.do(run)
        return True

    def do(self, run: StageRun) -> None:
        """Do a run that was claimed, and tell the house's watch; raises EnvironmentFault alone."""
        with bound(**_ids_of(run)):
            self._watched(run)

    def _watched(self, run: StageRun) -> None:
        self._observe("claimed", run.stage)
        began = time.monotonic()
        code = LeaseLostError.code
        try:
            code = self._do(run)
        except LeaseLostError:
            log.info("run lost")
        except EnvironmentFault as fault:
            code = fault.error.code
            raise
        except (DatabaseError, InterfaceError) as error:
            if not is_passing(error):
                raise
            log.warning("records away", extra={"run": run.pk, "stage": run.stage})
            code = rest_until_records(run)
        finally:
            self._house.watch(run, time.monotonic() - began, code)

    def _do(self, run: StageRun) -> str:
        """Return the code of what went wrong, "" where nothing did."""
        try:
            outcome = self._compute(run)
            self._observe("computed", run.stage)
            self._write(run, outcome)
        except LeaseLostError:
            raise
        except CodedError as error:
            self._take_fault(run, error)
            return error.code
        except self._out_of_time as error:
            log.warning("run too long")
            self._strike(run, TooLongError(detail=repr(error)))
            return TooLongError.code
        except Exception as error:
            if isinstance(error, DatabaseError | InterfaceError) and is_passing(error):
                raise  # no fault of the stage
            # A file that was stopped meanwhile has taken its rows along: the strike loses its
            # lease too, and that is all.
            log.exception("stage broke")
            self._strike(run, CodedError(detail=repr(error)))
            return CodedError.code
        return ""

    def _compute(self, run: StageRun) -> Outcome:
        if run.attempt > ledger.MAX_ATTEMPTS:
            raise ExhaustedError
        return self._stages[run.stage](run, self._house)

    def _write(self, run: StageRun, outcome: Outcome) -> None:
        with self._house.work.writing():
            hashes = tuple(self._house.work.put(blob).sha256 for blob in outcome.blobs)
            self._observe("kept", run.stage)
            with _asked_by(run), writing():
                ledger.finish_run(run)
                outcome.apply(hashes)
        self._observe("committed", run.stage)

    def _take_fault(self, run: StageRun, error: CodedError) -> None:
        log.warning("stage failed", extra={"code": error.code, "detail": error.detail})
        if isinstance(error, SigningRestsError):
            rest(run, error)
            return
        if isinstance(error, AWAY):
            rest_away(run, error)
            return
        if error.category == Category.ENVIRONMENT and not isinstance(error, LOST_BYTES):
            ledger.return_run(run, code=error.code, message=error.message)
            raise EnvironmentFault(error) from error
        if error.category == Category.BAD_INPUT:
            with writing():
                ledger.fail_run(run, code=error.code, message=error.message)
                give_up(run, code=error.code, message=error.message)
            return
        self._strike(run, error)

    def _strike(self, run: StageRun, error: CodedError) -> None:
        strike(run, code=error.code, message=error.message)


def _ids_of(run: StageRun) -> dict[str, object]:
    """What log lines of a run bear."""
    found: dict[str, object] = {
        "run": run.pk,
        "stage": run.stage,
        "lane": run.lane,
        "attempt": run.attempt,
    }
    found["receipt"] = run.receipt_id
    with contextlib.suppress(DatabaseError):  # the stage itself will tell
        found["batch"] = _batch_of(run.receipt_id)
    if run.subject_type != "receipt":
        found |= {run.subject_type: run.subject_id}
    return found


@lru_cache(maxsize=1024)
def _batch_of(receipt_id: int) -> int | None:
    """A file stays in its batch."""
    return Receipt.objects.filter(pk=receipt_id).values_list("batch_id", flat=True).first()


def _asked_by(run: StageRun) -> contextlib.AbstractContextManager[None]:
    """What follows a run that somebody waits for is waited for too."""
    return someone_waits() if run.lane == Lane.COUNTER else contextlib.nullcontext()


def rest(run: StageRun, error: SigningRestsError) -> None:
    """Give back a run that cannot sign now: for a while, or until a person opens the key."""
    code, message = error.code, error.message
    with writing():
        if isinstance(error, KeyUnavailableError) and error.needs_person:
            ledger.park_run(run, code=code, message=message)
        else:
            ledger.rest_run(run, code=code, message=message, wait_seconds=REST_SECONDS)
        if run.subject_type == "document":
            wait_for_signature(run.subject_id, code=code, message=message)


def rest_until_records(run: StageRun) -> str:
    """Give back, once the records answer, a run that met them away; return the code.

    Where its end was written after all, the fence says so and it stays done.
    """
    code, message = RecordsAwayError.code, RecordsAwayError.message
    while True:
        wait_for_records()
        try:
            ledger.rest_run(run, code=code, message=message, wait_seconds=AWAY_SECONDS)
        except LeaseLostError:
            return LeaseLostError.code
        except (DatabaseError, InterfaceError) as error:
            if not is_passing(error):
                raise
            time.sleep(PATIENCE_SECONDS)  # they answer, and cannot write: their disk is full
        else:
            return code


def rest_away(run: StageRun, error: CodedError) -> None:
    """Give back a run that needs what is away, and with it those that would find out the same."""
    code, message = error.code, error.message
    with writing():
        ledger.rest_run(run, code=code, message=message, wait_seconds=REST_SECONDS)
        if isinstance(error, IndexUnavailableError):
            ledger.rest_stage(run.stage, code=code, message=message, wait_seconds=REST_SECONDS)


class Heartbeat:
    """Keeps the leases of one owner alive while its worker computes, up to a ceiling a run."""

    def __init__(self, owner: str, *, ceiling: dt.timedelta | None = None) -> None:
        self._owner = owner
        self._ceiling = ceiling
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> None:
        """Begin to beat."""
        self._thread.start()

    def __exit__(self, *exception: object) -> None:
        """Stop."""
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._over.wait(ledger.HEARTBEAT_SECONDS):
            try:
                ledger.extend_leases(self._owner, ceiling=self._ceiling)
            except DatabaseError:
                # Six beats fit into a lease: one that finds the records busy is made up for.
                log.exception("heartbeat missed", extra={"owner": self._owner})
                connection.close()
        connection.close()

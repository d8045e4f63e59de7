"""Signing many papers by one entry of the PIN: one paper after the other, each on record by itself.

The ledger is the truth here too: each paper's run is claimed, computed, and closed in one
transaction with its signature and its event. Killed anywhere, what is signed is signed, and the
rest waits as before; the next signing goes on with it.
"""

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from django.db import connection

from archive.models import Account, Document, StageRun
from archive.services.signing import (
    OWNER_MARK,
    release_signing,
    take_for_signing,
    waiting_for_signature_of,
)
from archive.signing import PinNeededError
from archive.stages import Stage
from archive.states import RunState
from archive.writing import drop_old_connection
from imaging.errors import CodedError
from workers.house import House, Signers
from workers.loop import EnvironmentFault, Heartbeat, Observer, Worker, watch_nothing
from workers.signing_desk import Signed, Trouble
from workers.stages.output import sign

MOST_AT_ONCE = 5_000
"""Papers signed by one entry of the PIN."""
MOST_TURNS = 20
"""How often a paper that the machine has in hand is asked for again."""
TURN_SECONDS = 0.25


def open_keys(signers: Signers, secrets: Mapping[str, str]) -> None:
    """Open both keys by a person's secrets, each tried once. Raises KeyUnavailableErrors."""
    keys = (signers.digitiser, signers.agency)
    for key in keys:
        lock = key.lock  # None where the other key's entry has opened this one too
        if lock is not None:
            if lock.scope not in secrets:
                raise PinNeededError(detail=lock.scope)
            key.unlock(secrets[lock.scope])
    for key in keys:
        key.open()


class Signing:
    """One signing by one person. The keys are open; the signing lock is held."""

    def __init__(
        self, house: House, account: Account, *, observe: Observer = watch_nothing
    ) -> None:
        self._house = house
        self._account = account
        self._telling = threading.Lock()
        self._owner = f"{os.uname().nodename}:{os.getpid()}{OWNER_MARK}"
        work = partial(sign, actor=account.username)
        self._worker = Worker(house, {Stage.SIGN: work}, owner=self._owner, observe=observe)

    def run(
        self,
        ids: Sequence[str] | None = None,
        tell: Callable[[Signed], None] = lambda _: None,
    ) -> Signed:
        """Sign the papers with these ids that wait for it, or all; tell after each.

        Raises NotAllowedError.
        """
        release_signing()
        waiting = waiting_for_signature_of(self._account, ids)
        todo = deque(waiting.values_list("pk", flat=True)[:MOST_AT_ONCE])
        told = Signed(self._account.username, len(todo))
        told.failed += _strangers(ids, set(todo))
        told.total += len(told.failed)
        signers = self._house.signers()
        together = max(key.expect(len(todo)) for key in (signers.digitiser, signers.agency))
        tell(told)
        with Heartbeat(self._owner):
            if together == 1:
                self._work_off(todo, told, tell)
            else:
                self._work_together(together, todo, told, tell)
        told.is_over = True
        tell(told)
        return told

    def _work_together(
        self, together: int, todo: deque[str], told: Signed, tell: Callable[[Signed], None]
    ) -> None:
        """Several papers at a time, for a service that authorises their digests together."""

        def work(_: int) -> None:
            try:
                self._work_off(todo, told, tell)
            finally:
                connection.close()

        with ThreadPoolExecutor(together) as pool:
            list(pool.map(work, range(together)))

    def _work_off(self, todo: deque[str], told: Signed, tell: Callable[[Signed], None]) -> None:
        turns: dict[str, int] = {}
        while told.stopped is None:
            drop_old_connection()
            try:
                document_id = todo.popleft()
            except IndexError:
                return
            if self._sign_one(document_id, told):
                with self._telling:
                    tell(told)
                continue
            turns[document_id] = turns.get(document_id, 0) + 1
            if turns[document_id] < MOST_TURNS:
                # A worker of the pool looks at it just now and will give it back.
                todo.append(document_id)
                time.sleep(TURN_SECONDS)

    def _sign_one(self, document_id: str, told: Signed) -> bool:
        """Sign one paper; False where it must be asked for again."""
        try:
            run = take_for_signing(document_id, self._account, self._owner)
            if run is None:
                return False
            self._worker.do(run)
        except EnvironmentFault as fault:
            told.stopped = Trouble(fault.error.code, fault.error.message)
            return True
        except CodedError as error:
            if not Document.objects.filter(pk=document_id).exclude(signed_sha256="").exists():
                told.failed.append(Trouble(error.code, error.message, document_id))
            return True
        return self._note(run, document_id, told)

    def _note(self, run: StageRun, document_id: str, told: Signed) -> bool:
        """Say what became of a run that this signing did."""
        run.refresh_from_db()
        if run.state == RunState.DONE:
            told.signed.append(document_id)
        elif run.state in (RunState.FAILED, RunState.DEAD, RunState.SUPERSEDED):
            told.failed.append(Trouble(run.error_code, run.error_message, document_id))
        elif run.state in (RunState.READY, RunState.WAITING) and run.error_code and not run.strikes:
            told.stopped = Trouble(run.error_code, run.error_message)
        else:
            return False
        return True


def _strangers(ids: Sequence[str] | None, found: set[str]) -> list[Trouble]:
    """Papers asked for by name that do not wait for this person's signature."""
    message = "Giấy tờ này không chờ bạn ký. Hãy xem lại mã giấy tờ."
    return [Trouble("not_waiting", message, one) for one in ids or () if one not in found]

"""What the house does by itself beside the papers: swept, batches closed, the audit anchored.

Each chore is one function that does a slice of at most a few seconds and comes again; a pool's
parent calls them in turn while its workers work, so that none may keep it from its workers long.
"""

import datetime as dt
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib.sessions.backends.db import SessionStore
from django.db import DatabaseError

from archive import ledger
from archive.services.anchoring import anchor_audit
from archive.services.intake import close_forgotten, finish_batches
from archive.services.renewing import due_for_renewal, plan_renewals
from archive.services.sealing import is_named_in_work
from archive.signing.levels import Level
from archive.stages import UPKEEP
from imaging.errors import CodedError
from workers.custody import check_some, level_copies, tidy_copies
from workers.house import House
from workers.reindex import keep_index, reindex_lost, replace_older

log = logging.getLogger(__name__)

MINUTE = 60.0
RENEWALS_AT_ONCE = 200
"""Planned at a time: a few minutes of work for one machine."""
HOUR = 3600.0
FIXITY_STEP = 20.0
INDEX_STEP = 5.0


@dataclass(frozen=True, slots=True)
class Chore:
    """One thing that is done again and again."""

    name: str
    every: float
    """Seconds from its end to its next start."""
    do: Callable[[House], object]


class Upkeep:
    """Does the chores that are due, one at a call; a fault of one is told and keeps no other."""

    def __init__(self, house: House, chores: Sequence[Chore]) -> None:
        self._house = house
        self._chores = tuple(chores)
        now = time.monotonic()
        self._due = {chore.name: now + chore.every for chore in self._chores}

    def step(self) -> None:
        """Do the chore that has waited longest, if one is due."""
        chore = min(self._chores, key=lambda one: self._due[one.name])
        if self._due[chore.name] > time.monotonic():
            return
        do_chore(chore, self._house)
        self._due[chore.name] = time.monotonic() + chore.every


def do_chore(chore: Chore, house: House) -> None:
    """Do a chore; a fault of it is told and is the end of nothing."""
    try:
        chore.do(house)
    except CodedError as error:
        log.warning(
            "chore failed",
            extra={"chore": chore.name, "code": error.code, "detail": error.detail},
        )
    except DatabaseError:
        log.exception("chore met busy records", extra={"chore": chore.name})


def begin_work(house: House) -> None:
    """What a pool or a worker begins with: wake what rests, make whole what a stop cut short."""
    ledger.wake_runs()
    wake_signing(house)
    sweep_work(house)
    house.archive.sweep()
    reindex_lost(house)


def wake_signing(house: House) -> None:
    """Let the machine sign what waited for a person, where its keys need none any more."""
    if ledger.parked_runs().exists() and not house.signers().locks:
        ledger.unpark_runs()


def sweep_work(house: House) -> None:
    """Remove from `work/` what no row names."""
    house.work.sweep(is_named_in_work)


def _close_batches(_: House) -> None:
    close_forgotten(dt.datetime.now(dt.UTC))
    finish_batches()


def _clear_sessions(_: House) -> None:
    """Forget who was signed in until some day before."""
    SessionStore.clear_expired()


def _anchor_when_quiet(house: House) -> None:
    """Anchor the audit chain while nothing is under way; tokens that are due are asked for.

    What rests until a service outside is back keeps no anchor away.
    """
    if not ledger.due_runs().exists():
        _anchor(house)


def _anchor(house: House) -> None:
    """Anchor it all the same now and then: a province's machines are never quiet."""
    anchor_audit(house.archive, stamp=house.stamp())


def plan_due_renewals(house: House) -> int:
    """Plan some of the renewals that are due, where a timestamp service is set; return how many."""
    signers = house.signers()
    if signers.profile.timestamps is None or ledger.open_runs(stage__in=UPKEEP).exists():
        return 0
    due = due_for_renewal(
        dt.datetime.now(dt.UTC),
        days=signers.renew_days,
        archives=signers.profile.level is Level.LTA,
    )
    return plan_renewals(due.select_related("receipt")[:RENEWALS_AT_ONCE])


CHORES = (
    Chore("sweep", MINUTE, sweep_work),
    Chore("batches", MINUTE, _close_batches),
    Chore("anchor", MINUTE, _anchor_when_quiet),
    Chore("anchor-busy", 10 * MINUTE, _anchor),
    Chore("fixity", FIXITY_STEP, check_some),
    Chore("index", INDEX_STEP, keep_index),
    Chore("index-version", 10 * MINUTE, replace_older),
    Chore("copies", HOUR, level_copies),
    Chore("custody", HOUR, tidy_copies),
    Chore("sessions", HOUR, _clear_sessions),
    Chore("renewals", 10 * MINUTE, plan_due_renewals),
)
"""What every pool does. A new one is a line here."""

"""Whether what the work needs can be reached: looked at side by side, soon over, kept a while."""

import shutil
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from threading import Lock

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from imaging.errors import CodedError
from workers.house import House, current

PATIENCE_SECONDS = 3.0
"""As long as an answer is waited for; a load balancer asks every few seconds."""
KEPT_SECONDS = 5.0
SLOW = "too_slow"
RECORDS_AWAY = "records_unreachable"
NOBODY = "0" * 64
"""A name that no bytes bear."""
LEAST_FREE_BYTES = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Component:
    """One thing that the work needs, as it was found."""

    name: str
    """records, work, archive, index or broker."""
    code: str
    """Empty where it is well."""
    is_needed: bool
    """Whether nothing goes on without it: papers are filed while the index is away."""
    milliseconds: int


@dataclass(frozen=True, slots=True)
class Readiness:
    """All of them."""

    components: tuple[Component, ...]

    @property
    def is_ready(self) -> bool:
        """Whether requests can be answered."""
        return not any(one.code for one in self.components if one.is_needed)

    @property
    def is_degraded(self) -> bool:
        """Whether something is away without which the rest goes on."""
        return self.is_ready and any(one.code for one in self.components)


def _reach_records(_: House) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _reach_work(house: House) -> None:
    house.work.exists(NOBODY)


def _reach_archive(house: House) -> None:
    house.archive.exists(NOBODY)


def _reach_index(house: House) -> None:
    house.index.count()


def _reach_broker(house: House) -> None:
    if house.reach_broker:
        house.reach_broker()


_PROBES: Mapping[str, tuple[Callable[[House], None], bool]] = {
    "records": (_reach_records, True),
    "work": (_reach_work, True),
    "archive": (_reach_archive, True),
    "index": (_reach_index, False),
    "broker": (_reach_broker, True),
}


class Lookout:
    """Looks at every component, at most every `KEPT_SECONDS`, each on a thread of its own.

    One that hangs is not asked again before it answers: its threads would heap up.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(len(_PROBES), thread_name_prefix="lookout")
        self._lock = Lock()
        self._pending: dict[str, Future[Component]] = {}
        self._kept: Readiness | None = None
        self._looked_at = float("-inf")

    def look(self, house: House | None = None) -> Readiness:
        """How things stand."""
        with self._lock:
            if self._kept is None or time.monotonic() - self._looked_at > KEPT_SECONDS:
                self._kept = self._ask(house or current())
                self._looked_at = time.monotonic()
            return self._kept

    def _ask(self, house: House) -> Readiness:
        names = [name for name in _PROBES if name != "broker" or house.reach_broker]
        for name in names:
            if name not in self._pending:
                self._pending[name] = self._pool.submit(partial(_probe, name, house))
        wait(self._pending.values(), timeout=PATIENCE_SECONDS)
        return Readiness(tuple(self._answer(name) for name in names))

    def _answer(self, name: str) -> Component:
        if not self._pending[name].done():
            return Component(name, SLOW, _PROBES[name][1], round(PATIENCE_SECONDS * 1000))
        return self._pending.pop(name).result()


def _probe(name: str, house: House) -> Component:
    reach, is_needed = _PROBES[name]
    began, code = time.monotonic(), ""
    try:
        reach(house)
    except CodedError as error:
        code = error.code
    except (DatabaseError, InterfaceError):
        code = RECORDS_AWAY
    except OSError:
        code = "store_unavailable"
    finally:
        connection.close()
    return Component(name, code, is_needed, round((time.monotonic() - began) * 1000))


def free_bytes() -> int:
    """What is free where the data folder lies."""
    return shutil.disk_usage(settings.TANGTHU_HOME).free


LOOKOUT = Lookout()

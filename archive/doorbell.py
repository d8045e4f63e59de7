"""The seam of the doorbell: it only says "look at the ledger"."""

from collections.abc import Callable, Mapping
from typing import Protocol

from django.db import transaction

Rings = Mapping[str, int]
"""How many runs became due in each lane."""


class Doorbell(Protocol):
    """Wakes whoever waits for work. Losing every ring costs latency and nothing else.

    Any process and any thread may call either method, at any time; neither raises, and neither
    holds its caller up for more than about a second where nobody can be reached.
    """

    def ring(self, rings: Rings) -> None:
        """Say that so many runs became due. Call it after the commit."""

    def wait(self, seconds: float) -> bool:
        """Wait for a ring, at most so long; return whether one came."""


_bell: list[Callable[[], Doorbell]] = []


def provide(bell: Callable[[], Doorbell]) -> None:
    """Say which bell the ledger rings; called once, by config, when Django starts."""
    _bell[:] = [bell]


def ring_after_commit(rings: Rings) -> None:
    """Ring once for every run that became due, when it can be seen: never within a transaction."""
    if _bell and any(rings.values()):
        transaction.on_commit(lambda: _bell[0]().ring(rings))

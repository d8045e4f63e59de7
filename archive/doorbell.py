"""The seam of the doorbell: it only says "look at the ledger"."""

from typing import Protocol


class Doorbell(Protocol):
    """Wakes whoever waits for work. Losing every ring costs latency and nothing else.

    Any process may call either method, at any time; neither raises.
    """

    def ring(self) -> None:
        """Say that runs may be due. Call it after the commit."""

    def wait(self, seconds: float) -> bool:
        """Wait for a ring, at most so long; return whether one came."""

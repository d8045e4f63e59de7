"""What a stage hands back: bytes to keep and the writing to do, both done by the loop."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from archive.models import StageRun
from workers.house import House


@dataclass(frozen=True, slots=True)
class Outcome:
    """Bytes first, row second: the loop keeps `blobs`, then calls `apply` in the transaction
    that closes the run, with the blobs' hashes in their order.
    """

    apply: Callable[[tuple[str, ...]], None]
    blobs: tuple[bytes, ...] = ()


class StageWork(Protocol):
    """What one stage does to one subject.

    It reads records and blobs, computes, and may write to places where writing twice is writing
    once (the archive store, the index). It writes no record: that is the outcome's `apply`.
    Raises CodedError: bad input ends the run, anything else may be tried again.
    """

    def __call__(self, run: StageRun, house: House) -> Outcome:
        """Do the work for one run."""
        ...

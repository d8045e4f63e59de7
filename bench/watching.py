"""The memory of processes over time, and whether it is flat."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import psutil

SAMPLE_SECONDS = 3.0
WARM_SECONDS = 90.0
"""After its start a process is not judged for so long, nor before it has worked enough."""
LEAST_SAMPLES = 20
MB = 1024**2


class Sample(NamedTuple):
    """One look at a process."""

    second: float
    mb: float
    """Its resident set."""
    worked: float
    """Processor seconds so far."""


class Memory(threading.Thread):
    """Samples the resident set of each process of each role."""

    def __init__(
        self,
        look: Callable[[], Iterable[tuple[str, psutil.Process]]],
        enough: Mapping[str, float] = MappingProxyType({}),
    ) -> None:
        """`look` tells the processes there are, with their roles.

        `enough`: the processor seconds after which a process of a role is warm. One that reads
        loads its models with its first papers and grows to the largest page that it has seen.
        """
        super().__init__(daemon=True)
        self._look = look
        self._enough = enough
        self.over = threading.Event()
        self.samples: dict[tuple[str, int], list[Sample]] = defaultdict(list)

    def run(self) -> None:
        """Until told."""
        begin = time.monotonic()
        while not self.over.wait(SAMPLE_SECONDS):
            for role, process in self._look():
                try:
                    size = process.memory_info().rss / MB
                    worked = sum(process.cpu_times()[:2])
                except psutil.NoSuchProcess:
                    continue
                sample = Sample(time.monotonic() - begin, size, worked)
                self.samples[role, process.pid].append(sample)

    def table(self) -> list[dict[str, Any]]:
        """One row a role: how many processes, the most, and the steepest that lived long."""
        roles = sorted({role for role, _ in self.samples})
        return [self._row(role) for role in roles]

    def _row(self, role: str) -> dict[str, Any]:
        own = [rows for (name, _), rows in self.samples.items() if name == role]
        slopes = []
        for rows in own:
            warm = self._warm(role, rows)
            if len(warm) >= LEAST_SAMPLES:
                minutes = (warm[-1].second - warm[0].second) / 60
                slopes.append((slope_of(warm) * 60, minutes, warm[-1].mb))
        steepest = max(slopes, default=None)
        return {
            "role": role,
            "processes": len(own),
            "most_mb": round(max(row.mb for rows in own for row in rows), 1),
            "mb_a_minute": round(steepest[0], 2) if steepest else None,
            "over_minutes": round(steepest[1], 1) if steepest else None,
            "last_mb": round(steepest[2], 1) if steepest else None,
        }

    def _warm(self, role: str, rows: list[Sample]) -> list[Sample]:
        enough = self._enough.get(role, 0.0)
        start = rows[0].second + WARM_SECONDS
        return [row for row in rows if row.second >= start and row.worked >= enough]


def slope_of(rows: list[Sample]) -> float:
    """Least squares, MB a second."""
    count = len(rows)
    mean_x = sum(row.second for row in rows) / count
    mean_y = sum(row.mb for row in rows) / count
    below = sum((row.second - mean_x) ** 2 for row in rows)
    above = sum((row.second - mean_x) * (row.mb - mean_y) for row in rows)
    return above / below if below else 0.0

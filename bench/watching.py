"""The memory of processes over time, and whether it is flat."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import psutil

SAMPLE_SECONDS = 3.0
WARM_SECONDS = 90.0
"""A process loads its models at its first papers; only what comes after counts."""
LEAST_SAMPLES = 20
MB = 1024**2


class Memory(threading.Thread):
    """Samples the resident set of each process of each role."""

    def __init__(self, look: Callable[[], Iterable[tuple[str, psutil.Process]]]) -> None:
        """`look` tells the processes there are, with their roles."""
        super().__init__(daemon=True)
        self._look = look
        self.over = threading.Event()
        self.samples: dict[tuple[str, int], list[tuple[float, float]]] = defaultdict(list)

    def run(self) -> None:
        """Until told."""
        begin = time.monotonic()
        while not self.over.wait(SAMPLE_SECONDS):
            for role, process in self._look():
                try:
                    size = process.memory_info().rss / MB
                except psutil.NoSuchProcess:
                    continue
                self.samples[role, process.pid].append((time.monotonic() - begin, size))

    def table(self) -> list[dict[str, Any]]:
        """One row a role: how many processes, the most, and the steepest that lived long."""
        roles = sorted({role for role, _ in self.samples})
        return [self._row(role) for role in roles]

    def _row(self, role: str) -> dict[str, Any]:
        own = [rows for (name, _), rows in self.samples.items() if name == role]
        slopes = []
        for rows in own:
            warm = [row for row in rows if row[0] >= rows[0][0] + WARM_SECONDS]
            if len(warm) >= LEAST_SAMPLES:
                minutes = (warm[-1][0] - warm[0][0]) / 60
                slopes.append((slope_of(warm) * 60, minutes, warm[-1][1]))
        steepest = max(slopes, default=None)
        return {
            "role": role,
            "processes": len(own),
            "most_mb": round(max(size for rows in own for _, size in rows), 1),
            "mb_a_minute": round(steepest[0], 2) if steepest else None,
            "over_minutes": round(steepest[1], 1) if steepest else None,
            "last_mb": round(steepest[2], 1) if steepest else None,
        }


def slope_of(rows: list[tuple[float, float]]) -> float:
    """Least squares, units a second."""
    count = len(rows)
    mean_x = sum(x for x, _ in rows) / count
    mean_y = sum(y for _, y in rows) / count
    below = sum((x - mean_x) ** 2 for x, _ in rows)
    return sum((x - mean_x) * (y - mean_y) for x, y in rows) / below if below else 0.0

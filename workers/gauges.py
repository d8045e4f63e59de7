"""Figures that are read from the records when somebody asks for them, at most every few seconds."""

import logging
import platform
import time
from collections.abc import Iterable, Iterator
from threading import Lock

from django.db import DatabaseError
from django.utils import timezone
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from archive.services import seeing
from archive.services.rolling import troubles
from workers.custody import room_of
from workers.house import House
from workers.presence import LATELY, version_here

log = logging.getLogger(__name__)

KEPT_SECONDS = 10.0


class RecordsCollector(Collector):
    """What the records say, kept for `KEPT_SECONDS`: many may ask."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._lock = Lock()
        self._read_at = float("-inf")
        self._kept: list[Metric] = []

    def collect(self) -> Iterable[Metric]:
        """The figures; where the records are away, only that they are."""
        with self._lock:
            if time.monotonic() - self._read_at > KEPT_SECONDS:
                self._kept = self._read()
                self._read_at = time.monotonic()
            return list(self._kept)

    def _read(self) -> list[Metric]:
        try:
            return [_one("tangthu_records_up", "1: the records answered.", 1), *self._figures()]
        except DatabaseError as error:
            log.warning("figures not read", extra={"fault": type(error).__name__})
            return [_one("tangthu_records_up", "1: the records answered.", 0)]

    def _figures(self) -> Iterator[Metric]:
        now = timezone.now()
        yield _build()
        yield from _queues(seeing.queues(now))
        waiting = seeing.waiting(now)
        yield _one(
            "tangthu_waiting_documents", "Papers that wait for a person.", waiting.for_person
        )
        yield _one("tangthu_waiting_key_runs", "Runs that wait for a PIN.", waiting.for_key)
        yield _one("tangthu_resting_runs", "Runs whose service is away.", waiting.resting)
        yield _one("tangthu_given_up_runs", "Runs dead or failed for good.", waiting.given_up)
        yield _one(
            "tangthu_held_overdue_files",
            "Files with a secrecy mark past the day of decision.",
            waiting.held_overdue,
        )
        yield _one(
            "tangthu_index_lag_seconds",
            "Age of the oldest change that cannot be found yet.",
            seeing.index_lag_seconds(now),
        )
        lately = seeing.seen_since(now - LATELY)
        yield _one("tangthu_workers", "Worker processes seen lately.", len(lately))
        yield from self._copies()

    def _copies(self) -> Iterator[Metric]:
        room, now = room_of(self._house), timezone.now()
        lag = _labelled(
            "tangthu_fixity_lag_seconds", "Age of the oldest reading in a copy.", "copy"
        )
        for place, seconds in seeing.fixity_lag_seconds(room.places, now).items():
            lag.add_metric([place], seconds)
        yield lag
        names = ("planned", "faulty", "overdue")
        text = "Forms that a copy lacks ({}), per state."
        found = {
            name: _labelled(f"tangthu_copy_{name}_files", text.format(name), "copy")
            for name in names
        }
        for trouble in troubles(room, self._house.fixity, now):
            for name, family in found.items():
                family.add_metric([trouble.place], getattr(trouble, name))
        yield from found.values()


def _queues(found: Iterable[seeing.Queue]) -> Iterator[Metric]:
    runs = _labelled("tangthu_queue_runs", "Runs that are due.", "lane")
    age = _labelled("tangthu_queue_age_seconds", "Age of the oldest run that is due.", "lane")
    for queue in found:
        runs.add_metric([queue.lane], queue.runs)
        age.add_metric([queue.lane], queue.oldest_seconds)
    yield runs
    yield age


def _build() -> Metric:
    about = GaugeMetricFamily("tangthu_build_info", "What runs here.", labels=["version", "python"])
    about.add_metric([version_here(), platform.python_version()], 1)
    return about


def _one(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


def _labelled(name: str, text: str, label: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, labels=[label])

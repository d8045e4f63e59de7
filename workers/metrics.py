"""What is counted and timed, by prometheus-client over all processes of this machine.

Imported only once config has said where the figures lie (`PROMETHEUS_MULTIPROC_DIR`): the library
looks there as it is loaded. Names and meanings stand in docs/operations.md.
"""

import logging
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from archive.models import StageRun
from archive.stages import Stage
from workers.metric_files import gather_dead, kept_in

log = logging.getLogger(__name__)

_STAGE_BUCKETS = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)
_REQUEST_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_OWN = CollectorRegistry()
"""What this process alone knows; what all know is read from their files."""

STAGE_SECONDS = Histogram(
    "tangthu_stage_seconds",
    "Seconds from the claim of a run to its end, however it ended.",
    ("stage",),
    buckets=_STAGE_BUCKETS,
    registry=_OWN,
)
FAILURES = Counter(
    "tangthu_failures",
    "Runs that ended with a code; those that rest count too.",
    ("stage", "code"),
    registry=_OWN,
)
PAGES = Counter("tangthu_pages", "Pages that were read.", registry=_OWN)
DOCUMENTS = Counter("tangthu_documents", "Documents that were sealed.", registry=_OWN)
REQUEST_SECONDS = Histogram(
    "tangthu_request_seconds",
    "Seconds of one answer of the web page or the API.",
    ("route", "method", "status"),
    buckets=_REQUEST_BUCKETS,
    registry=_OWN,
)
_DONE = {Stage.RECOGNISE.value: PAGES, Stage.SEAL.value: DOCUMENTS}


@cache
def _seconds_of(stage: str) -> Histogram:
    return STAGE_SECONDS.labels(stage)


def note_run(run: StageRun, seconds: float, code: str) -> None:
    """The house's watch: told of every run that ended here. Raises nothing."""
    try:
        _seconds_of(run.stage).observe(seconds)
        if code:
            FAILURES.labels(run.stage, code).inc()
        elif run.stage in _DONE:
            _DONE[run.stage].inc()
    except OSError as error:
        log.warning("figures not kept", extra={"errno": error.errno})


@cache
def _seconds_of_request(route: str, method: str, status: str) -> Histogram:
    return REQUEST_SECONDS.labels(route, method, status)


def note_request(route: str, method: str, status: int, seconds: float) -> None:
    """One answer was given. Raises nothing."""
    try:
        _seconds_of_request(route, method, str(status)).observe(seconds)
    except OSError as error:
        log.warning("figures not kept", extra={"errno": error.errno})


def figures(*more: Collector) -> bytes:
    """All figures of this machine's processes and of the given collectors, as text."""
    registry, folder = CollectorRegistry(), kept_in()
    if folder:
        gather_dead(folder)
        MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]
    else:
        registry.register(_OWN)
    for collector in more:
        registry.register(collector)
    return generate_latest(registry)

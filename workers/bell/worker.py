"""`tangthu work` on the scaled side: a Celery worker whose processes are Hands."""

import os
import secrets
import warnings
from collections.abc import Callable, Sequence
from functools import cache
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from typing import Any

from django.db import connections

from archive.lanes import Lane
from workers.bell.broker import BEGIN, CHORE, HOUSE_QUEUE, RUN, SWEEP, Switchboard
from workers.bell.hand import Hand

Furnish = Callable[[Event], Hand]
"""Makes a process's hand, after the fork; it is told when the worker is asked to stop."""


def work(board: Switchboard, lanes: Sequence[Lane], *, size: int, furnish: Furnish) -> int:
    """Work until told: SIGTERM lets every process finish its run. Return the exit status."""
    from celery import signals
    from celery.platforms import SecurityWarning

    # It names an option of a command that nobody here calls.
    warnings.simplefilter("ignore", SecurityWarning)
    app = board.app
    is_over = get_context("fork").Event()
    hand = cache(lambda: furnish(is_over))
    add_tasks(app, hand)

    def keep_ours(**_: object) -> None:
        """Celery leaves the logs alone where somebody says that they are set up."""

    def begin(**_: object) -> None:
        app.send_task(BEGIN, queue=board.queues()[HOUSE_QUEUE], retry=False)

    def stop(**_: object) -> None:
        is_over.set()

    def settle(**_: object) -> None:
        hand()

    signals.setup_logging.connect(keep_ours, weak=False)
    signals.worker_ready.connect(begin, weak=False)
    signals.worker_shutting_down.connect(stop, weak=False)
    signals.worker_process_init.connect(settle, weak=False)
    connections.close_all()  # no process may inherit one
    worker = app.Worker(
        hostname=f"{board.broker.prefix}@{os.uname().nodename}-{secrets.token_hex(3)}",
        queues=[board.broker.queue(name) for name in (*lanes, HOUSE_QUEUE)],
        concurrency=size,
        pool="prefork",
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    worker.start()
    return int(worker.exitcode or 0)


def add_tasks(app: Any, hand: Callable[[], Hand]) -> None:
    """Tell the application what each message means."""

    @app.task(name=RUN)  # type: ignore[untyped-decorator]  # Celery ships no types
    def run(lane: str) -> None:
        hand().run(lane)

    @app.task(name=CHORE)  # type: ignore[untyped-decorator]
    def chore(name: str) -> None:
        hand().chore(name)

    @app.task(name=SWEEP)  # type: ignore[untyped-decorator]
    def sweep() -> None:
        hand().sweep()

    @app.task(name=BEGIN)  # type: ignore[untyped-decorator]
    def begin() -> None:
        hand().begin()

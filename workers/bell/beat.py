"""`tangthu beat`: sends the chores and the sweep at their times. It keeps no state."""

import datetime as dt
from typing import Any

from archive.lanes import Lane
from workers.bell.broker import CHORE, HOUSE_QUEUE, SWEEP, Switchboard
from workers.bell.limits import SWEEP_SECONDS
from workers.upkeep import CHORES, MINUTE


def beat(board: Switchboard) -> None:
    """Send until told."""
    from celery import signals

    def keep_ours(**_: object) -> None:
        """Celery leaves the logs alone where somebody says that they are set up."""

    signals.setup_logging.connect(keep_ours, weak=False)
    app = board.app
    app.conf.beat_schedule = schedule(board)
    app.Beat(scheduler_cls=_scheduler(), quiet=True).run()


def schedule(board: Switchboard) -> dict[str, dict[str, Any]]:
    """When what is sent; what nobody took until it comes again is not worth doing twice."""
    queues = board.queues()
    entries = {
        f"chore {chore.name}": {
            "task": CHORE,
            "args": (chore.name,),
            "schedule": chore.every,
            "options": {"queue": queues[Lane.MAINTENANCE], "expires": chore.every},
        }
        for chore in CHORES
    }
    entries["sweep"] = {
        "task": SWEEP,
        "schedule": SWEEP_SECONDS,
        "options": {"queue": queues[HOUSE_QUEUE], "expires": SWEEP_SECONDS},
    }
    return entries


def _scheduler() -> type:
    """A scheduler in memory, on which nothing waits longer than a minute for its first time.

    A beat that is restarted each half hour would else never send what is due each hour.
    """
    from celery.beat import Scheduler

    class Soon(Scheduler):  # type: ignore[misc]  # Celery ships no types
        def setup_schedule(self) -> None:
            super().setup_schedule()
            for entry in self.schedule.values():
                every = entry.schedule.run_every.total_seconds()
                late = dt.timedelta(seconds=max(0.0, every - MINUTE))
                entry.last_run_at = self.app.now() - late

    return Soon

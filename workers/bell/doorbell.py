"""The doorbell of the scaled side: a message for every run that became due, in its lane's queue."""

import logging
import os
import threading
import time
from typing import Any

from archive.doorbell import Rings
from archive.lanes import LANES
from workers.bell import limits
from workers.bell.broker import RUN, Switchboard, faults_of

log = logging.getLogger(__name__)


class BrokerDoorbell:
    """Rings through a broker. What it cannot reach it leaves to the sweep, and says so once."""

    def __init__(self, board: Switchboard) -> None:
        self._board = board
        self._lock = threading.Lock()
        self._quiet_until = 0.0
        self._pid = os.getpid()
        self._line: Any = None
        self._producer: Any = None

    def ring(self, rings: Rings) -> None:
        """Send a token for each run; at most about a second where the broker is away."""
        self._look_where()
        with self._lock:
            if time.monotonic() < self._quiet_until:
                return
            line = self._board.connection(is_hasty=True) if self._line is None else self._line
            try:
                self._send(line, rings)
            except faults_of(line) as error:
                kind = type(error).__name__
                log.warning("doorbell not heard", extra={"fault": kind, "rings": dict(rings)})
                self._quiet_until = time.monotonic() + limits.QUIET_SECONDS
                self._line = self._producer = None
                _close(line)

    def _send(self, line: Any, rings: Rings) -> None:
        app = self._board.app
        if self._producer is None:
            line.connect()
            self._producer = app.amqp.Producer(line.channel(), auto_declare=False)
            self._line = line
        queues = self._board.queues()
        for lane, times in rings.items():
            for _ in range(times):
                app.send_task(
                    RUN, (lane,), queue=queues[lane], producer=self._producer, retry=False
                )

    def _look_where(self) -> None:
        """After a fork the line belongs to the parent: leave it alone and take a new one."""
        if self._pid != os.getpid():
            self._pid = os.getpid()
            self._lock = threading.Lock()
            self._line = self._producer = None

    def wait(self, seconds: float) -> bool:
        """Take one token of any lane, or wait for it."""
        from kombu import Consumer

        heard: list[str] = []

        def hear(_body: object, message: Any) -> None:
            message.ack()
            heard.append(message.delivery_tag)

        line = self._board.connection()
        queues = [self._board.queues()[lane] for lane in LANES]
        until = time.monotonic() + seconds
        try:
            with line, Consumer(line, queues, on_message=None, callbacks=[hear], prefetch_count=1):
                while not heard:
                    line.drain_events(timeout=max(0.01, until - time.monotonic()))
        except TimeoutError:
            pass
        except faults_of(line) as error:
            log.warning("doorbell deaf", extra={"fault": type(error).__name__})
            time.sleep(max(0.0, until - time.monotonic()))
        return bool(heard)

    def close(self) -> None:
        """Let the line go."""
        with self._lock:
            if self._line is not None:
                _close(self._line)
            self._line = self._producer = None


def _close(line: Any) -> None:
    """Let a line go without a word to whoever does not listen."""
    try:
        line.collect()
    except faults_of(line):
        log.debug("line lost")

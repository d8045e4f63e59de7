"""The doorbell of the scaled side: a message for every run that became due, in its lane's queue."""

import logging
import os
import threading
import time
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any

from archive.doorbell import Rings
from archive.lanes import LANES
from workers.bell import limits
from workers.bell.broker import RUN, Switchboard, faults_of

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Order:
    """Rings to be sent, and how far that has come."""

    rings: Rings
    sent: int = 0
    is_heard: bool = False
    is_over: threading.Event = field(default_factory=threading.Event)


class BrokerDoorbell:
    """Rings through a broker. What it cannot reach it leaves to the sweep, and says so once.

    A thread sends; whoever rings waits for it as long as it comes on. Some steps of the brokers'
    clients have no limit of their own, and a request may not hang on one of them.
    """

    def __init__(self, board: Switchboard) -> None:
        self._board = board
        self._start_anew()

    def _start_anew(self) -> None:
        self._pid = os.getpid()
        self._orders: SimpleQueue[_Order] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._quiet_until = 0.0
        self._line: Any = None
        self._producer: Any = None

    def ring(self, rings: Rings) -> None:
        """Send a token for each run; at most about a second where the broker is away."""
        if self._pid != os.getpid():
            # After a fork the line belongs to the parent, and its thread is not here.
            self._start_anew()
        if time.monotonic() < self._quiet_until:
            return
        order = _Order(rings)
        self._orders.put(order)
        self._need_thread()
        sent = -1
        while not order.is_over.wait(limits.CONNECT_SECONDS) and order.sent > sent:
            sent = order.sent
        if not order.is_heard:
            self._quiet_until = time.monotonic() + limits.QUIET_SECONDS
            log.warning("doorbell not heard", extra={"rings": dict(rings)})

    def _need_thread(self) -> None:
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._send_on, daemon=True, name="bell")
                self._thread.start()

    def _send_on(self) -> None:
        while True:
            order = self._orders.get()
            line = self._board.connection(is_hasty=True) if self._line is None else self._line
            try:
                self._send(line, order)
                order.is_heard = True
            except faults_of(line) as error:
                log.info("broker away", extra={"fault": type(error).__name__})
                self._line = self._producer = None
                _close(line)
            finally:
                order.is_over.set()

    def _send(self, line: Any, order: _Order) -> None:
        app = self._board.app
        if self._producer is None:
            line.connect()
            self._producer = app.amqp.Producer(line.channel(), auto_declare=False)
            self._line = line
        queues = self._board.queues()
        for lane, times in order.rings.items():
            for _ in range(times):
                app.send_task(
                    RUN, (lane,), queue=queues[lane], producer=self._producer, retry=False
                )
                order.sent += 1

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
        if self._line is not None:
            _close(self._line)
        self._line = self._producer = None


def _close(line: Any) -> None:
    """Let a line go without a word to whoever does not listen."""
    try:
        line.collect()
    except faults_of(line):
        log.debug("line lost")

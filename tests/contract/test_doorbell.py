"""What every doorbell promises: it wakes, it forgets nothing, it never holds anybody up."""

import hashlib
import os
import signal
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive.doorbell import Doorbell
from tests.cluster import Run, running
from tests.servers import RABBITMQ, REDIS, Server
from workers.bell.broker import Broker, Switchboard, check_broker
from workers.bell.doorbell import BrokerDoorbell
from workers.doorbell import PipeDoorbell

ONE = {"batch": 1}
SOON = 10.0
"""Seconds that a loaded machine may need; a ring that is lost takes longer."""


def beside(action: Callable[[], bool]) -> int:
    """Do something in a process of its own; its exit status says whether it was true."""
    child = os.fork()
    if child == 0:
        status = 2
        try:
            status = 0 if action() else 1
        finally:
            os._exit(status)
    return child


def answer(child: int) -> bool:
    """What a process beside this one found."""
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, 1)
    return status == 0


class DoorbellContract(ABC):
    """Run against each side."""

    @abstractmethod
    @pytest.fixture
    def connect(self, tmp_path: Path) -> Iterator[Callable[[], Doorbell]]:
        """Connect to one and the same bell, as each process does for itself."""

    def test_wakes_a_waiter_in_another_process(self, connect: Callable[[], Doorbell]) -> None:
        """Long before it would have looked of itself."""
        bell = connect()
        began = time.monotonic()
        waiter = beside(lambda: connect().wait(60.0))
        time.sleep(0.2)
        bell.ring(ONE)
        assert answer(waiter)
        assert time.monotonic() - began < SOON

    def test_a_ring_without_a_waiter_is_kept(self, connect: Callable[[], Doorbell]) -> None:
        """Whoever comes to wait just after the ring does not sleep."""
        connect().ring(ONE)
        assert connect().wait(SOON)

    def test_waiting_ends_without_a_ring(self, connect: Callable[[], Doorbell]) -> None:
        """After so long, and then it says that none came."""
        began = time.monotonic()
        assert not connect().wait(0.2)
        assert 0.1 < time.monotonic() - began < SOON

    def test_rings_do_not_pile_up(self, connect: Callable[[], Doorbell]) -> None:
        """A hundred thousand rings that nobody hears block nobody and wake once."""
        bell = connect()
        for _ in range(100_000):
            bell.ring(ONE)
        assert bell.wait(SOON)
        assert not bell.wait(0.0)
        bell.ring(ONE)
        assert bell.wait(SOON)

    def test_a_killed_waiter_hurts_nobody(self, connect: Callable[[], Doorbell]) -> None:
        """Neither who rings after it, nor who waits beside it."""
        bell = connect()
        killed, other = (beside(lambda: connect().wait(60.0)) for _ in range(2))
        time.sleep(0.2)
        os.kill(killed, signal.SIGKILL)
        os.waitpid(killed, 0)
        bell.ring(ONE)
        assert answer(other)
        bell.ring(ONE)
        assert bell.wait(SOON)

    def test_a_killed_ringer_hurts_nobody(self, connect: Callable[[], Doorbell]) -> None:
        """Its last ring is heard, and the bell goes on."""
        bell = connect()

        def ring_and_die() -> bool:
            connect().ring(ONE)
            os.kill(os.getpid(), signal.SIGKILL)
            return False

        os.waitpid(beside(ring_and_die), 0)
        assert bell.wait(SOON)
        bell.ring(ONE)
        assert bell.wait(SOON)


class TestPipeDoorbell(DoorbellContract):
    """The embedded one: a named pipe."""

    @pytest.fixture
    def connect(self, tmp_path: Path) -> Iterator[Callable[[], Doorbell]]:
        """Each connects by the pipe's path."""
        made: list[PipeDoorbell] = []

        def connect() -> PipeDoorbell:
            made.append(PipeDoorbell(tmp_path / "run" / "bell"))
            return made[-1]

        yield connect
        for bell in made:
            bell.close()


class BrokerContract(DoorbellContract):
    """A real broker of the test's own, a prefix for each test."""

    server: Server

    @pytest.fixture(scope="class")
    @classmethod
    def broker(cls) -> Iterator[Run]:
        """One for the class."""
        with running(cls.server) as run:
            yield run

    @pytest.fixture
    def connect(self, broker: Run, tmp_path: Path) -> Iterator[Callable[[], Doorbell]]:
        """Each by a connection of its own; the queues are there, as with a worker running."""
        secret = "guest" if self.server is RABBITMQ else ""
        prefix = f"p{hashlib.sha256(str(tmp_path).encode()).hexdigest()[:8]}"
        board = Switchboard(Broker(broker.url, secret, prefix))
        check_broker(board)
        made: list[BrokerDoorbell] = []

        def connect() -> BrokerDoorbell:
            made.append(BrokerDoorbell(board))
            return made[-1]

        yield connect
        for bell in made:
            bell.close()

    def test_rings_do_not_pile_up(self, connect: Callable[[], Doorbell]) -> None:
        """A ring is a run: each is kept, and each wakes once. None of them holds anybody up."""
        bell = connect()
        began = time.monotonic()
        bell.ring({"counter": 200, "backfile": 300})
        assert time.monotonic() - began < SOON
        for _ in range(3):
            assert bell.wait(SOON)


@pytest.mark.services
@pytest.mark.timeout(180)
class TestRabbitDoorbell(BrokerContract):
    """RabbitMQ."""

    server = RABBITMQ


@pytest.mark.services
@pytest.mark.timeout(180)
class TestRedisDoorbell(BrokerContract):
    """Redis."""

    server = REDIS

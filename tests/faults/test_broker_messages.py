"""Messages lost, sent twice, delivered twice: the ledger says what is done, and it is done once."""

import json
import signal

import pytest

from tests.cluster import Cluster
from workers.bell.limits import SWEEP_SECONDS

pytestmark = [pytest.mark.services, pytest.mark.timeout(240)]


def test_every_run_is_done_once(bells: Cluster) -> None:
    """Two workers, forty files, a message each; a word to stop ends them in good order."""
    workers = [bells.start("work") for _ in range(2)]
    bells.run("plan", "40")
    bells.wait_done(40)
    assert len(bells.starts()) == 40
    for worker in workers:
        worker.send_signal(signal.SIGTERM)
    assert [worker.wait(30) for worker in workers] == [0, 0]
    assert "guest@" not in bells.log()
    assert "Traceback" not in bells.log()


def test_a_message_sent_twice_does_nothing_twice(bells: Cluster) -> None:
    """Three tokens for every run: the surplus finds nothing due."""
    bells.run("plan", "20")
    for _ in range(2):
        bells.run("rings", "20")
    bells.start("work")
    bells.wait_done(20)
    assert len(bells.starts()) == 20
    bells.wait_until(lambda: lengths(bells) == {})
    bells.wait_done(20)


def test_all_messages_lost_cost_latency_alone(bells: Cluster) -> None:
    """The sweep finds due runs without a message and rings for each once, not twice."""
    bells.run("plan", "30")
    purge(bells)
    assert json.loads(bells.run("sweep").stdout) == {"batch": 30}
    assert json.loads(bells.run("sweep").stdout) == {}
    purge(bells)
    bells.start("work")
    bells.start("beat")
    bells.wait_done(30, SWEEP_SECONDS + 40)


def test_a_killed_workers_run_is_done_by_another(bells: Cluster) -> None:
    """On the same machine at once: its name says that it is dead. Nothing is written twice."""
    first = bells.start("work", BELL_SECONDS="60")
    bells.run("plan", "6")
    bells.wait_until(lambda: len(bells.starts()) == 2)
    bells.kill(first)
    assert bells.states()["running"] == 2
    bells.start("work")
    bells.start("beat")
    bells.wait_done(6, 100)
    again = bells.ask("SELECT strikes, error_code FROM archive_stagerun WHERE attempt = 2")
    assert again == [(0, ""), (0, "")]


def test_what_kills_its_workers_ends_dead_with_a_reason(bells: Cluster) -> None:
    """Marked at the first death, struck from the second on; the others are done meanwhile."""
    bells.run("plan", "5")
    (poison,) = bells.ask("SELECT min(receipt_id) FROM archive_stagerun")[0]
    bells.start("work", BELL_POISON=str(poison))
    bells.start("beat")
    bells.wait_until(lambda: bells.states() == {"done": 4, "dead": 1}, 100)
    dead = bells.ask(
        "SELECT error_code, strikes, attempt FROM archive_stagerun WHERE state = 'dead'"
    )
    assert dead == [("worker_crashed", 3, 4)]
    assert bells.ask("SELECT state FROM archive_receipt WHERE code <> ''") == [("stopped",)]


def lengths(bells: Cluster) -> dict[str, int]:
    """Messages in the queues, past the product; empty queues left out."""
    import kombu

    secret = {"password": "guest"} if bells.broker.url.startswith("amqp") else {}
    with kombu.Connection(bells.broker.url, **secret) as line:
        channel = line.channel()
        names = ("counter", "batch", "maintenance", "backfile")
        counts = {
            name: channel.queue_declare(
                f"{bells.prefix}.{name}", durable=True, auto_delete=False
            ).message_count
            for name in names
        }
    return {name: count for name, count in counts.items() if count}


def purge(bells: Cluster) -> None:
    """Lose every message."""
    import kombu

    secret = {"password": "guest"} if bells.broker.url.startswith("amqp") else {}
    with kombu.Connection(bells.broker.url, **secret) as line:
        channel = line.channel()
        for name in lengths(bells):
            channel.queue_purge(f"{bells.prefix}.{name}")
    assert lengths(bells) == {}

"""A broker: where it is, its queues, and the Celery application that speaks to it."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from archive.lanes import LANES
from workers.bell import limits
from workers.bell.errors import BrokerRefusedError, BrokerUnfitError, BrokerUnreachableError

RUN = "tangthu.run"
"""Do the run that is most due; its one word is the lane."""
CHORE = "tangthu.chore"
"""Do one of the house's chores; its one word is the chore's name."""
SWEEP = "tangthu.sweep"
BEGIN = "tangthu.begin"
HOUSE_QUEUE = "house"
"""The queue of sweeps, which every worker serves beside its lanes."""
AMQP_GREETING = b"AMQP\x00\x00\x09\x01"
AMQP_PORT, REDIS_PORT = 5672, 6379


@dataclass(frozen=True, slots=True)
class Broker:
    """Where messages go. `url` bears no password."""

    url: str
    password: str = ""
    prefix: str = "tangthu"
    ca_file: str | None = None

    @property
    def kind(self) -> str:
        """How people call it."""
        return "Redis" if self.is_redis else "RabbitMQ"

    @property
    def is_redis(self) -> bool:
        """Whether it is Redis; else RabbitMQ."""
        return self.url.startswith("redis")

    @property
    def is_tls(self) -> bool:
        """Whether it is spoken to through TLS."""
        return urlsplit(self.url).scheme in ("amqps", "rediss")

    def queue(self, lane: str) -> str:
        """The name of a lane's queue."""
        return f"{self.prefix}.{lane}"

    def __repr__(self) -> str:
        """Without the password."""
        return f"Broker({self.url!r})"


class Switchboard:
    """The Celery application of one broker, made when first asked for, and its connections."""

    def __init__(self, broker: Broker) -> None:
        self.broker = broker

    @cached_property
    def app(self) -> Any:
        """The application; tasks are added by whoever does them."""
        from celery import Celery

        app = Celery("tangthu", set_as_current=False, fixups=[])
        app.conf.update(settings_of(self.broker), broker_url=self._url())
        return app

    def connection(self, *, is_hasty: bool = False) -> Any:
        """Return a connection that is not open yet; a hasty one gives up soon at every step."""
        from kombu import Connection

        options = transport_options(self.broker)
        if is_hasty:
            options |= _haste(self.broker)
        seconds = limits.CONNECT_SECONDS if is_hasty else limits.PROBE_SECONDS
        return Connection(
            self._url(),
            password=self.broker.password or None,
            connect_timeout=seconds,
            transport_options=options,
            ssl=_tls(self.broker),
        )

    def queues(self) -> Mapping[str, Any]:
        """Every queue by the lane's name, bound to nothing yet."""
        from kombu import Exchange, Queue

        exchange = Exchange(self.broker.prefix, type="direct", durable=True)
        names = [*(lane.value for lane in LANES), HOUSE_QUEUE]
        return {
            name: Queue(
                self.broker.queue(name), exchange, routing_key=self.broker.queue(name), durable=True
            )
            for name in names
        }

    def declare(self) -> None:
        """Make what is missing of the queues. Raises the broker's errors (`check_broker`)."""
        with self.connection() as connection:
            channel = connection.channel()
            for queue in self.queues().values():
                queue.bind(channel).declare()

    def lengths(self) -> dict[str, int]:
        """How many messages lie in each queue. Raises the broker's errors."""
        with self.connection() as connection:
            channel = connection.channel()
            return {
                name: queue.bind(channel).queue_declare().message_count
                for name, queue in self.queues().items()
            }

    def workers(self, seconds: float = 1.5) -> list[str]:
        """The names of the workers that answer. Raises the broker's errors."""
        with self.connection() as connection:
            answers = self.app.control.ping(timeout=seconds, connection=connection)
        return sorted(name for answer in answers for name in answer)

    def _url(self) -> str:
        parts = urlsplit(self.broker.url)
        if not self.broker.password:
            return self.broker.url
        from urllib.parse import quote

        user, host = parts.username or "", parts.netloc.rpartition("@")[2]
        secret = quote(self.broker.password, safe="")
        return parts._replace(netloc=f"{user}:{secret}@{host}").geturl()


def settings_of(broker: Broker) -> dict[str, Any]:
    """Celery's settings. Results are nowhere kept: the ledger knows what was done."""
    board = Switchboard(broker)
    return {
        "task_serializer": "json",
        "accept_content": ["json"],
        "task_ignore_result": True,
        "result_backend": None,
        "task_queues": list(board.queues().values()),
        "task_default_queue": broker.queue(HOUSE_QUEUE),
        "task_default_exchange": broker.prefix,
        "task_default_routing_key": broker.queue(HOUSE_QUEUE),
        "task_create_missing_queues": False,
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_soft_time_limit": limits.SOFT_SECONDS,
        "task_time_limit": limits.HARD_SECONDS,
        "worker_prefetch_multiplier": 1,
        "worker_proc_alive_timeout": 120.0,
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
        "worker_send_task_events": False,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "broker_transport_options": transport_options(broker),
        "broker_use_ssl": _tls(broker) or None,
        "broker_heartbeat": 30,
        "broker_connection_timeout": limits.PROBE_SECONDS,
        "broker_connection_retry": True,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "control_exchange": f"{broker.prefix}.control",
        "control_queue_exclusive": True,
        "event_exchange": f"{broker.prefix}.events",
        "enable_utc": True,
        "timezone": "UTC",
    }


def transport_options(broker: Broker) -> dict[str, Any]:
    """What the connection of a worker is told."""
    if not broker.is_redis:
        return {}
    return {
        "visibility_timeout": limits.VISIBILITY_SECONDS,
        "unacked_restore_interval": limits.RESTORE_SECONDS,
        "unacked_restore_throttle": 1,
        # One database may be shared: what is under way is kept apart by the prefix too.
        "unacked_key": f"{broker.prefix}.unacked",
        "unacked_index_key": f"{broker.prefix}.unacked.index",
        "unacked_mutex_key": f"{broker.prefix}.unacked.mutex",
        "socket_keepalive": True,
        "health_check_interval": 25,
    }


def _haste(broker: Broker) -> dict[str, Any]:
    if broker.is_redis:
        return {
            "socket_timeout": limits.CONNECT_SECONDS,
            "socket_connect_timeout": limits.CONNECT_SECONDS,
        }
    return {"read_timeout": limits.CONNECT_SECONDS, "write_timeout": limits.CONNECT_SECONDS}


def _tls(broker: Broker) -> dict[str, Any] | bool:
    if not broker.is_tls:
        return False
    import ssl

    name = "ssl_" if broker.is_redis else ""
    return {f"{name}cert_reqs": ssl.CERT_REQUIRED, f"{name}ca_certs": broker.ca_file}


def faults_of(connection: Any) -> tuple[type[Exception], ...]:
    """What a connection raises where the broker is away or refuses."""
    from kombu.exceptions import OperationalError

    faults = (*connection.connection_errors, *connection.channel_errors, OperationalError, OSError)
    return tuple({fault for fault in faults if fault is not KeyError})


def check_broker(board: Switchboard) -> None:
    """Look whether the broker is what it should be, and make its queues.

    Raises BrokerUnreachableError, BrokerUnfitError, BrokerRefusedError.
    """
    if not board.broker.is_tls:
        _greet(board.broker)
    connection = board.connection()
    try:
        board.declare()
    except faults_of(connection) as error:
        detail = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
        if isinstance(error, TimeoutError | ConnectionRefusedError):
            raise BrokerUnreachableError(detail=detail) from error
        raise BrokerRefusedError(detail=detail) from error


def _greet(broker: Broker) -> None:
    """Say the first word of the protocol and look at the first of the answer.

    A client that takes a web server's words for a frame waits for ever for its end.
    """
    parts = urlsplit(broker.url)
    port = parts.port or (REDIS_PORT if broker.is_redis else AMQP_PORT)
    try:
        with socket.create_connection(
            (parts.hostname or "localhost", port), timeout=limits.PROBE_SECONDS
        ) as line:
            line.sendall(b"PING\r\n" if broker.is_redis else AMQP_GREETING)
            answer = line.recv(16)
    except OSError as error:
        raise BrokerUnreachableError(detail=repr(error)) from error
    known = (b"+PONG", b"-NOAUTH", b"-LOADING") if broker.is_redis else (b"\x01",)
    if not answer.startswith(known):
        raise BrokerUnfitError(detail=f"answered {answer!r}")

"""How workers hear of what is due: a pipe in the data folder, or RabbitMQ or Redis by Celery."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from config import records
from config.errors import NeedsBrokerError, SettingError
from config.secret_file import read_secret
from workers.bell.broker import Broker, Switchboard

if TYPE_CHECKING:
    from archive.doorbell import Doorbell

URL = "TANGTHU_BROKER_URL"
PASSWORD_FILE = "TANGTHU_BROKER_PASSWORD_FILE"  # noqa: S105  a setting's name
PREFIX = "TANGTHU_BROKER_PREFIX"
CA_FILE = "TANGTHU_BROKER_CA"
SCHEMES = ("amqp", "amqps", "redis", "rediss")
_PREFIX = re.compile(r"[a-z0-9][a-z0-9_-]{0,49}")


def read_broker(environment: Mapping[str, str]) -> Broker | None:
    """Read `amqp://user@host:5672/vhost` or `redis://host:6379/0`; the password is in a file.

    None: not set, the workers of one machine hear of work by a pipe. Raises SettingError.
    """
    get = environment.get
    url = get(URL, "")
    if not url:
        for name in (PASSWORD_FILE, PREFIX, CA_FILE):
            if get(name):
                raise SettingError.of(URL, f"một địa chỉ, vì {name} đã đặt")
        return None
    if not get(records.URL):
        raise SettingError.of(records.URL, f"cơ sở dữ liệu PostgreSQL, vì {URL} đã đặt")
    _look_at(url)
    prefix = get(PREFIX) or "tangthu"
    if not _PREFIX.fullmatch(prefix):
        raise SettingError.of(PREFIX, "chữ thường không dấu, số, gạch ngang")
    if get(CA_FILE) and urlsplit(url).scheme not in ("amqps", "rediss"):
        raise SettingError.of(URL, f"địa chỉ amqps:// hoặc rediss://, vì {CA_FILE} đã đặt")
    return Broker(url, read_secret(PASSWORD_FILE, get(PASSWORD_FILE)), prefix, get(CA_FILE) or None)


def _look_at(url: str) -> None:
    form = "dạng amqp://người-dùng@máy:5672/vhost hoặc redis://máy:6379/0"
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError as error:
        raise SettingError.of(URL, form) from error
    if parts.scheme not in SCHEMES or not parts.hostname or port == 0:
        raise SettingError.of(URL, form)
    if parts.password:
        raise SettingError.of(URL, f"địa chỉ không có mật khẩu; mật khẩu để trong {PASSWORD_FILE}")
    if parts.scheme.startswith("redis") and not re.fullmatch(r"/?\d{0,3}", parts.path):
        raise SettingError.of(URL, form)


@cache
def switchboard(broker: Broker) -> Switchboard:
    """Return this process's way to the broker."""
    return Switchboard(broker)


def build_doorbell(home: Path, broker: Broker | None) -> "Doorbell":
    """Return the bell that is set."""
    from workers.bell.doorbell import BrokerDoorbell
    from workers.doorbell import PipeDoorbell

    if broker is None:
        return PipeDoorbell(home / "run" / "bell")
    return BrokerDoorbell(switchboard(broker))


def need_broker(broker: Broker | None) -> Broker:
    """Return the broker; raises NeedsBrokerError on a machine that works alone."""
    if broker is None:
        raise NeedsBrokerError
    return broker

"""How workers hear of work: half a setting is refused, and no secret is shown."""

from pathlib import Path

import pytest

from archive.lanes import LANES, Lane
from config.broker import CA_FILE, PASSWORD_FILE, PREFIX, URL, build_doorbell, read_broker
from config.cli import main
from config.errors import SettingError, UsageError
from config.records import URL as RECORDS
from config.scaled import lanes_of
from workers.bell.broker import Broker, Switchboard, transport_options
from workers.bell.doorbell import BrokerDoorbell
from workers.doorbell import PipeDoorbell

POSTGRES = {RECORDS: "postgresql://t@h/t"}


def test_nothing_set_is_a_pipe(tmp_path: Path) -> None:
    """One machine needs no broker."""
    assert read_broker({}) is None
    assert isinstance(build_doorbell(tmp_path, None), PipeDoorbell)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("amqp://u@h:5672/kho", "RabbitMQ"),
        ("amqps://u@h//", "RabbitMQ"),
        ("redis://h:6379/3", "Redis"),
        ("rediss://h", "Redis"),
    ],
)
def test_a_broker_is_read_whole(tmp_path: Path, url: str, kind: str) -> None:
    """Address, prefix; the password from its file, and in no word about the broker."""
    secret = tmp_path / "password"
    secret.write_text("b/í@mật\n", encoding="utf-8")
    broker = read_broker(POSTGRES | {URL: url, PASSWORD_FILE: str(secret), PREFIX: "xa-1"})
    assert broker is not None
    assert (broker.kind, broker.prefix, broker.password) == (kind, "xa-1", "b/í@mật")
    assert broker.queue("counter") == "xa-1.counter"
    assert "mật" not in repr(broker)
    assert isinstance(build_doorbell(tmp_path, broker), BrokerDoorbell)


def test_a_password_with_signs_of_an_address_reaches_the_broker_whole() -> None:
    """A slash or an at sign in it is part of it."""
    for url in ("amqp://u@h:5672/kho", "redis://u@h:6379/3", "redis://h/3"):
        line = Switchboard(Broker(url, "p@ss/w:rd")).connection()
        assert (line.password, line.hostname) == ("p@ss/w:rd", "h")
        assert "p@ss" not in line.as_uri()


@pytest.mark.parametrize(
    "environment",
    [
        {URL: "http://h"},
        {URL: "amqp://"},
        {URL: "amqp://u:p@h"},
        {URL: "redis://h/mot"},
        {URL: "redis://h:99999/0"},
        {URL: "redis://h", PREFIX: "Có dấu"},
        {URL: "redis://h", PASSWORD_FILE: "/nowhere/at/all"},
        {URL: "redis://h", CA_FILE: "/etc/ca.pem"},
    ],
)
def test_half_a_setting_is_refused(environment: dict[str, str]) -> None:
    """With the variable's name and what it needs."""
    with pytest.raises(SettingError, match="TANGTHU_BROKER"):
        read_broker(POSTGRES | environment)


@pytest.mark.parametrize("name", [PASSWORD_FILE, PREFIX, CA_FILE])
def test_a_part_without_an_address_is_refused(name: str) -> None:
    """It would quietly work alone."""
    with pytest.raises(SettingError, match=URL):
        read_broker({name: "x"})


def test_a_broker_without_a_server_of_records_is_refused() -> None:
    """Workers elsewhere cannot read this machine's SQLite."""
    with pytest.raises(SettingError, match=RECORDS):
        read_broker({URL: "redis://h"})


def test_lanes_by_name() -> None:
    """In the order of preference whatever the order given; a slip of the hand is refused."""
    assert lanes_of(None) == LANES
    assert lanes_of("backfile, counter") == (Lane.COUNTER, Lane.BACKFILE)
    for wrong in ("", "counter,", "quầy"):
        with pytest.raises(UsageError):
            lanes_of(wrong)


@pytest.mark.parametrize("words", [["beat"], ["work", "--lanes", "counter"]])
@pytest.mark.django_db(transaction=True)
def test_what_only_many_machines_have_is_refused_on_one(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """With a sentence that says what to run instead."""
    assert main([*words, "--json"]) == 1
    told = capsys.readouterr().out
    assert "needs_broker" in told
    assert "tangthu up" in told


def test_two_installations_on_one_redis_share_nothing() -> None:
    """What is under way is kept by keys, which the prefix tells apart."""
    ours, theirs = (
        {value for value in transport_options(Broker("redis://h", prefix=prefix)).values()
         if isinstance(value, str)}
        for prefix in ("a", "b")
    )  # fmt: skip
    assert ours
    assert not ours & theirs

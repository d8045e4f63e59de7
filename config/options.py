"""What the operator may set. This package is the only one that reads the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from config.broker import read_broker
from config.errors import SettingError
from config.finding import ElasticOptions, read_elastic
from config.options_keys import KeysOptions, read_keys
from config.options_seeing import SeeingOptions, read_seeing
from config.options_store import StoreOptions, read_store
from config.options_trust import TrustOptions, read_trust
from config.options_work import WorkOptions, read_work
from config.records import PostgresOptions, read_postgres
from workers.bell.broker import Broker

DEFAULT_HOME = "var"
DEFAULT_PORT = 8470
MOST_WORKERS = 256
LOOPBACK = "127.0.0.1"
ENGINES = ("auto", "tesserocr", "pytesseract")
READINGS = ("careful", "fast")
PROMISES = ("0.01", "0.02", "0.05")
"""The values of ocr's Backend and Mode, first the default: settings must not load the reader."""


@dataclass(frozen=True, slots=True)
class Options:
    """Every setting, typed; each is named in docs/settings.md."""

    home: Path
    host: str
    port: int
    allowed_hosts: tuple[str, ...]
    secure_cookies: bool
    trusted_proxy: str
    """Who may say for whom it asks: an address, "*", or empty for nobody."""
    workers: int
    confirm_account: str
    agency_name: str
    keys: KeysOptions | None
    """The signing keys; None: test keys of this data folder."""
    postgres: PostgresOptions | None
    broker: Broker | None
    """None: the workers of this machine hear of work by a pipe."""
    elastic: ElasticOptions | None
    store: StoreOptions
    work: WorkOptions
    engine: str
    """One of ENGINES."""
    reading: str
    """One of READINGS."""
    tessdata: Path | None
    promise: str
    """One of PROMISES: the share of fields passed as sure that may be wrong."""
    trust: TrustOptions
    seeing: SeeingOptions


def read_options(environment: Mapping[str, str] = os.environ) -> Options:
    """Read the settings; what is not set has the default that a commune's one machine needs.

    Raises SettingError.
    """
    get = environment.get
    return Options(
        home=Path(get("TANGTHU_HOME", DEFAULT_HOME)).absolute(),
        host=get("TANGTHU_HOST", LOOPBACK),
        port=_number(environment, "TANGTHU_PORT", DEFAULT_PORT, most=65_535),
        allowed_hosts=_words(get("TANGTHU_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")),
        secure_cookies=get("TANGTHU_SECURE_COOKIES", "0") == "1",
        trusted_proxy=_proxy(environment),
        workers=_number(environment, "TANGTHU_WORKERS", os.cpu_count() or 1, most=MOST_WORKERS),
        confirm_account=get("TANGTHU_ACCOUNT", "tai-may"),
        agency_name=get("TANGTHU_AGENCY", "Cơ quan chưa đặt tên"),
        keys=read_keys(environment),
        postgres=read_postgres(environment),
        broker=read_broker(environment),
        elastic=read_elastic(environment),
        store=read_store(environment),
        work=read_work(environment),
        engine=_choice(environment, "TANGTHU_ENGINE", ENGINES),
        reading=_choice(environment, "TANGTHU_READING", READINGS),
        tessdata=_path(get("TANGTHU_TESSDATA")),
        promise=_choice(environment, "TANGTHU_PROMISE", PROMISES),
        trust=read_trust(environment),
        seeing=read_seeing(environment),
    )


def _number(environment: Mapping[str, str], name: str, default: int, *, most: int) -> int:
    text = environment.get(name, str(default)).strip()
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
        raise SettingError.of(name, f"một số từ 1 đến {most}")
    return int(text)


def _choice(environment: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    text = environment.get(name) or choices[0]
    if text not in choices:
        raise SettingError.of(name, "một trong các giá trị " + ", ".join(choices))
    return text


def _proxy(environment: Mapping[str, str]) -> str:
    text = environment.get("TANGTHU_TRUSTED_PROXY", "").strip()
    try:
        return text if text in ("", "*") else str(ip_address(text))
    except ValueError as error:
        raise SettingError.of("TANGTHU_TRUSTED_PROXY", "một địa chỉ IP, hoặc *") from error


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _path(text: str | None) -> Path | None:
    return Path(text).absolute() if text else None

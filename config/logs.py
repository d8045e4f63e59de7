"""Log lines: for people one line an entry, for machines one JSON document a line.

Neither may hold personal data. Events are static names with ids behind them; what a library puts
in nevertheless (an address, a number, the words of an exception) is taken out here.
"""

import datetime as dt
import json
import logging
import os
import re
import sys
import threading
import traceback
from typing import Any

from imaging.errors import CodedError
from workers.bound import ids

_log = logging.getLogger(__name__)
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_LEFT_OUT = frozenset({"request", "status_code"})
"""What Django adds: a request's own words are its address, and with it what was searched for."""
_NUMBER = re.compile(r"(?<![\w-])(?:\d{12}|\d{9})(?![\w-])")
"""Numbers of identity cards, old and new."""
MASKED = "[số]"
LINE, JSON = "line", "json"
STYLES = (LINE, JSON)
ADDRESSES = ("django.request", "django.security")
"""Loggers whose messages quote addresses, which hold sign-in links and what people search for."""


class FieldFormatter(logging.Formatter):
    """Static event names with fields behind them: `stage failed run=12 code=ocr_timeout`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, with the fields that the caller gave in `extra`."""
        line = super().format(record)
        told = " ".join(f"{name}={value}" for name, value in _fields(record).items())
        head, *rest = line.split("\n", 1)
        return mask("\n".join([f"{head} {told}".rstrip(), *rest]))

    def formatException(self, ei: Any) -> str:  # noqa: N802  the library's name
        """Return frames and the kind of fault, without its words."""
        return trace(ei)


class JsonFormatter(logging.Formatter):
    """One JSON document a line: time in UTC, level, event, ids, fields."""

    def __init__(self) -> None:
        super().__init__()
        self._node = os.uname().nodename

    def format(self, record: logging.LogRecord) -> str:
        """Return the document."""
        at = dt.datetime.fromtimestamp(record.created, tz=dt.UTC)
        told: dict[str, object] = {
            "time": at.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            "logger": record.name,
            "node": self._node,
            "pid": os.getpid(),
            **_fields(record),
        }
        if record.exc_info:
            told["trace"] = trace(record.exc_info)
        return json.dumps({name: _plain(value) for name, value in told.items()}, ensure_ascii=False)


def tell_of_ends() -> None:
    """Let what ends a process or a thread be told as everything else is, without its words."""

    def broke(kind: type[BaseException], error: BaseException, frames: Any) -> None:
        if not issubclass(kind, KeyboardInterrupt):
            _log.critical("process broke", exc_info=(kind, error, frames))

    def thread_broke(told: threading.ExceptHookArgs) -> None:
        if told.exc_value is not None:
            broke(told.exc_type, told.exc_value, told.exc_traceback)

    sys.excepthook = broke
    threading.excepthook = thread_broke


class NoAddresses(logging.Filter):
    """Keeps a library's message from quoting an address: the access line has the route's name."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Put a static event in its place."""
        status = getattr(record, "status_code", "")
        record.msg, record.args = f"page answered {status}".strip(), ()
        return True


def trace(info: Any) -> str:
    """Frames and the kind of each fault in the chain; its words only where they are ours."""
    lines: list[str] = []
    error: BaseException | None = info[1]
    while error is not None:
        lines += traceback.format_tb(error.__traceback__)
        lines.append(f"{type(error).__module__}.{type(error).__qualname__}{_said(error)}\n")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "".join(lines).rstrip()


def _said(error: BaseException) -> str:
    if isinstance(error, CodedError):
        return f": {error.code}"
    if isinstance(error, OSError) and error.strerror:
        return f": [{error.errno}] {error.strerror}"
    return ""


def mask(text: str) -> str:
    """Return a text without personal numbers."""
    return _NUMBER.sub(MASKED, text)


def _fields(record: logging.LogRecord) -> dict[str, object]:
    """What is bound, and over it what the caller gave."""
    given = {name: value for name, value in vars(record).items() if name not in _OWN | _LEFT_OUT}
    return {**ids(), **given}


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    return mask(str(value))


def logging_of(style: str) -> dict[str, Any]:
    """Return Django's LOGGING for one of STYLES."""
    access = "INFO" if style == JSON else "WARNING"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"no_addresses": {"()": "config.logs.NoAddresses"}},
        "formatters": {
            LINE: {
                "()": "config.logs.FieldFormatter",
                "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
            },
            JSON: {"()": "config.logs.JsonFormatter"},
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": style}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            # They log each unknown issuer with a trace, each odd table of a font: the verdicts
            # say enough.
            **{name: {"level": "ERROR"} for name in ("pyhanko", "pyhanko_certvalidator")},
            "fontTools": {"level": "ERROR"},
            **{name: {"level": "ERROR", "filters": ["no_addresses"]} for name in ADDRESSES},
            "django.security.csrf": {"level": "ERROR", "filters": ["no_addresses"]},
            "web.asking": {"level": access},
        },
    }

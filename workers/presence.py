"""A worker process says now and then that it lives, whether it has work or not."""

import datetime as dt
import importlib.metadata
import logging
import os
import threading
from collections.abc import Sequence
from functools import cache

from django.db import DatabaseError, InterfaceError, connection

from archive.lanes import LANES
from archive.services.seeing import note_seen

log = logging.getLogger(__name__)

EVERY_SECONDS = 60.0
LATELY = dt.timedelta(minutes=3)
"""Whoever said so within this time is taken to live."""


@cache
def version_here() -> str:
    """The version of this software as installed."""
    try:
        return importlib.metadata.version("tangthu")
    except importlib.metadata.PackageNotFoundError:
        return "chưa cài"


def keep_present(owner: str, lanes: Sequence[str] = LANES) -> None:
    """Say so from now on until this process ends, on a thread of its own."""
    threading.Thread(target=_keep, args=(owner, tuple(lanes)), daemon=True).start()


def _keep(owner: str, lanes: Sequence[str]) -> None:
    over = threading.Event()
    while True:
        say_present(owner, lanes)
        over.wait(EVERY_SECONDS)


def say_present(owner: str, lanes: Sequence[str]) -> None:
    """Say so once; where the records are busy or away, the next time will do."""
    try:
        note_seen(owner, node=os.uname().nodename, lanes=lanes, version=version_here())
    except (DatabaseError, InterfaceError) as error:
        log.warning("presence not noted", extra={"fault": type(error).__name__})
    finally:
        connection.close()

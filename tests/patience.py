"""Waiting for what comes within a moment."""

import time
from collections.abc import Callable

import pytest


def until(is_so: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            pytest.fail("it never came")
        time.sleep(0.01)

"""Every test, on every side: called by `make test-all`.

Starts the servers of `script/services.py`, runs the suites one after the other, stops the servers,
and tells pytest's closing line of each. Exit 1 where any failed. `--only NAME` runs one of them.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SERVICES = ROOT / "script" / "services.py"
PARALLEL = ("-n", "auto", "--dist", "loadfile")
WHOLE = (
    "tests/e2e",
    "tests/faults/test_kill.py",
    "tests/faults/test_sealing.py",
    "tests/faults/test_segfault.py",
    "tests/faults/test_copies_faults.py",
    "tests/contract/test_doorbell.py",
)
"""What runs whole processes of the product. The other contract and crash suites take both sides of
their seam in the first run, on servers that they break themselves."""


@dataclass(frozen=True, slots=True)
class Suite:
    """One run of pytest."""

    name: str
    words: tuple[str, ...]
    servers: Mapping[str, str] = field(default_factory=dict)
    """Variables that name a server's address."""
    mode: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What came of it."""

    name: str
    passed: bool
    closing: str
    minutes: float


SUITES = (
    Suite("embedded, with the slow tests", ("-m", ""), {"TANGTHU_TEST_ELASTIC": "elastic"}),
    Suite(
        "records on PostgreSQL, index on Elasticsearch",
        ("tests/unit",),
        {"TANGTHU_DATABASE_URL": "postgres", "TANGTHU_ELASTIC_URL": "elastic"},
    ),
    Suite(
        "questions over 100,000 documents",
        ("-m", "", "tests/scale"),
        {"TANGTHU_DATABASE_URL": "postgres"},
    ),
    Suite("scaled over RabbitMQ", WHOLE, mode="scaled-rabbitmq"),
    Suite("scaled over Redis", WHOLE, mode="scaled-redis"),
)


def main() -> int:
    """Run them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", help="words of a suite's name")
    given = parser.parse_args()
    chosen = [one for one in SUITES if not given.only or given.only in one.name]
    told: list[Told] = []
    try:
        subprocess.run([sys.executable, SERVICES, "start"], check=True)
        told += [run(suite) for suite in chosen]
    finally:
        subprocess.run([sys.executable, SERVICES, "stop"], check=False)
    for one in told:
        print(f"{'ok    ' if one.passed else 'FAILED'} {one.name} ({one.minutes:.1f} min)")
        print(f"       {one.closing}")
    return 0 if told and all(one.passed for one in told) else 1


def run(suite: Suite) -> Told:
    """Run one, showing what it says; a suite that found no test failed too."""
    print(f"\n=== {suite.name}", flush=True)
    environment = {name: value for name, value in os.environ.items() if "TANGTHU" not in name}
    environment |= {name: address(server) for name, server in suite.servers.items()}
    if suite.mode:
        environment["TANGTHU_TEST_MODE"] = suite.mode
    begun = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", *PARALLEL, *suite.words],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    closing = ""
    for line in process.stdout or ():
        print(line, end="", flush=True)
        closing = line.strip() or closing
    status = process.wait()
    return Told(suite.name, status == 0, closing, (time.monotonic() - begun) / 60)


def address(server: str) -> str:
    """Where a server of the tests answers."""
    words = [sys.executable, SERVICES, "address", server]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())

"""Bytes whose row is being committed on one node are never swept by another, whoever is quicker."""

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.contract.conftest import Seaweed
from tests.contract.test_work_store import admin_of
from tests.homes import ROOT

pytestmark = [pytest.mark.services, pytest.mark.timeout(300)]
WRITERS, SWEEPERS, EACH = 3, 2, 25

NODE = """
import json, os, random, sys, time
role, endpoint, bucket, folder, over = sys.argv[1:]
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django
django.setup()
from pathlib import Path
from django.db import connection, transaction
from archive.stores import DataKey
from archive.stores.errors import StoreUnavailableError
from archive.worklock import RecordsTurnstile
from tests.contract.conftest import Seaweed
from tests.contract.test_work_store import store_in

store = store_in(
    Seaweed(endpoint), bucket, Path(folder), key=DataKey.of(b"k" * 32), turnstile=RecordsTurnstile()
)
told = {"away": 0, "written": 0, "lost": 0, "swept": 0, "busy": 0}


def ask(question, *values):
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return cursor.fetchall() if cursor.description else []


def is_named(name):
    return bool(ask("SELECT 1 FROM named WHERE name = %s LIMIT 1", name))


def write():
    content = f"page {random.randrange(12)}".encode()
    with store.writing():
        name = store.put(content).sha256
        time.sleep(random.random() / 50)
        with transaction.atomic():
            ask("INSERT INTO named VALUES (%s, %s)", name, os.getpid())
    time.sleep(random.random() / 20)
    told["written"] += 1
    told["lost"] += not store.exists(name)
    ask("DELETE FROM named WHERE name = %s AND writer = %s", name, os.getpid())


def sweep():
    gone = store.sweep(is_named)
    told["busy"] += gone is None
    told["swept"] += gone or 0


if role == "writer":
    while told["written"] < EACH:
        try:
            write()
        except StoreUnavailableError:  # a busy server: the run waits, and nothing was named
            told["away"] += 1
while role == "sweeper" and not os.path.exists(over):
    try:
        sweep()
    except StoreUnavailableError:
        told["away"] += 1
print(json.dumps(told))
"""


def test_no_node_sweeps_what_another_is_about_to_name(
    seaweed: Seaweed, database: str, tmp_path: Path
) -> None:
    """Several writers put the same few pages again and again while sweepers grant no grace.

    Each page becomes an orphan as soon as its last row goes, so that a sweep is nearly always
    between its two questions when the page is put and named anew.
    """
    import psycopg

    bucket = f"race-{secrets.token_hex(6)}"
    admin_of(seaweed).make_bucket(bucket)
    with psycopg.connect(database, autocommit=True) as db:
        db.execute("CREATE TABLE named (name text, writer int)")
    over = tmp_path / "over"
    roles = ["writer"] * WRITERS + ["sweeper"] * SWEEPERS
    nodes = [
        subprocess.Popen(
            [sys.executable, "-c", NODE.replace("EACH", str(EACH)), role, seaweed.endpoint, bucket,
             str(tmp_path / f"node{number}"), str(over)],
            env=os.environ | {
                "PYTHONPATH": str(ROOT),
                "TANGTHU_DATABASE_URL": database,
                "TANGTHU_HOME": str(tmp_path / f"node{number}"),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number, role in enumerate(roles)
    ]  # fmt: skip
    told: list[dict[str, Any]] = []
    for role, node in zip(roles, nodes, strict=True):
        if role == "sweeper":
            over.touch()
        out, wrong = node.communicate()
        assert node.returncode == 0, wrong[-2000:]
        told.append(json.loads(out))
    total = {name: sum(one[name] for one in told) for name in told[0]}
    assert total["lost"] == 0, total
    assert total["written"] == WRITERS * EACH, total
    assert total["swept"] > 5, total

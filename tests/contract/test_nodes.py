"""Several nodes work on one house: one PostgreSQL, two buckets, and folders of their own."""

import json
import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from archive.stores._s3_bucket import client_of
from archive.stores.s3 import S3ArchiveStore
from specimens import make_paper, render, write_scan_pdf
from tests.contract.conftest import Seaweed
from tests.homes import ROOT

pytestmark = [pytest.mark.services, pytest.mark.timeout(600)]
CLASSES = ("identity", "received")


class House:
    """The settings that all nodes have, and what is done on each."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = environment

    def start(self, node: str, *words: str, **more: str) -> subprocess.Popen[str]:
        """A command on a node, not waited for."""
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("TANGTHU_", "DJANGO_"))
        }
        return subprocess.Popen(
            [sys.executable, "-m", "config", *words],
            env=environment
            | {"PYTHONPATH": str(ROOT), "OMP_THREAD_LIMIT": "1", "TANGTHU_WORKERS": "1"}
            | self.environment
            | {"TANGTHU_HOME": str(self.folder / node)}
            | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, node: str, *words: str, status: int = 0, **more: str) -> dict[str, Any]:
        """A command on a node to its end."""
        done = self.start(node, *words, "--json", **more)
        out, told = done.communicate()
        assert done.returncode == status, out[-1500:] + told[-3000:]
        found: dict[str, Any] = json.loads(out)
        return found


@pytest.fixture
def house(seaweed: Seaweed, database: str, tmp_path: Path) -> House:
    """A new one: a database, two buckets, keys in files; no node has a folder yet."""
    name = f"nodes-{secrets.token_hex(6)}"
    admin = {"access_key": seaweed.admin_key, "secret_key": seaweed.admin_secret, "secure": False}
    archive, work = f"{name}-archive", f"{name}-work"
    S3ArchiveStore.connect(endpoint=seaweed.endpoint, bucket=archive, **admin).prepare()
    client_of(seaweed.endpoint, **admin).make_bucket(work)
    give_keys(tmp_path / "given")
    (tmp_path / "given" / "secret").write_text(seaweed.secret_key)
    environment = {
        "TANGTHU_DATABASE_URL": database,
        **given_to(tmp_path / "given"),
    }
    for prefix, bucket in (("TANGTHU_S3", archive), ("TANGTHU_WORK_S3", work)):
        environment |= {
            f"{prefix}_ENDPOINT": seaweed.endpoint,
            f"{prefix}_BUCKET": bucket,
            f"{prefix}_ACCESS_KEY": seaweed.access_key,
            f"{prefix}_SECRET_KEY_FILE": str(tmp_path / "given" / "secret"),
            f"{prefix}_SECURE": "0",
        }
    return House(tmp_path, environment)


def give_keys(folder: Path) -> None:
    """Keys as an operator makes them."""
    folder.mkdir()
    node = {"version": 1, "secret": secrets.token_hex(32)}
    classes = [{"class": name, "version": 1, "secret": secrets.token_hex(32)} for name in CLASSES]
    write_keys(folder / "node.keys", "tangthu-node-keys/1", [node])
    write_keys(folder / "class.keys", "tangthu-class-keys/1", classes)
    (folder / "cookie.key").write_text(secrets.token_urlsafe(48))


def write_keys(path: Path, name: str, keys: list[dict[str, Any]]) -> None:
    """One document."""
    path.write_text(json.dumps({"format": name, "keys": keys}))


def given_to(folder: Path) -> dict[str, str]:
    """The settings that name them."""
    return {
        "TANGTHU_NODE_KEY_FILE": str(folder / "node.keys"),
        "TANGTHU_CLASS_KEYS_FILE": str(folder / "class.keys"),
        "TANGTHU_COOKIE_KEY_FILE": str(folder / "cookie.key"),
    }


def scan_of(path: Path, seed: int) -> Path:
    """A paper as a scanner gives it."""
    paper = make_paper("VB02", seed=seed)
    write_scan_pdf(path, [render(page, 200) for page in paper.pages], dpi=200)
    return path


def test_what_one_node_receives_another_finishes(house: House, tmp_path: Path) -> None:
    """Received through one, which is then lost with all it had; worked, sealed, proved by another.

    The test authority is one for all: what each signs all believe.
    """
    first = house.run("a", "ingest", str(scan_of(tmp_path / "1.pdf", 3)), "--wait", "--confirm")
    (sealed,) = first["documents"]
    assert sealed["status"] == "archived", sealed["waiting"]
    received = house.run("a", "ingest", str(scan_of(tmp_path / "2.pdf", 4)), "--confirm")
    assert received["received"] == 1
    shutil.rmtree(tmp_path / "a")

    second = house.run("b", "ingest", str(scan_of(tmp_path / "3.pdf", 5)), "--wait", "--confirm")
    assert [one["status"] for one in second["documents"]] == ["archived"]
    told = house.run("c", "verify", "--all")
    assert told["problems"] == []
    assert told["checked"] >= 3
    assert not (tmp_path / "b" / "work").exists()
    assert not (tmp_path / "b" / "archive").exists()
    again = house.run("c", "ingest", str(tmp_path / "2.pdf"), "--wait", "--confirm")
    assert [one["status"] for one in again["documents"]] == ["archived"]


def test_each_node_reads_what_the_other_laid_down(house: House) -> None:
    """`doctor` looks at the shared store from both sides; a bucket with a lock is named."""

    def looks(node: str, **more: str) -> dict[str, dict[str, Any]]:
        done = house.start(node, "doctor", "--json", **more)
        return {one["name"]: one for one in json.loads(done.communicate()[0])["checks"]}

    first = looks("a")
    assert (first["work"]["ok"], first["nodes"]["ok"]) == (True, True)
    assert "đầu tiên" in first["work"]["detail"]
    assert "giải mã được mẫu thử của máy" in looks("b")["work"]["detail"]
    locked = looks("c", TANGTHU_WORK_S3_BUCKET=house.environment["TANGTHU_S3_BUCKET"] + "-none")
    assert not locked["work"]["ok"]
    assert "Chưa có bucket" in locked["work"]["detail"]


def test_a_node_with_other_keys_is_refused(house: House, tmp_path: Path) -> None:
    """At its start, whichever key it is, and nothing is written; the others go on."""
    house.run("a", "keys", "list")
    give_keys(tmp_path / "other")
    for name, file in given_to(tmp_path / "other").items():
        told = house.run("b", "keys", "list", status=1, **{name: file})
        assert told["error"]["code"] == "node_keys_differ", name
    house.run("c", "keys", "list")


def test_a_node_with_another_bucket_is_refused(
    house: House, seaweed: Seaweed, tmp_path: Path
) -> None:
    """An empty one is not taken for the house's, nor one with a lock; nothing is written."""
    scan = str(scan_of(tmp_path / "1.pdf", 3))
    house.run("a", "ingest", scan)
    admin = client_of(
        seaweed.endpoint,
        access_key=seaweed.admin_key,
        secret_key=seaweed.admin_secret,
        secure=False,
    )
    empty = f"empty-{secrets.token_hex(4)}"
    locked = f"locked-{secrets.token_hex(4)}"
    admin.make_bucket(empty)
    admin.make_bucket(locked, object_lock=True)
    for bucket in (empty, locked):
        told = house.run("b", "ingest", scan, status=1, TANGTHU_WORK_S3_BUCKET=bucket)
        assert told["error"]["code"] == "bucket_unfit"
        assert list(admin.list_objects(bucket, recursive=True)) == []


def test_a_new_node_key_reaches_every_node(house: House, tmp_path: Path) -> None:
    """Laid into the file, all is enciphered anew; the old version may leave the file then."""
    house.run("a", "ingest", str(scan_of(tmp_path / "1.pdf", 3)))
    file = tmp_path / "given" / "node.keys"
    old = json.loads(file.read_text())["keys"]
    new = {"version": 2, "secret": secrets.token_hex(32)}
    write_keys(file, "tangthu-node-keys/1", [*old, new])
    (told,) = house.run("b", "keys", "rotate", "--class", "node")["keys"]
    assert (told["version"], told["retired"], told["given"]) == (2, 1, True)
    assert told["rewrapped"] >= 1
    write_keys(file, "tangthu-node-keys/1", [new])
    done = house.run("c", "ingest", str(scan_of(tmp_path / "2.pdf", 4)), "--wait", "--confirm")
    assert done["failed"] == []
    write_keys(file, "tangthu-node-keys/1", old)
    refused = house.run("d", "keys", "list", status=1)
    assert refused["error"]["code"] == "node_keys_differ"

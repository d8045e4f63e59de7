"""The drill of docs/deploy.md: the machines are gone; a dump of the records and a copy are left."""

import json
import secrets
import subprocess
from pathlib import Path
from typing import Any

import pytest

from archive.stores._s3_bucket import client_of
from archive.stores.s3 import S3ArchiveStore
from tests.contract.conftest import Seaweed
from tests.contract.test_nodes import House, house, scan_of
from tests.servers import postgres_programs

__all__ = ["house"]

pytestmark = [pytest.mark.services, pytest.mark.timeout(600)]
SECOND = "TANGTHU_COPY_S3_"


@pytest.fixture
def copied(house: House, seaweed: Seaweed) -> House:
    """A house with a second copy in another bucket."""
    bucket = f"copy-{secrets.token_hex(6)}"
    S3ArchiveStore.connect(
        endpoint=seaweed.endpoint, bucket=bucket, access_key=seaweed.admin_key,
        secret_key=seaweed.admin_secret, secure=False,
    ).prepare()  # fmt: skip
    for name in ("ENDPOINT", "ACCESS_KEY", "SECRET_KEY_FILE", "SECURE"):
        house.environment[SECOND + name] = house.environment[f"TANGTHU_S3_{name}"]
    house.environment[SECOND + "BUCKET"] = bucket
    return house


def dump(house: House, path: Path) -> None:
    """What the keeper does each night."""
    program = postgres_programs() / "pg_dump"
    address = house.environment["TANGTHU_DATABASE_URL"]
    subprocess.run([program, "-Fc", f"--file={path}", address], check=True)


def lost_but(house: House, path: Path, seaweed: Seaweed) -> House:
    """Another machine: the dump in a new database, the second copy as the first, nothing else."""
    import psycopg

    was = house.environment["TANGTHU_DATABASE_URL"]
    name, work = f"t{secrets.token_hex(6)}", f"work-{secrets.token_hex(6)}"
    with psycopg.connect(was, autocommit=True) as db:
        db.execute(f"CREATE DATABASE {name}")
    address = was.rpartition("/")[0] + f"/{name}"
    program = postgres_programs() / "pg_restore"
    words = [program, "--clean", "--if-exists", f"--dbname={address}", path]
    subprocess.run(words, check=True)
    client_of(
        seaweed.endpoint, access_key=seaweed.admin_key, secret_key=seaweed.admin_secret,
        secure=False,
    ).make_bucket(work)  # fmt: skip
    kept = {name: value for name, value in house.environment.items() if SECOND not in name}
    there = {
        "TANGTHU_DATABASE_URL": address,
        "TANGTHU_S3_BUCKET": house.environment[SECOND + "BUCKET"],
        "TANGTHU_WORK_S3_BUCKET": work,
    }
    return House(house.folder, kept | there)


def fed(house: House, node: str, number: int, *words: str) -> dict[str, Any]:
    """A paper of its own for each number, the same each time."""
    scan = house.folder / f"{number}.pdf"
    if not scan.exists():
        scan_of(scan, number)
    return house.run(node, "ingest", str(scan), *words, "--confirm")


def test_drill(copied: House, seaweed: Seaweed, tmp_path: Path) -> None:
    """Sealed before the dump: all there. Under way then: asked for again. Sealed since: named."""
    (kept,) = fed(copied, "a", 3, "--wait")["documents"]
    fed(copied, "a", 4)
    copied.run("a", "verify", "--all")
    dump(copied, tmp_path / "records.dump")
    (late,) = fed(copied, "a", 5, "--wait")["documents"]
    last = copied.run("a", "verify", "--all")["promise"]["seq"]

    anew = lost_but(copied, tmp_path / "records.dump", seaweed)
    told = anew.start("b", "ingest", str(tmp_path / "5.pdf"), "--json")
    assert json.loads(told.communicate()[0])["error"]["code"] == "records_behind"
    doctor = json.loads(anew.start("b", "doctor", "--json").communicate()[0])["checks"]
    assert [one["name"] for one in doctor if not one["ok"]] == ["work", "trail"]

    noted = anew.run("b", "resume", "--reason", "cháy phòng máy", "--work-lost")
    assert noted == {"lost": [18, last], "scan_again": 1}
    doctor = anew.run("b", "doctor")["checks"]
    assert all(one["ok"] for one in doctor)
    report = anew.run("b", "verify", "--all", status=1)
    assert {one["what"] for one in report["problems"]} == {"blob_extra"}
    assert any(f"mất các dòng số 18 đến {last}" in note for note in report["unchecked"])
    assert report["promise"]["seq"] > last

    again = [fed(anew, "b", number, "--wait")["documents"] for number in (4, 5)]
    assert [[one["status"] for one in documents] for documents in again] == [["archived"]] * 2
    assert late["number"] == again[1][0]["number"]
    found = anew.run("b", "search", kept["number"])
    assert kept["id"] in [one["id"] for one in found["hits"]]
    report = anew.run("b", "verify", "--all", status=1)
    assert {one["what"] for one in report["problems"]} == {"blob_extra"}

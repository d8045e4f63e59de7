"""The whole way with the archive on a real S3 server with Object Lock."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from archive.stores.local_archive import HERE
from archive.stores.s3 import S3ArchiveStore
from specimens import make_paper, render, write_scan_pdf
from tests.contract.conftest import Seaweed
from tests.homes import environment_of

pytestmark = [pytest.mark.services, pytest.mark.timeout(300)]
ROOT = Path(__file__).resolve().parents[2]
BUCKET = "luu-tru"


def test_a_paper_is_sealed_on_s3_and_proves_itself(seaweed: Seaweed, tmp_path: Path) -> None:
    """The same commands, the same answers, by settings alone; the second copy is a folder."""
    S3ArchiveStore.connect(
        endpoint=seaweed.endpoint,
        bucket=BUCKET,
        access_key=seaweed.admin_key,
        secret_key=seaweed.admin_secret,
        secure=False,
    ).prepare()
    paper = make_paper("VB02", seed=3)
    scan = tmp_path / "scan.pdf"
    write_scan_pdf(scan, [render(page, 200) for page in paper.pages], dpi=200)

    second = tmp_path / "second"
    second.mkdir()
    (second / HERE).touch()

    def tangthu(*words: str) -> dict[str, Any]:
        done = subprocess.run(
            [sys.executable, "-m", "config", *words, "--json"],
            env=environment_of(
                tmp_path / "home",
                TANGTHU_S3_ENDPOINT=seaweed.endpoint,
                TANGTHU_S3_BUCKET=BUCKET,
                TANGTHU_S3_ACCESS_KEY=seaweed.access_key,
                TANGTHU_S3_SECRET_KEY=seaweed.secret_key,
                TANGTHU_S3_SECURE="0",
                TANGTHU_COPY_FOLDER=str(second),
            ),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-1500:] + done.stderr[-1500:]
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    (document,) = tangthu("ingest", str(scan), "--wait", "--confirm")["documents"]
    assert document["status"] == "archived", document["waiting"]
    assert not (tmp_path / "home" / "archive").exists()
    assert tangthu("verify", "--all")["problems"] == []
    files = [path for path in (second / "blobs").glob("??/*") if path.is_file()]
    assert files
    files[0].unlink()
    told = tangthu("fixity", "--all")
    assert [one["what"] for one in told["mended"]] == ["blob_missing"]
    assert files[0].exists()
    assert {(copy["planned"], copy["faulty"]) for copy in told["copies"]} == {(0, 0)}
    (package,) = tangthu(
        "export", document["id"], "--package", "folder", "--to", str(tmp_path / "out")
    )["packages"]
    assert Path(package["path"], "documents", document["id"], "document.pdf").exists()

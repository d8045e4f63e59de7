"""Faults of every kind, done to one archive at once: all found, rightly named, nothing else told.

`bench/archive_faults.py` does 200 to 1,000 documents.
"""

import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.export import Exporter
from archive.models import Account, AuditEvent
from archive.services.looking import Reader
from proof.folder import check_folder
from proof.types import What
from tests.archive_faults import KINDS, Harm, judge, overwrite, without_constraints
from tests.made_archive import MadeArchive, make_archive
from workers.house import House

DOCUMENTS, DAYS = 48, 6
PARTS = ("blobs", "retention", "anchors", "keyring")


@pytest.fixture
def made(account: Account, house: House, home: Path) -> Iterator[MadeArchive]:
    """An archive of its own, sealed over some days; other tests' bytes lie in the same store."""
    for name in PARTS:
        shutil.rmtree(home / "archive" / name, ignore_errors=True)
    without_constraints()
    yield make_archive(house, account, documents=DOCUMENTS, days=DAYS)
    for name in PARTS:
        shutil.rmtree(home / "archive" / name, ignore_errors=True)


def test_every_kind_of_fault_is_found_and_named(made: MadeArchive, home: Path) -> None:
    """First nothing is told; then each fault, and not one thing beside."""
    assert made.verify().problems == ()
    harm = Harm(made, home / "archive", random.Random(7))  # noqa: S311  to be repeated, not to be secret
    for kind in KINDS:
        harm.do(kind)
    report = made.verify()
    outcome = judge(harm.done, report)
    told = {one.id: one.detail for one in report.problems}
    assert [(one.kind, one.named) for one in outcome.missed] == [], told
    assert [(one.kind, one.named) for one in outcome.misnamed] == [], told
    assert outcome.false_alarms == [], told
    assert len(outcome.found) >= len(KINDS)


def test_the_promise_ends_where_the_trail_is_broken(made: MadeArchive) -> None:
    """Whole: to the last anchor, its time proven. Broken at 30: to the last anchor before."""
    whole = made.verify().promise
    assert whole is not None
    last = AuditEvent.objects.latest("seq").seq
    assert (whole.seq, whole.after, whole.proven_seq) == (last, 0, last)
    assert "THỬ NGHIỆM cấp giờ" in whole.proven_by
    AuditEvent.objects.filter(seq=30).update(actor="ke-gian")
    broken = made.verify().promise
    assert broken is not None
    assert 0 < broken.seq < 30
    assert broken.after == last - broken.seq
    assert any(f"Từ dòng số {broken.seq + 1} trở đi" in said for said in broken.sentences())


def test_the_whole_archive_leaves_in_one_folder_and_proves_itself(
    made: MadeArchive, tmp_path: Path
) -> None:
    """One trail, every paper; then an older record and a cut trail are found offline."""
    reader = Reader("luu-tru", "nghiệp vụ lưu trữ")
    exporter = Exporter(made.house.archive, made.house.vault, made.trust_roots, reader)
    written, count = exporter.whole(tmp_path / "kho")
    assert count == DOCUMENTS
    report = check_folder(written.path, trust_roots=made.trust_roots)
    assert report.problems == ()
    assert report.promise is not None
    assert report.promise.after == 0, "the export itself is under the last anchor"
    assert report.promise.proven_seq > 0
    events = written.path / "audit" / "events.jsonl"
    lines = events.read_bytes().splitlines(keepends=True)
    overwrite(events, b"".join(lines[:40] + lines[41:]))
    token = sorted((written.path / "anchors").glob("*.tsr"))[2]
    token.unlink()
    metadata = written.path / "documents" / made.documents[9] / "metadata.json"
    record = json.loads(metadata.read_bytes())
    overwrite(metadata, json.dumps(record | {"number": "1/KHAC"}).encode())
    found = {(one.id, one.what) for one in check_folder(written.path).problems}
    assert ("audit:41", What.AUDIT_BROKEN) in found
    assert (f"anchors/{token.name}", What.ANCHOR_MISSING) in found
    assert (made.documents[9], What.RECORD_ALTERED) in found

"""The demonstration's batch holds what the demonstration must show."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import zxingcpp
from PIL import Image

from specimens import Outcome, Status, write_demo_batch


def pictures(path: Path) -> list[Any]:
    if path.suffix == ".pdf":
        with pikepdf.open(path) as pdf:
            return [
                pikepdf.PdfImage(page.Resources.XObject.Scan).as_pil_image() for page in pdf.pages
            ]
    with Image.open(path) as picture:
        frames = []
        for number in range(getattr(picture, "n_frames", 1)):
            picture.seek(number)
            frames.append(picture.convert("RGB"))
        return frames


def test_the_batch_is_large_and_mixed_enough(batch: Any):
    """At least 4 dossiers, 20 pages, and every special case once."""
    manifest = batch.manifest
    assert len(manifest.dossiers) >= 4
    assert manifest.page_count >= 20
    kinds = {document.kind for document in manifest.documents}
    assert {"VB02", "KQ-KS", "KQ-QDGD", "VB28", "KHAC", "MC01"} <= kinds
    codes = [file.code for file in manifest.files if file.outcome is Outcome.STOPPED]
    assert sorted(map(str, codes)) == ["not_a_document", "secret_mark"]
    assert any(file.blanks for file in manifest.files)
    assert any(2 in (file.turned or {}).values() for file in manifest.files)
    assert any(document.handwritten for document in manifest.documents)


def test_the_manifest_tells_the_truth_of_the_files(batch: Any):
    """Names, hashes and page counts are those on the disk, and nothing else lies there."""
    assert {file.name for file in batch.manifest.files} == {p.name for p in batch.folder.iterdir()}
    for file in batch.manifest.files:
        path = batch.folder / file.name
        assert hashlib.sha256(path.read_bytes()).hexdigest() == file.sha256
        if file.pages and file.name != "scan_0009.pdf":
            assert len(pictures(path)) == file.pages


def test_every_page_is_accounted_for(batch: Any):
    """Sheets, blanks and documents cover each filed file without overlap."""
    for file in batch.manifest.files:
        if file.outcome is not Outcome.FILED:
            continue
        covered = [*file.sheets, *file.blanks]
        for document in file.documents:
            covered += range(document.first_page, document.last_page + 1)
        assert sorted(covered) == list(range(1, file.pages + 1)), file.name


def test_the_duplicate_is_byte_for_byte(batch: Any):
    """One file is another under a second name."""
    (twin,) = [file for file in batch.manifest.files if file.outcome is Outcome.DUPLICATE]
    same = [file.name for file in batch.manifest.files if file.sha256 == twin.sha256]
    assert sorted(same) == sorted([twin.name, str(twin.duplicate_of)])


def test_sheets_speak_for_what_follows(batch: Any):
    """Each separator's QR reads as the dossier, procedure and subject of the manifest."""
    for file in batch.manifest.files:
        if not file.sheets:
            continue
        pages = pictures(batch.folder / file.name)
        (code,) = zxingcpp.read_barcodes(np.asarray(pages[file.sheets[0] - 1]))
        first = file.documents[0]
        assert json.loads(code.text) == {
            "dossier": first.dossier, "procedure": first.procedure, "subject": first.subject,
        }  # fmt: skip


def test_the_receipts_bar_code_names_the_dossier(batch: Any):
    """A receipt stands for its dossier by Code 128."""
    (file,) = [f for f in batch.manifest.files if f.documents and f.documents[0].kind == "MC01"]
    page = pictures(batch.folder / file.name)[0]
    (code,) = zxingcpp.read_barcodes(np.asarray(page))
    assert code.text == file.documents[0].dossier


def test_the_reuse_question_has_its_papers(batch: Any):
    """One clean paper, one that must wait, one component without any."""
    manifest = batch.manifest
    assert set(manifest.reuse.verdicts.values()) == {"reusable", "needs_check", "missing"}
    own = {d.kind: d for d in manifest.documents if d.subject == manifest.reuse.subject}
    assert own["KQ-KS"].status is Status.ARCHIVED
    assert own["KQ-KS"].fields["number"]
    assert own["KQ-CC"].status is Status.WAITING
    assert own["KQ-CC"].fields["expires_on"] is None
    assert "TP-TK" not in own


def test_the_search_question_is_typed_without_marks(batch: Any):
    """Its answer is in the batch once."""
    question = batch.manifest.search
    assert question.query.isascii()
    found = [d for d in batch.manifest.documents if d.fields.get("number") == question.number]
    assert [document.kind for document in found] == [question.kind]


def test_the_batch_is_reproducible(batch: Any, tmp_path: Path):
    """The same seed writes the same bytes, the signed file's among them."""
    again = write_demo_batch(tmp_path)
    assert again == batch.manifest


def test_the_manifest_goes_into_json(batch: Any):
    """script/run keeps it beside the files."""
    kept = json.loads(json.dumps(batch.manifest.to_json(), ensure_ascii=False))
    assert len(kept["files"]) == len(batch.manifest.files)


def test_the_batch_is_quick(batch: Any):
    """Processor time, not wall time: 12 s on one core, with room for a slow machine."""
    assert batch.cpu_seconds < 12

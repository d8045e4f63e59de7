"""An exported folder: whole as written, and whatever is done to it shows."""

import hashlib
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from proof.errors import (
    FolderExistsError,
    FolderUnwritableError,
    NotAFolderError,
    SourceMismatchError,
    UntrustedRootError,
)
from proof.folder import FolderContent, FolderDocument, WrittenFolder, check_folder, write_folder
from proof.offline import main
from proof.record import record_bytes
from proof.sentences import SENTENCES
from proof.types import What

ONE, TWO = "D261120AAAAAAAA", "D261121BBBBBBBB"
Export = Callable[[], WrittenFolder]


def found(folder: Path, **options: Any) -> set[tuple[str, What]]:
    """What a check says, without the words."""
    return {(problem.id, problem.what) for problem in check_folder(folder, **options).problems}


def remake_manifest(folder: Path) -> None:
    """What a forger does who knows the format: manifest and sums made right again."""
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["files"] = []
    lines = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or name in {"manifest.json", "SHA256SUMS"}:
            continue
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        manifest["files"].append({"path": name, "sha256": sha256, "size": path.stat().st_size})
        lines.append((name, sha256))
    (folder / "manifest.json").write_text(json.dumps(manifest))
    own = hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
    lines = sorted([*lines, ("manifest.json", own)])
    (folder / "SHA256SUMS").write_text("".join(f"{sha}  {name}\n" for name, sha in lines))


def test_whole_as_written(export: Export) -> None:
    """Two documents, the trail and the folder itself: four units, all well."""
    written = export()
    report = check_folder(written.path, manifest_sha256=written.sha256)
    assert (report.checked, report.ok, report.problems) == (4, 4, ())
    assert len(report.unchecked) >= 1


def test_sha256sum_agrees(export: Export) -> None:
    """The hand check that README.txt teaches works with the plain tool."""
    written = export()
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"],
        cwd=written.path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")
    assert "SHA256SUMS" in (written.path / "README.txt").read_text()


def test_hand_check_of_the_trail_as_the_readme_teaches(export: Export) -> None:
    """Point 4 of README.txt, done with nothing but json and hashlib."""
    lines = (export().path / "audit/events.jsonl").read_text().splitlines()
    previous = "0" * 64
    for line in lines:
        event = json.loads(line)
        keys = ("actor", "at", "day", "detail", "seq", "subject", "tag")
        seven = {key: event[key] for key in keys}
        body = json.dumps(seven, ensure_ascii=False, separators=(",", ":"))
        whole = f"tangthu audit event 1\n{previous}\n{body}"
        assert hashlib.sha256(whole.encode()).hexdigest() == event["hash"]
        previous = event["hash"]


def test_every_flipped_byte_shows(export: Export) -> None:
    """In whatever file: the first, the middle and the last byte."""
    root = export().path
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        good = path.read_bytes()
        for place in {0, len(good) // 2, len(good) - 1}:
            bad = bytearray(good)
            bad[place] ^= 1
            path.write_bytes(bad)
            try:
                assert found(root), path
            except NotAFolderError:
                assert path.name == "manifest.json"
        path.write_bytes(good)
    assert found(root) == set()


def test_every_lost_file_shows(export: Export) -> None:
    """A missing file, a missing document, a missing anchor."""
    root = export().path
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        good = path.read_bytes()
        path.unlink()
        try:
            assert found(root), path
        except NotAFolderError:
            assert path.name == "manifest.json"
        path.write_bytes(good)
    shutil.rmtree(root / "documents" / ONE)
    assert found(root) == {(ONE, What.BLOB_MISSING)}


@pytest.mark.parametrize("forge_manifest", [False, True])
def test_damage_is_named_by_its_document(export: Export, *, forge_manifest: bool) -> None:
    """Once, whether or not the manifest was made to agree."""
    root = export().path
    (root / "documents" / ONE / "text.json").write_text("{}")
    if forge_manifest:
        remake_manifest(root)
    assert found(root) == {(ONE, What.BLOB_DAMAGED)}


@pytest.mark.parametrize("forge_manifest", [False, True])
def test_swap_is_told_from_damage(export: Export, *, forge_manifest: bool) -> None:
    """Another document's sound file under this one's name."""
    root = export().path
    one, two = (root / "documents" / name / "document.pdf" for name in (ONE, TWO))
    first = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(first)
    if forge_manifest:
        remake_manifest(root)
    swapped = {(name, what) for name, what in found(root) if what == What.BLOB_SWAPPED}
    assert swapped == {(ONE, What.BLOB_SWAPPED), (TWO, What.BLOB_SWAPPED)}


def test_swapped_folders_show(export: Export) -> None:
    """A whole document filed under another's id."""
    root = export().path
    (root / "documents" / ONE).rename(root / "documents" / "x")
    (root / "documents" / TWO).rename(root / "documents" / ONE)
    (root / "documents" / "x").rename(root / "documents" / TWO)
    remake_manifest(root)
    assert {(ONE, What.BLOB_SWAPPED), (TWO, What.BLOB_SWAPPED)} <= found(root)


def test_rewritten_record_shows(export: Export) -> None:
    """Record, file and manifest all made to agree: the trail still names the sealed record."""
    root = export().path
    text = root / "documents" / ONE / "text.json"
    text.write_text('{"forged": true}')
    path = root / "documents" / ONE / "metadata.json"
    record = json.loads(path.read_bytes())
    record["files"]["text"]["sha256"] = hashlib.sha256(text.read_bytes()).hexdigest()
    path.write_bytes(record_bytes(record))
    remake_manifest(root)
    assert found(root) == {(ONE, What.RECORD_ALTERED)}


def test_altered_trail_shows(export: Export) -> None:
    """A row of the trail rewritten, the manifest made to agree."""
    root = export().path
    path = root / "audit" / "events.jsonl"
    path.write_text(path.read_text().replace("document:confirmed", "document:corrected", 1))
    remake_manifest(root)
    assert found(root) == {("audit:1", What.AUDIT_BROKEN)}


def test_removed_anchor_shows(export: Export) -> None:
    """A day without its anchor, the manifest made to agree."""
    root = export().path
    min((root / "anchors").iterdir()).unlink()
    remake_manifest(root)
    assert found(root) == {("audit:2026-11-20", What.ANCHOR_MISSING)}


def test_strangers_show(export: Export) -> None:
    """A file that nobody listed, in a document's folder and elsewhere; a link is not followed."""
    root = export().path
    (root / "documents" / ONE / "extra.pdf").write_bytes(b"%PDF")
    (root / "note.txt").write_text("?")
    (root / "link").symlink_to("/etc/passwd")
    expected = {(ONE, What.BLOB_EXTRA), ("note.txt", What.BLOB_EXTRA), ("link", What.BLOB_EXTRA)}
    assert found(root) == expected


def test_manifest_hash_from_outside(export: Export) -> None:
    """A forger who makes everything agree does not know the hash in the hand-over minutes."""
    written = export()
    remake_manifest(written.path)
    assert found(written.path) == set()
    expected = {("manifest.json", What.PACKAGE_INVALID)}
    assert found(written.path, manifest_sha256=written.sha256) == expected


@pytest.mark.parametrize(
    "path", ["../x", "/etc/passwd", "a/../b", "a//b", "", "a/b/c/d", ".hidden", None, 5]
)
def test_hostile_manifest_names(export: Export, path: object) -> None:
    """No name of the manifest leads out of the folder."""
    root = export().path
    manifest = json.loads((root / "manifest.json").read_bytes())
    manifest["files"][0]["path"] = path
    (root / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(NotAFolderError):
        check_folder(root)


@pytest.mark.parametrize("record", [b"", b"[]", b"{}", b"\xff", b"[" * 100_000])
def test_hostile_record(export: Export, record: bytes) -> None:
    """A record that is no record is a finding, not a crash."""
    root = export().path
    (root / "documents" / ONE / "metadata.json").write_bytes(record)
    assert (ONE, What.RECORD_ALTERED) in found(root)


def test_record_naming_strange_files(export: Export) -> None:
    """Roles and hashes of any shape are read as data."""
    root = export().path
    path = root / "documents" / ONE / "metadata.json"
    record = json.loads(path.read_bytes())
    record["files"] |= {"../../x": {"sha256": "0"}, "odd": 5, "more": {"sha256": ["a"]}}
    path.write_bytes(json.dumps(record).encode())
    assert {(ONE, What.RECORD_ALTERED), (ONE, What.BLOB_MISSING)} <= found(root)


def content(documents: list[FolderDocument], **changed: Any) -> FolderContent:
    """An export without trail."""
    empty: Any = []
    values = {"events": empty, "heads": empty, "anchors": empty, "trust_roots": empty}
    values |= {"made_at": "2026-11-21T00:00:00Z", "made_by": "x", "documents": documents}
    return FolderContent(**(values | changed))


def test_never_writes_damaged_bytes(tmp_path: Path, two_documents: list[FolderDocument]) -> None:
    """A source that is not what its record says stops the export, and nothing is left."""
    file = replace(two_documents[0].files[0], open=lambda: io.BytesIO(b"rotten"))
    bad = replace(two_documents[0], files=[file])
    with pytest.raises(SourceMismatchError):
        write_folder(tmp_path / "kho", content([bad]))
    assert list(tmp_path.iterdir()) == []


def test_never_overwrites(tmp_path: Path) -> None:
    """An earlier export stays."""
    (tmp_path / "kho").mkdir()
    with pytest.raises(FolderExistsError):
        write_folder(tmp_path / "kho", content([]))


def test_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Coded, and nothing is left."""

    def fail(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("proof._write.os.fsync", fail)
    with pytest.raises(FolderUnwritableError):
        write_folder(tmp_path / "kho", content([]))
    assert list(tmp_path.iterdir()) == []


def test_offline_says_the_same(
    export: Export, capsys: pytest.CaptureFixture[str], material: dict[str, Any], tmp_path: Path
) -> None:
    """`tangthu-verify`: exit 0 and words when whole; JSON and exit 1 when not."""
    written = export()
    pem = tmp_path / "root.pem"
    pem.write_bytes(material["root"])
    options = ["--trust", str(pem), "--manifest-sha256", written.sha256]
    assert main([str(written.path), *options]) == 0
    assert "nguyên vẹn" in capsys.readouterr().out
    (written.path / "documents" / TWO / "text.json").write_text("{}")
    assert main([str(written.path), "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert (answer["checked"], answer["ok"]) == (4, 3)
    assert [(one["id"], one["what"]) for one in answer["problems"]] == [(TWO, "blob_damaged")]
    assert main([str(written.path)]) == 1
    assert "KHÔNG còn nguyên vẹn" in capsys.readouterr().out


def test_offline_refuses_what_is_no_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 1 and a code; bad usage is 2."""
    assert main([str(tmp_path), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "not_an_archive_folder"
    for usage in ([], [str(tmp_path), "--manifest-sha256", "xyz"], ["--nonsense"]):
        with pytest.raises(SystemExit) as caught:
            main(usage)
        assert caught.value.code == 2


def test_bad_trust(export: Export, tmp_path: Path) -> None:
    """A root given by the reader must be a certificate; a bad one in the folder is a finding."""
    written = export()
    with pytest.raises(UntrustedRootError):
        check_folder(written.path, trust_roots=[b"no certificate"])
    (written.path / "trust" / "other.pem").write_bytes(b"no certificate")
    remake_manifest(written.path)
    assert found(written.path) == {("trust/other.pem", What.PACKAGE_INVALID)}
    assert main([str(written.path), "--trust", str(tmp_path / "absent.pem")]) == 1


def test_needs_neither_database_nor_django(export: Export) -> None:
    """The verifier runs where only `proof` is installed: nothing of Django is imported."""
    code = (
        "import sys; from proof.offline import main; code = main(sys.argv[1:]);"
        "assert not {'django', 'archive', 'config'} & set(sys.modules); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(export().path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[3],
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_undecided_signature_is_words_not_traces(
    export: Export, material_two: bytes, tmp_path: Path
) -> None:
    """Another root than the signer's: a Vietnamese note, nothing of a library's on stderr."""
    pem = tmp_path / "other.pem"
    pem.write_bytes(material_two)
    done = subprocess.run(
        [sys.executable, "-m", "proof.offline", str(export().path), "--trust", str(pem)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[3],
    )
    assert (done.returncode, done.stderr) == (0, "")
    reason = done.stdout.split("chưa kết luận được: ")[1].splitlines()[0].rstrip(".")
    assert reason in SENTENCES.values()


def test_signature_of_a_trusted_root(
    export_of: Callable[..., WrittenFolder], material: dict[str, Any]
) -> None:
    """Checked against the reader's own root: nothing wrong, nothing undecided."""
    root = export_of(material["signed"]).path
    report = check_folder(root, trust_roots=[material["root"]])
    assert (report.problems, report.unchecked) == ((), ())


def test_unknown_issuer_is_not_invalid(
    export_of: Callable[..., WrittenFolder], material: dict[str, Any]
) -> None:
    """UNDETERMINED is never shown as invalid; it is named as not decided."""
    report = check_folder(export_of(material["signed"]).path, trust_roots=[])
    assert report.problems == ()
    assert any(ONE in note for note in report.unchecked)


def test_pdf_altered_before_the_seal(
    export_of: Callable[..., WrittenFolder], material: dict[str, Any]
) -> None:
    """All hashes agree, for the altered bytes were sealed: the signature itself says so."""
    altered = bytearray(material["signed"])
    altered[altered.index(b"/MediaBox") + 20] ^= 1
    root = export_of(bytes(altered)).path
    assert found(root) == {(ONE, What.SIGNATURE_INVALID)}


def test_lost_signature(export_of: Callable[..., WrittenFolder], material: dict[str, Any]) -> None:
    """The evidence names a signature that the PDF no longer has."""
    root = export_of(material["plain"], signed=True).path
    assert found(root) == {(ONE, What.SIGNATURE_INVALID)}


def test_a_trail_that_grows_while_it_is_exported(
    tmp_path: Path,
    two_documents: list[FolderDocument],
    content_for: Callable[[list[FolderDocument]], FolderContent],
) -> None:
    """Heads read, then more events and an anchor come: the folder holds what the heads said."""
    whole = content_for(two_documents)
    before = content_for(two_documents[:1])
    written = write_folder(tmp_path / "kho", replace(whole, heads=before.heads, documents=[]))
    assert check_folder(written.path).problems == ()
    assert len((written.path / "audit" / "events.jsonl").read_text().splitlines()) == 2
    assert len(list((written.path / "anchors").iterdir())) == 1

"""The whole way through the command line: what it promises is what it prints."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from specimens.manifest import Outcome, Status
from tests import staff
from tests.e2e.conftest import ROOT, Shell, Walked
from tests.homes import Kept, environment_of, records_of
from tests.patience import until

pytestmark = pytest.mark.timeout(900)


def test_every_file_ends_as_it_should(walked: Walked) -> None:
    """Filed, duplicate or stopped: nothing is lost, nothing is filed twice."""
    expected = {file.name: file for file in walked.manifest.files}
    failed = {one["file"]: one["code"] for one in walked.answer["failed"]}
    twins = {one["file"] for one in walked.answer["duplicates"]}
    filed = {one["file"] for one in walked.answer["documents"]}
    assert walked.answer["received"] == len(expected)
    assert failed == {
        name: file.code for name, file in expected.items() if file.outcome == Outcome.STOPPED
    }
    assert twins == {name for name, file in expected.items() if file.outcome == Outcome.DUPLICATE}
    assert filed == {name for name, file in expected.items() if file.outcome == Outcome.FILED}


def test_files_are_cut_where_the_papers_end(walked: Walked) -> None:
    """Every document is found, with its pages and its kind."""
    for file in walked.manifest.files:
        expected = [(one.first_page, one.kind) for one in file.documents]
        got = [(one["first_page"], one["kind"]) for one in walked.documents_of(file.name)]
        assert expected == got, file.name


def test_what_is_sure_is_right(walked: Walked) -> None:
    """A field passed as sure is what was drawn on the paper."""
    wrong = []
    for file in walked.manifest.files:
        for document, read in zip(file.documents, walked.documents_of(file.name), strict=True):
            for name in ("number", "issued_on", "subject_id", "subject_name", "issuer"):
                truth = document.fields.get(name)
                field = read["fields"].get(name)
                if not (field and field["sure"] and isinstance(truth, str)):
                    continue
                # An issuer may come with its province, which the paper names elsewhere.
                if not field["value"].startswith(truth):
                    wrong.append((file.name, document.first_page, name, truth, field["value"]))
    assert wrong == []


def test_only_what_is_sure_is_sealed(walked: Walked) -> None:
    """A paper that lacks what its kind requires waits; a clean one is archived."""
    for file in walked.manifest.files:
        for document, read in zip(file.documents, walked.documents_of(file.name), strict=True):
            if document.status == Status.WAITING:
                assert read["status"] == "waiting", file.name
                assert read["waiting"]
    states = {one["status"] for one in walked.answer["documents"]}
    assert states == {"archived", "waiting"}


def test_search_without_tone_marks_finds_the_paper(walked: Walked) -> None:
    """The right document is in the first three."""
    question = walked.manifest.search

    def found() -> Any:
        return walked.shell("search", question.query)["hits"]

    until(lambda: question.kind in [hit["kind"] for hit in found()[:3]])
    assert set(found()[0]) == {
        "id", "score", "status", "kind", "number", "abstract", "issued_on", "page", "snippet",
    }  # fmt: skip


def test_the_reuse_question_has_three_answers(walked: Walked) -> None:
    """One component is at hand, one needs a person, one is missing, each with its reason."""
    question = walked.manifest.reuse
    answer = walked.shell("reuse", "--subject", question.subject, "--procedure", question.procedure)
    got = {one["code"]: one["verdict"] for one in answer["components"]}
    assert {code: got[code] for code in question.verdicts} == dict(question.verdicts)
    assert {"reusable", "needs_check", "missing"} <= set(got.values())
    for component in answer["components"]:
        for candidate in component["candidates"]:
            assert candidate["reasons"]


def test_the_same_files_again_are_duplicates(walked: Walked, copy: Callable[[], Shell]) -> None:
    """Bytes of a finished batch are filed once for ever."""
    shell = copy()
    again = shell("ingest", str(walked.inbox), "--batch", "lần hai", "--wait", status=1)
    assert again["documents"] == []
    assert len(again["duplicates"]) == sum(
        file.outcome != Outcome.STOPPED for file in walked.manifest.files
    )


def test_an_untouched_archive_proves_itself(walked: Walked) -> None:
    report = walked.shell("verify", "--all")
    assert report["problems"] == []
    assert report["checked"] == report["ok"] > 0


def blob_of(shell: Shell, role: str) -> str:
    """The name in the store of some ordinary document's role."""
    with records_of(shell.home) as db:
        (name,) = db.execute(
            "select blob_id from archive_sealedfile f join archive_archivedblob b"
            f" on b.sha256 = f.blob_id where role = '{role}' and protection = 'ordinary'"
        ).fetchone()
    return f"blobs/{name[:2]}/{name}"


@pytest.mark.parametrize("role", ["document", "text", "metadata", "scan"])
def test_a_flipped_byte_is_told(copy: Callable[[], Shell], role: str) -> None:
    shell = copy()
    Kept(shell.home, "archive").flip(blob_of(shell, role))
    report = shell("verify", "--all", status=1)
    assert "blob_damaged" in [one["what"] for one in report["problems"]]


def test_an_original_that_waits_is_looked_after_too(
    walked: Walked, copy: Callable[[], Shell]
) -> None:
    """What is not sealed yet exists once only: a damage to it is told, by its document's id."""
    shell = copy()
    waiting = next(one for one in walked.answer["documents"] if one["status"] == "waiting")
    sha256 = next(one.sha256 for one in walked.manifest.files if one.name == waiting["file"])
    Kept(shell.home, "work").flip(f"{sha256[:2]}/{sha256}")
    (problem,) = shell("verify", waiting["id"], status=1)["problems"]
    assert (problem["id"], problem["what"]) == (waiting["id"], "blob_damaged")
    everything = shell("verify", "--all", status=1)["problems"]
    assert [one["what"] for one in everything] == ["blob_damaged"]


def test_a_missing_and_an_extra_blob_are_told(copy: Callable[[], Shell]) -> None:
    shell = copy()
    kept = Kept(shell.home, "archive")
    kept.remove(blob_of(shell, "document"))
    kept.write(f"blobs/ab/ab{'0' * 62}", b"x")
    report = shell("verify", "--all", status=1)
    assert {"blob_missing", "blob_extra"} <= {one["what"] for one in report["problems"]}


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        ("update archive_auditevent set actor = 'ai đó' where seq = 3", "audit_broken"),
        ("delete from archive_auditevent where seq = 4", "audit_broken"),
        (
            "update archive_document set number = '99/QĐ' where status = 'archived'",
            "record_altered",
        ),
        ("update archive_field set value = '\"x\"' where name = 'issuer'", "record_altered"),
    ],
)
def test_an_altered_row_is_told(copy: Callable[[], Shell], sql: str, what: str) -> None:
    """Whoever writes into the database past the verbs is found out."""
    shell = copy()
    with records_of(shell.home) as db:
        db.execute(sql)
    report = shell("verify", "--all", status=1)
    assert what in [one["what"] for one in report["problems"]]


def test_a_swapped_file_is_told(copy: Callable[[], Shell]) -> None:
    """Sound bytes under the wrong document."""
    shell = copy()
    with records_of(shell.home) as db:
        rows = db.execute(
            "select id, blob_id from archive_sealedfile where role = 'document' limit 2"
        ).fetchall()
        for (row, _), (_, blob) in zip(rows, reversed(rows), strict=True):
            db.execute(f"update archive_sealedfile set blob_id = '{blob}' where id = {row}")
    report = shell("verify", "--all", status=1)
    assert "blob_swapped" in [one["what"] for one in report["problems"]]


def test_an_export_proves_itself_offline(walked: Walked, tmp_path: Path) -> None:
    """tangthu-verify needs no database and no Django."""
    archived = next(one for one in walked.answer["documents"] if one["status"] == "archived")
    answer = walked.shell("export", archived["id"], "--package", "folder", "--to", str(tmp_path))
    (package,) = answer["packages"]
    program = "import sys; from proof.offline import main; sys.exit(main())"
    offline = [sys.executable, "-c", program, package["path"]]
    assert subprocess.run(offline, cwd=ROOT, capture_output=True, check=False).returncode == 0
    harmed = next(Path(package["path"]).glob("documents/*/document.pdf"))
    harmed.chmod(0o600)
    harmed.write_bytes(harmed.read_bytes().replace(b"/Type", b"/Tipe", 1))
    assert subprocess.run(offline, cwd=ROOT, capture_output=True, check=False).returncode == 1


def test_doctor_finds_the_machine_fit(walked: Walked) -> None:
    home = walked.shell.home
    staff.employ(home, environment_of(home))
    for _ in range(30):  # a worker that was just employed takes its time to answer
        report = walked.shell("doctor", status=None)
        unfit = [check for check in report["checks"] if not check["ok"]]
        if [check["name"] for check in unfit] != ["broker"]:
            break
        time.sleep(1)
    assert unfit == []


def test_read_keeps_nothing_and_tells_all(walked: Walked, tmp_path: Path) -> None:
    """Stateless: nothing is put into a data folder; pages, words, documents, fields are told."""
    home = tmp_path / "none"
    file = next(
        file for file in walked.manifest.files if file.outcome == Outcome.FILED and file.pages == 1
    )
    answer = Shell(home)("read", str(walked.inbox / file.name), "--format", "json")
    assert {path.name for path in home.glob("*")} <= {"cluster"}, "keys that the test gave"
    assert answer["sha256"] == file.sha256
    (page,) = answer["pages"]
    assert page["lines"][0]["words"][0]["text"]
    (document,) = answer["documents"]
    assert document["kind"]["code"] == file.documents[0].kind


def test_bad_input_to_read_is_an_answer(tmp_path: Path) -> None:
    path = tmp_path / "hỏng.pdf"
    path.write_bytes(b"%PDF-1.7 nothing")
    answer = Shell(tmp_path / "none")("read", str(path), "--format", "json", status=1)
    assert answer["error"]["code"] == "corrupt_file"
    assert answer["error"]["message"]


def test_bad_usage_is_two(tmp_path: Path) -> None:
    """Exit 2 is a wrong command, not a failed one."""
    words = [sys.executable, "-m", "config", "search"]
    assert subprocess.run(words, cwd=ROOT, capture_output=True, check=False).returncode == 2

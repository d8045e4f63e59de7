"""The shipped containers, for real: a stack started, fed, struck and looked over.

`make test-containers`. Builds the application's image and starts docker-compose.yml with it, every
limit as shipped; only PostgreSQL, RabbitMQ, the S3 server and Elasticsearch come from images of
Debian's packages (override.yml). A person signs in over HTTP and feeds a batch through two web
containers; a worker's container is killed with SIGKILL on the way; the person confirms every paper;
then each page must be filed exactly once and `tangthu verify --all` be clean. Takes about a quarter
of an hour, 5 GB of memory and 6 GB of disk, and leaves nothing behind.
"""

import argparse
import json
import os
import re
import secrets
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from specimens.batch import write_demo_batch  # noqa: E402  after the path
from specimens.manifest import ExpectedFile, Outcome  # noqa: E402
from tests.containers.engine import (  # noqa: E402
    ContainerTestError,
    Docker,
    a_docker,
    provide_base,
    say,
)
from tests.containers.person import Person  # noqa: E402
from tests.containers.stack import Stack  # noqa: E402

HERE = Path(__file__).parent
WORK_SECONDS = 1200
READ_BEFORE_BLOW = 3
SCALE = {"web": 2, "worker-counter": 2}
IDLE = """SELECT count(*) FROM archive_stagerun
    WHERE state IN ('ready', 'running') AND stage NOT IN ('index', 'compare')"""
FILED = """SELECT coalesce(json_agg(x), '[]') FROM (
    SELECT r.untrusted_name AS file, d.id, d.status, d.first_page, d.last_page,
        (SELECT count(*) FROM archive_sealedfile s
            WHERE s.document_id = d.id AND s.role = 'document') AS sealed
    FROM archive_receipt r JOIN archive_document d ON d.receipt_id = r.id ORDER BY 1, 4) x"""
READ = """SELECT coalesce(json_agg(x), '[]') FROM (
    SELECT r.untrusted_name AS file, p.number, p.state, p.document_id IS NOT NULL AS filed
    FROM archive_receipt r JOIN archive_page p ON p.receipt_id = r.id ORDER BY 1, 2) x"""
DEAD = "SELECT count(*) FROM archive_stagerun WHERE state IN ('dead', 'failed')"


def main() -> int:
    """Make what is needed, try, take it away."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="where temporary data go")
    folder = Path(tempfile.mkdtemp(prefix="tangthu-containers-", dir=parser.parse_args().folder))
    try:
        with a_docker(folder) as docker:
            provide_base(docker, folder)
            _try_stack(docker, folder)
    except ContainerTestError as error:
        say(f"FAILED: {error}")
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    say("passed; nothing is left behind")
    return 0


def _try_stack(docker: Docker, folder: Path) -> None:
    stack = Stack.prepare(docker, folder)
    try:
        stack.build()
        stack.start(SCALE)
        _see_that_it_is_held_tight(stack)
        files = [one for one in _specimens(folder) if one.outcome is Outcome.FILED]
        person = _come_in(stack)
        page = person.feed("Lô qua web", [folder / "inbox" / one.name for one in files])
        say(f"fed {len(files)} files of {sum(one.pages for one in files)} pages, {person.knocks}"
            f" requests to {len(person.doors)} web containers in turn")  # fmt: skip
        _strike(stack)
        _wait_until_idle(stack)
        _confirm_all(stack, person, page)
        _look_over(stack, files)
        _stop_softly(stack)
    except ContainerTestError:
        sys.stderr.write(stack.last_words())
        raise
    finally:
        stack.remove()


def _specimens(folder: Path) -> tuple[ExpectedFile, ...]:
    return write_demo_batch(folder / "inbox").files


def _see_that_it_is_held_tight(stack: Stack) -> None:
    """What the file asks for is what runs: asked of the daemon, and tried inside."""
    for name in stack.running():
        about = stack.inspect(name)
        host = about["HostConfig"]
        if not host["ReadonlyRootfs"] or host["CapDrop"] != ["ALL"] or not host["Memory"]:
            raise ContainerTestError(f"{name} is not held as docker-compose.yml says")
        told = stack.inside(name, "sh", "-c", "id -u; touch /tried 2>&1 || true")
        if told.startswith("0\n") or "Read-only file system" not in told:
            raise ContainerTestError(f"{name}: {told}")
    say(f"{len(stack.running())} containers: no root, no capability, root read-only, limited")


def _come_in(stack: Stack) -> Person:
    doors = [f"http://{stack.published(name)}" for name in stack.running("web")]
    person = Person(doors)
    link = stack.inside(stack.running("web")[0], "python", "-m", "config.ticket")
    person.sign_in(re.sub(r"^https?://[^/]*", "", link.strip()), secrets.token_urlsafe(18))
    say("signed in over HTTP, by link and by password")
    return person


def _strike(stack: Stack) -> None:
    """SIGKILL to the first process of a container that has work in hand, as a power cut would."""
    _until(lambda: _pages_read(stack) >= READ_BEFORE_BLOW, "pages to be read")
    name = stack.running("worker-counter")[0]
    before = _pages_read(stack)
    os.kill(stack.inspect(name)["State"]["Pid"], signal.SIGKILL)
    _until(lambda: stack.inspect(name)["RestartCount"] >= 1, "the container to be started again")
    say(f"killed {name} with SIGKILL after {before} pages; Docker started it again")


def _pages_read(stack: Stack) -> int:
    return int(stack.sql("SELECT count(*) FROM archive_page WHERE state = 'read'"))


def _wait_until_idle(stack: Stack) -> None:
    began = time.monotonic()
    _until(lambda: stack.sql(IDLE) == "0", "the machine to be done")
    say(f"the machine is done after {time.monotonic() - began:.0f} s more")


def _confirm_all(stack: Stack, person: Person, page: str) -> None:
    """As a person does, one paper after the other, on whichever web container."""
    waiting = "SELECT string_agg(id, ' ') FROM archive_document WHERE status = 'waiting'"
    papers = stack.sql(waiting).split()
    if not papers or papers[0] not in person.get(page).text:
        raise ContainerTestError("the batch's page does not show its papers")
    for paper in papers:
        person.confirm(paper)
    sealed = "SELECT count(*) FROM archive_document WHERE status <> 'archived'"
    _until(lambda: stack.sql(sealed) == "0" and stack.sql(IDLE) == "0", "the papers to be sealed")
    say(f"{len(papers)} papers confirmed on the pages, signed and sealed")


def _look_over(stack: Stack, files: list[ExpectedFile]) -> None:
    """Every page exactly once, by the rows themselves; then by the product's own check."""
    papers, pages = json.loads(stack.sql(FILED)), json.loads(stack.sql(READ))
    for file in files:
        _see_pages(file, papers, [one for one in pages if one["file"] == file.name])
    if len({one["file"] for one in pages}) != len(files):
        raise ContainerTestError("files were received that nobody sent")
    if stack.sql(DEAD) != "0":
        raise ContainerTestError("runs of the ledger have died")
    verified = json.loads(
        stack.inside(stack.running("web")[0], "tangthu", "verify", "--all", "--json")
    )
    if verified["problems"] or verified["checked"] < len(papers):
        raise ContainerTestError(f"verify: {verified}")
    say(f"{len(pages)} pages of {len(files)} files filed exactly once in {len(papers)} papers;"
        f" verify --all: {verified['ok']} of {verified['checked']} sound")  # fmt: skip


def _see_pages(file: ExpectedFile, papers: list[Any], pages: list[Any]) -> None:
    """One row a page; in one paper each, but for separator sheets and empty backs."""
    mine = [one for one in papers if one["file"] == file.name]
    held = sorted(
        number for one in mine for number in range(one["first_page"], one["last_page"] + 1)
    )
    aside = {*file.sheets, *file.blanks}
    expected = [number for number in range(1, file.pages + 1) if number not in aside]
    problems = (
        [one["number"] for one in pages] != list(range(1, file.pages + 1)),
        [number for number in held if number not in aside] != expected,
        len(held) != len(set(held)),
        any(one["sealed"] != 1 or one["status"] != "archived" for one in mine),
    )
    if any(problems):
        raise ContainerTestError(f"{file.name}: {problems} {mine} {pages}")


def _stop_softly(stack: Stack) -> None:
    """SIGTERM is heard: nothing has to be killed at the end of its time."""
    ended = stack.stop()
    killed = {name: code for name, code in ended.items() if code == 128 + signal.SIGKILL}
    if killed:
        raise ContainerTestError(f"did not stop when asked: {killed}")
    say(f"{len(ended)} containers stopped when asked")


def _until(is_so: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + WORK_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            raise ContainerTestError(f"waited {WORK_SECONDS} s for {what}")
        time.sleep(1)


if __name__ == "__main__":
    sys.exit(main())

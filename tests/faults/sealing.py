"""Sealing, struck at random points: run by test_sealing.py on a data folder of its own.

`sealing.py COUNT SEED` prepares COUNT checked documents and lets a worker sign and seal each in a
forked child. At a random step (a file synced, linked, renamed or removed, a question to a server
of objects or of the index, a statement, a commit) the fault of this document strikes. Then another
child takes up what is left, as the next start of the machine does, and looks at what came of it.
Prints JSON.
"""

import contextlib
import datetime as dt
import errno
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import urllib3

from config.start import local_account, start

OPTIONS = start()

from django.db import OperationalError, connection, connections  # noqa: E402  after start()

from archive import ledger  # noqa: E402
from archive.models import AuditEvent, Batch, Document, StageRun  # noqa: E402
from archive.sealed import read_sealed  # noqa: E402
from archive.services import audit  # noqa: E402
from archive.services.documents import confirm_document  # noqa: E402
from archive.services.sealing import is_named_in_work  # noqa: E402
from archive.signing import signatures_in  # noqa: E402
from archive.states import FileRole  # noqa: E402
from archive.verify import Holdings, verify_all, verify_documents  # noqa: E402
from tests.faults.sweeping import swept_names  # noqa: E402
from tests.made_archive import KINDS as PAPERS  # noqa: E402
from tests.made_archive import Authority, MadeArchive, _document  # noqa: E402
from workers.house import House, current  # noqa: E402
from workers.loop import EnvironmentFault, Worker  # noqa: E402
from workers.stages import STAGES  # noqa: E402

FAULTS = ("kill", "full disk", "store down", "store slow", "clock set back")
SLOW_SECONDS = 0.8
MOST_STARTS = 5
GAVE_BACK = 3
"""The child's status after a fault of the machine, as the pool's workers end."""
FILE_CALLS = ("fsync", "link", "replace", "rename", "unlink")
SENDS = ("PUT", "POST")
REFUSED_WRITES = 3
"""A worker waits for a server of records whose disk is full: then somebody makes room."""
STORES = OPTIONS.store.s3.endpoint if OPTIONS.store.s3 else "none"
"""Where the server of objects answers; in embedded mode there is none."""
ROOT = f"{STORES}/{OPTIONS.store.s3.bucket}" if OPTIONS.store.s3 else str(OPTIONS.home / "archive")


@dataclass
class Strike:
    """Counts steps, and does its fault at one of them."""

    fault: str
    at: int
    """0: never, only count."""
    root: str
    """The folder of the archive store, or the address of its bucket."""
    steps: int = 0
    struck: bool = False
    refused: int = 0

    def step(self, where: str, path: str = "") -> None:
        """One step of the work; `path` is the file it is about."""
        self.steps += 1
        if self.at and self.steps == self.at:
            self.struck = True
            self._begin()
        if self.struck:
            self._go_on(where, path)

    def _begin(self) -> None:
        if self.fault == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.fault == "store slow":
            time.sleep(SLOW_SECONDS)
        if self.fault == "clock set back":
            _set_back()

    def _go_on(self, where: str, path: str) -> None:
        """What the fault does from then on."""
        is_write = where in FILE_CALLS
        if self.fault == "full disk" and is_write and where != "unlink":
            raise OSError(errno.ENOSPC, "no space left on device", path)
        if self.fault == "full disk" and where in SENDS and path.startswith(STORES):
            raise FullServer
        if self.fault == "full disk" and where == "write" and self.refused < REFUSED_WRITES:
            self.refused += 1
            raise OperationalError("database or disk is full")
        if self.fault == "store down" and path.startswith(self.root):
            raise OSError(errno.EIO, "the store is away", path)


class FullServer(Exception):  # noqa: N818  an answer, not an error of ours
    """A server of objects has no room."""


def _refusal() -> urllib3.HTTPResponse:
    body = b"<Error><Code>XMinioStorageFull</Code><Message>full</Message></Error>"
    return urllib3.HTTPResponse(
        body, {"Content-Type": "application/xml"}, 507, preload_content=False
    )


def _set_back() -> None:
    """Let every clock of this process stand a year back."""
    back = dt.timedelta(days=400)
    real = dt.datetime

    class Meta(type):
        def __instancecheck__(cls, one: object) -> bool:
            return isinstance(one, real)

    class Earlier(real, metaclass=Meta):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
            return real.now(tz) - back

    dt.datetime = Earlier  # type: ignore[misc]


@contextlib.contextmanager
def watched(strike: Strike) -> Iterator[None]:
    """Tell of every step of this process."""
    real = {name: getattr(os, name) for name in FILE_CALLS}

    def told(name: str) -> Callable[..., Any]:
        def call(*words: Any, **more: Any) -> Any:
            strike.step(name, _path_of(words[-1]))
            return real[name](*words, **more)

        return call

    def statement(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        is_write = sql.split(" ", 1)[0] in ("INSERT", "UPDATE", "DELETE")
        strike.step("write" if is_write else "read")
        return execute(sql, params, many, context)

    real_asks = urllib3.HTTPConnectionPool.urlopen

    def asked(pool: Any, method: str, url: str, *words: Any, **more: Any) -> Any:
        try:
            strike.step(method, f"{pool.host}:{pool.port}{url}")
        except FullServer:
            return _refusal()
        return real_asks(pool, method, url, *words, **more)

    commit = connection.commit

    def committed() -> None:
        strike.step("commit")
        commit()

    for name in FILE_CALLS:
        setattr(os, name, told(name))
    connection.commit = committed  # type: ignore[method-assign]
    urllib3.HTTPConnectionPool.urlopen = asked  # type: ignore[method-assign]
    try:
        with connection.execute_wrapper(statement):
            yield
    finally:
        urllib3.HTTPConnectionPool.urlopen = real_asks  # type: ignore[method-assign]
        for name in FILE_CALLS:
            setattr(os, name, real[name])


def _path_of(word: Any) -> str:
    if isinstance(word, int):
        return str(Path(f"/proc/self/fd/{word}").readlink())
    return os.fspath(word)


def in_child(work: Callable[[], Any]) -> tuple[int, Any]:
    """Do work in a forked process; its status (minus a signal), and what it returned."""
    connections.close_all()
    source, target = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(source)
        status = 1
        try:
            told = work()
            with os.fdopen(target, "w") as file:
                json.dump(told, file)
            status = 0
        except EnvironmentFault:
            status = GAVE_BACK
        except BaseException as error:  # noqa: BLE001  whatever it is, the child ends here
            sys.stderr.write(f"child: {error!r}\n")
        os._exit(status)
    os.close(target)
    with os.fdopen(source) as file:
        told = file.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return status, json.loads(told) if told else None


def work_off(house: House, owner: str) -> None:
    """Work until nothing is due."""
    worker = Worker(house, STAGES, owner=owner)
    while worker.step():
        pass


def seal_struck(strike: Strike, owner: str) -> Callable[[], int]:
    """Sign and seal with the fault; how many steps there were."""

    def work() -> int:
        house = current()
        with watched(strike):
            work_off(house, owner)
        return strike.steps

    return work


def take_up() -> None:
    """What a start of the machine does: take back, sweep, work on."""
    house = current()
    ledger.release_runs()
    house.archive.sweep()
    house.work.sweep(is_named_in_work)
    StageRun.objects.update(not_before=None)
    work_off(house, "after")


def look(id_: str) -> Callable[[], dict[str, Any]]:
    """Say what came of one document."""

    def work() -> dict[str, Any]:
        house = current()
        document = Document.objects.get(pk=id_)
        told: dict[str, Any] = {"status": document.status}
        events = AuditEvent.objects.filter(subject=f"document:{id_}")
        for tag in ("document:signed", "document:sealed"):
            told[tag] = events.filter(tag=tag).count()
        if document.status == "archived":
            data = read_sealed(
                document, FileRole.DOCUMENT, archive=house.archive, vault=house.vault
            )
            told["signatures"] = [one.field for one in signatures_in(data)]
            told["roles"] = sorted(document.files.values_list("role", flat=True))
            told["years"] = sorted(
                {
                    row.blob.retain_until.year - 2000 if row.blob.retain_until else 0
                    for row in document.files.select_related("blob")
                }
            )
        report = verify_documents([document], _holdings(house))
        told["problems"] = [problem.as_json() for problem in report.problems]
        return told

    return work


def _holdings(house: House) -> Holdings:
    return Holdings(house.work, house.archive, house.vault, house.signers().trust_roots)


def look_at_all() -> dict[str, Any]:
    """Say what the whole archive is like in the end."""
    house = current()
    report = verify_all(_holdings(house))
    times = list(AuditEvent.objects.order_by("seq").values_list("at", flat=True))
    return {
        "problems": [problem.as_json() for problem in report.problems],
        "unnamed_in_work": swept_names(house),
        "times_run_forward": times == sorted(times),
        "clock_notes": sum(audit.CLOCK_KEY in event.detail for event in AuditEvent.objects.all()),
    }


@dataclass
class Driver:
    """Strikes one document after the other."""

    count: int
    dice: random.Random
    told: list[dict[str, Any]] = field(default_factory=list)

    def run(self) -> dict[str, Any]:
        """First one of each kind without a fault, to know how many steps there are; then all.

        The very first takes steps of its own, and a kind may take some more: the fewest count.
        """
        _, ids = in_child(lambda: prepare(self.count + 1 + len(PAPERS)))
        fewest = []
        for id_ in ids[: 1 + len(PAPERS)]:
            confirm(id_)
            status, steps = in_child(seal_struck(Strike("none", 0, ROOT), "calm"))
            assert status == 0, status
            fewest.append(steps)
        steps = min(fewest)
        _, calm = in_child(look(ids[0]))
        for number, id_ in enumerate(ids[1 + len(PAPERS) :]):
            fault = FAULTS[number % len(FAULTS)]
            self._one(id_, Strike(fault, self.dice.randint(1, steps), ROOT))
        _, whole = in_child(look_at_all)
        return {"steps": steps, "calm": calm, "documents": self.told, "whole": whole}

    def _one(self, id_: str, strike: Strike) -> None:
        confirm(id_)
        status, _ = in_child(seal_struck(strike, "struck"))
        starts = 1
        while starts <= MOST_STARTS:
            after, _ = in_child(take_up)
            if after == 0:
                break
            starts += 1
        _, seen = in_child(look(id_))
        self.told.append(
            {"fault": strike.fault, "step": strike.at, "ended": status, "starts": starts, **seen}
        )


def prepare(count: int) -> list[str]:
    """Documents that were read and wait for a person."""
    house, account = current(), local_account(OPTIONS)
    batch = Batch.objects.create(name="lô", opened_by=account)
    made = MadeArchive(house, account, Authority(), batch)
    ids = []
    for number in range(count):
        kind, protection = PAPERS[number % len(PAPERS)]
        ids.append(_document(made, number, kind, str(protection)).pk)
    return ids


def confirm(id_: str) -> None:
    """A person checks one: signing is due."""

    def work() -> None:
        confirm_document(Document.objects.get(pk=id_), local_account(OPTIONS))

    status, _ = in_child(work)
    assert status == 0


if __name__ == "__main__":
    count, seed = map(int, sys.argv[1:])
    json.dump(Driver(count, random.Random(seed)).run(), sys.stdout)  # noqa: S311  to be repeated

"""What the end of the way costs: two signatures and the seal of a scanned paper, software keys.

python -m bench.sealing [PAPERS] [--profile STAGE]      in a data folder of its own

Each paper is one drawn A4 page, scanned in colour at 200 dpi; the file as received is sealed with
it. Prints processor seconds and wall seconds a paper, by stage, and what two cores would do.
"""

import argparse
import cProfile
import datetime as dt
import os
import pstats
import shutil
import tempfile
import time
from collections import defaultdict
from pathlib import Path

HOME = Path(tempfile.mkdtemp(prefix="tangthu-bench-"))
os.environ["TANGTHU_HOME"] = str(HOME)
DPI = 200
KINDS = ("VB02", "VB07", "VB28", "VB16")
WARM = 2
"""Papers before the measurement: fonts and tables are read once."""


def scans(folder: Path, count: int) -> list[Path]:
    """Drawn papers, as a scanner would give them."""
    from specimens import make_paper, render, write_scan_pdf

    made = []
    for number in range(count):
        path = folder / f"{number}.pdf"
        image = render(make_paper(KINDS[number % len(KINDS)], seed=number).pages[0], DPI)
        write_scan_pdf(path, [image], dpi=DPI)
        made.append(path)
    return made


def receive(paths: list[Path]) -> list[str]:
    """Papers as they stand when they were read, with an empty text layer."""
    from archive.models import Account, Batch, Page, Receipt, StageRun
    from archive.services.documents import Cut, make_documents, plan_document
    from archive.stages import Stage
    from archive.states import PageState, Protection
    from imaging import open_source
    from ocr import page_text_to_bytes
    from ocr.types import PageText, TextSource
    from workers.house import current

    house = current()
    batch = Batch.objects.create(name="đo", opened_by=Account.objects.get(username="tai-may"))
    ids = []
    for place, path in enumerate(paths):
        stored = house.work.put(path.read_bytes())
        receipt = Receipt.objects.create(
            batch=batch, sha256=stored.sha256, position=place, untrusted_name=path.name,
            size=stored.size, media_type="application/pdf", page_count=1,
        )  # fmt: skip
        with open_source(path) as source:
            height, width = source.page(1).pixels.shape[:2]
        text = PageText(width, height, DPI, 0, 0.0, (), TextSource.OCR)
        kept = house.work.put(page_text_to_bytes(text)).sha256
        Page.objects.create(
            receipt=receipt, number=1, state=PageState.READ, verdict="pass", width=width,
            height=height, dpi=DPI, text_sha256=kept,
        )  # fmt: skip
        [document] = make_documents(receipt, [Cut(1, 1)])
        document.kind_code, document.kind_name = "VB02", "quyết định"
        document.protection = Protection.ORDINARY
        document.save()
        plan_document(Stage.RENDER, document)
        ids.append(document.pk)
    StageRun.objects.exclude(stage=Stage.RENDER).delete()
    return ids


def confirm(ids: list[str]) -> None:
    """A person passes them."""
    from archive.models import Account, Document
    from archive.services.documents import confirm_document

    account = Account.objects.get(username="tai-may")
    for document in Document.objects.filter(pk__in=ids):
        confirm_document(document, account)


class Meter:
    """Adds up what each stage takes, from the claim to the commit."""

    def __init__(self, profiled: str = "") -> None:
        self.cpu: dict[str, float] = defaultdict(float)
        self.wall: dict[str, float] = defaultdict(float)
        self.count: dict[str, int] = defaultdict(int)
        self.profile = cProfile.Profile()
        self._profiled = profiled
        self._since = (0.0, 0.0)

    def __call__(self, moment: str, stage: str) -> None:
        """Told by the worker."""
        now = (time.process_time(), time.perf_counter())
        if moment == "claimed":
            self._since = now
            if stage == self._profiled:
                self.profile.enable()
        if moment == "committed":
            self.profile.disable()
            self.cpu[stage] += now[0] - self._since[0]
            self.wall[stage] += now[1] - self._since[1]
            self.count[stage] += 1


def work_off(meter: Meter, *stages: str) -> None:
    """Do what is due of these stages."""
    from archive import ledger
    from workers.house import current
    from workers.loop import Worker
    from workers.stages import STAGES

    worker = Worker(current(), STAGES, owner="bench", observe=meter)
    while ledger.open_runs(stage__in=stages).exists():
        worker.step()


def pooled(ids: list[str], size: int) -> float:
    """Papers a second from the first seal to the last, by so many processes as an office runs."""
    from archive.models import AuditEvent, Document
    from config.pools import drain_here

    drain_here(size=size, tick=lambda: None)
    sealed = Document.objects.filter(pk__in=ids).exclude(sealed_at=None)
    moments = sorted(
        dt.datetime.fromisoformat(one.at)
        for one in AuditEvent.objects.filter(
            tag="document:sealed", subject__in=[f"document:{key}" for key in ids]
        )
    )
    assert sealed.count() == len(ids) == len(moments)
    return (len(moments) - 1) / (moments[-1] - moments[0]).total_seconds()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("papers", type=int, nargs="?", default=20)
    parser.add_argument("--profile", default="", help="a stage: print where its time goes")
    given = parser.parse_args()
    from config.start import start

    start()
    from archive.stages import Stage

    folder = HOME / "scans"
    folder.mkdir()
    ids = receive(scans(folder, 2 * given.papers + WARM))
    work_off(Meter(), Stage.RENDER, Stage.CHECK)
    confirm(ids[:WARM])
    work_off(Meter(), Stage.SIGN, Stage.SEAL)
    confirm(ids[WARM : WARM + given.papers])
    meter = Meter(given.profile)
    work_off(meter, Stage.SIGN, Stage.SEAL)
    total = 0.0
    for stage in (Stage.SIGN, Stage.SEAL):
        cpu, wall = meter.cpu[stage] / given.papers, meter.wall[stage] / given.papers
        print(f"{stage}: {cpu * 1000:.0f} ms of processor, {wall * 1000:.0f} ms by the clock")
        assert meter.count[stage] == given.papers
        total += cpu
    print(f"together: {total:.3f} processor seconds a paper; two cores: {2 / total:.1f} a second")
    confirm(ids[WARM + given.papers :])
    rate = pooled(ids[WARM + given.papers :], 2)
    print(f"two processes, seal to seal, the index beside it: {rate:.1f} papers a second")
    print(f"load of the machine: {os.getloadavg()[0]:.1f}")
    if given.profile:
        pstats.Stats(meter.profile).sort_stats("cumulative").print_stats(60)


if __name__ == "__main__":
    try:
        main()
    finally:
        shutil.rmtree(HOME, ignore_errors=True)

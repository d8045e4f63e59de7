"""One batch of everything that goes wrong, with good papers among it."""

import threading
from dataclasses import dataclass
from typing import Any

import psutil
import pytest

from specimens import BadFile, bad_files, make_paper, render, write_scan_pdf
from tests.e2e.conftest import Shell

pytestmark = pytest.mark.timeout(900)

MOST_BYTES = 1_500_000_000
"""Of the whole process tree at once: the smallest machine has 4 GB, two workers and a browser."""
GOOD = ("VB02", "VB28")
CODES = {
    "bad_corrupt.pdf": "corrupt_file",
    "bad_corrupt.jpg": "corrupt_file",
    "bad_encrypted.pdf": "encrypted_file",
    "bad_empty.pdf": "empty_file",
    "bad_pages.pdf": "too_many_pages",
    "bad_bomb.pdf": "zip_bomb",
    "bad_bomb.docx": "zip_bomb",
    "bad_pixels.png": "too_many_pixels",
    "bad_unreadable.pdf": "corrupt_file",
    "bad_song.pdf": "not_a_document",
    # So faint and blurred that nothing stands out: its sentence asks to scan it anew.
    "bad_illegible.jpg": "no_document",
}


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of the batch, and the most memory that it took."""

    bad: tuple[BadFile, ...]
    answer: dict[str, Any]
    peak_bytes: int


class Watch(threading.Thread):
    """Looks at the memory of the processes that begin below this one, ten times a second."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak_bytes = 0
        self.over = threading.Event()
        self._others = set(psutil.Process().children(recursive=True))

    def run(self) -> None:
        """Look until told."""
        me = psutil.Process()
        while not self.over.wait(0.1):
            total = 0
            for child in set(me.children(recursive=True)) - self._others:
                try:
                    total += child.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            self.peak_bytes = max(self.peak_bytes, total)


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Ingested:
    """Bad files and two good papers, ingested in one run."""
    folder = tmp_path_factory.mktemp("bad")
    bad = bad_files(folder / "inbox")
    for kind in GOOD:
        images = [render(page, 150) for page in make_paper(kind, seed=7).pages]
        write_scan_pdf(folder / "inbox" / f"good_{kind}.pdf", images, dpi=150)
    watch = Watch()
    watch.start()
    answer = Shell(folder / "home")("ingest", str(folder / "inbox"), "--wait", status=1)
    watch.over.set()
    watch.join()
    return Ingested(bad, answer, watch.peak_bytes)


def test_each_bad_file_ends_with_its_code(ingested: Ingested) -> None:
    """None is lost, none stops the others, and each says what to do next."""
    failed = {one["file"]: one for one in ingested.answer["failed"]}
    assert {name: one["code"] for name, one in failed.items()} == CODES
    assert ingested.answer["received"] == len(ingested.bad) + len(GOOD)
    for one in failed.values():
        assert one["message"].endswith(".")
        assert not one["message"].isascii()


def test_the_good_ones_are_read(ingested: Ingested) -> None:
    """The papers, and what only bears a wrong name; the same bytes again are told."""
    documents = {one["file"]: one for one in ingested.answer["documents"]}
    names = {"misnamed_pdf.jpg", "misnamed_jpeg.pdf", *(f"good_{kind}.pdf" for kind in GOOD)}
    assert set(documents) == names
    for kind in GOOD:
        assert documents[f"good_{kind}.pdf"]["kind"] == kind
    assert {one["status"] for one in documents.values()} == {"waiting"}
    (twin,) = ingested.answer["duplicates"]
    assert (twin["file"], twin["id"]) == ("twin.jpg", documents["misnamed_jpeg.pdf"]["id"])


def test_no_file_takes_the_machine_down(ingested: Ingested) -> None:
    """10,000 pages, half a gigabyte of zeros and 1.6 thousand million pixels among them."""
    assert ingested.peak_bytes > 0
    assert ingested.peak_bytes < MOST_BYTES

"""The papers of a commune's peak hour, and the two doors through which they come in."""

import hashlib
import json
import re
import threading
import time
import urllib.parse
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import urllib3

from bench.town import Town
from specimens import make_paper, render, write_scan_pdf

DOSSIERS_A_YEAR = 3_900
PAGES_A_DOSSIER = 12
WORKING_HOURS = 2_003
"""250 days of 8 hours: what makes 26 dossiers an hour of a district's 52,071 a year."""
PEAK = 3
"""The busiest hour against the mean one, as in the same district: 937 pages against 312."""
KINDS = ("VB02", "VB28", "KQ-GPXD", "VB14", "VB16", "KQ-KS", "VB15", "KQ-HN", "MC01", "KQ-QDGD")
DPI = 200
MOST_PAGES = 4
"""Of one file: a paper or two, as they come from the scanner's feeder."""
AGAIN_SECONDS = 2.0
PATIENCE_SECONDS = 120.0


def peak_pages() -> int:
    """Pages of the busiest hour."""
    return round(DOSSIERS_A_YEAR / WORKING_HOURS * PEAK * PAGES_A_DOSSIER)


@dataclass(frozen=True, slots=True)
class Fed:
    """One file and the truth about it."""

    name: str
    sha256: str
    pages: int
    words: str
    """Words of its first paper, for the search."""


def draw_papers(folder: Path, pages: int, seed: int) -> list[Fed]:
    """Draw files until there are so many pages."""
    folder.mkdir()
    made: list[Fed] = []
    number = seed * 1000
    while pages > 0:
        kind = KINDS[number % len(KINDS)]
        paper = make_paper(kind, seed=number)
        images = [render(page, DPI) for page in paper.pages][: min(MOST_PAGES, pages)]
        path = folder / f"giay-{len(made):03}-{kind}.pdf"
        write_scan_pdf(path, images, dpi=DPI)
        words = str(paper.fields.get("abstract") or paper.form)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        made.append(Fed(path.name, digest, len(images), words))
        pages -= len(images)
        number += 1
    return made


def note_papers(path: Path, papers: list[Fed]) -> None:
    """Write down what was fed, for the look at the end."""
    path.write_text(json.dumps([asdict(one) for one in papers], ensure_ascii=False), "utf-8")


class Clerk:
    """A person at the web page: signs in, opens a batch, uploads, and tries again when told."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._base = f"http://127.0.0.1:{town.environment['TANGTHU_PORT']}"
        self._http = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(60))
        self._cookies: dict[str, str] = {}

    def sign_in(self) -> None:
        """By the link that the machine's own person gets."""
        done = self._town.run("-m", "config.ticket")
        if done.returncode:
            raise OSError(done.stderr[-300:])
        link = urllib.parse.urlsplit(done.stdout.strip()).path
        self._ask("GET", link)
        self._ask("POST", link, {})

    def upload(self, path: Path) -> None:
        """One file in a batch of its own. Raises OSError where it was not taken."""
        if "sessionid" not in self._cookies:
            self.sign_in()
        self._ask("GET", "/lo/moi/")
        told = json.loads(self._ask("POST", "/lo/moi/", {"name": path.name}, json_wanted=True))
        batch = told["url"]
        file = (path.name, path.read_bytes(), "application/pdf")
        self._ask("POST", f"{batch}tep/", {"file": file})
        self._ask("POST", f"{batch}dong/", {})

    def _ask(
        self, method: str, path: str, fields: dict[str, object] | None = None, *,
        json_wanted: bool = False,
    ) -> bytes:  # fmt: skip
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self._cookies.items())}
        if json_wanted:
            headers["Accept"] = "application/json"
        if method == "POST":
            headers["X-CSRFToken"] = self._cookies.get("csrftoken", "")
        try:
            answer = self._http.request(
                method, self._base + path, fields=fields, headers=headers, redirect=False
            )
        except urllib3.exceptions.HTTPError as error:
            raise OSError(f"{path}: {error}") from error
        for name, value in re.findall(
            r"(?:^|, )(csrftoken|sessionid)=([^;]*)", answer.headers.get("Set-Cookie", "")
        ):
            self._cookies[name] = value
        if answer.status >= 400 or answer.headers.get("Location", "").startswith("/dang-nhap"):
            if answer.status < 500:
                self._cookies.pop("sessionid", None)
            raise OSError(f"{path}: {answer.status} {answer.data[:200]!r}")
        return answer.data


class Script(threading.Thread):
    """Feeds some files at their moments through one door, again and again until each is in."""

    def __init__(
        self, door: str, feed: Callable[[Path], None], files: list[tuple[float, Path]]
    ) -> None:
        super().__init__(daemon=True)
        self.door = door
        self._feed = feed
        self._files = files
        self.tries: list[str] = []
        """What a person was told when a file was not taken, before trying again."""
        self.lost: list[str] = []

    def run(self) -> None:
        """Until all are in."""
        begin = time.monotonic()
        for moment, path in self._files:
            time.sleep(max(0.0, begin + moment - time.monotonic()))
            self._insist(path)

    def _insist(self, path: Path) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            try:
                self._feed(path)
            except OSError as error:
                self.tries.append(f"{path.name}: {str(error)[:200]}")
                time.sleep(AGAIN_SECONDS)
            else:
                return
        self.lost.append(path.name)


def by_command(town: Town) -> Callable[[Path], None]:
    """The command line's door: a failed command is given again, as people do."""

    def feed(path: Path) -> None:
        done = town.run("-m", "config", "ingest", str(path), "--confirm", "--json", timeout=90)
        if done.returncode:
            raise OSError((done.stdout + done.stderr)[-300:])

    return feed

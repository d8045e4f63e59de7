"""How many secrecy stamps are found, and how often one is seen where there is none.

    python -m bench.secret [--pages 300] [--others 300] [--first 0] [--specimens 120]
                           [--texts 40] [--data ../shared/data]

Pages are drawn by bench/stamps.py from seeds of their own, with a secrecy stamp or with other
stamps or none; the sample generator's first pages are looked at too, at 200 and 300 dpi. Two looks,
as in the product: the gate's at the ink, and for what it lets pass `secret_in_text` on the text
that is read (of pages without a mark the first `--texts` only). Where the data folder is there,
every page of its real papers (none of them secret) is looked at by the gate as well.
"""

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from bench import stamps
from imaging import open_source
from ocr import best_engine, find_secret_mark, read_page, secret_in_text
from ocr.types import SecretMark
from specimens import (
    CLEAN,
    OFFICE,
    POOR,
    TEMPLATES,
    PaperOptions,
    StampKind,
    StampRequest,
    degrade,
    make_paper,
    render,
)

CONDITIONS = {"clean": CLEAN, "office": OFFICE, "poor": POOR}
SECRET_KINDS = (StampKind.SECRET, StampKind.TOP_SECRET, StampKind.UTTER_SECRET)
FOLDERS = ("scans", "archive_2010", "ocr_pages")


def second_look(pixels: np.ndarray, dpi: int) -> SecretMark | None:
    """The mark in the recognised text; the lower half, which is not looked at, is not read."""
    upper = pixels.copy()
    upper[round(len(upper) * 0.55) :] = 255
    engine = best_engine()
    return secret_in_text(read_page(upper, dpi=dpi, rotation=0, engine=engine))


@dataclass
class Tally:
    """Pages by group: with a mark found at the gate, by the text, not; without one likewise."""

    name: str
    texts: int
    """Pages without a mark that may still be read."""
    seen: Counter[tuple[str, str]] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    def look(
        self, pixels: np.ndarray, dpi: int, groups: list[str], level: str | None, note: str
    ) -> None:
        """Both looks at one page; `groups` are the kinds that it is counted under."""
        before = time.process_time()
        mark = find_secret_mark(pixels, dpi)
        self.seconds.append(time.process_time() - before)
        how = "gate" if mark else "none"
        self.texts -= level is None
        if mark is None and (level or self.texts >= 0):
            mark = second_look(pixels, dpi)
            how = "text" if mark else "none"
        for group in ("all", *groups):
            self.seen[f"{'mark' if level else 'other'}: {group}", how] += 1
        if level and mark:
            self.seen["level named right", "gate" if mark.level == level else "none"] += 1
        if (mark is None) == (level is not None) or how == "text":
            print(f"  {how}, {level}: {self.name} {note} -> {mark}", flush=True)

    def report(self) -> None:
        """The table, a line a group."""
        for name in sorted({name for name, _ in self.seen}):
            gate, text, none = (self.seen[name, how] for how in ("gate", "text", "none"))
            count = gate + text + none
            shares = f"{gate / count:.3f}  {(gate + text) / count:.3f}"
            print(f"{self.name} {name:28} gate {gate:4} text {text:3} of {count:4}  {shares}")
        mean, most = np.mean(self.seconds), np.max(self.seconds)
        print(
            f"{self.name} seconds a page at the gate: mean {mean:.3f}, most {most:.3f}", flush=True
        )


def groups_of(drawn: stamps.Sample) -> list[str]:
    """What a drawn page is counted under."""
    told = drawn.note.split(", ")
    if drawn.level is None or len(told) < 6:
        return []
    _, _, depth, colour, frame, across, *_ = told
    framed = "unframed" if frame == "none" else "framed"
    ink = "red on colour" if depth == "colour" and colour != "black" else "the rest"
    return [depth, f"ink {colour}", framed, across, ink, f"{ink}, {framed}, {across}"]


def renders(first: int, pages: int, others: int, texts: int) -> None:
    """Print what was found on drawn pages, by ink and by depth, and each failure."""
    tally = Tally("drawn", texts)
    for secret, count in ((True, pages), (False, others)):
        for seed in range(first, first + count):
            drawn = stamps.sample(seed, secret=secret)
            groups = groups_of(drawn) if secret else []
            tally.look(drawn.pixels, drawn.dpi, groups, drawn.level, f"{seed}: {drawn.note}")
    tally.report()


def specimen_pages(count: int) -> Iterator[tuple[list[str], np.ndarray, int, str | None]]:
    """First pages of the sample generator: groups, RGB, dpi, the level of the stamp."""
    urgent = tuple(kind for kind in StampKind if kind not in SECRET_KINDS)
    templates = tuple(TEMPLATES)
    for seed in range(count):
        rng = np.random.default_rng([9, seed])
        rest = (None, *urgent)
        kind = SECRET_KINDS[seed % 3] if seed % 4 else rest[seed // 4 % len(rest)]
        yield _specimen(seed, rng, kind, str(rng.choice(templates)))


def _specimen(
    seed: int, rng: np.random.Generator, kind: StampKind | None, template: str
) -> tuple[list[str], np.ndarray, int, str | None]:
    request = kind and StampRequest(
        kind,
        angle=float(np.clip(rng.normal(0, 7), -15, 15)),
        strength=float(rng.uniform(0.35, 0.9)),
        size=float(rng.uniform(11, 26)),
    )
    options = PaperOptions(stamps=(request,) if request else ())
    dpi = int(rng.choice([200, 200, 300]))
    page = render(make_paper(template, seed=seed, options=options).pages[0], dpi)
    how = str(rng.choice(list(CONDITIONS), p=[0.2, 0.4, 0.4]))
    pixels = degrade(page, CONDITIONS[how], seed=seed)
    groups = [how, f"{dpi} dpi", "colour"]
    if rng.random() < 0.2:
        pixels = np.dstack([cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)] * 3)
        groups[2] = "grey"
    level = str(kind.value) if kind in SECRET_KINDS else None
    return groups, pixels, dpi, level


def specimens(count: int, texts: int) -> None:
    """Print what was found on pages of the sample generator, which the network never saw."""
    tally = Tally("specimens", texts)
    for seed, (groups, pixels, dpi, level) in enumerate(specimen_pages(count)):
        tally.look(pixels, dpi, groups, level, f"{seed}: {groups}")
    tally.report()


def real(folder: Path) -> Iterator[tuple[str, np.ndarray, int]]:
    """Every page of the real papers: name, RGB, dpi."""
    for path in sorted(one for name in FOLDERS for one in (folder / name).glob("*.p[dn][fg]")):
        with open_source(path) as source:
            for number in range(1, source.page_count + 1):
                page = source.page(number)
                yield f"{path.name} page {number}", page.pixels, page.dpi


def main() -> None:
    """Drawn pages first, real ones where they are."""
    cv2.setNumThreads(1)
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--others", type=int, default=300)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--specimens", type=int, default=120)
    parser.add_argument("--texts", type=int, default=40)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    chosen = parser.parse_args()
    if chosen.pages or chosen.others:
        renders(chosen.first, chosen.pages, chosen.others, chosen.texts)
    if chosen.specimens:
        specimens(chosen.specimens, chosen.texts)
    if not chosen.data.is_dir():
        print(f"{chosen.data} is not there: no real pages were looked at")
        return
    alarms = count = 0
    for name, pixels, dpi in real(chosen.data):
        mark = find_secret_mark(pixels, dpi)
        count += 1
        alarms += mark is not None
        if mark is not None:
            print(f"  false alarm: {name} {mark}")
    print(f"real pages without a mark: {count}, false alarms {alarms}")


if __name__ == "__main__":
    main()

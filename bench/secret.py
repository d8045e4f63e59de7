"""How many secrecy stamps the gate finds, and how often it sees one where there is none.

    python -m bench.secret [--pages 300] [--first 0] [--data ../shared/data]

Pages are drawn by bench/stamps.py from seeds of their own, half with a secrecy stamp and half with
other stamps or none. Where the data folder is there, every page of its real papers (none of them
secret) is looked at as well.
"""

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from bench import stamps
from imaging import open_source
from ocr import find_secret_mark
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


def renders(first: int, pages: int) -> None:
    """Print what was found on drawn pages, by ink and by depth, and each failure."""
    seen: Counter[tuple[str, bool]] = Counter()
    seconds = []
    for secret in (True, False):
        for seed in range(first, first + pages):
            drawn = stamps.sample(seed, secret=secret)
            before = time.process_time()
            mark = find_secret_mark(drawn.pixels, drawn.dpi)
            seconds.append(time.process_time() - before)
            right = (mark is not None) == secret
            kinds = drawn.note.split(", ")
            groups = ["all", *(kinds[2:5] if secret and len(kinds) > 4 else [])]
            seen.update((f"{'secret' if secret else 'other'}: {group}", right) for group in groups)
            if secret and mark is not None:
                seen["level named right", mark.level == drawn.level] += 1
            if not right:
                print(
                    f"  wrong: seed {seed}, {'' if secret else 'no '}mark: {drawn.note} -> {mark}"
                )
    for name in sorted({name for name, _ in seen}):
        right, wrong = seen[name, True], seen[name, False]
        print(f"{name:28} {right:4} of {right + wrong:4}  {right / (right + wrong):.3f}")
    print(f"seconds a page: mean {np.mean(seconds):.3f}, most {np.max(seconds):.3f}")


def specimen_pages(count: int) -> Iterator[tuple[str, np.ndarray, bool]]:
    """First pages of the sample generator, 200 dpi: name, RGB, whether it bears a secrecy stamp."""
    kinds = (*SECRET_KINDS, None, *(kind for kind in StampKind if kind not in SECRET_KINDS))
    templates = tuple(TEMPLATES)
    for seed in range(count):
        rng = np.random.default_rng([9, seed])
        kind = kinds[seed % len(kinds)]
        request = kind and StampRequest(
            kind,
            angle=float(np.clip(rng.normal(0, 7), -15, 15)),
            strength=float(rng.uniform(0.3, 1.0)),
            size=float(rng.uniform(11, 26)),
        )
        template = str(rng.choice(templates))
        options = PaperOptions(stamps=(request,) if request else ())
        page = render(make_paper(template, seed=seed, options=options).pages[0], 200)
        how = str(rng.choice(list(CONDITIONS)))
        pixels = degrade(page, CONDITIONS[how], seed=seed)
        if rng.random() < 0.2:
            pixels = cv2.cvtColor(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
            how += ", grey"
        yield f"{template} {request} {how}", pixels, kind in SECRET_KINDS


def specimens(count: int) -> None:
    """Print what was found on pages of the sample generator, which the network never saw."""
    seen: Counter[tuple[bool, bool]] = Counter()
    for name, pixels, secret in specimen_pages(count):
        mark = find_secret_mark(pixels, 200)
        seen[secret, mark is not None] += 1
        if (mark is not None) != secret:
            print(f"  wrong: {name} -> {mark}")
    print(
        f"specimens: {seen[True, True]} found of {seen[True, True] + seen[True, False]}, ", end=""
    )
    print(f"{seen[False, True]} false of {seen[False, True] + seen[False, False]}")


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
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--specimens", type=int, default=200)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    chosen = parser.parse_args()
    renders(chosen.first, chosen.pages)
    specimens(chosen.specimens)
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

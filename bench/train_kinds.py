"""Trains the model of kinds that ships: one command, one seed, the same file each time.

    OMP_NUM_THREADS=1 python -m bench.train_kinds [--shared ../shared] [--each 60] [--seed 7]

It learns from papers made in text space (`classify/training/`) and, where the shared folder is
there, from lines of the state's legal texts in `data/text`. Nothing of `data/scans`,
`data/archive_2010` and `data/born_digital` is read. Writes `classify/kinds.npz` and its card
`classify/kinds.md`.
"""

import argparse
import gzip
import json
import re
import sys
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from catalogue.reference import load_reference
from classify.features import NONE
from classify.model import SHIPPED, KindModel, from_bytes, to_bytes
from classify.training.course import MATTERS, Prose, kept, made_papers, wordings_for
from classify.training.exam import Standing, examine
from classify.training.trainer import Options, blank, calibrated, train
from classify.types import Reference
from workers.reference import reference_of

ROOT = Path(__file__).resolve().parents[1]
CARD = """# The model of kinds

`kinds.npz`, version {version}, {size:,} bytes, {classes} classes. Made by

    {command}

from {papers:,} made papers{texts}. Real documents were not used: `bench/kinds.py` measures on them,
docs/kinds.md holds the figures.

| on made papers | papers | kind right | loss | confidence 0.95 or more | of those right |
|---|---|---|---|---|---|
| other papers of the wordings that were taught | {taught} |
| wordings kept apart (a model trained without them) | {apart} |

Calibration: temperature {temperature:.2f} and the curve {knots}, from the second row's papers.
"""
_CODES = (
    (r"^luật|^bộ luật", "QP01"), (r"^pháp lệnh", "QP02"), (r"^nghị quyết", "QP03"),
    (r"^nghị định", "QP04"), (r"^quyết định", "QP05"), (r"^thông tư liên tịch", "QP07"),
    (r"^thông tư", "QP06"), (r"^chỉ thị", "QP08"),
)  # fmt: skip
_MOST_LINES = 6000


def main() -> int:
    """Train, calibrate, examine, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--each", type=int, default=60)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--to", type=Path, default=ROOT / "classify")
    options = parser.parse_args()
    reference = reference_of(load_reference())
    prose = texts(options.shared / "data" / "text" / "vbpl_1000.jsonl.gz")
    model, lines = trained(reference, prose, each=options.each, seed=options.seed)
    content = to_bytes(model)
    (options.to / SHIPPED).write_bytes(content)
    card = CARD.format(size=len(content), classes=len(model.classes), **lines)
    (options.to / "kinds.md").write_text(card, encoding="utf-8")
    print(card)
    return 0


def texts(path: Path) -> Prose:
    """Lines of legal texts by the kind that their titles name; none where the file is missing."""
    if not path.exists():
        print(f"{path} is not there: training on made papers alone.", file=sys.stderr)
        return {}
    found: dict[str, list[str]] = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            entry = json.loads(line)
            code = next((c for p, c in _CODES if re.match(p, entry["title"].lower())), "")
            matter = re.sub(
                r"^.*?số\s+\S+\s+(?:của [^,]+? )?(?:về(?: việc)? )?", "", entry["title"]
            )
            if 20 < len(matter) < 200 and matter != entry["title"]:
                found[MATTERS].append(matter)
            rows = [row for row in entry["text"].splitlines()[6:46] if 12 < len(row) < 400]
            found[code] += rows
            found[""] += rows[8:14]
    return {code: lines[:_MOST_LINES] for code, lines in found.items()}


def trained(
    reference: Reference, prose: Prose, *, each: int, seed: int
) -> tuple[KindModel, dict[str, object]]:
    """The model that ships, and what its card says."""
    wordings = wordings_for(reference)
    classes = (*(kind.code for kind in reference.kinds), NONE)
    how = Options(seed=seed)
    known = [kept(wording, apart=False) for wording in wordings]
    unknown = [kept(wording, apart=True) for wording in wordings]
    held_out = list(made_papers(reference, unknown, each=max(2, each // 5), seed=seed + 1))
    first = list(made_papers(reference, known, each=each, seed=seed, prose=prose))
    trial = calibrated(train(first, blank(classes, "trial"), how), held_out)
    more = list(
        made_papers(reference, wordings, each=max(2, each // 2), seed=seed + 2, prose=prose)
    )
    whole = train([*first, *more, *held_out], blank(classes, "1"), how)
    taught = list(made_papers(reference, wordings, each=max(2, each // 8), seed=seed + 3))
    model = replace(whole, temperature=trial.temperature, knots=trial.knots)
    model = from_bytes(to_bytes(model))  # as it will be read, weights rounded
    papers = len(first) + len(more) + len(held_out)
    standing = {"taught": examine(model, taught), "apart": examine(trial, held_out)}
    said = {name: one.as_dict() for name, one in standing.items()}
    model = replace(model, card={"papers": papers, "seed": seed, **said})
    return model, {
        "version": model.version,
        "command": f"OMP_NUM_THREADS=1 python -m bench.train_kinds --each {each} --seed {seed}",
        "papers": papers,
        "texts": " and lines of 999 legal texts" if prose else "",
        "temperature": model.temperature,
        "knots": " ".join(f"{a:.3f}→{b:.3f}" for a, b in model.knots),
        **{name: _row(one) for name, one in standing.items()},
    }


def _row(one: Standing) -> str:
    return (
        f"{one.asked} | {one.accuracy:.2%} | {one.loss:.3f} | {one.sure:.1%} | {one.sure_right:.2%}"
    )


if __name__ == "__main__":
    sys.exit(main())

"""Seal 1,000 documents, do 200 random faults: all found, rightly named, no other told?.

python bench/archive_faults.py [--documents 1000] [--faults 200] [--days 25] [--seed 1]

Makes an archive in a temporary folder by the real services (`tests/made_archive.py`), does the
faults past all verbs (`tests/archive_faults.py`), checks once, and compares. Exit 1 where a fault
was missed or misnamed, or a false alarm was given.
"""

import argparse
import os
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Make, harm, check, judge."""
    chosen = _chosen()
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory(prefix="tangthu-faults-") as home:
        os.environ["TANGTHU_HOME"] = home
        from config.start import local_account, start

        options = start()
        return _measure(chosen, Path(home), local_account(options))


def _chosen() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--days", type=int, default=25)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def _measure(chosen: argparse.Namespace, home: Path, account: object) -> int:
    from django.test.utils import override_settings

    from tests.archive_faults import without_constraints
    from tests.made_archive import make_archive
    from workers.house import current

    without_constraints()
    start = time.perf_counter()
    with override_settings(DEBUG=False):
        made = make_archive(
            current(),
            account,  # type: ignore[arg-type]  # the local account
            documents=chosen.documents,
            days=chosen.days,
        )
    print(f"sealed {chosen.documents} documents in {time.perf_counter() - start:.0f} s")
    size = sum(path.stat().st_size for path in (home / "archive").rglob("*") if path.is_file())
    start = time.perf_counter()
    whole = made.verify()
    seconds = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"verify of the whole: {len(whole.problems)} problems, {size / 1e6:.0f} MB in "
        f"{seconds:.1f} s ({size / 1e6 / seconds:.1f} MB/s), at most {memory:.0f} MB of memory"
    )
    return _harm(chosen, home, made) if not whole.problems else 1


def _harm(chosen: argparse.Namespace, home: Path, made: "object") -> int:
    from tests.archive_faults import FEW, KINDS, Harm, judge

    dice = random.Random(chosen.seed)  # noqa: S311  to be repeated, not to be secret
    harm = Harm(made, home / "archive", dice)  # type: ignore[arg-type]  # a MadeArchive
    kinds = list(KINDS) * 2  # each at least twice, the rest by chance
    many = [kind for kind in KINDS if kind not in FEW]
    while len(harm.done) < chosen.faults:
        harm.do(kinds.pop() if kinds else dice.choice(many))
    outcome = judge(harm.done, made.verify())  # type: ignore[attr-defined]  # a MadeArchive
    found = Counter(one.kind for one in outcome.found)
    for kind, count in sorted(Counter(one.kind for one in harm.done).items()):
        print(f"  {kind:40} {found[kind]:3} of {count}")
    for what, some in (("MISSED", outcome.missed), ("MISNAMED", outcome.misnamed)):
        for one in some:
            print(f"{what} {one.kind}: {sorted(one.named)}")
    for named in outcome.false_alarms:
        print(f"FALSE ALARM {named}")
    print(
        f"{len(outcome.found)} of {len(harm.done)} found and rightly named, "
        f"{len(outcome.false_alarms)} false alarms"
    )
    return int(bool(outcome.missed or outcome.misnamed or outcome.false_alarms))


if __name__ == "__main__":
    sys.exit(main())

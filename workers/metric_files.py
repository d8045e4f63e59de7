"""The files in which processes keep their figures: made whole, and gathered when one is no more."""

import contextlib
import fcntl
import os
from collections import defaultdict
from pathlib import Path

from prometheus_client import values
from prometheus_client.mmap_dict import MmapedDict

SIZE = 1 << 20
GATHERED = 0
"""In place of a process's number: no process has it."""


class WholeDict(MmapedDict):
    """A file that the disk holds whole before it is mapped.

    The library maps a hole: where the disk is full, writing into it would kill the process. Raises
    OSError instead.
    """

    def __init__(self, filename: str, read_mode: bool = False) -> None:  # noqa: FBT001, FBT002  theirs
        if not read_mode:
            with Path(filename).open("ab") as file:
                os.posix_fallocate(file.fileno(), 0, SIZE)
        super().__init__(filename, read_mode)  # type: ignore[no-untyped-call]


def prepare(folder: Path) -> None:
    """Make the folder, and let every process keep its figures in files that are there whole."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    values.MmapedDict = WholeDict  # type: ignore[attr-defined]  # the library's seam
    _kept_in[:] = [folder]


_kept_in: list[Path] = []


def kept_in() -> Path | None:
    """Where the figures of this machine's processes lie; None: each has its own alone."""
    return _kept_in[0] if _kept_in and _kept_in[0].exists() else None


def gather_dead(folder: Path) -> None:
    """Add what processes that are no more have counted into one file, and remove theirs.

    Counts so never fall, and files do not heap up. One process at a time; a kill between the two
    steps counts twice what the dead had.
    """
    with (folder / "gather.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        dead: defaultdict[str, list[Path]] = defaultdict(list)
        for path in folder.glob("*.db"):
            kind, _, pid = path.stem.rpartition("_")
            if pid.isdecimal() and int(pid) != GATHERED and not _lives(int(pid)):
                dead[kind].append(path)
        for kind, paths in dead.items():
            _gather(folder / f"{kind}_{GATHERED}.db", paths)


def _gather(target: Path, paths: list[Path]) -> None:
    sums: defaultdict[str, float] = defaultdict(float)
    for path in [target, *paths]:
        if path.exists():
            for key, value, *_ in MmapedDict.read_all_values_from_file(str(path)):  # type: ignore[no-untyped-call]
                sums[key] += value
    draft = target.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    made = WholeDict(str(draft))
    for key, value in sums.items():
        made.write_value(key, value, 0.0)  # type: ignore[no-untyped-call]
    made.close()  # type: ignore[no-untyped-call]
    draft.replace(target)
    for path in paths:
        path.unlink(missing_ok=True)


def _lives(pid: int) -> bool:
    with contextlib.suppress(PermissionError):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
    return True

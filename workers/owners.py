"""Names of processes as owners of runs, by which others of their machine see whether they live."""

import os
import secrets
from pathlib import Path

_PROC = Path("/proc")


def machine() -> str:
    """What tells this machine's processes from others': its name and the space of its numbers."""
    try:
        space = (_PROC / "self" / "ns" / "pid").readlink().name.strip("pid:[]")
    except OSError:
        space = "-"
    return f"{os.uname().nodename[:40]}:{space}"


def owner_name() -> str:
    """A name for this process as an owner of runs: nobody had it before, and others can look
    whether it lives, and whether the worker does that started it.
    """
    pid, above = os.getpid(), os.getppid()
    unique = f"{above}.{_began(above)}.{secrets.token_hex(3)}"
    return f"{machine()}:{pid}:{_began(pid)}:{unique}"


def is_dead(owner: str) -> bool:
    """Whether an owner is a process of this machine that is no more; of others nothing is known."""
    name, _, rest = owner.rpartition(":")[0].rpartition(":")[0].rpartition(":")
    if name != machine() or not rest.isdecimal():
        return False
    return _began(int(rest)) != owner.split(":")[-2]


def died_alone(owner: str) -> bool:
    """Whether an owner is gone while the worker that started it lives on this machine."""
    above, _, rest = owner.rpartition(":")[2].partition(".")
    began = rest.partition(".")[0]
    return is_dead(owner) and above.isdecimal() and bool(began) and _began(int(above)) == began


def _began(pid: int) -> str:
    """When a process began, in ticks since the machine's start; empty where it is no more."""
    try:
        # Its second word is the program's name and may hold anything.
        words = (_PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if words[0] == "Z" else words[19]

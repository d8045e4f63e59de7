#!/usr/bin/python3 -ISB
"""Whether the process of this container does its work: exit 0 or 1, a sentence on stdout.

Small, as it is run all day: no package is loaded. The web page and the workers' own small page are
asked; of beat it is seen that its process is there and no dead one.
"""

import os
import sys
import urllib.request
from pathlib import Path

SECONDS = 8
PATH = "/healthz"
WEB = ("serve", "up")
LONG = (*WEB, "work", "beat")


def main() -> int:
    """Find the product's own process, and ask it where it can be asked."""
    verb = running()
    if verb is None:
        return say("no process of the product", status=1)
    if verb in WEB:
        return ask(os.environ.get("TANGTHU_PORT") or "8470")
    figures = os.environ.get("TANGTHU_METRICS_PORT")
    if verb == "work" and figures:
        return ask(figures)
    return say(verb, status=0)


def running(processes: Path = Path("/proc")) -> str | None:
    """The verb of the process that the container was started for: the first, or its child."""
    for status in sorted(processes.glob("[0-9]*/status")):
        try:
            said = status.read_text()
            words = (status.parent / "cmdline").read_bytes().decode().split("\0")
        except (OSError, UnicodeDecodeError):
            continue
        if "\nPPid:\t1\n" in said or status.parent.name == "1":
            verb = next((word for word in words if word in LONG), None)
            if verb and "tangthu" in " ".join(words) and "\nState:\tZ" not in said:
                return verb
    return None


def ask(port: str) -> int:
    """Ask whether it lives, by loopback."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{PATH}", headers={"Host": host()})
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return say(f"{PATH} {answer.status}", status=0)
    except OSError as error:
        return say(f"{PATH} {error}", status=1)


def host() -> str:
    """A name under which the page answers."""
    first = (os.environ.get("TANGTHU_ALLOWED_HOSTS") or "localhost").split(",")[0].strip()
    return first.lstrip(".*") or "localhost"


def say(what: str, *, status: int) -> int:
    """What `docker inspect` shows."""
    sys.stdout.write(f"{what}\n")
    return status


if __name__ == "__main__":
    sys.exit(main())

"""An hour of a commune's busiest load in ten minutes, and every minute a blow.

    python -m bench.chaos [--minutes 10] [--seed 1] [--broker rabbitmq|redis] [--json FILE]

Starts servers and processes of its own (a broker, PostgreSQL, SeaweedFS, Elasticsearch; the web
server, two workers, beat), feeds the hour's papers through the web page and the command line as
the minutes pass, and strikes by seed: workers killed and stopped, servers killed and started
again. When all has settled it looks whether every page was filed exactly once and nothing was
left over. Prints a table and JSON; exit 1 where anything is not as it should be.

Killed processes do not live long enough to show whether one that reads keeps growing: that is told
by a load without blows, `--calm --pages 250`.
"""

import argparse
import datetime as dt
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from bench.feeding import Clerk, Fed, Script, by_command, draw_papers, note_papers, peak_pages
from bench.town import Hand, Town, town
from bench.watching import Memory

STOP_SECONDS = 20.0
DOWN_SECONDS = (2.0, 8.0)
"""How long what was killed stays away."""
TICK_SECONDS = 0.5
SETTLE_SECONDS = 600.0
SERVER_SECONDS = 90.0
WARM_WORK_SECONDS = 100.0
"""Some forty pages: what a process that reads has worked until its memory is judged."""
FLAT_MB_A_MINUTE = 3.0
FLAT_SHARE = 0.03
"""Growth a minute against the whole, above which memory counts as not flat."""
WORKERS = 2


@dataclass
class Storm:
    """The blows: which, when, and what each did."""

    town: Town
    dice: random.Random
    workers: list[Hand]
    beat: Hand
    told: list[dict[str, Any]] = field(default_factory=list)
    _deck: list[str] = field(default_factory=list)
    _later: list[tuple[float, Callable[[], None]]] = field(default_factory=list)

    def strike(self, second: float) -> None:
        """One blow, of a kind that came least of late."""
        blows = self._blows()
        if not self._deck:
            self._deck = sorted(blows)
            self.dice.shuffle(self._deck)
        name = self._deck.pop()
        self.told.append({"second": round(second), "blow": name, "on": blows[name]()})

    def tick(self) -> None:
        """Bring back what has been away long enough."""
        now = time.monotonic()
        due = [one for one in self._later if one[0] <= now]
        self._later = [one for one in self._later if one[0] > now]
        for _, bring_back in due:
            bring_back()

    def calm(self) -> None:
        """Bring back everything."""
        while self._later:
            self.tick()
            time.sleep(TICK_SECONDS)
        for engine in self.town.engines.values():
            engine.wait()

    def _blows(self) -> dict[str, Callable[[], str]]:
        servers = {
            f"{name} killed": lambda name=name: self._kill_server(name)
            for name in self.town.engines
        }
        return servers | {
            "worker killed": self._kill_worker,
            "worker's child killed": self._kill_child,
            "worker stopped": self._stop_worker,
            "beat killed": self._kill_beat,
        }

    def _after(self, seconds: float, do: Callable[[], None]) -> None:
        self._later.append((time.monotonic() + seconds, do))

    def _kill_server(self, name: str) -> str:
        engine = self.town.engines[name]
        away = self.dice.uniform(*DOWN_SECONDS)
        engine.kill()
        self._after(away, engine.start)
        return f"away {away:.0f} s"

    def _kill_worker(self) -> str:
        hand = self.dice.choice(self.workers)
        hand.signal(signal.SIGKILL)
        return hand.role

    def _kill_child(self) -> str:
        hand = self.dice.choice(self.workers)
        children = [one for one in hand.tree()[1:] if one.is_running()]
        if not children:
            return f"{hand.role} had none"
        child = self.dice.choice(children)
        child.send_signal(signal.SIGKILL)
        return f"{hand.role}: {child.pid}"

    def _stop_worker(self) -> str:
        hand = self.dice.choice(self.workers)
        hand.signal(signal.SIGSTOP)
        self._after(STOP_SECONDS, lambda: hand.signal(signal.SIGCONT))
        return hand.role

    def _kill_beat(self) -> str:
        self.beat.signal(signal.SIGKILL)
        return self.beat.role


def main() -> int:
    """Run once."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--broker", choices=("rabbitmq", "redis"), default="rabbitmq")
    parser.add_argument("--pages", type=int, help="of the whole; default: as the minutes ask")
    parser.add_argument("--calm", action="store_true", help="without blows, to compare")
    parser.add_argument("--keep", action="store_true", help="leave the folder with its logs")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    pages = given.pages or max(8, round(peak_pages() * given.minutes / 10))
    with town(given.broker, keep=given.keep) as there:
        papers = draw_papers(there.folder / "papers", pages, given.seed)
        note_papers(there.folder / "fed.json", papers)
        found = run(there, papers, given)
    text = json.dumps(found, ensure_ascii=False, indent=1)
    if given.json:
        given.json.write_text(text, encoding="utf-8")
    print(text)
    print(told(found))
    return 1 if found["faults"] else 0


def run(there: Town, papers: list[Fed], given: argparse.Namespace) -> dict[str, Any]:
    """The whole hour: feed, strike, settle, look."""
    serve, workers, beat = open_town(there)
    hands = [serve, *workers, beat]
    memory = Memory(
        lambda: [(role_of(hand, one), one) for hand in hands for one in hand.tree()],
        {"worker's child": WARM_WORK_SECONDS},
    )
    memory.start()
    storm = Storm(there, random.Random(given.seed), workers, beat)  # noqa: S311  to be repeated
    seconds = given.minutes * 60
    doors = feeders(there, papers, seconds * 0.9)
    begun = time.monotonic()
    for door in doors:
        door.start()
    minutes = 0
    moment = storm.dice.uniform(10, 50)
    while (second := time.monotonic() - begun) < seconds or any(one.is_alive() for one in doors):
        if second >= minutes * 60 + moment and second < seconds:
            if not given.calm:
                storm.strike(second)
            minutes += 1
            moment = storm.dice.uniform(10, 50)
        storm.tick()
        for hand in hands:
            hand.keep()
        time.sleep(TICK_SECONDS)
    storm.calm()
    settled = settle(there, hands)
    memory.over.set()
    memory.join()
    found = {
        "day": dt.datetime.now(dt.UTC).isoformat(timespec="minutes"),
        "broker": there.broker.name,
        "minutes": given.minutes,
        "seed": given.seed,
        "load_average": round(os.getloadavg()[1], 1),
        "settled_after_seconds": settled,
        "blows": storm.told,
        "starts": {hand.role: hand.starts for hand in hands},
        "told_at_the_doors": {door.door: door.tries for door in doors},
        "not_taken": [name for door in doors for name in door.lost],
        "memory": memory.table(),
        "queued": there.broker.queued(),
    }
    found |= look(there)
    return found | {"faults": faults_of(found)}


def open_town(there: Town) -> tuple[Hand, list[Hand], Hand]:
    """The web server first, which makes the tables; then what works."""
    serve = there.hire("serve", "serve")
    port = int(there.environment["TANGTHU_PORT"])
    deadline = time.monotonic() + SERVER_SECONDS
    while not listens(port):
        if serve.process.poll() is not None or time.monotonic() > deadline:
            log = (there.folder / "ours" / "serve.log").read_text(errors="replace")
            sys.exit(f"the web server does not come up:\n{log[-3000:]}")
        time.sleep(TICK_SECONDS)
    workers = [
        there.hire(f"worker {number}", "work", TANGTHU_WORKERS="1")
        for number in range(1, WORKERS + 1)
    ]
    return serve, workers, there.hire("beat", "beat")


def listens(port: int) -> bool:
    """Whether something listens there on this machine."""
    import socket

    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def role_of(hand: Hand, process: psutil.Process) -> str:
    """A worker's children do the work; what they call comes and goes."""
    if process.pid == hand.process.pid:
        return hand.role.split()[0]
    try:
        name = process.name()
    except psutil.NoSuchProcess:
        name = "gone"
    kind = "child" if name.startswith("python") else name
    return f"{hand.role.split()[0]}'s {kind}"


def feeders(there: Town, papers: list[Fed], seconds: float) -> list[Script]:
    """Every other file through either door, spread over the time."""
    gap = seconds / len(papers)
    moments = [
        (number * gap, there.folder / "papers" / one.name) for number, one in enumerate(papers)
    ]
    return [
        Script("web", Clerk(there).upload, moments[::2]),
        Script("command line", by_command(there), moments[1::2]),
    ]


def settle(there: Town, hands: list[Hand]) -> float | None:
    """Wait until no run is open and no batch under way; None where it never came to that."""
    import psycopg

    begun = time.monotonic()
    calm = 0
    while time.monotonic() - begun < SETTLE_SECONDS:
        for hand in hands:
            hand.keep()
        try:
            with psycopg.connect(there.environment["TANGTHU_DATABASE_URL"]) as db:
                (count,) = db.execute(
                    "select count(*) from archive_stagerun where state in ('ready', 'running')"
                ).fetchone() or (1,)
        except psycopg.Error:
            count = 1
        calm = calm + 1 if count == 0 else 0
        if calm == 10:
            return round(time.monotonic() - begun - 10, 1)
        time.sleep(1)
    return None


def look(there: Town) -> dict[str, Any]:
    """What the archive holds, and whether it proves itself."""
    done = there.run("-m", "bench.town_look", str(there.folder / "fed.json"))
    if done.returncode:
        return {"look": done.stderr[-3000:], "verify": None}
    checked = there.run("-m", "config", "verify", "--all", "--json")
    return {"look": json.loads(done.stdout), "verify": json.loads(checked.stdout or "null")}


def faults_of(found: dict[str, Any]) -> list[str]:
    """Everything that is not as it should be."""
    seen, proof = found["look"], found["verify"]
    if not isinstance(seen, dict) or not proof:
        return ["the archive could not be looked at"]
    faults = [f"{name}: {seen[name]}" for name in MUST_BE_EMPTY if seen[name]]
    faults += [
        f"a dead run without a reason: {one}" for one in seen["dead_runs"] if not one["error_code"]
    ]
    faults += [f"verify: {one}" for one in proof["problems"]]
    faults += [f"not taken: {name}" for name in found["not_taken"]]
    faults += [f"left in the broker: {found['queued']}"] if found["queued"] else []
    faults += [
        f"memory of {row['role']} grows {row['mb_a_minute']} MB a minute"
        for row in found["memory"]
        if row["mb_a_minute"] is not None and grows(row)
    ]
    if found["settled_after_seconds"] is None:
        faults.append("never settled")
    return faults


MUST_BE_EMPTY = (
    "wrong", "strangers", "open_runs", "not_in_index", "only_in_index", "not_found",
    "unnamed_in_work",
)  # fmt: skip


def grows(row: dict[str, Any]) -> bool:
    """Whether a role's memory is not flat."""
    return bool(row["mb_a_minute"] > max(FLAT_MB_A_MINUTE, FLAT_SHARE * row["last_mb"]))


def told(found: dict[str, Any]) -> str:
    """The table that stands in the docs."""
    rows = ["", "| second | blow | on |", "|---|---|---|"]
    rows += [f"| {one['second']} | {one['blow']} | {one['on']} |" for one in found["blows"]]
    rows += ["", "| process | how many | most MB | MB a minute, once warm | over minutes |"]
    rows += ["|---|---|---|---|---|"]
    rows += [
        f"| {row['role']} | {row['processes']} | {row['most_mb']} | {row['mb_a_minute']} |"
        f" {row['over_minutes']} |"
        for row in found["memory"]
    ]
    rows += ["", *(found["faults"] or ["as it should be"])]
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main())

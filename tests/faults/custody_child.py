"""A house of two copies whose keeper is killed again and again: run by test_copies_faults.py.

`custody_child.py SEED KILLS` seals papers, then does each deed of custody in children that die by
SIGKILL at a random durable step, until one lives to its end; prints what is left as JSON.
"""

import datetime as dt
import json
import os
import random
import secrets
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

PAPERS = 6
NODE_KEYS, CLASS_KEYS = "TANGTHU_NODE_KEY_FILE", "TANGTHU_CLASS_KEYS_FILE"


class Death:
    """Counts durable steps, and kills at the one chosen."""

    def __init__(self, at: int) -> None:
        self.left = at

    def before(self, real: Callable[..., Any]) -> Callable[..., Any]:
        """The same step, unless it is the last."""

        def step(*words: Any, **named: Any) -> Any:
            self.left -= 1
            if not self.left:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*words, **named)

        return step

    def arm(self) -> None:
        """Every sync, name, removal, row and question to a server is a step."""
        import urllib3
        from django.db.models import Model, QuerySet

        os.fsync = self.before(os.fsync)
        urllib3.HTTPConnectionPool.urlopen = self.before(  # type: ignore[method-assign]
            urllib3.HTTPConnectionPool.urlopen
        )
        for name in ("replace", "rename", "hardlink_to", "unlink"):
            setattr(Path, name, self.before(getattr(Path, name)))
        Model.save = self.before(Model.save)  # type: ignore[method-assign]
        QuerySet.update = self.before(QuerySet.update)  # type: ignore[method-assign]


def until_done(deed: Callable[[], object], chance: random.Random, kills: int) -> int:
    """Do it in children that die, at most so many times, then in one that may live."""
    from django.db import connections

    died = 0
    while True:
        connections.close_all()
        at = chance.randint(1, 40) if died < kills else 0
        child = os.fork()
        if not child:
            status = 1
            try:
                Death(at).arm()
                deed()
                status = 0
            finally:
                os._exit(status)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if not status:
            return died
        if status != -signal.SIGKILL:
            raise SystemExit(f"the deed failed with {status}")
        died += 1


def deeds(house: Any, account: Any) -> dict[str, Callable[[], object]]:
    """What a keeper does, each from the beginning whenever it is done again."""
    from archive.models import Document
    from archive.services import rotation
    from archive.services.custody import take_up
    from archive.services.levelling import level_keys, remove_leaving
    from archive.services.protection import apply_protection, protect_document
    from archive.services.rolling import check_rows, close_round, open_round, rows_of_round
    from archive.states import Protection
    from archive.vault import NODE
    from workers.custody import room_of

    room = room_of(house)

    def read() -> None:
        take_up(room)
        round_ = open_round()
        tally = check_rows(rows_of_round(room, round_), room)
        level_keys(room)
        assert tally.problems == []
        close_round(round_, tally, actor="test")

    def protect() -> None:
        for document in Document.objects.all():
            protect_document(document, Protection.IDENTITY, account, room)
        apply_protection(room)
        remove_leaving(room, now=dt.datetime.now(dt.UTC))

    def rotate() -> None:
        new_version(room, "identity", account)
        rotation.rewrap_class(room, "identity")
        level_keys(room)
        rotation.retire_keys(room)

    def rotate_node() -> None:
        new_version(room, NODE, account)
        rotation.rekey_work(house.work)
        rotation.retire_node_keys(room, actor="test")

    return {"read": read, "protect": protect, "rotate": rotate, "node": rotate_node}


def new_version(room: Any, name: str, account: Any) -> None:
    """Made by the product, or by the operator in the file that he gives to every node."""
    from archive.services import rotation
    from archive.vault import NODE

    given = os.environ.get(NODE_KEYS if name == NODE else CLASS_KEYS)
    if not given:
        rotation.new_version(room, name, account)
    elif name == NODE or not rotation._older(room, name).exists():
        document = json.loads(Path(given).read_text())
        newest = max(one["version"] for one in document["keys"])
        added = {"version": newest + 1, "secret": secrets.token_hex(32)}
        document["keys"].append(added if name == NODE else added | {"class": name})
        _write_keys(Path(given), document)


def _write_keys(path: Path, document: Any) -> None:
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(document))
    draft.rename(path)


def forget_older_keys(home: Path) -> None:
    """Leave the newest version of each key alone: what lies under another is lost."""
    shutil.rmtree(home / "keys" / "retired", ignore_errors=True)
    for variable in (NODE_KEYS, CLASS_KEYS):
        if os.environ.get(variable):
            path = Path(os.environ[variable])
            document = json.loads(path.read_text())
            newest = {one.get("class"): one for one in document["keys"]}
            _write_keys(path, document | {"keys": list(newest.values())})


def harm(copy: Any, chance: random.Random) -> int:
    """Flip a bit of some blobs of a copy, remove others; a bucket's are locked."""
    done = 0
    if not hasattr(copy, "root"):
        return 0
    for path in sorted(copy.root.glob("blobs/??/*")):
        deed = chance.choice(("rot", "unlink", "leave"))
        done += deed != "leave"
        if deed == "unlink":
            path.unlink()
        elif deed == "rot":
            data = bytearray(path.read_bytes())
            data[chance.randrange(len(data))] ^= 1
            path.chmod(0o644)
            path.write_bytes(data)
    return done


def look(house: Any, contents: list[bytes]) -> dict[str, Any]:
    """What each copy alone gives back, with the keys in use and no others."""
    from archive.models import ArchivedBlob, BlobCopy
    from archive.verify import check_audit
    from config.options import read_options
    from config.strongroom import build_vault, build_work
    from workers.custody import room_of

    home = Path(os.environ["TANGTHU_HOME"])
    forget_older_keys(home)
    vault = build_vault(read_options())
    given: dict[str, list[bool]] = {}
    for copy in room_of(house).copies:
        copy.sweep()
        blobs = list(ArchivedBlob.objects.order_by("size"))
        given[copy.place.partition(":")[0]] = [
            copy.read(blob.pk, cipher=vault.unwrap(copy.get_key(blob.pk))) in contents
            and bytes(blob.wrapped_key) == copy.get_key(blob.pk)
            for blob in blobs
        ]
    house.work.sweep(lambda _: True)
    work = build_work(read_options(), vault).work
    scratch = [*home.rglob(".tmp/*"), *Path(os.environ["TANGTHU_COPY_FOLDER"]).rglob(".tmp/*")]
    return {
        "given": given,
        "under_way": [work.read(name).startswith(b"file ") for name in work.names()],
        "states": sorted(set(BlobCopy.objects.values_list("state", "form"))),
        "audit": [str(problem) for problem in check_audit(house.archive).problems],
        "scratch": [path.name for path in scratch],
    }


def main(seed: int, kills: int) -> None:
    """The whole story."""
    from config.start import local_account, start

    options = start()
    from tests.making import make_sealed
    from workers.custody import room_of
    from workers.house import current

    house, account = current(), local_account(options)
    chance = random.Random(seed)  # noqa: S311  a story that can be told again
    contents = [b"paper %d " % number * 1000 * (number + 1) for number in range(PAPERS)]
    for data in contents:
        make_sealed(account, house, data=data)
    did = deeds(house, account)
    died = {name: until_done(did[name], chance, kills) for name in ("read", "protect", "rotate")}
    harmed = 0
    for copy in room_of(house).copies:
        harmed += harm(copy, chance)
        died[f"mend {copy.place[:4]}"] = until_done(did["read"], chance, kills)
    died["node"] = until_done(did["node"], chance, kills)
    found = look(house, contents)
    sys.stdout.write(json.dumps(found | {"died": died, "harmed": harmed}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))

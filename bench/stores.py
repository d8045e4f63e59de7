"""How fast the stores take and give, and how long the audit trail takes to check.

python bench/stores.py FOLDER        FOLDER: an empty place on the disk to be measured
"""

import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from archive.fixity import Expected, examine
from archive.stores import (
    CopiedArchiveStore,
    DataKey,
    Form,
    LocalArchiveStore,
    LocalWorkStore,
)
from archive.vault import Vault
from proof.chain import GENESIS, check_events, event_hash

LARGE_MB = 200
SMALL_FILES = 200
SMALL_BYTES = 200_000
EVENTS = 100_000


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure_large(work: LocalWorkStore, archive: LocalArchiveStore, key: DataKey) -> None:
    """One file of 200 MB."""
    data = os.urandom(LARGE_MB * 1_000_000)
    name = work.put(data).sha256
    steps: dict[str, Callable[[], object]] = {
        "work put": lambda: work.put(data),
        "work read": lambda: work.read(name),
        "archive put, plain": lambda: archive.put(name, data, retain_until=None),
        "archive put, encrypted": lambda: archive.put(name, data, retain_until=None, cipher=key),
        "archive check, encrypted": lambda: archive.check(name, cipher=key),
    }
    for label, step in steps.items():
        print(f"{label}: {LARGE_MB / seconds(step):.0f} MB/s")


def measure_small(work: LocalWorkStore, archive: LocalArchiveStore) -> None:
    """A batch of pages."""
    pages = [os.urandom(SMALL_BYTES) for _ in range(SMALL_FILES)]
    names = [work.put(page).sha256 for page in pages]
    steps: dict[str, Callable[[], object]] = {
        "work put": lambda: [work.put(page) for page in pages],
        "work read": lambda: [work.read(name) for name in names],
        "archive put": lambda: [
            archive.put(name, page, retain_until=None)
            for name, page in zip(names, pages, strict=True)
        ],
        "archive check": lambda: [archive.check(name) for name in names],
    }
    for label, step in steps.items():
        print(f"{label} of 200 kB: {seconds(step) / SMALL_FILES * 1000:.1f} ms")


def measure_copies(folder: Path, key: DataKey) -> None:
    """Two copies on one disk, and the rolling check of both."""
    first = LocalArchiveStore(folder / "one")
    second = LocalArchiveStore(folder / "two", place="folder:two")
    both = CopiedArchiveStore([first, second])
    pages = [os.urandom(SMALL_BYTES) for _ in range(SMALL_FILES)]
    names = [hashlib.sha256(page).hexdigest() for page in pages]
    spent = seconds(
        lambda: [
            both.put(name, page, retain_until=None, cipher=key)
            for name, page in zip(names, pages, strict=True)
        ]
    )
    print(f"put of 200 kB in two copies: {spent / SMALL_FILES * 1000:.1f} ms")
    large = os.urandom(LARGE_MB * 1_000_000)
    name = hashlib.sha256(large).hexdigest()
    for label, cipher, form in (("plain", None, Form.PLAIN), ("encrypted", key, Form.ENCRYPTED)):
        both.put(name, large, retain_until=None, cipher=cipher)
        expected = Expected(name, form, cipher, "", None)
        spent = seconds(lambda: examine(second, expected))  # noqa: B023  called at once
        print(f"fixity of one large file, {label}: {LARGE_MB / spent:.0f} MB/s")
    small = [Expected(one, Form.ENCRYPTED, key, "", None) for one in names]
    spent = seconds(lambda: [examine(first, one) for one in small])
    print(f"fixity of 200 kB, encrypted: {SMALL_BYTES * SMALL_FILES / 1e6 / spent:.0f} MB/s")


def measure_keys(folder: Path) -> None:
    """What a rotation does for each blob, without its row."""
    vault = Vault(folder / "keys")
    store = LocalArchiveStore(folder / "keyed")
    wrapped = [vault.wrap(vault.new_data_key(), "identity") for _ in range(SMALL_FILES)]
    names = [hashlib.sha256(one).hexdigest() for one in wrapped]
    vault.rotate("identity")
    spent = seconds(
        lambda: [
            store.put_key(name, vault.rewrap(one, "identity"))
            for name, one in zip(names, wrapped, strict=True)
        ]
    )
    print(f"re-wrap of one data key: {spent / SMALL_FILES * 1000:.1f} ms")


def measure_trail() -> None:
    """A trail of 100,000 events on one day."""
    events, previous = [], GENESIS
    for seq in range(1, EVENTS + 1):
        event = {"seq": seq, "day": "2026-11-21", "at": "2026-11-21T00:00:00.000000+00:00"}
        event |= {
            "tag": "document:sealed",
            "actor": "machine",
            "subject": "document:D261121AAAAAAAA",
        }
        event |= {"detail": {"record": GENESIS}, "previous": previous}
        previous = event["hash"] = event_hash(previous, event)
        events.append(event)
    head = {"day": "2026-11-21", "first_seq": 1, "last_seq": EVENTS, "hash": previous}
    print(f"audit check: {EVENTS / seconds(lambda: check_events(events, [head], [])):.0f} events/s")


def main() -> None:
    """Measure on the folder given."""
    folder = Path(tempfile.mkdtemp(dir=sys.argv[1] if len(sys.argv) > 1 else None))
    key = DataKey.make()
    try:
        work, archive = LocalWorkStore(folder / "work", key), LocalArchiveStore(folder)
        measure_large(work, archive, key)
        measure_small(work, archive)
        measure_copies(folder, key)
        measure_keys(folder)
        measure_trail()
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()

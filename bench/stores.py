"""How fast the stores take and give, and how long the audit trail takes to check.

python bench/stores.py FOLDER        FOLDER: an empty place on the disk to be measured
python bench/stores.py FOLDER --s3 ENDPOINT BUCKET ACCESS_KEY SECRET_FILE
                                     the work store alone, as a folder and in a bucket, side by side
"""

import hashlib
import os
import shutil
import statistics
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
    WorkStore,
)
from archive.stores._files import Guard, hash_of
from archive.vault import Vault
from proof.chain import GENESIS, check_events, event_hash

LARGE_MB = 200
SMALL_FILES = 200
SMALL_BYTES = 200_000
PAGES = 40
PAGE_BYTES = (100_000, 500_000, 1_500_000, 3_000_000)
"""From a page's text to its image in colour."""
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


def measure_pages(label: str, store: WorkStore) -> None:
    """Blobs of the sizes that pages have: put, read whole, put as a stage does, in one lock."""
    for size in PAGE_BYTES:
        pages = [os.urandom(size) for _ in range(PAGES)]
        names: list[str] = []
        put = [seconds(lambda: names.append(store.put(page).sha256)) for page in pages]  # noqa: B023  called at once
        read = [seconds(lambda: store.read(name)) for name in names]  # noqa: B023  the same
        asked = [seconds(lambda: store.exists(name)) for name in names]  # noqa: B023  the same
        for name in names:
            store.delete(name)
        told = ", ".join(
            f"{what} {statistics.median(each) * 1000:.1f} ms ({max(each) * 1000:.0f} at most)"
            for what, each in (("put", put), ("read", read), ("exists", asked))
        )
        print(f"{label}, {size // 1000} kB: {told}")


def measure_work(folder: Path, words: list[str]) -> None:
    """The work store's two sides, one after the other."""
    from archive.stores.s3_work import S3WorkStore

    endpoint, bucket, access_key, secret_file = words
    key = DataKey.make()
    measure_pages("folder", LocalWorkStore(folder / "work", key))
    store = S3WorkStore.connect(
        endpoint=endpoint,
        bucket=bucket,
        access_key=access_key,
        secret_key=Path(secret_file).read_text(encoding="utf-8").strip(),
        secure=False,
        key=key,
        scratch=folder / "scratch",
        turnstile=Guard(folder / "lock", parent_mode=0o700),
    )
    store.prepare()
    measure_pages("bucket", store)
    large = folder / "large"
    large.write_bytes(os.urandom(LARGE_MB * 1_000_000))
    with large.open("rb") as file:
        spent = seconds(lambda: store.put(file))
    print(f"bucket, put of {LARGE_MB} MB from a file: {LARGE_MB / spent:.0f} MB/s")
    name = hashlib.sha256(large.read_bytes()).hexdigest()
    with store.open(name) as file:
        spent = seconds(lambda: hash_of(file))
    print(f"bucket, read of {LARGE_MB} MB as a stream: {LARGE_MB / spent:.0f} MB/s")
    store.delete(name)


def main() -> None:
    """Measure on the folder given."""
    folder = Path(tempfile.mkdtemp(dir=sys.argv[1] if len(sys.argv) > 1 else None))
    key = DataKey.make()
    try:
        if "--s3" in sys.argv:
            measure_work(folder, sys.argv[sys.argv.index("--s3") + 1 :])
            return
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

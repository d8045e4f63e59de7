"""Verbs of the house's nodes: which keys all must hold, what all keep a copy of."""

import hashlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from django.db import connection

from archive.errors import NodeKeysDifferError
from archive.models import Account, HouseKey, HouseMark, SharedFile
from archive.permissions import require
from archive.services.audit import record_event
from archive.stores.cipher import KeyShelf, sealed_bytes, unsealed_bytes
from archive.tags import Tag
from archive.vault import NODE
from archive.writing import writing

Held = Mapping[str, Sequence[str]]
"""By the name of a key, the ids of its versions that a node holds, the newest last."""
_HOUSE = "house"
_BUCKET = "work-bucket"
_PREPARED = "prepared"
_LEARNT_LOCK = 0x74_74_5F_6C_65_61_72_6E
"""Of PostgreSQL's advisory locks: `tt_learn` in ASCII."""


def house_name(key: str) -> str:
    """What a key of the vault is called among the house's."""
    return key if key == NODE else f"class:{key}"


def are_keys_known(held: Held) -> bool:
    """Whether the house knows this node's newest keys already. Raises NodeKeysDifferError."""
    known: dict[str, set[str]] = {}
    for name, key_id in HouseKey.objects.values_list("name", "key_id"):
        known.setdefault(name, set()).add(key_id)
    lacking = sorted(name for name, ids in known.items() if ids - set(held.get(name, ())))
    if lacking:
        raise NodeKeysDifferError(detail=", ".join(lacking))
    return all(ids[-1] in known.get(name, ()) for name, ids in held.items())


def admit_keys(held: Held) -> None:
    """Let a node in that holds every key of the house; its newest are the house's then.

    Raises NodeKeysDifferError, nothing written. Of nodes that start together one comes at a time.
    """
    with writing():
        if not are_keys_known(held):
            HouseKey.objects.bulk_create(_rows(held), ignore_conflicts=True)


def adopt_keys(held: Held, account: Account) -> None:
    """Make a node's keys those of the house, whatever they were. Raises NotAllowedError."""
    require(account, "manage_keys")
    with writing():
        HouseKey.objects.all().delete()
        HouseKey.objects.bulk_create(_rows(held))
        ids = {name: found[-1] for name, found in held.items()}
        record_event(Tag.KEYS_ADOPTED, actor=account.username, subject="house", detail=ids)


def _rows(held: Held) -> list[HouseKey]:
    return [HouseKey(name=name, key_id=ids[-1]) for name, ids in held.items()]


def forget_key(name: str, key_id: str) -> bool:
    """No longer ask nodes to hold a version of a key; whether they were asked to."""
    return bool(HouseKey.objects.filter(name=name, key_id=key_id).delete()[0])


def house_id() -> str:
    """What tells this house from every other; made when first asked for."""
    return HouseMark.objects.get_or_create(name=_HOUSE, defaults={"value": secrets.token_hex(16)})[
        0
    ].value


def has_marked_bucket() -> bool:
    """Whether the house has laid its mark into a work bucket."""
    return HouseMark.objects.filter(name=_BUCKET).exists()


def note_marked_bucket() -> None:
    """Remember that it has."""
    HouseMark.objects.get_or_create(name=_BUCKET, defaults={"value": "1"})


def forget_marked_bucket() -> None:
    """Take the next empty work bucket for the house's own: the marked one is gone for good."""
    HouseMark.objects.filter(name=_BUCKET).delete()


def prepared_for() -> str:
    """Which tables were made and filled last, to the end."""
    found = HouseMark.objects.filter(name=_PREPARED).first()
    return found.value if found else ""


def note_prepared(tables: str) -> None:
    """Remember that they are filled."""
    HouseMark.objects.update_or_create(name=_PREPARED, defaults={"value": tables})


def shared_hashes(folder: str) -> dict[str, str]:
    """The files below a shared folder, by their names in it, and the hash of each."""
    prefix = f"{folder}/"
    rows = SharedFile.objects.filter(name__startswith=prefix).values_list("name", "sha256")
    return {name.removeprefix(prefix): sha256 for name, sha256 in rows}


def shared_content(folder: str, name: str, keys: KeyShelf) -> bytes:
    """One file. Raises `key_mismatch`, `blob_damaged`."""
    row = SharedFile.objects.get(name=f"{folder}/{name}")
    return unsealed_bytes(bytes(row.content), keys)


def share_files(folder: str, files: Mapping[str, bytes], keys: KeyShelf) -> None:
    """Lay files below a shared folder, all or none; what is there under a name gives way."""
    with writing():
        for name, content in files.items():
            SharedFile.objects.update_or_create(
                name=f"{folder}/{name}",
                defaults={
                    "sha256": hashlib.sha256(content).hexdigest(),
                    "content": sealed_bytes(content, keys.current),
                },
            )


def rekey_shared(keys: KeyShelf) -> None:
    """Encipher every shared file anew under the newest node key."""
    for row in SharedFile.objects.iterator(chunk_size=10):
        row.content = sealed_bytes(unsealed_bytes(bytes(row.content), keys), keys.current)
        row.save(update_fields=["content"])


@contextmanager
def alone_at_learning() -> Iterator[None]:
    """Keep the other nodes from changing what was learnt; on PostgreSQL, waits."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 0")  # learning may take long
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LEARNT_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LEARNT_LOCK])
            cursor.execute("RESET lock_timeout")

"""Verbs of keys: new versions, data keys wrapped anew, old versions put away."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from archive.keyfiles import KeyVersion, Origin
from archive.models import Account, ArchivedBlob, BlobCopy
from archive.permissions import require
from archive.services.audit import record_event
from archive.services.custody import Strongroom
from archive.services.nodes import forget_key, house_name
from archive.stores import Form, WorkStore
from archive.tags import Tag
from archive.vault import NODE, key_id_of
from archive.writing import writing

STEP = 200
"""Blobs whose keys are wrapped anew between two looks at the list."""


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One version of a key as `tangthu keys list` shows it."""

    version: KeyVersion
    is_current: bool
    used: int
    """Blobs whose data key lies under it, in the records or in any copy."""


def list_keys(room: Strongroom) -> Iterator[KeyRow]:
    """Every version of every key. Raises `key_damaged`, `key_token`."""
    for name in room.vault.names():
        versions = list(room.vault.versions(name, retired=True))
        if versions:
            current = room.vault.current(name).key.key_id
            for version in versions:
                is_current = version.key.key_id == current
                yield KeyRow(version, is_current, _uses(version).count())


def _uses(version: KeyVersion) -> "QuerySet[ArchivedBlob]":
    key_id = version.key.key_id.hex()
    return ArchivedBlob.objects.filter(Q(class_key=key_id) | Q(copies__key_id=key_id)).distinct()


def lost_keys(room: Strongroom) -> list[str]:
    """The ids of class keys that blobs lie under and that are nowhere to be found."""
    known = {
        version.key.key_id.hex()
        for name in room.vault.names()
        for version in room.vault.versions(name, retired=True)
    }
    used = ArchivedBlob.objects.exclude(class_key="").values_list("class_key", flat=True)
    return sorted(set(used.distinct()) - known)


def new_version(room: Strongroom, name: str, account: Account) -> KeyVersion:
    """Make a new version of a key, unless an earlier rotation still has work: then that goes on.

    Raises NotAllowedError; `key_fixed` where the operator keeps the keys.
    """
    require(account, "manage_keys")
    if name != NODE and _older(room, name).exists():
        return room.vault.current(name)
    version = room.vault.rotate(name)
    record_event(
        Tag.KEY_ROTATED,
        actor=account.username,
        subject=f"key:{name}"[:60],
        detail={"version": version.version, "key": version.key.key_id.hex()},
    )
    return version


def _older(room: Strongroom, name: str) -> "QuerySet[ArchivedBlob]":
    """The blobs of a class whose data keys lie under another than its newest key."""
    current = room.vault.current(name).key.key_id.hex()
    ids = [one.key.key_id.hex() for one in room.vault.versions(name, retired=True)]
    return ArchivedBlob.objects.filter(class_key__in=[one for one in ids if one != current])


def rewrap_class(
    room: Strongroom, name: str, *, tick: Callable[[], None] = lambda: None, limit: int = 0
) -> int:
    """Wrap every data key of a class under its newest key; how many. Resumable at any point."""
    done = 0
    while rows := list(_older(room, name).order_by("pk")[: limit or STEP]):
        for blob in rows:
            done += rewrap_blob(blob, room, name)
            tick()
        if limit:
            break
    return done


def rewrap_blob(blob: ArchivedBlob, room: Strongroom, class_name: str) -> bool:
    """Wrap one data key under the newest key of a class; the blob's bytes are not touched.

    Beside the bytes first, the row second: between the two both are good. Where somebody else
    changed the row meanwhile, his word is laid beside the bytes again.
    """
    old = bytes(blob.wrapped_key or b"")
    wrapped = room.vault.rewrap(old, class_name)
    missed = room.archive.put_key(blob.pk, wrapped)
    key_id = key_id_of(wrapped)
    with writing():
        row = ArchivedBlob.objects.select_for_update().get(pk=blob.pk)
        if bytes(row.wrapped_key or b"") != old:
            if row.wrapped_key:
                room.archive.put_key(row.pk, bytes(row.wrapped_key))
            return False
        row.wrapped_key, row.class_key = wrapped, key_id
        row.save(update_fields=["wrapped_key", "class_key"])
        reached = [place for place in room.places if place not in missed]
        copies = BlobCopy.objects.filter(blob=row, form=Form.ENCRYPTED.value, place__in=reached)
        copies.update(key_id=key_id)
    return True


def rekey_work(*stores: WorkStore) -> int:
    """Encrypt anew what lies in `work/` under an older node key: there is nothing to re-wrap."""
    return sum(store.rekey() for store in stores)


def retire_keys(room: Strongroom, *, actor: str = "machine") -> list[KeyVersion]:
    """Put away the versions that nothing lies under any more, in any copy; which they were."""
    gone = []
    for name in room.vault.names():
        for version in list(room.vault.versions(name)):
            if name == NODE or not _is_needless(version):
                continue
            gone += [version] if _retired(room, version, actor) else []
    return gone


def retire_node_keys(room: Strongroom, *, actor: str) -> list[KeyVersion]:
    """Put away all but the newest node key, once `rekey_work` has been through every store."""
    versions = list(room.vault.versions(NODE))[:-1]
    return [version for version in versions if _retired(room, version, actor)]


def _is_needless(version: KeyVersion) -> bool:
    return not _uses(version).exists()


def _retired(room: Strongroom, version: KeyVersion, actor: str) -> bool:
    """Put a version away; one that the operator keeps is no longer asked of the nodes."""
    if version.key.key_id == room.vault.current(version.name).key.key_id:
        return False
    asked = forget_key(house_name(version.name), version.key.key_id.hex())
    if not room.vault.retire(version) and not (version.origin is Origin.GIVEN and asked):
        return False
    record_event(
        Tag.KEY_RETIRED,
        actor=actor,
        subject=f"key:{version.name}"[:60],
        detail={"version": version.version, "key": version.key.key_id.hex()},
    )
    return True


def finish_rotations(room: Strongroom) -> int:
    """Wrap anew what a rotation left behind (it was killed, a worker was late); how many."""
    done = 0
    for name in room.vault.names():
        if name != NODE:
            done += rewrap_class(room, name, limit=STEP)
    retire_keys(room)
    return done


def record_rewrap(name: str, count: int, *, actor: str) -> None:
    """One event for all the data keys of one rotation."""
    record_event(
        Tag.KEY_REWRAPPED, actor=actor, subject=f"key:{name}"[:60], detail={"count": count}
    )

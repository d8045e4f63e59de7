"""Keys in versions: rotated, given, in a token; and what is lost with which."""

import json
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.errors import NotAllowedError
from archive.keyfiles import GivenKeys, Origin
from archive.keytoken import TokenKey
from archive.models import Account, ArchivedBlob, AuditEvent
from archive.sealed import cipher_of
from archive.services import rotation
from archive.services.custody import Strongroom
from archive.services.levelling import level_keys
from archive.services.rotation import (
    finish_rotations,
    list_keys,
    lost_keys,
    new_version,
    rekey_work,
    retire_keys,
    retire_node_keys,
    rewrap_class,
)
from archive.states import Protection
from archive.stores import LocalWorkStore
from archive.stores.errors import (
    KeyDamagedError,
    KeyFixedError,
    KeyMismatchError,
    KeyMissingError,
    KeyTokenError,
    StoreError,
)
from archive.stores.local_archive import HERE
from archive.tags import Tag
from archive.vault import NODE, NodeKeys, Vault, key_id_of
from tests.hsm import PIN, SoftHsm
from tests.unit.archive.custody.conftest import Seal, path_in

SECRET = Protection.IDENTITY
CLASS = SECRET.value


def readable(room: Strongroom) -> list[bytes]:
    """Every blob, through the keys as they are on the disk now."""
    vault = Vault(room.vault._files._folder)
    return [
        room.archive.read(blob.pk, cipher=cipher_of(blob, vault))
        for blob in ArchivedBlob.objects.order_by("size")
    ]


def test_rotation_touches_keys_alone(
    room: Strongroom, seal: Seal, account: Account, one: Path, tmp_path: Path
) -> None:
    """Every data key under the new version, in the records and every copy; no blob is written."""
    blobs = [seal(b"p" * size, SECRET) for size in (1, 2, 3)]
    before = [path_in(one, blob).stat().st_ino for blob in blobs]
    version = new_version(room, CLASS, account)
    assert (version.version, version.origin) == (2, Origin.FOLDER)
    assert retire_keys(room) == []
    assert rewrap_class(room, CLASS) == 3
    assert rewrap_class(room, CLASS) == 0
    (retired,) = retire_keys(room)
    assert retired.version == 1
    assert [path_in(one, blob).stat().st_ino for blob in blobs] == before
    assert {blob.class_key for blob in ArchivedBlob.objects.all()} == {version.key.key_id.hex()}
    for copy in room.copies:
        for blob in ArchivedBlob.objects.all():
            assert copy.get_key(blob.pk) == bytes(blob.wrapped_key or b"")
    shutil.rmtree(tmp_path / "keys" / "retired")
    assert readable(room) == [b"p", b"pp", b"ppp"]
    told = AuditEvent.objects.filter(tag__in=(Tag.KEY_ROTATED, Tag.KEY_RETIRED)).order_by("seq")
    assert [(event.actor, event.subject) for event in told] == [
        ("tai-may", "key:identity"),
        ("machine", "key:identity"),
    ]


def test_rotation_needs_the_right(room: Strongroom, db: None) -> None:
    """And makes no key without it."""
    with pytest.raises(NotAllowedError):
        new_version(room, CLASS, Account.objects.create(username="clerk"))
    assert room.vault.names() == [NODE]


class Killed(Exception):  # noqa: N818  the end of a process
    """What a test throws where a process would die."""


class DyingAt:
    """`key_id_of`, until it is called for the n-th time: the key is laid, its row is not."""

    def __init__(self, calls: int) -> None:
        self.left = calls

    def __call__(self, wrapped: bytes) -> str:
        """Count down."""
        self.left -= 1
        if not self.left:
            raise Killed
        return key_id_of(wrapped)


def test_rotation_that_was_cut_short_goes_on(
    room: Strongroom, seal: Seal, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At any blob, before or after its row: no third version, nothing unreadable meanwhile."""
    for size in (1, 2, 3):
        seal(b"p" * size, SECRET)
    new_version(room, CLASS, account)

    for calls in (1, 2):
        with monkeypatch.context() as patch:
            patch.setattr(rotation, "key_id_of", DyingAt(calls))
            with pytest.raises(Killed):
                rewrap_class(room, CLASS)
        assert readable(room) == [b"p", b"pp", b"ppp"]
        assert retire_keys(room) == []
        assert new_version(room, CLASS, account).version == 2
    assert finish_rotations(room) == 2
    assert [
        (row.version.version, row.used) for row in list_keys(room) if row.version.name == CLASS
    ] == [
        (2, 3),
        (1, 0),
    ]
    assert new_version(room, CLASS, account).version == 3


def test_an_old_key_waits_for_the_copy_that_is_down(
    room: Strongroom, seal: Seal, account: Account, two: Path
) -> None:
    """Its wrapped keys are still the old ones."""
    seal(b"p", SECRET)
    (two / HERE).unlink()
    new_version(room, CLASS, account)
    assert rewrap_class(room, CLASS) == 1
    assert retire_keys(room) == []
    (two / HERE).touch()
    assert level_keys(room) == 1
    assert len(retire_keys(room)) == 1


def test_a_late_worker_is_followed(room: Strongroom, seal: Seal, account: Account) -> None:
    """What another process wrapped under the old key, after it was put away, is wrapped anew."""
    late = Vault(room.vault._files._folder)
    old = late.current(CLASS)
    blob = seal(b"p", SECRET)
    new_version(room, CLASS, account)
    rewrap_class(room, CLASS)
    retire_keys(room)
    key = room.vault.unwrap(bytes(ArchivedBlob.objects.get().wrapped_key or b""))
    late._files.read = lambda *_, **__: old  # type: ignore[method-assign]
    wrapped = late.wrap(key, CLASS)
    ArchivedBlob.objects.update(wrapped_key=wrapped, class_key=old.key.key_id.hex())
    assert readable(room) == [b"p"]
    assert finish_rotations(room) == 1
    assert ArchivedBlob.objects.get(pk=blob.pk).class_key != old.key.key_id.hex()


def test_the_node_key_rotates(room: Strongroom, account: Account, tmp_path: Path) -> None:
    """What is under way is encrypted anew, beside a process that still has the old key."""
    work = LocalWorkStore(tmp_path / "work", NodeKeys(room.vault))
    other = LocalWorkStore(tmp_path / "work", NodeKeys(Vault(tmp_path / "keys")))
    names = [work.put(b"w" * size).sha256 for size in (0, 1, 3_000_000)]
    other.read(names[0])
    new_version(room, NODE, account)
    names.append(other.put(b"new").sha256)
    assert rekey_work(work) == 3
    assert rekey_work(work) == 0
    (retired,) = retire_node_keys(room, actor="tai-may")
    assert retired.version == 1
    shutil.rmtree(tmp_path / "keys" / "retired")
    assert [len(other.read(name)) for name in names] == [0, 1, 3_000_000, 3]


def given(**versions: str) -> GivenKeys:
    """A document of class keys; `v2="aa"` is a secret of that byte."""
    keys = [
        {"class": CLASS, "version": int(name[1:]), "secret": secret * 32}
        for name, secret in versions.items()
    ]
    return GivenKeys(json.dumps({"format": "tangthu-class-keys/1", "keys": keys}))


def test_keys_that_the_operator_keeps(
    room: Strongroom, seal: Seal, account: Account, tmp_path: Path
) -> None:
    """Moved out of the folder by settings and one rotation; never made or put away here."""
    seal(b"p", SECRET)
    vault = Vault(tmp_path / "keys", given=given(v1="aa"))
    theirs = Strongroom(room.archive, vault)
    with pytest.raises(KeyFixedError):
        vault.rotate(CLASS)
    with pytest.raises(KeyMissingError):
        vault.current("judicial")
    assert rewrap_class(theirs, CLASS) == 1
    assert [one.origin for one in retire_keys(theirs)] == [Origin.FOLDER]
    shutil.rmtree(tmp_path / "keys")
    vault = Vault(tmp_path / "keys", given=given(v1="aa", v2="bb"))
    theirs = Strongroom(room.archive, vault)
    assert rewrap_class(theirs, CLASS) == 1
    assert retire_keys(theirs) == []
    alone = Vault(tmp_path / "none", given=given(v2="bb"))
    blob = ArchivedBlob.objects.get()
    assert room.archive.read(blob.pk, cipher=cipher_of(blob, alone)) == b"p"
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        '{"format":"tangthu-class-keys/1"}',
        '{"format":"tangthu-class-keys/1","keys":[{"class":"../x","version":1,"secret":"aa"}]}',
        '{"format":"tangthu-class-keys/1","keys":[{"class":"a","version":"1","secret":"aa"}]}',
        '{"format":"tangthu-class-keys/1","keys":[{"class":"a","version":1,"secret":"zz"}]}',
    ],
)
def test_a_spoilt_document_of_keys(text: str) -> None:
    """Told, never half used."""
    with pytest.raises(KeyDamagedError):
        GivenKeys(text)


class KeyToken:
    """A SoftHSM token of its own with an AES key and an RSA pair."""

    def __init__(self, folder: Path) -> None:
        from archive.signing.token import Token, TokenAddress

        self.hsm = SoftHsm(folder)
        assert self.hsm.module
        # A name of its own: the driver shows what was there when it started.
        name = f"kek-{secrets.token_hex(4)}"
        self.hsm.make_token(name)
        self.pin_file = folder / "pin"
        self.pin_file.write_text(PIN)
        self.pin_file.chmod(0o600)
        address = TokenAddress(self.hsm.module, label=name)
        self.token = Token(address, pin_file=self.pin_file)
        Token(address, pin_file=self.pin_file).use(self._fill, logged_in=False)

    def _fill(self, session: Any) -> None:
        import pkcs11

        session.close()
        with session.token.open(rw=True, user_pin=PIN) as writing:
            writing.generate_key(pkcs11.KeyType.AES, 256, label="aes", store=True)
            writing.generate_keypair(pkcs11.KeyType.RSA, 2048, label="rsa", store=True)

    def pull_out(self) -> None:
        """Take it away, and let the driver see that."""
        from archive.signing.token import _module

        self.hsm.pull_out()
        _module(self.token.address.module).renew()

    def key(self, label: str) -> TokenKey:
        """What wraps."""
        return TokenKey(self.token, label)


@pytest.fixture
def token(tmp_path: Path) -> Iterator[KeyToken]:
    """Closed again, so that the next driver start finds the next token."""
    made = KeyToken(tmp_path / "hsm")
    yield made
    made.token.close()


@pytest.mark.parametrize("label", ["aes", "rsa"])
def test_class_keys_in_a_token(
    room: Strongroom,
    seal: Seal,
    account: Account,
    tmp_path: Path,
    token: KeyToken,
    label: str,
) -> None:
    """The file in `keys/` is nothing without the token; the house moves there by a rotation."""
    seal(b"p", SECRET)
    theirs = Strongroom(room.archive, Vault(tmp_path / "keys", wrapper=token.key(label)))
    version = new_version(theirs, CLASS, account)
    assert version.origin is Origin.TOKEN
    assert rewrap_class(theirs, CLASS) == 1
    retire_keys(theirs)
    file = tmp_path / "keys" / "class-identity.2.key"
    assert version.key.secret.hex() not in file.read_text()
    assert "secret" not in json.loads(file.read_text())
    blob = ArchivedBlob.objects.get()
    again = Vault(tmp_path / "keys", wrapper=token.key(label))
    assert room.archive.read(blob.pk, cipher=cipher_of(blob, again)) == b"p"
    with pytest.raises(KeyMissingError):
        cipher_of(blob, Vault(tmp_path / "keys"))
    assert Vault(tmp_path / "keys").node_key  # the node's key needs no token
    moved = tmp_path / "keys" / "class-judicial.key"
    moved.write_bytes(file.read_bytes())
    with pytest.raises((KeyDamagedError, KeyTokenError)):
        again.current("judicial")


@pytest.mark.parametrize("harm", ["label", "pulled out", "pin"])
def test_a_token_that_does_not_answer(tmp_path: Path, token: KeyToken, harm: str) -> None:
    """A code that says where to look; no key is made in the clear instead."""
    key = token.key("none" if harm == "label" else "aes")
    if harm == "pulled out":
        token.pull_out()
    if harm == "pin":
        token.pin_file.write_text("0000")
    with pytest.raises(KeyTokenError):
        Vault(tmp_path / "keys", wrapper=key).current(CLASS)
    assert list(tmp_path.rglob("class-*")) == []


def test_lost_the_node_key(room: Strongroom, seal: Seal, tmp_path: Path) -> None:
    """Row 1 of the table: what is under way is gone, sealed papers are untouched."""
    seal(b"p")
    seal(b"pp", SECRET)
    work = LocalWorkStore(tmp_path / "work", NodeKeys(room.vault))
    name = work.put(b"under way").sha256
    (tmp_path / "keys" / "node.key").unlink()
    lost = LocalWorkStore(tmp_path / "work", NodeKeys(Vault(tmp_path / "keys")))
    with pytest.raises(KeyMismatchError):
        lost.read(name)
    assert readable(room) == [b"p", b"pp"]


def test_lost_a_class_key(room: Strongroom, seal: Seal, tmp_path: Path) -> None:
    """Row 2: every encrypted paper of that class, in every copy; told, and nothing else."""
    seal(b"p")
    seal(b"pp", SECRET)
    (tmp_path / "keys" / "class-identity.key").unlink()
    fresh = Strongroom(room.archive, Vault(tmp_path / "keys"))
    plain, secret = ArchivedBlob.objects.order_by("size")
    assert room.archive.read(plain.pk) == b"p"
    with pytest.raises(KeyMissingError):
        cipher_of(secret, fresh.vault)
    assert lost_keys(fresh) == [secret.class_key]


def test_lost_a_retired_key(room: Strongroom, seal: Seal, account: Account, tmp_path: Path) -> None:
    """Row 3: nothing, but a backup from before the rotation needs it."""
    seal(b"p", SECRET)
    backup = bytes(ArchivedBlob.objects.get().wrapped_key or b"")
    new_version(room, CLASS, account)
    rewrap_class(room, CLASS)
    retire_keys(room)
    assert Vault(tmp_path / "keys").unwrap(backup)
    shutil.rmtree(tmp_path / "keys" / "retired")
    assert readable(room) == [b"p"]
    with pytest.raises(KeyMismatchError):
        Vault(tmp_path / "keys").unwrap(backup)


def test_lost_a_wrapped_key(room: Strongroom, seal: Seal, one: Path) -> None:
    """Row 4: nothing while the records, or another copy, have it."""
    blob = seal(b"p", SECRET)
    (one / "keyring" / f"{blob.pk}.json").unlink()
    assert readable(room) == [b"p"]
    ArchivedBlob.objects.update(wrapped_key=None)
    wrapped = room.archive.get_key(blob.pk)
    assert wrapped is not None
    assert room.archive.read(blob.pk, cipher=room.vault.unwrap(wrapped)) == b"p"


def test_lost_every_wrapped_key(room: Strongroom, seal: Seal, one: Path, two: Path) -> None:
    """Row 5: that paper, for good: this is what shredding does."""
    blob = seal(b"p", SECRET)
    for folder in (one, two):
        shutil.rmtree(folder / "keyring")
    ArchivedBlob.objects.update(wrapped_key=None)
    assert room.archive.get_key(blob.pk) is None
    with pytest.raises(StoreError):
        room.archive.read(blob.pk)


def test_lost_the_records(room: Strongroom, seal: Seal, tmp_path: Path) -> None:
    """Row 6: no sealed paper: keys and bytes lie together in each copy."""
    blob = seal(b"p", SECRET)
    ArchivedBlob.objects.all()
    vault = Vault(tmp_path / "keys")
    for copy in room.copies:
        assert copy.read(blob.pk, cipher=vault.unwrap(copy.get_key(blob.pk) or b"")) == b"p"


def test_lost_the_token(
    room: Strongroom, seal: Seal, account: Account, tmp_path: Path, token: KeyToken
) -> None:
    """Row 7: as the class keys that it wraps, unless a copy of them was kept in another way."""
    theirs = Strongroom(room.archive, Vault(tmp_path / "keys", wrapper=token.key("aes")))
    seal(b"p", SECRET)
    version = new_version(theirs, CLASS, account)
    rewrap_class(theirs, CLASS)
    retire_keys(theirs)
    blob = ArchivedBlob.objects.get()
    with pytest.raises(KeyMissingError):
        cipher_of(blob, Vault(tmp_path / "keys"))
    kept = GivenKeys(
        json.dumps(
            {
                "format": "tangthu-class-keys/1",
                "keys": [{"class": CLASS, "version": 2, "secret": version.key.secret.hex()}],
            }
        )
    )
    saved = Vault(tmp_path / "elsewhere", given=kept)
    assert room.archive.read(blob.pk, cipher=cipher_of(blob, saved)) == b"p"

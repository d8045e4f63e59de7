"""The archive store on an S3 server with Object Lock, through the `minio` client.

    blobs/ab/<sha256>[.enc]      locked until the retention is over
    anchors/<name>               locked without end
    keyring/<sha256>.json        versioned, not locked: re-wrapping replaces

An overwrite only adds a version and a delete only a marker: we read the oldest locked version that
is sound. Bytes are uploaded, read back and re-hashed, and only then locked, so that a bad upload
can still be taken away.
"""

import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

from minio import Minio  # noqa: TID253  this is the backend that needs it

from archive.stores._files import hash_of
from archive.stores._forms import (
    SUFFIX,
    check_deletable,
    check_name,
    check_size,
    form_of,
    plain_reader,
    write_form,
    write_stored,
)
from archive.stores._s3_bucket import Bucket, LockMode, Version, answers, client_of
from archive.stores.cipher import DataKey, plain_size
from archive.stores.errors import (
    BlobConflictError,
    BlobDamagedError,
    BlobMissingError,
    KeyMismatchError,
    RetentionNotOverError,
    StoreUnavailableError,
    coded,
)
from archive.stores.limits import ANCHOR_BYTES, FOREVER_DAYS, KEY_BYTES
from archive.stores.types import (
    Form,
    Note,
    Source,
    Stored,
    checked_anchor_name,
    checked_sha256,
    is_sha256,
)
from proof.types import Problem, What

__all__ = ["LockMode", "S3ArchiveStore", "client_of"]

_FOREVER = "forever"


class S3ArchiveStore:
    """See `ArchiveStore`. The bucket has Object Lock on; `prepare` makes it where it is missing."""

    def __init__(
        self,
        client: Minio,
        bucket: str,
        *,
        mode: LockMode,
        sse: str = "",
        spool: Path | None = None,
    ) -> None:
        """`spool`: where files pass through; the system's temporary folder if None.

        `sse`: what the server encrypts with beside us: "" nothing, "s3" its own key, "kms:KEY".
        """
        self._bucket = Bucket(client, bucket, mode=mode, sse=sse, spool=spool)
        self._place = f"s3:{client._base_url.host}/{bucket}"  # noqa: SLF001  the client shows it nowhere else

    @classmethod
    def connect(  # noqa: PLR0913  one argument per thing to configure
        cls,
        *,
        endpoint: str,
        bucket: str,
        access_key: str,
        secret_key: str,
        mode: LockMode | str = LockMode.COMPLIANCE,
        secure: bool = True,
        region: str = "us-east-1",
        sse: str = "",
        spool: Path | None = None,
    ) -> "S3ArchiveStore":
        """A store on a server; nothing is asked of the server yet."""
        client = client_of(
            endpoint, access_key=access_key, secret_key=secret_key, secure=secure, region=region
        )
        return cls(client, bucket, mode=LockMode(mode.upper()), sse=sse, spool=spool)

    @property
    def place(self) -> str:
        """Server and bucket."""
        return self._place

    def prepare(self, *, default_days: int = 0) -> None:
        """Make the bucket, or see that the one there locks. Raises `store_unavailable`."""
        self._bucket.prepare(default_days=default_days)

    def faults(self) -> list[str]:
        """A bucket that does not lock, or that is not there."""
        return self._bucket.faults()

    def put(
        self,
        sha256: str,
        source: Source,
        *,
        retain_until: date | None,
        cipher: DataKey | None = None,
    ) -> Stored:
        """Upload, read back, re-hash, and only then lock."""
        form = form_of(cipher)
        with self._bucket.spool() as file:
            with coded():
                stored = write_form(file, source, cipher)
                check_name(sha256, stored)
                file.seek(0)
                container = hash_of(file)
                file.seek(0)
            version, is_new = self._chosen(sha256, form), False
            if version is None:
                version = self._upload(sha256, form, file, container, retain_until)
                stored, is_new = replace(stored, stored_sha256=container.sha256), True
            else:
                self._verify(version, sha256, cipher)
            self._bucket.lock(version, _lock_end(retain_until), is_new=is_new)
        return stored

    def _upload(
        self, sha256: str, form: Form, file: BinaryIO, container: Stored, until: date | None
    ) -> Version:
        meta = {
            "stored-sha256": container.sha256,
            "retain-until": until.isoformat() if until else _FOREVER,
        }
        return self._bucket.upload(_key(sha256, form), file, container, meta)

    def _verify(self, version: Version, sha256: str, cipher: DataKey | None) -> None:
        with plain_reader(self._bucket.download(version), sha256, cipher) as plain:
            hash_of(plain)

    def _chosen(self, sha256: str, form: Form) -> Version | None:
        """The first candidate whose bytes re-hash; the first of all where none does."""
        versions = self._bucket.candidates(_key(sha256, form))
        if len(versions) < 2:
            return versions[0] if versions else None
        sound = (each for each in versions if self._is_sound(each, sha256, form))
        return next(sound, versions[0])

    def _is_sound(self, version: Version, sha256: str, form: Form) -> bool:
        expected = sha256 if form is Form.PLAIN else self._bucket.meta(version).get("stored-sha256")
        with self._bucket.download(version) as file:
            return hash_of(file).sha256 == expected

    def _there(self, sha256: str, form: Form) -> Version:
        version = self._chosen(sha256, form)
        if version is None:
            raise BlobMissingError(detail=sha256)
        return version

    def open(self, sha256: str, *, cipher: DataKey | None = None) -> BinaryIO:
        """The plain bytes, seekable, fetched whole and re-hashed at the end."""
        return plain_reader(self.open_stored(sha256, form=form_of(cipher)), sha256, cipher)

    def open_stored(self, sha256: str, *, form: Form) -> BinaryIO:
        """The bytes as they lie there, fetched whole."""
        return self._bucket.download(self._there(sha256, form))

    def read(self, sha256: str, *, cipher: DataKey | None = None) -> bytes:
        """All plain bytes, checked."""
        with self.open(sha256, cipher=cipher) as file:
            return file.read()

    def forms(self, sha256: str) -> frozenset[Form]:
        """In which forms bytes lie under the name."""
        keys = {version.key for version in self._bucket.versions(_key(sha256, Form.PLAIN))}
        return frozenset(form for form in Form if _key(sha256, form) in keys)

    def exists(self, sha256: str) -> bool:
        """Whether bytes lie under the name in any form."""
        return bool(self.forms(sha256))

    def size(self, sha256: str) -> int:
        """Of the plain bytes."""
        forms = self.forms(sha256)
        if Form.PLAIN in forms or not forms:
            return self._there(sha256, Form.PLAIN).size
        return plain_size(self._there(sha256, Form.ENCRYPTED).size)

    def names(self) -> Iterator[str]:
        """Every blob's name once."""
        names = (_name(version.key) for version in self._bucket.listed("blobs/"))
        yield from (name for name, _ in groupby(names))

    def retain_until(self, sha256: str, *, form: Form = Form.PLAIN) -> date | None:
        """The last day that the store refuses to delete.

        What was lengthened to "without end" after the seal shows the day its lock ends.
        """
        return self._until(self._there(sha256, form))

    def _until(self, version: Version) -> date | None:
        noted = self._bucket.meta(version).get("retain-until", _FOREVER)
        if noted == _FOREVER:
            return None
        locked = self._bucket.locked_until(version)
        first = date.fromisoformat(noted)
        return max(first, (locked - timedelta(days=1)).date()) if locked else first

    def noted(self, sha256: str, *, form: Form) -> Note:
        """What was noted with the object, and its lock and hold as the server has them."""
        version = self._there(sha256, form)
        container = self._bucket.meta(version).get("stored-sha256", "")
        return Note(
            stored_sha256=sha256 if form is Form.PLAIN else container,
            stored_size=version.size,
            retain_until=self._until(version),
            legal_hold=self._bucket.is_held(version),
        )

    def set_hold(self, sha256: str, *, on: bool) -> tuple[str, ...]:
        """On every version of every form: the server refuses from then on."""
        versions = self._all(sha256)
        if not versions:
            raise BlobMissingError(detail=sha256)
        for version in versions:
            self._bucket.hold(version, on=on)
        return ()

    def _all(self, sha256: str) -> list[Version]:
        keys = {_key(sha256, form) for form in Form}
        return [
            each for each in self._bucket.versions(_key(sha256, Form.PLAIN)) if each.key in keys
        ]

    def adopt(self, sha256: str, source: Source, *, form: Form, note: Note) -> None:
        """A new version beside what lies there, which goes if its lock lets it."""
        with self._bucket.spool() as file:
            with coded():
                write_stored(file, source, sha256, form, note)
                file.seek(0)
            there = self._chosen(sha256, form)
            version = there
            if there is None or not self._is_same(there, note):
                container = Stored(note.stored_sha256, note.stored_size)
                version = self._upload(sha256, form, file, container, note.retain_until)
        if version is None:
            raise BlobMissingError(detail=sha256)
        self._bucket.lock(version, _lock_end(note.retain_until))
        if note.legal_hold:
            self._bucket.hold(version, on=True)
        if there is not None and there != version:
            with suppress(RetentionNotOverError, StoreUnavailableError):
                self._bucket.remove(there)

    def _is_same(self, version: Version, note: Note) -> bool:
        with self._bucket.download(version) as file:
            return hash_of(file).sha256 == note.stored_sha256

    def delete(self, sha256: str, today: date, *, form: Form | None = None) -> None:
        """Delete every version after the retention; the server has the last word."""
        forms = self.forms(sha256) & {form or Form.PLAIN, form or Form.ENCRYPTED}
        for each in forms:
            check_deletable(sha256, self.noted(sha256, form=each), today)
        for each in forms:
            self._remove(_key(sha256, each))

    def _remove(self, key: str) -> None:
        for version in self._bucket.versions(key):
            if version.key == key:
                self._bucket.remove(version)

    def check(self, sha256: str, *, cipher: DataKey | None = None) -> Problem | None:
        """Re-hash what lies there."""
        forms = self.forms(sha256) if cipher is None else {Form.ENCRYPTED}
        if not forms:
            return Problem(sha256, What.BLOB_MISSING, BlobMissingError.message)
        try:
            for form in forms:
                self._check_form(self._there(sha256, form), sha256, form, cipher)
        except (BlobDamagedError, BlobMissingError, KeyMismatchError) as error:
            missing = isinstance(error, BlobMissingError)
            what = What.BLOB_MISSING if missing else What.BLOB_DAMAGED
            return Problem(sha256, what, error.message)
        return None

    def _check_form(
        self, version: Version, sha256: str, form: Form, cipher: DataKey | None
    ) -> None:
        if form is Form.PLAIN or cipher is not None:
            self._verify(version, sha256, cipher)
        elif not self._is_sound(version, sha256, form):
            raise BlobDamagedError(detail=f"the container of {sha256} does not re-hash")

    def put_anchor(self, name: str, data: bytes) -> None:
        """Keep an anchor, locked without end."""
        check_size(data, ANCHOR_BYTES)
        key = f"anchors/{checked_anchor_name(name)}"
        version = self._first(key)
        if version is None:
            version = self._bucket.upload(key, io.BytesIO(data), hash_of(data), {})
        elif self._bytes(version) != data:
            raise BlobConflictError(detail=f"anchor {name}")
        self._bucket.lock(version, _lock_end(None))

    def _first(self, key: str) -> Version | None:
        """The oldest locked version, or the oldest where none is locked."""
        versions = self._bucket.candidates(key)
        return versions[0] if versions else None

    def anchors(self, after: str = "") -> Iterator[tuple[str, bytes]]:
        """Every anchor as first written, in the order of names, which come after the given one."""
        listed = self._bucket.listed("anchors/", after=f"anchors/{after}")
        for key in sorted({version.key for version in listed}):
            version = self._first(key)
            if version is not None:
                yield key.removeprefix("anchors/"), self._bytes(version)

    def _bytes(self, version: Version) -> bytes:
        with self._bucket.download(version) as file:
            return file.read()

    def put_key(self, sha256: str, wrapped: bytes) -> tuple[str, ...]:
        """Keep a blob's wrapped key beside it, as a new version."""
        check_size(wrapped, KEY_BYTES)
        key = _key_of_key(sha256)
        self._bucket.check()
        with answers(key):
            self._bucket.client.put_object(
                self._bucket.name, key, io.BytesIO(wrapped), len(wrapped)
            )
        return ()

    def get_key(self, sha256: str) -> bytes | None:
        """The wrapped key last put, a delete marker notwithstanding."""
        versions = self._bucket.versions(_key_of_key(sha256))
        return self._bytes(versions[-1]) if versions else None

    def drop_key(self, sha256: str) -> None:
        """Every version; one under the bucket's default lock raises `retention_not_over`."""
        for version in self._bucket.versions(_key_of_key(sha256)):
            self._bucket.remove(version)

    def sweep(self) -> int:
        """Nothing to clear: spooled files have no name, and the server drops broken uploads."""
        return 0


def _key(sha256: str, form: Form) -> str:
    return f"blobs/{checked_sha256(sha256)[:2]}/{sha256}{SUFFIX[form]}"


def _key_of_key(sha256: str) -> str:
    return f"keyring/{checked_sha256(sha256)}.json"


def _name(key: str) -> str:
    name = key.rpartition("/")[2].removesuffix(SUFFIX[Form.ENCRYPTED])
    in_place = is_sha256(name) and key in {_key(name, form) for form in Form}
    return name if in_place else key.removeprefix("blobs/")


def _lock_end(until: date | None) -> datetime:
    """The moment after the last day of retention; the longest lock that servers take if None."""
    if until is None:
        until = datetime.now(UTC).date() + timedelta(days=FOREVER_DAYS - 1)
    return datetime.combine(until + timedelta(days=1), time(), UTC)

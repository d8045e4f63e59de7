"""The archive store on an S3 server with Object Lock, through the `minio` client.

    blobs/ab/<sha256>[.enc]      locked until the retention is over
    anchors/<name>               locked without end
    keyring/<sha256>.json        versioned, not locked: re-wrapping replaces

An overwrite only adds a version and a delete only a marker: we read the oldest locked version.
Bytes are uploaded, read back and re-hashed, and only then locked, so that a bad upload can still be
taken away.
"""

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO

import urllib3
from minio import Minio  # noqa: TID253  this is the backend that needs it
from minio.error import MinioException, S3Error  # noqa: TID253  the same
from minio.retention import Retention  # noqa: TID253  the same
from urllib3.exceptions import HTTPError

from archive.stores._files import hash_of
from archive.stores._forms import SUFFIX, check_name, check_size, form_of, plain_reader, write_form
from archive.stores.cipher import DataKey, plain_size
from archive.stores.errors import (
    BlobConflictError,
    BlobDamagedError,
    BlobMissingError,
    DiskFullError,
    KeyMismatchError,
    RetentionNotOverError,
    StoreUnavailableError,
    coded,
)
from archive.stores.limits import (
    ANCHOR_BYTES,
    CHUNK_BYTES,
    FOREVER_DAYS,
    KEY_BYTES,
    S3_CONNECT_SECONDS,
    S3_PART_BYTES,
    S3_READ_SECONDS,
)
from archive.stores.types import (
    Form,
    Source,
    Stored,
    checked_anchor_name,
    checked_sha256,
    is_sha256,
)
from proof.types import Problem, What

_Metadata = dict[str, str | list[str] | tuple[str]]
_META = "x-amz-meta-"
_FOREVER = "forever"
_FULL = {
    "XMinioStorageFull",
    "InsufficientStorage",
    "QuotaExceeded",
    "XMinioAdminBucketQuotaExceeded",
}
_NO_LOCK = "ObjectLockConfigurationNotFoundError"
"""SeaweedFS's word for an object without a lock; the client knows MinIO's and Amazon's alone."""
_ABSENT = {"NoSuchKey", "NoSuchVersion", "NoSuchObject"}


class LockMode(StrEnum):
    """Who may shorten a lock."""

    GOVERNANCE = "GOVERNANCE"
    """An administrator of the server with a right of its own."""
    COMPLIANCE = "COMPLIANCE"
    """Nobody."""


@dataclass(frozen=True, slots=True)
class _Version:
    """One version of an object, as the server lists it."""

    key: str
    version_id: str
    modified: datetime
    size: int


def client_of(
    endpoint: str,
    *,
    access_key: str,
    secret_key: str,
    secure: bool = True,
    region: str = "us-east-1",
) -> Minio:
    """A client that gives up soon: without its own pool a refused connection costs 6 seconds."""
    timeout = urllib3.Timeout(connect=S3_CONNECT_SECONDS, read=S3_READ_SECONDS)
    pool = urllib3.PoolManager(retries=urllib3.Retry(total=1), timeout=timeout)
    return Minio(
        endpoint,
        access_key=access_key,
        secret_key=secret_key,
        secure=secure,
        region=region,
        http_client=pool,
    )


@contextmanager
def _answers(key: str = "") -> Iterator[None]:
    """Turn what the server and the line say into coded errors."""
    try:
        yield
    except S3Error as error:
        if error.code in _ABSENT:
            raise BlobMissingError(detail=key) from error
        if error.code in _FULL:
            raise DiskFullError(detail=f"{error.code} {key}") from error
        raise StoreUnavailableError(detail=f"{error.code} {key}") from error
    except (
        MinioException,
        HTTPError,
        OSError,
        ValueError,
    ) as error:  # ValueError: unreadable answer
        raise StoreUnavailableError(detail=f"{type(error).__name__} {key}") from error


class S3ArchiveStore:
    """See `ArchiveStore`. The bucket has Object Lock on; `prepare` makes it where it is missing."""

    def __init__(
        self, client: Minio, bucket: str, *, mode: LockMode, spool: Path | None = None
    ) -> None:
        """`spool`: where files pass through; the system's temporary folder if None."""
        self._client = client
        self._bucket = bucket
        self._mode = mode
        self._spool_folder = spool

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
        spool: Path | None = None,
    ) -> "S3ArchiveStore":
        """A store on a server; nothing is asked of the server yet."""
        client = client_of(
            endpoint, access_key=access_key, secret_key=secret_key, secure=secure, region=region
        )
        return cls(client, bucket, mode=LockMode(mode.upper()), spool=spool)

    def prepare(self) -> None:
        """Make the bucket, or see that the one there locks. Raises `store_unavailable`."""
        with _answers(self._bucket):
            if not self._client.bucket_exists(self._bucket):
                self._client.make_bucket(self._bucket, object_lock=True)
            self._client.get_object_lock_config(self._bucket)

    def put(
        self,
        sha256: str,
        source: Source,
        *,
        retain_until: date | None,
        cipher: DataKey | None = None,
    ) -> Stored:
        """Upload, read back, re-hash, and only then lock."""
        key = _key(sha256, form_of(cipher))
        with self._spool() as file:
            with coded():
                stored = write_form(file, source, cipher)
                check_name(sha256, stored)
                file.seek(0)
                container = hash_of(file)
                file.seek(0)
            version = self._first(key)
            if version is None:
                meta: _Metadata = {
                    "stored-sha256": container.sha256,
                    "retain-until": retain_until.isoformat() if retain_until else _FOREVER,
                }
                version = self._upload(key, file, container, meta)
            else:
                self._verify(version, sha256, cipher)
            self._lengthen(version, retain_until)
        return stored

    def _upload(self, key: str, file: BinaryIO, container: Stored, meta: _Metadata) -> _Version:
        with _answers(key):
            written = self._client.put_object(
                self._bucket, key, file, container.size, metadata=meta, part_size=S3_PART_BYTES
            )
        version = _Version(key, written.version_id or "", datetime.now(UTC), container.size)
        with self._download(version) as back:
            found = hash_of(back)
        if found != container:
            with _answers(key):
                self._client.remove_object(self._bucket, key, version_id=version.version_id)
            raise BlobDamagedError(detail=f"{key} came back as {found.sha256}")
        return version

    def _verify(self, version: _Version, sha256: str, cipher: DataKey | None) -> None:
        with plain_reader(self._download(version), sha256, cipher) as plain:
            hash_of(plain)

    def _lengthen(self, version: _Version, until: date | None) -> None:
        end = _lock_end(until)
        now = self._locked_until(version)
        if end <= datetime.now(UTC) or (now is not None and now >= end):
            return
        with _answers(version.key):
            self._client.set_object_retention(
                self._bucket,
                version.key,
                Retention(str(self._mode), end),
                version_id=version.version_id,
            )

    def _locked_until(self, version: _Version) -> datetime | None:
        with _answers(version.key):
            try:
                retention = self._client.get_object_retention(
                    self._bucket, version.key, version_id=version.version_id
                )
            except S3Error as error:
                if error.code == _NO_LOCK:
                    return None
                raise
        return retention.retain_until_date if retention else None

    def _listed(self, prefix: str) -> Iterator[_Version]:
        """Every version under a prefix as the server lists them, delete markers left out."""
        with _answers(prefix):
            for each in self._client.list_objects(
                self._bucket, prefix=prefix, recursive=True, include_version=True
            ):
                if not each.is_delete_marker:
                    yield _Version(each.object_name, each.version_id, each.last_modified, each.size)

    def _versions(self, prefix: str) -> list[_Version]:
        """The versions under a prefix by key, the oldest first."""
        versions = list(self._listed(prefix))
        # Servers list the newest first; reversing keeps that where two share a time stamp.
        versions.reverse()
        versions.sort(key=lambda each: (each.key, each.modified))
        return versions

    def _first(self, key: str) -> _Version | None:
        """The oldest locked version, or the oldest where none is locked."""
        versions = [each for each in self._versions(key) if each.key == key]
        if len(versions) > 1:
            return next((v for v in versions if self._locked_until(v)), versions[0])
        return versions[0] if versions else None

    def _there(self, sha256: str, form: Form) -> _Version:
        version = self._first(_key(sha256, form))
        if version is None:
            raise BlobMissingError(detail=sha256)
        return version

    def _spool(self) -> Any:
        return tempfile.TemporaryFile(dir=self._spool_folder)

    def _download(self, version: _Version) -> BinaryIO:
        """One version as a seekable file without a name."""
        file: BinaryIO = self._spool()
        response = None
        try:
            with _answers(version.key):
                response = self._client.get_object(
                    self._bucket, version.key, version_id=version.version_id
                )
                for chunk in response.stream(CHUNK_BYTES):
                    with coded():
                        file.write(chunk)
            file.seek(0)
        except BaseException:
            file.close()
            raise
        finally:
            if response is not None:
                response.close()
                response.release_conn()
        return file

    def open(self, sha256: str, *, cipher: DataKey | None = None) -> BinaryIO:
        """The plain bytes, seekable, fetched whole and re-hashed at the end."""
        version = self._there(sha256, form_of(cipher))
        return plain_reader(self._download(version), sha256, cipher)

    def read(self, sha256: str, *, cipher: DataKey | None = None) -> bytes:
        """All plain bytes, checked."""
        with self.open(sha256, cipher=cipher) as file:
            return file.read()

    def forms(self, sha256: str) -> frozenset[Form]:
        """In which forms bytes lie under the name."""
        keys = {version.key for version in self._versions(_key(sha256, Form.PLAIN))}
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
        names = (_name(version.key) for version in self._listed("blobs/"))
        yield from (name for name, _ in groupby(names))

    def _meta(self, version: _Version) -> dict[str, str]:
        with _answers(version.key):
            stat = self._client.stat_object(
                self._bucket, version.key, version_id=version.version_id
            )
        pairs = ((name.lower(), value) for name, value in (stat.metadata or {}).items())
        return {name.removeprefix(_META): value for name, value in pairs if name.startswith(_META)}

    def retain_until(self, sha256: str, *, form: Form = Form.PLAIN) -> date | None:
        """The last day that the store refuses to delete.

        What was lengthened to "without end" after the seal shows the day its lock ends.
        """
        version = self._there(sha256, form)
        noted = self._meta(version).get("retain-until", _FOREVER)
        if noted == _FOREVER:
            return None
        locked = self._locked_until(version)
        first = date.fromisoformat(noted)
        return max(first, (locked - timedelta(days=1)).date()) if locked else first

    def delete(self, sha256: str, today: date, *, form: Form | None = None) -> None:
        """Delete every version after the retention; the server has the last word."""
        forms = self.forms(sha256) & {form or Form.PLAIN, form or Form.ENCRYPTED}
        for each in forms:
            until = self.retain_until(sha256, form=each)
            if until is None or today <= until:
                raise RetentionNotOverError(detail=f"{sha256} until {until or 'no end'}")
        for each in forms:
            self._remove(_key(sha256, each))

    def _remove(self, key: str) -> None:
        for version in self._versions(key):
            if version.key != key:
                continue
            try:
                self._client.remove_object(self._bucket, key, version_id=version.version_id)
            except S3Error as error:
                if error.code == "AccessDenied":
                    raise RetentionNotOverError(detail=key) from error
                raise StoreUnavailableError(detail=f"{error.code} {key}") from error

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
        self, version: _Version, sha256: str, form: Form, cipher: DataKey | None
    ) -> None:
        if form is Form.PLAIN or cipher is not None:
            self._verify(version, sha256, cipher)
            return
        with self._download(version) as file:
            found = hash_of(file)
        if found.sha256 != self._meta(version).get("stored-sha256"):
            raise BlobDamagedError(detail=f"the container of {sha256} does not re-hash")

    def put_anchor(self, name: str, data: bytes) -> None:
        """Keep an anchor, locked without end."""
        check_size(data, ANCHOR_BYTES)
        key = f"anchors/{checked_anchor_name(name)}"
        version = self._first(key)
        if version is None:
            version = self._upload(key, io.BytesIO(data), hash_of(data), {})
        elif self._bytes(version) != data:
            raise BlobConflictError(detail=f"anchor {name}")
        self._lengthen(version, None)

    def anchors(self) -> Iterator[tuple[str, bytes]]:
        """Every anchor as first written, in the order of names."""
        for key, _ in groupby(self._versions("anchors/"), key=lambda version: version.key):
            version = self._first(key)
            if version is not None:
                yield key.removeprefix("anchors/"), self._bytes(version)

    def _bytes(self, version: _Version) -> bytes:
        with self._download(version) as file:
            return file.read()

    def put_key(self, sha256: str, wrapped: bytes) -> None:
        """Keep a blob's wrapped key beside it, as a new version."""
        check_size(wrapped, KEY_BYTES)
        key = f"keyring/{checked_sha256(sha256)}.json"
        with _answers(key):
            self._client.put_object(self._bucket, key, io.BytesIO(wrapped), len(wrapped))

    def get_key(self, sha256: str) -> bytes | None:
        """The wrapped key last put, a delete marker notwithstanding."""
        versions = self._versions(f"keyring/{checked_sha256(sha256)}.json")
        return self._bytes(versions[-1]) if versions else None

    def sweep(self) -> int:
        """Nothing to clear: spooled files have no name, and the server drops broken uploads."""
        return 0


def _key(sha256: str, form: Form) -> str:
    return f"blobs/{checked_sha256(sha256)[:2]}/{sha256}{SUFFIX[form]}"


def _name(key: str) -> str:
    name = key.rpartition("/")[2].removesuffix(SUFFIX[Form.ENCRYPTED])
    in_place = is_sha256(name) and key in {_key(name, form) for form in Form}
    return name if in_place else key.removeprefix("blobs/")


def _lock_end(until: date | None) -> datetime:
    """The moment after the last day of retention; the longest lock that servers take if None."""
    if until is None:
        until = datetime.now(UTC).date() + timedelta(days=FOREVER_DAYS - 1)
    return datetime.combine(until + timedelta(days=1), time(), UTC)

"""One bucket with Object Lock, as the store needs it: versions, bytes, locks, holds."""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO

import urllib3
from minio import Minio  # noqa: TID253  this is the backend that needs it
from minio.commonconfig import ENABLED  # noqa: TID253  the same
from minio.error import MinioException, S3Error  # noqa: TID253  the same
from minio.objectlockconfig import DAYS, ObjectLockConfig  # noqa: TID253  the same
from minio.retention import Retention  # noqa: TID253  the same
from minio.sse import Sse, SseKMS, SseS3  # noqa: TID253  the same
from urllib3.exceptions import HTTPError

from archive.stores._files import hash_of
from archive.stores.errors import (
    BlobDamagedError,
    BlobMissingError,
    BucketUnfitError,
    DiskFullError,
    RetentionNotOverError,
    StoreUnavailableError,
    coded,
)
from archive.stores.limits import (
    S3_BACKOFF_SECONDS,
    S3_BUSY,
    S3_BUSY_RETRIES,
    S3_CONNECT_SECONDS,
    S3_MOST_DEFAULT_DAYS,
    S3_PART_BYTES,
    S3_PATIENCE_SECONDS,
    S3_POOL,
    S3_READ_SECONDS,
    S3_RETRIES,
    S3_SLOWEST_BYTES_PER_SECOND,
    S3_STEP_BYTES,
)
from archive.stores.types import Stored

_META = "x-amz-meta-"
_FULL = {
    "XMinioStorageFull",
    "InsufficientStorage",
    "QuotaExceeded",
    "XMinioAdminBucketQuotaExceeded",
}
NO_LOCK = {"ObjectLockConfigurationNotFoundError", "NoSuchObjectLegalHold"}
"""SeaweedFS's words for an object without a lock; the client knows MinIO's and Amazon's alone."""
_ABSENT = {"NoSuchKey", "NoSuchVersion", "NoSuchObject"}
_DENIED = "AccessDenied"
_KMS = "kms:"


class LockMode(StrEnum):
    """Who may shorten a lock."""

    GOVERNANCE = "GOVERNANCE"
    """An administrator of the server with a right of its own."""
    COMPLIANCE = "COMPLIANCE"
    """Nobody."""


@dataclass(frozen=True, slots=True)
class Version:
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
    """A client that gives up soon: without its own pool a refused connection costs 6 seconds.

    A process that is forked off makes connections of its own.
    """
    timeout = urllib3.Timeout(connect=S3_CONNECT_SECONDS, read=S3_READ_SECONDS)
    retries = urllib3.Retry(
        total=S3_BUSY_RETRIES,
        connect=S3_RETRIES,
        read=S3_RETRIES,
        status_forcelist=S3_BUSY,
        backoff_factor=S3_BACKOFF_SECONDS,
        raise_on_status=False,
    )
    pool = urllib3.PoolManager(retries=retries, timeout=timeout, maxsize=S3_POOL)
    os.register_at_fork(after_in_child=pool.clear)
    return Minio(
        endpoint,
        access_key=access_key,
        secret_key=secret_key,
        secure=secure,
        region=region,
        http_client=pool,
    )


def sse_of(name: str) -> Sse | None:
    """What the server itself is asked to encrypt with: "", "s3" or "kms:KEY"."""
    if name.startswith(_KMS):
        return SseKMS(name.removeprefix(_KMS), {})
    return SseS3() if name else None


@contextmanager
def answers(key: str = "") -> Iterator[None]:
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


class Bucket:
    """Versions are never overwritten here: an overwrite adds one, a deletion only a marker."""

    def __init__(
        self, client: Minio, name: str, *, mode: LockMode, sse: str, spool: Path | None
    ) -> None:
        self.client = client
        self.name = name
        self._mode = mode
        self._sse = sse_of(sse)
        self._spool_folder = spool
        self._is_fit = False

    def prepare(self, *, default_days: int = 0) -> None:
        """Make the bucket with its lock, or see that the one there locks.

        A default lock covers the moment until an object's own is set, but keeps bad uploads and
        wrapped keys, which need none, from going: so it is short, or 0, which is none.
        """
        with answers(self.name):
            if not self.client.bucket_exists(self.name):
                self.client.make_bucket(self.name, object_lock=True)
                if default_days:
                    default = ObjectLockConfig(str(self._mode), default_days, DAYS)
                    self.client.set_object_lock_config(self.name, default)
            self.client.get_object_lock_config(self.name)

    def faults(self) -> list[str]:
        """What is wrong with the bucket."""
        try:
            return self._faults()
        except (StoreUnavailableError, BlobMissingError) as error:
            if _DENIED in (error.detail or ""):
                return [f"Tài khoản S3 chưa được quyền xem cấu hình bucket {self.name}."]
            return [f"{self.name}: {error.message}"]

    def check(self) -> None:
        """See once, before anything is written, that the bucket locks what is put into it.

        Raises `bucket_unfit`, `store_unavailable`.
        """
        if self._is_fit:
            return
        faults = self._faults()
        if faults:
            raise BucketUnfitError(" ".join(faults), detail=self.name)
        self._is_fit = True

    def _faults(self) -> list[str]:
        with answers(self.name):
            if not self.client.bucket_exists(self.name):
                return [f"Chưa có bucket {self.name}. Hãy tạo bucket có Object Lock."]
            return [*self._lock_faults(), *self._versioning_faults()]

    def _lock_faults(self) -> Iterator[str]:
        try:
            config = self.client.get_object_lock_config(self.name)
        except S3Error as error:
            if error.code not in NO_LOCK and "ObjectLock" not in (error.code or ""):
                raise
            yield (
                f"Bucket {self.name} không có Object Lock nên không khóa được tài liệu. "
                "Hãy tạo bucket mới có Object Lock rồi chuyển dữ liệu sang."
            )
            return
        days = _days_of(config)
        if days > S3_MOST_DEFAULT_DAYS:
            yield (
                f"Bucket {self.name} tự khóa mọi tệp {days} ngày nên không hủy được khóa giải mã. "
                f"Hãy đặt thời hạn mặc định của bucket không quá {S3_MOST_DEFAULT_DAYS} ngày."
            )

    def _versioning_faults(self) -> Iterator[str]:
        if self.client.get_bucket_versioning(self.name).status != ENABLED:
            yield f"Bucket {self.name} chưa bật versioning. Hãy bật versioning cho bucket."

    def listed(self, prefix: str, *, after: str | None = None) -> Iterator[Version]:
        """Every version under a prefix as the server lists them, delete markers left out.

        With `after` only those whose keys come after it.
        """
        with answers(prefix):
            for each in self.client.list_objects(
                self.name, prefix=prefix, recursive=True, include_version=True, start_after=after
            ):
                if not each.is_delete_marker:
                    yield Version(each.object_name, each.version_id, each.last_modified, each.size)

    def versions(self, prefix: str) -> list[Version]:
        """The versions under a prefix by key, the oldest first."""
        versions = list(self.listed(prefix))
        # Servers list the newest first; reversing keeps that where two share a time stamp.
        versions.reverse()
        versions.sort(key=lambda each: (each.key, each.modified))
        return versions

    def candidates(self, key: str) -> list[Version]:
        """The versions that may be what was sealed: the locked ones, the oldest first.

        Where none is locked, the oldest. More than one is there only where somebody overwrote, or
        where a damaged one was mended: the reader takes the first that is sound.
        """
        versions = [each for each in self.versions(key) if each.key == key]
        if len(versions) > 1:
            return [each for each in versions if self.locked_until(each)] or versions[:1]
        return versions

    def spool(self) -> Any:
        """A file without a name that bytes pass through."""
        return tempfile.TemporaryFile(dir=self._spool_folder)

    def download(self, version: Version) -> BinaryIO:
        """One version as a seekable file without a name. Raises `store_unavailable`."""
        file: BinaryIO = self.spool()
        response = None
        try:
            with answers(version.key):
                response = self.client.get_object(
                    self.name, version.key, version_id=version.version_id
                )
                for chunk in _brisk(response.stream(S3_STEP_BYTES)):
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

    def upload(self, key: str, file: BinaryIO, stored: Stored, meta: dict[str, str]) -> Version:
        """Large files by parts; read back and re-hashed. Raises `blob_damaged`, `bucket_unfit`."""
        self.check()
        with answers(key):
            written = self.client.put_object(
                self.name,
                key,
                file,
                stored.size,
                metadata={**meta},
                part_size=S3_PART_BYTES,
                sse=self._sse,
            )
        version = Version(key, written.version_id or "", datetime.now(UTC), stored.size)
        with self.download(version) as back:
            found = hash_of(back)
        if found != stored:
            with suppress(StoreUnavailableError, RetentionNotOverError):
                self.remove(version)
            raise BlobDamagedError(detail=f"{key} came back as {found.sha256}")
        return version

    def meta(self, version: Version) -> dict[str, str]:
        """What was noted with the object, by lower-case names."""
        with answers(version.key):
            stat = self.client.stat_object(self.name, version.key, version_id=version.version_id)
        pairs = ((name.lower(), value) for name, value in (stat.metadata or {}).items())
        return {name.removeprefix(_META): value for name, value in pairs if name.startswith(_META)}

    def lock(self, version: Version, end: datetime, *, is_new: bool = False) -> None:
        """Lock until a moment; a lock is only ever lengthened.

        What was uploaded just now is locked by the bucket's default at most: no need to ask.
        """
        now = datetime.now(UTC)
        if end <= now:
            return
        if not is_new or end <= now + timedelta(days=S3_MOST_DEFAULT_DAYS + 1):
            locked = self.locked_until(version)
            if locked is not None and locked >= end:
                return
        with answers(version.key):
            self.client.set_object_retention(
                self.name,
                version.key,
                Retention(str(self._mode), end),
                version_id=version.version_id,
            )

    def locked_until(self, version: Version) -> datetime | None:
        """The moment at which the lock ends, or None."""
        with answers(version.key):
            try:
                retention = self.client.get_object_retention(
                    self.name, version.key, version_id=version.version_id
                )
            except S3Error as error:
                if error.code in NO_LOCK:
                    return None
                raise
        return retention.retain_until_date if retention else None

    def hold(self, version: Version, *, on: bool) -> None:
        """Lay a legal hold on one version, or lift it."""
        change = (
            self.client.enable_object_legal_hold if on else self.client.disable_object_legal_hold
        )
        with answers(version.key):
            change(self.name, version.key, version_id=version.version_id)

    def is_held(self, version: Version) -> bool:
        """Whether a legal hold lies on a version."""
        with answers(version.key):
            try:
                return self.client.is_object_legal_hold_enabled(
                    self.name, version.key, version_id=version.version_id
                )
            except S3Error as error:
                if error.code in NO_LOCK:
                    return False
                raise

    def remove(self, version: Version) -> None:
        """Delete one version for good. Raises `retention_not_over` where the server refuses."""
        try:
            self.client.remove_object(self.name, version.key, version_id=version.version_id)
        except S3Error as error:
            if error.code == _DENIED:
                raise RetentionNotOverError(detail=version.key) from error
            raise StoreUnavailableError(detail=f"{error.code} {version.key}") from error
        except (MinioException, HTTPError, OSError, ValueError) as error:
            raise StoreUnavailableError(detail=f"{type(error).__name__} {version.key}") from error


def _days_of(config: ObjectLockConfig) -> int:
    """The default lock; 0 where there is none."""
    days = config.duration or 0
    return days if config.duration_unit == DAYS else days * 365


def _brisk(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same chunks. Raises TimeoutError where they only trickle: no silence ever shows."""
    started, taken = time.monotonic(), 0
    for chunk in chunks:
        taken += len(chunk)
        spent = time.monotonic() - started
        if spent > S3_PATIENCE_SECONDS and taken < spent * S3_SLOWEST_BYTES_PER_SECOND:
            raise TimeoutError(f"{taken} bytes in {spent:.0f} s")
        yield chunk

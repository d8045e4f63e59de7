"""The work store in a bucket of an S3 server, for several nodes: `work/ab/<sha256>`, encrypted.

What leaves the node is a container under the cluster's key. The bucket has neither Object Lock nor
versions, or nothing could be erased: one that has them is refused at the first touch.

No lock file reaches from node to node. The sweep therefore takes only what is older than a grace
(putting bytes again makes them young), and asks the second time while a lock that all nodes share
keeps the writers out: `Turnstile`, handed in.
"""

import io
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Protocol, TypeVar, cast

from minio import Minio  # noqa: TID253  this is the backend that needs it
from minio.commonconfig import ENABLED  # noqa: TID253  the same
from minio.error import S3Error  # noqa: TID253  the same

from archive.stores._files import Meter, Scratch, chunks_of
from archive.stores._s3_bucket import NO_LOCK, answers, client_of, sse_of
from archive.stores._s3_ranged import RangedReader, ReplacedError
from archive.stores.cipher import (
    DataKey,
    KeyShelf,
    OneKey,
    PlainReader,
    encrypt_chunks,
    hashed,
    key_id_in,
    sealed_bytes,
)
from archive.stores.errors import (
    BlobDamagedError,
    BlobMissingError,
    BucketUnfitError,
    StoreUnavailableError,
    coded,
)
from archive.stores.limits import (
    CHUNK_BYTES,
    S3_PART_BYTES,
    WORK_GRACE_SECONDS,
    WORK_SWEEP_STEP,
    WORK_UPLOAD_SECONDS,
)
from archive.stores.types import Source, Stored, checked_sha256, is_sha256

log = logging.getLogger(__name__)

T = TypeVar("T")
_MARKS = "marks/"
MOST_REPLACED = 5
"""How often a reader begins again where its bytes are being written anew."""


class Turnstile(Protocol):
    """A lock between the processes of all nodes: many writers, or one sweep alone."""

    def shared(self) -> AbstractContextManager[None]:
        """Beside other writers, re-entrant; waits while one is alone."""
        ...

    def alone(self) -> AbstractContextManager[bool]:
        """Alone, or False where writers, this thread's own too, stayed busy for a while."""
        ...


class S3WorkStore:
    """See `WorkStore`. Nothing is asked of the server before the first use."""

    def __init__(  # noqa: PLR0913  one argument per thing to configure
        self,
        client: Minio,
        bucket: str,
        key: DataKey | KeyShelf,
        *,
        scratch: Path,
        turnstile: Turnstile,
        prefix: str = "work/",
        sse: str = "",
        grace_seconds: float = WORK_GRACE_SECONDS,
        admit: Callable[["S3WorkStore"], None] = lambda _: None,
    ) -> None:
        """`scratch`: a private folder of this node, for containers and plain copies under way.

        `admit` is called once, at the first touch, and may raise: whether this node belongs here.
        """
        self._client = client
        self._bucket = bucket
        self._keys: KeyShelf = OneKey(key) if isinstance(key, DataKey) else key
        self._scratch = Scratch(scratch, parent_mode=0o700)
        self._turnstile = turnstile
        self._prefix = prefix
        self._sse = sse_of(sse)
        self._grace = timedelta(seconds=grace_seconds)
        self._admit = admit
        self._admission = threading.RLock()
        self._is_admitted = False

    @classmethod
    def connect(  # noqa: PLR0913  one argument per thing to configure
        cls,
        *,
        endpoint: str,
        bucket: str,
        access_key: str,
        secret_key: str,
        key: DataKey | KeyShelf,
        scratch: Path,
        turnstile: Turnstile,
        secure: bool = True,
        sse: str = "",
        grace_seconds: float = WORK_GRACE_SECONDS,
        admit: Callable[["S3WorkStore"], None] = lambda _: None,
    ) -> "S3WorkStore":
        """A store on a server; nothing is asked of the server yet."""
        client = client_of(endpoint, access_key=access_key, secret_key=secret_key, secure=secure)
        return cls(
            client,
            bucket,
            key,
            scratch=scratch,
            turnstile=turnstile,
            sse=sse,
            grace_seconds=grace_seconds,
            admit=admit,
        )

    def beside(self, prefix: str) -> "S3WorkStore":
        """Another store in the same bucket, by the same connections, under another prefix."""
        other = S3WorkStore(
            self._client,
            self._bucket,
            self._keys,
            scratch=self._scratch.folder,
            turnstile=self._turnstile,
            prefix=prefix,
            grace_seconds=self._grace.total_seconds(),
            admit=lambda _: self.touch(),
        )
        other._sse = self._sse
        return other

    def prepare(self) -> None:
        """Make the bucket where it is missing, without a lock. Raises `bucket_unfit`."""
        with answers(self._bucket):
            if not self._client.bucket_exists(self._bucket):
                self._client.make_bucket(self._bucket)
        self.touch()

    def touch(self) -> None:
        """See once that the bucket is fit. Raises `bucket_unfit`, `store_unavailable`."""
        with self._admission:
            if self._is_admitted:
                return
            faults = list(self._faults())
            if faults:
                raise BucketUnfitError(" ".join(faults), detail=self._bucket)
            self._is_admitted = True
            try:
                self._admit(self)
            except BaseException:
                self._is_admitted = False
                raise

    def faults(self) -> list[str]:
        """What makes the bucket unfit, a Vietnamese sentence each. Never raises."""
        try:
            return list(self._faults())
        except (StoreUnavailableError, BlobMissingError) as error:
            return [f"{self._bucket}: {error.message} ({error.detail})"]

    def _faults(self) -> Iterator[str]:
        with answers(self._bucket):
            if not self._client.bucket_exists(self._bucket):
                yield (
                    f"Chưa có bucket {self._bucket}. "
                    "Hãy tạo bucket không có Object Lock, không bật versioning."
                )
                return
            if self._locks():
                yield (
                    f"Bucket {self._bucket} có Object Lock nên không xóa được tệp đang xử lý. Hãy "
                    "tạo bucket không có Object Lock rồi đặt TANGTHU_WORK_S3_BUCKET theo tên ấy."
                )
            elif self._client.get_bucket_versioning(self._bucket).status == ENABLED:
                yield (
                    f"Bucket {self._bucket} bật versioning nên tệp đã xóa vẫn còn. "
                    "Hãy tạo bucket không bật versioning."
                )

    def _locks(self) -> bool:
        try:
            self._client.get_object_lock_config(self._bucket)
        except S3Error as error:
            if error.code in NO_LOCK or "ObjectLock" in (error.code or ""):
                return False
            raise
        return True

    def _key(self, sha256: str) -> str:
        return f"{self._prefix}{checked_sha256(sha256)[:2]}/{sha256}"

    def put(self, source: Source) -> Stored:
        """Take bytes in. What lies there is written anew: the same bytes, and a damage healed."""
        self.touch()
        meter = Meter()
        container = encrypt_chunks(meter.through(chunks_of(source)), self._keys.current)
        with self._spooled(container, in_memory=isinstance(source, bytes)) as (file, size):
            self._upload(self._key(meter.sha256), file, size)
        return meter.stored()

    @contextmanager
    def _spooled(
        self, container: Iterator[bytes], *, in_memory: bool
    ) -> Iterator[tuple[BinaryIO, int]]:
        """The container whole, before its name is known; on the disk it is enciphered already."""
        if in_memory:
            data = b"".join(container)
            yield io.BytesIO(data), len(data)
            return
        with self._scratch.file() as (_, file):
            with coded():
                file.writelines(container)
                size = file.tell()
                file.seek(0)
            yield file, size

    def _upload(self, key: str, file: BinaryIO, size: int) -> None:
        """The server compares what came with its hash; large ones go by parts, one at a time."""
        with answers(key):
            self._client.put_object(
                self._bucket,
                key,
                file,
                size,
                part_size=S3_PART_BYTES,
                num_parallel_uploads=1,
                sse=self._sse,
            )

    def open(self, sha256: str) -> BinaryIO:
        """The plain bytes, seekable, authenticated chunk by chunk and re-hashed at the end."""
        key = self._key(sha256)
        self.touch()
        plain = _Steady(lambda: self._reader(key))
        return hashed(io.BufferedReader(plain, CHUNK_BYTES), sha256, plain.size)

    def _reader(self, key: str) -> PlainReader:
        ranged = RangedReader(self._client, self._bucket, key)
        try:
            source = cast("BinaryIO", ranged)
            # An object without a sound header is left to the reader, which tells what is wrong.
            data_key = self._keys.find(key_id_in(source)) or self._keys.current
            return PlainReader(source, data_key, ranged.size)
        except BaseException:
            ranged.close()
            raise

    def read(self, sha256: str) -> bytes:
        """All plain bytes, checked."""
        with self.open(sha256) as file:
            return file.read()

    @contextmanager
    def path(self, sha256: str, *, suffix: str = "") -> Iterator[Path]:
        """A private plain copy in this node's scratch."""
        with self._scratch.file(suffix=suffix) as (path, copy):
            with self.open(sha256) as file, coded():
                for chunk in chunks_of(file):
                    copy.write(chunk)
                copy.flush()
            yield path

    def exists(self, sha256: str) -> bool:
        """Whether bytes lie under the name."""
        key = self._key(sha256)
        self.touch()
        try:
            with answers(key):
                self._client.stat_object(self._bucket, key)
        except BlobMissingError:
            return False
        return True

    def delete(self, sha256: str) -> None:
        """Erase now; idempotent."""
        key = self._key(sha256)
        self.touch()
        with answers(key):
            self._client.remove_object(self._bucket, key)

    def names(self) -> Iterator[str]:
        """Every blob's name."""
        return (name for name, _ in self._listed())

    def _listed(self) -> Iterator[tuple[str, datetime]]:
        self.touch()
        with answers(self._prefix):
            for each in self._client.list_objects(
                self._bucket, prefix=self._prefix, recursive=True
            ):
                name = each.object_name.rpartition("/")[2]
                if is_sha256(name) and each.object_name == self._key(name):
                    yield name, each.last_modified

    def rekey(self) -> int:
        """Encrypt anew what lies under an older key; safe beside readers and writers."""
        newest = self._keys.current.key_id
        self._rekey_marks(newest)
        return sum(self._rekeyed(name, newest) for name in list(self.names()))

    def _rekey_marks(self, newest: bytes) -> None:
        with answers(_MARKS):
            found = list(self._client.list_objects(self._bucket, prefix=_MARKS))
        for name in (each.object_name.removeprefix(_MARKS) for each in found):
            if not self._lies_under(f"{_MARKS}{name}", newest):
                self.mark(name, self.marked(name) or b"")

    def _lies_under(self, key: str, key_id: bytes) -> bool:
        with RangedReader(self._client, self._bucket, key) as container:
            return key_id_in(cast("BinaryIO", container)) == key_id

    def _rekeyed(self, sha256: str, newest: bytes) -> bool:
        with self.writing():  # the sweep must not take what is put again
            try:
                if self._lies_under(self._key(sha256), newest):
                    return False
                with self.open(sha256) as plain:
                    self.put(plain)
            except BlobMissingError:
                return False  # erased meanwhile
            except BlobDamagedError:
                log.exception("not encrypted anew", extra={"blob": sha256})
                return False
        return True

    def writing(self) -> AbstractContextManager[None]:
        """A shared lock that the sweeps of all nodes respect."""
        return self._turnstile.shared()

    def sweep(self, named: Callable[[str], bool]) -> int | None:
        """Erase what `named` denies and nobody put within the grace; a few at a time."""
        self._scratch.sweep()
        self._end_uploads()
        before = datetime.now(UTC) - self._grace
        listed = self._listed()
        suspects = [name for name, at in listed if at <= before and not named(name)]
        gone = 0
        for start in range(0, len(suspects), WORK_SWEEP_STEP):
            with self._turnstile.alone() as alone:
                if not alone:
                    return gone or None
                orphans = [n for n in suspects[start : start + WORK_SWEEP_STEP] if not named(n)]
                for name in orphans:
                    self.delete(name)
                gone += len(orphans)
        return gone

    def _end_uploads(self) -> None:
        """Parts that killed processes left are in no listing and would lie there for ever."""
        self.touch()
        before = datetime.now(UTC) - timedelta(seconds=WORK_UPLOAD_SECONDS)
        with answers(self._prefix):
            found = self._client._list_multipart_uploads(  # noqa: SLF001  the client shows it nowhere else
                self._bucket, prefix=self._prefix
            )
            for upload in found.uploads:
                at, number = upload.initiated_time, upload.upload_id
                if number and at and at <= before:
                    self._client._abort_multipart_upload(  # noqa: SLF001  the same
                        self._bucket, upload.object_name, number
                    )

    def mark(self, name: str, content: bytes) -> None:
        """Keep a small thing beside the blobs, enciphered; replaces."""
        self.touch()
        data = sealed_bytes(content, self._keys.current)
        self._upload(f"{_MARKS}{name}", io.BytesIO(data), len(data))

    def marked(self, name: str) -> bytes | None:
        """What was last kept under this name, or None. Raises `key_mismatch`, `blob_damaged`."""
        self.touch()
        try:
            with self._reader(f"{_MARKS}{name}") as plain:
                return plain.readall() or b""
        except BlobMissingError:
            return None


class _Steady(io.RawIOBase):
    """The plain bytes of an object, even where it is written anew meanwhile: they are the same."""

    def __init__(self, begin: Callable[[], PlainReader]) -> None:
        self._begin = begin
        self._plain: PlainReader | None = None
        self.size = self._again(lambda plain: plain.size)

    def _again(self, do: Callable[[PlainReader], T]) -> T:
        place = self._plain.tell() if self._plain else 0
        for _ in range(MOST_REPLACED):
            try:
                if self._plain is None:
                    self._plain = self._begin()
                    self._plain.seek(place)
                return do(self._plain)
            except ReplacedError:
                self._forget()
        raise StoreUnavailableError(detail="written anew again and again")

    def _forget(self) -> None:
        if self._plain is not None:
            self._plain.close()
            self._plain = None

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """The place."""
        return self._again(lambda plain: plain.tell())

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a place."""
        return self._again(lambda plain: plain.seek(offset, whence))

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]  # io's own stub says WriteableBuffer
        """Read on."""
        return self._again(lambda plain: plain.readinto(buffer))

    def close(self) -> None:
        """Close the object too."""
        self._forget()
        super().close()

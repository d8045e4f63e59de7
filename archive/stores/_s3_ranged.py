"""One object of an S3 server as a seekable file in constant memory: what is read is fetched."""

import io
import time
from contextlib import suppress
from typing import Any

from minio import Minio  # noqa: TID253  this is the backend that needs it
from minio.error import S3Error  # noqa: TID253  the same
from urllib3.exceptions import HTTPError

from archive.stores._s3_bucket import answers
from archive.stores.limits import (
    S3_HEAD_BYTES,
    S3_PATIENCE_SECONDS,
    S3_RETRIES,
    S3_SLOWEST_BYTES_PER_SECOND,
    S3_STEP_BYTES,
    S3_WINDOW_BYTES,
)


class ReplacedError(Exception):
    """The object was written anew while it was read: whoever reads begins again."""


class RangedReader(io.RawIOBase):
    """The bytes of one object as it was at the first request.

    That one brings the head, which is kept: small objects cost one request. Behind it a read at
    another place asks for just that; one that goes on where the last ended asks for a window. A
    line that breaks is taken up again once. Reading raises ReplacedError, `store_unavailable`.
    """

    def __init__(self, client: Minio, bucket: str, key: str) -> None:
        """Raises `blob_missing`, `store_unavailable`."""
        self._client, self._bucket, self._key = client, bucket, key
        self._etag = ""
        self._place = 0
        self._line: _Line | None = None
        with answers(key):
            line = self._asked(0, S3_HEAD_BYTES)
            try:
                self.size = line.whole
                self._etag = line.etag
                self._head = line.read(S3_HEAD_BYTES)
            finally:
                line.close()
        self._end = len(self._head)

    def _asked(self, place: int, length: int) -> "_Line":
        headers: dict[str, str | list[str] | tuple[str]] = {}
        if self._etag:
            headers["If-Match"] = f'"{self._etag}"'
        try:
            response = self._client.get_object(
                self._bucket, self._key, place, length, request_headers=headers
            )
        except S3Error as error:
            if error.code == "PreconditionFailed":
                raise ReplacedError from error
            raise
        line = _Line(response, place)
        if self._etag and line.etag != self._etag:
            line.close()
            raise ReplacedError
        return line

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """The place."""
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a place; nothing is fetched."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self.size}[whence]
        self._place = max(start + offset, 0)
        return self._place

    def read(self, size: int | None = -1, /) -> bytes:
        """As many bytes as asked for, fewer at the end alone."""
        left = self.size - self._place
        wanted = left if size is None or size < 0 else min(size, left)
        if wanted <= 0:
            return b""
        found = bytearray(self._head[self._place : self._place + wanted])
        self._place += len(found)
        if len(found) < wanted:
            found += self._fetched(wanted - len(found))
        return bytes(found)

    def _fetched(self, wanted: int) -> bytes:
        data = bytearray()
        breaks = 0
        with answers(self._key):
            while len(data) < wanted:
                part, error = self._line_at(wanted - len(data)).some(wanted - len(data))
                data += part
                self._place += len(part)
                self._end = self._place
                if error is None and part:
                    continue
                self._drop()
                breaks += error is not None
                if breaks > S3_RETRIES:
                    raise error or EOFError
        return bytes(data)

    def _line_at(self, wanted: int) -> "_Line":
        if self._line is None or self._line.place != self._place:
            self._drop()
            goes_on = self._place == self._end
            length = max(wanted, S3_WINDOW_BYTES) if goes_on else wanted
            self._line = self._asked(self._place, min(length, self.size - self._place))
        return self._line

    def _drop(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def close(self) -> None:
        """Let the connection go."""
        self._drop()
        super().close()


class _Line:
    """One answer under way. One that only trickles counts as dead: no silence ever shows."""

    def __init__(self, response: Any, place: int) -> None:
        self._response = response
        self.place = place
        self._taken, self._spent = 0, 0.0
        length = int(response.headers.get("Content-Length") or 0)
        self._left = length
        stated = (response.headers.get("Content-Range") or "").rpartition("/")[2]
        self.whole = int(stated) if stated.isdigit() else length
        self.etag = (response.headers.get("ETag") or "").strip('"')

    def some(self, wanted: int) -> tuple[bytes, HTTPError | OSError | None]:
        """What came, and what ended it before its time; nothing at all at its end."""
        data = bytearray()
        try:
            while len(data) < wanted and self._left:
                data += self._step(wanted - len(data))
        except (HTTPError, OSError) as error:
            return bytes(data), error
        return bytes(data), None

    def read(self, wanted: int) -> bytes:
        """What came. Raises what ended it."""
        data, error = self.some(wanted)
        if error is not None:
            raise error
        return data

    def _step(self, wanted: int) -> bytes:
        started = time.monotonic()
        part: bytes = self._response.read(min(wanted, S3_STEP_BYTES))
        if not part:
            raise OSError("cut off")
        self._spent += time.monotonic() - started
        self._taken += len(part)
        self._left -= len(part)
        self.place += len(part)
        if (
            self._spent > S3_PATIENCE_SECONDS
            and self._taken < self._spent * S3_SLOWEST_BYTES_PER_SECOND
        ):
            raise TimeoutError(f"{self._taken} bytes in {self._spent:.0f} s")
        return part

    def close(self) -> None:
        """Give the connection back where it was read to its end, else close it."""
        with suppress(HTTPError, OSError):
            if self._left:
                self._response.close()
            self._response.release_conn()

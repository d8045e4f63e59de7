"""The layout of an exported archive folder: names, shapes, and the words a reader finds in it.

README.txt                      what is what, and how to check it without this software
manifest.json                   every other file with its SHA-256 and size
SHA256SUMS                      the same for `sha256sum -c`, the manifest included
documents/<ID>/metadata.json    the sealed record (`proof.record`)
documents/<ID>/document.pdf     the signed PDF/A
documents/<ID>/scan.*           its own pages as scanned; text.json, evidence.json, received.*
documents/<ID>/proof.json       timestamps over a document that came signed (`proof.kept`)
audit/events.jsonl              the audit trail, one event a line
audit/heads.json                how far it came on each day
anchors/*.json, *.tsr           the anchors from the archive store, and their timestamps
trust/*.pem                     the roots that the signatures were checked against
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from proof.types import Event

FORMAT = "tangthu-folder/1"
MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
README = "README.txt"
RECORD = "metadata.json"
EVENTS = "audit/events.jsonl"
HEADS = "audit/heads.json"
DOCUMENTS = "documents"
ANCHORS = "anchors"
TRUST = "trust"

_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,63}\Z")
_PART = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,159}\Z")
_ROLE = re.compile(r"[a-z][a-z_]{0,39}\Z")


@dataclass(frozen=True, slots=True)
class FolderFile:
    """One file of a document."""

    role: str
    """See `proof.record.Role`."""
    sha256: str
    size: int
    media_type: str
    open: Callable[[], BinaryIO]
    """Opens the plain bytes; called once, while the folder is written."""


@dataclass(frozen=True, slots=True)
class FolderDocument:
    """One document: its sealed record, byte for byte, and the files that it names."""

    id: str
    record: bytes
    files: Sequence[FolderFile]


@dataclass(frozen=True, slots=True)
class FolderContent:
    """What an export holds.

    Iterables are read once: the documents, then the heads, the events, the anchors. The trail may
    grow meanwhile: it is written as far as the heads said.
    """

    documents: Iterable[FolderDocument]
    events: Iterable[Event]
    heads: Iterable[Mapping[str, Any]]
    anchors: Iterable[tuple[str, bytes]]
    trust_roots: Iterable[bytes]
    """Certificates, PEM or DER."""
    made_at: str
    """ISO 8601, UTC."""
    made_by: str
    """The agency, or the account that exports."""


@dataclass(frozen=True, slots=True)
class WrittenFolder:
    """A finished export."""

    path: Path
    sha256: str
    """Of manifest.json: note it outside the folder; it stands for every byte inside."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the folder as the manifest lists it."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What manifest.json says."""

    entries: Mapping[str, Entry]
    documents: tuple[str, ...]
    made_at: str = ""
    made_by: str = ""
    omitted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Document id to the roles that its record names but this export leaves out."""


def is_id(untrusted_id: object) -> bool:
    """Whether a text may be a document's id and so the name of a folder."""
    return isinstance(untrusted_id, str) and bool(_ID.match(untrusted_id))


def is_role(untrusted_role: object) -> bool:
    """Whether a text may be a role and so the name of a file."""
    return isinstance(untrusted_role, str) and bool(_ROLE.match(untrusted_role))


def is_path(untrusted_path: object) -> bool:
    """Whether a text is a plain path below the folder."""
    if not isinstance(untrusted_path, str):
        return False
    parts = PurePosixPath(untrusted_path).parts
    return (
        "/".join(parts) == untrusted_path
        and 0 < len(parts) <= 3
        and all(_PART.match(part) for part in parts)
    )


def sums_of(entries: Iterable[Entry]) -> bytes:
    """What SHA256SUMS holds: lines as `sha256sum` writes them."""
    lines = sorted((entry.path, entry.sha256) for entry in entries)
    return "".join(f"{sha256}  {path}\n" for path, sha256 in lines).encode()


README_TEXT = """\
KHO HỒ SƠ ĐIỆN TỬ ĐÃ XUẤT
=========================
Nơi xuất: {made_by}
Lúc xuất: {made_at} (giờ quốc tế UTC)
Số văn bản: {count}

Thư mục này tự nó đọc được: không cần phần mềm đã tạo ra nó, không cần mật khẩu.

CÓ GÌ TRONG NÀY
  documents/<MÃ>/document.pdf   văn bản đã ký số (PDF/A, mở bằng mọi trình xem PDF)
  documents/<MÃ>/scan.*         các trang của văn bản đúng như lúc quét (nếu có)
  documents/<MÃ>/metadata.json  loại, số, ngày, cơ quan, hồ sơ... và mã băm của các tệp trên
  documents/<MÃ>/text.json      chữ trên từng trang, kèm vị trí
  documents/<MÃ>/evidence.json  kết quả kiểm tra chữ ký lúc niêm phong
  documents/<MÃ>/proof.json     dấu thời gian cho tệp giữ nguyên từng byte (nếu có)
  audit/events.jsonl            nhật ký: mỗi dòng một việc, dòng sau mang mã băm của dòng trước
  audit/heads.json              mỗi ngày nhật ký đã đi đến dòng nào
  anchors/                      các mốc của nhật ký, đã cất riêng trong kho lưu trữ;
                                tệp .tsr là dấu thời gian RFC 3161 của mốc cùng tên
  trust/                        chứng thư gốc đã dùng để kiểm chữ ký
  manifest.json                 tên, cỡ, mã băm SHA-256 của mọi tệp; SHA256SUMS ghi lại y như vậy

CÁCH KIỂM TRA
1. Có phần mềm:  tangthu-verify THƯ_MỤC_NÀY
2. Không có phần mềm, trên máy Linux hay macOS, đứng trong thư mục này:
       sha256sum -c SHA256SUMS        (macOS: shasum -a 256 -c SHA256SUMS)
   Mọi dòng phải là OK. Rồi so mã băm của manifest.json
       sha256sum manifest.json
   với mã băm ghi trong biên bản giao nhận: khớp thì không tệp nào đã bị đổi.
3. Văn bản nào của ai: trong metadata.json, mục "files" ghi mã băm SHA-256 của từng tệp cạnh nó.
   Mã băm của chính metadata.json nằm trong nhật ký, ở dòng có
       "tag":"document:sealed", "subject":"document:<MÃ>", mục "record".
4. Nhật ký: mã băm của một dòng là SHA-256 của ba đoạn nối nhau, mỗi đoạn cách nhau một dấu xuống
   dòng: chữ "tangthu audit event 1", mã băm của dòng trước (dòng đầu: 64 số 0), và JSON của bảy mục
   actor, at, day, detail, seq, subject, tag (xếp theo a-b-c, không khoảng trắng, UTF-8, chuẩn NFC).
   Mỗi tệp .json trong anchors/ ghi "seq" và "hash" phải trùng với dòng có số ấy. Dấu thời gian:
       openssl ts -verify -data MỐC.json -in MỐC.tsr -token_in -CAfile CHỨNG_THƯ_GỐC.pem
5. Chữ ký số trong document.pdf: mở bằng trình xem PDF có kiểm chữ ký, hoặc lệnh pdfsig,
   và tin chứng thư gốc mà chính cơ quan của bạn công bố, đừng chỉ tin tệp trong trust/.

Nhật ký ghi mã số, không ghi nội dung giấy tờ; vẫn nên giữ kín như hồ sơ.
"""

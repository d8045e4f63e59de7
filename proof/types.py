"""The values of the proof library: what was found wrong, and how much was looked at."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

Event = Mapping[str, Any]
"""One row of the audit trail: seq, day, at, tag, actor, subject, detail, previous, hash."""


class What(StrEnum):
    """What a check found; the words of `tangthu verify`."""

    BLOB_DAMAGED = "blob_damaged"
    """The bytes under a name are not the bytes that the name promises."""
    BLOB_MISSING = "blob_missing"
    """A row or record names bytes that are not there."""
    BLOB_EXTRA = "blob_extra"
    """Bytes that nothing names."""
    BLOB_SWAPPED = "blob_swapped"
    """The bytes are sound but belong to another document."""
    BLOB_ROLLED_BACK = "blob_rolled_back"
    """Sound bytes, an older wrapped key or an older note: not the ones written last."""
    SIGNATURE_INVALID = "signature_invalid"
    """A signature does not hold, or one that the record names is gone."""
    RECORD_ALTERED = "record_altered"
    """A document's metadata is not what was sealed."""
    AUDIT_BROKEN = "audit_broken"
    """The audit trail was altered, cut, extended or reordered."""
    ANCHOR_MISSING = "anchor_missing"
    """A day of the audit trail has no anchor in the archive store."""
    PACKAGE_INVALID = "package_invalid"
    """The package or exported folder itself is not well formed."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong."""

    id: str
    """A document's id, a blob's SHA-256, `audit:SEQ`, or a path in the folder."""
    what: What
    detail: str
    """One Vietnamese sentence: what is wrong and what to do."""

    def as_json(self) -> dict[str, str]:
        """The shape that `tangthu verify --json` prints."""
        return {"id": self.id, "what": str(self.what), "detail": self.detail}


@dataclass(frozen=True, slots=True)
class Promise:
    """How far the audit trail is held, and from where on nothing can be promised."""

    seq: int
    """The last event under an anchor that holds; 0: none."""
    at: str | None
    """When, by this house's clock (ISO 8601)."""
    after: int
    """Events after it: they may be cut off or written anew without a trace."""
    proven_seq: int = 0
    """The last event under an anchor whose time an authority proves; 0: none."""
    proven_at: str | None = None
    """That time (ISO 8601)."""
    proven_by: str = ""
    """The authority."""

    def as_json(self) -> dict[str, Any]:
        """Plain values, and the sentences."""
        return asdict(self) | {"said": list(self.sentences())}

    def sentences(self) -> tuple[str, ...]:
        """What a reader must know, in Vietnamese."""
        if not self.seq:
            return ("Nhật ký chưa có mốc nào giữ được: chưa hứa được dòng nào còn nguyên.",)
        held = f"Nhật ký được giữ đến dòng số {self.seq} (lúc {self.at})."
        after = (
            f"Từ dòng số {self.seq + 1} trở đi ({self.after} dòng) không hứa được gì: dòng có thể "
            "bị cắt hoặc viết lại mà không để lại dấu vết, cho đến mốc sau."
            if self.after
            else "Việc xảy ra sau đó không có trong nhật ký này."
        )
        return held, after, self._time()

    def _time(self) -> str:
        if not self.proven_seq:
            return "Giờ của các mốc chỉ là giờ máy của nơi lưu; không ai khác chứng minh."
        return (
            f"{self.proven_by} chứng minh: đến {self.proven_at} đã có các dòng từ đầu đến số "
            f"{self.proven_seq}."
        )


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a check."""

    checked: int
    """How many units were looked at: each document, the audit trail, the folder itself."""
    ok: int
    """How many of them showed no problem."""
    problems: tuple[Problem, ...]
    unchecked: tuple[str, ...] = ()
    """Vietnamese sentences: what could not be decided here (a signer's root is not trusted ...)."""
    promise: Promise | None = None
    """How far the trail is held; None where it was not looked at."""

    def as_json(self) -> dict[str, Any]:
        """The shape that `tangthu verify --json` prints."""
        told: dict[str, Any] = {
            "checked": self.checked,
            "ok": self.ok,
            "problems": [problem.as_json() for problem in self.problems],
            "unchecked": list(self.unchecked),
        }
        return told if self.promise is None else told | {"promise": self.promise.as_json()}

"""The timestamp tokens beside the anchors: whose word there is for their times."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from proof.anchors import FOLDER, Kept, anchor_name, token_name
from proof.types import Problem, What

LATE = timedelta(days=3)
"""A token that came so long after its anchor says little of the time between."""

WHY = {
    "sound": "tốt",
    "timestamp_other_bytes": "dấu của nội dung khác",
    "timestamp_broken": "chữ ký của nơi cấp dấu không khớp, hoặc dấu đã bị sửa",
    "timestamp_unreadable": "không đọc được dấu",
    "timestamp_revoked": "chứng thư của nơi cấp dấu đã bị thu hồi",
    "timestamp_in_future": "dấu ghi một giờ chưa tới",
    "timestamp_unknown_issuer": "chưa có chứng thư gốc tin cậy của nơi cấp dấu",
    "timestamp_unfit": "chứng thư không dành riêng cho việc cấp dấu thời gian",
    "timestamp_certificate_not_valid_then": "lúc cấp dấu chứng thư chưa có hoặc hết hiệu lực",
    "timestamp_too_old": "chứng thư của nơi cấp dấu đã hết hạn mà chưa có dấu sau che chở",
    "timestamp_weak_algorithm": "thuật toán của dấu không còn an toàn",
}
"""A token's reason as the end of a sentence; keys are `proof.timestamps.TimestampReason`."""


@dataclass(frozen=True, slots=True)
class Proven:
    """An anchor whose time somebody else vouches for."""

    seq: int
    at: str
    authority: str


@dataclass(slots=True)
class Stamped:
    """What the tokens showed."""

    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    proven: list[Proven] = field(default_factory=list)
    """In the order of the trail."""


def check_tokens(
    kept: Kept, heads: Sequence[Mapping[str, Any]], trust_roots: Sequence[bytes]
) -> Stamped:
    """Judge every token, the newest first: one that stands vouches for the age of those before it.

    A token that a head or a later anchor names must be there, and be those very bytes.
    """
    found = Stamped()
    named = _named(kept, heads)
    for name in sorted(set(named) - set(kept.tokens)):
        found.problems.append(_missing(name))
    anchors = {token_name(name): name for name in (*kept.raw, *kept.spoilt)}
    stands_at = datetime.now(UTC)
    for name in sorted(kept.tokens, reverse=True):
        token, anchor = kept.tokens[name], anchors.get(name)
        sha256 = hashlib.sha256(token).hexdigest()
        if anchor is None:
            found.problems.append(_broken(name, "không có mốc nào mang dấu này"))
        elif named.get(name, sha256) not in ("", sha256):
            found.problems.append(_broken(name, "không phải dấu đã nhận lúc đầu"))
        elif anchor not in kept.spoilt:
            stands_at = _judge(found, kept, name, trust_roots, stands_at)
    found.proven.sort(key=lambda one: one.seq)
    return found


def _named(kept: Kept, heads: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Every token that something names, with the hash that it must have."""
    named = {
        token_name(anchor_name(str(head.get("day")), head["stamped_seq"])): str(
            head.get("stamped_sha256") or ""
        )
        for head in heads
        if type(head.get("stamped_seq")) is int and head["stamped_seq"] > 0
    }
    named |= {anchor.stamped: anchor.stamped_sha256 for anchor in kept.anchors if anchor.stamped}
    return named


def _judge(
    found: Stamped, kept: Kept, name: str, trust_roots: Sequence[bytes], stands_at: datetime
) -> datetime:
    """Judge one token; the moment until which the one before it must stand by itself."""
    from proof.timestamps import check_token
    from proof.verdicts import Verdict

    (anchor,) = [one for one in kept.anchors if token_name(one.name) == name][:1]
    digest = hashlib.sha256(kept.raw[anchor.name]).digest()
    verdict = check_token(kept.tokens[name], digest, trust_roots, stands_at=stands_at)
    why = WHY[verdict.reason]
    if verdict.verdict is Verdict.INVALID:
        found.problems.append(_broken(name, why))
    elif verdict.verdict is Verdict.UNDETERMINED or verdict.at is None:
        found.notes.append(f"Dấu thời gian {name} chưa kết luận được: {why}.")
    else:
        at = verdict.at.isoformat(timespec="seconds")
        found.proven.append(Proven(anchor.seq, at, verdict.authority))
        if _is_late(verdict.at, anchor.at):
            found.notes.append(f"Mốc {anchor.name} chỉ được chứng minh từ {at}, muộn hơn mốc.")
        return min(stands_at, verdict.at)
    return stands_at


def _is_late(at: datetime, untrusted_claim: str) -> bool:
    try:
        return at - datetime.fromisoformat(untrusted_claim) > LATE
    except (ValueError, TypeError):
        return True


def _broken(name: str, why: str) -> Problem:
    return Problem(f"{FOLDER}/{name}", What.AUDIT_BROKEN, f"Dấu thời gian của mốc: {why}.")


def _missing(name: str) -> Problem:
    detail = f"Dấu thời gian {name} đã nhận, nay không còn trong kho."
    return Problem(f"{FOLDER}/{name}", What.ANCHOR_MISSING, detail)

"""The audit trail as a hash chain, its daily heads, and the anchors kept in the archive store.

Each event's hash covers the one before it, so altering, removing, inserting or reordering rows
breaks the chain; the head rows say how far it reached on each day, and the anchors, which lie
write-once outside the database, say the same to whoever can rewrite the database.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from proof._tokens import Stamped, check_tokens
from proof.anchors import (
    Anchor,
    Kept,
    anchor_bytes,
    anchor_name,
    check_links,
    parse_anchor,
    sort_out,
)
from proof.canonical import canonical_bytes
from proof.errors import NotCanonicalError
from proof.types import Event, Problem, Promise, What

__all__ = [
    "GENESIS",
    "Anchor",
    "Trail",
    "TrailFound",
    "anchor_bytes",
    "check_events",
    "check_growing",
    "check_trail",
    "event_hash",
    "parse_anchor",
]

GENESIS = "0" * 64
"""What the first event names as the one before it."""
RESTORED_TAG = "records:restored"
"""The one event that may leave numbers out: its `detail.lost` names the first and the last of the
lines that went when the records were restored from an older dump."""
EVENT_KEYS = ("seq", "day", "at", "tag", "actor", "subject", "detail")
"""What an event's hash covers, beside the hash before it."""
_EVENT_DOMAIN = b"tangthu audit event 1\n"


def event_hash(previous_hash: str, event: Event) -> str:
    """The SHA-256, in hex, of an event that follows `previous_hash`.

    Covers `EVENT_KEYS` alone: a caller may pass a row with more columns. Raises `not_canonical`
    (a float in `detail`, say) and KeyError where a key is missing.
    """
    body = canonical_bytes({key: event[key] for key in EVENT_KEYS})
    return hashlib.sha256(_EVENT_DOMAIN + previous_hash.encode() + b"\n" + body).hexdigest()


@dataclass(slots=True)
class _Walk:
    """What one pass over the events has seen."""

    anchors: dict[int, list[Anchor]]
    spoilt: set[str]
    """Names of anchors that are there and unusable, which was told."""
    seq: int = 0
    hash: str = GENESIS
    day: str = ""
    days: dict[str, "_Day"] = field(default_factory=dict)
    restored: list[Event] = field(default_factory=list)


@dataclass(slots=True)
class _Day:
    first: int
    seq: int
    hash: str
    count: int


class Trail(NamedTuple):
    """One reading of the trail."""

    events: Iterable[Event]
    """In the order of `seq`, streamed, each with `previous` and `hash` beside `EVENT_KEYS`."""
    heads: Iterable[Mapping[str, Any]]
    """One row per day {day, first_seq, last_seq, hash}: how far the trail came that day.

    Optional: `anchored_seq` is where its last anchor stands (0: none yet), `stamped_seq` and
    `stamped_sha256` tell of the last anchor with a timestamp token, and of that token's hash.
    """
    anchors: Iterable[tuple[str, bytes]]
    """(name, bytes) as the archive store yields them, timestamp tokens among them."""


@dataclass(frozen=True, slots=True)
class TrailFound:
    """What a check of the trail found."""

    problems: list[Problem]
    notes: list[str]
    """Vietnamese sentences: what could not be decided."""
    promise: Promise


def check_events(
    events: Iterable[Event],
    heads: Iterable[Mapping[str, Any]],
    anchors: Iterable[tuple[str, bytes]],
) -> list[Problem]:
    """Whether the trail is whole; one problem per cause, an empty list when all is well."""
    return check_trail(Trail(events, heads, anchors)).problems


def check_trail(trail: Trail, *, trust_roots: Sequence[bytes] = ()) -> TrailFound:
    """Whether the trail is whole, and how far that can be said. Every day but the last needs an
    anchor.

    The three parts must be of one moment; where others may be writing use `check_growing`.
    `trust_roots` (PEM or DER) are what timestamp tokens are judged by.
    """
    problems: list[Problem] = []
    kept = sort_out(trail.anchors, problems)
    by_seq: defaultdict[int, list[Anchor]] = defaultdict(list)
    for anchor in kept.anchors:
        by_seq[anchor.seq].append(anchor)
    walk = _Walk(by_seq, kept.spoilt)
    for event in trail.events:
        problems.extend(_check_event(walk, event))
    problems.extend(_beyond_the_end(walk))
    heads = list(trail.heads)
    problems.extend(_check_heads(walk, heads))
    problems.extend(_days_without_anchor(walk))
    problems.extend(check_links(kept))
    stamped = check_tokens(kept, heads, trust_roots)
    problems.extend(stamped.problems)
    problems = list(dict.fromkeys(problems))
    notes = [*map(_told_lost, walk.restored), *stamped.notes]
    return TrailFound(problems, notes, _promise(walk, kept, stamped, problems))


def _promise(walk: _Walk, kept: Kept, stamped: Stamped, problems: Sequence[Problem]) -> Promise:
    """How far the trail holds: to the last anchor, or to where it was first broken."""
    first = min((_seq_of(problem) for problem in problems), default=walk.seq + 1)
    holding = [anchor for anchor in kept.anchors if anchor.seq < first]
    last = max(holding, key=lambda anchor: anchor.seq, default=None)
    proven = [one for one in stamped.proven if one.seq < first]
    return Promise(
        seq=last.seq if last else 0,
        at=last.at if last else None,
        after=max(0, walk.seq - (last.seq if last else 0)),
        proven_seq=proven[-1].seq if proven else 0,
        proven_at=proven[-1].at if proven else None,
        proven_by=proven[-1].authority if proven else "",
    )


def _seq_of(problem: Problem) -> int:
    """The event from which on a problem leaves nothing sure."""
    place = problem.id.removeprefix("audit:")
    return int(place) if problem.what is What.AUDIT_BROKEN and place.isdecimal() else _NEVER


_NEVER = 2**63


def check_growing(
    read: Callable[[], Trail], *, readings: int = 3, trust_roots: Sequence[bytes] = ()
) -> TrailFound:
    """Check a trail that others may be adding to.

    `read` opens it anew each time. What one reading shows and the next does not was the growth
    between its parts; what every reading shows is wrong.
    """
    found = check_trail(read(), trust_roots=trust_roots)
    problems = found.problems
    for _ in range(readings - 1):
        if not problems:
            break
        found = check_trail(read(), trust_roots=trust_roots)
        again = set(found.problems)
        problems = [problem for problem in problems if problem in again]
    return TrailFound(problems, found.notes, found.promise)


def _check_event(walk: _Walk, event: Event) -> Iterator[Problem]:
    seq, stated = event.get("seq"), event.get("hash")
    if type(seq) is not int or not isinstance(stated, str):
        yield _broken(walk.seq + 1, "Một dòng nhật ký không đọc được.")
        return
    yield from _check_place(walk, event, seq)
    try:
        right = event_hash(str(event.get("previous")), event)
    except (KeyError, NotCanonicalError):
        right = ""
    if right != stated:
        yield _broken(seq, f"Dòng nhật ký số {seq} đã bị sửa sau khi ghi.")
    _advance(walk, seq, stated, str(event.get("day", "")))
    yield from _check_anchors_at(walk, str(event.get("at", "")))


def _check_place(walk: _Walk, event: Event, seq: int) -> Iterator[Problem]:
    if seq > walk.seq + 1 and not _owns_up(walk, event, seq):
        gone = f"{walk.seq + 1}" if seq == walk.seq + 2 else f"{walk.seq + 1} đến {seq - 1}"
        yield _broken(walk.seq + 1, f"Mất dòng nhật ký số {gone}.")
    elif seq <= walk.seq:
        yield _broken(seq, f"Dòng nhật ký số {seq} bị chèn thêm hoặc đổi chỗ.")
    elif event.get("previous") != walk.hash:
        yield _broken(seq, f"Dòng nhật ký số {seq} không nối tiếp dòng trước nó.")
    if str(event.get("day", "")) < walk.day:
        yield _broken(seq, f"Dòng nhật ký số {seq} ghi ngày trước dòng đứng trước nó.")


def _owns_up(walk: _Walk, event: Event, seq: int) -> bool:
    """Whether an event says itself which lines before it were lost: all of them, no others."""
    detail = event.get("detail")
    lost = detail.get("lost") if isinstance(detail, Mapping) else None
    if event.get("tag") != RESTORED_TAG or lost != [walk.seq + 1, seq - 1]:
        return False
    walk.restored.append(event)
    return True


def _told_lost(event: Event) -> str:
    first, last = event["detail"]["lost"]
    return (
        f"Nhật ký mất các dòng số {first} đến {last}: {event.get('actor')} khôi phục sổ từ một bản "
        f"sao lưu cũ, ghi lúc {event.get('at')}. Hãy so với biên bản khôi phục."
    )


def _advance(walk: _Walk, seq: int, stated: str, day: str) -> None:
    lost = seq - walk.seq - 1 if walk.restored and walk.restored[-1].get("seq") == seq else 0
    walk.seq, walk.hash = max(seq, walk.seq), stated
    walk.day = max(day, walk.day)
    if day in walk.days:
        entry = walk.days[day]
        entry.seq, entry.hash, entry.count = seq, stated, entry.count + 1 + lost
    else:
        walk.days[day] = _Day(seq, seq, stated, 1)


def _check_anchors_at(walk: _Walk, at: str) -> Iterator[Problem]:
    for anchor in walk.anchors.get(walk.seq, ()):
        day = walk.days.get(anchor.day)
        count = day.count if day else 0
        if (anchor.hash, anchor.at, anchor.events_of_day) != (walk.hash, at, count):
            detail = f"Nhật ký không khớp với mốc {anchor.name} trong kho lưu trữ."
            yield _broken(anchor.seq, detail)


def _beyond_the_end(walk: _Walk) -> Iterator[Problem]:
    beyond = [seq for seq in walk.anchors if seq > walk.seq]
    if beyond:
        detail = f"Nhật ký bị cắt đuôi: mốc trong kho ghi đến số {max(beyond)}, nay còn {walk.seq}."
        yield _broken(walk.seq + 1, detail)


def _check_heads(walk: _Walk, heads: list[Mapping[str, Any]]) -> Iterator[Problem]:
    named = {str(head.get("day")): head for head in heads}
    for day, head in sorted(named.items()):
        yield from _check_head(walk, day, head)
    for day, seen in sorted(walk.days.items()):
        if day not in named:
            yield _broken(seen.seq, f"Mất dòng chốt nhật ký của ngày {day}.")


def _check_head(walk: _Walk, day: str, head: Mapping[str, Any]) -> Iterator[Problem]:
    seen = walk.days.get(day)
    first, last = head.get("first_seq"), head.get("last_seq")
    if seen is None or (seen.first, seen.seq, seen.hash) != (first, last, head.get("hash")):
        found = f"có số {seen.first} đến {seen.seq}" if seen else "không có dòng nào"
        detail = f"Ngày {day}: dòng chốt ghi số {first} đến {last}, còn nhật ký {found}."
        yield _broken(last if type(last) is int else 0, detail)
    anchored = head.get("anchored_seq") or 0
    is_spoilt = anchored and anchor_name(day, anchored) in walk.spoilt
    if anchored and anchored not in walk.anchors and not is_spoilt:
        yield _no_anchor(day, f"Mốc nhật ký ngày {day} (số {anchored}) không còn trong kho.")


def _days_without_anchor(walk: _Walk) -> Iterator[Problem]:
    anchored = {anchor.day for many in walk.anchors.values() for anchor in many}
    anchored |= {name[:10] for name in walk.spoilt}
    for day in sorted(walk.days):
        if day != walk.day and day not in anchored:
            yield _no_anchor(day, f"Ngày {day} không có mốc nhật ký nào trong kho lưu trữ.")


def _broken(seq: int, detail: str) -> Problem:
    return Problem(f"audit:{seq}", What.AUDIT_BROKEN, detail)


def _no_anchor(day: str, detail: str) -> Problem:
    return Problem(f"audit:{day}", What.ANCHOR_MISSING, detail)

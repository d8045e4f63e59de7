"""The audit trail as a hash chain, its daily heads, and the anchors kept in the archive store.

Each event's hash covers the one before it, so altering, removing, inserting or reordering rows
breaks the chain; the head rows say how far it reached on each day, and the anchors, which lie
write-once outside the database, say the same to whoever can rewrite the database.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from proof.canonical import canonical_bytes
from proof.errors import BadAnchorError, NotCanonicalError
from proof.limits import ANCHOR_BYTES
from proof.types import Event, Problem, What

GENESIS = "0" * 64
"""What the first event names as the one before it."""
ANCHOR_FORMAT = "tangthu-anchor/1"
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


@dataclass(frozen=True, slots=True)
class Anchor:
    """How far the trail had come at one moment."""

    seq: int
    hash: str
    at: str
    """ISO 8601, UTC: when the anchor was made."""
    day: str
    """The day of the event it stands on (ISO date)."""
    events_of_day: int
    """How many events that day had up to and with `seq`."""

    @property
    def name(self) -> str:
        """Its file name in `anchors/`: sorts by day, then by place."""
        return f"{self.day}-{self.seq:010d}.json"


def anchor_bytes(anchor: Anchor) -> bytes:
    """What is written to the archive store."""
    return canonical_bytes({"format": ANCHOR_FORMAT, **asdict(anchor)})


def parse_anchor(untrusted_data: bytes) -> Anchor:
    """Read an anchor back. Raises `bad_anchor`."""
    if len(untrusted_data) > ANCHOR_BYTES:
        raise BadAnchorError(detail="too large")
    try:
        value = json.loads(untrusted_data)
    except (ValueError, RecursionError) as error:
        raise BadAnchorError(detail="not JSON") from error
    if not isinstance(value, dict) or value.get("format") != ANCHOR_FORMAT:
        raise BadAnchorError(detail="another format")
    texts = [value.get(key) for key in ("hash", "at", "day")]
    counts = [value.get(key) for key in ("seq", "events_of_day")]
    if not all(isinstance(text, str) for text in texts):
        raise BadAnchorError(detail="a text is missing")
    if not all(type(count) is int and count > 0 for count in counts):
        raise BadAnchorError(detail="a count is missing")
    return Anchor(
        seq=value["seq"],
        hash=value["hash"],
        at=value["at"],
        day=value["day"],
        events_of_day=value["events_of_day"],
    )


@dataclass(slots=True)
class _Walk:
    """What one pass over the events has seen."""

    anchors: dict[int, list[Anchor]]
    seq: int = 0
    hash: str = GENESIS
    day: str = ""
    days: dict[str, "_Day"] = field(default_factory=dict)


@dataclass(slots=True)
class _Day:
    first: int
    seq: int
    hash: str
    count: int


def check_events(
    events: Iterable[Event],
    heads: Iterable[Mapping[str, Any]],
    anchors: Iterable[tuple[str, bytes]],
) -> list[Problem]:
    """Whether the trail is whole; one problem per cause, an empty list when all is well.

    `events` in the order of `seq`, streamed, each with `previous` and `hash` beside `EVENT_KEYS`.
    `heads`: one row per day {day, first_seq, last_seq, hash}: how far the trail came that day; an
    optional `anchored_seq` is where its last anchor stands (0: none yet).
    `anchors`: (name, bytes) as the archive store yields them. Every day but the last needs one.
    The three must be of one moment; where others may be writing use `check_growing`.
    """
    problems: list[Problem] = []
    parsed = _parse_anchors(anchors, problems)
    by_seq: defaultdict[int, list[Anchor]] = defaultdict(list)
    for anchor in parsed:
        by_seq[anchor.seq].append(anchor)
    walk = _Walk(by_seq)
    for event in events:
        problems.extend(_check_event(walk, event))
    problems.extend(_beyond_the_end(walk))
    problems.extend(_check_heads(walk, list(heads)))
    problems.extend(_days_without_anchor(walk))
    return problems


class Trail(NamedTuple):
    """One reading of the trail: what `check_events` takes."""

    events: Iterable[Event]
    heads: Iterable[Mapping[str, Any]]
    anchors: Iterable[tuple[str, bytes]]


def check_growing(read: Callable[[], Trail], *, readings: int = 3) -> list[Problem]:
    """Check a trail that others may be adding to.

    `read` opens it anew each time. What one reading shows and the next does not was the growth
    between its parts; what every reading shows is wrong.
    """
    problems = check_events(*read())
    for _ in range(readings - 1):
        if not problems:
            break
        again = set(check_events(*read()))
        problems = [problem for problem in problems if problem in again]
    return problems


def _parse_anchors(anchors: Iterable[tuple[str, bytes]], problems: list[Problem]) -> list[Anchor]:
    parsed = []
    for name, data in anchors:
        try:
            anchor = parse_anchor(data)
        except BadAnchorError as error:
            problems.append(Problem(f"anchors/{name}", What.AUDIT_BROKEN, error.message))
            continue
        if anchor.name != name:
            detail = f"Tệp mốc {name} mang nội dung của {anchor.name}: mốc đã bị đổi tên."
            problems.append(Problem(f"anchors/{name}", What.AUDIT_BROKEN, detail))
        parsed.append(anchor)
    return parsed


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
    yield from _check_anchors_at(walk)


def _check_place(walk: _Walk, event: Event, seq: int) -> Iterator[Problem]:
    if seq > walk.seq + 1:
        gone = f"{walk.seq + 1}" if seq == walk.seq + 2 else f"{walk.seq + 1} đến {seq - 1}"
        yield _broken(walk.seq + 1, f"Mất dòng nhật ký số {gone}.")
    elif seq <= walk.seq:
        yield _broken(seq, f"Dòng nhật ký số {seq} bị chèn thêm hoặc đổi chỗ.")
    elif event.get("previous") != walk.hash:
        yield _broken(seq, f"Dòng nhật ký số {seq} không nối tiếp dòng trước nó.")
    if str(event.get("day", "")) < walk.day:
        yield _broken(seq, f"Dòng nhật ký số {seq} ghi ngày trước dòng đứng trước nó.")


def _advance(walk: _Walk, seq: int, stated: str, day: str) -> None:
    walk.seq, walk.hash = max(seq, walk.seq), stated
    walk.day = max(day, walk.day)
    if day in walk.days:
        entry = walk.days[day]
        entry.seq, entry.hash, entry.count = seq, stated, entry.count + 1
    else:
        walk.days[day] = _Day(seq, seq, stated, 1)


def _check_anchors_at(walk: _Walk) -> Iterator[Problem]:
    for anchor in walk.anchors.get(walk.seq, ()):
        day = walk.days.get(anchor.day)
        if anchor.hash != walk.hash or day is None or day.count != anchor.events_of_day:
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
    if anchored and anchored not in walk.anchors:
        yield _no_anchor(day, f"Mốc nhật ký ngày {day} (số {anchored}) không còn trong kho.")


def _days_without_anchor(walk: _Walk) -> Iterator[Problem]:
    anchored = {anchor.day for many in walk.anchors.values() for anchor in many}
    for day in sorted(walk.days):
        if day != walk.day and day not in anchored:
            yield _no_anchor(day, f"Ngày {day} không có mốc nhật ký nào trong kho lưu trữ.")


def _broken(seq: int, detail: str) -> Problem:
    return Problem(f"audit:{seq}", What.AUDIT_BROKEN, detail)


def _no_anchor(day: str, detail: str) -> Problem:
    return Problem(f"audit:{day}", What.ANCHOR_MISSING, detail)

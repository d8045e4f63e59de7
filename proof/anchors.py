"""Anchors: how far the trail had come, kept write-once outside the database.

Each names the anchor before it and the newest timestamp token that lay beside them, so that one
that was removed is missed by the next, and a later token vouches for the earlier ones.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from proof.canonical import canonical_bytes
from proof.errors import BadAnchorError, NotCanonicalError
from proof.limits import ANCHOR_BYTES
from proof.types import Problem, What

ANCHOR_FORMAT = "tangthu-anchor/1"
ANCHOR_SUFFIX, TOKEN_SUFFIX = ".json", ".tsr"
_TEXTS = ("hash", "at", "day")
_COUNTS = ("seq", "events_of_day")
_LINKS = ("previous", "stamped", "stamped_sha256")


@dataclass(frozen=True, slots=True)
class Anchor:
    """How far the trail had come at one moment."""

    seq: int
    hash: str
    at: str
    """ISO 8601, UTC: the time of the event that it stands on, by this house's clock."""
    day: str
    """The day of the event it stands on (ISO date)."""
    events_of_day: int
    """How many events that day had up to and with `seq`."""
    previous: str = ""
    """The name of the anchor before it; empty for the first."""
    stamped: str = ""
    """The name of the newest timestamp token then; empty where there was none."""
    stamped_sha256: str = ""
    """That token's SHA-256."""

    @property
    def name(self) -> str:
        """Its file name in `anchors/`: sorts by day, then by place."""
        return anchor_name(self.day, self.seq)


def anchor_name(day: str, seq: int) -> str:
    """The file name of the anchor on an event."""
    return f"{day}-{seq:010d}{ANCHOR_SUFFIX}"


def token_name(name: str) -> str:
    """The file name of the RFC 3161 token over an anchor's bytes."""
    return name.removesuffix(ANCHOR_SUFFIX) + TOKEN_SUFFIX


def anchor_bytes(anchor: Anchor) -> bytes:
    """What is written to the archive store."""
    said = {name: value for name, value in asdict(anchor).items() if value or name not in _LINKS}
    return canonical_bytes({"format": ANCHOR_FORMAT, **said})


def parse_anchor(untrusted_data: bytes) -> Anchor:
    """Read an anchor back; what this software would not have written so is none.

    Raises `bad_anchor`.
    """
    if len(untrusted_data) > ANCHOR_BYTES:
        raise BadAnchorError(detail="too large")
    try:
        value = json.loads(untrusted_data)
    except (ValueError, RecursionError) as error:
        raise BadAnchorError(detail="not JSON") from error
    if not isinstance(value, dict) or value.get("format") != ANCHOR_FORMAT:
        raise BadAnchorError(detail="another format")
    if not all(isinstance(value.get(key), str) for key in _TEXTS):
        raise BadAnchorError(detail="a text is missing")
    if not all(isinstance(value.get(key, ""), str) for key in _LINKS):
        raise BadAnchorError(detail="a link that is no text")
    if not all(type(value.get(key)) is int and value[key] > 0 for key in _COUNTS):
        raise BadAnchorError(detail="a count is missing")
    anchor = Anchor(**{key: value.get(key, "") for key in (*_COUNTS, *_TEXTS, *_LINKS)})
    if _canonical(anchor) != untrusted_data:
        raise BadAnchorError(detail="not as it is written")
    return anchor


def _canonical(anchor: Anchor) -> bytes:
    try:
        return anchor_bytes(anchor)
    except NotCanonicalError:
        return b""


@dataclass(slots=True)
class Kept:
    """The files of `anchors/`, sorted out."""

    anchors: list[Anchor] = field(default_factory=list)
    raw: dict[str, bytes] = field(default_factory=dict)
    """Name to bytes, of readable anchors."""
    tokens: dict[str, bytes] = field(default_factory=dict)
    spoilt: set[str] = field(default_factory=set)
    """Names of anchors that are there and say nothing that can be used."""


def sort_out(files: Iterable[tuple[str, bytes]], problems: list[Problem]) -> Kept:
    """Part anchors from tokens; what is neither, or bears another's name, is a problem."""
    kept = Kept()
    for name, data in files:
        if name.endswith(TOKEN_SUFFIX):
            kept.tokens[name] = data
            continue
        try:
            anchor = parse_anchor(data)
        except BadAnchorError as error:
            problems.append(Problem(f"{FOLDER}/{name}", What.AUDIT_BROKEN, error.message))
            kept.spoilt.add(name)
            continue
        if anchor.name != name:
            detail = f"Tệp mốc {name} mang nội dung của {anchor.name}: mốc đã bị đổi tên."
            problems.append(Problem(f"{FOLDER}/{name}", What.AUDIT_BROKEN, detail))
            kept.spoilt.add(name)
            continue
        kept.anchors.append(anchor)
        kept.raw[name] = data
    return kept


FOLDER = "anchors"


def check_links(kept: Kept) -> list[Problem]:
    """Whether every anchor and token that another one names is there."""
    there = {*kept.raw, *kept.spoilt}
    problems: list[Problem] = []
    for anchor in kept.anchors:
        if anchor.previous and anchor.previous not in there:
            detail = f"Mốc {anchor.name} ghi mốc trước nó là {anchor.previous}, nay không còn."
            problems.append(_missing(anchor.previous, detail))
        if anchor.stamped and anchor.stamped not in kept.tokens:
            detail = f"Mốc {anchor.name} ghi dấu thời gian {anchor.stamped}, nay không còn."
            problems.append(_missing(anchor.stamped, detail))
    return list({problem.id: problem for problem in problems}.values())


def _missing(name: str, detail: str) -> Problem:
    return Problem(f"{FOLDER}/{name}", What.ANCHOR_MISSING, detail)

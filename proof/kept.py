"""Timestamps kept beside a file that must stay byte for byte: `proof.json`.

    {"format": "tangthu-proof/1", "entries": [{"hashes": {"sha256", "sha512"}, "material": {...},
     "token": base64}, ...]}

Each token is over the SHA-256 of everything before it in canonical JSON: the format, the earlier
entries whole, and its own entry's hashes of the file and material (what issuers said of the
signers and of the token before). So each renewal stamps the file anew and all earlier proof with
it, as RFC 4998 does with its chains; the newest token carries the rest.
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from proof.canonical import canonical_bytes
from proof.errors import Category, ProofError
from proof.evidence import Evidence, evidence_of
from proof.limits import JSON_BYTES, KEPT_ENTRIES
from proof.timestamps import TimestampReason, TimestampVerdict, check_token
from proof.trust import Trust
from proof.verdicts import Verdict

FORMAT = "tangthu-proof/1"
_HASHES = ("sha256", "sha512")


class ProofFileError(ProofError):
    """The bytes of a kept proof are not a proof."""

    code = "bad_proof_file"
    category = Category.BAD_INPUT
    message = "Tệp dấu thời gian kèm văn bản không đọc được. Hãy lấy lại tệp này từ bản sao lưu."


def hashes_of(data: bytes) -> dict[str, str]:
    """The hashes of a file that an entry holds."""
    return {name: hashlib.new(name, data).hexdigest() for name in _HASHES}


def next_digest(kept: bytes | None, hashes: Mapping[str, str], material: Evidence) -> bytes:
    """What the next token must be over, SHA-256. Raises ProofFileError."""
    return _digest(_entries(kept), {"hashes": dict(hashes), "material": material.as_json()})


def with_token(
    kept: bytes | None, hashes: Mapping[str, str], material: Evidence, token: bytes
) -> bytes:
    """The proof with one more entry. Raises ProofFileError."""
    entry = {
        "hashes": dict(hashes),
        "material": material.as_json(),
        "token": base64.b64encode(token).decode("ascii"),
    }
    return canonical_bytes({"format": FORMAT, "entries": [*_entries(kept), entry]})


def last_token(kept: bytes) -> bytes:
    """The newest token, DER. Raises ProofFileError."""
    return _token(_entries(kept)[-1])


def check_kept(
    kept: bytes,
    data: bytes,
    trust: Trust | Sequence[bytes],
    *,
    now: datetime | None = None,
) -> tuple[TimestampVerdict, ...]:
    """Judge every token of a proof against the file's bytes, the oldest first.

    The newest must stand now, each earlier one at the time of the next; the time of the first
    one that holds is when the file was there for certain. Raises ProofFileError.
    """
    entries = _entries(kept)
    hashes = hashes_of(data)
    evidence = evidence_kept(kept)
    stands_at = now or datetime.now(UTC)
    found: list[TimestampVerdict] = []
    for place in range(len(entries) - 1, -1, -1):
        verdict = _check(entries, place, hashes, Trust.of(trust).roots, evidence, stands_at)
        if verdict.verdict is Verdict.VALID and verdict.at is not None:
            stands_at = min(stands_at, verdict.at)
        found.append(verdict)
    return tuple(reversed(found))


def known_since(found: Sequence[TimestampVerdict]) -> datetime | None:
    """When the file was there for certain: the earliest time among the tokens that hold."""
    times = (one.at for one in found if one.verdict is Verdict.VALID and one.at)
    return min(times, default=None)


def evidence_kept(kept: bytes) -> Evidence:
    """What issuers said, as kept with the tokens. Raises ProofFileError."""
    found = Evidence()
    for entry in _entries(kept):
        found |= evidence_of(entry["material"])
    return found


def _check(
    entries: Sequence[Mapping[str, Any]],
    place: int,
    hashes: Mapping[str, str],
    roots: Sequence[bytes],
    evidence: Evidence,
    stands_at: datetime,
) -> TimestampVerdict:
    entry = entries[place]
    if dict(entry["hashes"]) != dict(hashes):
        return TimestampVerdict(Verdict.INVALID, TimestampReason.OTHER_DIGEST, None)
    digest = _digest(entries[:place], {name: entry[name] for name in ("hashes", "material")})
    return check_token(_token(entry), digest, roots, evidence=evidence, stands_at=stands_at)


def _digest(before: Sequence[Mapping[str, Any]], entry: Mapping[str, Any]) -> bytes:
    told = {"format": FORMAT, "entries": [*map(dict, before), dict(entry)]}
    return hashlib.sha256(canonical_bytes(told)).digest()


def _entries(kept: bytes | None) -> list[dict[str, Any]]:
    """The entries of a proof, well formed; none for a proof that is not there yet."""
    if kept is None:
        return []
    if len(kept) > JSON_BYTES:
        raise ProofFileError(detail=f"{len(kept)} bytes")
    try:
        value = json.loads(kept)
        entries: Any = value["entries"] if value["format"] == FORMAT else ()
        sound = isinstance(entries, list) and 0 < len(entries) <= KEPT_ENTRIES
        if not sound or not all(_is_entry(entry) for entry in entries):
            raise ProofFileError(detail="no proof")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ProofFileError(detail=repr(error)[:200]) from error
    return list(entries)


def _is_entry(entry: Any) -> bool:
    return (
        isinstance(entry, dict)
        and set(entry) == {"hashes", "material", "token"}
        and isinstance(entry["hashes"], dict)
        and isinstance(entry["material"], dict)
    )


def _token(entry: Mapping[str, Any]) -> bytes:
    try:
        return base64.b64decode(entry["token"], validate=True)
    except (TypeError, ValueError) as error:
        raise ProofFileError(detail="no token") from error

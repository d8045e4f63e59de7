"""One text for one value: the JSON that hashes are taken of.

Keys sorted, strings in NFC, UTF-8 without escapes, no blanks, no floats: the same value gives the
same bytes on every machine and after every database. (RFC 8785 goes further for floats; we keep
them out of whatever is hashed again after a round trip.)
"""

import json
import math
import unicodedata
from collections.abc import Mapping
from typing import Any

from proof.errors import NotCanonicalError
from proof.limits import NESTING


def canonical_bytes(value: object, *, floats: bool = False) -> bytes:
    """The canonical JSON of a plain value.

    `floats`: let finite floats pass, written shortest; only for bytes that are hashed as bytes.
    Raises `not_canonical` for anything that JSON cannot carry without loss.
    """
    plain = _plain(value, floats, 0)
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise NotCanonicalError(detail="half a surrogate pair") from error


def _plain(value: object, floats: bool, depth: int) -> Any:  # noqa: FBT001  hot and private
    if depth > NESTING:
        raise NotCanonicalError(detail="nested too deep")
    if value is None or isinstance(value, bool | int):
        return value if value is None or isinstance(value, bool) else int(value)
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, float) and floats and math.isfinite(value):
        return value
    if isinstance(value, Mapping):
        return _plain_mapping(value, floats, depth)
    if isinstance(value, list | tuple):
        return [_plain(item, floats, depth + 1) for item in value]
    raise NotCanonicalError(detail=f"no canonical form for {type(value).__name__}")


def _plain_mapping(value: Mapping[Any, Any], floats: bool, depth: int) -> dict[str, Any]:  # noqa: FBT001  hot and private
    plain: dict[str, Any] = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise NotCanonicalError(detail=f"key of type {type(key).__name__}")
        name = unicodedata.normalize("NFC", key)
        if name in plain:
            raise NotCanonicalError(detail="two keys are one after NFC")
        plain[name] = _plain(item, floats, depth + 1)
    return plain

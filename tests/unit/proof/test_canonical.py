"""The canonical JSON: one value, one text."""

import json
import unicodedata
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proof.canonical import canonical_bytes
from proof.errors import NotCanonicalError

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


def nfc(value: Any) -> Any:
    """The value with every text in NFC."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [nfc(item) for item in value]
    if isinstance(value, dict):
        return {nfc(key): nfc(item) for key, item in value.items()}
    return value


def has_twin_keys(value: Any) -> bool:
    """Whether two keys of a mapping are one in NFC."""
    if isinstance(value, dict):
        twins = len({nfc(key) for key in value}) < len(value)
        return twins or any(map(has_twin_keys, value.values()))
    return isinstance(value, list) and any(map(has_twin_keys, value))


@given(VALUES)
def test_survives_a_round_trip(value: Any) -> None:
    """Through JSON and back, the same bytes; the value is kept up to NFC."""
    if has_twin_keys(value):
        return
    data = canonical_bytes(value)
    assert json.loads(data) == nfc(value)
    assert canonical_bytes(json.loads(data)) == data


def test_order_and_form() -> None:
    """Sorted keys, no blanks, UTF-8 unescaped, composed letters."""
    value = {"b": [1, None, True], "a": "Hà Nội"}
    assert canonical_bytes(value) == '{"a":"Hà Nội","b":[1,null,true]}'.encode()


@pytest.mark.parametrize(
    "value",
    [0.5, float("nan"), date(2026, 1, 1), b"x", {1: "x"}, "\ud800", {"é": 1, "e\u0301": 2}, {1, 2}],
)
def test_refuses_what_has_no_one_text(value: object) -> None:
    """Refused at the writing, not found out at the checking."""
    with pytest.raises(NotCanonicalError):
        canonical_bytes(value)


def test_refuses_the_bottomless() -> None:
    """Nesting has a limit."""
    value: Any = []
    for _ in range(100):
        value = [value]
    with pytest.raises(NotCanonicalError):
        canonical_bytes(value)


def test_floats_only_where_asked() -> None:
    """A record is hashed as bytes, so confidences may stand in it; infinities never."""
    assert canonical_bytes({"confidence": 0.97}, floats=True) == b'{"confidence":0.97}'
    with pytest.raises(NotCanonicalError):
        canonical_bytes(float("inf"), floats=True)

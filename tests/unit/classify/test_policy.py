"""When a value is sure."""

import pytest

from classify import COMMON, is_sure
from classify.policy import DEFAULT, THRESHOLDS


def test_handwriting_is_never_sure():
    """Whatever its confidence."""
    assert not is_sure("number", 1.0, handwritten=True)


@pytest.mark.parametrize("name", [*THRESHOLDS, "parcel"])
def test_threshold_is_the_border(name: str):
    """At it sure, below it not; a field without a figure of its own has the common one."""
    least = THRESHOLDS.get(name, DEFAULT)
    assert is_sure(name, least)
    assert not is_sure(name, least - 0.001)


def test_every_common_field_has_its_threshold():
    """A field added to the common ones is given a figure."""
    assert set(COMMON) == set(THRESHOLDS)

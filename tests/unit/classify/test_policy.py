"""When a value is sure."""

import pytest

from classify import COMMON, is_sure
from classify._calibration import chance, least, models
from classify.policy import DEFAULT, Promise
from classify.types import Evidence

STRONG = Evidence(0.99, 0.98, -0.02, 1.0, 1.0, 1.0, 1.0)
WEAK = Evidence(0.6, 0.2, -4.0, 0.8, 0.0, 0.0, 0.2)


def test_handwriting_is_never_sure():
    """Whatever its confidence."""
    assert not is_sure("number", 1.0, handwritten=True)


@pytest.mark.parametrize("name", [*models(), "parcel"])
def test_threshold_is_the_border(name: str):
    """At it sure, below it not; a field without figures of its own has the common ones."""
    border = least(name, DEFAULT)
    assert is_sure(name, border)
    assert not is_sure(name, border - 0.001)


@pytest.mark.parametrize("name", models())
def test_a_stricter_promise_asks_for_no_less(name: str):
    """One wrong in a hundred is never easier to reach than five."""
    borders = [least(name, promise) for promise in Promise]
    assert borders == sorted(borders, reverse=True)


@pytest.mark.parametrize("name", [name for name in COMMON if not name.startswith("has_")])
def test_more_evidence_never_lowers_a_chance(name: str):
    """Every kind of evidence speaks for a value or is silent."""
    for at in range(len(STRONG)):
        raised = Evidence(*WEAK[:at], STRONG[at], *WEAK[at + 1 :])
        assert chance(name, WEAK) <= chance(name, raised) <= chance(name, STRONG)

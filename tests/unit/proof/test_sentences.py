"""What people read of signatures."""

from proof.sentences import SENTENCES
from proof.signatures import Reason


def test_every_reason_has_its_words() -> None:
    """A new reason comes with its sentence."""
    assert set(SENTENCES) == set(Reason)

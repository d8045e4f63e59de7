"""An office's hands are learnt only where papers left out are read better and nothing is lost."""

from pathlib import Path

import numpy as np
import pytest

from classify.errors import HandModelFileError
from classify.hand_learnt import HandModel, from_bytes, shipped_hand_model, to_bytes
from classify.shelf import HandShelf
from classify.training.rehand import FEWEST, HandLesson, Why, divided, relearn_hand
from ocr.digits import Head
from ocr.digits.tune import Taught, network_id
from ocr.digits.types import Seen

CLASSES, FEATURES = 11, 10


def _place(label: str, seed: int, *, swaps: bool) -> Taught:
    """A place; a writer that swaps has 7 taken for 1, which the features tell apart."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 0.3, (2 * len(label) + 1, CLASSES))
    logits[::2, 0] += 3
    features = rng.uniform(0, 0.2, (len(logits), FEATURES))
    for at, digit in enumerate(label):
        shown = "1" if swaps and digit == "7" else digit
        logits[2 * at + 1, int(shown) + 1] += 3
        features[2 * at + 1, int(digit)] += 2.0
    logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return Taught(Seen(logs.astype(np.float32), features.astype(np.float32)), label)


def _lessons(count: int, *, swaps: bool, seed: int = 1) -> list[HandLesson]:
    rng = np.random.default_rng(seed)
    labels = ["".join(rng.choice(list("1789"), 3)) for _ in range(count)]
    return [
        HandLesson(f"L{at}", f"D{at // 2}", _place(label, 100 * seed + at, swaps=swaps))
        for at, label in enumerate(labels)
    ]


@pytest.fixture
def guard() -> list[Taught]:
    """Hands of everybody else."""
    return [one.taught for one in _lessons(40, swaps=False, seed=9)]


def test_a_writer_is_learnt(guard: list[Taught]) -> None:
    """More right on papers left out: a head with a version, fitting this network."""
    verdict = relearn_hand(shipped_hand_model(), _lessons(60, swaps=True), guard)
    assert verdict.why is Why.BETTER
    assert verdict.after.right > verdict.before.right
    assert verdict.after.loss < verdict.before.loss
    assert verdict.model is not None
    assert (verdict.model.version, verdict.model.network) == ("1.1", network_id())
    assert verdict.model.card["papers"] == 30


def test_what_is_read_well_is_left_alone(guard: list[Taught]) -> None:
    """Nothing is switched for a gain in confidence alone."""
    verdict = relearn_hand(shipped_hand_model(), _lessons(40, swaps=False), guard)
    assert (verdict.model, verdict.why) == (None, Why.NOT_BETTER)


def test_a_gain_that_loses_elsewhere_is_refused() -> None:
    """The guard's hands write 1 as this writer writes 7."""
    crossed = [
        Taught(one.taught.seen, one.taught.label.replace("7", "1"))
        for one in _lessons(40, swaps=True, seed=9)
    ]
    verdict = relearn_hand(shipped_hand_model(), _lessons(60, swaps=True), crossed)
    assert verdict.model is None


def test_few_crops_teach_nothing(guard: list[Taught]) -> None:
    verdict = relearn_hand(shipped_hand_model(), _lessons(FEWEST - 1, swaps=True), guard)
    assert (verdict.model, verdict.why) == (None, Why.TOO_FEW)


def test_only_what_is_new_is_asked(guard: list[Taught]) -> None:
    """Learnt again from the same, nothing is compared; over another network all is new."""
    lessons = _lessons(60, swaps=True)
    first = relearn_hand(shipped_hand_model(), lessons, guard).model
    assert first is not None
    assert relearn_hand(first, lessons, guard).why is Why.NOTHING_NEW
    other = HandModel(first.version, first.head, "another", first.card)
    again = relearn_hand(other, lessons, guard)
    assert again.model is not None
    assert again.model.version == "1.2"


def test_it_is_the_same_every_time(guard: list[Taught]) -> None:
    lessons = _lessons(60, swaps=True)
    one, other = (relearn_hand(shipped_hand_model(), lessons, guard) for _ in range(2))
    assert one.model is not None
    assert other.model is not None
    assert to_bytes(one.model) == to_bytes(other.model)


def test_a_papers_crops_stay_together() -> None:
    lessons = _lessons(41, swaps=False)
    parts = divided(lessons)
    assert set(parts) == {lesson.paper for lesson in lessons}
    sizes = [list(parts.values()).count(part) for part in range(4)]
    assert max(sizes) - min(sizes) <= 1


def _model(version: str = "1.1") -> HandModel:
    weights = np.arange(FEATURES * CLASSES, dtype=np.float32).reshape(FEATURES, CLASSES)
    return HandModel(version, Head(weights, np.ones(CLASSES, np.float32)), "n", {"papers": 3})


def test_a_model_is_kept_as_it_was() -> None:
    made = from_bytes(to_bytes(_model()))
    assert (made.version, made.network, made.card) == ("1.1", "n", {"papers": 3})
    assert made.head is not None
    assert (made.head.weights == _model().head.weights).all()  # type: ignore[union-attr]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"{}", b"x" * 2_000_000])
def test_a_spoilt_file_is_told(content: bytes) -> None:
    with pytest.raises(HandModelFileError):
        from_bytes(content)


def test_the_shelf_goes_back(tmp_path: Path) -> None:
    """Version by version, to the network alone at last; a spoilt file is not used."""
    shelf = HandShelf(tmp_path)
    assert shelf.current().head is None
    assert shelf.switch(_model()) == "1.1"
    assert shelf.switch(_model("1.2")) == "1.2"
    (tmp_path / "hands-1.2.npz").write_bytes(b"spoilt")
    assert HandShelf(tmp_path).current().version == "1"
    assert shelf.back() == "1.1"
    assert shelf.current().version == "1.1"
    shelf.back()
    assert shelf.current() == shipped_hand_model()

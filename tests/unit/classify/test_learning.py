"""Learning kinds: corrections, a new kind without code, the shelf of models."""

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from catalogue.reference import load_reference
from classify import Kind, PageView, Reference, classify
from classify.errors import ModelFileError, NoEarlierModelError
from classify.features import look
from classify.model import from_bytes, shipped_model, to_bytes
from classify.policy import KIND as KIND_SURE
from classify.shelf import ModelShelf
from classify.training.compose import compose
from classify.training.relearn import Effort, Lesson, divided, relearn
from classify.training.wordings import Shape, Wording, load_wordings
from workers.reference import reference_of, with_learnt

PageMaker = Callable[..., PageView]
REFERENCE = reference_of(load_reference())
QUICK = Effort(each=1, guard=1)

PERMIT = Kind(
    "DP-ONG", "Giấy phép nuôi ong lưu động", "giấy phép nuôi ong lưu động", "", "G",
    ("GIẤY PHÉP NUÔI ONG LƯU ĐỘNG",), ("subject_name", "expires_on"),
)  # fmt: skip
"""An invented kind that an archivist adds to the catalogue."""

AS_PRINTED = Wording(
    PERMIT.code,
    (Shape.CERTIFICATE,),
    ("PHIẾU CHO ĐẶT / ĐÀN ONG", "PHIẾU ĐĂNG KÝ ĐÀN ONG"),
    ("ĐO-UBND",),
    (),
    (
        "Cấp cho chủ đàn ong: {name}", "Số đàn được phép đặt: {d} đàn", "Địa điểm đặt đàn: {place}",
        "Loài ong: ong nội", "Khoảng cách tới khu dân cư: {d} m", "Giấy phép có giá trị đến {date}",
        "Chủ đàn ong phải khai báo khi di chuyển đàn sang xã khác",
    ),
)  # fmt: skip
"""How its papers really look: they bear names that the catalogue does not hold."""


def _papers(count: int, seed: int, wording: Wording = AS_PRINTED) -> list[PageView]:
    rng = random.Random(seed)  # noqa: S311  made papers
    return [compose(wording, rng, noise=0.02)[0] for _ in range(count)]


def _lessons(views: list[PageView], reference: Reference, code: str, prefix: str) -> list[Lesson]:
    found = []
    for index, view in enumerate(views):
        seen = look([view], reference)
        assert seen
        found.append(Lesson(f"{prefix}{index}", code, seen, None))
    return found


def test_a_new_kind_is_told_after_five_examples() -> None:
    """Catalogue row, five examples, learn: papers never seen are told; the old ones still are."""
    reference = replace(REFERENCE, kinds=(*REFERENCE.kinds, PERMIT))
    lessons = _lessons(_papers(5, seed=1), reference, PERMIT.code, "D")
    asked = _papers(12, seed=2)
    before = [classify([view], reference).code for view in asked].count(PERMIT.code)
    verdict = relearn(shipped_model(), lessons, reference, added=(PERMIT,), effort=QUICK)
    assert verdict.model is not None
    after = [classify([view], reference, verdict.model).code for view in asked].count(PERMIT.code)
    assert after >= 11 > before
    assert verdict.after.accuracy > verdict.before.accuracy
    assert verdict.guard_after.accuracy >= verdict.guard_before.accuracy - 0.01
    # The packaged catalogue lacks it; what was learnt brings it along.
    bare = with_learnt(REFERENCE, verdict.model)
    guess = classify([asked[0]], bare, verdict.model)
    assert (PERMIT.code, PERMIT.form) == (guess.code, guess.form)
    assert guess.confidence < KIND_SURE  # five examples are too few for a promise
    assert guess.reasons
    # Learning the same again is learning nothing.
    assert relearn(verdict.model, lessons, reference, effort=QUICK).model is None


def test_title_words_alone_tell_a_new_kind() -> None:
    """A kind whose papers bear the catalogue's name is told before anything is learnt."""
    reference = replace(REFERENCE, kinds=(*REFERENCE.kinds, PERMIT))
    named = replace(AS_PRINTED, titles=("GIẤY PHÉP / NUÔI ONG LƯU ĐỘNG",))
    codes = [classify([view], reference).code for view in _papers(10, seed=8, wording=named)]
    assert codes.count(PERMIT.code) >= 8


@pytest.mark.slow
def test_what_is_not_better_is_not_taken() -> None:
    """Corrections that agree with the machine change nothing; wrong ones do not get through."""
    decisions = _papers(4, seed=5, wording=load_wordings()["VB02"])
    lessons = _lessons(decisions, REFERENCE, "VB02", "D")
    verdict = relearn(shipped_model(), lessons, REFERENCE, effort=QUICK)
    assert verdict.fresh == 4
    assert verdict.before.accuracy == 1.0
    assert verdict.after.accuracy <= 1.0
    if verdict.model is not None:  # as right, and surer by a clear margin
        assert verdict.after.loss < 0.98 * verdict.before.loss


def test_kinds_are_spread_over_the_parts(page: PageMaker, decision: list[tuple[str, float, float]]):
    """Every kind with four lessons or more is both taught and asked in each trial."""
    seen = look([page(1, decision)], REFERENCE)
    assert seen
    lessons = [Lesson(f"D{i}", "A" if i < 9 else "B", seen, None) for i in range(13)]
    parts = divided(lessons)
    for code, ids in (("A", range(9)), ("B", range(9, 13))):
        assert {parts[f"D{i}"] for i in ids} == {0, 1, 2, 3}, code


def test_a_model_survives_its_file() -> None:
    """Bytes and back: the same kinds, the same scores."""
    model = shipped_model()
    again = from_bytes(to_bytes(model))
    assert model.classes == again.classes
    seen = look(_papers(1, seed=3), REFERENCE)
    assert seen
    assert model.scores(seen) == pytest.approx(again.scores(seen), abs=0.05)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", b"x" * 5_000_001])
def test_a_damaged_file_is_refused(content: bytes) -> None:
    """A coded error, never a traceback of NumPy's."""
    with pytest.raises(ModelFileError):
        from_bytes(content)


def test_the_shelf_goes_forward_and_back(tmp_path: Path) -> None:
    """The shipped model at first; what is switched to is taken up by a reader that is open."""
    reader, writer = ModelShelf(tmp_path / "models"), ModelShelf(tmp_path / "models")
    assert reader.current() is shipped_model()
    with pytest.raises(NoEarlierModelError):
        writer.back()
    learnt = replace(shipped_model(), version="1.1")
    assert writer.switch(learnt) == "1.1"
    assert reader.current().version == "1.1"
    assert writer.switch(learnt) == "1.1-2"  # never written over
    assert reader.current().version == "1.1-2"
    assert writer.back() == "1.1"
    assert writer.back() == ""
    assert reader.current() is shipped_model()


def test_a_spoilt_model_falls_back_to_the_shipped_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Reading papers goes on; the log says why."""
    shelf = ModelShelf(tmp_path)
    shelf.switch(replace(shipped_model(), version="1.1"))
    (tmp_path / "kinds-1.1.npz").write_bytes(b"spoilt")
    assert shelf.current() is shipped_model()
    assert "learnt model unusable" in caplog.text
    assert "tangthu learn --back" in str(shelf.problem())
    shelf.back()
    assert shelf.problem() is None

"""Learning the hands of this office from the crops that people's typing left."""

from collections.abc import Callable
from dataclasses import dataclass

from archive.services.hands import crops
from archive.stores.errors import StoreError
from classify.hand_learnt import HandModel
from classify.training.rehand import HandLesson, HandVerdict, relearn_hand
from ocr.digits import HandDigits, digit_reader
from ocr.digits.guard import guard
from ocr.digits.tune import Taught, network_id
from workers.hands import open_crop
from workers.house import House

MOST_LEARNT = 600
"""Crops that one lesson is drawn from, the newest first: minutes of one core."""


@dataclass(frozen=True, slots=True)
class LearntHands:
    """What came of learning hands."""

    verdict: HandVerdict
    version: str
    previous: str
    unreadable: int
    """Crops whose bytes could not be had."""


def learn_hands(
    house: House, *, run: str = "", tick: Callable[[], None] = lambda: None
) -> LearntHands | None:
    """Learn on every crop kept; switch where it reads better. None where nothing reads digits."""
    reader = digit_reader()
    if not isinstance(reader, HandDigits):
        return None
    lessons, unreadable = [], 0
    for crop in crops().reverse()[:MOST_LEARNT]:
        tick()
        try:
            picture, place = open_crop(crop, house)
        except StoreError:
            unreadable += 1
            continue
        seen = reader.look(picture, place)
        if seen is not None:
            name = f"{crop.document_id}.{crop.slot}={crop.label}"
            lessons.append(HandLesson(name, crop.document_id, Taught(seen, crop.label)))
    current = house.hand_models.current()
    verdict = relearn_hand(current, lessons, list(guard(reader)))
    version = current.version
    if verdict.model:
        version = house.hand_models.switch(verdict.model, run=run)
    return LearntHands(verdict, version, current.version, unreadable)


def hands_in_use(house: House) -> HandModel:
    """What was learnt and is used now; the shipped one where it was learnt over another network."""
    model = house.hand_models.current()
    return model if model.network == network_id() else HandModel("1")

"""Which of number, day and month on a first page are by hand, from picture and reading together."""

from collections.abc import Iterable
from dataclasses import dataclass

from classify._header import DateAt
from classify._layout import union
from classify._slots import date_slots, number_slot, open_slot
from classify.handwriting import Look, Slot, Writing, ink_box, look
from classify.kinds import FirstPage
from classify.types import PageView, Pictures
from imaging.types import Box, Pixels

_MARGIN = 0.06
"""Share of the page's width left of which nothing is looked for: holes, shadows of the binding."""
_GUESSED = 0.7
"""How sure of a hand we are where only the reading speaks for it."""


@dataclass(frozen=True, slots=True)
class Written:
    """How a field was put on the paper."""

    by_hand: bool
    blank: bool = False
    """Whether the place was left open."""
    box: Box | None = None
    """Around what is by hand, where the picture shows it."""
    confidence: float = _GUESSED
    looked: bool = False
    """Whether the picture told, not the reading alone."""


PRINTED = Written(by_hand=False)


class Sight:
    """The picture of one page, opened at the first question."""

    def __init__(self, view: PageView, pictures: Pictures | None) -> None:
        """Take a page and where its picture comes from."""
        self._view, self._pictures = view, pictures
        self._picture: Pixels | None = None
        self._opened = False

    @property
    def born_digital(self) -> bool:
        """Whether the page's text is its file's own, so that no pen can have touched it."""
        return self._view.is_born_digital

    @property
    def dpi(self) -> int:
        """Of the picture."""
        return self._view.text.dpi

    def picture(self) -> Pixels | None:
        """The upright page's pixels, None where there is no picture or it has another size."""
        if not self._opened and self._pictures and not self._view.is_born_digital:
            picture = self._pictures(self._view.number)
            same = picture is not None and picture.shape[:2] == (
                self._view.text.height,
                self._view.text.width,
            )
            self._picture = picture if same else None
        self._opened = True
        return self._picture

    def look(self, slot: Slot | None) -> Look | None:
        """What a slot holds; None where nothing can be told."""
        picture = self.picture() if slot else None
        if slot is None or picture is None:
            return None
        return look(picture, slot, skew=self._view.text.skew)

    def ink(self, box: Box, height: float) -> Box | None:
        """Around the ink of letters' size within a box; None where there is none or no picture."""
        picture = self.picture()
        return ink_box(picture, box, height) if picture is not None else None


def number_written(first: FirstPage, sight: Sight) -> Written:
    """How the digits of the number came onto the paper."""
    at = first.head.number
    if first.layout.born_digital or at is None:
        return PRINTED
    seen = sight.look(number_slot(at))
    unread = at.number.digits is None
    if seen is None:
        ink = None
        if not at.number.notation:
            ink = sight.ink(open_slot(at.run, first.head.split), at.run.height)
        return Written(at.digits_apart or unread, at.number.is_blank and not ink, ink)
    return _told(seen, unread=unread, empty=not at.number.seen.strip(" ._…-"))


def _told(seen: Look, *, unread: bool, empty: bool) -> Written:
    if seen.writing is Writing.HAND:
        return Written(by_hand=True, box=seen.box, confidence=seen.confidence, looked=True)
    if seen.writing is Writing.BLANK:
        return Written(by_hand=not empty, blank=empty, looked=True)
    return Written(by_hand=unread, looked=True, confidence=_GUESSED if unread else seen.confidence)


def missing_number(first: FirstPage, sight: Sight) -> Box | None:
    """Where a number belongs that nothing was read of: left of the date line, ink of its size."""
    date, head = first.head.date, first.head
    if date is None or not head.issuer or head.nation is None or first.layout.born_digital:
        return None
    box = date.run.box
    place = Box(round(_MARGIN * first.layout.width), box.y0, round(head.split) - 2, box.y1)
    if place.x1 <= place.x0 or box.x0 < place.x1:
        return None
    return sight.ink(place, date.run.height)


def date_written(at: DateAt, sight: Sight) -> Written:
    """How day and month came onto the paper: by hand where either is."""
    if sight.born_digital:
        return PRINTED
    unread = at.dated.value is None
    slots = date_slots(at.run)
    looks = [seen for seen in map(sight.look, slots.values()) if seen]
    hands = [seen for seen in looks if seen.writing is Writing.HAND]
    if hands:
        box = union(seen.box for seen in hands)
        return Written(by_hand=True, box=box, confidence=_most(hands), looked=True)
    blank = any(seen.writing is Writing.BLANK for seen in looks)
    if blank and unread:
        return Written(by_hand=False, blank=True, looked=True)
    return Written(by_hand=unread or blank, looked=len(looks) == 2)


def _most(looks: Iterable[Look]) -> float:
    return max(seen.confidence for seen in looks)

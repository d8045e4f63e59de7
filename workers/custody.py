"""What the house does by itself for the copies, the keys and the fixity of the archive."""

import time
from collections.abc import Iterator
from functools import cache

from django.utils import timezone

from archive import ledger
from archive.fixity import Pace
from archive.services.custody import (
    Strongroom,
    take_up,
)
from archive.services.levelling import (
    find_extra,
    level_anchors,
    level_holds,
    level_keys,
    remove_leaving,
)
from archive.services.protection import apply_protection
from archive.services.rolling import check_slice, close_day, troubles
from archive.services.rotation import finish_rotations
from archive.stages import Stage
from workers.house import House

SLICE_SECONDS = 3.0
"""How long a pool's parent may read before it looks after its workers again."""
AWAY_SECONDS = 300.0
"""How long the rolling check leaves a place alone that was away."""


def room_of(house: House) -> Strongroom:
    """What custody works on in this house."""
    return Strongroom(house.archive, house.vault)


@cache
def _pace(megabytes_per_second: float) -> Pace:
    """One allowance a process."""
    return Pace(megabytes_per_second)


def check_some(house: House) -> None:
    """Bring what a copy misses and read what is due, at the rate set."""
    room = room_of(house)
    _take_up_once(room)
    tally = check_slice(
        room,
        house.fixity,
        _pace(house.fixity.megabytes_per_second),
        seconds=SLICE_SECONDS,
        now=timezone.now(),
        away=_still_away(),
    )
    for place in tally.away:
        _away_until.setdefault(place, time.monotonic() + AWAY_SECONDS)


_away_until: dict[str, float] = {}
"""Until when a place that was away is not tried: each try may cost its whole patience."""


def _still_away() -> list[str]:
    for place, until in list(_away_until.items()):
        if until <= time.monotonic():
            del _away_until[place]
    return list(_away_until)


_taken_up: set[str] = set()
"""Places whose rows this process knows to be complete: the seal makes those of new blobs."""


def _take_up_once(room: Strongroom) -> None:
    if room.archive.place not in _taken_up and not take_up(room):
        _taken_up.add(room.archive.place)


def level_copies(house: House) -> None:
    """Bring keys and holds to the copies that missed them; finish what was cut short.

    It goes through all rows, which no index spares it: once an hour.
    """
    room = room_of(house)
    take_up(room)
    level_keys(room)
    level_holds(room)
    finish_rotations(room)
    apply_protection(room)


def tidy_copies(house: House) -> None:
    """Delete what may go, level the anchors, look for bytes without a row, close the day."""
    room = room_of(house)
    remove_leaving(room, now=timezone.now())
    level_anchors(room)
    close_day(room, house.fixity, timezone.now())
    if not is_sealing():
        find_extra(room)


def worries(house: House) -> Iterator[str]:
    """What an archivist must know of the copies, a Vietnamese sentence each; nothing: all is well.

    Counted by index: the first page asks at every visit.
    """
    room, now = room_of(house), timezone.now()
    for trouble in troubles(room, house.fixity, now):
        where = f"“{trouble.place}”" if len(room.copies) > 1 else "kho lưu trữ"
        if trouble.planned:
            yield (
                f"Bản sao ở {where} còn thiếu {trouble.planned} tệp. "
                "Máy tự chép khi vào được; hãy xem ổ đĩa hoặc máy chủ nếu số này không giảm."
            )
        if trouble.faulty:
            yield (
                f"Ở {where} có {trouble.faulty} tệp hỏng hoặc mất mà chưa sửa được. "
                "Hãy chạy: tangthu fixity, và tìm bản sao lưu."
            )
        if trouble.overdue:
            yield (
                f"Ở {where} có {trouble.overdue} tệp quá {house.fixity.days} ngày chưa đọc lại. "
                "Hãy để máy chạy, hoặc chạy: tangthu fixity"
            )


def is_sealing() -> bool:
    """Whether bytes may lie in the archive whose row is about to be written."""
    open_runs: bool = ledger.open_runs(stage__in=(Stage.SEAL, Stage.KEEP)).exists()
    return open_runs

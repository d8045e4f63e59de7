"""`tangthu fixity`: everything in the archive read and compared, or what is due now."""

import datetime as dt
from dataclasses import asdict
from typing import TYPE_CHECKING

from config.cli import FAILED, Answer, Arguments
from config.progress import Progress
from config.start import local_account, start

if TYPE_CHECKING:
    from archive.services.rolling import Tally
    from workers.house import House


def run(arguments: Arguments) -> Answer:
    """Read as fast as the machine can; what is damaged is mended where a copy is sound."""
    options = start()
    from workers.house import current

    house = current()
    with Progress("Đọc kiểm tra", unit="tệp") as progress:
        if arguments.all:
            tally = _all(house, progress, local_account(options).username)
        else:
            tally = _due(house, progress)
    return _answer(house, tally)


def _due(house: "House", progress: Progress) -> "Tally":
    from archive.services.custody import due_to_copy, take_up
    from archive.services.rolling import check_rows, due_to_check
    from workers.custody import room_of

    room, now = room_of(house), dt.datetime.now(dt.UTC)
    while take_up(room):
        pass
    tally = check_rows(due_to_copy(room, now), room, tick=progress.step)
    due = check_rows(due_to_check(room, house.fixity, now), room, tick=progress.step)
    return tally.with_(due)


def _all(house: "House", progress: Progress, actor: str) -> "Tally":
    """A round that was killed is taken up where it was left."""
    from archive.services.custody import take_up
    from archive.services.levelling import find_extra, level_anchors, level_keys
    from archive.services.rolling import check_rows, close_round, open_round, rows_of_round
    from workers.custody import is_sealing, room_of

    room = room_of(house)
    while take_up(room):
        pass
    round_ = open_round()
    tally = check_rows(rows_of_round(room, round_), room, tick=progress.step)
    level_keys(room)
    level_anchors(room)
    tally.add_extra([] if is_sealing() else find_extra(room))
    if not tally.away:
        close_round(round_, tally, actor=actor)
    return tally


def _answer(house: "House", tally: "Tally") -> Answer:
    from archive.services.rolling import custody_state
    from workers.custody import room_of

    states = custody_state(room_of(house), house.fixity, dt.datetime.now(dt.UTC))
    lines = [f"Đã đọc {tally.checked} tệp, {tally.read / 1e6:.0f} MB."]
    lines += [f"  {one.id}: {one.what}: {one.detail}" for one in (*tally.problems, *tally.mended)]
    lines += [f"  Chưa vào được: {place}" for place in sorted(tally.away)]
    lines += [
        f"{state.place}: {state.forms} tệp, còn phải chép {state.planned}, "
        f"hỏng hoặc mất {state.faulty}, quá hạn đọc {state.overdue}."
        for state in states
    ]
    data = {
        "checked": tally.checked,
        "ok": tally.checked - len(tally.problems) - len(tally.mended),
        "bytes": tally.read,
        "problems": [one.as_json() for one in tally.problems],
        "mended": [one.as_json() for one in tally.mended],
        "brought": tally.brought,
        "away": sorted(tally.away),
        "copies": [asdict(state) for state in states],
    }
    status = FAILED if tally.problems or tally.away else 0
    return Answer(data, "\n".join(lines), status)

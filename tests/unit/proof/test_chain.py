"""The audit trail: every way of tampering shows."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

import proof.chain
from proof.chain import (
    GENESIS,
    Anchor,
    anchor_bytes,
    check_events,
    check_growing,
    event_hash,
    parse_anchor,
)
from proof.errors import BadAnchorError
from proof.types import What

Row = dict[str, Any]
DAYS = ["2026-11-19"] * 3 + ["2026-11-20"] * 4 + ["2026-11-21"] * 2


class Trail:
    """Nine events on three days, their heads, and an anchor at the end of the first two days."""

    def __init__(self) -> None:
        self.events: list[Row] = []
        for seq, day in enumerate(DAYS, 1):
            self.events.append(
                {
                    "seq": seq,
                    "day": day,
                    "at": f"{day}T08:00:{seq:02d}Z",
                    "tag": "document:checked",
                    "actor": "can-bo-1",
                    "subject": f"D{seq}",
                    "detail": {"n": seq, "ten": "Nguyễn Thị Hà"},
                }
            )
        self.rehash(0)
        self.heads = [self.head(day) for day in sorted(set(DAYS))]
        self.anchors = [self.anchor(3), self.anchor(7)]

    def rehash(self, start: int) -> None:
        """What a forger with the database does: every hash from `start` on made right again."""
        for place in range(start, len(self.events)):
            previous = self.events[place - 1]["hash"] if place else GENESIS
            self.events[place]["previous"] = previous
            self.events[place]["hash"] = event_hash(previous, self.events[place])

    def head(self, day: str) -> Row:
        """The head row of a day."""
        of_day = [event for event in self.events if event["day"] == day]
        first, last = of_day[0], of_day[-1]
        return {
            "day": day,
            "first_seq": first["seq"],
            "last_seq": last["seq"],
            "hash": last["hash"],
        }

    def anchor(self, seq: int) -> tuple[str, bytes]:
        """The anchor that an honest store would hold."""
        event = self.events[seq - 1]
        count = sum(e["day"] == event["day"] for e in self.events[:seq])
        anchor = Anchor(seq, event["hash"], event["at"], event["day"], count)
        return anchor.name, anchor_bytes(anchor)

    def problems(self) -> list[tuple[str, What]]:
        """What the check says."""
        return [(p.id, p.what) for p in check_events(self.events, self.heads, self.anchors)]


def test_whole_trail_is_whole() -> None:
    """No problem where nothing was done; an empty trail is whole too."""
    assert Trail().problems() == []
    assert check_events([], [], []) == []


def test_one_altered_row_is_one_problem() -> None:
    """Each covered column counts."""
    for key, value in {
        "day": "2026-11-20",
        "at": "2026-11-20T09:00:00Z",
        "tag": "document:viewed",
        "actor": "can-bo-2",
        "subject": "D9",
        "detail": {"n": 5, "ten": "Nguyễn Thị Hạ"},
    }.items():
        trail = Trail()
        before = trail.events[4][key]
        trail.events[4][key] = value
        assert ([] if before == value else [("audit:5", What.AUDIT_BROKEN)]) == trail.problems()


def test_a_jump_back_in_days_shows() -> None:
    """Days never run backwards."""
    trail = Trail()
    trail.events[4]["day"] = "2026-11-19"
    assert ("audit:5", What.AUDIT_BROKEN) in trail.problems()


def drop(trail: Trail) -> None:
    del trail.events[4]


def insert(trail: Trail) -> None:
    trail.events.insert(4, copy.deepcopy(trail.events[3]))


def swap(trail: Trail) -> None:
    trail.events[3], trail.events[4] = trail.events[4], trail.events[3]


def cut(trail: Trail) -> None:
    del trail.events[7:]


def cut_with_heads(trail: Trail) -> None:
    del trail.events[5:]
    trail.heads = [trail.head(day) for day in ("2026-11-19", "2026-11-20")]


def forge_all(trail: Trail) -> None:
    trail.events[1]["actor"] = "nguoi-khac"
    trail.rehash(1)
    trail.heads = [trail.head(day) for day in sorted(set(DAYS))]


def forge_numbers(trail: Trail) -> None:
    del trail.events[1]
    for seq, event in enumerate(trail.events, 1):
        event["seq"] = seq
    trail.rehash(0)
    trail.heads = [trail.head(day) for day in sorted(set(DAYS))]


def drop_head(trail: Trail) -> None:
    del trail.heads[1]


def forge_anchor(trail: Trail) -> None:
    trail.anchors[0] = (trail.anchors[0][0], b"{}")


def rename_anchor(trail: Trail) -> None:
    trail.anchors[0] = ("2026-11-18-0000000001.json", trail.anchors[0][1])


def not_json(trail: Trail) -> None:
    trail.events[2]["detail"] = {"score": 0.5}


def no_hash(trail: Trail) -> None:
    del trail.events[2]["hash"]


@pytest.mark.parametrize(
    "tamper",
    [
        drop,
        insert,
        swap,
        cut,
        cut_with_heads,
        forge_all,
        forge_numbers,
        drop_head,
        forge_anchor,
        rename_anchor,
        not_json,
        no_hash,
    ],
)
def test_tampering_shows(tamper: Callable[[Trail], None]) -> None:
    """Removed, inserted, reordered, cut, forged with all hashes made right: audit_broken."""
    trail = Trail()
    tamper(trail)
    assert What.AUDIT_BROKEN in {what for _, what in trail.problems()}


def test_rehashed_trail_passes_without_anchors_only() -> None:
    """The forger's work is perfect: nothing but the anchors outside the database shows it."""
    trail = Trail()
    forge_all(trail)
    honest, trail.anchors = trail.anchors, [trail.anchor(3), trail.anchor(7)]
    assert trail.problems() == []
    trail.anchors = honest
    assert trail.problems() == [("audit:3", What.AUDIT_BROKEN), ("audit:7", What.AUDIT_BROKEN)]


def restored(trail: Trail, *lost: int) -> Row:
    """Lines 6 and 7 are gone; the trail goes on behind the last anchor with what says so."""
    event = {**trail.events[7], "tag": "records:restored", "detail": {"lost": list(lost)}}
    trail.events[5:8] = [event]
    trail.rehash(5)
    trail.heads = [trail.head(day) for day in sorted(set(DAYS))]
    return event


def test_a_restore_owns_up_to_what_was_lost() -> None:
    """The hole is told and is no problem; the anchor in it is contradicted by nobody."""
    trail = Trail()
    restored(trail, 6, 7)
    found = proof.chain.check_trail(proof.chain.Trail(trail.events, trail.heads, trail.anchors))
    assert found.problems == []
    (told,) = found.notes
    assert "số 6 đến 7" in told
    assert "can-bo-1" in told


@pytest.mark.parametrize("lost", [(), (6,), (5, 7), (6, 8), (7, 7)])
def test_a_restore_that_says_too_little_or_too_much_is_none(lost: tuple[int, ...]) -> None:
    """Exactly the missing lines, or they count as removed."""
    trail = Trail()
    restored(trail, *lost)
    assert ("audit:6", What.AUDIT_BROKEN) in trail.problems()


def test_nothing_but_a_restore_may_leave_lines_out() -> None:
    """Whatever its detail says."""
    trail = Trail()
    event = restored(trail, 6, 7)
    event["tag"] = "document:checked"
    trail.rehash(5)
    trail.heads = [trail.head(day) for day in sorted(set(DAYS))]
    assert ("audit:6", What.AUDIT_BROKEN) in trail.problems()


def test_a_restore_hides_no_change_before_it() -> None:
    """An anchor before the hole holds as ever, and so does the chain into the event itself."""
    trail = Trail()
    restored(trail, 6, 7)
    trail.events[1]["actor"] = "nguoi-khac"
    trail.rehash(1)
    trail.heads = [trail.head(day) for day in sorted(set(DAYS))]
    assert ("audit:3", What.AUDIT_BROKEN) in trail.problems()
    trail = Trail()
    event = restored(trail, 6, 7)
    event["previous"] = "0" * 64
    event["hash"] = event_hash(event["previous"], event)
    assert ("audit:8", What.AUDIT_BROKEN) in trail.problems()


def test_a_day_counts_what_it_lost() -> None:
    """An anchor behind a hole of its own day says how many events that day had."""
    trail = Trail()
    event = {**trail.events[8], "tag": "records:restored", "detail": {"lost": [8, 8]}}
    event["day"] = "2026-11-20"
    trail.events[7:] = [event]
    trail.rehash(7)
    trail.heads = [trail.head(day) for day in sorted(set(DAYS[:7]))]
    anchor = Anchor(9, event["hash"], event["at"], "2026-11-20", 6)
    trail.anchors.append((anchor.name, anchor_bytes(anchor)))
    assert trail.problems() == []


def test_a_past_day_without_anchor_is_missing_one() -> None:
    """The last day may still wait for its anchor, the days before may not."""
    trail = Trail()
    del trail.anchors[1]
    assert trail.problems() == [("audit:2026-11-20", What.ANCHOR_MISSING)]


def test_an_anchor_that_the_head_names_must_be_there() -> None:
    """An anchor deleted from the store shows on the day itself."""
    trail = Trail()
    trail.heads[2]["anchored_seq"] = 8
    assert trail.problems() == [("audit:2026-11-21", What.ANCHOR_MISSING)]
    trail.anchors.append(trail.anchor(8))
    assert trail.problems() == []


def test_composed_and_decomposed_hash_alike() -> None:
    """A database or file system that changes NFC to NFD breaks nothing."""
    event = {**Trail().events[0], "actor": "Hà"}
    assert event_hash(GENESIS, event) == event_hash(GENESIS, {**event, "actor": "Ha\u0300"})


def test_hash_of_one_event_is_fixed_for_ever() -> None:
    """A change of the algorithm would orphan every trail written before it.

    The expected value is `sha256sum` of the domain line, 64 zeros, and the JSON typed by hand.
    """
    expected = "bfa3a6881087169240f9980667f111852c5aadff86e9601929c1d08d85b104de"
    assert expected == Trail().events[0]["hash"]


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff", b"x" * 20_000, b'{"seq": true}'])
def test_parse_anchor_refuses(data: bytes) -> None:
    """Coded, never a crash."""
    with pytest.raises(BadAnchorError):
        parse_anchor(data)


def test_anchor_round_trip() -> None:
    """What is written is read back."""
    anchor = Anchor(
        seq=7, hash="a" * 64, at="2026-11-20T17:00:00Z", day="2026-11-20", events_of_day=4
    )
    assert anchor == parse_anchor(anchor_bytes(anchor))


def test_growth_between_two_parts_is_no_tampering() -> None:
    """Events added while the trail is read pass; an altered row does not."""
    trail = Trail()
    busy = Trail()
    busy.events = busy.events[:8]
    busy.heads[2] = busy.head("2026-11-21")
    first = proof.chain.Trail(trail.events, busy.heads, trail.anchors)
    whole = proof.chain.Trail(trail.events, trail.heads, trail.anchors)
    assert check_events(*first)
    readings = iter([first, whole])
    assert check_growing(lambda: next(readings)).problems == []
    trail.events[4]["actor"] = "kẻ gian"
    readings = iter([first, whole, whole])
    found = [(p.id, p.what) for p in check_growing(lambda: next(readings)).problems]
    assert found == [("audit:5", What.AUDIT_BROKEN)]

"""What counts as right in a field, and the sums over a set of documents."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from classify import Fields

PRINTED = {
    "number": "number",
    "issued_date": "issued_on",
    "agency": "issuer",
    "title": "abstract",
    "signer_name": "signer_name",
    "signer_position": "signer_title",
}
"""The clerk's name of a field -> ours."""

BY_HAND = {
    "ag_ctph_2016_2021.pdf": ("number", "day"),
    "dn_cv1595_2019.pdf": ("number", "day"),
    "qn_bc23_2025.pdf": ("number", "day"),
    "qn_ct01_2021.pdf": ("number", "day", "month"),
    "qn_ct04_2024.pdf": ("number", "day"),
    "qn_ct08_2018.pdf": ("number", "day"),
    "qn_ct11_2021.pdf": ("number", "day"),
    "qn_ct16_2021.pdf": ("number", "day"),
    "qn_cv574_2025.pdf": ("number", "day"),
    "qn_qd04_bcd138_2025.pdf": ("number", "day"),
    "qn_qd84_2025.pdf": ("number", "day"),
    "qn_qd87_2025.pdf": ("number", "day"),
    "qn_ttr01_2025.pdf": ("number", "day"),
    "qn_ttr09_2025.pdf": ("number", "day"),
}
"""What is written by hand on the first pages of `scans`, seen by eye; archive_2010 says it."""

LIKE = 0.9
"""Similarity at which an abstract counts as read."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One field of one document beside the truth."""

    name: str
    truth: str
    value: str | None
    right: bool
    sure: bool
    likeness: float = 1.0


@dataclass(slots=True)
class Tally:
    """What happened to one field over all documents."""

    asked: int = 0
    right: int = 0
    empty: int = 0
    like: int = 0
    sure: int = 0
    sure_wrong: int = 0

    def add(self, verdict: Verdict) -> None:
        """Count one more."""
        self.asked += 1
        self.right += verdict.right
        self.empty += verdict.value is None
        self.like += verdict.likeness >= LIKE
        self.sure += verdict.sure
        self.sure_wrong += verdict.sure and not verdict.right


@dataclass(slots=True)
class HandTally:
    """Handwriting of one field: there and found, not there and claimed, passed as sure."""

    there: int = 0
    found: int = 0
    boxed: int = 0
    passed: int = 0
    printed: int = 0
    claimed: int = 0


@dataclass(slots=True)
class SetScore:
    """One folder of documents."""

    fields: dict[str, Tally] = field(default_factory=dict)
    hands: dict[str, HandTally] = field(default_factory=dict)
    milliseconds: list[float] = field(default_factory=list)

    def add(self, verdict: Verdict) -> None:
        """Count a verdict under its field."""
        self.fields.setdefault(verdict.name, Tally()).add(verdict)

    def covered(self, names: Iterable[str]) -> tuple[int, int, int]:
        """(asked, sure, sure and wrong) over these fields."""
        of = [self.fields[name] for name in names if name in self.fields]
        return (
            sum(tally.asked for tally in of),
            sum(tally.sure for tally in of),
            sum(tally.sure_wrong for tally in of),
        )


def plain(value: object) -> str:
    """NFC, single spaces, no closing stop."""
    text = unicodedata.normalize("NFC", str(value or ""))
    return re.sub(r"\s+", " ", text).strip(" .")


def likeness(one: str, other: str) -> float:
    """1 - edit distance / longer length, over NFC, case folded, spaces collapsed."""
    a, b = plain(one).casefold(), plain(other).casefold()
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, against in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (letter != against))
    return 1 - row[-1] / max(len(a), len(b), 1)


def notation_of(number: str) -> str:
    """What stands after the slash: of "150/2020/TT-BCA" "TT-BCA", of "40/2013/QH13" "QH13"."""
    return re.sub(r"^(?:19|20)\d\d/", "", number.partition("/")[2])


def by_hand(entry: Mapping[str, Any]) -> frozenset[str]:
    """Which of number, day and month are by hand on this document."""
    return frozenset(entry.get("handwritten", BY_HAND.get(entry["file"], ())))


def field_verdicts(entry: Mapping[str, Any], fields: Fields) -> list[Verdict]:
    """Every field that the clerk entered; numbers and days by hand are left to `count_hands`."""
    hand = by_hand(entry)
    verdicts = []
    for theirs, ours in PRINTED.items():
        if entry.get(theirs) is None or theirs in entry.get("skip_fields", ()):
            continue
        if ours == "number":
            verdicts.append(_notation(entry, fields))
        written = "number" in hand if ours == "number" else bool({"day", "month"} & hand)
        if ours in ("number", "issued_on") and written:
            continue
        accepted = [entry[theirs], *(entry.get("title_accept", ()) if theirs == "title" else ())]
        verdicts.append(_verdict(ours, accepted, fields))
    return verdicts


def _notation(entry: Mapping[str, Any], fields: Fields) -> Verdict:
    return _verdict("notation", [notation_of(entry["number"])], fields)


def _verdict(name: str, accepted: Sequence[str], fields: Fields) -> Verdict:
    got = fields[name]
    value = str(got.value) if got.value is not None else None
    like = max(likeness(value or "", text) for text in accepted)
    right = plain(value) in [plain(text) for text in accepted]
    if name == "issuer":
        right = plain(value).casefold() in [plain(text).casefold() for text in accepted]
    return Verdict(name, accepted[0], value, right, got.sure, like)


def count_hands(score: SetScore, entry: Mapping[str, Any], fields: Fields) -> list[str]:
    """Add a document's handwriting; what was missed or made up comes back as sentences."""
    hand = by_hand(entry)
    wrong = []
    for name, written in (
        ("number", "number" in hand),
        ("issued_on", bool({"day", "month"} & hand)),
    ):
        truth = entry.get("number" if name == "number" else "issued_date")
        if truth is None:
            continue
        got, tally = fields[name], score.hands.setdefault(name, HandTally())
        if written:
            tally.there += 1
            tally.found += got.handwritten
            tally.boxed += got.handwritten and got.box is not None
            tally.passed += got.sure
        else:
            tally.printed += 1
            tally.claimed += got.handwritten
        if written != got.handwritten:
            wrong.append(f"{name} {'by hand, not seen' if written else 'printed, called a hand'}")
    return wrong

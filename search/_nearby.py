"""Words of the index that are one edit from a typed one: what OCR may have read instead."""

import json
import sqlite3
from collections.abc import Iterable
from string import ascii_lowercase

from search.highlight import can_be_loose
from search.limits import LOOSE_TERMS
from search.syllables import is_syllable


def similar_words(db: sqlite3.Connection, word: str) -> tuple[str, ...]:
    """The index's words that `word`, folded, may be a misreading of, or they of it."""
    rows = db.execute(
        "SELECT word FROM vocabulary WHERE word IN (SELECT value FROM json_each(?)) LIMIT ?",
        (json.dumps(likely_edits(word)), LOOSE_TERMS),
    )
    return tuple(word for (word,) in rows)


def likely_edits(word: str) -> list[str]:
    """What `word` may be misread as, or a misreading of: of the two only one is a syllable."""
    if not can_be_loose(word):
        return []
    spelt = is_syllable(word)
    return sorted(edit for edit in one_edit(word) if is_syllable(edit) != spelt)


def learn(db: sqlite3.Connection, words: Iterable[str]) -> None:
    """Add folded words to the vocabulary. Words of removed documents stay; they find nothing."""
    known = sorted({word for word in words if word.isalpha()})
    db.executemany("INSERT OR IGNORE INTO vocabulary VALUES (?)", ((word,) for word in known))


def one_edit(word: str) -> set[str]:
    """Every word one letter away: missing, added, changed or swapped with its neighbour."""
    halves = [(word[:cut], word[cut:]) for cut in range(len(word) + 1)]
    missing = {left + right[1:] for left, right in halves if right}
    swapped = {left + right[1] + right[0] + right[2:] for left, right in halves if right[1:]}
    added = {left + letter + right for left, right in halves for letter in ascii_lowercase}
    changed = {
        left + letter + right[1:] for left, right in halves if right for letter in ascii_lowercase
    }
    return (missing | swapped | added | changed) - {word}

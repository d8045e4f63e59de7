"""Words of the index that are one edit from a typed one: what OCR may have read instead."""

import sqlite3
from string import ascii_lowercase

from search._match import Similar
from search.highlight import can_be_loose
from search.limits import LOOSE_TERMS


def similar_words(db: sqlite3.Connection) -> Similar:
    """A function that looks folded words up in the index of `db`; numbers are never guessed."""
    db.execute("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, words, row)")

    def similar(word: str) -> tuple[str, ...]:
        if not can_be_loose(word):
            return ()
        edits = sorted(one_edit(word))
        rows = db.execute(
            f"SELECT term FROM vocabulary WHERE term IN ({', '.join('?' * len(edits))}) "  # noqa: S608  question marks only
            "ORDER BY doc DESC LIMIT ?",
            (*edits, LOOSE_TERMS),
        )
        return tuple(term for (term,) in rows)

    return similar


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

"""What people said of fields, as learning takes it: one lesson a document."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from classify._fields import Found
from classify._layout import Layout, lay_out
from classify.extraction import find_fields
from classify.limits import MAX_LABEL_PAGES
from classify.training.hints import Hints, hints_of
from classify.types import KindGuess, PageView, Reference

PARTS = 5
"""How many times the documents are divided, each part left out once."""


class Said(NamedTuple):
    """A person's word on one field."""

    value: object
    """None is "not on the paper"."""
    looked_at: bool
    """Whether a person changed or accepted this very field; else the whole paper was confirmed."""
    handwritten: bool = False


@dataclass(frozen=True)
class FieldLesson:
    """One document: what the machine finds on it now, and what people said of it."""

    id: str
    code: str | None
    found: Found
    said: Mapping[str, Said]
    group: str = ""
    """The letter of the catalogue's group: who makes such papers."""
    hints: Hints = field(default_factory=dict)
    """What stands before the values that were not read."""
    heads: tuple[Layout, ...] = ()
    """The pages' layouts, where there are hints."""

    @property
    def part(self) -> int:
        """Which part it belongs to, by its id alone."""
        return hashlib.sha256(self.id.encode()).digest()[0] % PARTS


def field_lesson(
    document: str,
    pages: Sequence[PageView],
    guess: KindGuess,
    reference: Reference,
    said: Mapping[str, Said],
) -> FieldLesson:
    """Find a document's fields anew, as the program does today, beside what people said."""
    found = find_fields(pages, guess, reference)
    kind = next((kind for kind in reference.kinds if kind.code == guess.code), None)
    own = kind.own_fields if kind else ()
    missed = {name: str(said[name].value) for name in own if _is_missed(name, found, said)}
    unread = any(name in said and found.fields[name].value is None for name in own)
    heads = [lay_out(page) for page in pages if page.text.lines][:MAX_LABEL_PAGES]
    hints = hints_of(missed, heads)
    group = kind.group[:1] if kind else ""
    kept = tuple(heads) if unread else ()
    return FieldLesson(document, guess.code, found, said, group, hints, kept)


def _is_missed(name: str, found: Found, said: Mapping[str, Said]) -> bool:
    if name not in said or not said[name].value:
        return False
    read = found.fields.get(name)
    return read is None or not same(name, read.value, said[name].value)


def same(name: str, one: object, other: object) -> bool:
    """Whether two values are the same to a clerk: but for white space, a closing stop, case of
    a body's name.
    """
    a, b = _plain(one), _plain(other)
    return a.casefold() == b.casefold() if name == "issuer" else a == b


def _plain(value: object) -> str:
    if value is None or isinstance(value, bool):
        return str(value)
    text = unicodedata.normalize("NFC", str(value))
    return re.sub(r"\s+", " ", text).strip(" .")

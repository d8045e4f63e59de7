"""Where the values that people typed stand on the page, and the words before them."""

import re
from collections.abc import Iterator, Mapping, Sequence

from classify._layout import Layout
from classify._own import SORTS
from classify._text import letters

Hints = Mapping[str, tuple[tuple[str, str], ...]]
"""Field -> (sort of value, words before it) for each place where its value stands."""

_MOST_WORDS = 8
_ITEM = re.compile(r"^\W*(?:\d{1,2}|[a-zđ]|[ivx]{1,4})[.)]\s+|^\W+")


def hints_of(missed: Mapping[str, str], heads: Sequence[Layout]) -> Hints:
    """The words before each missed value, wherever it stands in the rows of the pages."""
    texts = [row.whole.text for layout in heads for row in layout.rows]
    found = {name: tuple(_before(value, texts)) for name, value in missed.items()}
    return {name: hints for name, hints in found.items() if hints}


def _before(value: str, texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    for text in texts:
        for place in _ends_of_labels(text, value):
            rest = text[place:].lstrip(" :.…_-")
            for sort, reader in SORTS.items():
                if _is(reader(rest), value):
                    label = _ITEM.sub("", text[:place].rstrip(" :.…_-"))
                    words = label.split()[-_MOST_WORDS:]
                    if len(letters(" ".join(words))) > 2:
                        yield sort, " ".join(words)


def _ends_of_labels(text: str, value: str) -> set[int]:
    """Where a label may end: behind each colon, and right before the value itself."""
    places = {match.end() for match in re.finditer(":", text)}
    at = text.casefold().find(value.casefold())
    return places | ({at} if at > 0 else set())


def _is(read: str | None, value: str) -> bool:
    """Whether a reading is the value, or, for what runs to the end of a row, begins with it."""
    if read is None:
        return False
    a, b = read.casefold().strip(" .,;"), value.casefold().strip(" .,;")
    return a == b

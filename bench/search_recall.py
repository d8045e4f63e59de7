# ruff: noqa: S311  a benchmark, no secret
"""How often the right document is in the first three: `python -m bench.search_recall TEXTS`.

TEXTS is a gzip of JSON lines with `id`, `title` and `text` (legal texts of central government; not
part of the project). Texts are cut into pages of 2,500 characters and misread: in CER of the
letters one is replaced, dropped, loses its mark or is followed by a stray space. Nothing but the
pages is indexed, as for a document whose fields nobody has checked. Prints one JSON document.
"""

import argparse
import gzip
import json
import random
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from search import Fts5Index, IndexDocument, Query, QueryError, fold

_QUOTES = re.compile('["“”„‟«»]')
PAGE_CHARS = 2_500
MOST_PAGES = 10
ASKED = 100


def misread(text: str, cer: float, chance: random.Random) -> str:
    """`text` as a recogniser with that rate of wrong characters gives it."""
    faults: tuple[Callable[[str], str], ...] = (
        lambda _: chance.choice("lcoeinr"),
        lambda _: "",
        fold,
        lambda letter: f"{letter} ",
    )
    return "".join(
        chance.choice(faults)(letter) if letter.isalpha() and chance.random() < cer else letter
        for letter in text
    )


def documents(texts: Path, cer: float, chance: random.Random) -> Iterator[IndexDocument]:
    """The texts as scanned papers of which nothing is known but their pages."""
    with gzip.open(texts, "rt", encoding="utf-8") as lines:
        for line in lines:
            given = json.loads(line)
            text = misread(given["text"][: PAGE_CHARS * MOST_PAGES], cer, chance)
            pages = range(0, len(text), PAGE_CHARS)
            yield IndexDocument(
                id=given["id"], status="waiting", access="ordinary", unit="", kind=None,
                kind_name="", number=None, abstract=None, issuer=None, signer=None, subject=None,
                issued_on=None, pages=tuple(text[at : at + PAGE_CHARS] for at in pages),
            )  # fmt: skip


def questions(title: str, text: str, chance: random.Random) -> dict[str, str]:
    """What a clerk may remember of a document."""
    words = _QUOTES.sub(" ", title).split()
    body = _QUOTES.sub(" ", text)[: PAGE_CHARS * MOST_PAGES].split()
    at = chance.randrange(max(1, len(body) - 8))
    half = [word for word in words if chance.random() < 0.5] or words
    return {
        "number": next((word for word in words if "/" in word), words[0]),
        "title, no tones": fold(" ".join(words[:24])),
        "half of the title, no tones": fold(" ".join(half[:20])),
        "eight words of the body": " ".join(body[at : at + 8]),
    }


def three(index: Fts5Index, text: str) -> list[str]:
    """The first three found; none where the question cannot be read."""
    try:
        return [hit.id for hit in index.search(Query(text, limit=3)).hits]
    except QueryError:
        return []


def main() -> None:
    """Index the texts, ask for `ASKED` of them."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("texts", type=Path)
    options.add_argument("--cer", type=float, default=0.02)
    given = options.parse_args()
    if not given.texts.exists():
        sys.exit(f"no such file: {given.texts}; this benchmark needs texts the project has not")
    chance = random.Random(20)
    with gzip.open(given.texts, "rt", encoding="utf-8") as lines:
        known = [json.loads(line) for line in lines]
    with tempfile.TemporaryDirectory() as folder:
        index = Fts5Index(Path(folder) / "index.sqlite3")
        index.put(documents(given.texts, given.cer, chance))
        first: dict[str, list[bool]] = {}
        titled = [one for one in known if one["title"].strip()]
        for one in chance.sample(titled, min(ASKED, len(titled))):
            for sort, text in questions(one["title"], one["text"], chance).items():
                first.setdefault(sort, []).append(one["id"] in three(index, text))
    rates = {sort: round(sum(found) / len(found), 3) for sort, found in first.items()}
    print(json.dumps({"cer": given.cer, "documents": len(known), "first_three": rates}, indent=1))


if __name__ == "__main__":
    main()

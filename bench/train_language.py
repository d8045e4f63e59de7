"""Make ocr/second/language.npz: counts of syllables, pairs and triples of the state's legal texts.

    python -m bench.train_language [--shared ../shared] [--to ocr/second/language.npz]

Counted below the shared folder's `data/text`: 999 legal documents (`vbpl_1000.jsonl.gz`), a word
list (`pyvi_words.txt`, MIT) and place names (`parser_from_2025.json`, `converter_2025.json`, MIT).
Texts in English, and texts that share six long lines with a transcription to measure on, are left
out. Nothing of the texts but counts is kept.
"""

import argparse
import gzip
import json
import math
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np

from ocr._vietnamese import is_syllable, is_vietnamese_letter
from ocr.second.language import BITS, Language, Tables, stored_tables
from ocr.second.syllables import BREAK, NUMBER, OTHER, tokens_of

MIN_SYLLABLE, MIN_OTHER = 2, 8
MIN_PAIR, MIN_TRIPLE = 1, 1
LONG_LINE, SHARED_LINES = 40, 6
COMMON_TEXTS = 3
"""A line that more texts than these hold is a form of words, not the text of a page."""
MIN_MARKED = 0.08
MAX_FILE_BYTES = 3_000_000


def main() -> int:
    """Count, prune, write; with --check say the perplexity on a twentieth left out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--to", type=Path, default=Path("ocr/second/language.npz"))
    parser.add_argument("--truth", type=Path, nargs="*", default=[], help="more transcriptions")
    parser.add_argument("--check", action="store_true")
    chosen = parser.parse_args()
    folder = chosen.shared / "data" / "text"
    if not folder.is_dir():
        print(f"No texts: {folder} is not there.")
        return 1
    measured = [chosen.shared / "data" / "ocr_pages", chosen.shared / "ocr", *chosen.truth]
    texts = without_measured(list(legal_texts(folder)), lines_of(measured))
    names = list(place_names(folder))
    words = (folder / "pyvi_words.txt").read_text(encoding="utf-8").splitlines()
    if chosen.check:
        held = set(range(0, len(texts), 20))
        counted = (text for place, text in enumerate(texts) if place not in held)
        model = Language(count(counted, words, names))
        print(f"perplexity {perplexity(model, (texts[place] for place in held)):.2f}")
        return 0
    tables = count(texts, words, names)
    np.savez_compressed(chosen.to, allow_pickle=False, **stored_tables(tables))
    size = chosen.to.stat().st_size
    print(
        f"{len(texts)} texts, {len(tables.tokens)} tokens, {len(tables.pairs)} pairs, "
        f"{len(tables.triples)} triples, {size} bytes"
    )
    return int(size > MAX_FILE_BYTES)


def legal_texts(folder: Path) -> Iterator[str]:
    """The Vietnamese ones, NFC."""
    with gzip.open(folder / "vbpl_1000.jsonl.gz", "rt", encoding="utf-8") as rows:
        for row in rows:
            text = unicodedata.normalize("NFC", json.loads(row)["text"])
            letters = sum(map(str.isalpha, text))
            if sum(map(is_vietnamese_letter, text)) > MIN_MARKED * letters:
                yield text


def lines_of(folders: Iterable[Path]) -> frozenset[str]:
    """The long lines of the transcriptions to measure on."""
    paths = (path for folder in folders for path in folder.rglob("*.gt.txt"))
    lines = (line for path in paths for line in path.read_text(encoding="utf-8").splitlines())
    return frozenset(
        unicodedata.normalize("NFC", " ".join(line.split())) for line in lines
    ) - frozenset({""})


def without_measured(texts: list[str], lines: frozenset[str]) -> list[str]:
    """The texts that do not hold six long lines of the transcriptions, common ones aside."""
    running = [" ".join(text.split()) for text in texts]
    held = [[line for line in lines if len(line) >= LONG_LINE and line in run] for run in running]
    times = Counter(line for row in held for line in row)
    rare = [sum(times[line] <= COMMON_TEXTS for line in row) for row in held]
    return [text for text, shared in zip(texts, rare, strict=True) if shared < SHARED_LINES]


def place_names(folder: Path) -> Iterator[str]:
    """Names of provinces, districts and communes before and after 1 July 2025."""
    for name in ("parser_from_2025.json", "converter_2025.json"):
        yield from _names(json.loads((folder / name).read_text(encoding="utf-8")))


def _names(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if isinstance(value, str) and key in {
                "province", "provinceShort", "district", "districtShort", "ward", "wardShort",
            }:  # fmt: skip
                yield unicodedata.normalize("NFC", value)
            else:
                yield from _names(value)
    elif isinstance(node, list):
        for value in node:
            yield from _names(value)


def count(texts: Iterable[str], words: Iterable[str], names: Iterable[str]) -> Tables:
    """The pruned counts. A word of the list counts as if it had stood once in the texts."""
    words = sorted(set(words))
    rows = [tokens_of(line) for text in texts for line in text.splitlines()]
    rows += [tokens_of(name) for name in sorted(set(names))]
    rows += [tokens for word in words if len(tokens := tokens_of(word)) > 1]
    seen = Counter(token for row in rows for token in row)
    known = {token for word in words for token in tokens_of(word) if is_syllable(token)}
    kept = sorted(
        token
        for token in seen.keys() | known
        if token not in {NUMBER, BREAK, OTHER}
        and (
            (is_syllable(token) and (token in known or seen[token] >= MIN_SYLLABLE))
            or seen[token] >= MIN_OTHER
        )
    )
    kept = sorted(kept, key=lambda token: -seen[token])[: (1 << BITS) - 3]
    tokens = [NUMBER, BREAK, OTHER, *sorted(kept)]
    return _tables(tokens, rows)


def _tables(tokens: list[str], rows: list[list[str]]) -> Tables:
    number = {token: place for place, token in enumerate(tokens)}
    singles: Counter[int] = Counter()
    pairs: Counter[int] = Counter()
    triples: Counter[tuple[int, int]] = Counter()
    edge = number[BREAK]
    for row in rows:
        line = [edge, edge, *(number.get(token, number[OTHER]) for token in row), edge]
        singles.update(line[1:])
        two = [first << BITS | second for first, second in pairwise(line)]
        pairs.update(two)
        triples.update(zip(two, line[2:], strict=False))
    pair_keys = sorted(key for key, times in pairs.items() if times >= MIN_PAIR)
    place = {key: index for index, key in enumerate(pair_keys)}
    triple_counts = {
        place[pair] << BITS | third: times
        for (pair, third), times in triples.items()
        if times >= MIN_TRIPLE
    }
    triple_keys = sorted(triple_counts)
    return Tables(
        tokens=tokens,
        singles=np.array([singles[place] for place in range(len(tokens))], np.float64),
        pairs=np.array(pair_keys, np.int64),
        pair_counts=np.array([pairs[key] for key in pair_keys], np.float64),
        triples=np.array(triple_keys, np.int64),
        triple_counts=np.array([triple_counts[key] for key in triple_keys], np.float64),
    )


def perplexity(model: Language, texts: Iterable[str]) -> float:
    """Per known token of texts not counted."""
    total, times = 0.0, 0
    for text in texts:
        for line in text.splitlines():
            before_that, before = BREAK, BREAK
            for token in tokens_of(line):
                if token in model:
                    total += model.surprise(token, before, before_that)
                    times += 1
                before_that, before = before, token
    return math.exp(total / max(1, times))


if __name__ == "__main__":
    sys.exit(main())

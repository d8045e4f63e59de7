"""Where a text answers a question: one pattern over the folded text marks snippets and page images.

Folding preserves length, so a span found in the folded text is the span of the original.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from search.abbreviations import Phrase
from search.analysis import fold, normalise, tokens
from search.limits import LOOSE_WORD_CHARS, SNIPPET_CHARS
from search.query import Clause, Question, parse

OPEN, CLOSE = "\x02", "\x03"
_GAP = r"[\W_]+"
_LETTER = r"[^\W_]"
_SPACES = re.compile(r"\s+")

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Marker:
    """Finds the words of one question in NFC texts."""

    tight: re.Pattern[str] | None
    """The words as typed, in any tone; None where the question has no words."""
    loose: re.Pattern[str] | None
    """The same with one edit in each longer word, for texts that hold none as typed."""
    toned: frozenset[str]
    """The words typed with tones or marks, exactly."""

    def spans(self, text: str) -> Spans:
        """The places to mark, in order; similar words only where nothing else is found."""
        folded = fold(text)
        return _found(self.tight, folded) or _found(self.loose, folded)

    def weigh(self, text: str) -> tuple[int, int, int]:
        """How well `text` answers: distinct words, words in the very tones typed, all words."""
        spans = self.spans(text)
        words = {fold(text[start:end]) for start, end in spans}
        exact = {
            token.exact for start, end in spans for token in tokens(text[start:end])
        } & self.toned
        return len(words), len(exact), len(spans)


def marker(question: Question) -> Marker:
    """What marks the answers to `question`."""
    wanted = [clause for clause in question.clauses if not clause.excluded]
    phrases = [phrase for clause in wanted for phrase in clause.alternatives]
    return Marker(
        _any(_phrase_pattern(phrase) for phrase in phrases),
        _any(_loose_pattern(clause) for clause in wanted),
        frozenset(word.exact for phrase in phrases for word in phrase if word.exact != word.folded),
    )


def matching(words: Sequence[str], query_text: str) -> tuple[int, ...]:
    """Which of a page's `words`, by place in the sequence, the question marks.

    Words are as the page gives them, punctuation and all. Raises `search.errors.QueryError`.
    """
    normal = [normalise(word) for word in words]
    ends = list(accumulate(len(word) + 1 for word in normal))
    spans = marker(parse(query_text)).spans(" ".join(normal))
    return tuple(
        index
        for index, (word, end) in enumerate(zip(normal, ends, strict=True))
        if any(start < end - 1 and stop > end - 1 - len(word) for start, stop in spans)
    )


def snippet(text: str, spans: Spans, length: int = SNIPPET_CHARS) -> str:
    """About `length` characters of `text` where the spans stand closest, each between the marks."""
    start, end = _window(text, spans, length)
    pieces: list[str] = []
    at = start
    for first, last in spans:
        if start <= first and last <= end:
            pieces += text[at:first], OPEN, text[first:last], CLOSE
            at = last
    pieces.append(text[at:end])
    body = _SPACES.sub(" ", "".join(pieces)).strip()
    return f"{'… ' if start else ''}{body}{' …' if end < len(text) else ''}"


def _window(text: str, spans: Spans, length: int) -> tuple[int, int]:
    """Around the span that has most others within reach, cut between words."""
    best = max(
        (first for first, _ in spans),
        key=lambda first: sum(first <= other and stop <= first + length for other, stop in spans),
        default=0,
    )
    start = max(0, best - length // 4)
    if start:
        start = text.find(" ", start, best) + 1 or best
    end = min(len(text), start + length)
    longest = max((stop for first, stop in spans if first <= end < stop), default=end)
    end = max(end, longest)
    if end < len(text):
        end = max(text.rfind(" ", best, end), longest if longest > end else 0) or end
    return start, end


def _found(pattern: re.Pattern[str] | None, folded: str) -> Spans:
    return () if pattern is None else tuple(found.span() for found in pattern.finditer(folded))


def _any(patterns: Iterator[str]) -> re.Pattern[str] | None:
    """One pattern for all, the longest tried first, at word boundaries."""
    longest_first = sorted({pattern for pattern in patterns if pattern}, key=len, reverse=True)
    if not longest_first:
        return None
    return re.compile(rf"(?<!{_LETTER})(?:{'|'.join(longest_first)})(?!{_LETTER})")


def _phrase_pattern(phrase: Phrase) -> str:
    return _GAP.join(_word_pattern(word.folded) for word in phrase)


def _word_pattern(word: str) -> str:
    """A short number was folded without its leading zeros; the text may print them."""
    return f"0{{0,2}}{word}" if word.isdigit() else re.escape(word)


def _loose_pattern(clause: Clause) -> str:
    if clause.verbatim:
        return ""
    return "|".join(
        _edits_pattern(word.folded) for word in clause.alternatives[0] if can_be_loose(word.folded)
    )


def can_be_loose(word: str) -> bool:
    """Whether similar words may stand for `word`: long enough, and no number."""
    return len(word) >= LOOSE_WORD_CHARS and word.isalpha()


def _edits_pattern(word: str) -> str:
    """`word` with one letter missing, added, changed or swapped, or split in two."""
    halves = [(word[:cut], word[cut:]) for cut in range(len(word) + 1)]
    changed = [f"{left}{_LETTER}?{right[1:]}" for left, right in halves if right]
    added = [f"{left}(?:{_LETTER}|{_GAP}){right}" for left, right in halves if left and right]
    swapped = [f"{left}{right[1]}{right[0]}{right[2:]}" for left, right in halves if right[1:]]
    return "|".join((*changed, *added, *swapped))

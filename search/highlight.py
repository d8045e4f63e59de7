"""Where a text answers a question: one pattern over the folded text marks snippets and page images.

Folding preserves length, so a span found in the folded text is the span of the original.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from search.abbreviations import Phrase
from search.analysis import fold, normalise, tokens
from search.limits import LOOSE_WORD_CHARS, SNIPPET_CHARS
from search.query import Clause, Question, parse
from search.syllables import is_syllable

OPEN, CLOSE = "\x02", "\x03"
_GAP = r"[\W_]+"
_LETTER = r"[^\W_]"
_SPACES = re.compile(r"\s+")


class Span(NamedTuple):
    """A place to mark in a text, and the folded words there."""

    start: int
    end: int
    words: str


Spans = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Marker:
    """Finds the words of one question in NFC texts."""

    typed: re.Pattern[str] | None
    """The words as typed, in any tone; None where the question has no words."""
    similar: re.Pattern[str] | None
    """The same, and with one edit in each longer word."""
    toned: frozenset[str]
    """The words typed with tones or marks, exactly."""
    misspelt: bool
    """Whether a word typed is no syllable, and may stand for one."""

    def spans(self, text: str, *, similar: bool = False) -> Spans:
        """The places to mark, in order: the words as typed, or `similar` ones too."""
        found = _found(self.similar if similar else self.typed, text)
        return tuple(span for span in found if not similar or self._may_stand(span.words))

    def _may_stand(self, words: str) -> bool:
        """Of two real syllables neither stands for the other."""
        as_typed = self.typed is not None and self.typed.fullmatch(words)
        return bool(as_typed) or self.misspelt or not is_syllable(words)

    def weight(self, text: str, spans: Spans) -> tuple[int, int, int]:
        """How well `text` answers: different words, words in the very tones typed, places."""
        different = {word for span in spans for word in span.words.split()}
        marked = " ".join(text[span.start : span.end] for span in spans) if self.toned else ""
        exact = {token.exact for token in tokens(marked)}
        return len(different), len(exact & self.toned), len(spans)


def marker(question: Question) -> Marker:
    """What marks the answers to `question`."""
    wanted = [clause for clause in question.clauses if not clause.excluded]
    phrases = [phrase for clause in wanted for phrase in clause.alternatives]
    words = [word for phrase in phrases for word in phrase]
    typed = [_phrase_pattern(phrase) for phrase in phrases]
    return Marker(
        _any(typed),
        _any([*typed, *(_loose_pattern(clause) for clause in wanted)]),
        frozenset(word.exact for word in words if word.exact != word.folded),
        misspelt=any(can_be_loose(word.folded) and not is_syllable(word.folded) for word in words),
    )


def matching(words: Sequence[str], query_text: str) -> tuple[int, ...]:
    """Which of a page's `words`, by place in the sequence, the question marks.

    Words are as the page gives them, punctuation and all. Raises `search.errors.QueryError`.
    """
    normal = [normalise(word) for word in words]
    ends = list(accumulate(len(word) + 1 for word in normal))
    marks, text = marker(parse(query_text)), " ".join(normal)
    spans = marks.spans(text) or marks.spans(text, similar=True)
    return tuple(
        index
        for index, (word, end) in enumerate(zip(normal, ends, strict=True))
        if any(span.start < end - 1 and span.end > end - 1 - len(word) for span in spans)
    )


def snippet(text: str, spans: Spans, length: int = SNIPPET_CHARS) -> str:
    """About `length` characters of `text` where the spans stand closest, each between the marks."""
    start, end = _window(text, spans, length)
    pieces: list[str] = []
    at = start
    for span in spans:
        if start <= span.start and span.end <= end:
            pieces += text[at : span.start], OPEN, text[span.start : span.end], CLOSE
            at = span.end
    pieces.append(text[at:end])
    body = _SPACES.sub(" ", "".join(pieces)).strip()
    return f"{'… ' if start else ''}{body}{' …' if end < len(text) else ''}"


def _window(text: str, spans: Spans, length: int) -> tuple[int, int]:
    """Around the span that has most others within reach, cut between words and never in a span."""
    best = max(
        (span.start for span in spans),
        key=lambda first: sum(first <= s.start and s.end <= first + length for s in spans),
        default=0,
    )
    start = max(0, best - length // 4)
    if start:
        start = text.find(" ", start, best) + 1 or best
    end = min(len(text), start + length)
    if end < len(text):
        end = max(text.rfind(" ", best, end), 0) or end
    return start, max([end, *(span.end for span in spans if span.start < end)])


def _found(pattern: re.Pattern[str] | None, text: str) -> Spans:
    if pattern is None:
        return ()
    return tuple(Span(*found.span(), found[0]) for found in pattern.finditer(fold(text)))


def _any(patterns: Iterable[str]) -> re.Pattern[str] | None:
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

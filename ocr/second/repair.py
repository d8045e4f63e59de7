"""Lines read once, their doubtful pieces weighed again, and each word's confidence made true."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Final, NamedTuple

import numpy as np

from imaging.types import Box
from ocr import limits
from ocr.noise import noise_in
from ocr.second import lattice
from ocr.second.language import Language
from ocr.second.lattice import Reading
from ocr.second.reader import LineReading
from ocr.second.syllables import BREAK, core_of, ends_phrase, token_of
from ocr.second.weigh import (
    NAMES,
    Choice,
    Context,
    Rows,
    chances,
    rows_of,
    tokens_of_words,
)
from ocr.types import Line, Word

_SETTLED_SURE: Final = 0.80
_SETTLED_SURPRISE: Final = 8.0
"""A known word that the small reader reads the same, at least this sure and at most this surprising
after the two before it, is not weighed against words of other marks."""
_MOST_WAYS: Final = 11
_SWEEPS: Final = 2
_CHAINS: Final = 6
"""Chains of a line that are followed at a time."""
_BULLETS: Final = frozenset("-+*•–—")


@dataclass(frozen=True, slots=True)
class Draft:
    """One line with all that its readers said of it."""

    line: Line
    small: LineReading | None = None
    script: LineReading | None = None

    @property
    def readers(self) -> str:
        """Which other readers were asked and saw something: the name of their weights."""
        small = self.small is not None and self.small.trace is not None and self.small.text
        script = self.script is not None and self.script.text
        return " ".join(name for name, seen in (("small", small), ("script", script)) if seen)


class Verdict(NamedTuple):
    """What was chosen for a piece."""

    reading: Reading
    chance: float
    """That the reading is right."""


@dataclass(slots=True)
class State:
    """A line while it is weighed."""

    draft: Draft
    choices: list[Choice]
    verdicts: list[Verdict]

    def tokens(self, start: int, end: int) -> tuple[str, ...]:
        """The tokens of what is chosen for pieces [start, end)."""
        return tokens_of_words(
            [word for verdict in self.verdicts[start:end] for word in verdict.reading]
        )


def first_states(drafts: Sequence[Draft], language: Language) -> list[State]:
    """The lines as first read, with the ways of their pieces."""
    states = []
    for draft in drafts:
        choices = choices_of(draft, language)
        verdicts = [Verdict(choice.piece.first, choice.sure) for choice in choices]
        states.append(State(draft, choices, verdicts))
    return states


class Around:
    """The tokens around each piece of a line; lines of one block run on."""

    def __init__(self, states: Sequence[State], place: int) -> None:
        """Look at the lines before and after."""
        self._state = states[place]
        block = self._state.draft.line.block
        self._before: tuple[str, ...] = (BREAK, BREAK)
        self._after: tuple[str, ...] = (BREAK, BREAK)
        if place > 0 and states[place - 1].draft.line.block == block:
            self._before += states[place - 1].tokens(-3, len(states[place - 1].verdicts))
        if place + 1 < len(states) and states[place + 1].draft.line.block == block:
            self._after = (*states[place + 1].tokens(0, 3), *self._after)

    def __call__(self, index: int) -> Context:
        """The context of a piece as its line is chosen now."""
        before = self._before + self._state.tokens(max(0, index - 3), index)
        after = self._state.tokens(index + 1, index + 4) + self._after
        return Context(before[-2:], after[:2])


def weigh_states(
    states: Sequence[State],
    language: Language,
    weights: Mapping[str, Rows],
    places: Sequence[int] | None = None,
) -> None:
    """Choose for each piece, in the context of what is chosen around it; all lines, or some.

    A line starts from its likeliest chain, for two errors side by side bear each other out.
    """
    asked = [(place, states[place]) for place in (places or range(len(states)))]
    for place, state in asked:
        _start(state, Around(states, place), language, weights[state.draft.readers])
    for sweep in range(_SWEEPS):
        for place, state in asked:
            contexts = Around(states, place)
            row = weights[state.draft.readers]
            for index, choice in enumerate(state.choices):
                if not sweep or len(choice.ways) > 1:
                    state.verdicts[index] = _decide(choice, contexts(index), language, row)


class _Chain(NamedTuple):
    """Some pieces of a line chosen: how likely, and the last tokens."""

    score: float
    chosen: tuple[int, ...]
    tokens: tuple[str, ...]


def _start(state: State, contexts: Around, language: Language, weights: Rows) -> None:
    """Set a line to its likeliest chain of ways."""
    chains = [_Chain(0.0, (), contexts(0).before)] if state.choices else []
    for choice in state.choices:
        scores = rows_of(choice, None, language) @ weights
        weight = weights[NAMES.index("language kept" if choice.kept else "language")]
        longer = []
        for chain in chains:
            for number, way in enumerate(choice.ways):
                if not choice.allowed[number]:
                    continue
                tokens = tokens_of_words(way)
                score = scores[number] - weight * language.run(chain.tokens, tokens)
                kept = (chain.tokens + tokens)[-2:]
                longer.append(_Chain(chain.score + score, (*chain.chosen, number), kept))
        longer.sort(key=lambda chain: -chain.score)
        chains = longer[:_CHAINS]
    for chain in chains[:1]:
        state.verdicts = [
            Verdict(choice.ways[number], choice.sure)
            for choice, number in zip(state.choices, chain.chosen, strict=True)
        ]


def choices_of(draft: Draft, language: Language) -> list[Choice]:
    """The pieces of a line in order, each with its ways; together they hold all its words."""
    words = draft.line.words
    tokens = [tokens_of_words([word.text]) for word in words]
    choices = []
    for piece in lattice.pieces_of(words, draft.small, draft.script):
        before = [BREAK, BREAK] + [token for row in tokens[: piece.start] for token in row]
        opens = piece.start == 0 or _opens(words[piece.start - 1].text)
        kept = lattice.is_kept(piece, opens_line=opens)
        sure = min(word.confidence for word in words[piece.start : piece.end])
        ways = [piece.first]
        if not _is_settled(piece, sure, before, language):
            ways = lattice.ways_of(piece, language, kept=kept)
        ways, fits = _best_fitting(piece, ways, draft.small)
        allowed = tuple(
            way == piece.first or lattice.may_become(piece, way, language, kept=kept)
            for way in ways
        )
        choices.append(Choice(piece, tuple(ways), tuple(fits), sure, kept, allowed))
    return choices


def _opens(word_before: str) -> bool:
    return word_before in _BULLETS or ends_phrase(word_before)


def _is_settled(
    piece: lattice.Piece, sure: float, before: Sequence[str], language: Language
) -> bool:
    if len(piece.first) != 1 or sure < _SETTLED_SURE or piece.small != piece.first:
        return False
    if piece.script is not None and piece.script != piece.first:
        return False
    text = core_of(piece.first[0]).text
    if not text.isalpha():
        return True
    token = token_of(text)
    return token in language and language.surprise(token, before[-1], before[-2]) < (
        _SETTLED_SURPRISE
    )


def _best_fitting(
    piece: lattice.Piece, ways: list[Reading], small: LineReading | None
) -> tuple[list[Reading], list[float]]:
    """The ways that fit the small reader's trace best, what was read among them, and how well."""
    start, end = piece.span
    fits = [0.0] * len(ways)
    if small is not None and small.trace is not None and end > start:
        fits = small.trace.fit([" ".join(way) for way in ways], start, end)
    if len(ways) <= _MOST_WAYS:
        return ways, fits
    read = {piece.first, piece.small, piece.script}
    order = sorted(range(len(ways)), key=lambda place: (ways[place] not in read, -fits[place]))
    best = sorted(order[:_MOST_WAYS])
    return [ways[place] for place in best], [fits[place] for place in best]


def _decide(choice: Choice, context: Context, language: Language, weights: Rows) -> Verdict:
    found = chances(choice, context, language, weights)
    best = int(np.argmax(found[:-1]))
    if not choice.allowed[best]:
        best = 0
    return Verdict(choice.ways[best], float(found[best]))


def middle_of(states: Sequence[State]) -> float:
    """The middle of the chances of all pieces; 1 where there is none."""
    return median([verdict.chance for state in states for verdict in state.verdicts] or [1.0])


def level(states: Sequence[State]) -> None:
    """Let no word be sure in a line, or on a page, most of whose words are not.

    Letters of other scripts look like ours here and there; alone they would pass for sure.
    """
    page = middle_of(states)
    for state in states:
        most = min(
            (middle for middle in (page, middle_of([state])) if middle < limits.PRINT_MIDDLE),
            default=1.0,
        )
        state.verdicts = [
            verdict._replace(chance=min(verdict.chance, most)) for verdict in state.verdicts
        ]


def repaired(state: State) -> Line:
    """The line as chosen: words with their confidence, changed ones with what stood there.

    What the first reader took for noise and the others do not bear out is left out.
    """
    line = state.draft.line
    noise = noise_in(line)
    words: list[Word] = []
    for choice, verdict in zip(state.choices, state.verdicts, strict=True):
        start, end = choice.piece.start, choice.piece.end
        if verdict.chance >= limits.MIN_RESCUED_CONFIDENCE or not any(noise[start:end]):
            words += _words(line.words[start:end], verdict)
        else:
            words += [
                replace(word, confidence=verdict.chance)
                for word, is_noise in zip(line.words[start:end], noise[start:end], strict=True)
                if not is_noise
            ]
    return replace(line, words=tuple(words))


def _words(old: Sequence[Word], verdict: Verdict) -> list[Word]:
    if len(old) == len(verdict.reading):
        return [
            _word(word, text, verdict.chance)
            for word, text in zip(old, verdict.reading, strict=True)
        ]
    raw = " ".join(word.text for word in old)
    boxes = _shared_out(old, verdict.reading)
    return [
        Word(text, box, verdict.chance, repaired=True, raw=raw)
        for text, box in zip(verdict.reading, boxes, strict=True)
    ]


def _word(word: Word, text: str, chance: float) -> Word:
    if text == word.text:
        return replace(word, confidence=chance)
    return replace(word, text=text, confidence=chance, repaired=True, raw=word.text)


def _shared_out(old: Sequence[Word], texts: Reading) -> list[Box]:
    """The room of some words given to others by their lengths."""
    x0, x1 = min(word.box.x0 for word in old), max(word.box.x1 for word in old)
    y0, y1 = min(word.box.y0 for word in old), max(word.box.y1 for word in old)
    letters = len(" ".join(texts))
    boxes = []
    start = 0
    for text in texts:
        left = x0 + (x1 - x0) * start // letters
        right = x0 + (x1 - x0) * (start + len(text)) // letters
        boxes.append(Box(left, y0, max(left + 1, right), y1))
        start += len(text) + 1
    return boxes

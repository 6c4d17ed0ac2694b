"""Which entry a question means, how sure that is, and what follows: an answer, *did you mean*, or a person.

Nothing is generated: a question gets the entry that somebody wrote, or none. Loaded at the first question, or before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock

import numpy as np

from faq import fitted
from faq.book import Book
from faq.calibration import CANDIDATES, GAP_AT_LEAST, WORTH_NAMING, WORTH_SUGGESTING, Calibration, Clicks, signals_of
from faq.encoder import encoder
from faq.examples import examples_of
from faq.fitted import Fitted
from faq.languages import DEFAULT, language_of
from faq.learning import Floats
from faq.memory import give_back
from faq.scoring import Scored, Scoring
from faq.wording import askings, essence, plain, sentences, with_tool_called, words

OTHER = "other"
MOST_PIECES = 2
PIECE_WORDS = 30
"""Longer ones are cut: who has not come to the point by then says it again."""
PART_WORDS = 18
"""The same for a part beside the whole, which has been read as far already: every word costs some of a tenth of a millisecond."""
_FEWEST_ENTRIES = 2
_SEVERAL = 2
_PART_WEIGHS = 0.7
_RATHER = 0.5
"""From this chance on each of two askings is offered, rather than one of them answered."""


class Outcome(StrEnum):
    """What happens to a question."""

    ANSWER = "answer"
    SUGGEST = "suggest"
    HANDOVER = "handover"


@dataclass(frozen=True, slots=True)
class Match:
    """`entry` is set for an answer alone; `candidates` are ids, best first; `confidence` is that the first one is right.

    `language` is the question's; `understood` says whether the book has entries in it.
    """

    outcome: Outcome
    entry: str | None
    theme: str
    candidates: tuple[str, ...]
    confidence: float
    language: str = DEFAULT
    understood: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class _Shelf:
    """What is known for one language of the book. `calibration` has the bars as clicks have moved them."""

    fitted: Fitted
    calibration: Calibration


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """One sentence, or the whole question: scores by entry, and the two probabilities."""

    scores: Floats
    first: float
    three: float

    @property
    def best(self) -> int:
        return int(self.scores[:-1].argmax())

    @property
    def gap(self) -> float:
        top = np.sort(self.scores[:-1])[::-1]
        return float(top[0] - top[1]) if len(top) > 1 else float(top[0])


@dataclass(frozen=True, slots=True)
class _Cut:
    """What is understood of a text: the whole, then parts of it. `several`: the parts are what it asks, one each."""

    texts: tuple[str, ...]
    several: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One text of a question, as the encoder and the words see it."""

    scoring: Scoring
    rows: Floats
    words: Floats

    def scored(self) -> Scored:
        """What it is like. Nearly all of this is outside the interpreter."""
        return self.scoring.score(encoder.vector(self.rows), self.words)


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A question that was read and not yet understood: for that, its parts have to be scored."""

    parts: tuple[Part, ...]
    shelf: _Shelf
    several: bool
    language: str


class Matcher:
    """Matches questions against one book. Safe to share between threads; a changed book gets a matcher of its own."""

    def __init__(self, book: Book, clicks: Mapping[str, Clicks] | None = None, *, apart: bool = False) -> None:
        """Know a book; nothing is learnt yet. `apart`: when it is, beside this process, in which others are answered."""
        self.book = book
        self._apart = apart
        self._clicks = dict(clicks or {})
        self._shelves: dict[str, _Shelf] = {}
        self._loading = Lock()

    def load(self) -> None:
        """Learn and load everything now, so that the first question is as quick as the others."""
        encoder.encode(["ready"])
        for language in sorted(self.book.languages):
            self._shelf(language)

    def match(self, text: str, *, tool: str = "") -> Match:
        """What this question means. `tool` is the rollout's tool, whose name people use."""
        reading = self.read(text, tool=tool)
        if isinstance(reading, Match):
            return reading
        whole, *others = reading.parts
        coming = encoder.beside(*(part.scored for part in others))
        return self.understand(reading, [whole.scored(), *(each.result() for each in coming)])

    def read(self, text: str, *, tool: str = "") -> Reading | Match:
        """The first half of `match`: what has to be scored; or the match, where nothing has to be."""
        asked = plain(text)
        if not asked:
            return Match(Outcome.HANDOVER, None, OTHER, (), 0.0)
        language = language_of(asked, self.book.main_language)
        if language not in self.book.languages:
            return Match(Outcome.HANDOVER, None, OTHER, (), 0.0, language, understood=False)
        shelf = self._shelf(language)
        if len(shelf.fitted.examples.ids) < _FEWEST_ENTRIES:
            return Match(Outcome.HANDOVER, None, OTHER, (), 0.0, language)
        cut = _cut(with_tool_called(asked, tool))
        words = shelf.fitted.lexicon.vectors(cut.texts)
        parts = (
            Part(shelf.fitted.scoring, encoder.rows(each), row) for each, row in zip(cut.texts, words, strict=True)
        )
        return Reading(tuple(parts), shelf, cut.several, language)

    def understand(self, reading: Reading, scored: Sequence[Scored]) -> Match:
        """The second half: what it means, now that its parts are scored."""
        shelf = reading.shelf
        pieces = _weighed(shelf, scored)
        sure = [
            piece for piece in pieces if piece.gap >= GAP_AT_LEAST and piece.first >= shelf.calibration.bars[piece.best]
        ]
        meant = _best(sure)
        if reading.several:
            each = _best([piece for piece in pieces[1:] if piece.first >= _RATHER])
            meant = each if len(each) >= _SEVERAL else meant
        return self._settled(shelf, pieces, meant, reading.language)

    def _settled(self, shelf: _Shelf, pieces: list[_Piece], meant: list[int], language: str) -> Match:
        ids = shelf.fitted.examples.ids
        ranked = _ranked(pieces, meant)
        candidates = tuple(ids[position] for position in ranked[:CANDIDATES])
        confidence = round(max((piece.first for piece in pieces if piece.best == ranked[0]), default=0.0), 4)
        theme = self.book.entries[candidates[0]].theme
        if len(meant) == 1:
            return Match(Outcome.ANSWER, ids[meant[0]], theme, candidates, confidence, language)
        if meant or max(piece.three for piece in pieces) >= WORTH_SUGGESTING:
            return Match(Outcome.SUGGEST, None, theme, candidates, confidence, language)
        theme = theme if pieces[0].three >= WORTH_NAMING else OTHER
        return Match(Outcome.HANDOVER, None, theme, candidates, confidence, language)

    def _shelf(self, language: str) -> _Shelf:
        with self._loading:
            if language not in self._shelves:
                examples = examples_of(self.book, language)
                found = fitted.fit(examples, apart=self._apart)
                bars = found.calibration.clicked(examples.ids, self._clicks)
                self._shelves[language] = _Shelf(found, bars)
                give_back()
            return self._shelves[language]


def _cut(text: str) -> _Cut:
    """The whole question first; of a long one the sentence that comes to the point; what it asks if that is more than one thing.

    A few sentences understood together say more than each alone, so a short text is not taken apart.
    """
    whole = essence(text)
    parts = [part for part in map(essence, sentences(text)) if len(words(part)) > 1]
    asked = [askings(part) for part in parts]
    asking = [
        each
        for part, several in zip(parts, asked, strict=True)
        if part.rstrip(" \"')").endswith("?") or len(several) >= _SEVERAL
        for each in several
    ]
    if len(asking) >= _SEVERAL:
        return _Cut((_shortened(whole), *_parts(asking)), several=True)
    if len(parts) < _SEVERAL or len(whole.split()) <= PIECE_WORDS:
        return _Cut((_shortened(whole),))
    chosen = [*(part for part in parts if part not in asking), *asking]
    return _Cut((_shortened(whole), *_parts(chosen[-1:])))


def _parts(chosen: list[str]) -> list[str]:
    return [_shortened(part, PART_WORDS) for part in dict.fromkeys(chosen[-MOST_PIECES:])]


def _shortened(text: str, most: int = PIECE_WORDS) -> str:
    return " ".join(text.split()[:most])


def _best(pieces: list[_Piece]) -> list[int]:
    """What these mean, the surest first."""
    return list(dict.fromkeys(piece.best for piece in sorted(pieces, key=lambda piece: -piece.first)))


def _weighed(shelf: _Shelf, scored: Sequence[Scored]) -> list[_Piece]:
    likeness, scores = (
        np.concatenate([each.likeness for each in scored]),
        np.concatenate([each.scores for each in scored]),
    )
    signals = signals_of(scores, likeness, shelf.fitted.spans)
    first = shelf.calibration.first.chances(signals)
    three = shelf.calibration.three.chances(signals)
    return [_Piece(row, float(one), float(some)) for row, one, some in zip(scores, first, three, strict=True)]


def _ranked(pieces: list[_Piece], meant: list[int]) -> list[int]:
    """Entries by what the whole says, and its sentences a little less; those that are surely meant come first."""
    weighed = [
        piece.scores[:-1] * (piece.three * (_PART_WEIGHS if number else 1)) for number, piece in enumerate(pieces)
    ]
    total = np.max(weighed, axis=0)
    order = np.argsort(-total, kind="stable").tolist()
    return [*meant, *(position for position in order if position not in meant)]

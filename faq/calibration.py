"""How sure is sure enough: from scores to a probability that means something, and the bars that it has to pass.

Fitted on what each phrasing would have scored had its whole voice been left out, on the negatives, and on what every entry's
phrasings score when the entry itself is left out (a question that the book cannot answer must not be given to a neighbour).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from faq.examples import OUTSIDE, Examples
from faq.learning import Floats, LeftOut

RIGHT_AT_LEAST = 0.98
"""Of the left-out phrasings that would be answered, this share must be answered rightly; strangers fare a little worse."""
NEGATIVES_AT_MOST = 0.04
"""Of the negatives, at most this share may pass the bar; half of them were written to be mistaken for an entry."""
STRANGE_AT_MOST = 0.06
"""Of the phrasings whose entry is missing, at most this share may."""
STRANGE_WEIGH = 0.3
GAP_AT_LEAST = 0.1
"""Between the best entry's score and the next one's."""
CANDIDATES = 3
WORTH_SUGGESTING = 0.2
"""From this chance that the right entry is among three, they are offered: a glance costs less than waiting for a person."""
WORTH_NAMING = 0.12
"""From this chance the theme is noted even if nothing is offered."""
ENTRY_RIGHT_AT_LEAST = 0.93
CLICKS_ENOUGH, CLICKS_TO_DOUBT = 20, 8
CLICKS_RIGHT, CLICKS_WRONG = 0.95, 0.9
_EASIER = 0.9
_NEVER = 2.0
_PRIOR = 12
_ROWS_AT_ONCE = 256

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Clicks:
    """How often people said of one entry's answer that it answered their question, and that it did not."""

    yes: int
    no: int


@dataclass(frozen=True, slots=True)
class Logistic:
    """A probability from a row of signals."""

    weights: npt.NDArray[np.float64]
    middle: npt.NDArray[np.float64]
    spread: npt.NDArray[np.float64]

    def chances(self, signals: Floats) -> npt.NDArray[np.float64]:
        """One probability per row."""
        heights = (signals - self.middle) @ (self.weights[:-1] / self.spread) + self.weights[-1]
        result: npt.NDArray[np.float64] = 1 / (1 + np.exp(-np.minimum(np.maximum(heights, -30), 30)))
        return result


@dataclass(frozen=True, slots=True)
class Calibration:
    """`first`: the best entry is right. `three`: the right one is among three. `bars`: what each entry must reach."""

    first: Logistic
    three: Logistic
    bars: npt.NDArray[np.float64]

    def clicked(self, ids: Sequence[str], clicks: Mapping[str, Clicks]) -> Calibration:
        """The same with the bars moved by what people clicked."""
        bars = [_clicked(float(bar), clicks.get(entry_id)) for entry_id, bar in zip(ids, self.bars, strict=True)]
        return replace(self, bars=np.array(bars))


@dataclass(frozen=True, slots=True)
class Spans:
    """Where the examples of each entry begin, which stand in the order of their entries; and which entry that is."""

    starts: npt.NDArray[np.int64]
    entries: npt.NDArray[np.int64]


def spans_of(entries: npt.NDArray[np.int64]) -> Spans:
    """The spans of examples that belong to these entries."""
    starts = np.flatnonzero(np.diff(entries, prepend=entries[:1] - 1))
    return Spans(starts, entries[starts])


def signals_of(scores: Floats, likeness: Floats, spans: Spans) -> Floats:
    """What tells a sure hit from a lucky one: heights, gaps, what is outside, and the nearest phrasings on both sides."""
    inside = scores[:, :-1]
    outside = scores[:, -1]
    top = np.zeros((len(inside), CANDIDATES), dtype=inside.dtype)
    top[:, : inside.shape[1]] = np.sort(inside, axis=1)[:, : -CANDIDATES - 1 : -1]
    best = inside.argmax(axis=1)
    nearest = _nearest(likeness, spans, inside.shape[1])
    near, astray = nearest[np.arange(len(best)), best], nearest[:, OUTSIDE]
    return np.stack(
        [
            top[:, 0], top[:, 0] - top[:, 1], top[:, 1], top[:, 2], outside, top[:, 0] - outside,
            near, astray, near - astray, nearest.max(axis=1),
        ],
        axis=1,
    )  # fmt: skip


def _nearest(likeness: Floats, spans: Spans, count: int) -> Floats:
    """How alike the nearest phrasing of each entry is, and in the last column the nearest one from outside."""
    found = np.zeros((len(likeness), count + 1), dtype=np.float32)
    found[:, spans.entries] = np.maximum.reduceat(likeness, spans.starts, axis=1)
    return found


def calibrate(examples: Examples, left_out: LeftOut) -> Calibration:
    """Fit the probabilities and set the bars."""
    entries, inside = examples.entries, examples.entries != OUTSIDE
    by_group = _signals_without(examples, left_out, left_out.by_group, examples.groups)
    strange = _signals_without(examples, left_out, left_out.by_entry, entries)[inside]
    ranked = np.argsort(-left_out.by_group[:, :-1], axis=1, kind="stable")
    right = ranked[:, 0] == entries
    among = (ranked[:, :CANDIDATES] == entries[:, None]).any(axis=1)
    signals = np.vstack([by_group, strange])
    weights = np.concatenate([np.ones(len(by_group)), np.full(len(strange), STRANGE_WEIGH)])
    never = np.zeros(len(strange), dtype=bool)
    first = _fit(signals, np.concatenate([right, never]), weights)
    three = _fit(signals, np.concatenate([among, never]), weights)
    chances = first.chances(by_group)
    clear = by_group[:, 1] >= GAP_AT_LEAST
    bar = max(
        _bar_for_right(chances[inside & clear], right[inside & clear]),
        _bar_for_few(chances[~inside & clear], NEGATIVES_AT_MOST, int((~inside).sum())),
        _bar_for_few(first.chances(strange), STRANGE_AT_MOST, len(strange)),
    )
    return Calibration(first, three, _bars(len(examples.ids), bar, chances, ranked[:, 0], right))


def _signals_without(examples: Examples, left_out: LeftOut, scores: Floats, groups: npt.NDArray[np.int64]) -> Floats:
    """Signals as if no row knew those of its own group; a negative's group is itself."""
    apart = np.where(groups < 0, groups.min() - 1 - np.arange(len(groups)), groups)
    parts, spans = [], spans_of(examples.entries)
    for start in range(0, len(apart), _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        likeness = left_out.alike.rows(rows)
        likeness[apart[rows][:, None] == apart[None, :]] = 0
        parts.append(signals_of(scores[rows], likeness, spans))
    return np.vstack(parts)


def _fit(signals: Floats, truth: Bools, weights: npt.NDArray[np.float64]) -> Logistic:
    """Logistic regression by Newton's steps, with a little shrinkage."""
    middle, spread = signals.mean(axis=0), signals.std(axis=0) + 1e-6
    rows = np.hstack([(signals - middle) / spread, np.ones((len(signals), 1))]).astype(np.float64)
    found = np.zeros(rows.shape[1])
    shrink = np.eye(rows.shape[1])
    for _ in range(25):
        chances = 1 / (1 + np.exp(-np.clip(rows @ found, -30, 30)))
        slope = rows.T @ (weights * (chances - truth)) + shrink @ found
        bend = (rows * (weights * chances * (1 - chances))[:, None]).T @ rows + shrink
        step = np.linalg.solve(bend, slope)
        found -= step
        if np.abs(step).max() < 1e-6:  # noqa: PLR2004 - it does not move any more
            break
    return Logistic(found, middle, spread)


def _bar_for_right(chances: npt.NDArray[np.float64], right: Bools) -> float:
    """The lowest bar above which enough is right."""
    if not len(chances):
        return _NEVER
    order = np.argsort(-chances, kind="stable")
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(share >= RIGHT_AT_LEAST)
    return float(chances[order][enough[-1]]) if len(enough) else _NEVER


def _bar_for_few(chances: npt.NDArray[np.float64], most: float, total: int) -> float:
    """The lowest bar that at most this share of all passes."""
    allowed = int(most * total)
    falling = np.sort(chances)[::-1]
    return float(falling[allowed]) + 1e-9 if len(falling) > allowed else 0.0


def _bars(
    entries: int, bar: float, chances: npt.NDArray[np.float64], best: npt.NDArray[np.int64], right: Bools
) -> npt.NDArray[np.float64]:
    """The common bar, higher for an entry that is taken for others too often."""
    bars = np.full(entries, bar)
    for position in range(entries):
        mine = np.flatnonzero((best == position) & (chances >= bar))
        mine = mine[np.argsort(-chances[mine], kind="stable")]
        share = (np.cumsum(right[mine]) + _PRIOR) / (np.arange(1, len(mine) + 1) + _PRIOR)
        enough = np.flatnonzero(share >= ENTRY_RIGHT_AT_LEAST)
        if len(mine) and (not len(enough) or enough[-1] < len(mine) - 1):
            bars[position] = chances[mine[enough[-1]]] if len(enough) else _NEVER
    return bars


def _clicked(bar: float, clicks: Clicks | None) -> float:
    if clicks is None or not (total := clicks.yes + clicks.no):
        return bar
    share = clicks.yes / total
    if total >= CLICKS_TO_DOUBT and share < CLICKS_WRONG:
        return _NEVER
    return bar * _EASIER if total >= CLICKS_ENOUGH and share >= CLICKS_RIGHT else bar

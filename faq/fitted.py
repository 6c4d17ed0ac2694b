"""What was learnt from a book, kept in a file beside the vectors, so that the bot does not learn the same again at each start.

The file holds the result for exactly one set of examples and says for which; for any other (a changed entry, a folder of
your own) learning takes a second or two and nothing is written. `python app.py faq check --keep` writes both files anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import numpy as np

from faq import arrays, encodings, learning, lexicon
from faq import calibration as rules
from faq.apart import learn_apart
from faq.book import Book
from faq.calibration import Calibration, Spans, calibrate, spans_of
from faq.encoder import encoder
from faq.examples import Examples, examples_of, texts_of
from faq.learning import Learnt, learn_from
from faq.lexicon import Lexicon
from faq.scoring import Scoring

KEPT = Path(__file__).parent / "fitted.npz"


@dataclass(frozen=True, eq=False)
class Fitted:
    """What was learnt from one set of examples, ready for questions."""

    examples: Examples
    spans: Spans
    lexicon: Lexicon
    scoring: Scoring
    calibration: Calibration


_RECENT: WeakValueDictionary[str, Fitted] = WeakValueDictionary()
"""By fingerprint, while somebody uses it: mending an answer's words leaves the examples as they were."""


def fit(examples: Examples, *, apart: bool = False) -> Fitted:
    """What the kept file says of these examples, or else learnt now; `apart`, in a process of its own if there can be one."""
    mark = digest(examples)
    found = _RECENT.get(mark) or _as_kept(examples, mark)
    if found is None:
        fresh = learn_apart(examples) if apart else None
        found = _ready(*(fresh or learn_here(examples)))
    _RECENT[mark] = found
    return found


def learn_here(examples: Examples) -> tuple[Learnt, Calibration]:
    """Learn in this process."""
    learnt, left_out = learn_from(examples)
    return learnt, calibrate(examples, left_out)


def _ready(learnt: Learnt, calibration: Calibration) -> Fitted:
    return Fitted(learnt.examples, spans_of(learnt.examples.entries), learnt.lexicon, Scoring(learnt), calibration)


def _as_kept(examples: Examples, mark: str) -> Fitted | None:
    kept = _kept(KEPT, mark)
    return _ready(arrays.learnt_in(kept, examples), arrays.calibration_in(kept)) if kept else None


def keep(book: Book) -> int:
    """Write both files for this book. Returns how many texts had to be encoded."""
    new = encodings.refresh(texts_of(book))
    examples = examples_of(book, book.main_language)
    learnt, found = learn_here(examples)
    everything: dict[str, Any] = {
        "digest": np.array(digest(examples)),
        **arrays.of_learnt(learnt),
        "weights": learnt.weights.astype(np.float16),
        **arrays.of_calibration(found),
    }
    np.savez_compressed(KEPT, **everything)
    return new


def digest(examples: Examples) -> str:
    """A fingerprint of everything that the result depends on."""
    mark = blake2b(digest_size=16)
    numbers = (
        encoder.NAME, encoder.LONGEST, lexicon.PLACES, learning.WORDS_WEIGH, learning.SHARPNESS, learning.SMOOTHING,
        rules.RIGHT_AT_LEAST, rules.NEGATIVES_AT_MOST, rules.STRANGE_AT_MOST, rules.STRANGE_WEIGH, rules.GAP_AT_LEAST,
        rules.ENTRY_RIGHT_AT_LEAST,
    )  # fmt: skip
    mark.update(repr((numbers, examples.ids, examples.texts)).encode())
    mark.update(examples.entries.tobytes() + examples.groups.tobytes())
    return mark.hexdigest()


def _kept(file: Path, mark: str) -> arrays.Arrays:
    """What the file holds, if that was learnt from the examples with this fingerprint."""
    if not file.is_file():
        return {}
    with np.load(file, allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files} if str(stored["digest"]) == mark else {}

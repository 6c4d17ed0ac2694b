"""What was learnt from a book, kept in a file beside the vectors, so that the bot does not learn the same again at each start.

The file holds the result for exactly one set of examples and says for which; for any other (a changed entry, a folder of
your own) learning takes a second or two and nothing is written. `python app.py faq check --keep` writes both files anew.
"""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from faq import calibration as rules
from faq import encodings, learning, lexicon
from faq.book import Book
from faq.calibration import Calibration, Logistic, calibrate
from faq.encoder import encoder
from faq.examples import Examples, examples_of, texts_of
from faq.learning import Learnt, known_already, learn_from

KEPT = Path(__file__).parent / "fitted.npz"


def fit(examples: Examples) -> tuple[Learnt, Calibration]:
    """What the kept file says of these examples, or else learnt now."""
    kept = _kept(KEPT)
    if kept and str(kept["digest"]) == digest(examples):
        learnt = known_already(examples, kept["weights"].astype(np.float32), kept["base"].astype(np.float32))
        return learnt, Calibration(_logistic(kept, "first"), _logistic(kept, "three"), kept["bars"])
    learnt, left_out = learn_from(examples)
    return learnt, calibrate(examples, left_out)


def keep(book: Book) -> int:
    """Write both files for this book. Returns how many texts had to be encoded."""
    new = encodings.refresh(texts_of(book))
    examples = examples_of(book, book.main_language)
    learnt, left_out = learn_from(examples)
    found = calibrate(examples, left_out)
    arrays: dict[str, Any] = {
        "digest": np.array(digest(examples)),
        "weights": learnt.weights.astype(np.float16),
        "base": learnt.base,
        "bars": found.bars,
        **_arrays("first", found.first),
        **_arrays("three", found.three),
    }
    np.savez_compressed(KEPT, **arrays)
    _kept.cache_clear()
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


def _arrays(name: str, logistic: Logistic) -> dict[str, npt.NDArray[np.float64]]:
    return {
        f"{name}_weights": logistic.weights,
        f"{name}_middle": logistic.middle,
        f"{name}_spread": logistic.spread,
    }


def _logistic(kept: dict[str, npt.NDArray[np.float64]], name: str) -> Logistic:
    return Logistic(kept[f"{name}_weights"], kept[f"{name}_middle"], kept[f"{name}_spread"])


@cache
def _kept(file: Path) -> dict[str, npt.NDArray[np.float64]]:
    if not file.is_file():
        return {}
    with np.load(file, allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}

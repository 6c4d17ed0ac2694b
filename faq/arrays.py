"""Examples, and what was learnt from them, as plain arrays: for the kept file, and for a process of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from faq.calibration import Calibration, Logistic
from faq.examples import Examples
from faq.learning import Learnt, WordPlaces
from faq.lexicon import Lexicon

Arrays = Mapping[str, npt.NDArray[Any]]


def of_examples(examples: Examples) -> Arrays:
    """All of it; texts as bytes, since an array of strings is as wide as the longest."""
    return {
        "ids": _bytes(examples.ids),
        "texts": _bytes(examples.texts),
        "entries": examples.entries,
        "groups": examples.groups,
        "vectors": examples.vectors,
    }


def examples_in(arrays: Arrays) -> Examples:
    """The same back."""
    return Examples(
        _strings(arrays["ids"]),
        _strings(arrays["texts"]),
        arrays["entries"].astype(np.int64, copy=False),
        arrays["groups"].astype(np.int64, copy=False),
        arrays["vectors"].astype(np.int8, copy=False),
    )


def of_learnt(learnt: Learnt) -> Arrays:
    """All but the examples."""
    return {
        "word_weights": learnt.lexicon.word_weights,
        "run_weights": learnt.lexicon.run_weights,
        "places": learnt.word_places.places,
        "place_scales": learnt.word_places.scales,
        "weights": learnt.weights,
        "base": learnt.base,
    }


def learnt_in(arrays: Arrays, examples: Examples) -> Learnt:
    """The same back."""
    word_weights, run_weights, weights, base, scales = (
        arrays[name].astype(np.float32, copy=False)
        for name in ("word_weights", "run_weights", "weights", "base", "place_scales")
    )
    places = WordPlaces(arrays["places"], scales)
    return Learnt(examples, Lexicon(word_weights, run_weights), places, weights, base)


def of_calibration(found: Calibration) -> Arrays:
    """The bars, and both probabilities."""
    return {"bars": found.bars, **_of_logistic("first", found.first), **_of_logistic("three", found.three)}


def calibration_in(arrays: Arrays) -> Calibration:
    """The same back."""
    return Calibration(
        _logistic(arrays, "first"), _logistic(arrays, "three"), arrays["bars"].astype(np.float64, copy=False)
    )


def _of_logistic(name: str, logistic: Logistic) -> dict[str, npt.NDArray[np.float64]]:
    return {
        f"{name}_weights": logistic.weights,
        f"{name}_middle": logistic.middle,
        f"{name}_spread": logistic.spread,
    }


def _logistic(arrays: Arrays, name: str) -> Logistic:
    weights, middle, spread = (
        arrays[f"{name}_{part}"].astype(np.float64, copy=False) for part in ("weights", "middle", "spread")
    )
    return Logistic(weights, middle, spread)


def _bytes(strings: tuple[str, ...]) -> npt.NDArray[np.uint8]:
    return np.frombuffer("\0".join(strings).encode("utf-8", "surrogatepass"), dtype=np.uint8)


def _strings(stored: npt.NDArray[np.generic]) -> tuple[str, ...]:
    return tuple(stored.tobytes().decode("utf-8", "surrogatepass").split("\0"))

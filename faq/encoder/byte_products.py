"""Lets the network multiply bytes with bytes, as its file keeps them, instead of unfolding them into floats first.

A question is a dozen word pieces, so most of the time goes into fetching weights from memory: a quarter of the bytes takes
about a third of the time, and of the memory. A text's numbers are made bytes by what the largest of them is, so texts go
through the network one at a time: together, each would depend on its neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from faq.encoder.protocol_buffers import (
    GRAPH_INITIALISER,
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
    Field,
    fields,
    numbered,
    shape,
    tagged,
    text,
    texts,
)

PRODUCT, FROM = b"DynamicQuantizeMatMul", b"com.microsoft"
FLOATS, UNSIGNED, SIGNED = 1, 2, 3
"""ONNX's numbers for what a tensor holds."""
MIDDLE = 128


@dataclass(frozen=True, slots=True)
class _Weight:
    """A matrix of weights: the names of its bytes and of its columns' scales, and of what unfolded them."""

    matrix: bytes
    scale: bytes
    unfolded: bytes


def in_bytes(network: bytes, *, signed: bool) -> bytes:
    """The same network, with products of bytes. `signed` says how the weights are kept; what comes out is the same."""
    written = []
    for field in fields(network):
        if field.number == MODEL_GRAPH:
            written.append(tagged(MODEL_GRAPH, b"".join(_graph(list(fields(field.value)), signed=signed))))
        else:
            written.append(bytes(field.whole))
    return b"".join([*written, tagged(MODEL_OPERATORS, tagged(1, FROM) + numbered(2, 1))])


def _graph(parts: list[Field], *, signed: bool) -> Iterator[bytes]:
    weights = _weights([part.value for part in parts if part.number == GRAPH_NODE])
    unfolding = {*weights, *(weight.unfolded for weight in weights.values())}
    matrices, scales = ({getattr(weight, name) for weight in weights.values()} for name in ("matrix", "scale"))
    for part in parts:
        name = text(part.value, TENSOR_NAME) if part.number == GRAPH_INITIALISER else b""
        if part.number == GRAPH_NODE and text(part.value, NODE_OUTPUT) in unfolding:
            continue
        if part.number == GRAPH_NODE and (weight := _multiplied(part.value, weights)):
            yield tagged(GRAPH_NODE, _product(part.value, weight))
        elif name in matrices and not signed:
            yield tagged(GRAPH_INITIALISER, _shifted(part.value))
        elif name in scales:
            yield from _per_column(part.value, signed=signed)
        else:
            yield bytes(part.whole)


def _weights(nodes: list[memoryview]) -> dict[bytes, _Weight]:
    """The matrices that are unfolded (made floats, then scaled) in order to be multiplied with, by name."""
    inputs = {text(node, NODE_OUTPUT): list(texts(node, NODE_INPUT)) for node in nodes}
    kinds = {text(node, NODE_OUTPUT): text(node, NODE_KIND) for node in nodes}
    found = {}
    for name in {given[1] for output, given in inputs.items() if kinds[output] == b"MatMul"}:
        if kinds.get(name) == b"Mul" and kinds.get(inputs[name][0]) == b"Cast":
            unfolded, scale = inputs[name]
            found[name] = _Weight(inputs[unfolded][0], scale, unfolded)
    return found


def _multiplied(node: memoryview, weights: dict[bytes, _Weight]) -> _Weight | None:
    return weights.get(list(texts(node, NODE_INPUT))[1]) if text(node, NODE_KIND) == b"MatMul" else None


def _product(node: memoryview, weight: _Weight) -> bytes:
    output = text(node, NODE_OUTPUT)
    given = (text(node, NODE_INPUT), weight.matrix, weight.scale, weight.scale + b"_zero")
    parts = [*(tagged(NODE_INPUT, name) for name in given), tagged(NODE_OUTPUT, output), tagged(NODE_NAME, output)]
    return b"".join([*parts, tagged(NODE_KIND, PRODUCT), tagged(NODE_DOMAIN, FROM)])


def _shifted(tensor: memoryview) -> bytes:
    """Bytes from 0 to 255 instead of from -128 to 127."""
    numbers = np.frombuffer(text(tensor, TENSOR_BYTES), dtype=np.int8).astype(np.int16) + MIDDLE
    return _tensor(text(tensor, TENSOR_NAME), shape(tensor), UNSIGNED, numbers.astype(np.uint8).tobytes())


def _per_column(tensor: memoryview, *, signed: bool) -> Iterator[bytes]:
    """A scale for each column, as one row of numbers; and what counts as nought."""
    name, columns = text(tensor, TENSOR_NAME), shape(tensor)[-1]
    yield tagged(GRAPH_INITIALISER, _tensor(name, [columns], FLOATS, text(tensor, TENSOR_BYTES)))
    nought = bytes(columns) if signed else bytes([MIDDLE]) * columns
    kind = SIGNED if signed else UNSIGNED
    yield tagged(GRAPH_INITIALISER, _tensor(name + b"_zero", [columns], kind, nought))


def _tensor(name: bytes, dimensions: list[int], kind: int, content: bytes) -> bytes:
    size = b"".join(numbered(TENSOR_DIMENSIONS, each) for each in dimensions)
    return size + numbered(TENSOR_KIND, kind) + tagged(TENSOR_NAME, name) + tagged(TENSOR_BYTES, content)


@cache
def signed_is_exact() -> bool:
    """Whether this processor multiplies signed bytes exactly. Older ones cut off the sum of two large products.

    Those that do not are given unsigned bytes, which takes half as long again and comes to the same.
    """
    import onnxruntime  # type: ignore[import-untyped]

    width = 64
    numbers, weights = np.full((1, width), 1, np.float32), np.full((width, width), 127, np.int8)
    session: Any = onnxruntime.InferenceSession(_probe(weights), providers=["CPUExecutionProvider"])
    found = session.run(None, {"numbers": numbers})[0]
    return bool(np.allclose(found, 127 * width, rtol=1e-3))


def _probe(weights: np.ndarray[Any, np.dtype[np.int8]]) -> bytes:
    """A network of one product."""
    rows, columns = weights.shape
    names = (b"numbers", b"weights", b"scale", b"scale_zero")
    node = b"".join(tagged(NODE_INPUT, name) for name in names) + tagged(NODE_OUTPUT, b"product")
    node += tagged(NODE_KIND, PRODUCT) + tagged(NODE_DOMAIN, FROM)
    tensors = (
        _tensor(b"weights", [rows, columns], SIGNED, weights.tobytes()),
        _tensor(b"scale", [columns], FLOATS, np.ones(columns, np.float32).tobytes()),
        _tensor(b"scale_zero", [columns], SIGNED, bytes(columns)),
    )
    graph = tagged(GRAPH_NODE, node) + tagged(2, b"probe")
    graph += b"".join(tagged(GRAPH_INITIALISER, tensor) for tensor in tensors)
    graph += tagged(11, _declared(b"numbers", rows)) + tagged(12, _declared(b"product", columns))
    operators = tagged(MODEL_OPERATORS, tagged(1, b"") + numbered(2, 17))
    operators += tagged(MODEL_OPERATORS, tagged(1, FROM) + numbered(2, 1))
    return numbered(1, 8) + tagged(MODEL_GRAPH, graph) + operators


def _declared(name: bytes, width: int) -> bytes:
    size = tagged(1, numbered(1, 1)) + tagged(1, numbered(1, width))
    return tagged(1, name) + tagged(2, tagged(1, numbered(1, FLOATS) + tagged(2, size)))

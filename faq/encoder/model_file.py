"""The encoder's file, read: its weights as the bytes and scales that they are kept as, by what they are for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from faq.encoder.protocol_buffers import (
    GRAPH_INITIALISER,
    GRAPH_NODE,
    MODEL_GRAPH,
    NODE_INPUT,
    NODE_KIND,
    NODE_OUTPUT,
    TENSOR_BYTES,
    TENSOR_NAME,
    UnexpectedModelError,
    fields,
    shape,
    text,
    texts,
    view,
)

LAYERS = 6
_BYTES, _SCALES = "_q", "_scale"

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Table:
    """One row of bytes per word piece, and each row's scale."""

    table: Bytes
    scales: Floats

    def rows(self, ids: npt.NDArray[np.int64]) -> Floats:
        """The table's rows for these ids, as floats."""
        return self.table[ids].astype(np.float32) * self.scales[ids]


@dataclass(frozen=True, slots=True)
class Product:
    """A matrix to multiply with, as bytes with a scale for each column; and what is added to each column."""

    weights: Bytes
    scales: Floats
    added: Floats


@dataclass(frozen=True, slots=True)
class Levelling:
    """What each place of a levelled row is multiplied with, and what is added."""

    gain: Floats
    added: Floats


@dataclass(frozen=True, slots=True)
class Layer:
    """One of the network's layers: what pieces learn from each other, then what each makes of it."""

    query: Product
    key: Product
    value: Product
    gathered: Product
    after_gathering: Levelling
    widened: Product
    narrowed: Product
    after_narrowing: Levelling


@dataclass(frozen=True, slots=True)
class Model:
    """All of it. `places`: what is added to the piece at each place of a text.

    Layers are views of the file as it was read; the table, which outlives them, is a copy.
    """

    table: Table
    places: Floats
    begin: Levelling
    layers: tuple[Layer, ...]


def read(path: Path) -> Model:
    """The weights in this file. Raises UnexpectedModelError where they are not what this was written for."""
    graph = next((field for field in fields(path.read_bytes()) if field.number == MODEL_GRAPH), None)
    if graph is None:
        raise UnexpectedModelError(f"{path.name} holds no graph")
    parts = list(fields(graph.value))
    tensors = {text(part.value, TENSOR_NAME).decode(): part.value for part in parts if part.number == GRAPH_INITIALISER}
    matrices = dict(_matrices([part.value for part in parts if part.number == GRAPH_NODE]))
    try:
        return _model(_Kept(tensors, matrices))
    except KeyError as missing:
        raise UnexpectedModelError(f"{path.name} has no {missing.args[0]}") from missing
    except ValueError as odd:
        raise UnexpectedModelError(f"{path.name} keeps its weights in another way") from odd


@dataclass(frozen=True, slots=True)
class _Kept:
    """The file's tensors by name, and the name of the matrix that belongs to what is added after it."""

    tensors: Mapping[str, memoryview]
    matrices: Mapping[str, str]

    def floats(self, name: str) -> Floats:
        return self._numbers(name, np.float32)

    def table(self, name: str) -> Table:
        return Table(self._numbers(name + _BYTES, np.int8), self.floats(name + _SCALES))

    def product(self, name: str) -> Product:
        matrix = self.matrices[f"{name}.bias"]
        scales = self.floats(matrix + _SCALES).reshape(-1)
        return Product(self._numbers(matrix + _BYTES, np.int8), scales, self.floats(f"{name}.bias"))

    def levelling(self, name: str) -> Levelling:
        return Levelling(self.floats(f"{name}.weight"), self.floats(f"{name}.bias"))

    def _numbers(self, name: str, kind: type) -> npt.NDArray[Any]:
        tensor = self.tensors[name]
        return np.frombuffer(view(tensor, TENSOR_BYTES), dtype=kind).reshape(shape(tensor))


def _matrices(operations: list[memoryview]) -> Iterator[tuple[str, str]]:
    """(what is added, the matrix that is multiplied with before) for each product of the network."""
    named = [(text(each, NODE_KIND), [name.decode() for name in texts(each, NODE_INPUT)], each) for each in operations]
    multiplied = {text(each, NODE_OUTPUT).decode(): given[1] for kind, given, each in named if kind == b"MatMul"}
    for kind, given, _ in named:
        if kind == b"Add" and given[0] in multiplied:
            yield given[1], multiplied[given[0]]


def _model(kept: _Kept) -> Model:
    inner = "inner.embeddings"
    words = kept.table(f"{inner}.word_embeddings.weight")
    places = kept.table(f"{inner}.position_embeddings.weight")
    first_of_two = kept.floats(f"{inner}.token_type_embeddings.weight")[0]
    return Model(
        table=Table(words.table.copy(), words.scales.copy()),
        places=places.rows(np.arange(len(places.table))) + first_of_two,
        begin=kept.levelling(f"{inner}.LayerNorm"),
        layers=tuple(_layer(kept, f"inner.encoder.layer.{number}") for number in range(LAYERS)),
    )


def _layer(kept: _Kept, name: str) -> Layer:
    return Layer(
        query=kept.product(f"{name}.attention.self.query"),
        key=kept.product(f"{name}.attention.self.key"),
        value=kept.product(f"{name}.attention.self.value"),
        gathered=kept.product(f"{name}.attention.output.dense"),
        after_gathering=kept.levelling(f"{name}.attention.output.LayerNorm"),
        widened=kept.product(f"{name}.intermediate.dense"),
        narrowed=kept.product(f"{name}.output.dense"),
        after_narrowing=kept.levelling(f"{name}.output.LayerNorm"),
    )

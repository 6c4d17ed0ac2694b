"""The encoder's ONNX file, taken apart: the table of word pieces on one side, the rest of the network on the other.

Run whole, onnxruntime unfolds the table of 30,522 word pieces from bytes into floats, which costs 100 MB at the start and
50 MB for good. A question uses a dozen of its rows. So the table stays bytes in numpy, and the network is given the rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from faq.encoder.protocol_buffers import (
    GRAPH_INITIALISER,
    GRAPH_INPUT,
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
    tagged,
    text,
)

TABLE = b"inner.embeddings.word_embeddings.weight"


@dataclass(frozen=True, slots=True)
class Table:
    """One row of bytes per word piece, and each row's scale."""

    table: npt.NDArray[np.int8]
    scales: npt.NDArray[np.float32]

    def rows(self, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """The table's rows for these ids, as floats."""
        return self.table[ids].astype(np.float32) * self.scales[ids]


def take_apart(path: Path) -> tuple[bytes, Table]:
    """The network without its table, and the table. Raises UnexpectedModelError."""
    model = list(fields(memoryview(path.read_bytes())))
    graph = next((field for field in model if field.number == MODEL_GRAPH), None)
    if graph is None:
        raise UnexpectedModelError(f"{path.name} holds no graph")
    tensors: dict[bytes, memoryview] = {}
    kept: list[memoryview | bytes] = []
    rows_name = b""
    for field in fields(graph.value):
        if field.number == GRAPH_INITIALISER and (name := text(field.value, TENSOR_NAME)).startswith(TABLE):
            tensors[name] = field.value
        elif field.number == GRAPH_NODE and _makes_table(field.value):
            continue
        elif field.number == GRAPH_NODE and _reads_table(field.value):
            rows_name = text(field.value, NODE_OUTPUT)
        else:
            kept.append(field.whole)
    if not rows_name or len(tensors) != 2:  # noqa: PLR2004 - the bytes and their scales
        raise UnexpectedModelError(f"{path.name} keeps its word pieces in another way")
    kept.append(tagged(GRAPH_INPUT, _rows_declared(rows_name)))
    network = b"".join(
        tagged(MODEL_GRAPH, b"".join(kept)) if field.number == MODEL_GRAPH else field.whole for field in model
    )
    table = np.frombuffer(text(tensors[TABLE + b"_q"], TENSOR_BYTES), dtype=np.int8).reshape(
        shape(tensors[TABLE + b"_q"])
    )
    scales = np.frombuffer(text(tensors[TABLE + b"_scale"], TENSOR_BYTES), dtype=np.float32).reshape(-1, 1)
    return network, Table(table, scales)


def rows_input(parts_inputs: Iterable[str]) -> str:
    """The name of the input that takes the rows."""
    return next(name for name in parts_inputs if name not in {"input_ids", "attention_mask", "token_type_ids"})


def _makes_table(node: memoryview) -> bool:
    return text(node, NODE_OUTPUT).startswith(TABLE)


def _reads_table(node: memoryview) -> bool:
    return text(node, NODE_KIND) == b"Gather" and text(node, NODE_INPUT) == TABLE


def _rows_declared(name: bytes) -> bytes:
    """A float tensor of three dimensions: texts, pieces, width."""
    shape = b"".join(tagged(1, tagged(2, part)) for part in (b"batch", b"sequence", b"width"))
    tensor = b"\x08\x01" + tagged(2, shape)
    return tagged(1, name) + tagged(2, tagged(1, tensor))

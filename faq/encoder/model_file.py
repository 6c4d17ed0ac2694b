"""The encoder's ONNX file, taken apart: the table of word pieces on one side, the rest of the network on the other.

Run whole, onnxruntime unfolds the table of 30,522 word pieces from bytes into floats, which costs 100 MB at the start and
50 MB for good. A question uses a dozen of its rows. So the table stays bytes in numpy, and the network is given the rows.
Only the file's outermost layers are read (protocol buffers: number, length, bytes); nothing in it is changed otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

TABLE = b"inner.embeddings.word_embeddings.weight"
MODEL_GRAPH, GRAPH_NODE, GRAPH_INITIALISER, GRAPH_INPUT = 7, 1, 5, 11
NODE_INPUT, NODE_OUTPUT, NODE_KIND = 1, 2, 4
TENSOR_DIMENSIONS, TENSOR_NAME, TENSOR_BYTES = 1, 8, 9


class UnexpectedModelError(Exception):
    """The file is not the one this was written for."""


@dataclass(frozen=True, slots=True)
class Table:
    """One row of bytes per word piece, and each row's scale."""

    table: npt.NDArray[np.int8]
    scales: npt.NDArray[np.float32]

    def rows(self, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """The table's rows for these ids, as floats."""
        return self.table[ids].astype(np.float32) * self.scales[ids]


@dataclass(frozen=True, slots=True)
class _Field:
    number: int
    whole: memoryview
    value: memoryview


def take_apart(path: Path) -> tuple[bytes, Table]:
    """The network without its table, and the table. Raises UnexpectedModelError."""
    model = list(_fields(memoryview(path.read_bytes())))
    graph = next((field for field in model if field.number == MODEL_GRAPH), None)
    if graph is None:
        raise UnexpectedModelError(f"{path.name} holds no graph")
    tensors: dict[bytes, memoryview] = {}
    kept: list[memoryview | bytes] = []
    rows_name = b""
    for field in _fields(graph.value):
        if field.number == GRAPH_INITIALISER and (name := _text(field.value, TENSOR_NAME)).startswith(TABLE):
            tensors[name] = field.value
        elif field.number == GRAPH_NODE and _makes_table(field.value):
            continue
        elif field.number == GRAPH_NODE and _reads_table(field.value):
            rows_name = _text(field.value, NODE_OUTPUT)
        else:
            kept.append(field.whole)
    if not rows_name or len(tensors) != 2:  # noqa: PLR2004 - the bytes and their scales
        raise UnexpectedModelError(f"{path.name} keeps its word pieces in another way")
    kept.append(_tagged(GRAPH_INPUT, _rows_declared(rows_name)))
    network = b"".join(
        _tagged(MODEL_GRAPH, b"".join(kept)) if field.number == MODEL_GRAPH else field.whole for field in model
    )
    table = np.frombuffer(_raw(tensors[TABLE + b"_q"]), dtype=np.int8).reshape(_shape(tensors[TABLE + b"_q"]))
    scales = np.frombuffer(_raw(tensors[TABLE + b"_scale"]), dtype=np.float32).reshape(-1, 1)
    return network, Table(table, scales)


def rows_input(parts_inputs: Iterable[str]) -> str:
    """The name of the input that takes the rows."""
    return next(name for name in parts_inputs if name not in {"input_ids", "attention_mask", "token_type_ids"})


def _makes_table(node: memoryview) -> bool:
    return _text(node, NODE_OUTPUT).startswith(TABLE)


def _reads_table(node: memoryview) -> bool:
    return _text(node, NODE_KIND) == b"Gather" and _text(node, NODE_INPUT) == TABLE


def _text(message: memoryview, number: int) -> bytes:
    return next((bytes(field.value) for field in _fields(message) if field.number == number), b"")


def _shape(tensor: memoryview) -> list[int]:
    return [_number(field.value) for field in _fields(tensor) if field.number == TENSOR_DIMENSIONS]


def _raw(tensor: memoryview) -> bytes:
    return next(bytes(field.value) for field in _fields(tensor) if field.number == TENSOR_BYTES)


def _rows_declared(name: bytes) -> bytes:
    """A float tensor of three dimensions: texts, pieces, width."""
    shape = b"".join(_tagged(1, _tagged(2, part)) for part in (b"batch", b"sequence", b"width"))
    tensor = b"\x08\x01" + _tagged(2, shape)
    return _tagged(1, name) + _tagged(2, _tagged(1, tensor))


def _tagged(number: int, value: bytes | memoryview) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(value)) + bytes(value)


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:  # noqa: PLR2004 - seven bits to a byte
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _number(value: memoryview) -> int:
    return sum((byte & 0x7F) << (7 * place) for place, byte in enumerate(value))


def _fields(data: memoryview) -> Iterator[_Field]:
    at = 0
    while at < len(data):
        begin = at
        at = _after_varint(data, at)
        tag = _number(data[begin:at])
        match tag & 7:
            case 0:
                value_at, at = at, _after_varint(data, at)
            case 1:
                value_at, at = at, at + 8
            case 2:
                length_at = at
                value_at = _after_varint(data, at)
                at = value_at + _number(data[length_at:value_at])
            case 5:
                value_at, at = at, at + 4
            case _:
                raise UnexpectedModelError("not a protocol buffer")
        yield _Field(tag >> 3, data[begin:at], data[value_at:at])


def _after_varint(data: memoryview, at: int) -> int:
    while data[at] & 0x80:
        at += 1
    return at + 1

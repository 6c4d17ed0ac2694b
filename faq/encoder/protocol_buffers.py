"""Protocol buffers as far as an ONNX file needs them: number, length, bytes; and the pieces to write them anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

MODEL_GRAPH, MODEL_OPERATORS = 7, 8
GRAPH_NODE, GRAPH_INITIALISER, GRAPH_INPUT = 1, 5, 11
NODE_INPUT, NODE_OUTPUT, NODE_NAME, NODE_KIND, NODE_DOMAIN = 1, 2, 3, 4, 7
TENSOR_DIMENSIONS, TENSOR_KIND, TENSOR_NAME, TENSOR_BYTES = 1, 2, 8, 9


class UnexpectedModelError(Exception):
    """The file is not the one this was written for."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its number, all of it, and what is in it."""

    number: int
    whole: memoryview
    value: memoryview


def fields(data: memoryview | bytes) -> Iterator[Field]:
    """The fields of one message. Raises UnexpectedModelError."""
    data = memoryview(data)
    at = 0
    while at < len(data):
        begin = at
        at = _after_varint(data, at)
        tag = number_in(data[begin:at])
        match tag & 7:
            case 0:
                value_at, at = at, _after_varint(data, at)
            case 1:
                value_at, at = at, at + 8
            case 2:
                length_at = at
                value_at = _after_varint(data, at)
                at = value_at + number_in(data[length_at:value_at])
            case 5:
                value_at, at = at, at + 4
            case _:
                raise UnexpectedModelError("not a protocol buffer")
        yield Field(tag >> 3, data[begin:at], data[value_at:at])


def _after_varint(data: memoryview, at: int) -> int:
    while data[at] & 0x80:
        at += 1
    return at + 1


def text(message: memoryview, number: int) -> bytes:
    """The first field of that number as bytes; empty without one."""
    return next(texts(message, number), b"")


def view(message: memoryview, number: int) -> memoryview:
    """The same where it stands, without a copy."""
    return next((field.value for field in fields(message) if field.number == number), memoryview(b""))


def texts(message: memoryview, number: int) -> Iterator[bytes]:
    """Every field of that number as bytes."""
    return (bytes(field.value) for field in fields(message) if field.number == number)


def shape(tensor: memoryview) -> list[int]:
    """A tensor's dimensions."""
    return [number_in(field.value) for field in fields(tensor) if field.number == TENSOR_DIMENSIONS]


def number_in(value: memoryview) -> int:
    """A number as it is written: seven bits to a byte, the lowest first."""
    return sum((byte & 0x7F) << (7 * place) for place, byte in enumerate(value))


def tagged(number: int, value: bytes | memoryview) -> bytes:
    """A field that holds bytes."""
    return begun(number, len(value)) + bytes(value)


def begun(number: int, length: int) -> bytes:
    """The beginning of a field that holds so many bytes, which follow."""
    return _varint(number << 3 | 2) + _varint(length)


def numbered(number: int, value: int) -> bytes:
    """A field that holds a whole number."""
    return _varint(number << 3) + _varint(value)


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:  # noqa: PLR2004 - seven bits to a byte
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)

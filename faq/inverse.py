"""The inverse of a large symmetric matrix without the matrix: a strip of rows at a time, and a quarter of the memory.

For a symmetric, positive matrix A there is a lower triangle M with A⁻¹ = MᵀM. Each strip of M follows from the same strip of
A and from the strips of M above it, so that A is never held as a whole (Cholesky's method, bordered; a third of the
arithmetic of inverting A). A strip is kept with half of the digits; who needs all of them corrects by what is left (`times`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

STRIP = 256
"""Rows at a time."""

Floats = npt.NDArray[np.float32]
Halves = npt.NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class InverseRoot:
    """M in strips: each holds its rows up to the diagonal, so that a strip is as wide as it reaches down."""

    strips: tuple[Halves, ...]

    @property
    def count(self) -> int:
        """Rows of the whole matrix."""
        return sum(len(strip) for strip in self.strips)

    def inverse_times(self, columns: Floats) -> Floats:
        """A⁻¹ times these columns."""
        result = np.zeros_like(columns)
        for half in self.strips:
            strip = half.astype(np.float32)
            result[: strip.shape[1]] += strip.T @ (strip @ columns[: strip.shape[1]])
        return result

    def inverse_diagonal(self) -> Floats:
        """The diagonal of A⁻¹."""
        result = np.zeros(self.count, dtype=np.float32)
        for half in self.strips:
            strip = half.astype(np.float32)
            result[: strip.shape[1]] += np.einsum("ij,ij->j", strip, strip)
        return result

    def inverse_among(self, some: npt.NDArray[np.intp]) -> Floats:
        """A⁻¹ where these rows, in rising order, meet their own columns."""
        result = np.zeros((len(some), len(some)), dtype=np.float32)
        for strip in self.strips:
            reached = int(np.searchsorted(some, strip.shape[1]))
            columns = strip[:, some[:reached]].astype(np.float32)
            result[:reached, :reached] += columns.T @ columns
        return result


def inverse_root(rows: Callable[[slice, int], Floats], count: int, ridge: float) -> InverseRoot:
    """M for A + `ridge` on the diagonal. `rows` gives the rows of a slice of A, up to a column."""
    strips: list[Halves] = []
    for start in range(0, count, STRIP):
        stop = min(start + STRIP, count)
        given = rows(slice(start, stop), stop)
        square = given[:, start:]
        square[np.diag_indices(stop - start)] += np.float32(ridge)
        left = np.empty((stop - start, start), dtype=np.float32)
        for half in strips:
            begin, end = half.shape[1] - len(half), half.shape[1]
            left[:, begin:end] = given[:, :end] @ half.astype(np.float32).T
        square -= left @ left.T
        own = np.tril(np.linalg.inv(np.linalg.cholesky(square.astype(np.float64)))).astype(np.float32)
        left = own @ left
        given[:, :start] = 0
        for half in strips:
            begin, end = half.shape[1] - len(half), half.shape[1]
            given[:, :end] -= left[:, begin:end] @ half.astype(np.float32)
        given[:, start:] = own
        strips.append(given.astype(np.float16))
    return InverseRoot(tuple(strips))


def times(rows: Callable[[slice, int], Floats], columns: Floats, ridge: float) -> Floats:
    """A + `ridge` on the diagonal, times these columns."""
    result = columns * np.float32(ridge)
    for start in range(0, len(columns), STRIP):
        stop = min(start + STRIP, len(columns))
        given = rows(slice(start, stop), stop)
        result[start:stop] += given @ columns[:stop]
        result[:start] += given[:, :start].T @ columns[start:stop]
    return result

"""While somebody asks, the process holds its tongue: a line in a log has a time, and a time is what would tell who asked.

What would have been logged is counted instead, and told later for everybody together. Metrics look here as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_kept: ContextVar[bool] = ContextVar("foreword_in_confidence", default=False)
_held: Counter[str] = Counter()


@contextmanager
def request() -> Iterator[None]:
    """One request of Slack's, from the door to its answer. What it does in confidence ends with it."""
    token = _kept.set(False)
    try:
        yield
    finally:
        _kept.reset(token)


def keep() -> None:
    """From here on this request, and whatever it starts, is somebody asking."""
    _kept.set(True)


@contextmanager
def throughout() -> Iterator[None]:
    """What runs in here is told to nobody, whoever set it off: its moment would be the moment of somebody's question."""
    token = _kept.set(True)
    try:
        yield
    finally:
        _kept.reset(token)


def kept() -> bool:
    """Whether what runs now belongs to somebody asking."""
    return _kept.get()


def hold(line: str) -> None:
    """Count a line that must not be written now."""
    _held[line] += 1


def release() -> list[tuple[str, int]]:
    """What was held since the last time, without its moments and in the order of the alphabet; and how often each."""
    lines = sorted(_held.items())
    _held.clear()
    return lines

"""Memory that was needed for a moment, given back to the machine: a bot that answers for months should not hold on to it."""

from __future__ import annotations

import ctypes
from contextlib import suppress


def give_back() -> None:
    """Ask glibc for what it keeps for later (100 MB after loading); other C libraries need no asking."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)

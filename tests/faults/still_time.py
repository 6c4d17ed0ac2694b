"""An event loop in which nothing waits: time jumps to whatever comes next, and threads' work is done on the spot.

What runs in it, without sockets, happens in the same order each time.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable
from typing import Any


class _NeverWaiting(selectors.DefaultSelector):
    """Instead of waiting it tells how long that would have taken."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        """What is ready by now."""
        ready: list[Any] = super().select(0 if timeout is not None else 1.0)
        if timeout is None and not ready:
            msg = "everything waits, and nothing is going to happen"
            raise RuntimeError(msg)
        if timeout and not ready:
            self.passed += timeout
        return ready


class StillLoop(asyncio.SelectorEventLoop):
    """The loop."""

    def __init__(self) -> None:
        """Begin at zero."""
        self._waits = _NeverWaiting()
        super().__init__(self._waits)

    def time(self) -> float:
        """Seconds that have been waited for."""
        return self._waits.passed

    def run_in_executor(self, _executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]
        """Carry it out here and now."""
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to whoever waits for it
            done.set_exception(error)
        return done

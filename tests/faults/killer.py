"""Kills the bot at a line of the outbox: whichever line comes n-th, in whatever order they are carried out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from bot.services import delivering
from bot.store import outbox as stored
from scheduler import outbox as sending

WATCHED = {module.__file__: module.__name__ for module in (sending, stored, delivering)}


class Killed(BaseException):
    """What a process that was killed ends with: nothing in the bot catches it, and nothing it does afterwards counts."""


class Killer:
    """Counts the lines that are carried out in the modules of the outbox, and strikes at the one it was told.

    `strike` is called when it does, before Killed comes out of that line.
    """

    def __init__(self, strike: Callable[[str], None]) -> None:
        """Wait for `arm`."""
        self._strike = strike
        self._left: int | None = None
        self._line = ""
        self.seen: dict[str, int] = {}
        """How often each line was carried out, as module:number."""
        self.order = 0

    def arm(self, lines: int) -> None:
        """Strike at the n-th line from now."""
        self._left = lines

    def arm_at(self, line: str, times: int = 1) -> None:
        """Strike at this very line, when it is carried out for the n-th time from now."""
        self._line, self._left = line, times

    def disarm(self) -> None:
        """Let live."""
        self._line, self._left = "", None

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch everything that this thread does."""
        before = sys.gettrace()
        sys.settrace(self._enter)
        try:
            yield
        finally:
            sys.settrace(before)

    def go_on(self) -> None:
        """Watch again after a kill."""
        sys.settrace(self._enter)

    def _enter(self, frame: FrameType, _event: str, _what: Any) -> Any:
        return self._step if frame.f_code.co_filename in WATCHED else None

    def _step(self, frame: FrameType, event: str, _what: Any) -> Any:
        if event != "line":
            return self._step
        line = f"{WATCHED[frame.f_code.co_filename]}:{frame.f_lineno}"
        self.seen[line] = self.seen.get(line, 0) + 1
        self.order += 1
        if self._left is not None and self._line in ("", line):
            self._left -= 1
            if self._left <= 0:
                self.disarm()
                self._strike(line)
                raise Killed  # which ends the watching: see `go_on`
        return self._step

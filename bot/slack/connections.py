"""How long and how many may stand at the door without having said what they want: the server itself waits for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

HEAD_SECONDS = 10.0
"""So long the head of a request may take, counted from its first byte or from the connection; a kept one is closed sooner."""
MOST = 400
"""Connections at a time. Above that, whoever has waited longest to say what they want is cut off: Slack says it at once."""


class PatientDoor(H11Protocol):
    """One connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody is at the door."""
        super().connection_made(transport)
        self.waiting_since: float | None = None
        self._impatient: asyncio.TimerHandle | None = None
        self._wait()
        if len(self.connections) > MOST:
            _longest_waiting(self.connections, self).cut_off()

    def data_received(self, data: bytes) -> None:
        """They say something."""
        super().data_received(data)
        if self._complete():
            self._stop_waiting()
        elif self._impatient is None and not self._being_read():
            self._wait()
        elif self._being_read() and self._impatient is not None:
            self._impatient.cancel()  # from here on the doorkeeper counts the seconds
            self._impatient = None

    def connection_lost(self, exc: Exception | None) -> None:
        """They have left."""
        self._stop_waiting()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """They have their answer, and may ask again."""
        super().on_response_complete()
        self.waiting_since = self.loop.time()

    def _being_read(self) -> bool:
        """Whether a request's head was read, and its answer is not out."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def _complete(self) -> bool:
        return self._being_read() and not self.cycle.more_body

    def _wait(self) -> None:
        self.waiting_since = self.loop.time()
        self._impatient = self.loop.call_later(HEAD_SECONDS, self._lose_patience)

    def _stop_waiting(self) -> None:
        self.waiting_since = None
        if self._impatient is not None:
            self._impatient.cancel()
            self._impatient = None

    def _lose_patience(self) -> None:
        if not self._being_read():
            self.cut_off()

    def cut_off(self) -> None:
        """Close the connection whatever is under way on it."""
        self._stop_waiting()
        self.transport.abort()


def _longest_waiting(connections: Iterable[object], newcomer: PatientDoor) -> PatientDoor:
    """Who has stood there longest without a whole request; the newcomer where everybody else is being answered."""
    waiting = [each for each in connections if isinstance(each, PatientDoor) and each.waiting_since is not None]
    return min(waiting, key=lambda each: each.waiting_since or 0.0, default=newcomer)

"""Faults on request: the ways in which a call to Slack can go wrong, for tests that need one at a certain moment."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sandbox.wire import ActRefused

KINDS = {"429", "500", "reset_before", "reset_after", "timeout_after", "malformed"}


@dataclass(slots=True)
class Fault:
    """`times` more calls of `method` ("*" for any) go wrong in the way `kind` says."""

    method: str
    kind: str
    times: int
    retry_after: int = 1

    @property
    def work_is_done(self) -> bool:
        """Whether the call takes effect although no usable answer comes."""
        return self.kind in {"reset_after", "timeout_after", "malformed"}

    @property
    def keeps_answer_back(self) -> bool:
        """Whether the caller gets no usable answer."""
        return self.work_is_done or self.kind == "reset_before"


class Faults:
    """The faults still to come, in the order in which they were asked for."""

    def __init__(self) -> None:
        """Begin with none."""
        self._waiting: list[Fault] = []

    def add(self, method: str, kind: str, times: int = 1, retry_after: int = 1) -> None:
        """Ask for a fault; raises ActRefused when there is no such kind."""
        if kind not in KINDS and not kind.startswith("error:"):
            raise ActRefused(f"There is no fault {kind!r}: use one of {', '.join(sorted(KINDS))}, or error:<name>.")
        if times < 1:
            raise ActRefused("`times` must be at least 1.")
        self._waiting.append(Fault(method, kind, times, retry_after))

    def clear(self) -> None:
        """Forget all faults."""
        self._waiting.clear()

    def next_for(self, method: str) -> Fault | None:
        """The fault that this call meets, if any; it is used up."""
        for fault in self._waiting:
            if fault.method in {method, "*"}:
                fault.times -= 1
                if fault.times == 0:
                    self._waiting.remove(fault)
                return fault
        return None

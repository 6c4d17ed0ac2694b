"""One thing that has to be right for the bot to run, as `doctor` reports it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, whether it is right, what was seen, and how to mend it."""

    name: str
    ok: bool
    seen: str
    fix: str = ""

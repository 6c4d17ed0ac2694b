"""What may become of a delivery at the last moment, instead of a message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Dropped:
    """The delivery must not go any more; `why` is a word for the log and, for a launch, for its manager."""

    why: str


@dataclass(frozen=True, slots=True)
class Broken:
    """The delivery cannot be made into a message; `error` is the name of what went wrong, for the log."""

    error: str


@dataclass(frozen=True, slots=True)
class Later:
    """The delivery must not go at this hour; it waits until then."""

    due_at: datetime

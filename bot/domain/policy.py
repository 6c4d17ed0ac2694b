"""The written policy: the four questions of GUIDE.md step 1, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Tracked:
    """One kind of data the tool records: its name, and what exactly that covers."""

    what: str
    detail: str


@dataclass(frozen=True, slots=True)
class SeenBy:
    """One reader of the data: who looks, when or how often, and for what purpose."""

    who: str
    when: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Policy:
    """The policy's content. Anything may still be empty; `lint_policy` says what is missing or vague.

    `retention_days` is in calendar days; None means that the plan does not say.
    """

    document_url: str = ""
    effective: date | None = None
    tracked: tuple[Tracked, ...] = ()
    not_tracked: tuple[str, ...] = ()
    seen_by: tuple[SeenBy, ...] = ()
    retention_days: int | None = None
    own_data: str = ""
    breaks: str = ""
    corrections: str = ""

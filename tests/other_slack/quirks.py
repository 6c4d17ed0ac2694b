"""How servers that speak Slack's language differ from Slack, and from each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Quirks:
    """Each is allowed, or at least seen.

    `lean` leaves out every field of a payload that Slack calls optional; `no_trigger` leaves out the trigger as well.
    """

    decimals: int = 6
    lean: bool = False
    no_trigger: bool = False
    no_bot_id: bool = False
    no_tz: bool = False
    loses_metadata: bool = False
    says_ok_false: str = "unknown_method"
    unknown_methods: frozenset[str] = frozenset()

    def unknown_answer(self, method: str) -> dict[str, Any]:
        """What a method that is not there answers."""
        return {"ok": False, "error": self.says_ok_false, "req_method": method}

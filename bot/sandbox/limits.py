"""Slack's rate limits, measured on the machine's own monotonic clock: they are about transport, not the calendar."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

TIERS: Mapping[int, int] = {1: 1, 2: 20, 3: 50, 4: 100}


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is let through.

    A method of a tier may be called `tiers[tier]` times a minute, all at once if need be. A channel takes one message
    per second, after a burst of `channel_burst`; the workspace takes `workspace_per_minute` messages.
    """

    on: bool = True
    tiers: Mapping[int, int] = field(default_factory=lambda: dict(TIERS))
    channel_per_second: float = 1.0
    channel_burst: int = 20
    workspace_per_minute: int = 300


NO_LIMITS = Limits(on=False)


class Meter:
    """Counts calls against the limits."""

    def __init__(self, limits: Limits, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Start with every allowance full."""
        self.limits = limits
        self._monotonic = monotonic
        self._left: dict[str, tuple[float, float]] = {}

    def wait(self, method: str, tier: int | None, channel: str | None) -> int | None:
        """Whole seconds to wait before this call is allowed; None when it is allowed now, and counted.

        `tier` is None for posting, which is limited by channel and workspace instead.
        """
        if not self.limits.on:
            return None
        if tier is not None:
            per_minute = self.limits.tiers[tier]
            return self._take(method, per_minute, per_minute / 60)
        burst, rate = self.limits.channel_burst, self.limits.channel_per_second
        held = self._take(f"channel {channel}", burst, rate)
        if held is not None:
            return held
        whole = self.limits.workspace_per_minute
        return self._take("workspace", whole, whole / 60)

    def _take(self, name: str, most: int, per_second: float) -> int | None:
        now = self._monotonic()
        left, since = self._left.get(name, (float(most), now))
        left = min(most, left + (now - since) * per_second)
        if left < 1:
            self._left[name] = (left, now)
            return max(1, math.ceil((1 - left) / per_second))
        self._left[name] = (left - 1, now)
        return None

"""A rollout: introducing one tool to one organisation, wave by wave, in a fixed order of steps."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum

from bot.domain.policy import Policy


class Step(StrEnum):
    """What a wave is given, in this order (GUIDE.md: the policy comes before the software)."""

    BRIEF = "brief"
    REASON = "reason"
    POLICY = "policy"
    INSTALL = "install"

    @property
    def before(self) -> tuple[Step, ...]:
        """The steps that come earlier, first one first."""
        order = tuple(Step)
        return order[: order.index(self)]


class Cadence(StrEnum):
    """How often managers look at a role's data (GUIDE.md step 5)."""

    WEEKLY = "weekly"
    BIWEEKLY = "biweekly"
    MONTHLY = "monthly"
    ON_CONCERN = "on_concern"


class CheckinBy(StrEnum):
    """Where a check-in is asked: in each person's direct messages, or once in the wave's channel."""

    DM = "dm"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Role:
    """One kind of work, how often its data is reviewed, and why its rules differ from another's."""

    name: str
    cadence: Cadence | None
    because: str


@dataclass(frozen=True, slots=True)
class Wave:
    """One audience. `managers` are Slack user ids; `weeks` is how long a pilot runs (2 to 4).

    `country` says whose weekends and public holidays are kept: `DE`, or `DE-BY` for a part of one; empty for none.
    """

    name: str
    team: str
    channel: str
    role: str
    managers: tuple[str, ...]
    weeks: int | None = None
    country: str = ""


@dataclass(frozen=True, slots=True)
class Checkins:
    """When a wave is asked how it goes: days after its install step, at this local time."""

    days: tuple[int, ...] = (3, 7, 14, 21)
    at: time = time(10, 0)
    by: CheckinBy = CheckinBy.DM


@dataclass(frozen=True, slots=True)
class Rules:
    """Numbers this rollout promises to keep. `k` and `k_text` are counts of distinct people."""

    notice_working_days: int = 2
    acknowledgement_required: bool = True
    k: int = 5
    k_text: int = 10


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a launch needs, as written in the plan file. The first wave is the pilot."""

    rollout: str
    tool: str
    reason: str
    install_url: str
    owners: tuple[str, ...]
    hr: tuple[str, ...]
    contact: str
    policy: Policy
    roles: tuple[Role, ...]
    waves: tuple[Wave, ...]
    checkins: Checkins = field(default_factory=Checkins)
    rules: Rules = field(default_factory=Rules)

    def role_of(self, wave: Wave) -> Role:
        """The role whose rules apply in this wave; the plan file guarantees that it exists."""
        return next(role for role in self.roles if role.name == wave.role)

    def wave_named(self, name: str) -> Wave | None:
        """The wave of that name, or None."""
        return next((wave for wave in self.waves if wave.name == name), None)

    @property
    def pilot(self) -> Wave:
        """The first wave."""
        return self.waves[0]

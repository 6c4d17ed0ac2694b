"""How far a wave has come, and which step is next for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.rollout import Plan, Step, Wave


@dataclass(frozen=True, slots=True)
class Versions:
    """Which reason and which policy are meant. Both count from 1."""

    reason: int
    policy: int

    def matter_for(self, step: Step) -> str:
        """The part of the versions that makes a second launch of this step a new one."""
        match step:
            case Step.BRIEF:
                return f"{self.reason}.{self.policy}"
            case Step.REASON:
                return str(self.reason)
            case Step.POLICY:
                return str(self.policy)
            case Step.INSTALL:
                return ""


@dataclass(frozen=True, slots=True)
class Launched:
    """One step that a manager launched for a wave. `delivered_at` is None until Slack has confirmed every message."""

    launch_id: str
    step: Step
    versions: Versions
    at: datetime
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Progress:
    """What was launched for one wave in its present run (a relaunch begins a new run)."""

    launched: Sequence[Launched] = ()

    def of(self, step: Step, versions: Versions) -> Launched | None:
        """This step's launch with these versions, as far as they matter for it."""
        wanted = versions.matter_for(step)
        return next((x for x in self.launched if x.step is step and x.versions.matter_for(step) == wanted), None)

    def latest(self, step: Step) -> Launched | None:
        """This step's most recent launch, whatever its version."""
        return max((x for x in self.launched if x.step is step), key=lambda x: x.at, default=None)

    def next_step(self, versions: Versions) -> Step | None:
        """The first step that these versions still need; None when the wave has had everything.

        The brief comes before the reason: once the present reason is out, a new policy version is announced
        without another briefing.
        """
        for step in Step:
            if self.of(step, versions) is None and not (step is Step.BRIEF and self.of(Step.REASON, versions)):
                return step
        return None

    @property
    def begun(self) -> bool:
        """Whether anything has been launched for this wave in this run."""
        return bool(self.launched)


@dataclass(frozen=True, slots=True)
class Pause:
    """Since when and why the rollout is held, and which texts it had then."""

    at: datetime
    because: str
    versions: Versions


@dataclass(frozen=True, slots=True)
class RunningWave:
    """A wave of the plan with its row id and its present run (1, and one more for each relaunch)."""

    id: str
    run: int
    wave: Wave

    @property
    def name(self) -> str:
        """The wave's name in the plan."""
        return self.wave.name


@dataclass(frozen=True, slots=True)
class Rollout:
    """A stored rollout: its plan with the present texts, their versions, and whether it is paused."""

    id: str
    plan: Plan
    versions: Versions
    waves: tuple[RunningWave, ...]
    pause: Pause | None = None

    @property
    def name(self) -> str:
        """The short name that managers type."""
        return self.plan.rollout

    def wave_named(self, name: str) -> RunningWave | None:
        """The wave of that name, or None."""
        return next((wave for wave in self.waves if wave.name == name), None)

    def wave_with_id(self, wave_id: str) -> RunningWave | None:
        """The wave with that row id, or None."""
        return next((wave for wave in self.waves if wave.id == wave_id), None)

    def is_pilot(self, wave: RunningWave) -> bool:
        """Whether this is the first wave."""
        return wave.id == self.waves[0].id

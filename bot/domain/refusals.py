"""What can be refused, as typed exceptions; bot/views/refusals.py turns each into a sentence for the person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.domain.gates import Gate, GateResult
from bot.domain.rollout import Step


class Refused(Exception):
    """The request was understood and cannot be carried out. Nothing was changed."""


class NoRollout(Refused):
    """There is no rollout yet."""


class UnknownRollout(Refused):
    """No rollout has this name."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        """`known` are the names that exist."""
        super().__init__()
        self.name = name
        self.known = tuple(known)


class WhichRollout(Refused):
    """There are several rollouts and none was named."""

    def __init__(self, known: Sequence[str]) -> None:
        """`known` are the names to choose from."""
        super().__init__()
        self.known = tuple(known)


class UnknownWave(Refused):
    """The rollout has no wave of this name."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        """`known` are the names that exist."""
        super().__init__()
        self.name = name
        self.known = tuple(known)


class GatesHold(Refused):
    """At least one gate does not let this launch pass."""

    def __init__(self, step: Step, wave: str, wave_id: str, failed: Sequence[GateResult]) -> None:
        """`failed` are the gates that do not hold, in the order of the table."""
        super().__init__()
        self.step = step
        self.wave = wave
        self.wave_id = wave_id
        self.failed = tuple(failed)


class AlreadyLaunched(Refused):
    """This step, with these versions, was launched or scheduled before."""

    def __init__(self, step: Step, wave: str, by: str, at: datetime | None, due_at: datetime | None) -> None:
        """Who did it and when; `due_at` when it is only scheduled."""
        super().__init__()
        self.step = step
        self.wave = wave
        self.by = by
        self.at = at
        self.due_at = due_at


class PreviewOutdated(Refused):
    """What the manager was shown is no longer what would be sent."""


class AnswersChanging(Refused):
    """An answer was written a moment ago, and this process has not taken it in yet."""


class InThePast(Refused):
    """The time asked for is over."""

    def __init__(self, due_at: datetime) -> None:
        """The time asked for."""
        super().__init__()
        self.due_at = due_at


class NothingScheduled(Refused):
    """There is no scheduled launch of this step."""

    def __init__(self, step: Step, wave: str) -> None:
        """Which launch was meant."""
        super().__init__()
        self.step = step
        self.wave = wave


class HardGate(Refused):
    """This gate cannot be waived by anybody."""

    def __init__(self, gate: Gate) -> None:
        """Which gate."""
        super().__init__()
        self.gate = gate


class OverrideTaken(Refused):
    """Somebody has asked for this override before."""

    def __init__(self, gate: Gate, by: str, override_id: str, approved_by: str | None) -> None:
        """Who asked, and who approved if somebody did."""
        super().__init__()
        self.gate = gate
        self.by = by
        self.override_id = override_id
        self.approved_by = approved_by


class SecondManagerNeeded(Refused):
    """Whoever asked for an override cannot approve it."""

    def __init__(self, who_can: Sequence[str]) -> None:
        """Who can approve."""
        super().__init__()
        self.who_can = tuple(who_can)


class NothingToApprove(Refused):
    """No override waits for approval, or not this one any more."""


class NamesTheLink(Refused):
    """A text that people will see names the install link or its host."""

    def __init__(self, words: str) -> None:
        """The words that do."""
        super().__init__()
        self.words = words


class AlreadyPaused(Refused):
    """The rollout is paused already."""

    def __init__(self, since: datetime) -> None:
        """Since when."""
        super().__init__()
        self.since = since


class NotPaused(Refused):
    """There is nothing to launch again."""


class NothingNew(Refused):
    """A relaunch needs a new policy version or a new reason."""


class NotBriefed(Refused):
    """This manager was not sent this briefing, or it is from an earlier run."""


class Outdated(Refused):
    """A button or form of something that is no longer there."""


class ImmutablePart(Refused):
    """A loaded plan changes what people were already given."""

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        """Pairs of field and reason."""
        super().__init__()
        self.problems = tuple(problems)


class AnsweredAlready(Refused):
    """Somebody else has answered this question meanwhile."""


class NothingToPassOn(Refused):
    """A question without words."""


class CheckinIsClosed(Refused):
    """The time to answer this check-in is over."""


class NotAsked(Refused):
    """This person is not among those who are asked in this check-in: they joined after it began."""


class TooFewForWords(Refused):
    """So few people are asked that a comment could be recognised; none is kept."""

    def __init__(self, k_text: int) -> None:
        """`k_text` is how many it takes."""
        super().__init__()
        self.k_text = k_text


class MarkedAlready(Refused):
    """Somebody else has marked this review, fault or sign."""


class LargeEnoughToAsk(Refused):
    """A verdict is entered by hand only for a team that is too small for check-ins."""


class TooFast(Refused):
    """Somebody, or something, does this faster than a person would."""

    def __init__(self, seconds: int) -> None:
        """`seconds` until it can be done again."""
        super().__init__()
        self.seconds = seconds


class ExportedAlready(Refused):
    """This preview was confirmed before: the report is made, or is being made."""

"""The gates: what must hold before a launch, why it matters, and how to mend what does not hold.

Every gate is a pure function over `Facts`. `RULES` alone declares which gates guard which step and which of them
two managers may waive together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.checkin import CHECKINS_NEEDED, PilotFacts, Verdict
from bot.domain.findings import Finding
from bot.domain.link import link_findings
from bot.domain.policy_lint import lint_policy
from bot.domain.progress import Progress, Versions
from bot.domain.reason import lint_reason
from bot.domain.rollout import Plan, Step, Wave
from bot.domain.working_time import after_working_days


class Gate(StrEnum):
    """The conditions of DESIGN.md, by the names that managers type."""

    POLICY_COMPLETE = "policy_complete"
    REASON_SPECIFIC = "reason_specific"
    ANSWERS_READY = "answers_ready"
    LINK_HIDDEN = "link_hidden"
    MANAGERS_BRIEFED = "managers_briefed"
    ORDER = "order"
    NOTICE_PERIOD = "notice_period"
    PILOT_RAN = "pilot_ran"
    VERDICT_GO = "verdict_go"
    FAULTS_SETTLED = "faults_settled"
    NOT_PAUSED = "not_paused"


class Kind(StrEnum):
    """Hard gates hold for everybody; soft ones can be waived by two managers, visibly."""

    HARD = "hard"
    SOFT = "soft"


@dataclass(frozen=True, slots=True)
class Override:
    """A waiver: who asked, who approved, and why."""

    gate: Gate
    because: str
    asked_by: str
    approved_by: str


@dataclass(frozen=True, slots=True)
class CoreAnswer:
    """One core objection's answer as it stands: `problem` says why it cannot be given, or is empty."""

    entry: str
    problem: str = ""
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that the gates of one launch look at. `progress` is this wave's own."""

    plan: Plan
    wave: Wave
    versions: Versions
    progress: Progress
    zone: ZoneInfo
    paused: bool = False
    answers: tuple[CoreAnswer, ...] = ()
    managers_ready: frozenset[str] = frozenset()
    pilot: PilotFacts = field(default_factory=PilotFacts)
    channel_texts: Mapping[str, str] = field(default_factory=dict)
    overrides: tuple[Override, ...] = ()

    @property
    def is_pilot(self) -> bool:
        """Whether this launch is for the pilot."""
        return self.wave.name == self.plan.pilot.name


@dataclass(frozen=True, slots=True)
class Failure:
    """What is missing and how to mend it, with the exact places where a text is at fault."""

    missing: str
    mend: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class GateResult:
    """How one gate stands. It holds when nothing failed, or when a soft gate was waived by two managers."""

    gate: Gate
    kind: Kind
    why: str
    failure: Failure | None = None
    waived: Override | None = None

    @property
    def holds(self) -> bool:
        """Whether the launch may pass this gate."""
        return self.failure is None or self.waived is not None


Check = Callable[[Facts, Step, datetime], Failure | None]
EVERY_STEP = frozenset(Step)


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table: a gate in plain words, whether it can be waived, the steps it guards, why, and its check."""

    gate: Gate
    label: str
    kind: Kind
    guards: frozenset[Step]
    why: str
    check: Check
    opens_next_wave: bool = False
    """True for what must hold before a wave after the pilot begins. Such a gate guards whatever step would be
    that wave's first, so that skipping the brief does not skip the gate."""


def content_findings(plan: Plan) -> dict[Gate, tuple[Finding, ...]]:
    """What a plan's own texts say of the three gates that look at nothing else."""
    return {
        Gate.POLICY_COMPLETE: lint_policy(plan.policy, plan.roles),
        Gate.REASON_SPECIFIC: lint_reason(plan.reason),
        Gate.LINK_HIDDEN: link_findings(plan),
    }


def _from_findings(missing: str, findings: tuple[Finding, ...]) -> Failure | None:
    return Failure(missing, findings[0].mend, findings) if findings else None


def _policy_complete(facts: Facts, _step: Step, _now: datetime) -> Failure | None:
    return _from_findings(
        "The policy does not answer all four questions in specific words.",
        lint_policy(facts.plan.policy, facts.plan.roles),
    )


def _reason_specific(facts: Facts, _step: Step, _now: datetime) -> Failure | None:
    return _from_findings("The reason does not say what happened.", lint_reason(facts.plan.reason))


def _link_hidden(facts: Facts, _step: Step, _now: datetime) -> Failure | None:
    return _from_findings(
        "A text that people will see names the install link or its host.",
        link_findings(facts.plan, facts.channel_texts),
    )


def _answers_ready(facts: Facts, _step: Step, _now: datetime) -> Failure | None:
    problems = [answer for answer in facts.answers if answer.problem]
    if not problems:
        return None
    return Failure(
        "Not every core objection has an answer: " + " ".join(f"*{a.entry}*: {a.problem}" for a in problems),
        problems[0].mend,
    )


def _managers_briefed(facts: Facts, _step: Step, _now: datetime) -> Failure | None:
    waiting = [manager for manager in facts.wave.managers if manager not in facts.managers_ready]
    if not waiting:
        return None
    names = ", ".join(f"<@{manager}>" for manager in waiting)
    if facts.progress.of(Step.BRIEF, facts.versions) is None:
        return Failure(
            f"The managers of this wave have not been given the answers as they are now: {names}.",
            f"Launch the brief: /rollout launch brief {facts.wave.name}",
        )
    return Failure(
        f"Still to press \N{LEFT DOUBLE QUOTATION MARK}I can answer these\N{RIGHT DOUBLE QUOTATION MARK}: {names}.",
        "Ask them to open their briefing in the direct messages with me and press the button.",
    )


def _order(facts: Facts, step: Step, _now: datetime) -> Failure | None:
    for before in (Step.REASON, Step.POLICY):
        if before not in step.before:
            continue
        done = facts.progress.of(before, facts.versions)
        version = facts.versions.reason if before is Step.REASON else facts.versions.policy
        if done is None:
            return Failure(
                f"The {before} (version {version}) has not been given to this wave.",
                f"Launch it first: /rollout launch {before} {facts.wave.name}",
            )
        if done.delivered_at is None:
            return Failure(
                f"Slack has not confirmed the {before} message yet.",
                "Wait a moment and try again; if the status card lists it as ambiguous, press Check again there.",
            )
    return None


def notice_ends(facts: Facts) -> datetime | None:
    """When the notice period for this wave's policy is over; None when that version is not delivered yet."""
    policy = facts.progress.of(Step.POLICY, facts.versions)
    if policy is None or policy.delivered_at is None:
        return None
    return after_working_days(policy.delivered_at, facts.plan.rules.notice_working_days, facts.zone)


def _notice_period(facts: Facts, _step: Step, now: datetime) -> Failure | None:
    days = facts.plan.rules.notice_working_days
    ends = notice_ends(facts)
    if ends is None:
        return Failure(
            f"The {days} working days of notice start when the policy is delivered.",
            f"Launch the policy first: /rollout launch policy {facts.wave.name}",
        )
    if now >= ends:
        return None
    local = ends.astimezone(facts.zone)
    return Failure(
        f"People have {days} working days to read the policy; that is until {local:%A %d %B %Y, %H:%M} ({facts.zone.key}).",
        f"Launch it for later: /rollout launch install {facts.wave.name} at {local:%Y-%m-%d %H:%M} "
        "(in your own time zone)",
    )


def _pilot_ran(facts: Facts, _step: Step, now: datetime) -> Failure | None:
    pilot, weeks = facts.pilot, facts.plan.pilot.weeks or 2
    name = facts.plan.pilot.name
    if pilot.installed_at is None:
        return Failure(
            f"The pilot ({name}) has not reached its install step.",
            f"Take the pilot through its steps first: /rollout check {name}",
        )
    ends = pilot.installed_at + timedelta(weeks=weeks)
    if now < ends:
        return Failure(
            f"The pilot was planned for {weeks} weeks and runs until {ends.astimezone(facts.zone):%d %B %Y}.",
            "Let it run; what comes up in it changes the policy while that is still cheap.",
        )
    if pilot.checkins_with_enough_answers < CHECKINS_NEEDED:
        return Failure(
            f"{pilot.checkins_with_enough_answers} of {CHECKINS_NEEDED} check-ins have closed with enough answers.",
            "Wait for the next check-in to close, or ask the team to answer it.",
        )
    return None


def _verdict_go(facts: Facts, _step: Step, _now: datetime) -> Failure | None:
    pilot = facts.pilot
    match pilot.verdict:
        case Verdict.GO:
            return None
        case Verdict.FIX_THE_POLICY if pilot.fix_answered:
            return None
        case Verdict.FIX_THE_POLICY:
            return Failure(
                "The pilot's verdict is fix the policy.",
                "Write a new policy version, launch it to the pilot, and let one more check-in close.",
            )
        case Verdict.EXTEND:
            return Failure("The pilot's verdict is extend.", "Let the pilot go on until the next check-in has closed.")
        case None:
            return Failure(
                "There is no verdict from the pilot yet.", "It comes once the pilot's check-ins have closed."
            )


def _faults_settled(facts: Facts, _step: Step, _now: datetime) -> Failure | None:
    pilot = facts.pilot
    parts = []
    if pilot.blocking_faults:
        parts.append(f"{pilot.blocking_faults} blocking data or workflow fault(s) are open")
    if pilot.unattended_signs:
        parts.append(f"{pilot.unattended_signs} warning sign(s) have not been attended to")
    if not parts:
        return None
    return Failure(" and ".join(parts).capitalize() + ".", "Settle each of them before more people meet them.")


def _not_paused(facts: Facts, _step: Step, _now: datetime) -> Failure | None:
    if not facts.paused:
        return None
    return Failure(
        "The rollout is paused.",
        "Write a new policy version or a new reason, then /rollout relaunch.",
    )


RULES: tuple[Rule, ...] = (
    Rule(
        Gate.NOT_PAUSED,
        "The rollout is not paused",
        Kind.HARD,
        EVERY_STEP,
        "What repairs a rollout is a pause, a better policy and a new start; sending on during a pause undoes all three.",
        _not_paused,
    ),
    Rule(
        Gate.POLICY_COMPLETE,
        "The policy answers all four questions, specifically",
        Kind.HARD,
        EVERY_STEP,
        "People read what a policy leaves open as the worst that it could mean.",
        _policy_complete,
    ),
    Rule(
        Gate.REASON_SPECIFIC,
        "The reason says what happened",
        Kind.SOFT,
        EVERY_STEP,
        "A reason that names what happened is believed; an announcement is not a reason.",
        _reason_specific,
    ),
    Rule(
        Gate.ANSWERS_READY,
        "The core objections have their answers",
        Kind.HARD,
        EVERY_STEP,
        "Being caught improvising an answer costs more trust than launching later.",
        _answers_ready,
    ),
    Rule(
        Gate.LINK_HIDDEN,
        "No text names the install link",
        Kind.HARD,
        EVERY_STEP,
        "Whoever can install before reading learns afterwards what was recorded, and no explanation mends that.",
        _link_hidden,
    ),
    Rule(
        Gate.MANAGERS_BRIEFED,
        "The wave's managers can answer",
        Kind.SOFT,
        frozenset({Step.REASON}),
        "The first question comes minutes after the announcement, and it goes to the manager.",
        _managers_briefed,
    ),
    Rule(
        Gate.ORDER,
        "What comes before has been delivered",
        Kind.HARD,
        frozenset({Step.POLICY, Step.INSTALL}),
        "An explanation given afterwards reads as backpedalling, so the reason comes first and the link last.",
        _order,
    ),
    Rule(
        Gate.NOTICE_PERIOD,
        "People had time to read the policy",
        Kind.SOFT,
        frozenset({Step.INSTALL}),
        "The policy is shared before the link, never alongside it, so that people can read it and object.",
        _notice_period,
    ),
    Rule(
        Gate.PILOT_RAN,
        "The pilot has run its weeks",
        Kind.SOFT,
        frozenset({Step.BRIEF}),
        "Two to four weeks with one team show whether the policy holds, before everybody meets its faults.",
        _pilot_ran,
        opens_next_wave=True,
    ),
    Rule(
        Gate.VERDICT_GO,
        "The pilot's verdict is go",
        Kind.HARD,
        frozenset({Step.BRIEF}),
        "If the pilot team is more frustrated than reassured, the policy needs mending, not a larger audience.",
        _verdict_go,
        opens_next_wave=True,
    ),
    Rule(
        Gate.FAULTS_SETTLED,
        "No blocking fault or warning sign is open",
        Kind.SOFT,
        frozenset({Step.BRIEF}),
        "A wrong project tag costs one team an hour and a whole company its confidence in the figures.",
        _faults_settled,
        opens_next_wave=True,
    ),
)
KINDS: Mapping[Gate, Kind] = {rule.gate: rule.kind for rule in RULES}
WHY: Mapping[Gate, str] = {rule.gate: rule.why for rule in RULES}
LABELS: Mapping[Gate, str] = {rule.gate: rule.label for rule in RULES}


def guards(rule: Rule, step: Step, facts: Facts) -> bool:
    """Whether this rule guards this launch."""
    if not rule.opens_next_wave:
        return step in rule.guards
    return not facts.is_pilot and (step in rule.guards or facts.progress.latest(Step.BRIEF) is None)


def evaluate(step: Step, facts: Facts, now: datetime) -> tuple[GateResult, ...]:
    """How every gate that guards this step stands at `now`, in the order of the table."""
    waivers = {override.gate: override for override in facts.overrides}
    results = []
    for rule in RULES:
        if not guards(rule, step, facts):
            continue
        failure = rule.check(facts, step, now)
        waived = waivers.get(rule.gate) if failure and rule.kind is Kind.SOFT else None
        results.append(GateResult(rule.gate, rule.kind, rule.why, failure, waived))
    return tuple(results)


@dataclass(frozen=True, slots=True)
class Allowed:
    """Every gate holds; the waivers that it took are named, because they go into the timeline."""

    waivers: tuple[Override, ...] = ()


@dataclass(frozen=True, slots=True)
class Blocked:
    """At least one gate does not hold."""

    failed: tuple[GateResult, ...]


def decide(step: Step, facts: Facts, now: datetime) -> Allowed | Blocked:
    """Whether this step may be launched for this wave at `now`."""
    results = evaluate(step, facts, now)
    failed = tuple(result for result in results if not result.holds)
    if failed:
        return Blocked(failed)
    return Allowed(tuple(result.waived for result in results if result.waived))

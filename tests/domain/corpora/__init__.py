"""Texts that the lints are judged by, and how they are put into a plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from bot.domain.findings import Finding
from bot.domain.policy import Policy, SeenBy, Tracked
from bot.domain.policy_lint import lint_policy
from bot.domain.reason import lint_reason
from bot.domain.rollout import Cadence, Role

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Writing:
    """The parts of a plan that people write in their own words."""

    reason: str
    policy: Policy
    roles: tuple[Role, ...]

    def findings(self) -> tuple[Finding, ...]:
        """What both lints find."""
        return (*lint_reason(self.reason), *lint_policy(self.policy, self.roles))


SOUND = Writing(
    reason="From 1 January Northwind and Contoso require billable-hour reports, because two invoices worth 41,000 euros were disputed this quarter.",
    policy=Policy(
        document_url="https://wiki.example.com/time-tracking-policy",
        effective=date(2026, 12, 14),
        tracked=(
            Tracked("hours per client project", "the start and stop times that you enter or that the timer records"),
            Tracked("idle time", "whether keyboard and mouse rested for more than 10 minutes"),
        ),
        not_tracked=("personal accounts", "screenshots, audio and video", "anything outside your scheduled hours"),
        seen_by=(
            SeenBy("your direct manager", "every Monday", "client invoices"),
            SeenBy("HR", "only on a specific written concern", "a payroll question"),
        ),
        retention_days=90,
        own_data="You see your own log in the tool at any time, exactly as your manager sees it.",
        breaks="Breaks need not be logged. Unanswered gaps are dropped, never questioned.",
        corrections="Edit any entry until Monday 09:00; after that ask your manager.",
    ),
    roles=(
        Role("client-billed", Cadence.WEEKLY, "clients are billed by the hour and may ask for the record"),
        Role("salaried", Cadence.ON_CONCERN, "hours serve scheduling and payroll only"),
    ),
)


def with_answer(field: str, text: Any) -> tuple[Writing, str]:
    """The sound plan with one answer replaced, and the path at which a fault in it should be found."""
    policy = SOUND.policy
    if field == "reason":
        return replace(SOUND, reason=text), "reason"
    if field == "because":
        return replace(SOUND, roles=(SOUND.roles[0], replace(SOUND.roles[1], because=text))), "roles.salaried.because"
    if field in {"what", "detail"}:
        tracked = (replace(policy.tracked[0], **{field: text}), *policy.tracked[1:])
        return replace(SOUND, policy=replace(policy, tracked=tracked)), f"policy.tracked[0].{field}"
    if field in {"who", "when", "purpose"}:
        seen_by = (replace(policy.seen_by[0], **{field: text}), *policy.seen_by[1:])
        return replace(SOUND, policy=replace(policy, seen_by=seen_by)), f"policy.seen_by[0].{field}"
    change: dict[str, Any] = {field: tuple(text) if field == "not_tracked" else text}
    return replace(SOUND, policy=replace(policy, **change)), f"policy.{field}"


def phrases(kind: str) -> list[tuple[str, Any]]:
    """Every (field, text) of this kind, `good` or `bad`, from all sittings."""
    return [
        (field, text)
        for path in sorted(HERE.glob("phrases*.yaml"))
        for field, texts in yaml.safe_load(path.read_text(encoding="utf-8")).items()
        for text in texts[kind]
    ]


def pairs(kind: str) -> list[tuple[str, str]]:
    """Every (what, detail) of this kind, `good` or `bad`."""
    found = yaml.safe_load((HERE / "pairs.yaml").read_text(encoding="utf-8"))[kind]
    return [(each["what"], each["detail"]) for each in found]


def plans() -> dict[str, Writing]:
    """Every whole good plan, by name."""
    found = [
        entry for path in sorted(HERE.glob("plans*.yaml")) for entry in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]
    return {entry["name"]: _writing(entry) for entry in found}


def _writing(entry: dict[str, Any]) -> Writing:
    policy = dict(entry["policy"])
    policy["effective"] = SOUND.policy.effective
    policy["tracked"] = tuple(Tracked(**item) for item in policy["tracked"])
    policy["seen_by"] = tuple(SeenBy(**item) for item in policy["seen_by"])
    policy["not_tracked"] = tuple(policy["not_tracked"])
    roles = tuple(Role(name, Cadence(role["cadence"]), role["because"]) for name, role in entry["roles"].items())
    return Writing(entry["reason"], Policy(**policy), roles)

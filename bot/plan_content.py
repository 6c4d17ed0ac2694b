"""What a faulty plan file says vaguely as well, so that whoever mends its form hears of the rest in the same breath."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.domain.gates import content_findings
from bot.domain.rollout import Plan
from bot.plan_yaml import PlanProblem


def content_problems(
    plan: Plan, lines: Mapping[str, int], form: Sequence[PlanProblem], meant: frozenset[str]
) -> tuple[PlanProblem, ...]:
    """What the gates that look at texts would say of the parts that could be read, in the order of lines.

    Left out is every field that a problem of form is about (`form`, and the fields that misspelt names were `meant` to
    be): it is only empty because it could not be read.
    """
    unread = {problem.field for problem in form} | meant
    found = [
        PlanProblem(_line(finding.field, lines), finding.field, f"{finding.problem} {finding.mend}")
        for findings in content_findings(plan).values()
        for finding in findings
        if not any(_touch(finding.field, field) for field in unread)
    ]
    return tuple(sorted(found, key=lambda problem: problem.line or 0))


def _touch(one: str, other: str) -> bool:
    """Whether one path is the other, or part of it."""
    return one == other or one.startswith((f"{other}.", f"{other}[")) or other.startswith((f"{one}.", f"{one}["))


def _line(field: str, lines: Mapping[str, int]) -> int | None:
    while field and field not in lines:
        field = field[: max(field.rfind("."), field.rfind("["), 0)]
    return lines.get(field)

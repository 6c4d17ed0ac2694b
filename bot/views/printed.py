"""What the command line prints, in plain text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.domain.findings import Finding
from bot.domain.gates import KINDS, WHY, Gate
from bot.domain.health import Check
from bot.domain.report import ReportFigures
from bot.domain.rollout import Plan
from bot.plan import PlanProblem


def plan_report(
    plan: Plan, failures: Mapping[Gate, Sequence[Finding]], lines: Mapping[str, int], *, stored: bool = False
) -> str:
    """Every gate that a plan would fail, with line and field; or that it would pass. `stored` is true once it is loaded."""
    if not failures:
        waves = ", ".join(wave.name for wave in plan.waves)
        holds = f"Waves in order: {waves}. Every gate that looks at texts holds."
        if stored:
            return f"{holds} Next, in Slack: /rollout preview brief"
        return f"{plan.rollout}: ready to load. {holds}"
    parts = [f"{plan.rollout}: {len(failures)} gate(s) would not hold."]
    for gate, findings in failures.items():
        parts.append(f"\n{gate} ({KINDS[gate]})  {WHY[gate]}")
        parts += [_finding(finding, lines) for finding in findings]
    return "\n".join(parts)


def _finding(finding: Finding, lines: Mapping[str, int]) -> str:
    line = line_of(finding.field, lines)
    where = f"line {line}, {finding.field}" if line else finding.field
    words = f' "{finding.words}":' if finding.words else ""
    return f"  {where}:{words} {finding.problem} {finding.mend}"


def line_of(field: str, lines: Mapping[str, int]) -> int | None:
    """The line of a field, or of the nearest part of the file that it would stand in."""
    while field:
        if field in lines:
            return lines[field]
        cut = max(field.rfind("."), field.rfind("["))
        field = field[:cut] if cut > 0 else ""
    return None


def loaded_report(name: str, *, created: bool, reason: int, policy: int, changes: Sequence[str]) -> str:
    """What loading a plan did."""
    what = "stored" if created else f"changed: {', '.join(changes)}" if changes else "unchanged"
    return f"{name}: {what}. Reason version {reason}, policy version {policy}."


def refused_report(problems: Sequence[tuple[str, str]], lines: Mapping[str, int]) -> str:
    """Why a plan was not loaded over the stored one."""
    parts = ["Nothing was stored, because this can no longer change:"]
    for field, why in problems:
        line = line_of(field, lines)
        parts.append(f"  {f'line {line}, ' if line else ''}{field}: {why}")
    return "\n".join(parts)


def timeline_report(broken: Mapping[str, int | None]) -> str:
    """Whether each timeline is what it was."""
    if not broken:
        return "There is no rollout yet, so there is no timeline to verify."
    return "\n".join(
        f"{name}: whole" if entry is None else f"{name}: entry {entry} is not what it was, or is missing"
        for name, entry in broken.items()
    )


def plan_error(problems: Sequence[PlanProblem]) -> str:
    """What is wrong with the form of a plan file."""
    lines = [
        f"  {f'line {problem.line}, ' if problem.line else ''}{problem.field}{': ' if problem.field else ''}{problem.message}"
        for problem in problems
    ]
    return "\n".join([f"Nothing was stored: {len(problems)} problem(s) in the file.", *lines])


def migration_report(differences: Sequence[str]) -> str:
    """Whether the declared tables and the migrations agree."""
    if not differences:
        return "Tables and migrations agree."
    return "\n".join(["Tables and migrations differ:", *(f"  {each}" for each in differences)])


def move_report(tables: Sequence[tuple[str, int, int, bool]], timelines: Mapping[str, int | None]) -> str:
    """How many rows of each table were sent and arrived, and whether all of them, and each timeline, are what they were."""
    lines = [f"{'table':<18}{'sent':>12}{'arrived':>12}"]
    lines += [
        f"{name:<18}{sent:>12,}{arrived:>12,}{'' if same else '   NOT THE SAME'}"
        for name, sent, arrived, same in sorted(tables)
        if sent or arrived
    ]
    lines.append(f"{sum(not sent and not arrived for _name, sent, arrived, _same in tables)} tables are empty in both.")
    total, whole = sum(arrived for _name, _sent, arrived, _same in tables), all(same for *_rest, same in tables)
    lines.append(f"{total:,} rows arrived{', and each is what it was' if whole else ''}.")
    lines += [
        f"timeline of {name}: {'whole' if entry is None else f'entry {entry} is not what it was, or is missing'}"
        for name, entry in timelines.items()
    ]
    return "\n".join(lines)


def after_moving(file: str, key: str) -> str:
    """What is left to do once everything has arrived. `key` says where the secret is that no database holds."""
    return "\n".join(
        [
            "Next:",
            "  1. Let DATABASE_URL name the new database, wherever the bot runs.",
            f"  2. Take the same VOICE_KEY with you: {key} It is in no database. Without it nobody's voices are found",
            "     again, and answers to open questions do not reach whoever asked.",
            "  3. Start the bot, then: python app.py doctor",
            f"  4. Do not start it on {file} again. Keep that file until you trust the new database, then delete it: it holds",
            "     what later has to be forgotten.",
        ]
    )


def purge_report(rows: Mapping[str, int], *, done: bool) -> str:
    """What was deleted, by table; or, before anything is, what would be, and what that means."""
    if not rows:
        return "The database holds nothing about anybody."
    width = max(len(f"{count:,}") for count in rows.values())
    lines = [f"  {count:>{width},}  {table}" for table, count in rows.items()]
    if done:
        return "\n".join(["Deleted, rows by table:", *lines, *_LEFT_TO_DO])
    return "\n".join(["Nothing was deleted yet. These rows would go, by table:", *lines, *_BEFORE_PURGING])


_BEFORE_PURGING = (
    "All rollouts go with them, and the timeline: afterwards nobody can prove who was given which policy when, and",
    "`timeline verify` has nothing to verify. If the law wants that kept, write it down first:",
    "  python app.py report --notices --out FILE",
    "Stop the bot, then: python app.py purge --yes",
)
_LEFT_TO_DO = (
    "What is not in the database is still there: the key (VOICE_KEY or its file), backups, logs, workbooks that were",
    "exported, and the messages in Slack. Delete those where they are. Plans can be loaded anew; nothing is resumed.",
)


def doctor_report(checks: Sequence[Check]) -> str:
    """Every check, and below each that failed what to do."""
    lines = []
    for check in checks:
        lines.append(f"{'ok  ' if check.ok else 'FIX '} {check.name}: {check.seen}")
        if not check.ok:
            lines.append(f"     → {check.fix}")
    failed = sum(not check.ok for check in checks)
    lines.append("Everything is in order." if not failed else f"{failed} of {len(checks)} to mend.")
    return "\n".join(lines)


def report_made(figures: ReportFigures, file: str) -> str:
    """Where the workbook is, and what it says on its first lines."""
    lines = [figures.summary.headline, figures.summary.not_shown]
    lines += [
        f"{place}. {action.do}. Because: {action.because}" for place, action in enumerate(figures.summary.actions, 1)
    ]
    return "\n".join([*lines, f"Written to {file}. The export stands in the timeline that employees see."])

"""The policy in short: its four answers as Slack markup, the same in the channel, the modal and the App Home."""

from __future__ import annotations

from bot.domain.facts import CADENCE_WORDS
from bot.domain.policy import Policy
from bot.domain.policy_changes import Change
from bot.domain.rollout import Plan, Role
from bot.views.escape import escape
from bot.views.pieces import BODY_LIMIT, clipped_markup
from bot.views.words import counted

ITEM_LIMIT = 520
"""One item: as much as a plan may say in it, with what stands before it."""
CHANGES_LIMIT = 3_000


def _item(text: str) -> str:
    return f"•  {_short(' '.join(text.split()))}"


def _short(text: str) -> str:
    return clipped_markup(escape(text), ITEM_LIMIT)


def reason_recap(plan: Plan) -> str:
    """The reason as a quotation, for messages that come after it."""
    quoted = "\n".join(f">{line}" for line in escape(plan.reason.strip()).split("\n"))
    return f"*Why {escape(plan.tool)} is being introduced*\n{quoted}"


def policy_in_short(policy: Policy, role: Role, version: int, *, room: int = BODY_LIMIT) -> str:
    """The four answers, the role's own rule, and where the whole document is, in about `room` characters."""
    parts = [
        "*1. What is tracked*",
        *(_item(f"{item.what}: {item.detail}" if item.detail else item.what) for item in policy.tracked),
        "*2. What is not tracked*",
        *(_item(item) for item in policy.not_tracked),
        "*3. Who sees it, and when*",
        *(_item(f"{reader.who}: {reader.when}, for {reader.purpose}") for reader in policy.seen_by),
    ]
    if role.cadence:
        parts.append(
            _item(f"Your role ({role.name}) is reviewed {CADENCE_WORDS[role.cadence]}, because {role.because}")
        )
    parts += [
        "*4. How long it is kept, and your own data*",
        _item(f"Kept for {policy.retention_days} days."),
        _item(policy.own_data),
    ]
    if policy.breaks:
        parts += ["*Breaks and idle time*", _item(policy.breaks)]
    if policy.corrections:
        parts += ["*Corrections*", _item(policy.corrections)]
    text = "\n".join(parts)
    if len(text) > room:
        text = text[:room].rsplit("\n", 1)[0] + "\n•  … the rest is in the document."
    return f"{text}\n{document_line(policy, version)}"


def document_line(policy: Policy, version: int) -> str:
    """Where the whole policy is, which version this is, and from when it holds."""
    holds = f", in force from {policy.effective:%d %B %Y}" if policy.effective else ""
    return f"*<{escape(policy.document_url)}|Read the whole policy>* (version {version}{holds})"


def changes_in_words(changes: tuple[Change, ...]) -> str:
    """What a new version changes, before and after, line by line; what has no room is counted."""
    lines: list[str] = []
    for change in changes:
        match change.before, change.after:
            case "", after:
                line = f"•  *{change.part}*, new: {_short(after)}"
            case before, "":
                line = f"•  *{change.part}*, gone: {_short(before)}"
            case before, after:
                line = f"•  *{change.part}*: {_short(before)}  →  {_short(after)}"
        if sum(map(len, lines)) + len(line) > CHANGES_LIMIT:
            lines.append(f"•  … and {counted(len(changes) - len(lines), 'more change')}, all in the document.")
            break
        lines.append(line)
    return "\n".join(lines)

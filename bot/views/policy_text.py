"""The policy in short: its four answers as Slack markup, the same in the channel, the modal and the App Home."""

from __future__ import annotations

from bot.domain.facts import CADENCE_WORDS
from bot.domain.policy import Policy
from bot.domain.policy_changes import Change
from bot.domain.rollout import Plan, Role
from bot.views.escape import escape
from bot.views.pieces import BODY_LIMIT, clipped

ITEM_LIMIT = 300


def _item(text: str) -> str:
    return f"•  {clipped(escape(' '.join(text.split())), ITEM_LIMIT)}"


def reason_recap(plan: Plan) -> str:
    """The reason as a quotation, for messages that come after it."""
    quoted = "\n".join(f">{line}" for line in escape(plan.reason.strip()).split("\n"))
    return f"*Why {escape(plan.tool)} is being introduced*\n{quoted}"


def policy_in_short(policy: Policy, role: Role, version: int) -> str:
    """The four answers, the role's own rule, and where the whole document is."""
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
    if len(text) > BODY_LIMIT:
        text = text[:BODY_LIMIT].rsplit("\n", 1)[0] + "\n•  … the rest is in the document."
    return f"{text}\n{document_line(policy, version)}"


def document_line(policy: Policy, version: int) -> str:
    """Where the whole policy is, which version this is, and from when it holds."""
    holds = f", in force from {policy.effective:%d %B %Y}" if policy.effective else ""
    return f"*<{escape(policy.document_url)}|Read the whole policy>* (version {version}{holds})"


def changes_in_words(changes: tuple[Change, ...]) -> str:
    """What a new version changes, before and after, line by line."""
    lines = []
    for change in changes:
        match change.before, change.after:
            case "", after:
                lines.append(f"•  *{change.part}*, new: {clipped(escape(after), ITEM_LIMIT)}")
            case before, "":
                lines.append(f"•  *{change.part}*, gone: {clipped(escape(before), ITEM_LIMIT)}")
            case before, after:
                lines.append(
                    f"•  *{change.part}*: {clipped(escape(before), ITEM_LIMIT)}  →  {clipped(escape(after), ITEM_LIMIT)}"
                )
    return "\n".join(lines)

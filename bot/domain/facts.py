"""The facts of one rollout in words, for the answers: what is tracked, who sees it, what differs between roles.

Whoever puts them into a message escapes them first; here they are as people wrote them.
"""

from __future__ import annotations

import re

from bot.domain.policy import Policy
from bot.domain.rollout import Cadence, Plan, Role

CADENCE_WORDS = {
    Cadence.WEEKLY: "once a week",
    Cadence.BIWEEKLY: "every two weeks",
    Cadence.MONTHLY: "once a month",
    Cadence.ON_CONCERN: "only when there is a specific concern",
}
_LIVE = re.compile(
    r"\b(real[ -]?time|live|any ?time|at all times|all the time|24/7|around the clock|continuous(ly)?|constant(ly)?)\b",
    re.IGNORECASE,
)


def seen_live(policy: Policy) -> tuple[str, ...]:
    """Who may look at any moment, by the policy's own words. The guide: that raises concern, so managers are warned."""
    return tuple(reader.who for reader in policy.seen_by if _LIVE.search(reader.when))


def listed(items: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(items) < 2:  # noqa: PLR2004 - one thing needs no "and"
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def ended(text: str) -> str:
    """The text as a sentence: with a full stop if it has no end of its own."""
    text = " ".join(text.split())
    return text if not text or text[-1] in ".!?…" else f"{text}."


def facts_of(plan: Plan, role: Role) -> dict[str, str]:
    """Every fact that an answer may use, by placeholder name. A fact that the plan does not state is left out.

    `contact` is a Slack id; everything else is words.
    """
    policy = plan.policy
    live = seen_live(policy)
    others = [other for other in plan.roles if other.name != role.name and other.cadence and other.because]
    facts = {
        "tool": plan.tool,
        "reason": ended(plan.reason),
        "contact": plan.contact,
        "tracked_names": listed([item.what for item in policy.tracked]),
        "tracked": "; ".join(f"{item.what} ({item.detail})" if item.detail else item.what for item in policy.tracked),
        "not_tracked": "; ".join(policy.not_tracked),
        "seen_by": "; ".join(f"{reader.who}, {reader.when}, for {reader.purpose}" for reader in policy.seen_by),
        "purposes": listed(list(dict.fromkeys(reader.purpose for reader in policy.seen_by))),
        "retention": f"{policy.retention_days} days" if policy.retention_days else "",
        "own_data": ended(policy.own_data),
        "breaks": ended(policy.breaks),
        "corrections": ended(policy.corrections),
        "document": policy.document_url,
        "role": role.name,
        "role_because": role.because.rstrip(" ."),
        "cadence": CADENCE_WORDS[role.cadence] if role.cadence else "",
        "visibility": (
            f"Yes: by the policy, {listed(list(live))} may look at any moment."
            if live
            else "No: by the policy nobody looks at it live."
        )
        if policy.seen_by
        else "",
        "other_roles": " ".join(
            f"{other.name}: reviewed {CADENCE_WORDS[other.cadence]}, because {other.because.rstrip(' .')}."
            for other in others
            if other.cadence
        )
        or "Everybody in this rollout has the same rules.",
    }
    return {name: text for name, text in facts.items() if text}

"""The facts of one rollout in words, for the answers: what is tracked, who sees it, what differs between roles.

Whoever puts them into a message escapes them first; here they are as people wrote them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.domain.policy import Policy, SeenBy, Tracked
from bot.domain.rollout import Cadence, Plan, Role, Wave
from bot.domain.subjects import SUBJECTS, Found, find

CADENCE_WORDS = {
    Cadence.WEEKLY: "once a week",
    Cadence.BIWEEKLY: "every two weeks",
    Cadence.MONTHLY: "once a month",
    Cadence.ON_CONCERN: "only when there is a specific concern",
}
_LIVE = re.compile(
    r"\b(real[ -]?time|live|any ?time|any moment|at all times|all the time|all day|24/7|around the clock|continuous(ly)?"
    r"|constant(ly)?|permanent(ly)?|whenever|on demand|at will|as it happens|throughout the (day|shift)"
    r"|jederzeit|echtzeit|laufend|ständig|à tout moment|en temps réel|en permanence|en cualquier momento|en tiempo real"
    r"|a qualquer momento|em tempo real|in qualsiasi momento|in tempo reale|te allen tijde)\b",
    re.IGNORECASE,
)
_DENIED_BEFORE = re.compile(r"\b(never|not|no|nobody|nie|nicht|jamais|nunca|mai)\b[^,;.]*$", re.IGNORECASE)
_PAY = re.compile(
    r"\b(pay|paid|pay ?roll|pay ?slips?|wages?|salar(y|ies)|overtime|bonus(es)?|piece rates?|remuneration|on-call pay"
    r"|lohn\w*|gehalt\w*|paie|salaires?|nóminas?|salarios?|salários?|stipend[io]\w*|lonen|löner?)\b",
    re.IGNORECASE,
)
_RATING = re.compile(
    r"\b(performance|productiv\w+|apprais\w+|evaluat\w+|assess\w+ of (staff|people|employees)|ratings?|rank\w*|disciplin\w+"
    r"|conduct|misconduct|coaching|targets?|promotions?|dismiss\w+|utili[sz]ation|efficien\w+|leistung\w*|rendement"
    r"|rendimiento|desempe\w+|rendimento|prestaties?)\b",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"\b(managers?|management|leads?|leaders?|directors?|supervisors?|executives?|heads?|partners?|chiefs?|leitung|cadres?)\b",
    re.IGNORECASE,
)
VERDICTS = {name: f"about_{name}" for name in SUBJECTS}
"""The fact that says of each subject whether the policy lists it, by subject."""
FACTS = frozenset(
    {
        "tool", "reason", "contact", "people", "voices", "tracked_names", "tracked", "not_tracked", "seen_by", "seen_by_names",
        "purposes", "retention", "own_data", "breaks", "corrections", "document", "effective", "visibility", "about_pay",
        "about_rating", "role", "role_because", "cadence", "roles", "other_roles", "about_managers", "pilot", "pilot_team",
        "waves", "notice", "checkins", "acknowledgement", *VERDICTS.values(),
    }
)  # fmt: skip
"""The names of all facts that a plan can state."""
_SILENT = (
    'The policy does not mention this, neither among what is recorded nor under "not tracked". '
    "So it is no part of what was announced, but silence is not a promise."
)


def seen_live(policy: Policy) -> tuple[str, ...]:
    """Who may look at any moment, by the policy's own words. The guide: that raises concern, so managers are warned."""
    return tuple(reader.who for reader in policy.seen_by if _live(reader.when))


def _live(when: str) -> bool:
    return any(not _DENIED_BEFORE.search(when[: match.start()]) for match in _LIVE.finditer(when))


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
    facts = {
        "tool": plan.tool,
        "reason": ended(plan.reason),
        "contact": plan.contact,
        "people": str(plan.rules.k),
        "voices": str(plan.rules.k_text),
        **_policy_facts(plan.policy),
        **_verdicts(plan.policy),
        **_uses(plan.policy),
        **_role_facts(plan, role),
        **_wave_facts(plan),
    }
    return {name: text for name, text in facts.items() if text}


def _policy_facts(policy: Policy) -> dict[str, str]:
    live = seen_live(policy)
    return {
        "tracked_names": listed([item.what for item in policy.tracked]),
        "tracked": "; ".join(_item(item) for item in policy.tracked),
        "not_tracked": "; ".join(policy.not_tracked),
        "seen_by": "; ".join(_reader(reader) for reader in policy.seen_by),
        "seen_by_names": listed([reader.who for reader in policy.seen_by]),
        "purposes": listed(list(dict.fromkeys(reader.purpose for reader in policy.seen_by))),
        "retention": f"{policy.retention_days} days" if policy.retention_days else "",
        "own_data": ended(policy.own_data),
        "breaks": ended(policy.breaks),
        "corrections": ended(policy.corrections),
        "document": policy.document_url,
        "effective": f"{policy.effective.day} {policy.effective:%B %Y}" if policy.effective else "",
        "visibility": (
            f"Yes: by the policy, {listed(list(live))} may look at any moment."
            if live
            else "No: by the policy nobody looks at it live."
        )
        if policy.seen_by
        else "",
    }


def _verdicts(policy: Policy) -> dict[str, str]:
    if not policy.tracked:
        return {}
    verdicts = {fact: _verdict(find(policy, subject)) for subject, fact in VERDICTS.items()}
    verdicts[VERDICTS["off_hours"]] = _off_hours(find(policy, "off_hours"))
    verdicts[VERDICTS["idle"]] = _idle(find(policy, "idle"))
    verdicts[VERDICTS["personal_device"]] = _devices(find(policy, "personal_device"))
    return verdicts


def _verdict(found: Found) -> str:
    """Yes, no, in part, or not mentioned; always with the policy's own words."""
    records = _quoted(_item(item) for item in found.tracked)
    rules_out = " ".join(
        part
        for part in (
            f"It describes what it records so: {_quoted(_item(item) for item in found.ruled_out)}."
            if found.ruled_out
            else "",
            f'Under "not tracked" it names: {_quoted(found.not_tracked)}.' if found.not_tracked else "",
        )
        if part
    )
    if found.tracked and rules_out:
        return f"In part. The policy lists as recorded: {records}. {rules_out}"
    if found.tracked:
        return f"Yes. The policy lists as recorded: {records}."
    if found.not_tracked and found.limited and not found.ruled_out:
        return f"The policy does not list this as recorded. {rules_out} Beyond that it says nothing about it."
    if found.ruled_out:
        return f"No, by the policy. {rules_out}"
    if found.not_tracked:
        return f'No, by the policy. It lists nothing of the kind as recorded, and under "not tracked" it names: {_quoted(found.not_tracked)}.'
    return _SILENT


def _idle(found: Found) -> str:
    if found.tracked:
        return f"The policy lists as recorded: {_quoted(_item(item) for item in found.tracked)}. That cannot tell thinking from being away."
    if found.not_tracked or found.ruled_out:
        return _verdict(found)
    return "The policy lists no measure of idle time or activity."


def _off_hours(found: Found) -> str:
    """What is listed may be an absence, such as a holiday: being named is no proof that somebody is recorded then."""
    if not found.tracked:
        return _verdict(found)
    listed_so = f"The policy lists as recorded: {_quoted(_item(item) for item in found.tracked)}."
    ruled_out = f' Under "not tracked" it names: {_quoted(found.not_tracked)}.' if found.not_tracked else ""
    return f"{listed_so}{ruled_out} It names nothing else outside working hours."


def _devices(found: Found) -> str:
    if not found.not_tracked and not found.tracked:
        return "The plan does not ask you to use a device of your own; the policy says nothing about personal devices."
    return " ".join(
        part
        for part in (
            f"The policy lists as recorded: {_quoted(_item(item) for item in found.tracked)}." if found.tracked else "",
            f'The policy names under "not tracked": {_quoted(found.not_tracked)}.' if found.not_tracked else "",
            "" if found.tracked else "The plan does not ask you to use a device of your own.",
        )
        if part
    )


def _uses(policy: Policy) -> dict[str, str]:
    """Whether the purposes that the policy names include pay, and rating people."""
    if not policy.seen_by:
        return {}
    purposes = listed(list(dict.fromkeys(reader.purpose for reader in policy.seen_by)))
    paid = [reader for reader in policy.seen_by if _PAY.search(reader.purpose)]
    rated = [reader for reader in policy.seen_by if _RATING.search(reader.purpose)]
    return {
        "about_pay": f"Yes, a purpose that the policy names has to do with pay: {_quoted(_reader(reader) for reader in paid)}."
        if paid
        else f"The policy names no use for pay; the purposes it names are: {purposes}.",
        "about_rating": f"Yes, the policy names such a use: {_quoted(_reader(reader) for reader in rated)}."
        if rated
        else f"The policy names no such use. The purposes it names are: {purposes}.",
    }


def _role_facts(plan: Plan, role: Role) -> dict[str, str]:
    others = [other for other in plan.roles if other.name != role.name]
    leading = [other for other in plan.roles if _LEADING.search(other.name) and _rule(other)]
    names = listed([other.name for other in plan.roles])
    only = len(plan.roles) == 1
    return {
        "role": role.name,
        "role_because": role.because.rstrip(" ."),
        "cadence": CADENCE_WORDS[role.cadence] if role.cadence else "",
        "roles": names,
        "other_roles": f"The plan's other roles: {_rules(others)}."
        if any(map(_rule, others))
        else "The plan names no other role, so everybody in this rollout has the same rules.",
        "about_managers": f"Yes, the plan names a role for them: {_rules(leading)}."
        if leading
        else f"The plan has no role for managers of their own. {'Its only role is' if only else 'Its roles are'}: {names}. "
        f"A manager who works in {'it' if only else 'one of them'} has its rules.",
    }


def _rules(roles: list[Role]) -> str:
    return "; ".join(filter(None, map(_rule, roles)))


def _rule(role: Role) -> str:
    """In the plan's own words, and so that they need not fit into a sentence of ours."""
    because = role.because.rstrip(" .")
    return (
        f"{role.name} (reviewed {CADENCE_WORDS[role.cadence]}; the reason: {because})"
        if role.cadence and because
        else ""
    )


def _wave_facts(plan: Plan) -> dict[str, str]:
    if not plan.waves:
        return {}
    pilot, *later = plan.waves
    days = plan.rules.notice_working_days
    return {
        "pilot": f"{_weeks(pilot)}. {_after(later)}",
        "pilot_team": pilot.team,
        "waves": ", then ".join(wave.team for wave in plan.waves),
        "notice": f"{days} working day{'' if days == 1 else 's'} after the policy"
        if days
        else "on the day of the policy",
        "checkins": f"{listed([str(day) for day in plan.checkins.days])} days after the install step"
        if plan.checkins.days
        else "",
        "acknowledgement": "The install link needs it first: pressing *I have read it* says that you have read the policy, not that you agree with it."
        if plan.rules.acknowledgement_required
        else "It is asked for and not required: pressing *I have read it* says that you have read the policy, not that you agree with it.",
    }


def _weeks(pilot: Wave) -> str:
    return f"The pilot is {pilot.team}, for {pilot.weeks} weeks" if pilot.weeks else f"The pilot is {pilot.team}"


def _after(later: list[Wave]) -> str:
    return f"After it: {', then '.join(wave.team for wave in later)}." if later else "The plan names no team after it."


def _item(item: Tracked) -> str:
    return f"{item.what} ({item.detail})" if item.detail else item.what


def _reader(reader: SeenBy) -> str:
    return f"{reader.who}, {reader.when}, for {reader.purpose}"


def _quoted(items: Iterable[str]) -> str:
    return "; ".join(f'"{item}"' for item in items)

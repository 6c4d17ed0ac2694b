"""Which fields a plan file has, where each belongs, and an example of those that it cannot do without."""

from __future__ import annotations

TOP = (
    "rollout", "tool", "reason", "install_url", "owners", "hr", "contact", "policy", "roles", "waves", "checkins", "rules",
)  # fmt: skip
NEEDED = tuple(name for name in TOP if name not in {"reason", "checkins", "rules"})
POLICY = (
    "document_url", "effective", "tracked", "not_tracked", "seen_by", "retention_days", "own_data", "breaks", "corrections",
)  # fmt: skip
TRACKED, SEEN_BY, ROLE = ("what", "detail"), ("who", "when", "purpose"), ("cadence", "because")
WAVE = ("name", "team", "channel", "role", "managers", "weeks", "country")
CHECKINS = ("days", "at", "by")
RULES = ("notice_working_days", "acknowledgement", "k", "k_text")
EXAMPLES = {
    "rollout": "rollout: hourglass",
    "tool": "tool: Hourglass",
    "install_url": "install_url: https://install.example.com/hourglass",
    "owners": "owners: [U01MARA, U01OTIS]",
    "hr": "hr: [U01HELEN]",
    "contact": "contact: U01HELEN",
    "policy": "policy: and below it, indented, what is tracked, who sees it, and so on",
    "roles": "roles: and below it, indented, salaried: {cadence: monthly, because: hours serve payroll only}",
    "waves": "waves: and below it, indented, the pilot: its name, team, channel, role and managers",
    "name": "name: pilot",
    "team": "team: Client Services",
    "channel": "channel: C01CLIENT",
    "role": "role: salaried",
    "managers": "managers: [U01MARA]",
}
BELONGS = {
    **dict.fromkeys(WAVE, "a wave"),
    **dict.fromkeys(ROLE, "a role"),
    **dict.fromkeys(TRACKED, "an item of policy.tracked"),
    **dict.fromkeys(SEEN_BY, "an item of policy.seen_by"),
    **dict.fromkeys(CHECKINS, '"checkins"'),
    **dict.fromkeys(RULES, '"rules"'),
    **dict.fromkeys(POLICY, '"policy"'),
    **dict.fromkeys(TOP, "the plan itself, at the left margin"),
}

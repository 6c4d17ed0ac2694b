"""The rollout plan file: YAML to the domain's Plan and back, with errors that name line and field.

What is wrong in *form* (types, ids, unknown fields, dates in the past) is an error here. What is missing or vague in
*content* passes as an empty value, because the gates name it, with the guide's reason.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlsplit

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode

from bot.domain.policy import Policy, SeenBy, Tracked
from bot.domain.rollout import Cadence, CheckinBy, Checkins, Plan, Role, Rules, Wave
from bot.plan_yaml import PlanError, PlanProblem, Reader, is_null, read_tree

__all__ = ["ParsedPlan", "PlanError", "PlanProblem", "parse_plan", "plan_to_yaml"]

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
USER = re.compile(r"[UW][A-Z0-9]{2,20}")
CHANNEL = re.compile(r"[CG][A-Z0-9]{2,20}")
CLOCK_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
URL_LIMIT, REASON_LIMIT, TOOL_LIMIT, TEXT_LIMIT = 2_000, 2_500, 80, 500
LEAST_K, LEAST_K_TEXT = 5, 10
PILOT_WEEKS = (2, 4)
E = TypeVar("E", bound=StrEnum)

TOP = ("rollout", "tool", "reason", "install_url", "owners", "hr", "contact", "policy", "roles", "waves", "checkins", "rules")
NEEDED = ("rollout", "tool", "install_url", "owners", "hr", "contact", "policy", "roles", "waves")


@dataclass(frozen=True, slots=True)
class ParsedPlan:
    """A plan, and for every field the line it stands on (1 is the first), by paths such as `policy.seen_by[1].when`."""

    plan: Plan
    lines: Mapping[str, int]


def parse_plan(text: str | bytes, *, today: date | None) -> ParsedPlan:
    """Read a plan file. Raises PlanError with every problem it has.

    `today` is what dates are held against; None allows dates in the past, for a plan that was stored before they passed.
    """
    root = read_tree(text)
    reader = Reader()
    top = reader.fields(root, "", TOP)
    for name in NEEDED:
        if name not in top or is_null(top[name]):
            reader.problems.append(PlanProblem(reader.lines.get(name, 1), name, f'"{name}" is missing.'))
    plan = _Parts(reader, today).plan(top)
    if reader.problems:
        raise PlanError(reader.problems)
    return ParsedPlan(plan, reader.lines)


class _Parts:
    """Reads one part of the plan after the other."""

    def __init__(self, reader: Reader, today: date | None) -> None:
        self._reader = reader
        self._today = today

    def plan(self, top: Mapping[str, Node]) -> Plan:
        roles = self._roles(top.get("roles"))
        return Plan(
            rollout=self._name(top.get("rollout"), "rollout"),
            tool=self._reader.text(top.get("tool"), "tool", limit=TOOL_LIMIT),
            reason=self._reader.text(top.get("reason"), "reason", limit=REASON_LIMIT),
            install_url=self._url(top.get("install_url"), "install_url"),
            owners=self._users(top.get("owners"), "owners"),
            hr=self._users(top.get("hr"), "hr"),
            contact=self._id(top.get("contact"), "contact", USER),
            policy=self._policy(top.get("policy")),
            roles=roles,
            waves=self._waves(top.get("waves"), [role.name for role in roles]),
            checkins=self._checkins(top.get("checkins")),
            rules=self._rules(top.get("rules")),
        )

    def _policy(self, node: Node | None) -> Policy:
        if node is None or is_null(node):
            return Policy()
        known = (
            "document_url", "effective", "tracked", "not_tracked", "seen_by", "retention_days", "own_data", "breaks",
            "corrections",
        )
        fields = self._reader.fields(node, "policy", known)
        text = self._reader.text
        tracked = []
        for path, item in self._reader.items(fields.get("tracked"), "policy.tracked"):
            parts = self._reader.fields(item, path, ("what", "detail"))
            tracked.append(
                Tracked(text(parts.get("what"), f"{path}.what"), text(parts.get("detail"), f"{path}.detail"))
            )
        readers = []
        for path, item in self._reader.items(fields.get("seen_by"), "policy.seen_by"):
            parts = self._reader.fields(item, path, ("who", "when", "purpose"))
            readers.append(SeenBy(*(text(parts.get(part), f"{path}.{part}") for part in ("who", "when", "purpose"))))
        return Policy(
            document_url=self._url(fields.get("document_url"), "policy.document_url"),
            effective=self._date(fields.get("effective"), "policy.effective"),
            tracked=tuple(tracked),
            not_tracked=tuple(
                text(item, path) for path, item in self._reader.items(fields.get("not_tracked"), "policy.not_tracked")
            ),
            seen_by=tuple(readers),
            retention_days=self._reader.whole(fields.get("retention_days"), "policy.retention_days", 0, 36_500),
            own_data=text(fields.get("own_data"), "policy.own_data"),
            breaks=text(fields.get("breaks"), "policy.breaks"),
            corrections=text(fields.get("corrections"), "policy.corrections"),
        )

    def _roles(self, node: Node | None) -> tuple[Role, ...]:
        if node is None or is_null(node):
            return ()
        if not isinstance(node, MappingNode):
            self._reader.problem(node, "roles", "must be role names, each with cadence and because.")
            return ()
        roles = []
        for name, key, value in self._reader.pairs(node, "roles"):
            path = f"roles.{name}"
            if not name.strip() or len(name) > TOOL_LIMIT:
                self._reader.problem(key, path, f"a role's name has 1 to {TOOL_LIMIT} characters.")
            parts = self._reader.fields(value, path, ("cadence", "because"))
            roles.append(
                Role(
                    name,
                    self._one_of(parts.get("cadence"), f"{path}.cadence", Cadence),
                    self._reader.text(parts.get("because"), f"{path}.because"),
                )
            )
        if not roles:
            self._reader.problem(node, "roles", "needs at least one role.")
        return tuple(roles)

    def _waves(self, node: Node | None, roles: Sequence[str]) -> tuple[Wave, ...]:
        if node is None or is_null(node):
            return ()
        waves: list[Wave] = []
        for path, item in self._reader.items(node, "waves"):
            wave = self._wave(item, path, roles, pilot=not waves)
            for part in ("name", "channel"):
                value = getattr(wave, part)
                if value and value in [getattr(other, part) for other in waves]:
                    self._reader.problem(
                        item, f"{path}.{part}", f"{value} is the {part} of an earlier wave; every wave has its own."
                    )
            waves.append(wave)
        if not waves and not self._reader.problems:
            self._reader.problem(node, "waves", "needs at least one wave: the pilot.")
        return tuple(waves)

    def _wave(self, node: Node, path: str, roles: Sequence[str], *, pilot: bool) -> Wave:
        parts = self._reader.fields(node, path, ("name", "team", "channel", "role", "managers", "weeks"))
        for part in ("name", "team", "channel", "role", "managers"):
            if part not in parts:
                self._reader.problem(node, f"{path}.{part}", f'"{part}" is missing.')
        role = self._reader.text(parts.get("role"), f"{path}.role", limit=TOOL_LIMIT)
        if role and role not in roles:
            near = difflib.get_close_matches(role, roles, n=1)
            hint = f'did you mean "{near[0]}"?' if near else f"the roles are: {', '.join(roles) or 'none'}."
            self._reader.problem(parts.get("role"), f"{path}.role", f'there is no role "{role}"; {hint}')
        bounds = PILOT_WEEKS if pilot else (1, 52)
        weeks = self._reader.whole(parts.get("weeks"), f"{path}.weeks", *bounds)
        return Wave(
            name=self._name(parts.get("name"), f"{path}.name"),
            team=self._reader.text(parts.get("team"), f"{path}.team", limit=TOOL_LIMIT),
            channel=self._id(parts.get("channel"), f"{path}.channel", CHANNEL),
            role=role,
            managers=self._users(parts.get("managers"), f"{path}.managers"),
            weeks=PILOT_WEEKS[0] if pilot and weeks is None else weeks,
        )

    def _checkins(self, node: Node | None) -> Checkins:
        if node is None or is_null(node):
            return Checkins()
        parts = self._reader.fields(node, "checkins", ("days", "at", "by"))
        standard = Checkins()
        days: list[int] = []
        for path, item in self._reader.items(parts.get("days"), "checkins.days"):
            day = self._reader.whole(item, path, 1, 365)
            if day is not None and days and day <= days[-1]:
                self._reader.problem(item, path, f"{day} comes after {days[-1]}; write the days in ascending order, each once.")
            if day is not None:
                days.append(day)
        if "days" in parts and not days:
            self._reader.problem(parts["days"], "checkins.days", "needs at least one day, such as [3, 7, 14, 21].")
        return Checkins(
            days=tuple(days) if "days" in parts else standard.days,
            at=self._time(parts.get("at")) or standard.at,
            by=self._one_of(parts.get("by"), "checkins.by", CheckinBy) or standard.by,
        )

    def _rules(self, node: Node | None) -> Rules:
        if node is None or is_null(node):
            return Rules()
        parts = self._reader.fields(node, "rules", ("notice_working_days", "acknowledgement", "k", "k_text"))
        standard = Rules()
        notice = self._reader.whole(parts.get("notice_working_days"), "rules.notice_working_days", 0, 60)
        k = self._reader.whole(parts.get("k"), "rules.k", LEAST_K, 1_000)
        k_text = self._reader.whole(parts.get("k_text"), "rules.k_text", LEAST_K_TEXT, 1_000)
        if (k or standard.k) > (k_text or max(standard.k_text, k or 0)):
            self._reader.problem(parts.get("k_text"), "rules.k_text", "cannot be smaller than k: free text says more about a person than a count.")
        acknowledgement = self._reader.text(parts.get("acknowledgement"), "rules.acknowledgement")
        if acknowledgement not in ("", "required", "optional"):
            self._reader.problem(parts.get("acknowledgement"), "rules.acknowledgement", "must be required or optional.")
        return Rules(
            notice_working_days=standard.notice_working_days if notice is None else notice,
            acknowledgement_required=acknowledgement != "optional",
            k=k or standard.k,
            k_text=k_text or max(standard.k_text, k or 0),
        )

    def _name(self, node: Node | None, path: str) -> str:
        name = self._reader.text(node, path)
        if name and not NAME.fullmatch(name):
            self._reader.problem(node, path, f'"{name}" must be a short name: a-z, 0-9 and hyphens, at most 40.')
        return name

    def _users(self, node: Node | None, path: str) -> tuple[str, ...]:
        found: list[str] = []
        for name, item in self._reader.items(node, path):
            user = self._id(item, name, USER)
            if user and user in found:
                self._reader.problem(item, name, f"{user} stands here twice.")
            elif user:
                found.append(user)
        if node is not None and not is_null(node) and not found and not self._reader.problems:
            self._reader.problem(node, path, "needs at least one Slack member id, such as [U01MARA].")
        return tuple(found)

    def _id(self, node: Node | None, path: str, shape: re.Pattern[str]) -> str:
        found = self._reader.text(node, path)
        if not found or shape.fullmatch(found):
            return found
        if shape is USER:
            what, where = "a Slack member id such as U01MARA", "In Slack: the person's profile, ⋮, Copy member ID."
            if CHANNEL.fullmatch(found):
                where = "This is a channel's id."
        else:
            what, where = "a Slack channel id such as C01CLIENT", "In Slack: the channel's name, About, at the very bottom."
            if USER.fullmatch(found):
                where = "This is a person's id."
        self._reader.problem(node, path, f'"{found}" is not {what}. {where}')
        return ""

    def _url(self, node: Node | None, path: str) -> str:
        url = self._reader.text(node, path, limit=URL_LIMIT)
        if not url:
            return ""
        try:
            parts = urlsplit(url)
            host, port_ok, secret = parts.hostname, parts.port is None or parts.port > 0, parts.username or parts.password
        except ValueError:
            host, port_ok, secret, parts = None, False, None, urlsplit("")
        if any(c.isspace() or c in "<>|\"`" for c in url) or not host or not port_ok or "." not in host:
            self._reader.problem(node, path, f'"{url}" is not an address such as https://wiki.example.com/policy.')
        elif parts.scheme != "https":
            self._reader.problem(node, path, "must begin with https:// so that nobody can put another page in its place.")
        elif secret:
            self._reader.problem(node, path, "must not contain a user name or password; people will see it.")
        else:
            return url
        return ""

    def _date(self, node: Node | None, path: str) -> date | None:
        if node is None or is_null(node):
            return None
        value = str(node.value).strip() if isinstance(node, ScalarNode) else ""
        try:
            found = date.fromisoformat(value) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value) else None
        except ValueError:
            found = None
        if found is None:
            self._reader.problem(node, path, "must be a date that exists, such as 2026-12-14.")
        elif self._today is not None and found < self._today:
            self._reader.problem(node, path, f"{found} is in the past (today is {self._today}). Write the day from which the policy will hold.")
        return found

    def _time(self, node: Node | None) -> time | None:
        if node is None or is_null(node):
            return None
        value = str(node.value).strip() if isinstance(node, ScalarNode) else ""
        matched = CLOCK_TIME.fullmatch(value)
        if matched is None:
            self._reader.problem(node, "checkins.at", 'must be a time of day such as "10:00".')
            return None
        return time(int(matched[1]), int(matched[2]))

    def _one_of(self, node: Node | None, path: str, known: type[E]) -> E | None:
        value = self._reader.text(node, path)
        if not value:
            return None
        if value in set(known):
            return known(value)
        near = difflib.get_close_matches(value, list(known), n=1)
        hint = f'did you mean "{near[0]}"?' if near else f"it must be one of: {', '.join(known)}."
        self._reader.problem(node, path, f'"{value}" is not known; {hint}')
        return None


def plan_to_yaml(plan: Plan) -> str:
    """The plan as a file that `parse_plan` reads back to the same plan."""
    policy = plan.policy
    document: dict[str, Any] = {
        "rollout": plan.rollout,
        "tool": plan.tool,
        "reason": plan.reason,
        "install_url": plan.install_url,
        "owners": list(plan.owners),
        "hr": list(plan.hr),
        "contact": plan.contact,
        "policy": {
            "document_url": policy.document_url,
            "effective": policy.effective,
            "tracked": [{"what": item.what, "detail": item.detail} for item in policy.tracked],
            "not_tracked": list(policy.not_tracked),
            "seen_by": [{"who": r.who, "when": r.when, "purpose": r.purpose} for r in policy.seen_by],
            "retention_days": policy.retention_days,
            "own_data": policy.own_data,
            "breaks": policy.breaks,
            "corrections": policy.corrections,
        },
        "roles": {
            role.name: {"cadence": role.cadence.value if role.cadence else None, "because": role.because}
            for role in plan.roles
        },
        "waves": [
            {
                "name": wave.name,
                "team": wave.team,
                "channel": wave.channel,
                "role": wave.role,
                "managers": list(wave.managers),
                "weeks": wave.weeks,
            }
            for wave in plan.waves
        ],
        "checkins": {
            "days": list(plan.checkins.days),
            "at": f"{plan.checkins.at:%H:%M}",
            "by": plan.checkins.by.value,
        },
        "rules": {
            "notice_working_days": plan.rules.notice_working_days,
            "acknowledgement": "required" if plan.rules.acknowledgement_required else "optional",
            "k": plan.rules.k,
            "k_text": plan.rules.k_text,
        },
    }
    dumped: str = yaml.dump(document, Dumper=_NoAliases, sort_keys=False, allow_unicode=True, width=110)
    return dumped


class _NoAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the base class's signature
        return True

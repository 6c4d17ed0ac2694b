"""The rollout plan file: YAML to the domain's Plan, with errors that name line and field, and back.

What is wrong in *form* (types, ids, unknown fields, dates in the past) is an error here. What is missing or vague in
*content* passes as an empty value, because the gates name it, with the guide's reason.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from yaml.nodes import MappingNode, Node, ScalarNode

from bot.domain.policy import Policy, SeenBy, Tracked
from bot.domain.rollout import Cadence, CheckinBy, Checkins, Plan, Role, Rules, Wave
from bot.plan_content import content_problems
from bot.plan_fields import Reader, joined, quoted
from bot.plan_schema import BELONGS, CHECKINS, EXAMPLES, NEEDED, POLICY, ROLE, RULES, SEEN_BY, TOP, TRACKED, WAVE
from bot.plan_values import CHANNEL, PERSON, country, day_to_come, people, slack_id, time_of_day, web_address
from bot.plan_writing import plan_to_yaml
from bot.plan_yaml import PlanError, PlanProblem, is_null, kind_of, read_tree

__all__ = ["ParsedPlan", "PlanError", "PlanProblem", "parse_plan", "plan_to_yaml"]

_ROLLOUT_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_WAVE_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_COMMAND_WORDS = ("at", "because")
REASON_LIMIT, LABEL_LIMIT = 2_500, 80
WAVE_LIMIT = 50
LEAST_K, LEAST_K_TEXT, MOST_K = 5, 10, 1_000
PILOT_WEEKS, WAVE_WEEKS = (2, 4), (1, 52)
LONGEST_RETENTION = 36_500


class Acknowledgement(StrEnum):
    """Whether the link waits until a person has said that they read the policy."""

    REQUIRED = "required"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class ParsedPlan:
    """A plan, and for every field its line (1 is the first), by paths such as `policy.seen_by[1].when`.

    A field that is left out has the line of the part it is missing from.
    """

    plan: Plan
    lines: Mapping[str, int]


def parse_plan(text: str | bytes, *, today: date | None) -> ParsedPlan:
    """Read a plan file. Raises PlanError with every problem of its form, and with what is vague beside them.

    `today` is what dates are held against; None allows dates in the past, for a plan that was stored before they passed.
    """
    root = read_tree(text)
    reader = Reader(BELONGS)
    plan = _Parts(reader, today).plan(root)
    if reader.problems:
        unsaid = content_problems(plan, reader.lines, reader.problems, frozenset(reader.meant))
        raise PlanError(reader.problems, unsaid)
    return ParsedPlan(plan, MappingProxyType(reader.lines))


class _Parts:
    """Reads one part of the plan after the other."""

    def __init__(self, reader: Reader, today: date | None) -> None:
        self._reader = reader
        self._today = today

    def plan(self, root: MappingNode) -> Plan:
        reader = self._reader
        top = reader.fields(root, "", TOP)
        self._need(top, "", NEEDED)
        roles = self._roles(top.get("roles"))
        return Plan(
            rollout=self._name(top.get("rollout"), "rollout", _ROLLOUT_NAME),
            tool=reader.text(top.get("tool"), "tool", limit=LABEL_LIMIT, one_line=True),
            reason=reader.text(top.get("reason"), "reason", limit=REASON_LIMIT),
            install_url=web_address(reader, top.get("install_url"), "install_url"),
            owners=people(reader, top.get("owners"), "owners"),
            hr=people(reader, top.get("hr"), "hr"),
            contact=slack_id(reader, top.get("contact"), "contact", PERSON),
            policy=self._policy(top.get("policy")),
            roles=roles,
            waves=self._waves(top.get("waves"), self._role_names(top.get("roles"))),
            checkins=self._checkins(top.get("checkins")),
            rules=self._rules(top.get("rules")),
        )

    def _need(self, fields: Mapping[str, Node], path: str, names: Sequence[str]) -> None:
        """What a launch cannot do without, and nobody else asks for: there, and not empty."""
        for name in names:
            node = fields.get(name)
            if joined(path, name) in self._reader.meant:
                continue
            if node is None:
                self._reader.problem(joined(path, name), f'"{name}" is missing. For example: {EXAMPLES[name]}')
            elif is_null(node):
                hint = " From # on, a line is a comment." if _is_before_comment(node) else ""
                self._reader.problem(joined(path, name), f'"{name}" has no value.{hint}', node)
            elif isinstance(node, ScalarNode) and not str(node.value).strip():
                self._reader.problem(joined(path, name), f'"{name}" is empty.', node)

    def _policy(self, node: Node | None) -> Policy:
        if node is None or is_null(node):
            return Policy()
        reader = self._reader
        fields = reader.fields(node, "policy", POLICY)
        tracked = [
            Tracked(**self._texts(item, path, TRACKED, "{what: idle time, detail: gaps of more than 10 minutes}"))
            for path, item in reader.items(fields.get("tracked"), "policy.tracked")
        ]
        seen_by = [
            SeenBy(**self._texts(item, path, SEEN_BY, "{who: payroll, when: every Friday, purpose: overtime pay}"))
            for path, item in reader.items(fields.get("seen_by"), "policy.seen_by")
        ]
        not_tracked = [
            reader.text(item, path) for path, item in reader.items(fields.get("not_tracked"), "policy.not_tracked")
        ]
        return Policy(
            document_url=web_address(reader, fields.get("document_url"), "policy.document_url"),
            effective=day_to_come(reader, fields.get("effective"), "policy.effective", self._today),
            tracked=tuple(tracked),
            not_tracked=tuple(not_tracked),
            seen_by=tuple(seen_by),
            retention_days=reader.whole(fields.get("retention_days"), "policy.retention_days", 0, LONGEST_RETENTION),
            own_data=reader.text(fields.get("own_data"), "policy.own_data"),
            breaks=reader.text(fields.get("breaks"), "policy.breaks"),
            corrections=reader.text(fields.get("corrections"), "policy.corrections"),
        )

    def _texts(self, node: Node, path: str, names: Sequence[str], example: str) -> dict[str, str]:
        fields = self._reader.fields(node, path, names, example=example)
        return {name: self._reader.text(fields.get(name), joined(path, name)) for name in names}

    def _roles(self, node: Node | None) -> tuple[Role, ...]:
        if node is None or is_null(node):
            return ()
        example = "client-billed: {cadence: weekly, because: clients are billed by the hour}"
        if not isinstance(node, MappingNode):
            self._reader.problem("roles", f"must be role names, not {kind_of(node)}: {example}", node)
            return ()
        roles = []
        for name, key, value in self._reader.pairs(node, "roles"):
            path = f"roles.{name}"
            if len(name) > LABEL_LIMIT or len(name.splitlines()) > 1 or not name.isprintable():
                self._reader.problem(path, f"a role's name is one line of at most {LABEL_LIMIT} characters.", key)
            parts = {} if is_null(value) else self._reader.fields(value, path, ROLE, example=example)
            cadence = self._reader.one_of(parts.get("cadence"), f"{path}.cadence", Cadence)
            roles.append(Role(name.strip(), cadence, self._reader.text(parts.get("because"), f"{path}.because")))
        if not node.value:
            self._reader.problem("roles", f"needs at least one role: {example}", node)
        return tuple(roles)

    @staticmethod
    def _role_names(node: Node | None) -> list[str]:
        """Every role that waves can name, also those with a fault, so that one fault is not shown as two."""
        pairs = node.value if isinstance(node, MappingNode) else []
        return list(dict.fromkeys(str(key.value).strip() for key, _ in pairs if isinstance(key, ScalarNode)))

    def _waves(self, node: Node | None, roles: Sequence[str]) -> tuple[Wave, ...]:
        if node is None or is_null(node):
            return ()
        before = len(self._reader.problems)
        waves: list[Wave] = []
        taken: dict[tuple[str, str], str] = {}
        for path, item in self._reader.items(node, "waves", limit=WAVE_LIMIT):
            wave = self._wave(item, path, roles, pilot=not waves)
            waves.append(wave)
            for part, value in (("name", wave.name), ("channel", wave.channel)):
                if value and (part, value) in taken:
                    other = taken[part, value]
                    message = f"{value} is the {part} of {other} (line {self._reader.lines[other]}) too; each wave needs its own."
                    self._reader.problem(f"{path}.{part}", message, item)
                taken.setdefault((part, value), path)
        if not waves and len(self._reader.problems) == before:
            self._reader.problem("waves", "needs at least one wave: the pilot.", node)
        return tuple(waves)

    def _wave(self, node: Node, path: str, roles: Sequence[str], *, pilot: bool) -> Wave:
        reader = self._reader
        parts = reader.fields(node, path, WAVE)
        if isinstance(node, MappingNode):
            self._need(parts, path, [name for name in WAVE if name not in {"weeks", "country"}])
        low, high = PILOT_WEEKS if pilot else WAVE_WEEKS
        why = "a pilot shows in two to four weeks whether the policy holds" if pilot else ""
        weeks = reader.whole(parts.get("weeks"), f"{path}.weeks", low, high, why=why)
        return Wave(
            name=self._name(parts.get("name"), f"{path}.name", _WAVE_NAME),
            team=reader.text(parts.get("team"), f"{path}.team", limit=LABEL_LIMIT, one_line=True),
            channel=slack_id(reader, parts.get("channel"), f"{path}.channel", CHANNEL),
            role=self._role_of(parts.get("role"), f"{path}.role", roles),
            managers=people(reader, parts.get("managers"), f"{path}.managers"),
            weeks=PILOT_WEEKS[0] if pilot and weeks is None else weeks,
            country=country(reader, parts.get("country"), f"{path}.country"),
        )

    def _role_of(self, node: Node | None, path: str, roles: Sequence[str]) -> str:
        role = self._reader.text(node, path, limit=LABEL_LIMIT, one_line=True)
        if role and roles and role not in roles:
            by_folded = {name.casefold(): name for name in roles}
            near = difflib.get_close_matches(role.casefold(), by_folded, n=1, cutoff=0.5)
            hint = f"did you mean {quoted(by_folded[near[0]])}?" if near else f"the roles are: {', '.join(roles)}."
            self._reader.problem(path, f"there is no role {quoted(role)}; {hint}", node)
        return role

    def _checkins(self, node: Node | None) -> Checkins:
        if node is None or is_null(node):
            return Checkins()
        reader, standard = self._reader, Checkins()
        parts = reader.fields(node, "checkins", CHECKINS, example='{days: [3, 7, 14, 21], at: "10:00"}')
        given = parts.get("days")
        before = len(reader.problems)
        days: list[int] = []
        for path, item in reader.items(given, "checkins.days"):
            day = reader.whole(item, path, 1, 365)
            if day is not None and days and day <= days[-1]:
                reader.problem(
                    path, f"{day} comes after {days[-1]}. Write the days in ascending order, each once.", item
                )
            elif day is not None:
                days.append(day)
        if given is not None and not is_null(given) and not days and len(reader.problems) == before:
            reader.problem("checkins.days", "needs at least one day, such as [3, 7, 14, 21].", given)
        return Checkins(
            days=tuple(days) or standard.days,
            at=time_of_day(reader, parts.get("at"), "checkins.at") or standard.at,
            by=reader.one_of(parts.get("by"), "checkins.by", CheckinBy) or standard.by,
        )

    def _rules(self, node: Node | None) -> Rules:
        if node is None or is_null(node):
            return Rules()
        reader, standard = self._reader, Rules()
        parts = reader.fields(node, "rules", RULES, example="{notice_working_days: 2, acknowledgement: required}")
        notice = reader.whole(parts.get("notice_working_days"), "rules.notice_working_days", 0, 60)
        why = "among fewer people an answer could be traced to one of them"
        k = reader.whole(parts.get("k"), "rules.k", LEAST_K, MOST_K, why=why) or standard.k
        given = reader.whole(parts.get("k_text"), "rules.k_text", LEAST_K_TEXT, MOST_K, why=why)
        k_text = given or max(standard.k_text, k)
        if k_text < k:
            reader.problem(
                "rules.k_text", f"is {k_text}, less than k ({k}). Free text says more about a person than a count."
            )
        acknowledgement = reader.one_of(parts.get("acknowledgement"), "rules.acknowledgement", Acknowledgement)
        return Rules(
            notice_working_days=standard.notice_working_days if notice is None else notice,
            acknowledgement_required=acknowledgement is not Acknowledgement.OPTIONAL,
            k=k,
            k_text=k_text,
        )

    def _name(self, node: Node | None, path: str, shape: re.Pattern[str]) -> str:
        name = self._reader.text(node, path)
        if name and not shape.fullmatch(name):
            first = "a letter" if shape is _ROLLOUT_NAME else "a letter or digit"
            message = (
                f"{quoted(name)} must be a short name: a-z, 0-9 and hyphens, {first} first, at most 40 characters."
            )
            self._reader.problem(path, message, node)
        elif name in _COMMAND_WORDS:
            self._reader.problem(path, f'"{name}" is a word of the commands; choose another name.', node)
        return name


def _is_before_comment(node: Node) -> bool:
    """Whether a comment stands where the value should be, as in `channel: #client-services`."""
    mark = node.end_mark
    rest = str(mark.buffer or "")[mark.pointer :].split("\n", 1)[0]
    return rest.lstrip().startswith("#")

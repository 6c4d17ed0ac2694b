"""Forms that were filled in: each becomes a plan, an override or a pause, or says at the field what is wrong."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from bot.domain.authority import NotAllowed, require
from bot.domain.gates import Gate
from bot.domain.policy import Policy, SeenBy, Tracked
from bot.domain.progress import Rollout
from bot.domain.refusals import ImmutablePart, Outdated, Refused
from bot.domain.rollout import Cadence, Plan, Role, Wave
from bot.plan import PlanError, parse_plan, plan_to_yaml
from bot.ports import Post
from bot.services import answers, overriding, pausing, plans, reading, standing
from bot.store import rollouts
from bot.views.forms import waves_form
from bot.views.ids import Field, ViewId
from bot.views.link_modal import message_modal
from bot.views.outcomes import override_asked, paused, saved, signed_off
from bot.views.refusals import message_of
from handlers.buttons import link_answer_view, proof_of_showing
from handlers.desk import Desk
from handlers.founding import require_founder

DIGITS = 9
"""Of the longest number that a form takes; nothing is kept for a billion days."""


@dataclass(frozen=True, slots=True)
class Written:
    """A submitted form: who, what each input holds (text, or a list of ids), and what the form was about.

    `view_id` is Slack's own for the form that was opened, empty where a server gives none.
    """

    person: str
    values: Mapping[str, Any]
    about: Mapping[str, Any]
    view_id: str = ""

    def text(self, field: Field) -> str:
        """What stands in a text input, a date or a select."""
        value = self.values.get(field)
        return value.strip() if isinstance(value, str) else ""

    def ids(self, field: Field) -> tuple[str, ...]:
        """Who was chosen."""
        value = self.values.get(field)
        return tuple(value) if isinstance(value, list) else ()

    def number(self, field: Field) -> int | None:
        """A whole number, or None."""
        return _number(self.text(field))

    def numbers(self, field: Field) -> list[int]:
        """The whole numbers among what was ticked."""
        return [number for each in self.ids(field) if (number := _number(each)) is not None]

    def day(self, field: Field) -> date | None:
        """A date; None where none was chosen. Raises FieldErrors for what is none."""
        text = self.text(field)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise FieldErrors({str(field): "Choose a day."}) from None


class FieldErrors(Exception):
    """What is wrong, by block id."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        """Sentences by block id."""
        super().__init__()
        self.errors = errors


Reply = dict[str, Any]
Fill = Callable[[Desk, Written], Awaitable[Reply]]


async def new_rollout(desk: Desk, form: Written) -> Reply:
    """A rollout from nothing."""
    await require_founder(desk, form.person)
    wave, role = _wave_and_role(form)
    plan = Plan(
        rollout=form.text(Field.NAME),
        tool=form.text(Field.TOOL),
        reason=form.text(Field.REASON),
        install_url=form.text(Field.INSTALL_URL),
        owners=form.ids(Field.OWNERS),
        hr=form.ids(Field.HR),
        contact=form.text(Field.CONTACT),
        policy=Policy(),
        roles=(role,),
        waves=(wave,),
    )
    checked = _checked(plan, form, desk.now().date())

    def create(db: Connection) -> plans.Loaded:
        if rollouts.by_name(db, checked.rollout):
            raise FieldErrors({Field.NAME: "There is a rollout of this name already."})
        return plans.load(db, checked, book=desk.rules.book, by=form.person, now=desk.now())

    loaded = await desk.store(create)
    return show(saved(loaded.name, ["everything; write the policy next: /rollout edit policy"]))


async def reason(desk: Desk, form: Written) -> Reply:
    """The reason."""
    return await _edit(desk, form, lambda plan: replace(plan, reason=form.text(Field.REASON)))


async def policy(desk: Desk, form: Written) -> Reply:
    """The policy."""
    tracked = tuple(Tracked(what, detail) for what, detail in (_parts(line, 2) for line in _lines(form, Field.TRACKED)))
    readers = tuple(SeenBy(*_parts(line, 3)) for line in _lines(form, Field.SEEN_BY))
    written = Policy(
        document_url=form.text(Field.DOCUMENT_URL),
        effective=form.day(Field.EFFECTIVE),
        tracked=tracked,
        not_tracked=tuple(_lines(form, Field.NOT_TRACKED)),
        seen_by=readers,
        retention_days=form.number(Field.RETENTION_DAYS),
        own_data=form.text(Field.OWN_DATA),
        breaks=form.text(Field.BREAKS),
        corrections=form.text(Field.CORRECTIONS),
    )

    def change(plan: Plan) -> Plan:
        """A list that was too long for the form was not in it, and stays."""
        stored = plan.policy
        kept = replace(
            written,
            tracked=written.tracked if Field.TRACKED in form.values else stored.tracked,
            not_tracked=written.not_tracked if Field.NOT_TRACKED in form.values else stored.not_tracked,
            seen_by=written.seen_by if Field.SEEN_BY in form.values else stored.seen_by,
        )
        return replace(plan, policy=kept)

    return await _edit(desk, form, change)


async def wave(desk: Desk, form: Written) -> Reply:
    """One wave, changed or added."""
    new, role = _wave_and_role(form)
    old_name = str(form.about.get("wave", ""))

    def change(plan: Plan) -> Plan:
        waves = tuple(new if each.name == old_name else each for each in plan.waves)
        if not plan.wave_named(old_name):
            waves = (*plan.waves, new)
        roles = tuple(role if each.name == role.name else each for each in plan.roles)
        if role.name not in {each.name for each in plan.roles}:
            roles = (*plan.roles, role)
        used = {each.role for each in waves}
        return replace(plan, waves=waves, roles=tuple(each for each in roles if each.name in used))

    return await _edit(desk, form, change)


async def override(desk: Desk, form: Written) -> Reply:
    """An override that was asked for by form."""
    if form.text(Field.NAME) not in set(Gate) or not form.text(Field.BECAUSE):
        raise FieldErrors({Field.BECAUSE: "Say why; people will read it."})
    gate = Gate(form.text(Field.NAME))

    def ask(db: Connection) -> Reply:
        rollout = standing.locked(db, str(form.about.get("rollout")))
        meant = standing.wave_in(rollout, str(form.about.get("wave")))
        second = overriding.ask(
            db, rollout.id, meant.id, gate, form.text(Field.BECAUSE), by=form.person, now=desk.now()
        )
        return show(override_asked(gate, meant.name, second))

    return await desk.store(ask)


async def pause(desk: Desk, form: Written) -> Reply:
    """A pause by form."""
    because = form.text(Field.BECAUSE)
    if not because:
        raise FieldErrors({Field.BECAUSE: "Say why; people will read it."})
    rollout_id = str(form.about.get("rollout"))
    channels = await desk.store(lambda db: pausing.pause(db, rollout_id, because, by=form.person, now=desk.now()))
    return show(paused(channels))


async def read_first(desk: Desk, form: Written) -> Reply:
    """*I have read it*, in the modal that came instead of the link."""
    wave_id = str(form.about.get("wave"))
    where = await desk.read(lambda db: reading.clicked_wave(db, wave_id, form.person))
    member = await desk.in_channel(where.channel, form.person, known=where.known_member)
    if not form.values.get(Field.READ_IT):
        raise FieldErrors({Field.READ_IT: "Tick this once you have read it."})

    def ask_again(db: Connection) -> reading.LinkAnswer:
        shown = _shown_versions(desk, form, standing.of_wave(db, wave_id), wave_id)
        return reading.read_and_ask_again(
            db,
            wave_id,
            form.person,
            reason_shown=shown[0],
            policy_shown=shown[1],
            in_channel=member,
            rules=desk.rules,
            now=desk.now(),
        )

    return {"response_action": "update", "view": link_answer_view(desk, form.person, await desk.store(ask_again))}


def _shown_versions(desk: Desk, form: Written, rollout: Rollout, wave_id: str) -> tuple[int, int]:
    """The present versions, if the form proves that this person was shown these very words; else none."""
    versions = rollout.versions
    reason, policy, proof = (form.about.get(name) for name in ("reason", "policy", "proof"))
    if (reason, policy) != (versions.reason, versions.policy) or not isinstance(proof, str):
        return 0, 0
    expected = proof_of_showing(desk, form.person, wave_id, rollout)
    proven = hmac.compare_digest(expected, proof.encode("ascii", "replace").decode())
    return (versions.reason, versions.policy) if proven else (0, 0)


async def sign_off(desk: Desk, form: Written) -> Reply:
    """The core answers, read and signed off."""
    digests = form.about.get("digests")
    wave_id = str(form.about.get("wave"))

    def sign(db: Connection) -> None:
        rollout = standing.of_wave(db, wave_id)
        answers.sign_off_wave(
            db,
            rollout.id,
            wave_id,
            desk.rules.book,
            by=form.person,
            digests=[str(digest) for digest in digests] if isinstance(digests, list) else [],
            now=desk.now(),
        )

    await desk.store(sign)
    return show(signed_off())


FILLS: dict[ViewId, Fill] = {
    ViewId.NEW_ROLLOUT: new_rollout,
    ViewId.REASON: reason,
    ViewId.POLICY: policy,
    ViewId.WAVE: wave,
    ViewId.OVERRIDE: override,
    ViewId.PAUSE: pause,
    ViewId.READ_FIRST: read_first,
    ViewId.SIGN_OFF: sign_off,
}


async def fill(desk: Desk, work: Fill, form: Written) -> Reply:
    """Carry out a form. Its answer is what Slack does with the modal next."""
    try:
        return await work(desk, form)
    except FieldErrors as wrong:
        return {"response_action": "errors", "errors": dict(wrong.errors)}
    except ImmutablePart as refusal:
        fields = {_field_of(name): why for name, why in refusal.problems}
        known = {str(name): why.capitalize() for name, why in fields.items() if name in form.values}
        if known:
            return {"response_action": "errors", "errors": known}
        return show(message_of(refusal))
    except (Refused, NotAllowed) as refusal:
        return show(message_of(refusal))


async def _edit(desk: Desk, form: Written, change: Callable[[Plan], Plan]) -> Reply:
    rollout_id = str(form.about.get("rollout"))
    today = desk.now().date()

    def store(db: Connection) -> Reply:
        rollout = rollouts.by_id(db, rollout_id, lock=True)
        if rollout is None:
            raise Outdated
        require(form.person, rollout.plan.owners, "edit this rollout")
        plan = change(rollout.plan)
        same_date = plan.policy.effective == rollout.plan.policy.effective
        checked = _checked(plan, form, None if same_date else today)
        loaded = plans.edit(db, rollout_id, checked, book=desk.rules.book, by=form.person, now=desk.now())
        if Field.WAVE_NAME in form.values:
            after = standing.locked(db, rollout_id)
            view = waves_form(after.plan, rollout_id, [(each.name, each.id) for each in after.waves])
            return {"response_action": "update", "view": view}
        return show(saved(loaded.name, loaded.changes))

    return await desk.store(store)


def _checked(plan: Plan, form: Written, today: date | None) -> Plan:
    """The plan, read again by the rules of the plan file, so that a form lets nothing in that a file could not."""
    try:
        return parse_plan(plan_to_yaml(plan), today=today).plan
    except PlanError as error:
        errors: dict[str, str] = {}
        for problem in error.problems:
            field = _field_of(problem.field)
            block = field if field in form.values else next(iter(form.values), field)
            errors.setdefault(str(block), problem.message)
        raise FieldErrors(errors) from error


def _field_of(name: str) -> str:
    """The input behind a field of the plan file: `policy.seen_by[1].when` → `policy.seen_by`."""
    bare = name.split("[", maxsplit=1)[0]
    if name.startswith("waves"):
        part = name.rpartition(".")[2]
        return f"wave.{part}" if f"wave.{part}" in set(Field) else Field.WAVE_NAME
    if name.startswith("roles"):
        part = name.rpartition(".")[2]
        return f"role.{part}" if f"role.{part}" in set(Field) else Field.WAVE_ROLE
    return bare


def _wave_and_role(form: Written) -> tuple[Wave, Role]:
    cadence = form.text(Field.ROLE_CADENCE)
    role = Role(
        form.text(Field.WAVE_ROLE),
        Cadence(cadence) if cadence in set(Cadence) else None,
        form.text(Field.ROLE_BECAUSE),
    )
    return (
        Wave(
            name=form.text(Field.WAVE_NAME),
            team=form.text(Field.WAVE_TEAM),
            channel=form.text(Field.WAVE_CHANNEL),
            role=role.name,
            managers=form.ids(Field.WAVE_MANAGERS),
            weeks=form.number(Field.WAVE_WEEKS),
            country=form.text(Field.WAVE_COUNTRY),
        ),
        role,
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else None


def _lines(form: Written, field: Field) -> list[str]:
    return [line.strip() for line in form.text(field).splitlines() if line.strip()]


def _parts(line: str, count: int) -> tuple[str, ...]:
    """The parts of a line between `|`; what is missing stays empty, so that the gates name it."""
    parts = [part.strip() for part in line.split("|", count - 1)]
    return tuple(parts + [""] * (count - len(parts)))


def show(post: Post) -> Reply:
    """The modal now says this."""
    return {"response_action": "update", "view": message_modal(post)}

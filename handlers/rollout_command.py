"""/rollout: from what was typed to the service that does it, and back to what the manager reads."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot import confidence
from bot.domain.authority import in_charge, require
from bot.domain.progress import Rollout, RunningWave
from bot.domain.rollout import Step
from bot.ports import Post, SlackRefused
from bot.services import launching, listening, overriding, pausing, standing, status
from bot.services.home import contents
from bot.store import timeline
from bot.views import outcomes
from bot.views.forms import new_form, policy_form, reason_form, waves_form
from bot.views.gate_list import gates_message
from bot.views.help import help_message
from bot.views.home import standing_message
from bot.views.open_questions import heard_form
from bot.views.preview import launch_preview
from bot.views.status_card import status_card
from bot.views.timeline import timeline_message
from handlers import month
from handlers import rollout_words as words
from handlers.desk import Click, Desk
from handlers.founding import require_founder
from handlers.hours_form import open_hours

TIMELINE_SHOWN = 15


async def answer_rollout(  # noqa: C901, PLR0912 - a table: one case for each command
    desk: Desk, *, person: str, text: str, trigger_id: str, response_url: str = ""
) -> Post:
    """Carry out what was typed after /rollout. Raises Refused or NotAllowed."""
    try:
        typed = words.understand(text)
    except words.NotUnderstood as problem:
        return help_message("/rollout", words.help_lines(), hint=str(problem))
    click = Click(person, "", "", trigger_id, response_url, "", in_modal=False, on_home=False)
    match typed.words:
        case words.Help():
            return help_message("/rollout", words.help_lines())
        case words.Status():
            return await show_status(desk, person, typed.rollout)
        case words.New():
            await require_founder(desk, person)
            desk.open(click, new_form())
            return outcomes.form_opened()
        case words.Edit(part=part):
            return await open_form(desk, click, part, typed.rollout)
        case words.Check(wave=wave):
            return await check(desk, person, typed.rollout, wave)
        case words.Preview(step=step, wave=wave):
            return await preview(desk, person, typed.rollout, step, wave)
        case words.Launch(step=step, wave=wave, at=at):
            return await launch(desk, person, typed.rollout, step, wave, at)
        case words.Unschedule(step=step, wave=wave):
            return await unschedule(desk, person, typed.rollout, step, wave)
        case words.AskOverride(gate=gate, wave=wave, because=because):

            def ask(db: Connection) -> Post:
                rollout = standing.pick(db, typed.rollout)
                meant = standing.wave_meant(db, rollout, wave)
                second = overriding.ask(db, rollout.id, meant.id, gate, because, by=person, now=desk.now())
                return outcomes.override_asked(gate, meant.name, second)

            return await desk.store(ask)
        case words.Approve():

            def approve(db: Connection) -> Post:
                rollout = standing.pick(db, typed.rollout)
                require(person, _anybody_in_charge(rollout), "approve an override")
                waiting = overriding.waiting_for(db, rollout, person)
                override, wave = overriding.approve(db, waiting.id, by=person, now=desk.now())
                return outcomes.override_approved(override.gate, wave, override.asked_by)

            return await desk.store(approve)
        case words.Pause(because=because):

            def pause(db: Connection) -> Post:
                rollout = standing.pick(db, typed.rollout)
                return outcomes.paused(pausing.pause(db, rollout.id, because, by=person, now=desk.now()))

            return await desk.store(pause)
        case words.Relaunch():

            def relaunch(db: Connection) -> Post:
                rollout = standing.pick(db, typed.rollout)
                wave = pausing.relaunch(db, rollout.id, by=person, now=desk.now())
                return outcomes.relaunched(wave.name if wave else None)

            return await desk.store(relaunch)
        case words.HeardSomething():
            return await open_heard(desk, click, typed.rollout)
        case words.ShowVerdict(wave=wave):
            return await month.verdict(desk, click, typed.rollout, wave)
        case words.Looked():
            return await month.open_looked(desk, click, typed.rollout)
        case words.LookAtHours():
            return await open_hours(desk, click, typed.rollout)
        case words.ReportSign():
            return await month.open_sign(desk, click, typed.rollout)
        case words.Timeline():

            def show(db: Connection) -> Post:
                rollout = standing.pick(db, typed.rollout)
                return timeline_message(rollout.name, timeline.last(db, rollout.id, TIMELINE_SHOWN))

            return await desk.read(show)


async def open_heard(desk: Desk, click: Click, name: str | None) -> Post:
    """The form in which somebody in charge notes what they heard. When they did is told nowhere."""
    confidence.keep()

    def find(db: Connection) -> Rollout:
        rollout = standing.pick(db, name)
        require(click.person, _anybody_in_charge(rollout), "note what you heard")
        return rollout

    rollout = await desk.read(find)
    weeks = [str(week) for week in listening.open_weeks(desk.now(), desk.ear)]
    desk.open(click, heard_form(rollout.id, [(wave.id, wave.name) for wave in rollout.waves], weeks))
    return outcomes.form_opened()


async def show_status(desk: Desk, person: str, name: str | None) -> Post:
    """The status card for those in charge; for everybody else where their own team stands."""

    def look(db: Connection) -> tuple[Rollout, Post]:
        now = desk.now()
        seen = status.look(db, name, now=now)
        return seen.rollout, status_card(status.summarise(db, seen, rules=desk.rules, now=now))

    rollout, card = await desk.read_together(("status", name), look)
    if person in _anybody_in_charge(rollout):
        return card
    own = (await desk.read(lambda db: contents(db, person, rules=desk.rules, now=desk.now()))).own
    return standing_message([each for each in own if each.plan.rollout == rollout.name])


async def check(desk: Desk, person: str, name: str | None, wave_name: str | None) -> Post:
    """Every gate of the next step."""
    now = desk.now()

    def show(db: Connection) -> Post:
        rollout, wave = _meant(db, name, wave_name, person, "see what is missing")
        return check_wave(db, desk, rollout, wave, now)

    return await desk.read(show)


def check_wave(db: Connection, desk: Desk, rollout: Rollout, wave: RunningWave, now: datetime) -> Post:
    """The readiness of one wave's next step."""
    step = standing.step_due(db, rollout, wave)
    if step is None:
        return outcomes.nothing_to_come(wave.name)
    results = launching.gates_of(db, rollout, wave, step, desk.rules, now)
    return gates_message(f"Readiness: {step} for {wave.name}", results, wave=wave.name, wave_id=wave.id)


async def preview(desk: Desk, person: str, name: str | None, step: Step, wave_name: str | None) -> Post:
    """What would be sent, with nothing to confirm."""
    rollout, wave = await desk.read(lambda db: _meant(db, name, wave_name, person, "preview this"))
    members = None if step is Step.BRIEF else await desk.count_members(wave.wave.channel)
    today = desk.now().date()
    return launch_preview(
        await desk.read(
            lambda db: launching.preview(
                db, rollout, wave, step, members=members, rules=desk.rules, zone=desk.rules.zone, today=today
            )
        )
    )


async def launch(
    desk: Desk, person: str, name: str | None, step: Step, wave_name: str | None, at: datetime | None
) -> Post:
    """The preview of a launch that can be confirmed, or why it cannot go."""
    rollout, wave = await desk.read(lambda db: _meant(db, name, wave_name, person, f"launch {step}"))
    return await propose(desk, person, rollout, wave, step, at)


async def propose(
    desk: Desk, person: str, rollout: Rollout, wave: RunningWave, step: Step, at: datetime | None = None
) -> Post:
    """Check, remember and show a launch. `at` is in the manager's own time zone."""
    zone = desk.rules.zone
    if at is not None:
        zone = await own_zone(desk, person)
    due_at = at.replace(tzinfo=zone).astimezone(UTC) if at else None
    members = None if step is Step.BRIEF else await desk.count_members(wave.wave.channel)
    now = desk.now()
    return launch_preview(
        await desk.store(
            lambda db: launching.propose(
                db,
                rollout.id,
                wave.id,
                step,
                by=person,
                members=members,
                rules=desk.rules,
                zone=zone,
                now=now,
                due_at=due_at,
            )
        )
    )


async def unschedule(desk: Desk, person: str, name: str | None, step: Step, wave_name: str | None) -> Post:
    """Take a scheduled launch back."""

    def take_back(db: Connection) -> Post:
        rollout, wave = _meant(db, name, wave_name, person, f"take back {step}")
        launching.unschedule(db, launching.scheduled(db, rollout, wave, step), by=person, now=desk.now())
        return outcomes.unscheduled(step, wave.name)

    return await desk.store(take_back)


async def open_form(desk: Desk, click: Click, part: str, name: str | None) -> Post:
    """Open one of the plan's forms for an owner."""

    def find(db: Connection) -> Rollout:
        rollout = standing.pick(db, name)
        require(click.person, rollout.plan.owners, f"edit the {part}")
        return rollout

    rollout = await desk.read(find)
    match part:
        case "reason":
            desk.open(click, reason_form(rollout.plan, rollout.id))
        case "policy":
            desk.open(click, policy_form(rollout.plan, rollout.id))
        case _:
            running = [(wave.name, wave.id) for wave in rollout.waves]
            desk.open(click, waves_form(rollout.plan, rollout.id, running))
    return outcomes.form_opened()


async def own_zone(desk: Desk, person: str) -> ZoneInfo:
    """The person's own time zone; the organisation's when Slack does not say."""
    try:
        return ZoneInfo((await desk.directory.person(person)).tz)
    except (SlackRefused, KeyError, ValueError, OSError):
        return desk.rules.zone


def _meant(
    db: Connection, name: str | None, wave_name: str | None, person: str, act: str
) -> tuple[Rollout, RunningWave]:
    rollout = standing.pick(db, name)
    wave = standing.wave_meant(db, rollout, wave_name)
    require(person, in_charge(rollout.plan, wave.wave), f"{act} for {wave.name}")
    return rollout, wave


def _anybody_in_charge(rollout: Rollout) -> tuple[str, ...]:
    return tuple(dict.fromkeys(person for wave in rollout.waves for person in in_charge(rollout.plan, wave.wave)))

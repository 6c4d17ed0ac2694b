"""Buttons: our own table from action id to what it does, since Bolt would try every listener in turn."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from functools import partial

from sqlalchemy import Connection

from bot.domain.authority import everybody_in_charge, in_charge, require
from bot.domain.gates import KINDS, Gate, Kind
from bot.domain.progress import Rollout, RunningWave
from bot.domain.reader import Held
from bot.domain.refusals import Outdated
from bot.domain.rollout import Step
from bot.ports import NotSent, Post, Unknown
from bot.services import answers, delivering, launching, overriding, pausing, reading, standing, status
from bot.services.home import contents
from bot.services.reading import Pressed
from bot.store import clicks, launches, timeline
from bot.views import outcomes
from bot.views.forms import override_form, pause_form, policy_form, reason_form, wave_form, waves_form
from bot.views.home import home_view
from bot.views.ids import ActionId
from bot.views.link_modal import link_letter, link_modal, notice_modal, read_first_modal
from bot.views.pieces import notice
from bot.views.refusals import held
from bot.views.sign_off import sign_off_modal
from bot.views.status_card import status_card
from bot.views.timeline import timeline_message
from bot.views.wave_messages import StepMessage, policy_message
from handlers import asking, pushback_command, report_command
from handlers.desk import Click, Desk, log
from handlers.rollout_command import TIMELINE_SHOWN, check_wave, propose

Press = Callable[[Desk, Click], Awaitable[None]]


async def confirm_launch(desk: Desk, click: Click) -> None:
    """*Launch it*: the only place from which a launch is carried out at once."""
    now = desk.now()
    done = await desk.store(lambda db: launching.confirm(db, click.value, by=click.person, rules=desk.rules, now=now))
    log.info("launch_confirmed", wave=done.wave, step=done.step)
    if done.due_at is None:
        desk.answer(click, outcomes.launched(done.step, done.wave), replace=True)
    else:
        desk.answer(click, outcomes.scheduled(done.step, done.wave, done.due_at, desk.rules.zone), replace=True)


async def cancel_launch(desk: Desk, click: Click) -> None:
    """*Not now*."""
    desk.answer(click, outcomes.not_now(), replace=True)


async def preview_next(desk: Desk, click: Click) -> None:
    """*Preview …* on the status card: the wave's next step, ready to confirm."""

    def find(db: Connection) -> tuple[Rollout, RunningWave, Step | None]:
        rollout, wave = _wave(db, click.value)
        require(click.person, in_charge(rollout.plan, wave.wave), f"launch a step for {wave.name}")
        return rollout, wave, standing.step_due(db, rollout, wave)

    rollout, wave, step = await desk.read(find)
    if step is None:
        desk.answer(click, outcomes.nothing_to_come(wave.name))
        return
    desk.answer(click, await propose(desk, click.person, rollout, wave, step))


async def unschedule(desk: Desk, click: Click) -> None:
    """*Take it back* on the status card."""

    def take_back(db: Connection) -> Post:
        launch = launches.by_id(db, click.value)
        if launch is None:
            raise Outdated
        rollout = standing.locked(db, launch.rollout_id)
        launching.unschedule(db, launch, by=click.person, now=desk.now())
        return outcomes.unscheduled(launch.step, standing.wave_in(rollout, launch.wave_id).name)

    desk.answer(click, await desk.store(take_back))


async def refresh_status(desk: Desk, click: Click) -> None:
    """*Refresh*: the card again, in place; on the App Home, the tab again."""
    if click.on_home:
        await show_home(desk, click.person)
        return
    now = desk.now()

    def show(db: Connection) -> Post:
        rollout = _in_charge(db, click, "see this card")
        return status_card(status.summarise(db, status.of(db, rollout.id, now=now), rules=desk.rules, now=now))

    desk.answer(click, await desk.read(show), replace=True)


async def show_gates(desk: Desk, click: Click) -> None:
    """*What is missing*."""
    now = desk.now()

    def show(db: Connection) -> Post:
        rollout, wave = _wave(db, click.value)
        require(click.person, in_charge(rollout.plan, wave.wave), f"see what is missing for {wave.name}")
        return check_wave(db, desk, rollout, wave, now)

    desk.answer(click, await desk.read(show))


async def show_timeline(desk: Desk, click: Click) -> None:
    """*Timeline*."""

    def show(db: Connection) -> Post:
        rollout = standing.locked(db, click.value)
        return timeline_message(rollout.name, timeline.last(db, rollout.id, TIMELINE_SHOWN))

    desk.answer(click, await desk.read(show))


async def check_again(desk: Desk, click: Click) -> None:
    """*Check again* beside a message that is ambiguous or was not sent."""
    now = desk.now()
    looking = await desk.store(lambda db: delivering.check_again(db, click.value, by=click.person, now=now))
    desk.answer(click, outcomes.checking() if looking else outcomes.settled_already())


async def it_is_there(desk: Desk, click: Click) -> None:
    """*It is there* beside an ambiguous message: somebody has looked."""
    await _settle_by_hand(desk, click, arrived=True)


async def send_again(desk: Desk, click: Click) -> None:
    """*Not there: send it* beside an ambiguous message: somebody has looked."""
    await _settle_by_hand(desk, click, arrived=False)


async def _settle_by_hand(desk: Desk, click: Click, *, arrived: bool) -> None:
    now = desk.now()
    done = await desk.store(
        lambda db: delivering.settle_by_hand(db, click.value, arrived=arrived, by=click.person, now=now)
    )
    desk.answer(click, outcomes.settled_by_hand(arrived=arrived) if done else outcomes.settled_already())


async def ask_override(desk: Desk, click: Click) -> None:
    """*Ask for an override*: a form with the soft gates that do not hold."""
    now = desk.now()

    def find(db: Connection) -> tuple[Rollout, RunningWave, list[Gate]]:
        rollout, wave = _wave(db, click.value)
        require(click.person, in_charge(rollout.plan, wave.wave), f"ask for an override for {wave.name}")
        step = standing.step_due(db, rollout, wave)
        results = launching.gates_of(db, rollout, wave, step, desk.rules, now) if step else ()
        return rollout, wave, [r.gate for r in results if not r.holds and KINDS[r.gate] is Kind.SOFT]

    rollout, wave, gates = await desk.read(find)
    if gates:
        desk.open(click, override_form(rollout.id, wave.id, wave.name, gates))
    else:
        desk.answer(click, outcomes.nothing_to_waive(wave.name))


async def approve_override(desk: Desk, click: Click) -> None:
    """*Approve*, by the second manager."""
    now = desk.now()
    override, wave = await desk.store(lambda db: overriding.approve(db, click.value, by=click.person, now=now))
    log.info("override_approved", wave=wave, gate=override.gate)
    desk.answer(click, outcomes.override_approved(override.gate, wave, override.asked_by), replace=not click.on_home)


async def open_pause(desk: Desk, click: Click) -> None:
    """*Pause* on the status card."""
    rollout = await desk.read(lambda db: _in_charge(db, click, "pause this rollout"))
    desk.open(click, pause_form(rollout.id))


async def relaunch(desk: Desk, click: Click) -> None:
    """*Relaunch* on the status card."""
    now = desk.now()
    wave = await desk.store(lambda db: pausing.relaunch(db, click.value, by=click.person, now=now))
    desk.answer(click, outcomes.relaunched(wave.name if wave else None))


async def open_sign_off(desk: Desk, click: Click) -> None:
    """*Read and sign off the answers*."""
    today = desk.now().date()

    def find(db: Connection) -> tuple[RunningWave, tuple[answers.Rendered, ...]]:
        rollout, wave = _wave(db, click.value)
        require(click.person, in_charge(rollout.plan, wave.wave), "sign off the answers")
        role = rollout.plan.role_of(wave.wave)
        fresh = answers.unsigned(db, rollout, role, desk.rules.book, today)[: answers.SIGNED_AT_ONCE]
        return wave, fresh or answers.core_answers(rollout.plan, role, desk.rules.book, today)

    wave, rendered = await desk.read(find)
    shown = [(item.question, item.text, item.digest) for item in rendered if not item.problem]
    desk.open(click, sign_off_modal(wave.id, shown))


async def can_answer(desk: Desk, click: Click) -> None:
    """*I can answer these* in a briefing."""
    now = desk.now()
    book = desk.rules.book
    post = await desk.store(lambda db: reading.can_answer(db, click.value, click.person, book=book, now=now))
    desk.answer(click, post, replace=True)


async def have_read(desk: Desk, click: Click) -> None:
    """*I have read it* on the policy message or the App Home."""
    now = desk.now()
    noted: reading.Acknowledged | reading.Clicked = await desk.note_in_rounds(
        reading.acknowledge_at_once, Pressed(click.value, click.person, now)
    )
    if isinstance(noted, reading.Clicked):
        member = await _in_channel(desk, click, noted)
        noted = await desk.note(
            lambda db: reading.acknowledge(db, click.value, click.person, in_channel=member, now=now)
        )
    if click.on_home:
        await show_home(desk, click.person)
    else:
        desk.answer(click, outcomes.acknowledged(noted.tool, noted.version, noted.present_version))


async def get_link(desk: Desk, click: Click) -> None:
    """*Get the install link*: a modal with the link, or with what has to be read first."""
    found: reading.LinkAnswer | clicks.Clicked = await desk.note_in_rounds(
        reading.links_at_once, Pressed(click.value, click.person, desk.now())
    )
    if isinstance(found, clicks.Clicked):
        found = await _more_than_the_link(desk, click, found)
    desk.open(click, link_answer_view(desk, click.person, found), instead=partial(link_answer_letter, found))


async def _more_than_the_link(desk: Desk, click: Click, seen: clicks.Clicked) -> reading.LinkAnswer:
    """For whoever has something to read first, cannot have the link now, or may not be in the channel."""
    now, rules = desk.now(), desk.rules
    if seen.known_member:
        return await desk.note_singly(
            lambda db: reading.link_or_first(db, click.value, click.person, rules=rules, now=now)
        )
    member = await _in_channel(desk, click, reading.where(seen))
    return await desk.note(
        lambda db: reading.ask_for_link(db, seen.wave_id, click.person, in_channel=member, rules=rules, now=now)
    )


async def _in_channel(desk: Desk, click: Click, where: reading.Clicked) -> bool:
    return await desk.in_channel(where.channel, click.person, known=where.known_member, clicked_in=click.channel)


def link_answer_view(desk: Desk, person: str, found: reading.LinkAnswer) -> dict[str, object]:
    """The modal for what *Get the install link* led to."""
    plan = found.rollout.plan
    if found.link is not None:
        return link_modal(found.link)
    if found.read_first is not None:
        proof = proof_of_showing(desk, person, found.wave.id, found.rollout)
        return read_first_modal(found.read_first, proof=proof)
    assert found.held is not None  # noqa: S101 - one of the three is always set
    text = held(found.held, tool=plan.tool, channel=found.wave.wave.channel, contact=plan.contact)
    return notice_modal("Not yet", text)


def link_answer_letter(found: reading.LinkAnswer) -> Post:
    """The same as a direct message, for servers without modals: there *I have read it* stands under the policy itself."""
    plan = found.rollout.plan
    if found.link is not None:
        return link_letter(found.link)
    if found.read_first is not None and found.policy_launch_id:
        shown = found.read_first
        return policy_message(
            StepMessage(plan, shown.wave, shown.versions, launch_id=found.policy_launch_id, changes=shown.changes)
        )
    return notice(held(found.held or Held.UNFIT, tool=plan.tool, channel=found.wave.wave.channel, contact=plan.contact))


def proof_of_showing(desk: Desk, person: str, wave_id: str, rollout: Rollout) -> str:
    """What nobody can make up who was not shown these texts: a form that claims so has to bring it along.

    A version that nobody was given yet may be rewritten in place, so the words count beside the numbers.
    """
    plan, versions = rollout.plan, rollout.versions
    words = hashlib.sha256(f"{plan.reason}\n{plan.policy!r}".encode()).hexdigest()
    return desk.ear.keys.tag("shown", person, wave_id, str(versions.reason), str(versions.policy), words)


async def edit_reason(desk: Desk, click: Click) -> None:
    """*Edit the reason*."""
    rollout = await desk.read(lambda db: _own(db, click, "edit the reason"))
    desk.open(click, reason_form(rollout.plan, rollout.id))


async def edit_policy(desk: Desk, click: Click) -> None:
    """*Edit the policy*."""
    rollout = await desk.read(lambda db: _own(db, click, "edit the policy"))
    desk.open(click, policy_form(rollout.plan, rollout.id))


async def edit_waves(desk: Desk, click: Click) -> None:
    """*Edit the waves*."""
    rollout = await desk.read(lambda db: _own(db, click, "edit the waves"))
    desk.open(click, waves_form(rollout.plan, rollout.id, [(wave.name, wave.id) for wave in rollout.waves]))


async def edit_wave(desk: Desk, click: Click) -> None:
    """*Change* beside a wave."""

    def find(db: Connection) -> tuple[Rollout, RunningWave]:
        rollout, wave = _wave(db, click.value)
        require(click.person, rollout.plan.owners, "edit the waves")
        return rollout, wave

    rollout, wave = await desk.read(find)
    desk.open(click, wave_form(rollout.id, rollout.plan, wave.wave))


async def add_wave(desk: Desk, click: Click) -> None:
    """*Add a wave*."""
    rollout = await desk.read(lambda db: _own(db, click, "edit the waves"))
    desk.open(click, wave_form(rollout.id, rollout.plan, None))


async def show_home(desk: Desk, person: str) -> None:
    """Show somebody their App Home as it is now."""
    now = desk.now()
    view = home_view(await desk.read(lambda db: contents(db, person, rules=desk.rules, now=now)))
    result = await desk.messenger.publish_home(user=person, view=view)
    if isinstance(result, NotSent | Unknown):
        log.warning("home_not_shown", error=result.error)


def _wave(db: Connection, wave_id: str) -> tuple[Rollout, RunningWave]:
    rollout = standing.of_wave(db, wave_id)
    return rollout, standing.wave_in(rollout, wave_id)


def _own(db: Connection, click: Click, act: str) -> Rollout:
    rollout = standing.locked(db, click.value)
    require(click.person, rollout.plan.owners, act)
    return rollout


def _in_charge(db: Connection, click: Click, act: str) -> Rollout:
    rollout = standing.locked(db, click.value)
    require(click.person, everybody_in_charge(rollout.plan), act)
    return rollout


PRESSES: dict[ActionId, Press] = {
    ActionId.CONFIRM_LAUNCH: confirm_launch,
    ActionId.CANCEL_LAUNCH: cancel_launch,
    ActionId.PREVIEW_NEXT: preview_next,
    ActionId.UNSCHEDULE: unschedule,
    ActionId.REFRESH_STATUS: refresh_status,
    ActionId.SHOW_GATES: show_gates,
    ActionId.SHOW_TIMELINE: show_timeline,
    ActionId.CHECK_AGAIN: check_again,
    ActionId.IT_IS_THERE: it_is_there,
    ActionId.SEND_AGAIN: send_again,
    ActionId.ASK_OVERRIDE: ask_override,
    ActionId.APPROVE_OVERRIDE: approve_override,
    ActionId.OPEN_PAUSE: open_pause,
    ActionId.RELAUNCH: relaunch,
    ActionId.SIGN_OFF: open_sign_off,
    ActionId.CAN_ANSWER: can_answer,
    ActionId.HAVE_READ: have_read,
    ActionId.ASK_QUESTION: asking.open_ask,
    ActionId.OPEN_QUESTION: asking.open_ask,
    ActionId.ANSWER_HELPED: asking.helped,
    ActionId.ANSWER_DID_NOT: asking.did_not_help,
    ActionId.MEANT: asking.meant,
    ActionId.MEANT_NONE: asking.meant_none,
    ActionId.ASK_PERSON: asking.ask_person,
    ActionId.SHARE_ANSWER: asking.share,
    ActionId.FORGET_ME: asking.forget_me,
    ActionId.REPLY: pushback_command.reply,
    ActionId.REPLY_WITH_ENTRY: pushback_command.reply_with_entry,
    ActionId.MAKE_ENTRY: pushback_command.make_entry,
    ActionId.EXPORT: report_command.open_purpose,
    ActionId.GET_LINK: get_link,
    ActionId.EDIT_REASON: edit_reason,
    ActionId.EDIT_POLICY: edit_policy,
    ActionId.EDIT_WAVES: edit_waves,
    ActionId.EDIT_WAVE: edit_wave,
    ActionId.ADD_WAVE: add_wave,
}

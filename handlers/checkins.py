"""Check-ins as people answer them: buttons, forms, and the way back.

Nothing here is logged: a line in a log has a time, and a time is what would tell who answered what.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqlalchemy import Connection

from bot.domain.checkin import Ask
from bot.domain.redaction import redact
from bot.domain.refusals import Outdated
from bot.services import checkin_answers as answers
from bot.views import checkin as views
from bot.views.checkin import QUESTIONS, SKIP, CheckinCard
from bot.views.ids import ActionId, Field, ViewId
from handlers.desk import Click, Desk
from handlers.throttle import Act
from handlers.vouching import take_back_vouch
from handlers.written_forms import Fill, Reply, Written, show

Press = Callable[[Desk, Click], Awaitable[None]]


def _scale(value: int | None) -> Press:
    async def press(desk: Desk, click: Click) -> None:
        checkin_id, _, question = click.value.partition(" ")
        now = desk.now()
        card = await desk.store(
            lambda db: answers.answer(db, desk.ear, checkin_id, question, value, person=click.person, now=now)
        )
        desk.answer(click, views.checkin_message(card), replace=True)

    return press


async def open_form(desk: Desk, click: Click) -> None:
    """*Answer* under the message in a channel."""
    now = desk.now()

    def look(db: Connection) -> dict[str, object]:
        asked, _ = answers.enter(db, click.value, click.person, now)
        card = answers.card(db, desk.ear, asked, click.person)
        return views.checkin_form(card, answers.answered(db, desk.ear, asked.checkin, click.person))

    desk.open(click, await desk.read(look))


async def open_comment(desk: Desk, click: Click) -> None:
    """*Add a comment*."""
    card = await _card(desk, click)
    desk.open(click, views.comment_form(card.checkin_id, k_text=card.k_text))


async def open_fault(desk: Desk, click: Click) -> None:
    """*Report a fault*."""
    card = await _card(desk, click)
    desk.open(click, views.fault_form(card.checkin_id))


async def snooze(desk: Desk, click: Click) -> None:
    """*Remind me tomorrow*."""
    now = desk.now()
    at = await desk.store(lambda db: answers.snooze(db, click.value, person=click.person, now=now))
    desk.answer(click, views.snoozed(at))


async def away(desk: Desk, click: Click) -> None:
    """*I am away*."""
    now = desk.now()
    await desk.store(lambda db: answers.away(db, click.value, person=click.person, now=now))
    desk.answer(click, views.marked_away())


async def vouch(desk: Desk, click: Click) -> None:
    """*I would vouch for this, by name*."""
    now = desk.now()

    def keep(db: Connection) -> str:
        asked, _ = answers.enter(db, click.value, click.person, now)
        answers.vouch(db, click.value, person=click.person, now=now)
        return asked.rollout.plan.tool

    desk.answer(click, views.vouched(await desk.store(keep)))


async def unvouch(desk: Desk, click: Click) -> None:
    """*Do not name me any more*."""
    desk.answer(click, await take_back_vouch(desk, click.person))


async def _card(desk: Desk, click: Click) -> CheckinCard:
    now = desk.now()

    def look(db: Connection) -> CheckinCard:
        asked, _ = answers.enter(db, click.value, click.person, now)
        return answers.card(db, desk.ear, asked, click.person)

    return await desk.read(look)


async def checkin(desk: Desk, form: Written) -> Reply:
    """The form with the four questions. What was not touched stays as it was."""
    chosen: dict[Ask, int | None] = {}
    for ask, question in QUESTIONS.items():
        value = form.text(question.field)
        if value == SKIP:
            chosen[ask] = None
        elif value in {"1", "2", "3", "4", "5"}:
            chosen[ask] = int(value)
        elif value:
            raise Outdated
    checkin_id, now = str(form.about.get("checkin")), desk.now()
    await desk.store(lambda db: answers.answer_all(db, desk.ear, checkin_id, chosen, person=form.person, now=now))
    return show(views.thanks())


async def comment(desk: Desk, form: Written) -> Reply:
    """A comment, kept only after its writer saw exactly what is kept."""
    checkin_id, text, now = str(form.about.get("checkin")), form.text(Field.CHECKIN_COMMENT), desk.now()
    found = redact(text, await desk.names())
    if text and (found.found or not form.about.get("confirming")):
        card = await _card(desk, _click(form, checkin_id))
        view = views.comment_form(checkin_id, found.text, found.kinds, confirming=True, k_text=card.k_text)
        return {"response_action": "update", "view": view}
    await desk.store(lambda db: answers.comment(db, desk.ear, checkin_id, text, person=form.person, now=now))
    return show(views.comment_kept(kept=bool(text)))


async def fault(desk: Desk, form: Written) -> Reply:
    """A fault, passed on only after its finder saw exactly what is passed on."""
    checkin_id, text, now = str(form.about.get("checkin")), form.text(Field.FAULT), desk.now()
    found = redact(text, await desk.names())
    if found.found or not form.about.get("confirming"):
        view = views.fault_form(checkin_id, found.text, found.kinds, confirming=True)
        return {"response_action": "update", "view": view}
    desk.throttle.spend(form.person, Act.FAULT)
    at = await desk.store(lambda db: answers.report_fault(db, desk.ear, checkin_id, text, person=form.person, now=now))
    return show(views.fault_passed_on(at))


def _click(form: Written, value: str) -> Click:
    return Click(form.person, "", value, "", "", "", in_modal=True, on_home=False)


PRESSES: dict[ActionId, Press] = {
    **{action: _scale(value) for action, value in views.CHOICES},
    ActionId.CHECKIN_SKIP: _scale(None),
    ActionId.CHECKIN_OPEN: open_form,
    ActionId.CHECKIN_COMMENT: open_comment,
    ActionId.CHECKIN_SNOOZE: snooze,
    ActionId.CHECKIN_AWAY: away,
    ActionId.REPORT_FAULT: open_fault,
    ActionId.VOUCH: vouch,
    ActionId.UNVOUCH: unvouch,
}
FILLS: dict[ViewId, Fill] = {
    ViewId.CHECKIN: checkin,
    ViewId.CHECKIN_COMMENT: comment,
    ViewId.FAULT: fault,
}

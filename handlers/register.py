"""Everything that Slack can send, and which handler answers it. Few listeners; our own tables do the rest."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from traceback import walk_tb
from typing import Any, TypeVar
from uuid import uuid4

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot import confidence, metrics
from bot.domain.authority import NotAllowed
from bot.domain.refusals import Refused
from bot.metrics import Ending, Kind
from bot.ports import Post
from bot.services import arriving
from bot.store.database import is_disturbance
from bot.views import outcomes
from bot.views.ids import ActionId, ViewId
from bot.views.link_modal import message_modal
from bot.views.refusals import apology, database_away, message_of
from handlers import buttons, checkins, hours, month, month_forms, question_forms, report_forms, written_forms
from handlers.asking import answer_ask, open_ask
from handlers.buttons import show_home
from handlers.desk import Click, Desk, log
from handlers.payloads import Unreadable, read_click, read_form, read_typed
from handlers.pushback_command import answer_pushback
from handlers.rollout_command import answer_rollout
from handlers.written_forms import fill
from handlers.written_questions import asked_by_mention, asked_directly

T = TypeVar("T")
BAD_REQUEST, TRY_AGAIN = 400, 503
EVERYTHING = re.compile(".*", re.DOTALL)
ASKING = "asking"
ASKING_ACTIONS = frozenset(
    {
        ActionId.ANSWER_HELPED,
        ActionId.ANSWER_DID_NOT,
        ActionId.MEANT,
        ActionId.MEANT_NONE,
        ActionId.ASK_PERSON,
        ActionId.SHARE_ANSWER,
        ActionId.OPEN_QUESTION,
        ActionId.ASK_QUESTION,
        ActionId.FORGET_ME,
        *checkins.PRESSES,
    }
)
PRESSES = {**buttons.PRESSES, **checkins.PRESSES, **month.PRESSES}
FORMS = {
    **written_forms.FILLS,
    **question_forms.FILLS,
    **checkins.FILLS,
    **month_forms.FILLS,
    **hours.FILLS,
    **report_forms.FILLS,
}
ASKING_FORMS = frozenset({ViewId.ASK, ViewId.PASS_ON, ViewId.HEARD, *checkins.FILLS})
"""What belongs to asking is neither logged nor counted while it happens; nor is what a manager heard somebody ask."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A command as somebody typed it."""

    person: str
    text: str
    trigger_id: str
    response_url: str


def _typed(body: dict[str, Any]) -> Typed:
    return Typed(
        str(body.get("user_id", "")),
        read_typed(body),
        str(body.get("trigger_id") or ""),
        str(body.get("response_url") or ""),
    )


async def _rollout(desk: Desk, typed: Typed) -> Post:
    return await answer_rollout(
        desk,
        person=typed.person,
        text=typed.text,
        trigger_id=typed.trigger_id,
        response_url=typed.response_url,
    )


async def _ask(desk: Desk, typed: Typed) -> Post:
    if not typed.text.strip() and typed.trigger_id:
        await open_ask(desk, Click(typed.person, "", "", typed.trigger_id, "", "", in_modal=False, on_home=False))
        return outcomes.form_opened()
    return await answer_ask(desk, typed.person, typed.text, repeat=True)


async def _pushback(desk: Desk, typed: Typed) -> Post:
    return await answer_pushback(desk, person=typed.person, text=typed.text, trigger_id=typed.trigger_id)


async def _unknown(_desk: Desk, _typed: Typed) -> Post:
    return outcomes.unknown_command()


COMMANDS = {
    "/rollout": ("command", Kind.ROLLOUT, _rollout),
    "/ask": (ASKING, Kind.OTHER, _ask),
    "/pushback": ("command", Kind.PUSHBACK, _pushback),
}
NO_COMMAND = ("command", Kind.OTHER, _unknown)


def register_handlers(app: AsyncApp, desk: Desk) -> None:  # noqa: C901 - one short function for each kind of request
    """Listen for buttons, commands, forms and events; Bolt tries them in this order, and each try takes a while."""

    @app.action(EVERYTHING)
    async def press(ack: AsyncAck, body: dict[str, Any]) -> None:
        try:
            click = read_click(body)
        except Unreadable:
            log.warning("click_unreadable")
            await ack()
            return
        if click.action in set(ActionId):

            async def answer() -> None:
                await PRESSES[ActionId(click.action)](desk, click)

            what = ASKING if click.action in ASKING_ACTIONS else click.action
            problem = await _guarded(desk, what, Kind.CLICK, answer)
            if problem is not None:
                desk.answer(click, problem)
        await ack()

    @app.command(EVERYTHING)
    async def command(ack: AsyncAck, body: dict[str, Any]) -> None:
        what, kind, answer = COMMANDS.get(str(body.get("command", "")), NO_COMMAND)
        post = await _guarded(desk, what, kind, partial(answer, desk, _typed(body)))
        await ack(text=post.text, blocks=[dict(block) for block in post.blocks], response_type="ephemeral")

    @app.view(EVERYTHING)
    async def submit(ack: AsyncAck, body: dict[str, Any]) -> None:
        try:
            callback, form = read_form(body)
        except Unreadable:
            log.warning("form_unreadable")
            await ack()
            return
        work = FORMS.get(ViewId(callback)) if callback in set(ViewId) else None
        if work is None:
            await ack()
            return

        async def answer() -> dict[str, Any]:
            return await fill(desk, work, form)

        reply = await _guarded(desk, ASKING if callback in ASKING_FORMS else callback, Kind.FORM, answer)
        if isinstance(reply, Post):
            reply = {"response_action": "update", "view": message_modal(reply)}
        await ack(**reply)

    @app.view_closed(EVERYTHING)
    async def closed(ack: AsyncAck) -> None:
        await ack()

    _register_events(app, desk)

    @app.error
    async def failed(error: Exception) -> BoltResponse:
        """What is left: an event that could not be handled, which Slack brings again, or a request that Bolt chokes on."""
        if not _went_wrong_here(error):
            return BoltResponse(status=BAD_REQUEST)
        log.error("unforeseen", what="event", error=type(error).__name__, exc_info=error)
        return BoltResponse(status=TRY_AGAIN)


def _went_wrong_here(error: Exception) -> bool:
    """Whether it happened in handlers of ours, or never came so far."""
    return any(frame.f_globals.get("__name__", "").startswith("handlers.") for frame, _ in walk_tb(error.__traceback__))


def _register_events(app: AsyncApp, desk: Desk) -> None:  # noqa: C901 - one short function for each kind of event
    @app.event("member_joined_channel")
    async def joined(event: dict[str, Any], body: dict[str, Any]) -> None:
        began = time.perf_counter()
        person, channel, event_id = str(event.get("user", "")), str(event.get("channel", "")), _event_id(body)
        if person and channel and person != await desk.directory.own_id() and not await desk.is_machine(person):
            at, now = _happened_at(event), desk.now()
            await desk.store(lambda db: arriving.joined(db, event_id, channel, person, at=at, now=now))
            metrics.request_done(Kind.MEMBERSHIP, Ending.DONE, began)

    @app.event("member_left_channel")
    async def left(event: dict[str, Any], body: dict[str, Any]) -> None:
        began = time.perf_counter()
        person, channel, event_id = str(event.get("user", "")), str(event.get("channel", "")), _event_id(body)
        if person and channel:
            at, now = _happened_at(event), desk.now()
            await desk.store(lambda db: arriving.left(db, event_id, channel, person, at=at, now=now))
            metrics.request_done(Kind.MEMBERSHIP, Ending.DONE, began)

    @app.event("app_home_opened")
    async def home(event: dict[str, Any]) -> None:
        confidence.keep()  # Slack sends this when somebody opens the direct messages as well, just before they ask
        person = str(event.get("user", ""))
        if person and event.get("tab", "home") == "home":
            await show_home(desk, person)

    @app.event("app_uninstalled")
    async def uninstalled(body: dict[str, Any]) -> None:
        await _taken_back(desk, body, uninstalled=True)

    @app.event("tokens_revoked")
    async def revoked(body: dict[str, Any]) -> None:
        await _taken_back(desk, body, uninstalled=False)

    @app.event("message")
    async def message(event: dict[str, Any], body: dict[str, Any]) -> None:
        """A direct message is a question; nothing else that people write is looked at."""
        confidence.keep()
        if event.get("channel_type") == "im" and not event.get("subtype") and not event.get("bot_id"):
            await asked_directly(desk, _event_id(body), event)

    @app.event("app_mention")
    async def mention(event: dict[str, Any], body: dict[str, Any]) -> None:
        """A mention is a question, which is answered to the asker alone."""
        confidence.keep()
        if not event.get("bot_id"):
            await asked_by_mention(desk, _event_id(body), event)


async def _taken_back(desk: Desk, body: dict[str, Any], *, uninstalled: bool) -> None:
    if await desk.installation.taken_back(str(body.get("team_id") or ""), uninstalled=uninstalled):
        desk.roster.forget()


def _event_id(body: dict[str, Any]) -> str:
    """Slack's own id of an event; one of ours where a server gives none, so that it is handled at least once."""
    return str(body.get("event_id") or f"none:{uuid4().hex}")


def _happened_at(event: dict[str, Any]) -> datetime | None:
    """When an event happened, by Slack's clock; None where a server does not say. Events come late and in any order."""
    try:
        return datetime.fromtimestamp(float(event.get("event_ts") or ""), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


async def _guarded(desk: Desk, what: str, kind: Kind, answer: Callable[[], Awaitable[T]]) -> T | Post:
    """The answer; or a sentence for a refusal; or, for what nobody foresaw, an apology whose reference is in the log."""
    if what == ASKING:
        confidence.keep()
    began, ending = time.perf_counter(), Ending.FAILED
    try:
        answered = await answer()
    except (Refused, NotAllowed) as refusal:
        ending = Ending.REFUSED
        log.info("refused", what=what, refusal=type(refusal).__name__)
        return message_of(refusal)
    except Exception as error:  # noqa: BLE001 - the last stop before a person: they get a sentence, never silence
        if is_disturbance(error):
            log.warning("database_disturbed", what=what, error=type(getattr(error, "orig", None) or error).__name__)
            return database_away()
        reference = uuid4().hex[:8]
        log.error("unforeseen", what=what, reference=reference, error=type(error).__name__, exc_info=True)
        return apology(reference)
    else:
        ending = Ending.DONE
        return answered
    finally:
        metrics.request_done(kind, ending, began)
        desk.heartbeat.visit(desk.now().date())

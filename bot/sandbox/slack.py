"""The sandbox's Slack as one object: a workspace, the app connected to it, and what people in it can do.

Tests and the control interface use the same methods. Constructed with a clock, it works at once:

    slack = SandboxSlack(clock=clock)
    async with running(slack.app) as url:
        slack.bot_url = f"{bot}/slack/events"
        await slack.command("U01MARA", "C01CLIENT", "/rollout")
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from starlette.applications import Starlette

from bot.ports import Clock
from bot.sandbox import acts, interactions, sample
from bot.sandbox.changes import Changes
from bot.sandbox.delivery import RETRY_DELAYS, Courier
from bot.sandbox.faults import Faults
from bot.sandbox.keeping import Kept, restore
from bot.sandbox.limits import Limits, Meter
from bot.sandbox.lines import Retry
from bot.sandbox.manifest import Grant, granted, subscription
from bot.sandbox.payloads import event_body
from bot.sandbox.perspective import clock_json, view_of, workspace_json
from bot.sandbox.server import build_app
from bot.sandbox.socket_mode import SocketMode
from bot.sandbox.things import BotUser, Call, Conversation, Person, Team, Values
from bot.sandbox.wire import ActRefused, Json
from bot.sandbox.workspace import Workspace


@dataclass(slots=True)
class _Hooks:
    advance: Callable[[float], object] | None = None
    on_clock: Callable[[bool], Awaitable[object]] | None = None
    next_stop: Callable[[], Awaitable[datetime | None]] | None = None
    on_reset: Callable[[], Awaitable[object]] | None = None
    on_fresh: Callable[[], Awaitable[object]] | None = None


@dataclass(slots=True)
class Connection:
    """How the app and the sandbox know each other."""

    signing_secret: str
    bot_token: str
    app_token: str
    grant: Grant = field(default_factory=Grant)


class SandboxSlack:
    """A Slack in memory. `app` is its ASGI application; `bot_url` is where the connected app takes requests."""

    def __init__(
        self,
        *,
        clock: Clock,
        signing_secret: str = "sandbox-signing-secret",  # noqa: S107 - guards nothing outside the sandbox
        bot_token: str = "xoxb-sandbox",  # noqa: S107
        app_token: str = "xapp-sandbox",  # noqa: S107
        bot_url: str | None = None,
        people: Iterable[Person] = sample.PEOPLE,
        channels: Iterable[Conversation] = sample.CHANNELS,
        manifest: Mapping[str, Any] | None = None,
        limits: Limits | None = None,
        ack_seconds: float = 3.0,
        retry_delays: Sequence[float] = RETRY_DELAYS,
        hang_seconds: float = 60.0,
        advance: Callable[[float], object] | None = None,
        on_clock: Callable[[bool], Awaitable[object]] | None = None,
        next_stop: Callable[[], Awaitable[datetime | None]] | None = None,
        on_reset: Callable[[], Awaitable[object]] | None = None,
        on_fresh: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        """Open the workspace.

        `manifest` is the app's manifest: with it, only its scopes, commands and events exist. `advance(seconds)` moves
        the clock hour by hour (and to every `next_stop` in between), and `on_clock(arrived)` then lets the app do what is
        due. When the workspace starts over, `on_reset` stops the bot and `on_fresh` starts it again: nothing that the old
        bot still sends reaches the fresh workspace.
        """
        self.clock = clock
        self.limits = limits or Limits()
        self.hang_seconds = hang_seconds
        self.connection = Connection(
            signing_secret, bot_token, app_token, grant=granted(manifest) if manifest else Grant()
        )
        self.bot = BotUser()
        self.team = Team()
        self.faults = Faults()
        self.calls: list[Call] = []
        self.changes = Changes()
        self.sockets = SocketMode(self.bot.app_id, ack_seconds)
        self.courier = Courier(
            socket_mode=self.sockets,
            signing_secret=signing_secret,
            ack_seconds=ack_seconds,
            retry_delays=retry_delays,
        )
        self._people, self._channels = tuple(people), tuple(channels)
        self._hooks = _Hooks(advance, on_clock, next_stop, on_reset, on_fresh)
        self.space = self._fresh_space()
        self.meter = Meter(self.limits)
        self.bot_url = bot_url
        self.app: Starlette = build_app(self)

    @property
    def bot_url(self) -> str | None:
        """Where the connected app takes requests over HTTP; None until it is known."""
        return self.courier.url

    @bot_url.setter
    def bot_url(self, url: str | None) -> None:
        self.courier.url = url

    @property
    def base_url(self) -> str:
        """Where this Slack itself is served, as last seen."""
        return str(self.app.state.address)

    # -- what people do

    async def command(self, as_: str, channel: str, text: str) -> Json:
        """Type a slash command; answers {"status", "body"} of the app, and "failure" when it did not acknowledge."""
        return await acts.command(self.space, self.courier, as_, channel, text, base_url=self.base_url)

    async def message(self, as_: str, channel: str, text: str, thread_ts: str | None = None) -> Json:
        """Write in a channel, or with the DM's id to the bot; answers {"ts", "channel"}."""
        return await acts.message(self.space, self.courier, as_, channel, text, thread_ts=thread_ts)

    async def click(
        self,
        as_: str,
        action_id: str,
        *,
        channel: str | None = None,
        ts: str | None = None,
        view_id: str | None = None,
        home: bool = False,
        block_id: str | None = None,
        force: bool = False,
        values: Values | None = None,
        **given: Any,
    ) -> Json:
        """Use an element that this person sees.

        Without a place: in the modal that is open, else in the newest message that has it. `given` is what is chosen:
        `selected_option`, `selected_user` … as in Slack's payloads; `values` is what else was typed into the view.
        """
        press = interactions.Press(action_id, block_id, channel, ts, view_id, home, force, given, values)
        return await interactions.click(self.space, self.courier, as_, press, base_url=self.base_url)

    async def submit(self, as_: str, values: Values | None = None, view_id: str | None = None) -> Json:
        """Submit the modal in front; answers {"sent", "status", "errors", …}."""
        top = self.space.top_modal(as_)
        wanted = view_id or (top.id if top else "")
        return await interactions.submit(self.space, self.courier, as_, wanted, values or {}, base_url=self.base_url)

    async def close(self, as_: str, view_id: str | None = None) -> Json:
        """Close the modal in front."""
        top = self.space.top_modal(as_)
        return await interactions.close(self.space, self.courier, as_, view_id or (top.id if top else ""))

    async def home(self, as_: str) -> Json:
        """Open the App Home; answers the view as it then is, or None, under "home"."""
        await acts.open_home(self.space, self.courier, as_)
        return {"home": view_of(self.space, as_)["home"]}

    async def join(self, as_: str, channel: str) -> Json:
        """Come into a channel."""
        return await acts.join(self.space, self.courier, as_, channel)

    async def leave(self, as_: str, channel: str) -> Json:
        """Go out of a channel."""
        return await acts.leave(self.space, self.courier, as_, channel)

    def view(self, as_: str) -> Json:
        """Everything that this person can see now."""
        acts.actor(self.space, as_)
        return view_of(self.space, as_)

    def dm(self, as_: str) -> str:
        """The id of this person's direct messages with the bot."""
        return self.space.dm(acts.actor(self.space, as_).id).id

    def workspace(self) -> Json:
        """Who and what there is."""
        return workspace_json(self.space)

    def dismiss(self, as_: str) -> None:
        """Put away the notices of failures."""
        self.space.toasts.pop(acts.actor(self.space, as_).id, None)
        self.changes.note([as_])

    def reload(self, as_: str) -> None:
        """Reload this person's Slack: ephemeral messages, open modals and notices are gone."""
        person = acts.actor(self.space, as_).id
        for conversation in self.space.conversations.values():
            conversation.messages = [one for one in conversation.messages if one.only_for != person]
        self.space.modals.pop(person, None)
        self.space.toasts.pop(person, None)
        self.changes.note([person])

    # -- the workspace itself

    async def advance(self, seconds: float) -> Json:
        """Move the clock forward and let the app do what is due; answers the new clock."""
        if seconds < 0:
            raise ActRefused("The clock only moves forward.")
        if self._hooks.advance is None:
            raise ActRefused("This sandbox has no clock that can be moved.", 409)
        until = self.space.clock.now() + timedelta(seconds=seconds)
        while (left := (until - self.space.clock.now()).total_seconds()) > 0 or seconds == 0:
            self._hooks.advance(min(left, await self._to_next_stop(left)))
            if self._hooks.on_clock is not None:
                await self._hooks.on_clock(self.space.clock.now() >= until)
            if seconds == 0:
                break
        self.changes.note(self.space.people)
        return clock_json(self.space)

    async def _to_next_stop(self, left: float) -> float:
        """How far the clock may jump: to the next full hour, or to the next moment at which the app has something to do."""
        now = self.space.clock.now()
        hour = (now + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
        due = await self._hooks.next_stop() if self._hooks.next_stop is not None else None
        stop = min(hour, due) if due is not None and due > now else hour
        return min(left, (stop - now).total_seconds())

    async def reset(self) -> None:
        """Start over: a fresh workspace, no faults, nothing recorded."""
        await self.courier.forget()
        self._empty()
        if self._hooks.on_reset is not None:
            await self._hooks.on_reset()
        if self._hooks.on_fresh is not None:
            await self.courier.forget()
            self._empty()
            await self._hooks.on_fresh()
        self.changes.note(self.space.people)

    def restore(self, kept: Kept) -> None:
        """Go on where an earlier sandbox was closed."""
        restore(self.space, kept)
        self.changes.note(self.space.people)

    def add_person(self, person: Person, channels: Iterable[str] = ()) -> None:
        """Add somebody, or replace who has this id; they come into `channels` without any event."""
        self.space.people[person.id] = person
        for channel in channels:
            members = self.space.conversations[channel].members
            if person.id not in members:
                members.append(person.id)
        self.changes.note(self.space.people)

    def add_channel(self, channel: Conversation) -> None:
        """Add a channel, or replace the one with this id; what was said there stays."""
        before = self.space.conversations.get(channel.id)
        kept = list(before.messages) if before else []
        self.space.conversations[channel.id] = replace(channel, members=list(channel.members), messages=kept)
        self.changes.note(self.space.people)

    async def deliver_event(self, body: Json, retry_num: int | None = None, retry_reason: str = "http_timeout") -> Json:
        """Deliver an Events API body as it stands, or a bare event in a fresh envelope."""
        retry = Retry(retry_num, retry_reason) if retry_num else None
        return await acts.deliver_event(self.space, self.courier, body, retry)

    async def settle(self) -> None:
        """Wait until every event has been tried once."""
        await self.courier.settle()

    async def stop(self) -> None:
        """Let go of connections and drop what is under way."""
        await self.courier.close()

    def calls_of(self, method: str) -> list[Call]:
        """The calls of one method, oldest first."""
        return [call for call in self.calls if call.method == method]

    def _empty(self) -> None:
        self.space = self._fresh_space()
        self.meter = Meter(self.limits)
        self.faults.clear()
        self.calls.clear()

    def _fresh_space(self) -> Workspace:
        return Workspace(
            clock=self.clock,
            changes=self.changes,
            people=self._people,
            channels=self._channels,
            team=self.team,
            bot=self.bot,
            commands=self.connection.grant.commands,
            announce=self._announce,
        )

    def _announce(self, event: Json) -> None:
        if subscription(event) not in self.connection.grant.events:
            return
        place = self.space.conversations.get(event.get("channel", ""))
        if place is not None and self.bot.user_id not in [*place.members, event.get("user")]:
            return
        self.courier.tell_soon(event_body(self.space, event))

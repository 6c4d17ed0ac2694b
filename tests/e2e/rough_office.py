"""The same workplace for rougher tests: what Slack refuses is expected there, and every payload can be sent again."""

from __future__ import annotations

import contextlib
import copy
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

import app
from bot.domain.pace import AT_ONCE
from bot.sandbox.limits import NO_LIMITS
from bot.sandbox.lines import INTERACTION, NoReply, Reply
from bot.sandbox.serving import running
from bot.sandbox.things import Conversation, Person
from bot.sandbox.wire import ActRefused
from bot.store import rollouts
from scheduler.clock import MovableClock
from tests import databases
from tests.e2e.conftest import LINK, MARA, OTIS, READ_IT, Office, said
from tests.e2e.witness import Texts, Witness
from tests.given import a_pilot_that_went_well

GUEST, GONE = "U09GUEST", "U09GONE"
POLICY_DAYS, REASON_THOUSANDS = 90, 41
SUM = re.compile(r"worth (\d+),000 euros")


def texts(thousands: int = REASON_THOUSANDS, days: int = POLICY_DAYS) -> Texts:
    """How the sample's reason and policy are recognised."""
    return Texts(f"worth {thousands},000 euros", f"Kept for {days} days.")


def reason_with(thousands: int, more: str = "") -> str:
    """A reason as good as the sample's, with another sum in it."""
    return (
        "From 1 January three clients (Northwind, Contoso and Fabrikam) accept an invoice only with a report of the "
        f"hours behind it. This quarter two invoices worth {thousands},000 euros were disputed.{more}"
    )


class RoughOffice(Office):
    """An office whose every request is kept, so that it can be replayed and tampered with; and a witness."""

    def __init__(self, workplace: app.Workplace) -> None:
        super().__init__(workplace)
        self.sent: list[tuple[str, Any]] = []
        self.witness = Witness(self.slack, LINK, texts(), trusted=frozenset({MARA, OTIS}))
        self.thousands, self.days = REASON_THOUSANDS, POLICY_DAYS
        self._sums = 0
        self._ask = self.slack.courier.ask
        self.slack.courier.ask = self._recorded  # type: ignore[method-assign]

    async def _recorded(self, kind: str, payload: Any) -> Reply:
        self.sent.append((kind, copy.deepcopy(payload)))
        return await self._carried(kind, payload)

    async def _carried(self, kind: str, payload: Any) -> Reply:
        person = str(payload.get("user_id") or payload.get("user", {}).get("id"))
        pressed = [each.get("action_id") for each in payload.get("actions", [])]
        if "policy_have_read" in pressed:
            self.witness.says_read(person, self._surface(payload))
        elif payload.get("type") == "view_submission" and payload["view"].get("callback_id") == "link_read_first":
            self.witness.says_read(person, json.dumps(payload["view"].get("blocks"), ensure_ascii=False))
        try:
            reply = await self._ask(kind, payload)
        except NoReply:
            return Reply(200, None)
        if "is stored" in json.dumps(reply.body):
            self._written(payload["view"]["state"]["values"])
        if reply.body:
            modal = isinstance(reply.body, dict) and reply.body.get("response_action") in {"update", "push"}
            self.witness.answered(person, reply.body, private=modal)
        return reply

    def _written(self, values: Any) -> None:
        """A form was stored, whoever sent it and however often: these are the present texts."""
        self.witness.read_calls()
        if "reason" in values:
            self.thousands = int(SUM.findall(values["reason"]["value"]["value"])[0])
        if "policy.retention_days" in values:
            self.days = int(values["policy.retention_days"]["value"]["value"])
        self.witness.texts = texts(self.thousands, self.days)

    def _surface(self, payload: Any) -> str:
        """What stood round the button that was pressed; for a forged one, the message that carries its value."""
        value = payload["actions"][0].get("value")
        pages = [
            message.blocks
            for place in self.slack.space.conversations.values()
            for message in place.messages
            if value and value in json.dumps(message.blocks)
        ]
        view = payload.get("view")
        pages += [view.get("blocks")] if view else []
        return json.dumps(pages, ensure_ascii=False)

    async def again(self, payload: Any) -> Reply:
        """Send an interaction that was sent before, or one that nobody could have sent."""
        reply = await self._carried(INTERACTION, payload)
        await self.settle()
        return reply

    async def forge(self, person: str, action: str, value: str, channel: str) -> None:
        """Press a button that this person was never shown."""
        with contextlib.suppress(ActRefused):
            await self.slack.click(person, action, channel=channel, ts="1.000001", value=value, force=True)
        await self.settle()

    async def try_press(self, person: str, action: str, **where: Any) -> None:
        """Press the newest button of this kind if this person sees one."""
        with contextlib.suppress(ActRefused):
            await self.slack.click(person, action, **where)
        await self.settle()

    async def try_submit(self, person: str) -> None:
        """Tick and submit the modal in front, if it is the one that has to be read first."""
        with contextlib.suppress(ActRefused):
            await self.slack.submit(person, READ_IT)
        await self.settle()

    async def try_close(self, person: str) -> None:
        """Close the modal in front, if there is one."""
        while self.slack.space.top_modal(person) is not None:
            await self.slack.close(person)

    async def edit(self, person: str, part: str, block: str, text: str) -> str:
        """Write one input of the reason's or the policy's form; returns what the form then says."""
        await self.try_close(person)
        await self.type(person, f"/rollout edit {part}")
        with contextlib.suppress(ActRefused):
            await self.slack.submit(person, {block: {"value": {"value": text}}})
        await self.settle()
        shown = self.modal(person)
        await self.try_close(person)
        return shown

    async def new_reason(self, person: str = MARA, more: str = "") -> str:
        """A reason with another sum in it."""
        self._sums += 1
        return await self.edit(person, "reason", "reason", reason_with(REASON_THOUSANDS + self._sums, more))

    async def new_policy(self, person: str = MARA) -> str:
        """A policy that keeps data for another number of days."""
        self._sums += 1
        return await self.edit(person, "policy", "policy.retention_days", str(POLICY_DAYS + self._sums))

    def values_of(self, action: str) -> list[str]:
        """Every value that a button of this kind ever had in a message or on somebody's Home."""
        pages = [message.blocks for place in self.slack.space.conversations.values() for message in place.messages]
        pages += [view.spec["blocks"] for view in self.slack.space.homes.values()]
        elements = [
            element
            for blocks in pages
            for block in blocks or []
            for element in [*block.get("elements", []), block.get("accessory") or {}]
        ]
        found = [str(each["value"]) for each in elements if each.get("action_id") == action and each.get("value")]
        return list(dict.fromkeys(found))

    async def pilot_says_go(self) -> None:
        """Three weeks have passed, and what the pilot answered is good."""
        await self.slack.advance(22 * 86_400)

        def say_go(db: Connection) -> None:
            pilot = rollouts.every(db)[0].waves[0]
            a_pilot_that_went_well(db, pilot, self.workplace.clock.now())

        await self.bot.database.run(say_go)

    def look(self) -> list[str]:
        """Let the witness read on; returns every promise that was broken so far."""
        self.witness.read_calls()
        self.witness.check_what_stands()
        return self.witness.problems

    def sees_link(self, person: str) -> bool:
        """Whether the install host stands anywhere before this person."""
        return LINK.split("/")[2] in said(self.slack.view(person))


@contextlib.asynccontextmanager
async def opened(scratch: Path, *, hang_seconds: float = 60.0) -> AsyncIterator[RoughOffice]:
    """A rough office on its Monday morning."""
    workplace = app.Workplace(
        scratch,
        database_url=databases.fresh() if databases.on_postgresql() else "",
        pace=AT_ONCE,
        limits=NO_LIMITS,
        retry_delays=(0.01, 0.02, 0.03),
        ack_seconds=10.0,
        hang_seconds=hang_seconds,
    )
    workplace.clock = MovableClock(app.SANDBOX_START, runs=False)
    workplace.slack.clock = workplace.clock
    workplace.slack.space.clock = workplace.clock
    workplace.slack.add_person(Person(GUEST, "Guest of Honour"), [])
    workplace.slack.add_person(Person(GONE, "Somebody Gone", deleted=True), [])
    workplace.slack.add_channel(Conversation("C09OTHER", "elsewhere", members=[GUEST, "U01LUCAS"]))
    async with running(workplace) as bot_url, running(workplace.slack.app) as url:
        await workplace.open(f"{url}/api/", f"{bot_url}/slack/events")
        # The workspace starts over while it opens; who was added has to be added again.
        workplace.slack.add_person(Person(GUEST, "Guest of Honour"), [])
        workplace.slack.add_person(Person(GONE, "Somebody Gone", deleted=True), [])
        office = RoughOffice(workplace)
        try:
            yield office
        finally:
            await office.settle()
            await workplace.close()

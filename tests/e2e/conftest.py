"""A whole workplace for each test: the strict local Slack, the real bot over signed HTTP, a clock that stands still."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

import app
from bot.domain.pace import AT_ONCE
from bot.sandbox.limits import NO_LIMITS
from bot.sandbox.serving import running
from scheduler.clock import MovableClock
from tests import databases

MARA, OTIS, HELEN = "U01MARA", "U01OTIS", "U01HELEN"
PRIYA, TOMAS, LUCAS, WREN = "U01PRIYA", "U01TOMAS", "U01LUCAS", "U01WREN"
TEAM, EVERYBODY = "C01CLIENT", "C01ALL"
LINK = "https://install.example.com/hourglass"
READ_IT = {
    "read_it": {
        "value": {"selected_options": [{"text": {"type": "plain_text", "text": "I have read it"}, "value": "yes"}]}
    }
}


class Office:
    """What a test does in a workplace, and what it looks at. Every act waits until the bot has done what is due."""

    def __init__(self, workplace: app.Workplace) -> None:
        """Play in this workplace."""
        self.workplace = workplace
        self.slack = workplace.slack

    @property
    def bot(self) -> app.Foreword:
        """The running bot."""
        assert self.workplace.bot is not None
        return self.workplace.bot

    async def settle(self) -> None:
        """Let the bot and its Slack come to rest."""
        await self.slack.settle()
        await self.bot.desk.background.drain()
        await self.bot.ticks.catch_up()
        await self.bot.desk.background.drain()

    async def type(self, person: str, text: str, channel: str = EVERYBODY) -> str:
        """Type a command; returns everything that the answer says."""
        answer = await self.slack.command(person, channel, text)
        assert answer["status"] == 200, answer
        await self.settle()
        return said(answer["body"])

    async def press(self, person: str, action: str, **where: Any) -> None:
        """Press the newest button of this kind that this person sees."""
        answer = await self.slack.click(person, action, **where)
        assert answer["status"] == 200, answer
        await self.settle()

    async def press_edit_policy(self, person: str) -> None:
        """Open the policy's form."""
        await self.type(person, "/rollout edit policy")
        assert "What exactly is tracked" in self.modal(person), self.modal(person)

    async def launch(self, step: str, wave: str = "pilot", by: str = MARA) -> str:
        """Launch a step and confirm it; returns the preview, or why it did not go."""
        shown = await self.type(by, f"/rollout launch {step} {wave}")
        if "Preview" in shown:
            await self.press(by, "launch_confirm")
        return shown

    async def take_pilot_to(self, step: str) -> None:
        """Take the pilot through its steps, in order, up to and with this one."""
        for each in ("brief", "reason", "policy", "install"):
            if each == "install":
                await self.slack.advance(3 * 86_400)
            shown = await self.launch(each)
            assert "Preview" in shown, shown
            if each == "brief":
                await self.press(MARA, "brief_can_answer")
            if each == step:
                return

    def channel(self, person: str, channel: str = TEAM) -> list[str]:
        """The texts that stand in a channel for everybody, as this person sees them."""
        return [
            said(message)
            for conversation in self.slack.view(person)["conversations"]
            if conversation["id"] == channel
            for message in conversation["messages"]
            if message["bot"] and not message["ephemeral"]
        ]

    def letters(self, person: str) -> list[str]:
        """What the bot wrote to this person alone, in direct messages."""
        return [
            said(message)
            for conversation in self.slack.view(person)["conversations"]
            if conversation["kind"] == "dm"
            for message in conversation["messages"]
            if message["bot"]
        ]

    def whispered(self, person: str) -> list[str]:
        """What only this person saw in channels."""
        return [
            said(message)
            for conversation in self.slack.view(person)["conversations"]
            for message in conversation["messages"]
            if message["ephemeral"]
        ]

    def modal(self, person: str) -> str:
        """What the modal in front of this person says; empty without one."""
        shown = self.slack.view(person)["modal"]
        return said(shown["view"]) if shown else ""

    def refused_calls(self) -> list[tuple[str, Any]]:
        """What the strict Slack did not accept."""
        return [
            (call.method, call.answer) for call in self.slack.calls if call.answer and call.answer.get("ok") is False
        ]


def said(thing: Any) -> str:
    """Every text in a message or view, in one string."""
    if isinstance(thing, str):
        return thing
    if isinstance(thing, dict):
        return "\n".join(said(value) for key, value in thing.items() if key not in ("type", "ts", "block_id", "value"))
    if isinstance(thing, list):
        return "\n".join(said(each) for each in thing)
    return ""


@pytest.fixture
async def office(tmp_path: Path, a_database: Callable[..., str]) -> AsyncIterator[Office]:
    """A workplace on its Monday morning, with the sample plan loaded and nothing launched."""
    workplace = app.Workplace(
        tmp_path / "scratch",
        database_url=a_database() if databases.on_postgresql() else "",
        pace=AT_ONCE,
        limits=NO_LIMITS,
        retry_delays=(0.01, 0.02, 0.03),
    )
    workplace.clock = MovableClock(app.SANDBOX_START, runs=False)
    workplace.slack.clock = workplace.clock
    workplace.slack.space.clock = workplace.clock
    async with running(workplace) as bot_url, running(workplace.slack.app) as url:
        await workplace.open(f"{url}/api/", f"{bot_url}/slack/events")
        made = Office(workplace)
        yield made
        await made.settle()
        assert made.refused_calls() == [], "the bot sent Slack something that it does not take"
        await workplace.close()
        await asyncio.sleep(0)

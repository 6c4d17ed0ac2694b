"""Slack refuses, stumbles, hangs and goes away: each message is sent once, or stands on the card until somebody settles it."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.slack.messenger import SlackMessenger
from bot.store.database import open_database
from tests.e2e.conftest import LUCAS, MARA, PRIYA, TEAM, said
from tests.e2e.rough_office import RoughOffice, opened

SEEDS = range(int(os.environ.get("FOREWORD_LONG_RUNS", "0")) or 2)
BEFORE = ("429", "500", "reset_before", "error:service_unavailable", "error:ratelimited", "error:channel_not_found")
AFTER = ("reset_after", "timeout_after", "malformed")
LOOKING = ("500", "429", "malformed", "reset_before", "error:missing_scope", "error:unknown_method")
STEPS = ("brief", "reason", "policy", "install")
TITLES = ("your briefing for", "why it is coming", "the policy (version 1)", "ready to install")


@pytest.fixture
async def office(tmp_path: Path, a_database: Callable[..., str]) -> AsyncIterator[RoughOffice]:
    """An office whose Slack hangs for a second at most, and whose bot waits for less."""
    async with opened(tmp_path / "scratch", hang_seconds=0.6) as rough:
        messenger = rough.bot.desk.messenger
        assert isinstance(messenger, SlackMessenger)
        messenger._client.timeout = 0.4  # type: ignore[assignment]
        yield rough


def standing(office: RoughOffice, person: str, title: str, *, kind: str) -> int:
    """How many messages of the bot with this title this person sees in channels or direct messages."""
    return sum(
        title in said(message)
        for conversation in office.slack.view(person)["conversations"]
        if conversation["kind"] == kind
        for message in conversation["messages"]
        if message["bot"] and not message["ephemeral"]
    )


async def wait(office: RoughOffice, seconds: float) -> None:
    """Time passes, and everything that is due is done, looking for unsure messages too."""
    await office.slack.advance(seconds)
    await office.bot.ticks._sender.settle_unsure()
    await office.settle()


async def settled(office: RoughOffice, step: str, title: str, person: str = PRIYA, kind: str = "channel") -> int:
    """Wait for a message; whenever it hangs, it must stand on the card, and *Check again* must help. Returns how often."""
    asked = 0
    for _ in range(60):
        assert standing(office, person, title, kind=kind) <= 1, f"{step} stands there twice"
        card = await office.type(MARA, "/rollout")
        if f"{step} ✓" in card:
            assert standing(office, person, title, kind=kind) == 1
            return asked
        if "Check again" in card:
            asked += 1
            await office.try_press(MARA, "delivery_check_again")
        await wait(office, 30)
    pytest.fail(f"{step} was lost:\n{card}")


@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", SEEDS)
async def test_a_bad_day(office: RoughOffice, seed: int) -> None:
    """A whole wave and a latecomer through a Slack that fails at random, before the work, after it, and while looked at."""
    chance = random.Random(seed)
    for step, title in zip(STEPS, TITLES, strict=True):
        if step == "install":
            await office.slack.advance(4 * 86_400)
        assert "Preview" in await office.type(MARA, f"/rollout launch {step}")
        for _ in range(chance.randint(1, 3)):
            office.slack.faults.add(
                "chat.postMessage", chance.choice(BEFORE + AFTER), retry_after=chance.randint(1, 40)
            )
        if chance.random() < 0.5:
            office.slack.faults.add("conversations.history", chance.choice(LOOKING), times=chance.randint(1, 2))
        if chance.random() < 0.5:
            office.slack.faults.add("conversations.members", chance.choice(("500", "429", "reset_before")))
        await office.press(MARA, "launch_confirm")
        await settled(office, step, title, *((MARA, "dm") if step == "brief" else ()))
        if step == "brief":
            await office.press(MARA, "brief_can_answer")
        office.slack.faults.clear()
        await wait(office, 90)
    for title in TITLES[1:]:
        assert standing(office, PRIYA, title, kind="channel") == 1
    office.slack.faults.add("chat.postMessage", chance.choice(AFTER))
    await office.slack.join(LUCAS, TEAM)
    for _ in range(10):
        await wait(office, 30)
    assert [standing(office, LUCAS, title, kind="dm") for title in TITLES[1:]] == [1, 1, 1]
    assert office.look() == []


async def test_slack_is_down_for_an_hour(office: RoughOffice) -> None:
    """Nothing is lost and nobody has to do anything: an hour later the message is there, once."""
    await office.take_pilot_to("reason")
    assert "Preview" in await office.type(MARA, "/rollout launch policy")
    for method in ("chat.postMessage", "conversations.history", "conversations.members"):
        office.slack.faults.add(method, "reset_before", times=1_000_000)
    await office.press(MARA, "launch_confirm")
    for _ in range(12):
        await wait(office, 300)
    card = await office.type(MARA, "/rollout")
    assert standing(office, PRIYA, TITLES[2], kind="channel") == 0
    assert "policy ✓" not in card
    assert "Being checked" in card, "after a while its manager is told"
    office.slack.faults.clear()
    for _ in range(4):
        await wait(office, 600)
    assert standing(office, PRIYA, TITLES[2], kind="channel") == 1
    assert "policy ✓" in await office.type(MARA, "/rollout")


async def test_a_limit_holds_for_everybody_until_it_is_over(office: RoughOffice) -> None:
    """After a 429 nothing is posted before its time, and nothing is given up because of it."""
    await office.take_pilot_to("reason")
    office.slack.faults.add("chat.postMessage", "429", retry_after=120)
    await office.launch("policy")
    before = len(office.slack.calls_of("chat.postMessage"))
    await wait(office, 100)
    assert len(office.slack.calls_of("chat.postMessage")) == before
    await wait(office, 30)
    assert standing(office, PRIYA, TITLES[2], kind="channel") == 1


async def test_who_the_bot_is_cannot_be_asked(office: RoughOffice) -> None:
    """A Slack that stumbles while the bot checks its own token costs one answer, with a sentence, and nothing else."""
    for kind in ("500", "reset_before", "malformed", "429"):
        office.slack.faults.add("auth.test", kind)
        answer = await office.slack.command(MARA, TEAM, "/rollout launch brief pilot")
        assert answer["status"] == 200
        assert "try again in a minute" in said(answer["body"])
    assert "Preview" in await office.type(MARA, "/rollout launch brief pilot")


async def test_an_event_meanwhile_is_not_lost(office: RoughOffice) -> None:
    """Somebody joins while Slack does not tell the bot who it is: the event is refused, comes again, and is handled."""
    await office.take_pilot_to("policy")
    await office.workplace.close()
    await office.workplace._start_bot(open_database(office.workplace._database_url), ())
    office.slack.faults.add("auth.test", "500")
    await office.slack.join(LUCAS, TEAM)
    for _ in range(20):
        await asyncio.sleep(0.02)
        await office.settle()
    assert [standing(office, LUCAS, title, kind="dm") for title in TITLES[1:3]] == [1, 1]

"""The main job in a Slack that we did not write the bot for: over HTTP and over a socket, with all that servers leave out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import app
from bot.domain.pace import AT_ONCE
from bot.plan import parse_plan
from bot.sealing import Keyring
from bot.services import plans
from bot.services.launching import Rulebook
from bot.settings import read_settings
from bot.slack.client import make_client
from bot.slack.serve import serve
from bot.store import migrate
from bot.store.database import open_database
from faq.book import open_book
from scheduler.clock import MovableClock, SystemClock
from tests import databases
from tests.other_slack.people import SECRET, People
from tests.other_slack.quirks import Quirks
from tests.other_slack.server import (
    ALL,
    ANNE,
    BORIS,
    CLARA,
    GUEST,
    HELEN,
    MACHINE,
    MARA,
    OTIS,
    PILOT,
    OtherSlack,
    serving,
)

pytestmark = pytest.mark.database
PATIENCE = 40.0
HOST = "install.example.com"
NAMES = {
    "U01MARA": MARA,
    "U01OTIS": OTIS,
    "U01HELEN": HELEN,
    "C01CLIENT": PILOT,
    "C01ALL": ALL,
}
READ = {"read_it": {"value": {"type": "checkboxes", "selected_options": [{"value": "yes"}]}}}
ODD = Quirks(decimals=4, lean=True, no_bot_id=True, no_tz=True)
FORGETFUL = Quirks(decimals=1, loses_metadata=True, no_tz=True)
SMALL = Quirks(
    unknown_methods=frozenset(
        {
            "views.publish",
            "conversations.open",
            "conversations.history",
            "users.info",
            "users.list",
            "chat.postEphemeral",
            "bookmarks.add",
            "usergroups.list",
            "chat.getPermalink",
            "conversations.info",
        }
    ),
    says_ok_false="not_implemented",
)
NO_LISTS = Quirks(unknown_methods=frozenset({"conversations.members", "users.info"}))
NO_MODALS = Quirks(unknown_methods=frozenset({"views.open", "views.push", "views.update", "views.publish"}))
NO_TRIGGERS = Quirks(no_trigger=True, lean=True)


@asynccontextmanager
async def at_work(folder: Path, quirks: Quirks, *, socket: bool) -> AsyncIterator[tuple[OtherSlack, People]]:
    """The bot connected to the other Slack, with a plan for the people there."""
    slack = OtherSlack(quirks)
    async with serving(slack) as api_url:
        text = app.SAMPLE_PLAN.read_text(encoding="utf-8")
        for ours, theirs in NAMES.items():
            text = text.replace(ours, theirs)
        settings = read_settings(
            slack_api_url=api_url,
            slack_bot_token=slack.token,
            slack_app_token=slack.app_token if socket else "",
            slack_signing_secret=SECRET,
            database_url=databases.fresh(folder),
            port=_free_port(),
        )
        rules = Rulebook(open_book(), ZoneInfo("UTC"))
        database = open_database(settings.database_url)
        await database.run(migrate.to)
        clock = MovableClock(app.SANDBOX_START)
        now = clock.now()
        plan = parse_plan(text.encode(), today=now.date()).plan
        await database.run(lambda db: plans.load(db, plan, book=rules.book, by="operator", now=now))
        client = make_client(settings)
        await client.open()
        bot = app.compose(
            database=database,
            client=client,
            signing_secret=SECRET,
            clock=clock,
            rules=replace(rules, pace=AT_ONCE),
            keys=Keyring(b"k" * 32),
        )
        bot.ticks.start()
        stop = asyncio.Event()
        served = asyncio.ensure_future(serve(bot.bolt, settings, clock=SystemClock(), stop=stop.wait()))

        async def rest() -> None:
            await bot.desk.background.drain()
            await bot.ticks.catch_up()
            await bot.desk.background.drain()

        people = People(slack, None if socket else f"http://127.0.0.1:{settings.port}/slack/events", rest)
        people.clock = clock
        await (slack.connected.wait() if socket else _open(settings.port))
        try:
            yield slack, people
        finally:
            stop.set()
            await served
            await bot.close()
            await client.close()


async def launch(slack: OtherSlack, people: People, step: str) -> None:
    """Preview and confirm, as its manager."""
    shown = await people.command(MARA, f"/rollout launch {step} pilot", PILOT)
    assert "launch_confirm" in shown, shown
    await people.press(MARA, "launch_confirm")


async def main_job(slack: OtherSlack, people: People) -> None:
    """From nothing to the link, with a look into everybody's Slack after each act."""

    def none_has_it(*but: str) -> None:
        for person in (MARA, OTIS, HELEN, ANNE, BORIS, CLARA, GUEST):
            if person not in but:
                assert not any(HOST in each.everything() for each in slack.seen_by(person)), person

    assert "Not launched" in await people.command(MARA, "/rollout launch install pilot", PILOT)
    await launch(slack, people, "brief")
    await people.press(MARA, "brief_can_answer")
    await launch(slack, people, "reason")
    await launch(slack, people, "policy")
    titles = [each.everything() for each in slack.seen_by(ANNE, "message")]
    assert ["why it is coming" in titles[0], "the policy (version 1)" in titles[1]] == [True, True]
    assert "notice_period" in await people.command(MARA, "/rollout launch install pilot", PILOT)
    await people.press(ANNE, "policy_have_read")
    await people.command(MARA, "/rollout override notice_period pilot because two clients audit us this week", PILOT)
    await people.press(OTIS, "override_approve")
    none_has_it()
    await launch(slack, people, "install")
    await people.press(ANNE, "link_get")
    none_has_it(ANNE)
    assert HOST in slack.seen_by(ANNE)[-1].everything()
    assert not any(HOST in each.everything() for each in slack.shown if each.where in slack.members)


async def latecomers(slack: OtherSlack, people: People) -> None:
    """Somebody joins, told of twice; a machine and somebody who is gone join too, and trouble nobody."""
    await people.join(CLARA, PILOT, twice=True)
    letters = [each.everything() for each in slack.seen_by(CLARA, "message") if each.where.startswith("D")]
    assert len(letters) == 3
    assert "ready to install" in letters[2]
    slack.members[PILOT].remove(MACHINE)
    await people.join(MACHINE, PILOT)
    card = await people.command(MARA, "/rollout", PILOT)
    assert "cannot_dm_bot" not in card


async def read_first(slack: OtherSlack, people: People, person: str) -> None:
    """Who asks before reading is shown the texts, then the link."""
    await people.press(person, "link_get")
    shown = slack.seen_by(person)[-1]
    assert shown.kind == "modal"
    assert HOST not in shown.everything()
    await people.submit(person, READ)
    assert HOST in slack.seen_by(person)[-1].everything()


@pytest.mark.parametrize("socket", [True, False], ids=["socket", "http"])
@pytest.mark.parametrize("quirks", [Quirks(), ODD], ids=["plain", "odd"])
async def test_the_main_job(tmp_path: Path, quirks: Quirks, *, socket: bool) -> None:
    """Brief, reason, policy, install, the link for who has read, the texts for who has not, and latecomers in order."""
    async with at_work(tmp_path, quirks, socket=socket) as (slack, people):
        await main_job(slack, people)
        await read_first(slack, people, GUEST)
        await latecomers(slack, people)
        await people.event({"type": "app_home_opened", "user": ANNE, "tab": "home", "channel": "D1"})
        assert "you said that you have read it" in slack.seen_by(ANNE, "home")[-1].everything()


@pytest.mark.parametrize("quirks", [SMALL, FORGETFUL, NO_LISTS], ids=["small", "forgetful", "no lists"])
async def test_a_server_that_knows_less(tmp_path: Path, quirks: Quirks) -> None:
    """Methods that are not there, and lists that cannot be read, take nothing away from the order or from the link."""
    async with at_work(tmp_path, quirks, socket=True) as (slack, people):
        await main_job(slack, people)
        await read_first(slack, people, BORIS)


async def test_a_server_that_hangs_up(tmp_path: Path) -> None:
    """Sockets that are closed are opened again, and a refusal in between is not the end."""
    async with at_work(tmp_path, Quirks(), socket=True) as (slack, people):
        await launch(slack, people, "brief")
        slack.refusing = 1
        await slack.hang_up()
        async with asyncio.timeout(PATIENCE):
            await slack.connected.wait()
        await people.press(MARA, "brief_can_answer")
        await launch(slack, people, "reason")
        assert slack.opened == 3


@pytest.mark.parametrize("quirks", [NO_MODALS, NO_TRIGGERS], ids=["no modals", "no triggers"])
async def test_a_server_without_modals(tmp_path: Path, quirks: Quirks) -> None:
    """Where no modal can be opened, the same is said to that person alone; who has not read is shown where to read."""
    async with at_work(tmp_path, quirks, socket=True) as (slack, people):
        await main_job(slack, people)
        await people.press(BORIS, "link_get")
        shown = slack.seen_by(BORIS)[-1]
        assert shown.where == slack.ims[BORIS]
        assert HOST not in shown.everything()
        await people.press(BORIS, "policy_have_read")
        await people.press(BORIS, "link_get")
        assert HOST in slack.seen_by(BORIS)[-1].everything()


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def _open(port: int) -> None:
    for _ in range(200):
        try:
            _reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.02)
        else:
            writer.close()
            return
    pytest.fail("the bot does not listen")

"""The database is locked, full, read-only or gone: people are told so, Slack brings events again, and all goes on afterwards."""

from __future__ import annotations

import asyncio
import io
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.lines import Reply, Retry
from bot.store import database
from tests.e2e.conftest import LUCAS, MARA, PRIYA, TEAM, said
from tests.faults.calm import played, up_to
from tests.faults.laboratory import Laboratory
from tests.faults.oracle import TITLES
from tests.faults.troubles import GONE, TROUBLES, begin, trouble

pytestmark = pytest.mark.database

SENTENCE = "nothing was saved"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long for a lock in these tests."""
    monkeypatch.setattr(database, "BUSY_SECONDS", 0)
    monkeypatch.setattr(database, "BRIEF_SECONDS", 0.1)
    monkeypatch.setattr(database, "_BRIEFLY", "SET lock_timeout = '100ms'")


def shows(lab: Laboratory, person: str) -> str:
    """Everything that this person sees."""
    return said(lab.slack.view(person)["conversations"])


@pytest.mark.parametrize("what", TROUBLES)
def test_people_are_told_and_nothing_is_half_done(lab: Laboratory, what: str) -> None:
    """A command and a click get a sentence, with 200; a promise that was made is kept; afterwards the same acts work."""

    async def play() -> None:
        await up_to(lab, "brief")
        shown = await lab.type(MARA, "/rollout launch reason")
        assert "Preview" in shown
        refused = 0
        with trouble(lab, what):
            for _ in range(40):
                answer = await lab.slack.command(MARA, TEAM, "/rollout launch reason")
                assert answer["status"] == 200, answer
                told = said(answer["body"])
                assert SENTENCE in told or "Preview" in told, told
                refused += SENTENCE in told
                if refused:
                    break
            before = shows(lab, MARA).count("is on its way")
            taken = await lab.press(MARA, "launch_confirm")
            assert taken
            promised = shows(lab, MARA).count("is on its way") > before
            assert promised or SENTENCE in shows(lab, MARA)
        assert refused, f"the database was never {what}"
        if not promised:
            assert "reason ✓" not in await lab.type(MARA, "/rollout")
            assert "Preview" in await lab.type(MARA, "/rollout launch reason")
            assert await lab.press(MARA, "launch_confirm")
        await lab.wait(30, pulses=3)
        assert "reason ✓" in await lab.type(MARA, "/rollout")

    played(lab, play())


@pytest.mark.parametrize("what", TROUBLES)
def test_events_are_refused_and_come_again(lab: Laboratory, what: str) -> None:
    """Somebody joins, one writes and one mentions the bot: Slack gets a 5xx, delivers again, and each is answered once."""

    async def play() -> None:
        await up_to(lab, "policy")
        heard: list[int] = []
        line = lab.slack.courier._http
        assert line is not None
        send = line.send

        async def listened(kind: str, payload: dict[str, Any], retry: Retry | None) -> Reply:
            reply = await send(kind, payload, retry)
            heard.append(reply.status)
            return reply

        line.send = listened  # type: ignore[method-assign]
        with trouble(lab, what):
            await lab.slack.join(LUCAS, TEAM)
            await lab.slack.message(PRIYA, lab.slack.dm(PRIYA), "who can see my data?")
            await lab.slack.message(PRIYA, TEAM, "<@U0FOREWORD> who can see my data?")
            assert [status for status in heard if status < 500] in ([], [200]), (
                heard
            )  # a channel's message is nothing to us
            assert sum(status >= 500 for status in heard) >= 3
        await asyncio.sleep(0 if lab.still else 3.5)  # Slack's own patience before it tries again
        await lab.wait(600, pulses=20)
        letters = [said(message.blocks) for message in lab.slack.space.conversations[lab.slack.dm(LUCAS)].messages]
        for step in ("reason", "policy"):
            assert sum(TITLES[step] in letter for letter in letters) == 1, letters
        own = lab.slack.space.conversations[lab.slack.dm(PRIYA)].messages
        assert sum(message.author == "U0FOREWORD" and not message.only_for for message in own) == 1
        assert len(lab.slack.calls_of("chat.postEphemeral")) == 1

    played(lab, play())


@pytest.mark.parametrize("what", TROUBLES)
def test_the_ticks_survive(lab: Laboratory, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every regular job fails with a line that names nobody, and works again without a restart; each message goes once."""

    async def play() -> None:
        await up_to(lab, "brief")
        assert "Preview" in await lab.type(MARA, "/rollout launch reason")
        assert lab.bot is not None
        ticks = lab.bot.ticks
        ticks.wake = lambda: None  # type: ignore[method-assign]
        desk = lab.bot.desk
        object.__setattr__(desk, "wake", lambda: None)
        await lab.press(MARA, "launch_confirm")
        said_aloud = io.StringIO()
        monkeypatch.setattr(sys, "stderr", said_aloud)
        with trouble(lab, what):
            for _ in range(3):
                await lab.pulse()
                await lab.tidy()
            failing = ticks.heartbeat.failing(longer_than=-1.0)
            assert failing, f"the database was never {what}"
        told = said_aloud.getvalue()
        assert "tick_failed" in told
        assert "tick_broken" not in told
        assert not [word for word in ("U01", "41,000", "C01") if word in told], told
        await lab.wait(120, pulses=6)
        await lab.tidy()
        assert ticks.heartbeat.failing(longer_than=-1.0) == {}
        assert "reason ✓" in await lab.type(MARA, "/rollout")
        team = lab.slack.space.conversations[TEAM].messages
        assert sum(TITLES["reason"] in said(message.blocks) for message in team) == 1

    played(lab, play())


@pytest.mark.parametrize("what", TROUBLES)
def test_slack_has_taken_it_and_it_cannot_be_written_down(lab: Laboratory, what: str) -> None:
    """Between post and record the database fails for longer than the sender insists: looked for, found, never sent again."""

    async def play() -> None:
        await up_to(lab, "brief")
        assert "Preview" in await lab.type(MARA, "/rollout launch reason")
        assert lab.bot is not None
        messenger = lab.bot.ticks._sender._messenger
        post = messenger.post
        met: list[bool] = []

        async def posted(**given: Any) -> Any:
            result = await post(**given)
            if not met:
                met.append(True)
                await begin(broken)
            return result

        broken = trouble(lab, what)
        messenger.post = posted  # type: ignore[method-assign]
        await lab.press(MARA, "launch_confirm")
        await lab.pulse()
        assert met
        broken.__exit__(None, None, None)
        await lab.wait(180, pulses=9)
        assert "reason ✓" in await lab.type(MARA, "/rollout")
        team = lab.slack.space.conversations[TEAM].messages
        assert sum(TITLES["reason"] in said(message.blocks) for message in team) == 1

    played(lab, play())


@pytest.mark.sqlite_only("a file is what SQLite has")
def test_a_file_that_is_gone_is_not_replaced_by_an_empty_one(lab: Laboratory, tmp_path: Path) -> None:
    """While the folder is away, nothing is made in its place: what comes back is found as it was."""

    async def play() -> None:
        await up_to(lab, "brief")
        with trouble(lab, GONE):
            assert SENTENCE in said((await lab.slack.command(MARA, TEAM, "/rollout"))["body"])
            assert not (tmp_path / "kept").exists()
        assert "brief ✓" in await lab.type(MARA, "/rollout")

    played(lab, play())
    assert [each.name for each in tmp_path.iterdir()] == ["kept"]

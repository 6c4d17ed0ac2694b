"""A sandbox that was closed opens again where it was left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import app
from bot.domain.pace import AT_ONCE
from bot.sandbox import keeping
from bot.sandbox.limits import NO_LIMITS
from bot.sandbox.serving import running
from bot.sandbox.slack import SandboxSlack
from bot.sandbox.things import Message, StoredFile
from scheduler.clock import MovableClock

MONDAY = datetime(2026, 11, 30, 8, tzinfo=UTC)


def test_everything_said_and_stored_is_kept(tmp_path: Path) -> None:
    """Messages, ephemeral ones, files and the last stamp come back as they were, bytes and all."""
    clock = MovableClock(MONDAY, runs=False)
    slack, again = SandboxSlack(clock=clock), SandboxSlack(clock=clock)
    space = slack.space
    file = StoredFile("F1", "report.xlsx", 4, content=b"PK\x00\xff", complete=True)
    space.files["F1"] = file
    space.say(space.conversations["C01CLIENT"], Message(space.stamp(), "U01MARA", "héllo ☕", files=[file]))
    space.say(space.dm("U01PRIYA"), Message(space.stamp(), "U0FOREWORD", "", blocks=[{"type": "divider"}]))
    space.say(space.conversations["C01ALL"], Message(space.stamp(), "U0FOREWORD", "psst", only_for="U01OTIS"))
    keeping.write(tmp_path / "workspace.json", space, clock)
    kept = keeping.read(tmp_path / "workspace.json")
    assert kept is not None
    again.restore(kept)
    assert again.space.conversations == space.conversations
    assert again.space.files == space.files
    assert again.space.stamp() > space.conversations["C01ALL"].messages[-1].ts
    assert kept.now == MONDAY


def test_a_file_that_is_not_ours_is_as_good_as_none(tmp_path: Path) -> None:
    """Missing, damaged, or written by another version: the sandbox then starts afresh."""
    file = tmp_path / "workspace.json"
    assert keeping.read(file) is None
    file.write_bytes(b'{"format": 1, "now"')
    assert keeping.read(file) is None
    keeping.write(file, SandboxSlack(clock=MovableClock(MONDAY)).space, MovableClock(MONDAY))
    file.write_bytes(file.read_bytes().replace(b'"format":1', b'"format":99'))
    assert keeping.read(file) is None


@pytest.mark.database
@pytest.mark.sqlite_only("the sandbox keeps its database in its folder")
async def test_a_launch_outlives_the_sandbox(tmp_path: Path) -> None:
    """What was launched before closing is known after opening, and the clock goes on from where it was."""
    for opened in ("first", "again"):
        workplace = app.Workplace(tmp_path / "scratch", limits=NO_LIMITS, pace=AT_ONCE)
        async with running(workplace) as bot_url, running(workplace.slack.app) as url:
            await workplace.open(f"{url}/api/", f"{bot_url}/slack/events")
            assert workplace.bot is not None
            if opened == "first":
                await workplace.slack.command("U01MARA", "C01ALL", "/rollout launch brief")
                await workplace.slack.click("U01MARA", "launch_confirm")
                await workplace.slack.advance(timedelta(days=1).total_seconds())
            else:
                assert workplace.clock.now() >= app.SANDBOX_START + timedelta(days=1)
                answer = await workplace.slack.command("U01MARA", "C01ALL", "/rollout timeline")
                assert "launched *brief* for pilot" in str(answer["body"])
            async with keeping.kept_up_to_date(workplace.kept_in, workplace.slack):
                pass
            await workplace.close()

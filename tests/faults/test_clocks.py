"""The computer's clock is set forward or back by an hour: nothing is sent twice, nothing is lost, nobody stands still."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import apscheduler.schedulers.base
import apscheduler.triggers.interval
import pytest

from scheduler import clock
from scheduler import ticks as ticking
from scheduler.ticks import Ticks
from tests.e2e.conftest import MARA, TEAM, said
from tests.faults.calm import played, up_to
from tests.faults.laboratory import Laboratory
from tests.faults.oracle import TITLES

pytestmark = pytest.mark.database

HOUR = timedelta(hours=1)


def in_the_channel(lab: Laboratory, step: str) -> int:
    """How often this step's message stands there."""
    return sum(TITLES[step] in said(message.blocks) for message in lab.slack.space.conversations[TEAM].messages)


@pytest.mark.parametrize("by", [HOUR, -HOUR], ids=["forward", "back"])
def test_while_a_message_is_under_way(lab: Laboratory, by: timedelta) -> None:
    """Its lease is over at once, or in an hour: whoever sends it knows that it is under way, and nobody sends it again."""

    async def play() -> None:
        await up_to(lab, "brief")
        assert "Preview" in await lab.type(MARA, "/rollout launch reason")
        assert lab.bot is not None
        sender = lab.bot.ticks._sender
        post = sender._messenger.post
        looked_at: list[int] = []

        async def slowly(**given: Any) -> Any:
            if not looked_at:
                lab.clock.at += by
            looked_at.append(await sender.settle_unsure())
            return await post(**given)

        sender._messenger.post = slowly  # type: ignore[method-assign]
        await lab.press(MARA, "launch_confirm")
        await lab.wait(60, pulses=3)
        assert set(looked_at) == {0}
        assert in_the_channel(lab, "reason") == 1
        assert "reason ✓" in await lab.type(MARA, "/rollout")

    played(lab, play())


@pytest.mark.parametrize("by", [HOUR, -HOUR], ids=["forward", "back"])
@pytest.mark.parametrize("how", ["500 after", "refused connection", "429"])
def test_between_a_failure_and_the_next_try(lab: Laboratory, how: str, by: timedelta) -> None:
    """What waits for its time waits an hour longer at most, and goes once."""

    async def play() -> None:
        await up_to(lab, "brief")
        ways = iter((how,))
        lab.fate.instead = lambda method, _place: next(ways, "") if method == "chat.postMessage" else ""
        assert "Preview" in await lab.type(MARA, "/rollout launch reason")
        await lab.press(MARA, "launch_confirm")
        lab.clock.at += by
        await lab.wait(HOUR.total_seconds() + 120, pulses=12)
        assert in_the_channel(lab, "reason") == 1
        assert "reason ✓" in await lab.type(MARA, "/rollout")

    played(lab, play())


@pytest.mark.parametrize("by", [HOUR, -HOUR], ids=["forward", "back"])
def test_after_a_kill(lab: Laboratory, by: timedelta) -> None:
    """The sender died with a message claimed, and the clock jumps: it is looked for, and sent once."""

    async def play() -> None:
        await up_to(lab, "brief")
        assert "Preview" in await lab.type(MARA, "/rollout launch reason")
        with lab.killer.watching():
            lab.killer.arm_at("scheduler.outbox:" + line_of("result = await self._messenger.post"))
            await lab.press(MARA, "launch_confirm")
            await lab.pulse()
        assert lab.kills == 1
        lab.clock.at += by
        await lab.wait(HOUR.total_seconds() + 300, pulses=30)
        assert in_the_channel(lab, "reason") == 1
        assert "reason ✓" in await lab.type(MARA, "/rollout")

    played(lab, play())


def line_of(words: str) -> str:
    """The number of the line of scheduler/outbox.py in which these words stand."""
    file = Path(ticking.__file__).with_name("outbox.py")
    return str(next(n for n, line in enumerate(file.read_text().splitlines(), 1) if words in line))


class _Set(datetime):
    """A clock that can be set."""

    by = timedelta(0)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        """The moment on it."""
        return datetime.now(tz) + cls.by


@pytest.mark.parametrize("minds", [True, False], ids=["minded", "not minded"])
async def test_the_ticks_go_on_when_the_clock_is_set_back(monkeypatch: pytest.MonkeyPatch, *, minds: bool) -> None:
    """APScheduler alone would stand still until the clock is where it was; the ticks are set going again."""
    monkeypatch.setattr(_Set, "by", timedelta(0))
    for module in (apscheduler.schedulers.base, apscheduler.triggers.interval, clock):
        monkeypatch.setattr(module, "datetime", _Set)
    monkeypatch.setattr(ticking, "CLOCK_LOOKED_AT", 0.1)
    monkeypatch.setattr(ticking, "TOLERATED", timedelta(seconds=1))
    ticks = Ticks(_Idle(), _Idle(), _Idle(), _Idle(), _Idle())  # type: ignore[arg-type]
    runs: list[str] = []

    async def noted() -> None:
        runs.append("send")

    monkeypatch.setattr(ticks, "_send", noted)
    if not minds:
        monkeypatch.setattr(ticks, "_mind_the_clock", lambda: asyncio.sleep(0))
    ticks.start()
    await asyncio.sleep(1.3)
    assert runs
    _Set.by = -HOUR
    await asyncio.sleep(1.3)  # what was already set to run may still do so
    runs.clear()
    await asyncio.sleep(2.6)
    assert bool(runs) is minds
    await ticks.stop()


class _Idle:
    """Stands for whatever has nothing to do."""

    def __getattr__(self, _name: str) -> Any:
        async def nothing() -> int:
            return 0

        return nothing

    def stop(self) -> None:
        """Nothing to stop."""

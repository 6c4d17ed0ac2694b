"""The last look at the time is when a request's first byte is about to be written."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.in_time import Moment, leaving_soon_after
from bot.ports import NotSent, Sent
from bot.slack.client import SlackClient
from bot.slack.messenger import SlackMessenger
from scheduler.clock import MovableClock
from tests.given import MONDAY
from tests.slack.little_slack import LittleSlack
from tests.slack.test_messenger import SENT, send


class StoppedBetween:
    """A clock on which a minute passes after the first `looks` looks at it: the process was stopped there."""

    def __init__(self, looks: int) -> None:
        self._looks = looks

    def now(self) -> datetime:
        """The moment on this clock."""
        self._looks -= 1
        return MONDAY if self._looks >= 0 else MONDAY + timedelta(minutes=1)


@pytest.mark.parametrize("looks", [1, 2], ids=["before the request was made", "before its first byte"])
async def test_stopped_before_the_first_byte(little_slack: LittleSlack, messenger: SlackMessenger, looks: int) -> None:
    """Whether the process stops before the request is put together or after: Slack hears nothing, and we know it."""
    little_slack.tell("chat.postMessage", SENT)
    with leaving_soon_after(Moment(StoppedBetween(looks))):
        assert await send(messenger) == NotSent("too_late", 0.0)
    assert little_slack.calls("chat.postMessage") == []
    assert await send(messenger) == Sent("C01CLIENT", "1764489600.000100"), "the connection is as good as new"


async def test_in_time(little_slack: LittleSlack, messenger: SlackMessenger) -> None:
    """Nothing is held up that leaves at once."""
    little_slack.tell("chat.postMessage", SENT)
    with leaving_soon_after(Moment(StoppedBetween(3))):
        assert await send(messenger) == Sent("C01CLIENT", "1764489600.000100")


async def test_a_file_is_not_shown_too_late(little_slack: LittleSlack, client: SlackClient) -> None:
    """A report is as private as a message: it is not shown by whoever was stopped meanwhile."""
    little_slack.tell("conversations.open", {"channel": {"id": "D01"}})
    with leaving_soon_after(Moment(StoppedBetween(2))):
        shown = await SlackMessenger(client).share_file(to="U01HELEN", file_id="F1", title="Report", comment="")
    assert shown == NotSent("too_late", 0.0)
    assert little_slack.calls("files.completeUploadExternal") == []


def test_a_clock_that_was_set_back_is_not_believed() -> None:
    """How long it was is not known then, so it may have been long."""
    clock = MovableClock(MONDAY, runs=False)
    moment = Moment(clock)
    assert not moment.is_past()
    clock.restart(MONDAY - timedelta(seconds=1))
    assert moment.is_past()


def test_time_counts_though_the_clock_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that nobody sets is looked at as well: a virtual machine may wake with the time it fell asleep with."""
    awake = iter([100.0, 109.0, 111.0])
    monkeypatch.setattr("bot.in_time.time.clock_gettime", lambda _clock: next(awake))
    moment = Moment(MovableClock(MONDAY, runs=False))
    assert not moment.is_past()
    assert moment.is_past()

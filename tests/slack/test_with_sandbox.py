"""The messenger against the strict local Slack: whatever happens to a post, looking afterwards settles it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.ports import Absent, NotSent, Post, Sent, Unknown
from bot.sandbox.limits import NO_LIMITS
from bot.sandbox.serving import running
from bot.sandbox.slack import SandboxSlack
from bot.slack.client import SlackClient
from bot.slack.directory import SlackDirectory
from bot.slack.messenger import SlackMessenger
from scheduler.clock import SystemClock

POST = Post("The reason.", ({"type": "section", "text": {"type": "mrkdwn", "text": "The reason."}},))


class Office:
    """A local Slack, and the bot's two ways of reaching it."""

    def __init__(self, slack: SandboxSlack, client: SlackClient) -> None:
        self.slack = slack
        self.messenger = SlackMessenger(client)
        self.directory = SlackDirectory(client)

    async def post_and_look(self, to: str) -> tuple[object, object]:
        since = SystemClock().now() - timedelta(seconds=1)
        posted = await self.messenger.post(to=to, post=POST, delivery_id="d1")
        return posted, await self.messenger.find(to=to, delivery_id="d1", post=POST, since=since)

    def posts(self) -> int:
        return sum(call.method == "chat.postMessage" for call in self.slack.calls)


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    """The sandbox, served."""
    slack = SandboxSlack(clock=SystemClock(), limits=NO_LIMITS, hang_seconds=0.3)
    async with running(slack.app) as url:
        client = SlackClient(token=slack.connection.bot_token, base_url=f"{url}/api/")
        await client.open()
        yield Office(slack, client)
        await client.close()


@pytest.mark.parametrize("to", ["C01CLIENT", "U01PRIYA"])
@pytest.mark.parametrize("kind", ["reset_after", "malformed", "timeout_after"])
async def test_a_post_whose_answer_was_lost_is_found(office: Office, to: str, kind: str) -> None:
    """Slack has the message: looking finds it where it is, and nothing was sent twice."""
    office.slack.faults.add("chat.postMessage", kind)
    posted, found = await office.post_and_look(to)
    assert isinstance(posted, Unknown)
    assert isinstance(found, Sent)
    assert found.channel[0] == ("D" if to[0] == "U" else "C")
    assert office.posts() == 1


@pytest.mark.parametrize("to", ["C01CLIENT", "U01PRIYA"])
@pytest.mark.parametrize("kind", ["reset_before", "500"])
async def test_a_post_that_never_took_effect_is_certainly_absent(office: Office, to: str, kind: str) -> None:
    """Slack does not have the message: looking says so, and it may be sent again."""
    office.slack.faults.add("chat.postMessage", kind)
    posted, found = await office.post_and_look(to)
    assert isinstance(posted, Unknown)
    assert found == Absent()


async def test_what_arrived_is_found_and_may_be_corrected(office: Office) -> None:
    """The ordinary case: sent, found at the same place, replaced, and found all the same."""
    posted, found = await office.post_and_look("C01CLIENT")
    assert isinstance(posted, Sent)
    assert found == posted
    update = await office.messenger.update(channel=posted.channel, ts=posted.ts, post=Post("Corrected.", ()))
    assert update == posted
    assert (await office.post_and_look("C01CLIENT"))[1] != posted, "the newest is found first"


async def test_a_limit_is_not_a_loss(office: Office) -> None:
    """429: certainly not sent."""
    office.slack.faults.add("chat.postMessage", "429", retry_after=4)
    posted, found = await office.post_and_look("C01CLIENT")
    assert posted == NotSent("ratelimited", 4.0, rate_limited=True)
    assert found == Absent()


async def test_people_and_members_are_read(office: Office) -> None:
    """The directory sees the workspace as it is, the bot among the members."""
    own = await office.directory.own_id()
    page = await office.directory.members_page("C01CLIENT")
    assert own in page.members
    assert "U01PRIYA" in page.members
    assert (await office.directory.person("U01PRIYA")).id == "U01PRIYA"

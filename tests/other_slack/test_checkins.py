"""Check-ins in a Slack that we did not write the bot for: with and without time zones, lists of people, trigger ids."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.other_slack.people import People
from tests.other_slack.quirks import Quirks
from tests.other_slack.server import ANNE, BORIS, CLARA, GUEST, MARA, OTIS, PILOT, OtherSlack
from tests.other_slack.test_main_job import FORGETFUL, ODD, SMALL, at_work, main_job

pytestmark = pytest.mark.database
EVERYBODY = (MARA, ANNE, BORIS, GUEST, CLARA, OTIS)
CHECKIN = "How is Hourglass going?"


def letters(slack: OtherSlack, person: str, words: str) -> list[str]:
    """What came to this person's direct messages with these words."""
    return [
        each.ts
        for each in slack.seen_by(person, "message")
        if each.where == slack.ims.get(person) and words in each.everything()
    ]


async def two_check_ins(slack: OtherSlack, people: People) -> None:
    """A Monday's launch: asked on Thursday and on the Monday after, at ten, once each; a verdict after both."""
    for _round in range(2):
        before = {person: len(letters(slack, person, CHECKIN)) for person in EVERYBODY}
        while not all(len(letters(slack, person, CHECKIN)) > before[person] for person in EVERYBODY):
            await people.wait(1)
        for person in EVERYBODY:
            for _question in range(2):
                await people.press(person, "checkin_5")
        await people.wait(60)
    await people.wait(60)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("quirks", [Quirks(), ODD, SMALL, FORGETFUL], ids=["plain", "odd", "small", "forgetful"])
async def test_check_ins(tmp_path: Path, quirks: Quirks) -> None:
    """Each person is asked once per check-in, at a decent hour on a working day, whatever the server leaves out."""
    async with at_work(tmp_path, quirks, socket=True) as (slack, people):
        slack.members[PILOT] += [CLARA, OTIS]
        await main_job(slack, people)
        await two_check_ins(slack, people)
        for person in EVERYBODY:
            came = letters(slack, person, CHECKIN)
            assert 2 <= len(came) <= 3, (person, came)
        shown = await people.command(MARA, "/rollout verdict pilot", PILOT)
        assert "6 of 6 people answered" in shown, shown
        assert "reassured than frustrated" in shown or "As many are reassured" in shown
        assert people.clock is not None
        assert people.clock.now() > datetime(2026, 12, 8, tzinfo=UTC)

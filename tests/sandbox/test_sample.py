"""The sample workspace fits the sample plan, and is varied enough to show what differs between people."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.sandbox.sample import CHANNELS, PEOPLE
from bot.sandbox.things import BotUser


def test_the_plans_people_and_channels_are_there() -> None:
    """Owners, HR and both waves' channels of the sample plan exist, and the bot is in every channel."""
    people = {person.id: person for person in PEOPLE}
    channels = {channel.id: channel for channel in CHANNELS}
    assert {"U01MARA", "U01OTIS", "U01HELEN"} <= set(people)
    assert people["U01HELEN"].group == "HR"
    assert channels["C01CLIENT"].name == "client-services"
    assert channels["C01ALL"].name == "company"
    assert all(BotUser().user_id in channel.members for channel in CHANNELS)


def test_sizes_and_zones() -> None:
    """A dozen people, eight of them in the pilot's channel and all in the company's, over at least eight zones."""
    people = {person.id for person in PEOPLE}
    inside = {channel.id: people & set(channel.members) for channel in CHANNELS}
    assert (len(people), len(inside["C01CLIENT"]), inside["C01ALL"]) == (12, 8, people)
    assert "U01MARA" in inside["C01CLIENT"]
    assert len({ZoneInfo(person.tz) for person in PEOPLE}) >= 8
    assert len({person.name for person in PEOPLE}) == 12

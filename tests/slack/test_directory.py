"""Looking up people and channels; whatever goes wrong is one kind of error with a name."""

from __future__ import annotations

from typing import Any

import pytest

from bot.ports import MembersPage, Person, SlackRefused
from bot.slack.client import SlackClient
from bot.slack.directory import SlackDirectory
from tests.slack.little_slack import LittleSlack, Says


@pytest.fixture
def directory(client: SlackClient) -> SlackDirectory:
    """A directory on the bot's client."""
    return SlackDirectory(client)


@pytest.mark.parametrize(
    ("user", "person"),
    [
        (
            {"name": "priya", "tz": "Asia/Kolkata", "profile": {"display_name": "Priya N"}},
            Person("U1", "Priya N", "Asia/Kolkata"),
        ),
        ({"real_name": "Tom", "profile": {"display_name": ""}}, Person("U1", "Tom", "")),
        ({"name": "bot", "tz": None, "is_bot": True}, Person("U1", "bot", "", is_bot=True)),
        ({"tz": "Mars/Base", "deleted": True}, Person("U1", "U1", "", deleted=True)),
        ({"name": "x", "tz": "../../etc/passwd"}, Person("U1", "x", "")),
    ],
)
async def test_a_person_has_a_name_and_a_usable_zone(
    little_slack: LittleSlack, directory: SlackDirectory, user: dict[str, Any], person: Person
) -> None:
    """The display name if there is one; no zone where it is missing or unknown."""
    little_slack.tell("users.info", {"user": user})
    assert await directory.person("U1") == person


async def test_members_come_in_large_pages(little_slack: LittleSlack, directory: SlackDirectory) -> None:
    """A thousand at a time, with a cursor to go on from."""
    little_slack.tell(
        "conversations.members",
        {"members": ["U1", "U2"], "response_metadata": {"next_cursor": "n"}},
        {"members": ["U3"]},
    )
    assert await directory.members_page("C1") == MembersPage(("U1", "U2"), "n")
    assert await directory.members_page("C1", "n") == MembersPage(("U3",), "")
    first, second = little_slack.calls("conversations.members")
    assert first["limit"] == "1000"
    assert second["cursor"] == "n"


async def test_the_bots_own_id_is_asked_for_once(little_slack: LittleSlack, directory: SlackDirectory) -> None:
    """auth.test is remembered."""
    little_slack.tell("auth.test", {"user_id": "U0BOT"})
    assert [await directory.own_id(), await directory.own_id()] == ["U0BOT", "U0BOT"]
    assert len(little_slack.calls("auth.test")) == 1


@pytest.mark.parametrize(
    ("says", "error", "retry_after"),
    [
        (Says({"ok": False, "error": "user_not_found"}), "user_not_found", None),
        (Says("", 429, {"Retry-After": "9"}), "ratelimited", 9.0),
        (Says({"ok": True}), "unreadable_answer", None),
        (Says({"ok": True, "user": [], "members": {}, "user_id": ""}), "unreadable_answer", None),
        (Says(cut=True), "connection_lost", None),
        (Says("oops", 500, kind="text/plain"), "http_500", None),
    ],
    ids=lambda case: str(case)[:40],
)
async def test_whatever_goes_wrong_has_a_name(
    little_slack: LittleSlack, directory: SlackDirectory, says: Says, error: str, retry_after: float | None
) -> None:
    """Refusals, broken answers and lost connections all end as SlackRefused."""
    for method in ("users.info", "conversations.members", "auth.test"):
        little_slack.tell(method, says)
    for look_up in (directory.person("U1"), directory.members_page("C1"), directory.own_id()):
        with pytest.raises(SlackRefused) as refused:
            await look_up
        assert (refused.value.error, refused.value.retry_after) == (error, retry_after)

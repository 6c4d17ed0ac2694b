"""The Directory of real Slack: who people are, and who is in a channel."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.ports import MembersPage, PeoplePage, Person, SharedFile, SlackRefused
from bot.slack.errors import Answer, Refusal, Silence, Unreached, ask
from bot.slack.files import download

PAGE = 1000
LARGEST_FILE = 50_000_000
LATEST = 32_503_680_000
"""The year 3000: a status that ends later is none that we can date."""
AWAY_EMOJI = frozenset({":palm_tree:", ":face_with_thermometer:", ":airplane:", ":beach_with_umbrella:"})
AWAY_WORDS = re.compile(
    r"\b(?:on leave|vacation\w*|holidays?|out of (?:the )?office|ooo|out sick|sick leave|parental|maternity|paternity|sabbatical"
    r"|urlaub|krank|vacances|vacaciones|ferie)\b",
    re.IGNORECASE,
)
"""How Slack's own presets and people say that they are on leave."""
NAMES_PAGE, NAMES_PAGES = 200, 50
"""Slack recommends pages of 200; after 10,000 people, names are found by the company they keep."""


class SlackDirectory:
    """Looks up through the Web API. Whatever goes wrong is a SlackRefused that says what."""

    def __init__(self, client: AsyncWebClient) -> None:
        """Ask with this client."""
        self._client = client
        self._own = ""

    async def own_id(self) -> str:
        """The bot's own user id, from auth.test."""
        if not self._own:
            self._own = _word("auth.test", await _look_up("auth.test", self._client.auth_test()), "user_id")
        return self._own

    async def person(self, user: str) -> Person:
        """users.info. A zone that is missing, or unknown on this machine, reads as none."""
        found = (await _look_up("users.info", self._client.users_info(user=user))).get("user")
        if not isinstance(found, Mapping):
            raise SlackRefused("users.info", "unreadable_answer")
        return _person(user, found)

    async def people_page(self, cursor: str = "") -> PeoplePage:
        """users.list, up to 1,000 at a time."""
        body = await _look_up("users.list", self._client.users_list(cursor=cursor or None, limit=PAGE))
        members, more = body.get("members"), body.get("response_metadata")
        if not isinstance(members, list):
            raise SlackRefused("users.list", "unreadable_answer")
        onward = more.get("next_cursor") if isinstance(more, Mapping) else ""
        people = [_person(each["id"], each) for each in members if isinstance(each, Mapping) and _is_id(each.get("id"))]
        return PeoplePage(tuple(people), onward if isinstance(onward, str) else "")

    async def names(self) -> tuple[str, ...]:
        """users.list: display names, real names and handles of people."""
        found: list[str] = []
        cursor = ""
        try:
            for _page in range(NAMES_PAGES):
                body = await _look_up("users.list", self._client.users_list(cursor=cursor or None, limit=NAMES_PAGE))
                members, more = body.get("members"), body.get("response_metadata")
                listed = members if isinstance(members, list) else []
                found += [name for member in listed if isinstance(member, Mapping) for name in _names(member)]
                onward = more.get("next_cursor") if isinstance(more, Mapping) else ""
                cursor = onward if isinstance(onward, str) else ""
                if not cursor:
                    break
        except SlackRefused:
            return tuple(found)  # as far as Slack let us read; what names look like is known without it
        return tuple(found)

    async def shared_file(self, file_id: str) -> SharedFile:
        """files.info, and the bytes from where it says they are, if that is Slack's own address."""
        found = (await _look_up("files.info", self._client.files_info(file=file_id))).get("file")
        address = found.get("url_private_download") if isinstance(found, Mapping) else None
        if not isinstance(found, Mapping) or not isinstance(address, str):
            raise SlackRefused("files.info", "unreadable_answer")
        content = await download(self._client, address, most=LARGEST_FILE)
        if not isinstance(content, bytes):
            raise SlackRefused("download", content.error)
        return SharedFile(str(found.get("name") or ""), content)

    async def members_page(self, channel: str, cursor: str = "") -> MembersPage:
        """conversations.members, up to 1,000 at a time."""
        call = self._client.conversations_members(channel=channel, cursor=cursor or None, limit=PAGE)
        body = await _look_up("conversations.members", call)
        members, more = body.get("members"), body.get("response_metadata")
        if not isinstance(members, list):
            raise SlackRefused("conversations.members", "unreadable_answer")
        onward = more.get("next_cursor") if isinstance(more, Mapping) else ""
        if not all(_is_id(member) for member in members):
            raise SlackRefused("conversations.members", "unreadable_answer")
        return MembersPage(tuple(members), onward if isinstance(onward, str) else "")


async def _look_up(method: str, call: Awaitable[AsyncSlackResponse]) -> Mapping[str, Any]:
    match await ask(call):
        case Answer(body=body):
            return body
        case Refusal(error=error, retry_after=wait):
            raise SlackRefused(method, error, wait)
        case Unreached(error=error, retry_after=wait):
            raise SlackRefused(method, error, wait)
        case Silence(error=error):
            raise SlackRefused(method, error)


def _is_id(given: object) -> bool:
    """Whether this can be the id of a person; a page of anything else is not believed."""
    return isinstance(given, str) and bool(given)


def _person(user: str, found: Mapping[str, Any]) -> Person:
    profile = found.get("profile")
    about = profile if isinstance(profile, Mapping) else {}
    names = [about.get("display_name"), about.get("real_name"), found.get("real_name"), found.get("name"), user]
    ends = about.get("status_expiration")
    return Person(
        id=user,
        name=next(name for name in names if isinstance(name, str) and name),
        tz=_zone(found.get("tz")),
        is_bot=bool(found.get("is_bot")),
        deleted=bool(found.get("deleted")),
        away=_says_away(about),
        back_at=datetime.fromtimestamp(ends, UTC) if isinstance(ends, int) and 0 < ends < LATEST else None,
    )


def _says_away(profile: Mapping[str, Any]) -> bool:
    """Whether a status says that somebody is on leave; "in a meeting" is not."""
    emoji, text = profile.get("status_emoji"), profile.get("status_text")
    return (isinstance(emoji, str) and emoji in AWAY_EMOJI) or (
        isinstance(text, str) and AWAY_WORDS.search(text) is not None
    )


def _names(member: Mapping[str, Any]) -> list[str]:
    if member.get("is_bot"):
        return []
    profile = member.get("profile")
    places = [member, profile] if isinstance(profile, Mapping) else [member]
    found = [place.get(key) for place in places for key in ("name", "real_name", "display_name")]
    return [name for name in found if isinstance(name, str) and name]


def _word(method: str, body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise SlackRefused(method, "unreadable_answer")
    return value


def _zone(name: object) -> str:
    if not isinstance(name, str) or not name:
        return ""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ""
    return name

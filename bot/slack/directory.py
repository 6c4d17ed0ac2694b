"""Provisional directory."""

from __future__ import annotations

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.ports import MembersPage, Person, SlackRefused


class SlackDirectory:
    """Looks up through slack_sdk."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._own = ""

    async def own_id(self) -> str:
        if not self._own:
            self._own = str((await self._client.auth_test())["user_id"])
        return self._own

    async def person(self, user: str) -> Person:
        try:
            found = (await self._client.users_info(user=user))["user"]
        except SlackApiError as error:
            raise SlackRefused("users.info", str(error.response.get("error"))) from error
        return Person(user, found.get("name", ""), found.get("tz") or "UTC")

    async def members_page(self, channel: str, cursor: str = "") -> MembersPage:
        try:
            page = await self._client.conversations_members(channel=channel, cursor=cursor or None, limit=1000)
        except SlackApiError as error:
            raise SlackRefused("conversations.members", str(error.response.get("error"))) from error
        return MembersPage(tuple(page["members"]), (page.get("response_metadata") or {}).get("next_cursor", ""))

"""Reads the people and channels that a script adds to the workspace."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.sandbox.things import Conversation, Person
from bot.sandbox.wire import ActRefused, Json
from bot.sandbox.workspace import Workspace

_PERSON_ID = re.compile(r"[UW][A-Z0-9]{2,}")
_CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{2,}")
_CHANNEL_NAME = re.compile(r"[\w-]{1,80}")


def read_person(body: Json, space: Workspace) -> tuple[Person, list[str]]:
    """{id, name?, title?, tz?, group?, is_bot?, deleted?, channels?: [ids]}; raises ActRefused."""
    person_id = str(body.get("id", ""))
    if not _PERSON_ID.fullmatch(person_id) or person_id == space.bot.user_id:
        raise ActRefused("`id` must be a Slack user id such as U01NEW.")
    before = space.people.get(person_id, Person(person_id, person_id))
    zone = str(body.get("tz", before.tz))
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise ActRefused(f"{zone} is not a time zone: use a name such as Europe/Berlin.") from None
    channels = _ids(body, "channels", [])
    unknown = [one for one in channels if one not in space.conversations]
    if unknown:
        raise ActRefused(f"There is no channel {unknown[0]}.", 404)
    person = Person(
        person_id,
        str(body.get("name", before.name)),
        str(body.get("title", before.title)),
        zone,
        str(body.get("group", before.group)),
        is_bot=bool(body.get("is_bot", before.is_bot)),
        is_admin=bool(body.get("is_admin", before.is_admin)),
        deleted=bool(body.get("deleted", before.deleted)),
    )
    return person, channels


def read_channel(body: Json, space: Workspace) -> Conversation:
    """{id, name?, purpose?, members?: [ids], private?, archived?, bot_is_member?}; raises ActRefused."""
    channel_id = str(body.get("id", ""))
    if not _CHANNEL_ID.fullmatch(channel_id):
        raise ActRefused("`id` must be a Slack channel id such as C01NEW.")
    before = space.conversations.get(channel_id, Conversation(channel_id, channel_id.lower()))
    name = str(body.get("name", before.name))
    if not _CHANNEL_NAME.fullmatch(name) or name != name.lower():
        raise ActRefused("`name` must be lower case, without spaces, up to 80 characters.")
    members = _ids(body, "members", before.members)
    unknown = [one for one in members if one not in space.people and one != space.bot.user_id]
    if unknown:
        raise ActRefused(f"There is nobody with the id {unknown[0]}.", 404)
    inside = bool(body.get("bot_is_member", space.bot.user_id in members or not before.members))
    others = [one for one in dict.fromkeys(members) if one != space.bot.user_id]
    return Conversation(
        channel_id,
        name,
        str(body.get("purpose", before.purpose)),
        [*others, space.bot.user_id] if inside else others,
        private=bool(body.get("private", before.private)),
        archived=bool(body.get("archived", before.archived)),
    )


def _ids(body: Json, name: str, otherwise: list[str]) -> list[str]:
    given = body.get(name, otherwise)
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise ActRefused(f"`{name}` must be a list of ids.")
    return given

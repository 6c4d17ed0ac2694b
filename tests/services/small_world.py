"""A workspace small enough for Hypothesis: who is where, what stands in which channel, and what each person has seen.

It knows nothing of the product's tables. What people saw is read off the messages that reached them.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.ports import (
    Absent,
    MembersPage,
    NotSent,
    PeoplePage,
    Person,
    Post,
    SendResult,
    Sent,
    SharedFile,
    Unknown,
    Uploaded,
)

BOT = "U0BOT"


class Killed(Exception):
    """The process dies at this very point."""


class SmallWorld:
    """Slack as far as messages go: a Messenger and a Directory. `weather` is how the next posts end, one word each."""

    def __init__(self, channels: Mapping[str, set[str]]) -> None:
        """`channels` are the members by channel id."""
        self.members = {channel: set(members) for channel, members in channels.items()}
        self.posts: list[tuple[str, str, str, str]] = []
        self.arrivals: list[tuple[str, str, str]] = []
        """Where each message arrived, what its readers had before, and what it says."""
        self.seen: defaultdict[str, str] = defaultdict(str)
        self.weather: list[str] = []
        self.times_posted: Counter[str] = Counter()

    def show(self, person: str, thing: Any) -> str:
        """This person sees a message or modal; returns its whole text."""
        text = json.dumps(thing, ensure_ascii=False)
        self.seen[person] += text
        return text

    def join(self, person: str, channel: str) -> None:
        """Somebody comes into a channel, and can read what was said there before."""
        self.members[channel].add(person)
        for place, _id, _text, body in self.posts:
            if place == channel:
                self.seen[person] += body

    def leave(self, person: str, channel: str) -> None:
        """Somebody goes out of a channel. What they read they have read."""
        self.members[channel].discard(person)

    def texts_in(self, place: str) -> list[str]:
        """The notification texts in a channel or with a person, in order."""
        return [text for where, _id, text, _body in self.posts if where == place]

    def _arrive(self, to: str, delivery_id: str, post: Post) -> str:
        body = json.dumps([post.text, list(post.blocks)], ensure_ascii=False)
        before = "".join(body for where, *_, body in self.posts if where == to) if to in self.members else self.seen[to]
        self.arrivals.append((to, before, body))
        self.posts.append((to, delivery_id, post.text, body))
        self.times_posted[delivery_id] += 1
        for person in self.members.get(to, {to}):
            self.seen[person] += body
        return f"{len(self.posts)}.0"

    # -- Messenger

    async def post(self, *, to: str, post: Post, delivery_id: str, thread_ts: str = "") -> SendResult:
        """Post as the weather has it."""
        match self.weather.pop(0) if self.weather else "fair":
            case "refused":
                return NotSent("channel_not_found", None)
            case "limited":
                return NotSent("ratelimited", 1.0, rate_limited=True)
            case "unreached":
                return NotSent("connect_failed", 1.0)
            case "lost":
                return Unknown("connection_lost")
            case "silent":
                self._arrive(to, delivery_id, post)
                return Unknown("no_answer_in_time")
            case "killed before":
                raise Killed
            case "killed after":
                self._arrive(to, delivery_id, post)
                raise Killed
            case _:
                return Sent(to, self._arrive(to, delivery_id, post))

    async def find(self, *, to: str, delivery_id: str, post: Post, since: datetime) -> Sent | Absent | Unknown:
        """Look it up, unless the weather is foggy (once) or blind (for good)."""
        match self.weather.pop(0) if self.weather and self.weather[0] in ("foggy", "blind") else "fair":
            case "foggy":
                return Unknown("no_answer_in_time")
            case "blind":
                return Unknown("missing_scope", passing=False)
        there = any(delivery_id == known for _place, known, _text, _body in self.posts)
        return Sent(to, "1.0") if there else Absent()

    async def update(self, *, channel: str, ts: str, post: Post) -> SendResult:
        """Not part of this world."""
        raise NotImplementedError

    async def whisper(self, *, channel: str, user: str, post: Post, thread_ts: str = "") -> SendResult:
        """Not part of this world."""
        raise NotImplementedError

    async def open_view(self, *, trigger_id: str, view: Mapping[str, Any], push: bool = False) -> SendResult:
        """Not part of this world."""
        raise NotImplementedError

    async def update_view(self, *, view_id: str, view: Mapping[str, Any]) -> SendResult:
        """Not part of this world."""
        raise NotImplementedError

    async def publish_home(self, *, user: str, view: Mapping[str, Any]) -> SendResult:
        """Not part of this world."""
        raise NotImplementedError

    async def upload(self, *, name: str, content: bytes) -> Uploaded | NotSent | Unknown:
        """Not part of this world."""
        raise NotImplementedError

    async def share_file(self, *, to: str, file_id: str, title: str, comment: str) -> SendResult:
        """Not part of this world."""
        raise NotImplementedError

    async def find_file(self, *, to: str, file_id: str, since: datetime) -> Sent | Absent | Unknown:
        """Not part of this world."""
        raise NotImplementedError

    async def reply(self, *, response_url: str, post: Post, replace: bool = False) -> SendResult:
        """Not part of this world."""
        raise NotImplementedError

    # -- Directory

    async def own_id(self) -> str:
        """The bot."""
        return BOT

    async def person(self, user: str) -> Person:
        """Anybody."""
        return Person(user, user, "UTC")

    async def people_page(self, cursor: str = "") -> PeoplePage:
        """Everybody, at once."""
        everybody = sorted({person for people in self.members.values() for person in people})
        return PeoplePage(tuple(Person(person, person, "UTC") for person in everybody), "")

    async def shared_file(self, file_id: str) -> SharedFile:
        """Not part of this world."""
        raise NotImplementedError

    async def names(self) -> tuple[str, ...]:
        """Nobody's."""
        return ()

    async def members_page(self, channel: str, cursor: str = "") -> MembersPage:
        """Two at a time, so that a roll call takes several pages."""
        everybody = sorted(self.members[channel])
        start = int(cursor or 0)
        page = tuple(everybody[start : start + 2])
        return MembersPage(page, str(start + 2) if start + 2 < len(everybody) else "")

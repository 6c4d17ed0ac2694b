"""Somebody who reads everything that was sent to each person, and knows nothing of the bot but what it promises."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.slack import SandboxSlack
from bot.sandbox.things import Call

CHANNEL_METHODS = frozenset({"chat.postMessage", "chat.update"})

FORMS = "rollout_"
"""How the callback ids of the plan's forms begin."""


@dataclass
class Texts:
    """How the present reason and policy can be told from earlier ones: words that stand in no other version."""

    reason: str
    policy: str


@dataclass
class Reader:
    """What one person was shown, and the policies that they said they have read."""

    shown: list[str] = field(default_factory=list)
    read: set[str] = field(default_factory=set)

    def saw(self, words: str) -> bool:
        return any(words in each for each in self.shown)


class Witness:
    """Reads the sandbox's records after each act. `link` is the address, `host` what must not leak either.

    Whoever is named in `trusted` writes the texts: they may see a policy before its launch, and are told which words
    of theirs name the link, in answers of their own and never in a channel.
    """

    def __init__(self, slack: SandboxSlack, link: str, texts: Texts, *, trusted: frozenset[str]) -> None:
        self._slack = slack
        self._link = link
        self._host = link.split("/")[2]
        self._trusted = trusted
        self._seen = 0
        self.texts = texts
        self.readers: dict[str, Reader] = defaultdict(Reader)
        self.given: list[str] = []
        self.problems: list[str] = []

    def read_calls(self) -> None:
        """Read what the bot has called since the last time."""
        calls = self._slack.calls[self._seen :]
        self._seen += len(calls)
        for call in calls:
            text = json.dumps(call.arguments, ensure_ascii=False)
            modal = call.method in {"views.open", "views.push", "views.update"}
            form = str(call.arguments.get("view")).find(FORMS) >= 0
            taken = call.answer is None or call.answer.get("ok") is True
            for person in self._people(call):
                if form and person in self._trusted:
                    continue  # their own words, to be written anew
                self._shown(person, text, private=modal, where=call.method, taken=taken)

    def answered(self, person: str, body: Any, *, private: bool) -> None:
        """Read what came back in an acknowledgement; `private` when it is a modal."""
        self._shown(person, json.dumps(body, ensure_ascii=False), private=private, where="acknowledgement", taken=True)

    def says_read(self, person: str, surface: str) -> None:
        """This person pressed *I have read it* under `surface`: it counts for the policy that stood there."""
        if self.texts.policy in surface:
            self.readers[person].read.add(self.texts.policy)

    def may_have_it(self, person: str) -> bool:
        """Whether this person was shown the present reason and said that they have read the present policy."""
        reader = self.readers[person]
        if self.texts.policy not in reader.read:
            return False
        visible = json.dumps(self._slack.view(person), ensure_ascii=False)  # as far back as the channel goes
        return reader.saw(self.texts.reason) or self.texts.reason in visible

    def _people(self, call: Call) -> list[str]:
        space, given = self._slack.space, call.arguments
        if call.method in CHANNEL_METHODS:
            place = space.conversations.get(str(given.get("channel")))
            return space.audience(place) if place else [str(given.get("channel"))]
        if call.method == "chat.postEphemeral":
            return [str(given["user"])]
        if call.method == "views.publish":
            return [str(given["user_id"])]
        if call.method in {"views.open", "views.push"}:
            trigger = space.triggers.get(str(given.get("trigger_id")))
            return [trigger.person] if trigger else []
        if call.method == "views.update":
            view = space.find_view(str(given.get("view_id")))
            return [view.owner] if view else []
        return []

    def _shown(self, person: str, text: str, *, private: bool, where: str, taken: bool) -> None:
        reader = self.readers[person]
        if self._host in text and not private and (where in CHANNEL_METHODS or person not in self._trusted):
            self.problems.append(f"{person} met the install host outside a modal, in {where}")
        if self._host in text and private and not self.may_have_it(person):
            self.problems.append(f"{person} got the link without having read the present texts, in {where}")
        if not taken:
            return
        if self._link in text and private:
            self.given.append(person)
        reader.shown.append(text)
        if person not in self._trusted and self.texts.policy in text and not reader.saw(self.texts.reason):
            self.problems.append(f"{person} met the policy before the reason, in {where}")

    def check_what_stands(self) -> None:
        """Nothing that anybody can still see outside a modal names the host; response addresses leave no call to read."""
        for person in self._slack.space.people:
            view = self._slack.view(person)
            messages = [message for place in view["conversations"] for message in place["messages"]]
            if person in self._trusted:
                messages = [message for message in messages if message["bot"] and not message["ephemeral"]]
                view["home"] = None
            if self._host in json.dumps([messages, view["home"]], ensure_ascii=False):
                self.problems.append(f"{person} sees the install host in a conversation or on their Home")

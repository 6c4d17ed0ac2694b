"""What must hold at the end of a life, and all along.

*Acknowledged means kept; sent once, or visibly ambiguous; the order never broken; no voice linkable.*
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from bot.services import checking
from tests.e2e.conftest import LINK, LUCAS, MARA, OTIS, PRIYA, TEAM, WREN, said
from tests.e2e.witness import Texts, Witness
from tests.faults.laboratory import Laboratory, look_into

TITLES = {"reason": "why it is coming", "policy": "the policy (version 1)", "install": "ready to install"}
BRIEFING = "your briefing for"
ANSWER = "You asked about"
SECRET, PASSED_ON = "zebrafish", "Will the office dog also be measured?"
"""A word that somebody says in a question and that nobody else may ever read; and a question that is passed on."""
UNSPEAKABLE = (SECRET, "office dog", "U01")
"""What no line of the log may hold: what somebody asked, and who anybody is."""


@dataclass
class Found:
    """What became of one life."""

    kills: int = 0
    posted: int = 0
    duplicates: int = 0
    lost: int = 0
    ambiguous: int = 0
    """How often a manager was shown a message as ambiguous or not sent."""
    promises: int = 0
    met: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    story: list[str] = field(default_factory=list)


class Oracle:
    """Watches a laboratory, remembers what was promised in it, and judges. What is wrong goes to the lab's problems."""

    def __init__(self, lab: Laboratory, found: Found) -> None:
        """Nothing was promised yet."""
        self.lab, self.found = lab, found
        texts = Texts("worth 41,000 euros", "Kept for 90 days.")
        self.witness = Witness(lab.slack, LINK, texts, trusted=frozenset({MARA, OTIS}))
        self.kept: list[tuple[str, str, dict[str, Any]]] = []

    def promise(self, what: str, sql: str, given: dict[str, Any]) -> None:
        """Somebody was told that this is done: it has to be there now, and at the end."""
        self.found.promises += 1
        self.kept.append((what, sql, given))
        if not self.peek(sql, given):
            self.lab.problems.append(f"{what} was acknowledged and is not stored")

    def peek(self, sql: str, given: dict[str, Any]) -> Any:
        """One value from the database, read beside the bot."""
        return look_into(self.lab.url, lambda db: db.execute(text(sql), given).scalar())

    def look(self) -> None:
        """Let the witness read on."""
        self.witness.read_calls()
        self.lab.problems += [each for each in self.witness.problems if each not in self.lab.problems]

    def judge(self) -> None:
        """The last word."""
        lab = self.lab
        self.look()
        self.witness.check_what_stands()
        lab.problems += [each for each in self.witness.problems if each not in lab.problems]
        for what, sql, given in self.kept:
            if not self.peek(sql, given):
                lab.problems.append(f"{what} was acknowledged and is gone")
        self._judge_deliveries()
        seen = self._team_reads()
        for step, title in TITLES.items():
            if sum(title in message for message in seen) != 1:
                lab.problems.append(f"{step} stands {sum(title in message for message in seen)} times in the channel")
        order = [step for message in seen for step, title in TITLES.items() if title in message]
        if order != sorted(order, key=list(TITLES).index):
            lab.problems.append(f"the order is broken: {order}")
        letters = self.letters(LUCAS)
        for step, title in TITLES.items():
            number = sum(title in letter for letter in letters)
            if number != 1:
                lab.problems.append(f"the latecomer has {step} {number} times")
        late = [step for letter in letters for step, title in TITLES.items() if title in letter]
        if late != sorted(late, key=list(TITLES).index):
            lab.problems.append(f"the latecomer's order is broken: {late}")
        if sum(BRIEFING in letter for letter in self.letters(MARA)) != 1:
            lab.problems.append("the briefing is not there once")
        if any("passed on" in what for what, _sql, _given in self.kept):
            answers = sum(ANSWER in letter for letter in self.letters(PRIYA))
            if answers != 1:
                lab.problems.append(f"the answer came {answers} times")
        self._judge_voices()
        broken = look_into(lab.url, checking.broken_timelines)
        if any(each is not None for each in broken.values()):
            lab.problems.append("the timeline does not prove itself")
        self.found.kills = lab.kills

    def _judge_deliveries(self) -> None:
        lab = self.lab
        marks = Counter(
            message.metadata["event_payload"]["delivery_id"]
            for place in lab.slack.space.conversations.values()
            for message in place.messages
            if message.metadata
        )
        self.found.posted = sum(marks.values())
        self.found.duplicates = sum(number - 1 for number in marks.values())
        if self.found.duplicates:
            lab.problems.append(f"{self.found.duplicates} messages stand there more than once")
        for delivery_id, kind, state in self.rows("SELECT id, kind, state FROM delivery"):
            if state == "sent" and not marks[delivery_id]:
                self.found.lost += 1
                lab.problems.append(f"a {kind} is called sent, and is nowhere")
            elif state == "cancelled" and marks[delivery_id]:
                lab.problems.append(f"a {kind} is called cancelled, and stands there")

    def _judge_voices(self) -> None:
        """The secret word is nowhere in the database, and who asks is in no table but those of notices."""
        notices = {
            "member",
            "receipt",
            "delivery",
            "launch",
            "rollout",
            "wave",
            "timeline",
            "invitation",
            "checkin",
            "proposal",
            "rate_rest",
            "text_version",
            "policy_version",
        }
        tables = self.rows(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            if self.lab.url.startswith("sqlite")
            else "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        )
        for (name,) in tables:
            held = json.dumps([[str(value) for value in row] for row in self.rows(f'SELECT * FROM "{name}"')])  # noqa: S608
            if SECRET in held:
                self.lab.problems.append(f"what was asked stands in {name}")
            if WREN in held and name not in notices:
                self.lab.problems.append(f"who asked stands in {name}")

    def rows(self, sql: str) -> Sequence[Any]:
        """Rows from the database, read beside the bot."""
        return look_into(self.lab.url, lambda db: db.execute(text(sql)).all())

    # -- what people see

    def _team_reads(self) -> list[str]:
        place = self.lab.slack.space.conversations[TEAM]
        return [
            said(message.blocks)
            for message in place.messages
            if message.author == "U0FOREWORD" and not message.only_for
        ]

    def letters(self, person: str) -> list[str]:
        """What stands in somebody's direct messages."""
        place = self.lab.slack.space.conversations[self.lab.slack.dm(person)]
        return [f"{message.text} {said(message.blocks)}" for message in place.messages]

    def reading(self, person: str) -> str:
        """Everything that this person can read."""
        return said(self.lab.slack.view(person)["conversations"])

    def reads(self, person: str, words: str) -> bool:
        """Whether this person can read these words."""
        return words in self.reading(person)

    def count(self, person: str, words: str) -> int:
        """How often these words stand before this person."""
        return self.reading(person).count(words)

    def modal(self, person: str) -> str:
        """The modal in front of this person."""
        shown = self.lab.slack.view(person)["modal"]
        return said(shown["view"]) if shown else ""

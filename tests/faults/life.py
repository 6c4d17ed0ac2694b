"""One rollout from its first message to the last, lived through everything that can go wrong; and what must hold all the same.

*Acknowledged means kept; sent once, or visibly ambiguous; the order never broken; no voice linkable.*
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bot.services import checking
from tests.e2e.conftest import HELEN, LINK, LUCAS, MARA, OTIS, PRIYA, TEAM, TOMAS, WREN, said
from tests.e2e.witness import Texts, Witness
from tests.faults.fate import Fate, same_ids
from tests.faults.laboratory import Laboratory, look_into, new_database, run

STEPS = ("brief", "reason", "policy", "install")
TITLES = {"reason": "why it is coming", "policy": "the policy (version 1)", "install": "ready to install"}
BRIEFING = "your briefing for"
ANSWER = "You asked about"
SECRET, PASSED_ON = "zebrafish", "Will the office dog also be measured?"
"""A word that somebody says in a question and that nobody else may ever read; and a question that is passed on."""
ON_ITS_WAY = "is on its way"
MOST_LINES = 300
"""About as many lines of the outbox as one message takes on its way."""


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


class Life:
    """Lives one life in a laboratory. `kills` is how likely a kill is during each act."""

    def __init__(self, lab: Laboratory, *, kills: float = 0.5, line: str = "", times: int = 1) -> None:
        """Nothing has happened yet. With `line` the only kill is there, when it is carried out for the n-th time."""
        self.lab, self._kills, self._line, self._times = lab, kills, line, times
        self.found = Found(met=lab.fate.met, problems=lab.problems, lines=lab.killer.seen, story=lab.story)
        self._witness = Witness(
            lab.slack, LINK, Texts("worth 41,000 euros", "Kept for 90 days."), trusted=frozenset({MARA, OTIS})
        )
        self._kept: list[tuple[str, str, dict[str, Any]]] = []
        self._held_back: list[dict[str, Any]] = []
        lab.slack.courier.tell = self._odd_post(lab.slack.courier.tell)  # type: ignore[method-assign]

    async def live(self) -> Found:
        """From the briefing to the answer that comes back; then calm, in which everything has to settle."""
        lab = self.lab
        with lab.killer.watching():
            await lab.open()
            lab.killer.seen.clear()  # a bot that dies while it is put together has done nothing yet
            if self._line:
                lab.killer.arm_at(self._line, self._times)
            for step in STEPS:
                await self._through(step)
                if lab.problems:
                    await lab.close()
                    return self.found
            await self._come_late()
            await self._ask()
            lab.fate.calm = True
            if not self._line:
                lab.killer.disarm()
            await self._three_days_late()
            await self._settle()
            await self._answer_the_question()
            await self._settle()
        self._judge()
        await lab.close()
        return self.found

    # -- the acts

    def _danger(self, what: str) -> None:
        """A kill may come during the next act."""
        if self._line:
            return
        dice = self.lab.fate.dice("kill", what)
        self.lab.killer.disarm()
        if not self.lab.fate.calm and dice.random() < self._kills:
            self.lab.killer.arm(dice.randint(1, MOST_LINES))

    async def _through(self, step: str) -> None:
        lab = self.lab
        if step == "install":
            await lab.wait(4 * 86_400, pulses=2)
        for attempt in range(5):
            self._danger(f"{step} {attempt}")
            shown = await lab.type(MARA, f"/rollout launch {step}")
            if "Preview" in shown:
                before = self._count(MARA, ON_ITS_WAY)
                await lab.press(MARA, "launch_confirm")
                if self._count(MARA, ON_ITS_WAY) > before:
                    self._promise(
                        f"the launch of {step}",
                        "SELECT count(*) FROM launch WHERE step = :step AND state = 'launched'",
                        {"step": step},
                    )
            if await self._delivered(step):
                break
        else:
            lab.problems.append(f"{step} was never delivered")
        if step == "brief":
            for _ in range(6):
                self._danger("can answer")
                if await lab.press(MARA, "brief_can_answer") and "brief_can_answer" not in _actions(lab, MARA):
                    break
                await lab.wait(20)
        if step == "policy":
            await self._read()
        self._look()

    async def _delivered(self, step: str) -> bool:
        lab = self.lab
        for _ in range(25):
            await lab.wait(20)
            card = await lab.type(MARA, "/rollout")
            if f"{step} ✓" in card:
                return True
            if "Check again" in card:
                self.found.ambiguous += 1
                await lab.press(MARA, "delivery_check_again")
            self._look()
        return False

    async def _read(self) -> None:
        for person in (PRIYA, TOMAS, WREN):
            for attempt in range(4):
                self._danger(f"{person} reads {attempt}")
                before = self._count(person, "Noted: you have read")
                self._witness.says_read(person, self._witness.texts.policy)
                if await self.lab.press(person, "policy_have_read", channel=TEAM) and (
                    self._count(person, "Noted: you have read") > before
                ):
                    self._promise(
                        f"that {person} has read it",
                        "SELECT count(*) FROM receipt WHERE person = :person AND acknowledged_at IS NOT NULL",
                        {"person": person},
                    )
                    break
                await self.lab.wait(5)

    async def _come_late(self) -> None:
        """Somebody comes late, goes, and comes again; two people get the link."""
        lab = self.lab
        self._danger("late")
        await lab.do(lab.slack.join(LUCAS, TEAM))
        await lab.wait(60, pulses=3)
        if lab.fate.dice("goes").random() < 0.5:
            await lab.do(lab.slack.leave(LUCAS, TEAM))
            await lab.wait(30)
            await lab.do(lab.slack.join(LUCAS, TEAM))
        for person in (PRIYA, TOMAS):
            self._danger(f"link {person}")
            await lab.press(person, "link_get", channel=TEAM)
            self._look()
            await lab.do(lab.slack.close(person))
        await lab.wait(300, pulses=5)

    async def _ask(self) -> None:
        """Questions in each of the ways, one of them for a person without a name."""
        lab = self.lab
        self._danger("asks")
        await lab.type(WREN, f"/ask who sees the {SECRET} hours of mine?")
        dm = lab.slack.dm(PRIYA)
        self._danger("writes")
        await lab.do(lab.slack.message(PRIYA, dm, f"who can see my {SECRET} data?"))
        self._danger("mentions")
        await lab.do(lab.slack.message(TOMAS, TEAM, "<@U0FOREWORD> who can see my data?"))
        for attempt in range(6):
            self._danger(f"passes on {attempt}")
            await lab.do(lab.slack.close(PRIYA))
            if "without my name" not in await lab.type(PRIYA, f"/ask {PASSED_ON}"):
                continue
            await lab.press(PRIYA, "question_ask_person")
            if lab.slack.space.top_modal(PRIYA) is None:
                continue
            await lab.submit(PRIYA, {})
            if "14 days" in self._modal(PRIYA):
                self._promise("a question that was passed on", "SELECT count(*) FROM question", {})
                break
        await lab.wait(120, pulses=4)

    async def _answer_the_question(self) -> None:
        lab = self.lab
        if not any("passed on" in what for what, _sql, _given in self._kept):
            return
        for _ in range(30):
            await lab.wait(3_600)
            if "office dog" in self._reading(HELEN):
                break
        await lab.press(HELEN, "question_reply")
        await lab.submit(HELEN, {"reply": {"value": {"value": "No. Dogs are not measured."}}})

    # -- what Slack brings twice, late and out of order

    def _odd_post(self, tell: Any) -> Any:
        async def odd(body: dict[str, Any], retry: Any = None) -> None:
            dice = self.lab.fate.dice("event", str(body.get("event", {}).get("type")))
            odd_one = not self.lab.fate.calm and dice.random() < self.lab.fate.events
            how = self.lab.fate.noted(dice.choice(("event twice", "event late", "event held up"))) if odd_one else ""
            if how == "event held up":
                await asyncio.sleep(dice.choice((1, 20, 90)) if self.lab.still else 0.02)
            await tell(body, retry)
            if how == "event twice":
                await tell(body, retry)
            elif how == "event late":
                self._held_back.append(body)

        return odd

    async def _three_days_late(self) -> None:
        """Everything that was handled once already comes again, days later and in another order."""
        await self.lab.wait(3 * 86_400, pulses=3)
        self.lab.fate.dice("order").shuffle(self._held_back)
        for body in self._held_back:
            await self.lab.do(self.lab.slack.courier.tell(body))
        self._held_back.clear()

    # -- what must hold

    def _promise(self, what: str, sql: str, given: dict[str, Any]) -> None:
        """Somebody was told that this is done: it has to be there now, and at the end."""
        self.found.promises += 1
        self._kept.append((what, sql, given))
        if not self._peek(sql, given):
            self.lab.problems.append(f"{what} was acknowledged and is not stored")

    def _peek(self, sql: str, given: dict[str, Any]) -> Any:
        return look_into(self.lab.url, lambda db: db.execute(text(sql), given).scalar())

    def _look(self) -> None:
        self._witness.read_calls()
        self.lab.problems += [each for each in self._witness.problems if each not in self.lab.problems]

    async def _settle(self) -> None:
        """Nothing goes wrong any more: all that is under way has to come to its end within two hours and a half."""
        lab = self.lab
        for _ in range(60):
            await lab.wait(150)
            card = await lab.type(MARA, "/rollout")
            if "Check again" in card:
                self.found.ambiguous += 1
                await lab.press(MARA, "delivery_check_again")
            if not self._peek(
                "SELECT count(*) FROM delivery WHERE state NOT IN ('sent', 'cancelled') AND due_at <= :now",
                {"now": lab.clock.now()},
            ):
                return
        lab.problems.append("something never settles")

    def _judge(self) -> None:
        lab = self.lab
        self._look()
        self._witness.check_what_stands()
        lab.problems += [each for each in self._witness.problems if each not in lab.problems]
        for what, sql, given in self._kept:
            if not self._peek(sql, given):
                lab.problems.append(f"{what} was acknowledged and is gone")
        self._judge_deliveries()
        seen = self._team_reads()
        for step, title in TITLES.items():
            if sum(title in message for message in seen) != 1:
                lab.problems.append(f"{step} stands {sum(title in message for message in seen)} times in the channel")
        order = [step for message in seen for step, title in TITLES.items() if title in message]
        if order != sorted(order, key=list(TITLES).index):
            lab.problems.append(f"the order is broken: {order}")
        letters = self._letters(LUCAS)
        for step, title in TITLES.items():
            number = sum(title in letter for letter in letters)
            if number != 1:
                lab.problems.append(f"the latecomer has {step} {number} times")
        late = [step for letter in letters for step, title in TITLES.items() if title in letter]
        if late != sorted(late, key=list(TITLES).index):
            lab.problems.append(f"the latecomer's order is broken: {late}")
        if sum(BRIEFING in letter for letter in self._letters(MARA)) != 1:
            lab.problems.append("the briefing is not there once")
        if any("passed on" in what for what, _sql, _given in self._kept):
            answers = sum(ANSWER in letter for letter in self._letters(PRIYA))
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
        for delivery_id, kind, state in self._rows("SELECT id, kind, state FROM delivery"):
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
        tables = self._rows(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            if self.lab.url.startswith("sqlite")
            else "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        )
        for (name,) in tables:
            held = json.dumps([[str(value) for value in row] for row in self._rows(f'SELECT * FROM "{name}"')])  # noqa: S608
            if SECRET in held:
                self.lab.problems.append(f"what was asked stands in {name}")
            if WREN in held and name not in notices:
                self.lab.problems.append(f"who asked stands in {name}")

    def _rows(self, sql: str) -> Sequence[Any]:
        return look_into(self.lab.url, lambda db: db.execute(text(sql)).all())

    # -- what people see

    def _team_reads(self) -> list[str]:
        place = self.lab.slack.space.conversations[TEAM]
        return [
            said(message.blocks)
            for message in place.messages
            if message.author == "U0FOREWORD" and not message.only_for
        ]

    def _letters(self, person: str) -> list[str]:
        place = self.lab.slack.space.conversations[self.lab.slack.dm(person)]
        return [f"{message.text} {said(message.blocks)}" for message in place.messages]

    def _reading(self, person: str) -> str:
        return said(self.lab.slack.view(person)["conversations"])

    def _reads(self, person: str, words: str) -> bool:
        return words in self._reading(person)

    def _count(self, person: str, words: str) -> int:
        return self._reading(person).count(words)

    def _modal(self, person: str) -> str:
        shown = self.lab.slack.view(person)["modal"]
        return said(shown["view"]) if shown else ""


def _actions(lab: Laboratory, person: str) -> str:
    return json.dumps(lab.slack.view(person)["conversations"])


def one_life(
    seed: str,
    folder: Path,
    *,
    chance: float = 0.25,
    events: float = 0.3,
    kills: float = 0.5,
    line: str = "",
    times: int = 1,
) -> Found:
    """Live one life, all of which follows from its seed."""
    with same_ids(seed):
        lab = Laboratory(Fate(seed, chance, events), new_database(folder))
        return run(Life(lab, kills=kills, line=line, times=times).live())

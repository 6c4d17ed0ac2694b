"""One rollout from its first message to the last, lived through everything that can go wrong; and what must hold all the same.

*Acknowledged means kept; sent once, or visibly ambiguous; the order never broken; no voice linkable.*
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
from pathlib import Path
from typing import Any

from bot.logs import configure_logs
from tests.e2e.conftest import HELEN, LUCAS, MARA, PRIYA, TEAM, TOMAS, WREN
from tests.faults.fate import Fate, same_ids
from tests.faults.laboratory import Laboratory, new_database, run
from tests.faults.oracle import PASSED_ON, SECRET, UNSPEAKABLE, Found, Oracle

STEPS = ("brief", "reason", "policy", "install")
ON_ITS_WAY = "is on its way"
MOST_LINES = 300
"""About as many lines of the outbox as one message takes on its way."""


class Life:
    """Lives one life in a laboratory. `kills` is how likely a kill is during each act."""

    def __init__(self, lab: Laboratory, *, kills: float = 0.5, line: str = "", times: int = 1) -> None:
        """Nothing has happened yet. With `line` the only kill is there, when it is carried out for the n-th time."""
        self.lab, self._kills, self._line, self._times = lab, kills, line, times
        self.found = Found(met=lab.fate.met, problems=lab.problems, lines=lab.killer.seen, story=lab.story)
        self.oracle = Oracle(lab, self.found)
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
        self.oracle.judge()
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
                before = self.oracle.count(MARA, ON_ITS_WAY)
                await lab.press(MARA, "launch_confirm")
                if self.oracle.count(MARA, ON_ITS_WAY) > before:
                    self.oracle.promise(
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
        self.oracle.look()

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
            self.oracle.look()
        return False

    async def _read(self) -> None:
        for person in (PRIYA, TOMAS, WREN):
            for attempt in range(4):
                self._danger(f"{person} reads {attempt}")
                before = self.oracle.count(person, "Noted: you have read")
                self.oracle.witness.says_read(person, self.oracle.witness.texts.policy)
                if await self.lab.press(person, "policy_have_read", channel=TEAM) and (
                    self.oracle.count(person, "Noted: you have read") > before
                ):
                    self.oracle.promise(
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
            self.oracle.look()
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
            if "14 days" in self.oracle.modal(PRIYA):
                self.oracle.promise("a question that was passed on", "SELECT count(*) FROM question", {})
                break
        await lab.wait(120, pulses=4)

    async def _answer_the_question(self) -> None:
        lab = self.lab
        if not any("passed on" in what for what, _sql, _given in self.oracle.kept):
            return
        for _ in range(30):
            await lab.wait(3_600)
            if "office dog" in self.oracle.reading(HELEN):
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
    async def _settle(self) -> None:
        """Nothing goes wrong any more: all that is under way has to come to its end within two hours and a half."""
        lab = self.lab
        for _ in range(60):
            await lab.wait(150)
            card = await lab.type(MARA, "/rollout")
            if "Check again" in card:
                self.found.ambiguous += 1
                await lab.press(MARA, "delivery_check_again")
            if not self.oracle.peek(
                "SELECT count(*) FROM delivery WHERE state NOT IN ('sent', 'cancelled') AND due_at <= :now",
                {"now": lab.clock.now()},
            ):
                return
        lab.problems.append("something never settles")


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
    told = io.StringIO()
    with same_ids(seed), contextlib.redirect_stderr(told):
        configure_logs("info", "json")
        lab = Laboratory(Fate(seed, chance, events), new_database(folder))
        found = run(Life(lab, kills=kills, line=line, times=times).live())
    found.problems += [f"the log says {word!r}" for word in UNSPEAKABLE if word in told.getvalue()]
    if "launch_confirmed" not in told.getvalue():
        found.problems.append("there is no log to look into")
    return found

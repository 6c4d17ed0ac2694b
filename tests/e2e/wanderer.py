"""Does whatever people, and those who mean no good, could do in a workspace: one thing after the other, by a seed."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import json
import random
from collections.abc import Awaitable, Callable

from bot.sandbox.wire import ActRefused
from tests.e2e.conftest import EVERYBODY, HELEN, LINK, LUCAS, MARA, OTIS, PRIYA, TEAM, TOMAS, WREN
from tests.e2e.rough_office import GUEST, RoughOffice

PEOPLE = (MARA, OTIS, HELEN, PRIYA, TOMAS, WREN, LUCAS, GUEST)
STEPS = ("brief", "reason", "policy", "install")
FORGEABLE = (
    "policy_have_read",
    "link_get",
    "launch_confirm",
    "launch_preview_next",
    "launch_unschedule",
    "brief_can_answer",
    "override_approve",
    "relaunch",
    "delivery_check_again",
    "delivery_is_there",
    "delivery_send_again",
    "answers_sign_off",
)
DISGUISES = (
    LINK,
    "INSTALL.EXAMPLE.COM",
    "install\u200b.example.com",
    "install[.]example[.]com",
    "install%2Eexample%2Ecom",
    "https://install\uff0eexample\uff0ecom/hourglass",
    "<https://install.example.com/hourglass|the page>",
)
FAULTS = ("429", "500", "reset_before", "reset_after", "malformed", "error:channel_not_found")
Act = Callable[[], Awaitable[None]]


class Wanderer:
    """Walks through one office."""

    def __init__(self, office: RoughOffice, seed: int) -> None:
        self._office = office
        self._dice = random.Random(seed)
        self._next = 0
        self._wave = "pilot"
        self.path: list[str] = []
        self._acts: list[tuple[int, str, Act]] = [
            (18, "go on", self._go_on),
            (6, "launch", self._launch),
            (3, "launch for later", self._launch_for_later),
            (2, "click all at once", self._all_at_once),
            (10, "have read", self._have_read),
            (14, "get the link", self._get_link),
            (8, "read first", self._read_first),
            (8, "forge", self._forge),
            (8, "replay", self._replay),
            (5, "tamper", self._tamper),
            (1, "new reason", self._new_reason),
            (2, "new policy", self._new_policy),
            (1, "disguise", self._disguise),
            (1, "pause", self._pause),
            (4, "relaunch", self._relaunch),
            (3, "override", self._override),
            (4, "join or leave", self._join_or_leave),
            (8, "time passes", self._time_passes),
            (4, "home", self._home),
            (3, "ask for it", self._ask_for_it),
            (3, "slack stumbles", self._fault),
            (3, "settle", self._settle_by_hand),
        ]

    async def walk(self, steps: int) -> list[str]:
        """Take so many steps; returns what promise was broken, with the path that led there."""
        start = self._dice.choice(("", "reason", "policy", "install", "install", "company", "company"))
        self.path.append(f"from {start or 'nothing'}")
        if start == "company":
            await self._office.take_pilot_to("install")
            await self._office.pilot_says_go()
            self._wave = "company"
        elif start:
            await self._office.take_pilot_to(start)
            self._next = STEPS.index(start) + 1
        for _ in range(steps):
            _weight, name, act = self._dice.choices(self._acts, [weight for weight, _, _ in self._acts])[0]
            self.path.append(name)
            await act()
            problems = self._office.look()
            if problems:
                return [*problems, " → ".join(self.path)]
        return []

    def _person(self) -> str:
        return self._dice.choice(PEOPLE)

    async def _typed(self, person: str, text: str) -> str:
        with contextlib.suppress(ActRefused, AssertionError):
            return await self._office.type(person, text)
        return ""

    async def _confirmed(self, person: str, shown: str) -> None:
        if "Preview" in shown:
            await self._office.try_press(person, "launch_confirm")

    async def _go_on(self) -> None:
        step = STEPS[min(self._next, 3)]
        manager = self._dice.choice((MARA, OTIS))
        await self._confirmed(manager, await self._typed(manager, f"/rollout launch {step} {self._wave}"))
        if step == "brief":
            for each in (MARA, OTIS):
                await self._office.try_press(each, "brief_can_answer")
        elif step == "policy":
            await self._office.slack.advance(3 * 86_400)
        self._next = (self._next + 1) % 4

    async def _launch(self) -> None:
        person, wave = self._person(), self._dice.choice(("pilot", "pilot", "company"))
        await self._confirmed(person, await self._typed(person, f"/rollout launch {self._dice.choice(STEPS)} {wave}"))

    async def _launch_for_later(self) -> None:
        now = self._office.workplace.clock.now()
        at = f"{now.year}-{now.month:02}-{min(now.day + self._dice.randint(0, 3), 28):02} {self._dice.randint(0, 23):02}:30"
        manager = self._dice.choice((MARA, OTIS))
        shown = await self._typed(manager, f"/rollout launch {self._dice.choice(STEPS)} pilot at {at}")
        await self._confirmed(manager, shown)

    async def _all_at_once(self) -> None:
        office = self._office
        calls = [
            *(office.try_press(person, "link_get", channel=TEAM) for person in (PRIYA, TOMAS, WREN)),
            *(office.try_press(person, "policy_have_read", channel=TEAM) for person in (PRIYA, TOMAS)),
            office.try_press(MARA, "launch_confirm"),
            office.try_press(OTIS, "launch_confirm"),
        ]
        self._dice.shuffle(calls)
        await asyncio.gather(*calls)
        for person in (PRIYA, TOMAS, WREN):
            await office.try_close(person)

    async def _have_read(self) -> None:
        await self._office.try_press(self._person(), "policy_have_read", home=self._dice.random() < 0.3)

    async def _get_link(self) -> None:
        person = self._person()
        await self._office.try_press(person, "link_get", home=self._dice.random() < 0.3)
        if self._dice.random() < 0.5:
            self._office.look()
            await self._office.try_close(person)

    async def _read_first(self) -> None:
        for person in PEOPLE:
            if self._office.slack.space.top_modal(person):
                await self._office.try_submit(person)
                self._office.look()
                await self._office.try_close(person)

    async def _forge(self) -> None:
        office, action = self._office, self._dice.choice(FORGEABLE)
        known = [value for name in FORGEABLE for value in office.values_of(name)]
        value = self._dice.choice(office.values_of(action) or known or [""])
        if self._dice.random() < 0.2:
            value = self._dice.choice([*known, "", "0" * 32, "';--"])
        await office.forge(self._person(), action, value, self._dice.choice((TEAM, EVERYBODY, "C01RANDOM")))

    async def _replay(self) -> None:
        payloads = [payload for kind, payload in self._office.sent if kind == "interactive"]
        if payloads:
            await self._office.again(self._dice.choice(payloads[-30:]))

    async def _tamper(self) -> None:
        """Somebody else's payload with one's own name in it, or with other ids where ours stood."""
        payloads = [payload for kind, payload in self._office.sent if kind == "interactive"]
        if not payloads:
            return
        payload = copy.deepcopy(self._dice.choice(payloads[-60:]))
        if self._dice.random() < 0.7:
            payload["user"]["id"] = self._person()
        if payload.get("trigger_id"):  # Slack's own, and for nobody else
            payload["trigger_id"] = self._office.slack.space.new_trigger(payload["user"]["id"])
        view = payload.get("view")
        if view and view.get("private_metadata"):
            about = json.loads(view["private_metadata"])
            for name in about:
                if isinstance(about[name], int):
                    about[name] += self._dice.choice((-1, 0, 1))
            view["private_metadata"] = json.dumps(about)
        await self._office.again(payload)

    async def _new_reason(self) -> None:
        await self._office.new_reason(self._dice.choice((MARA, OTIS, PRIYA)))

    async def _new_policy(self) -> None:
        await self._office.new_policy(self._dice.choice((MARA, OTIS, PRIYA)))

    async def _disguise(self) -> None:
        """Try to get the link to people in a text. What was written is made good again, whatever became of it."""
        words = self._dice.choice(DISGUISES)
        office = self._office
        match self._dice.randint(0, 2):
            case 0:
                await self._typed(MARA, f"/rollout pause because install from {words}")
            case 1:
                await self._typed(MARA, f"/rollout override notice_period because install from {words}")
            case _:
                if "is stored" in await office.new_reason(MARA, f" Install it from {words}"):
                    for person in (PRIYA, TOMAS):
                        await office.try_press(person, "link_get")
                        office.look()
                        await office.try_close(person)
                    await office.new_reason()

    async def _pause(self) -> None:
        await self._typed(self._person(), "/rollout pause because the policy left something out")

    async def _relaunch(self) -> None:
        if "is launched again" in await self._typed(MARA, "/rollout relaunch"):
            self._next = 0

    async def _override(self) -> None:
        gate = self._dice.choice(("notice_period", "managers_briefed", "order", "pilot_ran"))
        await self._typed(MARA, f"/rollout override {gate} because the team asked to begin")
        await self._typed(self._person(), "/rollout approve")

    async def _join_or_leave(self) -> None:
        person, channel = self._dice.choice((LUCAS, GUEST, WREN, TOMAS)), self._dice.choice((TEAM, TEAM, EVERYBODY))
        place = self._office.slack.space.conversations[channel]
        with contextlib.suppress(ActRefused):
            if self._dice.random() < 0.25 and person in place.members:
                place.members.remove(person)  # nobody tells the bot
            elif person in place.members:
                await self._office.slack.leave(person, channel)
            else:
                await self._office.slack.join(person, channel)
        await self._office.settle()

    async def _time_passes(self) -> None:
        await self._office.slack.advance(self._dice.choice((5, 60, 3_600, 86_400, 3 * 86_400)))
        await self._office.bot.ticks._sender.settle_unsure()
        await self._office.settle()

    async def _home(self) -> None:
        await self._office.slack.home(self._person())
        await self._office.settle()

    async def _ask_for_it(self) -> None:
        person = self._person()
        words = self._dice.choice(("where is the install link?", "send me the link", "install Hourglass now please"))
        if self._dice.random() < 0.5:
            await self._typed(person, f"/ask {words}")
        else:
            await self._office.slack.message(person, self._office.slack.dm(person), words)
            await self._office.settle()

    async def _fault(self) -> None:
        method = self._dice.choice(("chat.postMessage", "chat.postMessage", "views.open", "conversations.members", "*"))
        self._office.slack.faults.add(method, self._dice.choice(FAULTS), times=self._dice.randint(1, 2))

    async def _settle_by_hand(self) -> None:
        await self._typed(MARA, "/rollout")
        await self._office.try_press(
            MARA, self._dice.choice(("delivery_check_again", "delivery_is_there", "delivery_send_again"))
        )

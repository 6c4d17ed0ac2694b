"""The launch machine for Hypothesis: everything that managers, employees, Slack and time can do, in any order.

The invariant is promise 1, judged by what people saw: nobody is handed the install link who has not been shown the
present reason and the present policy, and has not said that they read it; no policy stands before a reason; the link is
in no message; nothing is posted twice; and nobody but those in charge changes anything.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import Connection, select

from bot.domain.authority import NotAllowed
from bot.domain.gates import KINDS, Gate
from bot.domain.pace import AT_ONCE
from bot.domain.progress import Rollout
from bot.domain.refusals import Refused
from bot.domain.rollout import Plan, Rules, Step
from bot.domain.timeline import Entry, Event
from bot.plan import parse_plan
from bot.sealing import Keyring
from bot.services import arriving, checking, delivering, launching, overriding, pausing, plans, reading
from bot.services.launching import Rulebook
from bot.services.reading import LinkAnswer
from bot.services.voices import Ear
from bot.store import outbox, overrides, rollouts, timeline
from bot.store import tables as t
from bot.store.schema import METADATA
from bot.store.statements import new_id
from bot.views.link_modal import link_modal, read_first_modal
from faq.book import Book, open_book
from scheduler.clock import MovableClock
from scheduler.jobs import Jobs
from scheduler.outbox import Sender
from tests import databases
from tests.given import a_pilot_that_went_well
from tests.services.small_world import Killed, SmallWorld

PLAN = Path(__file__).parent.parent.parent / "examples" / "hourglass.yaml"
MONDAY = datetime(2026, 11, 30, 8, tzinfo=UTC)
MARA, OTIS, HELEN = "U01MARA", "U01OTIS", "U01HELEN"
TEAM, EVERYBODY, ELSEWHERE = "C01CLIENT", "C01ALL", "C01NEW"
EMPLOYEES = ("U01PRIYA", "U01TOMAS", "U01KENJI", "U01LUCAS")
PEOPLE = (MARA, OTIS, HELEN, *EMPLOYEES)
BOOK = open_book()
BASE: Plan = parse_plan(PLAN.read_bytes(), today=date(2026, 11, 30)).plan
CORE = Book({name: BOOK.entries[name] for name in ("trust", "breaks-idle", "realtime-visibility", "role-fairness")})
REASON_MARK = re.compile(r"41,\d{3} euros")
POLICY_MARK = re.compile(r"Kept for \d+ days")

OWNERS_ONLY = (Event.PLAN_LOADED, Event.REASON_VERSION, Event.POLICY_VERSION)

people = st.sampled_from((OTIS, OTIS, OTIS, MARA, MARA, *PEOPLE))
"""Anybody at all, and those in charge more often: they reach more states."""
employees = st.sampled_from(EMPLOYEES)
waves = st.sampled_from(("pilot", "company"))
steps = st.sampled_from(tuple(Step))
WEATHER = (
    "fair",
    "refused",
    "limited",
    "unreached",
    "lost",
    "silent",
    "killed before",
    "killed after",
    "foggy",
    "blind",
)
weathers = st.lists(st.sampled_from((*WEATHER, "silent", "killed after")), max_size=4)


def acting(work: Callable[..., Any], *given: Any, **named: Any) -> Callable[[Connection], Any]:
    """`work` with everything it needs but the connection."""
    return lambda db: work(db, *given, **named)


def reason_mark(plan: Plan) -> str:
    """What tells this reason from every other one."""
    found = REASON_MARK.search(plan.reason)
    assert found
    return found[0]


def policy_mark(plan: Plan) -> str:
    """What tells this policy from every other one."""
    return f"Kept for {plan.policy.retention_days} days"


class LaunchMachine(RuleBasedStateMachine):
    """One rollout with two waves; some employees are in both channels, some in one, some in none at first."""

    def __init__(self) -> None:
        """An empty database in memory, migrated."""
        super().__init__()
        self.runner = asyncio.Runner()
        self.database = databases.opened()
        self.world = SmallWorld(
            {
                TEAM: {MARA, "U01PRIYA", "U01TOMAS"},
                EVERYBODY: {MARA, OTIS, HELEN, "U01KENJI", "U01PRIYA"},
                ELSEWHERE: {OTIS, "U01PRIYA", "U01LUCAS"},
            }
        )
        self.clock = MovableClock(MONDAY, runs=False)
        self.rulebook = Rulebook(CORE, ZoneInfo("Europe/Berlin"), pace=AT_ONCE)
        self.ear = Ear(Keyring(b"k" * 32), self.rulebook.zone)
        self.plan = BASE
        self.edits = 0
        self.acknowledged: set[tuple[str, str]] = set()
        self.shown_before_link: dict[tuple[str, str], tuple[int, int, str]] = {}
        self.proposals: list[tuple[str, str]] = []
        self.entries_read = 0
        self.pilot_went_well = False
        self.turn = 0

    def teardown(self) -> None:
        """The timeline is whole, whatever happened."""
        assert all(broken is None for broken in self.do(checking.broken_timelines).values())
        self.runner.run(self.database.close())
        databases.forget()
        self.runner.close()

    def do(self, work: Callable[[Connection], Any]) -> Any:
        """One transaction."""
        return self.database.run_now(work)

    def attempt(self, by: str, who_can: tuple[str, ...], work: Callable[[Connection], Any]) -> Any:
        """An act that may be refused; one that succeeds was done by somebody who may."""
        try:
            result = self.do(work)
        except (Refused, NotAllowed):
            return None
        assert by in who_can, f"{by} did what only {who_can} may do"
        return result

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self.clock.now()

    def rollout(self) -> Rollout:
        """As it is stored."""
        found: Rollout | None = self.do(lambda db: rollouts.by_name(db, self.plan.rollout))
        assert found
        return found

    def wave(self, name: str) -> Any:
        """A wave with its row id."""
        return self.rollout().wave_named(name)

    def who_can(self, wave: str | None) -> tuple[str, ...]:
        """Owners, and this wave's managers, by the plan itself."""
        named = [each for each in self.plan.waves if wave in (None, each.name)]
        return (*self.plan.owners, *(manager for each in named for manager in each.managers))

    def _sender(self) -> Sender:
        return Sender(self.database, self.world, self.clock, self.rulebook, self.ear)

    @initialize(
        pilot=st.sampled_from((0, 1, 2, 3, 4, 4, 4, 4)),
        company=st.sampled_from((0, 0, 0, 3, 4)),
        read=st.sampled_from((True, True, False)),
        must_read=st.sampled_from((True, True, False)),
    )
    def load(self, pilot: int, company: int, read: bool, must_read: bool) -> None:
        """The plan is there, and its waves have had some of their steps already, by the book."""
        self.plan = replace(BASE, rules=Rules(acknowledgement_required=must_read))
        self.do(METADATA.create_all)
        self.do(lambda db: plans.load(db, self.plan, book=CORE, by=OTIS, now=self.now))
        self.sender = self._sender()
        self.jobs = Jobs(self.database, self.world, self.clock, self.rulebook, self.ear)
        self.hurry("pilot", pilot, [])
        if company and pilot == len(Step):
            self.clock.advance(timedelta(days=15))
            self.the_pilot_went_well()
            self.hurry("company", company, [])
        if read:
            for person in EMPLOYEES:
                self.have_read(person, "pilot")
                self.have_read(person, "company")

    # -- managers

    @rule(step=steps, wave=waves, by=people, hours=st.sampled_from((None, None, 1, 49)))
    def propose(self, step: Step, wave: str, by: str, hours: int | None) -> None:
        """Somebody types /rollout launch."""
        rollout = self.rollout()
        due = self.now + timedelta(hours=hours) if hours else None
        wave_id = rollout.wave_named(wave).id  # type: ignore[union-attr]
        shown = self.attempt(
            by,
            self.who_can(wave),
            lambda db: launching.propose(
                db,
                rollout.id,
                wave_id,
                step,
                by=by,
                members=1,
                rules=self.rulebook,
                zone=self.rulebook.zone,
                now=self.now,
                due_at=due,
            ),
        )
        if shown is not None:
            self.proposals.append((wave, shown.proposal_id))

    @precondition(lambda self: self.proposals)
    @rule(data=st.data(), by=people)
    def confirm(self, data: st.DataObject, by: str) -> None:
        """Somebody presses *Launch it* on any preview there ever was."""
        wave, proposal = data.draw(st.sampled_from(self.proposals))
        self.attempt(
            by, self.who_can(wave), acting(launching.confirm, proposal, by=by, rules=self.rulebook, now=self.now)
        )

    @rule(wave=waves)
    def skip(self, wave: str) -> None:
        """An owner wants the policy and the link out today, and the reason never."""
        for step in (Step.POLICY, Step.INSTALL):
            self._launch(wave, step)
            self._send_through([])

    @rule(step=steps, wave=waves, weather=weathers)
    def rush(self, step: Step, wave: str, weather: list[str]) -> None:
        """An owner wants one step now, whatever came before; it is sent in this weather, and settled afterwards."""
        self._launch(wave, step)
        self._send_through(weather)

    @rule(wave=waves, steps_wanted=st.integers(1, 4), weather=weathers)
    def hurry(self, wave: str, steps_wanted: int, weather: list[str]) -> None:
        """A manager who does everything right goes some steps ahead, so that later states are reached often."""
        for _step in range(steps_wanted):
            self.propose_next(wave)
            self._send_through(weather)
            self.do_brief(wave)

    def _send_through(self, weather: list[str]) -> None:
        """Send in this weather; then time passes, what is unsure is looked for, and the rest goes in calm weather."""
        self._send(weather)
        if weather:
            self.clock.advance(timedelta(minutes=5))
            self.runner.run(self.sender.settle_unsure())
        self.runner.run(self._calm())

    def propose_next(self, wave: str) -> None:
        """Launch whatever comes next for a wave, by one of its managers."""
        rollout = self.rollout()
        running = rollout.wave_named(wave)
        assert running
        step = self.do(lambda db: launching_step(db, rollout, running))
        if step is None:
            return
        if step is Step.INSTALL:
            self.clock.advance(timedelta(days=4))
        self._launch(wave, step)

    def _launch(self, wave: str, step: Step) -> None:
        rollout = self.rollout()
        running = rollout.wave_named(wave)
        assert running
        try:
            shown = self.do(
                lambda db: launching.propose(
                    db,
                    rollout.id,
                    running.id,
                    step,
                    by=OTIS,
                    members=1,
                    rules=self.rulebook,
                    zone=self.rulebook.zone,
                    now=self.now,
                )
            )
            self.do(lambda db: launching.confirm(db, shown.proposal_id, by=OTIS, rules=self.rulebook, now=self.now))
        except (Refused, NotAllowed):
            return

    def do_brief(self, wave: str) -> None:
        """The wave's managers say that they can answer."""
        for manager in self.plan.wave_named(wave).managers:  # type: ignore[union-attr]
            self._can_answer(wave, manager)

    async def _calm(self) -> None:
        self.world.weather.clear()
        await self.sender.run_until_idle()
        while await self.jobs.call_rolls():
            pass

    def _can_answer(self, wave: str, manager: str) -> None:
        for launch in self._launches(wave, Step.BRIEF):
            self.attempt(
                manager,
                self.who_can(wave),
                acting(reading.can_answer, launch, manager, book=CORE, now=self.now),
            )

    @rule(
        act=st.sampled_from(("unschedule", "ask", "approve", "pause", "relaunch", "check again", "can answer")),
        by=people,
        wave=waves,
        step=steps,
        gate=st.sampled_from(tuple(Gate)),
    )
    def manage(self, act: str, by: str, wave: str, step: Step, gate: Gate) -> None:
        """One of the rarer things that people in charge do, by anybody at all."""
        match act:
            case "unschedule":
                self._unschedule(step, wave, by)
            case "ask":
                self._ask_override(gate, wave, by)
            case "approve":
                self._approve_overrides(by)
            case "pause":
                self._pause(by)
            case "relaunch":
                self._relaunch(by)
            case "check again":
                self._check_again(by)
            case _:
                self._can_answer(wave, by)

    def _unschedule(self, step: Step, wave: str, by: str) -> None:
        """/rollout unschedule."""

        def take_back(db: Connection) -> None:
            rollout = self.rollout_in(db)
            running = rollout.wave_named(wave)
            assert running
            launching.unschedule(db, launching.scheduled(db, rollout, running, step), by=by, now=self.now)

        self.attempt(by, self.who_can(wave), take_back)

    def rollout_in(self, db: Connection) -> Rollout:
        """As it is stored, inside a transaction."""
        found = rollouts.by_name(db, self.plan.rollout)
        assert found
        return found

    def _ask_override(self, gate: Gate, wave: str, by: str) -> None:
        """/rollout override."""
        rollout = self.rollout()
        wave_id = rollout.wave_named(wave).id  # type: ignore[union-attr]
        done = self.attempt(
            by,
            self.who_can(wave),
            lambda db: overriding.ask(db, rollout.id, wave_id, gate, "a reason", by=by, now=self.now),
        )
        assert done is None or KINDS[gate].value == "soft"

    def _approve_overrides(self, by: str) -> None:
        """The second manager approves whatever waits."""
        for waiting in self.do(lambda db: overrides.waiting(db, self.rollout_in(db))):
            done = self.attempt(
                by,
                self.who_can(None),
                acting(overriding.approve, waiting.id, by=by, now=self.now),
            )
            assert done is None or waiting.asked_by != by, "one person waived a gate alone"

    def _pause(self, by: str) -> None:
        """/rollout pause."""
        rollout = self.rollout()
        self.attempt(by, self.who_can(None), lambda db: pausing.pause(db, rollout.id, "we listen", by=by, now=self.now))

    def _relaunch(self, by: str) -> None:
        """/rollout relaunch."""
        rollout = self.rollout()
        self.attempt(by, self.who_can(None), lambda db: pausing.relaunch(db, rollout.id, by=by, now=self.now))

    @rule(part=st.sampled_from(("reason", "policy", "managers", "channel", "acknowledgement")), by=people)
    def edit(self, part: str, by: str) -> None:
        """Somebody changes the plan."""
        self.edits += 1
        plan = self.plan
        match part:
            case "reason":
                plan = replace(plan, reason=REASON_MARK.sub(f"41,{self.edits:03d} euros", plan.reason))
            case "policy":
                plan = replace(plan, policy=replace(plan.policy, retention_days=90 + self.edits))
            case "channel":
                pilot, company = plan.waves
                elsewhere = ELSEWHERE if company.channel == EVERYBODY else EVERYBODY
                plan = replace(plan, waves=(pilot, replace(company, channel=elsewhere)))
            case "acknowledgement":
                asked = not plan.rules.acknowledgement_required
                plan = replace(plan, rules=replace(plan.rules, acknowledgement_required=asked))
            case _:
                pilot, company = plan.waves
                managers = (OTIS,) if pilot.managers == (MARA,) else (MARA,)
                plan = replace(plan, waves=(replace(pilot, managers=managers), company))
        rollout = self.rollout()
        before = self.plan
        if self.attempt(by, plan.owners, lambda db: plans.edit(db, rollout.id, plan, book=CORE, by=by, now=self.now)):
            self.plan = plan
            self.turn = -1  # what was handed out until now may be out of date: look at once
            if any(step is not Step.BRIEF for wave in ("pilot", "company") for step in self._delivered(wave)):
                weaker = before.rules.acknowledgement_required and not plan.rules.acknowledgement_required
                assert not weaker, "people were promised that the link waits for them to read"

    @precondition(lambda self: not self.pilot_went_well)
    @rule()
    def the_pilot_went_well(self) -> None:
        """Check-ins closed with enough answers, and a verdict: a later wave may begin."""
        self.pilot_went_well = True
        wave = self.wave("pilot")

        def note(db: Connection) -> None:
            a_pilot_that_went_well(db, wave, self.now)

        self.do(note)

    # -- time and Slack

    @rule(hours=st.sampled_from((1, 5, 50, 24 * 15)), back=st.sampled_from((0, 0, 90, 3600)))
    def time_passes(self, hours: int, back: int) -> None:
        """The clock moves; sometimes it was fast, and is set back by some seconds."""
        self.clock.advance(timedelta(hours=hours))
        self.clock.restart(self.now - timedelta(seconds=back))

    @rule(which=st.sampled_from(("launches", "rolls", "look", "send")), weather=weathers)
    def tick(self, which: str, weather: list[str]) -> None:
        """One of the jobs that come round by themselves; when the sender dies, another process takes over."""
        match which:
            case "launches":
                self.runner.run(self.jobs.fire_launches())
            case "rolls":
                self.runner.run(self.jobs.call_rolls())
            case "look":
                self.world.weather = [word for word in weather if word in ("foggy", "blind")]
                self.runner.run(self.sender.settle_unsure())
            case _:
                self._send(weather)

    def _send(self, weather: list[str]) -> None:
        self.world.weather = list(weather)
        try:
            self.runner.run(self.sender.run_until_idle())
        except Killed:
            self.sender = self._sender()

    def _check_again(self, by: str) -> None:
        """*Check again*, and what somebody saw with their own eyes."""
        rollout = self.rollout()
        for item in self.do(lambda db: outbox.unsettled(db, rollout.id, tried_before=self.now, most=100)):
            there = self.world.times_posted[item.id] > 0
            if item.state == "ambiguous":
                self.attempt(
                    by,
                    self.who_can(None),
                    acting(delivering.settle_by_hand, item.id, arrived=there, by=by, now=self.now),
                )
            elif item.state == "failed":
                self.attempt(
                    by,
                    self.who_can(None),
                    acting(delivering.check_again, item.id, by=by, now=self.now),
                )

    # -- employees

    @rule(person=employees, channel=st.sampled_from((TEAM, EVERYBODY)), told=st.booleans(), joins=st.booleans())
    def move(self, person: str, channel: str, told: bool, joins: bool) -> None:
        """Somebody comes or goes; Slack tells us, or loses the event."""
        if joins:
            self.world.join(person, channel)
        else:
            self.world.leave(person, channel)
        if told:
            tell = arriving.joined if joins else arriving.left
            self.do(lambda db: tell(db, new_id(), channel, person, now=self.now))

    @rule(person=employees, wave=waves)
    def have_read(self, person: str, wave: str) -> None:
        """*I have read it*, on every policy message that this person can see (and some that they cannot)."""
        channel = self.wave(wave).wave.channel
        inside = person in self.world.members[channel]
        for launch in self._launches(wave, Step.POLICY):
            try:
                done = self.do(acting(reading.acknowledge, launch, person, in_channel=inside, now=self.now))
            except Refused:
                continue
            mark = self.do(acting(rollouts.policy_of, self.rollout().id, done.version))
            self.acknowledged.add((person, f"Kept for {mark.retention_days} days"))

    @rule(person=employees, wave=waves)
    def get_link(self, person: str, wave: str) -> None:
        """*Get the install link*, at any time, wanted or not."""
        running = self.wave(wave)
        inside = person in self.world.members[running.wave.channel]
        try:
            answer = self.do(
                lambda db: reading.ask_for_link(
                    db, running.id, person, in_channel=inside, rules=self.rulebook, now=self.now
                )
            )
        except Refused:
            return
        self._shown(person, wave, answer)

    @rule(person=employees, wave=waves)
    def read_in_the_modal(self, person: str, wave: str) -> None:
        """*I have read it* in a modal that was opened some time ago."""
        running = self.wave(wave)
        if (person, wave) not in self.shown_before_link:
            return  # a form that nobody was shown has no proof, and does not come this far
        reason, policy, mark = self.shown_before_link[person, wave]
        self.acknowledged.add((person, mark))
        inside = person in self.world.members[running.wave.channel]
        try:
            answer = self.do(
                lambda db: reading.read_and_ask_again(
                    db,
                    running.id,
                    person,
                    reason_shown=reason,
                    policy_shown=policy,
                    in_channel=inside,
                    rules=self.rulebook,
                    now=self.now,
                )
            )
        except Refused:
            return
        self._shown(person, wave, answer)

    def _shown(self, person: str, wave: str, answer: LinkAnswer) -> None:
        """Somebody looks at what they get; a link is the moment of truth."""
        if answer.read_first is not None:
            text = self.world.show(person, read_first_modal(answer.read_first))
            assert BASE.install_url not in text
            versions = answer.read_first.versions
            self.shown_before_link[person, wave] = (versions.reason, versions.policy, policy_mark(self.plan))
        if answer.link is None:
            return
        assert BASE.install_url in str(link_modal(answer.link))
        self._judge_link(person, wave)

    def _judge_link(self, person: str, wave: str) -> None:
        """Promise 1, from what this person saw and did."""
        seen = self.world.seen[person]
        assert reason_mark(self.plan) in seen, f"{person} got the link without the present reason"
        assert policy_mark(self.plan) in seen, f"{person} got the link without the present policy"
        if self.plan.rules.acknowledgement_required:
            assert (person, policy_mark(self.plan)) in self.acknowledged, f"{person} got the link without having read"
        assert person in self.world.members[self.wave(wave).wave.channel], f"{person} is not in {wave}"
        assert self.rollout().pause is None, "the link was given out during a pause"

    def _delivered(self, wave: str) -> list[str]:
        running = self.wave(wave)
        chosen = select(t.launch.c.step).where(t.launch.c.wave_id == running.id, t.launch.c.delivered_at.is_not(None))
        return self.do(lambda db: list(db.scalars(chosen)))  # type: ignore[no-any-return]

    def _launches(self, wave: str, step: Step) -> list[str]:
        running = self.wave(wave)
        chosen = select(t.launch.c.id).where(t.launch.c.wave_id == running.id, t.launch.c.step == step)
        return self.do(lambda db: list(db.scalars(chosen)))  # type: ignore[no-any-return]

    # -- what always holds

    @invariant()
    def nobody_would_get_the_link_too_early(self) -> None:
        """Two people, in turn, ask for the link in each wave; what follows is taken back, whatever it was."""
        if not hasattr(self, "sender"):
            return
        self.turn += 1
        if self.turn % 3:
            return  # asking is the dearest step of all; the others reach more states in the same time
        for wave in ("pilot", "company"):
            running = self.wave(wave)
            for person in EMPLOYEES[self.turn % 2 :: 2]:
                inside = person in self.world.members[running.wave.channel]
                with self.database.own_engine().connect() as db:
                    try:
                        answer = reading.ask_for_link(
                            db, running.id, person, in_channel=inside, rules=self.rulebook, now=self.now
                        )
                    except Refused:
                        continue
                    finally:
                        db.rollback()
                if answer.link is not None:
                    self._judge_link(person, wave)

    @invariant()
    def the_link_is_in_no_message(self) -> None:
        """Neither the link nor its host stands in anything that was posted."""
        for _place, _id, _text, body in self.world.posts:
            assert "install.example.com" not in body, "the link stands in a message"

    @invariant()
    def only_those_in_charge_did_anything(self) -> None:
        """Every new entry of the timeline is by somebody who was in charge, by the plan, when it was written."""
        if not hasattr(self, "sender"):
            return
        rollout = self.rollout()
        entries = self.do(lambda db: timeline.last(db, rollout.id, 1_000))
        for entry in entries[: len(entries) - self.entries_read]:
            self._judge_entry(entry)
        self.entries_read = len(entries)

    def _judge_entry(self, entry: Entry) -> None:
        if entry.event is Event.NOT_LAUNCHED:
            assert entry.actor == "foreword"
            return
        named = str(entry.data.get("wave") or entry.data.get("waves") or "")
        wave = named if self.plan.wave_named(named) else None
        allowed = self.plan.owners if entry.event in OWNERS_ONLY else self.who_can(wave)
        assert entry.actor in allowed, f"{entry.actor} is not in charge of {named or 'all'} and did {entry.event}"
        if entry.event is Event.OVERRIDE_APPROVED:
            assert entry.actor != entry.data["asked_by"], "one person waived a gate alone"

    @invariant()
    def nothing_is_posted_twice(self) -> None:
        """One delivery, one message."""
        assert all(times == 1 for times in self.world.times_posted.values()), "something was posted twice"

    @invariant()
    def no_policy_before_a_reason(self) -> None:
        """In every channel, and for everybody who is written to, the reason comes before the policy, and both before the button."""
        for place, before, body in self.world.arrivals:
            if "policy_have_read" in body:
                assert REASON_MARK.search(before), f"a policy came to {place} before any reason"
            if "link_get" in body:
                assert POLICY_MARK.search(before), f"the button came to {place} before any policy"


def launching_step(db: Connection, rollout: Rollout, wave: Any) -> Step | None:
    """The step that comes next."""
    from bot.services.standing import step_due

    return step_due(db, rollout, wave)

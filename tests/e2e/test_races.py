"""Acts of two people, or the same act twice, at two instances at the same moment: one of them counts, and both are answered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Connection

from bot.domain.pushback import Theme
from bot.domain.weeks import week_of
from bot.services import checking, questions
from bot.store import questions as stored
from bot.store import rollouts
from tests.e2e.conftest import HELEN, LUCAS, MARA, OTIS, TEAM
from tests.e2e.rough_office import reason_with
from tests.e2e.two_bots import BOTH, ONE, OTHER, TwoBots, two_bots

pytestmark = [pytest.mark.database, pytest.mark.postgresql_only("several instances share a server")]
ROUNDS = 5
TITLES = {"reason": "why it is coming", "policy": "the policy (version 1)", "install": "ready to install"}


@pytest.fixture
async def office() -> AsyncIterator[TwoBots]:
    """Two bots and a team; whatever happened, the timeline holds afterwards."""
    async with two_bots() as made:
        yield made
        broken = await made.bots[0].database.run(checking.broken_timelines)
        assert set(broken.values()) == {None}


async def test_two_managers_confirm_at_once(office: TwoBots) -> None:
    """Each has a preview of their own, each at another instance, each clicking twice: one launch, one message, in each step."""
    for step in ("brief", *TITLES):
        if step == "install":
            office.clock.advance(timedelta(days=4))
        for person in (MARA, OTIS):
            assert "Preview" in await office.type(person, f"/rollout launch {step} pilot")
        await office.at_once(
            (BOTH, office.press(MARA, "launch_confirm")),
            (OTHER, office.press(OTIS, "launch_confirm")),
            (ONE, office.press(OTIS, "launch_confirm")),
        )
        await office.settle()
        if step == "brief":
            await office.press(MARA, "brief_can_answer")
        else:
            assert office.messages(TITLES[step]) == 1
    launched = await office.rows("SELECT step, count(*) FROM launch WHERE state = 'launched' GROUP BY step")
    assert dict(launched) == dict.fromkeys(("brief", *TITLES), 1)
    assert await office.timeline("launched") == 4
    assert office.messages("briefing for", MARA) == 1


async def test_a_pause_and_a_launch_at_once(office: TwoBots) -> None:
    """Either the launch was first, and is out; or the pause was, and nothing goes before the relaunch. Never half of it."""
    await office.take_pilot_to("brief")
    for number in range(ROUNDS):
        assert "Preview" in await office.type(MARA, "/rollout launch reason pilot"), number
        before = office.messages(TITLES["reason"])
        await office.at_once(
            (ONE, office.press(MARA, "launch_confirm")),
            (OTHER, office.type(OTIS, f"/rollout pause because round {number}")),
        )
        await office.settle()
        came = office.messages(TITLES["reason"]) - before
        states = [
            state
            for run, state in await office.rows(
                "SELECT run, delivery.state FROM delivery JOIN launch ON launch.id = launch_id WHERE kind = 'reason'"
            )
            if run == number + 1
        ]
        assert states in ([], ["sent"] * came or ["pending"])
        office.clock.advance(timedelta(hours=1))
        await office.settle()
        assert office.messages(TITLES["reason"]) == before + came, "paused is paused"
        await _new_reason(office, number)
        await office.type(OTIS, "/rollout relaunch")
        await office.settle()
        if number + 1 < ROUNDS:
            await office.take_pilot_to("brief")


async def _new_reason(office: TwoBots, number: int) -> None:
    await office.type(MARA, "/rollout edit reason")
    await office.settle()
    await office.slack.submit(MARA, {"reason": {"value": {"value": reason_with(50 + number)}}})
    while office.slack.space.top_modal(MARA) is not None:
        await office.slack.close(MARA)


async def test_two_approve_and_two_ask_at_once(office: TwoBots) -> None:
    """An override is asked for once and approved once, by two different people."""
    await office.take_pilot_to("policy")
    await office.at_once(
        (ONE, office.type(MARA, "/rollout override notice_period pilot because it is short")),
        (OTHER, office.type(OTIS, "/rollout override notice_period pilot because we know it")),
    )
    await office.at_once(
        *((goes_to, office.type(who, "/rollout approve")) for goes_to in (ONE, OTHER) for who in (MARA, OTIS))
    )
    await office.settle()
    assert await office.rows("SELECT state, asked_by <> approved_by FROM override") == [("approved", True)]
    assert (await office.timeline("override_asked"), await office.timeline("override_approved")) == (1, 1)


async def test_a_scheduled_launch_fires_at_both(office: TwoBots) -> None:
    """Its time comes at all instances at the same moment: it goes once."""
    await office.take_pilot_to("reason")
    assert "Preview" in await office.type(MARA, "/rollout launch policy pilot at 2026-11-30 12:00")
    await office.press(MARA, "launch_confirm")
    office.clock.advance(timedelta(hours=5))
    await asyncio.gather(*(bot.ticks._jobs.fire_launches() for bot in office.bots * 3))
    await office.settle()
    assert office.messages(TITLES["policy"]) == 1
    assert await office.timeline("launched") == 3


async def test_somebody_joins_and_everybody_reads_at_once(office: TwoBots) -> None:
    """The same event and the same clicks at both: each late message once, each receipt once, in order."""
    await office.take_pilot_to("policy")
    team = [person for person in office.slack.space.conversations[TEAM].members if person.startswith("U01")]
    await office.at_once(
        (BOTH, office.slack.join(LUCAS, TEAM)),
        *((BOTH, office.press(person, "policy_have_read")) for person in team),
    )
    await office.settle()
    assert (office.messages(TITLES["reason"], LUCAS), office.messages(TITLES["policy"], LUCAS)) == (1, 1)
    read = await office.rows(
        "SELECT person FROM receipt WHERE step = 'policy' AND acknowledged_at IS NOT NULL ORDER BY person"
    )
    assert [person for (person,) in read] == sorted(team)


async def test_two_answer_one_question_at_once(office: TwoBots) -> None:
    """One answer counts; whoever asked gets that one, once, from whichever instance."""
    for number in range(ROUNDS):
        question_id = await office.bots[0].database.run(partial(_asked, office, number=number))
        results = await asyncio.gather(
            *(
                bot.database.run(partial(questions.answer, question_id=question_id, text=f"{by} says no.", by=by))
                for bot, by in zip(office.bots, (HELEN, OTIS), strict=True)
            ),
            return_exceptions=True,
        )
        assert sum(isinstance(each, Exception) for each in results) == 1
        await office.settle()
        assert office.messages("without your name", LUCAS) == number + 1
    assert await office.rows("SELECT count(*) FROM sealed_address") == [(0,)]


def _asked(office: TwoBots, db: Connection, *, number: int) -> str:
    rollout = rollouts.every(db)[0]
    now = office.now()
    week = week_of(now, office.bots[0].desk.ear.zone)
    question_id = stored.add(
        db, rollout.id, wave_id=None, week=week, theme=Theme.OTHER, text=f"Question {number}?", post_at=now
    )
    inside = {"person": LUCAS, "until": (now + timedelta(days=14)).isoformat()}
    stored.join(db, question_id, office.bots[0].desk.ear.keys.seal(json.dumps(inside)), counted_at=now)
    return question_id


async def test_two_owners_write_at_once(office: TwoBots) -> None:
    """A new reason at one instance, a new policy at the other: both are kept, and neither takes the other back."""
    await office.take_pilot_to("policy")
    await office.type(MARA, "/rollout edit reason")
    await office.type(OTIS, "/rollout edit policy")
    await office.settle()
    await office.at_once(
        (ONE, office.slack.submit(MARA, {"reason": {"value": {"value": reason_with(77)}}})),
        (OTHER, office.slack.submit(OTIS, {"policy.retention_days": {"value": {"value": "61"}}})),
    )
    assert await office.rows("SELECT reason_version, policy_version FROM rollout") == [(2, 2)]
    plan = await office.bots[0].database.run(lambda db: rollouts.every(db)[0].plan)
    assert "77,000 euros" in plan.reason
    assert plan.policy.retention_days == 61

"""Events that come twice, in the wrong order, or days late are harmless; and so are clicks on what has moved on."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.sandbox.payloads import event_body
from bot.store import people, rollouts, tables
from scheduler.jobs import EVENTS_KEPT
from tests.e2e.conftest import LUCAS, MARA, PRIYA, TEAM, said
from tests.faults.calm import played, up_to
from tests.faults.laboratory import Laboratory, look_into
from tests.faults.oracle import TITLES

pytestmark = pytest.mark.database

DAYS = 86_400


def keep_events(lab: Laboratory, *, deliver: bool) -> list[dict[str, Any]]:
    """What Slack would deliver from now on; `deliver` is whether it does."""
    kept: list[dict[str, Any]] = []
    tell = lab.slack.courier.tell

    async def told(body: dict[str, Any], retry: Any = None) -> None:
        kept.append(body)
        if deliver:
            await tell(body, retry)

    lab.slack.courier.tell_soon = lambda body: lab.slack.courier._keep(  # type: ignore[method-assign]
        told(body), lab.slack.courier._first_tries
    )
    return kept


def letters(lab: Laboratory, person: str) -> list[int]:
    """How many of each step's messages this person has in direct messages."""
    place = lab.slack.space.conversations[lab.slack.dm(person)]
    return [sum(title in said(message.blocks) for message in place.messages) for title in TITLES.values()]


async def launched_without_a_roll(lab: Laboratory, step: str) -> None:
    """The step stands in the channel, and Slack does not let the roll be called, until `fate.instead` says otherwise."""
    lab.fate.instead = lambda method, _place: "500 before" if method == "conversations.members" else ""
    assert "Preview" in await lab.type(MARA, f"/rollout launch {step}")
    await lab.press(MARA, "launch_confirm")
    await lab.wait(60, pulses=3)


def put_off(lab: Laboratory, *, days: int) -> None:
    """Every roll that is still to be called is called so many days later."""
    later = lab.clock.now() + timedelta(days=days)
    look_into(lab.url, lambda db: db.execute(update(tables.roll_call).values(due_at=later)))


def present(lab: Laboratory, person: str) -> bool | None:
    """Whether the bot believes that this person is in the pilot's channel."""
    return look_into(lab.url, lambda db: people.is_member(db, rollouts.every(db)[0].waves[0].id, person))


async def news_in_another_order(lab: Laboratory, deeds: list[tuple[str, float]], order: list[int]) -> None:
    """Lucas comes and goes, with so many seconds after each; then Slack tells of it, in this order of the deeds."""
    await up_to(lab, "policy")
    kept = keep_events(lab, deliver=False)
    for deed, seconds in deeds:
        await (lab.slack.join if deed == "comes" else lab.slack.leave)(LUCAS, TEAM)
        await lab.wait(seconds)
    news = [body for body in kept if "member" in body["event"]["type"]]
    assert len(news) == len(deeds)
    for place in order:
        await lab.do(lab.slack.courier.tell(news[place]))
    await lab.wait(60, pulses=3)


def test_news_of_coming_after_news_of_going(lab: Laboratory) -> None:
    """Somebody came and went; both are told three days late, the wrong way round: nobody writes to them."""

    async def play() -> None:
        await news_in_another_order(lab, [("comes", 30), ("goes", 3 * DAYS)], [1, 0, 1, 0])
        assert present(lab, LUCAS) is False
        assert letters(lab, LUCAS) == [0, 0, 0]

    played(lab, play())


def test_news_of_going_after_news_of_coming_again(lab: Laboratory) -> None:
    """Somebody went and came again, told the wrong way round: they are there, and get what they missed, once."""

    async def play() -> None:
        await news_in_another_order(lab, [("comes", 10), ("goes", 10), ("comes", 10)], [2, 1, 0, 2])
        assert present(lab, LUCAS) is True
        assert letters(lab, LUCAS) == [1, 1, 0]

    played(lab, play())


def test_whoever_goes_before_it_is_sent_and_comes_again_gets_it(lab: Laboratory) -> None:
    """What was taken back because they left is not lost when they are back."""

    async def play() -> None:
        await up_to(lab, "install")
        assert lab.bot is not None
        object.__setattr__(lab.bot.desk, "wake", lambda: None)
        await lab.slack.join(LUCAS, TEAM)
        await lab.slack.leave(LUCAS, TEAM)
        await lab.wait(60, pulses=3)
        assert letters(lab, LUCAS) == [0, 0, 0]
        await lab.slack.join(LUCAS, TEAM)
        await lab.wait(60, pulses=6)
        assert letters(lab, LUCAS) == [1, 1, 1]

    played(lab, play())


def test_a_roll_that_is_called_late_gives_nobody_a_receipt_who_came_later(lab: Laboratory) -> None:
    """Slack did not let the roll be called for an hour; who joined meanwhile gets the policy themselves."""

    async def play() -> None:
        await up_to(lab, "reason")
        await launched_without_a_roll(lab, "policy")
        await lab.slack.join(LUCAS, TEAM)
        lab.fate.instead = lambda _method, _place: ""
        await lab.wait(3600, pulses=6)
        assert letters(lab, LUCAS) == [1, 1, 0]

    played(lab, play())


def test_news_of_coming_after_a_roll_that_was_called_late(lab: Laboratory) -> None:
    """The roll for the reason is called after somebody came, and before Slack tells of it: they get the reason all the same."""

    async def play() -> None:
        await up_to(lab, "brief")
        await launched_without_a_roll(lab, "reason")
        kept = keep_events(lab, deliver=False)
        await lab.slack.join(LUCAS, TEAM)
        lab.fate.instead = lambda _method, _place: ""
        await lab.wait(3600, pulses=6)
        assert present(lab, LUCAS) is True
        assert letters(lab, LUCAS) == [0, 0, 0]
        for body in [body for body in kept if "member" in body["event"]["type"]]:
            await lab.do(lab.slack.courier.tell(body))
        await lab.wait(60, pulses=3)
        assert letters(lab, LUCAS) == [1, 0, 0]

    played(lab, play())


def test_whoever_only_the_late_roll_finds_gets_everything(lab: Laboratory) -> None:
    """The roll for the reason is called after that for the policy, and finds somebody whose coming Slack never told of."""

    async def play() -> None:
        await up_to(lab, "brief")
        await launched_without_a_roll(lab, "reason")
        put_off(lab, days=2)
        lab.fate.instead = lambda _method, _place: ""
        assert "Preview" in await lab.type(MARA, "/rollout launch policy")
        await lab.press(MARA, "launch_confirm")
        await lab.wait(60, pulses=6)
        keep_events(lab, deliver=False)
        await lab.slack.join(LUCAS, TEAM)
        await lab.wait(3 * DAYS, pulses=6)
        assert present(lab, LUCAS) is True
        assert letters(lab, LUCAS) == [1, 1, 0]

    played(lab, play())


def test_everything_again_three_days_later(lab: Laboratory) -> None:
    """Each event of a day comes twice at once, and again three days later backwards: nothing is written a second time."""

    async def play() -> None:
        await up_to(lab, "policy")
        kept = keep_events(lab, deliver=True)
        await lab.do(lab.slack.join(LUCAS, TEAM))
        await lab.do(lab.slack.message(PRIYA, lab.slack.dm(PRIYA), "who can see my data?"))
        await lab.do(lab.slack.message(PRIYA, TEAM, "<@U0FOREWORD> who can see my data?"))
        await lab.do(lab.slack.home(PRIYA))
        await lab.wait(60, pulses=3)
        kinds = {body["event"]["type"] for body in kept}
        assert kinds >= {"member_joined_channel", "message", "app_mention", "app_home_opened"}
        before = (len(lab.slack.calls_of("chat.postMessage")), len(lab.slack.calls_of("chat.postEphemeral")))
        for body in kept:
            await asyncio.gather(lab.slack.courier.tell(body), lab.slack.courier.tell(body))
        await lab.wait(3 * DAYS, pulses=3)
        await lab.tidy()
        for body in reversed(kept):
            await lab.do(lab.slack.courier.tell(body))
        await lab.wait(60, pulses=3)
        assert (len(lab.slack.calls_of("chat.postMessage")), len(lab.slack.calls_of("chat.postEphemeral"))) == before

    assert EVENTS_KEPT.days > 3
    played(lab, play())


def test_a_mention_whose_answer_slack_did_not_take(lab: Laboratory) -> None:
    """The first two answers get lost on the way: Slack delivers the question again, and the person is answered, counted once."""

    async def play() -> None:
        await up_to(lab, "policy")
        ways = iter(("500 before", "429"))
        lab.fate.instead = lambda method, _place: next(ways, "") if method == "chat.postEphemeral" else ""
        await lab.do(lab.slack.message(PRIYA, TEAM, "<@U0FOREWORD> who can see my data?"))
        if lab.still:
            await asyncio.sleep(400)
        else:
            await asyncio.sleep(3.5)
        await lab.rest()
        taken = [call for call in lab.slack.calls_of("chat.postEphemeral") if call.answer and call.answer["ok"]]
        assert len(taken) == 1
        assert look_into(lab.url, lambda db: db.exec_driver_sql("SELECT count(*) FROM voice").scalar()) == 1

    played(lab, play())


def test_an_event_without_a_time_counts_as_of_now(lab: Laboratory) -> None:
    """Servers that tell no time, or nonsense, are believed as before."""

    async def play() -> None:
        await up_to(lab, "policy")
        times: tuple[object, ...] = ("", "soon", None, [], "1e400")
        for number, odd in enumerate(times):
            event = {"type": "member_joined_channel", "user": LUCAS, "channel": TEAM, "event_ts": odd}
            body = {**event_body(lab.slack.space, event), "event_id": f"Ev{number}"}
            await lab.do(lab.slack.courier.tell(body))
        await lab.wait(60, pulses=3)
        assert present(lab, LUCAS) is True
        assert letters(lab, LUCAS) == [1, 1, 0]

    played(lab, play())


def test_the_test_would_notice(lab: Laboratory, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the time of events ignored, the late news of coming is believed."""
    monkeypatch.setattr(people, "left_since", lambda *_given: False)

    async def play() -> None:
        await up_to(lab, "policy")
        kept = keep_events(lab, deliver=False)
        await lab.slack.join(LUCAS, TEAM)
        await lab.wait(30)
        await lab.slack.leave(LUCAS, TEAM)
        came, went = (body for body in kept if "member" in body["event"]["type"])
        for body in (went, came):
            await lab.do(lab.slack.courier.tell(body))
        assert present(lab, LUCAS) is True

    played(lab, play())

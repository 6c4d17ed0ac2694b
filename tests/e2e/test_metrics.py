"""/metrics and /readyz of the real bot: whoever reads them every second learns nothing about who asked when."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable

import httpx
import pytest

from bot import metrics
from tests.e2e.conftest import HELEN, MARA, PRIYA, TEAM, TOMAS, Office
from tests.e2e.test_asking import ODD
from tests.e2e.test_checkins import TO_FIRST, press_scale

TICKING = re.compile(r"^foreword_(ticks?|matching)_")
"""Ticks go on by themselves, whatever people do; the bot times a question of its own at the start and every hour."""


async def read(office: Office, path: str = "/metrics") -> httpx.Response:
    """What the running bot answers there."""
    transport = httpx.ASGITransport(office.workplace)
    async with httpx.AsyncClient(transport=transport, base_url="http://bot.test") as http:
        return await http.get(path)


async def samples(office: Office) -> dict[str, str]:
    """Every sample by name and labels, but for those of the ticks."""
    text = (await read(office)).text
    lines = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    return {name: value for name, _, value in lines if not TICKING.match(name)}


async def moved_by(office: Office, act: Callable[[], Awaitable[object]]) -> set[str]:
    """Which samples differ after `act` from what they were before."""
    before = await samples(office)
    await act()
    await office.bot.desk.background.drain()
    await asyncio.sleep(0.05)
    after = await samples(office)
    return {name for name in after if after[name] != before.get(name)}


async def ask_directly(office: Office) -> None:
    """A question in the direct messages."""
    dm = next(c["id"] for c in office.slack.view(PRIYA)["conversations"] if c["kind"] == "dm")
    await office.slack.message(PRIYA, dm, "who can see my data?")
    await office.slack.settle()


async def ask_a_person(office: Office) -> None:
    """A question that no entry answers, passed on to a person."""
    await office.slack.command(PRIYA, TEAM, f"/ask {ODD}")
    await office.slack.click(PRIYA, "question_ask_person")
    await office.bot.desk.background.drain()
    await office.slack.submit(PRIYA, {})


async def note_what_was_heard(office: Office) -> None:
    """A manager notes an objection that somebody made to their face."""
    await office.slack.command(MARA, TEAM, "/rollout heard")
    await office.bot.desk.background.drain()
    view = office.slack.view(MARA)["modal"]["view"]
    wave = next(block for block in view["blocks"] if block.get("block_id") == "heard.wave")["element"]["options"][0]
    await office.slack.submit(
        MARA,
        {
            "heard.theme": {"value": {"selected_option": {"value": "trust"}}},
            "heard.wave": {"value": {"selected_option": {"value": wave["value"]}}},
            "heard.week": {"value": {"selected_option": {"value": "2026-W49"}}},
        },
    )
    assert "Noted" in office.modal(MARA)


async def say_it_helped(office: Office) -> None:
    """A question, and what the asker thinks of the answer."""
    await office.slack.command(PRIYA, TEAM, "/ask Are there screenshots?")
    await office.slack.click(PRIYA, "answer_helped")


ASKING: dict[str, Callable[[Office], Awaitable[object]]] = {
    "a command": lambda office: office.slack.command(PRIYA, TEAM, "/ask Who can see my data?"),
    "its own words": lambda office: office.slack.command(PRIYA, TEAM, f"/ask {ODD}"),
    "a click on an answer": say_it_helped,
    "a question to a person": ask_a_person,
    "the form": lambda office: office.slack.command(PRIYA, TEAM, "/ask"),
    "privacy": lambda office: office.slack.command(PRIYA, TEAM, "/ask privacy"),
    "my data": lambda office: office.slack.command(PRIYA, TEAM, "/ask mydata"),
    "a direct message": ask_directly,
    "a mention": lambda office: office.slack.message(PRIYA, TEAM, "<@U0FOREWORD> who can see my data?"),
    "what a manager heard": note_what_was_heard,
    "the Home tab": lambda office: office.slack.home(PRIYA),
}


@pytest.mark.parametrize("way", ASKING)
async def test_no_sample_moves_because_somebody_asks(office: Office, way: str) -> None:
    """In whatever way somebody asks, /metrics is the same before and after, and so is /readyz."""
    await office.take_pilot_to("policy")
    ready = (await read(office, "/readyz")).json()
    assert await moved_by(office, lambda: ASKING[way](office)) == set()
    assert (await read(office, "/readyz")).json() == ready


async def test_the_very_first_request_may_be_a_question(office: Office) -> None:
    """What the bot asks Slack before its first answer is not told either."""
    assert await moved_by(office, lambda: office.slack.command(PRIYA, TEAM, "/ask Who can see my data?")) == set()


async def test_no_sample_moves_because_somebody_answers_a_check_in(office: Office) -> None:
    """An answer to a check-in is a voice as well."""
    await office.take_pilot_to("install")
    await office.slack.advance(TO_FIRST)
    assert await moved_by(office, lambda: press_scale(office, PRIYA, "mood", 2)) == set()


async def test_no_sample_moves_because_an_answer_is_brought_back(office: Office) -> None:
    """An answer on its way to its asker is counted nowhere: how many waited, and when they had it, is nobody's business."""
    await office.take_pilot_to("policy")
    await ask_a_person(office)
    await office.slack.advance(86_400)
    await office.settle()
    await office.press(HELEN, "question_reply")
    sent = 'foreword_slack_calls_total{ending="answered",method="chat.postMessage"}'
    before = (await samples(office))[sent]
    await office.slack.submit(HELEN, {"reply": {"value": {"value": "No dog is."}}})
    await office.settle()
    assert any("No dog is." in letter for letter in office.letters(PRIYA))
    assert (await samples(office))[sent] == before


async def test_what_managers_do_is_counted(office: Office) -> None:
    """The same look does move when a manager acts: otherwise the tests above would prove nothing."""
    await office.take_pilot_to("brief")
    moved = await moved_by(office, lambda: office.slack.command(MARA, TEAM, "/rollout"))
    assert 'foreword_requests_total{ending="done",kind="rollout"}' in moved
    moved = await moved_by(office, lambda: office.launch("reason"))
    assert 'foreword_requests_total{ending="done",kind="click"}' in moved
    assert 'foreword_slack_calls_total{ending="answered",method="chat.postMessage"}' in moved
    assert 'foreword_deliveries_total{state="sent"}' in moved
    moved = await moved_by(office, lambda: office.slack.leave(TOMAS, TEAM))
    assert 'foreword_requests_total{ending="done",kind="membership"}' in moved


async def test_no_label_holds_a_person_or_a_text(office: Office) -> None:
    """After a whole rollout the labels are still those of a process that has just begun, and every part is well."""
    before = set(await samples(office))
    await office.take_pilot_to("install")
    await office.type(PRIYA, "/ask Who can see my data?")
    text = (await read(office)).text
    assert set(await samples(office)) == before
    assert not re.search(r"U0[0-9A-Z]|C0[0-9A-Z]|hourglass|Priya", text)
    ready = await read(office, "/readyz")
    assert ready.status_code == 200
    assert set(ready.json()["parts"]) == {"database", "migrations", "outbox", "scheduler", "slack", "requests"}


def test_a_method_that_nobody_foresaw_makes_no_label_of_its_own() -> None:
    """Whatever is called, the set of labels stays as it is."""
    before = metrics.exposition().count(b"\n")
    metrics.slack_called("people.watch", metrics.CallEnding.ANSWERED, 0.1)
    metrics.turned_away(418)
    metrics.turned_away(418)
    assert metrics.exposition().count(b"\n") - before <= 1, "the first of a status may add a line"
    assert b"people.watch" not in metrics.exposition()


def test_durations_are_coarse() -> None:
    """A duration counts as its bound, so that the sum does not tell what went on beside it."""

    def total() -> float:
        found = re.search(rb"foreword_slack_call_seconds_sum ([0-9.]+)", metrics.exposition())
        assert found
        return float(found[1])

    before = total()
    metrics.slack_called("auth.test", metrics.CallEnding.ANSWERED, 0.0123)
    assert total() - before == pytest.approx(0.05)

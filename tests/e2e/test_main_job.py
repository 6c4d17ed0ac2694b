"""The main job, end to end: a manager takes the pilot through a whole wave, and nobody gets the link out of order."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from bot.domain.rollout import Step
from bot.services.reading import LinkAnswer, Pressed, links_at_once
from bot.store import people, rollouts
from bot.store.clicks import Clicked
from bot.store.database import PostgreSQLDatabase
from bot.store.tables import launch, receipt
from tests.e2e.conftest import EVERYBODY, HELEN, LINK, LUCAS, MARA, OTIS, PRIYA, READ_IT, TEAM, TOMAS, Office

RECEIPTS = select(receipt.c.person, receipt.c.step, receipt.c.acknowledged_at.is_not(None).label("read"))


async def test_nothing_goes_before_what_comes_before_it(office: Office) -> None:
    """Every step out of order is refused, says what is missing, why it matters and what to do, and sends nothing."""
    for step in ("policy", "install", "reason"):
        refusal = await office.type(MARA, f"/rollout launch {step}")
        assert "Not launched" in refusal
        assert "Why it matters" in refusal
        assert "What to do" in refusal
    assert office.channel(PRIYA) == []


async def test_a_whole_wave(office: Office) -> None:
    """Brief, reason, policy, install: each arrives once, in order, and the link reaches who has read, privately."""
    await office.take_pilot_to("policy")
    await office.press(PRIYA, "policy_have_read")
    assert "2 working days" in await office.launch("install")
    await office.slack.advance(3 * 86_400)
    await office.launch("install")

    titles = office.channel(PRIYA)
    assert len(titles) == 3
    assert "why it is coming" in titles[0]
    assert "the policy (version 1)" in titles[1]
    assert "ready to install" in titles[2]
    await office.press(PRIYA, "link_get")
    assert LINK in office.modal(PRIYA)
    assert LINK not in "".join(office.channel(PRIYA) + office.letters(PRIYA) + office.whispered(PRIYA))


async def test_who_has_not_read_is_shown_the_policy_first(office: Office) -> None:
    """Somebody who presses the button without having read gets reason and policy in the modal, then the link."""
    await office.take_pilot_to("install")
    await office.press(TOMAS, "link_get")
    shown = office.modal(TOMAS)
    assert LINK not in shown
    assert shown.index("Why Hourglass is being introduced") < shown.index("1. What is tracked")
    await office.slack.submit(TOMAS, READ_IT)
    assert LINK in office.modal(TOMAS)
    await office.slack.close(TOMAS)
    await office.press(TOMAS, "link_get")
    assert LINK in office.modal(TOMAS), "the receipt counts from now on"


async def test_who_clicks_at_the_same_moment_gets_what_is_theirs(office: Office) -> None:
    """Clicks of one moment go to the database together: who has read gets the link, and who has not is shown the policy."""
    await office.take_pilot_to("policy")
    await asyncio.gather(*(office.slack.click(PRIYA, "policy_have_read") for _twice in range(2)))
    await office.settle()
    await office.slack.advance(3 * 86_400)
    await office.launch("install")
    await asyncio.gather(*(office.slack.click(person, "link_get") for person in (PRIYA, TOMAS)))
    await office.settle()
    assert LINK in office.modal(PRIYA)
    assert LINK not in office.modal(TOMAS)
    assert "What is tracked" in office.modal(TOMAS)
    given = await office.bot.database.look(lambda db: db.execute(RECEIPTS).all())
    assert (PRIYA, "install", False) in given
    assert (PRIYA, "policy", True) in given
    assert [row for row in given if row.person == TOMAS and (row.read or row.step == "install")] == []


@pytest.mark.postgresql_only("SQLite has one writer, who holds everything or nothing")
async def test_whose_rows_are_held_keeps_nobody_but_themselves(office: Office) -> None:
    """Somebody else's transaction that hangs has a receipt of Priya's in it: she is told to try again, Tomas gets the link."""
    await office.take_pilot_to("policy")
    for person in (PRIYA, TOMAS):
        await office.press(person, "policy_have_read")
    await office.slack.advance(3 * 86_400)
    await office.launch("install")
    desk = office.bot.desk
    launched = select(launch.c.id).where(launch.c.step == "install")
    launch_id = await desk.read(lambda db: db.scalars(launched).one())

    async def press(person: str) -> LinkAnswer | Clicked:
        found: LinkAnswer | Clicked = await desk.note_in_rounds(links_at_once, Pressed(launch_id, person, desk.now()))
        return found

    assert isinstance(office.bot.database, PostgreSQLDatabase)
    with office.bot.database.own_engine().connect() as hanging:
        rollout = rollouts.every(hanging)[0]
        people.give(hanging, rollout.id, rollout.waves[0].id, [PRIYA], Step.INSTALL, 1, now=desk.now())
        hers, his = await asyncio.gather(press(PRIYA), press(TOMAS), return_exceptions=True)
        hanging.rollback()
    assert isinstance(hers, OperationalError)
    assert isinstance(his, LinkAnswer)
    given = await desk.read(lambda db: db.execute(RECEIPTS.where(receipt.c.step == "install")).all())
    assert [row.person for row in given] == [TOMAS]
    assert isinstance(await press(PRIYA), LinkAnswer)


async def test_a_latecomer_gets_everything_in_order(office: Office) -> None:
    """Somebody who joins the channel late gets reason, policy and button in direct messages, one after the other."""
    await office.take_pilot_to("install")
    await office.slack.join(LUCAS, TEAM)
    await office.settle()
    letters = office.letters(LUCAS)
    assert [
        "why it is coming" in letters[0],
        "the policy (version 1)" in letters[1],
        "ready to install" in letters[2],
    ] == [
        True,
        True,
        True,
    ]
    assert len(letters) == 3
    await office.press(LUCAS, "link_get")
    assert LINK not in office.modal(LUCAS)


async def test_a_stranger_gets_nothing(office: Office) -> None:
    """A forged click by somebody who is not in the wave's channel leads to a sentence, not to the link."""
    await office.take_pilot_to("install")
    message = next(
        message
        for conversation in office.slack.view(PRIYA)["conversations"]
        for message in conversation["messages"]
        if "ready to install" in str(message)
    )
    await office.press(LUCAS, "link_get", channel=TEAM, ts=message["ts"], force=True, value=_value(message, "link_get"))
    assert LINK not in str(office.slack.view(LUCAS))


async def test_a_policy_revised_between_reading_and_clicking(office: Office) -> None:
    """Who read version 1 and asks for the link after version 2 is shown what changed, and asked again."""
    await office.take_pilot_to("install")
    await office.press(PRIYA, "policy_have_read")
    await office.press(PRIYA, "link_get")
    assert LINK in office.modal(PRIYA)
    await office.slack.close(PRIYA)
    await _retain_for(office, 60)
    await office.press(PRIYA, "link_get")
    shown = office.modal(PRIYA)
    assert LINK not in shown
    assert "90 days" in shown
    assert "60 days" in shown
    await office.slack.submit(PRIYA, READ_IT)
    assert LINK in office.modal(PRIYA)
    assert "what changed in the policy (version 2)" in (await office.launch("policy"))


async def test_only_those_in_charge_may_act(office: Office) -> None:
    """An employee and HR are told who can, and a preview of what comes is not shown to them."""
    for person in (PRIYA, HELEN):
        for typed in (
            "launch brief",
            "preview policy",
            "check",
            "pause because no",
            "override notice_period because x",
        ):
            answer = await office.type(person, f"/rollout {typed}")
            assert "These people can" in answer, (typed, answer)
            assert f"<@{OTIS}>" in answer
            assert "idle time" not in answer
    assert "Nothing has been announced" in await office.type(PRIYA, "/rollout")


async def test_fifty_confirms_make_one_launch(office: Office) -> None:
    """Fifty simultaneous clicks on one preview: one message, one entry in the timeline."""
    import asyncio

    await office.take_pilot_to("brief")
    await office.type(MARA, "/rollout launch reason")
    message = _with_button(office, MARA, "launch_confirm")
    value = _value(message, "launch_confirm")
    await asyncio.gather(
        *(
            office.slack.click(
                MARA, "launch_confirm", channel=EVERYBODY, ts=str(message["ts"]), value=value, force=True
            )
            for _ in range(50)
        )
    )
    await office.settle()
    assert len(office.channel(PRIYA)) == 1
    timeline = await office.type(PRIYA, "/rollout timeline")
    assert timeline.count("launched *reason*") == 1


async def test_two_managers_waive_a_soft_gate(office: Office) -> None:
    """One manager asks with a reason, cannot approve it alone, a second one does; both names stand in the timeline."""
    await office.take_pilot_to("policy")
    await office.type(MARA, "/rollout override notice_period because the team asked to begin before the holidays")
    assert "needs a second person" in await office.type(MARA, "/rollout approve")
    await office.press(OTIS, "override_approve")
    assert "Preview" in await office.launch("install")
    timeline = await office.type(TOMAS, "/rollout timeline")
    assert f"<@{MARA}>" in timeline
    assert f"<@{OTIS}>" in timeline
    assert "before the holidays" in timeline
    assert "nobody can waive it" in await office.type(MARA, "/rollout override order because I want to")


async def test_pause_and_relaunch(office: Office) -> None:
    """A pause is told in the manager's words, holds the link, and ends only with something new; then the wave starts over."""
    await office.take_pilot_to("install")
    await office.press(PRIYA, "policy_have_read")
    await office.type(MARA, "/rollout pause because the policy left out <!channel> idle time on calls")
    assert "&lt;!channel&gt; idle time on calls" in office.channel(PRIYA)[-1]
    await office.press(PRIYA, "link_get")
    assert LINK not in office.modal(PRIYA)
    assert "paused" in office.modal(PRIYA)
    await office.slack.close(PRIYA)
    assert "needs something new" in await office.type(MARA, "/rollout relaunch")
    await _retain_for(office, 30)
    assert "starts over" in await office.type(MARA, "/rollout relaunch")
    await office.press(PRIYA, "link_get")
    assert LINK not in office.modal(PRIYA), "the link comes last in the new run too"
    assert "Not launched" in await office.type(MARA, "/rollout launch policy")


async def test_a_scheduled_launch_goes_at_its_time_in_the_managers_own_zone(office: Office) -> None:
    """`at` is in the manager's own time zone; it goes then and not before, and it can be taken back."""
    await office.take_pilot_to("brief")
    shown = await office.type(MARA, "/rollout launch reason at 2026-11-30 11:00")
    assert "Mon 30 Nov 2026, 11:00 (Europe/Stockholm)" in shown
    await office.press(MARA, "launch_confirm")
    await office.slack.advance(3_600)
    assert office.channel(PRIYA) == []
    await office.slack.advance(3_600)
    assert len(office.channel(PRIYA)) == 1
    await office.type(MARA, "/rollout launch policy at 2026-12-01 09:00")
    await office.press(MARA, "launch_confirm")
    assert "is taken back" in await office.type(MARA, "/rollout unschedule policy")
    await office.slack.advance(2 * 86_400)
    assert len(office.channel(PRIYA)) == 1


async def test_a_scheduled_launch_whose_gates_fail_does_not_go(office: Office) -> None:
    """Gates are checked again when a scheduled launch fires; its manager is told why it did not go."""
    await office.take_pilot_to("brief")
    await office.type(MARA, "/rollout launch reason at 2026-12-01 09:00")
    await office.press(MARA, "launch_confirm")
    await _retain_for(office, 30)
    await office.slack.advance(2 * 86_400)
    assert office.channel(PRIYA) == []
    assert "was not sent" in office.letters(MARA)[-1]


async def test_the_next_wave_waits_for_the_pilot(office: Office) -> None:
    """After the pilot's install the company's brief is refused until the pilot has run and said go."""
    await office.take_pilot_to("install")
    refusal = await office.type(OTIS, "/rollout launch brief company")
    assert "pilot_ran" in refusal
    assert "verdict_go" in refusal
    assert office.channel(PRIYA, EVERYBODY) == []
    for step in ("reason", "policy", "install"):
        assert "verdict_go" in await office.type(OTIS, f"/rollout launch {step} company")


async def test_the_home_tab(office: Office) -> None:
    """An employee sees nothing before it was announced, then reason, policy and the own receipt; a manager the card."""
    home = await office.slack.home(PRIYA)
    assert "Nothing for you yet" in said_home(home)
    await office.take_pilot_to("policy")
    await office.slack.home(PRIYA)
    await office.settle()
    shown = said_home(await office.slack.home(PRIYA))
    assert "Why Hourglass is being introduced" in shown
    assert "you have not yet said that you have read it" in shown
    await office.press(PRIYA, "policy_have_read", home=True)
    assert "you said that you have read it" in said_home(await office.slack.home(PRIYA))
    assert "Only people in charge" not in shown
    assert "Only people in charge" in said_home(await office.slack.home(MARA))


async def test_help_and_typos(office: Office) -> None:
    """`help` lists everything; a typo gets the nearest word, not silence."""
    assert "/rollout launch STEP" in await office.type(PRIYA, "/rollout help")
    assert "Did you mean launch?" in await office.type(MARA, "/rollout lanch brief")
    assert "Did you mean policy?" in await office.type(MARA, "/rollout launch polcy")
    assert "Did you mean *pilot*?" in await office.type(MARA, "/rollout launch brief pilto")


def said_home(answer: object) -> str:
    """Every text of an App Home."""
    from tests.e2e.conftest import said

    return said(answer)


async def _retain_for(office: Office, days: int) -> None:
    """Write a policy that keeps data for another number of days, through the form."""
    await office.press_edit_policy(MARA)
    await office.slack.submit(MARA, {"policy.retention_days": {"value": {"value": str(days)}}})
    await office.settle()
    assert "is stored" in office.modal(MARA), office.modal(MARA)
    await office.slack.close(MARA)


def _with_button(office: Office, person: str, action: str) -> dict[str, object]:
    found: list[dict[str, object]] = [
        message
        for conversation in office.slack.view(person)["conversations"]
        for message in conversation["messages"]
        if _value(message, action)
    ]
    return found[-1]


def _value(message: dict[str, object], action: str) -> str:
    for block in message.get("blocks") or []:  # type: ignore[attr-defined]
        for element in block.get("elements", []):
            if element.get("action_id") == action:
                return str(element["value"])
    return ""

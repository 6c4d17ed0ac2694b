"""The month after the link, end to end: vouching, faults, reviews, signs, small teams, hours, what a wave is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.domain.rollout import CheckinBy
from bot.sandbox.things import Person, StoredFile
from bot.services import plans
from bot.store import rollouts
from tests.e2e.conftest import EVERYBODY, HELEN, MARA, OTIS, PRIYA, TEAM, TOMAS, WREN, Office, said
from tests.e2e.test_checkins import PILOT, TO_FIRST, TO_FIRST_CLOSE, TO_SECOND, TO_SECOND_CLOSE, answer, messages
from tests.given import a_pilot_that_went_well

DAY = 86_400


def inputs(office: Office, person: str) -> dict[str, Any]:
    """The inputs of the form in front of this person, by block id."""
    view = office.slack.view(person)["modal"]["view"]
    return {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}


async def fill(office: Office, person: str, **values: Any) -> None:
    """Fill the form in front of this person in, and send it. `wave` is chosen by its name."""
    given: dict[str, Any] = {}
    for name, value in values.items():
        block = name.replace("__", ".")
        element = inputs(office, person)[block]
        if element["type"] in ("static_select", "radio_buttons"):
            option = next(each for each in element["options"] if value in (each["value"], each["text"]["text"]))
            given[block] = {"value": {"selected_option": option}}
        elif element["type"] == "checkboxes":
            given[block] = {
                "value": {"selected_options": [each for each in element["options"] if each["value"] in value]}
            }
        elif element["type"] == "file_input":
            given[block] = {"value": {"files": value}}
        else:
            given[block] = {"value": {"value": value}}
    answered = await office.slack.submit(person, given)
    assert answered["status"] == 200, answered
    await office.settle()


async def test_those_who_vouch_stand_in_the_next_announcement(office: Office) -> None:
    """By name, only who agreed; and the name goes from the posted message when it is taken back."""
    await office.take_pilot_to("install")
    await office.slack.advance(TO_FIRST)
    await office.press(PRIYA, "vouch")
    await office.press(TOMAS, "vouch")
    await office.slack.advance(20 * DAY)
    await office.bot.database.run(
        lambda db: a_pilot_that_went_well(db, rollouts.every(db)[0].waves[0], office.workplace.clock.now())
    )
    for step in ("brief", "reason"):
        shown = await office.launch(step, "company", by=OTIS)
        assert "Preview" in shown, shown
        if step == "brief":
            await office.press(OTIS, "brief_can_answer")
    announced = office.channel(WREN, EVERYBODY)[0]
    assert "2 people of the pilot will tell you how it went" in announced
    assert f"<@{PRIYA}>" in announced
    assert f"<@{WREN}>" not in announced
    assert "not named any more" in await office.type(PRIYA, "/ask unvouch")
    corrected = office.channel(WREN, EVERYBODY)[0]
    assert f"<@{PRIYA}>" not in corrected
    assert f"<@{TOMAS}>" in corrected
    assert "why it is coming" in corrected


async def test_a_fault_goes_to_the_managers_without_a_name_and_comes_back_mended(office: Office) -> None:
    """Redacted, confirmed, passed on at a fixed hour; blocking holds up the next wave; fixed is said in the channel."""
    await office.take_pilot_to("install")
    await office.slack.advance(TO_FIRST)
    await office.press(PRIYA, "fault_report")
    await fill(office, PRIYA, fault="Tomáš Novotný says that Northwind's tag books to Contoso, mail p@x.example")
    form = office.modal(PRIYA)
    assert "This is all that is passed on" in form
    assert "Tomáš" not in form
    assert "p@x.example" not in form
    await fill(office, PRIYA)
    assert "without your name" in office.modal(PRIYA)
    assert messages(office, MARA, "ran into") == []
    await office.slack.advance(DAY)
    told = messages(office, MARA, "ran into")
    assert len(told) == 1
    assert "books to Contoso" in said(told[0])
    assert PRIYA not in said(told[0])
    await office.press(MARA, "fault_blocking")
    await office.slack.advance(20 * DAY)
    assert "blocking data or workflow fault" in await office.type(OTIS, "/rollout launch brief company")
    await office.press(MARA, "fault_fixed")
    assert any("mended" in text and "books to Contoso" in text for text in office.channel(PRIYA))
    assert "blocking data or workflow fault" not in await office.type(OTIS, "/rollout launch brief company")


async def test_reviews_are_promised_reminded_and_shown(office: Office) -> None:
    """Weekly for the pilot: its manager is reminded, marks it or not, and everybody sees which; so is a look off schedule."""
    await office.take_pilot_to("install")
    await office.slack.advance(8 * DAY)
    assert len(messages(office, MARA, "is due today")) == 1
    await office.press(MARA, "review_done")
    await office.slack.advance(14 * DAY)
    page = await office.type(PRIYA, "/ask reviews")
    assert "every week" in page
    assert "done" in page
    assert "nobody has said that it was done" in page
    await office.type(MARA, "/rollout looked")
    assert "no names" in office.modal(MARA)
    await fill(office, MARA, wave="pilot", because="A client disputed an invoice")
    page = await office.type(PRIYA, "/ask reviews")
    assert "a look off schedule" in page
    assert "A client disputed an invoice" in page
    assert "looked at pilot off schedule" in await office.type(PRIYA, "/rollout timeline")
    assert "You cannot" in await office.type(PRIYA, "/rollout looked")


async def test_a_sign_holds_up_the_next_wave_until_it_is_attended_to(office: Office) -> None:
    """Managers are asked weekly; whoever looks after it reads what to do next; a note opens the gate again."""
    await office.take_pilot_to("install")
    await office.slack.advance(8 * DAY)
    await office.press(MARA, "signs_open")
    await fill(office, MARA, signs=["2", "4"])
    assert "2 signs noted" in office.modal(MARA)
    await office.slack.close(MARA)
    told = messages(office, HELEN, "warning sign")
    assert len(told) == 2
    assert "Next step" in said(told[0])
    assert "policy.breaks" in said(told)
    assert "have not been attended to" in await office.type(OTIS, "/rollout launch brief company")
    await office.press(OTIS, "sign_attend")
    await fill(office, OTIS, note="The policy says now what becomes of a gap")
    await office.slack.close(OTIS)
    waiting = await office.type(OTIS, "/rollout launch brief company")
    assert "1 warning sign" in waiting
    assert "what becomes of a gap" in await office.type(PRIYA, "/rollout timeline")


async def test_a_small_team_is_told_before_anything_is_installed(office: Office) -> None:
    """Fewer than five: told with the reason, never asked, and an owner enters what the team said, in words it reads."""
    for person in PILOT[4:]:
        await office.slack.leave(person, TEAM)
    await office.settle()
    await office.take_pilot_to("brief")
    assert "check-ins cannot be anonymous" in await office.launch("reason")
    await office.launch("policy")
    told = [text for text in office.channel(PRIYA) if "fewer than 5 people" in text]
    assert len(told) == 1
    await office.slack.advance(3 * DAY)
    await office.launch("install")
    await office.slack.advance(21 * DAY)
    for person in PILOT[:4]:
        assert messages(office, person, "How is Hourglass going?") == []
    shown = await office.type(OTIS, "/rollout verdict")
    assert "not asked, fewer than 5 people" in shown
    await office.press(OTIS, "verdict_enter")
    await fill(
        office, OTIS, verdict="go", changed="All four say that it takes a minute a day. We moved the review to Tuesday."
    )
    assert any("We moved the review to Tuesday" in text for text in office.channel(PRIYA))
    assert "verdict_go" not in await office.type(OTIS, "/rollout launch brief company")


async def test_you_said_we_changed(office: Office) -> None:
    """After a verdict the wave reads what its answers came to and what changed, in its manager's words."""
    await office.take_pilot_to("install")
    for wait in (TO_FIRST, TO_FIRST_CLOSE + TO_SECOND):
        await office.slack.advance(wait)
        for person in PILOT:
            await answer(office, person, 5)
    await office.slack.advance(TO_SECOND_CLOSE)
    await office.type(MARA, "/rollout verdict")
    await office.press(MARA, "verdict_tell")
    await fill(office, MARA, changed="Gaps are dropped after five minutes now. <!channel>")
    posted = office.channel(PRIYA)[-1]
    assert "you said, we changed" in posted
    assert "go" in posted
    assert "Gaps are dropped after five minutes now" in posted
    assert "<!channel>" not in posted


@pytest.mark.parametrize("draws", [True, False])
async def test_the_trend_as_a_picture(office: Office, draws: bool) -> None:
    """A server that draws charts gets one; another gets a picture in the reader's direct messages, told in words too."""
    crowd = [f"U02CROWD{number}" for number in range(16)]
    for person in crowd:
        office.slack.add_person(Person(person, person.title(), "Staff", "Europe/Berlin", "Employees"), [TEAM])
    await office.take_pilot_to("install")
    for wait in (TO_FIRST, TO_FIRST_CLOSE + TO_SECOND):
        await office.slack.advance(wait)
        for number, person in enumerate((*PILOT, *crowd)):
            await answer(office, person, 1 if number % 4 == 0 else 5)
    await office.slack.advance(TO_SECOND_CLOSE)
    if not draws:
        office.slack.faults.add("response_url", "error:invalid_blocks")
    await office.type(MARA, "/rollout verdict")
    drawn = [text for text in office.whispered(MARA) if "answered 4 or 5" in text]
    pictures = [letter for letter in office.letters(MARA) if "reassured: day 3 75 %" in letter]
    assert (len(drawn), len(pictures)) == ((1, 0) if draws else (0, 1))
    office.slack.calls[:] = [call for call in office.slack.calls if call.method != "response_url"]


async def test_a_link_does_not_get_into_a_channel_this_way(office: Office) -> None:
    """Neither what a wave is told, nor a fault, nor a comment may carry the install link or its host."""
    await office.take_pilot_to("install")
    for wait in (TO_FIRST, TO_FIRST_CLOSE + TO_SECOND):
        await office.slack.advance(wait)
        for person in PILOT:
            await answer(office, person, 5)
    await office.press(PRIYA, "fault_report")
    await fill(office, PRIYA, fault="install.example.com/hourglass does not load")
    assert "I took out: link" in office.modal(PRIYA)
    await office.slack.close(PRIYA)
    await office.slack.advance(TO_SECOND_CLOSE)
    await office.type(MARA, "/rollout verdict")
    await office.press(MARA, "verdict_tell")
    await fill(office, MARA, changed="Get it at install.example.com/hourglass")
    assert "install link or its host" in office.modal(MARA)
    assert not any("install.example.com" in text for text in office.channel(PRIYA))


async def test_before_and_after_a_relaunch(office: Office) -> None:
    """What people asked before a pause and after the relaunch stands side by side, and so do the check-ins."""
    await office.take_pilot_to("install")
    await office.slack.advance(TO_FIRST)
    for person in PILOT:
        await answer(office, person, 1)
        await office.type(person, "/ask Who can see my data?")
        await office.type(person, "/ask Are there screenshots?")
    await office.slack.advance(7 * DAY)
    await office.type(MARA, "/rollout pause because the policy needs another look")
    await office.slack.advance(7 * DAY)
    await edit_reason(office)
    await office.type(OTIS, "/rollout relaunch")
    await office.take_pilot_to("install")
    await office.slack.advance(7 * DAY)
    for person in PILOT[:5]:
        await office.type(person, "/ask How long do you keep it?")
    await office.slack.advance(21 * DAY)
    shown = await office.type(OTIS, "/rollout verdict")
    assert "before the relaunch): 8 of 8 people answered" in shown
    assert "(before the pause)" in shown, shown
    assert "(after the relaunch)" in shown
    assert shown.index("(before the pause)") < shown.index("(after the relaunch)")


async def edit_reason(office: Office) -> None:
    """An owner writes another reason."""

    def write(db: Connection) -> None:
        rollout = rollouts.every(db)[0]
        reason = "From 1 March four clients (Northwind, Contoso, Fabrikam and Litware) accept an invoice only with its hours."
        plan = replace(rollout.plan, reason=reason)
        now = office.workplace.clock.now()
        plans.edit(db, rollout.id, plan, book=office.bot.desk.library.book, by=OTIS, now=now)

    await office.bot.database.run(write)
    await office.settle()


async def test_in_the_channel(office: Office) -> None:
    """`checkins: {by: channel}`: one message, one reminder, answers in a form that only its reader sees."""

    def by_channel(db: Connection) -> None:
        rollout = rollouts.every(db)[0]
        plan = replace(rollout.plan, checkins=replace(rollout.plan.checkins, by=CheckinBy.CHANNEL))
        now = office.workplace.clock.now()
        plans.edit(db, rollout.id, plan, book=office.bot.desk.library.book, by=OTIS, now=now)

    await office.bot.database.run(by_channel)
    await office.take_pilot_to("install")
    await office.slack.advance(TO_FIRST)
    assert len([text for text in office.channel(PRIYA) if "How is Hourglass going?" in text]) == 1
    for person in PILOT:
        assert messages(office, person, "How is Hourglass going?") == []
        await office.press(person, "checkin_open")
        await fill(office, person, checkin__mood="5", checkin__why="4")
        await office.slack.close(person)
    await office.press(PRIYA, "checkin_open")
    assert "5, reassured" in said(inputs(office, PRIYA)["checkin.mood"]["initial_option"])
    await office.slack.close(PRIYA)
    await office.slack.advance(TO_FIRST_CLOSE)
    assert len([text for text in office.channel(PRIYA) if "A reminder" in text]) == 1
    assert "8 of 8 people answered" in await office.type(MARA, "/rollout verdict")


def padded() -> bytes:
    """Eight people who all log exactly eight hours a day for four weeks."""
    days = [date(2026, 11, 2) + timedelta(days=n) for n in range(28) if n % 7 < 5]
    lines = ["User,Date,Hours"] + [f"Person {person},{day.isoformat()},8.00" for person in range(8) for day in days]
    return "\n".join(lines).encode()


async def test_an_export_of_hours(office: Office) -> None:
    """Padded hours of a group raise the second sign; a file that is none is named as such; nobody else may look."""
    await office.take_pilot_to("install")
    assert "You cannot" in await office.type(PRIYA, "/rollout hours")
    await office.type(HELEN, "/rollout hours")
    office.slack.space.files["F1"] = StoredFile("F1", "november.csv", 1, content=padded())
    await fill(office, HELEN, wave="pilot", hours__file=[{"id": "F1"}])
    assert "direct message" in office.modal(HELEN)
    letters = " ".join(office.letters(HELEN))
    assert "november.csv" in letters
    assert "raises the second warning sign" in letters
    assert "Logged hours look suspiciously round" in letters
    await office.slack.close(HELEN)
    await office.type(HELEN, "/rollout hours")
    office.slack.space.files["F2"] = StoredFile("F2", "notes.csv", 1, content=b"hello,world\n1,2\n")
    await fill(office, HELEN, wave="pilot", hours__file=[{"id": "F2"}])
    assert "No headings that tell the day and the hours" in office.letters(HELEN)[-1]

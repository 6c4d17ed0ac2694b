"""Check-ins, end to end: who is asked when, what is kept of the answers, and what the verdict says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.store.database import PostgreSQLDatabase, SQLiteDatabase
from bot.store.schema import METADATA
from tests.e2e.conftest import HELEN, LUCAS, MARA, OTIS, PRIYA, TEAM, TOMAS, WREN, Office, said

DAY, HOUR = 86_400, 3_600
TO_FIRST = 4 * DAY + 12 * HOUR
"""From the install step, a Thursday morning, to the Monday evening on which everybody has been asked the first time."""
TO_FIRST_CLOSE = 2 * DAY + HOUR
TO_SECOND = 23 * HOUR
TO_SECOND_CLOSE = 5 * DAY + HOUR
PILOT = (MARA, PRIYA, TOMAS, WREN, "U01KENJI", "U01AMAL", "U01JOAO", "U01SIOBHAN")
CHECKIN = "How is Hourglass going?"
REMINDER = "A reminder, the only one"


def messages(office: Office, person: str, words: str) -> list[dict[str, Any]]:
    """What the bot wrote to this person alone with these words in it."""
    return [
        message
        for conversation in office.slack.view(person)["conversations"]
        if conversation["kind"] == "dm"
        for message in conversation["messages"]
        if message["bot"] and words in said(message)
    ]


def local(office: Office, person: str, message: dict[str, Any]) -> datetime:
    """When it came, by the clock where this person is."""
    zone = ZoneInfo(office.slack.space.people[person].tz)
    return datetime.fromtimestamp(float(message["ts"]), UTC).astimezone(zone)


def rows(office: Office, table: str) -> list[Any]:
    """Everything in one table."""
    database = office.bot.database
    assert isinstance(database, SQLiteDatabase | PostgreSQLDatabase)
    return database.run_now(lambda db: list(db.execute(METADATA.tables[table].select())))


async def answer(office: Office, person: str, mood: int) -> None:
    """Answer the newest check-in: everything is well, except for how it feels."""
    for question, value in (("why", 4), ("match", 4), ("mood", mood), ("workflow", 5)):
        await press_scale(office, person, question, value, settle=False)
    await office.slack.settle()
    await office.bot.desk.background.drain()


async def press_scale(office: Office, person: str, question: str, value: int, *, settle: bool = True) -> None:
    """Press one number under one question of the newest check-in."""
    message = messages(office, person, CHECKIN)[-1]
    row = next(block for block in message["blocks"] if block.get("block_id") == f"checkin_{question}")
    button = next(each for each in row["elements"] if each["action_id"] == f"checkin_{value}")
    dm = next(each["id"] for each in office.slack.view(person)["conversations"] if message in each["messages"])
    where = {"channel": dm, "ts": message["ts"], "block_id": f"checkin_{question}", "value": button["value"]}
    if settle:
        await office.press(person, f"checkin_{value}", **where)
        return
    pressed = await office.slack.click(person, f"checkin_{value}", **where)
    assert pressed["status"] == 200, pressed


async def test_everybody_is_asked_once_at_ten_where_they_are(office: Office) -> None:
    """Four weeks: each check-in comes once to each person, at ten by their clock, on a working day; and one reminder."""
    await office.take_pilot_to("install")
    await office.slack.advance(26 * DAY)
    for person in PILOT:
        asked, reminded = messages(office, person, CHECKIN), messages(office, person, REMINDER)
        assert len(asked) == 4, (person, [local(office, person, each) for each in asked])
        assert len(reminded) == 4, person
        for message in (*asked, *reminded):
            at = local(office, person, message)
            assert (at.hour, at.minute) == (10, 0), (person, at)
            assert at.weekday() < 5, (person, at)
    assert messages(office, LUCAS, CHECKIN) == []


async def test_five_answers_make_a_verdict(office: Office) -> None:
    """Two check-ins that reassured six of eight: `go`, with counts that nobody can be told from."""
    await office.take_pilot_to("install")
    assert "None so far" in await office.type(MARA, "/rollout verdict")
    await office.slack.advance(TO_FIRST)
    for person in PILOT[:6]:
        await answer(office, person, 5)
    assert "answers are not counted before" in await office.type(MARA, "/rollout verdict")
    await office.slack.advance(TO_FIRST_CLOSE)
    early = await office.type(MARA, "/rollout verdict")
    assert "Verdict: extend" in early
    assert "6 of 8 people answered" in early
    await office.slack.advance(TO_SECOND)
    for person in PILOT[:6]:
        await answer(office, person, 5)
    await office.slack.advance(TO_SECOND_CLOSE)
    shown = await office.type(OTIS, "/rollout verdict")
    assert "Verdict: go." in shown, shown
    assert "Even if everybody who did not answer saw it the other way" in shown
    assert "4 to 5 reassured: 6" in shown or "6 answers" in shown
    assert "verdict on pilot is go" not in " ".join(office.letters(MARA)), "nobody is written to in the evening"
    await office.slack.advance(14 * HOUR)
    assert "verdict on pilot is go" in " ".join(office.letters(MARA))
    assert await office.type(PRIYA, "/rollout verdict") != shown


async def test_frustration_asks_for_another_policy(office: Office) -> None:
    """More frustrated than reassured: `fix the policy`, which a new version and one more check-in answer."""
    await office.take_pilot_to("install")
    for wait in (TO_FIRST, TO_FIRST_CLOSE + TO_SECOND):
        await office.slack.advance(wait)
        for person in PILOT:
            await answer(office, person, 1)
    await office.slack.advance(TO_SECOND_CLOSE)
    shown = await office.type(MARA, "/rollout verdict")
    assert "Verdict: fix the policy." in shown, shown
    assert "frustrated" in shown
    await office.slack.advance(14 * DAY)
    refusal = await office.type(OTIS, "/rollout launch brief company")
    assert "fix the policy" in refusal


async def test_nothing_links_an_answer_to_a_person(office: Office) -> None:
    """While it is open answers lie under tags; when it has closed there are counts, and no answer is left."""
    await office.take_pilot_to("install")
    await office.slack.advance(TO_FIRST)
    for person in PILOT[:5]:
        await answer(office, person, 2)

    assert len(rows(office, "checkin_answer")) == 25
    assert not any(person in str(rows(office, "checkin_answer")) for person in PILOT)
    assert all(row.answered == 0 for row in rows(office, "invitation"))
    await office.slack.advance(TO_FIRST_CLOSE)
    assert rows(office, "checkin_answer") == rows(office, "checkin_salt") == rows(office, "checkin_comment") == []
    assert sum(row.answered for row in rows(office, "invitation")) == 5


async def test_an_answer_can_be_changed_until_it_closes(office: Office) -> None:
    """The last press counts; the message says that it is noted, and never what."""
    await office.take_pilot_to("install")
    await office.slack.advance(TO_FIRST)
    before = said(messages(office, PRIYA, CHECKIN)[-1])
    await press_scale(office, PRIYA, "mood", 2)
    once = said(messages(office, PRIYA, CHECKIN)[-1])
    await press_scale(office, PRIYA, "mood", 5)
    twice = said(messages(office, PRIYA, CHECKIN)[-1])
    assert "noted" in once
    assert before != once == twice
    mine = await office.type(PRIYA, "/ask mydata")
    assert "How do you feel about it by now? 5" in mine
    await office.press(PRIYA, "my_data_forget")
    assert "How do you feel" not in await office.type(PRIYA, "/ask mydata")


async def test_who_joins_later_is_asked_from_the_next_one(office: Office) -> None:
    """Somebody who joins on the day of a check-in is asked in the one after."""
    await office.take_pilot_to("install")
    await office.slack.advance(TO_FIRST)
    await office.slack.join(LUCAS, TEAM)
    await office.settle()
    assert messages(office, LUCAS, CHECKIN) == []
    await office.slack.advance(TO_FIRST_CLOSE + TO_SECOND)
    assert len(messages(office, LUCAS, CHECKIN)) == 1


async def test_who_leaves_is_not_asked(office: Office) -> None:
    """Somebody who left the team before their ten o'clock is not asked."""
    await office.take_pilot_to("install")
    await office.slack.leave(WREN, TEAM)
    await office.settle()
    await office.slack.advance(8 * DAY)
    assert messages(office, WREN, CHECKIN) == []


async def test_away_and_tomorrow(office: Office) -> None:
    """*I am away* means no reminder; *Remind me tomorrow* moves the one there is."""
    await office.take_pilot_to("install")
    await office.slack.advance(TO_FIRST)
    await office.press(PRIYA, "checkin_away")
    await office.press(TOMAS, "checkin_snooze")
    await office.slack.advance(TO_FIRST_CLOSE)
    assert messages(office, PRIYA, REMINDER) == []
    reminded = messages(office, TOMAS, REMINDER)
    asked = messages(office, TOMAS, CHECKIN)[0]
    assert len(reminded) == 1
    assert local(office, TOMAS, reminded[0]).date() - local(office, TOMAS, asked).date() == timedelta(1)


async def test_a_pause_holds_it_and_a_missed_one_is_said_to_be_skipped(office: Office) -> None:
    """A check-in whose days lie in a pause does not come later; the manager's card says so."""
    await office.take_pilot_to("install")
    await office.type(MARA, "/rollout pause because the policy needs another look")
    await office.slack.advance(30 * DAY)
    for person in PILOT:
        assert messages(office, person, CHECKIN) == []


@pytest.mark.parametrize("person", [PRIYA, HELEN])
async def test_a_stranger_cannot_answer(office: Office, person: str) -> None:
    """A forged press, or one for a check-in that is over, leads to a sentence and changes nothing."""
    await office.take_pilot_to("install")
    await office.slack.advance(TO_FIRST)
    message = messages(office, PRIYA, CHECKIN)[-1]
    value = next(
        each["value"]
        for block in message["blocks"]
        for each in block.get("elements", [])
        if each.get("action_id") == "checkin_3"
    )
    if person == PRIYA:
        await office.slack.advance(TO_FIRST_CLOSE)
        message = messages(office, PRIYA, CHECKIN)[0]
    dm = next(each["id"] for each in office.slack.view(PRIYA)["conversations"] if message in each["messages"])
    await office.press(person, "checkin_3", channel=dm, ts=message["ts"], value=value, force=True)
    assert rows(office, "checkin_answer") == []

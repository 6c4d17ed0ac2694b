"""Questions, end to end: answered from the policy, handed to a person without a name, and never traceable."""

from __future__ import annotations

import asyncio
from collections import Counter

from sqlalchemy import select

from bot.store.database import PostgreSQLDatabase, SQLiteDatabase
from bot.store.voice_tables import voice
from tests.e2e.conftest import EVERYBODY, HELEN, LUCAS, MARA, PRIYA, TEAM, TOMAS, WREN, Office, said

ODD = "Will the office dog also be measured?"


async def ask_a_person(office: Office, person: str, text: str) -> str:
    """Ask what no entry answers, and pass it on; returns what the form showed before."""
    said = await office.type(person, f"/ask {text}")
    assert "without my name" in said, said
    await office.press(person, "question_ask_person")
    shown = office.modal(person)
    await office.slack.submit(person, {})
    await office.settle()
    assert "14 days" in office.modal(person) or "one answer together" in office.modal(person)
    await office.slack.close(person)
    return shown


async def test_an_answer_comes_at_once_and_privately(office: Office) -> None:
    """The answer cites the policy's section and version, and nobody else sees it."""
    await office.take_pilot_to("policy")
    said = await office.type(PRIYA, "/ask Who can see my data?")
    assert "your direct manager" in said
    assert "version 1" in said
    assert office.channel(TOMAS)[-1].count("your direct manager") <= 1
    assert office.whispered(TOMAS) == []


async def test_everybody_who_asks_at_once_gets_their_own_answer(office: Office) -> None:
    """Questions of the same moment go to the database together; answers and voices are each their own all the same."""
    await office.take_pilot_to("policy")
    wanted = {
        (PRIYA, "Who can see my data?"): "your direct manager",
        (TOMAS, "Who can see my data?"): "your direct manager",
        (PRIYA, ODD): "without my name",
        (TOMAS, ODD): "without my name",
        (LUCAS, "Who can see my data?"): "not been announced",
        (PRIYA, "Does the office cat count as well?"): "without my name",
    }
    answers = await asyncio.gather(
        *(office.slack.command(person, EVERYBODY, f"/ask {text}") for person, text in wanted for _twice in range(2))
    )
    await office.settle()
    shown = [said(each["body"]) for each in answers]
    for part, answer in zip((part for part in wanted.values() for _twice in range(2)), shown, strict=True):
        assert part in answer
    kept = Counter(await office.bot.database.look(lambda db: db.scalars(select(voice.c.outcome)).all()))
    assert kept["answered"] == 2, "an entry is one voice a week, however often somebody asks"
    assert kept.total() == 2 + 2 * 4, "what no entry answers is one each time"


async def test_nothing_is_answered_ahead_of_the_announcement(office: Office) -> None:
    """Before the policy was delivered, an employee gets no word of it; those in charge do."""
    before = await office.type(PRIYA, "/ask Who can see my data?")
    assert "not been announced" in before
    assert "manager, every Monday" not in before
    await office.take_pilot_to("reason")
    told_why = await office.type(PRIYA, "/ask Who can see my data?")
    assert "policy comes next" in told_why
    assert "your direct manager" in await office.type(MARA, "/ask Who can see my data?")


async def test_a_question_travels_without_its_author(office: Office) -> None:
    """Redacted, confirmed, passed on at the next round, answered, brought back; and then the address is gone."""
    await office.take_pilot_to("policy")
    shown = await ask_a_person(office, PRIYA, f"{ODD} Priya Raghunathan, priya@example.com")
    assert "priya@example.com" not in shown
    assert "Raghunathan" not in shown
    assert "[e-mail]" in shown
    assert not any("office dog" in letter for letter in office.letters(HELEN)), "it waits for the next round"
    await office.slack.advance(86_400)
    await office.settle()
    assert any("office dog" in letter for letter in office.letters(HELEN))
    await office.press(HELEN, "question_reply")
    await office.slack.submit(HELEN, {"reply": {"value": {"value": "No. <Dogs> are not measured & never were."}}})
    await office.settle()
    answers = [letter for letter in office.letters(PRIYA) if "without your name" in letter]
    assert len(answers) == 1
    assert "&lt;Dogs&gt; are not measured &amp; never were." in answers[0]
    assert rows(office, "SELECT count(*) FROM sealed_address") == [(0,)]
    await office.slack.advance(3600)
    await office.settle()
    assert len([letter for letter in office.letters(PRIYA) if "without your name" in letter]) == 1


async def test_the_same_question_is_one_with_a_count(office: Office) -> None:
    """Two people ask the same: one item, and both get the answer."""
    await office.take_pilot_to("policy")
    await ask_a_person(office, PRIYA, ODD)
    await ask_a_person(office, TOMAS, ODD)
    await office.slack.advance(86_400)
    await office.settle()
    assert len([letter for letter in office.letters(HELEN) if "office dog" in letter]) == 1
    assert "2 people wait" in await office.type(HELEN, "/pushback questions")
    await ask_a_person(office, WREN, ODD)
    assert "2 people wait" in await office.type(HELEN, "/pushback questions"), "who joins is counted at the next round"
    await office.slack.advance(3 * 3600)
    assert "3 people wait" in await office.type(HELEN, "/pushback questions")
    await office.press(HELEN, "question_reply", channel=EVERYBODY)
    await office.slack.submit(HELEN, {"reply": {"value": {"value": "No."}}})
    await office.settle()
    for person in (PRIYA, TOMAS):
        assert len([letter for letter in office.letters(person) if "without your name" in letter]) == 1


async def test_an_answered_question_becomes_an_entry(office: Office) -> None:
    """One form; the asker gets the answer, and the bot answers the next one."""
    await office.take_pilot_to("policy")
    await ask_a_person(office, PRIYA, ODD)
    await office.slack.advance(86_400)
    await office.settle()
    await office.press(HELEN, "question_make_entry")
    await office.slack.submit(
        HELEN,
        {
            "entry.question": {"value": {"value": "Is the office dog measured?"}},
            "entry.theme": {"value": {"selected_option": {"value": "other"}}},
            "entry.phrasings": {"value": {"value": f"{ODD}\nDoes it track the dog?"}},
            "entry.answer": {"value": {"value": "No: {tool} records {tracked_names}, and no dog is among that."}},
            "entry.cites": {"value": {"value": "What is tracked"}},
            "entry.review_by": {"value": {"selected_date": "2027-12-01"}},
        },
    )
    await office.settle()
    assert "Saved as" in office.modal(HELEN), office.modal(HELEN)
    assert any("no dog is among that" in letter for letter in office.letters(PRIYA))
    assert "no dog is among that" in await office.type(WREN, f"/ask {ODD}")


async def test_direct_messages_and_mentions_are_questions(office: Office) -> None:
    """A direct message is answered there; a mention to the asker alone, who may share it."""
    await office.take_pilot_to("policy")
    dm = next(c["id"] for c in office.slack.view(PRIYA)["conversations"] if c["kind"] == "dm")
    await office.slack.message(PRIYA, dm, "who can see my data?")
    await office.settle()
    assert any("your direct manager" in letter for letter in office.letters(PRIYA))
    posted = len(office.channel(TOMAS))
    await office.slack.message(PRIYA, TEAM, "<@U0FOREWORD> who can see my data?")
    await office.settle()
    assert any("your direct manager" in said for said in office.whispered(PRIYA))
    assert len(office.channel(TOMAS)) == posted
    await office.press(PRIYA, "answer_share")
    assert "your direct manager" in office.channel(TOMAS)[-1]


async def test_my_data_shows_and_deletes(office: Office) -> None:
    """Whoever asks sees their receipts and their voices, deletes what may be deleted, and nobody else's."""
    await office.take_pilot_to("policy")
    await office.type(PRIYA, "/ask Who can see my data?")
    await office.type(TOMAS, "/ask Who can see my data?")
    await ask_a_person(office, PRIYA, ODD)
    shown = await office.type(PRIYA, "/ask mydata")
    assert "the policy (version 1)" in shown
    assert "who sees" in shown
    assert "office dog" in shown
    await office.press(PRIYA, "my_data_forget")
    assert "Without your name, from these four weeks*\nNothing." in await office.type(PRIYA, "/ask mydata")
    assert "who sees" in await office.type(TOMAS, "/ask mydata")
    assert "destroyed every four weeks" in await office.type(PRIYA, "/ask privacy")


def rows(office: Office, query: str) -> list[tuple[object, ...]]:
    """What a statement finds in the bot's database."""
    database = office.bot.database
    assert isinstance(database, SQLiteDatabase | PostgreSQLDatabase)
    return [tuple(row) for row in database.run_now(lambda db: db.exec_driver_sql(query).all())]


async def test_a_question_that_waits_is_brought_up_again(office: Office) -> None:
    """Eight working hours without an answer: the contact is reminded; eight more: the next owner; never at a weekend."""
    await office.take_pilot_to("policy")
    await ask_a_person(office, PRIYA, ODD)
    await office.slack.advance(3600)  # Monday, 10 o'clock in Berlin: passed on at 11
    await office.slack.advance(3600)
    assert reminders(office, HELEN) == 0
    await office.slack.advance(86_400)
    assert reminders(office, HELEN) == 1
    assert reminders(office, MARA) == 0
    await office.slack.advance(86_400)
    assert (reminders(office, HELEN), reminders(office, MARA)) == (1, 1)
    await office.press(HELEN, "question_reply")
    await office.slack.submit(HELEN, {"reply": {"value": {"value": "No."}}})
    await office.slack.advance(7 * 86_400)
    assert (reminders(office, HELEN), reminders(office, MARA)) == (1, 1)


async def test_nobody_answers_and_the_address_is_forgotten(office: Office) -> None:
    """After 14 days the way back is deleted; an answer that comes later says that nobody can be told."""
    await office.take_pilot_to("policy")
    await ask_a_person(office, PRIYA, ODD)
    await office.slack.advance(15 * 86_400)
    await office.settle()
    assert rows(office, "SELECT count(*) FROM sealed_address") == [(0,)]
    await office.press(HELEN, "question_reply")
    await office.slack.submit(HELEN, {"reply": {"value": {"value": "No."}}})
    assert "Nobody can be told" in office.modal(HELEN)


async def test_an_answer_that_does_not_help_is_shown_to_its_owner(office: Office) -> None:
    """Five people say so, however often: whoever looks after it learns of it when the week is over, and of no name."""
    await office.take_pilot_to("policy")
    for person in (PRIYA, TOMAS, WREN, "U01KENJI", "U01AMAL"):
        await office.type(person, "/ask Who can see my data?", channel=TEAM)
        await office.press(person, "answer_did_not")
        await office.press(person, "answer_did_not")
    await office.slack.advance(86_400)
    assert not [letter for letter in office.letters(HELEN) if "did not answer" in letter], "the fifth click has no time"
    await office.slack.advance(7 * 86_400)
    told = [letter for letter in office.letters(HELEN) if "did not answer the question of at least 5" in letter]
    assert len(told) == 1
    assert PRIYA not in told[0]


def reminders(office: Office, person: str) -> int:
    """How often this person was reminded."""
    return sum("still waits for an answer" in letter for letter in office.letters(person))


ODD_WRITING = (
    "so you dont trust us?? " * 170,
    "who sees it",
    "WHO THE HELL SEES MY DATA!!!",
    ":eyes: :computer: who :question:",
    "```SELECT * FROM screenshots``` do you take those?",
    "Wer kann meine Daten sehen und wie lange werden sie gespeichert?",
    "¿Quién puede ver mis datos?",
    "私のデータは誰が見ますか",
    "<!channel> <@U01MARA> <https://example.com|who sees my data>?",
    "{tool} {contact} {nothing}",
    "*bold* _it_ ~no~ `x` & < > who sees my hours",
    "?",
    "\u202ewho sees it\u202c",
)


async def test_people_write_as_they_like(office: Office) -> None:
    """Rants, fragments, emoji, code, other languages, markup: an answer, a choice or a person; never an error."""
    await office.take_pilot_to("policy")
    for text in ODD_WRITING:
        said = await office.type(PRIYA, f"/ask {text}")
        ways = ("That answers it", "None of these", "without my name", "Write your question", "many questions at once")
        assert any(way in said for way in ways), text
        assert "<!channel>" not in said.replace("&lt;!channel&gt;", "")

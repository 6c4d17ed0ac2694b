"""An adversary with the database's files, every log line and the knowledge of who was online when tries to name an asker."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import NullPool, create_engine

from bot.services import voices
from bot.store import rollouts
from bot.store.schema import METADATA
from tests import databases
from tests.e2e.conftest import HELEN, LUCAS, MARA, OTIS, PRIYA, TOMAS, WREN, Office
from tests.e2e.test_checkins import TO_FIRST, TO_FIRST_CLOSE, press_scale
from tests.e2e.test_report import export, files_of, sheets, words_in

EVERYONE = (MARA, OTIS, HELEN, PRIYA, TOMAS, WREN, LUCAS, "U01KENJI", "U01AMAL", "U01JOAO", "U01SIOBHAN", "U01NGOZI")
TEAM_MATES = (PRIYA, TOMAS, WREN, "U01KENJI", "U01AMAL", "U01JOAO", "U01SIOBHAN")
WITHOUT_AUTHOR = {"voice", "presence", "period_salt", "evidence"}
BY_INDEX = (
    "SELECT id, rollout_id, wave_id, week, theme, entry, outcome, tag FROM voice INDEXED BY ix_voice_counted"
    " WHERE rollout_id = (SELECT id FROM rollout)"
)
QUESTIONS = ("Who can see my data?", "Are there screenshots?", "How long do you keep it?", "Can I say no to this?")


def contents(office: Office) -> dict[str, set[str]]:
    """Every row of every table, as text."""
    rows = {table: look(office, f'SELECT * FROM "{table}"') for table in METADATA.tables}  # noqa: S608
    return {table: {repr(tuple(map(str, row))) for row in found} for table, found in rows.items()}


def look(office: Office, question: str) -> list[tuple[Any, ...]]:
    """What somebody with a connection of their own reads."""
    engine = create_engine(office.bot.database.url, poolclass=NullPool)
    with engine.connect() as raw:
        raw.exec_driver_sql("SET TIME ZONE 'UTC'") if databases.on_postgresql() else None
        return [tuple(row) for row in raw.exec_driver_sql(question)]


def file_of(office: Office) -> Path:
    """The database's file."""
    return Path(str(office.bot.database.url.database))


def every_byte(office: Office) -> bytes:
    """The database's file with its log, as somebody finds them who takes the disk."""
    file = file_of(office)
    beside = [file, file.with_name(file.name + "-wal"), file.with_name(file.name + "-shm")]
    return b"".join(path.read_bytes() for path in beside if path.exists())


async def test_asking_touches_nothing_that_has_a_person_or_a_time(
    office: Office, capfd: pytest.CaptureFixture[str]
) -> None:
    """One question, asked at a moment when nobody else was there: no identified table changes, and no line is logged."""
    await office.take_pilot_to("policy")
    await office.type(TOMAS, "/ask Who can see my data?")  # what is made once in a while is made now
    before = contents(office)
    capfd.readouterr()
    await office.type(PRIYA, "/ask Are there screenshots?")
    await office.press(PRIYA, "answer_helped")
    await office.type(PRIYA, "/ask my dog is purple, is that allowed?")
    logged = capfd.readouterr()
    assert logged.err == "", "a line in a log has a time"
    after = contents(office)
    changed = {table for table in after if after[table] != before[table]}
    assert changed <= WITHOUT_AUTHOR, changed
    fresh = "".join(itertools.chain.from_iterable(after[table] - before[table] for table in changed))
    for person in EVERYONE:
        assert person not in fresh
    assert "2026-11-30" not in fresh
    assert "09:" not in fresh
    for word in ("purple", "screenshots?"):
        assert word not in str(after), "nobody's words are kept"
        assert databases.on_postgresql() or word.encode() not in every_byte(office), "nor anywhere in the file"


async def test_a_direct_message_leaves_no_moment(office: Office) -> None:
    """What keeps Slack's second delivery from being answered twice says which week it was, not when."""
    await office.take_pilot_to("policy")
    dm = next(c["id"] for c in office.slack.view(PRIYA)["conversations"] if c["kind"] == "dm")
    before = contents(office)
    await office.slack.message(PRIYA, dm, "who can see my data?")
    await office.settle()
    after = contents(office)
    changed = {table for table in after if after[table] != before[table]}
    assert changed <= {*WITHOUT_AUTHOR, "seen_event"}, changed
    (seen,) = after["seen_event"] - before["seen_event"]
    assert "2026-12-06 23:00:00" in seen, "the end of the week, wherever in it the question was asked"


@pytest.mark.sqlite_only("looks at how its tables and index lie; tests/store/test_level.py does so for PostgreSQL")
async def test_the_order_of_the_rows_says_nothing(office: Office) -> None:
    """Rows lie in the order of keyed ids, whatever the order of asking was."""
    await office.take_pilot_to("policy")
    asked = []
    for person, question in itertools.product(TEAM_MATES, QUESTIONS[:3]):
        before = ids(office)
        await office.type(person, f"/ask {question}")
        asked += list(ids(office) - before)
    with sqlite3.connect(file_of(office)) as raw:
        (made,) = raw.execute("SELECT sql FROM sqlite_master WHERE name = 'voice'").fetchone()
        by_index = [(row[3], row[4], row[2] or "", row[5] or "", row[6], row[7]) for row in raw.execute(BY_INDEX)]
        raw.execute("BEGIN")
        raw.execute("DROP INDEX ix_voice_counted")
        stored = [row[0] for row in raw.execute("SELECT * FROM voice")]
        raw.rollback()
    assert "WITHOUT ROWID" in made.upper()
    assert by_index == sorted(by_index), "the index lies in the order of what it holds, and of nothing else"
    assert stored == sorted(stored)
    ranks = [stored.index(voice) for voice in asked]
    inversions = sum(one > other for one, other in itertools.combinations(ranks, 2))
    pairs = len(ranks) * (len(ranks) - 1) / 2
    assert 0.25 < inversions / pairs < 0.75, "the order of asking can be read off the rows"


@pytest.mark.postgresql_only("SQLite has no such columns")
async def test_postgresqls_hidden_columns_say_nothing(office: Office) -> None:
    """After five minutes no transaction number and no place tells who asked first, nor when the last voice came."""
    await office.take_pilot_to("policy")
    for person, question in itertools.product(TEAM_MATES[:4], QUESTIONS[:2]):
        await office.type(person, f"/ask {question}")
    ((last,),) = look(office, "SELECT max(xmin::text::bigint) FROM voice")
    await office.bot.database.level()
    for table in ("voice", "presence", "period_salt"):
        ((transactions, first),) = look(
            office,
            f"SELECT count(DISTINCT xmin::text), min(xmin::text::bigint) FROM {table}",  # noqa: S608
        )
        assert transactions == 1
        assert first > last
    stored = [voice for (voice,) in look(office, "SELECT id FROM voice ORDER BY ctid")]
    assert stored == sorted(stored)
    assert all(number != last for (number,) in look(office, "SELECT xmax::text::bigint FROM wave"))
    assert all(number != last for (number,) in look(office, "SELECT xmax::text::bigint FROM rollout"))


async def test_the_database_alone_tells_nobody_from_anybody(office: Office) -> None:
    """With every salt that is stored, and every person's id, no tag can be made again: the key is elsewhere."""
    await office.take_pilot_to("policy")
    await office.type(PRIYA, "/ask Who can see my data?")
    tags = {tag for row in look(office, "SELECT id, tag FROM voice") for tag in row}
    tags |= {row[0] for row in look(office, "SELECT tag FROM presence")}
    salts = [row[0] for row in look(office, "SELECT salt FROM period_salt")]
    cells = [row[0] for row in look(office, "SELECT cell FROM presence")]
    rollout = look(office, "SELECT id FROM rollout")[0][0]
    assert tags
    assert salts
    kinds = [("theme", "who_sees"), ("entry", "2026-W49", "who-sees"), *(("cell", cell) for cell in cells)]
    for person, salt, kind in itertools.product(EVERYONE, salts, kinds):
        message = "\0".join((salt, kind[0], rollout, person, *kind[1:])).encode()
        for key in (b"", salt.encode(), bytes.fromhex(salt.rpartition(".")[2]), rollout.encode()):
            assert hmac.new(key, message, hashlib.sha256).hexdigest()[:32] not in tags
            assert hashlib.sha256(key + message).hexdigest()[:32] not in tags


async def test_a_small_team_is_not_named(office: Office) -> None:
    """A voice carries its wave only where the wave has enough people; the theme counts either way."""
    await office.take_pilot_to("policy")
    for person in TEAM_MATES[3:]:
        await office.slack.leave(person, "C01CLIENT")
    await office.settle()
    await office.type(PRIYA, "/ask Who can see my data?")
    assert look(office, "SELECT wave_id, theme FROM voice") == [(None, "who_sees")]


async def test_when_a_period_closes_not_even_the_operator_can_tell(office: Office) -> None:
    """The salt is destroyed, on the disk as well: with the database and the key, nobody's voices are found any more."""
    await office.take_pilot_to("policy")
    await office.type(PRIYA, "/ask Who can see my data?")
    ((salt,),) = look(office, "SELECT salt FROM period_salt")
    ear, book = office.bot.desk.ear, office.bot.desk.library.book
    now = office.bot.desk.now()
    every = await office.bot.database.run(rollouts.every)
    found = await office.bot.database.run(lambda db: voices.of_person(db, ear, PRIYA, every, book.entries, now=now))
    assert len(found) == 1, "while the period is open, the key finds them for whoever spoke"
    await office.slack.advance(timedelta(weeks=5).total_seconds())
    await office.settle()
    late = office.bot.desk.now()
    gone = await office.bot.database.run(lambda db: voices.of_person(db, ear, PRIYA, every, book.entries, now=now))
    assert gone == []
    assert (
        await office.bot.database.run(lambda db: voices.of_person(db, ear, PRIYA, every, book.entries, now=late)) == []
    )
    assert databases.on_postgresql() or salt.encode() not in every_byte(office)
    assert look(office, "SELECT count(*) FROM voice") == [(1,)], "the voice itself stays"


@pytest.mark.sqlite_only("reads the bytes of its file; tests/store/test_level.py does so for PostgreSQL")
async def test_a_sealed_address_opens_with_the_key_alone(office: Office) -> None:
    """The way back names nobody, is as long for everybody, and is gone from the disk once it was taken back."""
    await office.take_pilot_to("policy")
    for person in (PRIYA, "U01SIOBHAN"):
        await office.type(person, f"/ask my dog {person[-3:]} is purple, is that allowed?")
        await office.press(person, "question_ask_person")
        await office.slack.submit(person, {})
        await office.settle()
        await office.slack.close(person)
    with sqlite3.connect(file_of(office)) as raw:
        sealed = [row[0] for row in raw.execute("SELECT sealed FROM sealed_address")]
    assert len(sealed) == 2
    assert len({len(each) for each in sealed}) == 1
    assert all(PRIYA not in each for each in sealed)
    await office.type(PRIYA, "/ask mydata")
    await office.press(PRIYA, "my_data_forget")
    assert look(office, "SELECT count(*) FROM sealed_address") == [(1,)]
    await office.bot.database.rewrite()
    assert sum(each.encode() in every_byte(office) for each in sealed) == 1


def ids(office: Office) -> set[str]:
    """The ids of all voices."""
    return {row[0] for row in look(office, "SELECT id FROM voice")}


async def test_answering_a_check_in_writes_the_answer_and_nothing_else(
    office: Office, capfd: pytest.CaptureFixture[str]
) -> None:
    """No invitation, delivery, receipt or log line is touched by a press, so that nothing lies beside the answer in time."""
    await office.take_pilot_to("install")
    await office.slack.advance(TO_FIRST)
    before = contents(office)
    capfd.readouterr()
    await press_scale(office, PRIYA, "mood", 2)
    assert capfd.readouterr().err == "", "a line in a log has a time"
    after = contents(office)
    assert {name for name in after if after[name] != before[name]} == {"checkin_answer", "checkin_salt"}
    assert not any(PRIYA in str(row) for row in after["checkin_answer"])


@pytest.mark.sqlite_only("reads the bytes of its file; tests/store/test_level.py does so for PostgreSQL")
async def test_a_closed_check_in_has_no_answers_anywhere_in_the_file(office: Office) -> None:
    """After the close neither the marks of answers nor the salt are found in the database's files, deleted or not."""
    await office.take_pilot_to("install")
    await office.slack.advance(TO_FIRST)
    for person in (*TEAM_MATES, MARA):
        await press_scale(office, person, "mood", 2)
    marks = [row[0] for row in look(office, "SELECT id FROM checkin_answer UNION SELECT salt FROM checkin_salt")]
    assert len(marks) == 2 * len(TEAM_MATES) + 2 + 1
    await office.slack.advance(TO_FIRST_CLOSE)
    assert not any(mark.encode() in every_byte(office) for mark in marks)


async def test_exports_laid_side_by_side_name_nobody(office: Office, capfd: pytest.CaptureFixture[str]) -> None:
    """Database, logs and the workbooks of HR and an owner, of different weeks: nobody who asked is in any of them.

    The second workbook is made after one person more has spoken. What it adds is nothing, or stands for five people.
    """
    await office.take_pilot_to("policy")
    for person in TEAM_MATES[:6]:
        await office.type(person, f"/ask {QUESTIONS[0]}")
    await office.slack.advance(timedelta(weeks=1).total_seconds())
    await export(office, HELEN)
    await office.type(TEAM_MATES[6], f"/ask {QUESTIONS[1]}")
    capfd.readouterr()
    await office.slack.advance(timedelta(weeks=1).total_seconds())
    await export(office, OTIS)
    await export(office, HELEN, "2026-W49")
    logged = capfd.readouterr().err
    books = [content for person in (HELEN, OTIS) for _name, content in files_of(office, person)]
    assert len(books) == 3
    for content in books:
        told = words_in(content)
        for asker in (TEAM_MATES[6], *(person for person in TEAM_MATES[:6] if person not in (MARA, OTIS, HELEN))):
            assert asker not in told
            assert asker not in logged
        for name in ("Priya", "Tom\u00e1\u0161", "Siobh\u00e1n"):
            assert name not in told
    assert "works council" not in logged, "what somebody wrote is in no log"
    summaries = [sheets(content)["Themes by week"] for content in books]
    figures = [[cell for row in rows for cell in row if isinstance(cell, int | float)] for rows in summaries]
    assert all(6 in each for each in figures)
    assert not [cell for each in figures for cell in each if 0 < cell < 5 and cell == int(cell) and cell != 1.1]
    ledger = contents(office)["export"]
    assert len(ledger) == 3
    for row in ledger:
        assert not any(person in row for person in TEAM_MATES)

"""Two instances do something at the same moment, on PostgreSQL: it comes out as if one had come after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, func, select

from bot.domain.checkin import Ask, CheckinState, Planned
from bot.domain.progress import Rollout
from bot.domain.pushback import Theme
from bot.domain.refusals import AnswersChanging, CheckinIsClosed
from bot.domain.rollout import Step
from bot.sealing import Keyring
from bot.services import arriving, checkin_answers, checkins, launching, made_up, plans, publishing, questions
from bot.services.launching import Rulebook
from bot.services.library import Library
from bot.services.voices import Ear, Speaker
from bot.store import checkins as stored
from bot.store import entries, events, people, roll_calls, rollouts, tables, voice_tables
from bot.store.database import PostgreSQLDatabase
from bot.store.entries import WrittenEntry
from bot.store.exports import claim, confirm, preview
from bot.store.statements import new_id
from faq.book import open_book
from tests import databases, postgresql
from tests.given import HELEN, MARA, MONDAY, PLAN, PRIYA, TOMAS

pytestmark = [pytest.mark.database, pytest.mark.postgresql_only("several instances share a server")]

ZONE = ZoneInfo("Europe/Berlin")
EAR = Ear(Keyring(b"k" * 32), ZONE)
BOOK = open_book(None)
CLOSES = MONDAY + timedelta(days=2)


@pytest.fixture
def url() -> str:
    """The sample rollout."""
    address = databases.fresh()
    database = PostgreSQLDatabase(address)
    database.run_now(lambda db: plans.load(db, PLAN, book=BOOK, by="operator", now=MONDAY))
    return address


def now(url: str, work: Callable[[Connection], object]) -> object:
    """Carry out something in peace."""
    return PostgreSQLDatabase(url).run_now(work)


def the_rollout(url: str) -> Rollout:
    """The sample."""
    return PostgreSQLDatabase(url).run_now(rollouts.every)[0]


def rows(url: str, table: object) -> int:
    """How many rows there are."""
    return int(str(now(url, lambda db: db.scalar(select(func.count()).select_from(table)))))  # type: ignore[arg-type]


def open_checkin(url: str) -> str:
    """A check-in that Priya is asked in."""

    def begin(db: Connection) -> str:
        wave = rollouts.every(db)[0].waves[0]
        stored.plan(db, wave, Planned(3, date(2026, 11, 30), CLOSES), 1, CheckinState.OPEN, now=MONDAY)
        (checkin,) = stored.of_wave(db, wave)
        stored.invite(db, checkin.id, [(PRIYA, "Europe/Berlin", False)])
        return checkin.id

    return str(now(url, begin))


def answering(checkin_id: str) -> Callable[[Connection], object]:
    """Priya answers a second before it closes."""
    return lambda db: checkin_answers.answer(
        db,
        EAR,
        checkin_id,
        next(iter(Ask)),
        3,
        person=PRIYA,
        now=CLOSES - timedelta(seconds=1),
    )


def closing(checkin_id: str) -> Callable[[Connection], bool]:
    """It closes."""
    return lambda db: checkins.close(db, checkin_id, now=CLOSES)


def test_an_answer_that_is_being_written_when_the_check_in_closes(url: str) -> None:
    """The close waits for it, counts it, and leaves nothing behind."""
    checkin_id = open_checkin(url)
    assert postgresql.while_held(url, answering(checkin_id), closing(checkin_id))
    assert rows(url, voice_tables.checkin_answer) == rows(url, voice_tables.checkin_salt) == 0


def test_an_answer_that_comes_while_the_check_in_closes(url: str) -> None:
    """It waits, and is told that the check-in is closed; nothing lies about that nobody deletes any more."""
    checkin_id = open_checkin(url)
    with pytest.raises(CheckinIsClosed):
        postgresql.while_held(url, closing(checkin_id), answering(checkin_id))
    assert rows(url, voice_tables.checkin_answer) == rows(url, voice_tables.checkin_salt) == 0


def test_two_close_one_check_in(url: str) -> None:
    """One of them does; the other one does not count what the first has deleted."""
    checkin_id = open_checkin(url)
    now(url, answering(checkin_id))
    assert sorted(map(str, postgresql.at_once(url, [closing(checkin_id)] * 3))) == ["False", "False", "True"]


def test_two_publish(url: str) -> None:
    """Three ask for the pushback at the same moment: it is published once, and all of them read the same."""
    made = made_up.MadeUp(PLAN, EAR, BOOK, made_up.Size(400, 60, 9, 1), now=MONDAY)
    address = databases.fresh()
    now(address, made.begin)
    for period in made.periods():
        now(address, partial(made.speak, period=period))
    now(address, made.end)
    rollout = the_rollout(address)

    def publish(db: Connection) -> object:
        return publishing.published(db, rollout, EAR, BOOK, now=MONDAY)

    first, *others = postgresql.at_once(address, [publish] * 3)
    assert not isinstance(first, Exception)
    assert first
    assert others == [first, first]
    assert now(address, lambda db: publishing.stored(db, rollout)) == first


def test_a_page_of_members_counts_once(url: str) -> None:
    """Two instances read the same page; a slow one does not open again what the others have ended."""
    rollout = the_rollout(url)

    def launch(db: Connection) -> None:
        values = {"id": "launch", "rollout_id": rollout.id, "wave_id": rollout.waves[0].id, "run": 1, "step": Step.POLICY,
                  "reason_version": 1, "policy_version": 1, "digest": "", "state": "launched", "launched_by": MARA,
                  "created_at": MONDAY, "launched_at": MONDAY, "refusal": ""}  # fmt: skip
        db.execute(tables.launch.insert().values(**values))
        roll_calls.call_roll(db, "launch", now=MONDAY)

    now(url, launch)
    database = PostgreSQLDatabase(url)
    (call,) = database.run_now(lambda db: roll_calls.due(db, MONDAY))

    def page(db: Connection) -> None:
        arriving.mark_present(db, call, [PRIYA], "", now=MONDAY)

    assert postgresql.at_once(url, [page] * 3) == [None] * 3
    now(url, lambda db: people.left(db, rollout.waves[0].id, PRIYA, now=MONDAY))
    now(url, lambda db: arriving.mark_present(db, replace(call), [PRIYA, TOMAS], "more", now=MONDAY))
    assert database.run_now(lambda db: roll_calls.due(db, MONDAY + timedelta(days=1))) == []
    assert database.run_now(lambda db: people.is_member(db, rollout.waves[0].id, PRIYA)) is False
    assert database.run_now(lambda db: people.receipts(db, rollout.id, TOMAS)).policies == frozenset()


def test_a_page_is_read_by_one(url: str) -> None:
    """What one instance has taken is not due for another until its lease is over."""
    test_a_page_of_members_counts_once(url)
    database = PostgreSQLDatabase(url)

    def again(db: Connection) -> None:
        db.execute(tables.roll_call.update().values(done_at=None, cursor="", due_at=MONDAY))

    def take(db: Connection) -> int:
        found = roll_calls.due(db, MONDAY)
        roll_calls.take(db, found, MONDAY + timedelta(minutes=1))
        return len(found)

    database.run_now(again)
    assert sorted(map(str, postgresql.at_once(url, [take] * 3))) == ["0", "0", "1"]
    assert len(database.run_now(lambda db: roll_calls.due(db, MONDAY + timedelta(minutes=1)))) == 1


def test_one_person_passes_on_the_same_twice_and_another_one_too(url: str) -> None:
    """One question; each of the two waits for its answer once."""
    rollout = the_rollout(url)

    def passing_on(person: str) -> Callable[[Connection], object]:
        speaker = Speaker(person, rollout, None)
        return lambda db: questions.pass_on(
            db, EAR, speaker, "Is the dog measured?", Theme.OTHER, resembles=lambda one, other: one == other, now=MONDAY
        )

    postgresql.at_once(url, [passing_on(PRIYA), passing_on(PRIYA), passing_on(TOMAS)])
    assert rows(url, voice_tables.question) == 1
    assert rows(url, voice_tables.sealed_address) == 2
    assert now(url, lambda db: db.scalar(select(voice_tables.question.c.askers))) == 2


def test_one_form_and_one_event(url: str) -> None:
    """The first that comes has it, however many come at the same moment."""

    def submitted(db: Connection) -> bool:
        return arriving.submitted_before(db, EAR, "V01", now=MONDAY)

    def happened(db: Connection) -> bool:
        return not events.first_time(db, "Ev01", now=MONDAY)

    for work in (submitted, happened):
        assert sorted(map(str, postgresql.at_once(url, [work] * 5))) == ["False", *["True"] * 4]


def test_one_report_is_made_by_one(url: str) -> None:
    """It is confirmed once, and taken by one maker."""
    rollout = the_rollout(url)
    export_id = str(now(url, lambda db: preview(db, rollout.id, None, by=HELEN, now=MONDAY)))
    confirmed = postgresql.at_once(url, [lambda db: confirm(db, export_id, "for the council", now=MONDAY)] * 3)
    assert sorted(map(str, confirmed)) == ["False", "False", "True"]
    lease = MONDAY + timedelta(minutes=5)
    taken = postgresql.at_once(url, [lambda db: claim(db, new_id(), now=MONDAY, lease_until=lease)] * 3)
    assert sum(each is not None for each in taken) == 1


async def test_an_answer_that_another_instance_wrote(url: str) -> None:
    """Whoever has not taken it in launches nothing; the next look takes it in, whatever the writer's clock said."""
    database = PostgreSQLDatabase(url)
    rules = Rulebook(BOOK, ZONE)
    library = Library(rules)
    rollout = the_rollout(url)
    wave = rollout.waves[0]

    def write(db: Connection, answer: str, *, early: timedelta) -> None:
        old = BOOK.entries["who-sees-data"] if "who-sees-data" in BOOK.entries else next(iter(BOOK.entries.values()))
        written = WrittenEntry(
            old.id, old.theme, old.question, old.phrasings, old.cites, HELEN, date(2027, 12, 1), answer
        )
        entries.write(db, written, by=HELEN, now=MONDAY - early)

    def propose(db: Connection) -> object:
        return launching.propose(
            db, rollout.id, wave.id, Step.BRIEF, by=MARA, members=8, rules=rules, zone=ZONE, now=MONDAY
        )

    assert not await library.keep_up(database)
    await database.run(partial(write, answer="The first answer that HR wrote.", early=timedelta(0)))
    with pytest.raises(AnswersChanging):
        await database.run(propose)
    assert await library.keep_up(database)
    assert any(entry.answer == "The first answer that HR wrote." for entry in rules.book.entries.values())
    await database.run(partial(write, answer="A second one, by a clock that is late.", early=timedelta(minutes=3)))
    with pytest.raises(AnswersChanging):
        await database.run(propose)
    assert await library.keep_up(database)
    assert any(entry.answer.startswith("A second one") for entry in rules.book.entries.values())
    await database.close()

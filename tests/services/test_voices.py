"""What one person says in one week, told apart as far as it has to be."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, func, select

from bot.domain.pushback import MOST_OPEN_VOICES, Outcome, Theme
from bot.sealing import Keyring
from bot.services import plans, voices
from bot.services.voices import Ear, Saying, Speaker
from bot.store import rollouts, voice_tables
from bot.store import voices as stored
from bot.store.database import PostgreSQLDatabase, SQLiteDatabase
from bot.store.schema import METADATA
from faq.book import open_book
from tests import databases
from tests.given import MONDAY, PLAN, PRIYA, TOMAS

EAR = Ear(Keyring(b"k" * 32), ZoneInfo("Europe/Berlin"))


@pytest.fixture
def database(a_database: Callable[..., str]) -> SQLiteDatabase | PostgreSQLDatabase:
    """The sample rollout."""
    made = databases.opened_at(a_database())
    made.run_now(METADATA.create_all)
    made.run_now(lambda db: plans.load(db, PLAN, book=open_book(None), by="operator", now=MONDAY))
    return made


def saying(db: Connection, person: str) -> Saying:
    """Something that no entry answers."""
    speaker = Speaker(person, rollouts.every(db)[0], None)
    return Saying(voices.enter(db, EAR, speaker, MONDAY), Theme.OTHER, None, Outcome.HANDED_OVER)


def test_the_fiftieth_is_the_last_that_is_told_apart(database: SQLiteDatabase | PostgreSQLDatabase) -> None:
    """Each has the next number; whatever is said after the last counts as that one; a number that is free again is used."""

    def speak(db: Connection) -> tuple[list[int], int, int, int]:
        numbers = [voices.say(db, saying(db, PRIYA)) for _ in range(MOST_OPEN_VOICES)]
        more = voices.say(db, saying(db, PRIYA))
        stored.remove(db, [saying(db, PRIYA).id_of(7)])
        again = voices.say(db, saying(db, PRIYA))
        return numbers, more, again, db.scalar(select(func.count()).select_from(voice_tables.voice)) or 0

    assert database.run_now(speak) == (list(range(MOST_OPEN_VOICES)), MOST_OPEN_VOICES - 1, 7, MOST_OPEN_VOICES)


def test_everybody_has_numbers_of_their_own(database: SQLiteDatabase | PostgreSQLDatabase) -> None:
    """Looked up for several at once, the free numbers are those of each; an answered question has none but its own."""

    def speak(db: Connection) -> list[list[int]]:
        for _ in range(3):
            voices.say(db, saying(db, PRIYA))
        theirs = [saying(db, PRIYA), saying(db, TOMAS)]
        known = Saying(theirs[0].booth, Theme.TRUST, "trust", Outcome.ANSWERED)
        before = voices.free_numbers(db, [known])
        voices.say(db, known)
        return [*voices.free_numbers(db, [*theirs, known]), *before]

    everything = list(range(MOST_OPEN_VOICES))
    assert database.run_now(speak) == [everything[3:], everything, [], [voices.NO_NUMBER]]

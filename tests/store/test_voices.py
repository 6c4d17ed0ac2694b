"""Voices that come together: each is added as if it had come alone."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, select

from bot.domain.progress import Rollout
from bot.domain.pushback import Outcome, Theme
from bot.domain.weeks import Week
from bot.store import clicks, people, voice_tables, voices
from bot.store.database import PostgreSQLDatabase, SQLiteDatabase
from bot.store.voices import Spoken, Voice
from tests.given import MONDAY

WEEK = Week(2026, 49)


def spoken(rollout: Rollout, voice_id: str, tag: str, entry: str | None = None) -> Spoken:
    """A voice, counted in its week and its period."""
    voice = Voice(voice_id, rollout.id, None, WEEK, Theme.TRUST, entry, Outcome.HANDED_OVER, f"theme {tag}")
    return Spoken(voice, [("week", f"week {tag}"), ("period", f"period {tag}")])


def test_several_are_added_at_once(database: SQLiteDatabase | PostgreSQLDatabase, rollout: Rollout) -> None:
    """What is there already, or comes twice in one go, stays as it is and counts nobody; the rest is there, with its counts."""
    one, two, three = (spoken(rollout, name, name) for name in ("one", "two", "three"))
    again = replace(two, voice=replace(two.voice, theme=Theme.OTHER), counted=[("week", "somebody else")])
    assert database.run_now(lambda db: voices.add(db, [one])) == [True]
    assert database.run_now(lambda db: voices.add(db, [three, one, two, again])) == [True, False, True, False]
    assert database.run_now(lambda db: voices.add(db, [])) == []
    assert set(database.run_now(all_voices)) == {each.voice for each in (one, two, three)}
    c = voice_tables.presence.c
    counted = database.run_now(lambda db: db.execute(select(c.cell, c.tag)).all())
    assert sorted(map(tuple, counted)) == sorted(pair for each in (one, two, three) for pair in each.counted)


def test_somebody_is_counted_once(database: SQLiteDatabase | PostgreSQLDatabase, rollout: Rollout) -> None:
    """Two voices of one person, in one go or one after the other, leave one count in each cell."""
    first = [spoken(rollout, name, "same") for name in ("one", "two")]
    assert database.run_now(lambda db: voices.add(db, first)) == [True, True]
    assert database.run_now(lambda db: voices.add(db, [spoken(rollout, "three", "same", entry="trust")])) == [True]
    assert len(database.run_now(lambda db: db.execute(select(voice_tables.presence)).all())) == 2


def test_everybody_stands_where_they_are(database: SQLiteDatabase | PostgreSQLDatabase, rollout: Rollout) -> None:
    """Several people are looked up at once, and nobody gets another one's waves."""
    pilot, company = rollout.waves

    def come(db: Connection) -> None:
        people.remember_members(db, pilot.id, ["U01A", "U01B"], now=MONDAY)
        people.remember_members(db, company.id, ["U01B", "U01'C"], now=MONDAY)
        people.left(db, company.id, "U01B", now=MONDAY)

    database.run_now(come)
    asked = ["U01B", "U01'C", "U01A", "U01D", "U01B"]
    found = database.run_now(lambda db: clicks.places(db, asked))
    own = {person: [place.own for place in places] for person, places in found.items()}
    assert own == {
        "U01A": [{pilot.id}],
        "U01B": [{pilot.id}],
        "U01'C": [{company.id}],
        "U01D": [frozenset()],
    }


def all_voices(db: Connection) -> list[Voice]:
    """Every voice there is."""
    return voices.of_ids(db, list(db.scalars(select(voice_tables.voice.c.id))))

"""The migrations make exactly the tables that the code declares, forward and back, and lose nothing on the way."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, inspect, select, text

import app
from bot.services import checking
from bot.store import (
    checkins,
    entries,
    instance_tables,
    launches,
    migrate,
    outbox,
    questions,
    rollouts,
    signs,
    verdicts,
)
from bot.store import tables as t
from bot.store import voice_tables as v
from bot.store.database import PostgreSQLDatabase, SQLiteDatabase
from bot.store.schema import METADATA
from tests import databases
from tests.earlier_databases import NIGHT, REVISIONS, WORDS, left_by
from tests.given import MONDAY, PLAN, PRIYA

Store = SQLiteDatabase | PostgreSQLDatabase
ROOT = Path(__file__).parent.parent
COMMANDS = (
    ["run"],
    ["migrate"],
    ["timeline", "verify"],
    ["plan", "load", str(ROOT / "examples" / "hourglass.yaml")],
    ["report", "--out", "never-made.xlsx"],
    ["scratch"],
)


@pytest.fixture
def url(tmp_path: Path, a_database: Callable[..., str]) -> str:
    """The address of an empty database."""
    return a_database(tmp_path, empty=True)


@pytest.fixture
def database(url: str) -> Iterator[Store]:
    """The same, opened."""
    opened = databases.opened_at(url)
    yield opened
    if isinstance(opened, SQLiteDatabase):
        opened.engine.dispose()


def test_migrations_and_models_agree(database: Store) -> None:
    """Nothing is declared that is not migrated, and the other way round; migrating twice changes nothing."""
    for _ in range(2):
        database.run_now(migrate.to)
    database.run_now(migrate.require_present)
    assert database.run_now(migrate.differences) == []


def test_every_check_is_in_the_migrations(database: Store, tmp_path: Path, a_database: Callable[..., str]) -> None:
    """Comparing by machine leaves CHECK constraints out, so they are compared here by name and words; and so are defaults."""
    folder = tmp_path / "declared"
    folder.mkdir()
    other = databases.opened_at(a_database(folder, empty=True))
    other.run_now(METADATA.create_all)
    database.run_now(migrate.to)

    def checks(db: Connection) -> dict[str, object]:
        look = inspect(db)
        return {
            table: (
                {each["name"]: " ".join(str(each["sqltext"]).split()) for each in look.get_check_constraints(table)},
                {each["name"]: each["default"] for each in look.get_columns(table)},
                sorted(str(each["name"]) for each in look.get_foreign_keys(table)),
                look.get_pk_constraint(table)["name"],
            )
            for table in look.get_table_names()
            if table != "alembic_version"
        }

    assert database.run_now(checks) == other.run_now(checks)
    if isinstance(other, SQLiteDatabase):
        other.engine.dispose()


def test_back_to_nothing_and_forward_again(database: Store) -> None:
    """Every migration can be undone with rows in every table, one after the other, and done again."""
    database.run_now(lambda db: left_by(db, "0007"))
    for revision in (*REVISIONS[-2::-1], "base"):
        database.run_now(lambda db, to=revision: migrate.to(db, to))  # type: ignore[misc]
        assert database.run_now(migrate.present) == (None if revision == "base" else revision)
        if revision != "base":
            assert set(database.run_now(checking.broken_timelines).values()) == {None}
    assert set(database.run_now(lambda db: inspect(db).get_table_names())) <= {"alembic_version"}
    database.run_now(migrate.to)
    assert database.run_now(migrate.differences) == []
    database.run_now(lambda db: rollouts.create(db, PLAN, by="operator", now=MONDAY))


def test_the_newest_revision_is_among_them() -> None:
    """Whoever adds a revision says here how a database of it looks."""
    assert REVISIONS[-1] == migrate.newest()


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_database_of_every_earlier_version(database: Store, revision: str) -> None:
    """All rows are there after the upgrade, mean what they meant, and the timeline is whole."""
    before = database.run_now(lambda db: left_by(db, revision))
    database.run_now(migrate.to)
    database.run_now(migrate.require_present)
    assert database.run_now(migrate.differences) == []
    after = database.run_now(
        lambda db: {name: db.scalar(select(func.count()).select_from(METADATA.tables[name])) for name in before}
    )
    assert after == before
    database.run_now(lambda db: mean_what_they_meant(db, revision))


def mean_what_they_meant(db: Connection, revision: str) -> None:
    """The rows, as today's code reads them."""
    assert set(checking.broken_timelines(db).values()) == {None}
    rollout = rollouts.every(db)[0]
    assert rollout.plan == PLAN
    pilot, company = rollout.waves
    assert [launch.step for launch in launches.progress(db, pilot).launched] == ["reason"]
    waiting = outbox.by_id(db, "d1")
    assert waiting
    assert waiting.data == {"words": WORDS}
    assert db.scalar(select(t.delivery.c.due_at).where(t.delivery.c.id == "d1")) == NIGHT
    assert db.execute(select(t.delivery.c.id, t.delivery.c.bulk).order_by(t.delivery.c.id)).all() == [
        ("d1", revision < "0007"),
        ("d2", False),
    ]
    receipt = db.execute(select(t.receipt)).one()
    assert (receipt.person, receipt.given_at) == (PRIYA, NIGHT)
    closed, waits = checkins.of_wave(db, pilot, every_run=True), checkins.of_wave(db, company, every_run=True)
    assert [(each.id, each.day, each.state, each.closed_at) for each in closed] == [("c1", 3, "closed", NIGHT)]
    assert db.scalar(text("SELECT enough_answers FROM checkin WHERE id = 'c1'"))
    assert [(each.id, each.day, each.closed_at) for each in waits] == [("c2", 7, None)]
    assert waits[0].state == ("skipped" if revision < "0004" else "open")
    assert [each.verdict for each in verdicts.every(db, pilot)] == ["fix the policy"]
    faults = signs.faults_of(db, [pilot.id], shown_at=datetime(2027, 1, 1, tzinfo=UTC))
    assert [(each.words, str(each.week), each.state) for each in faults] == [(WORDS, "2026-W49", "blocking")]
    assert db.execute(text("SELECT number, source, note FROM sign")).all() == [(2, "reported", "")]
    assert sorted(db.scalars(select(instance_tables.seen_event.c.event_id))) == ["Ev1", "Ev2", "Ev3"]
    if revision >= "0002":
        question = questions.by_id(db, "q")
        assert question
        assert (question.text, question.askers, question.post_at) == (WORDS, 1, NIGHT)
        assert [entry.answer for entry in entries.every(db)] == [WORDS]
        assert sorted(db.scalars(select(v.voice.c.tag))) == ["t3", "t7", "t9"]
    if revision >= "0003":
        assert db.scalar(select(v.publication.c.content)) == {"words": WORDS, "n": [1]}


@pytest.mark.parametrize("revision", REVISIONS[:-1])
async def test_an_earlier_database_has_to_be_migrated_first(database: Store, revision: str) -> None:
    """It is refused with the command that mends it, and not touched."""
    database.run_now(lambda db: migrate.to(db, revision))
    with pytest.raises(migrate.SchemaProblem, match=r"app\.py migrate"):
        database.run_now(migrate.require_present)
    assert database.run_now(migrate.present) == revision


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: words[0])
def test_every_command_refuses_a_newer_database(
    database: Store,
    url: str,
    command: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """In one sentence that says what to do; the database stays as it is."""
    database.run_now(migrate.to)
    database.run_now(lambda db: db.execute(text("UPDATE alembic_version SET version_num = 'ffff'")))
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "DATABASE_URL": url,
        "VOICE_KEY": "k" * 40,
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_SIGNING_SECRET": "s" * 32,
        "SLACK_API_URL": "http://127.0.0.1:1/",
    }.items():
        monkeypatch.setenv(name, value)
    assert app.main(command) == app.UNUSABLE
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.strip().endswith("Install the version of Foreword that made it.")
    assert "ffff" in said.err
    assert database.run_now(migrate.present) == "ffff"


def test_a_revision_that_there_is_not(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Those that there are are named."""
    monkeypatch.setenv("DATABASE_URL", url)
    assert app.main(["migrate", "--to", "0815"]) == app.UNUSABLE
    said = capsys.readouterr().err
    assert "no revision 0815" in said
    assert ", ".join(REVISIONS) in said


def test_a_database_that_cannot_be_reached_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No traceback, and no password."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://foreword:hunter2@127.0.0.1:1/foreword")
    assert app.main(["migrate"]) == app.UNUSABLE
    said = capsys.readouterr().err
    assert "Connection refused" in said
    assert "hunter2" not in said
    assert said.count("\n") == 1


async def test_two_who_migrate_at_once(url: str, database: Store) -> None:
    """Both end well, and the database is migrated once."""
    others = [databases.opened_at(url) for _instance in range(2)]
    ready, problems = threading.Barrier(2), []

    def go(store: Store) -> None:
        ready.wait()
        try:
            store.run_now(migrate.to)
        except Exception as problem:  # noqa: BLE001 - whatever it is, the test tells it
            problems.append(problem)

    threads = [threading.Thread(target=go, args=(store,)) for store in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        await asyncio.to_thread(thread.join)
    assert problems == []
    database.run_now(migrate.require_present)
    assert database.run_now(migrate.differences) == []
    for store in others:
        if isinstance(store, SQLiteDatabase):
            store.engine.dispose()

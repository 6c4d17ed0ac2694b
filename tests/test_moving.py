"""`move`: everything arrives on PostgreSQL as it was, in one piece, and whatever cannot be moved is said and left alone."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import NullPool, create_engine, func, insert, inspect, select, text
from sqlalchemy.engine import make_url

import app
from bot.domain.progress import Rollout
from bot.domain.timeline import Event
from bot.sealing import Keyring
from bot.services import checking, moving
from bot.services.made_up import MadeUp, Size
from bot.services.voices import Ear
from bot.store import instance_tables, migrate, rollouts, timeline
from bot.store import moving as stored_moving
from bot.store import tables as t
from bot.store import voice_tables as v
from bot.store.database import SQLiteDatabase
from bot.store.schema import METADATA
from faq.book import open_book
from tests import databases
from tests.given import MONDAY, PLAN

pytestmark = [pytest.mark.database, pytest.mark.postgresql_only("is where it moves to")]
EAR = Ear(Keyring(b"k" * 32), ZoneInfo("Europe/Berlin"))
SECRET = "k" * 40


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database with a made-up rollout in it, and with what is easily lost on the way: times, nothings, odd letters."""
    file = tmp_path / "foreword.db"
    database = SQLiteDatabase(f"sqlite:///{file}")
    database.run_now(migrate.to)
    maker = MadeUp(PLAN, EAR, open_book(), Size(400, 60, 6, 1), now=MONDAY)
    database.run_now(maker.begin)
    for period in maker.periods():
        database.run_now(partial(maker.speak, period=period))
    database.run_now(maker.end)

    def more(db: Any) -> None:
        rollout: Rollout = rollouts.every(db)[0]
        odd: dict[str, str | int] = {
            "because": 'Zoë said: "100 %, \\n, \\u0041, 🐕"',
            "tabs": "a\tb\nc\\.",
            "two": 2,
        }
        timeline.append(db, rollout.id, Event.PAUSED, actor="U1", now=MONDAY + timedelta(microseconds=1), data=odd)
        checkin = {"wave_id": rollout.waves[0].id, "run": 1, "day": 3, "closes_at": MONDAY, "policy_version": 1}
        checkin |= {"state": "open", "prepare_at": MONDAY, "date": MONDAY.date(), "enough_answers": False}
        for number, result in enumerate((None, {"a": [1, "ü"]})):
            values = {**checkin, "id": f"c{number}", "run": number, "result": result}
            db.execute(insert(METADATA.tables["checkin"]).values(**values))
        db.execute(text("UPDATE checkin SET result = NULL WHERE id = 'c0'"))
        db.execute(insert(v.checkin_answer).values(id="a1", checkin_id="c0", question="mood", value=None))
        db.execute(
            insert(instance_tables.rate_use).values(method="m", until=1764000000.123456, share=0.1, refused_at=0.0)
        )

    database.run_now(more)
    database.engine.dispose()
    return file


def run(file: Path, target: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """The command as an operator types it: its exit code, what it printed, and what it complained of."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file}")
    monkeypatch.setenv("VOICE_KEY", SECRET)
    code = app.main(["move", "--to", target])
    said = capsys.readouterr()
    return code, said.out, said.err


def tables_of(url: str) -> set[str]:
    """The tables at that address."""
    engine = create_engine(databases.opened_at(url).url, poolclass=NullPool)
    with engine.connect() as db:
        return set(inspect(db).get_table_names())


def everything(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """All rows as the code reads them, sorted."""
    engine = create_engine(databases.opened_at(url).url, poolclass=NullPool)
    with engine.connect() as db:
        return {
            table.name: sorted((tuple(row) for row in db.execute(select(table))), key=repr)
            for table in METADATA.sorted_tables
        }


@pytest.mark.parametrize("migrated", [False, True])
def test_everything_arrives(
    file: Path,
    a_database: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    migrated: bool,
) -> None:
    """Every value of every row, into an empty database or one that was just migrated; the chain holds; the source is as before."""
    target = a_database(empty=not migrated)
    before = everything(f"sqlite:///{file}")
    code, said, _complained = run(file, target, monkeypatch, capsys)
    assert code == 0, _complained
    assert everything(target) == before == everything(f"sqlite:///{file}")
    assert re.search(r"^voice +400 +400$", said, re.MULTILINE)
    assert "timeline of" in said
    assert "whole" in said
    assert "VOICE_KEY" in said
    assert SECRET not in said
    database = databases.opened_at(target)
    assert set(database.run_now(checking.broken_timelines).values()) == {None}
    assert database.run_now(migrate.differences) == []
    nothing = "SELECT count(*) FROM checkin WHERE result IS NULL"
    assert database.run_now(lambda db: db.scalar(text(nothing))) == 1, "nothing is not the same as JSON's null"


def test_the_target_knows_no_order_of_asking(file: Path, a_database: Callable[..., str]) -> None:
    """All rows are of one transaction, and were written in the order of their ids: each page holds a stretch of them or two.

    Which page comes first, and where the last rows of a batch find room, is the server's choice.
    """
    target = a_database()
    moving.move(f"sqlite:///{file}", target)
    database = databases.opened_at(target)

    def look(db: Any) -> tuple[int, list[tuple[float, str]]]:
        transactions = db.scalar(text("SELECT count(DISTINCT xmin::text) FROM voice"))
        rows = db.execute(text("SELECT (ctid::text::point)[0], id FROM voice ORDER BY ctid")).all()
        return transactions, [(page, voice) for page, voice in rows]

    transactions, rows = database.run_now(look)
    assert transactions == 1
    pages = len({page for page, _voice in rows})
    breaks = sum(one > other for (_page, one), (_next, other) in pairwise(rows))
    assert len(rows) > 20 * pages > 0
    assert breaks < 2 * pages, "rows in the order of asking would break off at every other one"


def test_nothing_is_added_to_something(
    file: Path, a_database: Callable[..., str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A target that holds a single row is refused, with the row's table, and keeps what it had."""
    target = a_database()
    database = databases.opened_at(target)
    database.run_now(lambda db: db.execute(insert(v.evidence).values(entry="x", right=1, wrong=0)))
    code, _said, complained = run(file, target, monkeypatch, capsys)
    assert code == 2
    assert "evidence: 1" in complained
    assert database.run_now(lambda db: db.scalar(select(func.count()).select_from(t.rollout))) == 0


def test_a_table_of_somebody_else_is_not_taken_for_ours(
    file: Path, a_database: Callable[..., str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A database that happens to have a table of the same name belongs to another program."""
    target = a_database(empty=True)
    databases.opened_at(target).run_now(lambda db: db.execute(text("CREATE TABLE voice (id int)")))
    code, _said, complained = run(file, target, monkeypatch, capsys)
    assert code == 2
    assert "voice" in complained
    assert tables_of(target) == {"voice"}


def test_a_user_who_may_not_write_there_is_told_so(
    file: Path, a_database: Callable[..., str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Which database it is, and what its user lacks."""
    target = a_database(empty=True)
    name = make_url(target).database
    databases.opened_at(target).run_now(
        lambda db: db.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
    )
    code, _said, complained = run(file, target, monkeypatch, capsys)
    assert code == 2
    assert "--to" in complained
    assert "cannot be written to" in complained
    assert tables_of(target) == set()


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("postgresql://nobody:hunter2@127.0.0.1:1/x", "Connection refused"),
        ("sqlite:///{file}", "in use already"),
        ("sqlite:///{file}.other", "no PostgreSQL"),
        ("mysql://root:hunter2@db/foreword", "no PostgreSQL"),
        ("hunter2", "not an address"),
    ],
)
def test_other_targets_are_refused(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], target: str, says: str
) -> None:
    """Each with its reason, and without a password."""
    code, said, complained = run(file, target.format(file=file), monkeypatch, capsys)
    assert (code, said) == (2, "")
    assert says in complained
    assert "hunter2" not in complained


def test_a_newer_database_is_refused_on_either_side(
    file: Path, a_database: Callable[..., str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """This version cannot know what a newer one keeps where."""
    target = a_database()
    newer = text("UPDATE alembic_version SET version_num = 'ffff'")
    databases.opened_at(target).run_now(lambda db: db.execute(newer))
    code, _said, complained = run(file, target, monkeypatch, capsys)
    assert code == 2
    assert "newer" in complained
    assert "ffff" in complained
    with closing(sqlite3.connect(file)) as raw:
        raw.execute(newer.text)
        raw.commit()
    code, _said, complained = run(file, a_database(empty=True), monkeypatch, capsys)
    assert code == 2
    assert "does not know" in complained


def test_there_has_to_be_something_to_move(
    tmp_path: Path, a_database: Callable[..., str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mistyped DATABASE_URL makes no empty database, and what is no database is not taken for one."""
    code, _said, complained = run(tmp_path / "mistyped.db", a_database(), monkeypatch, capsys)
    assert code == 2
    assert "mistyped.db" in complained
    assert not (tmp_path / "mistyped.db").exists()
    (tmp_path / "letter.db").write_text("Dear Mara, this is a letter and no database." * 30)
    code, _said, complained = run(tmp_path / "letter.db", a_database(), monkeypatch, capsys)
    assert code == 2
    assert "no SQLite database" in complained


def test_a_bot_that_runs_has_to_be_stopped_first(
    file: Path, a_database: Callable[..., str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Even if it writes nothing just now: what it wrote afterwards would be lost."""
    target = a_database(empty=True)
    running = SQLiteDatabase(f"sqlite:///{file}")
    running.run_now(rollouts.every)
    code, _said, complained = run(file, target, monkeypatch, capsys)
    assert code == 2
    assert "Stop it" in complained
    running.run_now(lambda db: db.execute(insert(v.evidence).values(entry="x", right=1, wrong=0)))
    running.engine.dispose()
    assert run(file, target, monkeypatch, capsys)[0] == 0


def test_what_fails_midway_leaves_nothing(
    file: Path, a_database: Callable[..., str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """PostgreSQL keeps no zero character. The table is named; the target has not even tables afterwards."""
    target = a_database(empty=True)
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("UPDATE voice SET tag = 'a' || char(0) || 'b' WHERE id = (SELECT max(id) FROM voice)")
        raw.commit()
    code, said, complained = run(file, target, monkeypatch, capsys)
    assert (code, said) == (2, "")
    assert "voice" in complained
    assert tables_of(target) == set()


def test_a_row_that_changed_on_the_way_is_noticed(
    file: Path, a_database: Callable[..., str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As many rows are not enough: each has to be what it was. Nothing is kept otherwise."""
    copy = stored_moving._copy

    def careless(source: Any, target: Any, table: Any) -> None:
        copy(source, target, table)
        if table.name == "voice":
            target.execute(text("UPDATE voice SET week = '2020-W01' WHERE id = (SELECT max(id) FROM voice)"))
        if table.name == "receipt":
            target.execute(text("DELETE FROM receipt WHERE person = (SELECT max(person) FROM receipt)"))

    monkeypatch.setattr(stored_moving, "_copy", careless)
    target = a_database(empty=True)
    code, said, complained = run(file, target, monkeypatch, capsys)
    assert code == 1
    assert re.search(r"^voice +400 +400 +NOT THE SAME$", said, re.MULTILINE)
    assert re.search(r"^receipt +180 +177 +NOT THE SAME$", said, re.MULTILINE)
    assert "Nothing was moved" in complained
    assert tables_of(target) == set()


def test_a_timeline_that_was_tampered_with_is_not_carried_over(
    file: Path, a_database: Callable[..., str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is said which entry, before anything is moved."""
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("UPDATE timeline SET actor = 'U0NOBODY' WHERE seq = 3")
        raw.commit()
    target = a_database(empty=True)
    code, _said, complained = run(file, target, monkeypatch, capsys)
    assert code == 2
    assert "Entry 3" in complained
    assert tables_of(target) == set()

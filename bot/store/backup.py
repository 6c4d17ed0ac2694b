"""A copy of an SQLite database while the bot goes on writing, without what a backup must not outlive.

The promise is that marks cannot be made again once their period closes, not even by an operator. A copy that holds a salt
breaks it on the day on which the salt is destroyed in the database. So what a copy leaves out is never written into it:
salts, the ways back to those who asked, the answers of open check-ins, and the voices of the reporting period that goes
on. Without their salt these could not be told apart from the same people's voices after a restore, and few people would
be counted as many.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import NullPool, create_engine
from sqlalchemy.engine import URL

from bot.domain.checkin import CheckinState
from bot.domain.weeks import Period
from bot.store.database import BUSY_SECONDS, Work

T = TypeVar("T")

APPLICATION_ID = 0x466F7265
"""How a file says that it is a backup of Foreword's, and not a database to run on."""
UNFINISHED = ".unfinished"


class BackupProblem(Exception):
    """A copy could not be made or used. The message says what to do."""


@dataclass(frozen=True, slots=True)
class Inside:
    """What a copy holds: rows by table, the revision of its schema, when it was taken (None if it does not say), its bytes."""

    rows: Mapping[str, int]
    revision: str | None
    taken_at: datetime | None
    size: int


def copy(source: Path, target: Path, *, open_period: Period | None, now: datetime) -> Inside:
    """Write a consistent copy into a new file that its owner alone can read, and look it over.

    With an `open_period`, what belongs to it is left out (see above); None copies everything. Raises BackupProblem.
    """
    if not source.is_file():
        msg = f"There is no database at {source}. Set DATABASE_URL to the one that the bot runs on."
        raise BackupProblem(msg)
    with _new_file(target) as unfinished:
        try:
            with closing(_opened(source)) as db:
                db.execute("ATTACH ? AS copy", (str(unfinished),))
                db.execute("BEGIN")  # a reader of the log as it is now; the bot writes on behind it
                _copy_tables(db, _left_out(open_period))
                db.execute(f"PRAGMA copy.application_id = {APPLICATION_ID}")
                db.execute(f"PRAGMA copy.user_version = {int(now.timestamp()) // 60}")
                db.execute("COMMIT")
            return look_over(unfinished)
        except sqlite3.Error as error:
            msg = f"The backup could not be written ({_name(error)}). Nothing was left behind."
            raise BackupProblem(msg) from None


def look_over(file: Path) -> Inside:
    """Whether this is a whole copy of one of our databases. Changes nothing. Raises BackupProblem."""
    if not file.is_file():
        msg = f"There is no file {file}. Name one that `backup` wrote."
        raise BackupProblem(msg)
    try:
        with closing(_opened(file, read_only=True)) as db:
            faults = [row[0] for row in db.execute("PRAGMA integrity_check(3)")]
            if faults != ["ok"]:
                msg = f"{file} is damaged: {'; '.join(faults)}. Use an older backup."
                raise BackupProblem(msg)
            astray = sorted({row[0] for row in db.execute("PRAGMA foreign_key_check")})
            if astray:
                msg = f"{file} is not whole: rows of {', '.join(astray)} refer to rows that are missing. Use an older backup."
                raise BackupProblem(msg)
            return _inside(db)
    except sqlite3.Error as error:
        msg = f"{file} cannot be read as an SQLite database ({_name(error)}). Use another backup."
        raise BackupProblem(msg) from None


def read(file: Path, work: Work[T]) -> T:
    """Carry out work that reads, and leave the file as it is."""
    address = URL.create("sqlite", database=f"file:{file.absolute()}", query={"mode": "ro", "uri": "true"})
    engine = create_engine(address, poolclass=NullPool, hide_parameters=True)
    with engine.connect() as db:
        return work(db)


def taken_at(file: Path) -> datetime | None:
    """When a copy was taken; None for what is no copy, or no longer one since it was settled."""
    try:
        with closing(_opened(file, read_only=True)) as db:
            return _taken_at(db)
    except sqlite3.Error:
        return None


def no_longer_a_copy(file: Path) -> None:
    """From now on it is a database to run on."""
    with closing(_opened(file)) as db:
        db.execute("PRAGMA application_id = 0")
        db.execute("PRAGMA user_version = 0")


def _copy_tables(db: sqlite3.Connection, left_out: Mapping[str, str]) -> None:
    """Tables in the order of their keys, then indexes, as SQLite's own VACUUM does it."""
    made = db.execute("SELECT type, name, sql FROM main.sqlite_master WHERE sql IS NOT NULL ORDER BY type = 'index'")
    for kind, name, sql in made.fetchall():
        head = sql[: sql.upper().index(kind.upper()) + len(kind)]
        db.execute(f"{head} copy.{sql[len(head) :].lstrip()}")
        if kind == "table":
            kept = left_out.get(name, "true")
            db.execute(f'INSERT INTO copy."{name}" SELECT * FROM main."{name}" WHERE {kept}')  # noqa: S608 - our own tables


def _left_out(period: Period | None) -> Mapping[str, str]:
    """For each table of which something stays behind: the rows that are copied."""
    if period is None:
        return {}
    weeks = ", ".join(f"'{week}'" for week in period.weeks)
    cells = f"cell NOT IN ({weeks}, 'p{period.number}') AND cell NOT LIKE 'p{period.number}:%'"
    under_way = f"'{CheckinState.PLANNED}', '{CheckinState.OPEN}'"
    return {
        "period_salt": "false",
        "checkin_salt": "false",
        "sealed_address": "false",
        "checkin_answer": "false",
        "checkin_comment": f"checkin_id NOT IN (SELECT id FROM main.checkin WHERE state IN ({under_way}))",  # noqa: S608 - our own words
        "voice": f"week NOT IN ({weeks})",
        "presence": cells,
    }


def _inside(db: sqlite3.Connection) -> Inside:
    names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    if not {"alembic_version", "rollout", "delivery"} <= set(names):
        msg = "That is an SQLite database, but none of Foreword's."
        raise BackupProblem(msg)
    revision = db.execute("SELECT version_num FROM alembic_version").fetchone()
    counted = {
        name: db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608 - names from the database's own list
        for name in names
        if name != "alembic_version"
    }
    pages, page = (db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    return Inside(counted, revision[0] if revision else None, _taken_at(db), pages * page)


def _taken_at(db: sqlite3.Connection) -> datetime | None:
    if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        return None
    return datetime.fromtimestamp(db.execute("PRAGMA user_version").fetchone()[0] * 60, UTC)


@contextmanager
def _new_file(target: Path) -> Iterator[Path]:
    """A file beside `target` that takes its name once all went well. Raises BackupProblem when the name is taken."""
    unfinished = target.with_name(target.name + UNFINISHED)
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        msg = f"{target} exists already. A backup overwrites nothing: name another file."
        raise BackupProblem(msg) from None
    except OSError as error:
        msg = f"{target} cannot be written ({error.strerror}). Name a file in a folder that exists and that you may write to."
        raise BackupProblem(msg) from None
    try:
        unfinished.unlink(missing_ok=True)
        os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield unfinished
        unfinished.replace(target)
        folder = os.open(target.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        target.unlink(missing_ok=True)
        raise


def _opened(file: Path, *, read_only: bool = False) -> sqlite3.Connection:
    mode = "ro" if read_only else "rw"
    return sqlite3.connect(
        f"{file.absolute().as_uri()}?mode={mode}", uri=True, timeout=BUSY_SECONDS, isolation_level=None
    )


def _name(error: sqlite3.Error) -> str:
    return getattr(error, "sqlite_errorname", "") or type(error).__name__

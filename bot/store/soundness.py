"""What is wrong with a database, in plain words, and what an operator does about it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

PROBE_BYTES = 65_536
LITTLE_ROOM = 200_000_000
"""From here on it is time to make room. SQLite needs as much again as its file holds to write it anew."""

ROOM = "Make room on the disk that holds the database. What could not be written is tried again by itself."
NOT_READ_ONLY = (
    "Let the bot's user write to the database's folder and file, and see whether the disk is mounted read-only."
)
FREE_IT = "End what is writing to it for long: a migration, another copy of the bot, a database browser."
BACK = "Put the database's file back where DATABASE_URL says (or restore a backup), then start the bot again."
START_IT = "Start the database server and check DATABASE_URL. The bot goes on by itself as soon as it answers."
WRITABLE = "Let DATABASE_URL name the primary server, and a user who may write there."


@dataclass(frozen=True, slots=True)
class Trouble:
    """What was seen, and how to mend it."""

    seen: str
    fix: str


def what_it_means(error: DBAPIError) -> Trouble:
    """An error of the database's driver in words. Its own text is not repeated: it may quote what was written."""
    raised = error.orig
    if isinstance(raised, sqlite3.Error):
        name = getattr(raised, "sqlite_errorname", "") or type(raised).__name__
        for start, trouble in _OF_SQLITE.items():
            if name.startswith(start):
                return trouble
        return Trouble(f"SQLite says {name}", "See docs/operations.md, “The database is damaged”.")
    state = getattr(raised, "sqlstate", None) or ""
    for start, trouble in _OF_POSTGRESQL.items():
        if state.startswith(start):
            return trouble
    return Trouble(f"does not answer ({type(raised).__name__})", START_IT)


def in_a_sentence(error: DBAPIError, named: str = "DATABASE_URL") -> str:
    """The same for a command line, where `named` says which database it is.

    Why a server could not be reached is told in the driver's own words: before there is a connection they quote nothing
    but where it was looked for.
    """
    trouble = what_it_means(error)
    if getattr(error.orig, "pgconn", None) is not None and str(error.orig):
        why = str(error.orig).splitlines()[0].removeprefix("connection failed: ").replace("FATAL:  ", "")
        return f"{named} cannot be reached: {why}. Check the address and the user, and whether the server is running."
    return f"The database that {named} names: {trouble.seen}. {trouble.fix.replace('DATABASE_URL', named)}"


_OF_SQLITE = {
    "SQLITE_FULL": Trouble("the disk is full", ROOM),
    "SQLITE_READONLY": Trouble("it cannot be written to", NOT_READ_ONLY),
    "SQLITE_CANTOPEN": Trouble("its file cannot be opened", NOT_READ_ONLY),
    "SQLITE_PERM": Trouble("its file cannot be opened", NOT_READ_ONLY),
    "SQLITE_BUSY": Trouble("another process keeps it locked", FREE_IT),
    "SQLITE_LOCKED": Trouble("another process keeps it locked", FREE_IT),
    "SQLITE_IOERR": Trouble(
        "the disk fails", "Look at the disk, then see docs/operations.md, “The database is damaged”."
    ),
}
_OF_POSTGRESQL = {
    "53100": Trouble("the server's disk is full", ROOM),
    "53300": Trouble("the server takes no more connections", "Raise max_connections, or run fewer instances."),
    "25006": Trouble("it cannot be written to", WRITABLE),
    "42501": Trouble("this user may not write there", WRITABLE),
    "28": Trouble("it refuses this user or password", "Check the user and the password in DATABASE_URL."),
    "3D000": Trouble(
        "there is no such database", "Make the database that DATABASE_URL names, then: python app.py migrate"
    ),
}


def kept_by_the_server(db: Connection) -> list[str]:
    """Settings of a PostgreSQL server, as `name = value`, with which it keeps the moment of every change; none on SQLite."""
    if db.dialect.name != "postgresql":
        return []
    found = {name: str(db.scalar(text(f"SHOW {name}"))) for name in _HARMLESS}
    return [f"{name} = {value}" for name, value in found.items() if value not in _HARMLESS[name]]


_HARMLESS = {
    "track_commit_timestamp": ("off",),
    "log_statement": ("none", "ddl"),
    "log_min_duration_statement": ("-1",),
}


def file_of(url: URL) -> Path | None:
    """The file of an SQLite database; None for one in memory, or on a server."""
    named = url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")
    return Path(str(url.database)) if named else None


def trouble_with_file(file: Path) -> Trouble | None:
    """Whether the disk below a database takes what is written, tried on a file without a name."""
    try:
        with tempfile.TemporaryFile(dir=file.parent) as probe:
            probe.write(os.urandom(PROBE_BYTES))
            probe.flush()
            os.fsync(probe.fileno())
        if not os.access(file, os.W_OK):
            return Trouble("it cannot be written to", NOT_READ_ONLY)
    except FileNotFoundError:
        return Trouble("its folder is gone", BACK)
    except PermissionError:
        return Trouble("its folder cannot be written to", NOT_READ_ONLY)
    except OSError as error:
        return Trouble(f"its disk takes nothing ({error.strerror})", ROOM)
    return None


def room_beside(file: Path) -> int:
    """Bytes that are free on the disk of this file."""
    return shutil.disk_usage(file.parent).free

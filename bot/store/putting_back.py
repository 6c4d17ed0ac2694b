"""Puts a backup in the place of a database, which is kept aside: nothing is ever overwritten."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from bot.store.backup import BackupProblem, no_longer_a_copy
from bot.store.database import SQLiteDatabase

SHARED_BYTES = 0x40000002, 510
"""Where a process that has an SQLite database open keeps a lock on it, in WAL mode for as long as it has it open."""
BESIDE = ("", "-wal", "-shm")


def in_use(file: Path) -> bool:
    """Whether another process has this database open. Works with a damaged one as well."""
    if not file.exists():
        return False
    start, length = SHARED_BYTES
    with file.open("r+b") as handle:
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB, length, start)
        except OSError:
            return True
    return False


def put_back(source: Path, target: Path, finish: Callable[[SQLiteDatabase], None], *, now: datetime) -> Path | None:
    """Make a database of a backup, let `finish` make it fit to run on, then give it the name of `target`.

    Returns where the database that was there is kept now, if there was one. Whatever goes wrong before the last step
    leaves it where it is. Raises BackupProblem, and whatever `finish` raises.
    """
    if in_use(target):
        msg = f"{target} is in use. Stop the bot (and whatever else has it open), then try again. Nothing was changed."
        raise BackupProblem(msg)
    fresh = target.with_name(f"{target.name}.restoring")
    try:
        for end in BESIDE:
            _beside(fresh, end).unlink(missing_ok=True)
        os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        shutil.copyfile(source, fresh)
        database = SQLiteDatabase(f"sqlite:///{fresh}")
        try:
            finish(database)
        finally:
            database.engine.dispose()
        no_longer_a_copy(fresh)
        aside = _set_aside(target, now)
        fresh.replace(target)
    except OSError as error:
        msg = f"{target} could not be restored ({error.strerror}). What was there is where it was."
        raise BackupProblem(msg) from error
    finally:
        for end in BESIDE:
            _beside(fresh, end).unlink(missing_ok=True)
    return aside


def _set_aside(target: Path, now: datetime) -> Path | None:
    if not target.exists():
        return None
    aside = target.with_name(f"{target.name}.before-{now:%Y%m%dT%H%M%S}")
    for end in BESIDE:
        part = _beside(target, end)
        if part.exists():
            part.replace(_beside(aside, end))
    return aside


def _beside(file: Path, end: str) -> Path:
    return file.with_name(file.name + end)

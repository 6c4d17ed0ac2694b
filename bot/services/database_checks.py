"""What has to be right with the database for the bot to run, as `doctor` tells it: each part with its fix."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from bot.domain.health import Check
from bot.sealing import Keyring, UnusableSecret
from bot.services import checking, voice_keys
from bot.store import backup, migrate, queue, soundness
from bot.store.database import Database


async def examine(database: Database, keys: Keyring | UnusableSecret, *, has_earlier: bool) -> list[Check]:
    """Whether the database takes what is written, fits this version, is none that has to be settled first, and fits its key."""
    file = soundness.file_of(database.url)
    checks = [await asyncio.to_thread(_disk, file)] if file else []
    try:
        await database.run(queue.try_to_write)
        revision = await database.run(migrate.present)
        checks.append(Check("database", ok=True, seen="answers, and can be written to"))
        checks.append(_migrations(revision))
        if not checks[-1].ok:
            return checks
    except DBAPIError as error:
        if _has_no_tables(error):
            return [*checks, Check("database", ok=True, seen="answers, and is empty"), _migrations(None)]
        trouble = soundness.what_it_means(error)
        return [*checks, Check("database", ok=False, seen=trouble.seen, fix=trouble.fix)]
    if kept := await database.run(soundness.kept_by_the_server):
        fix = "These make the server keep when each change was made. Switch them off (docs/privacy.md, “What remains possible”)."
        checks.append(Check("database server", ok=False, seen=", ".join(kept), fix=fix))
    if file is not None and (await asyncio.to_thread(lambda: backup.taken_at(file))) is not None:
        fix = "Run: python app.py restore --settle. Otherwise messages that were sent since could be sent again."
        checks.append(Check("backup", ok=False, seen="the database is a backup that was put there by hand", fix=fix))
    if isinstance(keys, UnusableSecret):
        name, _, why = str(keys).partition(": ")
        return [*checks, Check("voice key", ok=False, seen=f"{name} cannot be used", fix=why[:1].upper() + why[1:])]
    found = await database.run(lambda db: voice_keys.fit(db, keys))
    return [*checks, voice_keys.check(found, has_earlier=has_earlier)]


async def channels(database: Database) -> list[str]:
    """The channels of the plans; none while the database does not fit."""

    def look(db: Connection) -> list[str]:
        return checking.channels(db) if migrate.present(db) == migrate.newest() else []

    try:
        return await database.run(look)
    except DBAPIError:
        return []


def _migrations(revision: str | None) -> Check:
    if revision == migrate.newest():
        return Check("migrations", ok=True, seen=f"at {revision}, as this version wants it")
    if revision is not None and revision not in migrate.revisions():
        seen = f"at {revision}, which this version does not know"
        return Check("migrations", ok=False, seen=seen, fix="Run the version of Foreword that made it, or a newer one.")
    return Check("migrations", ok=False, seen=f"at {revision or 'none'}", fix="Run: python app.py migrate")


def _disk(file: Path) -> Check:
    trouble = soundness.trouble_with_file(file) if file.exists() or not file.parent.is_dir() else None
    if trouble is not None:
        return Check("disk", ok=False, seen=trouble.seen, fix=trouble.fix)
    room, needed = soundness.room_beside(file), 2 * (file.stat().st_size if file.exists() else 0)
    if room < max(soundness.LITTLE_ROOM, needed):
        return Check("disk", ok=False, seen=f"only {room // 1_000_000} MB are free", fix=soundness.ROOM)
    return Check("disk", ok=True, seen=f"{room // 1_000_000:,} MB are free")


def _has_no_tables(error: DBAPIError) -> bool:
    return "no such table" in str(error.orig) or getattr(error.orig, "sqlstate", None) == "42P01"

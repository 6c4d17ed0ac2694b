"""`backup`, `restore` and `key`: what is kept for bad days, and what is done on them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import make_url

from bot.commands.given import Given
from bot.commands.terminal import FAULTY, OK, UNUSABLE, complain, say
from bot.services import checking, restoring, voice_keys
from bot.store import backup as backups
from bot.store import migrate, putting_back
from bot.store.backup import BackupProblem
from bot.store.database import SQLiteDatabase, open_database
from bot.views import keeping


async def backup(given: Given) -> int:
    """`backup --to FILE`: a consistent copy while the bot runs, without what must not outlive its time."""
    from bot.domain.weeks import week_of

    source, target = given.database_file, Path(given.typed.to)
    if source is None:
        complain(
            keeping.ON_A_SERVER
            if make_url(given.settings.database_url).get_backend_name() != "sqlite"
            else keeping.IN_MEMORY
        )
        return UNUSABLE
    now = given.now
    period = week_of(now, given.zone).period
    inside = backups.copy(source, target, open_period=None if given.typed.whole else period, now=now)
    say(
        keeping.backup_made(
            target,
            inside.rows,
            whole=given.typed.whole,
            since=period.first.monday,
            until=period.next.first.monday,
            key_file=given.settings.voice_key_file,
            size=inside.size,
        )
    )
    return OK


async def restore(given: Given) -> int:
    """`restore`: look a backup over, go back to one, or make a database safe that was restored by other means."""
    if given.typed.verify:
        return _verify(Path(given.typed.verify))
    target = given.database_file
    if given.typed.settle:
        return await _settle(given, target, given.typed.taken)
    if target is None:
        complain(keeping.RESTORE_ON_A_SERVER)
        return UNUSABLE
    source = Path(given.typed.source)
    if _verify(source) != OK:
        return FAULTY
    if target.exists() and not given.typed.yes:
        complain(f"{target} exists. Nothing was changed. With --yes it is kept aside and the backup takes its place.")
        return UNUSABLE
    say(_go_back(given, source, target, given.typed.taken or backups.taken_at(source)))
    return OK


async def _settle(given: Given, file: Path | None, taken: datetime | None) -> int:
    """`restore --settle`: after pg_restore, or after a file was copied by hand."""
    if file is not None and putting_back.in_use(file):
        complain(f"{file} is in use. Stop the bot first, then run this again.")
        return UNUSABLE
    if file is not None:
        taken = taken or backups.taken_at(file)
    zone, now = given.zone, given.now
    database = open_database(given.settings.database_url)
    try:
        await database.run(migrate.require_present)
        done = await database.run(lambda db: restoring.settle(db, taken_at=taken, zone=zone, now=now))
    finally:
        await database.close()
    if file is not None:
        backups.no_longer_a_copy(file)
    say("\n".join(keeping.settled(**asdict(done))))
    return OK


def _go_back(given: Given, source: Path, target: Path, taken: datetime | None) -> str:
    """Put a backup in the database's place; returns what to tell. Raises BackupProblem, SchemaProblem or FromTheFuture."""
    zone, now = given.zone, given.now
    told: list[str] = []

    def finish(database: SQLiteDatabase) -> None:
        database.run_now(migrate.to)
        if any(database.run_now(checking.broken_timelines).values()):
            msg = f"The timeline in {source} is not what it was. Use an older backup. Nothing was changed."
            raise BackupProblem(msg)
        done = database.run_now(lambda db: restoring.settle(db, taken_at=taken, zone=zone, now=now))
        told.extend(keeping.settled(**asdict(done)))

    aside = putting_back.put_back(source, target, finish, now=now)
    return keeping.restored(target, aside, told)


def _verify(file: Path) -> int:
    """Look a backup over and say what it holds; nothing is changed."""
    inside = backups.look_over(file)
    broken: list[str] = []
    if inside.revision == migrate.newest():
        found = backups.read(file, checking.broken_timelines)
        broken = [f"{name} from entry {entry}" for name, entry in found.items() if entry is not None]
    elif inside.revision not in migrate.revisions():
        complain(
            f"{file} is at revision {inside.revision}, which this version does not know. Use the version that made it."
        )
        return FAULTY
    say(
        keeping.looked_over(
            file,
            inside.rows,
            revision=inside.revision,
            newest=migrate.newest(),
            taken_at=inside.taken_at,
            broken=broken,
        )
    )
    return FAULTY if broken else OK


async def lose_key(given: Given) -> int:
    """`key --lost`: go on with another VOICE_KEY, without what only the lost one could open."""
    keyring, zone, now = given.keyring, given.zone, given.now
    database = open_database(given.settings.database_url)
    try:
        await database.run(migrate.require_present)
        if await database.run(lambda db: voice_keys.fit(db, keyring).fits):
            say("VOICE_KEY fits this database. Nothing was changed.")
            return OK
        if not given.typed.yes:
            complain(keeping.LOSING)
            return UNUSABLE
        gone, ways = await database.run(lambda db: voice_keys.give_up(db, keyring, zone, now=now))
        await database.rewrite()
    finally:
        await database.close()
    say(keeping.lost(gone, ways))
    return OK

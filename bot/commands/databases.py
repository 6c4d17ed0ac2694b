"""`migrate`, `move` and `purge`: the database is brought up to date, carried elsewhere, emptied."""

from __future__ import annotations

from sqlalchemy.engine import make_url

from bot.commands.given import Given
from bot.commands.terminal import FAULTY, OK, UNUSABLE, complain, say
from bot.services import moving
from bot.services.moving import Move
from bot.store import migrate
from bot.store.database import open_database
from bot.views import printed


async def migrate_database(given: Given) -> int:
    """`migrate`: bring the database to this version's schema, or to another revision."""
    if given.typed.check:
        scratch = open_database("sqlite://")
        await scratch.run(migrate.to)
        differences = await scratch.run(migrate.differences)
        await scratch.close()
        say(printed.migration_report(differences))
        return FAULTY if differences else OK
    database = open_database(given.settings.database_url)
    try:
        await database.run(lambda db: migrate.to(db, given.typed.to))
        say(f"The database is at revision {await database.run(migrate.present) or 'base'}.")
    finally:
        await database.close()
    return OK


async def move(given: Given) -> int:
    """`move --to URL`: carry everything from SQLite to PostgreSQL, and prove that it arrived."""
    try:
        done = moving.move(given.settings.database_url, given.typed.to)
    except moving.CannotMove as problem:
        complain(f"Nothing was moved. {problem}")
        return UNUSABLE
    except moving.Differs as differs:
        say(_told(differs.move))
        complain(str(differs))
        return FAULTY
    say(_told(done))
    is_set = given.settings.voice_key.get_secret_value()
    key = "it is set as VOICE_KEY here." if is_set else f"it is the file {given.settings.voice_key_file}."
    say(printed.after_moving(str(make_url(given.settings.database_url).database), key))
    return OK


def _told(move: Move) -> str:
    return printed.move_report([(each.table, each.here, each.there, each.same) for each in move.tables], move.timelines)


async def purge(given: Given) -> int:
    """`purge`: delete everything that is held about the people of this workspace."""
    from bot.store import purging

    database = open_database(given.settings.database_url)
    try:
        await database.run(migrate.require_present)
        if not given.typed.yes:
            rows = await database.run(purging.held)
            say(printed.purge_report(rows, done=False))
            return FAULTY if rows else OK
        gone = await database.run(purging.purge)
        await database.rewrite()
    finally:
        await database.close()
    say(printed.purge_report(gone, done=True))
    return OK

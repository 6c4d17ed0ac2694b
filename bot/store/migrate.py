"""Bringing a database to the schema that this version of Foreword knows, and refusing a newer one."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select

from bot.store.schema import METADATA

SCRIPTS = Path(__file__).parent.parent.parent / "migrations"

MIGRATING = 0x464F5245
"""Names PostgreSQL's lock that only one migration has at a time."""


class SchemaProblem(Exception):
    """The database does not fit this version; the message says what to do."""


def _config(db: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = db
    return config


def newest() -> str:
    """The revision that this version of Foreword works with."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    return head or ""


def revisions() -> frozenset[str]:
    """Every revision that this version of Foreword knows."""
    return frozenset(each.revision for each in ScriptDirectory.from_config(_config()).walk_revisions())


def present(db: Connection) -> str | None:
    """The revision that the database is at; None for an empty one."""
    return MigrationContext.configure(db).get_current_revision()


def to(db: Connection, revision: str = "head") -> None:
    """Go to a revision, forward or back. Raises SchemaProblem for a database from a newer version, or no such revision.

    Two who do so at once go one after the other: SQLite has one writer, PostgreSQL is asked to see to it.
    """
    if revision not in {"head", "base"} | revisions():
        raise SchemaProblem(
            f"There is no revision {revision}. There are {', '.join(sorted(revisions()))}, head and base."
        )
    if db.dialect.name == "postgresql":
        db.execute(select(func.pg_advisory_xact_lock(MIGRATING)))
    known = _known(db)
    if revision == "head" or known is None:
        command.upgrade(_config(db), revision)
        return
    script = ScriptDirectory.from_config(_config())
    older = {each.revision for each in script.walk_revisions(base="base", head=known)}
    if revision == "base" or revision in older - {known}:
        command.downgrade(_config(db), revision)
    else:
        command.upgrade(_config(db), revision)


def _known(db: Connection) -> str | None:
    at = present(db)
    if at is not None and at not in revisions():
        msg = f"The database is at revision {at}, which this version does not know. Install the version of Foreword that made it."
        raise SchemaProblem(msg)
    return at


def require_present(db: Connection) -> None:
    """Raise SchemaProblem unless the database is exactly at the newest revision."""
    at = _known(db)
    if at != newest():
        msg = "The database is older than this version. Run: python app.py migrate"
        raise SchemaProblem(msg)


def differences(db: Connection) -> list[str]:
    """Where the declared tables and the migrated database differ; empty when they are the same."""
    return [
        str(each) for each in compare_metadata(MigrationContext.configure(db, opts={"compare_type": True}), METADATA)
    ]

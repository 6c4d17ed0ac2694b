"""The doctor's look at the database: each trouble is told with the command or the act that mends it."""

from __future__ import annotations

import shutil
from collections import namedtuple
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.health import Check
from bot.sealing import Keyring, UnusableSecret
from bot.services import database_checks
from bot.store import backup, migrate
from bot.store.database import SQLiteDatabase
from tests.given import MONDAY

pytestmark = pytest.mark.sqlite_only("files, their folders and their disk")

KEYS = Keyring(b"k" * 40)


async def look(file: Path, keys: Keyring | UnusableSecret = KEYS) -> dict[str, Check]:
    """Every part by its name."""
    database = SQLiteDatabase(f"sqlite:///{file}")
    checks = await database_checks.examine(database, keys, has_earlier=False)
    await database.close()
    return {check.name: check for check in checks}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database with its tables."""
    database = SQLiteDatabase(f"sqlite:///{tmp_path / 'foreword.db'}")
    database.run_now(migrate.to)
    database.engine.dispose()
    return tmp_path / "foreword.db"


async def test_all_is_well(file: Path) -> None:
    """Disk, database, migrations, key."""
    checks = await look(file)
    assert all(check.ok for check in checks.values()), checks
    assert list(checks) == ["disk", "database", "migrations", "voice key"]


async def test_what_is_not_there_yet(tmp_path: Path) -> None:
    """An empty place is not broken: it wants to be migrated. A folder that is not there is said to be gone."""
    fresh = (await look(tmp_path / "new.db"))["migrations"]
    assert not fresh.ok
    assert "python app.py migrate" in fresh.fix
    gone = await look(tmp_path / "nowhere" / "new.db")
    assert not gone["disk"].ok
    assert not gone["database"].ok
    assert await database_checks.channels(SQLiteDatabase(f"sqlite:///{tmp_path / 'new.db'}")) == []


async def test_an_older_schema(file: Path) -> None:
    """The fix is the command."""
    database = SQLiteDatabase(f"sqlite:///{file}")
    database.run_now(lambda db: migrate.to(db, "0004"))
    database.engine.dispose()
    check = (await look(file))["migrations"]
    assert not check.ok
    assert "migrate" in check.fix


async def test_little_room(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is too late."""
    usage = namedtuple("usage", "total used free")  # noqa: PYI024 - as shutil has it
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(10**9, 10**9, 10**6))
    check = (await look(file))["disk"]
    assert not check.ok
    assert "room" in check.fix


async def test_a_backup_put_there_by_hand(file: Path, tmp_path: Path) -> None:
    """It says what to run before the bot does."""
    copy = tmp_path / "copy.db"
    backup.copy(file, copy, open_period=None, now=MONDAY - timedelta(days=1))
    check = (await look(copy))["backup"]
    assert not check.ok
    assert "restore --settle" in check.fix


async def test_a_key_that_cannot_be_used(file: Path) -> None:
    """Named with what to do, and the rest is looked at all the same."""
    checks = await look(file, UnusableSecret("VOICE_KEY: must be at least 32 characters long, made at random."))
    assert not checks["voice key"].ok
    assert checks["voice key"].fix.startswith("Must be at least 32")
    assert checks["migrations"].ok

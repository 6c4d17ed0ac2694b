"""Each part of /readyz notices its own trouble, says what to do in plain words, and never keeps anybody waiting."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.domain.delivery import DeliveryKind, DeliveryState
from bot.domain.health import Check
from bot.services import readiness
from bot.services.heartbeat import Heartbeat
from bot.services.readiness import Readiness
from bot.store import migrate, outbox, rollouts, standstill
from bot.store.outbox import Draft
from scheduler.clock import MovableClock
from tests import databases
from tests.given import MONDAY, PLAN


@dataclass
class Line:
    """A client that has learnt nothing bad."""

    refused_with: str = ""
    unanswered_since: float | None = None


class Watched:
    """A readiness with everything it looks at."""

    def __init__(self, folder: Path, url: str) -> None:
        self.file = folder / "foreword.db"
        self.database = databases.opened_at(url)
        self.clock = MovableClock(MONDAY, runs=False)
        self.heartbeat = Heartbeat()
        self.line = Line()
        self.readiness = Readiness(self.database, self.clock, self.heartbeat, self.line)

    async def part(self, name: str) -> Check:
        """One part, looked at anew."""
        self.readiness._fresh = (float("-inf"), [])
        self.readiness._queue_at = float("-inf")
        return next(check for check in await self.readiness.parts() if check.name == name)


@pytest.fixture
async def watched(tmp_path: Path, a_database: Callable[..., str]) -> AsyncIterator[Watched]:
    """A database with the tables in it, and a bot whose jobs ran just now."""
    found = Watched(tmp_path, a_database(tmp_path))
    await found.database.run(migrate.to)
    with found.heartbeat.job("send"):
        pass
    yield found
    await found.readiness.close()
    await found.database.close()


def broken(check: Check, seen: str) -> None:
    """It is not well, says so, and says what to do."""
    assert not check.ok, check
    assert seen in check.seen, check
    assert len(check.fix.split()) > 3, check


async def test_everything_is_well(watched: Watched) -> None:
    """A migrated database, jobs that run, nothing to send."""
    checks = await watched.readiness.parts()
    assert all(check.ok for check in checks), checks
    assert [check.name for check in checks] == [
        "database",
        "migrations",
        "outbox",
        "scheduler",
        "slack",
        "requests",
    ]


@pytest.mark.sqlite_only("looks at its write-ahead log")
async def test_looking_leaves_no_trace_in_the_log_of_writing(watched: Watched) -> None:
    """The probe writes nothing: a row each time would be a beat by which what people wrote in between could be dated."""
    await watched.database.rewrite()
    log = watched.file.with_name(watched.file.name + "-wal")
    before = log.read_bytes(), watched.file.read_bytes()
    for _time in range(3):
        assert (await watched.part("database")).ok
    assert (log.read_bytes(), watched.file.read_bytes()) == before
    assert sorted(path.name for path in watched.file.parent.iterdir()) == [
        "foreword.db",
        "foreword.db-shm",
        "foreword.db-wal",
    ]


@pytest.mark.sqlite_only("one lock is on the whole file")
async def test_a_database_that_somebody_keeps_locked(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """It answers in time that the database does not, and is well again by itself."""
    monkeypatch.setattr(readiness, "PATIENCE_SECONDS", 0.2)
    assert (await watched.part("database")).ok
    with sqlite3.connect(watched.file) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        broken(await watched.part("database"), "did not answer")
        broken(await watched.part("migrations"), "not known")
        assert time.monotonic() - began < 2
        other.rollback()
    async with asyncio.timeout(15):
        while not (await watched.part("database")).ok:
            await asyncio.sleep(0.05)


@pytest.mark.sqlite_only("one lock is on the whole file")
async def test_asking_often_costs_one_look(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many ask while the database hangs, one look is under way, and everybody has their answer in time."""
    monkeypatch.setattr(readiness, "PATIENCE_SECONDS", 0.2)
    looks = 0
    look = watched.readiness._look

    def counted(db: object) -> object:
        nonlocal looks
        looks += 1
        return look(db)  # type: ignore[arg-type]

    monkeypatch.setattr(watched.readiness, "_look", counted)
    with sqlite3.connect(watched.file) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        await asyncio.gather(*(watched.readiness.parts() for _ in range(50)))
        assert time.monotonic() - began < 2
        other.rollback()
    await watched.readiness.close()
    assert looks == 1


@pytest.mark.sqlite_only("PostgreSQL is a server, not a file")
async def test_a_file_that_is_gone_or_another(watched: Watched) -> None:
    """SQLite would go on writing into a file that nobody finds any more."""
    assert (await watched.part("database")).ok
    aside = watched.file.rename(watched.file.with_name("aside.db"))
    broken(await watched.part("database"), "gone")
    watched.file.write_bytes(aside.read_bytes())
    broken(await watched.part("database"), "replaced")


@pytest.mark.sqlite_only("PostgreSQL's disk is its server's")
async def test_a_disk_that_is_full(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said before a message of somebody's is lost to it."""

    def full(_number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    check = await watched.part("database")
    broken(check, "No space left on device")
    assert "room" in check.fix


async def test_a_read_only_database(watched: Watched) -> None:
    """A connection that may only read is noticed, although reading goes well."""

    def only_read(db: object) -> None:
        only = (
            "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"
            if databases.on_postgresql()
            else "PRAGMA query_only = ON"
        )
        db.exec_driver_sql(only)  # type: ignore[attr-defined]

    await watched.database.run(only_read)
    broken(await watched.part("database"), "cannot be written to")


async def test_a_schema_that_is_older(tmp_path: Path, a_database: Callable[..., str]) -> None:
    """The fix is the command that mends it."""
    watched = Watched(tmp_path, a_database(tmp_path, empty=True))
    await watched.database.run(lambda db: migrate.to(db, "0003"))
    check = await watched.part("migrations")
    broken(check, "0003")
    assert "python app.py migrate" in check.fix
    await watched.readiness.close()
    await watched.database.close()


async def test_messages_that_do_not_go_out(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """How long the first waits is told; it is trouble when nothing at all has left for long."""

    def write(db: object) -> None:
        rollout = rollouts.create(db, PLAN, by="operator", now=MONDAY)  # type: ignore[arg-type]
        drafts = [
            Draft(key, DeliveryKind.PAUSE, "C1", rollout, {"because": "x"}, waits_in_pause=False) for key in ("a", "b")
        ]
        drafts.append(Draft("later", DeliveryKind.PAUSE, "C1", rollout, {}, due_at=MONDAY + timedelta(days=9)))
        drafts.append(Draft("after", DeliveryKind.PAUSE, "C1", rollout, {}, follows="a"))
        outbox.write(db, drafts, now=MONDAY)  # type: ignore[arg-type]

    await watched.database.run(write)
    waiting = await watched.part("outbox")
    assert waiting.ok
    assert waiting.seen == "2 to be sent, the first for less than a minute"
    watched.clock.advance(timedelta(hours=3))
    assert (await watched.part("outbox")).seen == "2 to be sent, the first for 3 h"
    watched.readiness._moved_at -= 3 * 3600
    broken(await watched.part("outbox"), "nothing has left")


async def test_a_queue_too_long_to_count_is_seen_to_move(watched: Watched) -> None:
    """Thousands that became due together: the first stays as old as it is, and it is still seen that some have left."""

    def write(db: Connection) -> None:
        rollout = rollouts.create(db, PLAN, by="operator", now=MONDAY)
        drafts = [
            Draft(f"m{n}", DeliveryKind.NOT_LAUNCHED, f"C{n}", rollout, {}, waits_in_pause=False) for n in range(1_500)
        ]
        outbox.write(db, drafts, now=MONDAY)

    def send(db: Connection) -> None:
        for delivery in outbox.claim(db, "me", now=watched.clock.now(), lease_until=watched.clock.now(), limit=5):
            outbox.move(db, delivery, DeliveryState.SENT)

    await watched.database.run(write)
    watched.clock.advance(timedelta(hours=3))
    assert (await watched.part("outbox")).seen == "more than 1,000 to be sent, the first for 3 h"
    watched.readiness._moved_at -= 3 * 3600
    broken(await watched.part("outbox"), "nothing has left")
    await watched.database.run(send)
    assert (await watched.part("outbox")).ok


async def test_jobs_that_fail_or_stand_still(watched: Watched) -> None:
    """A job that fails for a minute is named with its error; ticks that stop are noticed."""
    now = [0.0]
    heart = Heartbeat(lambda: now[0])
    watched.readiness._heartbeat = heart
    broken(await watched.part("scheduler"), "has not begun")
    with heart.job("send"):
        pass
    assert (await watched.part("scheduler")).ok
    with pytest.raises(ZeroDivisionError), heart.job("send"):
        raise ZeroDivisionError
    assert (await watched.part("scheduler")).ok, "once is nothing: the next tick makes up for it"
    now[0] = 90
    with pytest.raises(ZeroDivisionError), heart.job("send"):
        raise ZeroDivisionError
    broken(await watched.part("scheduler"), "send (ZeroDivisionError)")
    now[0] = 200
    broken(await watched.part("scheduler"), "stands still")


async def test_a_token_that_is_refused_and_an_app_that_is_gone(watched: Watched) -> None:
    """Both say how to come back, and that nothing is lost."""
    watched.line.refused_with = "invalid_auth"
    broken(await watched.part("slack"), "invalid_auth")
    watched.line.refused_with = ""
    await watched.database.run(standstill.stop)
    check = await watched.part("slack")
    broken(check, "uninstalled")
    assert "purge" in check.fix
    await watched.database.run(standstill.go_on)
    assert (await watched.part("slack")).ok
    watched.line.unanswered_since = time.monotonic() - 600
    silent = await watched.part("slack")
    assert silent.ok, "Slack's own bad hour is none of this process's faults"
    assert "10 min" in silent.seen


async def test_the_last_request_is_known_by_its_day(watched: Watched) -> None:
    """Never by its minute."""
    assert "none" in (await watched.part("requests")).seen
    watched.heartbeat.visit(MONDAY.date())
    assert (await watched.part("requests")).seen == f"the last one came on {MONDAY.date()}"

"""What has to be well for this process to do its work, part by part, each with what to do when it is not (/readyz).

Looking never takes longer than a moment: what does not answer in time is said to be unwell. Answers are a second old at
most, so that whoever asks often costs nothing.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from bot import metrics
from bot.domain.delivery import DeliveryState
from bot.domain.health import Check
from bot.ports import Clock
from bot.services.heartbeat import Heartbeat
from bot.store import migrate, soundness, standstill
from bot.store.database import Database
from bot.store.queue import COUNTED, Queue, queue, try_to_write

PATIENCE_SECONDS = 2.0
FRESH_SECONDS = 1.0
QUEUE_SECONDS = 15.0
"""How old the look at the outbox may be, which costs most."""
SILENT_SECONDS = 30.0
FAILING_SECONDS = 60.0
UNANSWERED_SECONDS = 120.0
STUCK = timedelta(minutes=30)
"""So long nothing at all has left the outbox while something may."""

NOT_KNOWN = "not known while the database does not answer"
SEE_DATABASE = "Mend the database first."
INSTALL = (
    "Install the app to the workspace again, put the new token into SLACK_BOT_TOKEN and start the bot again. Nothing is lost: "
    "what is to be sent waits. If the app is gone for good: python app.py purge"
)


class Line(Protocol):
    """What the client that talks to Slack has learnt on the way."""

    refused_with: str
    unanswered_since: float | None


@dataclass(frozen=True, slots=True)
class _Seen:
    """One look into the database. `queue` is None when it was looked at a moment ago."""

    revision: str | None
    stopped: bool
    queue: Queue | None


class Readiness:
    """Looks at the parts, and remembers what it takes to see whether the outbox moves."""

    def __init__(self, database: Database, clock: Clock, heartbeat: Heartbeat, line: Line) -> None:
        """Look at nothing yet."""
        self._database = database
        self._clock = clock
        self._heartbeat = heartbeat
        self._line = line
        self._newest = migrate.newest()
        self._file = soundness.file_of(database.url)
        self._inode = 0
        self._stopped = False
        self._looking: asyncio.Task[list[Check]] | None = None
        self._fresh: tuple[float, list[Check]] = (float("-inf"), [])
        self._queue = Queue({}, 0, None)
        self._queue_at = float("-inf")
        self._moved_at = time.monotonic()

    async def parts(self) -> list[Check]:
        """Every part, within PATIENCE_SECONDS or little more."""
        at, checks = self._fresh
        if time.monotonic() - at < FRESH_SECONDS:
            return checks
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._stored())
        done, _late = await asyncio.wait({self._looking}, timeout=PATIENCE_SECONDS)
        stored = self._looking.result() if done else _too_slow()
        checks = [*stored, self._scheduler(), self._slack(), self._visits()]
        for check in checks:
            metrics.part_is(check.name, ok=check.ok)
        self._fresh = (time.monotonic(), checks)
        return checks

    async def close(self) -> None:
        """Let the look that is under way end."""
        if self._looking is not None:
            await asyncio.wait({self._looking})

    async def _stored(self) -> list[Check]:
        """What only the database knows."""
        trouble = await asyncio.to_thread(self._file_trouble) if self._file else None
        seen: _Seen | None = None
        if trouble is None:
            try:
                seen = await self._database.run(self._look)
            except DBAPIError as error:
                trouble = soundness.what_it_means(error)
        if seen is None:
            found = trouble or soundness.Trouble("does not answer", soundness.START_IT)
            return _unknown(Check("database", ok=False, seen=found.seen, fix=found.fix))
        self._stopped = seen.stopped
        return [self._written(), self._migrations(seen), self._outbox(seen)]

    def _look(self, db: Connection) -> _Seen:
        try_to_write(db)
        revision = migrate.present(db)
        if revision != self._newest:
            return _Seen(revision, stopped=False, queue=None)
        fresh = time.monotonic() - self._queue_at < QUEUE_SECONDS
        return _Seen(revision, standstill.stands(db), None if fresh else queue(db, now=self._clock.now()))

    def _file_trouble(self) -> soundness.Trouble | None:
        """Whether the file is still there, the one that was opened, on a disk that takes what is written."""
        file = self._file
        if file is None:
            return None
        inode = file.stat().st_ino if file.exists() else 0
        self._inode = self._inode or inode
        if not inode:
            return soundness.Trouble("its file is gone", soundness.BACK)
        if inode != self._inode:
            fix = "Start the bot again: it still writes into the file that was there before."
            return soundness.Trouble("its file was replaced while the bot runs", fix)
        return soundness.trouble_with_file(file)

    def _written(self) -> Check:
        if self._file is not None:
            room = soundness.room_beside(self._file)
            if room < soundness.LITTLE_ROOM:
                return Check("database", ok=True, seen=f"can be written to, but only {room // 1_000_000} MB are free")
        return Check("database", ok=True, seen="can be written to")

    def _migrations(self, seen: _Seen) -> Check:
        if seen.revision == self._newest:
            return Check("migrations", ok=True, seen=f"at {self._newest}, as this version wants it")
        fix = "Run: python app.py migrate. If the database is newer, run the version of Foreword that it belongs to."
        return Check("migrations", ok=False, seen=f"at {seen.revision or 'none'}, not at {self._newest}", fix=fix)

    def _outbox(self, seen: _Seen) -> Check:
        if seen.revision != self._newest:
            return Check("outbox", ok=False, seen="not known before the database is migrated", fix="Migrate it first.")
        if seen.queue is not None:
            before, self._queue, self._queue_at = self._queue, seen.queue, time.monotonic()
            left = _unsent(self._queue) < _unsent(before) or self._queue.waiting < before.waiting
            if left or self._queue.since != before.since or not self._queue.waiting:
                self._moved_at = time.monotonic()
        now, found = self._clock.now(), self._queue
        age = max(now - found.since, timedelta(0)) if found.since else timedelta(0)
        metrics.queue_is(found.states, age.total_seconds())
        if not found.waiting:
            return Check("outbox", ok=True, seen="nothing waits to be sent")
        number = f"more than {COUNTED:,}" if found.waiting > COUNTED else f"{found.waiting:,}"
        waits = f"{number} to be sent, the first for {_words(age)}"
        still = timedelta(seconds=time.monotonic() - self._moved_at)
        if age > STUCK and still > STUCK:
            fix = "See whether Slack can be reached (python app.py doctor), and docs/operations.md, “Messages do not go out”."
            return Check("outbox", ok=False, seen=f"{waits}; nothing has left for {_words(still)}", fix=fix)
        return Check("outbox", ok=True, seen=waits)

    def _slack(self) -> Check:
        if self._line.refused_with:
            return Check("slack", ok=False, seen=f"refuses the bot's token ({self._line.refused_with})", fix=INSTALL)
        if self._stopped:
            return Check("slack", ok=False, seen="the app was uninstalled, or its token was taken back", fix=INSTALL)
        since = self._line.unanswered_since
        if since is not None and time.monotonic() - since > UNANSWERED_SECONDS:
            silent = timedelta(seconds=time.monotonic() - since)
            return Check("slack", ok=True, seen=f"has not answered for {_words(silent)}; what is to be sent waits")
        return Check("slack", ok=True, seen="takes the bot's token, as far as we know")

    def _visits(self) -> Check:
        """Never unwell: a quiet night is none of the bot's faults, and cannot be told from a wrong address."""
        day = self._heartbeat.last_visit
        if day is None:
            return Check(
                "requests", ok=True, seen="none has come since the start; if somebody tried, check the Request URL"
            )
        return Check("requests", ok=True, seen=f"the last one came on {day}")

    def _scheduler(self) -> Check:
        silent = self._heartbeat.silent_for
        fix = "Start the bot again, and keep its log: it says what it did last."
        if silent is None:
            return Check("scheduler", ok=False, seen="has not begun", fix="Wait a few seconds. If it stays so: " + fix)
        if silent > SILENT_SECONDS:
            seen = f"stands still since {_words(timedelta(seconds=silent))}"
            return Check("scheduler", ok=False, seen=seen, fix=fix)
        failing = self._heartbeat.failing(longer_than=FAILING_SECONDS)
        if failing:
            told = ", ".join(f"{job} ({error})" for job, error in sorted(failing.items()))
            fix = "Look for tick_failed in the log. Most often the database is the reason."
            return Check("scheduler", ok=False, seen=f"these jobs fail: {told}", fix=fix)
        return Check("scheduler", ok=True, seen="ticks")


def _unsent(found: Queue) -> int:
    """Everything that has not left, whenever it may: a number that falls as long as a large queue moves."""
    moving = (DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.UNSURE)
    return sum(found.states.get(state, 0) for state in moving)


def _too_slow() -> list[Check]:
    fix = "See whether the machine or the database is overloaded, or something holds the database locked."
    return _unknown(Check("database", ok=False, seen=f"did not answer within {PATIENCE_SECONDS:.0f} seconds", fix=fix))


def _unknown(database: Check) -> list[Check]:
    rest = [Check(name, ok=False, seen=NOT_KNOWN, fix=SEE_DATABASE) for name in ("migrations", "outbox")]
    return [database, *rest]


def _words(age: timedelta) -> str:
    """In whole minutes: nobody needs seconds, and they would tell when something small happened."""
    minutes = int(age.total_seconds() // 60)
    if minutes < 1:
        return "less than a minute"
    if minutes < 120:  # noqa: PLR2004 - two hours
        return f"{minutes} min"
    return f"{minutes // 60} h"

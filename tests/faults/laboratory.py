"""A workplace in one process, without sockets and without waiting: Slack, the bot, and everything that can go wrong.

The bot is put together as `app.py run` does it. It can be killed at any line: what it was doing is abandoned, nothing that
it does afterwards reaches the database or Slack, and another one is started over the same database.
"""

from __future__ import annotations

import asyncio
import atexit
import json
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from sqlalchemy.engine import URL

import app
from bot.domain.pace import AT_ONCE
from bot.plan import parse_plan
from bot.sandbox.limits import NO_LIMITS
from bot.sandbox.slack import SandboxSlack
from bot.sandbox.wire import ActRefused
from bot.sealing import Keyring
from bot.services import plans
from bot.services.launching import Rulebook
from bot.services.library import Library
from bot.slack.client import SlackClient
from bot.slack.web import web_app
from bot.store import migrate
from bot.store.database import Database, PostgreSQLDatabase, SQLiteDatabase, open_database
from faq.book import Book, open_book
from scheduler.clock import SystemClock
from tests import databases
from tests.e2e.conftest import EVERYBODY, said
from tests.faults.fate import Fate
from tests.faults.killer import Killed, Killer
from tests.faults.lines import LineToBot, StraightLine
from tests.faults.still_time import StillLoop

T = TypeVar("T")
START = datetime(2026, 11, 30, 8, tzinfo=UTC)
MOST_PULSES = 60
KILLED_AGAIN = 0.3


class LabClock:
    """Stands still until it is set, forwards or back."""

    def __init__(self) -> None:
        """Begin on a Monday morning."""
        self.at = START

    def now(self) -> datetime:
        """The moment on this clock."""
        return self.at


class Mortal:
    """A bot's way into its database, which is closed to it once it is dead. `trouble` may make a piece of work fail."""

    def __init__(self, database: Database, alive: Callable[[], None], trouble: Callable[[Database], None]) -> None:
        """Lead to `database` while `alive` does not raise."""
        self.inner, self._alive, self._trouble = database, alive, trouble

    @property
    def url(self) -> URL:
        """Where it is."""
        return self.inner.url

    async def _through(self, way: Callable[[Callable[[Connection], T]], Awaitable[T]], work: Any) -> T:
        self._alive()
        await asyncio.sleep(0)
        self._alive()
        self._trouble(self.inner)
        result = await way(work)
        self._alive()  # committed, but nobody learns of it any more
        return result

    async def run(self, work: Callable[[Connection], T]) -> T:
        """As the bot's own."""
        return await self._through(self.inner.run, work)

    async def brief(self, work: Callable[[Connection], T]) -> T:
        """As the bot's own."""
        return await self._through(self.inner.brief, work)

    async def singly(self, work: Callable[[Connection], T]) -> T:
        """As the bot's own."""
        return await self._through(self.inner.singly, work)

    async def look(self, work: Callable[[Connection], T]) -> T:
        """As the bot's own."""
        return await self._through(self.inner.look, work)

    async def rewrite(self) -> None:
        """As the bot's own."""
        self._alive()
        self._trouble(self.inner)
        await self.inner.rewrite()

    async def level(self) -> None:
        """As the bot's own."""
        self._alive()
        self._trouble(self.inner)
        await self.inner.level()

    async def close(self) -> None:
        """As the bot's own."""
        await self.inner.close()


@cache
def the_book() -> Book:
    """The answers, read once."""
    return open_book()


@cache
def learnt() -> Library:
    """A library that has learnt its book; others borrow what it knows."""
    return Library(Rulebook(the_book(), ZoneInfo("Europe/Berlin"), pace=AT_ONCE))


class Laboratory:
    """One workplace, one rollout, one bot after the other."""

    def __init__(self, fate: Fate, database_url: str, *, still: bool | None = None) -> None:
        """`still` is whether the event loop's time jumps (tests/faults/still_time.py); by default on SQLite alone."""
        still = not databases.on_postgresql() if still is None else still
        self.fate, self.url, self.still = fate, database_url, still
        self.clock = LabClock()
        manifest = json.loads((app.ROOT / "manifest.json").read_text(encoding="utf-8"))
        self.slack = SandboxSlack(
            clock=self.clock,
            manifest=manifest,
            limits=NO_LIMITS,
            retry_delays=(1.0, 60.0, 300.0) if still else (1.0, 2.0, 4.0),
        )
        self.slack.app.state.address = "http://lab"
        courier = self.slack.courier
        courier._url = "http://lab"
        courier._http = LineToBot(self.slack.connection.signing_secret, lambda: self.web, Killed)  # type: ignore[assignment]
        self.bot: app.Foreword | None = None
        self.web: Any = None
        self.kills = 0
        self.killed_at: list[str] = []
        self.killer = Killer(self._struck)
        self.trouble: Callable[[Database], None] = lambda _database: None
        self.problems: list[str] = []
        self.story: list[str] = []
        """What happened, in order: two runs of one seed tell the same."""
        self._dead = True
        self._lives = 0
        self._own: set[asyncio.Task[Any]] = set()

    # -- the bot's life

    async def open(self) -> None:
        """Load the sample plan, and start the first bot."""
        task = asyncio.current_task()
        assert task is not None
        self._own.add(task)
        asyncio.get_running_loop().set_exception_handler(self._nobody_waited)
        database = open_database(self.url)
        plan = parse_plan(app.SAMPLE_PLAN.read_bytes(), today=START.date()).plan
        await database.run(lambda db: plans.load(db, plan, book=the_book(), by="operator", now=START))
        await database.close()
        await learn()
        self.start()

    def start(self) -> None:
        """Another bot over the same database."""
        self._lives += 1
        life = self._lives
        self._dead = False

        def alive() -> None:
            if self._dead or life != self._lives:
                raise Killed

        client = SlackClient(token=self.slack.connection.bot_token, base_url="http://lab/api/")
        client.session = StraightLine(self.slack, self._mishap, alive)  # type: ignore[assignment]
        rules = Rulebook(the_book(), ZoneInfo("Europe/Berlin"), pace=AT_ONCE)
        database = Mortal(open_database(self.url), alive, self._troubled)
        self.bot = app.compose(
            database=database,
            client=client,
            signing_secret=self.slack.connection.signing_secret,
            clock=self.clock,
            rules=rules,
            keys=Keyring(b"k" * 40),
        )
        self.bot.desk.library._matcher = learnt()._matcher
        self.bot.desk.library._rules.edition = learnt()._rules.edition
        self.web = web_app(self.bot.bolt, clock=SystemClock())

    def _struck(self, line: str) -> None:
        self._dead = True
        self.kills += 1
        self.killed_at.append(line)
        self.story.append(f"killed at {line}")
        self.fate.noted("killed")

    async def bury(self) -> None:
        """Abandon what a dead bot was doing, and start another."""
        bot, self.bot, self.web = self.bot, None, None
        left = asyncio.all_tasks() - self._own - self.slack.courier._first_tries - self.slack.courier._retries
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        assert bot is not None
        database = bot.database
        assert isinstance(database, Mortal)
        await database.inner.close()
        self.start()
        self.killer.go_on()
        dice = self.fate.dice("again")
        if not self.fate.calm and dice.random() < KILLED_AGAIN:  # while it mends what the last kill left behind
            self.killer.arm(dice.randint(1, 200))

    async def close(self) -> None:
        """The end."""
        if self.bot is not None:
            self.fate.calm = True
            self.trouble = lambda _database: None
            self.killer.disarm()
            await self.bot.close()
        await self.slack.stop()

    def _mishap(self, method: str, place: str) -> str:
        what = self.fate.of_call(method, place)
        self.story.append(f"{method} {place} {what}".rstrip())
        return what

    def _troubled(self, database: Database) -> None:
        self.trouble(database)

    def _nobody_waited(self, _loop: object, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if not isinstance(error, Killed | asyncio.CancelledError):
            self.problems.append(f"a task died of {type(error).__name__}: {context.get('message')}")

    # -- time

    async def pulse(self) -> None:
        """Every regular job once, all at the same time, as the ticks do it."""
        assert self.bot is not None
        ticks = self.bot.ticks
        jobs = [ticks._look, ticks._month, ticks._fire, ticks._send, ticks._export]
        self.fate.dice("jobs").shuffle(jobs)
        await self._alive_or_buried(asyncio.gather(*(job() for job in jobs), return_exceptions=True))

    async def tidy(self) -> None:
        """The jobs that come once an hour."""
        assert self.bot is not None
        ticks = self.bot.ticks
        await self._alive_or_buried(asyncio.gather(ticks._tidy(), ticks._level(), return_exceptions=True))

    async def _alive_or_buried(self, work: Awaitable[Sequence[Any]]) -> None:
        for result in await work:
            if isinstance(result, BaseException) and not isinstance(result, Killed):
                self.problems.append(f"a tick died of {type(result).__name__}: {result}")
        await self.rest()

    async def rest(self) -> None:
        """Wait for what was begun beside; bury a dead bot."""
        for _ in range(MOST_PULSES):
            bot = self.bot
            assert bot is not None
            woken = bot.ticks._woken
            if self._dead:
                await self.bury()
                continue
            if woken is not None and not woken.done():
                await asyncio.wait([woken])
            elif bot.desk.background._tasks:
                await asyncio.wait(set(bot.desk.background._tasks))
            elif woken is not None and woken.done() and not woken.cancelled() and (error := woken.exception()):
                bot.ticks._woken = None
                if not isinstance(error, Killed):
                    self.problems.append(f"the hand that wakes died of {type(error).__name__}")
            else:
                return

    async def wait(self, seconds: float, *, pulses: int = 1) -> None:
        """Time passes."""
        for _ in range(pulses):
            self.clock.at += timedelta(seconds=seconds / pulses)
            await asyncio.sleep(seconds / pulses if self.still else 0.001)
            await self.pulse()

    # -- people

    async def type(self, person: str, text: str, tries: int = 20) -> str:
        """Type a command; tried again while there is no answer, as a person would. Returns what is read."""
        for _ in range(tries):
            answer = await self._act(self.slack.command(person, EVERYBODY, text))
            if answer and answer.get("status") == 200:
                return said(answer["body"])
            await self.wait(1)
        return ""

    async def press(self, person: str, action: str, **where: Any) -> bool:
        """Press the newest button of this kind that this person sees. Whether the press was taken."""
        answer = await self._act(self.slack.click(person, action, **where))
        return bool(answer) and answer.get("status") == 200

    async def submit(self, person: str, values: Any) -> Any:
        """Submit the modal in front."""
        return await self._act(self.slack.submit(person, values))

    async def do(self, act: Coroutine[Any, Any, Any]) -> Any:
        """Anything else that people do."""
        return await self._act(act)

    async def _act(self, act: Coroutine[Any, Any, Any]) -> Any:
        try:
            answer = await act
        except ActRefused:
            answer = None
        await self.rest()
        return answer


@cache
def _template() -> Path:
    """An SQLite file with the tables, which others are copies of."""
    folder = Path(tempfile.mkdtemp(prefix="foreword-lab-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    database = SQLiteDatabase(f"sqlite:///{folder / 'template.db'}")
    database.run_now(migrate.to)
    database.engine.dispose()
    return folder / "template.db"


def new_database(folder: Path) -> str:
    """A database of one's own with the tables: a file in this folder, or one on the PostgreSQL that the tests bring along."""
    if databases.on_postgresql():
        return databases.fresh()
    shutil.copy(_template(), folder / "foreword.db")
    return f"sqlite:///{folder / 'foreword.db'}"


def look_into(url: str, work: Callable[[Connection], T]) -> T:
    """Look into a database beside the bot."""
    database = open_database(url)
    assert isinstance(database, SQLiteDatabase | PostgreSQLDatabase)
    engine = database.own_engine()
    try:
        with engine.begin() as connection:
            return work(connection)
    finally:
        engine.dispose()


async def learn() -> None:
    """Let the library that everybody borrows from read the book."""
    if learnt()._matcher is None:
        database = SQLiteDatabase(f"sqlite:///{_template()}")
        await learnt().refresh(database)
        await database.close()


def run(life: Coroutine[Any, Any, T]) -> T:
    """Carry it out: without waiting on SQLite, in ordinary time on PostgreSQL, whose server is elsewhere."""
    with asyncio.Runner(loop_factory=None if databases.on_postgresql() else StillLoop) as runner:
        return runner.run(life)

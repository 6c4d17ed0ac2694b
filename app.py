"""Foreword: the composition root and the command line. The only place that reads settings, constructs and starts."""

from __future__ import annotations

import argparse
import asyncio
import errno
import json
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from bot.commands import plan_files, terminal, typed
from bot.commands.given import Given
from bot.commands.plan_files import parsed_plan
from bot.commands.terminal import complain, say
from bot.domain.pace import Pace, pace_of
from bot.logs import configure_logs
from bot.plan import PlanError
from bot.sealing import Keyring, UnusableSecret, keyring_in, secret_in
from bot.services import plans, voice_keys
from bot.services.launching import Rulebook
from bot.services.restoring import FromTheFuture
from bot.services.voices import Ear
from bot.settings import Settings, SettingsProblem, read_settings
from bot.store import migrate, outbox, pacing, soundness
from bot.store.backup import BackupProblem, taken_at
from bot.store.database import Database, open_database
from bot.store.soundness import in_a_sentence
from bot.views import keeping, outcomes, printed
from faq.book import open_book
from faq.entry import EntryError
from scheduler.clock import MovableClock, SharedClock, SystemClock

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp
    from starlette.applications import Starlette
    from starlette.types import Receive, Scope, Send

    from bot.ports import Clock
    from bot.services.readiness import Readiness
    from bot.slack.client import SlackClient
    from handlers.desk import Desk
    from scheduler.reports import Exporter
    from scheduler.ticks import Ticks

log = structlog.get_logger(__name__)

OK, FAULTY, UNUSABLE = terminal.OK, terminal.FAULTY, terminal.UNUSABLE

FORCED = 70
"""The exit code of a process that was made to end before it had finished."""
STOPPED_WITHIN = 25.0
"""Seconds from the first SIGTERM to the end; systemd and Kubernetes kill after 30 by themselves, or are told to."""
LINGER, CLOSED_WITHIN = 2.0, 8.0

ROOT = Path(__file__).parent
SAMPLE_PLAN = plan_files.SAMPLE_PLAN
SCRATCH = ROOT / ".sandbox"
SANDBOX_START = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
"""A Monday morning before the sample plan's policy takes effect, so that the sample never gets too old."""


@dataclass(frozen=True)
class Foreword:
    """One bot, put together: its database, its Bolt app, its handlers' desk and its ticks."""

    database: Database
    bolt: AsyncApp
    desk: Desk
    ticks: Ticks
    exporter: Exporter
    readiness: Readiness

    def downloads(self) -> Starlette:
        """What browsers may fetch: reports, once, where Slack takes no files."""
        from bot.slack.downloads import downloads

        return downloads(self.exporter.link_works, self.exporter.fetch)

    async def close(self, within: float | None = None) -> None:
        """Let what is under way end, for so many seconds at most; then let go of what was claimed, and of the database."""
        try:
            async with asyncio.timeout(within):
                await self._end()
        except TimeoutError:
            log.warning("cut_off", why="what was under way took too long; it is looked for at the next start")
        finally:
            await self._let_go()
            await self.database.close()

    async def _let_go(self) -> None:
        try:
            if await self.ticks.let_go():
                log.warning("messages_unsure", why="they are looked for in Slack at the next start")
        except DBAPIError as error:
            log.warning("claims_not_released", error=type(error.orig).__name__)

    async def _end(self) -> None:
        await self.ticks.stop()
        await self.readiness.close()
        await self.desk.background.drain()
        await self.desk.roster.close()


def compose(
    *,
    database: Database,
    client: SlackClient,
    signing_secret: str,
    clock: Clock,
    rules: Rulebook,
    keys: Keyring,
    founders: Sequence[str] = (),
    questions_channel: str = "",
    public_url: str = "",
) -> Foreword:
    """Put the bot together. Nothing is started and nothing is connected yet."""
    from slack_bolt.async_app import AsyncApp

    from bot.services.installation import Installation
    from bot.services.library import Library
    from bot.services.readiness import Readiness
    from bot.slack.client import Known
    from bot.slack.directory import SlackDirectory
    from bot.slack.messenger import SlackMessenger
    from handlers.desk import Desk
    from handlers.register import register_handlers
    from scheduler.jobs import Jobs
    from scheduler.outbox import Sender
    from scheduler.replies import Replier
    from scheduler.reports import Exporter
    from scheduler.ticks import Ticks

    messenger, directory = SlackMessenger(client), SlackDirectory(client)
    ear = Ear(keys, rules.zone)
    sender = Sender(database, messenger, clock, rules, ear)
    library = Library(rules)
    jobs = Jobs(database, directory, clock, rules, ear, questions_channel, library)
    exporter = Exporter(database, messenger, directory, clock, rules, ear, public_url)
    installation = Installation(database, client)
    ticks = Ticks(sender, jobs, Replier(database, messenger, clock, ear, rules.pace), exporter, installation)
    desk = Desk(
        database,
        clock,
        messenger,
        directory,
        rules,
        tuple(founders),
        ticks.wake,
        ear,
        library,
        installation,
        questions_channel=questions_channel,
        heartbeat=ticks.heartbeat,
    )
    bolt = AsyncApp(
        name="Foreword",  # else Bolt reads the source of everybody who called it, to find one
        client=client,
        signing_secret=signing_secret,
        process_before_response=True,
        before_authorize=Known(client),
    )
    register_handlers(bolt, desk)
    return Foreword(database, bolt, desk, ticks, exporter, Readiness(database, clock, ticks.heartbeat, client))


async def clock_of(database: Database) -> Clock:
    """This machine's clock; where instances share a server, its clock: leases and due times have to mean the same to all."""
    if database.url.get_backend_name() == "sqlite":
        return SystemClock()
    return SharedClock(await database.look(pacing.moment))


def rules_of(settings: Settings) -> Rulebook:
    """The book of answers and the organisation's time zone. Raises EntryError."""
    folder = Path(settings.faq_dir) if settings.faq_dir else None
    pace = pace_of(settings.slack_messages_per_minute)
    return Rulebook(open_book(folder), ZoneInfo(settings.timezone), pace=pace)


def keyring_of(settings: Settings) -> Keyring:
    """The secret that seals and tags, from VOICE_KEY or else from its file; and those before it. Raises UnusableSecret."""
    secret = settings.voice_key.get_secret_value().encode() or secret_in(Path(settings.voice_key_file))
    earlier = settings.voice_key_old.get_secret_value().split()
    return Keyring(secret, *(each.encode() for each in earlier))


def given(command: Callable[[Given], Awaitable[int]]) -> Callable[[argparse.Namespace], Awaitable[int]]:
    """A command of an operator's with what it works with."""
    return lambda words: command(Given(words, SystemClock().now(), read_settings, rules_of, keyring_of))


class Workplace:
    """The sandbox: a local Slack, the real bot behind it, and a clock that both of them read."""

    def __init__(
        self,
        scratch: Path,
        *,
        start: datetime = SANDBOX_START,
        plan: Path = SAMPLE_PLAN,
        pace: Pace | None = None,
        database_url: str = "",
        **slack: Any,
    ) -> None:
        """State is kept in the folder `scratch` (or in another database); nothing is started yet.

        What else is given goes to the local Slack.
        """
        from bot.sandbox.slack import SandboxSlack

        self.kept_in = scratch / "workspace.json"
        self._scratch, self._start, self._plan, self._pace = scratch, start, plan, pace or pace_of()
        self._elsewhere = database_url
        self.clock = MovableClock(start)
        self.slack = SandboxSlack(
            clock=self.clock,
            manifest=json.loads((ROOT / "manifest.json").read_text(encoding="utf-8")),
            advance=lambda seconds: self.clock.advance(timedelta(seconds=seconds)),
            on_clock=self._catch_up,
            next_stop=self._next_stop,
            on_reset=self.close,
            on_fresh=self._start_over,
            **slack,
        )
        self._api_url = ""
        self._web: Starlette | None = None
        self.bot: Foreword | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The bot's web app as it is now; after *Start over* it is another one."""
        if self._web is not None:
            await self._web(scope, receive, send)

    async def open(self, api_url: str, bot_url: str) -> None:
        """Start the bot against this Slack: where an earlier sandbox was closed, else with the sample plan loaded."""
        from bot.sandbox import keeping

        self._api_url = api_url
        self.slack.bot_url = bot_url
        kept = keeping.read(self.kept_in) if self._database_file.exists() else None
        if kept is None or not await self._fits():
            await self._start_over()
            return
        self.clock.restart(kept.now)
        self.slack.restore(kept)
        await self._start_bot(open_database(self._database_url), parsed_plan(self._plan, None).plan.owners)

    async def close(self) -> None:
        """Stop the bot."""
        bot, self.bot, self._web = self.bot, None, None
        if bot is not None:
            await bot.close()

    @property
    def _database_file(self) -> Path:
        return self._scratch / "foreword.db"

    @property
    def _database_url(self) -> str:
        return self._elsewhere or f"sqlite:///{self._database_file}"

    async def _fits(self) -> bool:
        """Bring a database that was kept up to date. False when it comes from a newer version, or is none."""
        database = open_database(self._database_url)
        try:
            await database.run(migrate.to)
            await database.run(migrate.require_present)
        except (migrate.SchemaProblem, DBAPIError):
            return False
        finally:
            await database.close()
        return True

    async def _catch_up(self, arrived: bool) -> None:  # noqa: FBT001 - called by the sandbox alone
        if self.bot is not None:
            await self.bot.ticks.catch_up(passing=not arrived)

    async def _next_stop(self) -> datetime | None:
        """When the bot next has something to send, so that it goes at its minute however far the clock is moved."""
        if self.bot is None:
            return None
        now = self.clock.now()
        return await self.bot.database.look(lambda db: outbox.next_due(db, after=now))

    async def _start_over(self) -> None:
        shutil.rmtree(self._scratch, ignore_errors=True)
        self._scratch.mkdir(parents=True)
        self.clock.restart(self._start)
        database = open_database(self._database_url)
        rules, now = self._rules(), self.clock.now()
        await database.run(migrate.to)
        parsed = parsed_plan(self._plan, now.date())
        await database.run(lambda db: plans.load(db, parsed.plan, book=rules.book, by="operator", now=now))
        await self._start_bot(database, parsed.plan.owners)

    async def _start_bot(self, database: Database, founders: Sequence[str]) -> None:
        from bot.slack.client import SlackClient
        from bot.slack.web import web_app

        self.bot = compose(
            database=database,
            client=SlackClient(token=self.slack.connection.bot_token, base_url=self._api_url),
            signing_secret=self.slack.connection.signing_secret,
            clock=self.clock,
            rules=self._rules(),
            keys=keyring_in(self._scratch / "foreword.key"),
            founders=founders,
        )
        await self.bot.desk.library.refresh(database)
        self.bot.ticks.start()
        self._web = web_app(
            self.bot.bolt,
            ready=self.bot.readiness.parts,
            downloads=self.bot.downloads(),
            had_it=outcomes.had_already(),
            clock=SystemClock(),
        )

    def _rules(self) -> Rulebook:
        return Rulebook(open_book(), ZoneInfo("Europe/Berlin"), pace=self._pace)


async def sandbox(arguments: argparse.Namespace) -> int:
    """`sandbox`: serve the local workspace page until it is stopped."""
    from bot.sandbox.keeping import kept_up_to_date
    from bot.sandbox.serving import running

    door = socket.create_server(("127.0.0.1", arguments.port))  # taken first; what knocks early waits for the bot
    address = f"http://127.0.0.1:{door.getsockname()[1]}"
    workplace = Workplace(SCRATCH)
    async with running(workplace) as bot_url:
        await workplace.open(f"{address}/api/", f"{bot_url}/slack/events")
        try:
            async with (
                kept_up_to_date(workplace.kept_in, workplace.slack),
                running(workplace.slack.app, listener=door),
            ):
                say(f"The sandbox is open at {address}  (Ctrl+C ends it)")
                await _until_stopped()
        finally:
            await workplace.close()
    return OK


async def run(_arguments: argparse.Namespace) -> int:
    """`run`: serve Slack over HTTP, or over Socket Mode when SLACK_APP_TOKEN is set."""
    from bot.slack.client import make_client
    from bot.slack.serve import serve

    settings = read_settings(need_slack=True)
    configure_logs(settings.log_level, settings.log_format)
    file = soundness.file_of(make_url(settings.database_url))
    if file is not None and taken_at(file) is not None:
        complain(keeping.A_COPY.format(file=file))
        return UNUSABLE
    keyring = keyring_of(settings)
    database = open_database(settings.database_url)
    try:
        await database.run(migrate.require_present)
        await database.run(lambda db: voice_keys.require_fitting(db, keyring))
    except BaseException:
        await database.close()
        raise
    client = make_client(settings)
    await client.open()
    bot = compose(
        database=database,
        client=client,
        signing_secret=settings.slack_signing_secret.get_secret_value(),
        clock=await clock_of(database),
        rules=rules_of(settings),
        keys=keyring,
        founders=settings.owners,
        questions_channel=settings.questions_channel,
        public_url=settings.public_url,
    )
    await bot.desk.library.refresh(database)

    bot.ticks.start()
    try:
        await serve(
            bot.bolt,
            settings,
            stop=_until_stopped(within=STOPPED_WITHIN),
            ready=bot.readiness.parts,
            downloads=bot.downloads(),
            on_stop=bot.ticks.ease,
            linger=LINGER,
            had_it=outcomes.had_already(),
            clock=SystemClock(),
        )
    finally:
        await bot.close(within=CLOSED_WITHIN)
        await client.close()
    return OK


async def _until_stopped(within: float | None = None) -> None:
    """Until somebody wants this process to end. The second time they mean it; `within` so many seconds it has to be over.

    Ending at any line loses nothing: what was acknowledged is in the database, what may have left is looked for.
    """
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop() -> None:
        if stopped.is_set():
            os._exit(FORCED)
        stopped.set()
        if within is not None:
            late = threading.Timer(within, os._exit, [FORCED])
            late.daemon = True
            late.start()

    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop)
    await stopped.wait()


def command_line() -> argparse.ArgumentParser:
    """Every command with its arguments and its help."""
    return typed.parser(run=run, sandbox=sandbox, given=given)


def main(words: Sequence[str] | None = None) -> int:
    """Carry out one command; returns the exit code."""
    arguments = command_line().parse_args(words)
    os.umask(0o077)  # databases, keys, backups and reports are for whoever runs this, and nobody else
    os.environ.setdefault("HOME", tempfile.gettempdir())  # slack_sdk asks for it, and a container's user may have none
    configure_logs("warning", "console")
    try:
        code: int = asyncio.run(arguments.do(arguments))
    except PlanError as error:
        complain(printed.plan_error(error.problems))
        return UNUSABLE
    except FromTheFuture:
        complain("That is later than now. Check this machine's clock, or --taken. Nothing was changed.")
        return UNUSABLE
    except UnicodeDecodeError:
        complain("That file is not text in UTF-8.")
        return UNUSABLE
    except (SettingsProblem, EntryError, UnusableSecret, migrate.SchemaProblem, BackupProblem) as error:
        complain(str(error))
        return UNUSABLE
    except DBAPIError as error:
        complain(in_a_sentence(error))
        return UNUSABLE
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            complain("That port is in use. Choose another, for example: make sandbox PORT=3200")
            return UNUSABLE
        complain(f"{error.filename}: {error.strerror}" if error.filename else str(error))
        return UNUSABLE
    except KeyboardInterrupt:
        return OK
    return code


if __name__ == "__main__":
    sys.exit(main())

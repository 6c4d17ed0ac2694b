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
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from bot.domain.facts import FACTS
from bot.domain.pace import Pace, pace_of
from bot.domain.pushback import Theme
from bot.domain.refusals import ImmutablePart, Refused
from bot.domain.rollout import Rules
from bot.logs import configure_logs
from bot.plan import ParsedPlan, PlanError, parse_plan
from bot.sealing import Keyring, UnusableSecret, keyring_in, secret_in
from bot.services import checking, database_checks, plans, restoring, voice_keys
from bot.services.launching import Rulebook
from bot.services.restoring import FromTheFuture
from bot.services.voices import Ear
from bot.settings import Settings, SettingsProblem, read_settings
from bot.store import backup as backups
from bot.store import migrate, outbox, putting_back, soundness
from bot.store.backup import BackupProblem
from bot.store.database import Database, SQLiteDatabase, open_database
from bot.store.soundness import in_a_sentence
from bot.views import keeping, printed
from bot.views.refusals import message_of
from faq.book import open_book
from faq.entry import EntryError
from scheduler.clock import MovableClock, SystemClock

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

OK, FAULTY, UNUSABLE = 0, 1, 2
"""Exit codes: all is well; what was looked at has faults; the command could not be carried out."""

FORCED = 70
"""The exit code of a process that was made to end before it had finished."""
STOPPED_WITHIN = 25.0
"""Seconds from the first SIGTERM to the end; systemd and Kubernetes kill after 30 by themselves, or are told to."""
LINGER, CLOSED_WITHIN = 2.0, 8.0

ROOT = Path(__file__).parent
SAMPLE_PLAN = ROOT / "examples" / "hourglass.yaml"
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
        questions_channel,
        ticks.heartbeat,
    )
    bolt = AsyncApp(
        client=client,
        signing_secret=signing_secret,
        process_before_response=True,
        before_authorize=Known(client),
    )
    register_handlers(bolt, desk)
    return Foreword(database, bolt, desk, ticks, exporter, Readiness(database, clock, ticks.heartbeat, client))


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


def ear_of(settings: Settings) -> Ear:
    """What voices are recorded and counted with. Raises UnusableSecret."""
    return Ear(keyring_of(settings), ZoneInfo(settings.timezone))


async def plan_check(arguments: argparse.Namespace) -> int:
    """`plan check FILE`: every gate that would fail, with line and field."""
    today = SystemClock().now().date()
    parsed = _parse(arguments.file, today)
    failures = checking.content_failures(parsed.plan, open_book(_folder(arguments.faq_dir)), today)
    _say(printed.plan_report(parsed.plan, failures, parsed.lines))
    return FAULTY if failures else OK


async def plan_load(arguments: argparse.Namespace) -> int:
    """`plan load FILE`: check it, store it, and say which gates would still fail."""
    settings = read_settings()
    rules, now = rules_of(settings), SystemClock().now()
    database = open_database(settings.database_url)
    try:
        await database.run(migrate.require_present)
        parsed = await _parse_for(database, arguments.file, now.date())
        try:
            loaded = await database.run(lambda db: plans.load(db, parsed.plan, book=rules.book, by="operator", now=now))
        except ImmutablePart as refusal:
            _say(printed.refused_report(refusal.problems, parsed.lines))
            return FAULTY
    finally:
        await database.close()
    _say(
        printed.loaded_report(
            loaded.name,
            created=loaded.created,
            reason=loaded.versions.reason,
            policy=loaded.versions.policy,
            changes=loaded.changes,
        )
    )
    failures = checking.content_failures(parsed.plan, rules.book, now.date())
    _say(printed.plan_report(parsed.plan, failures, parsed.lines, stored=True))
    return OK


async def timeline_verify(_arguments: argparse.Namespace) -> int:
    """`timeline verify`: prove that no entry was altered, removed or slipped in."""
    database = open_database(read_settings().database_url)
    try:
        await database.run(migrate.require_present)
        broken = await database.run(checking.broken_timelines)
    finally:
        await database.close()
    _say(printed.timeline_report(broken))
    return FAULTY if any(entry is not None for entry in broken.values()) else OK


async def faq_check(arguments: argparse.Namespace) -> int:
    """`faq check`: lint every entry, and say which ones are taken for one another."""
    from faq import fitted, lint

    book = open_book(_folder(arguments.folder))
    if arguments.keep:
        if arguments.folder:
            _complain("--keep is for the answers that come with Foreword; your own are learnt when the bot starts.")
            return UNUSABLE
        fitted.keep(book)
    faults = lint.lint(book, facts=FACTS, themes=frozenset(Theme), today=SystemClock().now().date())
    _say(lint.printed(faults, lint.confusion_report(book)))
    return FAULTY if any(fault.grave for fault in faults) else OK


async def faq_ask(arguments: argparse.Namespace) -> int:
    """`faq ask`: what a question gets, one JSON object per question; the same code as in Slack."""
    from bot.services.answers import escaped_facts
    from faq.asking import UnreadableQuestionError, ask, questions_in
    from faq.matcher import Matcher

    if (arguments.text is None) == (arguments.batch is None):
        _complain("Give a question, or a file of them with --batch.")
        return UNUSABLE
    today = SystemClock().now().date()
    facts = None
    if arguments.plan:
        plan = _parse(arguments.plan, None).plan
        roles = {role.name: role for role in plan.roles}
        role = roles.get(arguments.role) if arguments.role else plan.role_of(plan.pilot)
        if role is None:
            _complain(f"--role: the plan knows {', '.join(sorted(roles))}.")
            return UNUSABLE
        facts = escaped_facts(plan, role)
    matcher = Matcher(open_book(_folder(arguments.faq_dir)))
    if arguments.text is not None:
        _say(json.dumps(ask(matcher, arguments.text, facts, today).as_json(), ensure_ascii=False))
        return OK
    try:
        for question in questions_in(_lines(arguments.batch)):
            _say(json.dumps(ask(matcher, question, facts, today).as_json(), ensure_ascii=False))
    except UnreadableQuestionError as error:
        _complain(str(error))
        return UNUSABLE
    return OK


async def hours(arguments: argparse.Namespace) -> int:
    """`hours FILE`: how round the entries of a time-tracking export are, for groups and never for one person."""
    from bot.hours.report import as_json, as_text, judge_file
    from bot.hours.unreadable import Unreadable

    try:
        report = judge_file(Path(arguments.file), k=arguments.k, contract_hours=arguments.contract_hours)
    except Unreadable as problem:
        _complain(str(problem))
        return UNUSABLE
    _say(as_json(report) if arguments.json else as_text(report))
    return OK


async def report(arguments: argparse.Namespace) -> int:
    """`report`: HR's workbook, from the command line; who runs it stands in the ledger as the operator."""
    from bot.domain.report_period import NoSuchPeriod
    from bot.domain.weeks import NoSuchWeek
    from bot.reports.workbook import write_workbook
    from bot.services import exporting, publishing, standing

    settings = read_settings()
    rules, ear, now = rules_of(settings), ear_of(settings), SystemClock().now()
    database = open_database(settings.database_url)
    try:
        await database.run(migrate.require_present)
        rollout = await database.run(lambda db: standing.pick(db, arguments.rollout))
        while await database.run(lambda db: publishing.publish_next(db, rollout, ear, rules.book, now=now)):
            pass
        figures = await database.run(
            lambda db: exporting.by_operator(
                db,
                rollout.id,
                ear,
                rules.book,
                exporting.Order(arguments.first, arguments.last, arguments.purpose, named=arguments.notices),
                now=now,
            )
        )
    except (NoSuchPeriod, NoSuchWeek) as problem:
        _complain(str(problem))
        return UNUSABLE
    except Refused as refusal:
        _complain(message_of(refusal).text)
        return UNUSABLE
    finally:
        await database.close()
    write_workbook(figures, Path(arguments.out), teams={wave.name: wave.wave.team for wave in rollout.waves})
    _say(printed.report_made(figures, arguments.out))
    return OK


async def scratch(arguments: argparse.Namespace) -> int:
    """`scratch`: fill an empty database with a made-up rollout."""
    from bot.services.made_up import MadeUp, NotEmpty, Size, TooMany

    settings = read_settings()
    database = open_database(settings.database_url)
    try:
        if await database.run(migrate.present) is None:
            await database.run(migrate.to)
        await database.run(migrate.require_present)
        size = Size(arguments.voices, arguments.people, arguments.weeks, arguments.seed)
        plan = _parse(SAMPLE_PLAN, None).plan
        made = MadeUp(plan, ear_of(settings), open_book(), size, now=SystemClock().now())
        await database.run(made.begin)
        voices = 0
        for period in made.periods():
            voices += await database.run(partial(made.speak, period=period))
        await database.run(made.end)
    except NotEmpty:
        _complain("This database holds something already. Made-up people go into an empty one: set DATABASE_URL.")
        return FAULTY
    except TooMany:
        _complain("So few people cannot say so much in so few weeks. Give more --people or --weeks.")
        return UNUSABLE
    finally:
        await database.close()
    _say(f"A made-up rollout: {voices:,} voices of {arguments.people:,} people in {arguments.weeks} weeks.")
    return OK


async def purge(arguments: argparse.Namespace) -> int:
    """`purge`: delete everything that is held about the people of this workspace."""
    from bot.services import purging

    database = open_database(read_settings().database_url)
    try:
        await database.run(migrate.require_present)
        if not arguments.yes:
            rows = await database.run(purging.held)
            _say(printed.purge_report(rows, done=False))
            return FAULTY if rows else OK
        gone = await database.run(purging.purge)
        await database.rewrite()
    finally:
        await database.close()
    _say(printed.purge_report(gone, done=True))
    return OK


async def migrate_database(arguments: argparse.Namespace) -> int:
    """`migrate`: bring the database to this version's schema, or to another revision."""
    if arguments.check:
        scratch = open_database("sqlite://")
        await scratch.run(migrate.to)
        differences = await scratch.run(migrate.differences)
        await scratch.close()
        _say(printed.migration_report(differences))
        return FAULTY if differences else OK
    database = open_database(read_settings().database_url)
    try:
        await database.run(lambda db: migrate.to(db, arguments.to))
        _say(f"The database is at revision {await database.run(migrate.present) or 'base'}.")
    finally:
        await database.close()
    return OK


async def move(arguments: argparse.Namespace) -> int:
    """`move --to URL`: carry everything from SQLite to PostgreSQL, and prove that it arrived."""
    from bot.services import moving

    settings = read_settings()
    try:
        done = moving.move(settings.database_url, arguments.to)
    except moving.CannotMove as problem:
        _complain(f"Nothing was moved. {problem}")
        return UNUSABLE
    except moving.Differs as differs:
        _say(
            printed.move_report(
                [(t.table, t.here, t.there, t.same) for t in differs.move.tables], differs.move.timelines
            )
        )
        _complain(str(differs))
        return FAULTY
    _say(printed.move_report([(t.table, t.here, t.there, t.same) for t in done.tables], done.timelines))
    given = settings.voice_key.get_secret_value()
    key = "it is set as VOICE_KEY here." if given else f"it is the file {settings.voice_key_file}."
    _say(printed.after_moving(str(make_url(settings.database_url).database), key))
    return OK


async def backup(arguments: argparse.Namespace) -> int:
    """`backup --to FILE`: a consistent copy while the bot runs, without what must not outlive its time."""
    from bot.domain.weeks import week_of

    settings = read_settings()
    source, target = _database_file(settings), Path(arguments.to)
    if source is None:
        _complain(
            keeping.ON_A_SERVER if make_url(settings.database_url).get_backend_name() != "sqlite" else keeping.IN_MEMORY
        )
        return UNUSABLE
    now = SystemClock().now()
    period = week_of(now, ZoneInfo(settings.timezone)).period
    inside = backups.copy(source, target, open_period=None if arguments.whole else period, now=now)
    _say(
        keeping.backup_made(
            target,
            inside.rows,
            whole=arguments.whole,
            since=period.first.monday,
            until=period.next.first.monday,
            key_file=settings.voice_key_file,
            size=inside.size,
        )
    )
    return OK


async def restore(arguments: argparse.Namespace) -> int:
    """`restore`: look a backup over, go back to one, or make a database safe that was restored by other means."""
    if arguments.verify:
        return _verify(Path(arguments.verify))
    settings = read_settings()
    target = _database_file(settings)
    if arguments.settle:
        return await _settle(settings, target, arguments.taken)
    if target is None:
        _complain(keeping.RESTORE_ON_A_SERVER)
        return UNUSABLE
    source = Path(arguments.source)
    if _verify(source) != OK:
        return FAULTY
    if target.exists() and not arguments.yes:
        _complain(f"{target} exists. Nothing was changed. With --yes it is kept aside and the backup takes its place.")
        return UNUSABLE
    _say(_go_back(settings, source, target, arguments.taken or backups.taken_at(source)))
    return OK


async def _settle(settings: Settings, file: Path | None, taken: datetime | None) -> int:
    """`restore --settle`: after pg_restore, or after a file was copied by hand."""
    if file is not None and putting_back.in_use(file):
        _complain(f"{file} is in use. Stop the bot first, then run this again.")
        return UNUSABLE
    if file is not None:
        taken = taken or backups.taken_at(file)
    zone, now = ZoneInfo(settings.timezone), SystemClock().now()
    database = open_database(settings.database_url)
    try:
        await database.run(migrate.require_present)
        done = await database.run(lambda db: restoring.settle(db, taken_at=taken, zone=zone, now=now))
    finally:
        await database.close()
    if file is not None:
        backups.no_longer_a_copy(file)
    _say("\n".join(keeping.settled(**asdict(done))))
    return OK


def _go_back(settings: Settings, source: Path, target: Path, taken: datetime | None) -> str:
    """Put a backup in the database's place; returns what to tell. Raises BackupProblem, SchemaProblem or FromTheFuture."""
    zone, now = ZoneInfo(settings.timezone), SystemClock().now()
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
        _complain(
            f"{file} is at revision {inside.revision}, which this version does not know. Use the version that made it."
        )
        return FAULTY
    _say(
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


async def lose_key(arguments: argparse.Namespace) -> int:
    """`key --lost`: go on with another VOICE_KEY, without what only the lost one could open."""
    settings = read_settings()
    keyring, zone, now = keyring_of(settings), ZoneInfo(settings.timezone), SystemClock().now()
    database = open_database(settings.database_url)
    try:
        await database.run(migrate.require_present)
        if await database.run(lambda db: voice_keys.fit(db, keyring).fits):
            _say("VOICE_KEY fits this database. Nothing was changed.")
            return OK
        if not arguments.yes:
            _complain(keeping.LOSING)
            return UNUSABLE
        gone, ways = await database.run(lambda db: voice_keys.give_up(db, keyring, zone, now=now))
        await database.rewrite()
    finally:
        await database.close()
    _say(keeping.lost(gone, ways))
    return OK


async def doctor(_arguments: argparse.Namespace) -> int:
    """`doctor`: what is missing for this bot to run, each with its fix."""
    from bot.slack.client import make_client
    from bot.slack.doctor import examine

    settings = read_settings()
    database = open_database(settings.database_url)
    client = make_client(settings)
    try:
        earlier = bool(settings.voice_key_old.get_secret_value())
        stored = await database_checks.examine(database, _keyring_or_why(settings), has_earlier=earlier)
        channels = await database_checks.channels(database)
        checks = [*stored, *await examine(settings, client, channels, SystemClock().now())]
    finally:
        await client.close()
        await database.close()
    _say(printed.doctor_report(checks))
    return OK if all(check.ok for check in checks) else FAULTY


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
        await self._start_bot(open_database(self._database_url), _parse(self._plan, None).plan.owners)

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

    async def _catch_up(self) -> None:
        if self.bot is not None:
            await self.bot.ticks.catch_up()

    async def _next_stop(self) -> datetime | None:
        """When the bot next has something to send, so that it goes at its minute however far the clock is moved."""
        if self.bot is None:
            return None
        now = self.clock.now()
        return await self.bot.database.run(lambda db: outbox.next_due(db, after=now))

    async def _start_over(self) -> None:
        shutil.rmtree(self._scratch, ignore_errors=True)
        self._scratch.mkdir(parents=True)
        self.clock.restart(self._start)
        database = open_database(self._database_url)
        rules, now = self._rules(), self.clock.now()
        await database.run(migrate.to)
        parsed = _parse(self._plan, now.date())
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
        self._web = web_app(self.bot.bolt, ready=self.bot.readiness.parts, downloads=self.bot.downloads())

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
                _say(f"The sandbox is open at {address}  (Ctrl+C ends it)")
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
    file = _database_file(settings)
    if file is not None and backups.taken_at(file) is not None:
        _complain(keeping.A_COPY.format(file=file))
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
        clock=SystemClock(),
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


def _parse(file: str | Path, today: date | None) -> ParsedPlan:
    return parse_plan(Path(file).read_bytes(), today=today)


async def _parse_for(database: Database, file: str, today: date) -> ParsedPlan:
    """Read a plan; a date in the past is fine if the stored policy of that rollout has it already."""
    parsed = _parse(file, None)
    stored = await database.run(lambda db: checking.effective_date(db, parsed.plan.rollout))
    return parsed if parsed.plan.policy.effective == stored else _parse(file, today)


def _keyring_or_why(settings: Settings) -> Keyring | UnusableSecret:
    try:
        return keyring_of(settings)
    except UnusableSecret as why:
        return why


def _database_file(settings: Settings) -> Path | None:
    return soundness.file_of(make_url(settings.database_url))


def _lines(file: str) -> Iterator[str]:
    with Path(file).open(encoding="utf-8-sig") as lines:
        yield from lines


def _at_least_five(number: str) -> int:
    if not number.isdigit() or int(number) < Rules().k:
        msg = f"must be a whole number from {Rules().k} on: fewer people could be told apart"
        raise argparse.ArgumentTypeError(msg)
    return int(number)


def _moment(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    except ValueError:
        raise argparse.ArgumentTypeError("must be like 2026-11-30 08:00, in UTC") from None


def _positive(number: str) -> int:
    if not (number.isascii() and number.isdigit()) or int(number) < 1:
        raise argparse.ArgumentTypeError("must be a whole number from 1 on")
    return int(number)


def _loopback(host: str) -> str:
    if host not in ("127.0.0.1", "localhost"):
        msg = "the sandbox protects nothing, so it answers on 127.0.0.1 only"
        raise argparse.ArgumentTypeError(msg)
    return host


def _folder(name: str | None) -> Path | None:
    return Path(name) if name else None


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _complain(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def command_line() -> argparse.ArgumentParser:
    """Every command with its arguments and its help."""
    parser = argparse.ArgumentParser(
        prog="python app.py",
        description="Foreword introduces a tool that watches work: the reason first, the policy next, the link last.",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    commands.add_parser("run", help="run the bot with the settings in .env").set_defaults(do=run)

    one = commands.add_parser("sandbox", help="open a local workspace page with the real bot behind it")
    one.add_argument("--port", type=int, default=3100, help="port on 127.0.0.1 (default 3100)")
    one.add_argument("--host", type=_loopback, default="127.0.0.1", help=argparse.SUPPRESS)
    one.set_defaults(do=sandbox)

    commands.add_parser("doctor", help="say what is missing for the bot to run, each with its fix").set_defaults(
        do=doctor
    )

    plan = commands.add_parser("plan", help="check or load a rollout plan").add_subparsers(
        required=True, metavar="WHAT"
    )
    one = plan.add_parser("check", help="print every gate that would fail, with line and field")
    one.add_argument("file", metavar="FILE")
    one.add_argument("--faq-dir", help="a folder with your own answers")
    one.set_defaults(do=plan_check)
    one = plan.add_parser("load", help="store a plan; again: change what may still change")
    one.add_argument("file", metavar="FILE")
    one.set_defaults(do=plan_load)

    book = commands.add_parser("faq", help="check the answers, or ask them").add_subparsers(
        required=True, metavar="WHAT"
    )
    one = book.add_parser("check", help="lint every entry, and say which are taken for one another")
    one.add_argument("folder", metavar="DIR", nargs="?", help="a folder with your own answers")
    one.add_argument("--keep", action="store_true", help="also learn Foreword's own answers anew, and keep that")
    one.set_defaults(do=faq_check)
    one = book.add_parser("ask", help="print what a question gets, as JSON")
    one.add_argument("text", metavar="TEXT", nargs="?")
    one.add_argument("--batch", metavar="FILE.jsonl", help="a file with a question on each line")
    one.add_argument("--plan", metavar="PLAN.yaml", help="the rollout whose facts are used")
    one.add_argument("--role", help="the asker's role in that plan (by default that of the pilot)")
    one.add_argument("--faq-dir", help="a folder with your own answers")
    one.set_defaults(do=faq_ask)

    one = commands.add_parser("hours", help="say how round the hours of an export are, for groups of people")
    one.add_argument("file", metavar="FILE", help="an export of Toggl, Clockify or Harvest, or a plain CSV or XLSX")
    one.add_argument("--contract-hours", type=float, metavar="H", help="hours of a working day, if all have the same")
    one.add_argument("-k", type=_at_least_five, default=5, help="fewest people of a group that is shown (default 5)")
    one.add_argument("--json", action="store_true", help="print JSON")
    one.set_defaults(do=hours)

    _add_report_commands(commands)
    _add_keeping_commands(commands)

    line = commands.add_parser("timeline", help="look after the timeline").add_subparsers(required=True, metavar="WHAT")
    line.add_parser("verify", help="prove that no entry was altered, removed or slipped in").set_defaults(
        do=timeline_verify
    )

    one = commands.add_parser("purge", help="delete everything held about anybody, once the app is gone for good")
    one.add_argument("--yes", action="store_true", help="really; without it, only say what would go")
    one.set_defaults(do=purge)

    one = commands.add_parser("migrate", help="bring the database to this version's schema")
    one.add_argument("--to", default="head", metavar="REVISION", help="another revision, or base")
    one.add_argument("--check", action="store_true", help="only say whether tables and migrations agree")
    one.set_defaults(do=migrate_database)

    one = commands.add_parser("move", help="carry everything from SQLite to PostgreSQL, and prove that it arrived")
    one.add_argument("--to", required=True, metavar="URL", help="an empty PostgreSQL database")
    one.set_defaults(do=move)
    return parser


def _add_keeping_commands(commands: Any) -> None:
    one = commands.add_parser("backup", help="copy the SQLite database while the bot runs")
    one.add_argument("--to", metavar="FILE", required=True, help="a file that does not exist yet")
    one.add_argument(
        "--whole", action="store_true", help="also what must be destroyed when its time is over; then you have to do it"
    )
    one.set_defaults(do=backup)

    one = commands.add_parser("key", help="go on after VOICE_KEY was lost")
    one.add_argument("--lost", action="store_true", required=True, help="the key is lost, and so is what it opened")
    one.add_argument("--yes", action="store_true", help="do it")
    one.set_defaults(do=lose_key)

    one = commands.add_parser("restore", help="look a backup over, or go back to it")
    what = one.add_mutually_exclusive_group(required=True)
    what.add_argument("--verify", metavar="FILE", help="only look it over")
    what.add_argument(
        "--from", dest="source", metavar="FILE", help="put it in the database's place, which is kept aside"
    )
    what.add_argument("--settle", action="store_true", help="after restoring by other means: nothing goes out twice")
    one.add_argument("--yes", action="store_true", help="do so although there is a database already")
    one.add_argument(
        "--taken", type=_moment, metavar="'YYYY-MM-DD HH:MM'", help="when it was taken, UTC, if it does not say"
    )
    one.set_defaults(do=restore)


def _add_report_commands(commands: Any) -> None:
    one = commands.add_parser("report", help="write HR's pushback report of the weeks that are over")
    one.add_argument("--from", dest="first", metavar="YYYY-Www", help="first week (by default the rollout's first)")
    one.add_argument("--to", dest="last", metavar="YYYY-Www", help="last week (by default the last one that is over)")
    one.add_argument("--out", metavar="FILE", required=True, help="the workbook to write (.xlsx)")
    one.add_argument("--notices", action="store_true", help="add a list by name of who was given which policy")
    one.add_argument("--purpose", default="made on the command line", help="stands in the ledger that employees see")
    one.add_argument("--rollout", metavar="NAME", help="which one, where there are several")
    one.set_defaults(do=report)

    one = commands.add_parser("scratch", help="fill an empty database with a made-up rollout, for a demonstration")
    one.add_argument("--voices", type=_positive, default=3_000, help="questions and objections (default 3000)")
    one.add_argument("--people", type=_positive, default=600, help="people in the rollout (default 600)")
    one.add_argument("--weeks", type=_positive, default=26, help="weeks that are over (default 26)")
    one.add_argument("--seed", type=int, default=1, help="the same seed makes the same rollout")
    one.set_defaults(do=scratch)


def main(words: Sequence[str] | None = None) -> int:
    """Carry out one command; returns the exit code."""
    arguments = command_line().parse_args(words)
    os.umask(0o077)  # databases, keys, backups and reports are for whoever runs this, and nobody else
    os.environ.setdefault("HOME", tempfile.gettempdir())  # slack_sdk asks for it, and a container's user may have none
    configure_logs("warning", "console")
    try:
        code: int = asyncio.run(arguments.do(arguments))
    except PlanError as error:
        _complain(printed.plan_error(error.problems))
        return UNUSABLE
    except FromTheFuture:
        _complain("That is later than now. Check this machine's clock, or --taken. Nothing was changed.")
        return UNUSABLE
    except UnicodeDecodeError:
        _complain("That file is not text in UTF-8.")
        return UNUSABLE
    except (SettingsProblem, EntryError, UnusableSecret, migrate.SchemaProblem, BackupProblem) as error:
        _complain(str(error))
        return UNUSABLE
    except DBAPIError as error:
        _complain(in_a_sentence(error))
        return UNUSABLE
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            _complain("That port is in use. Choose another, for example: make sandbox PORT=3200")
            return UNUSABLE
        _complain(f"{error.filename}: {error.strerror}" if error.filename else str(error))
        return UNUSABLE
    except KeyboardInterrupt:
        return OK
    return code


if __name__ == "__main__":
    sys.exit(main())

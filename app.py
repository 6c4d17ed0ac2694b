"""Foreword: the composition root and the command line. The only place that reads settings, constructs and starts."""

from __future__ import annotations

import argparse
import asyncio
import errno
import json
import shutil
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy.exc import DBAPIError

from bot.domain.facts import FACTS
from bot.domain.health import Check
from bot.domain.pace import Pace, pace_of
from bot.domain.pushback import Theme
from bot.domain.refusals import ImmutablePart, Refused
from bot.domain.rollout import Rules
from bot.logs import configure_logs
from bot.plan import ParsedPlan, PlanError, parse_plan
from bot.sealing import Keyring, UnusableSecret, keyring_in
from bot.services import checking, plans
from bot.services.launching import Rulebook
from bot.services.voices import Ear
from bot.settings import Settings, SettingsProblem, read_settings
from bot.store import migrate, outbox
from bot.store.database import Database, open_database
from bot.views import printed
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

OK, FAULTY, UNUSABLE = 0, 1, 2
"""Exit codes: all is well; what was looked at has faults; the command could not be carried out."""

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

    async def close(self) -> None:
        """Let what is under way end, then let go of the database."""
        await self.ticks.stop()
        await self.readiness.close()
        await self.desk.background.drain()
        await self.desk.roster.close()
        await self.database.close()


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
    ticks = Ticks(sender, jobs, Replier(database, messenger, clock, ear, rules.pace), exporter)
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
    """The secret that seals and tags: from VOICE_KEY, else from its file. Raises UnusableSecret."""
    secret = settings.voice_key.get_secret_value()
    return Keyring(secret.encode()) if secret else keyring_in(Path(settings.voice_key_file))


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


async def doctor(_arguments: argparse.Namespace) -> int:
    """`doctor`: what is missing for this bot to run, each with its fix."""
    from bot.slack.client import make_client
    from bot.slack.doctor import examine

    settings = read_settings()
    database = open_database(settings.database_url)
    client = make_client(settings)
    try:
        schema, channels = await _database_checks(database)
        checks = [*schema, *await examine(settings, client, channels, SystemClock().now())]
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
    database = open_database(settings.database_url)
    await database.run(migrate.require_present)
    client = make_client(settings)
    await client.open()
    bot = compose(
        database=database,
        client=client,
        signing_secret=settings.slack_signing_secret.get_secret_value(),
        clock=SystemClock(),
        rules=rules_of(settings),
        keys=keyring_of(settings),
        founders=settings.owners,
        questions_channel=settings.questions_channel,
        public_url=settings.public_url,
    )
    await bot.desk.library.refresh(database)

    bot.ticks.start()
    try:
        await serve(bot.bolt, settings, stop=_until_stopped(), ready=bot.readiness.parts, downloads=bot.downloads())
    finally:
        await bot.close()
        await client.close()
    return OK


async def _until_stopped() -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stopped.set)
    await stopped.wait()


def _parse(file: str | Path, today: date | None) -> ParsedPlan:
    return parse_plan(Path(file).read_bytes(), today=today)


async def _parse_for(database: Database, file: str, today: date) -> ParsedPlan:
    """Read a plan; a date in the past is fine if the stored policy of that rollout has it already."""
    parsed = _parse(file, None)
    stored = await database.run(lambda db: checking.effective_date(db, parsed.plan.rollout))
    return parsed if parsed.plan.policy.effective == stored else _parse(file, today)


async def _database_checks(database: Database) -> tuple[list[Check], list[str]]:
    """Whether the database answers and fits; and the channels of the plans in it."""
    try:
        await database.run(migrate.require_present)
    except migrate.SchemaProblem as problem:
        return [Check("database", ok=False, seen=str(problem), fix="python app.py migrate")], []
    except DBAPIError as error:
        fix = "Check DATABASE_URL, and that this user may read and write there."
        return [Check("database", ok=False, seen=f"cannot be opened ({type(error.orig).__name__})", fix=fix)], []
    return [Check("database", ok=True, seen="answers, with the present schema")], await database.run(checking.channels)


def _lines(file: str) -> Iterator[str]:
    with Path(file).open(encoding="utf-8-sig") as lines:
        yield from lines


def _at_least_five(number: str) -> int:
    if not number.isdigit() or int(number) < Rules().k:
        msg = f"must be a whole number from {Rules().k} on: fewer people could be told apart"
        raise argparse.ArgumentTypeError(msg)
    return int(number)


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

    line = commands.add_parser("timeline", help="look after the timeline").add_subparsers(required=True, metavar="WHAT")
    line.add_parser("verify", help="prove that no entry was altered, removed or slipped in").set_defaults(
        do=timeline_verify
    )

    one = commands.add_parser("migrate", help="bring the database to this version's schema")
    one.add_argument("--to", default="head", metavar="REVISION", help="another revision, or base")
    one.add_argument("--check", action="store_true", help="only say whether tables and migrations agree")
    one.set_defaults(do=migrate_database)
    return parser


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
    configure_logs("warning", "console")
    try:
        code: int = asyncio.run(arguments.do(arguments))
    except PlanError as error:
        _complain(printed.plan_error(error.problems))
        return UNUSABLE
    except UnicodeDecodeError:
        _complain("That file is not text in UTF-8.")
        return UNUSABLE
    except (SettingsProblem, EntryError, UnusableSecret, migrate.SchemaProblem) as error:
        _complain(str(error))
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

"""Every command that an operator can type, with its arguments and its help."""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from bot.commands import answers, backups, databases, doctor, plan_files, reports
from bot.commands.given import Given
from bot.domain.rollout import Rules

Start = Callable[[argparse.Namespace], Awaitable[int]]
"""Carries out what was typed; gives the exit code."""
Command = Callable[[Given], Awaitable[int]]
"""A command of an operator's: works with what it is given."""


def parser(*, run: Start, sandbox: Start, given: Callable[[Command], Start]) -> argparse.ArgumentParser:
    """Every command with its arguments and its help.

    `do` of what was typed is how to carry it out: what starts a bot comes from the composition root, and the operators'
    commands are given there what they work with.
    """
    words = argparse.ArgumentParser(
        prog="python app.py",
        description="Foreword introduces a tool that watches work: the reason first, the policy next, the link last.",
    )
    commands = words.add_subparsers(title="commands", required=True, metavar="COMMAND")

    commands.add_parser("run", help="run the bot with the settings in .env").set_defaults(do=run)

    one = commands.add_parser("sandbox", help="open a local workspace page with the real bot behind it")
    one.add_argument("--port", type=int, default=3100, help="port on 127.0.0.1 (default 3100)")
    one.add_argument("--host", type=_loopback, default="127.0.0.1", help=argparse.SUPPRESS)
    one.set_defaults(do=sandbox)

    one = commands.add_parser("doctor", help="say what is missing for the bot to run, each with its fix")
    one.set_defaults(do=given(doctor.doctor))

    plan = commands.add_parser("plan", help="check or load a rollout plan").add_subparsers(
        required=True, metavar="WHAT"
    )
    one = plan.add_parser("check", help="print every gate that would fail, with line and field")
    one.add_argument("file", metavar="FILE")
    one.add_argument("--faq-dir", help="a folder with your own answers")
    one.set_defaults(do=given(plan_files.plan_check))
    one = plan.add_parser("load", help="store a plan; again: change what may still change")
    one.add_argument("file", metavar="FILE")
    one.set_defaults(do=given(plan_files.plan_load))

    book = commands.add_parser("faq", help="check the answers, or ask them").add_subparsers(
        required=True, metavar="WHAT"
    )
    one = book.add_parser("check", help="lint every entry, and say which are taken for one another")
    one.add_argument("folder", metavar="DIR", nargs="?", help="a folder with your own answers")
    one.add_argument("--keep", action="store_true", help="also learn Foreword's own answers anew, and keep that")
    one.set_defaults(do=given(answers.faq_check))
    one = book.add_parser("ask", help="print what a question gets, as JSON")
    one.add_argument("text", metavar="TEXT", nargs="?")
    one.add_argument("--batch", metavar="FILE.jsonl", help="a file with a question on each line")
    one.add_argument("--plan", metavar="PLAN.yaml", help="the rollout whose facts are used")
    one.add_argument("--role", help="the asker's role in that plan (by default that of the pilot)")
    one.add_argument("--faq-dir", help="a folder with your own answers")
    one.set_defaults(do=given(answers.faq_ask))

    one = commands.add_parser("hours", help="say how round the hours of an export are, for groups of people")
    one.add_argument("file", metavar="FILE", help="an export of Toggl, Clockify or Harvest, or a plain CSV or XLSX")
    one.add_argument("--contract-hours", type=float, metavar="H", help="hours of a working day, if all have the same")
    one.add_argument("-k", type=_at_least_five, default=5, help="fewest people of a group that is shown (default 5)")
    one.add_argument("--json", action="store_true", help="print JSON")
    one.set_defaults(do=given(reports.hours))

    _add_report_commands(commands, given)
    _add_keeping_commands(commands, given)

    line = commands.add_parser("timeline", help="look after the timeline").add_subparsers(required=True, metavar="WHAT")
    line.add_parser("verify", help="prove that no entry was altered, removed or slipped in").set_defaults(
        do=given(plan_files.timeline_verify)
    )

    one = commands.add_parser("purge", help="delete everything held about anybody, once the app is gone for good")
    one.add_argument("--yes", action="store_true", help="really; without it, only say what would go")
    one.set_defaults(do=given(databases.purge))

    one = commands.add_parser("migrate", help="bring the database to this version's schema")
    one.add_argument("--to", default="head", metavar="REVISION", help="another revision, or base")
    one.add_argument("--check", action="store_true", help="only say whether tables and migrations agree")
    one.set_defaults(do=given(databases.migrate_database))

    one = commands.add_parser("move", help="carry everything from SQLite to PostgreSQL, and prove that it arrived")
    one.add_argument("--to", required=True, metavar="URL", help="an empty PostgreSQL database")
    one.set_defaults(do=given(databases.move))
    return words


def _add_keeping_commands(commands: Any, given: Callable[[Command], Start]) -> None:
    one = commands.add_parser("backup", help="copy the SQLite database while the bot runs")
    one.add_argument("--to", metavar="FILE", required=True, help="a file that does not exist yet")
    one.add_argument(
        "--whole", action="store_true", help="also what must be destroyed when its time is over; then you have to do it"
    )
    one.set_defaults(do=given(backups.backup))

    one = commands.add_parser("key", help="go on after VOICE_KEY was lost")
    one.add_argument("--lost", action="store_true", required=True, help="the key is lost, and so is what it opened")
    one.add_argument("--yes", action="store_true", help="do it")
    one.set_defaults(do=given(backups.lose_key))

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
    one.set_defaults(do=given(backups.restore))


def _add_report_commands(commands: Any, given: Callable[[Command], Start]) -> None:
    one = commands.add_parser("report", help="write HR's pushback report of the weeks that are over")
    one.add_argument("--from", dest="first", metavar="YYYY-Www", help="first week (by default the rollout's first)")
    one.add_argument("--to", dest="last", metavar="YYYY-Www", help="last week (by default the last one that is over)")
    one.add_argument("--out", metavar="FILE", required=True, help="the workbook to write (.xlsx)")
    one.add_argument("--notices", action="store_true", help="add a list by name of who was given which policy")
    one.add_argument("--purpose", default="made on the command line", help="stands in the ledger that employees see")
    one.add_argument("--rollout", metavar="NAME", help="which one, where there are several")
    one.set_defaults(do=given(reports.report))

    one = commands.add_parser("scratch", help="fill an empty database with a made-up rollout, for a demonstration")
    one.add_argument("--voices", type=_positive, default=3_000, help="questions and objections (default 3000)")
    one.add_argument("--people", type=_positive, default=600, help="people in the rollout (default 600)")
    one.add_argument("--weeks", type=_positive, default=26, help="weeks that are over (default 26)")
    one.add_argument("--seed", type=int, default=1, help="the same seed makes the same rollout")
    one.set_defaults(do=given(reports.scratch))


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

"""`report`, `hours` and `scratch`: what people say and how round their hours are, by groups; and people who do not exist."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from bot.commands.given import Given
from bot.commands.plan_files import SAMPLE_PLAN, parsed_plan
from bot.commands.terminal import FAULTY, OK, UNUSABLE, complain, say
from bot.domain.refusals import Refused
from bot.store import migrate
from bot.store.database import open_database
from bot.views import printed
from bot.views.refusals import message_of
from faq.book import open_book


async def hours(given: Given) -> int:
    """`hours FILE`: how round the entries of a time-tracking export are, for groups and never for one person."""
    from bot.hours.report import as_json, as_text, judge_file
    from bot.hours.unreadable import Unreadable

    try:
        report = judge_file(Path(given.typed.file), k=given.typed.k, contract_hours=given.typed.contract_hours)
    except Unreadable as problem:
        complain(str(problem))
        return UNUSABLE
    say(as_json(report) if given.typed.json else as_text(report))
    return OK


async def report(given: Given) -> int:
    """`report`: HR's workbook, from the command line; who runs it stands in the ledger as the operator."""
    from bot.domain.report_period import NoSuchPeriod
    from bot.domain.weeks import NoSuchWeek
    from bot.reports.workbook import write_workbook
    from bot.services import exporting, publishing, standing

    rules, ear, now = given.rules, given.ear, given.now
    database = open_database(given.settings.database_url)
    try:
        await database.run(migrate.require_present)
        rollout = await database.run(lambda db: standing.pick(db, given.typed.rollout))
        while await database.run(lambda db: publishing.publish_next(db, rollout, ear, rules.book, now=now)):
            pass
        figures = await database.run(
            lambda db: exporting.by_operator(
                db,
                rollout.id,
                ear,
                rules.book,
                exporting.Order(given.typed.first, given.typed.last, given.typed.purpose, named=given.typed.notices),
                now=now,
            )
        )
    except (NoSuchPeriod, NoSuchWeek) as problem:
        complain(str(problem))
        return UNUSABLE
    except Refused as refusal:
        complain(message_of(refusal).text)
        return UNUSABLE
    finally:
        await database.close()
    write_workbook(figures, Path(given.typed.out), teams={wave.name: wave.wave.team for wave in rollout.waves})
    say(printed.report_made(figures, given.typed.out))
    return OK


async def scratch(given: Given) -> int:
    """`scratch`: fill an empty database with a made-up rollout."""
    from bot.services.made_up import MadeUp, NotEmpty, Size, TooMany

    database = open_database(given.settings.database_url)
    try:
        if await database.run(migrate.present) is None:
            await database.run(migrate.to)
        await database.run(migrate.require_present)
        size = Size(given.typed.voices, given.typed.people, given.typed.weeks, given.typed.seed)
        plan = parsed_plan(SAMPLE_PLAN, None).plan
        made = MadeUp(plan, given.ear, open_book(), size, now=given.now)
        await database.run(made.begin)
        voices = 0
        for period in made.periods():
            voices += await database.run(partial(made.speak, period=period))
        await database.run(made.end)
    except NotEmpty:
        complain("This database holds something already. Made-up people go into an empty one: set DATABASE_URL.")
        return FAULTY
    except TooMany:
        complain("So few people cannot say so much in so few weeks. Give more --people or --weeks.")
        return UNUSABLE
    finally:
        await database.close()
    say(f"A made-up rollout: {voices:,} voices of {given.typed.people:,} people in {given.typed.weeks} weeks.")
    return OK

"""The adversary again, with a magnifying glass: tags in common, what silence says, rows out of sight, lines held back."""

from __future__ import annotations

import json
import pkgutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
import structlog
from sqlalchemy import Connection

from bot import confidence
from bot.domain.progress import Rollout
from bot.domain.pushback import Outcome, Theme
from bot.domain.rollout import Plan
from bot.logs import configure_logs, tell_held
from bot.sealing import Keyring
from bot.services import questions, voices
from bot.services.voices import Ear, Saying, Speaker
from bot.store import migrate, people, rollouts
from bot.store.database import PostgreSQLDatabase, SQLiteDatabase
from bot.store.schema import METADATA
from tests import databases
from tests.e2e.conftest import EVERYBODY, MARA, PRIYA, TOMAS, Office
from tests.e2e.test_adversary import look
from tests.given import MONDAY, PLAN

ORDERED = (
    "voice",
    "presence",
    "period_salt",
    "question",
    "sealed_address",
    "evidence",
    "seen_event",
    "checkin_answer",
    "checkin_salt",
    "checkin_comment",
    "fault",
)


@pytest.fixture
def ear(office: Office) -> Ear:
    """What this office's bot listens with."""
    return office.bot.desk.ear


@pytest.fixture
def table(a_database: Callable[..., str]) -> SQLiteDatabase | PostgreSQLDatabase:
    """Empty tables."""
    made = databases.opened_at(a_database())
    made.run_now(METADATA.create_all)
    return made


def stored(db: Connection, plan: Plan = PLAN) -> Rollout:
    """The sample rollout."""
    rollouts.create(db, plan, by="operator", now=MONDAY)
    found = rollouts.by_name(db, plan.rollout)
    assert found
    return found


async def test_what_a_manager_heard_does_not_name_what_they_ask(office: Office, ear: Ear) -> None:
    """The only manager of a wave is known to have noted what was heard; no tag of theirs is on anything else they say."""
    await office.take_pilot_to("policy")
    now = office.bot.desk.now()

    def note(db: Connection) -> None:
        rollout = rollouts.every(db)[0]
        voices.record_heard(db, ear, Speaker(MARA, rollout, rollout.waves[0]), theme=Theme.WHO_SEES, now=now)

    await office.bot.database.run(note)
    await office.type(MARA, "/ask Who can see my data?")
    rows = look(office, "SELECT outcome, theme, tag FROM voice ORDER BY outcome")
    (present,) = look(office, "SELECT count(DISTINCT tag), count(*) FROM presence")
    assert [(outcome, theme) for outcome, theme, _tag in rows] == [("answered", "who_sees"), ("heard", "who_sees")]
    assert rows[0][2] != rows[1][2]
    assert present[0] == present[1], "nor is one in common in the counts"


@pytest.mark.parametrize("moment", ["bot.services.library.Library.match", "handlers.asking.Desk.read_together"])
async def test_a_period_that_ends_while_somebody_asks_stays_closed(office: Office, ear: Ear, moment: str) -> None:
    """Its salt is destroyed meanwhile, and no new one is made: the voice is one of the week in which it is recorded."""
    await office.take_pilot_to("policy")
    desk = office.bot.desk
    before = ear.week(desk.now())
    await office.type(PRIYA, "/ask Who can see my data?")
    original = pkgutil.resolve_name(moment)

    async def slowly(*given: Any, **named: Any) -> Any:
        found = await original(*given, **named)
        office.workplace.clock.advance(timedelta(weeks=4))
        await desk.note(lambda db: voices.close_periods(db, ear, now=desk.now()))
        return found

    with patch(moment, slowly):
        await office.type(PRIYA, "/ask Who can see my data?")
    after = ear.week(desk.now())
    assert look(office, "SELECT week FROM voice ORDER BY week") == [(str(before),), (str(after),)]
    assert look(office, "SELECT period FROM period_salt") == [(after.period.number,)]
    cells = [cell for (cell,) in look(office, "SELECT cell FROM presence")]
    assert cells.count(str(before)) == 1, "they are counted once in the week that is over"


@pytest.mark.parametrize(("small", "named"), [(0, True), (1, False), (4, False), (5, True)])
def test_silence_about_a_wave_names_no_small_one(
    table: SQLiteDatabase | PostgreSQLDatabase, small: int, named: bool
) -> None:
    """Where one wave is too small to be named, the large one is not named either: what is left over would be the small."""
    ear = Ear(Keyring(b"k" * 32), ZoneInfo("Europe/Berlin"))

    def speak(db: Connection) -> str | None:
        rollout = stored(db)
        pilot, company = rollout.waves
        people.remember_members(db, pilot.id, [f"U1{n}" for n in range(small)], now=MONDAY)
        people.remember_members(db, company.id, [f"U2{n}" for n in range(30)], now=MONDAY)
        booth = voices.enter(db, ear, Speaker("U21", rollout, company), MONDAY)
        voices.say(db, Saying(booth, Theme.TRUST, "trust", Outcome.ANSWERED))
        kept: str | None = db.exec_driver_sql("SELECT wave_id FROM voice").scalar_one()
        return kept

    assert (table.run_now(speak) is not None) is named


@pytest.mark.database
@pytest.mark.sqlite_only("PostgreSQL has no such tables; tests/store/test_level.py says what it does instead")
def test_no_table_of_voices_keeps_the_order_of_writing(tmp_path: Path) -> None:
    """Migrated or made anew: each lies in the order of its keys. Events among which questions are lie so too."""
    migrated, declared = (SQLiteDatabase(f"sqlite:///{tmp_path / name}") for name in ("one", "two"))
    migrated.run_now(migrate.to)
    declared.run_now(METADATA.create_all)
    for database in (migrated, declared):
        made = database.run_now(
            lambda db: {
                row[0]: row[1] for row in db.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
            }
        )
        assert [name for name in ORDERED if "WITHOUT ROWID" not in made[name].upper()] == []
        database.engine.dispose()


async def test_what_goes_wrong_while_somebody_asks_is_told_later(
    office: Office, capfd: pytest.CaptureFixture[str]
) -> None:
    """Asking fails three times: no line then, and one line afterwards that says what and how often."""
    await office.take_pilot_to("policy")
    capfd.readouterr()
    with patch("bot.services.answering.draft", side_effect=RuntimeError("Are there screenshots?")):
        said = await office.type(PRIYA, "/ask Are there screenshots?")
        await office.type(TOMAS, "/ask Who can see my data?")
    assert "reference" in said
    assert "RuntimeError" not in capfd.readouterr().err
    await office.type(PRIYA, "/rollout")
    tell_held()
    told = capfd.readouterr().err
    assert told.count("unforeseen") == 2, "each with its own reference"
    assert "times=1" in told
    assert "screenshots" not in told
    assert PRIYA not in told


async def test_nothing_is_logged_of_asking_at_the_most_talkative_level(
    office: Office, capfd: pytest.CaptureFixture[str]
) -> None:
    """Commands, forms, messages, clicks and a question passed on: not a line, with every library told to speak."""
    await office.take_pilot_to("policy")
    dm = next(c["id"] for c in office.slack.view(PRIYA)["conversations"] if c["kind"] == "dm")
    configure_logs("debug", "json")
    capfd.readouterr()
    await office.type(PRIYA, "/ask")
    await office.slack.submit(PRIYA, {"question": {"value": {"value": "Are there screenshots?"}}})
    await office.slack.close(PRIYA)
    await office.slack.message(PRIYA, dm, "who can see my data?")
    await office.slack.message(PRIYA, "C01CLIENT", "<@U0FOREWORD> who can see my data?")
    await office.type(PRIYA, "/ask will the office dog also be measured?")
    await office.press(PRIYA, "question_ask_person")
    await office.slack.submit(PRIYA, {})
    await office.type(PRIYA, "/ask Who can see my data?")
    await office.slack.click(PRIYA, "answer_helped", channel=EVERYBODY, value="not what a button carries")
    await office.settle()
    assert capfd.readouterr().err == ""


def test_a_line_held_back_has_no_time(capsys: pytest.CaptureFixture[str]) -> None:
    """What was held is told once, in another order than it happened, with the time at which it is told."""
    configure_logs("debug", "json")
    with confidence.request():
        confidence.keep()
        for channel in ("C2", "C1", "C2"):
            structlog.get_logger().warning("members_not_read", channel=channel)
    structlog.get_logger().info("somebody_else")
    assert "members_not_read" not in capsys.readouterr().err
    tell_held()
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["channel"], line["times"], line["level"]) for line in lines] == [
        ("C1", 1, "warning"),
        ("C2", 2, "warning"),
    ]
    tell_held()
    assert capsys.readouterr().err == ""


async def test_not_even_the_key_tells_when_somebody_asked(office: Office, ear: Ear) -> None:
    """A sealed address holds the day on which it goes, and no time."""
    await office.take_pilot_to("policy")
    rollout = (await office.bot.database.run(rollouts.every))[0]
    now = office.bot.desk.now() + timedelta(minutes=17)

    def pass_on(db: Connection) -> str:
        speaker = Speaker(PRIYA, rollout, rollout.waves[0])
        questions.pass_on(db, ear, speaker, "And the dog?", Theme.OTHER, resembles=lambda *_: False, now=now)
        sealed: str = db.exec_driver_sql("SELECT sealed FROM sealed_address").scalar_one()
        return sealed

    opened = ear.keys.open(await office.bot.database.run(pass_on))
    assert opened
    assert "T00:00:00" in json.loads(opened)["until"]

"""Going back to a backup, end to end: nothing is sent twice, nobody is counted twice, and what was promised stays destroyed."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.weeks import week_of
from bot.services import restoring
from bot.store import backup, migrate, putting_back
from bot.store.database import SQLiteDatabase, open_database
from tests.e2e.conftest import HELEN, MARA, PRIYA, TOMAS, Office, said
from tests.e2e.test_asking import ODD, ask_a_person
from tests.e2e.test_checkins import CHECKIN, DAY, PILOT, TO_FIRST, answer, rows

pytestmark = [pytest.mark.timeout(180), pytest.mark.sqlite_only("a server makes its own backups")]


def everything_sent(office: Office) -> Counter[tuple[str, str]]:
    """Each message of the bot's in Slack, by conversation and text, with how often it stands there."""
    return Counter(
        (where, said(message.blocks) or message.text)
        for where, conversation in office.slack.space.conversations.items()
        for message in conversation.messages
        if message.author == office.slack.space.bot.user_id and message.only_for is None
    )


def file_of(office: Office) -> Path:
    """The bot's database."""
    return Path(str(office.bot.database.url.database))


def back_up(office: Office, to: Path, *, whole: bool = False) -> backup.Inside:
    """A backup of the running bot."""
    now = office.workplace.clock.now()
    period = week_of(now, office.bot.desk.rules.zone).period
    return backup.copy(file_of(office), to, open_period=None if whole else period, now=now)


def beside(file: Path) -> list[str]:
    """What lies there under the file's name with something after it."""
    return [path.name for path in file.parent.glob(f"{file.name}?*")]


async def go_back(office: Office, to: Path) -> restoring.Settled:
    """Stop the bot, restore, start it again."""
    target, zone, now = file_of(office), office.bot.desk.rules.zone, office.workplace.clock.now()
    founders = office.bot.desk.founders
    done: list[restoring.Settled] = []

    def finish(database: SQLiteDatabase) -> None:
        database.run_now(migrate.to)
        taken = backup.taken_at(to)
        done.append(database.run_now(lambda db: restoring.settle(db, taken_at=taken, zone=zone, now=now)))

    await office.workplace.close()
    assert putting_back.put_back(to, target, finish, now=now) is not None
    await office.workplace._start_bot(open_database(f"sqlite:///{target}"), founders)
    await office.settle()
    return done[0]


async def test_an_old_backup_sends_nothing_twice(office: Office, tmp_path: Path) -> None:
    """A launch, a question, check-ins, reminders and a verdict went out after the backup: after the restore not one does again."""
    await office.take_pilot_to("policy")
    await ask_a_person(office, PRIYA, ODD)
    shown = await office.type(MARA, "/rollout launch install at 2026-12-03 10:00")
    assert "Preview" in shown, shown
    await office.press(MARA, "launch_confirm")
    back_up(office, tmp_path / "backup.db", whole=True)
    before = everything_sent(office)
    await office.slack.advance(10 * DAY)
    await office.settle()
    sent = everything_sent(office)
    texts = " ".join(text for _where, text in sent - before)
    for word in ("ready to install", CHECKIN, "A reminder, the only one", "office dog"):
        assert word in texts, f"{word} was to go out after the backup"
    await go_back(office, tmp_path / "backup.db")
    for _look in range(4):
        await office.bot.ticks._look()
        await office.settle()
    assert everything_sent(office) - sent == Counter()
    states = Counter(row.state for row in rows(office, "delivery"))
    assert states["sent"] > len(PILOT), states
    assert set(states) <= {"sent", "pending", "cancelled"}, states
    await office.slack.advance(7 * DAY)
    await office.settle()
    again = everything_sent(office) - sent
    assert any(CHECKIN in text for _where, text in again), "and what comes next does come"


async def test_what_was_due_and_had_not_gone_still_goes(office: Office, tmp_path: Path) -> None:
    """Doubt is not loss: what is not in Slack is sent after the look."""
    await office.take_pilot_to("policy")
    shown = await office.type(MARA, "/rollout launch install at 2026-12-03 10:00")
    assert "Preview" in shown, shown
    await office.press(MARA, "launch_confirm")
    back_up(office, tmp_path / "backup.db")
    target = file_of(office)
    await office.workplace.close()
    office.workplace.clock.advance(timedelta(days=4))
    await office.workplace._start_bot(open_database(f"sqlite:///{target}"), ())
    await go_back(office, tmp_path / "backup.db")
    await office.bot.ticks._look()
    await office.settle()
    assert sum("ready to install" in text for text in office.channel(PRIYA)) == 1
    assert "set back to a backup" in await office.type(PRIYA, "/rollout timeline")
    assert "set me back to a backup" in await office.type(MARA, "/rollout preview policy")


async def test_a_backup_holds_nothing_that_is_destroyed_later(office: Office, tmp_path: Path) -> None:
    """No salt, no way back, no answer of an open check-in, no voice of the open period: not in a row, not in a byte."""
    await office.take_pilot_to("install")
    await office.slack.advance(TO_FIRST)
    await answer(office, PRIYA, 2)
    await office.type(PRIYA, "/ask Who can see my data?")
    await ask_a_person(office, TOMAS, ODD)
    secrets = [row.salt for row in (*rows(office, "period_salt"), *rows(office, "checkin_salt"))]
    secrets += [row.sealed for row in rows(office, "sealed_address")]
    secrets += [row.id for row in (*rows(office, "voice"), *rows(office, "checkin_answer"))]
    assert len(secrets) > 7
    file = tmp_path / "backup.db"
    inside = back_up(office, file)
    assert inside.rows["member"] == len(rows(office, "member"))
    assert inside.rows["question"] == 1
    empty = ("period_salt", "checkin_salt", "sealed_address", "checkin_answer", "voice", "presence")
    assert {table: inside.rows[table] for table in empty} == dict.fromkeys(empty, 0)
    content = file.read_bytes()
    assert not [secret for secret in secrets if secret.encode() in content]
    assert beside(file) == []


async def test_nobody_is_counted_twice_after_a_restore(office: Office, tmp_path: Path) -> None:
    """Three people ask before and after: three voices, and a check-in that the same three answer counts three."""
    await office.take_pilot_to("install")
    await office.slack.advance(TO_FIRST)
    for whole in (False, True):
        for person in (PRIYA, TOMAS, HELEN):
            await office.type(person, "/ask Who can see my data?")
        for person in (PRIYA, TOMAS):
            await answer(office, person, 2)
        expected = len(rows(office, "voice")), len(rows(office, "presence")), len(rows(office, "checkin_answer"))
        file = tmp_path / f"whole-{whole}.db"
        back_up(office, file, whole=whole)
        await go_back(office, file)
        for person in (PRIYA, TOMAS, HELEN):
            await office.type(person, "/ask Who can see my data?")
        for person in (PRIYA, TOMAS):
            await answer(office, person, 2)
        found = len(rows(office, "voice")), len(rows(office, "presence")), len(rows(office, "checkin_answer"))
        assert found == expected, whole


async def test_a_whole_backup_of_another_week_brings_no_voices_back(office: Office, tmp_path: Path) -> None:
    """What may have been published with more in it is not published again with less: the difference would be a few people."""
    await office.take_pilot_to("policy")
    for person in (PRIYA, TOMAS, HELEN):
        await office.type(person, "/ask Who can see my data?")
    back_up(office, tmp_path / "backup.db", whole=True)
    office.workplace.clock.advance(timedelta(days=7))
    done = await go_back(office, tmp_path / "backup.db")
    assert done.voices == 3
    assert rows(office, "voice") == rows(office, "presence") == []
    office.workplace.clock.advance(timedelta(days=35))
    await office.bot.ticks._jobs.publish()
    assert rows(office, "publication"), "and publishing goes on"

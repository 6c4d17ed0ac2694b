"""After a restore, on either database: what may have gone is looked for, what cannot have gone just waits."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, insert, select, update

from bot.domain.delivery import DeliveryKind, DeliveryState
from bot.services import restoring
from bot.store import migrate, outbox, restorations, rollouts, timeline
from bot.store import tables as t
from bot.store.database import PostgreSQLDatabase, SQLiteDatabase
from bot.store.outbox import Draft
from tests import databases
from tests.given import MONDAY, PLAN

pytestmark = pytest.mark.database

ZONE = ZoneInfo("Europe/Berlin")
TAKEN, NOW = MONDAY, MONDAY + timedelta(hours=5)


def draft(rollout: str, key: str, due_at: datetime | None = None) -> Draft:
    """A message to a channel of its own."""
    return Draft(key, DeliveryKind.PAUSE, f"C{key.upper()}", rollout, {}, due_at=due_at)


@pytest.fixture
def database() -> SQLiteDatabase | PostgreSQLDatabase:
    """A rollout with a message in every state that a backup can hold."""
    found = databases.opened()
    if not databases.on_postgresql():
        found.run_now(migrate.to)

    def fill(db: Connection) -> None:
        rollout = rollouts.create(db, PLAN, by="operator", now=MONDAY)
        keys = ("due", "sending", "sent", "failed", "unsure", "cancelled")
        outbox.write(db, [draft(rollout, key) for key in keys], now=TAKEN)
        outbox.write(db, [draft(rollout, "gap", NOW), draft(rollout, "later", NOW + timedelta(days=1))], now=TAKEN)
        for key in keys[1:]:
            lease = {"owner": "dead", "lease_until": NOW + timedelta(hours=9)} if key in ("sending", "unsure") else {}
            db.execute(update(t.delivery).where(t.delivery.c.key == key).values(state=key, **lease))
        db.execute(insert(t.export).values(
            id="e", rollout_id=rollout, requested_by="UHELEN", state="confirmed", previewed_at=TAKEN, purpose="", named=False,
            error="",
        ))  # fmt: skip

    found.run_now(fill)
    return found


def states(db: Connection) -> dict[str, str]:
    """Each message's state."""
    return {row.key: row.state for row in db.execute(select(t.delivery.c.key, t.delivery.c.state))}


def test_what_may_have_gone_is_looked_for(database: SQLiteDatabase | PostgreSQLDatabase) -> None:
    """At once, since the backup was taken; a failed message waits for a person, a later one for its time."""
    done = database.run_now(lambda db: restoring.settle(db, taken_at=TAKEN, zone=ZONE, now=NOW))
    assert (done.taken_at, done.doubted, done.exports) == (TAKEN, 3, 1)
    assert database.run_now(states) == {
        "due": "unsure",
        "sending": "unsure",
        "unsure": "unsure",
        "gap": "unsure",
        "sent": "sent",
        "failed": "ambiguous",
        "cancelled": "cancelled",
        "later": "pending",
    }
    claimed = database.run_now(
        lambda db: outbox.claim_unsure(db, "me", now=NOW, lease_until=NOW + timedelta(minutes=1), limit=9)
    )
    assert {each.key for each in claimed} == {"due", "sending", "unsure", "gap"}
    assert {each.first_tried_at for each in claimed} <= {TAKEN, None}
    entries = database.run_now(lambda db: timeline.last(db, rollouts.every(db)[0].id, 1))
    assert entries[0].event == "restored"


def test_without_a_date_the_record_tells(database: SQLiteDatabase | PostgreSQLDatabase) -> None:
    """The newest thing that is written down is older than the backup, and so a safe place to look from."""
    done = database.run_now(lambda db: restoring.settle(db, taken_at=None, zone=ZONE, now=NOW))
    assert done.taken_at == TAKEN
    with pytest.raises(restoring.FromTheFuture):
        database.run_now(lambda db: restoring.settle(db, taken_at=NOW + timedelta(days=1), zone=ZONE, now=NOW))


def test_for_a_day_what_comes_by_itself_is_looked_for(database: SQLiteDatabase | PostgreSQLDatabase) -> None:
    """What is for the present may have been sent before the restore; what is for tomorrow, or a day later, cannot have been."""
    rollout = database.run_now(lambda db: rollouts.every(db)[0].id)
    database.run_now(lambda db: restorations.note(db, taken_at=TAKEN, now=NOW))

    def write(db: Connection) -> dict[str, str]:
        soon, next_day = NOW + timedelta(hours=1), NOW + timedelta(days=1, hours=1)
        outbox.write(db, [draft(rollout, "now"), draft(rollout, "tomorrow", next_day)], now=soon)
        outbox.write(db, [draft(rollout, "day_after")], now=next_day)
        return states(db)

    found = database.run_now(write)
    assert (found["now"], found["tomorrow"], found["day_after"]) == ("unsure", "pending", "pending")


def test_the_same_message_has_the_same_id(database: SQLiteDatabase | PostgreSQLDatabase) -> None:
    """Made again in a database that was set back, it is found in Slack by it."""

    def made(db: Connection) -> str:
        rollout = rollouts.every(db)[0].id
        outbox.write(db, [draft(rollout, "again")], now=NOW)
        found: str = db.execute(select(t.delivery.c.id).where(t.delivery.c.key == "again")).scalar_one()
        db.execute(t.delivery.delete().where(t.delivery.c.key == "again"))
        return found

    assert database.run_now(made) == database.run_now(made)
    assert DeliveryState.PENDING in database.run_now(states).values()

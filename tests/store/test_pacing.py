"""Slack's limits are kept by all instances together, and nothing stays of whom a message went to."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection, func, select

from bot.domain.delivery import DeliveryKind
from bot.domain.pace import MEMBERS, POST_MESSAGE, Limit
from bot.domain.progress import Rollout
from bot.services import status
from bot.store import instance_tables, outbox, pacing
from bot.store.database import SQLiteDatabase
from bot.store.outbox import Draft
from tests.given import MONDAY

SLOW = Limit(6)


def test_what_one_has_used_another_has_not(database: SQLiteDatabase) -> None:
    """The limit is one, whoever asks; methods are apart."""
    assert database.run_now(lambda db: pacing.take(db, POST_MESSAGE, SLOW, 5)) == 1
    assert database.run_now(lambda db: pacing.take(db, POST_MESSAGE, SLOW, 5)) == 0
    assert database.run_now(lambda db: pacing.take(db, MEMBERS, SLOW, 5)) == 1
    assert database.run_now(lambda db: pacing.take(db, POST_MESSAGE, None, 5)) == 5


def test_a_refusal_is_remembered_by_all(database: SQLiteDatabase) -> None:
    """The next look has less room than it would have had."""
    before = database.run_now(lambda db: pacing.look(db, POST_MESSAGE, Limit(600))[1])
    database.run_now(lambda db: pacing.slow_down(db, POST_MESSAGE))
    after = database.run_now(lambda db: pacing.look(db, POST_MESSAGE, Limit(600))[1])
    assert before.share == 1.0
    assert after.share == pytest.approx(0.9)


def test_recipients_rest_for_a_moment(database: SQLiteDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever was just sent something is named while it matters, and forgotten afterwards."""
    now = 1e9
    monkeypatch.setattr(pacing, "clock", lambda _db: now)
    database.run_now(lambda db: pacing.rest(db, "U1", 1.0))
    assert list(database.run_now(lambda db: pacing.resting(db, 1.0))) == ["U1"]
    now += 1.5
    assert list(database.run_now(lambda db: pacing.resting(db, 1.0))) == []
    assert database.run_now(lambda db: db.scalar(select(func.count()).select_from(instance_tables.rate_rest))) == 0


def test_what_goes_to_many_lets_the_rest_go_first(database: SQLiteDatabase, rollout: Rollout) -> None:
    """A launch in the middle of a check-in's invitations does not wait for the end of them."""
    many = [Draft(f"invite-{n}", DeliveryKind.CHECKIN, f"U{n}", rollout.id, {}) for n in range(30)]
    one = Draft("late", DeliveryKind.POLICY, "C1", rollout.id, {})

    def write(db: Connection) -> None:
        outbox.write(db, many, now=MONDAY)
        outbox.write(db, [one], now=MONDAY + timedelta(minutes=5))

    database.run_now(write)
    later = MONDAY + timedelta(minutes=6)
    taken = database.run_now(lambda db: outbox.claim(db, "a", now=later, lease_until=later, limit=3))
    assert [delivery.key for delivery in taken].index("late") == 0
    assert len(taken) == 3


def test_a_long_queue_is_counted_as_far_as_it_helps(database: SQLiteDatabase, rollout: Rollout) -> None:
    """A card says "more than" rather than counting on; the background counts all; what is for later is in neither."""
    drafts = [Draft(f"i{n}", DeliveryKind.CHECKIN, f"U{n}", rollout.id, {}) for n in range(outbox.COUNTED + 40)]
    later = Draft("later", DeliveryKind.CHECKIN, "U", rollout.id, {}, due_at=MONDAY + timedelta(hours=1))
    database.run_now(lambda db: outbox.write(db, [*drafts, later], now=MONDAY))
    card = database.run_now(lambda db: status.of(db, rollout.id, now=MONDAY))
    assert card.on_their_way == outbox.COUNTED + 1
    assert database.run_now(lambda db: outbox.on_their_way(db, rollout.id, now=MONDAY)) == outbox.COUNTED + 40

"""Claims are exclusive, wait for what they must wait for, and move only along the table of states."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from bot.domain.delivery import NEXT, DeliveryKind, DeliveryState
from bot.domain.pace import POST_MESSAGE
from bot.domain.progress import Rollout
from bot.store import outbox, rollouts
from bot.store.database import SQLiteDatabase
from bot.store.outbox import Delivery, Draft
from tests.given import MONDAY

LEASE = timedelta(minutes=1)


def drafts(rollout: Rollout, *recipients: str, waits: bool = True) -> list[Draft]:
    """One message to each."""
    return [
        Draft(f"key-{n}", DeliveryKind.POLICY, recipient, rollout.id, {}, waits_in_pause=waits)
        for n, recipient in enumerate(recipients)
    ]


def claim(database: SQLiteDatabase, owner: str, now: datetime = MONDAY, limit: int = 5) -> list[Delivery]:
    """Take what may go."""
    return database.run_now(lambda db: outbox.claim(db, owner, now=now, lease_until=now + LEASE, limit=limit))


def settle(database: SQLiteDatabase, delivery: Delivery, state: DeliveryState, owner: str | None = None) -> bool:
    """Move one on, from where it stands now."""

    def move(db: Connection) -> bool:
        there = outbox.by_id(db, delivery.id)
        assert there
        return outbox.move(db, there, state, owner=owner, due_at=MONDAY)

    return database.run_now(move)


def test_nothing_is_claimed_twice(database: SQLiteDatabase, rollout: Rollout) -> None:
    """Two senders in turn share the messages; nobody gets one that another has."""
    database.run_now(lambda db: outbox.write(db, drafts(rollout, *(f"C{n}" for n in range(12))), now=MONDAY))
    first, second, third, none = (claim(database, owner) for owner in ("a", "b", "c", "d"))
    taken = [delivery.id for batch in (first, second, third, none) for delivery in batch]
    assert (len(first), len(second), len(third), len(none)) == (5, 5, 2, 0)
    assert len(set(taken)) == 12


def test_one_recipient_gets_one_message_at_a_time(database: SQLiteDatabase, rollout: Rollout) -> None:
    """The second to the same channel waits until the first is settled, and while it is unsure."""
    database.run_now(lambda db: outbox.write(db, drafts(rollout, "C1", "C1"), now=MONDAY))
    (first,) = claim(database, "a")
    assert claim(database, "b") == []
    settle(database, first, DeliveryState.UNSURE)
    assert claim(database, "b") == []
    settle(database, first, DeliveryState.SENT)
    assert len(claim(database, "b")) == 1


@pytest.mark.parametrize(
    "before", [DeliveryState.SENT, DeliveryState.CANCELLED, DeliveryState.FAILED, DeliveryState.UNSURE]
)
def test_what_follows_waits_for_what_comes_before(
    database: SQLiteDatabase, rollout: Rollout, before: DeliveryState
) -> None:  # fmt: skip
    """Only once that was sent, or found to be unneeded."""
    first = drafts(rollout, "U1")[0]
    second = Draft("after", DeliveryKind.POLICY, "U2", rollout.id, {}, follows=first.key)
    database.run_now(lambda db: outbox.write(db, [first, second], now=MONDAY))
    (taken,) = claim(database, "a")
    assert taken.key == first.key
    settle(database, taken, before)
    free = before in (DeliveryState.SENT, DeliveryState.CANCELLED)
    assert [d.key for d in claim(database, "b")] == (["after"] if free else [])


@pytest.mark.parametrize("waits", [True, False])
def test_a_pause_holds_what_waits_in_it(database: SQLiteDatabase, rollout: Rollout, *, waits: bool) -> None:
    """Steps wait; the announcement of the pause itself does not. A relaunch takes back what waited."""
    database.run_now(lambda db: outbox.write(db, drafts(rollout, "C1", waits=waits), now=MONDAY))
    database.run_now(lambda db: rollouts.pause(db, rollout, "we listen", now=MONDAY))
    assert len(claim(database, "a")) == (0 if waits else 1)
    assert database.run_now(lambda db: outbox.cancel_waiting(db, rollout.id)) == (1 if waits else 0)


def test_nothing_goes_before_its_time(database: SQLiteDatabase, rollout: Rollout) -> None:
    """Due at the moment, not a second earlier."""
    database.run_now(lambda db: outbox.write(db, drafts(rollout, "C1"), now=MONDAY))
    assert claim(database, "a", MONDAY - timedelta(seconds=1)) == []
    assert len(claim(database, "a", MONDAY)) == 1


def test_a_dead_senders_message_is_looked_for_not_sent(database: SQLiteDatabase, rollout: Rollout) -> None:
    """After its lease ran out it is unsure; who claimed it first can no longer settle it."""
    database.run_now(lambda db: outbox.write(db, drafts(rollout, "C1"), now=MONDAY))
    (mine,) = claim(database, "dead")
    later = MONDAY + LEASE
    assert claim(database, "b", later) == []

    def look(owner: str, now: datetime) -> list[Delivery]:
        return database.run_now(lambda db: outbox.claim_unsure(db, owner, now=now, lease_until=now + LEASE, limit=5))

    assert look("b", later - timedelta(seconds=1)) == []
    (found,) = look("b", later)
    assert found.state is DeliveryState.UNSURE
    assert look("c", later) == [], "two look for the same message at once"
    assert not database.run_now(lambda db: outbox.move(db, mine, DeliveryState.SENT, owner="dead"))
    assert settle(database, found, DeliveryState.SENT, "b")


@pytest.mark.parametrize("before", DeliveryState)
@pytest.mark.parametrize("after", DeliveryState)
def test_states_follow_the_table(
    database: SQLiteDatabase, rollout: Rollout, before: DeliveryState, after: DeliveryState
) -> None:
    """Whatever was sent or cancelled stays so; no state is skipped."""
    found = Delivery("x", "k", DeliveryKind.POLICY, "C1", rollout.id, {}, None, before, 0, None, None, None, "")
    if after in NEXT[before]:
        assert not database.run_now(lambda db: outbox.move(db, found, after)), "it is not even there"
    else:
        with pytest.raises(ValueError, match="cannot go from"):
            database.run_now(lambda db: outbox.move(db, found, after))


def test_a_rate_limit_is_everybodys(database: SQLiteDatabase) -> None:
    """The latest word counts."""

    def block(minutes: int) -> None:
        until = MONDAY + timedelta(minutes=minutes)
        database.run_now(lambda db: outbox.block_method(db, POST_MESSAGE, until))

    block(5)
    block(1)
    assert database.run_now(lambda db: outbox.blocked_until(db, POST_MESSAGE)) == MONDAY + timedelta(minutes=1)

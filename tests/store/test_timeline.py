"""Whoever changes, removes, moves or adds an entry of the timeline is noticed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from bot.domain.progress import Rollout
from bot.domain.timeline import Event, seal
from bot.services.checking import broken_timelines
from bot.store import tables as t
from bot.store import timeline
from bot.store.database import SQLiteDatabase
from tests.given import MARA, MONDAY, OTIS

Tamper = Callable[[Connection, str], object]


@pytest.fixture
def five(database: SQLiteDatabase, rollout: Rollout) -> str:
    """Five entries; the rollout's id."""

    def write(db: Connection) -> None:
        for number in range(5):
            data: dict[str, str | int] = {
                "step": "policy",
                "wave": "pilot",
                "reason": 1,
                "policy": number,
                "waived": "\u00e9 \u2603",
            }
            timeline.append(db, rollout.id, Event.LAUNCHED, actor=MARA, now=MONDAY + timedelta(hours=number), data=data)

    database.run_now(write)
    return rollout.id


def test_an_untouched_chain_is_whole(database: SQLiteDatabase, five: str) -> None:
    """And so is an empty one."""
    assert set(database.run_now(broken_timelines).values()) == {None}
    assert database.run_now(lambda db: timeline.head(db, five))[0] == 5


def _change(**values: object) -> Tamper:
    return lambda db, rollout: db.execute(
        update(t.timeline).where(t.timeline.c.rollout_id == rollout, t.timeline.c.seq == 3).values(**values)
    )


def _remove(seq: int) -> Tamper:
    return lambda db, rollout: db.execute(
        delete(t.timeline).where(t.timeline.c.rollout_id == rollout, t.timeline.c.seq == seq)
    )


def _swap(db: Connection, rollout: str) -> None:
    for old, new in ((2, 99), (3, 2), (99, 3)):
        db.execute(
            update(t.timeline).where(t.timeline.c.rollout_id == rollout, t.timeline.c.seq == old).values(seq=new)
        )


def _slip_in(db: Connection, rollout: str) -> None:
    last = db.execute(select(t.timeline).where(t.timeline.c.seq == 5)).one()
    db.execute(insert(t.timeline).values({**last._mapping, "seq": 6, "sealed": last.hash}))


def _resealed_tail(db: Connection, rollout: str) -> None:
    """Change the last entry and its own hash: the head that the rollout remembers still differs."""
    entry = timeline.last(db, rollout, 1)[0]
    forged = type(entry)(entry.rollout_id, entry.seq, entry.at, OTIS, entry.event, entry.data, entry.sealed)
    db.execute(update(t.timeline).where(t.timeline.c.seq == entry.seq).values(actor=OTIS, hash=seal(forged)))


@pytest.mark.parametrize(
    ("tamper", "noticed"),
    [
        (_change(actor=OTIS), 3),
        (_change(event="paused"), 3),
        (_change(at=MONDAY), 3),
        (_change(data={"step": "install"}), 3),
        (_change(hash="0" * 64), 3),
        (_change(sealed="0" * 64), 3),
        (_remove(1), 1),
        (_remove(3), 3),
        (_remove(5), 5),
        (_swap, 2),
        (_slip_in, 6),
        (_resealed_tail, 6),
        (lambda db, _id: db.execute(delete(t.timeline)), 1),
    ],
)
def test_every_tampering_is_noticed(database: SQLiteDatabase, five: str, tamper: Tamper, noticed: int) -> None:
    """With the number of the first entry that is not what it was."""
    database.run_now(lambda db: tamper(db, five))
    assert list(database.run_now(broken_timelines).values()) == [noticed]

"""What the tables themselves refuse, whoever writes to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Table, insert
from sqlalchemy.exc import IntegrityError, StatementError

from bot.domain.delivery import DeliveryKind
from bot.domain.progress import Rollout
from bot.store import launches, outbox
from bot.store import month_tables as month
from bot.store import tables as t
from bot.store.database import SQLiteDatabase
from tests.given import MARA, MONDAY, OTIS, PRIYA

NAIVE = datetime(2026, 11, 30, 8)  # noqa: DTZ001 - what must be refused


def rows(rollout: Rollout) -> dict[str, tuple[Table, dict[str, Any]]]:
    """One good row of each kind that has rules."""
    wave = rollout.waves[0].id
    versions = {"reason_version": 1, "policy_version": 1}
    return {
        "launch": (
            t.launch,
            {"id": "l", "rollout_id": rollout.id, "wave_id": wave, "run": 1, "step": "policy", **versions, "digest": "d",
             "state": "launched", "slot": "s", "launched_by": MARA, "created_at": MONDAY, "refusal": ""},
        ),
        "proposal": (
            t.proposal,
            {"id": "p", "rollout_id": rollout.id, "wave_id": wave, "run": 1, "step": "policy", **versions, "digest": "d",
             "proposed_by": MARA, "proposed_at": MONDAY},
        ),
        "override": (
            t.override,
            {"id": "o", "rollout_id": rollout.id, "wave_id": wave, "gate": "pilot_ran", "slot": "s", "because": "b",
             "state": "asked", "asked_by": MARA, "asked_at": MONDAY},
        ),
        "receipt": (
            t.receipt,
            {"rollout_id": rollout.id, "person": PRIYA, "step": "policy", "version": 1, "wave_id": wave, "given_at": MONDAY},
        ),
        "delivery": (
            t.delivery,
            {"id": "d", "key": "k", "kind": "policy", "data": {}, "recipient": "C1", "rollout_id": rollout.id,
             "waits_in_pause": True, "state": "pending", "due_at": MONDAY, "created_at": MONDAY, "attempts": 0, "error": ""},
        ),
        "verdict": (
            month.verdict,
            {"id": "v", "wave_id": wave, "run": 1, "verdict": "go", "certainty": "none", "policy_version": 1,
             "given_at": MONDAY, "words": ""},
        ),
        "fault": (
            month.fault,
            {"id": "f", "wave_id": wave, "words": "tags", "week": "2026-W49", "state": "open", "tell_at": MONDAY, "note": ""},
        ),
    }  # fmt: skip


GOOD = ("launch", "proposal", "override", "receipt", "delivery", "verdict", "fault")


@pytest.mark.parametrize("kind", GOOD)
def test_a_good_row_goes_in(database: SQLiteDatabase, rollout: Rollout, kind: str) -> None:
    """So that the refusals below are about what they change."""
    table, row = rows(rollout)[kind]
    database.run_now(lambda db: db.execute(insert(table).values(**row)))


@pytest.mark.parametrize(
    ("kind", "changed"),
    [
        ("launch", {"state": "sent"}),
        ("launch", {"step": "verdict"}),
        ("launch", {"wave_id": "nowhere"}),
        ("launch", {"rollout_id": "nowhere"}),
        ("launch", {"launched_by": None}),
        ("proposal", {"step": ""}),
        ("override", {"state": "waived"}),
        ("override", {"state": "approved"}),
        ("override", {"approved_by": OTIS}),
        ("override", {"state": "approved", "approved_by": MARA}),
        ("receipt", {"step": "verdict"}),
        ("receipt", {"wave_id": "nowhere"}),
        ("delivery", {"state": "lost"}),
        ("delivery", {"launch_id": "nowhere"}),
        ("delivery", {"rollout_id": "nowhere"}),
        ("verdict", {"verdict": "maybe"}),
        ("fault", {"state": "closed"}),
    ],
)
def test_a_wrong_row_is_refused(
    database: SQLiteDatabase, rollout: Rollout, kind: str, changed: dict[str, object]
) -> None:
    """States and steps that do not exist, rows that belong to nothing, an override approved by whoever asked for it."""
    table, row = rows(rollout)[kind]
    with pytest.raises(IntegrityError):
        database.run_now(lambda db: db.execute(insert(table).values(**{**row, **changed})))


@pytest.mark.parametrize(("kind", "also"), [("launch", {"id": "2"}), ("override", {"id": "2"}), ("delivery", {"id": "2"}),
                                            ("receipt", {"given_at": MONDAY})])  # fmt: skip
def test_there_is_only_one(database: SQLiteDatabase, rollout: Rollout, kind: str, also: dict[str, object]) -> None:
    """One launch and one override to a slot, one delivery to a key, one receipt for a person, step and version."""
    table, row = rows(rollout)[kind]
    database.run_now(lambda db: db.execute(insert(table).values(**row)))
    with pytest.raises(IntegrityError):
        database.run_now(lambda db: db.execute(insert(table).values(**{**row, **also})))


@pytest.mark.parametrize(
    ("kind", "field"),
    [("launch", "created_at"), ("launch", "due_at"), ("receipt", "given_at"), ("delivery", "due_at"), ("verdict", "given_at")],
)  # fmt: skip
def test_a_time_without_a_zone_is_refused(database: SQLiteDatabase, rollout: Rollout, kind: str, field: str) -> None:
    """Nobody can say when it was."""
    table, row = rows(rollout)[kind]
    with pytest.raises((StatementError, ValueError)):
        database.run_now(lambda db: db.execute(insert(table).values(**{**row, field: NAIVE})))


def test_times_come_back_as_they_went_in(database: SQLiteDatabase, rollout: Rollout) -> None:
    """Aware and in UTC, whatever zone they were written in."""
    table, row = rows(rollout)["launch"]

    def write_and_read(db: Connection) -> launches.Launch | None:
        db.execute(insert(table).values(**{**row, "due_at": MONDAY.astimezone()}))
        return launches.by_id(db, "l")

    found = database.run_now(write_and_read)
    assert found
    assert found.due_at == MONDAY
    assert found.due_at.utcoffset() == MONDAY.utcoffset()


def test_a_delivery_written_twice_is_one(database: SQLiteDatabase, rollout: Rollout) -> None:
    """The key of what it is about makes it unique, quietly."""
    draft = outbox.Draft("k", DeliveryKind.POLICY, "C1", rollout.id, {})
    assert database.run_now(lambda db: outbox.write(db, [draft], now=MONDAY)) == 1
    assert database.run_now(lambda db: outbox.write(db, [draft, draft], now=MONDAY)) == 0

"""Clicks that come together: each sees, and leaves behind, what it would alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event

from bot.domain.progress import Rollout, Versions
from bot.domain.reader import Receipts
from bot.domain.rollout import Step
from bot.store import clicks, launches, people
from bot.store.database import PostgreSQLDatabase, SQLiteDatabase
from bot.store.launches import Proposal
from bot.store.people import Receiving
from tests.given import MARA, MONDAY

FIRST = Versions(1, 1)
LATER, LATEST = MONDAY + timedelta(hours=1), MONDAY + timedelta(hours=2)
BOTH = ((Step.REASON, 1), (Step.POLICY, 1))


def launch(db: Connection, rollout: Rollout, step: Step) -> str:
    """The id of a launch of this step in the pilot."""
    pilot = rollout.waves[0]
    shown = Proposal(f"preview of {step}", rollout.id, pilot.id, 1, step, FIRST, "", MARA, MONDAY, None)
    made = launches.take_slot(db, rollout.id, pilot, shown, by=MARA, now=MONDAY)
    assert made
    launches.mark_launched(db, made, now=MONDAY)
    return made


def test_everybody_is_seen_by_themselves(database: SQLiteDatabase | PostgreSQLDatabase, rollout: Rollout) -> None:
    """Several people press buttons of several launches: nobody is taken for another, and no launch for another."""
    pilot, company = rollout.waves

    def press(db: Connection) -> list[clicks.Clicked | None]:
        reason, policy = launch(db, rollout, Step.REASON), launch(db, rollout, Step.POLICY)
        people.remember_members(db, pilot.id, ["U01A", "U01B"], now=MONDAY)
        people.remember_members(db, company.id, ["U01C"], now=MONDAY)
        people.left(db, pilot.id, "U01B", now=MONDAY)
        people.receive(db, [Receiving(rollout.id, pilot.id, "U01A", BOTH, 1, MONDAY)])
        people.receive(db, [Receiving(rollout.id, pilot.id, "U01B", BOTH[:1], 0, MONDAY)])
        pressed = [(policy, "U01B"), (policy, "U01A"), (reason, "U01A"), ("gone", "U01A"), (policy, "U01C")]
        return clicks.looks(db, pressed)

    found = database.run_now(press)
    assert [each.known_member if each else "gone" for each in found] == [False, True, True, "gone", None]
    assert [each.step if each else None for each in found] == [Step.POLICY, Step.POLICY, Step.REASON, None, Step.POLICY]
    one = frozenset({1})
    read = Receipts(reasons=one, policies=one, acknowledged=one)
    receipts = [each.receipts if each else None for each in found]
    assert receipts == [Receipts(reasons=one), read, read, None, Receipts()]
    assert {each.rollout.id for each in found if each} == {rollout.id}


def test_everybody_receives_what_is_theirs(database: SQLiteDatabase | PostgreSQLDatabase, rollout: Rollout) -> None:
    """Several receipts in one go: who has one keeps it with its first time, and each has read at their own."""
    pilot = rollout.waves[0].id

    def receive(db: Connection) -> dict[str, object]:
        people.receive(db, [Receiving(rollout.id, pilot, "U01A", BOTH, 1, MONDAY)])
        people.receive(
            db,
            [
                Receiving(rollout.id, pilot, "U01C", ((Step.INSTALL, 1),), 0, LATER),
                Receiving(rollout.id, pilot, "U01A", BOTH, 1, LATER),
                Receiving(rollout.id, pilot, "U01B", BOTH, 1, LATER),
                Receiving(rollout.id, pilot, "U01'D", BOTH, 0, LATER),
                Receiving(rollout.id, pilot, "U01E", BOTH, 1, LATEST),
                Receiving(rollout.id, pilot, "U01B", (), 1, LATEST),
            ],
        )
        return {each: people.receipt_times(db, rollout.id, each) for each in ("U01A", "U01B", "U01C", "U01'D", "U01E")}

    assert database.run_now(receive) == {
        "U01A": {(Step.REASON, 1): (MONDAY, None), (Step.POLICY, 1): (MONDAY, MONDAY)},
        "U01B": {(Step.REASON, 1): (LATER, None), (Step.POLICY, 1): (LATER, LATER)},
        "U01C": {(Step.INSTALL, 1): (LATER, None)},
        "U01'D": {(Step.REASON, 1): (LATER, None), (Step.POLICY, 1): (LATER, None)},
        "U01E": {(Step.REASON, 1): (LATEST, None), (Step.POLICY, 1): (LATEST, LATEST)},
    }


@pytest.mark.sqlite_only("PostgreSQL reads small tables from end to end whatever indexes there are")
def test_a_look_reads_nobody_else(database: SQLiteDatabase) -> None:
    """However many people and launches there are: each is found by an index, and none is walked past."""
    looks: list[tuple[str, Any]] = []

    def press(db: Connection) -> list[str]:
        def remember(_db: object, _cursor: object, statement: str, given: Any, *_more: object) -> None:
            looks.append((statement, given))

        event.listen(db, "before_cursor_execute", remember)
        clicks.places(db, ["U01A", "U01B"])
        clicks.looks(db, [("one", "U01A"), ("another", "U01B")])
        event.remove(db, "before_cursor_execute", remember)
        plans = [db.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given).all() for statement, given in looks]
        return [step.detail for plan in plans for step in plan]

    steps = database.run_now(press)
    assert len(looks) == 2
    assert [
        step for step in steps if step.startswith("SCAN") and "rollout" not in step and "json_each" not in step
    ] == []
    assert [step for step in steps if " member " in step and "person=?" not in step] == []
    assert [step for step in steps if " receipt " in step and "person=?" not in step] == []

"""Slack is gone for an hour while hundreds of messages wait: each arrives once, in its order, and nobody hammers."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.domain.delivery import DeliveryKind
from bot.sandbox.things import Person
from bot.store import outbox, rollouts
from bot.store.database import open_database
from bot.store.outbox import Draft
from tests.faults.fate import Fate
from tests.faults.laboratory import START, Laboratory, new_database, run

pytestmark = pytest.mark.database

LONG = bool(os.environ.get("FOREWORD_LONG_RUNS"))
MANY = 200 if LONG else 15
WAYS = ["refused connection", "500 before", "timeout after", "reset before", "html", "429 without a wait"]


@pytest.mark.timeout(1200 if LONG else 120)
@pytest.mark.parametrize("way", WAYS if LONG else WAYS[:3])
def test_an_hour(tmp_path: Path, way: str, record_property: Callable[[str, object], None]) -> None:
    """Two messages to each of many people, the second after the first; Slack fails in one way for an hour."""
    lab = Laboratory(Fate("hour", chance=0.0, events=0.0), new_database(tmp_path))
    gone = True
    posts = Counter[str]()

    def fails(method: str, _place: str) -> str:
        if gone:
            posts[method] += 1
        return way if gone else ""

    async def play() -> float:
        nonlocal gone
        await lab.open()
        lab.fate.instead = fails
        recipients = [f"U2{number:03d}" for number in range(MANY)]
        for recipient in recipients:
            lab.slack.add_person(Person(recipient, f"Person {recipient}"))
        database = open_database(lab.url)
        rollout_id = (await database.run(rollouts.every))[0].id
        drafts = [
            Draft(
                f"{recipient}/{turn}",
                DeliveryKind.ENTRIES_NOT_READY,
                recipient,
                rollout_id,
                {},
                follows=f"{recipient}/0" if turn else None,
            )
            for recipient in recipients
            for turn in range(2)
        ]
        await database.run(lambda db: outbox.write(db, drafts, now=START))
        await lab.wait(3_600, pulses=60)
        tried, gone = dict(posts), False
        waited = 0
        while await database.run(left) and waited < 7_200:
            await lab.wait(30)
            waited += 30
        await database.close()
        marks = [
            (place.person, message.metadata["event_payload"]["delivery_id"])
            for place in lab.slack.space.conversations.values()
            for message in place.messages
            if message.metadata
        ]
        keys = await kept_keys(lab)
        assert len(marks) == len(set(marks)) == 2 * MANY, "each once"
        for recipient in recipients:
            assert [keys[mark] for person, mark in marks if person == recipient] == [f"{recipient}/0", f"{recipient}/1"]
        each = tried.get("chat.postMessage", 0) / MANY
        record_property("tries of each in the hour", each)
        record_property("seconds until all had arrived", waited)
        assert 0 < each <= 20, tried
        assert waited <= 1_800
        await lab.close()
        return each

    run(play())
    assert lab.problems == []


def left(db: object) -> int:
    """How many have not arrived."""
    return int(db.exec_driver_sql("SELECT count(*) FROM delivery WHERE state <> 'sent'").scalar() or 0)  # type: ignore[attr-defined]


async def kept_keys(lab: Laboratory) -> dict[str, str]:
    """The key of each delivery by its id."""
    database = open_database(lab.url)
    rows = await database.run(lambda db: db.exec_driver_sql("SELECT id, key FROM delivery").all())
    await database.close()
    return {row[0]: row[1] for row in rows}

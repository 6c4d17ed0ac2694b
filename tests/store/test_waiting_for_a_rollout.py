"""Whoever waits for a rollout that somebody else is changing gets it as it is then, on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from bot.domain.progress import Rollout, Versions
from bot.domain.timeline import Event
from bot.services import checking
from bot.store import rollouts, timeline
from bot.store.database import PostgreSQLDatabase
from tests import databases, postgresql
from tests.given import MARA, MONDAY, PLAN

pytestmark = [pytest.mark.database, pytest.mark.postgresql_only("several instances share a server")]

PILOT = PLAN.waves[0]
MORE = replace(PLAN, waves=(*PLAN.waves, replace(PILOT, name="another", channel="C01OTHER")))


def stored(url: str) -> Rollout:
    """The sample, stored."""

    def create(db: Connection) -> Rollout:
        rollouts.create(db, PLAN, by="operator", now=MONDAY)
        found = rollouts.by_name(db, PLAN.rollout)
        assert found
        return found

    return PostgreSQLDatabase(url).run_now(create)


def test_a_wave_that_was_added_meanwhile_is_there() -> None:
    """A manager confirms while an owner adds a wave: what was waited for is the plan with all of its waves."""
    url = databases.fresh()
    rollout = stored(url)
    found = postgresql.while_held(
        url,
        lambda db: rollouts.change(db, rollout, MORE, rollout.versions),
        lambda db: rollouts.by_id(db, rollout.id, lock=True),
    )
    assert found is not None
    assert [wave.name for wave in found.waves] == [wave.name for wave in MORE.waves]


def test_a_version_that_was_written_meanwhile_is_the_present_one() -> None:
    """The same with a new reason: the rollout has not vanished, and its text is the new one."""
    url = databases.fresh()
    rollout = stored(url)
    plan = replace(PLAN, reason=f"{PLAN.reason} And Fabrikam asks for it.")

    def write(db: Connection) -> None:
        rollouts.write_reason(db, rollout.id, 2, plan.reason, by=MARA, now=MONDAY)
        rollouts.change(db, rollout, plan, Versions(2, 1))

    found = postgresql.while_held(url, write, lambda db: rollouts.by_name(db, PLAN.rollout, lock=True))
    assert found is not None
    assert found.versions == Versions(2, 1)
    assert found.plan.reason == plan.reason


def test_a_wave_that_starts_over_has_its_new_run() -> None:
    """A launch that waits for a relaunch is about the run that begins with it."""
    url = databases.fresh()
    rollout = stored(url)
    found = postgresql.while_held(
        url,
        lambda db: rollouts.relaunch(db, rollout, [rollout.waves[0]]),
        lambda db: rollouts.by_id(db, rollout.id, lock=True),
    )
    assert found is not None
    assert found.waves[0].run == 2


def test_entries_of_the_timeline_written_at_once_form_one_chain() -> None:
    """Ten instances add to one timeline at the same moment: ten entries, no gap, and the chain holds."""
    url = databases.fresh()
    rollout = stored(url)

    def note(db: Connection) -> None:
        timeline.append(db, rollout.id, Event.REVIEWED, actor=MARA, now=MONDAY, data={"wave": "pilot", "day": "x"})

    results = postgresql.at_once(url, [note] * 10)
    assert results == [None] * 10
    database = PostgreSQLDatabase(url)
    assert len(database.run_now(lambda db: list(timeline.chain(db, rollout.id)))) == 10
    assert set(database.run_now(checking.broken_timelines).values()) == {None}

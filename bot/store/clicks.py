"""What clicks and questions look at, in one question to the database for all of a moment: thousands may come in a minute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from bot.domain.progress import Progress, Rollout, Versions
from bot.domain.reader import Receipts
from bot.domain.rollout import Step
from bot.store import rollouts
from bot.store import tables as t
from bot.store.launches import STEPS, progress_in, progresses_in
from bot.store.people import receipts_in
from bot.store.statements import is_one_of, rows_as_json, rows_in


@dataclass(frozen=True, slots=True)
class Clicked:
    """The launch whose button was pressed (its step, versions and wave), and all that the answer depends on.

    `known_member` is whether the person is in the wave's channel; None when Slack has not told us.
    """

    step: Step
    versions: Versions
    delivered: bool
    wave_id: str
    rollout: Rollout
    progress: Progress
    receipts: Receipts
    known_member: bool | None


def looks(db: Connection, pressed: Sequence[tuple[str, str]]) -> list[Clicked | None]:
    """Everything about each of these clicks, as pairs of launch and person; None where there is no such launch."""
    launches, people = (sorted(set(each)) for each in zip(*pressed, strict=True))
    found: dict[tuple[str, str], Clicked] = {}
    for row in db.execute(_CLICKS, {"launches": launches, "people": people}):
        rollout = rollouts.assembled(row)
        wave = rollout.wave_with_id(row.wave_id)
        progress = progress_in(row.steps, wave) if wave else Progress(())
        receipts: dict[str, list[list[Any]]] = {person: [] for person in people}
        for person, *receipt in rows_in(row.receipts):
            receipts[person].append(receipt)
        members = {person: bool(present) for person, present in rows_in(row.members)}
        step, versions = Step(row.step), Versions(row.launched_reason, row.launched_policy)
        delivered = row.delivered_at is not None
        for person in people:
            found[row.launch_id, person] = Clicked(
                step,
                versions,
                delivered,
                row.wave_id,
                rollout,
                progress,
                receipts_in(receipts[person]),
                members.get(person),
            )
    return [found.get(each) for each in pressed]


def look(db: Connection, launch_id: str, person: str) -> Clicked | None:
    """Everything about one click."""
    return looks(db, [(launch_id, person)])[0]


@dataclass(frozen=True, slots=True)
class Placed:
    """A rollout, which of its waves somebody is in, and how far each of its waves has come, by the wave's id."""

    rollout: Rollout
    own: frozenset[str]
    progress: Mapping[str, Progress]


def places(db: Connection, people: Sequence[str]) -> dict[str, list[Placed]]:
    """Every rollout, by name, as each of these people stands in it."""
    found: dict[str, list[Placed]] = {person: [] for person in people}
    for row in db.execute(_PLACES, {"people": list(found)}):
        rollout = rollouts.assembled(row)
        progress = progresses_in(row.steps, rollout.waves)
        own: dict[str, set[str]] = {person: set() for person in found}
        for person, wave_id in rows_in(row.own):
            own[person].add(wave_id)
        for person, waves in own.items():
            found[person].append(Placed(rollout, frozenset(waves), progress))
    return found


_PLACES = rollouts.PARTS.add_columns(
    STEPS,
    select(rows_as_json(t.member.c.person, t.member.c.wave_id))
    .select_from(t.member.join(t.wave, t.wave.c.id == t.member.c.wave_id))
    .where(is_one_of(t.member.c.person, "people"), t.member.c.present, t.wave.c.rollout_id == t.rollout.c.id)
    .correlate(t.rollout)
    .scalar_subquery()
    .label("own"),
).order_by(t.rollout.c.name)
_CLICKS = (
    rollouts.PARTS.add_columns(
        t.launch.c.id.label("launch_id"),
        t.launch.c.step,
        t.launch.c.wave_id,
        t.launch.c.delivered_at,
        t.launch.c.reason_version.label("launched_reason"),
        t.launch.c.policy_version.label("launched_policy"),
        STEPS,
        select(rows_as_json(t.receipt.c.person, t.receipt.c.step, t.receipt.c.version, t.receipt.c.acknowledged_at))
        .where(t.receipt.c.rollout_id == t.rollout.c.id, is_one_of(t.receipt.c.person, "people"))
        .correlate(t.rollout)
        .scalar_subquery()
        .label("receipts"),
        select(rows_as_json(t.member.c.person, t.member.c.present))
        .where(t.member.c.wave_id == t.launch.c.wave_id, is_one_of(t.member.c.person, "people"))
        .correlate(t.launch)
        .scalar_subquery()
        .label("members"),
    )
    .join(t.launch, t.launch.c.rollout_id == t.rollout.c.id)
    .where(is_one_of(t.launch.c.id, "launches"))
)

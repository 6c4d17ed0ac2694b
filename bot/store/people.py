"""Who is in which wave, and who was given what."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    DateTime,
    FromClause,
    Integer,
    Text,
    and_,
    bindparam,
    case,
    cast,
    delete,
    func,
    literal_column,
    select,
    update,
)

from bot.domain.reader import Receipts
from bot.domain.rollout import Step
from bot.store import tables as t
from bot.store.statements import insert_new, insert_or_update, is_always, rows_as_json, rows_given, rows_in

_RECEIPTS = select(t.receipt.c.step, t.receipt.c.version, t.receipt.c.acknowledged_at).where(
    t.receipt.c.rollout_id == bindparam("rollout"), t.receipt.c.person == bindparam("person")
)
_UNREAD = update(t.receipt).where(
    t.receipt.c.rollout_id == bindparam("rollout"),
    t.receipt.c.step == Step.POLICY,
    t.receipt.c.version == bindparam("read"),
    t.receipt.c.acknowledged_at.is_(None),
)
_ACKNOWLEDGE = _UNREAD.where(t.receipt.c.person == bindparam("reader")).values(acknowledged_at=bindparam("now"))
_readers = rows_given("readers", {"person": Text(), "at": DateTime(timezone=True)})
_ACKNOWLEDGE_ALL = _UNREAD.where(t.receipt.c.person == _readers.c.person).values(acknowledged_at=_readers.c.at)
_WAVES_OF = select(t.member.c.wave_id).where(t.member.c.person == bindparam("person"), t.member.c.present)
_IS_MEMBER = select(t.member.c.present).where(
    t.member.c.wave_id == bindparam("wave"), t.member.c.person == bindparam("person")
)

_KNOWN_SINCE = _IS_MEMBER.where(t.member.c.seen_at > bindparam("moment"))


def receipts(db: Connection, rollout_id: str, person: str) -> Receipts:
    """What this person was given, by version."""
    return receipts_in(db.execute(_RECEIPTS, {"rollout": rollout_id, "person": person}).all())


def receipts_in(rows: Iterable[Sequence[Any]]) -> Receipts:
    """The same from rows of step, version and time of reading."""
    given = [(step, version, read) for step, version, read in rows]
    return Receipts(
        reasons=frozenset(version for step, version, _read in given if step == Step.REASON),
        policies=frozenset(version for step, version, _read in given if step == Step.POLICY),
        acknowledged=frozenset(version for step, version, read in given if step == Step.POLICY and read),
        links=frozenset(version for step, version, _read in given if step == Step.INSTALL),
    )


def give(
    db: Connection, rollout_id: str, wave_id: str, people: Iterable[str], step: Step, version: int, *, now: datetime
) -> int:
    """Write receipts; who has one already keeps it, with its first time. Returns how many are new."""
    rows = [_receipt(rollout_id, wave_id, person, step, version, now) for person in sorted(people)]
    return insert_new(db, t.receipt, rows)


def _receipt(rollout_id: str, wave_id: str, person: str, step: Step, version: int, at: datetime) -> dict[str, Any]:
    return {
        "rollout_id": rollout_id,
        "person": person,
        "step": step,
        "version": version,
        "wave_id": wave_id,
        "given_at": at,
    }


def acknowledge(db: Connection, rollout_id: str, readers: Mapping[str, datetime], version: int) -> None:
    """These people have read a policy that they were given, each at their time. Who said so before said so then."""
    given = {"rollout": rollout_id, "read": version}
    if db.dialect.name == "postgresql":
        listed = [{"person": person, "at": at.isoformat()} for person, at in readers.items()]
        db.execute(_ACKNOWLEDGE_ALL, {**given, "readers": json.dumps(listed)})
        return
    for person, at in readers.items():
        db.execute(_ACKNOWLEDGE, {**given, "reader": person, "now": at})


@dataclass(frozen=True, slots=True)
class Receiving:
    """What one person is given in a wave, as steps and versions, and which policy they say that they have read (0 for none)."""

    rollout_id: str
    wave_id: str
    person: str
    given: tuple[tuple[Step, int], ...]
    read: int
    at: datetime


def receive(db: Connection, several: Sequence[Receiving]) -> list[None]:
    """Write the receipts of several people. Who has one already keeps it, with its first time.

    What is given is written first, all of it together: should it end there, nobody has read what they were not given.
    """
    rows = [
        _receipt(each.rollout_id, each.wave_id, each.person, step, version, each.at)
        for each in several
        for step, version in each.given
    ]
    insert_new(db, t.receipt, sorted(rows, key=_in_order))
    readers: dict[tuple[str, int], dict[str, datetime]] = {}
    for each in sorted(several, key=lambda one: one.at):
        if each.read:
            readers.setdefault((each.rollout_id, each.read), {}).setdefault(each.person, each.at)
    for (rollout_id, version), those in sorted(readers.items()):
        acknowledge(db, rollout_id, those, version)
    return [None] * len(several)


def _in_order(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Receipts are written step by step, as a roll call does: who writes in another order may have to begin again."""
    return row["rollout_id"], list(Step).index(row["step"]), row["version"], row["person"]


def receipt_times(
    db: Connection, rollout_id: str, person: str
) -> dict[tuple[Step, int], tuple[datetime, datetime | None]]:
    """When this person was given each step and version, and when they acknowledged it."""
    rows = db.execute(select(t.receipt).where(t.receipt.c.rollout_id == rollout_id, t.receipt.c.person == person))
    return {(Step(row.step), row.version): (row.given_at, row.acknowledged_at) for row in rows}


def came_after(db: Connection, wave_id: str, people: Collection[str], moment: datetime) -> set[str]:
    """Those of these people who are known to have come into the wave's channel after that moment."""
    c = t.member.c
    found = select(c.person).where(c.wave_id == wave_id, c.person.in_(people), c.present, c.seen_at > moment)
    return set(db.scalars(found))


def remember_members(
    db: Connection, wave_id: str, people: Collection[str], *, since: datetime | None = None, now: datetime
) -> None:
    """These people are in the wave's channel now; those of whom nothing was known have been there since `since`."""
    seen = since or now
    insert_new(db, t.member, [{"wave_id": wave_id, "person": p, "present": True, "seen_at": seen} for p in people])
    db.execute(
        update(t.member)
        .where(t.member.c.wave_id == wave_id, t.member.c.person.in_(people), t.member.c.present.is_(False))
        .values(present=True, seen_at=now)
    )


def left(db: Connection, wave_id: str, person: str, *, now: datetime) -> None:
    """This person is no longer in the wave's channel. What they were given stays on record."""
    insert_or_update(db, t.member, {"wave_id": wave_id, "person": person, "present": False, "seen_at": now})


def left_since(db: Connection, wave_id: str, person: str, moment: datetime) -> bool:
    """Whether this person is known to have left the wave's channel after that moment."""
    return db.scalar(_KNOWN_SINCE, {"wave": wave_id, "person": person, "moment": moment}) is False


def known_among(db: Connection, wave_id: str, people: Collection[str]) -> set[str]:
    """Those of these people of whom Slack has told us that they are in the wave's channel, or have left it."""
    return set(
        db.scalars(select(t.member.c.person).where(t.member.c.wave_id == wave_id, t.member.c.person.in_(people)))
    )


def known_since(db: Connection, wave_id: str, person: str) -> datetime | None:
    """Since when this person is known to be in the wave's channel; None when they are not, as far as Slack has told us."""
    c = t.member.c
    return db.scalar(select(c.seen_at).where(c.wave_id == wave_id, c.person == person, c.present))


def given_when(db: Connection, wave_id: str, person: str) -> list[tuple[datetime, datetime | None]]:
    """When this person was given each thing in this wave, and when they acknowledged it."""
    c = t.receipt.c
    rows = db.execute(select(c.given_at, c.acknowledged_at).where(c.wave_id == wave_id, c.person == person))
    return [(given_at, read) for given_at, read in rows]


def came_only_at(db: Connection, wave_id: str, person: str, moment: datetime) -> None:
    """This person came into the wave's channel at that moment, and was given nothing in it before."""
    member, receipt = t.member.c, t.receipt.c
    theirs = (member.wave_id == wave_id, member.person == person)
    db.execute(update(t.member).where(*theirs).values(seen_at=moment))
    before = (receipt.wave_id == wave_id, receipt.person == person, receipt.given_at < moment)
    db.execute(delete(t.receipt).where(*before))


def there_since(db: Connection, wave_id: str, person: str, moment: datetime) -> bool:
    """Whether this person is known to have come into the wave's channel after that moment."""
    return db.scalar(_KNOWN_SINCE, {"wave": wave_id, "person": person, "moment": moment}) is True


def is_member(db: Connection, wave_id: str, person: str) -> bool | None:
    """Whether this person is in the wave's channel; None when Slack has not told us."""
    return db.scalar(_IS_MEMBER, {"wave": wave_id, "person": person})


def wave_ids_of(db: Connection, person: str) -> set[str]:
    """The waves whose channel this person is in."""
    return set(db.scalars(_WAVES_OF, {"person": person}))


def at_least(db: Connection, wave_id: str, number: int) -> bool:
    """Whether this many people are in a wave's channel, as far as Slack has told us. Counts no further than that."""
    some = select(t.member.c.person).where(t.member.c.wave_id == wave_id, t.member.c.present).limit(number).subquery()
    return (db.scalar(select(func.count()).select_from(some)) or 0) >= number


def sizes(db: Connection, rollout_id: str, up_to: int) -> dict[str, int]:
    """How many people are in each of the rollout's waves' channels; counts no further than `up_to`."""
    return sizes_in(db.scalar(_SIZES_OF, {"rollout": rollout_id, "up_to": up_to}))


def sizes_in(text: str | None) -> dict[str, int]:
    """The same from what SIZES brought."""
    return {row[0]: row[1] for row in rows_in(text)}


def in_small(db: Connection, sizes: Mapping[str, int], k: int) -> int:
    """How many people are in one or more of the waves that have somebody, but not `k` people. `sizes` are by wave."""
    small = [wave_id for wave_id, size in sizes.items() if 0 < size < k]
    if not small:
        return 0
    c = t.member.c
    return db.scalar(select(func.count(c.person.distinct())).where(c.wave_id.in_(small), c.present)) or 0


@dataclass(frozen=True, slots=True)
class Reading:
    """How many present members of a wave were given a policy version, and how many said that they have read it."""

    members: int
    given: int
    acknowledged: int


def readings(db: Connection, rollout_id: str, wave_ids: Sequence[str], version: int) -> dict[str, Reading]:
    """The counts that the status card shows, by wave; never names. Goes through every member of these waves."""
    found = {wave_id: Reading(0, 0, 0) for wave_id in wave_ids}
    if wave_ids:
        given = {"rollout": rollout_id, "version": version, "waves": list(wave_ids)}
        found |= {row[0]: Reading(row[1], row[2], row[3]) for row in db.execute(_READINGS, given)}
    return found


def small_readings_in(text: str | None) -> dict[str, Reading | None]:
    """The waves of a rollout by their ids, from what SMALL_READINGS brought; None for a large one."""
    return {
        wave_id: Reading(*map(int, counts.split())) if counts is not None else None for wave_id, counts in rows_in(text)
    }


_mark = (
    select(cast(t.receipt.c.acknowledged_at.is_not(None), Integer))
    .where(
        t.receipt.c.rollout_id == t.rollout.c.id,
        t.receipt.c.person == t.member.c.person,
        is_always(t.receipt.c.step, Step.POLICY),
        t.receipt.c.version == t.rollout.c.policy_version,
    )
    .correlate(t.member, t.rollout)
    .scalar_subquery()
)


def _present(column: ColumnElement[Any]) -> FromClause:
    """A column of the first so many people of a wave. The limit also keeps PostgreSQL from reading every receipt instead."""
    in_wave = select(column).where(t.member.c.wave_id == t.wave.c.id, t.member.c.present)
    return in_wave.limit(bindparam("up_to", type_=Integer)).correlate(t.wave, t.rollout).subquery()


_people = select(func.count()).select_from(_present(t.member.c.person)).scalar_subquery()
_marks = _present(_mark.label("mark"))
_space = literal_column("' '", Text)
_read = select(
    cast(func.count(), Text)
    + _space
    + cast(func.count(_marks.c.mark), Text)
    + _space
    + cast(func.coalesce(func.sum(_marks.c.mark), literal_column("0")), Text)
).scalar_subquery()
SIZES = (
    select(rows_as_json(t.wave.c.id, _people))
    .where(t.wave.c.rollout_id == t.rollout.c.id, t.wave.c.position >= literal_column("0"))
    .correlate(t.rollout)
    .scalar_subquery()
)
"""For statements about rollouts: how many people are in each wave's channel, counted no further than `up_to`."""
_SIZES_OF = select(SIZES).select_from(t.rollout).where(t.rollout.c.id == bindparam("rollout"))
SMALL_READINGS = (
    select(rows_as_json(t.wave.c.id, case((_people < bindparam("up_to"), _read))))
    .where(t.wave.c.rollout_id == t.rollout.c.id, t.wave.c.position >= literal_column("0"))
    .correlate(t.rollout)
    .scalar_subquery()
)
"""For statements about rollouts: the status card's counts for each wave with fewer than `up_to` people, for the present policy."""
_READINGS = (
    select(t.member.c.wave_id, func.count(), func.count(t.receipt.c.person), func.count(t.receipt.c.acknowledged_at))
    .select_from(
        t.member.outerjoin(
            t.receipt,
            and_(
                t.receipt.c.rollout_id == bindparam("rollout"),
                t.receipt.c.person == t.member.c.person,
                t.receipt.c.step == Step.POLICY,
                t.receipt.c.version == bindparam("version"),
            ),
        )
    )
    .where(t.member.c.wave_id.in_(bindparam("waves", expanding=True)), t.member.c.present)
    .group_by(t.member.c.wave_id)
)

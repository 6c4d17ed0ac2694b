"""Check-ins in the database: the notices (who was asked), and the answers, which are voices.

Whoever calls has turned the person who answers into ids; no id of a person stands in a row of an answer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, update

from bot.domain.answer_scale import AnswerScale, Stretch
from bot.domain.checkin import Ask, CheckinResult, CheckinState, Planned
from bot.domain.progress import Rollout, RunningWave
from bot.store import month_tables as t
from bot.store import tables
from bot.store.statements import id_of, insert_new

AT_ONCE = 500
UNDER_WAY = (CheckinState.PLANNED, CheckinState.OPEN)
_OF_ROLLOUT = (
    select(t.checkin)
    .where(t.checkin.c.wave_id.in_(select(tables.wave.c.id).where(tables.wave.c.rollout_id == bindparam("rollout"))))
    .order_by(t.checkin.c.date, t.checkin.c.id)
)


@dataclass(frozen=True, slots=True)
class Checkin:
    """One check-in as stored. `result` is None until it has closed."""

    id: str
    wave_id: str
    run: int
    day: int
    date: date
    closes_at: datetime
    policy_version: int
    state: CheckinState
    cursor: str
    closed_at: datetime | None
    invited: int
    answered: int | None
    enough: bool
    result: CheckinResult | None


@dataclass(frozen=True, slots=True)
class Invitation:
    """Somebody who is asked, and the zone they are in."""

    person: str
    zone: str
    away: bool
    answered: bool


def plan(
    db: Connection, wave: RunningWave, planned: Planned, policy_version: int, state: CheckinState, *, now: datetime
) -> bool:
    """Write down a check-in whose time comes (or has gone). False when it is there already."""
    row = {
        "id": id_of("checkin", wave.id, wave.run, planned.date),
        "wave_id": wave.id,
        "run": wave.run,
        "day": planned.day,
        "date": planned.date,
        "closes_at": planned.closes_at,
        "policy_version": policy_version,
        "state": state,
        "prepare_at": now,
        "cursor": "",
        "invited": 0,
        "enough_answers": False,
    }
    return insert_new(db, t.checkin, [row]) == 1


def by_id(db: Connection, checkin_id: str) -> Checkin | None:
    """One check-in, or None."""
    row = db.execute(select(t.checkin).where(t.checkin.c.id == checkin_id)).one_or_none()
    return None if row is None else _checkin(row)


def of_wave(db: Connection, wave: RunningWave, *, every_run: bool = False) -> list[Checkin]:
    """A wave's check-ins, oldest first: of its present run, or of all."""
    wanted = select(t.checkin).where(t.checkin.c.wave_id == wave.id)
    if not every_run:
        wanted = wanted.where(t.checkin.c.run == wave.run)
    return [_checkin(row) for row in db.execute(wanted.order_by(t.checkin.c.date, t.checkin.c.id))]


def of_rollout(db: Connection, rollout: Rollout) -> dict[str, list[Checkin]]:
    """The check-ins of every wave's present run, oldest first, by the wave's id."""
    found: dict[str, list[Checkin]] = {wave.id: [] for wave in rollout.waves}
    runs = {wave.id: wave.run for wave in rollout.waves}
    for row in db.execute(_OF_ROLLOUT, {"rollout": rollout.id}):
        if runs.get(row.wave_id) == row.run:
            found[row.wave_id].append(_checkin(row))
    return found


def closing(db: Connection, checkin_id: str) -> Checkin | None:
    """One check-in that is about to close: who is just answering it is waited for, and who answers later waits."""
    row = db.execute(select(t.checkin).where(t.checkin.c.id == checkin_id).with_for_update()).one_or_none()
    return None if row is None else _checkin(row)


def answering(db: Connection, checkin_id: str) -> Checkin | None:
    """One check-in that somebody answers: it does not close before this transaction ends."""
    wanted = select(t.checkin).where(t.checkin.c.id == checkin_id).with_for_update(read=True, key_share=True)
    row = db.execute(wanted).one_or_none()
    return None if row is None else _checkin(row)


def take_to_prepare(db: Connection, now: datetime, lease_until: datetime) -> list[Checkin]:
    """The check-ins whose people are still being invited. Another instance goes on with them at the end of the lease."""
    c = t.checkin.c
    wanted = select(t.checkin).where(c.state == CheckinState.PLANNED, c.prepare_at <= now).order_by(c.date)
    found = [_checkin(row) for row in db.execute(wanted.with_for_update(skip_locked=True))]
    if found:
        taken = update(t.checkin).where(c.id.in_([each.id for each in found]))
        db.execute(taken.values(prepare_at=lease_until))
    return found


def under_way(db: Connection) -> list[Checkin]:
    """The check-ins that have not closed."""
    wanted = select(t.checkin).where(t.checkin.c.state.in_(UNDER_WAY))
    return [_checkin(row) for row in db.execute(wanted.order_by(t.checkin.c.date))]


def to_close(db: Connection, now: datetime) -> list[Checkin]:
    """The check-ins whose time to answer is over."""
    wanted = select(t.checkin).where(t.checkin.c.state.in_(UNDER_WAY), t.checkin.c.closes_at <= now)
    return [_checkin(row) for row in db.execute(wanted.order_by(t.checkin.c.date))]


def open_for(db: Connection, person: str, now: datetime) -> list[tuple[Checkin, Invitation]]:
    """The check-ins that this person is asked in at present."""
    found = db.execute(
        select(t.checkin, t.invitation.c.zone, t.invitation.c.away, t.invitation.c.answered.label("said"))
        .join(t.invitation, t.invitation.c.checkin_id == t.checkin.c.id)
        .where(t.invitation.c.person == person, t.checkin.c.state.in_(UNDER_WAY), t.checkin.c.closes_at > now)
        .order_by(t.checkin.c.date)
    )
    return [(_checkin(row), Invitation(person, row.zone, row.away, row.said)) for row in found]


def members_from(db: Connection, checkin: Checkin, limit: int) -> list[str]:
    """The wave's people after the check-in's cursor, in the order of their ids."""
    return list(
        db.scalars(
            select(tables.member.c.person)
            .where(
                tables.member.c.wave_id == checkin.wave_id,
                tables.member.c.present,
                tables.member.c.person > checkin.cursor,
            )
            .order_by(tables.member.c.person)
            .limit(limit)
        )
    )


def members_among(db: Connection, checkin: Checkin, people: Collection[str]) -> list[str]:
    """Which of these people are in the wave."""
    return list(
        db.scalars(
            select(tables.member.c.person).where(
                tables.member.c.wave_id == checkin.wave_id,
                tables.member.c.present,
                tables.member.c.person.in_(people),
            )
        )
    )


def invite(db: Connection, checkin_id: str, people: Sequence[tuple[str, str, bool]]) -> int:
    """Invite these people, given as person, zone, and whether they are away. Returns how many are new."""
    rows = [
        {"checkin_id": checkin_id, "person": person, "zone": zone, "away": away, "answered": False}
        for person, zone, away in people
    ]
    return insert_new(db, t.invitation, rows)


def uninvited(db: Connection, checkin: Checkin, limit: int) -> list[str]:
    """The wave's people who have no invitation to this check-in yet."""
    asked = select(t.invitation.c.person).where(
        t.invitation.c.checkin_id == checkin.id, t.invitation.c.person == tables.member.c.person
    )
    return list(
        db.scalars(
            select(tables.member.c.person)
            .where(tables.member.c.wave_id == checkin.wave_id, tables.member.c.present, ~asked.exists())
            .limit(limit)
        )
    )


def move_on(db: Connection, checkin: Checkin, cursor: str) -> None:
    """The people up to here are invited."""
    db.execute(update(t.checkin).where(t.checkin.c.id == checkin.id).values(cursor=cursor))


def go_on_preparing(db: Connection, checkin: Checkin, cursor: str, *, now: datetime) -> bool:
    """The people up to here are invited, in this transaction. False when another instance has done so."""
    c = t.checkin.c
    here = update(t.checkin).where(c.id == checkin.id, c.state == CheckinState.PLANNED, c.cursor == checkin.cursor)
    return db.execute(here.values(cursor=cursor, prepare_at=now)).rowcount == 1


def prepare_later(db: Connection, checkin_id: str, at: datetime) -> None:
    """The people could not be looked up; try again then."""
    db.execute(update(t.checkin).where(t.checkin.c.id == checkin_id).values(prepare_at=at))


def prepared(db: Connection, checkin_id: str) -> None:
    """Everybody is invited."""
    invited = select(func.count()).select_from(t.invitation).where(t.invitation.c.checkin_id == checkin_id)
    db.execute(
        update(t.checkin)
        .where(t.checkin.c.id == checkin_id, t.checkin.c.state == CheckinState.PLANNED)
        .values(state=CheckinState.OPEN, invited=invited.scalar_subquery())
    )


def invitation(db: Connection, checkin_id: str, person: str) -> Invitation | None:
    """This person's invitation to this check-in, or None."""
    row = db.execute(
        select(t.invitation).where(t.invitation.c.checkin_id == checkin_id, t.invitation.c.person == person)
    ).one_or_none()
    return None if row is None else Invitation(row.person, row.zone, row.away, row.answered)


def set_away(db: Connection, checkin_id: str, person: str, *, away: bool) -> None:
    """*I am away*, or back."""
    db.execute(
        update(t.invitation)
        .where(t.invitation.c.checkin_id == checkin_id, t.invitation.c.person == person)
        .values(away=away)
    )


def invitations_from(db: Connection, checkin_id: str, after: str) -> list[str]:
    """The people asked, in the order of their ids, some at a time."""
    return list(
        db.scalars(
            select(t.invitation.c.person)
            .where(t.invitation.c.checkin_id == checkin_id, t.invitation.c.person > after)
            .order_by(t.invitation.c.person)
            .limit(AT_ONCE)
        )
    )


def invited_to(db: Connection, person: str) -> list[tuple[Checkin, Invitation]]:
    """Every check-in that this person was asked in."""
    found = db.execute(
        select(t.checkin, t.invitation.c.zone, t.invitation.c.away, t.invitation.c.answered.label("said"))
        .join(t.invitation, t.invitation.c.checkin_id == t.checkin.c.id)
        .where(t.invitation.c.person == person)
        .order_by(t.checkin.c.date)
    )
    return [(_checkin(row), Invitation(person, row.zone, row.away, row.said)) for row in found]


def flag_answered(db: Connection, checkin_id: str, people: Collection[str]) -> None:
    """These people answered. Written once, at the close, for everybody."""
    db.execute(
        update(t.invitation)
        .where(t.invitation.c.checkin_id == checkin_id, t.invitation.c.person.in_(people))
        .values(answered=True, away=False)
    )


def close(
    db: Connection, checkin_id: str, result: CheckinResult, *, enough: bool, state: CheckinState, now: datetime
) -> bool:
    """Keep what may be shown. False when somebody else closed it just now."""
    statement = update(t.checkin).where(t.checkin.c.id == checkin_id, t.checkin.c.state.in_(UNDER_WAY))
    values = {
        "state": state,
        "closed_at": now,
        "invited": result.invited,
        "answered": result.answered,
        "enough_answers": enough,
        "result": _result_json(result),
    }
    return db.execute(statement.values(**values)).rowcount == 1


def _checkin(row: Row[Any]) -> Checkin:
    return Checkin(
        row.id,
        row.wave_id,
        row.run,
        row.day,
        row.date,
        row.closes_at,
        row.policy_version,
        CheckinState(row.state),
        row.cursor,
        row.closed_at,
        row.invited,
        row.answered,
        row.enough_answers,
        None if row.result is None else _result(row.result),
    )


def _result_json(result: CheckinResult) -> dict[str, Any]:
    return {
        "invited": result.invited,
        "answered": result.answered,
        "away": result.away,
        "scales": {
            ask: {
                "answered": shown.answered,
                "stretches": [[part.low, part.high, part.people] for part in shown.stretches],
                "few": list(shown.few) if shown.few else None,
            }
            for ask, shown in result.scales.items()
        },
    }


def _result(data: Mapping[str, Any]) -> CheckinResult:
    scales = {
        Ask(ask): AnswerScale(
            shown["answered"],
            tuple(Stretch(*part) for part in shown["stretches"]),
            (shown["few"][0], shown["few"][1]) if shown["few"] else None,
        )
        for ask, shown in data["scales"].items()
    }
    return CheckinResult(data["invited"], data["answered"], scales, data["away"])

"""What the gates of a rollout look at, and the status card beside them, in one question to the database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, bindparam, case, func, literal_column, select

from bot.domain.checkin import CheckinState, Verdict
from bot.domain.delivery import DeliveryState
from bot.domain.gates import Gate, Override
from bot.domain.progress import Progress, Rollout
from bot.domain.pushback import CORE_ENTRIES
from bot.store import month_tables as m
from bot.store import tables as t
from bot.store.launches import REMEMBERED, STEPS, progresses_in
from bot.store.month_tables import FaultState
from bot.store.overrides import slot_of
from bot.store.statements import is_always, is_among, moment_in, rows_as_json, rows_in
from bot.store.tables import OverrideState

MOST_MISSED = 1_000
"""People who could not be asked in a check-in are counted as far as this."""
NOT_SENT = (DeliveryState.CANCELLED, DeliveryState.FAILED)


@dataclass(frozen=True, slots=True)
class Held:
    """A check-in of a wave's present run. `missed` people could not be asked before it closed (at most MOST_MISSED)."""

    day: int
    state: CheckinState
    closes_at: datetime
    closed_at: datetime | None
    invited: int
    answered: int | None
    enough: bool
    missed: int


@dataclass(frozen=True, slots=True)
class Said:
    """The newest verdict of a wave's present run, and the policy that it was about."""

    verdict: Verdict
    policy_version: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """What there is of every wave, by its id, in its present run; and of the rollout.

    `ready` are the managers who can answer, for the present texts; `waived` the overrides that two managers gave for them;
    `signed` the core answers that somebody signed off, as entry and digest; faults are those that block.
    """

    progress: dict[str, Progress]
    held: dict[str, list[Held]]
    said: dict[str, Said]
    ready: dict[str, frozenset[str]]
    waived: dict[str, tuple[Override, ...]]
    signed: frozenset[tuple[str, str]]
    faults: int
    signs: int


def of(db: Connection, rollout: Rollout) -> Evidence:
    """Everything that the gates of any of its launches look at."""
    return in_row(db.execute(_EVIDENCE, {"rollout": rollout.id}).one(), rollout)


def in_row(row: Any, rollout: Rollout) -> Evidence:
    """The same from what COLUMNS brought."""
    return Evidence(
        progresses_in(row.steps, rollout.waves),
        _held(row.checkins, rollout),
        _said(row.verdicts, rollout),
        _ready(row.ready, rollout),
        _waived(row.waived, rollout),
        frozenset((entry, digest) for entry, digest in rows_in(row.signed)),
        row.faults,
        row.signs,
    )


def _held(text: str | None, rollout: Rollout) -> dict[str, list[Held]]:
    found: dict[str, list[tuple[str, Held]]] = {wave.id: [] for wave in rollout.waves}
    for wave_id, date, *held in _present(text, rollout):
        found[wave_id].append((date, _held_in(tuple(held))))
    return {wave_id: [each for _date, each in sorted(some, key=_when)] for wave_id, some in found.items()}


@lru_cache(maxsize=REMEMBERED)
def _held_in(row: tuple[Any, ...]) -> Held:
    day, state, closes_at, closed_at, invited, answered, enough, missed = row
    return Held(
        day, CheckinState(state), _moment(closes_at), moment_in(closed_at), invited, answered, bool(enough), missed
    )


def _said(text: str | None, rollout: Rollout) -> dict[str, Said]:
    found: dict[str, Said] = {}
    rows = [(_moment(given_at), *rest, wave_id) for wave_id, given_at, *rest in _present(text, rollout)]
    for at, _id, verdict, policy_version, wave_id in sorted(rows):
        found[wave_id] = Said(Verdict(verdict), policy_version, at)
    return found


def _ready(text: str | None, rollout: Rollout) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {wave.id: set() for wave in rollout.waves}
    for wave_id, manager in _present(text, rollout):
        found[wave_id].add(manager)
    return {wave_id: frozenset(managers) for wave_id, managers in found.items()}


def _waived(text: str | None, rollout: Rollout) -> dict[str, tuple[Override, ...]]:
    found: dict[str, tuple[Override, ...]] = {wave.id: () for wave in rollout.waves}
    for wave_id, gate, slot, because, asked_by, approved_by in rows_in(text):
        wave = rollout.wave_with_id(wave_id)
        if wave is not None and slot == slot_of(rollout, wave, Gate(gate)):
            found[wave_id] += (Override(Gate(gate), because, asked_by, approved_by),)
    return found


def _present(text: str | None, rollout: Rollout) -> Iterable[list[Any]]:
    """The rows of each wave's present run, without the run."""
    runs = {wave.id: wave.run for wave in rollout.waves}
    return ([wave_id, *rest] for wave_id, run, *rest in rows_in(text) if runs.get(wave_id) == run)


def _when(dated: tuple[str, Held]) -> str:
    return dated[0]


def _moment(text: str) -> datetime:
    moment = moment_in(text)
    if moment is None:
        msg = "this always has a time"
        raise ValueError(msg)
    return moment


def _rows(name: str, *columns: ColumnElement[Any], where: Iterable[ColumnElement[bool]]) -> ColumnElement[str]:
    return select(rows_as_json(*columns)).where(*where).correlate(t.rollout).scalar_subquery().label(name)


def _count(name: str, *where: ColumnElement[bool]) -> ColumnElement[int]:
    return select(func.count()).where(*where).correlate(t.rollout).scalar_subquery().label(name)


_own = t.wave.c.rollout_id == t.rollout.c.id
_key = literal_column("'checkin:'", Text) + m.checkin.c.id + literal_column("':'", Text)
_not_asked = (
    select(t.delivery.c.id)
    .where(
        t.delivery.c.rollout_id == t.rollout.c.id,
        is_among(t.delivery.c.state, NOT_SENT),
        t.delivery.c.key >= _key,
        t.delivery.c.key < _key + literal_column("'\uffff'", Text),
    )
    .limit(literal_column(str(MOST_MISSED)))
    .correlate(m.checkin, t.rollout)
    .subquery()
)
_missed = select(func.count()).select_from(_not_asked).scalar_subquery()

COLUMNS = (
    STEPS,
    _rows(
        "checkins",
        m.checkin.c.wave_id,
        m.checkin.c.run,
        m.checkin.c.date,
        m.checkin.c.day,
        m.checkin.c.state,
        m.checkin.c.closes_at,
        m.checkin.c.closed_at,
        m.checkin.c.invited,
        m.checkin.c.answered,
        m.checkin.c.enough_answers,
        case((is_always(m.checkin.c.state, CheckinState.CLOSED), _missed), else_=literal_column("0")),
        where=(m.checkin.c.wave_id == t.wave.c.id, _own),
    ),
    _rows(
        "verdicts",
        m.verdict.c.wave_id,
        m.verdict.c.run,
        m.verdict.c.given_at,
        m.verdict.c.id,
        m.verdict.c.verdict,
        m.verdict.c.policy_version,
        where=(m.verdict.c.wave_id == t.wave.c.id, _own),
    ),
    _rows(
        "ready",
        t.briefing.c.wave_id,
        t.briefing.c.run,
        t.briefing.c.manager,
        where=(
            t.briefing.c.wave_id == t.wave.c.id,
            _own,
            t.briefing.c.reason_version == t.rollout.c.reason_version,
            t.briefing.c.policy_version == t.rollout.c.policy_version,
            t.briefing.c.ready_at.is_not(None),
        ),
    ),
    _rows(
        "waived",
        t.override.c.wave_id,
        t.override.c.gate,
        t.override.c.slot,
        t.override.c.because,
        t.override.c.asked_by,
        t.override.c.approved_by,
        where=(t.override.c.rollout_id == t.rollout.c.id, is_always(t.override.c.state, OverrideState.APPROVED)),
    ),
    _rows(
        "signed",
        t.sign_off.c.entry,
        t.sign_off.c.digest,
        where=(t.sign_off.c.rollout_id == t.rollout.c.id, is_among(t.sign_off.c.entry, CORE_ENTRIES)),
    ),
    _count("faults", m.fault.c.wave_id == t.wave.c.id, _own, is_always(m.fault.c.state, FaultState.BLOCKING)),
    _count("signs", m.sign.c.rollout_id == t.rollout.c.id, m.sign.c.attended_at.is_(None)),
)
"""For statements about rollouts that bring their evidence along (`in_row`)."""
_EVIDENCE = select(*COLUMNS).select_from(t.rollout).where(t.rollout.c.id == bindparam("rollout"))

"""The outbox: deliveries that were decided on, and what became of each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    update,
)

from bot.domain.delivery import BULK, LONGEST_RETRY, NEXT, DeliveryKind, DeliveryState
from bot.store import instance_tables, restorations
from bot.store import tables as t
from bot.store.restorations import Restoration
from bot.store.statements import id_of, insert_new, insert_or_update, is_always, is_among

_ROLLOUT: BindParameter[str] = bindparam("rollout")


def is_unsettled(whose: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a delivery of this rollout needs somebody's eyes."""
    state = t.delivery.c.state
    return and_(
        t.delivery.c.rollout_id == whose,
        # what follows says so too, but only this leads along the index past all that was sent
        is_among(state, (DeliveryState.AMBIGUOUS, DeliveryState.FAILED, DeliveryState.UNSURE)),
        or_(
            is_among(state, (DeliveryState.AMBIGUOUS, DeliveryState.FAILED)),
            and_(is_always(state, DeliveryState.UNSURE), t.delivery.c.first_tried_at <= bindparam("tried_before")),
        ),
    )


_UNSETTLED = select(t.delivery).where(is_unsettled(_ROLLOUT)).order_by(t.delivery.c.created_at).limit(bindparam("most"))
COUNTED = 500
"""So many deliveries are counted while somebody waits; what is beyond is counted in the background."""


def how_many_are_on_their_way(whose: ColumnElement[str], most: int | None) -> ColumnElement[int]:
    """How many deliveries of this rollout are on their way, up to one more than `most`; those for later are not."""
    c = t.delivery.c
    own = c.rollout_id == whose
    moving = select(c.id).where(own, is_among(c.state, (DeliveryState.SENDING, DeliveryState.UNSURE)))
    waiting = select(c.id).where(
        own,
        is_always(c.state, DeliveryState.PENDING),
        is_among(c.waits_in_pause, (False, True)),  # names the index's columns, which leads past what is for later
        is_among(c.bulk, (False, True)),
        c.due_at <= bindparam("soon"),
        or_(c.due_at <= bindparam("now"), c.attempts > literal_column("0")),
    )
    return _number(moving, most) + _number(waiting, most)


def _number(rows: Select[Any], most: int | None) -> ColumnElement[int]:
    bounded = rows if most is None else rows.limit(most + 1)
    return select(func.count()).select_from(bounded.correlate(t.rollout).subquery()).scalar_subquery()


_ALL_ON_THEIR_WAY = select(how_many_are_on_their_way(_ROLLOUT, None))
EVERY_METHOD = "*"
"""Blocks all of them: see bot/store/standstill.py."""
_BLOCKED = select(func.max(instance_tables.rate_block.c.blocked_until)).where(
    or_(
        instance_tables.rate_block.c.method == bindparam("method"),
        instance_tables.rate_block.c.method == EVERY_METHOD,
    )
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A delivery to be written beside a state change. `key` is unique: writing it twice changes nothing."""

    key: str
    kind: DeliveryKind
    recipient: str
    rollout_id: str
    data: dict[str, Any]
    launch_id: str | None = None
    follows: str | None = None
    """The `key` of the delivery that has to be settled before this one: sent, or found to be unneeded. What a
    person must have been given before is checked again when this one goes."""
    waits_in_pause: bool = True
    due_at: datetime | None = None
    """When it may go; None for now."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery as stored."""

    id: str
    key: str
    kind: DeliveryKind
    recipient: str
    rollout_id: str
    data: dict[str, Any]
    launch_id: str | None
    state: DeliveryState
    attempts: int
    first_tried_at: datetime | None
    sent_channel: str | None
    sent_ts: str | None
    error: str


def write(db: Connection, drafts: Sequence[Draft], *, now: datetime) -> int:
    """Put deliveries into the outbox. Returns how many are new.

    What may have been sent after the backup was taken that this database was restored from is looked for first. It is
    found because a delivery's id follows from its key.
    """
    restored = restorations.lately(db, now=now)
    return insert_new(
        db,
        t.delivery,
        [
            {
                "id": id_of("delivery", draft.key),
                "key": draft.key,
                "kind": draft.kind,
                "bulk": draft.kind in BULK,
                "data": draft.data,
                "recipient": draft.recipient,
                "rollout_id": draft.rollout_id,
                "launch_id": draft.launch_id,
                "follows": draft.follows,
                "waits_in_pause": draft.waits_in_pause,
                "due_at": draft.due_at or now,
                "created_at": now,
                "attempts": 0,
                "error": "",
                **_first_state(draft, restored),
            }
            for draft in drafts
        ],
    )


def _first_state(draft: Draft, restored: Restoration | None) -> dict[str, Any]:
    if restored is None or (draft.due_at is not None and draft.due_at > restored.restored_at):
        return {"state": DeliveryState.PENDING, "first_tried_at": None}
    return {"state": DeliveryState.UNSURE, "first_tried_at": restored.taken_at}


def key_not_cancelled(db: Connection, key: str) -> str:
    """This key, or the next of its kind when the delivery under it was taken back: it is needed after all."""
    c = t.delivery.c
    tries = db.scalars(
        select(c.state).where(or_(c.key == key, and_(c.key >= f"{key}:", c.key < f"{key};"))).order_by(c.key)
    ).all()
    if not tries or any(state != DeliveryState.CANCELLED for state in tries):
        return f"{key}:{len(tries)}" if len(tries) > 1 else key
    return f"{key}:{len(tries) + 1}"


def claim(
    db: Connection, owner: str, *, now: datetime, lease_until: datetime, limit: int, busy: Collection[str] = ()
) -> list[Delivery]:
    """Take up to `limit` deliveries that may go now, one per recipient, oldest first, those to many people last.

    Passed over: what waits for its time, for the message before it, for the end of a pause, or for a recipient who
    has a message under way (`busy` names more of them).
    """
    chosen: dict[str, str] = {}
    for row in _candidates(db, now=now, limit=limit * 4, busy=busy):
        chosen.setdefault(row.recipient, row.id)
    ids = list(chosen.values())[:limit]
    if not ids:
        return []
    db.execute(
        update(t.delivery)
        .where(t.delivery.c.id.in_(ids))
        .values(
            state=DeliveryState.SENDING,
            owner=owner,
            lease_until=lease_until,
            attempts=t.delivery.c.attempts + 1,
            first_tried_at=func.coalesce(t.delivery.c.first_tried_at, now),
        )
    )
    rows = {row.id: _delivery(row) for row in db.execute(select(t.delivery).where(t.delivery.c.id.in_(ids)))}
    return [rows[i] for i in ids]


def anything_waits(db: Connection, *, now: datetime, busy: Collection[str] = ()) -> bool:
    """Whether anything may go now, as far as the outbox is concerned."""
    return bool(_candidates(db, now=now, limit=1, busy=busy))


def _candidates(db: Connection, *, now: datetime, limit: int, busy: Collection[str]) -> list[Row[Any]]:
    """The first in the queue, in its order; nobody else claims them meanwhile.

    The queue may be a hundred thousand long, so it is read along its index and no further than needed. While a rollout
    is paused, its part of the queue is passed over rather than read: then each rollout is asked for its own.
    """
    c = t.delivery.c
    places = db.execute(select(t.rollout.c.id, t.rollout.c.paused_at)).all()
    parts: list[tuple[ColumnElement[bool], ...]] = [()]
    if any(place.paused_at for place in places):
        parts = [
            (c.rollout_id == place.id, c.waits_in_pause.is_(waits))
            for place in places
            for waits in ((False,) if place.paused_at else (False, True))
        ]
    if busy:
        parts = [(*part, c.recipient.not_in(busy)) for part in parts]
    found: list[Row[Any]] = []
    for statement in _FIRST_IN_QUEUE.values():
        if len(found) < limit:
            asked = [statement.where(*part) if part else statement for part in parts]
            ranks = [row for each in asked for row in db.execute(each, {"now": now, "limit": limit})]
            found += sorted(ranks, key=lambda row: (row.due_at, row.created_at, row.id))
    return found[:limit]


def _first_in_queue(*, bulk: bool) -> Select[Any]:
    """For `now`, the first `limit` of the queue. Built once: it is asked every second."""
    c = t.delivery.c
    before, under_way = t.delivery.alias("before"), t.delivery.alias("under_way")
    settled = [DeliveryState.SENT, DeliveryState.CANCELLED]
    moving = [DeliveryState.SENDING, DeliveryState.UNSURE]
    return (
        select(c.id, c.recipient, c.due_at, c.created_at)
        .where(
            c.state == DeliveryState.PENDING,
            c.bulk.is_(bulk),
            c.due_at <= bindparam("now"),
            or_(
                c.follows.is_(None),
                select(before.c.id).where(before.c.key == c.follows, before.c.state.in_(settled)).exists(),
            ),
            ~select(under_way.c.id).where(under_way.c.recipient == c.recipient, under_way.c.state.in_(moving)).exists(),
        )
        .order_by(c.due_at, c.created_at, c.id)
        .limit(bindparam("limit"))
        .with_for_update(skip_locked=True, of=t.delivery)
    )


_FIRST_IN_QUEUE = {bulk: _first_in_queue(bulk=bulk) for bulk in (False, True)}


def claim_unsure(
    db: Connection, owner: str, *, now: datetime, lease_until: datetime, limit: int, mine: Collection[str] = ()
) -> list[Delivery]:
    """Take deliveries that may have reached Slack without our knowing.

    These are the ones whose sender's lease ran out (it died, or its clock did), and the ones marked unsure whose
    time to look has come. `mine` are under way in this very process, whatever the clock says.
    """
    ids = list(
        db.scalars(
            select(t.delivery.c.id)
            .where(
                or_(
                    and_(t.delivery.c.state == DeliveryState.SENDING, t.delivery.c.lease_until <= now),
                    and_(
                        t.delivery.c.state == DeliveryState.UNSURE,
                        t.delivery.c.due_at <= now,
                        or_(t.delivery.c.lease_until.is_(None), t.delivery.c.lease_until <= now),
                    ),
                ),
                t.delivery.c.id.not_in(mine),
            )
            .order_by(t.delivery.c.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )
    if not ids:
        return []
    db.execute(
        update(t.delivery)
        .where(t.delivery.c.id.in_(ids))
        .values(state=DeliveryState.UNSURE, owner=owner, lease_until=lease_until)
    )
    return [_delivery(row) for row in db.execute(select(t.delivery).where(t.delivery.c.id.in_(ids)))]


def move(
    db: Connection,
    delivery: Delivery,
    state: DeliveryState,
    *,
    owner: str | None = None,
    due_at: datetime | None = None,
    error: str = "",
    sent_channel: str | None = None,
    sent_ts: str | None = None,
    sent_at: datetime | None = None,
) -> bool:
    """Move a delivery on. False when it is no longer where the caller saw it, or no longer the caller's."""
    if state not in NEXT[delivery.state]:
        msg = f"a delivery cannot go from {delivery.state} to {state}"
        raise ValueError(msg)
    statement = update(t.delivery).where(t.delivery.c.id == delivery.id, t.delivery.c.state == delivery.state)
    if owner is not None:
        statement = statement.where(t.delivery.c.owner == owner)
    values: dict[str, Any] = {"state": state, "error": error, "owner": None, "lease_until": None}
    if due_at is not None:
        values["due_at"] = due_at
    if state is DeliveryState.SENT:
        values |= {"sent_channel": sent_channel, "sent_ts": sent_ts, "sent_at": sent_at}
    return db.execute(statement.values(**values)).rowcount == 1


def let_go(db: Connection, owner: str, *, due_at: datetime) -> int:
    """What this owner still has claimed may have left: it is looked for from `due_at` on. Returns how many those are."""
    c = t.delivery.c
    sending = update(t.delivery).where(c.owner == owner, c.state == DeliveryState.SENDING)
    values: dict[str, Any] = {"owner": None, "lease_until": None}
    gone = db.execute(sending.values(state=DeliveryState.UNSURE, due_at=due_at, error="stopped", **values)).rowcount
    db.execute(update(t.delivery).where(c.owner == owner, c.state == DeliveryState.UNSURE).values(**values))
    return gone


def put_off(db: Connection, delivery: Delivery, due_at: datetime, *, owner: str) -> None:
    """A claimed delivery must not go at this hour, or did not leave in time: it waits, as if nobody had tried."""
    db.execute(
        update(t.delivery)
        .where(t.delivery.c.id == delivery.id, t.delivery.c.state == DeliveryState.SENDING, t.delivery.c.owner == owner)
        .values(
            state=DeliveryState.PENDING,
            due_at=due_at,
            owner=None,
            lease_until=None,
            attempts=delivery.attempts - 1,
            first_tried_at=None if delivery.attempts == 1 else delivery.first_tried_at,
        )
    )


def reschedule(db: Connection, key: str, due_at: datetime) -> bool:
    """Move a delivery that has not left to another time. False when it has, or is none."""
    statement = update(t.delivery).where(t.delivery.c.key == key, t.delivery.c.state == DeliveryState.PENDING)
    return db.execute(statement.values(due_at=due_at)).rowcount == 1


def on_their_way(db: Connection, rollout_id: str, *, now: datetime) -> int:
    """How many deliveries of this rollout are on their way, however many they are."""
    return int(db.scalar(_ALL_ON_THEIR_WAY, {"rollout": rollout_id, "now": now, "soon": now + LONGEST_RETRY}) or 0)


def states_of(db: Connection, prefix: str) -> dict[DeliveryState, int]:
    """How many deliveries whose key begins like this are in which state."""
    c = t.delivery.c
    rows = db.execute(select(c.state, func.count()).where(c.key >= prefix, c.key < prefix + "\uffff").group_by(c.state))
    return {DeliveryState(state): number for state, number in rows}


def number_of(db: Connection, rollout_id: str, prefix: str, states: Collection[DeliveryState], *, most: int) -> int:
    """How many deliveries whose key begins like this are in these states, counted as far as `most`."""
    c = t.delivery.c
    rows = select(c.id).where(
        c.rollout_id == rollout_id, c.state.in_(states), c.key >= prefix, c.key < prefix + "\uffff"
    )
    return int(db.scalar(select(func.count()).select_from(rows.limit(most).subquery())) or 0)


def look_again_later(db: Connection, delivery: Delivery, *, owner: str, due_at: datetime, error: str) -> None:
    """An unsure delivery could not be looked up yet; try again then. Nothing when somebody else looks by now."""
    c = t.delivery.c
    db.execute(
        update(t.delivery)
        .where(c.id == delivery.id, c.state == DeliveryState.UNSURE, c.owner == owner)
        .values(due_at=due_at, lease_until=None, owner=None, error=error, attempts=t.delivery.c.attempts + 1)
    )


def by_id(db: Connection, delivery_id: str) -> Delivery | None:
    """One delivery, or None."""
    row = db.execute(select(t.delivery).where(t.delivery.c.id == delivery_id)).one_or_none()
    return None if row is None else _delivery(row)


def of_launch(db: Connection, launch_id: str) -> list[Delivery]:
    """The deliveries of one launch."""
    return [_delivery(row) for row in db.execute(select(t.delivery).where(t.delivery.c.launch_id == launch_id))]


def unsettled(db: Connection, rollout_id: str, *, tried_before: datetime, most: int) -> list[Delivery]:
    """What a manager should know about: ambiguous and failed deliveries, and those unsure since then; oldest first."""
    rows = db.execute(_UNSETTLED, {"rollout": rollout_id, "tried_before": tried_before, "most": most})
    return [_delivery(row) for row in rows]


def cancel_waiting(db: Connection, rollout_id: str) -> int:
    """Take back everything of this rollout that waits in a pause and has not left yet."""
    return db.execute(
        update(t.delivery)
        .where(
            t.delivery.c.rollout_id == rollout_id,
            t.delivery.c.state == DeliveryState.PENDING,
            t.delivery.c.waits_in_pause,
        )
        .values(state=DeliveryState.CANCELLED, error="relaunched")
    ).rowcount


def block_method(db: Connection, method: str, until: datetime) -> None:
    """Slack said 429: nobody calls this method before then."""
    insert_or_update(db, instance_tables.rate_block, {"method": method, "blocked_until": until})


def blocked_until(db: Connection, method: str) -> datetime | None:
    """Until when Slack does not want this method called; None when it may be."""
    until: datetime | None = db.scalar(_BLOCKED, {"method": method})
    return until


def next_due(db: Connection, after: datetime) -> datetime | None:
    """When, after this moment, a delivery that has not left yet wants attention."""
    due: datetime | None = db.scalar(
        select(func.min(t.delivery.c.due_at)).where(
            t.delivery.c.state.in_([DeliveryState.PENDING, DeliveryState.UNSURE]), t.delivery.c.due_at > after
        )
    )
    return due


def _delivery(row: Row[tuple[object, ...]]) -> Delivery:
    return Delivery(
        row.id,
        row.key,
        DeliveryKind(row.kind),
        row.recipient,
        row.rollout_id,
        row.data,
        row.launch_id,
        DeliveryState(row.state),
        row.attempts,
        row.first_tried_at,
        row.sent_channel,
        row.sent_ts,
        row.error,
    )

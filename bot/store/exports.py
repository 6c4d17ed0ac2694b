"""The ledger of exports: who had a report made, when, of which weeks and what for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, insert, or_, select, update

from bot.domain.report_period import Span
from bot.domain.weeks import read_week
from bot.store import tables as t
from bot.store.statements import new_id
from bot.store.tables import ExportState


@dataclass(frozen=True, slots=True)
class Export:
    """One export as it stands in the ledger. `span` is None where no week was over."""

    id: str
    rollout_id: str
    requested_by: str
    span: Span | None
    purpose: str
    named: bool
    state: ExportState
    previewed_at: datetime
    made_at: datetime | None
    file_id: str | None
    link_until: datetime | None


def preview(db: Connection, rollout_id: str, span: Span | None, *, by: str, now: datetime) -> str:
    """Remember what somebody looked at; returns its id."""
    return _add(db, rollout_id, span, by=by, now=now, state=ExportState.PREVIEWED)


def note_made(
    db: Connection, rollout_id: str, span: Span | None, *, by: str, purpose: str, named: bool, now: datetime
) -> str:
    """An export that was made at once, on the command line."""
    return _add(
        db,
        rollout_id,
        span,
        by=by,
        now=now,
        state=ExportState.DONE,
        purpose=purpose,
        named=named,
        confirmed_at=now,
        made_at=now,
        ended_at=now,
    )


def _add(
    db: Connection, rollout_id: str, span: Span | None, *, by: str, now: datetime, state: ExportState, **more: Any
) -> str:
    export_id = new_id()
    db.execute(
        insert(t.export).values(
            id=export_id,
            rollout_id=rollout_id,
            requested_by=by,
            first_week=str(span.first) if span else None,
            last_week=str(span.last) if span else None,
            state=state,
            previewed_at=now,
            **{"purpose": "", "named": False, "error": "", **more},
        )
    )
    return export_id


def by_id(db: Connection, export_id: str) -> Export | None:
    """One export, or None."""
    row = db.execute(select(t.export).where(t.export.c.id == export_id)).one_or_none()
    return None if row is None else _export(row)


def confirm(db: Connection, export_id: str, purpose: str, *, now: datetime) -> bool:
    """It is wanted, for this purpose. False when somebody (or an earlier click) was quicker."""
    return _move(db, export_id, [ExportState.PREVIEWED], state=ExportState.CONFIRMED, purpose=purpose, confirmed_at=now)


def claim(db: Connection, owner: str, *, now: datetime, lease_until: datetime) -> Export | None:
    """Take an export that is to be made, or one whose maker died."""
    left = and_(t.export.c.state == ExportState.MAKING, t.export.c.lease_until <= now)
    row = db.execute(
        select(t.export)
        .where(or_(t.export.c.state == ExportState.CONFIRMED, left))
        .order_by(t.export.c.confirmed_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return None
    db.execute(
        update(t.export)
        .where(t.export.c.id == row.id)
        .values(state=ExportState.MAKING, owner=owner, lease_until=lease_until)
    )
    return _export(row)


def keep_lease(db: Connection, export_id: str, owner: str, lease_until: datetime) -> bool:
    """The maker is still at it. False when somebody else took over."""
    return db.execute(update(t.export).where(_held(export_id, owner)).values(lease_until=lease_until)).rowcount == 1


def wait(db: Connection, export_id: str, owner: str, until: datetime) -> bool:
    """Slack refused for now: whoever is free takes it up again then. False when somebody else took over."""
    values = {"lease_until": until, "file_id": None}
    return db.execute(update(t.export).where(_held(export_id, owner)).values(**values)).rowcount == 1


def mark_made(db: Connection, export_id: str, *, now: datetime) -> bool:
    """Its figures leave the database now. False when they had left before."""
    statement = update(t.export).where(t.export.c.id == export_id, t.export.c.made_at.is_(None))
    return db.execute(statement.values(made_at=now)).rowcount == 1


def on_its_way(db: Connection, export_id: str, owner: str, file_id: str, *, lease_until: datetime) -> bool:
    """Slack has the file and is about to be told to show it: from here on it may have arrived.

    False when somebody else took over: then it must not be shown.
    """
    values = {"file_id": file_id, "lease_until": lease_until}
    return db.execute(update(t.export).where(_held(export_id, owner)).values(**values)).rowcount == 1


def end(db: Connection, export_id: str, owner: str, state: ExportState, *, error: str = "", now: datetime) -> bool:
    """It has reached whoever asked, or it has not. False when somebody else took over."""
    values = {"state": state, "error": error, "ended_at": now, "owner": None}
    return db.execute(update(t.export).where(_held(export_id, owner)).values(**values)).rowcount == 1


def offer_link(db: Connection, export_id: str, owner: str, digest: str, *, until: datetime, now: datetime) -> bool:
    """Whoever asked gets a link that works once, since the server takes no files. False when somebody else took over."""
    values = {
        "state": ExportState.OFFERED,
        "link_digest": digest,
        "link_until": until,
        "ended_at": now,
        "owner": None,
    }
    return db.execute(update(t.export).where(_held(export_id, owner)).values(**values)).rowcount == 1


def by_link(db: Connection, digest: str, *, now: datetime) -> Export | None:
    """The export whose link this is, while it works."""
    row = db.execute(
        select(t.export).where(
            t.export.c.link_digest == digest, t.export.c.state == ExportState.OFFERED, t.export.c.link_until > now
        )
    ).one_or_none()
    return None if row is None else _export(row)


def use_link(db: Connection, export_id: str, *, now: datetime) -> bool:
    """The link was used. False when it was used before."""
    return _move(db, export_id, [ExportState.OFFERED], state=ExportState.DONE, link_digest=None, ended_at=now)


def forget_unconfirmed(db: Connection, before: datetime) -> int:
    """Delete the previews from before that moment; nobody confirms them any more."""
    return db.execute(
        delete(t.export).where(t.export.c.state == ExportState.PREVIEWED, t.export.c.previewed_at < before)
    ).rowcount


def made(db: Connection, rollout_id: str, limit: int = 5) -> list[Export]:
    """The newest exports that were made, newest first."""
    rows = db.execute(
        select(t.export)
        .where(t.export.c.rollout_id == rollout_id, t.export.c.made_at.is_not(None))
        .order_by(t.export.c.made_at.desc(), t.export.c.id)
        .limit(limit)
    )
    return [_export(row) for row in rows]


def _held(export_id: str, owner: str) -> ColumnElement[bool]:
    """It is being made, by this one."""
    return and_(t.export.c.id == export_id, t.export.c.state == ExportState.MAKING, t.export.c.owner == owner)


def _move(db: Connection, export_id: str, before: list[ExportState], **values: Any) -> bool:
    statement = update(t.export).where(t.export.c.id == export_id, t.export.c.state.in_(before))
    return db.execute(statement.values(**values)).rowcount == 1


def _export(row: Row[Any]) -> Export:
    return Export(
        row.id,
        row.rollout_id,
        row.requested_by,
        Span(read_week(row.first_week), read_week(row.last_week)) if row.first_week and row.last_week else None,
        row.purpose,
        row.named,
        ExportState(row.state),
        row.previewed_at,
        row.made_at,
        row.file_id,
        row.link_until,
    )

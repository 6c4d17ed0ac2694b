"""Exports of HR's report: looked at, confirmed with a purpose, entered in the ledger, and only then made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.domain.progress import Rollout
from bot.domain.report import LastExport, ReportFigures
from bot.domain.report_period import Span, read_period
from bot.domain.timeline import Event
from bot.domain.weeks import read_week
from bot.services import reporting
from bot.services.reporting import Wanted
from bot.services.standing import locked
from bot.services.voices import Ear
from bot.store import exports, timeline
from faq.book import Book

OPERATOR = "operator"
NO_WEEK = "no week yet"


@dataclass(frozen=True, slots=True)
class Order:
    """What an operator asks for: weeks as they are written, or None for the first and the last that is over."""

    first: str | None
    last: str | None
    purpose: str
    named: bool = False


def by_operator(db: Connection, rollout_id: str, ear: Ear, book: Book, order: Order, *, now: datetime) -> ReportFigures:
    """Enter it in the ledger, and gather the figures. Raises NoSuchPeriod, NoSuchWeek or Outdated."""
    rollout = locked(db, rollout_id)
    span = _ordered(order, reporting.weeks_over(db, rollout, ear, now=now))
    last = last_export(db, rollout)
    exports.note_made(db, rollout.id, span, by=OPERATOR, purpose=order.purpose, named=order.named, now=now)
    _tell(db, rollout, span, by=OPERATOR, purpose=order.purpose, named=order.named, now=now)
    wanted = Wanted(span, OPERATOR, order.purpose, named=order.named)
    return reporting.gathered(db, rollout, ear, book, wanted, last=last, now=now)


def last_export(db: Connection, rollout: Rollout) -> LastExport | None:
    """The newest export of this rollout, by whomever."""
    found = exports.made(db, rollout.id, 1)
    if not found or found[0].made_at is None:
        return None
    return LastExport(found[0].made_at, found[0].span.last if found[0].span else None)


def weeks_words(span: Span | None) -> str:
    """The weeks of an export, for the ledger."""
    return str(span) if span else NO_WEEK


def _ordered(order: Order, over: Span | None) -> Span | None:
    if over is None or not (order.first or order.last):
        return over
    first = read_week(order.first) if order.first else over.first
    last = read_week(order.last) if order.last else over.last
    return read_period(f"{first}..{last}", over)


def _tell(
    db: Connection, rollout: Rollout, span: Span | None, *, by: str, purpose: str, named: bool, now: datetime
) -> None:
    """The timeline that employees see says so, before any figure leaves."""
    data: dict[str, str | int] = {"weeks": weeks_words(span), "purpose": purpose}
    if named:
        data["with"] = "the list of notices by name"
    timeline.append(db, rollout.id, Event.EXPORTED, actor=by, now=now, data=data)

"""Exports of HR's report: looked at, confirmed with a purpose, entered in the ledger, and only then made."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.domain.authority import may_report, require
from bot.domain.progress import Rollout
from bot.domain.refusals import ExportedAlready, Outdated
from bot.domain.report import LastExport, ReportFigures
from bot.domain.report_period import Span, read_period
from bot.domain.timeline import Event
from bot.domain.weeks import read_week
from bot.services import reporting
from bot.services.overriding import refuse_link
from bot.services.reporting import Wanted
from bot.services.standing import locked
from bot.services.voices import Ear
from bot.store import exports, timeline
from bot.store.exports import Export
from bot.store.tables import ExportState
from bot.views.exports import ExportTold
from faq.book import Book

OPERATOR = "operator"
NO_WEEK = "no week yet"
LONGEST_PURPOSE = 300


@dataclass(frozen=True, slots=True)
class Order:
    """What an operator asks for: weeks as they are written, or None for the first and the last that is over."""

    first: str | None
    last: str | None
    purpose: str
    named: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """What somebody looks at before they confirm."""

    export_id: str
    asked: Span | None
    figures: ReportFigures


@dataclass(frozen=True, slots=True)
class Made:
    """The figures of one export, and the waves' teams; ready to be written down."""

    figures: ReportFigures
    teams: Mapping[str, str]
    file_name: str


@dataclass(frozen=True, slots=True)
class NotMade:
    """An export that must not be made any more, in a word for the log."""

    why: str


def allowed(rollout: Rollout, person: str) -> None:
    """Raises NotAllowed unless this person may export."""
    require(person, may_report(rollout.plan), "export the pushback report")


def preview(db: Connection, rollout_id: str, ear: Ear, book: Book, text: str, *, by: str, now: datetime) -> Preview:
    """Look at what a report of these weeks would say. Raises NotAllowed, NoSuchPeriod or Outdated."""
    rollout = locked(db, rollout_id)
    allowed(rollout, by)
    span = read_period(text, reporting.weeks_over(db, rollout, ear, now=now))
    figures = reporting.gathered(db, rollout, ear, book, Wanted(span, by), last=last_export(db, rollout), now=now)
    return Preview(exports.preview(db, rollout.id, span, by=by, now=now), span, figures)


def previewed(db: Connection, export_id: str, *, by: str) -> tuple[Rollout, Export]:
    """The export that somebody presses a button about. Raises NotAllowed, Outdated or ExportedAlready."""
    export = exports.by_id(db, export_id)
    if export is None or export.requested_by != by:
        raise Outdated
    rollout = locked(db, export.rollout_id)
    allowed(rollout, by)
    if export.state is not ExportState.PREVIEWED:
        raise ExportedAlready
    return rollout, export


def confirm(db: Connection, export_id: str, purpose: str, *, by: str, now: datetime) -> Export:
    """It is to be made, for this purpose. Raises NotAllowed, Outdated, ExportedAlready or NamesTheLink."""
    rollout, export = previewed(db, export_id, by=by)
    words = " ".join(purpose.split())[:LONGEST_PURPOSE]
    refuse_link(rollout, words)
    if not exports.confirm(db, export_id, words, now=now):
        raise ExportedAlready
    return export


def make(
    db: Connection, export: Export, ear: Ear, book: Book, names: Mapping[str, str], *, now: datetime
) -> Made | NotMade:
    """Look at the authority again, enter it in the ledger, and gather the figures."""
    rollout = locked(db, export.rollout_id)
    if export.requested_by not in may_report(rollout.plan):
        return NotMade("not_allowed_any_more")
    last = last_export(db, rollout, but=export.id)
    if exports.mark_made(db, export.id, now=now):
        _tell(db, rollout, export.span, by=export.requested_by, purpose=export.purpose, named=False, now=now)
    wanted = Wanted(export.span, export.requested_by, export.purpose, names)
    figures = reporting.gathered(db, rollout, ear, book, wanted, last=last, now=now)
    return Made(figures, teams_of(rollout), file_name(rollout, figures))


def teams_of(rollout: Rollout) -> dict[str, str]:
    """The waves' teams by the wave's name, in the plan's order."""
    return {wave.name: wave.wave.team for wave in rollout.waves}


def file_name(rollout: Rollout, figures: ReportFigures) -> str:
    """`pushback-hourglass-2026-W49-2026-W52.xlsx`."""
    span = figures.found.about.span
    weeks = f"-{span.first}-{span.last}" if span else ""
    return f"pushback-{rollout.name}{weeks}.xlsx"


def digest_of(token: str) -> str:
    """What the ledger keeps of a download link: enough to know it again, and not enough to use it."""
    return hashlib.sha256(token.encode()).hexdigest()


def linked(db: Connection, token: str, *, use: bool, now: datetime) -> Export | None:
    """The export whose link this is, as long as it works. `use`: from now on it does not."""
    export = exports.by_link(db, digest_of(token), now=now)
    if export is None or (use and not exports.use_link(db, export.id, now=now)):
        return None
    return export


def people_named(rollout: Rollout, requested_by: str) -> tuple[str, ...]:
    """Those whose names stand in a workbook: the people in charge, and who asked for it."""
    plan = rollout.plan
    managers = (manager for wave in plan.waves for manager in wave.managers)
    contact = (plan.contact,) if plan.contact else ()
    return tuple(dict.fromkeys((requested_by, *plan.owners, *plan.hr, *contact, *managers)))


def told(db: Connection, rollout: Rollout, limit: int = 3) -> list[ExportTold]:
    """The newest exports, for employees to see."""
    return [
        ExportTold(each.made_at, each.requested_by, weeks_words(each.span), each.purpose)
        for each in exports.made(db, rollout.id, limit)
        if each.made_at
    ]


def by_operator(db: Connection, rollout_id: str, ear: Ear, book: Book, order: Order, *, now: datetime) -> ReportFigures:
    """Enter it in the ledger, and gather the figures. Raises NoSuchPeriod, NoSuchWeek or Outdated."""
    rollout = locked(db, rollout_id)
    span = _ordered(order, reporting.weeks_over(db, rollout, ear, now=now))
    last = last_export(db, rollout)
    exports.note_made(db, rollout.id, span, by=OPERATOR, purpose=order.purpose, named=order.named, now=now)
    _tell(db, rollout, span, by=OPERATOR, purpose=order.purpose, named=order.named, now=now)
    wanted = Wanted(span, OPERATOR, order.purpose, named=order.named)
    return reporting.gathered(db, rollout, ear, book, wanted, last=last, now=now)


def last_export(db: Connection, rollout: Rollout, *, but: str = "") -> LastExport | None:
    """The newest export of this rollout, by whomever; `but` is one that is being made."""
    for each in exports.made(db, rollout.id, 2):
        if each.made_at and each.id != but:
            return LastExport(each.made_at, each.span.last if each.span else None)
    return None


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

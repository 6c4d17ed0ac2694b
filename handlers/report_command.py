"""`/pushback report`: a preview, then a purpose, then an export that is made elsewhere (scheduler/reports.py)."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.domain.progress import Rollout
from bot.domain.report_period import NoSuchPeriod
from bot.ports import Post
from bot.services import exporting, publishing, standing
from bot.services.exporting import Preview
from bot.views.exports import export_preview, preview_comes, purpose_form
from bot.views.pieces import notice
from handlers.desk import Click, Desk
from handlers.throttle import Act

PUBLISHED_AT_ONCE = 3
"""How many stretches of weeks are published while somebody waits for an answer."""


async def preview_report(desk: Desk, person: str, name: str | None, text: str) -> Post:
    """What a report of these weeks would say. Raises Refused or NotAllowed."""
    now = desk.now()

    def find(db: Connection) -> Rollout:
        rollout = standing.pick(db, name)
        exporting.allowed(rollout, person)
        return rollout

    rollout = await desk.read(find)
    desk.throttle.spend(person, Act.REPORT)
    for _stretch in range(PUBLISHED_AT_ONCE):
        if not await _publish_next(desk, rollout):
            break
    else:
        if await _publish_next(desk, rollout):
            desk.background.start(_preview_later(desk, rollout, person, text))
            return preview_comes()
    book = desk.library.book
    try:
        return _shown(
            await desk.store(lambda db: exporting.preview(db, rollout.id, desk.ear, book, text, by=person, now=now))
        )
    except NoSuchPeriod as problem:
        return notice(str(problem))


async def open_purpose(desk: Desk, click: Click) -> None:
    """*Export it…* under a preview."""
    _rollout, export = await desk.read(lambda db: exporting.previewed(db, click.value, by=click.person))
    desk.open(click, purpose_form(export.id, exporting.weeks_words(export.span)))


async def _publish_next(desk: Desk, rollout: Rollout) -> bool:
    now, book = desk.now(), desk.library.book
    return await desk.store(lambda db: publishing.publish_next(db, rollout, desk.ear, book, now=now))


async def _preview_later(desk: Desk, rollout: Rollout, person: str, text: str) -> None:
    while await _publish_next(desk, rollout):
        pass
    now, book = desk.now(), desk.library.book
    try:
        shown = _shown(
            await desk.store(lambda db: exporting.preview(db, rollout.id, desk.ear, book, text, by=person, now=now))
        )
    except NoSuchPeriod as problem:
        shown = notice(str(problem))
    desk.say(person, shown)


def _shown(preview: Preview) -> Post:
    return export_preview(preview.export_id, preview.asked, preview.figures)

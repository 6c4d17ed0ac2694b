"""`/rollout hours`: an export is read, judged by groups, and forgotten."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from sqlalchemy import Connection

from bot.domain.authority import require
from bot.domain.progress import Rollout
from bot.domain.signs import SignSource
from bot.hours.unreadable import Unreadable
from bot.ports import SlackRefused
from bot.services import reviews, signs, standing
from bot.views import hours as views
from bot.views.ids import Field, ViewId
from handlers.desk import Desk, log
from handlers.throttle import Act
from handlers.written_forms import FieldErrors, Fill, Reply, Written, show

ROUND_HOURS = 2
"""The number of the sign."""
NOT_FETCHED = "Slack did not give me the file. Try again; files up to 50 MB are read."


async def hours(desk: Desk, form: Written) -> Reply:
    """An export was given: it is read beside the conversation."""
    files = form.ids(Field.HOURS_FILE)
    rollout_id, wave_id = str(form.about.get("rollout")), form.text(Field.WAVE)

    def allowed(db: Connection) -> Rollout:
        rollout = standing.locked(db, rollout_id)
        standing.wave_in(rollout, wave_id)
        require(form.person, reviews.who_looks(rollout), "look at an export of hours")
        return rollout

    rollout = await desk.read(allowed)
    if not files:
        raise FieldErrors({Field.HOURS_FILE: "Choose a file."})
    desk.throttle.spend(form.person, Act.FILE)
    desk.background.start(_look(desk, form.person, rollout, wave_id, files[0]))
    return show(views.being_read())


async def _look(desk: Desk, person: str, rollout: Rollout, wave_id: str, file_id: str) -> None:
    try:
        shared = await desk.directory.shared_file(file_id)
    except SlackRefused as refusal:
        log.warning("export_not_fetched", error=refusal.error)
        desk.say(person, views.not_read(NOT_FETCHED))
        return
    try:
        told, sign = await asyncio.to_thread(_judge, shared.name, shared.content, rollout.plan.rules.k)
    except Unreadable as problem:
        desk.say(person, views.not_read(str(problem)))
        return
    if sign:
        now = desk.now()
        await desk.store(
            lambda db: signs.report(db, rollout.id, wave_id, [ROUND_HOURS], by=person, source=SignSource.HOURS, now=now)
        )
    desk.say(person, views.hours_read(shared.name, told, sign=sign))


def _judge(name: str, content: bytes, k: int) -> tuple[str, bool]:
    """Read and judged from a folder that is gone afterwards: the report in words, and whether it is a sign."""
    from bot.hours.report import as_text, judge_file  # what reads workbooks is a tenth of the bot, and most days idle

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"export{Path(name).suffix[:10]}"
        path.write_bytes(content)
        report = judge_file(path, k=k)
    return as_text(report), report.sign


FILLS: dict[ViewId, Fill] = {ViewId.HOURS: hours}

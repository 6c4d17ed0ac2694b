"""`/rollout hours`: the form that takes an export."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.domain.authority import require
from bot.domain.progress import Rollout
from bot.ports import Post
from bot.services import reviews, standing
from bot.views import hours as views
from bot.views import outcomes
from handlers.desk import Click, Desk


async def open_hours(desk: Desk, click: Click, name: str | None) -> Post:
    """The form that takes an export."""

    def find(db: Connection) -> Rollout:
        rollout = standing.pick(db, name)
        require(click.person, reviews.who_looks(rollout), "look at an export of hours")
        return rollout

    rollout = await desk.read(find)
    waves = [(wave.id, wave.name) for wave in rollout.waves]
    desk.open(click, views.hours_form(rollout.id, waves, rollout.plan.rules.k))
    return outcomes.form_opened()

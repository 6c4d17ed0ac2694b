"""What people object to, by theme, in the weeks that are over: for HR and owners."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from bot.domain.progress import Rollout
from bot.ports import Post
from bot.services.listening import reporter
from bot.services.voices import Ear
from bot.views.pieces import notice


def themes_message(db: Connection, rollout: Rollout, ear: Ear, *, by: str, now: datetime) -> Post:
    """`/pushback themes`. Raises NotAllowed."""
    del db, ear, now
    reporter(rollout, by)
    return notice("No week is over yet.")

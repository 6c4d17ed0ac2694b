"""What people object to, by theme, in the weeks that are over: for HR and owners."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from bot.domain.progress import Rollout
from bot.ports import Post
from bot.services.listening import reporter
from bot.services.publishing import published
from bot.services.voices import Ear
from bot.views.themes import themes_card
from faq.book import Book

SHOWN = 6


def themes_message(db: Connection, rollout: Rollout, ear: Ear, book: Book, *, by: str, now: datetime) -> Post:
    """`/pushback themes`: the newest publications. Raises NotAllowed."""
    reporter(rollout, by)
    found = published(db, rollout, ear, book, now=now)
    return themes_card(rollout.plan.tool, found[-SHOWN:][::-1], k=rollout.plan.rules.k)

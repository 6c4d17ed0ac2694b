"""Taking back one's name, from wherever it is asked for."""

from __future__ import annotations

from bot.ports import NotSent, Post, Unknown
from bot.services import vouching
from bot.services.vouching import Correction
from bot.views.checkin import vouch_taken_back
from handlers.desk import Desk, log


async def take_back_vouch(desk: Desk, person: str) -> Post:
    """Name this person no more, here and in what was posted."""
    corrections = await desk.store(lambda db: vouching.take_back(db, person))
    desk.background.start(_correct(desk, corrections))
    return vouch_taken_back()


async def _correct(desk: Desk, corrections: list[Correction]) -> None:
    for each in corrections:
        result = await desk.messenger.update(channel=each.channel, ts=each.ts, post=each.post)
        if isinstance(result, NotSent | Unknown):
            log.warning("announcement_not_corrected", error=result.error)

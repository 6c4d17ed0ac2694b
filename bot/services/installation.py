"""Whether Slack still has us. While it does not, nothing is sent and nothing fails: all of it waits.

Slack says so with `app_uninstalled` and `tokens_revoked`, in any order, twice, or late, when somebody has installed the app
again long since. So neither is believed before Slack was asked about the token.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog

from bot.domain.installation import Token
from bot.ports import Line
from bot.store import questions, standstill
from bot.store.database import Database

log = structlog.get_logger(__name__)

ASK_EVERY = 30.0
"""Seconds between two questions whether we are back."""
DOUBTED_FOR = 600.0
"""So long after such an event a token that is still taken is asked about once more."""


class Installation:
    """What this process knows of it. The database tells it to the others."""

    def __init__(self, database: Database, line: Line, clock: Callable[[], float] = time.monotonic) -> None:
        """Ask nothing yet. `clock` counts seconds."""
        self._database = database
        self._line = line
        self._clock = clock
        self._stopped = False
        self._asked_at = float("-inf")
        self._doubted_until = float("-inf")
        self._uninstalled = False

    @property
    def works(self) -> bool:
        """Whether there is any use in calling Slack."""
        return not (self._stopped or self._line.refused_with)

    async def taken_back(self, team: str, *, uninstalled: bool) -> bool:
        """Slack says that the app is gone, or its token. False when that is not so, or not of this workspace."""
        if team and self._line.team and team != self._line.team:
            log.info("uninstalled_elsewhere")
            return False
        self._uninstalled = self._uninstalled or uninstalled
        self._asked_at = self._clock()
        told = await self._line.ask_about_token()
        if told is Token.TAKEN:
            self._doubted_until = self._clock() + DOUBTED_FOR
            log.info("installation_in_doubt")
            return False
        await self._stop(told)
        return True

    async def look(self) -> None:
        """See whether we are back, or gone after all."""
        stopped = await self._database.run(standstill.stands)
        doubted = self._clock() < self._doubted_until
        if (stopped or doubted or self._line.refused_with) and self._clock() - self._asked_at >= ASK_EVERY:
            self._asked_at = self._clock()
            told = await self._line.ask_about_token()
            if told is Token.TAKEN and stopped:
                stopped = not await self._database.run(standstill.go_on)
                self._uninstalled = False
                log.info("installation_is_back")
            elif told is Token.REFUSED and (stopped or self._uninstalled):
                await self._stop(told)
                return
        self._stopped = stopped

    async def _stop(self, told: Token) -> None:
        """Everything waits from now on. Once it is certain that the app was uninstalled, nobody is led back to any more."""
        first = not self._stopped
        self._stopped = True
        await self._database.run(standstill.stop)
        if told is Token.REFUSED and self._uninstalled:
            await self._database.run(questions.forget_addresses)
        if first:
            log.warning("installation_is_gone", uninstalled=self._uninstalled)

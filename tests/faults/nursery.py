"""A process in which everything is loaded, and which brings a bot into the world for each line it reads: they start at once.

Each bot is put together as `app.py run` does it, but on a fast clock. It is there to be killed.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from dataclasses import replace
from datetime import timedelta

import app
import scheduler.replies  # noqa: F401 - loaded here, so that no bot has to
from bot import in_time
from bot.domain.pace import AT_ONCE
from bot.logs import configure_logs
from bot.services.launching import Rulebook
from bot.settings import Settings, read_settings
from bot.slack import client
from bot.slack.serve import serve
from bot.store.database import open_database
from scheduler import ticks
from scheduler.clock import SystemClock
from tests.faults.fast_clock import FastClock

TICK = timedelta(milliseconds=100).total_seconds()


async def live(settings: Settings, rules: Rulebook, clock: FastClock) -> None:
    """Run until killed."""
    database = open_database(settings.database_url)
    slack = client.make_client(settings)
    await slack.open()
    bot = app.compose(
        database=database,
        client=slack,
        signing_secret=settings.slack_signing_secret.get_secret_value(),
        clock=clock,
        rules=replace(rules, pace=AT_ONCE),
        keys=app.keyring_of(settings),
    )
    bot.ticks.start()
    await serve(bot.bolt, settings, clock=SystemClock(), stop=_orphaned())


async def _orphaned() -> None:
    """Wait until the nursery is gone: nobody would end this process then."""
    nursery = os.getppid()
    while os.getppid() == nursery:
        await asyncio.sleep(1)


def main() -> None:
    """Fork for each line, and say who was born.

    A line holds the settings, origin and factor of the clock, and perhaps other seconds between `ticks`, until a `timeout`, and
    (on that clock) after which something is not sent that was to go `soon`.
    """
    rules = app.rules_of(Settings())
    configure_logs("error", "json")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        given = json.loads(line)
        born = os.fork()
        if born == 0:
            os.environ.update(given["settings"])
            ticks.SEND_EVERY = ticks.LOOK_EVERY = given.get("ticks", TICK)
            in_time.SOON = timedelta(seconds=given.get("soon", in_time.SOON.total_seconds()))
            client.TIMEOUT_SECONDS = given.get("timeout", client.TIMEOUT_SECONDS)
            clock = FastClock(given["origin"], given["factor"])
            asyncio.run(live(read_settings(need_slack=True), rules, clock))
        sys.stdout.write(f"{born}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

"""The bot as a process of its own, as `app.py run` starts it, but on a fast clock: something that can be killed."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import timedelta

import app
from bot.logs import configure_logs
from bot.settings import read_settings
from bot.slack.client import make_client
from bot.slack.serve import serve
from bot.store import migrate
from bot.store.database import open_database
from scheduler import ticks
from tests.faults.fast_clock import FastClock


async def main(given: dict[str, str]) -> None:
    """Run until killed. `given` holds origin and factor of the clock, beside the settings."""
    clock = FastClock(float(given["origin"]), float(given["factor"]))
    settings = read_settings(need_slack=True)
    configure_logs("warning", "json")
    database = open_database(settings.database_url)
    await database.run(migrate.to)
    client = make_client(settings)
    await client.open()
    ticks.SEND_EVERY = ticks.LOOK_EVERY = timedelta(milliseconds=100).total_seconds()  # type: ignore[assignment]
    bot = app.compose(
        database=database,
        client=client,
        signing_secret=settings.slack_signing_secret.get_secret_value(),
        clock=clock,
        rules=app.rules_of(settings),
        keys=app.keyring_of(settings),
        between_posts=0.0,
    )
    bot.ticks.start()
    await serve(bot.bolt, settings, stop=asyncio.Event().wait())


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))

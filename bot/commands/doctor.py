"""`doctor`: what is missing for this bot to run, each with its fix."""

from __future__ import annotations

from bot.commands.given import Given
from bot.commands.terminal import FAULTY, OK, say
from bot.sealing import Keyring, UnusableSecret
from bot.services import database_checks
from bot.store.database import open_database
from bot.views import printed


async def doctor(given: Given) -> int:
    """`doctor`: look at the database, the secrets and the app in Slack."""
    from bot.slack.client import make_client
    from bot.slack.doctor import examine

    settings = given.settings
    database = open_database(settings.database_url)
    client = make_client(settings)
    try:
        try:
            keys: Keyring | UnusableSecret = given.keyring
        except UnusableSecret as why:
            keys = why
        earlier = bool(settings.voice_key_old.get_secret_value())
        stored = await database_checks.examine(database, keys, has_earlier=earlier)
        channels = await database_checks.channels(database)
        checks = [*stored, *await examine(settings, client, channels, given.now)]
    finally:
        await client.close()
        await database.close()
    say(printed.doctor_report(checks))
    return OK if all(check.ok for check in checks) else FAULTY

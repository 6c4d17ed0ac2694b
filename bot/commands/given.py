"""What every command of an operator works with: what was typed, the moment, and what the settings make of themselves."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.engine import make_url

from bot.sealing import Keyring
from bot.services.launching import Rulebook
from bot.services.voices import Ear
from bot.settings import Settings
from bot.store import soundness


@dataclass(frozen=True)
class Given:
    """`typed` are the words after the command, parsed. Settings are read when a command first asks for them, and not before.

    What is made of them raises SettingsProblem, EntryError or UnusableSecret.
    """

    typed: argparse.Namespace
    now: datetime
    read_settings: Callable[[], Settings]
    rules_of: Callable[[Settings], Rulebook]
    keyring_of: Callable[[Settings], Keyring]

    @cached_property
    def settings(self) -> Settings:
        """From the environment and `.env`."""
        return self.read_settings()

    @cached_property
    def rules(self) -> Rulebook:
        """The book of answers and the organisation's time zone."""
        return self.rules_of(self.settings)

    @cached_property
    def keyring(self) -> Keyring:
        """The secret that seals and tags."""
        return self.keyring_of(self.settings)

    @property
    def zone(self) -> ZoneInfo:
        """The organisation's time zone."""
        return ZoneInfo(self.settings.timezone)

    @property
    def ear(self) -> Ear:
        """What voices are recorded and counted with."""
        return Ear(self.keyring, self.zone)

    @property
    def database_file(self) -> Path | None:
        """The file of an SQLite database; None for one in memory, or on a server."""
        return soundness.file_of(make_url(self.settings.database_url))

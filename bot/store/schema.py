"""All tables together, notices and voices, for whoever compares or creates them."""

from __future__ import annotations

from bot.store import tables, voice_tables

ALL = (tables, voice_tables)
METADATA = tables.metadata

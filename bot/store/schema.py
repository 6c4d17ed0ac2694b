"""All tables together, notices and voices, for whoever compares or creates them."""

from __future__ import annotations

from bot.store import instance_tables, month_tables, tables, voice_tables

ALL = (tables, month_tables, instance_tables, voice_tables)
METADATA = tables.metadata

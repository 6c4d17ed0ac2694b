"""Writes many made-up rows at once, for benchmarks and demonstrations; the bot itself has no use for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, func, insert, select

from bot.store import tables as t
from bot.store import voice_tables as v
from bot.store.schema import METADATA
from bot.store.voices import Voice

AT_ONCE = 5_000


def is_empty(db: Connection) -> bool:
    """Whether no table holds a row."""
    return not any(
        db.scalar(select(func.count()).select_from(select(1).select_from(table).limit(1).subquery()))
        for table in METADATA.sorted_tables
    )


def give_room(db: Connection) -> None:
    """Let SQLite keep more of a large database in memory while it is filled; other databases see to that themselves."""
    if db.dialect.name == "sqlite":
        db.exec_driver_sql("PRAGMA cache_size = -400000")


def add_voices(db: Connection, found: Iterable[Voice]) -> None:
    """Voices, in the order of their ids."""
    rows = [
        {
            "id": voice.id,
            "rollout_id": voice.rollout_id,
            "wave_id": voice.wave_id,
            "week": str(voice.week),
            "theme": str(voice.theme),
            "entry": voice.entry,
            "outcome": str(voice.outcome),
            "tag": voice.tag,
        }
        for voice in found
    ]
    _add(db, v.voice, sorted(rows, key=lambda row: str(row["id"])))


def add_presence(db: Connection, rollout_id: str, cells: Iterable[tuple[str, str]]) -> None:
    """Pairs of a cell and a tag that is counted there."""
    _add(db, v.presence, [{"rollout_id": rollout_id, "cell": cell, "tag": tag} for cell, tag in sorted(cells)])


def add_receipts(db: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Receipts, with all columns of theirs."""
    _add(db, t.receipt, rows)


def _add(db: Connection, table: Any, rows: Sequence[dict[str, Any]]) -> None:
    for start in range(0, len(rows), AT_ONCE):
        db.execute(insert(table), rows[start : start + AT_ONCE])

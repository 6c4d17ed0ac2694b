"""Levelling: the order of writing is gone from the file, and nothing else is."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import Connection, insert, select

from bot.store import voice_tables as t
from bot.store.database import SQLiteDatabase
from bot.store.schema import METADATA


async def test_a_small_database_is_written_anew_and_its_log_emptied(tmp_path: Path) -> None:
    """Two files with the same rows, written in opposite orders, are the same bytes afterwards."""
    rows = [{"entry": f"entry-{number:03d}", "right": number, "wrong": 0} for number in range(60)]
    files = []
    for name, order in (("one", rows), ("other", rows[::-1])):
        database = SQLiteDatabase(f"sqlite:///{tmp_path / name}")
        await database.run(METADATA.create_all)
        for row in order:

            def write(db: Connection, row: dict[str, object] = row) -> None:
                db.execute(insert(t.evidence).values(**row))

            await database.run(write)
        written = (tmp_path / name).read_bytes()
        await database.level()
        assert not (tmp_path / f"{name}-wal").exists() or (tmp_path / f"{name}-wal").stat().st_size == 0
        found = await database.run(lambda db: list(db.scalars(select(t.evidence.c.entry))))
        assert found == sorted(str(row["entry"]) for row in rows)
        await database.close()
        assert written != (tmp_path / name).read_bytes()
        files.append((tmp_path / name).read_bytes())
    header = 100  # it counts how often the file was changed
    assert files[0][header:] == files[1][header:]
    await asyncio.sleep(0)

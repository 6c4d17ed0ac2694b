"""`purge` leaves nothing about anybody, says what went, and does nothing by accident."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

import app
from bot.store import purging
from bot.store.purging import TABLES
from tests import databases

PEOPLE = (b"U01MARA", b"U01OTIS", b"U01HELEN", b"U0000")


@pytest.fixture
def full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a database with a made-up rollout in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'foreword.db'}")
    assert app.main(["scratch", "--voices", "40", "--people", "12", "--weeks", "3"]) == app.OK
    return tmp_path / "foreword.db"


def test_it_asks_first(full: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --yes nothing goes; the table of what would, and what that means for the timeline, is printed."""
    before = _rows(full)
    capsys.readouterr()
    assert app.main(["purge"]) == app.FAULTY
    said = capsys.readouterr().out
    assert "Nothing was deleted yet" in said
    assert "timeline" in said
    assert "purge --yes" in said
    assert _rows(full) == before


def test_nothing_is_left(full: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Not a row, not a byte of anybody's id; the tables stay, so that a plan can be loaded anew."""
    assert any(person in full.read_bytes() for person in PEOPLE)
    before = _rows(full)
    capsys.readouterr()
    assert app.main(["purge", "--yes"]) == app.OK
    said = capsys.readouterr().out
    assert f"{before['receipt']:,}  receipt" in said
    assert f"{before['voice']:,}  voice" in said
    assert set(_rows(full).values()) == {0}
    left = b"".join(path.read_bytes() for path in full.parent.glob("foreword.db*"))
    for person in PEOPLE:
        assert person not in left
    assert app.main(["purge", "--yes"]) == app.OK
    assert "holds nothing about anybody" in capsys.readouterr().out
    assert app.main(["timeline", "verify"]) == app.OK
    assert app.main(["plan", "load", str(app.SAMPLE_PLAN)]) in {app.OK, app.FAULTY}


@pytest.mark.database
async def test_every_table_is_emptied_whatever_points_where() -> None:
    """On SQLite and PostgreSQL alike: each table goes before the ones that it points to."""
    database = databases.opened()
    if not databases.on_postgresql():
        from bot.store import migrate

        await database.run(migrate.to)
    for place, table in enumerate(TABLES):
        pointed_at = {key.column.table for key in table.foreign_keys}
        assert not pointed_at & set(TABLES[:place]), table.name
    assert await database.run(purging.purge) == {}
    await database.close()


def _rows(file: Path) -> dict[str, int]:
    with sqlite3.connect(file) as raw:
        return {table.name: raw.execute(f"SELECT count(*) FROM {table.name}").fetchone()[0] for table in TABLES}  # noqa: S608

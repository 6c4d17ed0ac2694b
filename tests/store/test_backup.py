"""Backing up and restoring by the command line: consistent while somebody writes, nothing overwritten, every misuse a sentence."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

import app
from bot.domain.delivery import DeliveryKind
from bot.domain.timeline import Event
from bot.settings import Settings
from bot.store import migrate, outbox, rollouts, timeline
from bot.store.database import SQLiteDatabase
from bot.store.outbox import Draft
from tests.given import MONDAY, PLAN

pytestmark = pytest.mark.sqlite_only("a server makes its own backups")

BEFORE = MONDAY - timedelta(days=365)
ROOT = Path(__file__).parent.parent.parent
WRITER = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=10)
print("open", flush=True)
number = 0
while True:
    number += 1
    db.execute("BEGIN IMMEDIATE")
    for table in ("a", "b"):
        db.execute("INSERT INTO rate_rest VALUES (?, ?)", (f"{table}{number}", number))
    db.execute("COMMIT")
"""
HOLDER = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("SELECT count(*) FROM rollout").fetchall()
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database with a rollout in it and a message that waits, which the settings name."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "foreword.db"
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file}")
    database = SQLiteDatabase(f"sqlite:///{file}")
    database.run_now(migrate.to)
    rollout = database.run_now(lambda db: rollouts.create(db, PLAN, by="operator", now=BEFORE))
    database.run_now(
        lambda db: timeline.append(db, rollout, Event.PAUSED, actor="UMARA", now=BEFORE, data={"because": "x"})
    )
    draft = Draft("k", DeliveryKind.PAUSE, "C1", rollout, {"because": "x"}, waits_in_pause=False)
    database.run_now(lambda db: outbox.write(db, [draft], now=BEFORE))
    database.engine.dispose()
    return file


@pytest.fixture
def another() -> Iterator[list[subprocess.Popen[str]]]:
    """Other processes, which end with the test."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        process.kill()
        process.communicate()


def start(another: list[subprocess.Popen[str]], script: str, file: Path) -> None:
    """Start another process that has the database open."""
    command = [sys.executable, "-c", script, str(file)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603
    another.append(process)
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"


def states(file: Path) -> list[str]:
    """The states of the messages in a database."""
    with closing(sqlite3.connect(file)) as db:
        return [row[0] for row in db.execute("SELECT state FROM delivery")]


def test_a_backup_while_another_process_writes(
    live: Path, another: list[subprocess.Popen[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    """Each copy holds whole transactions, is sound, and is its owner's alone."""
    start(another, WRITER, live)
    for number in range(5):
        file = live.with_name(f"{number}.db")
        assert app.main(["backup", "--to", str(file)]) == 0, capsys.readouterr()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        with closing(sqlite3.connect(file)) as db:
            ones, twos = (
                db.execute("SELECT count(*) FROM rate_rest WHERE recipient LIKE ?", (f"{which}%",)).fetchone()[0]
                for which in ("a", "b")
            )
        assert ones == twos
    assert app.main(["restore", "--verify", str(live.with_name("4.db"))]) == 0
    told = capsys.readouterr().out
    assert "VOICE_KEY" in told
    assert "Every timeline is whole" in told
    assert not list(live.parent.glob("*.unfinished*"))


def test_a_whole_backup_says_until_when(live: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever keeps salts is told when to delete them."""
    assert app.main(["backup", "--whole", "--to", str(live.with_name("whole.db"))]) == 0
    assert "Delete this file before 20" in capsys.readouterr().out


def test_going_back(live: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The old database is kept aside; what waited is looked for before it is sent; the result is no copy any more."""
    copy = live.with_name("copy.db")
    assert app.main(["backup", "--to", str(copy)]) == 0
    before = live.read_bytes()
    assert app.main(["restore", "--from", str(copy)]) == 2, "a database is there"
    assert "--yes" in capsys.readouterr().err
    assert app.main(["restore", "--from", str(copy), "--yes"]) == 0
    told = capsys.readouterr().out
    aside = next(live.parent.glob("foreword.db.before-*"))
    assert str(aside) in told
    assert "1 messages that were still to be sent" in told
    assert aside.read_bytes() == before
    assert states(live) == ["unsure"]
    assert app.main(["timeline", "verify"]) == 0
    assert sorted(path.name for path in live.parent.iterdir()) == sorted([aside.name, "copy.db", "foreword.db"])
    assert states(copy) == ["pending"], "a backup can be used again"


def test_a_database_in_use_is_left_alone(
    live: Path, another: list[subprocess.Popen[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither replaced nor settled while another process has it open."""
    copy = live.with_name("copy.db")
    assert app.main(["backup", "--to", str(copy)]) == 0
    start(another, HOLDER, live)
    for words in (["--from", str(copy), "--yes"], ["--settle"]):
        assert app.main(["restore", *words]) == 2
        assert "in use" in capsys.readouterr().err
    assert states(live) == ["pending"]
    assert not list(live.parent.glob("*.before-*"))


def test_a_copy_put_there_by_hand_is_not_run_on(
    live: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever copies the file back is told what to run first; then it is a database again."""
    copy = live.with_name("copy.db")
    assert app.main(["backup", "--to", str(copy)]) == 0
    live.unlink()
    shutil.copyfile(copy, live)
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "s")
    assert app.main(["run"]) == 2
    assert "restore --settle" in capsys.readouterr().err
    assert app.main(["restore", "--settle"]) == 0
    assert states(live) == ["unsure"]
    with closing(sqlite3.connect(live)) as db:
        assert db.execute("PRAGMA application_id").fetchone() == (0,)


def test_an_older_backup_is_migrated(live: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A backup of an older version comes to the present schema; one of a newer version is refused."""
    copy = live.with_name("copy.db")
    database = SQLiteDatabase(f"sqlite:///{live}")
    database.run_now(lambda db: migrate.to(db, "0007"))
    database.engine.dispose()
    assert app.main(["backup", "--to", str(copy)]) == 0
    assert app.main(["restore", "--from", str(copy), "--yes"]) == 0, capsys.readouterr()
    database = SQLiteDatabase(f"sqlite:///{live}")
    database.run_now(migrate.require_present)
    database.engine.dispose()
    with closing(sqlite3.connect(copy)) as db, db:
        db.execute("UPDATE alembic_version SET version_num = 'ffff'")
    assert app.main(["restore", "--from", str(copy), "--yes"]) == 1
    assert "does not know" in capsys.readouterr().err


def damage(file: Path) -> None:
    """Overwrite a few pages in the middle."""
    with file.open("r+b") as handle:
        handle.seek(file.stat().st_size // 2)
        handle.write(os.urandom(20_000))


def test_what_is_not_sound_is_refused(live: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A damaged copy, rows astray, a forged timeline, a file of another kind, none at all: each says so, nothing changes."""
    good = live.with_name("good.db")
    assert app.main(["backup", "--to", str(good)]) == 0
    before = live.read_bytes()
    bad = {name: live.with_name(f"{name}.db") for name in ("damaged", "astray", "forged", "text", "other", "missing")}
    for name in ("damaged", "astray", "forged"):
        shutil.copyfile(good, bad[name])
    damage(bad["damaged"])
    with closing(sqlite3.connect(bad["astray"])) as db, db:
        db.execute("UPDATE delivery SET rollout_id = 'nobody'")
    with closing(sqlite3.connect(bad["forged"])) as db, db:
        db.execute("UPDATE timeline SET actor = 'UEVIL'")
    bad["text"].write_text("dear diary " * 1000, encoding="utf-8")
    with closing(sqlite3.connect(bad["other"])) as db, db:
        db.execute("CREATE TABLE cake (id)")
    for file in bad.values():
        for words in (["--verify", str(file)], ["--from", str(file), "--yes"]):
            capsys.readouterr()
            assert app.main(["restore", *words]) in (1, 2), file
            said = capsys.readouterr()
            assert len((said.err + said.out).split()) > 5, file
            assert "Traceback" not in said.err
    assert live.read_bytes() == before
    assert not list(live.parent.glob("*.before-*"))


def test_a_damaged_database_can_be_replaced(live: Path) -> None:
    """That is what a backup is for."""
    copy = live.with_name("copy.db")
    assert app.main(["backup", "--to", str(copy)]) == 0
    damage(live)
    assert app.main(["restore", "--from", str(copy), "--yes"]) == 0
    assert app.main(["timeline", "verify"]) == 0


def test_misuse_is_a_sentence(live: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A name that is taken, a folder that is not there, no database, a server, a time that has not come."""
    taken = live.with_name("taken.db")
    taken.write_text("mine", encoding="utf-8")
    assert app.main(["backup", "--to", str(taken)]) == 2
    assert "overwrites nothing" in capsys.readouterr().err
    assert taken.read_text(encoding="utf-8") == "mine"
    assert app.main(["backup", "--to", str(live.parent / "nowhere" / "b.db")]) == 2
    assert "a folder that exists" in capsys.readouterr().err
    assert app.main(["restore", "--settle", "--taken", "2099-01-01 00:00"]) == 2
    assert "later than now" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        app.main(["restore", "--settle", "--taken", "yesterday"])
    assert "2026-11-30 08:00" in capsys.readouterr().err
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{live.parent / 'none.db'}")
    assert app.main(["backup", "--to", str(live.with_name("n.db"))]) == 2
    assert "no database" in capsys.readouterr().err
    monkeypatch.setenv("DATABASE_URL", "postgresql://foreword:hunter2@db.example.com/foreword")
    assert app.main(["backup", "--to", str(live.with_name("n.db"))]) == 2
    told = capsys.readouterr().err
    assert "pg_dump" in told
    assert "hunter2" not in told
    assert app.main(["restore", "--from", str(taken), "--yes"]) == 2
    assert "restore --settle" in capsys.readouterr().err
    assert not live.with_name("n.db").exists()

"""HR's report over a million voices and two years: time, memory, and how much it costs over the bare query and the bare cells.

*First* reports find nothing published: counting, deciding what may be shown and auditing all of it are part of the work.
The bare work is the same counts of the same weeks (voices and different people, by the same five breakdowns) without any
rule, and the same cells written by openpyxl without a look. Both run in one process, in turn, on one database.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
from sqlalchemy import Connection

import app
from bot.domain import anonymity
from bot.domain.progress import Rollout
from bot.domain.weeks import Week, week_of
from bot.plan import parse_plan
from bot.reports.workbook import write_workbook
from bot.sealing import Keyring
from bot.services import exporting, reporting
from bot.services.made_up import MadeUp, Size
from bot.services.voices import Ear
from bot.store import migrate, rollouts
from bot.store.database import SQLiteDatabase
from faq.book import Book, open_book
from tests.bench.figure import Figure

VOICES, PEOPLE, WEEKS = int(os.environ.get("BENCH_VOICES", "1000000")), 20_000, 104
NOW = datetime(2026, 12, 2, 9, tzinfo=UTC)
KEY = "of-a-benchmark-and-of-nobody-else-at-all"
EAR = Ear(Keyring(KEY.encode()), ZoneInfo("UTC"))
ROUNDS = 3
ALONE = """
import json, resource, sys, time
from pathlib import Path
import app
begun = time.perf_counter()
code = app.main(["report", "--out", sys.argv[1]])
took = time.perf_counter() - begun
status = Path("/proc/self/status")  # what getrusage says includes the process that started this one
peak = [int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")] if status.exists() else []
print(json.dumps([code, took, (peak or [resource.getrusage(resource.RUSAGE_SELF).ru_maxrss])[0] / 1024]))
"""
BREAKDOWNS = ("theme", "week, theme", "wave_id, theme", "theme, entry", "theme, entry, outcome")


def measure() -> list[Figure]:
    """Make the rollout up, then report on it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bench.db"
        book, database = open_book(), SQLiteDatabase(f"sqlite:///{file}")
        making = _seconds(lambda: _make_up(database, book))
        bare, first = [], []
        workbook = _report(database, book)
        cells: list[list[list[object]]] = [
            [list(row) for row in sheet.iter_rows(values_only=True)]
            for sheet in openpyxl.load_workbook(io.BytesIO(workbook)).worksheets
        ]
        for _round in range(ROUNDS):
            bare.append(_seconds(lambda: _bare(database, cells)))
            first.append(_seconds(lambda: _report(database, book)))
        alone, memory = _alone(file)
        again, _memory = _alone(file)
        database.engine.dispose()
    return [
        Figure("voices, made up", VOICES, "voices"),
        Figure("making them up, with real tags", making, "s"),
        Figure("first report in a process of its own, nothing published yet", alone, "s"),
        Figure("memory of that process at its peak", memory, "MB"),
        Figure("the same report once more", again, "s"),
        Figure("first report, in this process", min(first), "s"),
        Figure("bare counts and bare cells", min(bare), "s"),
        Figure("report_ratio: first report over bare work", min(first) / min(bare), "times", key="report_ratio"),
    ]


def _make_up(database: SQLiteDatabase, book: Book) -> None:
    database.run_now(migrate.to)
    plan = parse_plan(app.SAMPLE_PLAN.read_bytes(), today=None).plan
    made = MadeUp(plan, EAR, book, Size(VOICES, PEOPLE, WEEKS, seed=7), now=NOW)
    database.run_now(made.begin)
    for period in made.periods():
        database.run_now(partial(made.speak, period=period))
    database.run_now(made.end)


def _report(database: SQLiteDatabase, book: Book) -> bytes:
    """Everything that a first report does; taken back afterwards, so that the next one is a first one too."""
    with database.engine.connect() as db:
        rollout = rollouts.every(db)[0]
        wanted = reporting.Wanted(reporting.weeks_over(db, rollout, EAR, now=NOW), "U01HELEN", "a benchmark")
        figures = reporting.gathered(db, rollout, EAR, book, wanted, now=NOW)
        file = io.BytesIO()
        write_workbook(figures, file, teams=exporting.teams_of(rollout))
        db.rollback()
    return file.getvalue()


def _bare(database: SQLiteDatabase, cells: list[list[list[object]]]) -> None:
    with database.engine.connect() as db:
        rollout = rollouts.every(db)[0]
        for first, last in _segments(db, rollout):
            for columns in BREAKDOWNS:
                db.exec_driver_sql(
                    f"SELECT {columns}, count(*), count(DISTINCT tag) FROM voice"  # noqa: S608 - columns of ours
                    f" WHERE rollout_id = ? AND week >= ? AND week <= ? GROUP BY {columns}",
                    (rollout.id, str(first), str(last)),
                ).fetchall()
        db.rollback()
    book = openpyxl.Workbook(write_only=True)
    for rows in cells:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    book.save(io.BytesIO())


def _segments(db: Connection, rollout: Rollout) -> list[tuple[Week, Week]]:
    begun = rollouts.begun_at(db, rollout.id) or NOW
    found = anonymity.due(week_of(begun, EAR.zone), [], NOW, EAR.zone)
    return [(segment.first, segment.last) for segment in found]


def _alone(file: Path) -> tuple[float, float]:
    settings = {**os.environ, "DATABASE_URL": f"sqlite:///{file}", "VOICE_KEY": KEY}
    ended = subprocess.run(  # noqa: S603
        [sys.executable, "-c", ALONE, str(file.with_suffix(".xlsx"))],
        capture_output=True,
        text=True,
        check=True,
        env=settings,
    )
    code, seconds, memory = json.loads(ended.stdout.splitlines()[-1])
    assert code == 0, ended.stderr
    return seconds, memory


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun

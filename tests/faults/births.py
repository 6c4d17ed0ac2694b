"""Bots as processes of their own, born within milliseconds in a nursery that has loaded everything once."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.sandbox.slack import SandboxSlack
from tests.e2e.conftest import EVERYBODY, said

ROOT = Path(__file__).parent.parent.parent


class Nursery:
    """The process of tests/faults/nursery.py."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """It was just started."""
        self._process = process

    def born(self, bearing: Mapping[str, object]) -> int:
        """Bring a bot into the world that bears this; returns its process id."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{json.dumps(bearing)}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@contextmanager
def open_nursery() -> Iterator[Nursery]:
    """A nursery. What was born there ends with it."""
    command = [sys.executable, "-m", "tests.faults.nursery"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        yield Nursery(process)


def settings_for(slack: SandboxSlack, *, api_url: str, database_url: str, port: int, secret: str) -> dict[str, str]:
    """The environment of a bot that works with this Slack and this database."""
    return {
        "SLACK_API_URL": api_url,
        "SLACK_BOT_TOKEN": slack.connection.bot_token,
        "SLACK_SIGNING_SECRET": slack.connection.signing_secret,
        "SLACK_APP_TOKEN": "",
        "DATABASE_URL": database_url,
        "VOICE_KEY": secret,
        "PORT": str(port),
        "HOST": "127.0.0.1",
        "OWNERS": "",
    }


async def typed(slack: SandboxSlack, person: str, text: str, *, patience: float) -> str:
    """What is read after a command; tried again for so many seconds while no bot answers, as a person would."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        answer = await slack.command(person, EVERYBODY, text)
        if answer["status"] == 200:
            return said(answer["body"])
        await asyncio.sleep(0.05)
    pytest.fail(f"no answer to {text}")

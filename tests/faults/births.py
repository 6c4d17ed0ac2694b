"""Bots as processes of their own, born within milliseconds in a nursery that has loaded everything once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bot.sandbox.slack import SandboxSlack

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

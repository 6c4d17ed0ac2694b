"""What holds for every test: logs as in production."""

from __future__ import annotations

import pytest

from bot.logs import configure_logs


@pytest.fixture(autouse=True)
def _logs() -> None:
    configure_logs("info", "console")

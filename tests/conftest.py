"""What holds for every test: logs as in production, databases that are gone afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.logs import configure_logs
from tests import databases


@pytest.fixture(autouse=True)
def _databases() -> Iterator[None]:
    """What a test made for itself is gone after it."""
    yield
    databases.forget()


@pytest.fixture(autouse=True)
def _logs() -> None:
    configure_logs("info", "console")

"""What holds for every test: logs as in production, databases of the kind that is tried, and gone afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.logs import configure_logs
from tests import databases

ENDS = pytest.StashKey[Callable[[], None]]()
ONLY = {"sqlite_only": databases.SQLITE, "postgresql_only": databases.POSTGRESQL}
"""The marks of tests that have nothing to try on the other database. Each says why."""


def pytest_configure(config: pytest.Config) -> None:
    """One server for the whole run; the processes that share the tests find it in their environment."""
    if not hasattr(config, "workerinput"):
        config.stash[ENDS] = databases.start()


def pytest_unconfigure(config: pytest.Config) -> None:
    """The server ends with the run."""
    if ENDS in config.stash:
        config.stash[ENDS]()


def reaches_a_database(test: pytest.Item) -> bool:
    """Whether a test is marked so, or asks for `a_database`, itself or through what it asks for."""
    return test.get_closest_marker("database") is not None or "a_database" in getattr(test, "fixturenames", ())


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whatever reaches a database is tried on each kind that this run is for."""
    if len(databases.KINDS) > 1 and reaches_a_database(metafunc.definition):
        metafunc.parametrize("_databases", databases.KINDS, indirect=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`-m database` chooses all of them, however they said so."""
    for item in items:
        if reaches_a_database(item):
            item.add_marker(pytest.mark.database)


@pytest.fixture(autouse=True)
def _databases(request: pytest.FixtureRequest) -> Iterator[None]:
    """Databases of this kind; what a test made for itself is gone after it."""
    kind = getattr(request, "param", databases.KINDS[0]) if reaches_a_database(request.node) else None
    for mark, its_kind in ONLY.items():
        found = request.node.get_closest_marker(mark)
        if found is not None and kind not in (None, its_kind):
            pytest.skip(f"{its_kind} only: {found.args[0]}")
    databases.use(kind)
    yield
    databases.forget()
    databases.use(None)


@pytest.fixture
def a_database(_databases: None) -> Callable[..., str]:
    """Gives the address of a database of one's own: `a_database(folder)`, or `a_database(folder, empty=True)`."""

    def fresh(folder: Path | None = None, *, empty: bool = False) -> str:
        return databases.fresh(folder, empty=empty)

    return fresh


@pytest.fixture(autouse=True)
def _logs() -> None:
    configure_logs("info", "console")

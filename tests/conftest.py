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
LONGER = 180
"""Seconds that a test may take on PostgreSQL, if it does not say itself."""


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
    """`-m database` chooses all of them, however they said so. On PostgreSQL every transaction is a round trip or three."""
    for item in items:
        if reaches_a_database(item):
            item.add_marker(pytest.mark.database)
            if _kind(item) == databases.POSTGRESQL and item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(LONGER))


def _kind(test: pytest.Item) -> str | None:
    """The kind of database that this test is tried on; None for one that reaches none."""
    if not reaches_a_database(test):
        return None
    given = getattr(test, "callspec", None)
    return str(given.params.get("_databases", databases.KINDS[0])) if given else databases.KINDS[0]


@pytest.fixture(autouse=True)
def _databases(request: pytest.FixtureRequest) -> Iterator[None]:
    """Databases of this kind; what a test made for itself is gone after it."""
    kind = _kind(request.node)
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

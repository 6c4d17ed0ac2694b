"""A laboratory, and a nursery, for whoever needs one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.births import Nursery, open_nursery
from tests.faults.fate import Fate
from tests.faults.laboratory import Laboratory, new_database


@pytest.fixture
def lab(tmp_path: Path) -> Laboratory:
    """A laboratory where nothing goes wrong but what the test does; its database has a folder to itself."""
    folder = tmp_path / "kept"
    folder.mkdir()
    return Laboratory(Fate("calm", chance=0.0, events=0.0, calm=True), new_database(folder))


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    """Everything loaded once."""
    with open_nursery() as found:
        yield found

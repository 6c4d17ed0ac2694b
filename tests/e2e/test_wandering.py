"""Long walks through everything that can be done, in any order: nobody meets the link before reason and policy."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.e2e.rough_office import opened
from tests.e2e.wanderer import Wanderer

SEEDS = [int(seed) for seed in os.environ.get("FOREWORD_WALKS", "1 2").split()]
pytestmark = pytest.mark.database
STEPS = int(os.environ.get("FOREWORD_WALK_STEPS", "90"))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.timeout(60 + STEPS)
async def test_a_walk(seed: int, tmp_path: Path) -> None:
    """Whatever is done, in whatever order, each person has read the present reason and policy before the link."""
    async with opened(tmp_path / "scratch") as office:
        problems = await Wanderer(office, seed).walk(STEPS)
        assert problems == []

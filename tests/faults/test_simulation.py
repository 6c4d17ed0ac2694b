"""A whole rollout through kills, a failing Slack and events in any order: acknowledged means kept, sent once, in order."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from bot.ports import Absent
from bot.slack.messenger import SlackMessenger
from bot.store import events, outbox
from tests.faults.fate import DONE_UNTOLD, NOT_DONE
from tests.faults.life import one_life
from tests.faults.oracle import Found

pytestmark = pytest.mark.database

SEEDS = ("1", "2")
LINES_TRIED = 2


@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_life(seed: str, tmp_path: Path) -> None:
    """Whatever happens in it, nothing that was promised is lost, and nothing is there twice."""
    found = one_life(seed, tmp_path, chance=0.25, kills=0.6)
    assert found.problems == []
    assert found.kills, "nobody was killed"
    assert set(found.met) & set(NOT_DONE), "no call failed before its work"
    assert set(found.met) & set(DONE_UNTOLD), "no call failed after its work"
    assert (found.duplicates, found.lost) == (0, 0)


@pytest.mark.timeout(120)
@pytest.mark.sqlite_only("what runs elsewhere takes its own time")
def test_a_seed_tells_all(tmp_path: Path) -> None:
    """The same seed is the same life: every call, mishap and kill at the same place."""
    stories = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        stories.append(one_life("7", tmp_path / name, chance=0.4, kills=0.7).story)
    assert stories[0] == stories[1]
    assert any("killed at" in line for line in stories[0])


@pytest.mark.timeout(240)
def test_killed_at_chosen_lines(tmp_path: Path) -> None:
    """A kill at some lines of the outbox, in a life that is otherwise calm; `make chaos` tries every line.

    Not every life comes by every line of another one where a server is elsewhere: then another line is tried.
    """
    (tmp_path / "calm").mkdir()
    calm = one_life("calm", tmp_path / "calm", chance=0.0, events=0.0, kills=0.0)
    assert calm.problems == []
    killed = 0
    for line in random.Random(1).sample(sorted(calm.lines), LINES_TRIED * 3):
        (tmp_path / line).mkdir()
        found = one_life("calm", tmp_path / line, chance=0.0, events=0.0, line=line)
        assert found.problems == [], line
        assert found.kills <= 1, line
        killed += found.kills
        if killed == LINES_TRIED:
            return
    pytest.fail(f"killed at {killed} lines only")


# -- a bot that is broken is found out

BROKEN_SEEDS = [str(seed) for seed in range(1, 13)]


def first_found_out(tmp_path: Path, *, chance: float, kills: float, odd: float = 0.3) -> Found | None:
    """The first life in which something was not as it must be."""
    for seed in BROKEN_SEEDS:
        (tmp_path / seed).mkdir()
        found = one_life(seed, tmp_path / seed, chance=chance, events=odd, kills=kills)
        if found.problems:
            return found
    return None


@pytest.mark.timeout(240)
@pytest.mark.sqlite_only("what looks whether all is well is the same on both")
def test_a_bot_that_does_not_look_before_it_sends_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With reconciliation switched off, messages stand there twice."""

    async def blind(*_self: object, **_given: object) -> Absent:
        return Absent()

    monkeypatch.setattr(SlackMessenger, "find", blind)
    found = first_found_out(tmp_path, chance=0.4, kills=0.3)
    assert found is not None
    assert found.duplicates


@pytest.mark.timeout(240)
@pytest.mark.sqlite_only("what looks whether all is well is the same on both")
def test_a_bot_that_forgets_what_it_claimed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With nobody to look after messages whose sender died, something never settles."""
    monkeypatch.setattr(outbox, "claim_unsure", lambda *_given, **_more: [])
    found = first_found_out(tmp_path, chance=0.4, kills=0.3)
    assert found is not None
    assert any("settles" in each or "never delivered" in each for each in found.problems)


@pytest.mark.timeout(240)
@pytest.mark.sqlite_only("what looks whether all is well is the same on both")
def test_a_bot_that_handles_events_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With events handled as often as they come, and by the order in which they come, people get things twice."""
    monkeypatch.setattr(events, "first_time", lambda *_given, **_more: True)
    monkeypatch.setattr(outbox, "insert_new", again)
    found = first_found_out(tmp_path, chance=0.0, odd=1.0, kills=0.0)
    assert found is not None
    assert found.problems


def again(db: object, table: object, rows: list[dict[str, object]]) -> int:
    """Every delivery is new, whatever its key."""
    from bot.store.statements import insert_new, new_id

    return insert_new(db, table, [{**row, "key": f"{row['key']}/{new_id()}", "follows": None} for row in rows])  # type: ignore[arg-type]

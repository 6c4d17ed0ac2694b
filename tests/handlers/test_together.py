"""Shared looks: nobody sees what is older than their question, everybody gets an answer, and nothing is left behind."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextvars import ContextVar

import pytest

from handlers.together import Together


class Board:
    """Something to look at, that takes a while; each look says how many there were before."""

    def __init__(self) -> None:
        self.looks = 0
        self.begun = asyncio.Event()
        self.shown = asyncio.Event()

    async def look(self) -> int:
        self.looks += 1
        number = self.looks
        self.begun.set()
        await self.shown.wait()
        return number


async def test_who_comes_during_a_look_shares_the_next() -> None:
    """The first look serves the one who began it; all who came meanwhile get one look that began after they came."""
    board, together = Board(), Together()
    first = asyncio.create_task(together.look("card", board.look))
    await board.begun.wait()
    others = [asyncio.create_task(together.look("card", board.look)) for _ in range(20)]
    await asyncio.sleep(0)
    assert board.looks == 1
    board.shown.set()
    assert await first == 1
    assert await asyncio.gather(*others) == [2] * 20
    assert await together.look("card", board.look) == 3


async def test_what_is_different_is_not_shared() -> None:
    """Another thing is looked up beside it, at once."""
    board, together = Board(), Together()
    looks = [asyncio.create_task(together.look(what, board.look)) for what in ("one", "another")]
    await asyncio.sleep(0.01)
    assert board.looks == 2
    board.shown.set()
    assert sorted(await asyncio.gather(*looks)) == [1, 2]


async def test_who_goes_away_takes_nothing_along() -> None:
    """A request that is given up ends neither its own look nor the next, for which others wait."""
    board, together = Board(), Together()
    first = asyncio.create_task(together.look("card", board.look))
    await board.begun.wait()
    second, third = (asyncio.create_task(together.look("card", board.look)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    second.cancel()
    board.shown.set()
    assert await third == 2
    assert await together.look("card", board.look) == 3


async def test_what_goes_wrong_is_told_to_all_and_the_next_look_is_a_new_one() -> None:
    """An error reaches everybody who shared the look, and nobody else."""
    together, wrong = Together(), asyncio.Event()

    async def fail() -> int:
        await wrong.wait()
        raise LookupError

    async def find() -> int:
        return 7

    first = asyncio.create_task(together.look("card", fail))
    await asyncio.sleep(0)
    others = [asyncio.create_task(together.look("card", fail)) for _ in range(3)]
    await asyncio.sleep(0)
    wrong.set()
    assert [type(each) for each in await asyncio.gather(first, *others, return_exceptions=True)] == [LookupError] * 4
    assert await together.look("card", find) == 7


async def test_a_look_that_is_stuck_keeps_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a while the next look begins although the earlier one has not ended; and the one after it, too."""
    monkeypatch.setattr("handlers.together.PATIENCE", 0.01)
    together, begun, never = Together(), asyncio.Event(), asyncio.Event()

    async def stuck() -> int:
        begun.set()
        await never.wait()
        return 0

    async def find() -> int:
        return 7

    first = asyncio.create_task(together.look("card", stuck))
    await begun.wait()
    assert [await together.look("card", find) for _ in range(3)] == [7, 7, 7]
    never.set()
    assert await first == 0
    await asyncio.sleep(0)
    assert not together._lines


async def test_a_round_that_is_ended_ends_for_all_who_share_it() -> None:
    """Nobody waits for ever, and nothing is left behind that the next one would wait for."""
    board, together = Board(), Together()
    first = asyncio.create_task(together.look("card", board.look))
    await board.begun.wait()
    under_way = together._lines["card"].under_way
    assert under_way
    under_way.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    board.shown.set()
    assert await together.look("card", board.look) == 2
    await asyncio.sleep(0)
    assert not together._lines


class Counter:
    """Serves several at once, when it may; remembers who came together."""

    def __init__(self) -> None:
        self.rounds: list[list[str]] = []
        self.open = asyncio.Event()

    async def serve(self, wishes: Sequence[str]) -> list[str]:
        self.rounds.append(list(wishes))
        await self.open.wait()
        if "trouble" in wishes:
            raise LookupError
        return [wish.upper() for wish in wishes]


async def test_everybody_gets_what_is_theirs() -> None:
    """Who comes while a round is under way is in the next one; all in their order, each with what they wished for."""
    counter, together = Counter(), Together()
    first = asyncio.create_task(together.join("counter", "a", counter.serve))
    while not counter.rounds:
        await asyncio.sleep(0)
    others = [asyncio.create_task(together.join("counter", wish, counter.serve)) for wish in "bcdb"]
    await asyncio.sleep(0.01)
    assert counter.rounds == [["a"]]
    counter.open.set()
    assert await asyncio.gather(first, *others) == ["A", "B", "C", "D", "B"]
    assert counter.rounds == [["a"], ["b", "c", "d", "b"]]
    await asyncio.sleep(0)
    assert not together._lines


async def test_a_round_is_carried_out_in_the_context_of_its_first() -> None:
    """What holds while the first round is under way, that nothing may be logged say, does not pass to the next one."""
    whose: ContextVar[str] = ContextVar("whose")
    counter, together, seen = Counter(), Together(), list[str]()

    async def serve(wishes: Sequence[str]) -> list[str]:
        seen.append(whose.get())
        return await counter.serve(wishes)

    async def come(wish: str) -> str:
        whose.set(wish)
        return await together.join("counter", wish, serve)

    first = asyncio.create_task(come("a"))
    while not counter.rounds:
        await asyncio.sleep(0)
    others = [asyncio.create_task(come(wish)) for wish in "bc"]
    await asyncio.sleep(0)
    counter.open.set()
    assert await asyncio.gather(first, *others) == ["A", "B", "C"]
    assert seen == ["a", "b"]


async def test_a_round_has_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever does not fit is in the one after it."""
    monkeypatch.setattr("handlers.together.MOST", 3)
    counter, together = Counter(), Together()
    counter.open.set()
    found = await asyncio.gather(*(together.join("counter", wish, counter.serve) for wish in "abcdefgh"))
    assert found == list("ABCDEFGH")
    assert [len(each) for each in counter.rounds] == [3, 3, 2]


async def test_who_gives_up_costs_nobody_theirs() -> None:
    """Whoever goes away before their round, or during it, leaves the others what is theirs."""
    counter, together = Counter(), Together()
    first, second = (asyncio.create_task(together.join("counter", wish, counter.serve)) for wish in "ab")
    while not counter.rounds:
        await asyncio.sleep(0)
    third, fourth = (asyncio.create_task(together.join("counter", wish, counter.serve)) for wish in "cd")
    await asyncio.sleep(0)
    first.cancel()
    third.cancel()
    counter.open.set()
    assert await second == "B"
    assert await fourth == "D"


async def test_what_goes_wrong_in_a_round_goes_wrong_in_no_other() -> None:
    """An error is raised for all who share its round, and for nobody else."""
    counter, together = Counter(), Together()
    first = asyncio.create_task(together.join("counter", "a", counter.serve))
    while not counter.rounds:
        await asyncio.sleep(0)
    others = [asyncio.create_task(together.join("counter", wish, counter.serve)) for wish in ("b", "trouble")]
    await asyncio.sleep(0)
    counter.open.set()
    assert await first == "A"
    assert [type(each) for each in await asyncio.gather(*others, return_exceptions=True)] == [LookupError] * 2
    assert await together.join("counter", "c", counter.serve) == "C"


@pytest.mark.parametrize("askers", [1, 50])
async def test_nothing_is_left_behind(askers: int) -> None:
    """When all have their answer, nobody is looking any more."""
    board, together = Board(), Together()
    board.shown.set()
    await asyncio.gather(*(together.look("card", board.look) for _ in range(askers)))
    assert board.looks == 1
    await asyncio.sleep(0)
    assert not together._lines

"""Somebody who asks again and again: the others, the matcher and the owners are spared, and the asker is told so kindly."""

from __future__ import annotations

import json

from bot.store import tables as t
from bot.store import voice_tables as v
from handlers.throttle import BOUNDS, Act
from tests.e2e.conftest import PRIYA, TOMAS, Office
from tests.e2e.test_asking import ask_a_person


async def test_a_flood_of_questions(office: Office) -> None:
    """After a dozen the next is not looked at; nothing of it is kept, and somebody else is answered as ever."""
    await office.take_pilot_to("policy")
    for number in range(BOUNDS[Act.QUESTION].at_once):
        assert "many questions" not in await office.type(PRIYA, f"/ask my dog number {number} is purple")
    before = await _rows(office)
    said = await office.type(PRIYA, "/ask my dog number 99 is purple")
    assert "You can ask again in" in said
    assert await _rows(office) == before
    assert "many questions" not in await office.type(TOMAS, "/ask who can see my data?")


async def test_the_same_question_passed_on_twice_counts_once(office: Office) -> None:
    """Whoever passes it on again is told that it is under way; the answer comes to them once."""
    await office.take_pilot_to("policy")
    for _ in range(3):
        await ask_a_person(office, PRIYA, "may my purple dog sit beside me?")
    assert await office.bot.database.run(lambda db: len(db.execute(v.sealed_address.select()).all())) == 1


async def test_a_click_again_and_again_teaches_nothing(office: Office) -> None:
    """*That answers it* counts once for a question, however often it is pressed."""
    await office.take_pilot_to("policy")
    await office.type(PRIYA, "/ask who can see my data?")
    for _ in range(4):
        await office.press(PRIYA, "answer_helped")
    counts = await office.bot.database.run(lambda db: [row.right for row in db.execute(v.evidence.select())])
    assert counts == [1]


async def _rows(office: Office) -> str:
    tables = (v.voice, v.presence, v.evidence, t.delivery)
    return await office.bot.database.run(
        lambda db: json.dumps([sorted(repr(tuple(row)) for row in db.execute(each.select())) for each in tables])
    )

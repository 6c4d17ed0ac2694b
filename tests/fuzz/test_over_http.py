"""Payloads that are signed and wrong: an answer each time, nothing changed, nothing quoted, and the bot goes on.

The seed is printed with every failure; FOREWORD_SEED plays one again, FOREWORD_LONG_RUNS=1000 tries that many more payloads.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Iterable
from random import Random
from typing import Any

import pytest
import pytest_asyncio

from bot.views.ids import ActionId, Field, ViewId
from tests.e2e.conftest import MARA, PRIYA
from tests.fuzz.odd_payloads import BAD_TEXT, CANARY, ELEMENTS, broken, nested, twice
from tests.fuzz.payloads import click, events, every_kind, form
from tests.fuzz.siege import FORM, JSON, Siege, besieged, everything_logged

LONG = int(os.environ.get("FOREWORD_LONG_RUNS", "0"))
SEED = int(os.environ.get("FOREWORD_SEED", "20261130"))
STRANGER = "U09STRANGER"
ASKING = frozenset({"voice", "presence", "period_salt", "evidence"})
"""What somebody leaves behind who asks, which everybody may."""
BATCH = 15
"""So many payloads go between two looks at the database."""
MEETINGS = frozenset({"member_joined_channel", "member_left_channel"})
"""Slack alone knows who comes and goes: what it says of them is true."""


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def siege(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Siege]:
    """The bot, served."""
    async with besieged(tmp_path_factory.mktemp("siege") / "scratch") as siege:
        yield siege


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def _unmoved(siege: Siege, capfd: pytest.CaptureFixture[str]) -> AsyncIterator[None]:
    """After each test: nothing that was sent stands in the log, nothing went wrong unforeseen, good requests are answered."""
    with everything_logged():
        capfd.readouterr()
        yield
        await siege.rest()
        said = capfd.readouterr().err
    assert CANARY not in said, "what was sent stands in the log"
    for word in ("unforeseen", "answer_failed", "Exception in ASGI"):
        assert word not in said, next(line for line in said.splitlines() if word in line)
    assert await siege.good_request() < 5


def copied(siege: Siege, chance: Random) -> tuple[list[str], list[str]]:
    """Values of buttons and private_metadata that somebody may have copied or made up."""
    ids = [*chance.sample(siege.ids, 20), "0" * 32, CANARY, CANARY * 300]
    asked = {"r": siege.ids[0], "h": "trust", "x": CANARY, "e": "trust", "n": 0, "t": ""}
    values = [*ids, json.dumps(asked), json.dumps({**asked, "r": "0" * 32, "n": 10**40}), f"{ids[0]} match"]
    about = [
        json.dumps(dict.fromkeys(("rollout", "wave", "checkin", "export", "question", "sign", "r", "entry"), each))
        for each in ids
    ]
    return values, [*about, "", "[]", "7", "null", "{", '{"wave": {"a": [1]}, "digests": {"a": 1}}', "x" * 3000]


async def carried(siege: Siege, payloads: Iterable[tuple[str, Any]], *, may_change: frozenset[str]) -> None:
    """Send them all: each gets an answer that is no error of ours, and no other table changes."""
    listed = list(payloads)
    await siege.office.settle()  # what others set off comes to its end first
    before = await siege.digest()
    for start in range(0, len(listed), BATCH):
        batch = listed[start : start + BATCH]
        for way, payload in batch:
            status, _ = await siege.send(way, payload)
            assert status == 200 or 400 <= status < 500, (SEED, status, payload)
        await siege.rest()
        after = await siege.digest()
        changed = {table for table in after if after[table] != before[table]} - may_change
        assert not changed, (SEED, changed, batch)
        before = after


async def test_what_a_stranger_sends_changes_nothing(siege: Siege) -> None:
    """Every command, button, form and event, with values copied from others; in order, and broken in every way."""
    chance = Random(SEED)
    values, about = copied(siege, chance)
    whole = [
        (way, each)
        for way, each in every_kind(STRANGER, values, about, CANARY)
        if each.get("event", {}).get("type") not in MEETINGS
    ]
    await carried(siege, whole, may_change=ASKING)
    odd = ((way, broken(each, chance)) for way, each in chance.choices(whole, k=200 + LONG))
    await carried(siege, odd, may_change=ASKING)


async def test_the_siege_knows_who_passed_a_question_on(siege: Siege) -> None:
    """A stranger's own question changes nothing that a siege watches; one whose answer goes to a colleague does."""
    about = json.dumps({"r": await siege.rollout_id(), "h": "other"})
    cases: tuple[tuple[str, str, set[str]], ...] = (
        (STRANGER, "may my cat walk over the keyboard?", set()),
        (PRIYA, "is the moon made of cheese?", {"question", "sealed_address"}),
    )
    for person, words, changed in cases:
        before = await siege.digest()
        asked = {Field.QUESTION.value: {"type": "plain_text_input", "value": words}}
        _, answer = await siege.send("interactive", form(person, ViewId.PASS_ON, about, asked))
        assert "is passed on" in answer, answer
        after = await siege.digest()
        assert {table for table in after if after[table] != before[table]} == changed, person


async def test_broken_payloads_of_those_in_charge(siege: Siege) -> None:
    """Whoever may do something may also send it broken: never an error of ours."""
    chance = Random(SEED + 1)
    values, about = copied(siege, chance)
    everything = frozenset(await siege.digest())
    for person in (MARA, PRIYA):
        whole = every_kind(person, values, about, CANARY)
        odd = ((way, broken(each, chance)) for way, each in chance.choices(whole, k=120 + LONG))
        await carried(siege, odd, may_change=everything)


async def test_elements_of_every_kind_behind_every_action(siege: Siege) -> None:
    """A select, a date or a file where a button was: nothing happens."""
    chance = Random(SEED + 2)
    pairs = [(action, kind) for action in ActionId for kind in ELEMENTS]
    clicks = [
        ("interactive", click(STRANGER, action, "", kind=kind, held=ELEMENTS[kind]))
        for action, kind in (pairs if LONG else chance.sample(pairs, 120))
    ]
    await carried(siege, clicks, may_change=ASKING)


async def test_what_somebody_made_up_behind_every_button_and_form(siege: Siege) -> None:
    """Values and notes too deep, too long, of another kind or beyond every number: nothing happens."""
    chance = Random(SEED + 4)
    about = json.dumps({"rollout": await siege.rollout_id(), "r": await siege.rollout_id(), "h": "other"})
    for person, may_change in ((STRANGER, ASKING), (MARA, frozenset(await siege.digest()))):
        made_up = [
            *(click(person, action, text) for action in ActionId for text in BAD_TEXT),
            *(form(person, callback, text, _filled(text)) for callback in ViewId for text in BAD_TEXT),
            *(form(person, callback, about, _filled(text)) for callback in ViewId for text in BAD_TEXT),
        ]
        chosen = chance.sample(made_up, min(len(made_up), 200 + LONG))
        await carried(siege, (("interactive", each) for each in chosen), may_change=may_change)


def _filled(text: str) -> dict[str, Any]:
    """Every field of every form, holding this text in every way that an element holds something."""
    ticked = {"selected_options": [{"value": text}], "type": "checkboxes"}
    return {f.value: ticked if f is Field.SIGNS else {"type": "plain_text_input", "value": text} for f in Field}


async def test_json_that_nobody_should_have_to_read(siege: Siege) -> None:
    """Doubled keys, 100,000 levels, numbers without end, NaN, bytes that are no text, and none at all."""
    chance = Random(SEED + 3)
    texts = [twice(json.dumps(payload), chance) for payload in events(STRANGER, CANARY)[2:7]]
    texts += [twice(json.dumps(click(STRANGER, action, CANARY)), chance) for action in list(ActionId)[:8]]
    texts += [nested(100_000), nested(70), "[" * 100_000, '{"type":' + "9" * 100_000 + "}"]
    texts += ['{"type":"event_callback","event":{"type":"message"},"x":NaN}', '{"type":-Infinity}', "", "null", '"a"']
    texts += ['{"type":"url_verification","challenge":["' + CANARY + '"]}', '{"type":"event_callback","event":"x"}']
    before = await siege.digest()
    for text in texts:
        for way in ("event", "interactive"):
            status, _ = await siege.send(way, text)
            assert status == 200 or 400 <= status < 500, (SEED, status, text[:200])
    for body in (b"\xff\xfe", b"\x1f\x8b\x08\x00" + b"\x00" * 500, b"payload=%00", b"payload=%ED%A0%80", b"=&=&=", b""):
        for kind in (FORM, JSON):
            assert 400 <= (await siege.raw(body, kind))[0] < 500
    await siege.rest()
    after = await siege.digest()
    assert {table for table in after if after[table] != before[table]} <= ASKING


async def test_text_that_no_database_takes_is_understood_without_it(siege: Siege) -> None:
    """A NUL or half a character in a question is left out; the rest is answered."""
    for text in ("who can see\x00 my data?", "who can see my data?\ud800"):
        payload = {"command": "/ask", "text": text, "user_id": PRIYA, "team_id": "T"}
        status, body = await siege.send("command", payload)
        assert status == 200
        assert "That answers it" in body, body

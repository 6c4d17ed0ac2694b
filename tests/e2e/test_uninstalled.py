"""The app is taken out of the workspace, and put in again: everything waits meanwhile, nothing fails, nothing comes twice."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.delivery import DeliveryState
from bot.sandbox.payloads import event_body
from bot.services import installation as installation_module
from bot.store import standstill
from bot.store import tables as t
from bot.store import voice_tables as v
from tests.e2e.conftest import MARA, OTIS, PRIYA, Office, said
from tests.e2e.test_asking import ask_a_person

GONE, REVOKED = {"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["U0FOREWORD"]}}


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack is asked whenever somebody looks."""
    monkeypatch.setattr(installation_module, "ASK_EVERY", 0.0)


async def tell(office: Office, event: dict[str, Any], **more: Any) -> None:
    """Deliver an event; `more` stands in its envelope."""
    await office.slack.courier.tell({**event_body(office.slack.space, event), **more})
    await office.settle()


def take_out(office: Office) -> None:
    """The workspace's owner removes the app: its token is good for nothing from now on."""
    office.slack.connection.bot_token = "xoxb-after-installing-again"


def put_back(office: Office) -> None:
    """The app is installed again, and its new token is in the bot's settings."""
    office.bot.desk.messenger._client.token = office.slack.connection.bot_token  # type: ignore[attr-defined]


async def states(office: Office) -> dict[str, int]:
    """How many deliveries are in which state."""

    def count(db: Any) -> dict[str, int]:
        found: dict[str, int] = {}
        for row in db.execute(t.delivery.select()):
            found[row.state] = found.get(row.state, 0) + 1
        return found

    return await office.bot.database.run(count)


async def stands(office: Office) -> bool:
    return await office.bot.database.run(standstill.stands)


@pytest.mark.parametrize("events", [(GONE, REVOKED), (REVOKED, GONE), (GONE, GONE, REVOKED, REVOKED), (GONE,)])
async def test_everything_waits_until_the_app_is_back(office: Office, events: tuple[dict[str, Any], ...]) -> None:
    """In any order, twice or once: what is to be sent waits and is sent once; ways back to askers are forgotten at once."""
    await office.take_pilot_to("brief")
    await ask_a_person(office, PRIYA, "may my purple dog sit beside me?")
    take_out(office)
    for event in events:
        await tell(office, event)
    assert await stands(office)
    checks = {check.name: check for check in await office.bot.readiness.parts()}
    assert not checks["slack"].ok
    assert "purge" in checks["slack"].fix
    assert await office.bot.database.run(lambda db: db.execute(v.sealed_address.select()).all()) == []
    sent = (await states(office))[DeliveryState.SENT]
    calls = len(office.slack.calls)
    await office.slack.advance(86_400)
    await office.settle()
    assert await states(office) == {DeliveryState.SENT: sent}
    assert {call.method for call in office.slack.calls[calls:]} <= {"auth.test"}, "nothing else is tried"
    put_back(office)
    await office.settle()
    assert not await stands(office)
    await office.launch("reason")
    assert (await states(office)).get(DeliveryState.FAILED, 0) == 0
    assert len([text for text in office.channel(PRIYA) if "Northwind" in text]) == 1
    _forget_refusals(office)


async def test_a_token_that_dies_while_messages_are_under_way(office: Office) -> None:
    """Without an event at all: nothing fails, nothing is lost, and each message arrives once when the token is mended."""
    await office.type(MARA, "/rollout launch brief")
    take_out(office)
    await office.slack.click(MARA, "launch_confirm")
    await office.settle()
    assert set(await states(office)) == {DeliveryState.PENDING}
    assert not await stands(office), "the other instances may have a good token"
    waiting = (await states(office))[DeliveryState.PENDING]
    put_back(office)
    await office.settle()
    assert await states(office) == {DeliveryState.SENT: waiting}
    for manager in (MARA, OTIS):
        assert len(office.letters(manager)) <= 1
    _forget_refusals(office)


@pytest.mark.parametrize("event", [GONE, REVOKED])
async def test_an_event_that_comes_late_stops_nothing(office: Office, event: dict[str, Any]) -> None:
    """Slack still takes the token: somebody has installed the app again, or only their own token was revoked."""
    await office.take_pilot_to("brief")
    await ask_a_person(office, PRIYA, "may my purple dog sit beside me?")
    await tell(office, event)
    assert not await stands(office)
    assert len(await office.bot.database.run(lambda db: db.execute(v.sealed_address.select()).all())) == 1
    assert "Preview" in await office.launch("reason")


async def test_another_workspace_is_none_of_our_business(office: Office) -> None:
    """An event that names another workspace changes nothing, whatever becomes of our token."""
    await office.take_pilot_to("brief")
    await ask_a_person(office, PRIYA, "may my purple dog sit beside me?")
    take_out(office)
    await tell(office, GONE, team_id="T99ELSEWHERE")
    assert not await stands(office)
    assert len(await office.bot.database.run(lambda db: db.execute(v.sealed_address.select()).all())) == 1
    put_back(office)
    _forget_refusals(office)


async def test_a_scheduled_launch_waits_as_well(office: Office) -> None:
    """What was to be launched meanwhile is launched when the app is back, and its gates are looked at then."""
    await office.take_pilot_to("brief")
    await office.type(MARA, "/rollout launch reason pilot at 2026-12-01 10:00")
    await office.press(MARA, "launch_confirm")
    take_out(office)
    await tell(office, GONE)
    await office.slack.advance(2 * 86_400)
    await office.settle()
    assert "reason" in said(await _launches(office, "scheduled"))
    put_back(office)
    await office.settle()
    assert "reason" in said(await _launches(office, "launched"))
    assert any("Northwind" in text for text in office.channel(PRIYA))
    _forget_refusals(office)


async def _launches(office: Office, state: str) -> list[str]:
    return await office.bot.database.run(
        lambda db: [row.step for row in db.execute(t.launch.select()) if row.state == state]
    )


def _forget_refusals(office: Office) -> None:
    """The refusals of a dead token are what this test is about."""
    office.slack.calls.clear()

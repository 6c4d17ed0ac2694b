"""A message that cannot be made holds up nobody else's."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.delivery import DeliveryKind
from bot.services import delivering
from tests.e2e.conftest import MARA, OTIS, Office


async def test_it_is_put_aside_shown_and_tried_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever goes wrong while one message is made, a manager sees it on the card; the next ones go; a click tries it again."""
    prepare = delivering.prepare

    def broken(db: Any, delivery: Any, **given: Any) -> Any:
        if delivery.kind is DeliveryKind.BRIEF:
            raise KeyError(delivery.recipient)
        return prepare(db, delivery, **given)

    monkeypatch.setattr(delivering, "prepare", broken)
    await office.launch("brief")
    card = await office.type(MARA, "/rollout")
    assert "Not sent" in card
    assert not any("can answer" in letter for letter in office.letters(MARA))
    assert "I could not put it together" in card
    await office.type(MARA, "/rollout override managers_briefed pilot because They have read it on paper.")
    assert any("on paper" in letter for letter in office.letters(OTIS)), "what comes after it has left"
    monkeypatch.setattr(delivering, "prepare", prepare)
    await office.type(MARA, "/rollout")
    await office.press(MARA, "delivery_check_again")
    assert any("can answer" in letter for letter in office.letters(MARA))

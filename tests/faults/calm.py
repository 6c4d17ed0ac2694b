"""What is played in a laboratory where nothing goes wrong but what the test does (the fixture `lab`)."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from tests.e2e.conftest import MARA
from tests.faults.laboratory import Laboratory, run


def played(lab: Laboratory, play: Coroutine[Any, Any, None]) -> None:
    """Open, play, and close."""

    async def whole() -> None:
        await lab.open()
        await play
        await lab.close()

    run(whole())
    assert lab.problems == []


async def up_to(lab: Laboratory, last: str) -> None:
    """The pilot has been through its steps, up to and with this one."""
    for step in ("brief", "reason", "policy", "install"):
        if step == "install":
            await lab.wait(4 * 86_400)
        assert "Preview" in await lab.type(MARA, f"/rollout launch {step}")
        await lab.press(MARA, "launch_confirm")
        await lab.wait(10, pulses=3)
        assert f"{step} ✓" in await lab.type(MARA, "/rollout")
        if step == "brief":
            await lab.press(MARA, "brief_can_answer")
        if step == last:
            return

"""Messages round an override: the request to a second manager, and its approval."""

from __future__ import annotations

from slack_sdk.models.blocks import Block

from bot.domain.gates import WHY, Gate
from bot.ports import Post
from bot.views.escape import escape
from bot.views.ids import ActionId
from bot.views.pieces import button, buttons, header, post, sections, small


def override_request(*, gate: Gate, wave: str, because: str, asked_by: str, override_id: str) -> Post:
    """What a second manager is asked to decide."""
    words = escape(because)
    quoted = "\n".join(f">{line}" for line in words.split("\n"))
    blocks: list[Block] = [
        header(f"Waive {gate} for {wave}?"),
        *sections(
            f"<@{asked_by}> asks to launch although `{gate}` does not hold:\n{quoted}\n"
            f"_What this gate is for:_ {escape(WHY[gate])}"
        ),
        buttons(
            button(ActionId.APPROVE_OVERRIDE, "Approve", override_id, style="danger", says=f"Approve waiving {gate}")
        ),
        small(
            "If you approve, both names and this reason stand in the timeline that employees see. Not approving needs no click."
        ),
    ]
    return post(f"<@{asked_by}> asks you to approve waiving {gate} for {escape(wave)}: {words}", blocks)


def override_approved(*, gate: Gate, wave: str, approved_by: str) -> Post:
    """What the manager who asked is told."""
    text = (
        f"<@{approved_by}> approved waiving `{gate}` for {escape(wave)}. It counts until the texts or the run change."
    )
    return post(text, sections(text))

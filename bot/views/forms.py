"""The modals in which a plan is written: new, reason, policy, waves; and the short ones for override and pause."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    ChannelSelectElement,
    DatePickerElement,
    InputBlock,
    NumberInputElement,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    StaticSelectElement,
    UrlInputElement,
    UserMultiSelectElement,
    UserSelectElement,
)
from slack_sdk.models.views import View

from bot.domain.facts import CADENCE_WORDS
from bot.domain.gates import Gate
from bot.domain.rollout import Plan, Role, Wave
from bot.views.escape import escape, plain
from bot.views.ids import VALUE, ActionId, Field, ViewId
from bot.views.pieces import button, buttons, clipped, divider, small, with_button

BETWEEN = " | "
"""What separates the parts of one line in the list fields of the policy form."""
INPUT_LIMIT = 3_000


def _text(text: str) -> PlainTextObject:
    return PlainTextObject(text=plain(text), emoji=False)


def _line(
    field: Field, label: str, value: str = "", hint: str = "", *, optional: bool = False, long: bool = False
) -> InputBlock:
    return InputBlock(
        block_id=field,
        label=_text(label),
        hint=_text(hint) if hint else None,
        optional=optional,
        element=PlainTextInputElement(
            action_id=VALUE,
            initial_value=clipped(value, INPUT_LIMIT) or None,
            multiline=long,
            max_length=INPUT_LIMIT,
        ),
    )


def _list(field: Field, label: str, value: str, hint: str) -> Block:
    """A list, one item a line. One that is longer than an input may be is not offered: saving would cut it off."""
    if len(value) > INPUT_LIMIT:
        return small(f"*{label}* This list is too long for a form, and stays as it is. Change it in the plan file.")
    return _line(field, label, value, hint, optional=True, long=True)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _modal(
    callback: ViewId, title: str, blocks: list[Block], *, submit: str = "Save", about: dict[str, str] | None = None
) -> dict[str, Any]:
    return View(
        type="modal",
        callback_id=callback,
        title=_text(title),
        submit=_text(submit),
        close=_text("Cancel"),
        private_metadata=json.dumps(about or {}),
        blocks=blocks,
    ).to_dict()


def new_form() -> dict[str, Any]:
    """A rollout from nothing: who, why, and the pilot. The policy has a form of its own."""
    return _modal(
        ViewId.NEW_ROLLOUT,
        "A new rollout",
        [
            _line(Field.NAME, "Short name", hint="a-z, 0-9 and hyphens, such as time-tracking"),
            _line(Field.TOOL, "The tool's name", hint="as people will see it"),
            _line(
                Field.REASON,
                "Why",
                hint="What happened: which clients, how many disputes, which rule, since when. Nothing about productivity or trust.",
                long=True,
            ),
            InputBlock(
                block_id=Field.INSTALL_URL,
                label=_text("Install link"),
                hint=_text("People get it from me, one by one, after the policy. It stands in no message."),
                element=UrlInputElement(action_id=VALUE),
            ),
            InputBlock(
                block_id=Field.OWNERS,
                label=_text("Owners"),
                element=UserMultiSelectElement(action_id=VALUE),
                hint=_text(
                    "They launch, override and pause. Two or more, so that an override has a second pair of eyes."
                ),
            ),
            InputBlock(block_id=Field.HR, label=_text("HR"), element=UserMultiSelectElement(action_id=VALUE)),
            InputBlock(
                block_id=Field.CONTACT,
                label=_text("Whom people can turn to"),
                element=UserSelectElement(action_id=VALUE),
            ),
            divider(),
            *_wave_inputs(None, None, pilot=True),
        ],
    )


def reason_form(plan: Plan, rollout_id: str) -> dict[str, Any]:
    """The reason."""
    return _modal(
        ViewId.REASON,
        "The reason",
        [
            _line(
                Field.REASON,
                "Why",
                plan.reason.strip(),
                "What happened: which clients, how many disputes, which rule, since when. Nothing about productivity or trust.",
                long=True,
            ),
            small("If people were given the present reason, this becomes a new version."),
        ],
        about={"rollout": rollout_id},
    )


def policy_form(plan: Plan, rollout_id: str) -> dict[str, Any]:
    """The policy's four questions and the rest of it."""
    policy = plan.policy
    tracked = "\n".join(BETWEEN.join(map(_one_line, (item.what, item.detail))) for item in policy.tracked)
    readers = "\n".join(BETWEEN.join(map(_one_line, (r.who, r.when, r.purpose))) for r in policy.seen_by)
    return _modal(
        ViewId.POLICY,
        "The policy",
        [
            _list(
                Field.TRACKED,
                "1. What exactly is tracked?",
                tracked,
                "One per line: what | what exactly that covers",
            ),
            _list(
                Field.NOT_TRACKED,
                "2. What is explicitly not tracked?",
                "\n".join(map(_one_line, policy.not_tracked)),
                "One per line. The line most policies skip, and the one that builds most trust.",
            ),
            _list(
                Field.SEEN_BY,
                "3. Who can see it, and how often?",
                readers,
                "One per line: who | when | for what purpose",
            ),
            InputBlock(
                block_id=Field.RETENTION_DAYS,
                label=_text("4. How many days is it kept?"),
                optional=True,
                element=NumberInputElement(
                    action_id=VALUE,
                    is_decimal_allowed=False,
                    min_value="1",
                    initial_value=str(policy.retention_days) if policy.retention_days else None,
                ),
            ),
            _line(Field.OWN_DATA, "And how can people see their own data?", policy.own_data, long=True, optional=True),
            _line(
                Field.BREAKS,
                "Breaks and idle time",
                policy.breaks,
                "Whether breaks are logged, and what becomes of an unexplained gap",
                long=True,
                optional=True,
            ),
            _line(Field.CORRECTIONS, "How entries are corrected", policy.corrections, long=True, optional=True),
            InputBlock(
                block_id=Field.DOCUMENT_URL,
                label=_text("The whole policy"),
                hint=_text("A real document, not a chat message"),
                optional=True,
                element=UrlInputElement(action_id=VALUE, initial_value=policy.document_url or None),
            ),
            InputBlock(
                block_id=Field.EFFECTIVE,
                label=_text("In force from"),
                optional=True,
                element=DatePickerElement(
                    action_id=VALUE, initial_date=policy.effective.isoformat() if policy.effective else None
                ),
            ),
            small(
                "If people were given the present policy, this becomes a new version and they are told what changed."
            ),
        ],
        about={"rollout": rollout_id},
    )


def waves_form(plan: Plan, rollout_id: str, running: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The waves in order; `running` are pairs of wave name and row id."""
    ids = dict(running)
    blocks: list[Block] = []
    for position, wave in enumerate(plan.waves):
        role = plan.role_of(wave)
        pilot = " (pilot)" if position == 0 else ""
        cadence = CADENCE_WORDS[role.cadence] if role.cadence else "no cadence yet"
        blocks.append(
            with_button(
                f"*{position + 1}. {escape(wave.name)}*{pilot}: {escape(wave.team)} in <#{wave.channel}>, "
                f"managers {', '.join(f'<@{m}>' for m in wave.managers)}; role {escape(role.name)}, reviewed {cadence}",
                button(ActionId.EDIT_WAVE, "Change", ids.get(wave.name, ""), says=f"Change {wave.name}"),
            )
        )
    blocks += [divider(), buttons(button(ActionId.ADD_WAVE, "Add a wave", rollout_id))]
    return View(
        type="modal",
        callback_id=ViewId.WAVES,
        title=_text("The waves"),
        close=_text("Close"),
        private_metadata=json.dumps({"rollout": rollout_id}),
        blocks=blocks,
    ).to_dict()


def wave_form(rollout_id: str, plan: Plan, wave: Wave | None) -> dict[str, Any]:
    """One wave; an empty form adds one at the end."""
    role = plan.role_of(wave) if wave else None
    return _modal(
        ViewId.WAVE,
        "A wave",
        list(_wave_inputs(wave, role, pilot=wave is not None and wave.name == plan.pilot.name)),
        about={"rollout": rollout_id, "wave": wave.name if wave else ""},
    )


def _wave_inputs(wave: Wave | None, role: Role | None, *, pilot: bool) -> list[Block]:
    cadences = [Option(value=cadence.value, text=_text(words)) for cadence, words in CADENCE_WORDS.items()]
    chosen = next((o for o in cadences if role and role.cadence and o.value == role.cadence.value), None)
    return [
        _line(
            Field.WAVE_NAME,
            "Pilot: short name" if pilot else "Short name",
            wave.name if wave else ("pilot" if pilot else ""),
            "a-z, 0-9 and hyphens",
        ),
        _line(
            Field.WAVE_TEAM,
            "Which team",
            wave.team if wave else "",
            "One team for the pilot, ideally the one where it matters most",
        ),
        InputBlock(
            block_id=Field.WAVE_CHANNEL,
            label=_text("Its channel"),
            element=ChannelSelectElement(action_id=VALUE, initial_channel=wave.channel if wave else None),
        ),
        InputBlock(
            block_id=Field.WAVE_MANAGERS,
            label=_text("Its managers"),
            element=UserMultiSelectElement(action_id=VALUE, initial_users=list(wave.managers) if wave else None),
        ),
        InputBlock(
            block_id=Field.WAVE_WEEKS,
            label=_text("Weeks"),
            hint=_text("A pilot runs two to four weeks"),
            optional=not pilot,
            element=NumberInputElement(
                action_id=VALUE,
                is_decimal_allowed=False,
                min_value="1",
                initial_value=str(wave.weeks) if wave and wave.weeks else ("2" if pilot and not wave else None),
            ),
        ),
        _line(
            Field.WAVE_COUNTRY,
            "Country",
            wave.country if wave else "",
            "Two letters, such as DE or DE-BY: check-ins keep its weekends and holidays",
            optional=True,
        ),
        _line(
            Field.WAVE_ROLE, "The role of these people", role.name if role else "", "such as client-billed or salaried"
        ),
        InputBlock(
            block_id=Field.ROLE_CADENCE,
            label=_text("How often this role's data is reviewed"),
            element=StaticSelectElement(action_id=VALUE, options=cadences, initial_option=chosen),
        ),
        _line(
            Field.ROLE_BECAUSE,
            "Because",
            role.because if role else "",
            "Said plainly; people will ask why theirs and not that team's",
        ),
    ]


def override_form(rollout_id: str, wave_id: str, wave: str, gates: Sequence[Gate]) -> dict[str, Any]:
    """Which soft gate to waive, and why."""
    options = [Option(value=gate.value, text=_text(gate.value)) for gate in gates]
    return _modal(
        ViewId.OVERRIDE,
        "Ask for an override",
        [
            InputBlock(
                block_id=Field.NAME,
                label=_text(f"Gate to waive for {clipped(wave, 100)}"),
                element=StaticSelectElement(action_id=VALUE, options=options, initial_option=options[0]),
            ),
            _line(Field.BECAUSE, "Because", long=True),
            small(
                "A second manager has to approve. Both names and your reason stand in the timeline that employees see."
            ),
        ],
        submit="Ask",
        about={"rollout": rollout_id, "wave": wave_id},
    )


def pause_form(rollout_id: str) -> dict[str, Any]:
    """Why the rollout is held, in words that its channels will read."""
    return _modal(
        ViewId.PAUSE,
        "Pause the rollout",
        [
            _line(
                Field.BECAUSE,
                "Because",
                hint="These words are posted in the channels that have heard of the rollout.",
                long=True,
            ),
            small(
                "Everything queued is held and no link is given out. To go on you need a new policy version or a new reason."
            ),
        ],
        submit="Pause now",
        about={"rollout": rollout_id},
    )

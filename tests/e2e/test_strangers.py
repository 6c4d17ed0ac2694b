"""Every button and every form, used with somebody else's values by somebody who may not: refused kindly, and nothing happens.

One table says of each id whose row its value names, and what a stranger gets. An id that is missing there fails the test.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from bot.domain.delivery import DeliveryState
from bot.domain.review import ReviewState
from bot.domain.rollout import Step
from bot.sandbox.lines import INTERACTION
from bot.services import signs as sign_services
from bot.store import launches, rollouts
from bot.store import month_tables as m
from bot.store import tables as t
from bot.store import voice_tables as v
from bot.store.launches import Proposal
from bot.store.month_tables import FaultState
from bot.store.schema import METADATA
from bot.views.ids import ActionId, Field, ViewId
from tests.e2e.conftest import HELEN, MARA, PRIYA, TOMAS
from tests.e2e.rough_office import GUEST, RoughOffice, opened
from tests.e2e.test_asking import ask_a_person
from tests.fuzz.payloads import click, form

REFUSED, OWN_DEVICE, ASKS, PASSES_ON = "refused", "harmless", "asks", "passes on"
"""Refused in a sentence; anybody may, and it touches nobody else; anybody may ask, which leaves a voice, or a question."""
VOICES = {"voice", "presence", "period_salt", "evidence"}
MAY_CHANGE: dict[str, set[str]] = {
    REFUSED: set(),
    OWN_DEVICE: set(),
    ASKS: VOICES,
    PASSES_ON: {*VOICES, "question", "sealed_address"},
}
HOUSEKEEPING = {"seen_event", "rate_use", "rate_rest", "rate_block"}

ACTIONS: dict[ActionId, tuple[str, str]] = {
    ActionId.CONFIRM_LAUNCH: ("proposal", REFUSED),
    ActionId.CANCEL_LAUNCH: ("proposal", OWN_DEVICE),
    ActionId.PREVIEW_NEXT: ("wave", REFUSED),
    ActionId.UNSCHEDULE: ("launch", REFUSED),
    ActionId.REFRESH_STATUS: ("rollout", REFUSED),
    ActionId.SHOW_GATES: ("wave", REFUSED),
    ActionId.SHOW_TIMELINE: ("rollout", OWN_DEVICE),
    ActionId.CHECK_AGAIN: ("delivery", REFUSED),
    ActionId.IT_IS_THERE: ("delivery", REFUSED),
    ActionId.SEND_AGAIN: ("delivery", REFUSED),
    ActionId.ASK_OVERRIDE: ("wave", REFUSED),
    ActionId.APPROVE_OVERRIDE: ("override", REFUSED),
    ActionId.OPEN_PAUSE: ("rollout", REFUSED),
    ActionId.RELAUNCH: ("rollout", REFUSED),
    ActionId.SIGN_OFF: ("wave", REFUSED),
    ActionId.CAN_ANSWER: ("launch", REFUSED),
    ActionId.HAVE_READ: ("launch", REFUSED),
    ActionId.ASK_QUESTION: ("launch", OWN_DEVICE),
    ActionId.GET_LINK: ("launch", REFUSED),
    ActionId.ANSWER_HELPED: ("asked", ASKS),
    ActionId.ANSWER_DID_NOT: ("asked", ASKS),
    ActionId.MEANT: ("asked", ASKS),
    ActionId.MEANT_NONE: ("asked", ASKS),
    ActionId.ASK_PERSON: ("asked", OWN_DEVICE),
    ActionId.SHARE_ANSWER: ("asked", OWN_DEVICE),
    ActionId.OPEN_QUESTION: ("rollout", OWN_DEVICE),
    ActionId.REPLY: ("question", REFUSED),
    ActionId.REPLY_WITH_ENTRY: ("question", REFUSED),
    ActionId.MAKE_ENTRY: ("question", REFUSED),
    ActionId.FORGET_ME: ("rollout", OWN_DEVICE),
    ActionId.CHECKIN_1: ("answer", REFUSED),
    ActionId.CHECKIN_2: ("answer", REFUSED),
    ActionId.CHECKIN_3: ("answer", REFUSED),
    ActionId.CHECKIN_4: ("answer", REFUSED),
    ActionId.CHECKIN_5: ("answer", REFUSED),
    ActionId.CHECKIN_SKIP: ("answer", REFUSED),
    ActionId.CHECKIN_OPEN: ("checkin", REFUSED),
    ActionId.CHECKIN_COMMENT: ("checkin", REFUSED),
    ActionId.CHECKIN_SNOOZE: ("checkin", REFUSED),
    ActionId.CHECKIN_AWAY: ("checkin", REFUSED),
    ActionId.REPORT_FAULT: ("checkin", REFUSED),
    ActionId.VOUCH: ("checkin", REFUSED),
    ActionId.UNVOUCH: ("checkin", OWN_DEVICE),
    ActionId.SHOW_VERDICT: ("wave", REFUSED),
    ActionId.TELL_PILOT: ("wave", REFUSED),
    ActionId.ENTER_VERDICT: ("wave", REFUSED),
    ActionId.REVIEW_DONE: ("review", REFUSED),
    ActionId.REVIEW_NOT_THIS_TIME: ("review", REFUSED),
    ActionId.OPEN_SIGNS: ("wave", REFUSED),
    ActionId.ATTEND_SIGN: ("sign", REFUSED),
    ActionId.FAULT_FIXED: ("fault", REFUSED),
    ActionId.FAULT_BLOCKING: ("fault", REFUSED),
    ActionId.FAULT_OPEN: ("fault", REFUSED),
    ActionId.EXPORT: ("export", REFUSED),
    ActionId.EDIT_REASON: ("rollout", REFUSED),
    ActionId.EDIT_POLICY: ("rollout", REFUSED),
    ActionId.EDIT_WAVES: ("rollout", REFUSED),
    ActionId.EDIT_WAVE: ("wave", REFUSED),
    ActionId.ADD_WAVE: ("rollout", REFUSED),
}
FORMS: dict[ViewId, str] = {
    ViewId.READ_FIRST: REFUSED,
    ViewId.NEW_ROLLOUT: REFUSED,
    ViewId.REASON: REFUSED,
    ViewId.POLICY: REFUSED,
    ViewId.WAVES: OWN_DEVICE,
    ViewId.WAVE: REFUSED,
    ViewId.OVERRIDE: REFUSED,
    ViewId.PAUSE: REFUSED,
    ViewId.SIGN_OFF: REFUSED,
    ViewId.NOTICE: OWN_DEVICE,
    ViewId.ASK: ASKS,
    ViewId.PASS_ON: PASSES_ON,
    ViewId.REPLY: REFUSED,
    ViewId.REPLY_WITH_ENTRY: REFUSED,
    ViewId.ENTRY: REFUSED,
    ViewId.HEARD: REFUSED,
    ViewId.CHECKIN: REFUSED,
    ViewId.CHECKIN_COMMENT: REFUSED,
    ViewId.FAULT: REFUSED,
    ViewId.TELL_PILOT: REFUSED,
    ViewId.ENTER_VERDICT: REFUSED,
    ViewId.LOOKED: REFUSED,
    ViewId.SIGNS: REFUSED,
    ViewId.ATTEND_SIGN: REFUSED,
    ViewId.HOURS: REFUSED,
    ViewId.EXPORT: REFUSED,
}
KINDLY = (
    "You cannot",
    "earlier state",
    "no longer the present one",
    "goes to those who were in the team",
    "not in",
    "not asked",
    "no rollout",
    "nothing to check",
    "Nothing",
    "nothing",
)
"""What a refusal says: who can, or that this is of yesterday, and that nothing was done."""


class Values:
    """Somebody's real rows, by what they are."""

    def __init__(self, rows: dict[str, list[str]]) -> None:
        self.rows = rows

    def of(self, kind: str) -> list[str]:
        if kind == "answer":
            return [f"{each} match" for each in self.rows["checkin"]]
        if kind == "asked":
            asked = {"h": "trust", "x": "Why?", "e": "trust", "n": 0, "t": ""}
            return [json.dumps({**asked, "r": each}) for each in self.rows["rollout"]]
        assert self.rows[kind], f"there is no {kind} to copy"
        return self.rows[kind][:3]


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[RoughOffice]:
    """The pilot's second week, with something of everything."""
    async with opened(tmp_path / "scratch") as office:
        await office.take_pilot_to("policy")
        await office.type(MARA, "/rollout override notice_period pilot because the client has moved the date by a week")
        await office.slack.advance(3 * 86_400)
        await office.launch("install")
        await ask_a_person(office, PRIYA, "may my purple dog sit beside me?")
        await office.slack.advance(4 * 86_400)
        await office.type(HELEN, "/pushback report")
        await office.type(MARA, "/rollout launch brief pilot")
        yield office


async def given(office: RoughOffice) -> Values:
    """What there is; and what takes weeks to come about by itself is put there."""
    now = office.workplace.clock.now()

    def collect(db: Any) -> dict[str, list[str]]:
        rollout = rollouts.every(db)[0]
        pilot = rollout.waves[0].id
        sign_services.report(db, rollout.id, pilot, [1], by=MARA, now=now)
        row = {"id": "f" * 32, "wave_id": pilot, "words": "It drops Fridays.", "week": "2026-W50", "tell_at": now}
        db.execute(m.fault.insert().values(**row, state=FaultState.OPEN, note=""))
        lost = db.scalar(t.delivery.select().with_only_columns(t.delivery.c.id).limit(1))
        db.execute(update(t.delivery).where(t.delivery.c.id == lost).values(state=DeliveryState.AMBIGUOUS))
        look = {"id": "c" * 32, "wave_id": pilot, "run": 1, "slot": "2026-W51", "day": now.date()}
        db.execute(m.review.insert().values(**look, state=ReviewState.DUE, because=""))
        shown = Proposal("e" * 32, rollout.id, pilot, 1, Step.INSTALL, rollout.versions, "d", MARA, now, None)
        launches.propose(db, rollout.id, rollout.waves[0], shown)
        tables = (t.rollout, t.wave, t.launch, t.override, t.proposal, t.export, m.checkin, m.review, m.sign, m.fault)
        found = {table.name: [row.id for row in db.execute(table.select())] for table in (*tables, v.question)}
        return {**found, "delivery": [lost]}

    found = await office.bot.database.run(collect)
    await office.settle()
    office.bot.ticks._scheduler.pause()  # from here on nothing happens by itself
    return Values(found)


async def tables(office: RoughOffice) -> dict[str, str]:
    """Every table's rows."""

    def look(db: Any) -> dict[str, str]:
        return {
            table.name: repr(sorted(repr(tuple(row)) for row in db.execute(table.select())))
            for table in METADATA.sorted_tables
            if table.name not in HOUSEKEEPING
        }

    return await office.bot.database.run(look)


async def sent(office: RoughOffice, payload: Any) -> str:
    """Send it; returns everything that the bot said because of it."""
    before = len(office.slack.calls)
    reply = await office.slack.courier._line().send(INTERACTION, payload, None)
    assert reply.status == 200, payload
    await office.bot.desk.background.drain()
    calls = [call.arguments for call in office.slack.calls[before:] if call.method.startswith(("chat.", "views."))]
    return json.dumps([reply.body, calls], default=str, ensure_ascii=False)


def test_every_id_is_in_the_table() -> None:
    """A new button or form needs an answer to who may use it."""
    assert set(ACTIONS) == set(ActionId)
    assert set(FORMS) == set(ViewId)


async def test_a_stranger_with_somebody_elses_values(office: RoughOffice) -> None:
    """Pressed by a guest who is in no wave and in charge of nothing: nothing changes, and they are told so."""
    values = await given(office)
    others = [rows[0] for rows in values.rows.values() if rows]
    problems = []
    for action, (kind, outcome) in ACTIONS.items():
        for value in [*values.of(kind), *others[:4], "", "0" * 32]:
            before = await tables(office)
            said = await sent(office, click(GUEST, action, value))
            after = await tables(office)
            changed = {name for name in after if after[name] != before[name]} - MAY_CHANGE[outcome]
            if changed or (outcome == REFUSED and not any(words in said for words in KINDLY)):
                problems.append((action, kind, value, changed, said[:300]))
    assert problems == []
    assert "install.example.com" not in json.dumps([call.arguments for call in office.slack.calls], default=str)


async def test_a_stranger_with_somebody_elses_forms(office: RoughOffice) -> None:
    """Filled in and submitted with copied private_metadata: the same."""
    values = await given(office)
    filled: dict[str, Any] = {str(field): {"type": "plain_text_input", "value": "1"} for field in Field}
    filled[Field.WAVE] = {"type": "static_select", "selected_option": {"value": values.of("wave")[0]}}
    filled[Field.NAME] = {"type": "static_select", "selected_option": {"value": "notice_period"}}
    filled[Field.READ_IT] = {"type": "checkboxes", "selected_options": [{"value": "yes"}]}
    filled[Field.HEARD_WAVE], filled[Field.HEARD_THEME] = filled[Field.WAVE], {"value": "trust"}
    filled[Field.SIGNS] = {"type": "checkboxes", "selected_options": [{"value": "1"}]}
    filled[Field.HOURS_FILE] = {"type": "file_input", "files": [{"id": "F1"}]}
    filled[Field.EFFECTIVE] = filled[Field.ENTRY_REVIEW_BY] = {"type": "datepicker", "selected_date": "2027-01-04"}
    about = {kind: values.of(kind)[0] for kind in ("rollout", "wave", "checkin", "question", "sign", "export")}
    metadata = json.dumps({**about, "confirming": True, "r": about["rollout"], "digests": ["x"], "proof": "x" * 64})
    problems = []
    for callback, outcome in FORMS.items():
        for person in (GUEST, TOMAS) if outcome == REFUSED and callback not in TEAM_FORMS else (GUEST,):
            before = await tables(office)
            said = await sent(office, form(person, callback, metadata, filled))
            after = await tables(office)
            changed = {name for name in after if after[name] != before[name]} - MAY_CHANGE[outcome]
            refused = any(words in said for words in (*KINDLY, '"errors"'))
            if changed or (outcome == REFUSED and not refused):
                problems.append((callback, person, changed, said[:300]))
    assert problems == []


TEAM_FORMS = {ViewId.READ_FIRST, ViewId.CHECKIN, ViewId.CHECKIN_COMMENT, ViewId.FAULT}
"""Those of the team are theirs to fill in."""

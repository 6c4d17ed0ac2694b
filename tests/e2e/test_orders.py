"""Wrong orders, one after the other: each of them leaves the person without the link until reason and policy were read."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from app import SAMPLE_PLAN
from bot.domain.refusals import ImmutablePart
from bot.sandbox.things import Person
from tests.e2e.conftest import EVERYBODY, HELEN, LINK, LUCAS, MARA, OTIS, PRIYA, READ_IT, TEAM, TOMAS, WREN, said
from tests.e2e.rough_office import GUEST, RoughOffice, opened, reason_with

NGOZI = "U01NGOZI"


@pytest.fixture
async def office(tmp_path: Path, a_database: Callable[..., str]) -> AsyncIterator[RoughOffice]:
    """A rough office; whatever a test does in it, the witness has the last word."""
    async with opened(tmp_path / "scratch") as rough:
        yield rough
        await rough.settle()
        assert rough.look() == []


async def test_asking_for_it_at_every_stage(office: RoughOffice) -> None:
    """At no stage does asking, in words, on the Home or by pressing whatever there is, lead to the link."""
    for step in ("", "brief", "reason", "policy", "install"):
        if step == "install":
            await office.slack.advance(3 * 86_400)
        if step:
            await office.launch(step)
        if step == "brief":
            await office.press(MARA, "brief_can_answer")
        for person in (PRIYA, LUCAS):
            await office.slack.home(person)
            await office.settle()
            await office.try_press(person, "link_get", home=True)
            await office.try_press(person, "link_get")
            await office.slack.message(person, office.slack.dm(person), "Please send me the install link")
            await office.type(person, "/ask where is the install link?")
            assert not office.sees_link(person), (step, person)
            await office.try_close(person)
            for value in ("", "install"):
                await office.forge(person, "link_get", value, TEAM)
            assert not office.sees_link(person), (step, person)
            await office.try_close(person)


async def test_forged_values_of_another_kind(office: RoughOffice) -> None:
    """Every id that was ever in a button, pressed under every other action by a stranger, leads nowhere."""
    await office.take_pilot_to("install")
    actions = ("policy_have_read", "link_get", "launch_confirm", "brief_can_answer", "relaunch", "delivery_is_there")
    values = {value for action in actions for value in office.values_of(action)}
    assert values
    for action in actions:
        for value in values:
            await office.forge(LUCAS, action, value, EVERYBODY)
            await office.try_submit(LUCAS)
    assert not office.sees_link(LUCAS)
    assert "is paused" not in await office.type(MARA, "/rollout")


async def test_a_form_that_was_tampered_with(office: RoughOffice) -> None:
    """The form that has to be read first counts for whom it was shown to, with the versions it showed, and no other."""
    await office.take_pilot_to("install")
    await office.try_press(TOMAS, "link_get")
    await office.slack.submit(TOMAS, READ_IT)
    submitted = next(payload for _, payload in reversed(office.sent) if payload["type"] == "view_submission")
    await office.try_close(TOMAS)
    for change in ({"user": {"id": LUCAS}}, {"user": {"id": GUEST}}, {"user": {"id": WREN}}):
        forged = {**copy.deepcopy(submitted), **change}
        reply = await office.again(forged)
        assert LINK not in json.dumps(reply.body), change
    await office.new_policy()
    about = json.loads(submitted["view"]["private_metadata"])
    for versions in ((1, 1), (1, 2), (2, 2), (0, 0), ("1", "2"), (1.0, 2.0), (True, 2)):
        forged = copy.deepcopy(submitted)
        tampered = {**about, "reason": versions[0], "policy": versions[1]}
        forged["view"]["private_metadata"] = json.dumps(tampered)
        assert LINK not in json.dumps((await office.again(forged)).body), versions
    for broken in ("", "null", "[]", "{", json.dumps({"wave": None}), json.dumps({**about, "wave": "x" * 32})):
        forged = copy.deepcopy(submitted)
        forged["view"]["private_metadata"] = broken
        assert LINK not in json.dumps((await office.again(forged)).body), broken


async def test_a_text_replaced_while_somebody_reads_it(office: RoughOffice) -> None:
    """A version that nobody has acknowledged may still be rewritten; who read the earlier words is shown the new ones."""
    await office.take_pilot_to("install")
    await office.new_policy()
    await office.try_press(PRIYA, "link_get")
    assert "version 2" in office.modal(PRIYA)
    await office.new_policy()
    await office.slack.submit(PRIYA, READ_IT)
    assert LINK not in office.modal(PRIYA)
    assert office.witness.texts.policy in office.modal(PRIYA)
    await office.slack.submit(PRIYA, READ_IT)
    assert LINK in office.modal(PRIYA)


async def test_a_reason_that_carries_the_link(office: RoughOffice) -> None:
    """A reason with the install link in it, however disguised, reaches nobody: not by launch, button, Home or latecomer."""
    await office.take_pilot_to("install")
    await office.try_press(PRIYA, "policy_have_read")
    for words in ("install.example.com", "INSTALL\u200b.example[.]com", "install%2Eexample%2Ecom/hourglass"):
        await office.new_reason(MARA, f" Install it from {words}")
        assert "link_hidden" in await office.type(MARA, "/rollout launch reason pilot")
        await office.slack.join(LUCAS, TEAM)
        for person in (PRIYA, TOMAS, LUCAS):
            await office.try_press(person, "link_get")
            await office.slack.home(person)
            await office.settle()
            assert words not in said(office.slack.view(person)), (words, person)
            await office.try_close(person)
        await office.slack.leave(LUCAS, TEAM)
    await office.new_reason()


async def test_the_link_in_what_managers_say(office: RoughOffice) -> None:
    """Neither a pause nor an override goes out with the link in its reason."""
    await office.take_pilot_to("policy")
    for words in (LINK, "install dot example dot com", "\uff49nstall.example.com"):
        assert "the install link or its host" in await office.type(MARA, f"/rollout pause because it is at {words}")
        assert "the install link or its host" in await office.type(
            MARA, f"/rollout override notice_period because {words}"
        )
    assert len(office.channel(PRIYA)) == 2
    assert "example" not in await office.type(PRIYA, "/rollout timeline")


async def test_a_link_that_moves_to_where_a_text_points(office: RoughOffice) -> None:
    """Once people were given the texts, the install link cannot move to a host that stands in them."""
    await office.take_pilot_to("policy")
    plan = SAMPLE_PLAN.read_text(encoding="utf-8")
    with pytest.raises(ImmutablePart) as refused:
        await _load(office, plan.replace(LINK, "https://wiki.example.com/install"))
    assert [field for field, _why in refused.value.problems] == ["install_url"]
    await _load(office, plan.replace(LINK, "https://get.example.com/hourglass"))
    await office.slack.join(LUCAS, TEAM)
    assert "get.example.com" not in said(office.slack.view(LUCAS))


async def test_an_answer_that_carries_the_link(office: RoughOffice) -> None:
    """An entry that HR writes goes to nobody with the link in its question or its answer."""
    texts = {
        "entry.question": "How do I install it?",
        "entry.phrasings": "how is it installed",
        "entry.answer": "Press the button in your team's channel, please.",
        "entry.cites": "Who sees it",
    }
    chosen: dict[str, Any] = {
        "entry.theme": {"value": {"selected_option": {"value": "install_help"}}},
        "entry.review_by": {"value": {"selected_date": "2027-03-01"}},
    }
    for field in ("entry.question", "entry.answer"):
        await office.type(HELEN, "/pushback entry")
        written = {**texts, field: f"{texts[field]} It is at install[.]example.com."}
        await office.slack.submit(
            HELEN, {**chosen, **{block: {"value": {"value": text}} for block, text in written.items()}}
        )
        assert "the install link or its host" in office.modal(HELEN), office.slack.view(HELEN)["modal"]["errors"]
        await office.try_close(HELEN)
    assert "install[.]example" not in await office.type(PRIYA, "/ask How do I install it?")


async def test_old_previews_and_other_peoples(office: RoughOffice) -> None:
    """A preview that is out of date, of an earlier run, or pressed by somebody without a part in it launches nothing."""
    await office.take_pilot_to("policy")
    await office.slack.advance(3 * 86_400)
    await office.type(MARA, "/rollout launch install pilot")
    proposal = office.values_of("launch_confirm")[-1]
    for person in (PRIYA, LUCAS, GUEST, "U01HELEN"):
        await office.forge(person, "launch_confirm", proposal, TEAM)
    await office.new_policy()
    await office.forge(MARA, "launch_confirm", proposal, TEAM)
    await office.type(MARA, "/rollout pause because we forgot something")
    await office.forge(OTIS, "launch_confirm", proposal, TEAM)
    await office.type(MARA, "/rollout relaunch")
    await office.forge(OTIS, "launch_confirm", proposal, TEAM)
    await office.slack.advance(2 * 86_400)
    await office.forge(OTIS, "launch_confirm", proposal, TEAM)
    assert not any("ready to install" in each for each in office.channel(PRIYA))


async def test_a_policy_that_never_arrived(office: RoughOffice) -> None:
    """Refused, lost or hanging in between: as long as Slack has not confirmed the policy, nothing counts as given."""
    await office.take_pilot_to("reason")
    office.slack.faults.add("chat.postMessage", "error:is_archived")
    await office.launch("policy")
    assert "is_archived" in await office.type(MARA, "/rollout")
    await office.slack.advance(3 * 86_400)
    assert "has not confirmed the policy" in await office.type(MARA, "/rollout launch install pilot")
    await office.forge(PRIYA, "policy_have_read", office.values_of("delivery_check_again")[-1], TEAM)
    await office.press(MARA, "delivery_check_again")
    assert len(office.channel(PRIYA)) == 2
    await office.slack.home(PRIYA)
    await office.settle()
    assert "not yet said that you have read it" in said(office.slack.view(PRIYA)["home"])


async def test_a_policy_of_which_nobody_knows_whether_it_arrived(office: RoughOffice) -> None:
    """An ambiguous policy is not a delivered one: the install step waits until somebody has looked."""
    await office.take_pilot_to("reason")
    office.slack.faults.add("chat.postMessage", "reset_after")
    office.slack.faults.add("conversations.history", "error:missing_scope")
    await office.launch("policy")
    await office.slack.advance(60)
    await office.bot.ticks._sender.settle_unsure()
    assert "ambiguous" in (await office.type(MARA, "/rollout")).lower()
    await office.slack.advance(3 * 86_400)
    assert "has not confirmed the policy" in await office.type(MARA, "/rollout launch install pilot")
    await office.try_press(PRIYA, "policy_have_read")
    await office.try_press(PRIYA, "link_get")
    assert not office.sees_link(PRIYA)
    await office.type(MARA, "/rollout")
    await office.press(MARA, "delivery_is_there")
    assert "notice_period" in await office.launch("install"), "the notice counts from when it was known to be there"
    await office.slack.advance(4 * 86_400)
    assert "Preview" in await office.launch("install")


async def test_a_scheduled_launch_of_somebody_who_was_removed(office: RoughOffice) -> None:
    """Whoever scheduled it must still be in charge when it fires."""
    await office.take_pilot_to("policy")
    await office.type(MARA, "/rollout launch install pilot at 2026-12-07 09:00")
    await office.press(MARA, "launch_confirm")
    plan = SAMPLE_PLAN.read_text(encoding="utf-8")
    changed = plan.replace("owners: [U01MARA, U01OTIS]", "owners: [U01OTIS]").replace(
        "managers: [U01MARA]", "managers: [U01OTIS]"
    )
    assert changed.count("U01MARA") == 0
    await _load(office, changed)
    await office.slack.advance(8 * 86_400)
    assert not any("ready to install" in each for each in office.channel(PRIYA))
    assert "may no longer launch it" in office.letters(MARA)[-1]


async def test_the_clock_passes_in_a_pause(office: RoughOffice) -> None:
    """A launch that comes due in a pause does not go, neither then nor after the relaunch."""
    await office.take_pilot_to("policy")
    await office.type(MARA, "/rollout launch install pilot at 2026-12-07 09:00")
    await office.press(MARA, "launch_confirm")
    await office.type(OTIS, "/rollout pause because the works council asked for time")
    await office.slack.advance(14 * 86_400)
    await office.new_policy()
    await office.type(MARA, "/rollout relaunch")
    await office.slack.advance(86_400)
    assert not any("ready to install" in each for each in office.channel(PRIYA))
    assert "Not launched" in await office.type(MARA, "/rollout launch install pilot")


async def test_two_managers_and_fifty_clicks(office: RoughOffice) -> None:
    """Two managers with a preview each, and fifty clicks: the policy is posted once and stands once in the timeline."""
    await office.take_pilot_to("reason")
    await asyncio.gather(
        *(office.slack.command(each, EVERYBODY, "/rollout launch policy pilot") for each in (MARA, OTIS))
    )
    values = office.values_of("launch_confirm")[-2:]
    await asyncio.gather(
        *(
            office.slack.click(person, "launch_confirm", channel=EVERYBODY, ts="1.1", value=value, force=True)
            for value in values
            for person in (MARA, OTIS)
            for _ in range(13)
        )
    )
    await office.settle()
    assert len(office.channel(PRIYA)) == 2
    assert (await office.type(PRIYA, "/rollout timeline")).count("launched *policy*") == 1


async def test_a_person_in_one_wave_presses_the_button_of_another(office: RoughOffice) -> None:
    """People who left, guests, strangers and those of a later wave get a sentence; who comes back goes on where they were."""
    await office.take_pilot_to("install")
    await office.try_press(WREN, "policy_have_read")
    await office.slack.leave(WREN, TEAM)
    office.slack.add_person(Person(GUEST, "Guest of Honour"), [EVERYBODY])
    value = office.values_of("link_get")[-1]
    for person in (WREN, LUCAS, GUEST, OTIS):
        await office.forge(person, "link_get", value, TEAM)
        assert not office.sees_link(person), person
        await office.try_close(person)
    await office.slack.join(WREN, TEAM)
    await office.try_press(WREN, "link_get")
    assert office.sees_link(WREN)


async def test_the_same_request_twice(office: RoughOffice) -> None:
    """Every click and form of a whole launch, sent a second time: no second message, no link for anybody new."""
    await office.take_pilot_to("install")
    await office.try_press(PRIYA, "policy_have_read")
    before = office.channel(PRIYA)
    payloads = [payload for kind, payload in office.sent if kind == "interactive"]
    for payload in payloads:
        await office.again(payload)
    assert office.channel(PRIYA) == before
    assert office.witness.given == []


async def test_reading_under_an_old_version(office: RoughOffice) -> None:
    """*I have read it* under version 1 is no acknowledgement of version 2, whenever it is pressed."""
    await office.take_pilot_to("install")
    await office.new_policy()
    old = office.values_of("policy_have_read")[0]
    await office.forge(PRIYA, "policy_have_read", old, TEAM)
    await office.try_press(PRIYA, "link_get")
    assert not office.sees_link(PRIYA)
    await office.try_close(PRIYA)
    await office.launch("policy")
    await office.forge(PRIYA, "policy_have_read", old, TEAM)
    await office.try_press(PRIYA, "link_get")
    assert not office.sees_link(PRIYA)
    assert reason_with(41)[:20] in office.modal(PRIYA)


async def _load(office: RoughOffice, text: str) -> None:
    """`plan load`, while the bot runs."""
    from bot.plan import parse_plan
    from bot.services import plans

    parsed = parse_plan(text.encode(), today=None)
    rules, now = office.bot.desk.rules, office.workplace.clock.now()
    await office.bot.database.run(lambda db: plans.load(db, parsed.plan, book=rules.book, by="operator", now=now))


async def test_somebody_in_two_waves(office: RoughOffice) -> None:
    """After the pilot said go: who read as a member of the pilot has read; the rest of the company is led in order, by person."""
    await office.take_pilot_to("install")
    await office.try_press(PRIYA, "policy_have_read")
    await office.pilot_says_go()
    for step in ("brief", "reason", "policy", "install"):
        for person in (PRIYA, NGOZI):
            before = office.witness.given.count(person)
            for value in office.values_of("link_get"):
                await office.forge(person, "link_get", value, EVERYBODY)
                await office.try_close(person)
            office.look()
            assert office.witness.given.count(person) == before or person == PRIYA
        if step == "install":
            await office.slack.advance(5 * 86_400)
        shown = await office.launch(step, "company", by=OTIS)
        assert "Preview" in shown, shown
        if step == "brief":
            await office.press(OTIS, "brief_can_answer")
    await office.try_press(NGOZI, "link_get", channel=EVERYBODY)
    assert not office.sees_link(NGOZI)
    await office.try_submit(NGOZI)
    assert office.sees_link(NGOZI)
    await office.try_press(PRIYA, "link_get", channel=EVERYBODY)
    assert office.sees_link(PRIYA)

"""The facts that answers are made of: the plan's own words, and never more certainty than the plan has."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.facts import FACTS, facts_of, seen_live
from bot.domain.policy import Policy, SeenBy, Tracked
from bot.domain.rollout import Cadence, Plan, Role, Wave
from bot.domain.subjects import SUBJECTS
from bot.plan import parse_plan

PLANS = sorted((Path(__file__).parent.parent / "plans" / "good").glob("*.yaml"))
HOURS = Tracked("hours per project", "start and stop as you enter them")
MONDAYS = SeenBy("your manager", "every Monday", "client invoices")
STAFF = Role("staff", Cadence.WEEKLY, "clients pay by the hour")


def plan(
    *tracked: Tracked, not_tracked: tuple[str, ...] = (), seen_by: SeenBy = MONDAYS, roles: tuple[Role, ...] = (STAFF,)
) -> Plan:
    """A plan with one wave and this policy."""
    return Plan(
        rollout="r",
        tool="Tally",
        reason="Because 3 invoices were disputed",
        install_url="https://x.example/i",
        owners=("U1",),
        hr=("U2",),
        contact="U2",
        policy=Policy(tracked=tracked or (HOURS,), not_tracked=not_tracked, seen_by=(seen_by,)),
        roles=roles,
        waves=(Wave("pilot", "Design", "C1", "staff", ("U1",), 3),),
    )


def fact(name: str, made: Plan) -> str:
    return facts_of(made, made.roles[0])[name]


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_every_fact_is_declared(path: Path) -> None:
    """No plan states a fact whose name the lint does not know, and none is empty."""
    parsed = parse_plan(path.read_text(encoding="utf-8"), today=None).plan
    for role in parsed.roles:
        facts = facts_of(parsed, role)
        assert set(facts) <= FACTS
        assert all(facts.values())


def test_listed_screenshots_are_admitted() -> None:
    """What the policy lists is said first, with its own words, however uncomfortable."""
    said = fact("about_screenshots", plan(Tracked("screenshots", "twice an hour, blurred")))
    assert said == 'Yes. The policy lists as recorded: "screenshots (twice an hour, blurred)".'


def test_ruled_out_is_no_with_the_words() -> None:
    """A plain line under *not tracked* gives a no that quotes it."""
    said = fact("about_location", plan(not_tracked=("screenshots, audio and location",)))
    assert said == (
        "No, by the policy. It lists nothing of the kind as recorded, "
        'and under "not tracked" it names: "screenshots, audio and location".'
    )


def test_silence_is_not_a_promise() -> None:
    """Neither listed nor ruled out is said as just that."""
    said = fact("about_keystrokes", plan(not_tracked=("screenshots",)))
    assert said.startswith("The policy does not mention this")
    assert "not a promise" in said


def test_limited_exclusion_is_no_flat_no() -> None:
    """A line that holds on rest days alone does not become a no for the other days."""
    said = fact("about_location", plan(not_tracked=("where you are on rest days",)))
    assert not said.startswith("No")
    assert '"where you are on rest days"' in said
    assert "says nothing" in said


def test_both_lists_are_quoted() -> None:
    """Listed in one sense and ruled out in another: both are said."""
    idle = Tracked("idle time", "whether keyboard and mouse rested for 10 minutes")
    said = fact("about_keystrokes", plan(HOURS, idle, not_tracked=("keystrokes",)))
    assert said.startswith("In part.")
    assert idle.detail in said
    assert '"keystrokes"' in said


@pytest.mark.parametrize(
    "item",
    [
        Tracked("active project", "its name only, no screenshots"),
        Tracked("screenshots", "none are taken"),
        Tracked("calls per day", "their number, never screenshots of the queue"),
    ],
)
def test_denial_inside_a_detail_is_no_claim(item: Tracked) -> None:
    """A detail that rules a thing out does not make it recorded."""
    assert not fact("about_screenshots", plan(item)).startswith(("Yes", "In part"))


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("location", "GPS position of the van during deliveries"),
        ("camera_audio", "call recordings, 1 in 20"),
        ("camera_audio", "dashcam video"),
        ("apps_websites", "names of applications in front"),
        ("messages", "e-mail headers"),
        ("keystrokes", "number of key presses per minute"),
        ("screenshots", "Bildschirmfotos, zweimal pro Stunde"),
    ],
)
def test_other_trades_and_tongues(subject: str, words: str) -> None:
    """Fleets, call centres and other languages get their yes as well."""
    assert fact(f"about_{subject}", plan(Tracked(words, ""))).startswith("Yes. The policy lists as recorded:")


def test_call_queue_is_no_call_recording() -> None:
    """Minutes in a call queue are not a recording of calls."""
    assert "does not mention" in fact(
        "about_camera_audio", plan(Tracked("minutes per call queue", "sign in to sign out"))
    )


@pytest.mark.parametrize(
    ("subject", "item"),
    [
        ("apps_websites", Tracked("hours per programme", "under one of six codes")),
        ("apps_websites", Tracked("hours by program", "")),
        ("apps_websites", Tracked("beginning of the day", "by card at the door or in the browser")),
        ("personal_device", Tracked("rest at the terminus", "from the tram's own computer")),
    ],
)
def test_the_same_word_for_another_thing(subject: str, item: Tracked) -> None:
    """A council's programme is no software, and where one clicks is no list of pages."""
    assert item.what not in fact(f"about_{subject}", plan(item))


def test_an_absence_is_no_recording_of_free_time() -> None:
    """A holiday that is entered as such is quoted, without a yes."""
    said = fact("about_off_hours", plan(Tracked("absences", "holiday, sick leave")))
    assert said == (
        'The policy lists as recorded: "absences (holiday, sick leave)". It names nothing else outside working hours.'
    )


def test_roles_are_told_apart_in_the_plans_words() -> None:
    """One role is called the only one; several are given each with its reason."""
    leads = Role("desk", Cadence.MONTHLY, "Their time is overhead.")
    assert "names no other role" in fact("other_roles", plan())
    assert fact("other_roles", plan(roles=(STAFF, leads))) == (
        "The plan's other roles: desk (reviewed once a month; the reason: Their time is overhead)."
    )


@pytest.mark.parametrize("subject", sorted(SUBJECTS))
def test_every_subject_has_a_verdict(subject: str) -> None:
    """Whatever people ask about by name, a plan with a policy says something of it."""
    assert fact(f"about_{subject}", plan())


@pytest.mark.parametrize("when", ["at any time", "live, on a dashboard", "whenever needed", "jederzeit", "24/7"])
def test_live_is_admitted(when: str) -> None:
    """Who may look at any moment is named."""
    made = plan(seen_by=SeenBy("your manager", when, "planning"))
    assert seen_live(made.policy) == ("your manager",)
    assert fact("visibility", made).startswith("Yes")


@pytest.mark.parametrize("when", ["every Monday, never live", "on Fridays, not in real time"])
def test_denied_live_is_not_live(when: str) -> None:
    """A denial of live viewing is not taken for it."""
    assert seen_live(plan(seen_by=SeenBy("your manager", when, "planning")).policy) == ()


def test_pay_and_rating_come_from_the_purposes() -> None:
    """Pay and appraisal are uses only where a reader's purpose says so."""
    made = plan(seen_by=SeenBy("HR", "monthly", "payroll and performance appraisal"))
    assert fact("about_pay", made).startswith("Yes")
    assert fact("about_rating", made).startswith("Yes")
    assert fact("about_pay", plan()).startswith("The policy names no use for pay")
    assert fact("about_rating", plan()).startswith("The policy names no such use")


def test_managers_have_a_role_or_not() -> None:
    """Whether managers are tracked is read off the roles, and not guessed."""
    leads = Role("team leads", Cadence.MONTHLY, "their hours are billed as well")
    assert "team leads" in fact("about_managers", plan(roles=(STAFF, leads)))
    assert "no role for managers" in fact("about_managers", plan())


def test_notice_of_none_is_said() -> None:
    """Without a notice period nothing is left out: the link follows the policy."""
    made = plan()
    made = replace(made, rules=replace(made.rules, notice_working_days=0))
    assert fact("notice", made) == "on the day of the policy"

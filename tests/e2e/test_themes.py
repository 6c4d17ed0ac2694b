"""`/pushback themes`: what HR sees is true, of weeks that are over, and never about fewer than k people."""

from __future__ import annotations

from tests.e2e.conftest import HELEN, MARA, OTIS, PRIYA, TOMAS, WREN, Office

TEAM_MATES = (PRIYA, TOMAS, WREN, "U01KENJI", "U01AMAL", "U01JOAO")
WEEK = 7 * 86_400


async def test_themes_of_weeks_that_are_over(office: Office) -> None:
    """Six people ask one thing and five another: both are shown once the week is over, and never differently."""
    await office.take_pilot_to("policy")
    for person in TEAM_MATES:
        await office.type(person, "/ask Who can see my data?")
    for person in TEAM_MATES[1:]:
        await office.type(person, "/ask Are there screenshots?")
    assert "Nothing can be shown yet" in await office.type(HELEN, "/pushback themes")
    await office.slack.advance(WEEK)
    shown = await office.type(HELEN, "/pushback themes")
    assert "2026-W49" in shown
    assert "`   6`" in shown
    assert "who sees" in shown
    assert "screenshots" in shown
    assert shown == await office.type(OTIS, "/pushback themes")
    for person in TEAM_MATES[:5]:
        await office.type(person, "/ask How long do you keep it?")
    await office.slack.advance(WEEK)
    later = await office.type(OTIS, "/pushback themes")
    first_week = shown.split("*2026-W49")[1].split("Weeks that are over")[0].strip()
    assert first_week in later, "what was published stays as it was"
    assert "retention" in later


async def test_one_among_six_is_not_told_apart(office: Office) -> None:
    """Six people ask one thing and one of them another: a count of one could be worked out, so they stand together."""
    await office.take_pilot_to("policy")
    for person in TEAM_MATES:
        await office.type(person, "/ask Who can see my data?")
    await office.type(PRIYA, "/ask Are there screenshots?")
    await office.slack.advance(WEEK)
    shown = await office.type(HELEN, "/pushback themes")
    assert "`   7`" in shown
    assert "`   6`" not in shown
    assert "`   1`" not in shown


async def test_too_few_people_are_nobodys_business(office: Office) -> None:
    """Four people are fewer than five: nothing is shown, however long one waits."""
    await office.take_pilot_to("policy")
    for person in TEAM_MATES[:4]:
        await office.type(person, "/ask Who can see my data?")
    for _week in range(6):
        await office.slack.advance(WEEK)
        shown = await office.type(HELEN, "/pushback themes")
        assert "who sees" not in shown
        assert "`   4`" not in shown


async def test_themes_and_questions_are_not_for_everybody(office: Office) -> None:
    """An employee, and a manager who is not an owner, read who may; nothing else."""
    await office.take_pilot_to("policy")
    for words in ("themes", "questions", "entry"):
        refusal = await office.type(PRIYA, f"/pushback {words}")
        assert f"<@{HELEN}>" in refusal, refusal
        assert "2026-W" not in refusal
    assert "Did you mean *themes*?" in await office.type(HELEN, "/pushback theme")


async def test_a_manager_notes_a_theme_and_no_name(office: Office) -> None:
    """`/rollout heard` has a theme, a wave and a week, and no field for a name or for words."""
    await office.take_pilot_to("policy")
    await office.type(MARA, "/rollout heard")
    form = office.modal(MARA)
    assert "Not who, and not their words" in form
    view = office.slack.view(MARA)["modal"]["view"]
    inputs = {block["block_id"]: block["element"]["type"] for block in view["blocks"] if block["type"] == "input"}
    assert set(inputs.values()) == {"static_select"}
    wave = next(block for block in view["blocks"] if block.get("block_id") == "heard.wave")["element"]["options"][0]
    await office.slack.submit(
        MARA,
        {
            "heard.theme": {"value": {"selected_option": {"value": "trust"}}},
            "heard.wave": {"value": {"selected_option": {"value": wave["value"]}}},
            "heard.week": {"value": {"selected_option": {"value": "2026-W49"}}},
        },
    )
    await office.settle()
    assert "Noted" in office.modal(MARA)
    assert "note what you heard" in (await office.type(PRIYA, "/rollout heard")).lower()


async def test_a_few_voices_each_of_another_kind_are_heard_when_their_period_is_over(office: Office) -> None:
    """Six people ask six things in different weeks: nothing of a week or theme can be told, the whole of it can."""
    await office.take_pilot_to("policy")
    questions = (
        "Who can see my data?",
        "Are there screenshots?",
        "How long do you keep it?",
        "Can I say no to this?",
        "What if I take a break and forget to pause?",
        "Can my manager watch in real time?",
    )
    for person, question in zip(TEAM_MATES[:3], questions[:3], strict=True):
        await office.type(person, f"/ask {question}")
    await office.slack.advance(WEEK)
    for person, question in zip(TEAM_MATES[3:], questions[3:], strict=True):
        await office.type(person, f"/ask {question}")
    await office.slack.advance(4 * WEEK)
    shown = await office.type(HELEN, "/pushback themes")
    assert ": 6 voices" in shown, shown
    for single in range(1, 5):
        assert f"`{single:>4}`" not in shown

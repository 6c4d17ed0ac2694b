"""`/pushback report` in Slack: preview, purpose, one file for one person, and an entry in the timeline that everybody sees."""

from __future__ import annotations

import asyncio
import io
import json
from dataclasses import replace

import openpyxl

from bot.domain.refusals import ExportedAlready
from bot.services import plans
from bot.store import rollouts
from handlers import report_forms
from handlers.written_forms import Written
from tests.e2e.conftest import HELEN, MARA, OTIS, PRIYA, TOMAS, WREN, Office, said

TEAM_MATES = (PRIYA, TOMAS, WREN, "U01KENJI", "U01AMAL", "U01JOAO")
WEEK = 7 * 86_400
PURPOSE = {"purpose": {"value": {"value": "for the works council in March"}}}


async def speak(office: Office) -> None:
    """Six people ask one thing and five another; then the week goes by."""
    await office.take_pilot_to("policy")
    for person in TEAM_MATES:
        await office.type(person, "/ask Who can see my data?")
    for person in TEAM_MATES[1:]:
        await office.type(person, "/ask Are there screenshots?")
    await office.slack.advance(WEEK)


def files_of(office: Office, person: str) -> list[tuple[str, bytes]]:
    """Every file that this person sees, by name and content."""
    shown = [
        file
        for conversation in office.slack.view(person)["conversations"]
        for message in conversation["messages"]
        for file in message.get("files", ())
    ]
    return [(file["name"], office.slack.space.files[file["id"]].content or b"") for file in shown]


async def export(office: Office, person: str, words: str = "") -> str:
    """Preview, press, write the purpose; returns the preview."""
    shown = await office.type(person, f"/pushback report {words}")
    await office.press(person, "report_export")
    await office.slack.submit(person, PURPOSE)
    await office.settle()
    await office.slack.close(person)
    return shown


def sheets(content: bytes) -> dict[str, list[list[object]]]:
    """A workbook's cells, by sheet."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets}


def words_in(content: bytes) -> str:
    """Every text in a workbook."""
    return "\n".join(str(cell) for rows in sheets(content).values() for row in rows for cell in row if cell is not None)


async def test_hr_gets_one_file_after_a_preview_and_a_purpose(office: Office) -> None:
    """Nothing comes before the purpose; then a workbook comes to HR alone, and its figures are those of the preview."""
    await speak(office)
    shown = await office.type(HELEN, "/pushback report")
    assert "11 voices" in shown, shown
    assert "What is not shown, and why" in shown
    assert files_of(office, HELEN) == []
    await office.press(HELEN, "report_export")
    assert files_of(office, HELEN) == []
    assert "What is it for?" in office.modal(HELEN)
    await office.slack.submit(HELEN, PURPOSE)
    await office.settle()
    ((name, content),) = files_of(office, HELEN)
    assert name == "pushback-hourglass-2026-W49-2026-W49.xlsx"
    for person in (OTIS, MARA, PRIYA):
        assert files_of(office, person) == []
    found = sheets(content)
    assert list(found) == [
        "Summary", "Themes by week", "Themes by wave and team", "Answers", "Open questions", "Check-ins",
        "Signs and reviews", "Timeline", "Notices", "Method",
    ]  # fmt: skip
    assert "11 voices in 2026-W49" in words_in(content)
    assert "Mara Lindqvist" in words_in(content)
    assert "works council" in words_in(content)


async def test_employees_see_who_exported_what_and_what_for(office: Office) -> None:
    """In the timeline, on the Home tab and under `/ask privacy`."""
    await speak(office)
    await export(office, HELEN)
    timeline = await office.type(MARA, "/rollout timeline")
    assert f"<@{HELEN}> exported the pushback report of 2026-W49, for: for the works council in March" in timeline
    kept = await office.type(PRIYA, "/ask privacy")
    assert "for the works council in March" in kept
    assert "2026-W49" in kept
    await office.slack.home(PRIYA)
    await office.settle()
    home = said(office.slack.view(PRIYA)["home"])
    assert "Reports that were exported" in home


async def test_one_export_however_often_one_presses(office: Office) -> None:
    """Two forms, three submissions at once, a late click: one file, one entry in the ledger."""
    await speak(office)
    await office.type(HELEN, "/pushback report")
    await office.press(HELEN, "report_export")
    about = json.loads(office.slack.view(HELEN)["modal"]["view"]["private_metadata"])
    form = Written(HELEN, {"purpose": "for the works council in March"}, about)
    ends = await asyncio.gather(
        *(report_forms.confirm_export(office.bot.desk, form) for _time in range(3)), return_exceptions=True
    )
    assert sum(isinstance(each, dict) for each in ends) == 1
    assert sum(isinstance(each, ExportedAlready) for each in ends) == 2
    await asyncio.gather(office.bot.exporter.make_due(), office.bot.exporter.make_due())
    await office.slack.submit(HELEN, PURPOSE)
    await office.settle()
    assert "confirmed already" in office.modal(HELEN)
    await office.slack.close(HELEN)
    await office.press(HELEN, "report_export")
    assert "confirmed already" in "\n".join([*office.whispered(HELEN), office.modal(HELEN)])
    assert len(files_of(office, HELEN)) == 1
    assert (await office.type(MARA, "/rollout timeline")).count("exported the pushback report") == 1


async def test_only_hr_and_owners(office: Office) -> None:
    """A manager who is no owner, and an employee, read who may; they see no figure."""
    await speak(office)
    refusal = await office.type(PRIYA, "/pushback report")
    assert f"<@{HELEN}>" in refusal
    assert "voices" not in refusal


async def test_authority_is_looked_at_again_when_it_is_made(office: Office) -> None:
    """Whoever leaves HR between the purpose and the workbook gets none, and no export stands in the timeline."""
    await speak(office)
    await office.type(HELEN, "/pushback report")
    await office.press(HELEN, "report_export")
    now, book = office.bot.desk.now(), office.bot.desk.library.book
    async with office.bot.exporter.running:  # it is busy with another one meanwhile
        await office.slack.submit(HELEN, PURPOSE)
        (rollout,) = await office.bot.database.run(rollouts.every)
        await office.bot.database.run(
            lambda db: plans.edit(db, rollout.id, replace(rollout.plan, hr=(OTIS,)), book=book, by=MARA, now=now)
        )
    await office.settle()
    assert files_of(office, HELEN) == []
    assert "could not be given" in "\n".join(office.letters(HELEN))
    assert "exported" not in await office.type(MARA, "/rollout timeline")


async def test_periods_that_make_no_sense_are_answered_in_a_sentence(office: Office) -> None:
    """An open week, a week that does not exist, nonsense: one reads what to write instead."""
    await speak(office)
    assert "is not over yet" in await office.type(HELEN, "/pushback report 2026-W49..2026-W52")
    assert "has no week 54" in await office.type(HELEN, "/pushback report 2026-W54")
    assert "is not a week" in await office.type(HELEN, "/pushback report everything!")
    assert "2026-W49" in await office.type(OTIS, "/pushback report last 3 weeks")


async def test_before_any_week_is_over_the_report_says_so(office: Office) -> None:
    """It opens, with the timeline and the notices, and claims nothing about pushback."""
    await office.take_pilot_to("policy")
    shown = await export(office, HELEN)
    assert "no week is over yet" in shown
    ((name, content),) = files_of(office, HELEN)
    assert name == "pushback-hourglass.xlsx"
    assert "No week of this rollout is over yet" in words_in(content)


async def test_a_purpose_must_say_something_and_not_the_link(office: Office) -> None:
    """Blank words come back to the form; the install link stays out of the timeline."""
    await speak(office)
    await office.type(HELEN, "/pushback report")
    await office.press(HELEN, "report_export")
    await office.slack.submit(HELEN, {"purpose": {"value": {"value": " .. "}}})
    await office.settle()
    assert files_of(office, HELEN) == []
    await office.slack.submit(HELEN, {"purpose": {"value": {"value": "see https://install.example.com/hourglass"}}})
    await office.settle()
    assert files_of(office, HELEN) == []
    assert "install" not in await office.type(MARA, "/rollout timeline")

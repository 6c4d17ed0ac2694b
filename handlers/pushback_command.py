"""/pushback: what HR and owners see of what people object to, and the questions and entries they look after."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.domain.authority import listens, require
from bot.domain.facts import facts_of
from bot.domain.progress import Rollout
from bot.ports import Post
from bot.services import listening, questions, standing, themes
from bot.views import outcomes
from bot.views.help import help_message
from bot.views.open_questions import EntryDraft, entry_choice, entry_form, queue, reply_form
from bot.views.pieces import notice
from handlers import pushback_words as words
from handlers.desk import Click, Desk
from handlers.report_command import preview_report


async def answer_pushback(desk: Desk, *, person: str, text: str, trigger_id: str) -> Post:
    """Carry out what was typed after /pushback. Raises Refused or NotAllowed."""
    try:
        typed = words.understand(text)
    except words.NotUnderstood as problem:
        return help_message("/pushback", words.HELP, hint=str(problem))
    click = Click(person, "", "", trigger_id, "", "", in_modal=False, on_home=False)
    match typed.word:
        case "themes":
            now, book = desk.now(), desk.library.book

            def show(db: Connection) -> Post:
                rollout = standing.pick(db, typed.rollout)
                return themes.themes_message(db, rollout, desk.ear, book, by=person, now=now)

            return await desk.note(show)  # what is due is published on the way
        case "questions":
            return await desk.read(lambda db: _queue(db, standing.pick(db, typed.rollout), person))
        case "entry":
            return await _open_entry(desk, click, typed.rollout, typed.rest.strip("`"))
        case "report":
            return await preview_report(desk, person, typed.rollout, typed.rest)
        case _:
            return help_message("/pushback", words.HELP)


async def reply(desk: Desk, click: Click) -> None:
    """*Answer* under an open question."""
    question, rollout = await desk.read(lambda db: questions.find_open(db, click.value, by=click.person))
    desk.open(click, reply_form(questions.open_question(rollout, question)))


async def reply_with_entry(desk: Desk, click: Click) -> None:
    """*Known: send entry…* under an open question: the nearest ones first."""
    question, rollout = await desk.read(lambda db: questions.find_open(db, click.value, by=click.person))
    book = desk.library.book
    understood = await desk.library.match(desk.database, question.text, tool=rollout.plan.tool)
    near = [entry for entry in understood.candidates if entry in book.entries]
    others = sorted(set(book.entries) - set(near))
    listed = [(entry, book.entries[entry].question) for entry in (*near, *others)]
    desk.open(click, entry_choice(questions.open_question(rollout, question), listed))


async def make_entry(desk: Desk, click: Click) -> None:
    """*Make this an entry* under an open question."""
    question, rollout = await desk.read(lambda db: questions.find_open(db, click.value, by=click.person))
    draft = EntryDraft(theme=question.theme, question=question.text[:200], phrasings=[question.text])
    desk.open(click, entry_form(draft, _facts(rollout), question_id=question.id))


async def _open_entry(desk: Desk, click: Click, name: str | None, entry_id: str) -> Post:
    def find(db: Connection) -> Rollout:
        rollout = standing.pick(db, name)
        require(click.person, listens(rollout.plan), "write an entry")
        return rollout

    rollout = await desk.read(find)
    if not entry_id:
        desk.open(click, entry_form(EntryDraft(), _facts(rollout)))
        return outcomes.form_opened()
    entry = desk.library.book.get(entry_id)
    if entry is None:
        known = ", ".join(f"`{each}`" for each in sorted(desk.library.book.entries))
        return notice(f"There is no entry of that name. The book has: {known}")
    draft = EntryDraft(
        entry.id,
        entry.theme,
        entry.question,
        desk.library.added_phrasings(entry.id),
        entry.answer,
        entry.cites,
        entry.review_by,
    )
    desk.open(click, entry_form(draft, _facts(rollout)))
    return outcomes.form_opened()


def _queue(db: Connection, rollout: Rollout, person: str) -> Post:
    return queue([questions.open_question(rollout, each) for each in listening.queue(db, rollout, by=person)])


def _facts(rollout: Rollout) -> list[str]:
    return sorted(facts_of(rollout.plan, rollout.plan.roles[0]))

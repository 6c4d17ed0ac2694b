"""The forms round a question: asking, passing it on, answering it, writing an entry, noting what was heard."""

from __future__ import annotations

import re
from datetime import date

from sqlalchemy import Connection

from bot.domain.pushback import Theme
from bot.domain.redaction import redact
from bot.domain.refusals import Outdated
from bot.domain.weeks import NoSuchWeek
from bot.services import arriving, asking, entry_writing, listening, questions
from bot.services.asking import Answer
from bot.services.library import resemble
from bot.services.voices import Speaker
from bot.store.entries import WrittenEntry
from bot.views import asking as cards
from bot.views import outcomes
from bot.views.asking import Asked
from bot.views.ids import Field, ViewId
from handlers.asking import answer_ask, askers_of
from handlers.desk import Desk
from handlers.throttle import Act
from handlers.written_forms import FieldErrors, Fill, Reply, Written, show

SPACES = re.compile(r"\s+")


async def ask(desk: Desk, form: Written) -> Reply:
    """*Ask a question*: the answer takes the form's place."""
    return show(await answer_ask(desk, form.person, form.text(Field.QUESTION), repeat=True))


async def pass_on(desk: Desk, form: Written) -> Reply:
    """*Pass it on*: exactly the words that the asker has before them.

    What still points at somebody is taken out, and the form is shown again: nothing goes on that was not seen.
    """
    text = form.text(Field.QUESTION)
    about = form.about
    asked = Asked(str(about.get("r")), str(about.get("h")), text, str(about.get("e") or ""), _number(about.get("n")))
    asker = next((each for each in await askers_of(desk, form.person) if each.rollout.id == asked.rollout_id), None)
    if asker is None:
        raise Outdated
    found = redact(text, await desk.names())
    now = desk.now()
    if found.found:
        at = questions.next_time(desk.ear, now)
        to = desk.goes_to(asker.rollout.plan.contact)
        view = cards.pass_on_modal(asked, redacted=found.text, found=found.kinds, post_at=at, to=to)
        return {"response_action": "update", "view": view}
    desk.throttle.spend(form.person, Act.PASS_ON)
    theme = Theme(asked.theme) if asked.theme in set(Theme) else Theme.OTHER

    def keep(db: Connection) -> questions.PassedOn:
        speaker = Speaker(asker.person, asker.rollout, asker.wave)
        return questions.pass_on(db, desk.ear, speaker, text, theme, resembles=resemble, now=now)

    done = await desk.store(keep)
    return show(cards.passed_on(done.post_at, joined=done.joined))


async def reply(desk: Desk, form: Written) -> Reply:
    """*Answer*: to everybody who asked this."""
    question_id, text = str(form.about.get("question")), form.text(Field.REPLY)
    _question, people = await desk.store(lambda db: questions.answer(db, question_id, text, by=form.person))
    return show(outcomes.answer_sent(people))


async def reply_with_entry(desk: Desk, form: Written) -> Reply:
    """*Known: send entry…*: as anybody would get it, with this rollout's facts."""
    question_id, entry_id = str(form.about.get("question")), form.text(Field.ENTRY)
    entry = desk.library.book.get(entry_id)
    today = desk.ear.today(desk.now())

    def send(db: Connection) -> int:
        if entry is None:
            raise Outdated
        question, rollout = questions.find_open(db, question_id, by=form.person)
        wave = rollout.wave_with_id(question.wave_id) if question.wave_id else None
        found = asking.render(db, entry, asking.anybody(rollout, wave), today)
        if not isinstance(found, Answer):
            raise FieldErrors(
                {Field.ENTRY: "This entry cannot answer as things stand. Choose another, or write an answer."}
            )
        _asked, people = questions.answer(db, question_id, found.text, by=form.person, entry=entry.id)
        return people

    return show(outcomes.answer_sent(await desk.store(send)))


async def entry(desk: Desk, form: Written) -> Reply:
    """An entry, written or mended; and the answer to the question that it was made from."""
    draft = _entry_of(form)
    book, now = desk.library.book, desk.now()
    question_id = str(form.about.get("question") or "")
    problems = entry_writing.problems(draft, book, now.date())
    if problems:
        raise FieldErrors({str(Field(f"entry.{field}")): sentence for field, sentence in problems.items()})

    def write(db: Connection) -> entry_writing.Saved:
        return entry_writing.save(db, draft, book, by=form.person, question_id=question_id, now=now)

    saved = await desk.store(write)
    desk.background.start(_learn(desk))  # takes seconds; Slack waits for three at most
    return show(outcomes.entry_saved(draft.id, people=saved.people))


async def heard(desk: Desk, form: Written) -> Reply:
    """`/rollout heard`: a theme, a wave and a week."""
    desk.throttle.spend(form.person, Act.HEARD)
    now = desk.now()

    def note(db: Connection) -> None:
        if arriving.submitted_before(db, desk.ear, form.view_id, now=now):
            return
        listening.heard(
            db,
            desk.ear,
            str(form.about.get("rollout")),
            theme=form.text(Field.HEARD_THEME),
            wave_id=form.text(Field.HEARD_WAVE),
            week=form.text(Field.HEARD_WEEK),
            by=form.person,
            now=now,
        )

    try:
        await desk.store(note)
    except NoSuchWeek as problem:
        raise FieldErrors({Field.HEARD_WEEK: str(problem)}) from problem
    return show(outcomes.heard_noted())


async def _learn(desk: Desk) -> None:
    await desk.library.refresh(desk.database)


def _entry_of(form: Written) -> WrittenEntry:
    question = form.text(Field.ENTRY_QUESTION)
    phrasings = tuple(
        dict.fromkeys(line.strip() for line in form.text(Field.ENTRY_PHRASINGS).splitlines() if line.strip())
    )
    try:
        review_by = date.fromisoformat(form.text(Field.ENTRY_REVIEW_BY))
    except ValueError:
        raise FieldErrors({Field.ENTRY_REVIEW_BY: "Choose a day."}) from None
    return WrittenEntry(
        id=str(form.about.get("entry") or "") or entry_writing.id_for(question),
        theme=form.text(Field.ENTRY_THEME),
        question=SPACES.sub(" ", question),
        phrasings=phrasings,
        cites=SPACES.sub(" ", form.text(Field.ENTRY_CITES)),
        owner=form.person,
        review_by=review_by,
        answer=form.text(Field.ENTRY_ANSWER),
    )


def _number(value: object) -> int:
    return value if isinstance(value, int) else -1


FILLS: dict[ViewId, Fill] = {
    ViewId.ASK: ask,
    ViewId.PASS_ON: pass_on,
    ViewId.REPLY: reply,
    ViewId.REPLY_WITH_ENTRY: reply_with_entry,
    ViewId.ENTRY: entry,
    ViewId.HEARD: heard,
}

"""HR or an owner writes an answer, or mends one: checked as a file's entry is, signed off by whoever wrote it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from bot.domain.authority import listens, require
from bot.domain.link import mentions_link
from bot.domain.pushback import Theme
from bot.domain.refusals import NamesTheLink
from bot.services import questions
from bot.services.answers import escaped_facts, sign_off_entry
from bot.services.library import entry_of
from bot.store import entries, rollouts
from bot.store.entries import WrittenEntry
from faq.book import Book, answer, missing_facts

LONGEST_ANSWER = 1_200
SHORTEST_ANSWER = 15
LONGEST_ID = 40
NOT_IN_IDS = re.compile(r"[^a-z0-9]+")
SMALL_WORDS = frozenset(
    {"a", "an", "and", "can", "do", "does", "i", "is", "it", "my", "of", "the", "this", "to", "will"}
)


@dataclass(frozen=True, slots=True)
class Saved:
    """An entry was written; `people` is how many the answer goes to at once."""

    people: int


def id_for(question: str) -> str:
    """A readable id for a new entry, made of its question's words."""
    plain = unicodedata.normalize("NFKD", question.lower()).encode("ascii", "ignore").decode()
    words = [word for word in NOT_IN_IDS.sub(" ", plain).split() if word not in SMALL_WORDS]
    return "-".join(words)[:LONGEST_ID].strip("-") or "entry"


def problems(draft: WrittenEntry, book: Book, today: date) -> dict[str, str]:
    """What keeps this entry from being saved, by field of the form."""
    found = {}
    if not any(character.isalpha() for character in draft.question):
        found["question"] = "Write the question as people would ask it."
    if draft.theme not in set(Theme):
        found["theme"] = "Choose a theme."
    if len(draft.answer) < SHORTEST_ANSWER:
        found["answer"] = "Write the answer: a few sentences."
    elif len(draft.answer) > LONGEST_ANSWER:
        found["answer"] = f"Keep it to a few sentences: at most {LONGEST_ANSWER} characters."
    if not draft.cites:
        found["cites"] = "Say which section of the policy it rests on, so that people can look it up."
    if draft.review_by <= today:
        found["review_by"] = "Choose a day that is still to come."
    same = next((e for e in book.entries.values() if e.question.lower() == draft.question.lower()), None)
    if same is not None and same.id != draft.id:
        found["question"] = f"The entry {same.id} asks exactly this. Mend that one instead."
    return found


def save(db: Connection, draft: WrittenEntry, book: Book, *, by: str, question_id: str = "", now: datetime) -> Saved:
    """Keep an entry, sign it off, and send it to whoever asked the question it was made from.

    Raises NotAllowed or NamesTheLink.
    """
    every = rollouts.every(db)
    mine = [rollout for rollout in every if by in listens(rollout.plan)]
    require(by, tuple(dict.fromkeys(who for rollout in every for who in listens(rollout.plan))), "write an entry")
    for rollout in every:
        words = mentions_link(f"{draft.question}\n{draft.answer}", rollout.plan.install_url)
        if words:
            raise NamesTheLink(words)
    entries.write(db, draft, by=by, now=now)
    fresh = book.overlaid([entry_of(draft)])
    for rollout in mine:
        sign_off_entry(db, rollout, draft.id, fresh, by=by, now=now)
    if not question_id:
        return Saved(0)
    question, rollout = questions.find_open(db, question_id, by=by)
    wave = rollout.wave_with_id(question.wave_id) if question.wave_id else None
    role = rollout.plan.role_of((wave or rollout.waves[-1]).wave)
    facts = escaped_facts(rollout.plan, role)
    entry = fresh.entries[draft.id]
    if missing_facts(entry, facts):
        return Saved(0)
    _question, people = questions.answer(db, question_id, answer(entry, facts), by=by, entry=draft.id)
    return Saved(people)

"""A question to a person, without its author: passed on, answered, brought back, reminded of, forgotten."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.domain.authority import listens, require
from bot.domain.delivery import DeliveryKind
from bot.domain.link import mentions_link
from bot.domain.progress import Rollout
from bot.domain.pushback import ADDRESS_KEPT, REMIND_AFTER_HOURS, QuestionState, Theme, next_round
from bot.domain.refusals import AnsweredAlready, NamesTheLink, NothingToPassOn, Outdated
from bot.domain.weeks import week_of
from bot.domain.working_time import after_working_hours
from bot.services.voices import Ear, Speaker, kept_wave
from bot.store import outbox, questions, rollouts
from bot.store.outbox import Draft
from bot.store.questions import Question, SealedAddress
from bot.views.open_questions import OpenQuestion

Resembles = Callable[[str, str], bool]
"""Whether two questions mean the same."""


@dataclass(frozen=True, slots=True)
class PassedOn:
    """What the asker is told. `joined` is true when somebody had asked the same."""

    post_at: datetime
    joined: bool


def pass_on(
    db: Connection, ear: Ear, speaker: Speaker, text: str, theme: Theme, *, resembles: Resembles, now: datetime
) -> PassedOn:
    """Keep a question, in the words its asker confirmed, until its round; with a sealed way back, one for each person.

    Nothing that is stored says when or by whom it was asked. Raises NothingToPassOn or NamesTheLink.
    """
    words = " ".join(text.split())
    if not any(character.isalnum() for character in words):
        raise NothingToPassOn
    rollout, wave = speaker.rollout, speaker.wave
    _refuse_link(words, rollout)
    rollouts.hold(db, rollout.id)  # whoever passes on the same at this moment joins, as they would a moment later
    address = ear.keys.seal(json.dumps({"person": speaker.person, "until": _kept_until(now, ear)}))
    post_at = next_round(now, ear.zone)
    for other in questions.unanswered(db, rollout.id):
        if resembles(words, other.text):
            if _waits_already(db, ear, other.id, speaker.person):
                return PassedOn(other.post_at, joined=True)
            questions.join(db, other.id, address, counted_at=post_at)
            return PassedOn(other.post_at, joined=True)
    kept = kept_wave(db, rollout, wave, rollout.plan.rules.k_text)
    question_id = questions.add(
        db,
        rollout.id,
        wave_id=kept,
        week=week_of(now, ear.zone),
        theme=theme,
        text=words,
        post_at=post_at,
    )
    questions.join(db, question_id, address, counted_at=post_at)
    return PassedOn(post_at, joined=False)


def _waits_already(db: Connection, ear: Ear, question_id: str, person: str) -> bool:
    """Whether this person passed the same question on before: nobody counts twice, or gets the answer twice."""
    return any(person_behind(ear, each) == person for each in questions.addresses_of(db, question_id))


def pass_due(db: Connection, channel: str, *, now: datetime) -> int:
    """Put the questions whose round has come into the owners' channel (or to the contact). Returns how many."""
    passed = 0
    questions.count_in(db, now)
    for question in questions.due(db, now):
        rollout = rollouts.by_id(db, question.rollout_id)
        if rollout is None or not questions.open_now(db, question.id):
            continue
        outbox.write(
            db,
            [
                Draft(
                    key=f"question:{question.id}",
                    kind=DeliveryKind.QUESTION,
                    recipient=channel or _first(rollout),
                    rollout_id=rollout.id,
                    data={"question_id": question.id},
                    waits_in_pause=False,
                )
            ],
            now=now,
        )
        passed += 1
    return passed


def answer(db: Connection, question_id: str, text: str, *, by: str, entry: str | None = None) -> tuple[Question, int]:
    """Give a question its answer. Returns it, and how many people it goes to.

    Raises Outdated, NotAllowed, NothingToPassOn, NamesTheLink or AnsweredAlready.
    """
    question = questions.by_id(db, question_id)
    rollout = rollouts.by_id(db, question.rollout_id) if question else None
    if question is None or rollout is None:
        raise Outdated
    require(by, listens(rollout.plan), "answer a question")
    if not text.strip():
        raise NothingToPassOn
    _refuse_link(text, rollout)
    if not questions.answer(db, question_id, text=text.strip(), by=by, entry=entry):
        raise AnsweredAlready
    return question, questions.waiting_for(db, question_id)


def next_time(ear: Ear, now: datetime) -> datetime:
    """When the questions that wait are passed on."""
    return next_round(now, ear.zone)


def open_question(rollout: Rollout, question: Question) -> OpenQuestion:
    """The question as it is shown to those who answer."""
    return OpenQuestion(question.id, question.theme, question.text, question.askers, rollout.plan.tool)


def find_open(db: Connection, question_id: str, *, by: str) -> tuple[Question, Rollout]:
    """A question that somebody wants to answer. Raises Outdated, NotAllowed or AnsweredAlready."""
    question = questions.by_id(db, question_id)
    rollout = rollouts.by_id(db, question.rollout_id) if question else None
    if question is None or rollout is None:
        raise Outdated
    require(by, listens(rollout.plan), "answer a question")
    if question.state not in (QuestionState.WAITING, QuestionState.OPEN):
        raise AnsweredAlready
    return question, rollout


def forget_old(db: Connection, ear: Ear, *, now: datetime) -> int:
    """Delete the ways back that are too old.

    How old those are that this secret does not open is not known: they go long after their question was passed on. An
    instance that was given another secret must not take from the others what only they can bring back.
    """
    gone = 0
    for address in questions.addresses(db, answered=False):
        opened = _opened(ear, address)
        until = opened[1] if opened else _latest_by_question(db, address, now)
        if until <= now:
            gone += questions.forget_address(db, address.id)
    return gone


def _latest_by_question(db: Connection, address: SealedAddress, now: datetime) -> datetime:
    question = questions.by_id(db, address.question_id)
    return question.post_at + 2 * ADDRESS_KEPT if question else now


def remind(db: Connection, ear: Ear, *, now: datetime) -> int:
    """Remind the next person of each question that waited too long. Returns how many reminders were written."""
    written = 0
    for question in questions.still_open(db):
        times = question.reminded + 1
        if after_working_hours(question.post_at, REMIND_AFTER_HOURS * times, ear.zone) > now:
            continue
        rollout = rollouts.by_id(db, question.rollout_id)
        if rollout is None or not questions.remind(db, question.id, times):
            continue
        turn = _in_turn(rollout)
        written += outbox.write(
            db,
            [
                Draft(
                    key=f"question:{question.id}:reminder:{times}",
                    kind=DeliveryKind.QUESTION_REMINDER,
                    recipient=turn[(times - 1) % len(turn)],
                    rollout_id=rollout.id,
                    data={"question_id": question.id},
                    waits_in_pause=False,
                )
            ],
            now=now,
        )
    return written


def asked_by(db: Connection, ear: Ear, person: str) -> list[tuple[str, Question]]:
    """The questions of this person that wait for an answer, with the id of each way back. Only the secret finds them."""
    found = []
    for address in questions.addresses(db, answered=False):
        if person_behind(ear, address) == person:
            question = questions.by_id(db, address.question_id)
            if question is not None:
                found.append((address.id, question))
    return found


def withdraw(db: Connection, ear: Ear, person: str) -> int:
    """Take back this person's questions: their ways back, and the questions that nobody else asked and nobody saw yet."""
    mine = asked_by(db, ear, person)
    for address_id, question in mine:
        questions.forget_address(db, address_id)
        questions.withdraw(db, question.id)
    return len(mine)


def person_behind(ear: Ear, address: SealedAddress) -> str | None:
    """Who a sealed address leads to; None when this secret does not open it."""
    opened = _opened(ear, address)
    return opened[0] if opened else None


def _kept_until(now: datetime, ear: Ear) -> str:
    """The midnight after the address has been kept long enough: not even with the key is there a time of asking."""
    day = (now + ADDRESS_KEPT).astimezone(ear.zone).date() + timedelta(days=1)
    return datetime.combine(day, datetime.min.time(), ear.zone).isoformat()


def _opened(ear: Ear, address: SealedAddress) -> tuple[str, datetime] | None:
    text = ear.keys.open(address.sealed)
    if text is None:
        return None
    inside = json.loads(text)
    return str(inside["person"]), datetime.fromisoformat(inside["until"])


def _first(rollout: Rollout) -> str:
    return _in_turn(rollout)[0]


def _in_turn(rollout: Rollout) -> tuple[str, ...]:
    plan = rollout.plan
    return tuple(dict.fromkeys((*((plan.contact,) if plan.contact else ()), *plan.owners)))


def _refuse_link(text: str, rollout: Rollout) -> None:
    words = mentions_link(text, rollout.plan.install_url)
    if words:
        raise NamesTheLink(words)

"""Answering a check-in: an answer goes in without its author, and can be changed until the check-in closes.

Nothing of an invitation is touched here: what is written in one transaction can be seen to belong together.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.domain.checkin import HIGHEST, LOWEST, Ask
from bot.domain.link import mentions_link
from bot.domain.pushback import next_round
from bot.domain.refusals import CheckinIsClosed, NamesTheLink, NotAsked, NothingToPassOn, Outdated, TooFewForWords
from bot.domain.rollout import CheckinBy
from bot.domain.weeks import week_of
from bot.domain.working_calendar import on_day, working_days_later
from bot.holiday_calendar import calendar_of
from bot.services import checkins as rounds
from bot.services.checkin_tags import answered_tag, comment_tag, every_tag, fault_tag, tag_of
from bot.services.checkins import Asked, reminder_key
from bot.services.voices import Ear
from bot.store import checkin_answers as voices
from bot.store import checkins, outbox, people, signs, verdicts
from bot.store.checkin_answers import ANSWERED
from bot.store.checkins import Checkin, Invitation
from bot.views.checkin import CheckinCard

SHORTEST = 3
"""Characters that a fault's description needs at least."""


def answer(
    db: Connection, ear: Ear, checkin_id: str, question: str, value: int | None, *, person: str, now: datetime
) -> CheckinCard:
    """Keep one answer (None is *Skip*), and show the card again. Raises Outdated, CheckinIsClosed or NotAsked."""
    asked, _ = enter(db, checkin_id, person, now)
    if question not in set(Ask) or not (value is None or LOWEST <= value <= HIGHEST):
        raise Outdated
    _keep(db, ear, asked.checkin, person, {Ask(question): value})
    return card(db, ear, asked, person)


def answer_all(
    db: Connection, ear: Ear, checkin_id: str, chosen: Mapping[Ask, int | None], *, person: str, now: datetime
) -> Asked:
    """Keep the answers of a form. Raises Outdated, CheckinIsClosed or NotAsked."""
    asked, _ = enter(db, checkin_id, person, now)
    _keep(db, ear, asked.checkin, person, chosen)
    return asked


def _keep(db: Connection, ear: Ear, checkin: Checkin, person: str, chosen: Mapping[Ask, int | None]) -> None:
    salt = voices.salt_of(db, checkin.id, ear.keys.fresh_salt)
    voices.answer(db, answered_tag(ear.keys, salt, checkin.id, person), checkin.id, ANSWERED, None)
    for question, value in chosen.items():
        voices.answer(db, tag_of(ear.keys, salt, checkin.id, person, question), checkin.id, question, value)


def comment(db: Connection, ear: Ear, checkin_id: str, text: str, *, person: str, now: datetime) -> CheckinCard:
    """Keep what was confirmed. Raises Outdated, CheckinIsClosed, NotAsked, TooFewForWords or NamesTheLink."""
    asked, _ = enter(db, checkin_id, person, now)
    k_text = asked.rollout.plan.rules.k_text
    if not people.at_least(db, asked.wave.id, k_text):
        raise TooFewForWords(k_text)
    _refuse_link(text, asked)
    salt = voices.salt_of(db, checkin_id, ear.keys.fresh_salt)
    voices.comment(db, comment_tag(ear.keys, salt, checkin_id, person), checkin_id, " ".join(text.split()))
    voices.answer(db, answered_tag(ear.keys, salt, checkin_id, person), checkin_id, ANSWERED, None)
    return card(db, ear, asked, person)


def report_fault(db: Connection, ear: Ear, checkin_id: str, text: str, *, person: str, now: datetime) -> datetime:
    """Keep a fault in the words that were confirmed, without who met it. Returns when its managers are told.

    Raises Outdated, CheckinIsClosed, NotAsked, NothingToPassOn or NamesTheLink.
    """
    asked, _ = enter(db, checkin_id, person, now)
    words = " ".join(text.split())
    if sum(character.isalnum() for character in words) < SHORTEST:
        raise NothingToPassOn
    _refuse_link(words, asked)
    tell_at = next_round(now, ear.zone)
    fault_id = fault_tag(ear.keys, voices.salt_of(db, checkin_id, ear.keys.fresh_salt), checkin_id, person, words)
    signs.add_fault(db, fault_id, asked.wave.id, words, str(week_of(now, ear.zone)), tell_at)
    return tell_at


def away(db: Connection, checkin_id: str, *, person: str, now: datetime) -> None:
    """*I am away*: no reminder. Raises Outdated, CheckinIsClosed or NotAsked."""
    enter(db, checkin_id, person, now)
    checkins.set_away(db, checkin_id, person, away=True)


def snooze(db: Connection, checkin_id: str, *, person: str, now: datetime) -> datetime | None:
    """*Remind me tomorrow*: the one reminder comes on the next working day. None when there is no time for it.

    Raises Outdated, CheckinIsClosed or NotAsked.
    """
    asked, invitation = enter(db, checkin_id, person, now)
    calendar, zone = calendar_of(asked.wave.wave.country), ZoneInfo(invitation.zone)
    tomorrow = working_days_later(now.astimezone(zone).date(), 1, calendar)
    at: time = asked.rollout.plan.checkins.at
    moment = on_day(tomorrow, at, zone, calendar)
    if moment + timedelta(hours=1) > asked.checkin.closes_at:
        return None
    return moment if outbox.reschedule(db, reminder_key(checkin_id, person), moment) else None


def vouch(db: Connection, checkin_id: str, *, person: str, now: datetime) -> bool:
    """*I would vouch for this*: by name. False when they did before. Raises Outdated, CheckinIsClosed or NotAsked."""
    asked, _ = enter(db, checkin_id, person, now)
    if not asked.rollout.is_pilot(asked.wave):
        raise Outdated
    return verdicts.vouch(db, asked.wave.id, person)


def enter(db: Connection, checkin_id: str, person: str, now: datetime) -> tuple[Asked, Invitation]:
    """The open check-in and this person's invitation to it. Raises Outdated, CheckinIsClosed or NotAsked."""
    checkin = checkins.answering(db, checkin_id)
    asked = rounds.about(db, checkin) if checkin else None
    if checkin is None or asked is None:
        raise Outdated
    if checkin.state not in checkins.UNDER_WAY or now >= checkin.closes_at:
        raise CheckinIsClosed
    invitation = checkins.invitation(db, checkin_id, person)
    if invitation is None:
        raise NotAsked
    return asked, invitation


def card(db: Connection, ear: Ear, asked: Asked, person: str) -> CheckinCard:
    """The check-in as this person sees it: which questions they have answered, not what."""
    checkin, rules = asked.checkin, asked.rollout.plan.rules
    said = answered(db, ear, checkin, person)
    salt = voices.known_salt(db, checkin.id)
    words = bool(salt and voices.comment_of(db, comment_tag(ear.keys, salt, checkin.id, person)))
    return CheckinCard(
        checkin_id=checkin.id,
        tool=asked.rollout.plan.tool,
        contact=asked.rollout.plan.contact,
        day=checkin.day,
        closes_at=checkin.closes_at,
        k=rules.k,
        k_text=rules.k_text,
        answered=frozenset(said),
        commented=words,
        takes_words=people.at_least(db, asked.wave.id, rules.k_text),
        may_vouch=asked.rollout.is_pilot(asked.wave),
        vouches=asked.wave.id in verdicts.vouches_of(db, person),
        in_channel=asked.rollout.plan.checkins.by is CheckinBy.CHANNEL,
    )


def answered(db: Connection, ear: Ear, checkin: Checkin, person: str) -> dict[Ask, int | None]:
    """What this person has answered so far, question by question; only the secret finds it."""
    salt = voices.known_salt(db, checkin.id)
    if salt is None:
        return {}
    tags = every_tag(ear.keys, salt, checkin.id, person)
    found = voices.answers_among(db, list(tags.values()))
    return {ask: found[tags[ask]] for ask in Ask if tags[ask] in found}


def has_answered(db: Connection, ear: Ear, checkin: Checkin, person: str) -> bool:
    """Whether this person said anything in an open check-in."""
    salt = voices.known_salt(db, checkin.id)
    return salt is not None and bool(voices.answers_among(db, [answered_tag(ear.keys, salt, checkin.id, person)]))


def take_back(db: Connection, ear: Ear, person: str, *, now: datetime) -> int:
    """Delete what this person said in the open check-ins. Returns in how many."""
    number = 0
    for checkin, _ in checkins.open_for(db, person, now):
        salt = voices.known_salt(db, checkin.id)
        if salt is not None:
            tags = every_tag(ear.keys, salt, checkin.id, person)
            number += voices.take_back(db, list(tags.values())) > 0
    return number


def _refuse_link(text: str, asked: Asked) -> None:
    words = mentions_link(text, asked.rollout.plan.install_url)
    if words:
        raise NamesTheLink(words)

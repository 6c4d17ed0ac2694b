"""`/ask privacy` and `/ask mydata`: what this bot keeps, and what it holds about whoever asks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.domain.rollout import Rules, Step
from bot.domain.weeks import week_of
from bot.ports import Post
from bot.services import checkin_answers, questions, voices
from bot.services.asking import askers, pick
from bot.services.exporting import told
from bot.services.voices import Ear
from bot.store import checkins, people, rollouts, verdicts
from bot.store.checkins import Checkin, Invitation
from bot.views.checkin import QUESTIONS
from bot.views.exports import told_words
from bot.views.my_data import KeptCheckin, KeptNotice, KeptVoice, MyData, my_data, privacy

WORDS = {Step.REASON: "the reason", Step.POLICY: "the policy", Step.INSTALL: "the install link"}


def privacy_page(db: Connection, person: str) -> Post:
    """What this bot keeps, with the numbers of the asker's own rollout."""
    asker = pick(askers(db, person, people.wave_ids_of(db, person)))
    rules = asker.plan.rules if asker else Rules()
    exported = told_words(told(db, asker.rollout)) if asker else []
    return privacy(rules.k, rules.k_text, exported, contact=asker.plan.contact if asker else "")


def page(db: Connection, ear: Ear, person: str, entries: Iterable[str], *, now: datetime) -> Post:
    """Everything that is held about this person."""
    every = rollouts.every(db)
    names = {rollout.id: rollout.plan.tool for rollout in every}
    notices = [
        KeptNotice(names[rollout.id], WORDS[step], version, given_at, acknowledged_at)
        for rollout in every
        for (step, version), (given_at, acknowledged_at) in sorted(
            people.receipt_times(db, rollout.id, person).items(), key=lambda item: item[1][0]
        )
        if step in WORDS
    ]
    said = [
        KeptVoice(str(voice.week), voice.theme, voice.outcome, voice.wave_id is not None)
        for voice in voices.of_person(db, ear, person, every, entries, now=now)
    ]
    waiting = [question.text for _address, question in questions.asked_by(db, ear, person)]
    closes = week_of(now, ear.zone).period.last.sunday + timedelta(days=1)
    kept = [_checkin(db, ear, names, each, asked, person, now) for each, asked in checkins.invited_to(db, person)]
    owners = {wave.id: rollout.plan.tool for rollout in every for wave in rollout.waves}
    vouches = [owners[wave] for wave in verdicts.vouches_of(db, person) if wave in owners]
    return my_data(MyData(notices, said, waiting, closes, [each for each in kept if each], vouches))


def _checkin(
    db: Connection, ear: Ear, names: dict[str, str], checkin: Checkin, asked: Invitation, person: str, now: datetime
) -> KeptCheckin | None:
    rollout = rollouts.of_wave(db, checkin.wave_id)
    if rollout is None:
        return None
    over = checkin.state not in checkins.UNDER_WAY or now >= checkin.closes_at
    said = {} if over else checkin_answers.answered(db, ear, checkin, person)
    words = [
        f"{QUESTIONS[ask].words.format(tool=rollout.plan.tool)} {'skipped' if value is None else value}"
        for ask, value in said.items()
    ]
    tool = names.get(rollout.id, rollout.plan.tool)
    return KeptCheckin(tool, checkin.day, checkin.closes_at, over, asked.answered, words)


def forget(db: Connection, ear: Ear, person: str, entries: Iterable[str], *, now: datetime) -> tuple[int, int]:
    """Delete what this person said in the open period, and take back what they passed on. Returns how many of each."""
    every = rollouts.every(db)
    taken_back = questions.withdraw(db, ear, person)
    answers = checkin_answers.take_back(db, ear, person, now=now)
    return voices.forget_person(db, ear, person, every, entries, now=now) + answers, taken_back

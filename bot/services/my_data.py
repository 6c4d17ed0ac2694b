"""`/ask privacy` and `/ask mydata`: what this bot keeps, and what it holds about whoever asks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.domain.rollout import Rules, Step
from bot.domain.weeks import week_of
from bot.ports import Post
from bot.services import questions, voices
from bot.services.asking import askers, pick
from bot.services.voices import Ear
from bot.store import people, rollouts
from bot.views.my_data import KeptNotice, KeptVoice, MyData, my_data, privacy

WORDS = {Step.REASON: "the reason", Step.POLICY: "the policy", Step.INSTALL: "the install link"}


def privacy_page(db: Connection, person: str) -> Post:
    """What this bot keeps, with the numbers of the asker's own rollout."""
    asker = pick(askers(db, person))
    rules = asker.plan.rules if asker else Rules()
    return privacy(rules.k, rules.k_text, (), contact=asker.plan.contact if asker else "")


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
    return my_data(MyData(notices, said, waiting, closes))


def forget(db: Connection, ear: Ear, person: str, entries: Iterable[str], *, now: datetime) -> tuple[int, int]:
    """Delete what this person said in the open period, and take back what they passed on. Returns how many of each."""
    every = rollouts.every(db)
    taken_back = questions.withdraw(db, ear, person)
    return voices.forget_person(db, ear, person, every, entries, now=now), taken_back

"""What managers heard, and what HR and owners may see of the pushback."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from bot.domain.authority import everybody_in_charge, listens, may_report, require
from bot.domain.delivery import DeliveryKind
from bot.domain.progress import Rollout
from bot.domain.pushback import QuestionState, Theme
from bot.domain.refusals import Outdated
from bot.domain.weeks import Week, read_week, week_of
from bot.services.asking import unready
from bot.services.launching import Rulebook
from bot.services.standing import locked
from bot.services.voices import Ear, Speaker, record_heard
from bot.store import outbox, questions, rollouts, voices
from bot.store.outbox import Draft
from bot.store.questions import Question

DOUBTS = 5
"""So many people have to say that an answer does not help before anybody is told: fewer could be told apart."""


def open_weeks(now: datetime, ear: Ear) -> list[Week]:
    """The weeks that something may still be noted in: the present one. Closed weeks stay as they are."""
    return [week_of(now, ear.zone)]


def heard(
    db: Connection, ear: Ear, rollout_id: str, *, theme: str, wave_id: str, week: str, by: str, now: datetime
) -> None:
    """Record what a manager heard. Raises Outdated or NotAllowed."""
    rollout = locked(db, rollout_id)
    require(by, everybody_in_charge(rollout.plan), "note what you heard")
    wave = rollout.wave_with_id(wave_id)
    if wave is None or theme not in set(Theme) or read_week(week) not in open_weeks(now, ear):
        raise Outdated
    record_heard(db, ear, Speaker(by, rollout, wave), theme=Theme(theme), now=now)


def queue(db: Connection, rollout: Rollout, *, by: str) -> list[Question]:
    """The open questions; those that wait for the next round are not among them. Raises NotAllowed."""
    require(by, listens(rollout.plan), "see the open questions")
    return [each for each in questions.unanswered(db, rollout.id) if each.state is QuestionState.OPEN]


def reporter(rollout: Rollout, person: str) -> None:
    """Raises NotAllowed unless this person may see themes and exports."""
    require(person, may_report(rollout.plan), "see the pushback's themes")


def tell_of_unready_entries(db: Connection, *, rules: Rulebook, now: datetime) -> int:
    """Tell whoever looks after a rollout's answers which of them cannot be given. Once for each set of them."""
    written = 0
    for rollout in rollouts.every(db):
        missing = unready(db, rollout, rules.book, now.date())
        if not missing or not rollout.plan.owners:
            continue
        named = ",".join(each.entry for each in missing)
        written += outbox.write(
            db,
            [
                Draft(
                    key=f"not_ready:{rollout.id}:{rollout.versions.policy}:{named}",
                    kind=DeliveryKind.ENTRIES_NOT_READY,
                    recipient=rollout.plan.contact or rollout.plan.owners[0],
                    rollout_id=rollout.id,
                    data={},
                    waits_in_pause=False,
                )
            ],
            now=now,
        )
    return written


def tell_of_doubted_entries(db: Connection, ear: Ear, *, rules: Rulebook, now: datetime) -> int:
    """Show an entry that does not answer what people ask to whoever looks after it, each time five more say so.

    Of closed weeks only, and in fives: told at once and exactly, the fifth click would have a time.
    """
    written = 0
    last = week_of(now, ear.zone).previous
    for rollout in rollouts.every(db):
        if not rollout.plan.owners:
            continue
        judged = voices.judgements(db, rollout.id, last.period.first, last)
        for entry_id, (helped, did_not) in judged.items():
            if rules.book.get(entry_id) is None or did_not < DOUBTS or did_not <= helped:
                continue
            fives = did_not // DOUBTS
            written += outbox.write(
                db,
                [
                    Draft(
                        key=f"doubted:{rollout.id}:{entry_id}:p{last.period.number}:{fives}",
                        kind=DeliveryKind.ENTRY_DOUBTED,
                        recipient=rollout.plan.contact or rollout.plan.owners[0],
                        rollout_id=rollout.id,
                        data={"entry": entry_id, "at_least": fives * DOUBTS},
                        waits_in_pause=False,
                    )
                ],
                now=now,
            )
    return written

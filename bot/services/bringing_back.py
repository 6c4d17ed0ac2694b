"""Answers on their way back to those who asked without a name: by one instance at a time, each of them once.

A delivery in the outbox names its recipient, which must stand nowhere beside a question. So the sealed address is all there
is, and the only thing ever written on it is that its message may have left. Who brings answers back at the moment is one
row for all of them, which is gone when they are through.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import Connection

from bot.domain.pace import POST_MESSAGE, Pace
from bot.domain.progress import Rollout
from bot.ports import NotSent
from bot.services.questions import person_behind
from bot.services.voices import Ear
from bot.store import duties, outbox, pacing, rollouts
from bot.store import questions as stored
from bot.store.questions import Question

DUTY = "bringing answers back"
LEASE = timedelta(seconds=60)
"""How long whoever does it may be silent. Longer than a request takes that left as late as it may (bot/in_time.py)."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer on its way back. `address_id` also marks the message in Slack, so that it is never sent twice."""

    address_id: str
    person: str
    question: Question
    rollout: Rollout


def replies(db: Connection, ear: Ear, limit: int, but: Collection[str] = ()) -> list[Reply]:
    """The answers that still have to be brought back, except to the addresses `but`.

    What this secret does not open may be for another to bring back.
    """
    found = []
    for address in stored.addresses(db, answered=True):
        if address.id in but:
            continue
        question = stored.by_id(db, address.question_id)
        rollout = rollouts.by_id(db, question.rollout_id) if question else None
        if question is None or rollout is None:
            stored.forget_address(db, address.id)
            continue
        person = person_behind(ear, address)
        if person is not None:
            found.append(Reply(address.id, person, question, rollout))
        if len(found) == limit:
            break
    return found


def take(db: Connection, owner: str, *, now: datetime) -> bool:
    """Only one instance brings answers back at a time. False while another one does."""
    return duties.take(db, DUTY, owner, now=now, lease_until=now + LEASE)


def lay_down(db: Connection, owner: str) -> None:
    """The next one may."""
    duties.lay_down(db, DUTY, owner)


class Leave(Enum):
    """Whether an answer may be sent now. `LOOK_FIRST`: it may have left before."""

    SEND = "send"
    LOOK_FIRST = "look first"
    USED = "used"
    STOP = "stop"


def begin(db: Connection, address_id: str, owner: str, *, pace: Pace, now: datetime) -> Leave:
    """An answer is about to leave: written down before it does, so that whoever comes next looks for it.

    `STOP` when another instance took over, or when Slack takes no messages now.
    """
    if not duties.keep(db, DUTY, owner, lease_until=now + LEASE):
        return Leave.STOP
    until = outbox.blocked_until(db, POST_MESSAGE)
    if (until and until > now) or not pacing.take(db, POST_MESSAGE, pace.messages, 1):
        return Leave.STOP
    return {None: Leave.USED, False: Leave.SEND, True: Leave.LOOK_FIRST}[stored.begin_to_send(db, address_id)]


def did_not_leave(db: Connection, address_id: str, owner: str, refused: NotSent, *, now: datetime) -> None:
    """Slack certainly does not have it; it is tried again later. Whoever took over meanwhile knows better."""
    if duties.keep(db, DUTY, owner, lease_until=now + LEASE):
        stored.did_not_leave(db, address_id)
    if refused.rate_limited and refused.retry_after is not None:
        outbox.block_method(db, POST_MESSAGE, now + timedelta(seconds=refused.retry_after))
        pacing.slow_down(db, POST_MESSAGE)


def arrived(db: Connection, address_id: str) -> None:
    """The answer has arrived: the way back is forgotten."""
    stored.forget_address(db, address_id)

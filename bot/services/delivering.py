"""A delivery on its way: made into a message at the last moment, after one more look at what must hold; then settled."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.domain.authority import everybody_in_charge, in_charge, require
from bot.domain.delivery import CANNOT_BE_MADE, FIRST_RETRY, SETTLE_MARGIN, DeliveryKind, DeliveryState, backoff
from bot.domain.facts import seen_live
from bot.domain.gates import Gate, Kind
from bot.domain.installation import TOKEN_REFUSED
from bot.domain.pace import POST_MESSAGE
from bot.domain.progress import Rollout, RunningWave
from bot.domain.pushback import QuestionState
from bot.domain.rollout import Step
from bot.domain.timeline import Event
from bot.in_time import TOO_LATE
from bot.ports import Absent, NotSent, Post, SendResult, Sent, Unknown
from bot.services import month_messages
from bot.services.answers import brief_answers
from bot.services.asking import unready
from bot.services.launching import Rulebook, gates_of, has_newest_book
from bot.services.listening import DOUBTS
from bot.services.messages import message_for
from bot.services.outgoing import Broken, Dropped, Later
from bot.services.questions import open_question
from bot.services.voices import Ear
from bot.store import launches, outbox, overrides, pacing, people, questions, roll_calls, rollouts, timeline
from bot.store.launches import Launch
from bot.store.outbox import Delivery, Draft
from bot.store.tables import LaunchState, OverrideState
from bot.views.briefing import briefing
from bot.views.open_questions import entries_not_ready, entry_doubted, question_message, reminder_message
from bot.views.overrides import override_approved, override_request
from bot.views.refusals import launch_did_not_go
from bot.views.wave_messages import pause_message, step_message

KEEP_TRYING = timedelta(hours=12)
"""How long a passing error is tried again before the message is parked and shown: longer than Slack is ever down."""
FEWEST_TRIES = 10
"""About a quarter of an hour: after a restore the first try may have been days ago."""
LEARNING = timedelta(seconds=2)
"""How soon to look again whether this process knows the answers that were written just now; learning them takes seconds."""

LATE_STEPS = {
    DeliveryKind.LATE_REASON: Step.REASON,
    DeliveryKind.LATE_POLICY: Step.POLICY,
    DeliveryKind.LATE_INSTALL: Step.INSTALL,
}
STEP_KINDS = frozenset({DeliveryKind.BRIEF, DeliveryKind.REASON, DeliveryKind.POLICY, DeliveryKind.INSTALL})


def ready_to_send(
    db: Connection, delivery: Delivery, *, rules: Rulebook, ear: Ear, now: datetime
) -> Post | Dropped | Later | Broken:
    """The same as `prepare`, for the sender: one message that cannot be made must not hold up all that come after it."""
    try:
        return prepare(db, delivery, rules=rules, ear=ear, now=now)
    except SQLAlchemyError:
        raise  # that is no message's fault
    except Exception as error:  # noqa: BLE001 - whatever it is, a manager is shown the message and the log names the error
        return Broken(type(error).__name__)


def park(db: Connection, delivery: Delivery, *, owner: str) -> None:
    """A message that cannot be made is put aside, and shown to whoever is in charge."""
    outbox.move(db, delivery, DeliveryState.FAILED, owner=owner, error=CANNOT_BE_MADE)


def prepare(  # noqa: C901, PLR0912 - a table: one case for each kind of message
    db: Connection, delivery: Delivery, *, rules: Rulebook, ear: Ear, now: datetime
) -> Post | Dropped | Later:
    """The message to send, why it must not be sent, or when. Runs in the transaction that claims the delivery."""
    rollout = rollouts.by_id(db, delivery.rollout_id)
    if rollout is None:
        return Dropped("the rollout is gone")
    match delivery.kind:
        case DeliveryKind.BRIEF | DeliveryKind.REASON | DeliveryKind.POLICY | DeliveryKind.INSTALL:
            return _launched(db, rollout, delivery, rules, now)
        case DeliveryKind.LATE_REASON | DeliveryKind.LATE_POLICY | DeliveryKind.LATE_INSTALL:
            return _late(db, rollout, delivery)
        case DeliveryKind.PAUSE:
            if rollout.pause is None:
                return Dropped("the rollout goes on already")
            return pause_message(rollout.plan, str(delivery.data["because"]))
        case DeliveryKind.OVERRIDE_ASKED:
            return _override_asked(db, rollout, delivery)
        case DeliveryKind.OVERRIDE_APPROVED:
            override = overrides.by_id(db, str(delivery.data["override_id"]))
            wave = rollout.wave_with_id(override.wave_id) if override else None
            if override is None or wave is None:
                return Dropped("the wave is gone")
            return override_approved(gate=override.gate, wave=wave.name, approved_by=str(delivery.data["approved_by"]))
        case DeliveryKind.NOT_LAUNCHED:
            data = delivery.data
            return launch_did_not_go(step=Step(data["step"]), wave=str(data["wave"]), why=str(data["why"]))
        case DeliveryKind.QUESTION | DeliveryKind.QUESTION_REMINDER:
            return _question(db, rollout, delivery)
        case DeliveryKind.ENTRIES_NOT_READY:
            return entries_not_ready(rollout.plan.tool, unready(db, rollout, rules.book, now.date()))
        case DeliveryKind.ENTRY_DOUBTED:
            return _entry_doubted(rollout, delivery, rules)
        case _:
            return month_messages.made(db, rollout, delivery, rules=rules, ear=ear, now=now)


def _entry_doubted(rollout: Rollout, delivery: Delivery, rules: Rulebook) -> Post | Dropped:
    entry = rules.book.get(str(delivery.data["entry"]))
    if entry is None:
        return Dropped("the entry is gone")
    people = int(delivery.data.get("at_least", DOUBTS))
    return entry_doubted(rollout.plan.tool, entry.id, entry.question, people=people)


def _question(db: Connection, rollout: Rollout, delivery: Delivery) -> Post | Dropped:
    question = questions.by_id(db, str(delivery.data["question_id"]))
    if question is None or question.state is not QuestionState.OPEN:
        return Dropped("it has its answer")
    shown = open_question(rollout, question)
    return question_message(shown) if delivery.kind is DeliveryKind.QUESTION else reminder_message(shown)


def text_of(db: Connection, delivery: Delivery, *, rules: Rulebook, ear: Ear, now: datetime) -> Post:
    """The message as it would read now, for recognising it in Slack; empty when it would not be sent any more."""
    made = ready_to_send(db, delivery, rules=rules, ear=ear, now=now)
    return made if isinstance(made, Post) else Post("", ())


def drop(db: Connection, delivery: Delivery, why: str, *, owner: str, now: datetime) -> None:
    """Take back a delivery that must not go. A launch that lost a message this way is taken back with it."""
    if not outbox.move(db, delivery, DeliveryState.CANCELLED, owner=owner, error=why):
        return
    if delivery.kind in STEP_KINDS and delivery.launch_id:
        launch = launches.by_id(db, delivery.launch_id)
        if launch is not None and launches.refuse(db, launch.id, why, LaunchState.LAUNCHED):
            _tell_launcher(db, launch, why, now)


def settle(db: Connection, delivery: Delivery, result: SendResult, *, owner: str, now: datetime) -> DeliveryState:
    """Record how sending ended, with everything that follows from it. Returns the delivery's new state."""
    match result:
        case Sent():
            _arrived(db, delivery, result, owner=owner, now=now)
            return DeliveryState.SENT
        case NotSent(error=error) if error == TOO_LATE:  # not this message's fault; but what held us up may not be over
            outbox.put_off(db, delivery, now + FIRST_RETRY, owner=owner)
            return DeliveryState.PENDING
        case NotSent(error=error) if error in TOKEN_REFUSED:  # nor this: the sender stops until we are taken again
            outbox.put_off(db, delivery, now, owner=owner)
            return DeliveryState.PENDING
        case NotSent(error=error, retry_after=None):
            outbox.move(db, delivery, DeliveryState.FAILED, owner=owner, error=error)
            return DeliveryState.FAILED
        case NotSent(error=error, retry_after=float() | int() as wait, rate_limited=limited):
            if limited:
                outbox.block_method(db, POST_MESSAGE, now + timedelta(seconds=wait))
                pacing.slow_down(db, POST_MESSAGE)
            elif _long_enough(delivery, now):
                outbox.move(db, delivery, DeliveryState.FAILED, owner=owner, error=error)
                return DeliveryState.FAILED
            later = max(timedelta(seconds=wait), timedelta(0) if limited else backoff(delivery.attempts))
            outbox.move(db, delivery, DeliveryState.PENDING, owner=owner, due_at=now + later, error=error)
            return DeliveryState.PENDING
        case Unknown(error=error):
            outbox.move(db, delivery, DeliveryState.UNSURE, owner=owner, due_at=now + SETTLE_MARGIN, error=error)
            return DeliveryState.UNSURE
    msg = f"not a way in which sending ends: {result!r}"
    raise TypeError(msg)


def settle_found(
    db: Connection, delivery: Delivery, found: Sent | Absent | Unknown, *, owner: str, now: datetime
) -> DeliveryState:
    """Record what looking for an unsure delivery showed.

    Found: it was sent. Certainly absent: it may be sent again. Neither: look again as long as that may help, then say
    *ambiguous*.
    """
    match found:
        case Sent():
            _arrived(db, delivery, found, owner=owner, now=now)
            return DeliveryState.SENT
        case Absent():
            later = now + (backoff(delivery.attempts) if delivery.attempts > 1 else timedelta(0))
            outbox.move(db, delivery, DeliveryState.PENDING, owner=owner, due_at=later, error=delivery.error)
            return DeliveryState.PENDING
        case Unknown(error=error, passing=passing):
            waits = error in TOKEN_REFUSED
            if not waits and (not passing or _long_enough(delivery, now)):
                outbox.move(db, delivery, DeliveryState.AMBIGUOUS, owner=owner, error=error)
                return DeliveryState.AMBIGUOUS
            outbox.look_again_later(db, delivery, owner=owner, due_at=now + backoff(delivery.attempts), error=error)
            return DeliveryState.UNSURE


def check_again(db: Connection, delivery_id: str, *, by: str, now: datetime) -> bool:
    """*Check again*: an ambiguous delivery is looked for once more, a failed one is tried again.

    False when there is nothing to check any more. Raises NotAllowed.
    """
    delivery = outbox.by_id(db, delivery_id)
    rollout = rollouts.by_id(db, delivery.rollout_id) if delivery else None
    if delivery is None or rollout is None:
        return False
    require(by, everybody_in_charge(rollout.plan), "check on a message")
    match delivery.state:
        case DeliveryState.AMBIGUOUS:
            return outbox.move(db, delivery, DeliveryState.UNSURE, due_at=now)
        case DeliveryState.FAILED:
            return outbox.move(db, delivery, DeliveryState.PENDING, due_at=now)
        case _:
            return False


def settle_by_hand(db: Connection, delivery_id: str, *, arrived: bool, by: str, now: datetime) -> bool:
    """Somebody in charge looked in Slack and says whether an ambiguous message is there; if not, it goes again.

    False when it is not ambiguous any more. Raises NotAllowed.
    """
    delivery = outbox.by_id(db, delivery_id)
    rollout = rollouts.by_id(db, delivery.rollout_id, lock=True) if delivery else None
    if delivery is None or rollout is None:
        return False
    require(by, everybody_in_charge(rollout.plan), "settle a message")
    if delivery.state is not DeliveryState.AMBIGUOUS:
        return False
    if not arrived:
        return outbox.move(db, delivery, DeliveryState.PENDING, due_at=now)
    return _arrived(db, delivery, Sent(delivery.recipient, ""), owner=None, now=now)


def _long_enough(delivery: Delivery, now: datetime) -> bool:
    return (
        delivery.attempts >= FEWEST_TRIES
        and delivery.first_tried_at is not None
        and now - delivery.first_tried_at >= KEEP_TRYING
    )


def _launched(
    db: Connection, rollout: Rollout, delivery: Delivery, rules: Rulebook, now: datetime
) -> Post | Dropped | Later:
    launch = launches.by_id(db, delivery.launch_id) if delivery.launch_id else None
    wave = rollout.wave_with_id(launch.wave_id) if launch else None
    if launch is None or wave is None or launch.run != wave.run or launch.state is not LaunchState.LAUNCHED:
        return Dropped("the wave has started over")
    if launch.versions != rollout.versions:
        return Dropped("the texts changed before it was sent")
    if launch.launched_by not in in_charge(rollout.plan, wave.wave):
        return Dropped("whoever launched it may no longer do so")
    role = rollout.plan.role_of(wave.wave)
    if rollout.pause is not None:
        return Later(now)  # paused since this was taken from the queue: it waits there with the rest
    if not has_newest_book(db, rules):
        return Later(now + LEARNING)
    results = gates_of(db, rollout, wave, launch.step, rules, now)
    failed = [result.gate for result in results if result.kind is Kind.HARD and not result.holds]
    if failed:
        return Dropped(f"these gates no longer held: {', '.join(failed)}")
    if delivery.kind is DeliveryKind.BRIEF:
        if delivery.recipient not in wave.wave.managers:
            return Dropped("no longer a manager of this wave")
        return briefing(
            rollout.plan,
            wave.wave,
            brief_answers(rollout.plan, role, rules.book, now.date()),
            live=seen_live(rollout.plan.policy),
            launch_id=launch.id,
        )
    if delivery.recipient != wave.wave.channel:
        return Dropped("the wave has another channel now")
    return step_message(launch.step, message_for(db, rollout, wave, launch.versions, launch_id=launch.id))


def _late(db: Connection, rollout: Rollout, delivery: Delivery) -> Post | Dropped:
    launch = launches.by_id(db, str(delivery.data["launch_id"]))
    wave = rollout.wave_with_id(launch.wave_id) if launch else None
    if launch is None or wave is None or launch.run != wave.run or launch.versions != rollout.versions:
        return Dropped("the wave has gone on")
    person, step = delivery.recipient, LATE_STEPS[delivery.kind]
    if people.is_member(db, wave.id, person) is False:
        return Dropped("the person has left")
    given = people.receipts(db, rollout.id, person)
    reason, policy = launch.versions.reason in given.reasons, launch.versions.policy in given.policies
    if {Step.REASON: reason, Step.POLICY: policy}.get(step, False):
        return Dropped("the person was given it meanwhile")
    if (step is Step.POLICY and not reason) or (step is Step.INSTALL and not (reason and policy)):
        return Dropped("what comes before it did not arrive")
    return step_message(step, message_for(db, rollout, wave, launch.versions, launch_id=launch.id, late=True))


def _override_asked(db: Connection, rollout: Rollout, delivery: Delivery) -> Post | Dropped:
    override = overrides.by_id(db, str(delivery.data["override_id"]), rollout)
    wave = rollout.wave_with_id(override.wave_id) if override else None
    if override is None or wave is None or not override.current or override.state is not OverrideState.ASKED:
        return Dropped("it was settled meanwhile")
    return override_request(
        gate=Gate(override.gate),
        wave=wave.name,
        because=override.because,
        asked_by=override.asked_by,
        override_id=override.id,
    )


def _arrived(db: Connection, delivery: Delivery, sent: Sent, *, owner: str | None, now: datetime) -> bool:
    moved = outbox.move(
        db,
        delivery,
        DeliveryState.SENT,
        owner=owner,
        sent_channel=sent.channel,
        sent_ts=sent.ts,
        sent_at=now,
    )
    if moved:
        _follow_up(db, delivery, now)
    return moved


def _follow_up(db: Connection, delivery: Delivery, now: datetime) -> None:
    """What is true once a message has arrived: the step is delivered, its readers have receipts."""
    if delivery.kind in LATE_STEPS:
        launch = launches.by_id(db, str(delivery.data["launch_id"]))
        if launch is not None:
            _give_late(db, launch, delivery, now)
        return
    if delivery.kind not in STEP_KINDS or delivery.launch_id is None:
        return
    if all(other.state is DeliveryState.SENT for other in outbox.of_launch(db, delivery.launch_id)):
        launches.mark_delivered(db, delivery.launch_id, now=now)
        if delivery.kind is not DeliveryKind.BRIEF:
            roll_calls.call_roll(db, delivery.launch_id, now=now)


def _give_late(db: Connection, launch: Launch, delivery: Delivery, now: datetime) -> None:
    step = LATE_STEPS[delivery.kind]
    if step is Step.REASON:
        version = launch.versions.reason
    elif step is Step.POLICY:
        version = launch.versions.policy
    else:
        return  # the message only carries the button; the receipt comes with the link
    people.give(db, launch.rollout_id, launch.wave_id, [delivery.recipient], step, version, now=now)


def _tell_launcher(db: Connection, launch: Launch, why: str, now: datetime) -> None:
    rollout = rollouts.by_id(db, launch.rollout_id, lock=True)
    if rollout is None:
        return
    wave: RunningWave | None = rollout.wave_with_id(launch.wave_id)
    name = wave.name if wave else ""
    timeline.append(
        db,
        rollout.id,
        Event.NOT_LAUNCHED,
        actor="foreword",
        now=now,
        data={"step": launch.step, "wave": name, "why": why},
    )
    outbox.write(
        db,
        [
            Draft(
                key=f"not_launched:{launch.id}",
                kind=DeliveryKind.NOT_LAUNCHED,
                recipient=launch.launched_by,
                rollout_id=rollout.id,
                data={"launch_id": launch.id, "wave": name, "step": launch.step, "why": why},
                waits_in_pause=False,
            )
        ],
        now=now,
    )

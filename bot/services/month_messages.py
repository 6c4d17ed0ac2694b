"""The messages of the month after the link, made at the last moment and after one more look at what must hold."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.domain.authority import everybody_in_charge, may_report
from bot.domain.delivery import DeliveryKind
from bot.domain.progress import Rollout
from bot.domain.review import ReviewState
from bot.domain.signs import sign_kind
from bot.domain.working_calendar import Calendar, next_good_moment
from bot.holiday_calendar import calendar_of
from bot.ports import Post
from bot.services import checkin_answers, checkins, verdicts
from bot.services.launching import Rulebook
from bot.services.outgoing import Dropped, Later
from bot.services.voices import Ear
from bot.store import checkins as stored
from bot.store import people, reviews, signs
from bot.store.month_tables import FaultState
from bot.store.outbox import Delivery
from bot.views import month
from bot.views.checkin import checkin_in_channel, checkin_message, team_too_small
from bot.views.verdict_told import verdict_told

REMINDERS = frozenset({DeliveryKind.CHECKIN_REMINDER, DeliveryKind.CHECKIN_CHANNEL_REMINDER})
NOT_NEEDED = "not needed"
"""Said of whoever has answered and of whoever is away: what is kept of a delivery does not tell them apart."""
Made = Post | Dropped | Later


def made(  # noqa: C901 - a table: one case for each kind of message
    db: Connection, rollout: Rollout, delivery: Delivery, *, rules: Rulebook, ear: Ear, now: datetime
) -> Made:
    """The message to send, or why not, or when."""
    match delivery.kind:
        case DeliveryKind.CHECKIN | DeliveryKind.CHECKIN_REMINDER:
            return _checkin(db, rollout, delivery, ear, now)
        case DeliveryKind.CHECKIN_CHANNEL | DeliveryKind.CHECKIN_CHANNEL_REMINDER:
            return _checkin_in_channel(db, rollout, delivery, rules, ear, now)
        case DeliveryKind.CHECKIN_CLOSED:
            return _closed(db, rollout, delivery, rules, now)
        case DeliveryKind.TEAM_TOO_SMALL:
            return _too_small(db, rollout, delivery)
        case DeliveryKind.VERDICT_TOLD:
            return _told(rollout, delivery)
        case DeliveryKind.REVIEW_DUE:
            return _review_due(db, rollout, delivery, rules, now)
        case DeliveryKind.SIGN_FORM:
            return _sign_form(rollout, delivery, rules, now)
        case DeliveryKind.SIGN_NOTED:
            return _sign_noted(db, rollout, delivery)
        case DeliveryKind.FAULTS_FOUND:
            return _faults(db, rollout, delivery, now)
        case DeliveryKind.FAULT_FIXED:
            fault = signs.fault_by_id(db, str(delivery.data["fault_id"]))
            return month.fault_fixed(rollout.plan.tool, fault.words, fault.note) if fault else Dropped("it is gone")
        case _:
            msg = f"no message of the month after the link: {delivery.kind}"
            raise ValueError(msg)


def _checkin(db: Connection, rollout: Rollout, delivery: Delivery, ear: Ear, now: datetime) -> Made:
    checkin = stored.by_id(db, str(delivery.data["checkin_id"]))
    asked = checkins.about(db, checkin) if checkin else None
    if checkin is None or asked is None:
        return Dropped("the wave has started over")
    person = delivery.recipient
    invitation = stored.invitation(db, checkin.id, person)
    if checkin.state not in stored.UNDER_WAY or now >= checkin.closes_at:
        return Dropped("it closed before this could go out")
    if invitation is None or people.is_member(db, asked.wave.id, person) is False:
        return Dropped("the person has left")
    if invitation.away:
        return Dropped(NOT_NEEDED)
    reminder = delivery.kind in REMINDERS
    if reminder and checkin_answers.has_answered(db, ear, checkin, person):
        return Dropped(NOT_NEEDED)
    calendar, zone = calendar_of(asked.wave.wave.country), ZoneInfo(invitation.zone)
    later = _put_off(now, rollout, zone, calendar)
    if later is not None:
        return later if later.due_at < checkin.closes_at else Dropped("it closed before this could go out")
    return checkin_message(checkin_answers.card(db, ear, asked, person), reminder=reminder)


def _checkin_in_channel(
    db: Connection, rollout: Rollout, delivery: Delivery, rules: Rulebook, ear: Ear, now: datetime
) -> Made:
    checkin = stored.by_id(db, str(delivery.data["checkin_id"]))
    asked = checkins.about(db, checkin) if checkin else None
    if checkin is None or asked is None or delivery.recipient != asked.wave.wave.channel:
        return Dropped("the wave has started over")
    if checkin.state not in stored.UNDER_WAY or now >= checkin.closes_at:
        return Dropped("it closed before this could go out")
    later = _put_off(now, rollout, rules.zone, calendar_of(asked.wave.wave.country))
    if later is not None:
        return later if later.due_at < checkin.closes_at else Dropped("it closed before this could go out")
    card = checkin_answers.card(db, ear, asked, "")
    return checkin_in_channel(card, reminder=delivery.kind in REMINDERS)


def _put_off(now: datetime, rollout: Rollout, zone: ZoneInfo, calendar: Calendar) -> Later | None:
    """A message that comes late does not come at night."""
    moment = next_good_moment(now, rollout.plan.checkins.at, zone, calendar)
    return Later(moment) if moment > now else None


def _closed(db: Connection, rollout: Rollout, delivery: Delivery, rules: Rulebook, now: datetime) -> Made:
    checkin = stored.by_id(db, str(delivery.data["checkin_id"]))
    asked = checkins.about(db, checkin) if checkin else None
    if asked is None or delivery.recipient not in everybody_in_charge(rollout.plan):
        return Dropped("no longer theirs to know")
    later = _put_off(now, rollout, rules.zone, calendar_of(asked.wave.wave.country))
    return later or verdicts.closed_message(db, rollout, asked.wave, now=now)


def _too_small(db: Connection, rollout: Rollout, delivery: Delivery) -> Made:
    wave = rollout.wave_with_id(str(delivery.data["wave_id"]))
    if wave is None or delivery.recipient != wave.wave.channel:
        return Dropped("the wave is gone")
    if people.at_least(db, wave.id, rollout.plan.rules.k):
        return Dropped("the team has grown")
    return team_too_small(rollout.plan.tool, rollout.plan.rules.k, rollout.plan.contact)


def _told(rollout: Rollout, delivery: Delivery) -> Made:
    wave = rollout.wave_with_id(str(delivery.data["wave_id"]))
    if wave is None or delivery.recipient != wave.wave.channel:
        return Dropped("the wave is gone")
    data = delivery.data
    return verdict_told(rollout.plan.tool, str(data["verdict"]), str(data["why"]), str(data["changed"]))


def _review_due(db: Connection, rollout: Rollout, delivery: Delivery, rules: Rulebook, now: datetime) -> Made:
    review = reviews.by_id(db, str(delivery.data["review_id"]))
    wave = rollout.wave_with_id(review.wave_id) if review else None
    if review is None or wave is None or delivery.recipient not in wave.wave.managers:
        return Dropped("no longer theirs to do")
    if review.state is not ReviewState.DUE:
        return Dropped("it was marked")
    later = _put_off(now, rollout, rules.zone, calendar_of(wave.wave.country))
    role = rollout.plan.role_of(wave.wave)
    return later or month.review_due(rollout.plan.tool, wave.name, role, review)


def _sign_form(rollout: Rollout, delivery: Delivery, rules: Rulebook, now: datetime) -> Made:
    wave = rollout.wave_with_id(str(delivery.data["wave_id"]))
    if wave is None or delivery.recipient not in wave.wave.managers or wave.run != int(delivery.data["run"]):
        return Dropped("no longer theirs to say")
    later = _put_off(now, rollout, rules.zone, calendar_of(wave.wave.country))
    return later or month.sign_request(rollout.plan.tool, wave.name, wave.id, int(delivery.data["week"]))


def _sign_noted(db: Connection, rollout: Rollout, delivery: Delivery) -> Made:
    sign = signs.sign_by_id(db, str(delivery.data["sign_id"]))
    kind = sign_kind(sign.number) if sign else None
    if sign is None or kind is None or delivery.recipient not in may_report(rollout.plan):
        return Dropped("no longer theirs to know")
    if sign.attended_at is not None:
        return Dropped("it was attended to")
    wave = rollout.wave_with_id(sign.wave_id) if sign.wave_id else None
    return month.sign_noted(rollout.plan, kind, sign.id, wave.name if wave else "")


def _faults(db: Connection, rollout: Rollout, delivery: Delivery, now: datetime) -> Made:
    wave = rollout.wave_with_id(str(delivery.data["wave_id"]))
    if wave is None or delivery.recipient not in (*wave.wave.managers, *rollout.plan.owners):
        return Dropped("no longer theirs to mend")
    found = [fault for fault in signs.faults_of(db, [wave.id], shown_at=now) if fault.state is not FaultState.FIXED]
    return month.faults_found(rollout.plan.tool, wave.name, found) if found else Dropped("they are mended")

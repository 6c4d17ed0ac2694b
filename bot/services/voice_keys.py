"""Whether VOICE_KEY fits the database, whether an earlier one is still needed, and what is left to do when it is lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.domain.health import Check
from bot.domain.weeks import week_of
from bot.sealing import CHANGED, Keyring, UnusableSecret
from bot.store import checkin_answers, checkins, questions, voices

MAKE_ONE = "python -c 'import secrets; print(secrets.token_hex(32))'"


@dataclass(frozen=True, slots=True)
class Fit:
    """How many salts and sealed addresses there are, how many need an earlier key, and how many no key fits."""

    salts: int
    addresses: int
    of_earlier: int
    salts_of_none: int
    addresses_of_none: int

    @property
    def fits(self) -> bool:
        """Whether going on does no harm. One address that no key opens may be damaged; if none opens, the key is another."""
        return not self.salts_of_none and not (self.addresses and self.addresses_of_none == self.addresses)


def fit(db: Connection, keys: Keyring) -> Fit:
    """Try the keys on everything that needs one."""
    salts = [*voices.salts(db), *checkin_answers.salts(db)]
    sealed = [address.sealed for address in questions.addresses(db, answered=False)]
    known = [salt for salt in salts if keys.knows(salt)]
    opened = [each for each in sealed if keys.open(each) is not None]
    earlier = sum(not keys.is_of_the_present_one(salt) for salt in known)
    earlier += sum(not keys.opens_with_the_present_one(each) for each in opened)
    return Fit(len(salts), len(sealed), earlier, len(salts) - len(known), len(sealed) - len(opened))


def require_fitting(db: Connection, keys: Keyring) -> None:
    """Raise UnusableSecret rather than forget the ways back of people who wait, or count them twice."""
    if not fit(db, keys).fits:
        raise UnusableSecret(CHANGED)


def check(found: Fit, *, has_earlier: bool) -> Check:
    """The same as a part of `doctor`."""
    if not found.fits:
        seen = f"{found.salts_of_none} of {found.salts} salts and {found.addresses_of_none} of {found.addresses} addresses were made with another key"
        return Check("voice key", ok=False, seen=seen, fix=CHANGED.removeprefix("VOICE_KEY: is"))
    if found.of_earlier:
        return Check("voice key", ok=True, seen="fits; VOICE_KEY_OLD is still needed, for four weeks at most")
    if has_earlier:
        return Check("voice key", ok=True, seen="fits; VOICE_KEY_OLD is no longer needed: remove it")
    return Check("voice key", ok=True, seen="fits what is in the database")


def give_up(db: Connection, keys: Keyring, zone: ZoneInfo, *, now: datetime) -> tuple[int, int]:
    """The key is lost: begin anew with this one. Returns how many voices and how many ways back went.

    Without the key nobody can tell the open period's voices from those that the same people will leave, so they go.
    """
    gone = 0
    period = week_of(now, zone).period
    salt = voices.known_salt(db, period)
    if salt is not None and not keys.knows(salt):
        gone = voices.forget_period(db, period)
    for checkin in checkins.under_way(db):
        salt = checkin_answers.known_salt(db, checkin.id)
        if salt is not None and not keys.knows(salt):
            checkin_answers.forget_answers(db, checkin.id, comments_too=True)
    ways = [each for each in questions.addresses(db, answered=False) if keys.open(each.sealed) is None]
    for address in ways:
        questions.forget_address(db, address.id)
    return gone, len(ways)

"""What somebody who asks may be told: their rollout, their role, and the texts that their own wave was given.

An answer never runs ahead of the announcement: before a wave was given the reason and the policy, its people are told
that they come, and offered a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import IntEnum
from functools import cache

from sqlalchemy import Connection

from bot.domain.authority import everybody_in_charge, may_report
from bot.domain.policy import Policy
from bot.domain.progress import Rollout, RunningWave, Versions
from bot.domain.rollout import Plan, Role, Step
from bot.services.answers import Rendered, escaped_facts
from bot.store import clicks, rollouts
from bot.store.briefings import signed, signed_off
from bot.store.clicks import Placed
from faq.book import Book, answer, missing_facts
from faq.entry import Entry

BEFORE_ANYTHING = frozenset({"The bot's own rules", "Contact"})
"""What entries may rest on that nobody has to announce first."""
AFTER_REASON = BEFORE_ANYTHING | {"Reason"}
SIGN_OFFS_KEPT = 10_000
"""So many are remembered as found; then they are looked for anew."""


class Told(IntEnum):
    """How far the announcement has come for somebody."""

    NOTHING = 0
    REASON = 1
    POLICY = 2


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody who asks, as far as it matters for an answer. `plan` has the texts that they were given, and no later ones."""

    person: str
    rollout: Rollout
    wave: RunningWave | None
    role: Role
    plan: Plan
    versions: Versions
    told: Told


@dataclass(frozen=True, slots=True)
class Answer:
    """An entry's answer for one asker. `section` is where the policy says so; `digest` is what has to be signed off, if anything."""

    entry: str
    theme: str
    question: str
    text: str
    section: str
    policy: Policy | None
    version: int
    digest: str


@dataclass(frozen=True, slots=True)
class NotReady:
    """An entry that cannot answer now. `missing` are facts, `expired` is when somebody had to look at it again."""

    entry: str
    theme: str
    missing: tuple[str, ...] = ()
    expired: date | None = None
    not_told_yet: bool = False
    unsigned: bool = False


def askers_known(db: Connection, people: Sequence[str]) -> list[list[Asker] | None]:
    """Each of these people in every rollout that concerns them; None where Slack has told us of no wave that they are in."""
    places, texts = clicks.places(db, people), Texts(db)
    return [
        _concerned(texts, person, places[person]) if any(place.own for place in places[person]) else None
        for person in people
    ]


def channels(db: Connection) -> list[tuple[str, str]]:
    """Every wave that there is, and its channel."""
    return [(wave.id, wave.wave.channel) for rollout in rollouts.every(db) for wave in rollout.waves]


def askers(db: Connection, person: str, own: set[str]) -> list[Asker]:
    """This person in every rollout that concerns them; in each rollout there is, when none does. `own` are their waves."""
    return _concerned(
        Texts(db), person, [replace(place, own=frozenset(own)) for place in clicks.places(db, [person])[person]]
    )


def _concerned(texts: Texts, person: str, places: list[Placed]) -> list[Asker]:
    concerned = [asker for place in places if (asker := _asker(texts, place, person)) is not None]
    return concerned or [_somebody(place.rollout, person) for place in places]


class Texts:
    """Earlier versions of the two texts, each looked up once however many people were told it."""

    def __init__(self, db: Connection) -> None:
        """Nothing was looked up yet."""
        self.reason = cache(lambda rollout_id, version: rollouts.reason_of(db, rollout_id, version) or "")
        self.policy = cache(lambda rollout_id, version: rollouts.policy_of(db, rollout_id, version) or Policy())


def anybody(rollout: Rollout, wave: RunningWave | None) -> Asker:
    """Somebody of this wave (or of the last one) whose name nobody knows, told everything that there is."""
    seen = wave or rollout.waves[-1]
    role = rollout.plan.role_of(seen.wave)
    return Asker("", rollout, wave, role, rollout.plan, rollout.versions, Told.POLICY)


def pick(askers: list[Asker]) -> Asker | None:
    """The rollout that a question is about: the one that this person was told most of."""
    return max(askers, key=lambda asker: asker.told, default=None)


def facts_for(asker: Asker) -> Mapping[str, str]:
    """What an answer may say to this person, as Slack markup."""
    facts = escaped_facts(asker.plan, asker.role)
    if asker.told is Told.NOTHING:
        return {name: facts[name] for name in ("contact", "people", "voices") if name in facts}
    return facts


class SignOffs:
    """Sign-offs that were found. None is ever taken back, so each is looked for until it is there, and then no more."""

    def __init__(self) -> None:
        """None was found yet."""
        self._found: set[tuple[str, str, str]] = set()

    def known(self, rollout_id: str, found: Answer) -> bool:
        """Whether it is known that this answer may be given: somebody signed it off as it reads, or nobody had to."""
        return not found.digest or (rollout_id, found.entry, found.digest) in self._found

    def cover(self, db: Connection, rollout_id: str, found: Answer) -> bool:
        """The same by looking for it."""
        if self.known(rollout_id, found):
            return True
        mark = (rollout_id, found.entry, found.digest)
        if not signed(db, *mark):
            return False
        if len(self._found) >= SIGN_OFFS_KEPT:
            self._found.clear()
        self._found.add(mark)
        return True


def render(
    db: Connection, entry: Entry, asker: Asker, today: date, sign_offs: SignOffs | None = None
) -> Answer | NotReady:
    """This entry's answer for this person, or why there is none."""
    found = drafted(entry, asker, today)
    if isinstance(found, NotReady) or (sign_offs or SignOffs()).cover(db, asker.rollout.id, found):
        return found
    return NotReady(found.entry, found.theme, unsigned=True)


def drafted(entry: Entry, asker: Asker, today: date) -> Answer | NotReady:
    """The same before anybody has looked whether it was signed off."""
    allowed = {Told.NOTHING: BEFORE_ANYTHING, Told.REASON: AFTER_REASON}.get(asker.told)
    if allowed is not None and entry.cites not in allowed:
        return NotReady(entry.id, entry.theme, not_told_yet=True)
    if entry.review_by < today:
        return NotReady(entry.id, entry.theme, expired=entry.review_by)
    facts = facts_for(asker)
    missing = missing_facts(entry, facts)
    if missing:
        return NotReady(entry.id, entry.theme, missing=missing)
    text, version = answer(entry, facts), asker.versions.policy
    if asker.told is not Told.POLICY:
        return Answer(entry.id, entry.theme, entry.question, text, entry.cites, None, version, "")
    digest = Rendered(entry.id, entry.question, text).digest
    return Answer(entry.id, entry.theme, entry.question, text, entry.cites, asker.plan.policy, version, digest)


def unready(db: Connection, rollout: Rollout, book: Book, today: date) -> list[NotReady]:
    """The entries that cannot answer for some role of this plan, so that somebody looks at them before they are asked."""
    found: dict[str, NotReady] = {}
    sealed = signed_off(db, rollout.id)
    for role in rollout.plan.roles:
        facts = escaped_facts(rollout.plan, role)
        for entry in book.entries.values():
            missing = missing_facts(entry, facts)
            if entry.review_by < today:
                found[entry.id] = NotReady(entry.id, entry.theme, expired=entry.review_by)
            elif missing:
                found[entry.id] = NotReady(entry.id, entry.theme, missing=missing)
            elif (entry.id, Rendered(entry.id, entry.question, answer(entry, facts)).digest) not in sealed:
                found.setdefault(entry.id, NotReady(entry.id, entry.theme, unsigned=True))
    return [found[entry] for entry in sorted(found)]


def _asker(texts: Texts, place: Placed, person: str) -> Asker | None:
    rollout = place.rollout
    wave = next((wave for wave in rollout.waves if wave.id in place.own), None)
    if person in everybody_in_charge(rollout.plan) or person in may_report(rollout.plan):
        led = next((each for each in rollout.waves if person in each.wave.managers), None)
        seen = wave or led or rollout.waves[-1]
        role = rollout.plan.role_of(seen.wave)
        return Asker(person, rollout, wave, role, rollout.plan, rollout.versions, Told.POLICY)
    if wave is None:
        return None
    role = rollout.plan.role_of(wave.wave)
    progress = place.progress[wave.id]
    policy, reason = progress.latest(Step.POLICY), progress.latest(Step.REASON)
    if policy and policy.delivered_at and reason and reason.delivered_at:
        told, versions = Told.POLICY, policy.versions
    elif reason and reason.delivered_at:
        told, versions = Told.REASON, reason.versions
    else:
        return Asker(person, rollout, wave, role, _silent(rollout.plan), rollout.versions, Told.NOTHING)
    if told is Told.POLICY and versions == rollout.versions:
        return Asker(person, rollout, wave, role, rollout.plan, versions, told)
    given = texts.policy(rollout.id, versions.policy) if told is Told.POLICY else Policy()
    plan = replace(rollout.plan, reason=texts.reason(rollout.id, versions.reason), policy=given)
    return Asker(person, rollout, wave, role, plan, versions, told)


def _somebody(rollout: Rollout, person: str) -> Asker:
    last = rollout.waves[-1]
    role = rollout.plan.role_of(last.wave)
    return Asker(person, rollout, None, role, _silent(rollout.plan), rollout.versions, Told.NOTHING)


def _silent(plan: Plan) -> Plan:
    return replace(plan, reason="", policy=Policy())

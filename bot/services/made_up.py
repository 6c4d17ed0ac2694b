"""A made-up rollout of any size in an empty database, for benchmarks and demonstrations.

Its people do not exist; everything else is as the bot would have written it: keyed ids, tags, presence cells, salts that
are destroyed when their period closes. The same seed makes the same rollout, except for tags, which need the key.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import accumulate, pairwise
from random import Random

from sqlalchemy import Connection

from bot.domain.progress import Rollout, RunningWave
from bot.domain.pushback import Outcome, Theme, next_round
from bot.domain.rollout import Plan, Step, Wave
from bot.domain.timeline import Event
from bot.domain.weeks import Period, Week, week_of_day
from bot.services import plans
from bot.services.voices import Booth, Ear, Speaker, cells_of
from bot.store import bulk, launches, people, questions, rollouts, timeline, voices
from bot.store.launches import Proposal
from bot.store.statements import new_id
from bot.store.voices import Voice
from faq.book import Book

TEAMS = (
    ("pilot", "Client Services"),
    ("design", "Design"),
    ("engineering", "Engineering"),
    ("operations", "Operations"),
    ("company", "everybody else"),
)
SMALL_PILOT = 40
DRAWN_AT_MOST = 40
"""How often a voice is drawn anew before the size is given up as impossible."""
OUTCOMES = (Outcome.HELPED, Outcome.NOT_HELPED, Outcome.ANSWERED, Outcome.HANDED_OVER)
USUAL, DOUBTED = (55, 8, 32, 5), (14, 48, 20, 18)
WITHOUT_ENTRY = 0.05
PAUSED_FROM = 10
PAUSED_BECAUSE = "Three people asked about appraisal, and the policy did not say"
FAVOURITES = ("who-sees", "realtime-visibility", "trust", "breaks-idle", "role-fairness", "screenshots", "off-hours")
FAILING = "performance"
TEXTS = (
    (Theme.WHO_SEES, "Does our agency's client see the raw log, or only the invoice?"),
    (Theme.BREAKS_IDLE, "I pump milk twice a day. Does that show as idle?"),
    (Theme.ACCURACY, "My timer stops when the laptop sleeps. Who mends that?"),
    (Theme.PERFORMANCE_USE, "Will this be used in the pay round in spring?"),
    (Theme.PERSONAL_DEVICE, "Do I have to put it on my own phone when I travel?"),
    (Theme.OTHER, "What happens with the contract if we say no as a team?"),
)


class NotEmpty(Exception):
    """The database holds something already, and made-up people must never be mixed with real ones."""


class TooMany(Exception):
    """So few people cannot have said so much in so few weeks."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large the rollout is to be. `weeks` are over when the present one begins."""

    voices: int
    people: int
    weeks: int
    seed: int


class MadeUp:
    """Makes one rollout, step by step, so that no transaction lasts long."""

    def __init__(self, plan: Plan, ear: Ear, book: Book, size: Size, *, now: datetime) -> None:
        """`plan` lends its texts, owners and HR; its waves are replaced by ones that hold so many people."""
        self._ear, self._book, self._size = ear, book, size
        self._dice = Random(size.seed)  # noqa: S311 - a demonstration, not a secret
        monday = week_of_day(self._ear.today(now)).monday
        self._weeks = [week_of_day(monday - timedelta(weeks=back)) for back in range(size.weeks, 0, -1)]
        self._present = week_of_day(monday).period
        self._members = _spread(size.people)
        self._plan = _with_waves(plan, len(self._members))
        self._homes = [place for place, members in enumerate(self._members) for _person in members]
        self._total = sum(self._weight(place) for place in range(len(self._weeks)))
        self._rollout_id = ""

    def begin(self, db: Connection) -> None:
        """Load the plan, launch every wave, write what people were given. Raises NotEmpty."""
        if not bulk.is_empty(db):
            raise NotEmpty
        bulk.give_room(db)
        plans.load(db, self._plan, book=self._book, by="operator", now=self._at(self._weeks[0], 0, 8))
        rollout = self._rollout(db)
        self._rollout_id = rollout.id
        pause = self._pauses(rollout)
        for at, place, step, wave in sorted(self._steps(rollout), key=lambda each: each[0]):
            while pause and pause[0][0] < at:
                self._note(db, rollout, *pause.pop(0))
            self._launch(db, rollout, place, wave, step, at)
        for each in pause:
            self._note(db, rollout, *each)

    def periods(self) -> list[Period]:
        """The reporting periods that have voices, oldest first."""
        return sorted({week.period for week in self._weeks})

    def speak(self, db: Connection, period: Period) -> int:
        """Write the voices of one period. Returns how many. Raises TooMany."""
        rollout = self._rollout(db)
        salt = voices.salt_of(db, period, self._ear.keys.fresh_salt)
        written: list[Voice] = []
        cells: set[tuple[str, str]] = set()
        tags: dict[tuple[int, Theme], str] = {}
        marked: dict[tuple[int, str], str] = {}
        for week in [week for week in self._weeks if week.period == period]:
            for person, entry, number, outcome in self._said(week):
                wave = rollout.waves[self._homes[person]]
                booth = Booth(self._ear.keys, Speaker(f"U0MADE{person:06d}", rollout, wave), salt, week)
                theme = Theme(self._book.entries[entry].theme) if entry else Theme.OTHER
                if (person, theme) not in tags:
                    tags[person, theme] = booth.theme_tag(theme)
                kept = wave.id if len(self._members[self._homes[person]]) >= rollout.plan.rules.k else None
                voice_id = booth.entry_id(entry) if entry else booth.open_id(number)
                tag = tags[person, theme]
                written.append(Voice(voice_id, rollout.id, kept, week, theme, entry, outcome, tag))
                for cell in cells_of(week, kept):
                    if (person, cell) not in marked:
                        marked[person, cell] = booth.cell_tag(cell)
                        cells.add((cell, marked[person, cell]))
        bulk.add_voices(db, written)
        bulk.add_presence(db, rollout.id, cells)
        return len(written)

    def end(self, db: Connection) -> None:
        """Pass a few questions on, and destroy the salts of the periods that are over."""
        rollout = self._rollout(db)
        for place, (theme, text) in enumerate(TEXTS if self._size.voices >= len(TEXTS) * 2 else TEXTS[:1]):
            week = self._weeks[len(self._weeks) * (place + 1) // (len(TEXTS) + 1)]
            post_at = next_round(self._at(week, 1, 10), self._ear.zone)
            kept = questions.add(db, rollout.id, wave_id=None, week=week, theme=theme, text=text, post_at=post_at)
            questions.open_now(db, kept)
            if place % 2:
                questions.answer(
                    db, kept, text="Thank you. The policy says so from its next version on.", by="", entry=None
                )
        voices.forget_salts(db, self._present)

    def _said(self, week: Week) -> Iterator[tuple[int, str | None, int, Outcome]]:
        """Who asked what in one week: person, entry (or None, with a number), and what became of it."""
        wanted = self._share(week)
        entries = sorted(self._book.entries)
        likely = [1 / (1 + place) for place in range(len(entries))]
        for place, entry in enumerate(entries):
            if entry in FAVOURITES:
                likely[place] += 1.6 / (1 + FAVOURITES.index(entry))
            likely[place] += 1.2 if entry == FAILING else 0.02
        dice, told = self._dice, range(self._told(self._weeks.index(week)))
        taken: set[tuple[int, str | None, int]] = set()
        tries = 0
        while len(taken) < wanted:
            short = wanted - len(taken)
            tries += 1
            if tries > DRAWN_AT_MOST:
                raise TooMany
            for person, entry in zip(dice.choices(told, k=short), dice.choices(entries, likely, k=short), strict=True):
                open_one = dice.random() < WITHOUT_ENTRY
                said = (person, None if open_one else entry, 0)
                if said in taken:
                    continue
                taken.add(said)
                weights = DOUBTED if entry == FAILING else USUAL
                yield person, said[1], 0, Outcome.HANDED_OVER if open_one else dice.choices(OUTCOMES, weights)[0]

    def _share(self, week: Week) -> int:
        """How many voices fall into one week: the more people were told by then, and more after each launch."""
        ends = accumulate(self._weight(place) for place in range(len(self._weeks)))
        rounded = [0, *(round(end * self._size.voices / self._total) for end in ends)]
        place = self._weeks.index(week)
        return rounded[place + 1] - rounded[place]

    def _weight(self, place: int) -> float:
        return self._told(place) * (0.4 + sum(1.5 * 0.6 ** (place - at) for at in self._launched_in() if at <= place))

    def _launched_in(self) -> list[int]:
        """The week in which each wave gets the policy."""
        spread = max(1, min(6, len(self._weeks) // (len(self._members) + 1)))
        return [place * spread for place in range(len(self._members))]

    def _told(self, place: int) -> int:
        """How many people know of it in a week; they are numbered in the order of their waves."""
        return sum(len(members) for members, at in zip(self._members, self._launched_in(), strict=True) if at <= place)

    def _steps(self, rollout: Rollout) -> Iterator[tuple[datetime, int, Step, RunningWave]]:
        """Every launch with its time: brief, reason and policy in one week, the link a week later."""
        for place, wave in enumerate(rollout.waves):
            start = self._launched_in()[place]
            for number, (step, (week, day)) in enumerate(
                zip(Step, [(start, 0), (start, 1), (start, 2), (start + 1, 1)], strict=True)
            ):
                if week < len(self._weeks):
                    yield self._at(self._weeks[week], day, 9 + number), place, step, wave

    def _launch(
        self, db: Connection, rollout: Rollout, place: int, wave: RunningWave, step: Step, now: datetime
    ) -> None:
        members = [f"U0MADE{person:06d}" for person in self._members[place]]
        owner, versions = rollout.plan.owners[0], rollout.versions
        shown = Proposal(new_id(), rollout.id, wave.id, wave.run, step, versions, "", owner, now, None)
        launched = launches.take_slot(db, rollout.id, wave, shown, by=owner, now=now)
        if launched is not None:
            launches.mark_delivered(db, launched, now=now + timedelta(minutes=3))
        data: dict[str, str | int] = {"step": str(step), "wave": wave.name, "reason": 1, "policy": 1}
        timeline.append(db, rollout.id, Event.LAUNCHED, actor=owner, now=now, data=data)
        if step is Step.BRIEF:
            people.remember_members(db, wave.id, members, now=now)
        else:
            bulk.add_receipts(db, [self._receipt(rollout, wave, step, person, now) for person in members])

    def _pauses(self, rollout: Rollout) -> list[tuple[datetime, Event, dict[str, str | int]]]:
        """A long rollout was held once, and launched again."""
        if len(self._weeks) < PAUSED_FROM:
            return []
        half = len(self._weeks) // 2
        again: dict[str, str | int] = {"reason": 1, "policy": 1, "waves": rollout.waves[-1].name}
        return [
            (self._at(self._weeks[half], 3, 15), Event.PAUSED, {"because": PAUSED_BECAUSE}),
            (self._at(self._weeks[half + 1], 1, 9), Event.RELAUNCHED, again),
        ]

    @staticmethod
    def _note(db: Connection, rollout: Rollout, at: datetime, event: Event, data: dict[str, str | int]) -> None:
        timeline.append(db, rollout.id, event, actor=rollout.plan.owners[0], now=at, data=data)

    def _receipt(
        self, rollout: Rollout, wave: RunningWave, step: Step, person: str, now: datetime
    ) -> dict[str, str | int | datetime | None]:
        read = step is Step.POLICY and self._dice.random() < 0.86  # noqa: PLR2004 - most people read it
        return {
            "rollout_id": rollout.id,
            "person": person,
            "step": str(step),
            "version": 1,
            "wave_id": wave.id,
            "given_at": now,
            "acknowledged_at": now + timedelta(hours=self._dice.randrange(1, 60)) if read else None,
        }

    def _rollout(self, db: Connection) -> Rollout:
        found = rollouts.by_id(db, self._rollout_id) if self._rollout_id else rollouts.every(db)[0]
        assert found is not None  # noqa: S101 - written a moment ago
        return found

    def _at(self, week: Week, day: int, hour: int) -> datetime:
        moment: date = week.monday + timedelta(days=day)
        return datetime.combine(moment, time(hour), self._ear.zone)


def _spread(count: int) -> list[range]:
    """People by wave: a pilot of at most forty, then teams of different sizes; a small office is one pilot."""
    if count <= SMALL_PILOT:
        return [range(count)]
    sizes = [max(8, min(SMALL_PILOT, count // 8))]
    left = count - sizes[0]
    sizes += [int(left * share) for share in (0.12, 0.28, 0.2)]
    sizes.append(count - sum(sizes))
    edges = [sum(sizes[:place]) for place in range(len(sizes) + 1)]
    return [range(start, end) for start, end in pairwise(edges)]


def _with_waves(plan: Plan, count: int) -> Plan:
    roles: Sequence[str] = [role.name for role in plan.roles]
    waves = tuple(
        Wave(name, team, f"C0MADE{place}", roles[min(place, len(roles) - 1)], plan.owners, 3 if place == 0 else None)
        for place, (name, team) in enumerate(TEAMS[:count])
    )
    return replace(plan, waves=waves)

"""Turns what a person said into a voice: the person goes in, a tag that only this period's salt explains comes out.

The ids are made from person, week and entry, so that asking the same thing twice in a week is one voice, the last
click on *Did this answer it?* wins, and somebody who asks for it can be shown, and rid of, what they said in the
open period, without any list of who said what.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.domain.progress import Rollout, RunningWave
from bot.domain.pushback import MOST_OPEN_VOICES, Outcome, Theme, wave_kept
from bot.domain.weeks import Period, Week, week_of
from bot.sealing import Keyring
from bot.store import people, voices
from bot.store.voices import Ground, Spoken, Voice


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whose voice it is, while it is recorded; nothing of this is stored as it stands."""

    person: str
    rollout: Rollout
    wave: RunningWave | None


@dataclass(frozen=True, slots=True)
class Ear:
    """What it takes to record voices: the secret, and the zone that weeks are counted in."""

    keys: Keyring
    zone: ZoneInfo

    def week(self, now: datetime) -> Week:
        """The week that it is for the organisation."""
        return week_of(now, self.zone)

    def today(self, now: datetime) -> date:
        """The day that it is for the organisation."""
        return now.astimezone(self.zone).date()


def ground(db: Connection, ear: Ear, rollout: Rollout, now: datetime) -> Ground:
    """What everybody speaks on who speaks in this rollout now. Its salt is made when the period's first voice comes."""
    return voices.ground(db, rollout.id, ear.week(now).period, rollout.plan.rules.k)


def salted(db: Connection, ear: Ear, on: Ground) -> Ground:
    """The same with a salt, made now if there is none."""
    return on if on.salt else replace(on, salt=voices.salt_of(db, on.period, ear.keys.fresh_salt))


def enter(db: Connection, ear: Ear, speaker: Speaker, now: datetime) -> Booth:
    """Where somebody speaks now."""
    return booth(ear, speaker, salted(db, ear, ground(db, ear, speaker.rollout, now)), now)


def booth(ear: Ear, speaker: Speaker, on: Ground, now: datetime) -> Booth:
    """The same on a ground with a salt. Raises ValueError for the ground of another period."""
    week = ear.week(now)
    if on.salt is None or on.period != week.period:
        msg = "a voice rests on the salt of its own period"
        raise ValueError(msg)
    wave, k = speaker.wave, speaker.rollout.plan.rules.k
    return Booth(ear.keys, speaker, on.salt, week, wave_kept(wave.id if wave else None, on.sizes, on.in_small, k))


def say(db: Connection, saying: Saying) -> int:
    """Record what is said. Returns its number among this person's open voices of the week; NO_NUMBER for one with an entry.

    The same entry a second time in a week changes nothing.
    """
    for number in free_numbers(db, [saying])[0]:
        if voices.add(db, [saying.spoken(number)])[0]:
            return number
    return saying.numbers[-1]


def free_numbers(db: Connection, sayings: Sequence[Saying]) -> list[list[int]]:
    """For each of these, the numbers that nothing its person said in this week has so far."""
    ids = [{number: saying.id_of(number) for number in saying.numbers} for saying in sayings]
    taken = voices.known(db, [voice_id for each in ids for voice_id in each.values()])
    return [[number for number, voice_id in each.items() if voice_id not in taken] for each in ids]


def record_heard(db: Connection, ear: Ear, speaker: Speaker, *, theme: Theme, now: datetime) -> None:
    """Record what a manager heard. All that one manager notes counts as one person: who said it is not known.

    It carries other tags than what the manager asks themselves: whoever is in charge of a wave alone is known to have
    noted what was heard there, and a tag in common would name them as the author of the rest.
    """
    say(
        db,
        Saying(enter(db, ear, replace(speaker, person=f"heard by {speaker.person}"), now), theme, None, Outcome.HEARD),
    )


def settle_open(
    db: Connection, ear: Ear, speaker: Speaker, number: int, *, theme: Theme, entry: str | None, now: datetime
) -> bool:
    """An open voice turns out to mean this entry, or (None) is handed over to a person. False when it was no longer open."""
    here = enter(db, ear, speaker, now)
    if entry is None:
        return voices.set_outcome(db, here.open_id(number), Outcome.HANDED_OVER)
    was_open = voices.remove(db, [here.open_id(number)]) > 0
    say(db, Saying(here, theme, entry, Outcome.ANSWERED))
    return was_open


def judge(db: Connection, ear: Ear, speaker: Speaker, entry: str, *, helped: bool, now: datetime) -> bool:
    """*Did this answer it?* Counts in the week of the question only: a closed week's figures stay as they are."""
    outcome = Outcome.HELPED if helped else Outcome.NOT_HELPED
    return voices.set_outcome(db, enter(db, ear, speaker, now).entry_id(entry), outcome)


def of_person(
    db: Connection, ear: Ear, person: str, rollouts: Iterable[Rollout], entries: Iterable[str], *, now: datetime
) -> list[Voice]:
    """What this person said in the open period. Earlier voices cannot be found any more, by anybody."""
    period = ear.week(now).period
    salt = voices.known_salt(db, period)
    if salt is None:
        return []
    listed = list(entries)
    ids = []
    for rollout in rollouts:
        for week in period.weeks:
            booth = Booth(ear.keys, Speaker(person, rollout, None), salt, week)
            ids += [booth.entry_id(entry) for entry in listed]
            ids += [booth.open_id(number) for number in range(MOST_OPEN_VOICES)]
    return voices.of_ids(db, ids)


def forget_person(
    db: Connection, ear: Ear, person: str, rollouts: Sequence[Rollout], entries: Iterable[str], *, now: datetime
) -> int:
    """Delete what this person said in the open period, and their part in the counts. Returns how many voices went."""
    period = ear.week(now).period
    salt = voices.known_salt(db, period)
    listed = of_person(db, ear, person, rollouts, entries, now=now)
    if salt is None or not listed:
        return 0
    for rollout in rollouts:
        waves = {voice.wave_id for voice in listed if voice.rollout_id == rollout.id}
        booth = Booth(ear.keys, Speaker(person, rollout, None), salt, period.first)
        cells = [cell for wave in waves | {None} for week in period.weeks for cell in cells_of(week, wave)]
        voices.remove_presence(db, rollout.id, [(cell, booth.cell_tag(cell)) for cell in cells])
    return voices.remove(db, [voice.id for voice in listed])


def kept_wave(db: Connection, rollout: Rollout, wave: RunningWave | None, k: int) -> str | None:
    """The wave that is kept with something of which fewer than `k` people must not be meant."""
    sizes = people.sizes(db, rollout.id, k)
    return wave_kept(wave.id if wave else None, sizes, people.in_small(db, sizes, k), k)


def close_periods(db: Connection, ear: Ear, *, now: datetime) -> bool:
    """Destroy the salts of the periods that are over. True when one went just now."""
    return voices.forget_salts(db, ear.week(now).period) > 0


def wave_cell(period: Period, wave_id: str) -> str:
    """The name of the cell that counts the people of one wave in one period."""
    return f"p{period.number}:{wave_id}"


def week_cell(week: Week) -> str:
    """The name of the cell that counts the people of one week."""
    return str(week)


def period_cell(period: Period) -> str:
    """The name of the cell that counts the people of one period."""
    return f"p{period.number}"


def cells_of(week: Week, wave_id: str | None) -> list[str]:
    """The cells of the totals that somebody is counted in who speaks in this week."""
    cells = [week_cell(week), period_cell(week.period)]
    return cells + ([wave_cell(week.period, wave_id)] if wave_id else [])


@dataclass(frozen=True, slots=True)
class Booth:
    """Where one person speaks in one week: it turns them into ids and tags.

    `wave_id` is the wave that voices are kept with, if any is; a booth for looking things up needs none.
    """

    keys: Keyring
    speaker: Speaker
    salt: str
    week: Week
    wave_id: str | None = None

    def entry_id(self, entry: str) -> str:
        """The id of this person's voice about an entry in this week."""
        return self._tag("entry", str(self.week), entry)

    def open_id(self, number: int) -> str:
        """The id of a voice that no entry answers."""
        return self._tag("open", str(self.week), str(number))

    def heard_id(self, number: int) -> str:
        """The id of something that this manager heard."""
        return self._tag("heard", str(self.week), str(number))

    def theme_tag(self, theme: Theme) -> str:
        """What tells this person from others who spoke of a theme, in this period."""
        return self._tag("theme", theme)

    def cell_tag(self, cell: str) -> str:
        """What counts this person once in a cell of the totals."""
        return self._tag("cell", cell)

    def _tag(self, kind: str, *parts: str) -> str:
        return self.keys.tag(self.salt, kind, self.speaker.rollout.id, self.speaker.person, *parts)


NO_NUMBER = -1


@dataclass(frozen=True, slots=True)
class Saying:
    """What somebody says in a booth. `entry` is what answers it; else it is open, or was heard by a manager."""

    booth: Booth
    theme: Theme
    entry: str | None
    outcome: Outcome

    @property
    def numbers(self) -> Sequence[int]:
        """The numbers that it may have, one after the other until one is free."""
        return (NO_NUMBER,) if self.entry is not None else range(MOST_OPEN_VOICES)

    def spoken(self, number: int) -> Spoken:
        """The voice that it becomes under this number, with its counts."""
        here = self.booth
        voice = Voice(
            self.id_of(number),
            here.speaker.rollout.id,
            here.wave_id,
            here.week,
            self.theme,
            self.entry,
            self.outcome,
            here.theme_tag(self.theme),
        )
        return Spoken(voice, [(cell, here.cell_tag(cell)) for cell in cells_of(here.week, here.wave_id)])

    def id_of(self, number: int) -> str:
        """The id of the voice that it becomes under this number."""
        if self.entry is not None:
            return self.booth.entry_id(self.entry)
        return self.booth.heard_id(number) if self.outcome is Outcome.HEARD else self.booth.open_id(number)

"""Turns what a person said into a voice: the person goes in, a tag that only this period's salt explains comes out.

The ids are made from person, week and entry, so that asking the same thing twice in a week is one voice, the last
click on *Did this answer it?* wins, and somebody who asks for it can be shown, and rid of, what they said in the
open period, without any list of who said what.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.domain.progress import Rollout, RunningWave
from bot.domain.pushback import MOST_OPEN_VOICES, Outcome, Theme
from bot.domain.weeks import Period, Week, week_of
from bot.sealing import Keyring
from bot.store import people, voices
from bot.store.voices import Ground, Voice


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

    def today(self, now: datetime) -> date:
        """The day that it is for the organisation."""
        return now.astimezone(self.zone).date()


def ground(db: Connection, ear: Ear, rollout: Rollout, now: datetime) -> Ground:
    """What everybody speaks on who speaks in this rollout now."""
    return voices.ground(db, rollout.id, week_of(now, ear.zone).period, rollout.plan.rules.k)


def enter(db: Connection, ear: Ear, speaker: Speaker, now: datetime, on: Ground | None = None) -> Booth:
    """Where somebody speaks now, on a ground that was looked up before, if it was and still is this period's."""
    week, rollout = week_of(now, ear.zone), speaker.rollout
    if on is None or on.period != week.period:
        on = ground(db, ear, rollout, now)
    salt = on.salt or voices.salt_of(db, week.period, ear.keys.fresh_salt)
    return Booth(ear.keys, speaker, salt, week, on.sizes)


def record(db: Connection, booth: Booth, *, theme: Theme, entry: str, outcome: Outcome) -> None:
    """Record a voice that an entry answers; the second time in a week changes nothing."""
    _add(db, booth, booth.entry_id(entry), theme, entry, outcome)


def record_open(db: Connection, booth: Booth, *, theme: Theme, outcome: Outcome) -> int:
    """Record a voice that no entry answers yet. Returns its number among this person's in this week."""
    for number in range(MOST_OPEN_VOICES):
        if _add(db, booth, booth.open_id(number), theme, None, outcome):
            return number
    return MOST_OPEN_VOICES - 1


def record_heard(db: Connection, ear: Ear, speaker: Speaker, *, theme: Theme, now: datetime) -> None:
    """Record what a manager heard. All that one manager notes counts as one person: who said it is not known.

    It carries other tags than what the manager asks themselves: whoever is in charge of a wave alone is known to have
    noted what was heard there, and a tag in common would name them as the author of the rest.
    """
    booth = enter(db, ear, replace(speaker, person=f"heard by {speaker.person}"), now)
    for number in range(MOST_OPEN_VOICES):
        if _add(db, booth, booth.heard_id(number), theme, None, Outcome.HEARD):
            return


def settle_open(
    db: Connection, ear: Ear, speaker: Speaker, number: int, *, theme: Theme, entry: str | None, now: datetime
) -> bool:
    """An open voice turns out to mean this entry, or (None) is handed over to a person. False when it was no longer open."""
    booth = enter(db, ear, speaker, now)
    if entry is None:
        return voices.set_outcome(db, booth.open_id(number), Outcome.HANDED_OVER)
    was_open = voices.remove(db, [booth.open_id(number)]) > 0
    _add(db, booth, booth.entry_id(entry), theme, entry, Outcome.ANSWERED)
    return was_open


def judge(db: Connection, ear: Ear, speaker: Speaker, entry: str, *, helped: bool, now: datetime) -> bool:
    """*Did this answer it?* Counts in the week of the question only: a closed week's figures stay as they are."""
    outcome = Outcome.HELPED if helped else Outcome.NOT_HELPED
    return voices.set_outcome(db, enter(db, ear, speaker, now).entry_id(entry), outcome)


def of_person(
    db: Connection, ear: Ear, person: str, rollouts: Iterable[Rollout], entries: Iterable[str], *, now: datetime
) -> list[Voice]:
    """What this person said in the open period. Earlier voices cannot be found any more, by anybody."""
    period = week_of(now, ear.zone).period
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
    period = week_of(now, ear.zone).period
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
    """The wave that a voice is kept with: None where fewer than `k` people could be meant.

    Where every large wave is named, a voice without a wave comes from a small one. So as long as fewer than `k` people are
    in all the small waves together, no voice of this rollout is kept with its wave.
    """
    return _kept(db, wave, people.sizes(db, rollout.id, k), k)


def _kept(db: Connection, wave: RunningWave | None, sizes: Mapping[str, int], k: int) -> str | None:
    if wave is None or sizes.get(wave.id, 0) < k:
        return None
    small = [each for each, size in sizes.items() if 0 < size < k]
    return wave.id if not small or people.in_any(db, small) >= k else None


def close_periods(db: Connection, ear: Ear, *, now: datetime) -> bool:
    """Destroy the salts of the periods that are over. True when one went just now."""
    return voices.forget_salts(db, week_of(now, ear.zone).period) > 0


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

    `sizes` are the people of the rollout's waves, counted as far as it matters; a booth for looking things up has none.
    """

    keys: Keyring
    speaker: Speaker
    salt: str
    week: Week
    sizes: Mapping[str, int] = field(default_factory=dict)

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


def _add(db: Connection, booth: Booth, voice_id: str, theme: Theme, entry: str | None, outcome: Outcome) -> bool:
    rollout, wave, week = booth.speaker.rollout, booth.speaker.wave, booth.week
    kept = _kept(db, wave, booth.sizes, rollout.plan.rules.k)
    voice = Voice(voice_id, rollout.id, kept, week, theme, entry, outcome, booth.theme_tag(theme))
    return voices.add(db, voice, [(cell, booth.cell_tag(cell)) for cell in cells_of(week, kept)])

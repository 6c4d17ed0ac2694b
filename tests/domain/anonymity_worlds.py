"""Made-up offices whose every voice has a known speaker, and what the database would count in them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TypeVar
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from bot.domain.anonymity import Figures, Segment, due, publish
from bot.domain.counted import NOBODY, Count
from bot.domain.publication import Publication
from bot.domain.pushback import Theme
from bot.domain.weeks import Week, read_week

ZONE = ZoneInfo("UTC")
K = 5
START = read_week("2026-W49")
THEMES = tuple(str(theme) for theme in Theme)
Name = TypeVar("Name", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Spoken:
    """One voice, with its speaker: what nobody but a test may know."""

    person: int
    week: Week
    wave: str
    theme: str
    entry: str
    outcome: str


def weeks_from(first: Week, number: int) -> list[Week]:
    weeks = [first]
    while len(weeks) < number:
        weeks.append(weeks[-1].next)
    return weeks


def office(
    seed: int,
    *,
    people: int,
    voices: int,
    weeks: int = 4,
    waves: int = 1,
    themes: Sequence[str] = THEMES,
    first: Week = START,
) -> list[Spoken]:
    """Voices spread as they are in life: a few themes, a few waves and a few people have most of them."""
    dice = Random(seed)
    calendar = weeks_from(first, weeks)
    names = [f"wave {number}" for number in range(waves)]
    home = dice.choices(names, [1 / (i + 1) for i in range(waves)], k=people)
    likely = [1 / (i + 1) for i in range(len(themes))]
    spoken = []
    for _ in range(voices):
        person = min(int(dice.expovariate(2 / people)), people - 1) if dice.random() < 0.3 else dice.randrange(people)
        theme = dice.choices(themes, likely)[0]
        outcome = dice.choice(["answered", "helped", "not_helped", "handed_over"])
        entry = f"entry {dice.randrange(2)}"
        spoken.append(Spoken(person, dice.choice(calendar), home[person], theme, entry, outcome))
    return spoken


def count(voices: Collection[Spoken]) -> Count:
    return Count(len(voices), len({voice.person for voice in voices})) if voices else NOBODY


def counted(voices: Iterable[Spoken], name: Callable[[Spoken], Name], every: Iterable[Name] = ()) -> dict[Name, Count]:
    groups: dict[Name, list[Spoken]] = {each: [] for each in every}
    for voice in voices:
        groups.setdefault(name(voice), []).append(voice)
    return {each: count(group) for each, group in groups.items()}


def figures(spoken: Iterable[Spoken], weeks: Sequence[Week], *, themes: Sequence[str] = THEMES) -> Figures:
    """What the database counts of these weeks."""
    voices = [voice for voice in spoken if voice.week in set(weeks)]
    return Figures(
        total=count(voices),
        themes=counted(voices, lambda voice: voice.theme, themes),
        weeks=counted(voices, lambda voice: str(voice.week)),
        week_themes=counted(voices, lambda voice: (str(voice.week), voice.theme)),
        waves=counted(voices, lambda voice: voice.wave),
        wave_themes=counted(voices, lambda voice: (voice.wave, voice.theme)),
        entries=counted(voices, lambda voice: (voice.theme, voice.entry)),
        outcomes=counted(voices, lambda voice: voice.outcome),
        entry_outcomes=counted(voices, lambda voice: ((voice.theme, voice.entry), voice.outcome)),
    )


def monday_after(week: Week) -> datetime:
    """The moment at which a week is just over."""
    return datetime.combine(week.sunday + timedelta(days=1), datetime.min.time(), UTC)


def publish_due(
    spoken: Sequence[Spoken], published: list[Publication], now: datetime, *, first: Week = START, k: int = K
) -> list[Publication]:
    """What a report does before it shows anything: publish all that is due. Adds to `published` and returns what is new."""
    fresh = []
    for segment in due(first, published, now, ZONE):
        publication = publish(segment, figures(spoken, segment.weeks), k, published=published, now=now, zone=ZONE)
        if publication is not None:
            published.append(publication)
            fresh.append(publication)
    return fresh


def one_publication(spoken: Sequence[Spoken], *, themes: Sequence[str] = THEMES, k: int = K) -> Publication:
    """The publication of the first reporting period."""
    weeks = START.period.weeks
    segment = Segment(weeks, final=True)
    made = publish(segment, figures(spoken, weeks, themes=themes), k, now=monday_after(weeks[-1]), zone=ZONE)
    assert made is not None
    return made


@st.composite
def offices(draw: st.DrawFn, *, weeks: int = 4, most: int = 60, themes: int = 4, waves: int = 3) -> list[Spoken]:
    """Any office: who says what when is Hypothesis's choice, in clumps so that large cells occur beside small ones."""
    calendar = weeks_from(START, weeks)
    spoken = []
    for _ in range(draw(st.integers(0, 14))):
        place = (
            draw(st.sampled_from(calendar)),
            f"wave {draw(st.integers(0, waves - 1))}",
            THEMES[draw(st.integers(0, themes - 1))],
            f"entry {draw(st.integers(0, 1))}",
            draw(st.sampled_from(["answered", "helped", "not_helped"])),
        )
        first, size, repeats = draw(st.integers(0, 15)), draw(st.integers(1, 9)), draw(st.integers(1, 2))
        for person in range(first, first + size):
            spoken += [Spoken(person, *place)] * repeats
        if len(spoken) > most:
            break
    return spoken[:most]

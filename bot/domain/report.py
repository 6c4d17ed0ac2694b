"""What HR's workbook says, sheet by sheet, as plain values: nothing in here knows of a database or of Excel.

Every figure about voices comes from publications (anonymity.py), so that two workbooks laid side by side tell nothing
that one of them does not. A `Sum` that is not complete is shown as "at least".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.anonymity import Sum
from bot.domain.answer_scale import AnswerScale
from bot.domain.crosstab import Crosstab, Heading
from bot.domain.report_period import Span
from bot.domain.weeks import Week

NO_TEAM = "team not kept"
"""The wave of voices from teams that are too small to be named, or from nobody's team."""
NO_ENTRY = "no entry"
"""The entry of voices that none answers yet."""


@dataclass(frozen=True, slots=True)
class About:
    """What a workbook is of, and who had it made. `span` is None while no week is over. `made_at` is aware."""

    rollout: str
    tool: str
    span: Span | None
    made_at: datetime
    made_by: str
    purpose: str
    k: int
    k_text: int
    zone: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """One row of *Themes by week*: weeks that are shown together, and what is shown of them.

    `voices` is None where nothing is: `why` then says so. `by_theme` has the themes that stand alone here.
    """

    first: Week
    last: Week
    voices: int | None
    by_theme: Mapping[str, Sum]
    marks: tuple[Mark, ...] = ()
    why: str = ""

    @property
    def weeks(self) -> int:
        """How many weeks these are."""
        return Span(self.first, self.last).weeks

    @property
    def name(self) -> str:
        """`2026-W49 to 2026-W52`, or a single week."""
        return str(Span(self.first, self.last))

    @property
    def rest(self) -> int:
        """The voices that are shown in no theme of their own."""
        return (self.voices or 0) - sum(each.voices for each in self.by_theme.values())


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that was launched, paused or begun anew in one week. `kind` is one of MARKS."""

    week: Week
    kind: str
    what: str


MARKS = ("reason", "policy", "install", "pause", "relaunch")


@dataclass(frozen=True, slots=True)
class Hidden:
    """What is not shown of one published stretch, in words."""

    stretch: str
    where: str
    note: str


@dataclass(frozen=True, slots=True)
class Pushback:
    """Everything about voices. `themes` are totals by theme, the largest first, then what is shown together."""

    voices: int
    themes: Mapping[Heading, Sum]
    silent: tuple[str, ...]
    stretches: tuple[Stretch, ...]
    waves: Crosstab
    entries: Crosstab
    hidden: tuple[Hidden, ...]


@dataclass(frozen=True, slots=True)
class AnswerText:
    """One entry of the book: its question, its answer as it is written, and the policy section it rests on."""

    question: str
    answer: str
    cites: str


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """How one answer did. `entry` is empty for what is shown together or has no entry.

    `others` are voices of which it is not shown, or not known, whether the answer helped.
    """

    question: str
    asked: Sum
    helped: Sum | None
    not_helped: Sum | None
    handed_over: Sum | None
    others: int
    entry: str = ""
    theme: str = ""
    text: AnswerText | None = None

    @property
    def judged(self) -> int | None:
        """How many said whether it helped; None where a part of that is not shown."""
        if self.helped is None or self.not_helped is None or not (self.helped.complete and self.not_helped.complete):
            return None
        return self.helped.voices + self.not_helped.voices

    @property
    def failed(self) -> float:
        """The share of those who judged it whom it did not help; where that is not shown, what it is of all at the least."""
        if self.not_helped is None:
            return 0.0
        return self.not_helped.voices / (self.judged or self.asked.voices or 1)


@dataclass(frozen=True, slots=True)
class OpenText:
    """One question in the words that its asker confirmed. `theme` is empty where naming it would say too much.

    No team stands beside it: where others have one, a question without would point at the smallest team.
    """

    text: str
    theme: str
    state: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class OpenTexts:
    """The questions that were passed on. `rules` say which are shown, and why perhaps none is."""

    shown: tuple[OpenText, ...] = ()
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScaleLine:
    """The answers to one question of a check-in, from 1 to `steps`."""

    question: str
    scale: AnswerScale
    steps: int = 5


@dataclass(frozen=True, slots=True)
class CheckinLine:
    """One check-in of one wave. `answered` is None where it stands for fewer than k people."""

    wave: str
    day: int
    closed_on: date
    invited: int
    answered: int | None
    scales: tuple[ScaleLine, ...] = ()
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class VerdictLine:
    """What the pilot's check-ins said at one moment, and on what grounds."""

    wave: str
    given_at: datetime
    verdict: str
    policy_version: int
    grounds: str = ""


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """What was promised about reviews of one wave's data, and what was done. Counts are of reviews."""

    wave: str
    promised: str
    due: int
    on_schedule: int
    off_schedule: int
    missed: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class SignLine:
    """One warning sign that was noted, and what was done about it."""

    number: int
    sign: str
    noted_at: datetime
    attended_at: datetime | None
    what_was_done: str = ""


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """One entry of the timeline, in plain words."""

    seq: int
    at: datetime
    who: str
    what: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """How far one version of the policy has reached in one wave: counts of people who are in its channel."""

    version: int
    wave: str
    members: int
    delivered: int
    acknowledged: int
    present: bool

    @property
    def outstanding(self) -> int:
        """Who was given it and has not said that they have read it."""
        return self.delivered - self.acknowledged

    @property
    def not_given(self) -> int:
        """Who is in the channel and was not given it."""
        return self.members - self.delivered


@dataclass(frozen=True, slots=True)
class NamedNotice:
    """One person's receipt. In a workbook only where an operator asked for the named list."""

    person: str
    name: str
    wave: str
    version: int
    given_at: datetime
    acknowledged_at: datetime | None
    present: bool


@dataclass(frozen=True, slots=True)
class ThemeNow:
    """One line of what people push back on most. `before` and `after` are voices a week, where both are shown."""

    name: str
    voices: Sum
    share: float
    before: float | None = None
    after: float | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do, and the figure that it follows from."""

    do: str
    because: str


@dataclass(frozen=True, slots=True)
class Summary:
    """One screen: everything a head of HR needs who reads nothing else."""

    headline: str
    most: tuple[ThemeNow, ...]
    compared: str
    changes: tuple[str, ...]
    failing: tuple[AnswerLine, ...]
    actions: tuple[Action, ...]
    not_shown: str


@dataclass(frozen=True, slots=True)
class LastExport:
    """The export before this one: when, and the last week in it (None: no week was over then)."""

    at: datetime
    last: Week | None


@dataclass(frozen=True, slots=True)
class Findings:
    """What a workbook is made of, before it is summed up. Lists that are empty mean that there is nothing (yet)."""

    about: About
    pushback: Pushback
    answers: tuple[AnswerLine, ...] = ()
    texts: OpenTexts = OpenTexts()
    waiting: int = 0
    checkins: tuple[CheckinLine, ...] = ()
    verdicts: tuple[VerdictLine, ...] = ()
    reviews: tuple[ReviewLine, ...] = ()
    signs: tuple[SignLine, ...] = ()
    timeline: tuple[TimelineLine, ...] = ()
    notices: tuple[NoticeLine, ...] = ()
    named: tuple[NamedNotice, ...] | None = None
    last_export: LastExport | None = None


@dataclass(frozen=True, slots=True)
class ReportFigures:
    """The whole workbook."""

    found: Findings
    summary: Summary

"""The verdict on a wave: what was asked and answered, what it means, how sure that is, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from slack_sdk.models.blocks import Block

from bot.domain.answer_scale import AnswerScale
from bot.domain.checkin import HIGH, HIGHEST, LOW, LOWEST, Ask, CheckinResult, CheckinState, Verdict
from bot.domain.report import Stretch
from bot.domain.rollout import Plan
from bot.domain.verdict import Because, Certainty
from bot.ports import Post
from bot.views.checkin import QUESTIONS
from bot.views.escape import escape
from bot.views.ids import ActionId
from bot.views.open_questions import theme_words
from bot.views.pieces import button, buttons, clipped, divider, header, post, sections, small
from bot.views.words import counted, joined, moment

COMMENTS_SHOWN = 10
COMMENT_SHOWN = 300
FAULTS_SHOWN = 8
SPANS_SHOWN = 16
THEMES_SHOWN = 3
CHART_TITLE = 50
BEFORE = ", before the relaunch"
CHART_LABEL = 20
MEANS = {
    Verdict.GO: "The next wave may begin, once the other gates hold.",
    Verdict.EXTEND: "The pilot goes on until the next check-in has closed. Nothing is launched to others meanwhile.",
    Verdict.FIX_THE_POLICY: (
        "Nobody else is next until the policy is mended: write a new version (`/rollout edit policy`), launch it to the "
        "pilot, and let one more check-in close. It comes a week after the new version was delivered."
    ),
}
WHY = {
    Because.REASSURED: "In the newest check-in more people are reassured than frustrated.",
    Because.FRUSTRATED: "In the newest check-in more people are frustrated than reassured.",
    Because.POLICY_DOES_NOT_MATCH: "More people say that what they see does not match the policy than that it does.",
    Because.WHY_IS_UNCLEAR: "More people do not understand why the tool was introduced than do. Say the reason again, in other words.",
    Because.WORKFLOW: "More people have trouble with it than have none. Mend the faults first.",
    Because.TOO_FEW_CHECKINS: "Two check-ins have to close with enough answers; one has.",
    Because.TOO_FEW_ANSWERS: "Too few people answered the newest check-in to say anything.",
    Because.SILENT: "Fewer than half of those asked answered the newest check-in. Silence is no consent.",
    Because.NOT_MENDED: "The pilot has said so of this very version, and it has not been changed since.",
    Because.UNDECIDED: "As many are reassured as frustrated, or nobody is either.",
}


class GivenVerdict(Protocol):
    """A verdict as it is stored."""

    @property
    def verdict(self) -> Verdict:
        """One of the three."""
        ...

    @property
    def because(self) -> Because | None:
        """What decided; None when a person entered it."""
        ...

    @property
    def certainty(self) -> Certainty:
        """How sure it is."""
        ...

    @property
    def by(self) -> str | None:
        """Who entered it, if a person did."""
        ...

    @property
    def words(self) -> str:
        """What they wrote."""
        ...

    @property
    def at(self) -> datetime:
        """When it was given."""
        ...


class KnownFault(Protocol):
    """A fault as it is stored."""

    @property
    def id(self) -> str:
        """Its row."""
        ...

    @property
    def words(self) -> str:
        """What does not work."""
        ...

    @property
    def state(self) -> str:
        """`open`, `blocking` or `fixed`."""
        ...

    @property
    def note(self) -> str:
        """What a manager wrote about it."""
        ...


@dataclass(frozen=True, slots=True)
class CheckinLine:
    """One check-in on the card."""

    day: int
    date: date
    closes_at: datetime
    state: CheckinState
    invited: int
    result: CheckinResult | None
    missed: int = 0
    earlier_run: bool = False

    @property
    def name(self) -> str:
        """`day 7`, told apart from the same day before a relaunch."""
        return f"day {self.day}" + (" before" if self.earlier_run else "")


@dataclass(frozen=True, slots=True)
class VerdictSummary:
    """Everything on the card. `pushback` is empty for those who may not see it."""

    plan: Plan
    wave: str
    wave_id: str
    pilot: bool
    too_small: bool
    given: GivenVerdict | None
    rounds: Sequence[CheckinLine]
    comments: Sequence[str] = ()
    faults: Sequence[KnownFault] = ()
    vouching: Sequence[str] = ()
    pushback: Sequence[Stretch] = field(default_factory=tuple)
    paused_at: datetime | None = None
    relaunched_at: datetime | None = None


def verdict_card(summary: VerdictSummary) -> Post:
    """`/rollout verdict`."""
    blocks: list[Block] = [header(f"{summary.plan.tool}: the verdict on {summary.wave}"), *sections(_verdict(summary))]
    blocks.append(divider())
    blocks += sections(_rounds(summary))
    trends = _trends(summary)
    if trends:
        blocks += sections(trends)
    if summary.comments:
        said = [f">{escape(clipped(text, COMMENT_SHOWN))}" for text in summary.comments[:COMMENTS_SHOWN]]
        more = len(summary.comments) - COMMENTS_SHOWN
        said += [f"… and {more} more."] if more > 0 else []
        blocks += sections("*In their words* (newest check-in, in no order)\n" + "\n".join(said))
    blocks += _faults(summary)
    blocks += sections(_pushback(summary)) if summary.pushback else []
    if summary.vouching:
        names = ", ".join(f"<@{person}>" for person in summary.vouching)
        blocks += sections(f"*Will tell colleagues how it went, by name:* {names}")
    blocks += _buttons(summary)
    blocks.append(
        small(
            f"No figure is shown for fewer than {summary.plan.rules.k} people: neighbouring answers are laid together until "
            "each part has as many. The rule that decides is the same for everybody: `docs/verdict.md`."
        )
    )
    return post(_in_a_sentence(summary), blocks)


def verdict_news(summary: VerdictSummary) -> Post:
    """For managers and owners, when a check-in has closed."""
    last = next(
        (each for each in reversed(summary.rounds) if each.state is CheckinState.CLOSED and not each.earlier_run), None
    )
    lead = f"*The check-in of day {last.day} for {escape(summary.wave)} has closed.*\n" if last else ""
    blocks: list[Block] = [
        *sections(lead + _verdict(summary)),
        buttons(
            button(ActionId.SHOW_VERDICT, "Show everything", summary.wave_id, style="primary"),
            button(ActionId.TELL_PILOT, "Tell the team", summary.wave_id),
        ),
        small("People answered for a reason: tell them what it came to, and what changes because of it."),
    ]
    return post(_in_a_sentence(summary), blocks)


def _verdict(summary: VerdictSummary) -> str:
    given = summary.given
    if given is None:
        if summary.too_small:
            return (
                f"*No verdict yet.* {escape(summary.wave)} has fewer than {summary.plan.rules.k} people, so check-ins "
                "could not be anonymous and nobody is asked. Talk with the team, then enter what it says."
            )
        return "*No verdict yet.* It comes when the first check-in has closed."
    means = MEANS[given.verdict] if summary.pilot else ""
    if given.by is not None:
        quoted = "\n".join(f">{line}" for line in escape(given.words).split("\n"))
        return f"*Verdict: {given.verdict}*, entered by <@{given.by}> after talking with the team:\n{quoted}\n{means}"
    why = WHY[given.because] if given.because else ""
    return f"*Verdict: {given.verdict}.* {why} {_sure(given.certainty)}\n{means}".rstrip()


def _sure(certainty: Certainty) -> str:
    match certainty:
        case Certainty.CLEAR:
            return "Even if everybody who did not answer saw it the other way, it would stay so."
        case Certainty.NARROW:
            return "It is not certain: if those who did not answer saw it the other way, it could turn."
        case Certainty.NONE:
            return ""


def _rounds(summary: VerdictSummary) -> str:
    k = summary.plan.rules.k
    found = ["*Check-ins*"]
    for each in summary.rounds:
        name = f"•  day {each.day} ({each.date.day} {each.date:%B}{BEFORE if each.earlier_run else ''})"
        match each.state:
            case CheckinState.PLANNED | CheckinState.OPEN:
                found.append(f"{name}: open until {moment(each.closes_at)}; answers are not counted before")
            case CheckinState.SKIPPED:
                found.append(f"{name}: skipped, it could not go out in its days")
            case CheckinState.TOO_SMALL:
                found.append(f"{name}: not asked, fewer than {k} people")
            case CheckinState.CLOSED:
                found.append(f"{name}: {_response(each, k)}")
    if len(found) == 1:
        days = joined([str(day) for day in summary.plan.checkins.days])
        found.append(f"None so far. They come on day {days} after the install step.")
    return "\n".join(found)


def _response(each: CheckinLine, k: int) -> str:
    result = each.result
    asked = counted(each.invited, "person", "people")
    missed = f"; {counted(each.missed, 'message')} did not go out" if each.missed else ""
    away = f"; {result.away} away" if result and result.away else ""
    if result is None or result.answered is None:
        return f"fewer than {k} of {asked} answered, so nothing is shown{away}{missed}"
    share = round(result.answered / each.invited * 100) if each.invited else 0
    return f"{result.answered} of {asked} answered ({share} %){away}{missed}"


def _trends(summary: VerdictSummary) -> str:
    rounds = [each for each in summary.rounds if each.result is not None and each.result.scales]
    if not rounds:
        return ""
    found, k = [], summary.plan.rules.k
    for ask, question in QUESTIONS.items():
        found.append(
            f"*{escape(question.words.format(tool=summary.plan.tool))}*  (1 is {question.low}, 5 is {question.high})"
        )
        found += [f"     {each.name}:  {_scale(each.result.scales[ask], ask, k)}" for each in rounds if each.result]
    return "\n".join(found)


def _scale(shown: AnswerScale, ask: Ask, k: int) -> str:
    """One question of one check-in, as far as it can be shown."""
    if shown.answered is None:
        return "too few answered this one"
    if len(shown.stretches) > 1:
        parts = [f"{_stretch(part.low, part.high, ask)}: {part.people}" for part in shown.stretches]
        return ",  ".join(parts)
    if shown.few is None:
        return f"{counted(shown.answered, 'answer')}; how they lie apart cannot be shown"
    return f"{counted(shown.answered, 'answer')}, fewer than {k} of them from {shown.few[0]} to {shown.few[1]}"


def _stretch(low: int, high: int, ask: Ask) -> str:
    span = str(low) if low == high else f"{low} to {high}"
    if ask is Ask.MOOD and (low, high) == LOW:
        return f"{span} frustrated"
    if ask is Ask.MOOD and (low, high) == HIGH:
        return f"{span} reassured"
    return "all answers" if (low, high) == (LOWEST, HIGHEST) else span


def _faults(summary: VerdictSummary) -> list[Block]:
    waiting = [fault for fault in summary.faults if fault.state != "fixed"]
    fixed = len(summary.faults) - len(waiting)
    if not summary.faults:
        return []
    blocks: list[Block] = list(sections(f"*Data and workflow faults:* {len(waiting)} open, {fixed} fixed"))
    for fault in waiting[:FAULTS_SHOWN]:
        blocks += fault_item(fault)
    if len(waiting) > FAULTS_SHOWN:
        blocks.append(small(f"… and {len(waiting) - FAULTS_SHOWN} more."))
    return blocks


def fault_item(fault: KnownFault) -> list[Block]:
    """One fault with its buttons."""
    mark = ":no_entry: *blocking*" if fault.state == "blocking" else "open"
    other = (
        button(ActionId.FAULT_OPEN, "Not blocking", fault.id)
        if fault.state == "blocking"
        else button(ActionId.FAULT_BLOCKING, "It blocks the next wave", fault.id, style="danger")
    )
    return [
        *sections(f"{mark}: {escape(clipped(fault.words, COMMENT_SHOWN))}"),
        buttons(button(ActionId.FAULT_FIXED, "Fixed", fault.id, style="primary"), other),
    ]


def _pushback(summary: VerdictSummary) -> str:
    """Voices by week, as far as single weeks can be shown, so that before and after a pause can be compared."""
    found = ["*What people asked and objected to* (weeks that are over)"]
    found += [f"•  {each.name}{_when(each, summary)}: {_voices(each)}" for each in summary.pushback[-SPANS_SHOWN:]]
    return "\n".join(found)


def _when(each: Stretch, summary: VerdictSummary) -> str:
    if summary.relaunched_at is None:
        return ""
    if each.first.monday > summary.relaunched_at.date():
        return " (after the relaunch)"
    if summary.paused_at and each.last.sunday < summary.paused_at.date():
        return " (before the pause)"
    return " (around the pause)"


def _voices(each: Stretch) -> str:
    if each.voices is None:
        return "too few people spoke for anything to be said"
    a_week = f", {each.voices / each.weeks:.0f} a week" if each.weeks > 1 else ""
    most = sorted(each.by_theme.items(), key=lambda item: -item[1].voices)[:THEMES_SHOWN]
    themes = ", ".join(f"{escape(theme_words(theme))} {voices.voices}" for theme, voices in most if voices.voices)
    return f"{counted(each.voices, 'voice')}{a_week}" + (f" ({themes})" if themes else "")


def _buttons(summary: VerdictSummary) -> list[Block]:
    found = []
    if summary.given is not None and summary.given.by is None:
        found.append(button(ActionId.TELL_PILOT, "Tell the team", summary.wave_id, style="primary"))
    if summary.too_small and summary.rounds:
        found.append(button(ActionId.ENTER_VERDICT, "Enter what the team said", summary.wave_id))
    return [buttons(*found)] if found else []


def _in_a_sentence(summary: VerdictSummary) -> str:
    if summary.given is None:
        return f"{escape(summary.plan.tool)}: no verdict on {escape(summary.wave)} yet."
    return f"{escape(summary.plan.tool)}: the verdict on {escape(summary.wave)} is {summary.given.verdict}."

"""What one can type after /rollout: one declaration that parses it and prints its help."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.gates import Gate
from bot.domain.rollout import Step


class NotUnderstood(Exception):
    """What was typed has no meaning; the message says which word, and what it might have been."""


@dataclass(frozen=True, slots=True)
class Status:
    """`/rollout`."""


@dataclass(frozen=True, slots=True)
class New:
    """`/rollout new`."""


@dataclass(frozen=True, slots=True)
class Edit:
    """`/rollout edit reason | policy | waves`."""

    part: str


@dataclass(frozen=True, slots=True)
class Check:
    """`/rollout check [WAVE]`."""

    wave: str | None


@dataclass(frozen=True, slots=True)
class Preview:
    """`/rollout preview STEP [WAVE]`."""

    step: Step
    wave: str | None


@dataclass(frozen=True, slots=True)
class Launch:
    """`/rollout launch STEP [WAVE] [at …]`. `at` is naive on purpose: it is meant in the manager's own time zone."""

    step: Step
    wave: str | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Unschedule:
    """`/rollout unschedule STEP [WAVE]`."""

    step: Step
    wave: str | None


@dataclass(frozen=True, slots=True)
class AskOverride:
    """`/rollout override GATE [WAVE] because TEXT`."""

    gate: Gate
    wave: str | None
    because: str


@dataclass(frozen=True, slots=True)
class Approve:
    """`/rollout approve`."""


@dataclass(frozen=True, slots=True)
class Pause:
    """`/rollout pause because TEXT`."""

    because: str


@dataclass(frozen=True, slots=True)
class Relaunch:
    """`/rollout relaunch`."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """`/rollout timeline`."""


@dataclass(frozen=True, slots=True)
class HeardSomething:
    """`/rollout heard`."""


@dataclass(frozen=True, slots=True)
class ShowVerdict:
    """`/rollout verdict [WAVE]`; without a wave, the pilot."""

    wave: str | None


@dataclass(frozen=True, slots=True)
class Looked:
    """`/rollout looked`."""


@dataclass(frozen=True, slots=True)
class ReportSign:
    """`/rollout sign`."""


@dataclass(frozen=True, slots=True)
class LookAtHours:
    """`/rollout hours`."""


@dataclass(frozen=True, slots=True)
class Help:
    """`/rollout help`."""


Words = (
    Status
    | New
    | Edit
    | Check
    | Preview
    | Launch
    | Unschedule
    | AskOverride
    | Approve
    | Pause
    | Relaunch
    | Timeline
    | HeardSomething
    | ShowVerdict
    | Looked
    | ReportSign
    | LookAtHours
    | Help
)


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, understood; `rollout` is the name after `--rollout`, if any."""

    words: Words
    rollout: str | None


@dataclass(frozen=True, slots=True)
class Form:
    """One form of the command: its first word, how it is typed, what it does, and how its rest is read."""

    word: str
    usage: str
    does: str
    read: Callable[[list[str], str], Words]


def _nothing_more(words: Words) -> Callable[[list[str], str], Words]:
    def read(rest: list[str], _because: str) -> Words:
        if rest:
            msg = f"I do not know what to do with \N{LEFT DOUBLE QUOTATION MARK}{rest[0]}\N{RIGHT DOUBLE QUOTATION MARK} here."
            raise NotUnderstood(msg)
        return words

    return read


def _one_of(typed: str, known: list[str], what: str) -> str:
    low = typed.lower()
    if low in known:
        return low
    near = difflib.get_close_matches(low, known, n=1)
    hint = f" Did you mean {near[0]}?" if near else f" There is: {', '.join(known)}."
    msg = f"{typed} is no {what}.{hint}"
    raise NotUnderstood(msg)


def _step(rest: list[str]) -> Step:
    if not rest:
        msg = f"Which step? There is: {', '.join(Step)}."
        raise NotUnderstood(msg)
    return Step(_one_of(rest[0], list(Step), "step"))


def _wave(rest: list[str]) -> str | None:
    if len(rest) > 1:
        msg = f"I do not know what to do with \N{LEFT DOUBLE QUOTATION MARK}{rest[1]}\N{RIGHT DOUBLE QUOTATION MARK} here."
        raise NotUnderstood(msg)
    return rest[0].lower() if rest else None


def _edit(rest: list[str], _because: str) -> Words:
    if len(rest) != 1:
        msg = "Edit what? There is: reason, policy, waves."
        raise NotUnderstood(msg)
    return Edit(_one_of(rest[0], ["reason", "policy", "waves"], "part of the plan"))


def _check(rest: list[str], _because: str) -> Words:
    return Check(_wave(rest))


def _verdict(rest: list[str], _because: str) -> Words:
    return ShowVerdict(_wave(rest))


def _preview(rest: list[str], _because: str) -> Words:
    return Preview(_step(rest), _wave(rest[1:]))


def _launch(rest: list[str], _because: str) -> Words:
    at = None
    lowered = [word.lower() for word in rest]
    if "at" in lowered[1:]:
        split = lowered.index("at", 1)
        at = _moment(" ".join(rest[split + 1 :]))
        rest = rest[:split]
    return Launch(_step(rest), _wave(rest[1:]), at)


def _moment(text: str) -> datetime:
    matched = re.fullmatch(r"(\d{4}-\d{2}-\d{2})[ T]+(\d{1,2}:\d{2})", text.strip())
    try:
        if matched and int(matched[1][:4]) not in _YEARS:
            raise ValueError  # noqa: TRY301 - said below, with the other dates that are none
        if matched:
            return datetime.strptime(f"{matched[1]} {matched[2]}", "%Y-%m-%d %H:%M")  # noqa: DTZ007 - see Launch
    except ValueError as error:
        msg = f"{text} is no date and time. Write it like 2026-12-14 09:00."
        raise NotUnderstood(msg) from error
    msg = f"at {text or '…'}: write the date and time like 2026-12-14 09:00."
    raise NotUnderstood(msg)


def _unschedule(rest: list[str], _because: str) -> Words:
    return Unschedule(_step(rest), _wave(rest[1:]))


def _override(rest: list[str], because: str) -> Words:
    if not rest:
        msg = f"Which gate? There is: {', '.join(Gate)}."
        raise NotUnderstood(msg)
    gate = Gate(_one_of(rest[0].replace("-", "_"), list(Gate), "gate"))
    wave = _wave(rest[1:])
    if not because:
        msg = f"Say why: /rollout override {gate} {wave or '[WAVE]'} because …"
        raise NotUnderstood(msg)
    return AskOverride(gate, wave, because)


def _pause(rest: list[str], because: str) -> Words:
    if rest or not because:
        msg = "Say why, in words that people will read: /rollout pause because …"
        raise NotUnderstood(msg)
    return Pause(because)


FORMS: tuple[Form, ...] = (
    Form("status", "/rollout", "where the rollout stands, and what the next step still needs", _nothing_more(Status())),
    Form("new", "/rollout new", "write a rollout from nothing", _nothing_more(New())),
    Form("edit", "/rollout edit reason | policy | waves", "change the plan", _edit),
    Form("check", "/rollout check [WAVE]", "every gate of the next step, and how to mend each", _check),
    Form("preview", "/rollout preview STEP [WAVE]", "exactly what would be sent, to whom, to how many", _preview),
    Form(
        "launch",
        "/rollout launch STEP [WAVE] [at YYYY-MM-DD HH:MM]",
        "carry out a step, now or at a time in your own time zone; you see it before you confirm",
        _launch,
    ),
    Form("unschedule", "/rollout unschedule STEP [WAVE]", "take a scheduled launch back", _unschedule),
    Form(
        "override",
        "/rollout override GATE [WAVE] because TEXT",
        "ask a second manager to waive a soft gate",
        _override,
    ),
    Form("approve", "/rollout approve", "approve what another manager asked to waive", _nothing_more(Approve())),
    Form("pause", "/rollout pause because TEXT", "hold everything, and say so in the channels", _pause),
    Form(
        "relaunch",
        "/rollout relaunch",
        "go on after a pause, with a new policy version or reason",
        _nothing_more(Relaunch()),
    ),
    Form(
        "heard",
        "/rollout heard",
        "note an objection that somebody made to your face: its theme, never who",
        _nothing_more(HeardSomething()),
    ),
    Form("verdict", "/rollout verdict [WAVE]", "what the pilot's check-ins say, and what follows", _verdict),
    Form("sign", "/rollout sign", "report one of the five signs that it is going wrong", _nothing_more(ReportSign())),
    Form(
        "hours",
        "/rollout hours",
        "look whether a group's logged hours are too round, from an export; never at one person",
        _nothing_more(LookAtHours()),
    ),
    Form(
        "looked",
        "/rollout looked",
        "enter a look at the data off schedule, with its reason; the team sees it",
        _nothing_more(Looked()),
    ),
    Form("timeline", "/rollout timeline", "who did what, when and why", _nothing_more(Timeline())),
    Form(
        "help",
        "/rollout help",
        "this list; with several rollouts, add --rollout NAME to any of them",
        _nothing_more(Help()),
    ),
)
_BY_WORD = {form.word: form for form in FORMS}
_ROLLOUT = re.compile(r"(?:^|\s)(?:--|\u2014|\u2013)rollout(?:[ =]\s*(\S+))?", re.IGNORECASE)
_BECAUSE = re.compile(r"(?:^|\s)because[:,]?(?:\s|$)", re.IGNORECASE)
_QUOTES = "\"'`\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb"
"""What phones and pasted examples put round a word."""
_YEARS = range(2000, 2100)
"""Beyond these it is a slip of the finger, and no time zone reaches it."""


def understand(text: str) -> Typed:
    """What was typed after /rollout. Raises NotUnderstood."""
    split = _BECAUSE.search(text)
    head, because = (text[: split.start()], text[split.end() :].strip()) if split else (text, "")
    named = _ROLLOUT.search(head)
    rollout = None
    if named:
        if not named[1]:
            msg = "Which rollout? Write --rollout NAME."
            raise NotUnderstood(msg)
        rollout = named[1].strip(_QUOTES).lower()
        head = head[: named.start()] + " " + head[named.end() :]
    words = [word for word in (each.strip(_QUOTES) for each in head.split()) if word]
    if not words:
        if because:
            msg = "Because of what? See /rollout help."
            raise NotUnderstood(msg)
        return Typed(Status(), rollout)
    form = _BY_WORD[_one_of(words[0], list(_BY_WORD), "command of mine")]
    if split and form.word not in ("override", "pause"):
        msg = f"/rollout {form.word} takes no reason. It is typed: {form.usage}"
        raise NotUnderstood(msg)
    return Typed(form.read(words[1:], because), rollout)


def help_lines() -> list[tuple[str, str]]:
    """Every form as it is typed, with what it does."""
    return [(form.usage, form.does) for form in FORMS]

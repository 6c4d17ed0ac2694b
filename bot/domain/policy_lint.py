"""Whether a policy answers its four questions so specifically that people can hold the company to it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from bot.domain.document_link import document_findings
from bot.domain.findings import Finding
from bot.domain.named_data import closes_the_list, unnamed_detail, unnamed_kind, unnamed_omission
from bot.domain.named_people import anybody
from bot.domain.named_purposes import bad_motive, unnamed_purpose
from bot.domain.named_terms import unsaid_breaks, unsaid_corrections, unsaid_own_data
from bot.domain.named_times import left_open
from bot.domain.policy import Policy, SeenBy, Tracked
from bot.domain.rollout import Role
from bot.domain.vagueness import as_needed, blank_or_placeholder, open_end, points_elsewhere
from bot.domain.wording import REMEMBERED, Wording, read

LONGEST_RETENTION_DAYS = 3650

_EXAMPLE_DATA = 'for example "hours per project", "idle time over 10 minutes" or "screenshots twice an hour"'
_EXAMPLE_OMISSION = 'for example "personal accounts", "audio and video" or "anything outside scheduled hours"'
_EXAMPLE_WHO = 'for example "your direct manager" or "payroll (two people)"'
_EXAMPLE_WHEN = 'for example "every Monday", "before an invoice goes out" or "only after a written complaint"'
_EXAMPLE_PURPOSE = 'for example "client invoices" or "overtime pay"'


@lru_cache(maxsize=REMEMBERED)
def lint_policy(policy: Policy, roles: tuple[Role, ...]) -> tuple[Finding, ...]:
    """Every place where the policy or a role's rules are missing, vague or not checkable, in the plan file's order.

    Empty when the gate `policy_complete` may open. Judges by what is named, so words it has never seen count
    as naming something; only words known to be empty are refused.
    """
    return (
        *document_findings(policy.document_url),
        *_effective(policy),
        *_tracked(policy.tracked),
        *_not_tracked(policy.not_tracked),
        *_seen_by(policy.seen_by),
        *_retention(policy.retention_days),
        *_own_data(policy.own_data),
        *_breaks(policy.breaks),
        *_corrections(policy.corrections),
        *_roles(roles),
    )


def _unanswered(field: str, wording: Wording, question: str, mend: str) -> Finding | None:
    """The finding for an answer that is missing, a placeholder, or only points elsewhere."""
    stand_in = blank_or_placeholder(wording)
    if stand_in is not None:
        problem = (
            f"This is a placeholder, not an answer to: {question}"
            if stand_in
            else f"Nothing is written here. {question}"
        )
        return Finding(field, problem, mend, stand_in)
    if points_elsewhere(wording):
        return Finding(
            field, f"This points somewhere else instead of answering: {question}", mend, wording.original.strip()
        )
    return None


def _quoted(text: str, otherwise: str) -> str:
    short = " ".join(text.split())
    return f'"{short}"' if 0 < len(short) <= 60 else otherwise  # noqa: PLR2004


def _effective(policy: Policy) -> Iterator[Finding]:
    if policy.effective is None:
        yield Finding(
            "policy.effective",
            "The policy does not say from which day it holds.",
            "Write the day, for example 2026-12-14.",
        )


def _tracked(tracked: tuple[Tracked, ...]) -> Iterator[Finding]:
    if not tracked:
        yield Finding(
            "policy.tracked", "Nothing says what exactly is tracked.", f"List each kind of data, {_EXAMPLE_DATA}."
        )
    for at, entry in enumerate(tracked):
        what, detail = read(entry.what), read(entry.detail)
        field = f"policy.tracked[{at}].what"
        mend = f"Name the data itself, {_EXAMPLE_DATA}."
        if unanswered := _unanswered(field, what, "What exactly is tracked?", mend):
            yield unanswered
        elif vague := unnamed_kind(what, detail):
            yield Finding(
                field,
                "These words name no data: people cannot tell what falls under them.",
                f"Say which data {_quoted(vague, 'this')} stands for, {_EXAMPLE_DATA}.",
                vague,
            )
        field = f"policy.tracked[{at}].detail"
        mend = (
            f'Say what exactly is recorded under {_quoted(entry.what, "this")}, for example "the '
            f'start and stop times that you enter".'
        )
        if unanswered := _unanswered(field, detail, "What exactly does this cover?", mend):
            yield unanswered
        elif vague := unnamed_detail(what, detail):
            yield Finding(field, "This leaves open what is recorded.", mend, vague)


def _not_tracked(items: tuple[str, ...]) -> Iterator[Finding]:
    field, question = "policy.not_tracked", "What is explicitly not tracked?"
    mend = f"Name what the tool leaves alone, {_EXAMPLE_OMISSION}. It is the line that builds most trust."
    if not items:
        yield Finding(field, "Nothing says what is not tracked.", mend)
        return
    readings = [read(item) for item in items]
    plain = [_names_an_omission(reading) for reading in readings]
    for at, reading in enumerate(readings):
        place = field if len(items) == 1 else f"{field}[{at}]"
        if plain[at] or (
            any(plain) and closes_the_list(reading) and blank_or_placeholder(reading) is None and not open_end(reading)
        ):
            continue
        yield _unanswered(place, reading, question, mend) or Finding(
            place,
            "These words name nothing that is left alone.",
            mend,
            unnamed_omission(reading) or reading.original.strip(),
        )


def _names_an_omission(reading: Wording) -> bool:
    return blank_or_placeholder(reading) is None and not points_elsewhere(reading) and unnamed_omission(reading) is None


def _seen_by(readers: tuple[SeenBy, ...]) -> Iterator[Finding]:
    if not readers:
        yield Finding(
            "policy.seen_by",
            "Nothing says who can see the data, and how often.",
            f"List each reader: who, {_EXAMPLE_WHO}; when, {_EXAMPLE_WHEN}; and for what purpose, {_EXAMPLE_PURPOSE}.",
        )
    for at, entry in enumerate(readers):
        yield from _who(f"policy.seen_by[{at}].who", entry)
        yield from _when(f"policy.seen_by[{at}].when", entry)
        yield from _purpose(f"policy.seen_by[{at}].purpose", entry)


def _who(field: str, entry: SeenBy) -> Iterator[Finding]:
    who = read(entry.who)
    mend = f"Name the person or role, {_EXAMPLE_WHO}."
    if unanswered := _unanswered(field, who, "Who can see it?", mend):
        yield unanswered
    elif vague := open_end(who) or as_needed(who) or anybody(who):
        yield Finding(
            field,
            "This does not say who looks; people will read it as: anyone, any time.",
            f"Say who {_quoted(vague, 'this')} is, {_EXAMPLE_WHO}.",
            vague,
        )


def _when(field: str, entry: SeenBy) -> Iterator[Finding]:
    when = read(entry.when)
    mend = f"Say how often, or on what occasion, {_quoted(entry.who, 'this reader')} looks, {_EXAMPLE_WHEN}."
    if unanswered := _unanswered(field, when, "How often do they look?", mend):
        yield unanswered
    elif vague := left_open(when):
        yield Finding(
            field,
            "This leaves it to whoever looks how often they look.",
            f'{mend} If the honest answer is that they can watch at all times, write "live, at any time of day".',
            vague,
        )


def _purpose(field: str, entry: SeenBy) -> Iterator[Finding]:
    purpose = read(entry.purpose)
    mend = f"Say what {_quoted(entry.who, 'this reader')} does with the data, {_EXAMPLE_PURPOSE}."
    if unanswered := _unanswered(field, purpose, "What do they look for?", mend):
        yield unanswered
    elif motive := bad_motive(purpose):
        yield Finding(
            field,
            "Judging people's productivity, trust or performance is another conversation, and not a "
            "purpose anybody can check.",
            mend,
            motive,
        )
    elif vague := unnamed_purpose(purpose):
        yield Finding(field, "This purpose would cover any look at the data.", mend, vague)


def _retention(days: int | None) -> Iterator[Finding]:
    field, mend = "policy.retention_days", "Write the number of days after which the data is deleted, for example 90."
    if days is None:
        yield Finding(field, "The policy does not say how long the data is kept.", mend)
    elif days <= 0:
        yield Finding(field, "Data cannot be kept for less than one day.", mend, str(days))
    elif days > LONGEST_RETENTION_DAYS:
        yield Finding(field, "Data kept for more than ten years is kept for good.", mend, str(days))


def _own_data(text: str) -> Iterator[Finding]:
    field, own = "policy.own_data", read(text)
    mend = (
        'Say how and when, for example "You see your own log in the tool at any time". If they '
        'cannot, say so and whom they ask: "No; ask HR, who prints it for you within a week".'
    )
    if unanswered := _unanswered(field, own, "Can people see their own data?", mend):
        yield unanswered
    elif unsaid := unsaid_own_data(own):
        words, problem = unsaid
        yield Finding(field, problem, mend, words)


def _breaks(text: str) -> Iterator[Finding]:
    field, breaks = "policy.breaks", read(text)
    mend = (
        'State the rule, for example "Breaks need not be logged. After 10 idle minutes the timer '
        'asks; unanswered gaps are dropped".'
    )
    if unanswered := _unanswered(field, breaks, "What if somebody takes a break and forgets to pause?", mend):
        yield unanswered
    elif vague := unsaid_breaks(breaks):
        yield Finding(field, "This states no rule for breaks: nobody knows what becomes of a gap.", mend, vague)


def _corrections(text: str) -> Iterator[Finding]:
    field, corrections = "policy.corrections", read(text)
    mend = 'Say how and until when, for example "Edit any entry until Monday 09:00; after that ask your manager".'
    if unanswered := _unanswered(field, corrections, "How does somebody correct a wrong entry?", mend):
        yield unanswered
    elif vague := unsaid_corrections(corrections):
        yield Finding(field, "This does not say how a wrong entry is put right.", mend, vague)


def _roles(roles: tuple[Role, ...]) -> Iterator[Finding]:
    if not roles:
        yield Finding(
            "roles",
            "No role is described, so nobody can be told why their rules differ.",
            "Add each role with its cadence and the ground for it.",
        )
    for role in roles:
        field = f"roles.{role.name}.cadence"
        if role.cadence is None:
            yield Finding(
                field,
                "Nothing says how often this role's data is reviewed.",
                "Write weekly, biweekly, monthly or on_concern.",
            )
        field, because = f"roles.{role.name}.because", read(role.because)
        mend = (
            f"Say plainly why the rules for {_quoted(role.name, 'this role')} are as they are, for "
            f'example "clients are billed by the hour and may ask for the record".'
        )
        if unanswered := _unanswered(field, because, "Why this role and not that team?", mend):
            yield unanswered
        elif motive := bad_motive(because):
            yield Finding(
                field,
                "Judging people's productivity, trust or performance is another conversation, and no "
                "ground for a rule about records.",
                mend,
                motive,
            )
        elif vague := unnamed_purpose(because):
            yield Finding(field, "This would be as true of any role: it gives no ground.", mend, vague)

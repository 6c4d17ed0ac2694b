"""What is wrong with an entry before anybody is given it, and which entries the matcher takes for each other.

Every finding names the entry, says what is wrong and how to mend it. Nothing here knows the rollout: which facts and themes
there are is passed in.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from faq.book import Book
from faq.calibration import CANDIDATES
from faq.encodings import directions
from faq.entry import PLACEHOLDER, Entry
from faq.examples import OUTSIDE, examples_of, learnt
from faq.languages import NAMES
from faq.learning import LeftOut, learn_from

LONGEST_ANSWER = 900
"""Characters before the facts are put in: a few sentences."""
LONGEST_QUESTION = 140
LONGEST_PHRASING = 400
ENOUGH_PHRASINGS = 5
SAME_MEANING = 0.97
UNREACHABLE = 0.5
"""An entry whose phrasings find it less often than this when they are left out."""

_DOUBLE_STARS = re.compile(r"\*\*|__")
_MARKDOWN_LINK = re.compile(r"\[[^\]]*\]\([^)]*\)")
_HEADING = re.compile(r"^#{1,6}\s", re.MULTILINE)
_BROADCAST = re.compile(r"<!|@(?:here|channel|everyone)\b")
_BRACE = re.compile(r"[{}]")
_PROMISES = re.compile(
    r"\b(we (?:will|would|shall) never|(?:it|this|they|your \w+|nobody|no one) (?:will|would|shall) never|we promise|we guarantee"
    r"|is guaranteed|guaranteed not|rest assured|you can be sure|nothing to (?:worry|fear)|don't worry|no need to worry"
    r"|we value|we care about|trust us|completely (?:safe|private|anonymous|secure)|100 ?%|only for your (?:benefit|own good)"
    r"|nobody will (?:ever|be)|your job is safe|no consequences whatsoever|always (?:safe|private))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend. A `grave` one makes `faq check` fail; the others are advice."""

    entry: str
    problem: str
    mend: str
    grave: bool = True


@dataclass(frozen=True, slots=True)
class Confusion:
    """Phrasings of one entry that would find another if they had not been written: how many, and one of them."""

    entry: str
    taken_for: str
    count: int
    example: str


@dataclass(frozen=True, slots=True)
class Report:
    """How well the book is told apart: shares of phrasings that find their entry first, or among three, when left out."""

    phrasings: int
    first: float
    three: float
    weak: tuple[tuple[str, float], ...]
    confusions: tuple[Confusion, ...]


def lint(book: Book, *, facts: Collection[str], themes: Collection[str], today: date) -> tuple[Fault, ...]:
    """Everything that can be said of each entry and of the book as a whole."""
    faults = [fault for entry in book.entries.values() for fault in _entry_faults(entry, facts, themes, today)]
    return (*faults, *_same_phrasings(book), *_same_questions(book))


def _entry_faults(entry: Entry, facts: Collection[str], themes: Collection[str], today: date) -> Iterator[Fault]:
    if entry.theme not in themes:
        yield Fault(entry.id, f"theme: there is no theme {entry.theme}.", f"Take one of {', '.join(sorted(themes))}.")
    unknown = [name for name in entry.needs if name not in facts]
    if unknown:
        yield Fault(
            entry.id, f"answer: no plan states {', '.join(unknown)}.", f"Take facts from {', '.join(sorted(facts))}."
        )
    if entry.language not in NAMES:
        yield Fault(
            entry.id, f"language: {entry.language} cannot be told apart.", "Take one of " + ", ".join(NAMES) + "."
        )
    if entry.review_by < today:
        yield Fault(entry.id, f"review_by: {entry.review_by:%d %B %Y} is over.", "Read it again and move the date.")
    yield from _answer_faults(entry)
    yield from _phrasing_faults(entry)


def _answer_faults(entry: Entry) -> Iterator[Fault]:
    written = PLACEHOLDER.sub("", entry.answer)
    if len(entry.answer) > LONGEST_ANSWER:
        yield Fault(
            entry.id,
            f"answer: {len(entry.answer)} characters.",
            f"Say it in {LONGEST_ANSWER}; leave the rest to the policy.",
        )
    if not entry.needs:
        yield Fault(
            entry.id, "answer: no fact of the rollout is in it.", "Build it from facts, such as {seen_by}.", grave=False
        )
    if _DOUBLE_STARS.search(written) or _MARKDOWN_LINK.search(written) or _HEADING.search(written):
        yield Fault(
            entry.id,
            "answer: Markdown that Slack does not know.",
            "Write *bold* with single stars and links as <address|text>.",
        )
    if _BROADCAST.search(written):
        yield Fault(entry.id, "answer: it would call a whole channel.", "Take out @here, @channel, @everyone and <!…>.")
    if _BRACE.search(written):
        yield Fault(
            entry.id, "answer: a brace that belongs to no placeholder.", "Write placeholders as {small_letters}."
        )
    if written.count("*") % 2:
        yield Fault(entry.id, "answer: a star without its pair.", "Close the bold with a second star.")
    if promise := _PROMISES.search(written):
        yield Fault(
            entry.id,
            f'answer: "{promise[0]}" promises or comforts; the policy does neither.',
            "Say what the policy says.",
        )


def _phrasing_faults(entry: Entry) -> Iterator[Fault]:
    if len(entry.question) > LONGEST_QUESTION:
        yield Fault(entry.id, "question: too long for a button.", f"Ask it in {LONGEST_QUESTION} characters.")
    if len(entry.phrasings) < ENOUGH_PHRASINGS:
        yield Fault(
            entry.id,
            f"phrasings: {len(entry.phrasings)}, so it will seldom be found.",
            f"Write at least {ENOUGH_PHRASINGS} ways of asking; 40 from different people find it reliably.",
            grave=False,
        )
    for phrasing in entry.phrasings:
        if len(phrasing) > LONGEST_PHRASING:
            yield Fault(entry.id, f'phrasings: "{phrasing[:40]}…" is too long.', "Keep what is asked, drop the story.")
        elif not any(character.isalpha() for character in phrasing):
            yield Fault(entry.id, f'phrasings: "{phrasing}" says nothing.', "Take it out.")


def _same_phrasings(book: Book) -> Iterator[Fault]:
    owners: dict[str, str] = {}
    for entry in book.entries.values():
        for text, _ in entry.asked():
            key = learnt(text).casefold().strip(" ?!.")
            owner = owners.setdefault(key, entry.id)
            if owner != entry.id:
                yield Fault(entry.id, f'phrasings: "{text}" also stands in {owner}.', "Keep it where it belongs.")


def _same_questions(book: Book) -> Iterator[Fault]:
    """Entries whose canonical questions mean the same to the matcher."""
    for language in sorted(book.languages):
        examples = examples_of(book, language)
        rows = [
            next(row for row in np.flatnonzero(examples.entries == position)) for position in range(len(examples.ids))
        ]
        asked = directions(examples.vectors[rows])
        alike = asked @ asked.T
        for first, second in zip(*np.where(np.triu(alike, 1) >= SAME_MEANING), strict=True):
            yield Fault(
                examples.ids[second],
                f"question: means the same as that of {examples.ids[first]}.",
                "Make one entry of the two, or ask what is different.",
            )


def confusion_report(book: Book, language: str = "", most: int = 20) -> Report:
    """Leave each voice out in turn, and see where its phrasings would have gone; in the book's main language, or another."""
    examples = examples_of(book, language or book.main_language)
    _, left_out = learn_from(examples)
    inside = np.flatnonzero(examples.entries != OUTSIDE)
    ranked = _ranked(left_out)[inside]
    truth = examples.entries[inside]
    first, three = ranked[:, 0] == truth, (ranked[:, :CANDIDATES] == truth[:, None]).any(axis=1)
    wrong = Counter(zip(truth[~first].tolist(), ranked[~first, 0].tolist(), strict=True))
    shown: dict[tuple[int, int], str] = {}
    for row, mine, other in zip(inside[~first], truth[~first].tolist(), ranked[~first, 0].tolist(), strict=True):
        shown.setdefault((mine, other), examples.texts[row])
    shares = [(examples.ids[position], float(three[truth == position].mean())) for position in range(len(examples.ids))]
    return Report(
        phrasings=len(inside),
        first=float(first.mean()) if len(inside) else 0.0,
        three=float(three.mean()) if len(inside) else 0.0,
        weak=tuple((entry, share) for entry, share in shares if share < UNREACHABLE),
        confusions=tuple(
            Confusion(examples.ids[mine], examples.ids[other], count, shown[mine, other])
            for (mine, other), count in wrong.most_common(most)
        ),
    )


def _ranked(left_out: LeftOut) -> np.ndarray[tuple[int, ...], np.dtype[np.intp]]:
    return np.argsort(-left_out.by_group[:, :-1], axis=1, kind="stable")


def printed(faults: Collection[Fault], report: Report) -> str:
    """The whole check as text."""
    lines = [f"{'✗' if fault.grave else '·'} {fault.entry}: {fault.problem} {fault.mend}" for fault in faults]
    lines.append(
        f"{report.phrasings} phrasings; left out in turn, {report.first:.0%} find their entry first and "
        f"{report.three:.0%} among three."
    )
    lines += [
        f"· {entry}: only {share:.0%} of its phrasings find it. Write more, or sharpen its question."
        for entry, share in report.weak
    ]
    lines += [
        f'  {item.entry} → {item.taken_for}: {item.count}, such as "{item.example}"' for item in report.confusions
    ]
    return "\n".join(lines)

"""A question and what comes back, the same in Slack and on the command line: the match, then whether the entry may speak.

An entry that is not ready (a fact is missing, its review is overdue) never answers and is not offered: its question goes to
a person, with its theme.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from faq.book import answer, ready
from faq.matcher import Match, Matcher, Outcome


@dataclass(frozen=True, slots=True)
class Reply:
    """One line of `faq ask`: field names and order are its format."""

    outcome: str
    entry: str | None
    theme: str
    candidates: tuple[str, ...]
    confidence: float
    answer: str | None
    cites: str | None
    language: str

    def as_json(self) -> dict[str, object]:
        """As it is printed."""
        printed = {**asdict(self), "candidates": list(self.candidates)}
        del printed["language"]
        return printed


def ask(
    matcher: Matcher,
    text: str,
    facts: Mapping[str, str] | None,
    today: date,
    *,
    withheld: Collection[str] = (),
) -> Reply:
    """What this question gets.

    `facts` are those of the asker's role, escaped for where they are shown; None asks for the match alone, without a plan
    and without an answer's text. `withheld` are entries that may not answer now for a reason of the bot's.
    """
    match = matcher.match(text, tool=(facts or {}).get("tool", ""))
    entries = matcher.book.entries

    def may(entry_id: str) -> bool:
        return facts is None or (entry_id not in withheld and ready(entries[entry_id], facts, today))

    if match.entry is not None and may(match.entry):
        entry = entries[match.entry]
        text_given = None if facts is None else answer(entry, facts)
        return _reply(match, Outcome.ANSWER, match.candidates, text_given, entry.id, entry.cites)
    offered = tuple(candidate for candidate in match.candidates if may(candidate))
    if match.outcome is Outcome.SUGGEST and offered:
        return _reply(match, Outcome.SUGGEST, offered)
    return _reply(match, Outcome.HANDOVER, match.candidates)


class UnreadableQuestionError(Exception):
    """A line of a batch that holds no question; the message names the line."""


def questions_in(lines: Iterable[str]) -> Iterator[str]:
    """The questions of a JSON Lines file: a text per line, or an object with `text` or `question`."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            found: Any = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise UnreadableQuestionError(f"line {number}: not JSON") from error
        if isinstance(found, dict):
            found = found.get("text", found.get("question"))
        if not isinstance(found, str):
            raise UnreadableQuestionError(f'line {number}: no question; write {{"text": "…"}}')
        yield found


def _reply(
    match: Match,
    outcome: Outcome,
    candidates: tuple[str, ...],
    text: str | None = None,
    entry: str | None = None,
    cites: str | None = None,
) -> Reply:
    return Reply(str(outcome), entry, match.theme, candidates, match.confidence, text, cites, match.language)

"""What one can type after /pushback: one declaration that parses it and prints its help."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

_ROLLOUT = re.compile(r"(?:^|\s)(?:--|\u2014|\u2013)rollout(?:[ =]\s*(\S+))?", re.IGNORECASE)


class NotUnderstood(Exception):
    """What was typed has no meaning; the message says which word, and what it might have been."""


@dataclass(frozen=True, slots=True)
class Typed:
    """The first word, what follows it, and the rollout that was named."""

    word: str
    rest: str
    rollout: str | None


HELP: tuple[tuple[str, str], ...] = (
    ("/pushback themes", "what people object to, by theme, in the weeks that are over"),
    ("/pushback questions", "the questions that wait for an answer"),
    ("/pushback entry [ID]", "write an answer for the book, or mend one"),
    (
        "/pushback report [last N weeks | YYYY-Www..YYYY-Www]",
        "a workbook of the weeks that are over: preview, then confirm",
    ),
    ("/pushback help", "this list; with several rollouts, add --rollout NAME"),
)
WORDS = ("themes", "questions", "entry", "report", "help")


def understand(text: str) -> Typed:
    """Read what was typed. Raises NotUnderstood."""
    named = _ROLLOUT.search(text)
    if named and not named[1]:
        msg = "Add the rollout's name after --rollout."
        raise NotUnderstood(msg)
    bare = _ROLLOUT.sub(" ", text) if named else text
    word, _, rest = bare.strip().partition(" ")
    word = word.lower() or "help"
    if word not in WORDS:
        near = difflib.get_close_matches(word, WORDS, n=1)
        msg = f"I do not know `{word[:40]}`." + (f" Did you mean *{near[0]}*?" if near else "")
        raise NotUnderstood(msg)
    return Typed(word, rest.strip(), named[1].lower() if named else None)

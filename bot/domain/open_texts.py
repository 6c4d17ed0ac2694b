"""Which questions in people's own words a report may show: where enough people might have written them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.domain.publication import Publication
from bot.domain.report import OpenText, OpenTexts
from bot.domain.weeks import Week

TOO_SMALL = "No question is shown in words: fewer than {k} people are in the channels of this rollout."
RULES = (
    "Shown are questions that somebody passed on, in the words that they saw and confirmed, from weeks that are published.",
    "No team and no week stand beside a question, and its theme only where it stands alone in the figures of its weeks.",
)
"""Said whether or not something is left out, so that their being there tells nothing."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was passed on, as it was stored: its words are those that its asker saw and confirmed."""

    text: str
    theme: str
    week: Week
    state: str
    answer: str


def open_texts(
    asked: Iterable[Asked], published: Sequence[Publication], *, people: int | None, k_text: int
) -> OpenTexts:
    """The questions of weeks that are published. `people` are those in the rollout's channels, if known.

    A text is shown together with the figures of its weeks and never before: it then has k speakers to be one of. They
    are in alphabetical order, which says nothing about when each was asked.
    """
    if people is not None and people < k_text:
        return OpenTexts((), (TOO_SMALL.format(k=k_text),))
    shown: list[OpenText] = []
    for one in asked:
        publication = next((each for each in published if each.first <= one.week <= each.last), None)
        if publication is None or publication.voices is None:
            continue
        alone = any(part.members == (one.theme,) and part.voices for part in publication.themes)
        shown.append(OpenText(one.text, one.theme if alone else "", one.state, one.answer))
    shown.sort(key=lambda text: (text.text.casefold(), text.text))
    return OpenTexts(tuple(shown), RULES)

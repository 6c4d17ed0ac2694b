"""What a question that was understood leads to: an answer, a choice, or a person; and one voice without an author.

The words of the question are used and forgotten; they go back to the asker on the card's buttons, redacted.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from bot.domain.pushback import Outcome, Theme
from bot.domain.redaction import Names, redact
from bot.domain.refusals import Outdated
from bot.ports import Post
from bot.services import asking, voices
from bot.services.asking import Answer, Asker, NotReady, Told
from bot.services.voices import Booth, Ear, Saying, Speaker
from bot.store import voices as stored
from bot.views import asking as cards
from bot.views.asking import AnswerCard, Asked, Candidate
from faq.book import Book
from faq.entry import Entry
from faq.matcher import Match
from faq.matcher import Outcome as Understood

MOST_CANDIDATES = 3
DO_NOT_KNOW = "I do not know the answer to that: it is not among the answers that were written for this rollout."
NOT_TOLD = (
    "This has not been announced to your team yet. The reason comes first, then the policy, both in your channel; I do "
    "not answer ahead of them."
)
POLICY_COMES = "Your team has been told why. The policy comes next, in your channel, and I answer this from the policy once it is out."
NOT_NOW = "I have an answer to that, but it does not hold as things stand, so I do not give it. {owner} is told."
OTHER_LANGUAGE = "So far I can answer only in {known}. Ask in one of these, or pass your question on as it is."
LANGUAGES = {
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
}


@dataclass(frozen=True, slots=True)
class Heard:
    """One question on its way to an answer.

    `found` is what the entry that it means says to this asker, or why it says nothing; None where it means none for sure.
    `repeat` shows the words again, where Slack does not show them itself; `thread_ts` is where the answer may be shared.
    """

    text: str
    match: Match
    found: Answer | NotReady | None
    names: Names
    repeat: bool = False
    thread_ts: str = ""

    @property
    def shown(self) -> str:
        """What to repeat above the answer."""
        return self.text if self.repeat else ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A card, and what its asker says by asking: once that is recorded, the card is shown."""

    saying: Saying
    asked: Asked
    card: Callable[[Asked], Post]

    def shown(self, number: int) -> Post:
        """The card. `number` is the one that the voice was recorded under."""
        return self.card(replace(self.asked, number=number))


def entry_meant(match: Match, book: Book) -> Entry | None:
    """The entry that a question means for sure, and that there still is."""
    return book.get(match.entry or "") if match.outcome is Understood.ANSWER else None


def draft(asker: Asker, heard: Heard, booth: Booth, book: Book) -> Draft:
    """The card for this question, and its voice."""
    match, found = heard.match, heard.found
    text = redact(heard.text, heard.names).text
    theme = _theme(found.theme if found else match.theme)
    asked = Asked(asker.rollout.id, theme, text, thread_ts=heard.thread_ts)
    if isinstance(found, Answer):
        asked = replace(asked, entry=found.entry)
        return Draft(Saying(booth, theme, found.entry, Outcome.ANSWERED), asked, partial(_answered, found, heard))
    candidates = [
        Candidate(each.id, each.question) for each in (book.get(one) for one in match.candidates) if each is not None
    ][:MOST_CANDIDATES]
    if found is None and match.outcome is Understood.SUGGEST and candidates:
        suggested = partial(cards.did_you_mean, candidates, heard=heard.shown)
        return Draft(Saying(booth, theme, None, Outcome.SUGGESTED), asked, suggested)
    why = DO_NOT_KNOW
    if found is not None:
        why = _why_not(asker, found)
    elif not match.understood:
        why = OTHER_LANGUAGE.format(known=_listed(book.languages))
    passed_on = partial(cards.handed_over, contact=asker.rollout.plan.contact, why=why, heard=heard.shown)
    return Draft(Saying(booth, theme, None, Outcome.HANDED_OVER), asked, passed_on)


def meant(db: Connection, ear: Ear, asker: Asker, asked: Asked, book: Book, *, now: datetime) -> Post:
    """One of the suggestions was chosen. Raises Outdated for an entry that is gone."""
    entry = book.get(asked.entry)
    if entry is None:
        raise Outdated
    found = asking.render(db, entry, asker, ear.today(now))
    if not isinstance(found, Answer):
        stored.note_evidence(db, entry.id, right=True)
        asked = replace(asked, theme=_theme(found.theme), entry="")
        return _hand_over(db, ear, asker, asked, _why_not(asker, found), now=now)
    speaker = Speaker(asker.person, asker.rollout, asker.wave)
    theme = _theme(entry.theme)
    if voices.settle_open(db, ear, speaker, asked.number, theme=theme, entry=entry.id, now=now):
        stored.note_evidence(db, entry.id, right=True)  # once for each question, however often it is clicked
    return cards.answer_card(card_of(found, replace(asked, entry=entry.id, theme=theme)))


def meant_none(db: Connection, ear: Ear, asker: Asker, asked: Asked, *, now: datetime) -> Post:
    """None of the suggestions was meant."""
    speaker = Speaker(asker.person, asker.rollout, asker.wave)
    voices.settle_open(db, ear, speaker, asked.number, theme=_theme(asked.theme), entry=None, now=now)
    return cards.handed_over(asked, asker.rollout.plan.contact, why=DO_NOT_KNOW)


def judged(db: Connection, ear: Ear, asker: Asker, asked: Asked, *, helped: bool, now: datetime) -> Post:
    """*That answers it* or *It does not*; the last click of the week wins."""
    speaker = Speaker(asker.person, asker.rollout, asker.wave)
    if voices.judge(db, ear, speaker, asked.entry, helped=helped, now=now):
        stored.note_evidence(db, asked.entry, right=helped)
    return cards.thanks(helped=helped)


def shared(db: Connection, ear: Ear, asker: Asker, asked: Asked, book: Book, *, now: datetime) -> Post:
    """The answer for everybody in a thread. Raises Outdated when it cannot be given (any more)."""
    entry = book.get(asked.entry)
    found = asking.render(db, entry, asker, ear.today(now)) if entry else None
    if not isinstance(found, Answer):
        raise Outdated
    return cards.shared_answer(card_of(found, asked))


def card_of(found: Answer, asked: Asked) -> AnswerCard:
    """The answer as the views take it."""
    policy = found.policy
    return AnswerCard(
        question=found.question,
        text=found.text,
        section=found.section,
        document_url=policy.document_url if policy else "",
        version=found.version,
        effective=policy.effective if policy else None,
        asked=asked,
    )


def _answered(found: Answer, heard: Heard, asked: Asked) -> Post:
    return cards.answer_card(card_of(found, asked), heard=heard.shown)


def _why_not(asker: Asker, found: NotReady) -> str:
    """Why the right entry cannot answer: not yet, or not as things stand."""
    if found.not_told_yet:
        return NOT_TOLD if asker.told is Told.NOTHING else POLICY_COMES
    contact = asker.rollout.plan.contact
    return NOT_NOW.format(owner=f"<@{contact}>" if contact else "Whoever looks after the answers")


def _hand_over(db: Connection, ear: Ear, asker: Asker, asked: Asked, why: str, *, now: datetime) -> Post:
    """To a person, from a card of suggestions."""
    speaker = Speaker(asker.person, asker.rollout, asker.wave)
    theme = Theme(asked.theme)
    if asked.number >= 0:
        voices.settle_open(db, ear, speaker, asked.number, theme=theme, entry=None, now=now)
    else:
        here = voices.enter(db, ear, speaker, now)
        asked = replace(asked, number=voices.say(db, Saying(here, theme, None, Outcome.HANDED_OVER)))
    return cards.handed_over(asked, asker.rollout.plan.contact, why=why)


def _theme(name: str) -> Theme:
    return Theme(name) if name in set(Theme) else Theme.OTHER


def _listed(languages: Collection[str]) -> str:
    return ", ".join(sorted(LANGUAGES.get(language, language) for language in languages))

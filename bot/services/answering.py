"""What a question that was understood leads to: an answer, a choice, or a person; and one voice without an author.

The words of the question are used and forgotten; they go back to the asker on the card's buttons, redacted.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from bot.domain.pushback import Outcome, Theme
from bot.domain.redaction import Names, redact
from bot.domain.refusals import Outdated
from bot.ports import Post
from bot.services import asking, voices
from bot.services.asking import Answer, Asker, NotReady, SignOffs, Told
from bot.services.voices import Ear, Speaker
from bot.store import voices as stored
from bot.store.voices import Ground
from bot.views import asking as cards
from bot.views.asking import AnswerCard, Asked, Candidate
from faq.book import Book
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

    `repeat` shows the words again, where Slack does not show them itself; `thread_ts` is where the answer may be shared.
    `ground` and `sign_offs` are what was looked up for others already.
    """

    text: str
    match: Match
    names: Names
    repeat: bool = False
    thread_ts: str = ""
    ground: Ground | None = None
    sign_offs: SignOffs | None = None

    @property
    def shown(self) -> str:
        """What to repeat above the answer."""
        return self.text if self.repeat else ""


def answer(db: Connection, ear: Ear, asker: Asker, heard: Heard, book: Book, *, now: datetime) -> Post:
    """The card for this question, with its voice recorded: at most one row and its counts, so no transaction is needed."""
    match = heard.match
    speaker = Speaker(asker.person, asker.rollout, asker.wave)
    text = redact(heard.text, heard.names).text
    asked = Asked(asker.rollout.id, _theme(match.theme), text, thread_ts=heard.thread_ts)
    entry = book.get(match.entry or "")
    if match.outcome is Understood.ANSWER and entry is not None:
        return _by_entry(db, ear, asker, entry.id, asked, book, heard=heard, now=now)
    candidates = [
        Candidate(each.id, each.question) for each in (book.get(one) for one in match.candidates) if each is not None
    ][:MOST_CANDIDATES]
    if match.outcome is Understood.SUGGEST and candidates:
        theme = Theme(asked.theme)
        booth = voices.enter(db, ear, speaker, now, heard.ground)
        number = voices.record_open(db, booth, theme=theme, outcome=Outcome.SUGGESTED)
        return cards.did_you_mean(candidates, replace(asked, number=number), heard=heard.shown)
    why = DO_NOT_KNOW
    if not match.understood:
        why = OTHER_LANGUAGE.format(known=_listed(book.languages))
    return _hand_over(db, ear, asker, asked, why, heard=heard, now=now)


def meant(db: Connection, ear: Ear, asker: Asker, asked: Asked, book: Book, *, now: datetime) -> Post:
    """One of the suggestions was chosen. Raises Outdated for an entry that is gone."""
    entry = book.get(asked.entry)
    if entry is None:
        raise Outdated
    found = asking.render(db, entry, asker, ear.today(now))
    if not isinstance(found, Answer):
        stored.note_evidence(db, entry.id, right=True)
        return _not_ready(db, ear, asker, found, asked, heard=None, now=now)
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


def _by_entry(
    db: Connection, ear: Ear, asker: Asker, entry_id: str, asked: Asked, book: Book, *, heard: Heard, now: datetime
) -> Post:
    entry = book.entries[entry_id]
    found = asking.render(db, entry, asker, ear.today(now), heard.sign_offs)
    if not isinstance(found, Answer):
        return _not_ready(db, ear, asker, found, asked, heard=heard, now=now)
    booth = voices.enter(db, ear, Speaker(asker.person, asker.rollout, asker.wave), now, heard.ground)
    theme = _theme(entry.theme)
    voices.record(db, booth, theme=theme, entry=entry.id, outcome=Outcome.ANSWERED)
    shown = replace(asked, entry=entry.id, theme=theme)
    return cards.answer_card(card_of(found, shown), heard=heard.shown)


def _not_ready(
    db: Connection, ear: Ear, asker: Asker, found: NotReady, asked: Asked, *, heard: Heard | None, now: datetime
) -> Post:
    """The right entry, which cannot answer: not yet, or not as things stand."""
    asked = replace(asked, theme=_theme(found.theme), entry="")
    if found.not_told_yet:
        why = NOT_TOLD if asker.told is Told.NOTHING else POLICY_COMES
    else:
        contact = asker.rollout.plan.contact
        why = NOT_NOW.format(owner=f"<@{contact}>" if contact else "Whoever looks after the answers")
    return _hand_over(db, ear, asker, asked, why, heard=heard, now=now)


def _hand_over(
    db: Connection, ear: Ear, asker: Asker, asked: Asked, why: str, *, heard: Heard | None, now: datetime
) -> Post:
    """To a person; `heard` is the question where it has just been asked, and not chosen from a card."""
    speaker = Speaker(asker.person, asker.rollout, asker.wave)
    theme = Theme(asked.theme)
    if asked.number >= 0:
        voices.settle_open(db, ear, speaker, asked.number, theme=theme, entry=None, now=now)
    else:
        booth = voices.enter(db, ear, speaker, now, heard.ground if heard else None)
        number = voices.record_open(db, booth, theme=theme, outcome=Outcome.HANDED_OVER)
        asked = replace(asked, number=number)
    return cards.handed_over(asked, asker.rollout.plan.contact, why=why, heard=heard.shown if heard else "")


def _theme(name: str) -> Theme:
    return Theme(name) if name in set(Theme) else Theme.OTHER


def _listed(languages: Collection[str]) -> str:
    return ", ".join(sorted(LANGUAGES.get(language, language) for language in languages))

"""`/ask privacy` and `/ask mydata`: the policy's four questions, answered by the bot about itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from slack_sdk.models.blocks import Block

from bot.ports import Post
from bot.views.escape import escape
from bot.views.ids import ActionId
from bot.views.open_questions import theme_words
from bot.views.pieces import button, buttons, clipped, header, post, sections, small
from bot.views.words import counted, moment

QUESTION_SHOWN = 300
PRIVACY = """
*1. What I keep with your name*
That you were given the reason, the policy and the link, in which version and when; that you pressed *I have read it*; \
which channels of a rollout you are in; that you were asked in a check-in, and, once it has closed, whether you answered: \
not what, and not when. That you agreed to vouch for a pilot by name, if you did.

*2. What I keep without your name*
A question or objection counts as one voice: its theme, the answer it got, the week, and your team only if it has at \
least {k} people. No name, no words, no time of day. I tell the same person from another by a mark that is made with a \
key outside the database and a number that is destroyed every four weeks; after that nobody can tell whose voice was \
whose, not even whoever runs me.
Answers to a check-in lie apart from each other and from you until it closes. Then they become counts, and are deleted.

*What I do not keep*
The words of your questions, unless you pass one on yourself, after you have seen exactly what is passed on. What you \
write in channels. When you were online. Anything from the tool itself.

*3. Who sees it*
HR and the rollout's owners see counts of whole weeks that are over, never a count of fewer than {k} people; texts only \
from teams of {k_text} or more. Managers see how many have read the policy, not who asked what. {exported}

*4. How long, and your own data*
The way back to you, when you pass on a question, is sealed, and deleted with the answer or after 14 days. `/ask mydata` \
shows what is held about you, and deletes what may be deleted. Receipts stay as long as the rollout: they prove that you \
were told.

*What remains possible*
Whoever runs me and has both the database and its key could, within the open four weeks, test whether a given person \
asked. And people who know how you write may recognise it.
"""


@dataclass(frozen=True, slots=True)
class KeptNotice:
    """One thing on record with this person's name: what they were given, and when."""

    tool: str
    what: str
    version: int
    given_at: datetime
    acknowledged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeptVoice:
    """One voice of the open period that the secret finds again for whoever spoke."""

    week: str
    theme: str
    outcome: str
    with_team: bool


@dataclass(frozen=True, slots=True)
class KeptCheckin:
    """A check-in that this person was asked in. `said` are their answers while it is open; nobody has them afterwards."""

    tool: str
    day: int
    closes_at: datetime
    over: bool
    answered: bool
    said: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class MyData:
    """Everything that is held on one person. `closes` is the day on which the voices cannot be found any more."""

    notices: Sequence[KeptNotice]
    voices: Sequence[KeptVoice]
    waiting: Sequence[str]
    closes: date
    checkins: Sequence[KeptCheckin] = ()
    vouches_for: Sequence[str] = ()


def privacy(k: int, k_text: int, exports: Sequence[str], *, contact: str) -> Post:
    """What this bot keeps, in plain words."""
    exported = f"HR exported a report: {'; '.join(exports)}." if exports else "HR has exported nothing so far."
    parts = PRIVACY.format(k=k, k_text=k_text, exported=exported).strip().split("\n\n")
    blocks: list[Block] = [header("What this bot keeps")]
    for part in parts:
        blocks += sections(part)
    if contact:
        blocks.append(small(f"Questions about this: <@{contact}>"))
    return post("What this bot keeps, who sees it, how long, and your own data. " + " ".join(parts), blocks)


def my_data(data: MyData) -> Post:
    """What is held about whoever asks, and the button that deletes what may be deleted."""
    blocks: list[Block] = [header("What I hold about you")]
    noted = [
        f"•  {escape(notice.tool)}: {notice.what} (version {notice.version}), given {moment(notice.given_at)}"
        + (f", read {moment(notice.acknowledged_at)}" if notice.acknowledged_at else "")
        for notice in data.notices
    ]
    noted += [
        f"•  {escape(each.tool)}: asked in the check-in of day {each.day}; it is over, and you "
        + ("answered" if each.answered else "did not answer")
        for each in data.checkins
        if each.over
    ]
    noted += [f"•  {escape(tool)}: you agreed to tell colleagues how the pilot went" for tool in data.vouches_for]
    blocks += sections("*With your name*\n" + ("\n".join(noted) if noted else "Nothing."))
    said = [
        f"•  {voice.week}: {theme_words(voice.theme)}, {theme_words(voice.outcome)}"
        + (" (counted in your team)" if voice.with_team else "")
        for voice in data.voices
    ]
    blocks += sections("*Without your name, from these four weeks*\n" + ("\n".join(said) if said else "Nothing."))
    for each in data.checkins:
        if not each.over:
            answers = "\n".join(f"•  {escape(line)}" for line in each.said) or "•  Nothing so far."
            blocks += sections(
                f"*Your answers in the check-in of day {each.day} about {escape(each.tool)}*, open until "
                f"{moment(each.closes_at)}\n{answers}"
            )
    if data.waiting:
        blocks += sections(
            "*Questions that wait for an answer*\n"
            + "\n".join(f"•  {escape(clipped(text, QUESTION_SHOWN))}" for text in data.waiting)
        )
    blocks.append(
        small(
            f"I can find these voices only now, because you ask me, and only until {data.closes.day} {data.closes:%B}. "
            "Then the number they were marked with is destroyed."
        )
    )
    if data.voices or data.waiting or any(each.said for each in data.checkins):
        blocks.append(
            buttons(button(ActionId.FORGET_ME, "Delete what I said and asked", style="danger")),
        )
        blocks.append(small("Receipts stay: they prove that you were told. Published reports do not change."))
    summary = f"{counted(len(data.notices), 'record')} with your name, {counted(len(data.voices), 'voice')} without."
    return post(summary, blocks)


def forgotten(voices: int, questions: int) -> Post:
    """After *Delete what I said and asked*."""
    text = (
        f"Deleted: {counted(voices, 'voice')} and {counted(questions, 'waiting question')}. "
        "A question that others also asked, or that was passed on already, stays without you."
    )
    return post(text, sections(text))

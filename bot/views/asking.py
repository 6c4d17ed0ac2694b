"""What somebody who asks sees: an answer, a *did you mean*, or an honest "I do not know" with a way to a person.

The same blocks stand in an ephemeral message, a direct message and a modal. Nothing in them names the asker.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from slack_sdk.models.blocks import Block, InputBlock, PlainTextInputElement, PlainTextObject
from slack_sdk.models.views import View

from bot.ports import Post
from bot.views.briefing import BriefAnswer
from bot.views.escape import escape, plain
from bot.views.ids import VALUE, ActionId, Field, ViewId, fresh
from bot.views.pieces import button, buttons, clipped, divider, post, sections, small
from bot.views.words import in_a_while, moment

CARRIED = 1_500
"""How much of a question a button carries along; Slack takes 2,000 characters with everything else."""
VALUE_LIMIT = 2_000
QUOTED = 300
LONGEST_QUESTION = 3_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What a card's buttons remember: which rollout, what the question was taken for, and its words, redacted."""

    rollout_id: str
    theme: str
    text: str
    entry: str = ""
    number: int = -1
    thread_ts: str = ""

    def packed(self) -> str:
        """For a button's value."""
        found = {"r": self.rollout_id, "h": self.theme, "e": self.entry, "n": self.number, "t": self.thread_ts}
        room = CARRIED
        while True:
            written = {**found, "x": clipped(self.text, room)}
            value = json.dumps(written, ensure_ascii=False, separators=(",", ":"))
            if len(value) <= VALUE_LIMIT:
                return value
            room = room * 3 // 4  # quotation marks and line breaks take more room written than said


def unpacked(value: str) -> Asked | None:
    """What a button remembered; None when somebody made it up. Whoever uses it looks everything up again."""
    try:
        found = json.loads(value)
        text = str(found["x"])[:LONGEST_QUESTION]
        return Asked(str(found["r"]), str(found["h"]), text, str(found["e"]), int(found["n"]), str(found["t"]))
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None


@dataclass(frozen=True, slots=True)
class AnswerCard:
    """An entry's answer. `section` is empty where nothing of the policy is cited."""

    question: str
    text: str
    section: str
    document_url: str
    version: int
    effective: date | None
    asked: Asked


def answer_card(card: AnswerCard, *, heard: str = "") -> Post:
    """The answer, where the policy says so, and two questions back. `heard` is what was asked, when it needs repeating."""
    blocks: list[Block] = []
    if heard:
        blocks.append(small(f"You asked: {escape(clipped(' '.join(heard.split()), QUOTED))}"))
    blocks += sections(f"*{escape(card.question)}*\n{card.text}")
    cited = citation(card)
    if cited:
        blocks.append(small(cited))
    packed = card.asked.packed()
    row = [
        button(ActionId.ANSWER_HELPED, "That answers it", packed),
        button(ActionId.ANSWER_DID_NOT, "It does not", packed),
        button(ActionId.ASK_PERSON, "Ask a person, without my name", packed),
    ]
    if card.asked.thread_ts:
        row.insert(2, button(ActionId.SHARE_ANSWER, "Share in thread", packed))
    blocks.append(buttons(*row))
    blocks.append(small("Only you see this. Your question counts without your name: `/ask privacy`"))
    return post(f"{escape(card.question)} {card.text}" + (f" ({cited})" if cited else ""), blocks)


def citation(card: AnswerCard) -> str:
    """`Policy, *Who sees it*, version 2, in force from 14 December 2026`, with the document behind it."""
    if not card.document_url:
        return ""
    holds = f", in force from {card.effective:%-d %B %Y}" if card.effective else ""
    return f"<{escape(card.document_url)}|Policy>, *{escape(card.section)}*, version {card.version}{holds}"


def shared_answer(card: AnswerCard) -> Post:
    """The answer for everybody in a thread, without a word about who asked."""
    cited = citation(card)
    blocks = sections(f"*{escape(card.question)}*\n{card.text}")
    if cited:
        blocks.append(small(cited))
    blocks.append(small("For an answer that only you see: `/ask` and your question."))
    return post(f"{escape(card.question)} {card.text}", blocks)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that a question may mean."""

    entry: str
    question: str


def did_you_mean(candidates: Sequence[Candidate], asked: Asked, *, heard: str = "", several: bool = False) -> Post:
    """At most three questions to choose from, and none of them. `several` when more than one was asked at once."""
    blocks: list[Block] = []
    if heard:
        blocks.append(small(f"You asked: {escape(clipped(' '.join(heard.split()), QUOTED))}"))
    lead = "These are several questions. Which one first?" if several else "Which of these do you mean?"
    blocks += sections(f"*{lead}*")
    for place, candidate in enumerate(candidates):
        chosen = replace(asked, entry=candidate.entry)
        shown = button(ActionId.MEANT, candidate.question, chosen.packed())
        blocks.append(buttons(shown, block_id=f"meant_{place}"))
    blocks.append(
        buttons(
            button(ActionId.MEANT_NONE, "None of these", asked.packed()),
            button(ActionId.ASK_PERSON, "Ask a person, without my name", asked.packed()),
        )
    )
    blocks.append(small("Only you see this."))
    listed = " ".join(f"{place}. {escape(candidate.question)}" for place, candidate in enumerate(candidates, start=1))
    return post(f"{lead} {listed}", blocks)


def handed_over(asked: Asked, contact: str, *, why: str, heard: str = "") -> Post:
    """There is no answer in the book: say so, and open the way to a person."""
    blocks: list[Block] = []
    if heard:
        blocks.append(small(f"You asked: {escape(clipped(' '.join(heard.split()), QUOTED))}"))
    turn_to = f" or write to <@{contact}> yourself" if contact else ""
    text = f"{why}\nYou can pass your question on to a person without your name{turn_to}."
    blocks += sections(text)
    blocks.append(
        buttons(button(ActionId.ASK_PERSON, "Ask a person, without my name", asked.packed(), style="primary"))
    )
    blocks.append(small("You see exactly what is passed on before it is. Only you see this."))
    return post(text, blocks)


def nothing_asked() -> Post:
    """An empty question."""
    text = "Write your question after the command, in your own words: `/ask who sees my hours?`"
    return post(text, sections(f"{text}\n`/ask privacy` says what I keep, `/ask mydata` shows what I hold about you."))


def no_rollout_to_ask_about() -> Post:
    """Nothing is being introduced."""
    text = "Nothing is being introduced here at the moment, so there is nothing I could answer."
    return post(text, sections(text))


def too_many_questions(seconds: int) -> Post:
    """Somebody, or something, asks very fast."""
    text = f"That is many questions at once. This one was not looked at and nothing was recorded. You can ask again {in_a_while(seconds)}."
    return post(text, sections(text))


def ask_modal(rollout_id: str, *, contact: str, common: Sequence[BriefAnswer] = ()) -> dict[str, Any]:
    """Where a question is written; below it what people ask most, with the answers."""
    blocks: list[Block] = [
        InputBlock(
            block_id=Field.QUESTION,
            label=_text("Your question or objection, in your own words"),
            element=PlainTextInputElement(
                action_id=VALUE,
                multiline=True,
                max_length=LONGEST_QUESTION,
                placeholder=_text("Who sees my hours? Why us? This feels like you do not trust us."),
            ),
        ),
        small(
            "You get an answer at once, and only you see it. I do not keep your words, and nobody learns that you asked: "
            "`/ask privacy`" + (f". You can also write to <@{contact}>." if contact else "")
        ),
    ]
    if common:
        blocks += [divider(), *sections("*What people ask most*")]
    for item in common:
        blocks += sections(f"*{escape(item.question)}*\n{item.answer}")
    return View(
        type="modal",
        callback_id=ViewId.ASK,
        title=_text("Ask a question"),
        submit=_text("Ask"),
        close=_text("Close"),
        private_metadata=json.dumps({"rollout": rollout_id}),
        blocks=blocks,
    ).to_dict()


def pass_on_modal(asked: Asked, *, redacted: str, found: Sequence[str], post_at: datetime, to: str) -> dict[str, Any]:
    """The exact text that would be passed on, for the asker to change and confirm."""
    taken_out = f" I took out: {', '.join(found)}." if found else ""
    blocks: list[Block] = [
        *sections(f"*This is all that is passed on.* Change what you like.{taken_out}"),
        InputBlock(
            block_id=fresh(Field.QUESTION, redacted),
            label=_text("Your question, as it is read by others"),
            element=PlainTextInputElement(
                action_id=VALUE,
                multiline=True,
                max_length=LONGEST_QUESTION,
                initial_value=clipped(redacted, LONGEST_QUESTION) or None,
            ),
        ),
        *sections(
            f"•  It goes to {to}, without your name, {moment(post_at)}, together with whatever else waits then, so "
            "that the time says nothing about you.\n"
            "•  The answer comes to you here in a direct message. Your address is sealed with a key that is not in the "
            "database, and deleted when the answer has arrived, or after 14 days.\n"
            "•  Your way of writing may be recognised by people who know you. Shorter is safer."
        ),
    ]
    about = {"r": asked.rollout_id, "h": asked.theme, "e": asked.entry, "n": asked.number}
    return View(
        type="modal",
        callback_id=ViewId.PASS_ON,
        title=_text("Ask a person"),
        submit=_text("Pass it on"),
        close=_text("Not now"),
        private_metadata=json.dumps(about),
        blocks=blocks,
    ).to_dict()


def passed_on(post_at: datetime, *, joined: bool) -> Post:
    """After *Pass it on*."""
    if joined:
        text = (
            "Somebody has asked the same already, so you wait for one answer together. It comes to you in a direct "
            "message. Nobody learns that you asked."
        )
    else:
        text = (
            f"Your question is passed on {moment(post_at)}, without your name. The answer comes to you in a direct "
            "message; if nobody answers within 14 days, your address is deleted."
        )
    return post(text, sections(f"{text}\n`/ask mydata` shows it, and lets you take it back."))


def thanks(*, helped: bool) -> Post:
    """After *That answers it* or *It does not*."""
    if helped:
        text = "Good. Noted without your name."
    else:
        text = (
            "Noted without your name; whoever looks after this answer learns that it does not help. "
            "*Ask a person, without my name* is still there."
        )
    return post(text, sections(text))


def reply_message(*, question: str, answer: str, by: str, tool: str, again: bool = False) -> Post:
    """What comes back to somebody who asked. `answer` is Slack markup. `again`: it may have come before."""
    text = (
        f"*You asked about {escape(tool)}, without your name:*\n"
        + "\n".join(f">{line}" for line in escape(question).split("\n"))
        + f"\n*The answer of <@{by}>:*\n{answer}"
    )
    blocks = sections(text)
    if again:
        blocks.append(small("Slack does not tell me whether I brought you this before. If so, it is the same answer."))
    blocks.append(small("Your address is deleted now. Nobody learned that it was you."))
    return post(text, blocks)


def _text(text: str) -> PlainTextObject:
    return PlainTextObject(text=plain(text), emoji=False)

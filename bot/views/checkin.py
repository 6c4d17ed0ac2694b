"""The check-in as people get it: what it is for, who sees it, five questions; nothing they press is shown in a message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import Block

from bot.domain.checkin import HIGHEST, LOWEST, Ask
from bot.ports import Post
from bot.views.escape import escape
from bot.views.ids import ActionId, Field, ViewId
from bot.views.inputs import lines, modal, radio
from bot.views.pieces import button, buttons, divider, header, notice, post, sections, small
from bot.views.words import moment

SKIP = "skip"
CHOICES: tuple[tuple[ActionId, int], ...] = (
    (ActionId.CHECKIN_1, 1),
    (ActionId.CHECKIN_2, 2),
    (ActionId.CHECKIN_3, 3),
    (ActionId.CHECKIN_4, 4),
    (ActionId.CHECKIN_5, 5),
)
COMMENT_LIMIT = 1_000


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the five, and what the two ends of its scale mean."""

    words: str
    low: str
    high: str
    field: Field


QUESTIONS: Mapping[Ask, Question] = {
    Ask.WHY: Question("Do you understand why {tool} was introduced?", "not at all", "fully", Field.CHECKIN_WHY),
    Ask.MATCH: Question("Does what you see match the policy?", "not at all", "entirely", Field.CHECKIN_MATCH),
    Ask.MOOD: Question("How do you feel about it by now?", "frustrated", "reassured", Field.CHECKIN_MOOD),
    Ask.WORKFLOW: Question(
        "Does it work for you: projects, tags, integrations?", "much trouble", "no trouble", Field.CHECKIN_WORKFLOW
    ),
}


@dataclass(frozen=True, slots=True)
class CheckinCard:
    """A check-in as one person sees it. `answered` says which questions they have answered, never what.

    `takes_words` is true where so many people are asked that a comment has no face.
    """

    checkin_id: str
    tool: str
    contact: str
    day: int
    closes_at: datetime
    k: int
    k_text: int
    answered: frozenset[Ask] = frozenset()
    commented: bool = False
    takes_words: bool = False
    may_vouch: bool = False
    vouches: bool = False
    in_channel: bool = False


def checkin_message(card: CheckinCard, *, reminder: bool = False) -> Post:
    """The check-in in somebody's direct messages."""
    lead = "A reminder, the only one: how is it going?" if reminder else f"How is {card.tool} going?"
    blocks: list[Block] = [header(lead), *sections(_promise(card)), divider()]
    for number, (ask, question) in enumerate(QUESTIONS.items(), start=1):
        done = "   :white_check_mark: _noted; press another to change it_" if ask in card.answered else ""
        blocks += sections(
            f"*{number}. {escape(question.words.format(tool=card.tool))}*{done}\n"
            f"{LOWEST} is {question.low}, {HIGHEST} is {question.high}"
        )
        blocks.append(_scale(card, ask, number, question))
    blocks += sections(f"*5. Anything else?*\n{_about_words(card)}")
    blocks.append(buttons(*_more(card), block_id="checkin_more"))
    blocks.append(
        small(f"What you press is not shown here, because messages can be exported. Questions: <@{card.contact}>")
    )
    text = (
        f"{escape(lead)} Four questions, two minutes, without your name. You can answer until {moment(card.closes_at)}."
    )
    return post(text, blocks)


def checkin_in_channel(card: CheckinCard, *, reminder: bool = False) -> Post:
    """The check-in in a wave's channel: one message, answered in a form that only its reader sees."""
    lead = f"A reminder, the only one: how is {card.tool} going?" if reminder else f"How is {card.tool} going?"
    blocks: list[Block] = [
        header(lead),
        *sections(_promise(card)),
        buttons(
            button(
                ActionId.CHECKIN_OPEN,
                "Answer",
                card.checkin_id,
                style="primary",
                says=f"Answer the check-in about {card.tool}",
            )
        ),
        small(f"Who presses the button is not shown to anybody. Questions: <@{card.contact}>"),
    ]
    return post(f"{escape(lead)} Press Answer: four questions, two minutes, without your name.", blocks)


def checkin_form(card: CheckinCard, answered: Mapping[Ask, int | None]) -> dict[str, Any]:
    """The same questions in a form, with what was answered before."""
    blocks: list[Block] = [*sections(_promise(card))]
    for ask, question in QUESTIONS.items():
        choices = [(str(value), _named(value, question)) for value in range(LOWEST, HIGHEST + 1)]
        chosen = (str(answered[ask]) if answered[ask] is not None else SKIP) if ask in answered else ""
        blocks.append(
            radio(
                question.field,
                question.words.format(tool=card.tool),
                [*choices, (SKIP, "Skip this one")],
                chosen,
                optional=True,
            )
        )
    blocks.append(buttons(*_more(card, in_form=True), block_id="checkin_more"))
    return modal(ViewId.CHECKIN, "Check-in", blocks, submit="Send", about={"checkin": card.checkin_id})


def comment_form(
    checkin_id: str, text: str = "", found: Sequence[str] = (), *, confirming: bool = False, k_text: int
) -> dict[str, Any]:
    """Where something is added in words; shown again, redacted, before it is kept."""
    if confirming:
        taken_out = f" I took out: {', '.join(found)}." if found else ""
        lead = f"*This is all that is kept.*{taken_out} Change what you like, or send it as it stands."
    else:
        lead = "You see exactly what is kept before it is."
    blocks: list[Block] = [
        *sections(lead),
        lines(
            Field.CHECKIN_COMMENT,
            "In your words",
            text,
            longest=COMMENT_LIMIT,
            optional=True,
            again=confirming,
            hint="No names. Leave it empty to take an earlier comment back.",
        ),
        small(
            f"Managers, owners and HR read comments after the close, in no order, and only if at least {k_text} people "
            "answered; otherwise they are deleted. People who know how you write may recognise it: shorter is safer."
        ),
    ]
    about = {"checkin": checkin_id, "confirming": confirming}
    return modal(
        ViewId.CHECKIN_COMMENT, "Anything else?", blocks, submit="Keep it" if confirming else "Show me", about=about
    )


def fault_form(
    checkin_id: str, text: str = "", found: Sequence[str] = (), *, confirming: bool = False
) -> dict[str, Any]:
    """Where a data or workflow fault is described; shown again, redacted, before it is passed on."""
    if confirming:
        taken_out = f" I took out: {', '.join(found)}." if found else ""
        lead = f"*This is all that is passed on.*{taken_out} Change what you like, or send it as it stands."
    else:
        lead = "Wrong project tags, a broken integration, hours that do not add up: your managers get it mended."
    blocks: list[Block] = [
        *sections(lead),
        lines(
            Field.FAULT,
            "What does not work?",
            text,
            longest=COMMENT_LIMIT,
            again=confirming,
            hint="The thing, not the people.",
        ),
        small(
            "It goes to your managers without your name, at the next of a few fixed hours, so that the time says nothing."
        ),
    ]
    about = {"checkin": checkin_id, "confirming": confirming}
    return modal(ViewId.FAULT, "Report a fault", blocks, submit="Pass it on" if confirming else "Show me", about=about)


def thanks() -> Post:
    """After a form."""
    return notice("Thank you. It is noted without your name, and you can change it until the check-in closes.")


def comment_kept(*, kept: bool) -> Post:
    """After a comment."""
    return notice("Kept, without your name." if kept else "There is no comment of yours any more.")


def fault_passed_on(at: datetime) -> Post:
    """After a fault was reported."""
    return notice(f"Your managers get it {moment(at)}, without your name. You read here when it is mended.")


def marked_away() -> Post:
    """After *I am away*."""
    return notice("Enjoy it. I will not remind you. You can still answer until it closes, if you like.")


def snoozed(at: datetime | None) -> Post:
    """After *Remind me tomorrow*."""
    if at is None:
        return notice("It closes before I could, or you have had your reminder. You can answer until then.")
    return notice(f"I will remind you {moment(at)}: once, and not again.")


def vouched(tool: str) -> Post:
    """After *I would vouch for this*."""
    return notice(
        f"Thank you. When {escape(tool)} is announced to others, your name stands among those who will tell them how "
        "the pilot went. Take it back any time: `/ask unvouch`, or on my Home tab."
    )


def vouch_taken_back() -> Post:
    """After it was taken back."""
    return notice("Done: you are not named any more. A message that was posted before is corrected too.")


def team_too_small(tool: str, k: int, contact: str) -> Post:
    """For a small team, before anything is installed: why it is not asked the way others are, and what happens instead."""
    name = escape(tool)
    text = (
        f"*Your team has fewer than {k} people.* Others are asked a few questions without their names in the weeks after "
        f"{name} is installed. Among so few, answers could be traced to one of you, so I do not ask them and keep nothing.\n"
        "Instead, your managers talk with you. What they then enter as the result is posted here in their words, before "
        f"anybody else is next. If it is not what you said, tell <@{contact}>.\n"
        "Questions with `/ask` still carry no name and no team."
    )
    return post(
        f"Your team has fewer than {k} people, so check-ins could not be anonymous. What happens instead:",
        sections(text),
    )


def _promise(card: CheckinCard) -> str:
    why = (
        "Your answers decide whether others are next or the policy is mended first."
        if card.may_vouch
        else "Your answers show whether the policy holds, and what has to be mended."
    )
    return (
        f"*Why I ask:* {why} Four questions, two minutes.\n"
        f"*Who sees it:* nobody sees single answers. Managers, owners and HR see counts once it has closed, and nothing "
        f"at all unless at least {card.k} people answered. It is noted that you were asked and whether you answered; "
        "not what, and not when. Single answers are deleted at the close.\n"
        f"*Until when:* {moment(card.closes_at)}. Until then you can change everything."
    )


def _about_words(card: CheckinCard) -> str:
    if not card.takes_words:
        return f"Fewer than {card.k_text} people are asked here, so words could be recognised and I keep none."
    return "Your comment is kept; open it again to change it." if card.commented else "In your own words, if you like."


def _scale(card: CheckinCard, ask: Ask, number: int, question: Question) -> Block:
    value = f"{card.checkin_id} {ask}"
    elements = [
        button(action, str(choice), value, says=f"Question {number}: {_named(choice, question)}")
        for action, choice in CHOICES
    ]
    return buttons(
        *elements,
        button(ActionId.CHECKIN_SKIP, "Skip", value, says=f"Skip question {number}"),
        block_id=f"checkin_{ask}",
    )


def _more(card: CheckinCard, *, in_form: bool = False) -> list[Any]:
    found = []
    if card.takes_words:
        found.append(button(ActionId.CHECKIN_COMMENT, "Add a comment", card.checkin_id))
    found.append(
        button(ActionId.REPORT_FAULT, "Report a fault", card.checkin_id, says="Report a data or workflow fault")
    )
    if card.may_vouch and not card.vouches:
        found.append(
            button(
                ActionId.VOUCH,
                "I would vouch for this, by name",
                card.checkin_id,
                says="I would tell colleagues how the pilot went, and my name may be given to them",
            )
        )
    elif card.vouches:
        found.append(button(ActionId.UNVOUCH, "Do not name me any more", card.checkin_id))
    if not in_form and not card.in_channel:
        found.append(button(ActionId.CHECKIN_SNOOZE, "Remind me tomorrow", card.checkin_id))
        found.append(button(ActionId.CHECKIN_AWAY, "I am away", card.checkin_id))
    return found


def _named(value: int, question: Question) -> str:
    ends = {LOWEST: question.low, HIGHEST: question.high}
    return f"{value}, {ends[value]}" if value in ends else str(value)

"""Questions without an author, as those who answer them see them: in their channel, in the queue, in the forms."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol

from slack_sdk.models.blocks import (
    Block,
    DatePickerElement,
    InputBlock,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from bot.domain.pushback import Theme
from bot.ports import Post
from bot.views.escape import escape, plain
from bot.views.ids import VALUE, ActionId, Field, ViewId
from bot.views.pieces import button, buttons, clipped, divider, header, post, sections, small
from bot.views.words import counted

SHOWN = 10
QUOTED_IN_QUEUE = 600
MOST_OPTIONS = 100
OPTION_LIMIT = 75
ANSWER_LIMIT = 2_900


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """One question as it is shown. No team beside it: where large teams are named, no name would point at the small one."""

    id: str
    theme: str
    text: str
    askers: int
    tool: str


class UnreadyEntry(Protocol):
    """An entry that cannot answer: facts are missing, or nobody has looked at it for too long."""

    @property
    def entry(self) -> str:
        """Its id."""
        ...

    @property
    def missing(self) -> tuple[str, ...]:
        """The facts that the plan does not state."""
        ...

    @property
    def unsigned(self) -> bool:
        """Whether nobody has signed it off as it now reads."""
        ...

    @property
    def expired(self) -> date | None:
        """When somebody had to look at it again."""
        ...


def theme_words(theme: str) -> str:
    """`who_sees` as `who sees`."""
    return theme.replace("_", " ")


def question_message(question: OpenQuestion) -> Post:
    """The question in the channel of those who answer."""
    return post(f"A question about {escape(question.tool)}, without a name", _question(question))


def reminder_message(question: OpenQuestion) -> Post:
    """The question again, for the person whose turn it is."""
    lead = "This question still waits for an answer. Whoever asked it sees only silence until somebody writes."
    return post(lead, [*sections(lead), *_question(question)])


def _question(question: OpenQuestion) -> list[Block]:
    quoted = "\n".join(f">{line}" for line in escape(question.text).split("\n"))
    details = [f"theme: {theme_words(question.theme)}"]
    if question.askers > 1:
        details.append(f"{counted(question.askers, 'person', 'people')} wait for this answer")
    return [
        *sections(f"*A question about {escape(question.tool)}, without a name*\n{quoted}"),
        small(" · ".join(details)),
        buttons(
            button(ActionId.REPLY, "Answer", question.id, style="primary"),
            button(ActionId.REPLY_WITH_ENTRY, "Known: send entry…", question.id),
            button(ActionId.MAKE_ENTRY, "Make this an entry", question.id),
        ),
    ]


def entries_not_ready(tool: str, entries: Sequence[UnreadyEntry]) -> Post:
    """For whoever looks after the answers: which of them cannot be given, and why."""
    lead = f"{counted(len(entries), 'answer')} about {escape(tool)} cannot be given as things stand:"
    lines = []
    for entry in entries:
        if entry.unsigned:
            why = (
                "it reads differently from what was signed off: `/rollout check`, then *Read and sign off the answers*"
            )
        elif entry.expired:
            why = f"its review was due on {entry.expired.day} {entry.expired:%B %Y}"
        else:
            why = f"the plan does not say: {', '.join(entry.missing)}"
        lines.append(f"•  `{entry.entry}`: {why if entry.unsigned else escape(why)}")
    text = lead + "\n" + "\n".join(lines) + "\nWho asks one of these is offered a person instead."
    return post(lead, sections(text))


def entry_doubted(tool: str, entry: str, question: str, *, people: int) -> Post:
    """For whoever looks after an answer that does not answer. `people` is how many there are at least."""
    text = (
        f"*{escape(question)}*\nThe answer `{entry}` about {escape(tool)} did not answer the question of "
        f"at least {people} people, and of fewer it did. `/pushback entry {entry}` mends it."
    )
    return post(text, sections(text))


def queue(questions: Sequence[OpenQuestion]) -> Post:
    """`/pushback questions`: everything that was passed on and still needs an answer.

    How many wait for the next round is not told: whoever looked every minute would see when each was asked.
    """
    blocks: list[Block] = [header("Open questions")]
    for question in questions[:SHOWN]:
        blocks += [*_question(replace(question, text=clipped(question.text, QUOTED_IN_QUEUE))), divider()]
    if len(questions) > SHOWN:
        blocks.append(small(f"… and {len(questions) - SHOWN} more."))
    if not questions:
        blocks += sections("No question waits for an answer.")
    blocks.append(small("What is asked meanwhile is passed on at the next round, all together."))
    return post(f"{counted(len(questions), 'open question')}.", blocks)


def reply_form(question: OpenQuestion) -> dict[str, Any]:
    """Where an answer is written."""
    people = "the person who asked" if question.askers == 1 else f"the {question.askers} people who asked"
    return _modal(
        ViewId.REPLY,
        "Answer",
        [
            *sections("\n".join(f">{line}" for line in escape(question.text).split("\n"))),
            _long(Field.REPLY, "Your answer", hint=f"It goes to {people} in a direct message, with your name."),
            small("Do not try to find out who asked. If you need to know more, ask for it in your answer."),
        ],
        submit="Send",
        about={"question": question.id},
    )


def entry_choice(question: OpenQuestion, entries: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Which entry answers the question; pairs of id and question."""
    options = [Option(value=entry, text=_text(clipped(asked, OPTION_LIMIT))) for entry, asked in entries]
    return _modal(
        ViewId.REPLY_WITH_ENTRY,
        "Send an entry",
        [
            *sections("\n".join(f">{line}" for line in escape(question.text).split("\n"))),
            InputBlock(
                block_id=Field.ENTRY,
                label=_text("The entry that answers this"),
                hint=_text("Sent with the facts of this rollout, as anybody would get it."),
                element=StaticSelectElement(action_id=VALUE, options=options[:MOST_OPTIONS]),
            ),
        ],
        submit="Send",
        about={"question": question.id},
    )


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """An entry as the form shows it. An empty `id` is a new one."""

    id: str = ""
    theme: str = Theme.OTHER
    question: str = ""
    phrasings: Sequence[str] = ()
    answer: str = ""
    cites: str = ""
    review_by: date | None = None


def entry_form(draft: EntryDraft, facts: Sequence[str], *, question_id: str = "") -> dict[str, Any]:
    """Where an entry is written or mended. `facts` are the placeholders that an answer may use."""
    themes = [Option(value=theme, text=_text(theme_words(theme))) for theme in Theme]
    chosen = next(option for option in themes if option.value == draft.theme)
    blocks: list[Block] = [
        _short(Field.ENTRY_QUESTION, "The question, as people would ask it", draft.question),
        InputBlock(
            block_id=Field.ENTRY_THEME,
            label=_text("Theme"),
            element=StaticSelectElement(action_id=VALUE, options=themes, initial_option=chosen),
        ),
        _long(
            Field.ENTRY_PHRASINGS,
            "Other ways of asking it, one a line",
            "\n".join(draft.phrasings),
            hint="The more different voices, the better it is recognised. No names.",
            optional=True,
        ),
        _long(
            Field.ENTRY_ANSWER,
            "The answer",
            draft.answer,
            hint="A few sentences. Say it even if it is uncomfortable. {tool}, {contact} and the like become facts.",
        ),
        small("Facts: " + " ".join(f"`{{{fact}}}`" for fact in facts)),
        _short(Field.ENTRY_CITES, "Policy section it rests on", draft.cites, hint="For example: Who sees it"),
        InputBlock(
            block_id=Field.ENTRY_REVIEW_BY,
            label=_text("Look at it again by"),
            hint=_text("After this day it is not given any more, until somebody has looked."),
            element=DatePickerElement(
                action_id=VALUE, initial_date=draft.review_by.isoformat() if draft.review_by else None
            ),
        ),
    ]
    if question_id:
        blocks.append(small("Saving also sends the answer to whoever asked the question."))
    return _modal(
        ViewId.ENTRY,
        "Mend an entry" if draft.id else "A new entry",
        blocks,
        submit="Save",
        about={"entry": draft.id, "question": question_id},
    )


def heard_form(rollout_id: str, waves: Sequence[tuple[str, str]], weeks: Sequence[str]) -> dict[str, Any]:
    """`/rollout heard`: what a manager heard, without who said it. `waves` are pairs of id and name."""
    themes = [Option(value=theme, text=_text(theme_words(theme))) for theme in Theme]
    return _modal(
        ViewId.HEARD,
        "What you heard",
        [
            *sections(
                "Somebody objected to your face, in a meeting or in chat? Note the theme, so that it counts. "
                "*Not who, and not their words*: there is no field for either."
            ),
            InputBlock(
                block_id=Field.HEARD_THEME,
                label=_text("What was it about?"),
                element=StaticSelectElement(action_id=VALUE, options=themes),
            ),
            InputBlock(
                block_id=Field.HEARD_WAVE,
                label=_text("In which wave?"),
                hint=_text("Kept only if the wave has enough people to hide one."),
                element=StaticSelectElement(
                    action_id=VALUE,
                    options=[Option(value=wave, text=_text(clipped(name, OPTION_LIMIT))) for wave, name in waves],
                ),
            ),
            InputBlock(
                block_id=Field.HEARD_WEEK,
                label=_text("In which week?"),
                element=StaticSelectElement(
                    action_id=VALUE,
                    options=[Option(value=week, text=_text(week)) for week in weeks],
                    initial_option=Option(value=weeks[0], text=_text(weeks[0])),
                ),
            ),
        ],
        submit="Note it",
        about={"rollout": rollout_id},
    )


def _modal(callback: ViewId, title: str, blocks: list[Block], *, submit: str, about: dict[str, str]) -> dict[str, Any]:
    return View(
        type="modal",
        callback_id=callback,
        title=_text(title),
        submit=_text(submit),
        close=_text("Cancel"),
        private_metadata=json.dumps(about),
        blocks=blocks,
    ).to_dict()


def _short(field: Field, label: str, value: str = "", *, hint: str = "") -> InputBlock:
    return InputBlock(
        block_id=field,
        label=_text(label),
        hint=_text(hint) if hint else None,
        element=PlainTextInputElement(action_id=VALUE, initial_value=clipped(value, 200) or None, max_length=200),
    )


def _long(field: Field, label: str, value: str = "", *, hint: str = "", optional: bool = False) -> InputBlock:
    return InputBlock(
        block_id=field,
        label=_text(label),
        hint=_text(hint) if hint else None,
        optional=optional,
        element=PlainTextInputElement(
            action_id=VALUE,
            multiline=True,
            initial_value=clipped(value, ANSWER_LIMIT) or None,
            max_length=ANSWER_LIMIT,
        ),
    )


def _text(text: str) -> PlainTextObject:
    return PlainTextObject(text=plain(text), emoji=False)

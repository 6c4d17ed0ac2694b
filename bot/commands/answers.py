"""`faq`: the answers are looked over, and asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from bot.commands.given import Given
from bot.commands.plan_files import folder_of, parsed_plan
from bot.commands.terminal import FAULTY, OK, UNUSABLE, complain, say
from bot.domain.facts import FACTS
from bot.domain.pushback import Theme
from faq.book import open_book


async def faq_check(given: Given) -> int:
    """`faq check`: lint every entry, and say which ones are taken for one another."""
    from faq import fitted, lint

    book = open_book(folder_of(given.typed.folder))
    if given.typed.keep:
        if given.typed.folder:
            complain("--keep is for the answers that come with Foreword; your own are learnt when the bot starts.")
            return UNUSABLE
        fitted.keep(book)
    faults = lint.lint(book, facts=FACTS, themes=frozenset(Theme), today=given.now.date())
    say(lint.printed(faults, lint.confusion_report(book)))
    return FAULTY if any(fault.grave for fault in faults) else OK


async def faq_ask(given: Given) -> int:
    """`faq ask`: what a question gets, one JSON object per question; the same code as in Slack."""
    from bot.services.answers import escaped_facts
    from faq.asking import UnreadableQuestionError, ask, questions_in
    from faq.matcher import Matcher

    if (given.typed.text is None) == (given.typed.batch is None):
        complain("Give a question, or a file of them with --batch.")
        return UNUSABLE
    today = given.now.date()
    facts = None
    if given.typed.plan:
        plan = parsed_plan(given.typed.plan, None).plan
        roles = {role.name: role for role in plan.roles}
        role = roles.get(given.typed.role) if given.typed.role else plan.role_of(plan.pilot)
        if role is None:
            complain(f"--role: the plan knows {', '.join(sorted(roles))}.")
            return UNUSABLE
        facts = escaped_facts(plan, role)
    matcher = Matcher(open_book(folder_of(given.typed.faq_dir)))
    if given.typed.text is not None:
        say(json.dumps(ask(matcher, given.typed.text, facts, today).as_json(), ensure_ascii=False))
        return OK
    try:
        for question in questions_in(_lines(given.typed.batch)):
            say(json.dumps(ask(matcher, question, facts, today).as_json(), ensure_ascii=False))
    except UnreadableQuestionError as error:
        complain(str(error))
        return UNUSABLE
    return OK


def _lines(file: str) -> Iterator[str]:
    with Path(file).open(encoding="utf-8-sig") as lines:
        yield from lines

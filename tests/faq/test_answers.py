"""The book's answers with the facts of many plans: whatever they state, the plan states."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from bot.domain.facts import FACTS, facts_of
from bot.domain.pushback import CORE_ENTRIES, Theme
from bot.domain.rollout import Plan
from bot.plan import parse_plan
from faq import encodings, fitted
from faq.book import Book, answer, ready
from faq.examples import examples_of, negatives, texts_of
from faq.lint import lint

ROOT = Path(__file__).parent.parent.parent
PLANS = sorted((ROOT / "tests" / "plans" / "good").glob("*.yaml"))
TODAY = date(2026, 11, 23)
ENOUGH_ENTRIES, ENOUGH_PHRASINGS, ENOUGH_NEGATIVES = 32, 40, 200
LONGEST = 2500


def plan_in(path: Path) -> Plan:
    return parse_plan(path.read_text(encoding="utf-8"), today=None).plan


def stated(plan: Plan) -> str:
    """Every word of the plan, for looking things up."""
    policy = plan.policy
    parts = [
        plan.tool, plan.reason, plan.contact, policy.document_url, str(policy.retention_days), policy.own_data, policy.breaks,
        policy.corrections, str(plan.rules.k), str(plan.rules.notice_working_days), str(plan.checkins.days),
        f"{policy.effective:%d %-d %Y}" if policy.effective else "", *policy.not_tracked,
    ]  # fmt: skip
    parts += [word for item in policy.tracked for word in (item.what, item.detail)]
    parts += [word for reader in policy.seen_by for word in (reader.who, reader.when, reader.purpose)]
    parts += [word for role in plan.roles for word in (role.name, role.because)]
    parts += [word for wave in plan.waves for word in (wave.team, str(wave.weeks))]
    return " ".join(" ".join(parts).split())


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_every_answer_renders_for_every_role(path: Path, book: Book) -> None:
    """A complete plan of any trade makes every entry ready, in Slack's length, with no placeholder left."""
    plan = plan_in(path)
    for role in plan.roles:
        facts = facts_of(plan, role)
        for entry in book.entries.values():
            assert ready(entry, facts, TODAY), entry.id
            text = answer(entry, facts)
            assert len(text) < LONGEST, entry.id
            assert not re.search(r"\{[a-z_]+\}", text), entry.id


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_every_number_and_quotation_stands_in_the_plan(path: Path, book: Book) -> None:
    """Numbers, links and quoted words in an answer are the plan's own."""
    plan = plan_in(path)
    words = stated(plan)
    for role in plan.roles:
        facts = facts_of(plan, role)
        for entry in book.entries.values():
            text = " ".join(answer(entry, facts).split())
            for number in re.findall(r"\d+", text):
                assert number in words, (entry.id, number)
            for address in re.findall(r"<(https?://[^|>]+)", text):
                assert address == plan.policy.document_url
            for quoted in re.findall(r'lists as recorded: "([^"]+)"', text):
                assert quoted.split(" (")[0] in words, (entry.id, quoted)


def test_an_answer_never_holds_the_install_link(book: Book) -> None:
    """The link is behind a button, and no answer gives it away."""
    for path in PLANS:
        plan = plan_in(path)
        texts = [answer(entry, facts_of(plan, plan.roles[0])) for entry in book.entries.values()]
        assert not [text for text in texts if plan.install_url in text]


def test_the_askers_own_role_speaks(book: Book) -> None:
    """Two roles of one plan get their own cadence and reason."""
    plan = plan_in(ROOT / "tests" / "plans" / "good" / "call-centre.yaml")
    agents, leads = (answer(book.entries["review-cadence"], facts_of(plan, role)) for role in plan.roles)
    assert "once a week" in agents
    assert "only when there is a specific concern" in leads


def test_uncomfortable_facts_are_said(book: Book) -> None:
    """Where screenshots are taken, the answer says so first."""
    plan = plan_in(ROOT / "tests" / "plans" / "good" / "call-centre.yaml")
    said = answer(book.entries["screenshots"], facts_of(plan, plan.roles[0]))
    assert said.startswith("Screenshots and screen recording: Yes.")
    assert "one each hour" in said


def test_the_book_is_large_enough(book: Book) -> None:
    """Enough entries, enough voices on each, enough that it must refuse; the four core ones are there."""
    assert len(book.entries) >= ENOUGH_ENTRIES
    assert min(len(entry.phrasings) for entry in book.entries.values()) >= ENOUGH_PHRASINGS
    assert len(negatives()) >= ENOUGH_NEGATIVES
    assert set(CORE_ENTRIES) <= set(book.entries)


def test_the_books_own_lint_is_clean(book: Book) -> None:
    """Our own entries pass the check that others' entries are given."""
    assert lint(book, facts=FACTS, themes={str(theme) for theme in Theme}, today=TODAY) == ()


def test_kept_files_are_fresh(book: Book) -> None:
    """What is kept beside the book belongs to this very book, so that a fresh clone starts at once."""
    assert encodings.missing(texts_of(book)) == 0, "Run: python app.py faq check --keep"
    assert fitted._kept(fitted.KEPT, fitted.digest(examples_of(book, "en"))), "Run: python app.py faq check --keep"

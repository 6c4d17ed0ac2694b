"""Learning beside the bot: the same as learning in it, and no harm where there can be no second process."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from faq import apart, fitted
from faq.apart import learn_apart
from faq.book import Book
from faq.calibration import calibrate
from faq.entry import Entry
from faq.examples import Examples, examples_of
from faq.inverse import inverse_root, times
from faq.learning import learn_from
from faq.matcher import Matcher

LATER = date(2028, 12, 31)


def small_book() -> Book:
    """Two entries, so that learning is quick; the negatives are the real ones' first few."""
    entries = (
        Entry("parking", "other", "Where can I park my bicycle?", ("bike parking", "where do I put my bike"), "Reason", "hr", LATER, "Here."),
        Entry("lunch", "other", "When is lunch?", ("lunch time", "at what hour do we eat"), "Reason", "hr", LATER, "Noon."),
    )  # fmt: skip
    return Book({entry.id: entry for entry in entries})


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> Examples:
    """Examples of a small book with a handful of negatives."""
    monkeypatch.setattr(
        "faq.examples.negatives", lambda: ("what does the tracker cost", "who won the match", "good morning")
    )
    return examples_of(small_book(), "en")


def test_the_other_process_learns_the_same(few: Examples) -> None:
    """Where something is learnt does not show in what is learnt: the same numbers, bit by bit."""
    learnt, left_out = learn_from(few)
    found = learn_apart(few)
    assert found is not None
    there, calibration = found
    assert np.array_equal(there.weights, learnt.weights)
    assert np.array_equal(there.word_places.places, learnt.word_places.places)
    assert np.array_equal(there.word_places.scales, learnt.word_places.scales)
    assert np.array_equal(calibration.bars, calibrate(few, left_out).bars)


def _no_process(*_args: Any, **_kwargs: Any) -> None:
    raise OSError


@pytest.mark.parametrize("begin", [None, "raise SystemExit(3)", "print('no numbers')"], ids=["none", "ends", "talks"])
def test_without_another_process_the_bot_learns_itself(
    few: Examples, monkeypatch: pytest.MonkeyPatch, begin: str | None
) -> None:
    """Where no process can be started, or it fails, the entry is learnt all the same."""
    if begin is None:
        monkeypatch.setattr(subprocess, "Popen", _no_process)
    else:
        monkeypatch.setattr(apart, "_BEGIN", begin)
    assert learn_apart(few) is None
    fresh = replace(few, texts=(*few.texts[:-1], f"a text for {begin}"))
    assert fitted.fit(fresh, apart=True).examples is fresh


def test_a_mended_answer_is_not_learnt_anew(few: Examples, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a book is in use, the same examples need no second look: an answer's words change nothing that is learnt."""
    held = fitted.fit(few)
    monkeypatch.setattr(fitted, "learn_here", _no_process)
    assert fitted.fit(few) is held


def test_a_matcher_may_learn_apart(few: Examples) -> None:
    """The bot's matcher answers from what the other process has learnt."""
    assert few.ids
    matcher = Matcher(small_book(), apart=True)
    matcher.load()
    assert matcher.match("where do I put my bike").candidates[0] == "parking"


def test_the_inverse_is_the_inverse() -> None:
    """Strip by strip gives what inverting the whole gives: times columns, along the diagonal, and among some rows."""
    parts = np.random.default_rng(1).normal(size=(600, 40)).astype(np.float32)
    whole = np.exp(parts @ parts.T / 80 - 1).astype(np.float32)
    ridge = 0.2
    exact = np.linalg.inv(whole.astype(np.float64) + ridge * np.eye(len(whole)))
    root = inverse_root(lambda some, until: whole[some, :until].copy(), len(whole), ridge)
    columns = parts[:, :3]
    assert np.abs(root.inverse_times(columns) - exact @ columns).max() < 0.02
    assert np.abs(root.inverse_diagonal() - np.diag(exact)).max() < 0.02
    some = np.array([3, 250, 300, 599])
    assert np.abs(root.inverse_among(some) - exact[np.ix_(some, some)]).max() < 0.02
    through = times(lambda rows, until: whole[rows, :until].copy(), columns, ridge)
    assert np.allclose(through, whole @ columns + ridge * columns, atol=0.01)

"""Understanding a question: how fast, how much memory, how often right, on questions that calibration never saw."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from statistics import median, quantiles

from faq.book import open_book
from faq.encoder import encoder
from faq.matcher import Match, Matcher, Outcome
from tests.bench.figure import Figure
from tests.faq.conftest import HELD_OUT, HeldOut, held_out

FILES = HELD_OUT
ROUNDS = 3
COLD = """
import json, resource, time
begun = time.perf_counter()
from faq.book import open_book
from faq.matcher import Matcher
matcher = Matcher(open_book())
matcher.load()
matcher.match("Who sees my hours?")
took = time.perf_counter() - begun
print(json.dumps([took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


def measure() -> list[Figure]:
    """Cold start and memory in a process of its own; then speed and rates on both held-out files."""
    cold = subprocess.run([sys.executable, "-c", COLD], capture_output=True, text=True, check=True)  # noqa: S603
    started, memory = json.loads(cold.stdout)
    matcher = Matcher(open_book())
    matcher.load()
    questions = [question for file in FILES for question in held_out(file)]
    matched = [(question, matcher.match(question.text)) for question in questions]
    took = sorted(_seconds(matcher, question.text) for _round in range(ROUNDS) for question in questions)
    bare = sorted(_bare(question.text) for _round in range(ROUNDS) for question in questions)
    hundredth = quantiles(took, n=100)[-1]
    return [
        Figure("cold start: loading the matcher and one question", started, "s"),
        Figure("memory of that process at its peak", memory, "MB"),
        Figure("one question, median", median(took) * 1000, "ms"),
        Figure("one question, 99th percentile", hundredth * 1000, "ms", key="answer_p99_ms"),
        Figure("median, against encoding the text alone", median(took) / median(bare), "times"),
        *_rates(matched, {entry.id: entry.theme for entry in matcher.book.entries.values()}),
    ]


def _seconds(matcher: Matcher, text: str) -> float:
    begun = time.perf_counter()
    matcher.match(text)
    return time.perf_counter() - begun


def _bare(text: str) -> float:
    begun = time.perf_counter()
    encoder.encode([text])
    return time.perf_counter() - begun


def _rates(matched: list[tuple[HeldOut, Match]], themes: dict[str, str]) -> list[Figure]:
    inside = [(question, match) for question, match in matched if question.kind == "in"]
    answered = [(question, match) for question, match in inside if match.outcome is Outcome.ANSWER]

    def share(flags: list[bool]) -> float:
        return sum(flags) / len(flags) if flags else 0.0

    figures = [
        Figure("questions in the book's scope", len(inside), "questions"),
        Figure("right entry first", share([_right(q, match.candidates[:1]) for q, match in inside]), "%"),
        Figure("right entry among three", share([_right(q, match.candidates) for q, match in inside]), "%"),
        Figure("answered automatically", len(answered) / len(inside), "%"),
        Figure("of these answered rightly", share([_right(q, (match.entry or "",)) for q, match in answered]), "%"),
        Figure(
            "theme right",
            share([match.theme in {themes[entry] for entry in question.right} for question, match in inside]),
            "%",
        ),
    ]
    for kind in ("near", "far"):
        outside = [match for question, match in matched if question.kind == kind]
        wrongly = share([match.outcome is Outcome.ANSWER for match in outside])
        figures.append(Figure(f"answered although outside ({kind}, {len(outside)} questions)", wrongly, "%"))
    return figures


def _right(question: HeldOut, entries: tuple[str, ...]) -> bool:
    return any(entry in question.right for entry in entries)

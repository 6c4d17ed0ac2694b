"""The match: the same question gets the same answer, and what nobody can answer gets a person."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from faq.asking import UnreadableQuestionError, ask, questions_in
from faq.book import Book
from faq.calibration import CANDIDATES, Clicks
from faq.entry import Entry
from faq.examples import negatives
from faq.languages import language_of
from faq.matcher import Matcher, Outcome
from faq.wording import _MARKS, _unmarked, plain
from tests.faq.conftest import HELD_OUT, held_out

TODAY = date(2026, 11, 23)
LATER = date(2028, 12, 31)


def entry(entry_id: str, question: str, *phrasings: str, answer: str = "Because.", language: str = "en") -> Entry:
    return Entry(entry_id, "other", question, phrasings, "Reason", "hr", LATER, answer, language)


PARKING = entry(
    "parking",
    "Where can I park my bicycle?",
    "bike parking",
    "is there a place for my bicycle",
    "where do I put my bike",
    "bicycle shed?",
    "I come by bike, where to leave it",
)


def test_the_same_twice(matcher: Matcher) -> None:
    """Matching is deterministic, also in another process's order."""
    asked = [row.text for row in held_out("heldout.jsonl")[:40]]
    assert [matcher.match(text) for text in asked] == [matcher.match(text) for text in reversed(asked)][::-1]


def test_threads_agree(matcher: Matcher) -> None:
    """Questions that arrive at once do not disturb each other."""
    asked = [row.text for row in held_out("heldout.jsonl")[:24]]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(matcher.match, asked)) == [matcher.match(text) for text in asked]


@pytest.mark.parametrize(
    "text", ["", "   ", "???", "!!!", "🙈🙈", ":eyes:", "<@U123>", "```\nx = 1\n```", "\x00", "\u200b"]
)
def test_nothing_said_is_handed_over(matcher: Matcher, text: str) -> None:
    """Where no word is left there is nothing to answer, and no candidate to offer."""
    found = matcher.match(text)
    assert (found.outcome, found.entry, found.theme, found.candidates) == (Outcome.HANDOVER, None, "other", ())


@pytest.mark.parametrize(
    "text",
    [
        "a" * 4000,
        "why " * 1000,
        "(" * 4000,
        "<https://x|" * 300,
        "*_~" * 900,
        "é" * 4000,
        "a\n" * 2000,
        "\ud800 why",
        "<!channel> &lt;!here&gt; why?",
    ],
    ids=lambda text: f"{text[:8]!a}",
)
def test_hostile_text_is_survived(matcher: Matcher, text: str) -> None:
    """Whatever is typed, an outcome comes back with at most three known candidates."""
    found = matcher.match(text)
    assert found.outcome in set(Outcome)
    assert len(found.candidates) <= CANDIDATES
    assert set(found.candidates) <= set(matcher.book.entries)


@pytest.mark.parametrize(
    "text",
    [
        "does it take screenshots of my screen?",
        "<@U042> Does it take *screenshots* of my screen? :scream:",
        "hi, pls tell me: does it take screenshots of my screen???",
        "does Hourglass take screenshots of my screen",
    ],
)
def test_wrapping_does_not_matter(matcher: Matcher, text: str) -> None:
    """Mentions, emphasis, emoji, greetings and the tool's name do not change what is asked."""
    assert matcher.match(text, tool="Hourglass").entry == "screenshots"


def test_two_questions_are_both_offered(matcher: Matcher) -> None:
    """Somebody who asks two things is offered both."""
    found = matcher.match("Who can see my data? And does it take screenshots of my screen?")
    assert found.outcome is Outcome.SUGGEST
    assert {"who-sees", "screenshots"} <= set(found.candidates)


@pytest.mark.parametrize(
    ("text", "both"),
    [
        ("who sees it and how long is it kept", {"who-sees", "retention"}),
        (
            "Does it take screenshots of my screen, and can my boss watch me live?",
            {"screenshots", "realtime-visibility"},
        ),
        ("I want to know why we are doing this and when it starts for me", {"reason", "start-date"}),
    ],
)
def test_two_askings_in_one_sentence_are_both_offered(matcher: Matcher, text: str, both: set[str]) -> None:
    """Two things asked in one breath: neither is passed over."""
    found = matcher.match(text)
    assert found.outcome is Outcome.SUGGEST
    assert set(found.candidates[:2]) == both


def test_one_asking_with_an_and_stays_one(matcher: Matcher) -> None:
    """Two halves of one question are answered as one."""
    assert matcher.match("is it mandatory and what happens if I refuse").entry == "opt-out"


def test_a_rant_ends_in_its_question(matcher: Matcher) -> None:
    """A question at the end of a long text is heard."""
    rant = "I came in early and made coffee for the whole team and then it rained. " * 40
    found = matcher.match(f"{rant} Does it take screenshots of my screen?")
    assert "screenshots" in found.candidates


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Kann mein Chef mich live sehen?", "de"),
        ("Est-ce que mon chef peut voir mon écran ?", "fr"),
        ("¿Quién puede ver mis horas?", "es"),
        ("кто видит мои данные", "ru"),
        ("誰が見るのですか", "ja"),
    ],
)
def test_another_language_is_said_to_be_one(matcher: Matcher, text: str, language: str) -> None:
    """A question in a language that the book does not have goes to a person, and says which language it is."""
    found = matcher.match(text)
    assert (found.outcome, found.language, found.understood) == (Outcome.HANDOVER, language, False)


def test_english_is_taken_for_english() -> None:
    """No English question of the held-out file is turned away as foreign."""
    assert not [row.text for row in held_out("heldout.jsonl") if language_of(plain(row.text)) != "en"]


def test_entries_of_another_language_answer_in_it(book: Book) -> None:
    """Where the book has entries in a language, its questions are matched among those alone."""
    german = [
        entry(
            "wer-sieht",
            "Wer sieht meine Daten?",
            "wer kann das sehen",
            "sieht das mein Chef",
            "wer liest mit",
            language="de",
        ),
        entry(
            "wie-lange",
            "Wie lange werden die Daten gespeichert?",
            "wann wird das gelöscht",
            "wie lange bleibt das",
            language="de",
        ),
        entry("warum", "Warum machen wir das?", "was soll das", "wozu ist das gut", language="de"),
    ]
    found = Matcher(book.overlaid(german)).match("Wer kann meine Daten sehen?")
    assert found.language == "de"
    assert found.candidates[0] == "wer-sieht"
    assert set(found.candidates) <= {"wer-sieht", "wie-lange", "warum"}


def test_a_book_in_another_language() -> None:
    """In a German book a short question is taken for German, and an English one is said to be English."""
    entries = (
        entry("wer", "Wer sieht meine Daten?", "wer liest mit", "sieht das mein Chef", language="de"),
        entry(
            "bild",
            "Werden Bildschirmfotos gemacht?",
            "Screenshots?",
            "wird mein Bildschirm fotografiert",
            language="de",
        ),
        entry("lang", "Wie lange wird das gespeichert?", "wann wird gelöscht", language="de"),
    )
    found = Matcher(Book({item.id: item for item in entries}))
    assert found.match("Screenshots?").candidates[0] == "bild"
    english = found.match("who is going to see what I do all day?")
    assert (english.outcome, english.language, english.understood) == (Outcome.HANDOVER, "en", False)


def test_an_added_entry_is_found(book: Book) -> None:
    """An entry that HR adds at run time is matched, and the others still are."""
    part = Book(
        {entry_id: book.entries[entry_id] for entry_id in ("screenshots", "who-sees", "trust", "pay", "retention")}
    )
    grown = Matcher(part.overlaid([PARKING]))
    assert grown.match("where can I leave my bicycle?").candidates[0] == "parking"
    assert grown.match("does it take screenshots of my screen?").entry == "screenshots"


def test_a_small_book_of_ones_own() -> None:
    """A folder of a few entries with a few phrasings works, and still refuses what is not in it."""
    small = Book(
        {
            "parking": PARKING,
            "food": entry("food", "What is for lunch?", "canteen menu today", "lunch menu", "what can I eat"),
        }
    )
    found = Matcher(small)
    assert found.match("where do I put my bicycle?").candidates[0] == "parking"
    assert found.match("who won the match yesterday?").outcome is not Outcome.ANSWER


def test_a_book_of_one_entry() -> None:
    """One entry cannot be told from another, so everything goes to a person."""
    assert Matcher(Book({"parking": PARKING})).match("bike parking").outcome is Outcome.HANDOVER


def test_clicks_silence_a_bad_entry(book: Book) -> None:
    """An answer that people reject is not given by itself any more; it is still offered."""
    found = Matcher(book, {"screenshots": Clicks(yes=2, no=18)}).match("does it take screenshots of my screen?")
    assert found.outcome is Outcome.SUGGEST
    assert found.candidates[0] == "screenshots"


def test_held_out_questions_are_not_learnt_from(book: Book) -> None:
    """No held-out question stands among the phrasings or the negatives."""
    learnt = {text.casefold().strip(" ?!.") for item in book.entries.values() for text, _ in item.asked()}
    learnt |= {text.casefold().strip(" ?!.") for text in negatives()}
    for name in HELD_OUT:
        asked = [row.text.casefold().strip(" ?!.") for row in held_out(name)]
        assert sum(text in learnt for text in asked) <= len(asked) // 50, name


def test_an_entry_that_is_not_ready_never_answers(matcher: Matcher) -> None:
    """Facts missing, review overdue, or withheld by the bot: a person gets the question, with its theme."""
    facts = {name: "x" for item in matcher.book.entries.values() for name in item.needs}
    asked = "does it take screenshots of my screen?"
    assert ask(matcher, asked, facts, TODAY).outcome == "answer"
    for reply in (
        ask(matcher, asked, {}, TODAY),
        ask(matcher, asked, facts, LATER),
        ask(matcher, asked, facts, TODAY, withheld={"screenshots"}),
    ):
        assert (reply.outcome, reply.entry, reply.answer, reply.theme) == ("handover", None, None, "screenshots")


def test_only_ready_entries_are_offered(matcher: Matcher) -> None:
    """*Did you mean* never leads to an answer that cannot be given."""
    facts = {name: "x" for item in matcher.book.entries.values() for name in item.needs}
    reply = ask(
        matcher, "Who can see my data? And does it take screenshots of my screen?", facts, TODAY, withheld={"who-sees"}
    )
    assert reply.outcome == "suggest"
    assert "who-sees" not in reply.candidates


def test_the_printed_line(matcher: Matcher) -> None:
    """`faq ask` prints these fields and no other."""
    facts = {name: "x" for item in matcher.book.entries.values() for name in item.needs}
    line = ask(matcher, "does it take screenshots of my screen?", facts, TODAY).as_json()
    assert list(line) == ["outcome", "entry", "theme", "candidates", "confidence", "answer", "cites"]
    assert (line["entry"], line["cites"]) == ("screenshots", "What is tracked, what is not")


@pytest.mark.parametrize(
    "marked",
    ["is `x` kept?", "<https://a.example|the page> says?", "a &lt;b&gt; c?", "so :smile: why?", "ask a@b.example why?",
     "see https://a.example/b why?", "is it *really* _so_ ~bad~?"],
)  # fmt: skip
def test_markup_is_seen_by_its_signs(marked: str) -> None:
    """Each kind of markup has one of the signs without which none is looked for; without a sign nothing is taken out."""
    assert _unmarked(marked) != marked
    assert _MARKS.search(marked)
    bare = _MARKS.sub(" ", marked)
    assert _unmarked(bare) == bare


def test_batches_are_read_by_line() -> None:
    """Texts and objects are taken; anything else is refused by its line."""
    assert list(questions_in(['{"text": "a"}', "", '"b"', '{"question": "c", "id": 1}'])) == ["a", "b", "c"]
    for bad in ("nonsense", "[1]", '{"q": 1}', "[" * 100_000):
        with pytest.raises(UnreadableQuestionError, match="line 2"):
            list(questions_in(['"a"', bad]))

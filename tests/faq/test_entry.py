"""Reading entries: what HR writes is taken, and what is wrong is named with file and field."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from faq.book import answer, missing_facts, open_book, ready
from faq.entry import Entry, EntryError, read_entry

GOOD = """---
theme: trust
question: Do you trust us?
cites: Reason
owner: hr
review_by: 2027-01-31
phrasings:
  - no trust?
---
The reason is {reason} Ask {contact}.
"""


def written(folder: Path, text: str, name: str = "trust.md") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_an_entry_is_read(tmp_path: Path) -> None:
    """All fields arrive, and the facts it needs are its placeholders in order."""
    entry = read_entry(written(tmp_path, GOOD))
    assert (entry.id, entry.theme, entry.review_by, entry.language) == ("trust", "trust", date(2027, 1, 31), "en")
    assert entry.needs == ("reason", "contact")
    assert entry.phrasings == ("no trust?",)


def test_phrasings_beside_the_entry(tmp_path: Path) -> None:
    """A sibling file adds phrasings, and its headings say whose they are."""
    written(tmp_path, "# a nurse\nwhy us?\n\n# a driver\nwhat for\n", "trust.phrasings.txt")
    entry = read_entry(written(tmp_path, GOOD))
    assert entry.phrasings == ("no trust?", "why us?", "what for")
    assert dict(entry.asked())["what for"] == "a driver"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("theme: trust\n", "", "theme missing"),
        ("review_by: 2027-01-31", "review_by: soon", "review_by must be a date"),
        ("review_by: 2027-01-31", "review_by: 2027-13-45", "not YAML"),
        ("owner: hr", "owner: 7", "owner must be text"),
        ("question: Do you trust us?", "question: [a, b]", "question must be text"),
        ("  - no trust?", "  - 12", "phrasings must be a list"),
        ("phrasings:\n  - no trust?", "phrasings: why", "phrasings must be a list"),
        ("owner: hr", "owner: hr\nphrasing: x", "phrasing: no such field"),
        ("owner: hr", "owner: hr\nlanguage: german", "language must be two letters"),
        ("owner: hr", "owner: hr\nlanguage: no", "language must be two letters"),
        ("theme: trust", "theme: {a", "not YAML"),
        ("The reason is {reason} Ask {contact}.", "", "has no answer"),
        ("---\ntheme", "theme", "front matter"),
    ],
)
def test_an_error_names_file_and_field(tmp_path: Path, old: str, new: str, told: str) -> None:
    """Whoever edits the file learns which one and what to mend."""
    with pytest.raises(EntryError, match=told) as refused:
        read_entry(written(tmp_path, GOOD.replace(old, new, 1)))
    assert str(refused.value).startswith("trust.md: ")


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    """A file saved in another encoding is named, not a traceback."""
    path = tmp_path / "trust.md"
    path.write_bytes(GOOD.replace("no trust", "für").encode("latin-1"))
    with pytest.raises(EntryError, match=r"trust\.md: is not saved as UTF-8"):
        read_entry(path)


def test_editors_that_mark_and_end_lines_their_way(tmp_path: Path) -> None:
    """A byte-order mark and Windows line ends do no harm."""
    path = tmp_path / "trust.md"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert read_entry(path).answer == "The reason is {reason} Ask {contact}."


def test_a_name_that_is_no_id(tmp_path: Path) -> None:
    """The file name is the id, so it has to be one."""
    with pytest.raises(EntryError, match="small letters"):
        read_entry(written(tmp_path, GOOD, "My Entry.md"))


def test_an_empty_folder(tmp_path: Path) -> None:
    """A folder without entries is refused by name."""
    with pytest.raises(EntryError, match="holds no entries"):
        open_book(tmp_path)


def test_phrasings_without_their_entry(tmp_path: Path) -> None:
    """A phrasings file whose entry was renamed is not lost silently."""
    written(tmp_path, GOOD)
    written(tmp_path, "why us?", "truts.phrasings.txt")
    with pytest.raises(EntryError, match=r"truts\.phrasings\.txt"):
        open_book(tmp_path)


def test_readiness() -> None:
    """Missing facts and an overdue review both keep an entry from answering."""
    entry = Entry("e", "trust", "q", (), "Reason", "hr", date(2027, 1, 31), "Because {reason}")
    assert missing_facts(entry, {}) == ("reason",)
    assert ready(entry, {"reason": "x"}, date(2027, 1, 31))
    assert not ready(entry, {"reason": "x"}, date(2027, 2, 1))
    assert not ready(entry, {"reason": ""}, date(2027, 1, 1))
    assert answer(entry, {"reason": "{reason} & co"}) == "Because {reason} & co"


def test_overlays_replace_and_add() -> None:
    """An entry from Slack stands over the file's; the others stay."""
    first = Entry("a", "trust", "q", (), "Reason", "hr", date(2027, 1, 31), "old")
    book = open_book().overlaid([first, Entry("trust", "trust", "q", (), "Reason", "hr", date(2027, 1, 31), "new")])
    assert book.entries["a"].answer == "old"
    assert book.entries["trust"].answer == "new"
    assert "who-sees" in book.entries

"""One curated answer: a Markdown file with front matter, written and owned by a person.

Beside `who-sees.md` there may be a `who-sees.phrasings.txt`: one way of asking per line. Lines that begin with `#` say
whose voice follows ("# a nurse coordinator"), so that a check can leave one voice out and see whether the others would
have understood it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same in C, where there is one: forty files at each start
FENCE = "---"
PHRASINGS = ".phrasings.txt"
FIELDS = ("theme", "question", "cites", "owner", "review_by", "phrasings", "language")
NEEDED = ("theme", "question", "cites", "owner", "review_by")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LANGUAGE = re.compile(r"[a-z]{2}")
_IN_ENTRY = "in the entry"


class EntryError(Exception):
    """A file that is not an entry; the message names the file, the field and what to mend."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A question people ask, and its answer in Slack's markup with `{placeholders}` for the rollout's facts.

    `cites` is the policy section it rests on; after `review_by` somebody has to look at it again before it is given.
    `voices` says who would say each phrasing, in the same order; shorter means that nobody noted it.
    """

    id: str
    theme: str
    question: str
    phrasings: tuple[str, ...]
    cites: str
    owner: str
    review_by: date
    answer: str
    language: str = "en"
    voices: tuple[str, ...] = ()

    @property
    def needs(self) -> tuple[str, ...]:
        """The facts without which this answer cannot be given, in order of use."""
        return tuple(dict.fromkeys(PLACEHOLDER.findall(self.answer)))

    def asked(self) -> Iterator[tuple[str, str]]:
        """Every way of asking with its voice, the canonical question first."""
        yield self.question, _IN_ENTRY
        for number, phrasing in enumerate(self.phrasings):
            yield phrasing, self.voices[number] if number < len(self.voices) else _IN_ENTRY


def read_entry(path: Path) -> Entry:
    """Read one file and the phrasings beside it. Raises EntryError."""
    if not _ID.fullmatch(path.stem):
        raise EntryError(f"{path.name}: name the file with small letters, digits and hyphens, such as own-data.md")
    head, answer = _parts(path)
    fields = _fields(path.name, head)
    own = _phrasings(path.name, fields.get("phrasings"))
    beside = tuple(_beside(path.with_name(path.stem + PHRASINGS)))
    language = fields.get("language", "en")
    if not isinstance(language, str) or not _LANGUAGE.fullmatch(language):
        raise EntryError(f"{path.name}: language must be two letters in quotes, such as 'de'")
    return Entry(
        id=path.stem,
        theme=_line(path.name, fields, "theme"),
        question=_line(path.name, fields, "question"),
        phrasings=own + tuple(phrasing for phrasing, _ in beside),
        cites=_line(path.name, fields, "cites"),
        owner=_line(path.name, fields, "owner"),
        review_by=fields["review_by"],
        answer=answer,
        language=language,
        voices=(_IN_ENTRY,) * len(own) + tuple(voice for _, voice in beside),
    )


def _fields(name: str, head: str) -> dict[str, Any]:
    try:
        fields: Any = yaml.load(head, Loader=_LOADER)  # noqa: S506 - the safe loader
    except (yaml.YAMLError, ValueError) as error:
        raise EntryError(f"{name}: the part between the two {FENCE} lines is not YAML") from error
    if not isinstance(fields, dict):
        raise EntryError(f"{name}: the part between the two {FENCE} lines must be fields and values")
    unknown = [str(field) for field in fields if field not in FIELDS]
    if unknown:
        raise EntryError(f"{name}: {', '.join(unknown)}: no such field; there are {', '.join(FIELDS)}")
    missing = [field for field in NEEDED if not fields.get(field)]
    if missing:
        raise EntryError(f"{name}: {', '.join(missing)} missing")
    if type(fields["review_by"]) is not date:
        raise EntryError(f"{name}: review_by must be a date such as 2027-06-30")
    return fields


def _line(name: str, fields: dict[str, Any], field: str) -> str:
    value = fields[field]
    if not isinstance(value, str) or not value.strip():
        raise EntryError(f"{name}: {field} must be text; put it in quotes if it looks like a number or a yes")
    return " ".join(value.split())


def _phrasings(name: str, value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise EntryError(
            f"{name}: phrasings must be a list of questions, one per line after a dash; "
            "put one in quotes if it holds a colon"
        )
    return tuple(" ".join(item.split()) for item in value)


def _beside(path: Path) -> Iterator[tuple[str, str]]:
    if not path.is_file():
        return
    voice = _IN_ENTRY
    for line in read_text(path).splitlines():
        words = " ".join(line.split())
        if words.startswith("#"):
            voice = words.lstrip("# ") or _IN_ENTRY
        elif words:
            yield words, voice


def read_text(path: Path) -> str:
    """The file's text, whatever editor saved it. Raises EntryError."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise EntryError(f"{path.name}: is not saved as UTF-8 text") from error
    except OSError as error:
        raise EntryError(f"{path.name}: cannot be read ({error.strerror})") from error


def _parts(path: Path) -> tuple[str, str]:
    parts = re.split(rf"^{FENCE}[ \t]*$\n?", read_text(path), maxsplit=2, flags=re.MULTILINE)
    expected_parts = 3
    if len(parts) != expected_parts or parts[0].strip():
        raise EntryError(f"{path.name}: must begin with front matter between two {FENCE} lines")
    answer = parts[2].strip()
    if not answer:
        raise EntryError(f"{path.name}: has no answer below its front matter")
    return parts[1], answer

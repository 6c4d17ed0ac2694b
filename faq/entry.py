"""One curated answer: a Markdown file with front matter, written and owned by a person."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
FENCE = "---"


class EntryError(Exception):
    """A file that is not an entry; the message names the file and what to mend."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A question people ask, and its answer in Slack's markup with `{placeholders}` for the rollout's facts.

    `cites` is the policy section it rests on; after `review_by` somebody has to look at it again before it is given.
    """

    id: str
    theme: str
    question: str
    phrasings: tuple[str, ...]
    cites: str
    owner: str
    review_by: date
    answer: str

    @property
    def needs(self) -> tuple[str, ...]:
        """The facts without which this answer cannot be given, in order of use."""
        return tuple(dict.fromkeys(PLACEHOLDER.findall(self.answer)))


def read_entry(path: Path) -> Entry:
    """Read one file. Raises EntryError."""
    head, answer = _parts(path)
    try:
        fields: Any = yaml.safe_load(head)
    except yaml.YAMLError as error:
        msg = f"{path.name}: the part between the two {FENCE} lines is not YAML"
        raise EntryError(msg) from error
    if not isinstance(fields, dict):
        msg = f"{path.name}: the part between the two {FENCE} lines must be fields and values"
        raise EntryError(msg)
    missing = [name for name in ("theme", "question", "cites", "owner", "review_by") if not fields.get(name)]
    if missing:
        msg = f"{path.name}: {', '.join(missing)} missing"
        raise EntryError(msg)
    if not isinstance(fields["review_by"], date):
        msg = f"{path.name}: review_by must be a date such as 2027-06-30"
        raise EntryError(msg)
    return Entry(
        id=path.stem,
        theme=str(fields["theme"]),
        question=str(fields["question"]),
        phrasings=tuple(str(phrasing) for phrasing in fields.get("phrasings") or ()),
        cites=str(fields["cites"]),
        owner=str(fields["owner"]),
        review_by=fields["review_by"],
        answer=answer,
    )


def _parts(path: Path) -> tuple[str, str]:
    text = path.read_text(encoding="utf-8")
    parts = text.split(f"{FENCE}\n", 2)
    expected_parts = 3
    if len(parts) != expected_parts or parts[0].strip():
        msg = f"{path.name}: must begin with front matter between two {FENCE} lines"
        raise EntryError(msg)
    answer = parts[2].strip()
    if not answer:
        msg = f"{path.name}: has no answer below its front matter"
        raise EntryError(msg)
    return parts[1], answer

"""What a check found wrong in something a person wrote, so that they can mend exactly that."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault in a plan: which field, which words, why it is a fault, and what to write instead.

    `field` is the path a person would write in the plan file, such as `policy.seen_by[1].when`.
    `words` are the offending words exactly as written, or empty when something is missing.
    """

    field: str
    problem: str
    mend: str
    words: str = ""

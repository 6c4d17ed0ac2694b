"""The one way in which text gets into a workbook: nothing that people wrote can act there, break the file or mislead.

Whatever begins like a formula gets an apostrophe before it, although the cell's type says that it is text, because
workbooks are saved again as CSV and opened anew (SLACK.md, Excel).
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 32_767
"""Characters in a cell, as Excel counts them: in UTF-16, so that an emoji is two."""
MOST_LINES = 250
"""Excel takes 253 line breaks in a cell."""
_NO_CHARACTER = 0xFFFE
"""The last two places of each plane hold none."""
_ELLIPSIS = "\u2026"
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r", "\n", "\0")
_UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f"  # controls
    "\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069"  # what steers the direction of writing
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]"  # what is no character
)
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9a-fA-F]{4}_)")
_LINE_ENDS = re.compile(r"\r\n|[\r\x85\u2028\u2029]")


def safe_text(text: str) -> str:
    """The text as a cell can hold it: what cannot be seen is left out, what could act stands behind an apostrophe."""
    whole = _LINE_ENDS.sub("\n", text)
    kept = "".join(c for c in _UNFIT.sub("", whole) if ord(c) & _NO_CHARACTER != _NO_CHARACTER)
    if kept.lstrip(" \u00a0").startswith(_STARTS_A_FORMULA) or text.startswith(_STARTS_A_FORMULA):
        kept = f"'{kept}"
    lines = unicodedata.normalize("NFC", kept).split("\n")
    whole = (
        "\n".join((*lines[:MOST_LINES], " ".join(lines[MOST_LINES:]))) if len(lines) > MOST_LINES else "\n".join(lines)
    )
    return _cut(_LOOKS_ESCAPED.sub("_x005F_", whole))


def _cut(text: str) -> str:
    if len(text) <= LONGEST // 2:
        return text
    wide = sum(2 if ord(c) > 0xFFFF else 1 for c in text)  # noqa: PLR2004 - what needs two units in UTF-16
    if wide <= LONGEST:
        return text
    room, kept = LONGEST - 1, []
    for c in text:
        room -= 2 if ord(c) > 0xFFFF else 1  # noqa: PLR2004 - as above
        if room < 0:
            break
        kept.append(c)
    return "".join(kept) + _ELLIPSIS

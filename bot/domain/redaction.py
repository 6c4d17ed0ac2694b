"""Takes out of a question what would tell who asked it. The asker sees the result, can change it, and confirms it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_LINK = re.compile(
    r"<(?:https?|mailto|tel):[^>\s]*(?:\|[^>]*)?>|\bhttps?://\S+|\bwww\.\S+|"
    r"\b(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|app|co|de|uk|eu|fr|es|it|nl|info|biz|example)(?:/\S*)?\b",
    re.IGNORECASE,
)
_MAIL = re.compile(r"<mailto:[^>]*>|\b[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+\b")
_PERSON = re.compile(r"<@[UW][A-Z0-9]+(?:\|[^>]*)?>|(?<![\w@.])@[\w][\w.-]*\w")
_CHANNEL = re.compile(r"<#[CG][A-Z0-9]+(?:\|[^>]*)?>|(?<![\w&#])#[a-z][\w-]+", re.IGNORECASE)
_GROUP = re.compile(r"<!(?:subteam\^)?[^>]*>")
_PHONE = re.compile(r"(?<![\w.])(?:\+|00)?\(?\d(?:[\s()./-]{0,2}\d){6,14}(?!\w)")
_NUMBER = re.compile(r"(?<![\w.,:-])(?=[A-Z]{0,3}-?\d)[A-Z]{0,3}-?\d{5,}(?!\w)")
_TITLED = re.compile(
    r"\b((?:Mr|Mrs|Ms|Miss|Dr|Prof|Herr|Frau|Monsieur|Madame|Mme|Señora?|Sra?)\.?)\s+"
    r"[^\W\d_][\w'\u2019-]+(?:\s+[A-Z\u00c0-\u00de][\w'\u2019-]+)?"
)
_CALLED = re.compile(
    r"\b((?i:my name is|name[\u2019']s|i am called|i[\u2019']m|(?:my|our|the) (?:manager|boss|supervisor|lead|"
    r"team lead|colleague|director|head|coworker|co-worker)(?: is|,| called| named)?))\s+"
    r"[A-Z\u00c0-\u00de][\w'\u2019-]+(?:\s+[A-Z\u00c0-\u00de][\w'\u2019-]+)?"
)
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}")
_WORD = re.compile(r"[^\W\d_][\w'\u2019-]*")
KINDS = ("name", "e-mail", "phone", "number", "link", "channel", "group")
SHORTEST_NAME = 3
_ALSO_WORDS = """
will mark may june april august grant rose grace hope faith joy bill frank art jack drew rob sue pat dean dawn summer
autumn sky ray max page hunter chase lane reed wade miles rich christian king young long small brown green black white
gray grey day case park bell ford stone wood woods field banks price best wise sharp strong cook baker carter clark
miller mason fisher porter taylor tanner turner walker weaver marshall major law lee ball bush the and for are you not
all can our out who how why what when time work team data
"""
ALSO_WORDS = frozenset(_ALSO_WORDS.split())
"""Names that are everyday words too: they count only where they are written with a capital and do not begin a sentence."""


@dataclass(frozen=True, slots=True)
class Redacted:
    """The text without what was found, and the kinds of things that were taken out."""

    text: str
    found: tuple[str, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of things that are missing from the text now, whenever they were taken out."""
        return tuple(kind for kind in KINDS if f"[{kind}]" in self.text)


@dataclass(frozen=True, slots=True)
class Names:
    """The people of a workspace, by the words of their names. Holds lower-case words, nothing else."""

    words: frozenset[str] = frozenset()

    @classmethod
    def of(cls, names: Iterable[str]) -> Names:
        """From full names and handles."""
        words = {word.lower().replace("\u2019", "'") for name in names for word in re.split(r"[\s._,()-]+", name)}
        return cls(frozenset(word for word in words if len(word) >= SHORTEST_NAME and not word.isdigit()))


def redact(text: str, names: Names = Names()) -> Redacted:
    """Replace names, mentions, e-mail addresses, phone and long numbers, and links by what they are."""
    found: list[str] = []

    def take_out(pattern: re.Pattern[str], what: str, text: str) -> str:
        changed = pattern.sub(_without_phone if pattern is _PHONE else f"[{what}]", text)
        if changed != text:
            found.append(what)
        return changed

    text = take_out(_MAIL, "e-mail", text)
    text = take_out(_LINK, "link", text)
    text = take_out(_PERSON, "name", text)
    text = take_out(_CHANNEL, "channel", text)
    text = take_out(_GROUP, "group", text)
    text = take_out(_NUMBER, "number", text)
    text = take_out(_PHONE, "phone", text)
    text, titled = _TITLED.subn(r"\1 [name]", text)
    text, called = _CALLED.subn(r"\1 [name]", text)
    text, known = _without_known(text, names)
    if titled or called or known:
        found.append("name")
    text = re.sub(r"\[name\](?:\s+\[name\])+", "[name]", text)
    return Redacted(text.strip(), tuple(dict.fromkeys(found)))


def _without_phone(match: re.Match[str]) -> str:
    return match[0] if _DATE.fullmatch(match[0].strip()) else "[phone]"


def _without_known(text: str, names: Names) -> tuple[str, int]:
    count = 0

    def replace(match: re.Match[str]) -> str:
        nonlocal count
        word = match[0]
        bare = re.sub(r"(?:'s|s'|')$", "", word.replace("\u2019", "'"))
        if bare.lower() not in names.words or (
            bare.lower() in ALSO_WORDS and not _stands_out(text, match.start(), bare)
        ):
            return word
        count += 1
        return f"[name]{word[len(bare) :]}"

    return _WORD.sub(replace, text), count


def _stands_out(text: str, at: int, word: str) -> bool:
    before = text[:at].rstrip()
    return word[0].isupper() and bool(before) and before[-1] not in ".!?:\n\u2026"

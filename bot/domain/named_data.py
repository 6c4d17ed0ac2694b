"""Whether an answer to "what is tracked?" or "what is not?" names data, so that nobody has to guess."""

from __future__ import annotations

import re

from bot.domain.empty_words import EMPTY_HEADS, EMPTY_MODIFIERS, GRAMMAR, THIN, is_among, named, root, words
from bot.domain.vagueness import as_needed, company_may, open_end
from bot.domain.wording import Wording

_BASE = GRAMMAR | EMPTY_HEADS | EMPTY_MODIFIERS
# A score is data once the detail says how it comes about.
_COMPUTED = re.compile(
    r"\d|\b(?:mouse|keys?|keyboard|keystrokes?|clicks?|minutes?|seconds?|share|percent\w*|ratio|divided|average"
    r"|sum|input)\b"
)
_SCORES = words("score percentage status rate index")
_DAY = frozenset({"day", "week", "month"})
_ALL = re.compile(r"(?:all|every one|each one|each)(?: of (?:them|it|these|those))?(?: \.)?")
# "who, when, why" and "where you are" name data by the question that they answer.
_ASKED = re.compile(r"\b(?:who|when|where|why|how (?:long|often|many|much|fast))\b")
# In a detail, words that only repeat that something is recorded, or how little is meant by it.
_DETAIL_WEAK = words("""
tool tools see shown show shows saved save saves captured capture captures gathers gather records collects doing do
does deemed need needs include sort sorts possible may might everything order generate generated produce produced
deem everyone purpose purposes above below role respective background trace traces footprint footprints collect collected interact interacts
""")
# Terms of a trade that say little by themselves: a detail that lists what they stand for makes them an answer.
_TRADE = words("job work done performed task presence status event record entry type code category key other order")
# How somebody is, not what is recorded of them: "driver behaviour" is data once the detail says which.
_CONDUCT = words("behaviour behavior activity performance productivity engagement pattern habit conduct footprint")
_STEM = 4
# What is left out must be something; "private stuff" or "anything else" is not.
_OMISSION_WEAK = words("""
track tracked tracks tracking record recorded collect collected monitor monitored listed list mentioned named
specified described above below none need needs want require rest remaining remainder besides apart except beyond
sensitive confidential critical
""")
_OMISSION_BASE = _BASE - words("computer pc job")
_CLOSING = words("else rest remaining above listed mentioned named everything anything")


_SEVERAL = 2


def unnamed_kind(what: Wording, detail: Wording) -> str | None:
    """The words of `what` that name no data; a thin word such as "app usage" is rescued by a concrete detail."""
    if opened := open_end(what) or as_needed(what):
        return opened
    concrete = [word for word in named(what) if word not in _DAY]
    if not concrete and not _ASKED.search(what.plain):
        return None if _of_a_trade(what) and _listed(detail) else what.original.strip()
    if concrete and _is_conduct(what) and not _adds(concrete, detail):
        return what.original.strip()
    if concrete and all(is_among(word, THIN) for word in concrete) and len(concrete) < len(list(what.words())):
        if all(is_among(word, _SCORES) for word in concrete):
            return None if _COMPUTED.search(detail.plain) else what.original.strip()
        explained = [word for word in named(detail, _DETAIL_WEAK) if not is_among(word, THIN)]
        return None if explained else what.original.strip()
    return None


def _listed(detail: Wording) -> bool:
    """Whether a detail names several kinds of data, and leaves nothing open itself."""
    if open_end(detail) or as_needed(detail):
        return False
    found = {word for word in named(detail, _DETAIL_WEAK) if not is_among(word, THIN)}
    return len(found) >= _SEVERAL


def _of_a_trade(what: Wording) -> bool:
    """Whether it is a term such as "other work", "jobs" or "activity codes", which its detail can explain."""
    said = [text for _, text in what.words() if text == "done" or not is_among(text, GRAMMAR | _DAY)]
    if said in ([], ["work"], ["done"]):
        return False
    return all(is_among(text, _TRADE) for text in said) or (
        said[0] == "activity" and len(said) > 1 and all(is_among(text, _TRADE) for text in said[1:])
    )


def _is_conduct(what: Wording) -> bool:
    """Whether what is named in the end is how somebody is: "driver behaviour", "behaviour on board"."""
    said = [text for _, text in what.words()]
    return any(
        is_among(text, _CONDUCT) and (at + 1 == len(said) or said[at + 1] in GRAMMAR) for at, text in enumerate(said)
    )


def _adds(concrete: list[str], detail: Wording) -> bool:
    """Whether a detail names something that the name before it does not."""
    known = {word[:_STEM] for word in concrete}
    more = [word for word in named(detail, _DETAIL_WEAK) if word[:_STEM] not in known]
    return bool(more) or any(token.text[0].isdigit() for token in detail.tokens)


def unnamed_detail(what: Wording, detail: Wording) -> str | None:
    """The words of a detail that leave open what is recorded, or only say its name again."""
    if opened := open_end(detail) or as_needed(detail) or company_may(detail):
        return opened
    has_number = (
        any(token.text[0].isdigit() for token in detail.tokens)
        or _ALL.fullmatch(detail.plain)
        or _ASKED.search(detail.plain)
    )
    said = {root(word) for word in named(detail, _DETAIL_WEAK)}
    again = said and said <= {root(text) for _, text in what.words()}
    return None if has_number or (said and not again) else detail.original.strip()


def unnamed_omission(item: Wording) -> str | None:
    """The words of a "not tracked" item that name nothing."""
    if opened := open_end(item) or as_needed(item):
        return opened
    has_number = any(token.text[0].isdigit() for token in item.tokens) or _ASKED.search(item.plain)
    return (
        None
        if has_number or named(item, _OMISSION_WEAK, base=_OMISSION_BASE) or _own_time(item)
        else item.original.strip()
    )


def closes_the_list(item: Wording) -> bool:
    """Whether an item such as "anything not listed above" shuts a list that names things before it."""
    return any(text in _CLOSING for _, text in item.words())


def _own_time(item: Wording) -> bool:
    said = {text for _, text in item.words()}
    return bool(said & {"outside", "off", "after", "beyond"}) and bool(said & {"work", "working", "time", "job"})

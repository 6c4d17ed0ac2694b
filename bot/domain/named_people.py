"""Whether an answer to "who sees it?" names a person, a role or a definite group, or anybody at all."""

from __future__ import annotations

import re

from bot.domain.empty_words import GRAMMAR, is_among, named, words
from bot.domain.wording import Wording, read

# Words that do not narrow down who is meant: "management", "authorised personnel", "those with a need to know".
_ANYBODY = words("""
management leadership company organisation firm business employer admin administrator administration stakeholder
personnel staff people person employee colleague team user everyone everybody anyone anybody someone somebody
manager supervisor superior boss bosses executive exec senior up ups official party parties third group department
office individual member role head headquarter hq agency studio institution corporation enterprise decision maker
leader director representative rep insider outsider other others hierarchy function unit colleagues viewer reader
party
""")
_WEAK = words("""
access accesses see view review need needed require required deemed able allow allowed permit permitted permission
authorise authorised authorisation authority grant granted give given involved concerned interested interest
relevant appropriate responsible responsibility charge designate designated select selected certain some any all
various necessary suitable qualified trusted trust key internal external senior upper top middle high higher level
ranking line inside general legitimate valid reason business know knowing basis purpose job position delegate
delegated within right rights proper entitled entitlement approved approval different multiple only want wants ask
asks request requests decide company-wide privileged elevated every applicable competent look looks data information
record log report logs decision make makes making use uses using people's has have system tool platform account
power powers software supervisory supervising
""")
# These single people are definite unless "any", "a" or "some" stands before them.
_ONE = words("manager supervisor director boss superior administrator leader head executive representative")
_LOOSE = words("any a an some certain another relevant appropriate other various")
_WHOSE = words("me myself your yours you yourself own their her his employee's my one's")
_BOUNDED = re.compile(
    r"\b(?:all|every|every one|everyone|everybody|each|whole|entire)\b.{0,200}\b(?:in|on|at|of|from) (?!(?:the |our |upper |senior ){0,2}"
    r"(?:leadership|management|charge|authority|company|organi[sz]ation|business|firm)\b)\w+"
)
_DEFINITE = re.compile(
    r"\bthe senior (?:on|of|in)\b|^(?:the )?(?:whole |entire |project )?team$|\bheads? of\b"
    r"|\bpersonnel (?:department|office|team|section|manager|officer|administration)\b"
    r"|\bstaff (?:rep|reps|representatives?|council|committee|association|side)\b"
)
_COUNT = re.compile(r"^(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|both)$")
_SPLIT = re.compile(
    r" (?:, and|, or|and / or|and|or|as well as|plus|,|;|/|&|\+) (?!(?:namely|i \. e|that is|meaning|who|which"
    r"|in (?:the )?person)\b)"
)


def anybody(wording: Wording) -> str | None:
    """The words that leave open who looks, or None when everybody named is definite."""
    plain = wording.plain
    offset = counted = depth = 0
    spans: list[tuple[int, int]] = []
    for match in [*_SPLIT.finditer(plain), None]:
        end = match.start() if match else len(plain)
        depth += plain.count("(", counted, end) - plain.count(")", counted, end)
        counted = end
        if match and depth > 0:  # "management (the CFO and the COO)" is one answer
            continue
        spans.append((offset, end))
        offset = match.end() if match else end
    vague = [
        span for span in spans if plain[span[0] : span[1]].strip(" .,;") and _leaves_open(plain[span[0] : span[1]])
    ]
    if not vague:
        return None
    first, last = vague[0]
    return wording.quote(wording.token_at(first), wording.token_at(max(first, last - 1)))


def _leaves_open(plain: str) -> bool:
    texts = plain.split()
    if named(read(plain), _WEAK | _ANYBODY, base=GRAMMAR):
        return False
    if any(text in _WHOSE for text in texts):  # "your manager", "you", "your own team"
        return False
    if _BOUNDED.search(plain) and not any(
        is_among(text, _WEAK - {"all", "line"}) for text in texts if text not in GRAMMAR
    ):
        return False
    if (
        "all" in texts
        and any(text in {"employees", "staff", "colleagues"} for text in texts)
        and not any(text in _LOOSE | {"relevant", "authorised", "authorized"} for text in texts)
    ):
        return False
    if _DEFINITE.search(plain):
        return False
    ones = [text for text in texts if text in _ONE and not plain.endswith(("head office", "headquarters"))]
    if ones and not any(text in _LOOSE for text in texts) and not any(text == "line" for text in texts):
        return False
    if "line" in texts and any(text in {"manager", "managers"} for text in texts):
        return False
    # "the two directors" can be counted and so are known.
    return not (any(_COUNT.match(text) for text in texts) and any(is_among(text, _ONE) for text in texts))

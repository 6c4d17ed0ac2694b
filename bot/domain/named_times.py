"""Whether an answer to "how often?" names a rhythm, a moment or an occasion, or leaves it to whoever looks."""

from __future__ import annotations

import re

from bot.domain.empty_words import GRAMMAR, named, words
from bot.domain.vagueness import as_needed
from bot.domain.wording import Wording

_RHYTHM = re.compile(
    r"\b(?:hourly|daily|nightly|weekly|biweekly|fortnight\w*|monthly|bimonthly"
    r"|quarter\w*|yearly|annual\w*|semi|twice|thrice|each|every(?! now)|per|once|live|continuous\w*|constantly"
    r"|mon(?:day)?s?|tue(?:sday)?s?|wed(?:nesday)?s?|thu(?:rsday)?s?|fri(?:day)?s?|sat(?:urday)?s?|sun(?:day)?s?"
    r"|january|february|march|april|(?:in|of|every|each|\d+|late|early|mid) may|june|july|august|september"
    r"|october|november|december|midnight|noon|real time|realtime|first|last|never|month end|end of|day|night|week"
    r"|month|shift|hours?)\b|\d"
)
# Words that name neither rhythm nor occasion.
_WEAK = words("""
need needed necessary necessity require required requirement want wants wish wishes like likes please management
manager company organisation leadership they business appropriate possible feel feels see sees fit convenient suit
suits choose chooses make makes sense desired deem deemed decide decides discretion reason reasons request requests
requested demand demands regular regularly periodic periodically occasional occasionally occasion sometimes often
frequent frequently rarely seldom usual usually normal normally routine routinely typically generally general time
times anytime ad hoc basis circumstance circumstances situation situations depend depends depending case cases
various certain interval intervals appropriate arise arises arising purpose purposes operational operation
operations check checks checked checking review reviews reviewed reviewing look looks access accesses accessed view
views viewed use used always whenever course due suitable relevant reasonable soon later future irregular
irregularly subject sporadic sporadically random randomly fixed schedule schedules scheduled variable varies vary
varying defined set ask asks asked flexibly flexible every_now given something anything comes come flexibly spot now
again intermittently recurring permitted authorised allowed applicable concern justified useful helpful important
urgent ongoing
""")
_SOFT = re.compile(
    r"\b(?:regular(?:ly)?|periodic(?:al(?:ly)?)?|occasional(?:ly)?|sometimes|often"
    r"|frequent(?:ly)?|routine(?:ly)?|from time to time|now and (?:then|again)"
    r"|depend(?:s|ing) (?:up)?on|ad hoc|sporadic\w*|intermittent\w*)\b"
)
_WHENEVER = re.compile(r"\b(?:whenever|when ever|any ?time|at all times)\b")
_CLAUSE_LENGTH = 200
_CLAUSE = re.compile(r" [.;:,] | and | or ")
_YOURS = re.compile(r"\b(?:when|if|after|once) you (?:ask|request|want|agree|wish)\b")
_OPEN_ALL_DAY = re.compile(
    r"\b(?:live|real time|realtime|of (?:the )?(?:day|night)|day (?:or|and) night|without (?:notice|warning)"
    r"|24 / 7|24 hours?|continuous\w*|(?:during|in|within) (?:\w+ ){0,3}hours|all day)\b"
)


def left_open(wording: Wording) -> str | None:
    """The words that leave open when somebody looks, or None when rhythm or occasion is named.

    A plain "live, at any time of day" is uncomfortable but definite, and passes; "any time" alone does not say
    whether anybody ever looks, and "whenever" leaves it to the one who does.
    """
    if needed := as_needed(wording):
        return needed
    plain = wording.plain
    for match in _WHENEVER.finditer(plain):
        clause = _CLAUSE.split(plain[match.end() : match.end() + _CLAUSE_LENGTH], maxsplit=1)[0]
        if not _names(clause) and not _OPEN_ALL_DAY.search(plain):
            return wording.quote(wording.token_at(match.start()), wording.token_at(match.end() + len(clause) - 1))
    if _YOURS.search(plain):  # it is the person who decides, not whoever looks
        return None
    soft = _SOFT.search(plain)
    if soft and not _RHYTHM.search(plain):
        return wording.quote_match(soft)
    if not _RHYTHM.search(plain) and not named(wording, _WEAK, base=GRAMMAR):
        return wording.original.strip()
    return None


def _names(clause: str) -> bool:
    return any(text not in GRAMMAR and text not in _WEAK and text[0].isalpha() for text in clause.split())

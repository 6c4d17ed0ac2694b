"""What a reason rests on: somebody outside who demands something, a rule, an incident; and how exactly it is told."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.domain.empty_words import EMPTY_HEADS, EMPTY_MODIFIERS, GRAMMAR, is_among, words
from bot.domain.event_words import (
    ACRONYMS,
    ADVERBS,
    COMMON,
    DEMAND,
    INCIDENT,
    NUMBER_WORDS,
    OUTSIDE,
    OWN,
    PLAIN_DEMAND,
    RULES,
    WISHED_AWAY,
)
from bot.domain.wording import Wording

_INCIDENT_PHRASE = re.compile(
    r"\b(?:could not|cannot|can not|couldn't|can't|unable to|not able to|nobody could"
    r"|no one could|nobody can|failed to|no way to|didn't|did not|not) (?:\w+ )?(?:show"
    r"|prove|tell|say|reconstruct|document|explain|evidence|demonstrate|justify"
    r"|account|substantiate|pay|paid|produce|verify|trace)\b"
    r"|\b(?:no|without|lack of|lacked|missing|had none|only estimates|incomplete"
    r"|late) (?:\w+ )?(?:records?|proofs?|evidence|logs?|timesheets?|time sheets?|documentation|hours)\b"
    r"|\b(?:not|never|n't|nor) (?:been )?(?:paid|pay|billed|invoiced|charged|renew|renewed|accepted)\b"
    r"|\bwr(?:ote|itten|ite) (?:\w+ )?off\b|\bpa(?:y|id|ying) (?:\w+ ){0,3}back\b"
    r"|\b(?:sent|came|come|handed|gave|given|turned|brought) (?:\w+ ){0,2}back\b|\bmoney back\b|\bcredit notes?\b"
    r"|\bcondition of (?:payment|the|our|a)\b|\bmarked (?:\w+ )?down\b|\bcut (?:by|from|to)\b|\b(?:was|were) cut\b"
    r"|\bnot signed\b|\bhad none\b|\bput (?:\w+ )?at risk\b|\bpay(?:s|ing)? (?:us )?(?:only |per |by |against )"
)
_MUST = re.compile(
    r"\b(?:must|have to|has to|had to|obliged?s?|obligates?|compulsory|mandatory|required|required to|under"
    r"|contrary to|according to|in breach of|by|as of|since|until)\b"
)
_MONEY = re.compile(
    r"[$€£¥₹₽₩₺₴₦₱₫₪฿] ?\d|\d[\d.,]{0,20}(?:k|m|bn)? ?[$€£¥₹₽₩₺₴₦₱₫₪฿]"
    r"|\b(?:usd|eur|gbp|jpy|chf|inr|rs|kes|ksh|ngn|zar|pln|zl|czk|huf|sek|nok"
    r"|dkk|brl|mxn|ars|clp|cop|aud|cad|nzd|sgd|hkd|cny|rmb|krw|thb|php|idr|myr"
    r"|vnd|try|tl|aed|sar|ils|egp|uah|ron|bgn|r \$|us \$) ?(?:\. )?\d"
    r"|\b(?:\d[\d.,]{0,20}[km]?|(?:hundred|thousand|million|lakh|crore)s?(?: of)?)(?: (?:thousand"
    r"|million|billion|lakhs?|crores?|mil|k|m))? (?:euros?|dollars?|pounds?|francs?"
    r"|rupees?|zl|zloty(?:ch|s)?|yen|lira|liras|tl|reais|pesos?|kron(?:a|or|er"
    r"|e|en)|crowns?|shillings?|naira|rand|won|yuan|riyals?|dirhams?|forints?"
    r"|lei|leva|usd|eur|gbp|jpy|chf|inr|kes|pln|czk|sek|nok|dkk|brl|vnd|lakhs?|crores?)\b"
)
_WHEN = re.compile(
    r"\b(?:january|february|march|april|june|july|august|september|october|november"
    r"|december|jan|feb|apr|jun|jul|aug|sept?|oct|nov|dec|monday|tuesday|wednesday"
    r"|thursday|friday|spring|summer|autumn|fall of|winter"
    r"|yesterday|(?:in|of|since|last|this|next|on|from|until|by|early|late|mid|\d+) may|may \d+"
    r"|(?:last|this|next|past|previous|first|second|third|fourth|final|every|each"
    r"|old|new) (?:\w+ )?(?:year|quarter|month|week|season|half|semester|term"
    r"|fall|spring|summer|period|phase|milestone)|q[1-4]|h[12]|(?:19|20)\d\d"
    r"|end of (?:the )?(?:year|quarter|month|season|contract)|year end)\b"
    r"|\b\d{1,2} / \d{1,2}\b|\b\d{4} - \d\d\b|\b\d{1,2}\.\d{1,2}\.(?:\d{2,4})?"
)
_ANNOUNCING = re.compile(
    r"\b(?:introduc\w*|launch\w*|roll\w* out|go(?:es)? live|starting|start|starts|install\w*|implement\w*"
    r"|deploy\w*|adopt\w*|begin|begins|use|using|track|tracks|records? time|replaces?|will be tracked|tracking)\b"
)
_CLAUSE = re.compile(r" (?:[.;:!?,(]|because|since|as|after|due to|following|so|when|where|which|who|that|and) ")
_SENTENCE = re.compile(r" [.!?;] ")
_ASIDE = re.compile(r" , (?:which|who|whom|that)\b[^,.;]{0,120} ,")
_NEAR = 3
_ENOUGH = 2
# Any company has these; without a name or a count they are nobody in particular.
_MANY = words("clients customers partners suppliers investors vendors vendor members accounts networks platforms")
_HEAD_COUNT = re.compile(
    r"\b(?:\d[\d.,]{0,20}|[a-z]+ty|[a-z]+teen|two|three|four|five|six|seven|eight|nine|ten|hundreds?) (?:\w+ )?"
    r"(?:people|persons|employees|staff|colleagues|users|departments|teams|offices|countries|projects|sites"
    r"|locations|managers|members|tools|fte|heads|cities)\b"
)
_DECIDING = re.compile(
    r"\b(?:decid\w+|decision|agreed|approved|wants?|would like|needs? to|hope|believe|think|we plan|improve|better"
    r"|ensure|helps?|grew|grow|growing|offers?|discount|solid|overview|strategy|discussions?|feedback|deserve)\b"
)
_DETERMINERS = frozenset({"the", "our", "a", "an", "all", "each", "every", "its", "their", "some", "other"})
_FOR = frozenset({"per", "for", "to", "with", "of", "by", "about", "on", "from", "at", "in", "and", "between", "into"})
_FAR = 12
_ENGLISH = GRAMMAR


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found: something that happened or obliges, and something by which it could be checked."""

    happened: bool
    checkable: bool


def evidence(wording: Wording) -> Evidence:
    """Look for an event or obligation, and for who, how much, when, or which rule."""
    plain = wording.plain
    texts = [token.text for token in wording.tokens]
    if _not_english(wording):
        numbered = any(text[0].isdigit() for text in texts)
        return Evidence(numbered, numbered)
    demanded, named_party = _demand(_ASIDE.sub("", plain).split())
    rule, numbered_rule = _rule(texts)
    happened = demanded or numbered_rule or _incident(texts, plain) or (rule and bool(_MUST.search(plain)))
    told_otherwise = _particulars(plain) + _somebody_acts(texts) >= _ENOUGH
    if not happened and (told_otherwise or (_MONEY.search(plain) and _told_exactly(plain))):
        return Evidence(happened=True, checkable=True)
    return Evidence(
        happened, happened and (named_party or numbered_rule or bool(_MONEY.search(plain)) or _told_exactly(plain))
    )


def _somebody_acts(texts: list[str]) -> bool:
    """Whether anybody outside stands where the one who acts stands, and not after "for", "per" or "with"."""
    for at, text in enumerate(texts):
        if not is_among(text, OUTSIDE) or (text in _MANY and not _has_a_name(texts, at) and not _counted(texts, at)):
            continue
        if _done_by(texts, at):
            return True
        back = at - 1
        while back >= max(0, at - _NEAR) and texts[back] not in _DETERMINERS and texts[back] not in _FOR:
            back -= 1
        if back >= 0 and texts[back] in _DETERMINERS:
            back -= 1
        if back < 0 or texts[back] not in _FOR:
            return True
    return False


def _counted(texts: list[str], at: int) -> bool:
    return any(near in NUMBER_WORDS or near[0].isdigit() for near in texts[max(0, at - _NEAR) : at])


def _done_by(texts: list[str], at: int) -> bool:
    """Whether somebody outside does something to the company ("is checked by two customs offices")."""
    passive = {"is", "are", "was", "were", "be", "been"}.intersection(texts[max(0, at - 2 * _NEAR) : at])
    return bool(passive) and "by" in texts[max(0, at - _NEAR) : at]


def _particulars(plain: str) -> int:
    """How many counts and dates are told of what happened, leaving out head counts, decisions and wishes."""
    found = 0
    for clause in _CLAUSE.split(f" {plain} "):
        if _ANNOUNCING.search(clause) or _DECIDING.search(clause):
            continue
        rest = _HEAD_COUNT.sub(" ", _WHEN.sub(" ", clause)).split()
        found += bool(_WHEN.search(clause)) + sum(text[0].isdigit() or text in NUMBER_WORDS for text in rest)
    return found


def _not_english(wording: Wording) -> bool:
    spoken = [text for _, text in wording.words()]
    return len(spoken) >= 6 and sum(text in _ENGLISH for text in spoken) * 9 < len(spoken)  # noqa: PLR2004


def _incident(texts: list[str], plain: str) -> bool:
    if _INCIDENT_PHRASE.search(plain):
        return True
    return any(
        text in INCIDENT and not WISHED_AWAY.intersection(texts[max(0, at - 3) : at]) for at, text in enumerate(texts)
    )


def _rule(texts: list[str]) -> tuple[bool, bool]:
    """Whether a rule is mentioned, and whether one is named by number or by its own name."""
    mentioned = False
    for at, text in enumerate(texts):
        if text in ACRONYMS or (text == "§"):
            return True, True
        if text in {"order", "point", "points"} and not (
            texts[at + 1 : at + 2] and (texts[at + 1] in {"no", "nr", "number"} or texts[at + 1][0].isdigit())
        ):
            continue
        if is_among(text, RULES):
            mentioned = True
            if any(near[0].isdigit() for near in texts[at + 1 : at + 7] if near) and not _mere_date(
                texts[at + 1 : at + 7]
            ):
                return True, True
    return mentioned, False


def _mere_date(texts: list[str]) -> bool:
    return any(_WHEN.search(text) for text in texts) and not any(
        text in {"(", "art", "article", "section", "/"} for text in texts
    )


def _demand(texts: list[str]) -> tuple[bool, bool]:
    """Whether somebody outside demands something, and whether it can be told who."""
    demanded = False
    for at, text in enumerate(texts):
        if text == ":" and at and _unknown(texts[at - 1]):  # "Northwind: hours with every invoice"
            return True, True
        if text not in DEMAND and not _past(text) and not _present(texts, at):
            continue
        subject = _subject(texts, at)
        if subject is None:
            continue
        demanded = True
        if not is_among(texts[subject], OUTSIDE) or _has_a_name(texts, subject):
            return True, True
    return demanded, False


def _past(text: str) -> bool:
    return len(text) > 4 and text.endswith("ed") and _unknown(text)  # noqa: PLR2004


def _present(texts: list[str], at: int) -> bool:
    """Whether an unknown word stands where "the federation reimburses …" has its verb."""
    text = texts[at]
    return (
        at > 0
        and text.endswith("s")
        and texts[at - 1] in OUTSIDE
        and not texts[at - 1].endswith("s")
        and _unknown(text)
    )


def _subject(texts: list[str], verb: int) -> int | None:
    """Where the one who demands is named, if it is somebody outside."""
    nearest = verb - 1
    while nearest >= 0 and texts[nearest] in ADVERBS:
        nearest -= 1
    if nearest >= 0 and texts[verb] in PLAIN_DEMAND and _unknown(texts[nearest]):
        return nearest
    for at in range(verb - 1, max(-1, verb - _FAR), -1):
        text = texts[at]
        if text in {".", "!", "?", ";"} or text in OWN:
            return None
        if is_among(text, OUTSIDE):
            return at
    # "An R&D report is required by the ministry"
    for at in range(verb + 1, min(len(texts), verb + 5)):
        if texts[at] == "by" and at + 1 < len(texts):
            return next(
                (near for near in range(at + 1, min(len(texts), at + 4)) if is_among(texts[near], OUTSIDE)), None
            )
    return None


def _has_a_name(texts: list[str], at: int) -> bool:
    """Whether a client, donor or authority is called by a name, or is the only one of its kind ("the ministry")."""
    for near in range(max(0, at - 3), at):
        if texts[near] == "," and near and _unknown(texts[near - 1]):  # "CNES, our customer, …"
            return True
    for near in range(at + 1, min(len(texts), at + 4)):
        if texts[near] in {"(", ",", ":", "-", '"', "called", "named"}:
            continue
        if _unknown(texts[near]):
            return True
        break
    before = texts[at - 1] if at else ""
    single = not texts[at].endswith("s")
    return _unknown(before) or (
        single and before in {"the", "our"} and texts[at] not in {"client", "customer", "law", "contract", "market"}
    )


def _unknown(text: str) -> bool:
    """Whether a word is in none of the lists here, as names are."""
    return (
        len(text) > 1
        and text[0].isalpha()
        and not any(
            is_among(text, known)
            for known in (
                GRAMMAR,
                EMPTY_HEADS,
                EMPTY_MODIFIERS,
                OUTSIDE,
                OWN,
                DEMAND,
                INCIDENT,
                COMMON,
                NUMBER_WORDS,
                ADVERBS,
                RULES,
            )
        )
        and not text.endswith(("ly", "ing", "tion", "tions", "ness", "ment", "ity", "ship", "ance", "ence", "ism"))
        and not _WHEN.fullmatch(text)
    )


def _told_exactly(plain: str) -> bool:
    """Whether a count or a time is told of what happened, beyond the day on which the tool starts."""
    for clause in _CLAUSE.split(f" {plain} "):
        if _ANNOUNCING.search(clause):
            continue
        if any(text[0].isdigit() or text in NUMBER_WORDS for text in clause.split()) or _WHEN.search(clause):
            return True
    return False

"""What a reason rests on: somebody outside who demands something, a rule, an incident; and how exactly it is told."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.domain.empty_words import EMPTY_HEADS, EMPTY_MODIFIERS, GRAMMAR, is_among, words
from bot.domain.event_phrases import (
    ANNOUNCING,
    DATE,
    DECIDING,
    HEAD_COUNT,
    INCIDENT_PHRASE,
    MONEY,
    MUST,
    THE_INCIDENT,
    WHEN,
)
from bot.domain.event_words import (
    ACRONYMS,
    ADVERBS,
    COMMON,
    DEMAND,
    FOREIGN_DEMAND,
    INCIDENT,
    NUMBER_WORDS,
    OUTSIDE,
    OWN,
    PLAIN_DEMAND,
    RULES,
    WISHED_AWAY,
)
from bot.domain.wording import Wording

_CLAUSE = re.compile(
    r" (?:[.;:!?,(]|because|since|as(?! of )|after|due to|following|so|when|where|which|who|that|and) "
)
_SENTENCE = re.compile(r" [.!?;] ")
_ASIDE = re.compile(r" , (?:which|who|whom|that)\b[^,.;]{0,120} ,")
_NEAR = 3
_ENOUGH = 2
# Any company has these; without a name or a count they are nobody in particular.
_MANY = words("clients customers partners suppliers investors vendors vendor members accounts networks platforms")
# "funding from Wellcome", "the contract with Aker": what binds, and whom it comes from.
_COMES_FROM = words("""
funding funded paid payment money loan subsidy grant order contract audit letter notice claim complaint licence lease
agreement tender inspection ruling
""")
_UNDERTAKES = words("renew pay accept sign reimburse fund cover insure buy certify deduct refuse reject cut")
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
        numbered = any(text[0].isdigit() for text in texts) or bool(FOREIGN_DEMAND.search(plain))
        return Evidence(numbered, numbered)
    demanded, named_party = _demand(_ASIDE.sub("", plain).split())
    rule, numbered_rule = _rule(texts)
    happened = demanded or numbered_rule or _incident(texts, plain) or (rule and bool(MUST.search(plain)))
    told_otherwise = _particulars(plain) + _somebody_acts(texts) >= _ENOUGH
    if not happened and (told_otherwise or _sum_told(plain)):
        return Evidence(happened=True, checkable=True)
    pinned_down = bool(MONEY.search(plain) or THE_INCIDENT.search(plain)) or _told_exactly(plain) or _said_whose(texts)
    return Evidence(happened, happened and (named_party or numbered_rule or pinned_down))


def _sum_told(plain: str) -> bool:
    """Whether a sum of money is told of what happened, and not of what was decided or will be bought."""
    return any(
        MONEY.search(clause) and not ANNOUNCING.search(clause) and not DECIDING.search(clause)
        for clause in _CLAUSE.split(f" {plain} ")
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


def _said_whose(texts: list[str]) -> bool:
    """Whether a grant, a contract or a letter is said to come from somebody by name, or somebody outside is named."""
    for at, text in enumerate(texts):
        if is_among(text, _UNDERTAKES) and _unknown(_before_adverbs(texts, at)):  # "Lloyd's will renew … only with"
            return True
        if is_among(text, _COMES_FROM) and texts[at + 1 : at + 2] and texts[at + 1] in {"from", "by", "with"}:
            following = [near for near in texts[at + 2 : at + 4] if near not in _DETERMINERS]
            if following and _unknown(following[0]):
                return True
        alone = is_among(text, OUTSIDE) and not text.endswith("s")  # "unhappy customers" are nobody in particular
        if alone and _has_a_name(texts, at):
            return True
    return False


def _before_adverbs(texts: list[str], at: int) -> str:
    return next((text for text in reversed(texts[:at]) if text not in ADVERBS), "")


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
        if ANNOUNCING.search(clause) or DECIDING.search(clause):
            continue
        rest = HEAD_COUNT.sub(" ", WHEN.sub(" ", DATE.sub(" ", clause))).split()
        found += bool(WHEN.search(clause)) + sum(text[0].isdigit() or text in NUMBER_WORDS for text in rest)
    return found


def _not_english(wording: Wording) -> bool:
    spoken = [text for _, text in wording.words()]
    return len(spoken) >= 6 and sum(text in _ENGLISH for text in spoken) * 9 < len(spoken)  # noqa: PLR2004


def _incident(texts: list[str], plain: str) -> bool:
    if INCIDENT_PHRASE.search(plain):
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
            following = texts[at + 1 : at + 7]
            if "for" in following:  # "licences for 80 people" have no number of their own
                following = following[: following.index("for")]
            if any(near[0].isdigit() for near in following) and not _mere_date(following):
                return True, True
    return mentioned, False


def _mere_date(texts: list[str]) -> bool:
    return any(WHEN.search(text) for text in texts) and not any(
        text in {"(", "art", "article", "section", "/"} for text in texts
    )


def _demand(texts: list[str]) -> tuple[bool, bool]:
    """Whether somebody outside demands something, and whether it can be told who."""
    demanded = False
    for at, text in enumerate(texts):
        if text == ":" and at and _a_name_alone(texts[:at]):  # "Northwind: hours with every invoice"
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


def _a_name_alone(before: list[str]) -> bool:
    """Whether a sentence so far is a name and nothing else."""
    ends = [at for at, text in enumerate(before) if text in {".", "!", "?", ";"}]
    sentence = before[ends[-1] + 1 :] if ends else before
    return 0 < len(sentence) <= _NEAR and all(_unknown(text) or text in {"and", "&"} for text in sentence)


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
        and not WHEN.fullmatch(text)
    )


def _told_exactly(plain: str) -> bool:
    """Whether a count or a time is told of what happened, beyond the day on which the tool starts."""
    for clause in _CLAUSE.split(f" {plain} "):
        if ANNOUNCING.search(clause):
            continue
        if any(text[0].isdigit() or text in NUMBER_WORDS for text in clause.split()) or WHEN.search(clause):
            return True
    return False

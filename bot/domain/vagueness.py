"""What makes any answer vague: nothing written, a placeholder, a pointer elsewhere, an open end."""

from __future__ import annotations

import re

from bot.domain.empty_words import EMPTY_HEADS, EMPTY_MODIFIERS, GRAMMAR, is_among, named, words
from bot.domain.wording import Wording

_STAND_IN = words("""

n/a na none null nil unknown pending test testing asdf foo bar baz x xx xxx xxxx ditto unspecified undefined undecided
unclear todo fixme example text
""")
_PLACEHOLDER = re.compile(
    r"\b(?:tbd|tbc|tba|lorem ipsum|fixme|placeholder|your text here|coming soon|(?:fill|fill this) in(?: later)?$"
    r"|(?:insert|write|add) (?:\w+ ){1,4}here)\b|^not applicable(?: \.)?$|^todo(?= :| -|$| !| \.)|^(?:todo) "
)
_LATER = re.compile(
    r"\b(?:(?:yet )?to be (?:decided|defined|confirmed|determined|announced|agreed"
    r"|completed|specified|written|filled|added|discussed|clarified|set)"
    r"|not (?:yet )?(?:been )?(?:decided|defined|known|specified|stated|determined)"
    r"|will be (?:decided|defined|confirmed|determined|announced|specified|clarified|communicated)"
    r"|under discussion|to follow|same as above|see above)\b"
)
_SHORT = 8
_POINTING = words("""

see refer per according accordance accordingly line following please read described defined stated set specified laid
down explained outlined policy policies handbook document documentation wiki page link below above elsewhere guideline
procedure rule regulation regulated law legislation legal applicable standard company internal employee staff our
general terms contract intranet manual required covered governed subject comply compliance
""")
_NEEDED = r"(?:needed|necessary|required)\b"
_FITTING = (
    r"(?:appropriate|desired|warranted|justified|applicable|relevant|suitable|useful|possible|reasonable|convenient)"
)
_AS_NEEDED = re.compile(
    rf"\b(?:as|if|when|where|whenever|wherever|unless)(?: (?:and|or|/) (?:if|when|where|as)){{0,4}}"
    rf"(?: (?:it|this|that|is|are|be|may|might|deemed|considered|seen|thought|found"
    rf"|judged|otherwise|so|not)){{0,4}} (?:{_FITTING}|{_NEEDED}(?! (?:by|for|under"
    rf"|in|to|from) (?!any|all|business|the business|operational)))\b"
    r"|\b(?:as|if) (?:and|or|/) when\b|\bas needs? (?:be|arises?)\b|\bif needs? be\b"
    r"|\b(?:as|when|if|whenever) (?:the |a |any )?needs? (?:arises?|exists?|occurs?)\b"
    r"|\b(?:in case of|upon|on|according to|depending on|based on) (?:the )?needs?\b"
    r"|\b(?:needs?|need to know) basis\b"
    r"|\bas (?:\w+ ){1,3}(?:requires?|sees? (?:it )?fit|deems? \w+|wish(?:es)?)\b"
    r"|\b(?:sees?|seen|think|thinks|deem|deems|deemed|feels?|consider|considers) (?:it "
    r"|this |to be )?(?:fit|necessary|appropriate|right|best|proper|useful|needed)\b"
    r"|\b(?:at|in) (?:the |its |their |his |her |our |your |sole |own |full |absolute |\w+ ){0,4}discretion\b"
    r"|\bdiscretion of (?:the )?(?:management|company|manager|leadership)\b"
    r"|\bcase (?:by|to) case\b|\bas the case may be\b"
    r"|\bdepend(?:s|ing) on (?:the )?(?:circumstances?|situation|case|context|needs?|requirements?)\b"
    r"|^it depends(?: \.)?$"
)
_OPEN_END = re.compile(
    r"\betc\b(?: \.)?|\bet ?cetera\b|\band so (?:on|forth)\b|\b(?:and|or) (?:the|things) like\b|\band suchlike\b"
    r"|\band such(?= [.,;)]|$)"
    r"|\b(?:and|or|,) (?:(?:much|many|a lot|some) )?more(?= [.;)!]|$)"
    r"|\b(?:and|or) (?:(?:many|all|any|some) )?others?(?= [.;)]|$)"
    r"|\bnot limited to\b|\bamong(?:st)? (?:other things|others)\b"
    r"|\b(?:and|or) (?:anything|everything|something|whatever) (?:else|similar)\b"
    r"|\b(?:and|or) similar(?= [.;)]|$| (?:\w+ )?(?:data|information|things|details|metrics|items))|\. \. \.(?= \)|$)|…"
)
_WIDE = re.compile(
    r"\b(?:various|miscellaneous|misc|assorted|sundry|diverse)(?: \w+){0,2}"
    r"|\b(?:all|different|several|many|various) (?:sorts|kinds|types|forms) of(?: \w+){0,2}"
    r"|\b(?:whatever|anything|everything) (?:\w+ ){0,4}(?:relevant|necessary|needed"
    r"|required|useful|appropriate|records?|collects?|captures?|allows?)\b"
)
_OTHER = re.compile(r"\b(?:(?:and|or|/|&|any|all|some) ){0,4}other((?: \w+){1,3})")
_OWN = r"(?:(?:the|your) )?(?:company|management|employer|organi[sz]ation|leadership|firm|business|managers|we)"
_MAY = re.compile(
    rf"\b{_OWN} (?:may|might|can|could|reserves? the right to)(?: also| at any time| from time to time){{0,3}}"
    r" (?:review|access|inspect|monitor|collect|check|use|share|disclose|look"
    r"|view|change|amend|decide|provide|examine|process|analy[sz]e|record|grant)\b"
)


def blank_or_placeholder(wording: Wording) -> str | None:
    """The words where an answer should be (empty when nothing is written), or None when there is an answer."""
    texts = [token.text for token in wording.tokens]
    spoken = [text for text in texts if any(sign.isalnum() for sign in text)]
    whole = wording.original.strip()
    if not spoken:
        return whole
    if match := _PLACEHOLDER.search(wording.plain):
        return wording.quote_match(match)
    if len(spoken) <= _SHORT and (match := _LATER.search(wording.plain)):
        return wording.quote_match(match)
    if "/".join(spoken) == "n/a" or all(text in _STAND_IN for text in spoken):
        return whole
    if texts[0] in "[<{" and texts[-1] in "]>}" and len(texts) > 1:
        return whole
    return None


def points_elsewhere(wording: Wording) -> bool:
    """Whether the answer only refers to some policy, law or document instead of answering.

    One word alone is no pointer: "Legal" is a department.
    """
    said = [text for _, text in wording.words() if text not in GRAMMAR]
    return len(said) > 1 and all(is_among(text, _POINTING) for text in said)


def as_needed(wording: Wording) -> str | None:
    """Words that leave the matter to somebody's judgement of need."""
    match = _AS_NEEDED.search(wording.plain)
    return wording.quote_match(match) if match else None


def company_may(wording: Wording) -> str | None:
    """A right that the company keeps for itself without saying when it uses it."""
    match = _MAY.search(wording.plain)
    return wording.quote_match(match) if match else None


def open_end(wording: Wording, empty: frozenset[str] = EMPTY_HEADS) -> str | None:
    """Words after which anything at all may follow: "etc.", "various …", "and other data"."""
    for pattern in (_OPEN_END, _WIDE):
        if match := pattern.search(wording.plain):
            return wording.quote_match(match)
    for match in _OTHER.finditer(wording.plain):
        for offset, word in enumerate(match.group(1).split()):
            if is_among(word, empty):
                end = wording.token_at(match.start(1) + 1) + offset
                return wording.quote(wording.token_at(match.start()), end)
            if not is_among(word, EMPTY_MODIFIERS):  # "other health data" is data about health
                break
    return None


def says_nothing(wording: Wording, weak: frozenset[str] = frozenset()) -> bool:
    """Whether no word of the text names anything."""
    return not named(wording, weak)

"""Whether a purpose, or the ground for a role's rules, names something that the hours are for."""

from __future__ import annotations

import re

from bot.domain.empty_words import GRAMMAR, named, words
from bot.domain.motives import talk_of_people
from bot.domain.vagueness import as_needed, open_end
from bot.domain.wording import Wording

_WEAK = words("""
purpose purposes reason reasons general various business operational organisational company internal external
management managerial administrative admin administration need needs needed requirement requirements required
require necessary use usage using transparency transparent visibility insight insights overview oversight monitoring
monitor tracking track control supervision improve improves improved improvement improving improvements continuous
optimise optimised optimising optimisation better best good great growth grow quality analysis analyses analytics
analytical reporting statistic statistics information data performance productivity efficiency efficient
accountability accountable effectiveness decision decisions making make makes sense record records intelligence
remote hr monitored watched legitimate interest interests other standard practice practices industry policy policies
common usual normal strategic strategy development excellence culture understanding understand know matter activity
activities support review reviews reviewing appropriate relevant important importance leadership board decided
decide decides decision ceo boss manager managers prefer prefers preferred want wants wanted like likes think thinks
chose choose agreed believe different difference nature role roles work working job jobs position function team
teams people person employee employees staff everybody everyone build building ensure ensuring sure get have has
keep keeping help helps helping provide providing create creating increase increasing enable enabling drive driving
check checks checking see supervision manage manages managing personnel consistency consistent alignment aligned
align fairness fair modern modernisation digital transformation idea helpful useful benefit benefits beneficial
whatever because due given weekly monthly biweekly daily sensible obvious obviously way always done that's it's way
organisation firm say says said told just improving process processes processing workforce knowing going evaluation
evaluate evaluating evaluations assessment assessments behaviour behavior time times responsibility responsibilities
""")
_OCCASION = re.compile(r"^ ?(?:review|reviews|appraisal|appraisals|meeting|meetings|bonus|pay|agreement|related pay)\b")
_NEGATED = words("not never no nor without neither isn't aren't nothing")
_LOOK_BACK = 6


def bad_motive(wording: Wording) -> str | None:
    """Talk of people's productivity, trust or performance. A denial is fine here, and so is a definite occasion."""
    span = talk_of_people(wording)
    if span is None:
        return None
    first, last = span
    before = {token.text for token in wording.tokens[max(0, first - _LOOK_BACK) : first]}
    if before & _NEGATED:
        return None
    rest = " ".join(token.text for token in wording.tokens[last + 1 : last + 3])
    if wording.tokens[first].text == "performance" and _OCCASION.match(rest):
        return None
    return wording.quote(first, last)


def unnamed_purpose(wording: Wording) -> str | None:
    """The words of a purpose or ground that say nothing of its own."""
    if opened := open_end(wording, empty=_WEAK) or as_needed(wording):
        return opened
    return None if named(wording, _WEAK, base=GRAMMAR) else wording.original.strip()

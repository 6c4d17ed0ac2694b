"""Whether the answers about one's own data, breaks and corrections say what a person can count on."""

from __future__ import annotations

import re

from bot.domain.empty_words import GRAMMAR, named, words
from bot.domain.vagueness import as_needed, company_may
from bot.domain.wording import Wording

_OWN_WEAK = words("""
partially partly partial yes no see sees view viewed views look looked read access accessed accesses accessible
visible shown show shows check request requests requested requesting demand ask asks data datum information record
records own personal collected stored employee employees people person staff everyone everybody user users worker
workers available obtain get provide provided provides may might able certain some part parts possible possibly
perhaps maybe subject approval approved right rights applicable relevant appropriate law laws legislation legal
regulation regulations regulated accordance according policy policies handled treated care carefully safe safely
secure securely protected protection confidential confidentially encrypted gdpr compliance compliant company
management organisation manager managers time necessary needed need reasonable belong belongs owned owner property
informed accordingly important importance us upon course granted grant later defined case cases moment yet future
given transparent transparency fully full always privacy private comply complies agree agrees agreed justified matter matters seriously serious take takes taken
commit committed commitment respect respects respected value valued concern concerns
""")
_OWN_THING = re.compile(
    r"\b(?:own|your|their|his|her|every|all)(?: \w+){0,2} (?:logs?|hours|entr(?:y|ies)|time ?sheets?|screenshots?"
    r"|lines?|punches|sessions?|log book|diary)\b"
)
_AT_ANY_TIME = re.compile(r"\b(?:any ?time|at all times|always|whenever)\b")
_HEDGE = re.compile(
    r"\b(?:may|might) be able to\b|\b(?:some|certain|part|parts|portions?|selected|relevant) (?:of )?(?:(?:your"
    r"|their|the|own) ){0,3}(?:data|information|records?|logs?|entries)\b"
    r"|\bsubject to (?:\w+ ){0,2}(?:approval|review|discretion)\b|\bif approved\b"
    r"|\b(?:where|if|when|as) (?:possible|appropriate|applicable|reasonable|feasible)\b"
    r"|^(?:possibly|perhaps|maybe)\b"
)
_REFUSAL = re.compile(
    r"^(?:no|not|never)\b|\b(?:you|employees|people|staff|nobody) (?:cannot|can not|can't|may not|do not"
    r"|don't)(?: \w+)? (?:see|view|access|open|look|read)\b"
)
_INSTEAD = re.compile(
    r"\b(?:ask|asks|asked|request|requests|write|writes|mail|e - mail|email|contact"
    r"|call|tell|shown|shows?|cop(?:y|ies)|print\w*|rep|representative|council"
    r"|union|officer|hr|payroll|reads?|sent|sends?|gets?|receives?)\b|@"
    r"|\b(?:only|but|except)\b"
)
_SPARSE = words("""
break breaks pause pauses lunch reasonable allowed handled handle handles handling appropriate appropriately usual
normal rule rules apply applies applied policy policies standard needed need needs necessary required requirement
common sense use uses manager manager's managers management discretion case basis flexible flexibly fair fairly
treated possible regular regularly practice subject responsibly responsible managed manage taken take permitted
company depend depends depending circumstances expect expected expects act acts acting employee employees staff
everyone everybody people important importance health healthy trust trusted ask honest honestly encourage encouraged
welcome enjoy careful sensible sensibly good well being wellbeing agree agreed responsibility keep kept keeps short minimum limited
reason fine judgement judgment own ok okay
""")
_SPARSE_CORRECTIONS = words("""
talk speak ask please us correction corrections correct corrected mistake mistakes error errors entry entries
contact relevant person people appropriate responsible dealt deal deals handled possible allowed review reviewed
reviews company management process processed necessary needed required case basis usual normal rule rules apply
applies policy policies procedure may accordingly reasonable time times fixed wrong changes change somebody someone
anyone department team staff rare rarely unlikely look looks looked looking accurate accurately careful carefully
avoid avoided applicable justified justify justification exceptional exception exceptions exceptionally incorrect approve approved approves approval grant granted
according accordance
""")


def unsaid_own_data(wording: Wording) -> tuple[str, str] | None:
    """Words and problem when the answer does not say how or when people see their own data.

    A plain no is an answer too, as long as it says whom to ask instead.
    """
    if vague := as_needed(wording) or company_may(wording):
        return vague, "This leaves it to the company whether people see their own data."
    if hedge := _HEDGE.search(wording.plain):
        return wording.quote_match(hedge), "This hedges: nobody can tell from it whether they will see their own data."
    plain = wording.plain
    if _REFUSAL.search(plain) and not _INSTEAD.search(plain):
        return wording.original.strip(), "This says no, but not whom people can ask instead."
    if named(wording, _OWN_WEAK, base=GRAMMAR) or _OWN_THING.search(plain):
        return None
    if _AT_ANY_TIME.search(plain) and re.search(r"\b(?:yes|see|view|access|open|read|visible|look)", plain):
        return None
    return wording.original.strip(), "This does not say how or when people see their own data."


def unsaid_breaks(wording: Wording) -> str | None:
    """The words about breaks that state no rule."""
    return _unsaid(wording, _SPARSE)


def unsaid_corrections(wording: Wording) -> str | None:
    """The words about corrections that state no way and no time limit."""
    if re.search(r"\b(?:change|correct|fix|edit)\w* (?:it|them|entries|any entry) yourself\b", wording.plain):
        return None
    return company_may(wording) or _unsaid(wording, _SPARSE_CORRECTIONS)


def _unsaid(wording: Wording, weak: frozenset[str]) -> str | None:
    has_number = any(token.text[0].isdigit() for token in wording.tokens)
    return None if has_number or named(wording, weak, base=GRAMMAR) else wording.original.strip()

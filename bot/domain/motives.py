"""Motives that do not belong in an announcement: talk of productivity, trust or performance, in whatever words."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.domain.empty_words import GRAMMAR, is_among, words
from bot.domain.wording import Wording

_PEOPLE = (
    r"(?:people|person|employees?|staff|workers?|colleagues?|teams?|everyone|everybody|workforce"
    r"|individuals?|members?|headcount|head|personnel|somebody|anyone|nobody|no one|you|they|them)"
)
_RAISE = words("""
improve improves improved improving boost boosts boosting increase increases increasing raise raises raising
maximise maximising drive drives driving enhance enhances enhancing optimise optimises optimising track tracking
measure measures measuring monitor monitors monitoring evaluate evaluating assess assessing manage managing better
higher individual employee employees team staff people job work workforce personal overall low poor
""")
_COMPANY = words("""
ltd limited inc gmbh llc llp plc bv nv sa ag oy oyj ab as pty corp corporation co kg kk srl sarl spa lda ltda pvt sp
zoo partners group holding holdings lab labs institute commission association solutions systems consulting software
council agency university foundation centre center museum theatre academy sports studio studios bank company society
office
""")
_CALLED = words("client clients customer customers called named donor funder supplier publisher vendor namely")
_BONDS = words("""
bond bonds guarantee guarantees security clause obligation fee fees royalty royalties right rights art arts venue
venues space hall car cars tuning tyre tyres test tests testing bike bikes period statement certificate licence
license recording recordings
""")
_STAGES = words("""
live theatre theatrical musical orchestral stage dance contract contractual energy thermal acoustic structural
network system server vehicle engine machine building fire environmental period place opera concert specific evening
matinee during timely
""")
_AFTER_PERFORMANCE = words("""
review reviews management evaluation evaluations issue issues problem problems metric metrics indicator indicators
improvement improvements goal goals target targets data gain gains level levels standard standards concern concerns
culture tracking rating ratings appraisal appraisals score scores boost expectation expectations monitoring
measurement measurements measure measures feedback driven based oriented across company everywhere today overall
visibility
""")
_TRUST_FUND = words("""
fund funds fund's deed account accounts bank company land property instrument agreement act board services law
office corporation charter estate hospital
""")
_TRUST_VERB = words("""
requires require asks asked wants wanted demands demanded funds funded pays paid expects insists needs has
""")
_BEFORE_TRUST = words("""
build builds building built create creates creating gain gaining earn earning lose losing lost regain restore
restoring strengthen strengthening increase increasing improve improving mutual full complete more less lack lacking
employee team staff customer client client's customers clients people foster fostering
""")
_ENERGY = words("energy fuel thermal heat water route engine pump boiler battery solar")
_LABEL = words("directive act label certificate class ordinance")
_DISCIPLINE = words("""
work working self more better improve improving instil instill maintain maintaining staff team employee of and
strict greater enforce enforcing some with needs need require requires lack lacks requiring demands
""")

Excuse = Callable[[Wording, int], bool]


def _near(wording: Wording, at: int) -> str:
    return wording.tokens[at].text if 0 <= at < len(wording.tokens) else ""


def _is_a_name(wording: Wording, at: int) -> bool:
    """Whether the word is part of a company's or institution's name."""
    following = [_near(wording, at + step) for step in (1, 2, 3)]
    for word in following:
        if word in _COMPANY:
            return True
        if not word or word in GRAMMAR or not word[0].isalpha():
            break
    return _near(wording, at - 1) in _CALLED or (
        _near(wording, at - 1) in {'"', "'"} and _near(wording, at + 1) in {'"', "'"}
    )


def _other_performance(wording: Wording, at: int) -> bool:
    """A performance bond, a live performance, a period of performance, a client of that name."""
    before, after = _near(wording, at - 1), _near(wording, at + 1)
    if _is_a_name(wording, at) or after in _BONDS or before in _STAGES:
        return True
    if before in {"per", "each", "every"}:
        return True
    if before == "of" and _near(wording, at - 2) in _STAGES:
        return True
    if after == "of" and any(
        _near(wording, at + step) in {"contract", "agreement", "service", "services", "works", "obligations"}
        for step in (2, 3, 4)
    ):
        return True
    compound = bool(after) and after[0].isalpha() and after not in GRAMMAR and after not in _AFTER_PERFORMANCE
    return compound and not is_among(before, _RAISE)


def _other_trust(wording: Wording, at: int) -> bool:
    """A trust that owns something, and the names of such trusts."""
    before, after = _near(wording, at - 1), _near(wording, at + 1)
    if after in _TRUST_FUND or _is_a_name(wording, at):
        return True
    if before in {"the", "our"} and (after in _TRUST_VERB or wording.tokens[at].text == "trusts"):
        return True
    return bool(before) and before[0].isalpha() and before not in GRAMMAR and not is_among(before, _BEFORE_TRUST)


def _other_efficiency(wording: Wording, at: int) -> bool:
    return _near(wording, at - 1) in _ENERGY or _near(wording, at + 1) in _LABEL or _is_a_name(wording, at)


def _accountable_to_somebody(wording: Wording, at: int) -> bool:
    """The Accountability Office, the Accountability Act, being accountable to a donor for the donor's money."""
    after = _near(wording, at + 1)
    own = {"you", "us", "each", "one", "management", "your", "our", "everyone", "the", "their"}
    if after == "to":
        last = (
            _near(wording, at + 3)
            if _near(wording, at + 2) in {"the", "our", "its", "their"}
            else _near(wording, at + 2)
        )
        return last not in own | {"team", "company", "manager", "managers", "leadership", "colleagues"}
    return after in {"act", "office", "court", "framework", "directive"} or _is_a_name(wording, at)


def _trade(wording: Wording, at: int) -> bool:
    """Disciplines of engineering are trades, not obedience."""
    return (
        _near(wording, at - 1) not in _DISCIPLINE
        and wording.tokens[at].text.startswith("discipline")
        and wording.tokens[at].text != "disciplined"
    )


def _never(_wording: Wording, _at: int) -> bool:
    return False


# The same talk in the languages that a plan may be written in, accents folded away.
_ELSEWHERE = (
    r"\b(?:produktiv\w*|productivid\w*|produtivid\w*|produttiv\w*|produktywn\w*|productivit(?:e|eit)|wydajnosc\w*"
    r"|leistungs(?:steiger|kontroll|beurteil|bewert)\w*|rendimiento|rendement|effizien\w*|eficien\w*|efficacit\w*|efficienz\w*"
    r"|vertrauen(?!sarzt)\w*|confianza|confiance|confianca|fiducia|zaufani\w*)\b"
)

_TALK: tuple[tuple[re.Pattern[str], Excuse], ...] = (
    (re.compile(r"\b(?:un|non|counter)?productiv(?:e|ely|ity|eness)\b"), _is_a_name),
    (re.compile(r"\bperformances?\b"), _other_performance),
    (
        re.compile(
            r"\b(?:under|over|out)perform\w*|\b(?:high|low|top|poor|best|better|well) perform(?:er|ers|ing)\b"
            r"|\bperform(?:s|ing)? (?:well|better|badly|poorly|best)\b"
        ),
        _never,
    ),
    (
        re.compile(r"\b(?:dis|mis)?trust(?:s|ing|ful)?\b(?! pilot)|\b(?:un)?trustworth\w*|\bdistrust\w*|\bmistrust\w*"),
        _other_trust,
    ),
    (re.compile(r"\b(?:in)?efficien(?:t|tly|cy|cies)\b"), _other_efficiency),
    (re.compile(r"\baccountab(?:le|ility)\b"), _accountable_to_somebody),
    (re.compile(r"\bdisciplin(?:e|ed|ary)\b"), _trade),
    *(
        (re.compile(pattern), _never)
        for pattern in (
            rf"\boutputs? (?:per|of|by|from) (?:(?:each|every|the|our|all|individual|a) ){{0,4}}{_PEOPLE}\b",
            (
                r"\b(?:raise|raising|increase|increasing|improve|improving|boost|boosting"
                r"|more|higher|maximi[sz]e|maximi[sz]ing|drive|driving|measure|measuring|monitor"
                r"|monitoring|employee|team|individual|work) outputs?\b"
            ),
            (
                r"\bslack(?:ing|ers?|ed)\b|\bslacks? off\b|\bloaf\w*|\bwho coasts?\b|\bcoasting\b|\blaz(?:y"
                r"|iness|ier|ily)\b|\bidl(?:ers?|ing)\b"
                r"|\bshirk\w*|\bskiv(?:e|ing|ers?)\b|\bgoof\w* off\b|\btime theft\b|\bprocrastinat\w*"
            ),
            rf"\b(?:idle {_PEOPLE}|{_PEOPLE} (?:is|are|sits?|sitting|being|stays?)? ?idle)\b",
            (
                r"\bwork(?:s|ed|ing)?(?: \w+)? (?:hard|harder|hardest|smart|smarter|diligently"
                r"|efficiently|effectively|faster|properly)\b|\bwork(?:s|ed|ing)? (?:better|enough)\b(?! hours)"
                r"|\bhard work\b|\bhard ?working\b|\bwork (?:ethics?|rate|morale|intensity)\b"
            ),
            (
                r"\b(?:more|their|your|enough|extra|full|maximum|discretionary|individual"
                r"|employees?|staff|everyone|people|team) efforts?\b(?! (?:report|cert|by|per|level))"
                r"|\b(?:put|puts|putting) in (?:the |an |more )?effort\b"
            ),
            (
                r"\bke(?:ep|eps|eping|pt) (?:an |a )?(?:close |closer |better |watchful )?(?:eye"
                r"|tabs|track of (?:you|what (?:you|people|they)|people|employees|staff|everyone|everybody))\b"
                r"|\bwatch(?:ing|es)? over\b"
            ),
            (
                rf"\b(?:{_PEOPLE}|who) (?:is|are|was|were|be|being|stays?|remains?)(?: (?:all"
                rf"|really|actually|truly|indeed|not|always|still|fully)){{0,4}} (?:working"
                rf"|online|busy|focused|engaged|committed|motivated|honest|active|at (?:their"
                rf"|your|his|the) desks?|doing (?:their|your|the|his|any) (?:job|work)s?)\b(?! (?:on"
                rf"|at|in|for|from|there|with|under|during|when|overtime|nights?|abroad|remotely|part))"
            ),
            (
                r"\bmotivat(?:e|es|ed|ing|ion|ional)\b|\bmorale\b|\b(?:un|de)motivated\b"
                r"|\b(?:stay|stays|staying|remain|keep|keeps|be|more) (?:\w+ )?(?:focused|engaged|on task|on track)\b"
            ),
            (
                r"\b(?:pull|pulls|pulling) (?:(?:their|your|his|her|its|the|own) ){0,4}weight\b"
                r"|\b(?:under|over)achiev\w*|\b(?:get|gets|getting|squeeze) (?:more (?:work )?done|(?:the )?(?:most"
                r"|best|more) out of)\b|\braise the bar\b|\bon (?:their|your) toes\b"
            ),
            (
                r"\b(?:employee|staff|team|workforce|worker|people) (?:engagement|presence"
                r"|commitment|loyalty|effectiveness|utili[sz]ation|behaviou?r|activity)\b"
                r"|\b(?:online|remote|their|your) presence\b"
            ),
            (
                rf"\b(?:loyalty|commitment|presence|effectiveness|diligence|honesty|utili[sz]ation"
                rf"|behaviou?r|morale) (?:of|among|from) (?:(?:the|our|all|each|every|remote) ){{0,4}}{_PEOPLE}\b"
            ),
            (
                r"\b(?:monitor|monitors|monitoring|supervis(?:e|es|ing)|watch|watching|control"
                r"|controlling|oversee|overseeing|evaluat(?:e|es|ing)|rat(?:e|ing)|rank|ranking"
                r"|assess|assessing|compar(?:e|ing)|spy on|police|policing|check up on|checking up on) (?:(?:the"
                r"|our|all|each|every|remote|individual|how|what) ){0,4}(?:people|employees?"
                r"|staff|workers?|workforce|individuals?|everyone|everybody|colleagues|team"
                r"|teams|them)\b(?! (?:hours?|times?|costs?|attendance|expenses?|absence))"
            ),
            (
                rf"\b(?:whether|if|that|who) (?:{_PEOPLE})?(?: who (?:\w+ ){{1,4}}?)?(?: ?(?:really"
                rf"|actually|truly|indeed))+ works?\b"
                rf"|\b(?:whether|if|ensure|check|checking|verify|sure)(?: that)? (?:{_PEOPLE})(?: \w+)? (?:work"
                rf"|works)\b(?! (?:on|at|for|in|over|from|more|less|hours|overtime|night))"
            ),
            (
                rf"\b{_PEOPLE} (?:\w+ ){{0,3}}?(?:be|are|is|get|gets|being) (?:\w+ )?(?:ranked"
                rf"|rated|compared|scored|evaluated|assessed|monitored|supervised|controlled|watched|policed)\b"
            ),
            (
                r"\bwho (?:really |actually )?(?:contributes|delivers|performs|works|produces)(?= (?:and"
                r"|or|,|\.|;|most|best|hard|how|what)|$)"
            ),
            rf"\b(?:doubt|suspect|fear)(?:s|ed|ing)? (?:that |whether |if )?{_PEOPLE}\b",
            r"\b(?:hard|hardest|best|top|good|bad|worst) workers?\b",
            (
                rf"\b(?:evaluation|assessment|monitoring|supervision|control|surveillance|ranking|rating|comparison)"
                rf" of (?:(?:the|our|all|each|every|remote|individual) ){{0,4}}{_PEOPLE}\b"
                r"(?! (?:hours?|times?|costs?|attendance|expenses?|absence))"
            ),
            r"\b(?:less|more|not|fully|never|be|are|is|aren't|isn't) trusted\b",
            _ELSEWHERE,
            (
                rf"\bhow (?:well|hard|fast|diligently|effectively) (?:\w+ ){{0,3}}?(?:work|perform|do)\w*"
                rf"|\bhow much (?:{_PEOPLE}|each \w+|we)(?: really| actually)? works?\b"
            ),
            (
                r"\bwast(?:e|es|ed|ing|age)(?: of)? (?:(?:working|work|company|the|our|their"
                r"|much|so|too) ){0,4}(?:time|hours)\b|\btime ?wast(?:ing|ers?)\b"
            ),
            (
                rf"\boptimi[sz](?:e|es|ing|ation)(?: of)? (?:(?:the|our|all) ){{0,4}}{_PEOPLE}\b"
                rf"|\b(?:staff|workforce|team) optimi[sz]ation\b"
            ),
        )
    ),
)


def talk_of_people(wording: Wording) -> tuple[int, int] | None:
    """First and last token of the first talk of people's productivity, trust or performance, or None."""
    found: list[tuple[int, int]] = []
    for pattern, excused in _TALK:
        for match in pattern.finditer(wording.plain):
            first, last = wording.token_at(match.start()), wording.token_at(match.end() - 1)
            if not excused(wording, first):
                found.append((first, last))
                break
    return min(found) if found else None

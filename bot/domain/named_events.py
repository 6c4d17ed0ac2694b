"""What a reason rests on: somebody outside who demands something, a rule, an incident; and how exactly it is told."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.domain.empty_words import EMPTY_HEADS, EMPTY_MODIFIERS, GRAMMAR, is_among, words
from bot.domain.wording import Wording

_OUTSIDE = words("""

client customer donor funder auditor regulator authority bank insurer insurance underwriter tax inspector inspectorate
union court ministry minister municipality city council county government contractor publisher broadcaster streamer
landlord buyer grantor sponsor commission commissioner department agency lawyer tribunal adjudicator arbitrator panel
supplier partner investor shareholder trustee trust charity fund surety lender operator hospital university customs
police contract agreement law regulation directive act statute tender grant subcontractor vendor owner association
chamber federation embassy bureau parliament judge prosecutor ombudsman airline retailer manufacturer developer tenant
resident patient board's works council account parish purchaser procurement senate state labour labor accreditor
certifier assessor surveyor principal treasury payer payor creditor administrator receiver jury subsidy award enquiry
inquiry inspection court's guarantor network platform marketplace franchisor studio scheme programme program bond
premium audit framework renewal policyholder hmrc irs
""")
_OWN = words("""

we i management leadership company ceo cto coo cfo boss bosses founder founders everyone everybody organisation
manager managers executives firm business team teams hr us it you they people staff colleagues office headquarters hq
head finance payroll accounting operations growth success reality competition economy environment situation employees
industry competitors others world market technology remote board
""")
_DEMAND = words("""

require requires required requiring requirement requirements ask asks asked asking want wants wanted wanting demand
demands demanded demanding oblige obliges obliged insist insists insisted request requests requested requesting expect
expects expected mandate mandates mandated need needs needed compel compels compelled order orders ordered commits
change changes changed switched switch moved moves signed prescribe prescribes prescribed stipulate stipulates
stipulated pays pay accept accepts accepted put made makes will must refuse refuses refused give gave given set sets
say says said conditions insisting introduced informed told notified wrote written announced warned threatened bills
billed bars lays foresees binds counts took won found sent froze held came went left cut brought chose withdrew voted
""")
# Only these make a demander of a word that is in no list here ("Ericsson asked …").
_PLAIN_DEMAND = words("""

require requires required ask asks asked want wants wanted demand demands demanded insist insists insisted request
requests requested expect expects expected mandate mandates mandated oblige obliges obliged orders ordered deducts
deducted pays accepts refuses refused prescribes stipulates rejects rejected disputes disputed fined sued billed
audited wrote needs
""")
_INCIDENT = words("""

dispute disputes disputed disputing complaint complaints complained complain fine fined fines penalty penalties audit
audits audited auditors finding findings rejected reject rejects rejection disallow disallowed disallows overpaid
underpaid overpayment underpayment unpaid lost lose losing loss losses breach breached breaches claim claims claimed
lawsuit lawsuits sued sue ruling rulings judgment judgement judgments mistake mistakes miscalculated miscalculation
miscalculations wrong wrongly refund refunds refunded withhold withheld withholding returned refused refuse refuses
refusing investigated investigation investigations inspected inspection inspections incident incidents outage outages
ransomware accident accidents violation violations cancelled canceled terminated termination condemned convicted
deficiency deficiencies shortfall overrun overran overruns overspent assessed settled settlement questioned contested
challenged challenge irregularity irregularities clawback recovered reclaimed repaid penalised penalized deducted
reduced lowered suspended arrears overdue theft stolen fraud error errors injured injury died death fire missing
missed leak leaked hack hacked rockfall collapse explosion burglary spill flood outbreak crash failure failed delay
delays delayed tribunal court lawsuit strike grievance grievances enquiry inquiry writeoff mischarged overbilled
underbilled overcharged undercharged duplicated noncompliance nonconformity nonconformities conflict owed owe owes
compensation damages lapse lapsed expelled excluded blocked frozen downgraded probation warning rework
""")
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
_WISHED_AWAY = words(
    "avoid avoiding prevent preventing reduce reducing fewer less minimise minimize minimising potential possible future eliminate eliminating stop stopping help helps without no zero any risk"
)
_RULES = words("""

law act regulation directive clause contract agreement sow statute code decree article art section sec annex appendix
award tender charter framework rule ordinance order paragraph par lot schedule point regulation lease terms statute
constitution convention treaty bylaw permit licence license
""")
_ACRONYMS = words("""

gdpr far dfars dcaa iso hipaa sox nis2 dora flsa cfr ecb fca sec finra osha fmcsa cms medicare medicaid echo usaid nih
nsf horizon ofcom ofsted hmrc irs ato cra clt nlrb eeoc dol pci soc2 itar cmmc mifid basel aml kyc esg csrd lksg arbzg
erisa ada fmla tupe ir35 r&d esma bafin sebi rbi epf cra lgpd ccpa popia dpdp nerc ferc faa easa fda ema mhra nhs cqc
""")
_MUST = re.compile(
    r"\b(?:must|have to|has to|had to|obliged?s?|obligates?|compulsory|mandatory|required|required to|under|contrary to|according to|in breach of|by|as of|since|until)\b"
)
_MONEY = re.compile(
    r"[$€£¥₹₽₩₺₴₦₱₫₪฿] ?\d|\d[\d.,]*(?:k|m|bn)? ?[$€£¥₹₽₩₺₴₦₱₫₪฿]"
    r"|\b(?:usd|eur|gbp|jpy|chf|inr|rs|kes|ksh|ngn|zar|pln|zl|czk|huf|sek|nok"
    r"|dkk|brl|mxn|ars|clp|cop|aud|cad|nzd|sgd|hkd|cny|rmb|krw|thb|php|idr|myr"
    r"|vnd|try|tl|aed|sar|ils|egp|uah|ron|bgn|r \$|us \$) ?(?:\. )?\d"
    r"|\b(?:\d[\d.,]*[km]?|(?:hundred|thousand|million|lakh|crore)s?(?: of)?)(?: (?:thousand"
    r"|million|billion|lakhs?|crores?|mil|k|m))? (?:euros?|dollars?|pounds?|francs?"
    r"|rupees?|zl|zloty(?:ch|s)?|yen|lira|liras|tl|reais|pesos?|kron(?:a|or|er"
    r"|e|en)|crowns?|shillings?|naira|rand|won|yuan|riyals?|dirhams?|forints?"
    r"|lei|leva|usd|eur|gbp|jpy|chf|inr|kes|pln|czk|sek|nok|dkk|brl|vnd|lakhs?|crores?)\b"
)
_NUMBER_WORDS = words("""

two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands dozen both half
third quarter twice once several
""")
_NUMBER_WORDS -= {"several", "once"}
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
    r"\b(?:introduc\w*|launch\w*|roll\w* out|go(?:es)? live|starting|start|starts|install\w*|implement\w*|deploy\w*|adopt\w*|begin|begins|use|using|will be tracked|tracking)\b"
)
_CLAUSE = re.compile(r" (?:[.;:!?,(]|because|since|as|after|due to|following|so|when|where|which|who|that|and) ")
_SENTENCE = re.compile(r" [.!?;] ")
_ASIDE = re.compile(r" , (?:which|who|whom|that)\b[^,.;]{0,120} ,")
_FAR = 12
_ADVERBS = words(
    "nowadays generally usually often increasingly frequently typically today now also only already then currently therefore always has have had will would formally recently explicitly officially again newly both all"
)
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
    if not happened and _MONEY.search(plain) and _told_exactly(plain):
        return Evidence(happened=True, checkable=True)
    return Evidence(
        happened, happened and (named_party or numbered_rule or bool(_MONEY.search(plain)) or _told_exactly(plain))
    )


def _not_english(wording: Wording) -> bool:
    spoken = [text for _, text in wording.words()]
    return len(spoken) >= 6 and sum(text in _ENGLISH for text in spoken) * 9 < len(spoken)  # noqa: PLR2004


def _incident(texts: list[str], plain: str) -> bool:
    if _INCIDENT_PHRASE.search(plain):
        return True
    return any(
        text in _INCIDENT and not _WISHED_AWAY.intersection(texts[max(0, at - 3) : at]) for at, text in enumerate(texts)
    )


def _rule(texts: list[str]) -> tuple[bool, bool]:
    """Whether a rule is mentioned, and whether one is named by number or by its own name."""
    mentioned = False
    for at, text in enumerate(texts):
        if text in _ACRONYMS or (text == "§"):
            return True, True
        if text in {"order", "point", "points"} and not (
            texts[at + 1 : at + 2] and (texts[at + 1] in {"no", "nr", "number"} or texts[at + 1][0].isdigit())
        ):
            continue
        if is_among(text, _RULES):
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
        if text not in _DEMAND and not _past(text) and not _present(texts, at):
            continue
        subject = _subject(texts, at)
        if subject is None:
            continue
        demanded = True
        if not is_among(texts[subject], _OUTSIDE) or _has_a_name(texts, subject):
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
        and texts[at - 1] in _OUTSIDE
        and not texts[at - 1].endswith("s")
        and _unknown(text)
    )


def _subject(texts: list[str], verb: int) -> int | None:
    """Where the one who demands is named, if it is somebody outside."""
    nearest = verb - 1
    while nearest >= 0 and texts[nearest] in _ADVERBS:
        nearest -= 1
    if nearest >= 0 and texts[verb] in _PLAIN_DEMAND and _unknown(texts[nearest]):
        return nearest
    for at in range(verb - 1, max(-1, verb - _FAR), -1):
        text = texts[at]
        if text in {".", "!", "?", ";"} or text in _OWN:
            return None
        if is_among(text, _OUTSIDE):
            return at
    # "An R&D report is required by the ministry"
    for at in range(verb + 1, min(len(texts), verb + 5)):
        if texts[at] == "by" and at + 1 < len(texts):
            return next(
                (near for near in range(at + 1, min(len(texts), at + 4)) if is_among(texts[near], _OUTSIDE)), None
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


_COMMON = words("""

new now time hours hour tracking tool invoice invoices report reports reporting employee remote work working more
better detail details data billing bill project projects increasingly often today growing large small big many
important long term existing potential major key several recent different current rising higher our main future all
other more expressed mentioned feedback service services satisfaction experience relationship relationships facing
side base demands reason note update announcement important fyi dear hello hi all please team goal purpose background
why what value expectations trust process processes record records start proof log logs
""")


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
                _OUTSIDE,
                _OWN,
                _DEMAND,
                _INCIDENT,
                _COMMON,
                _NUMBER_WORDS,
                _ADVERBS,
                _RULES,
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
        if any(text[0].isdigit() or text in _NUMBER_WORDS for text in clause.split()) or _WHEN.search(clause):
            return True
    return False

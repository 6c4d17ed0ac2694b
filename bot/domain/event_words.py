"""Words that reasons are made of: those who demand, what they do, what goes wrong, and which rules apply."""

from __future__ import annotations

import re

from bot.domain.empty_words import words

# Who may demand something of a company.
OUTSIDE = words("""
school district college institute member cooperative tariff congress assembly parents pupils students guests
passengers accountant notary broker carrier reseller franchisee client customer donor funder auditor regulator
authority bank insurer insurance underwriter tax inspector inspectorate union court ministry minister municipality
city council county government contractor publisher broadcaster streamer landlord buyer grantor sponsor commission
commissioner department agency lawyer tribunal adjudicator arbitrator panel supplier partner investor shareholder
trustee trust charity fund surety lender operator hospital university customs police contract agreement law
regulation directive act statute tender grant subcontractor owner association chamber federation embassy
bureau parliament judge prosecutor ombudsman airline retailer manufacturer developer tenant resident patient board's
works council account parish purchaser procurement senate state labour labor accreditor certifier assessor surveyor
principal treasury payer payor creditor administrator receiver jury subsidy award enquiry inquiry inspection court's
guarantor consortium coordinator steering network platform marketplace franchisor studio scheme programme program bond premium audit framework
renewal policyholder hmrc irs
""")

# Those whose wish is no reason.
OWN = words("""
we i management leadership company ceo cto coo cfo boss bosses founder founders everyone everybody organisation
manager managers executives firm business team teams hr us it you they people staff colleagues office headquarters
hq head finance payroll accounting operations growth success reality competition economy environment situation
employees industry competitors others world market technology remote board
""")

# What those outside do that changes things for a company.
DEMAND = words("""
require requires required requiring requirement requirements ask asks asked asking want wants wanted wanting demand
demands demanded demanding oblige obliges obliged insist insists insisted request requests requested requesting
expect expects expected mandate mandates mandated need needs needed compel compels compelled order orders ordered
commits change changes changed switched switch moved moves signed prescribe prescribes prescribed stipulate
stipulates stipulated pays pay accept accepts accepted put made makes will must refuse refuses refused give gave
given set sets say says said conditions insisting introduced informed told notified wrote written announced warned
threatened bills billed bars lays foresees binds counts took won found sent froze held came went left cut brought
chose withdrew voted
""")

# Only these make a demander of a word that is in no list here ("Ericsson asked …").
PLAIN_DEMAND = words("""
require requires required ask asks asked want wants wanted demand demands demanded insist insists insisted request
requests requested expect expects expected mandate mandates mandated oblige obliges obliged orders ordered deducts
deducted pays accepts refuses refused prescribes stipulates rejects rejected disputes disputed fined sued billed
audited wrote needs
""")

# What goes wrong.
INCIDENT = words("""
dispute disputes disputed disputing complaint complaints complained complain fine fined fines penalty penalties
audit audits audited auditors finding findings rejected reject rejects rejection disallow disallowed disallows
overpaid underpaid overpayment underpayment unpaid lost lose losing loss losses breach breached breaches claim
claims claimed lawsuit lawsuits sued sue ruling rulings judgment judgement judgments mistake mistakes miscalculated
miscalculation miscalculations wrong wrongly refund refunds refunded withhold withheld withholding returned refused
refuse refuses refusing investigated investigation investigations inspected inspection inspections incident
incidents outage outages ransomware accident accidents violation violations cancelled canceled terminated
termination condemned convicted deficiency deficiencies shortfall overrun overran overruns overspent assessed
settled settlement questioned contested challenged challenge irregularity irregularities clawback recovered
reclaimed repaid penalised penalized deducted reduced lowered suspended arrears overdue theft stolen fraud error
errors injured injury died death fire missing missed leak leaked hack hacked rockfall collapse explosion burglary
spill flood outbreak crash failure failed delay delays delayed tribunal court lawsuit strike grievance grievances
enquiry inquiry writeoff mischarged overbilled underbilled overcharged undercharged duplicated noncompliance
nonconformity nonconformities conflict owed owe owes compensation damages lapse lapsed expelled excluded blocked
frozen downgraded probation warning rework
""")

# After these, an incident is only feared.
WISHED_AWAY = words("""
avoid avoiding prevent preventing reduce reducing fewer less minimise minimize minimising potential possible future
eliminate eliminating stop stopping help helps without no zero any risk
""")

# What binds, once it is numbered or named.
RULES = words("""
tariff scheme law act regulation directive clause contract agreement sow statute code decree article art section sec
annex appendix award tender charter framework rule ordinance order paragraph par lot schedule point regulation lease
terms statute constitution convention treaty bylaw permit licence license
""")

# Rules and authorities known by their letters.
ACRONYMS = words("""
gdpr far dfars dcaa iso hipaa sox nis2 dora flsa cfr ecb fca sec finra osha fmcsa cms medicare medicaid echo usaid
nih nsf horizon ofcom ofsted hmrc irs ato cra clt nlrb eeoc dol pci soc2 itar cmmc mifid basel aml kyc esg csrd lksg
arbzg erisa ada fmla tupe ir35 r&d esma bafin sebi rbi epf cra lgpd ccpa popia dpdp nerc ferc faa easa fda ema mhra
nhs cqc
""")

# Counts in words.
NUMBER_WORDS = words("""
two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands dozen both half
third quarter twice once several
""")

# What may stand between somebody and their verb.
ADVERBS = words("""
nowadays generally usually often increasingly frequently typically today now also only already then currently
therefore always has have had will would formally recently explicitly officially again newly both all
""")

# Ordinary words that are not the name of anybody.
COMMON = words("""
comes come goes go first new now time hours hour tracking tool invoice invoices report reports reporting employee
remote work working more better detail details data billing bill project projects increasingly often today growing
large small big many important long term existing potential major key several recent different current rising higher
our main future all other more expressed mentioned feedback service services satisfaction experience relationship
relationships facing side base demands reason note update announcement important fyi dear hello hi all please team
goal purpose background why what value expectations trust process processes record records start proof log logs
""")

# Demands and incidents in the languages that plans are likeliest to quote or be written in, accents folded away.
FOREIGN_DEMAND = re.compile(
    r"\b(?:verlang\w*|forder\w*|vorgeschrieben|schreibt vor|verpflicht\w*|zahl\w+ (?:\w+ ){0,3}nur|bestritt\w*|beanstand\w*"
    r"|exige\w*|exigi\w*|oblig\w*|reclam\w*|rechaz\w*|impos\w*|contest\w*|refus\w*|prescri\w*|richied\w*|rifiut\w*"
    r"|wymaga\w*|zakwestionow\w*|odrzuc\w*|vereis\w*|eis(?:t|en)|kraver|kraev\w*|krav|vyzaduj\w*|multa\w*|amende\w*"
    r"|bussgeld\w*|geldbusse\w*|gesetz\w*|gericht\w*|urteil\w*|decreto|decret|ustaw\w*)\b"
)

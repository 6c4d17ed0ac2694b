"""Phrases that reasons are made of: what went wrong, sums of money, dates; and those that only announce a tool."""

from __future__ import annotations

import re

INCIDENT_PHRASE = re.compile(
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
    r"|\b(?:unless|until|only if|provided|as long as) (?:that )?(?:we|they|it|you|hours?) (?:can |could |are |is )?(?:\w+ )?"
    r"(?:show|prove|document|record|demonstrate|account|evidence|verify|supply|submit|report)(?:s|ed|n)?\b"
    r"|\b(?:renew|pay|accept|sign|reimburse|fund|cover|insure|buy|certify)\w* (?:\w+ ){0,4}only (?:with|against|on|upon|after|if|for)\b"
    r"|\b(?:can|may|could|will) (?:only )?be (?:claimed|reimbursed|billed|invoiced|funded|paid) (?:only )?(?:for|by|if|per|against)\b"
    r"|\bonly (?:accept|pay|renew|take|sign|reimburse|fund|cover)s?\b"
    r"|\bnot signed\b|\bhad none\b|\bput (?:\w+ )?at risk\b|\bpay(?:s|ing)? (?:us )?(?:only |per |by |against )"
)
MUST = re.compile(
    r"\b(?:must|have to|has to|had to|obliged?s?|obligates?|compulsory|mandatory|required|required to|under"
    r"|contrary to|according to|in breach of|by|as of|since|until)\b"
)
MONEY = re.compile(
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
WHEN = re.compile(
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
ANNOUNCING = re.compile(
    r"\b(?:announc\w*|all hands|town hall|trainings?|webinars?|kick (?:- )?off|introduc\w*|launch\w*|roll\w* out|go(?:es)? (?:- )?live|starting|start|starts|install\w*|implement\w*"
    r"|deploy\w*|adopt\w*|begin|begins|use|using|track|tracks|records? time|replaces?|will be tracked|tracking)\b"
)
HEAD_COUNT = re.compile(
    r"\b(?:\d[\d.,]{0,20}|[a-z]+ty|[a-z]+teen|two|three|four|five|six|seven|eight|nine|ten|hundreds?) (?:\w+ )?"
    r"(?:people|persons|employees|staff|colleagues|users|departments|teams|offices|countries|projects|sites"
    r"|locations|managers|members|tools|fte|heads|cities)\b"
)
DECIDING = re.compile(
    r"\b(?:decid\w+|decision|agreed|approved|wants?|would like|needs? to|hope|believe|think|we plan|improve|better"
    r"|ensure|helps?|grew|grow|grown|growing|growth|hired|hiring|expand\w*|loved|trusted|benefits?|offers?|discount|solid|overview|strategy|discussions?|feedback|deserve)\b"
)
# One thing that happened at a place, which whoever reads it can ask about.
THE_INCIDENT = re.compile(
    r"\bthe (?:[a-z]+ )?(?:fire|accident|flood|theft|burglary|strike|outage|crash|injury|collapse|explosion|spill|leak"
    r"|breach|death|ruling|judge?ment|merger|power cut|break in) (?:in|at|on|of|near|between)\b"
)
_MONTHS = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
DATE = re.compile(rf"\b\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTHS}\b|\b{_MONTHS} \d{{1,2}}(?:st|nd|rd|th)?\b")

"""Words that by themselves name nothing. Any other word counts as naming something: vocabulary is open."""

from __future__ import annotations

from bot.domain.wording import Wording


def words(text: str) -> frozenset[str]:
    """A set of words from one string, which keeps the lists below readable."""
    return frozenset(text.split())


GRAMMAR = words("""
a an the this that these those it its he him his she her hers they them their theirs we us our ours you your yours i
me my mine one ones who whom whose which what where when why how whether if as at by for from in into of off on onto
out over to under up upon with within without via through during between among amongst about against before after
until till since than then so too also only just even still yet and or nor but not no never both either neither each
every all any some such same own very more most less least much many few several is are was were be been being am
isn't aren't do does did don't doesn't didn't doing done have has had having haven't hasn't can could may might must
shall should will would cannot can't couldn't won't wouldn't let there here now be's per etc e g ie eg eg. vs com
www etc itself himself herself themselves yourself yourselves ourselves myself oneself whatever whichever whoever
whenever wherever
""")

# Heads that could stand for anything a computer knows.
EMPTY_HEADS = words("""
data datum information info activity usage use metric measure measurement thing stuff detail item element aspect
factor matter behaviour behavior pattern statistic stat figure analytic insight indicator kpi kpis parameter signal
event fact kinds types sorts forms variety productivity performance efficiency effectiveness engagement effort
presence attention focus diligence utilisation status record entry tracking monitoring recording logging collection
measurement oversight surveillance level rate trend overview summary amount extent degree
""")

# Modifiers that narrow nothing down.
EMPTY_MODIFIERS = words("""
general overall various relevant necessary needed required appropriate applicable certain other another different
miscellaneous misc diverse assorted basic standard normal typical usual common regular ordinary full complete entire
whole total specific particular additional further extra related unrelated key active pertinent important useful
helpful essential suitable reasonable possible available employee employees user users staff worker workers team
people person personnel workforce personal private individual computer pc system software tool digital online
electronic technical technological company business work working workplace job professional operational internal
corporate organisation organisational daily day-to-day behavioural behavioral statistical analytical quantitative
qualitative collected tracked recorded monitored stored unnecessary irrelevant non nonessential like similar
including include included limited everything anything something nothing else
""")

# Heads that a concrete detail can rescue ("app usage": which app is in front, minute by minute).
THIN = words("""
device devices app apps application applications internet web network time performance score percentage status login
session
""")


def root(word: str) -> str:
    """One spelling for plural and singular, -ise and -ize."""
    word = word.replace("iz", "is") if "iz" in word else word
    if len(word) > 4 and word.endswith("ies"):  # noqa: PLR2004
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):  # noqa: PLR2004
        return word[:-1]
    return word


_EMPTY = GRAMMAR | EMPTY_HEADS | EMPTY_MODIFIERS


def is_among(word: str, known: frozenset[str]) -> bool:
    """Whether the word, in this number or spelling or another, is in the list."""
    return word in known or root(word) in known


def is_empty(word: str) -> bool:
    """Whether this word, alone, names nothing."""
    return is_among(word, _EMPTY)


def named(wording: Wording, weak: frozenset[str] = frozenset(), *, base: frozenset[str] = _EMPTY) -> list[str]:
    """The words that name something, leaving out `base` and those that are `weak` in this place."""
    return [
        text
        for _, text in wording.words()
        if not (is_among(text, base) or is_among(text, weak)) and (len(text) > 1 or not text.isascii())
    ]

"""Whether a text names the install link or its host: the link is for a button that looks at each person's receipts."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from bot.domain.findings import Finding
from bot.domain.rollout import Plan

_PROBLEM = "This names the install link or its host; people would have the link before they were given the policy."
_MEND = "Take it out. The link is handed out by the button, to each person who has been given the policy."
_MEND_DOCUMENT = (
    "Put the policy where people can read it without passing the install page: a wiki or document store of its own."
)
_LONGEST_QUOTE = 120
_LONGEST_LABEL = 63
_DECODING_ROUNDS = 5

# Characters that nobody sees, beside those of Unicode's own category of format characters.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180e\u3164\uffa0") | {chr(c) for c in range(0xFE00, 0xFE10)}
# What Slack turns into bold, code and the like, and what people put before a dot to keep a link from becoming one.
_MARKUP = frozenset("*~`\\")
_FULL_STOPS = str.maketrans("\u3002\uff61\u2024\ufe52\uff0e", ".....")
_ENCODED = re.compile(r"(?:%[0-9a-f]{2})+|&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});", re.IGNORECASE)
_PUNYCODE = re.compile(rf"(?<![\w-])xn--[a-z0-9-]{{1,{_LONGEST_LABEL}}}", re.IGNORECASE)
# "install[.]example", "install(dot)example", "install dot example": a dot that was written so that nothing links it.
_DEFANGED = re.compile(
    r"\s*[\[({]\s*(?:\.|dot|punkt|punto|ponto|point)\s*[\])}]\s*|(?<=\w)\s+(?:dot|punkt|punto|ponto|point)\s+(?=\w)",
    re.IGNORECASE,
)
# A label begins where no letter, digit or accent stands before, and no hyphen that joins it to one ("re-install").
_BEGINS = r"(?<![^\W_])(?<![\u0300-\u036f])(?<![^\W_]-)"
_ENDS = r"(?![^\W_])(?![\u0300-\u036f])"
_AROUND = re.compile(r"[^\s<>|\"'()\[\]{},;*`\u201c\u201d\u2018\u2019]*\Z")
_ONWARD = re.compile(r"[^\s<>|\"'()\[\]{},;*`\u201c\u201d\u2018\u2019]*")


@dataclass(frozen=True, slots=True)
class _Reading:
    """A text as a reader takes it in: folded, and for each character where it stands in the original."""

    text: str
    spans: tuple[tuple[int, int], ...]

    def replaced(self, found: Iterable[tuple[int, int, str]]) -> _Reading:
        """The same with pieces put in the place of others, which keep the place where they were written."""
        text: list[str] = []
        spans: list[tuple[int, int]] = []
        done = 0
        for start, end, piece in found:
            text.append(self.text[done:start] + piece)
            spans += self.spans[done:start]
            spans += [(self.spans[start][0], self.spans[end - 1][1])] * len(piece)
            done = end
        text.append(self.text[done:])
        spans += self.spans[done:]
        return _Reading("".join(text), tuple(spans))


@lru_cache(maxsize=1024)
def mentions_link(text: str, install_url: str) -> str | None:
    """The words in `text` that are the install link or its host, as they were written; None when it names neither.

    Sees through case, full-width forms, invisible characters, percent-encoding, punycode, markup and defanging.
    The host counts with anything before it (`eu.install.example.com`), never as a part of another name.
    """
    host = _host(install_url)
    if not host:
        return None
    sought = _sought(host)
    for dropped in (frozenset[str](), _INVISIBLE, _INVISIBLE | _MARKUP):
        if dropped and not _holds(text, dropped):
            continue  # it would read as before
        reading = _read(text, dropped)
        for match in sought.finditer(reading.text):
            start, end = reading.spans[match.start()][0], reading.spans[match.end() - 1][1]
            if not _goes_on_as_another_host(reading, match.end(), text):
                return _quoted(text, start, end)
    return None


def link_findings(plan: Plan, extra: Mapping[str, str] | None = None) -> tuple[Finding, ...]:
    """Every text of the plan, and of `extra` (by the name it is shown under), that names the install link or its host."""
    found = []
    for field, text in (*_texts(plan), *(extra or {}).items()):
        words = mentions_link(text, plan.install_url)
        if words:
            found.append(Finding(field, _PROBLEM, _MEND, words))
    document = plan.policy.document_url
    if document and _leads_to_link(document, plan.install_url):
        found.append(Finding("policy.document_url", _PROBLEM, _MEND_DOCUMENT, document))
    return tuple(found)


def _texts(plan: Plan) -> Iterator[tuple[str, str]]:
    yield "tool", plan.tool
    yield "reason", plan.reason
    policy = plan.policy
    for index, item in enumerate(policy.tracked):
        yield f"policy.tracked[{index}].what", item.what
        yield f"policy.tracked[{index}].detail", item.detail
    for index, text in enumerate(policy.not_tracked):
        yield f"policy.not_tracked[{index}]", text
    for index, reader in enumerate(policy.seen_by):
        yield f"policy.seen_by[{index}].who", reader.who
        yield f"policy.seen_by[{index}].when", reader.when
        yield f"policy.seen_by[{index}].purpose", reader.purpose
    yield "policy.own_data", policy.own_data
    yield "policy.breaks", policy.breaks
    yield "policy.corrections", policy.corrections
    for role in plan.roles:
        yield f"roles.{role.name}", role.name
        yield f"roles.{role.name}.because", role.because
    for index, wave in enumerate(plan.waves):
        yield f"waves[{index}].team", wave.team


def _leads_to_link(document: str, install_url: str) -> bool:
    """A document may stand on a neighbour of the install host, but not on that very host, nor pass people on to it."""
    host = _host(install_url)
    its_own = _host(document)
    beyond = document.partition("://")[2].partition("/")[2]
    return its_own == host or mentions_link(beyond, install_url) is not None


def _host(url: str) -> str:
    """The host of an address as a reading has it, without `www.`; works on what is no address as well."""
    plain = _read(url.strip(), _INVISIBLE).text
    rest = re.sub(r"^[a-z][a-z0-9+.-]*:(?=//)", "", plain).removeprefix("//")
    authority = re.split(r"[/?#\\]", rest, maxsplit=1)[0].rpartition("@")[2]
    return re.sub(r":\d*$", "", authority).strip(".").removeprefix("www.")


def _holds(text: str, dropped: frozenset[str]) -> bool:
    """Whether anything in the text could be dropped, as it stands or once it is decoded."""
    return not text.isascii() or any(character in dropped or character in "%&" for character in text)


def _sought(host: str) -> re.Pattern[str]:
    return re.compile(_BEGINS + re.escape(host) + _ENDS)


def _goes_on_as_another_host(reading: _Reading, end: int, text: str) -> bool:
    """Whether a dot and another label follow: `install.example.com.au` is elsewhere, `…com.Then` is the next sentence."""
    onward = re.match(r"\.[^\W\d_][\w-]", reading.text[end : end + 3])
    if onward is None:
        return False
    first, last_of_host = text[reading.spans[end + 1][0]], text[reading.spans[end - 1][0]]
    return not (first.isupper() and not last_of_host.isupper())


def _read(text: str, dropped: frozenset[str]) -> _Reading:
    reading = _Reading(text, tuple((index, index + 1) for index in range(len(text))))
    for _ in range(_DECODING_ROUNDS):
        reading = _folded(reading, dropped)
        encoded = list(_ENCODED.finditer(reading.text))
        if not encoded:
            break
        reading = reading.replaced((m.start(), m.end(), html.unescape(unquote(m[0]))) for m in encoded)
    reading = reading.replaced((m.start(), m.end(), ".") for m in _DEFANGED.finditer(reading.text))
    reading = reading.replaced((m.start(), m.end(), _unicode_label(m[0])) for m in _PUNYCODE.finditer(reading.text))
    return _folded(reading, dropped)


def _folded(reading: _Reading, dropped: frozenset[str]) -> _Reading:
    text: list[str] = []
    spans: list[tuple[int, int]] = []
    for character, span in zip(reading.text, reading.spans, strict=True):
        piece = _fold(character)
        if dropped and (character in dropped or unicodedata.category(character) == "Cf"):
            continue
        text.append(piece)
        spans += [span] * len(piece)
    return _Reading("".join(text), tuple(spans))


@lru_cache(maxsize=4096)
def _fold(character: str) -> str:
    """One character without its case, width and style; an accent becomes a character of its own."""
    plain = unicodedata.normalize("NFKD", character.translate(_FULL_STOPS)).casefold()
    return unicodedata.normalize("NFKD", plain).translate(_FULL_STOPS)


def _unicode_label(label: str) -> str:
    try:
        return label[len("xn--") :].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def _quoted(text: str, start: int, end: int) -> str:
    """The words around the host that belong to the same address, as long as that stays readable."""
    before = _AROUND.search(text[:start])
    after = _ONWARD.match(text, end)
    first = before.start() if before else start
    last = after.end() if after else end
    whole = text[first:last].rstrip(".:!?")
    return whole if len(whole) <= _LONGEST_QUOTE else text[start:end]

"""Values of a plan file that follow somebody else's rules: Slack's ids, web addresses, dates and times of day."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta
from ipaddress import ip_address
from typing import TypeVar
from urllib.parse import urlsplit

from yaml.nodes import Node, ScalarNode

from bot.holiday_calendar import known_countries
from bot.plan_fields import Reader, quoted
from bot.plan_yaml import is_null, kind_of

URL_LIMIT = 2_000
PEOPLE_LIMIT = 50
FARTHEST = timedelta(days=5 * 366)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_IN_A_LINK = re.compile(r"/(?:archives|team|client/[^/]+)/([A-Z][A-Z0-9]{2,20})\b")
_MENTION = re.compile(r"<[@#]([A-Z][A-Z0-9]{2,20})(?:\|[^>]*)?>")
_LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}[^\W_])?")
_FORBIDDEN_IN_URL = re.compile(r"[\s<>|\"`\\^{}\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_HIGHEST_PORT = 65_535
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class IdKind:
    """One kind of Slack id: what it looks like, and where people find it."""

    shape: re.Pattern[str]
    is_a: str
    find: str


PERSON = IdKind(
    re.compile(r"[UW][A-Z0-9]{2,20}"),
    "a Slack member id such as U01MARA",
    "To find it in Slack: open the person's profile, then ⋮, then Copy member ID.",
)
CHANNEL = IdKind(
    re.compile(r"[CG][A-Z0-9]{2,20}"),
    "a Slack channel id such as C01CLIENT",
    "To find it in Slack: click the channel's name; the id stands at the bottom of About.",
)
_OTHER_KINDS: tuple[tuple[str, str], ...] = (
    (r"[UW][A-Z0-9]{2,20}", "is a person's id"),
    (r"[CG][A-Z0-9]{2,20}", "is a channel's id"),
    (r"D[A-Z0-9]{7,20}", "is the id of a direct message"),
    (r"S[A-Z0-9]{7,20}", "is the id of a user group; name each person"),
    (r"B[A-Z0-9]{7,20}", "is the id of a bot"),
    (r"[TE][A-Z0-9]{7,20}", "is the id of a workspace"),
)


def slack_id(reader: Reader, node: Node | None, path: str, kind: IdKind) -> str:
    """A Slack id of this kind; empty when it is left out or wrong."""
    written = reader.text(node, path, limit=URL_LIMIT, one_line=True)
    if not written or kind.shape.fullmatch(written):
        return written
    reader.problem(path, f"{quoted(written)} {_what_it_is(written, kind)}", node)
    return ""


def _what_it_is(written: str, kind: IdKind) -> str:
    inside = _IN_A_LINK.search(written) or _MENTION.fullmatch(written)
    if inside and kind.shape.fullmatch(inside[1]):
        return f"holds the id, but this must be the id alone. Write {inside[1]}."
    for shape, words in _OTHER_KINDS:
        if re.fullmatch(shape, written):
            return f"{words}; this must be {kind.is_a}. {kind.find}"
    if kind.shape.fullmatch(written.upper()) and any(character.isdigit() for character in written):
        return f"is not {kind.is_a}: ids are written in capitals. Write {written.upper()}."
    if written.startswith("#"):
        return f"is a channel's name; this must be {kind.is_a}. {kind.find}"
    if _EMAIL.fullmatch(written):
        return f"is an e-mail address; this must be {kind.is_a}. {kind.find}"
    if written.startswith("@"):
        return f"is a display name; this must be {kind.is_a}. {kind.find}"
    return f"is not {kind.is_a}. {kind.find}"


def people(reader: Reader, node: Node | None, path: str) -> tuple[str, ...]:
    """A list of member ids, at least one, each once. A list that is left out is for the caller to miss."""
    if node is None or is_null(node):
        return ()
    before = len(reader.problems)
    found: dict[str, str] = {}
    for name, item in reader.items(node, path, limit=PEOPLE_LIMIT):
        if isinstance(item, ScalarNode) and not str(item.value).strip():
            reader.problem(name, f"is empty; this must be {PERSON.is_a}.", item)
        person = slack_id(reader, item, name, PERSON)
        if person in found:
            reader.problem(name, f"{person} stands in this list twice. Keep one.", item)
        elif person:
            found[person] = name
    if not found and len(reader.problems) == before:
        reader.problem(path, f"needs at least one person: {PERSON.is_a}, in a list: [U01MARA].", node)
    return tuple(found)


def country(reader: Reader, node: Node | None, path: str) -> str:
    """A country's code, or that of a part of one; empty when it is left out or wrong."""
    written = reader.text(node, path, one_line=True).upper()
    if not written:
        return ""
    known = known_countries()
    code, _, part = written.partition("-")
    if code not in known:
        reader.problem(
            path, f"{quoted(written)} is no country I know the holidays of. Write two letters, such as DE.", node
        )
    elif part and part not in known[code]:
        parts = ", ".join(f"{code}-{each}" for each in known[code][:60]) or f"none, so write {code}"
        reader.problem(path, f"{code} has no part {quoted(part)}; there is: {parts}.", node)
    else:
        return written
    return ""


def web_address(reader: Reader, node: Node | None, path: str) -> str:
    """An https address that anybody's computer can reach; empty when it is left out or wrong."""
    url = reader.text(node, path, limit=URL_LIMIT)
    if not url:
        return ""
    wrong = _wrong_address(url)
    if wrong:
        reader.problem(path, wrong, node)
        return ""
    return url


def _wrong_address(url: str) -> str:
    example = "Write it whole, such as https://wiki.example.com/page."
    if _FORBIDDEN_IN_URL.search(url):
        return f"{quoted(url)} holds a space or a sign that no address has. {example}"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return f"{quoted(url)} is not a web address. {example}"
    if parts.scheme == "http":
        return "must begin with https://. With http:// somebody on the way could put another page in its place."
    if parts.scheme != "https" or not host:
        return f"{quoted(url)} must begin with https:// and name a host. {example}"
    if parts.username is not None or parts.password is not None:
        return (
            "must not hold a user name or password (what stands before @): everybody who gets the link would have it."
        )
    if port is not None and not 0 < port <= _HIGHEST_PORT:
        return f"{quoted(url)} has a port that does not exist."
    if not _is_host(host.removesuffix(".")):
        return f"{quoted(host)} is not a host that other people's computers can find. {example}"
    return ""


def _is_host(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        labels = host.split(".")
        return len(labels) > 1 and not labels[-1].isdigit() and all(_LABEL.fullmatch(label) for label in labels)
    return not (address.is_loopback or address.is_unspecified or address.is_link_local or address.is_multicast)


def day_to_come(reader: Reader, node: Node | None, path: str, today: date | None) -> date | None:
    """A day, written like 2026-12-14; without `today` it may lie anywhere. None when it is left out or wrong."""
    found = _scalar(reader, node, path, _day, "a day that exists, written as year-month-day such as 2026-12-14")
    if found is None or today is None:
        return found
    if found < today:
        reader.problem(
            path, f"{found} is in the past (today is {today}). Write the day from which the policy will hold."
        )
    elif found - today > FARTHEST:
        reader.problem(path, f"{found} is years away (today is {today}). Is the year right?")
    return found


def time_of_day(reader: Reader, node: Node | None, path: str) -> time | None:
    """A time of day such as 10:00, in quotes or not. None when it is left out or wrong."""
    return _scalar(reader, node, path, _clock_time, 'a time of day in hours and minutes such as "10:00"')


def _scalar(reader: Reader, node: Node | None, path: str, read: Callable[[str], T | None], what: str) -> T | None:
    if node is None or is_null(node):
        return None
    if not isinstance(node, ScalarNode):
        reader.problem(path, f"must be {what}, not {kind_of(node)}.", node)
        return None
    found = read(str(node.value).strip())
    if found is None:
        reader.problem(path, f"must be {what}; {quoted(str(node.value))} is not.", node)
    return found


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if _DATE.fullmatch(written) else None
    except ValueError:
        return None


def _clock_time(written: str) -> time | None:
    matched = _CLOCK_TIME.fullmatch(written)
    return time(int(matched[1]), int(matched[2])) if matched else None

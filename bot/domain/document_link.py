"""Whether the policy's link leads to a document: something people can read again, not a chat message or a home page."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qsl, urlsplit

from bot.domain.findings import Finding

FIELD = "policy.document_url"
_MEND = "Put the policy in your wiki or document store and link it, for example https://wiki.yourcompany.com/time-tracking-policy"
_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}")
_NOWHERE = ("localhost", "invalid", "localdomain")
_UNWRITTEN = frozenset({"tbd", "tbc", "tba", "todo", "xxx", "placeholder", "changeme", "insert-link-here", "link"})
_SECRETS = frozenset({"token", "access_token", "password", "passwd", "pwd", "api_key", "apikey", "secret", "auth"})
# Host suffix, and how the path of a message there begins; an empty path means the whole service is chat or mail.
_CHAT: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("slack.com", ("/archives/", "/client/", "/messages/", "/team/", "/app_redirect", "/signin")),
    ("teams.microsoft.com", ("/l/message", "/l/chat", "/l/channel", "/l/team", "/_#/conversations", "/v2")),
    ("teams.live.com", ("",)),
    ("teams.cloud.microsoft", ("/l/message", "/l/chat", "/l/channel")),
    ("discord.com", ("/channels/", "/invite/")),
    ("discord.gg", ("",)),
    ("chat.google.com", ("",)),
    ("mail.google.com", ("",)),
    ("outlook.office.com", ("/mail",)),
    ("outlook.office365.com", ("/mail", "/owa")),
    ("outlook.live.com", ("/mail",)),
    ("whatsapp.com", ("",)),
    ("wa.me", ("",)),
    ("t.me", ("",)),
    ("telegram.me", ("",)),
    ("web.telegram.org", ("",)),
    ("signal.group", ("",)),
    ("m.me", ("",)),
    ("messenger.com", ("",)),
    ("zoom.us", ("/j/", "/launch/chat")),
)


def document_findings(url: str) -> tuple[Finding, ...]:
    """What keeps this address from being a policy document that everybody can open: at most one finding."""
    written = url.strip()
    problem = _problem(written) if written else "There is no link to a policy document."
    return (Finding(FIELD, problem, _MEND, written),) if problem else ()


def _problem(url: str) -> str:
    if any(character.isspace() or not character.isprintable() for character in url):
        return "This is not one web address."
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").casefold()
        _ = parts.port
    except ValueError:
        return "This is not a web address."
    if parts.scheme.casefold() != "https":
        return "The link must begin with https://, so that what people read is what you wrote."
    if parts.username is not None or parts.password is not None:
        return "The link carries a user name or password; everybody who gets the policy would get it too."
    if any(key.casefold() in _SECRETS and value for key, value in parse_qsl(parts.query)):
        return "The link carries a key or password; everybody who gets the policy would get it too."
    if not _is_real_host(host):
        return "The link has no host that other people's computers can reach."
    if _is_message(host, parts):
        return (
            "The link leads to a chat message or mailbox. A policy is a document: it can be read "
            "again and has versions."
        )
    return _path_problem(parts)


def _is_real_host(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        ascii_host = host if host.isascii() else _as_ascii(host)
        return _HOST.fullmatch(ascii_host) is not None and ascii_host.rsplit(".", 1)[-1] not in _NOWHERE
    return not (address.is_loopback or address.is_unspecified or address.is_link_local or address.is_multicast)


def _as_ascii(host: str) -> str:
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def _is_message(host: str, parts: SplitResult) -> bool:
    where = parts.path + ("#" + parts.fragment if parts.fragment else "")
    return any(
        (host == chat or host.endswith("." + chat)) and any(where.startswith(path) for path in paths)
        for chat, paths in _CHAT
    )


def _path_problem(parts: SplitResult) -> str:
    segments = [segment.casefold() for segment in parts.path.split("/") if segment]
    if not segments and not parts.query and len(parts.fragment) < 2:  # noqa: PLR2004
        return "The link leads to a home page, not to the policy itself."
    if segments and segments[-1] in _UNWRITTEN:
        return "The link is a placeholder."
    return ""

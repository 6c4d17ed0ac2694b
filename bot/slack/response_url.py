"""Answers through a `response_url`: the address comes with a payload, so where it leads is checked first."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from typing import Any

import aiohttp
import structlog
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from bot import metrics
from bot.slack.client import ending_of, new_session
from bot.slack.errors import OK, SERVER_ERRORS, Answer, Outcome, Refusal, from_network, read

log = structlog.get_logger(__name__)

SLACK_HOSTS = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})
HTTPS_PORT = 443
PLAIN = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(?:/[!-\[\]-~]*)?", re.ASCII)
"""Nothing that one parser reads in one way and another in another: no user, no backslash, no space, no letter beyond ASCII."""
ANSWER_BYTES = 10_000


async def send_to(client: AsyncWebClient, address: str, body: Mapping[str, Any]) -> Outcome:
    """POST `body` there as JSON, without following redirects."""
    url = trusted(address, client.base_url)
    if url is None:
        log.warning("response_url_refused")
        return Refusal("untrusted_response_url")
    given = {name: value for name, value in body.items() if value is not None}
    began = time.perf_counter()
    if client.session is not None and not client.session.closed:
        outcome = await _post(client.session, url, given, client.proxy)
    else:
        async with new_session() as session:
            outcome = await _post(session, url, given, client.proxy)
    metrics.slack_called("response_url", ending_of(outcome), time.perf_counter() - began)
    return outcome


def trusted(address: str, api_url: str) -> URL | None:
    """The address, if it is Slack's over https or on the very server whose Web API we use."""
    if not PLAIN.fullmatch(address):
        return None
    try:
        url, api = URL(address), URL(api_url)
    except (ValueError, TypeError):
        return None
    if url.user is not None or url.password is not None:
        return None
    if url.scheme == "https" and url.host in SLACK_HOSTS and url.port == HTTPS_PORT:
        return url
    ours = (api.scheme, api.host, api.port)
    return url if url.host and (url.scheme, url.host, url.port) == ours else None


async def _post(session: aiohttp.ClientSession, url: URL, body: Mapping[str, Any], proxy: str | None) -> Outcome:
    try:
        async with session.post(url, json=body, allow_redirects=False, proxy=proxy) as response:
            heard = await response.content.read(ANSWER_BYTES)
            return _heard(heard, response.status, {str(name): value for name, value in response.headers.items()})
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return from_network(error)


def _heard(heard: bytes, status: int, headers: Mapping[str, str]) -> Outcome:
    """Slack answers with `ok` as plain text or with a JSON object; errors come as a bare name or in an object."""
    text = heard.decode("utf-8", "replace").strip()
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        body = {"ok": False, "error": text} if OK < status < SERVER_ERRORS else {"ok": True}
    if status == OK and not (isinstance(body, Mapping) and body.get("ok") is False):
        return Answer({})
    return read(body, status=status, headers=headers)

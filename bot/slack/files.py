"""Files in Slack's three steps: ask for an address, send the bytes there, share the file; and looking whether it arrived."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import aiohttp
import structlog
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from bot.ports import Absent, Sent, Unknown, Uploaded
from bot.slack.client import new_session
from bot.slack.errors import OK, SERVER_ERRORS, Answer, Outcome, Refusal, Silence, Unreached, ask, from_network
from bot.slack.reconciliation import MARGIN, MOST_PAGES, PAGE, conversation, next_cursor, unread
from bot.slack.response_url import HTTPS_PORT, PLAIN

log = structlog.get_logger(__name__)

SLACK_DOMAINS = (".slack.com", ".slack-gov.com")
UPLOAD_SECONDS = 120
CHUNK = 65_536


async def upload(client: AsyncWebClient, *, name: str, content: bytes) -> Uploaded | Outcome:
    """Bring the bytes to Slack. Whatever goes wrong, nobody has seen anything."""
    asked = await ask(client.files_getUploadURLExternal(filename=name, length=len(content)))
    if not isinstance(asked, Answer):
        return asked
    address, file_id = asked.body.get("upload_url"), asked.body.get("file_id")
    if not (isinstance(address, str) and isinstance(file_id, str) and file_id):
        return Silence("unreadable_answer")
    url = trusted(address, client.base_url)
    if url is None:
        log.warning("upload_url_refused")
        return Refusal("untrusted_upload_url")
    async with new_session() as session:
        sent = await _send(session, url, content, client.proxy)
    return Uploaded(file_id) if isinstance(sent, Answer) else sent


async def download(client: AsyncWebClient, address: str, *, most: int) -> bytes | Refusal | Silence | Unreached:
    """The bytes of a file in Slack, up to `most`; the token goes to Slack's own hosts alone."""
    url = trusted(address, client.base_url)
    if url is None:
        log.warning("download_url_refused")
        return Refusal("untrusted_download_url")
    headers = {"Authorization": f"Bearer {client.token}"}
    limit = aiohttp.ClientTimeout(total=UPLOAD_SECONDS)
    async with new_session() as session:
        try:
            async with session.get(
                url, headers=headers, allow_redirects=False, proxy=client.proxy, timeout=limit
            ) as response:
                if response.status != OK:
                    return Refusal(f"http_{response.status}")
                content = bytearray()
                async for piece in response.content.iter_chunked(CHUNK):
                    content += piece
                    if len(content) > most:
                        return Refusal("file_too_large")
                return bytes(content)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return from_network(error)


def trusted(address: str, api_url: str) -> URL | None:
    """The address, if it is Slack's over https, or on the very machine whose Web API we use."""
    if not PLAIN.fullmatch(address):
        return None
    try:
        url, api = URL(address), URL(api_url)
    except (ValueError, TypeError):
        return None
    if url.user is not None or url.password is not None or not url.host:
        return None
    if url.scheme == "https" and url.host.endswith(SLACK_DOMAINS) and url.port == HTTPS_PORT:
        return url
    return url if (url.scheme, url.host) == (api.scheme, api.host) else None


async def look_for(client: AsyncWebClient, *, to: str, file_id: str, since: datetime) -> Sent | Absent | Unknown:
    """Read the conversation back to `since`, newest first, for a message that carries this file."""
    channel = await conversation(client, to)
    if isinstance(channel, Unknown):
        return channel
    cursor = ""
    for _page in range(MOST_PAGES):
        outcome = await ask(client.conversations_history(channel=channel, limit=PAGE, cursor=cursor or None))
        if not isinstance(outcome, Answer):
            return unread(outcome)
        messages = outcome.body.get("messages")
        if not isinstance(messages, list) or not all(isinstance(message, Mapping) for message in messages):
            return Unknown("unreadable_answer")
        for message in messages:
            if _carries(message, file_id):
                return Sent(channel, str(message.get("ts") or ""))
        cursor = next_cursor(outcome.body)
        if not cursor or _older(messages, since):
            return Absent()
    return Unknown("history_too_long", passing=False)


async def _send(session: aiohttp.ClientSession, url: URL, content: bytes, proxy: str | None) -> Outcome:
    try:
        async with session.post(
            url,
            data=content,
            headers={"Content-Type": "application/octet-stream"},
            allow_redirects=False,
            proxy=proxy,
            timeout=aiohttp.ClientTimeout(total=UPLOAD_SECONDS),
        ) as response:
            if response.status == OK:
                return Answer({})
            return Silence(f"http_{response.status}") if response.status >= SERVER_ERRORS else Refusal("upload_refused")
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return from_network(error)


def _carries(message: Mapping[str, object], file_id: str) -> bool:
    files = message.get("files")
    return isinstance(files, list) and any(isinstance(each, Mapping) and each.get("id") == file_id for each in files)


def _older(messages: list[object], since: datetime) -> bool:
    last = messages[-1] if messages else None
    try:
        return isinstance(last, Mapping) and float(str(last.get("ts"))) < (since - MARGIN).timestamp()
    except ValueError:
        return False

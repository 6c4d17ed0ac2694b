"""Answers through a response_url go to Slack, or to the very server whose Web API is used, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.ports import NotSent, Post, Sent, Unknown
from bot.slack.messenger import SlackMessenger
from bot.slack.response_url import trusted
from tests.slack.little_slack import LittleSlack, Says

POST = Post("Not yet.", ())
SLACK = "https://slack.com/api/"


@pytest.mark.parametrize(
    "address",
    [
        "https://hooks.slack.com/commands/T1/2/abc",
        "https://hooks.slack.com:443/actions/T1/2/abc",
        "https://HOOKS.slack.com/app/T1",
        "https://hooks.slack-gov.com/commands/T1/2/abc",
    ],
)
def test_slacks_own_addresses_are_trusted(address: str) -> None:
    """Slack's hook hosts, over https."""
    assert trusted(address, SLACK) is not None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "hooks.slack.com",
        "//hooks.slack.com/x",
        "http://hooks.slack.com/commands/T1",
        "https://hooks.slack.com:8443/commands/T1",
        "https://hooks.slack.com.evil.example/x",
        "https://evil.example/hooks.slack.com",
        "https://hooks.slack.com@evil.example/x",
        "https://user:pw@hooks.slack.com/x",
        "https://evil.example\\@hooks.slack.com/x",
        "https://evil.example#@hooks.slack.com/",
        "https://hооks.slack.com/x",  # noqa: RUF001 - two letters are Cyrillic: that is the trick
        "https://slack.com.evil.example/api/",
        "https://xhooks.slack.com/",
        "http://127.0.0.1/latest/meta-data",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "ftp://hooks.slack.com/x",
        "https://[::1",
        "https://hooks.slack.com:99999/x",
        "javascript:alert(1)",
        "https://hooks.slack.com./x",
        "https://hooks.slack.com%2eevil.example/",
        "https://hooks.slack.com\x00.evil.example/",
        "https://hooks.slack.com\t.evil.example/x",
        "https://hooks.slack.com:443@evil.example/",
        "https://@hooks.slack.com/x",
        "https://evil.example?@hooks.slack.com",
        "https://hooks.slack.com#@evil.example/",
        "https://hooks.slack.com\\@evil.example/",
        "https://hooks\u3002slack\u3002com/x",
        "https://\uff48ooks.slack.com/x",
        "https://xn--hoks-1ye.slack.com/",
        "https://hooks.slack.com:\u0664\u0664\u0663/x",
        "https://hooks.slack.com/x\r\nHost: evil.example",
        " https://hooks.slack.com/x",
        "https://hooks.slack.com /x",
        "https://hooks.slack.com/\ud800",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::1]:3100/x",
        "https:hooks.slack.com/x",
        "https:///hooks.slack.com/x",
    ],
)
def test_every_other_address_is_refused(address: str) -> None:
    """However it is dressed up, an address that is not Slack's gets nothing."""
    assert trusted(address, SLACK) is None


@pytest.mark.parametrize(
    ("address", "api", "fine"),
    [
        ("http://127.0.0.1:3100/hook", "http://127.0.0.1:3100/api/", True),
        ("http://127.0.0.1:3101/hook", "http://127.0.0.1:3100/api/", False),
        ("http://localhost:3100/hook", "http://127.0.0.1:3100/api/", False),
        ("https://127.0.0.1:3100/hook", "http://127.0.0.1:3100/api/", False),
        ("https://chat.example.com/hook", "https://chat.example.com:443/api/", True),
        ("http://chat.example.com/hook", "https://chat.example.com/api/", False),
        ("http://127.1:3100/hook", "http://127.0.0.1:3100/api/", False),
        ("http://2130706433:3100/hook", "http://127.0.0.1:3100/api/", False),
        ("http://127.0.0.1.:3100/hook", "http://127.0.0.1:3100/api/", False),
        ("http://127.0.0.1:3100@evil.example/hook", "http://127.0.0.1:3100/api/", False),
        ("http://[::1]:3100/hook", "http://[::1]:3100/api/", True),
    ],
)
def test_another_server_is_trusted_exactly_where_it_is(address: str, api: str, fine: bool) -> None:
    """Scheme, host and port of SLACK_API_URL all have to agree."""
    assert (trusted(address, api) is not None) is fine


async def test_an_answer_is_for_one_person_unless_it_replaces(
    little_slack: LittleSlack, messenger: SlackMessenger
) -> None:
    """By default only the person who clicked sees it; replacing changes the message that was clicked."""
    little_slack.tell("a", Says("ok", kind="text/plain"))
    url = f"{little_slack.origin}/hook/a"
    assert await messenger.reply(response_url=url, post=POST) == Sent("", "")
    assert await messenger.reply(response_url=url, post=POST, replace=True) == Sent("", "")
    private, replaced = little_slack.calls("a")
    assert private == {"text": "Not yet.", "replace_original": False, "response_type": "ephemeral"}
    assert replaced == {"text": "Not yet.", "replace_original": True}


@pytest.mark.parametrize(
    ("says", "result"),
    [
        (Says({"ok": True}), Sent("", "")),
        (Says("", 200, kind="text/plain"), Sent("", "")),
        (Says("expired_url", 404, kind="text/plain"), NotSent("expired_url", None)),
        (Says("used_url", 404, kind="text/html"), NotSent("used_url", None)),
        (Says({"ok": False, "error": "no_text"}, 200), NotSent("no_text", None)),
        (Says("<b>no</b>", 403, kind="text/html"), NotSent("unnamed_error", None)),
        (Says("slow", 429, {"Retry-After": "2"}, kind="text/plain"), NotSent("ratelimited", 2.0, rate_limited=True)),
        (Says("oops", 500, kind="text/plain"), Unknown("http_500")),
        (Says(cut=True), Unknown("connection_lost")),
    ],
    ids=lambda case: str(case)[:40],
)
async def test_each_ending_of_an_answer_is_told_apart(
    little_slack: LittleSlack, messenger: SlackMessenger, says: Says, result: object
) -> None:
    """A used or expired address is a refusal; silence is silence."""
    little_slack.tell("a", says)
    assert await messenger.reply(response_url=f"{little_slack.origin}/hook/a", post=POST) == result


async def test_a_redirect_is_not_followed(little_slack: LittleSlack, messenger: SlackMessenger) -> None:
    """A trusted address cannot hand the answer on to another."""
    little_slack.tell("a", Says("", 307, {"Location": f"{little_slack.origin}/hook/b"}))
    assert isinstance(await messenger.reply(response_url=f"{little_slack.origin}/hook/a", post=POST), NotSent)
    assert little_slack.calls("b") == []


async def test_a_refused_address_is_not_in_the_log(messenger: SlackMessenger, logged: Callable[[], str]) -> None:
    """The log says that an address was refused, not which: it may be a secret, or a lure."""
    result = await messenger.reply(response_url="https://evil.example/token-1234", post=POST)
    assert result == NotSent("untrusted_response_url", None)
    said = logged()
    assert "response_url_refused" in said
    assert "evil.example" not in said
    assert "token-1234" not in said

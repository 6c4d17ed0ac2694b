"""A report's bytes go to Slack, or to the very machine whose Web API we use, and to nobody else."""

from __future__ import annotations

import pytest

from bot.slack.files import trusted

SLACK = "https://slack.com/api/"


@pytest.mark.parametrize(
    ("address", "api"),
    [
        ("https://files.slack.com/upload/v1/abc", SLACK),
        ("https://files.slack-gov.com/upload/v1/abc", SLACK),
        ("http://127.0.0.1:3100/upload/v1/abc", "http://127.0.0.1:9000/api/"),
        ("https://chat.example.com/up", "https://chat.example.com/api/"),
    ],
)
def test_where_files_may_go(address: str, api: str) -> None:
    """Slack over https, or the server that we talk to anyway."""
    assert trusted(address, api) is not None


@pytest.mark.parametrize(
    "address",
    [
        "http://files.slack.com/upload",
        "https://slack.com.evil.example/upload",
        "https://evilslack.com/upload",
        "https://user:pass@files.slack.com/upload",
        "https://169.254.169.254/latest",
        "file:///etc/passwd",
        "",
        "::",
    ],
)
def test_where_files_may_not_go(address: str) -> None:
    """An answer that names another place is refused, and nothing leaves."""
    assert trusted(address, SLACK) is None

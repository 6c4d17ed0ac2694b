"""Whether Slack still has us: what it says to a token that is good for nothing any more."""

from __future__ import annotations

from enum import Enum

TOKEN_REFUSED = frozenset(
    {
        "account_inactive",
        "invalid_auth",
        "invalid_token",
        "not_authed",
        "token_expired",
        "token_revoked",
    }
)
"""Slack's names for it. No message fails because of them: all wait until the app is installed again or the token mended."""


class Token(Enum):
    """What Slack says of our token."""

    TAKEN = "taken"
    REFUSED = "refused"
    NOT_KNOWN = "not known"

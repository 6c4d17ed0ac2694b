"""The days in which the signing secret changes: requests signed with the one before are taken as well."""

from __future__ import annotations

from slack_bolt.async_app import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

from bot.settings import Settings

STAMP, SIGNATURE = "x-slack-request-timestamp", "x-slack-signature"


class Overlap:
    """Bolt knows one secret; what the earlier one has signed is signed anew with the present one. Age is judged by Bolt."""

    def __init__(self, present: str, earlier: str) -> None:
        """Both may be empty: then nothing is signed anew."""
        self._present = SignatureVerifier(present) if present and earlier else None
        self._earlier = SignatureVerifier(earlier) if present and earlier else None

    @classmethod
    def of(cls, settings: Settings) -> Overlap:
        """The two secrets that the settings name."""
        present, earlier = settings.slack_signing_secret, settings.slack_signing_secret_old
        return cls(present.get_secret_value(), earlier.get_secret_value())

    def take(self, asked: AsyncBoltRequest) -> None:
        """Change nothing but the signature, and that only if it is the earlier secret's."""
        if self._present is None or self._earlier is None:
            return
        stamp, signature = (asked.headers.get(name, [""])[0] for name in (STAMP, SIGNATURE))
        if stamp and signature and self._earlier.is_valid(asked.raw_body, stamp, signature):
            fresh = self._present.generate_signature(timestamp=stamp, body=asked.raw_body)
            asked.headers[SIGNATURE] = [fresh or ""]

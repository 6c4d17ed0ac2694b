"""The one secret that is not in the database: it seals addresses, and tags people without naming them.

Whoever has only the database can neither open a seal nor tell whose tag is whose. `cryptography` seals (AES-256-GCM); tags
are HMAC-SHA-256. Nothing here keeps a time: a sealed address looks the same whenever it was made.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import time
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SECRET_BYTES = 32
PATIENCE_SECONDS = 1.0
"""How long to wait for somebody who has made the file and not written it yet."""
NONCE_BYTES = 12
TAG_BYTES = 16
BLOCK = 128
"""Sealed texts are filled up to a multiple of this, so that their length tells nothing."""


class UnusableSecret(Exception):
    """The secret is too short, or its file cannot be had. The message says what to do."""


class Keyring:
    """Seals and tags. Two keyrings with the same secret are the same."""

    def __init__(self, secret: bytes) -> None:
        """Derive one key for each purpose from `secret` (at least 32 bytes)."""
        if len(secret) < SECRET_BYTES:
            msg = f"VOICE_KEY: must be at least {SECRET_BYTES} characters long, made at random."
            raise UnusableSecret(msg)
        self._seals = AESGCM(_derived(secret, b"foreword seals"))
        self._tags = _derived(secret, b"foreword tags")

    def seal(self, text: str) -> str:
        """Text that only this secret opens again. Sealing the same text twice gives two different seals."""
        plain = text.encode()
        filled = plain + b"\0" * (-len(plain) % BLOCK)
        nonce = secrets.token_bytes(NONCE_BYTES)
        return base64.urlsafe_b64encode(nonce + self._seals.encrypt(nonce, filled, None)).decode()

    def open(self, sealed: str) -> str | None:
        """What was sealed; None when it was sealed with another secret, or was altered."""
        try:
            raw = base64.urlsafe_b64decode(sealed)
            return self._seals.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], None).rstrip(b"\0").decode()
        except (InvalidTag, ValueError):
            return None

    def tag(self, salt: str, *parts: str) -> str:
        """32 hexadecimal digits that say "the same again" and nothing else, as long as `salt` exists."""
        message = "\0".join((salt, *parts)).encode()
        return hmac.new(self._tags, message, hashlib.sha256).hexdigest()[: TAG_BYTES * 2]


def keyring_in(file: Path) -> Keyring:
    """The keyring whose secret is in a file, which is made (readable by its owner only) when there is none yet."""
    try:
        with file.open("xb") as fresh:
            os.fchmod(fresh.fileno(), 0o600)
            fresh.write(secrets.token_hex(SECRET_BYTES).encode())
    except FileExistsError:
        pass
    except OSError as error:
        msg = f"VOICE_KEY: is not set, and {file} cannot be written ({error.strerror}). Set VOICE_KEY."
        raise UnusableSecret(msg) from error
    try:
        return Keyring(_written(file))
    except OSError as error:
        msg = f"VOICE_KEY: is not set, and {file} cannot be read ({error.strerror})."
        raise UnusableSecret(msg) from error


def _written(file: Path) -> bytes:
    """What is in the file; another instance may be about to write it."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        secret = file.read_bytes().strip()
        if secret or time.monotonic() > until:
            return secret
        time.sleep(0.02)


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return hmac.new(secret, purpose, hashlib.sha256).digest()

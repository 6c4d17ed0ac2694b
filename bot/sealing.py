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
SALT_BYTES = 16
MARK_DIGITS = 12
CHANGED = (
    "VOICE_KEY: is not the one that this database was used with. Put it back; or, if you changed it, name the one before in "
    "VOICE_KEY_OLD. If it is lost: python app.py key --lost (docs/operations.md, “A lost key”)."
)
BLOCK = 128
"""Sealed texts are filled up to a multiple of this, so that their length tells nothing."""


class UnusableSecret(Exception):
    """The secret is too short, or its file cannot be had. The message says what to do."""


class _Keys:
    """What is derived from one secret: a key for each purpose, and a mark by which salts name it."""

    def __init__(self, secret: bytes, name: str) -> None:
        if len(secret) < SECRET_BYTES:
            msg = f"{name}: must be at least {SECRET_BYTES} characters long, made at random."
            raise UnusableSecret(msg)
        self.seals = AESGCM(_derived(secret, b"foreword seals"))
        self.tags = _derived(secret, b"foreword tags")
        self.mark = _derived(secret, b"foreword mark").hex()[:MARK_DIGITS]


class Keyring:
    """Seals and tags. Two keyrings with the same secret are the same.

    When the secret is changed, earlier ones stay beside it for a while: they open what they sealed, and go on making the
    tags of a period that began with them. Otherwise the same person would be counted as two. Each salt says by a mark
    which secret its tags are made with; the next salt is marked with the present one.
    """

    def __init__(self, secret: bytes, *earlier: bytes) -> None:
        """Derive the keys from `secret` (at least 32 bytes), and from those that it replaced. Raises UnusableSecret."""
        self._keys = (_Keys(secret, "VOICE_KEY"), *(_Keys(each, "VOICE_KEY_OLD") for each in earlier))
        self._by_mark = {keys.mark: keys for keys in reversed(self._keys)}

    def seal(self, text: str) -> str:
        """Text that only this secret opens again. Sealing the same text twice gives two different seals."""
        plain = text.encode()
        filled = plain + b"\0" * (-len(plain) % BLOCK)
        nonce = secrets.token_bytes(NONCE_BYTES)
        return base64.urlsafe_b64encode(nonce + self._keys[0].seals.encrypt(nonce, filled, None)).decode()

    def open(self, sealed: str) -> str | None:
        """What was sealed; None when it was sealed with another secret, or was altered."""
        opened = (_opened(keys, sealed) for keys in self._keys)
        return next((text for text in opened if text is not None), None)

    def opens_with_the_present_one(self, sealed: str) -> bool:
        """Whether no earlier secret is needed for this."""
        return _opened(self._keys[0], sealed) is not None

    def fresh_salt(self) -> str:
        """A random salt, marked with the present secret."""
        return f"{self._keys[0].mark}.{secrets.token_hex(SALT_BYTES)}"

    def knows(self, salt: str) -> bool:
        """Whether the secret is here that this salt's tags are made with."""
        return "." not in salt or salt.partition(".")[0] in self._by_mark

    def is_of_the_present_one(self, salt: str) -> bool:
        """Whether no earlier secret is needed for this salt."""
        return self._of(salt) is self._keys[0]

    def tag(self, salt: str, *parts: str) -> str:
        """32 hexadecimal digits that say "the same again" and nothing else, as long as `salt` exists.

        Raises UnusableSecret for a salt that is marked with a secret which is not here.
        """
        message = "\0".join((salt, *parts)).encode()
        return hmac.digest(self._of(salt).tags, message, "sha256")[:TAG_BYTES].hex()

    def _of(self, salt: str) -> _Keys:
        mark, dot, _ = salt.partition(".")
        if not dot:
            return self._keys[-1]  # from before salts were marked
        if mark not in self._by_mark:
            raise UnusableSecret(CHANGED)
        return self._by_mark[mark]


def _opened(keys: _Keys, sealed: str) -> str | None:
    try:
        raw = base64.urlsafe_b64decode(sealed)
        return keys.seals.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], None).rstrip(b"\0").decode()
    except (InvalidTag, ValueError):
        return None


def secret_in(file: Path) -> bytes:
    """The secret in a file, which is made (readable by its owner only) when there is none yet."""
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
        return _written(file)
    except OSError as error:
        msg = f"VOICE_KEY: is not set, and {file} cannot be read ({error.strerror})."
        raise UnusableSecret(msg) from error


def keyring_in(file: Path) -> Keyring:
    """The keyring of the secret in a file. Raises UnusableSecret."""
    return Keyring(secret_in(file))


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

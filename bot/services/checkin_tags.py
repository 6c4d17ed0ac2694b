"""How a person becomes the ids of their answers to one check-in: found again by the secret, as long as it is open."""

from __future__ import annotations

from bot.domain.checkin import Ask
from bot.sealing import Keyring
from bot.store.checkin_answers import ANSWERED


def answered_tag(keys: Keyring, salt: str, checkin_id: str, person: str) -> str:
    """The id of the row that counts this person once."""
    return tag_of(keys, salt, checkin_id, person, ANSWERED)


def tag_of(keys: Keyring, salt: str, checkin_id: str, person: str, question: str) -> str:
    """The id of this person's answer to one question."""
    return keys.tag(salt, "checkin", checkin_id, person, question)


def comment_tag(keys: Keyring, salt: str, checkin_id: str, person: str) -> str:
    """The id of what this person added in words."""
    return tag_of(keys, salt, checkin_id, person, "comment")


def fault_tag(keys: Keyring, salt: str, checkin_id: str, person: str, words: str) -> str:
    """The id of a fault in these words."""
    return keys.tag(salt, "fault", checkin_id, person, words)


def every_tag(keys: Keyring, salt: str, checkin_id: str, person: str) -> dict[str, str]:
    """The ids of everything this person can have said in one check-in, by question."""
    questions = (ANSWERED, "comment", *Ask)
    return {question: tag_of(keys, salt, checkin_id, person, question) for question in questions}

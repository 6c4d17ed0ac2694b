"""What travels between the sandbox and others: JSON objects, and the two ways of saying no."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


class SlackError(Exception):
    """The Web API says no to the bot. `name` is Slack's own error name, `details` goes into the answer beside it."""

    def __init__(self, name: str, **details: Any) -> None:
        """Name the error."""
        super().__init__(name)
        self.name = name
        self.details = details


def invalid_arguments(*messages: str) -> SlackError:
    """The answer to arguments that are missing or of the wrong shape, with Slack's list of messages."""
    return SlackError(
        "invalid_arguments",
        response_metadata={"messages": [f"[ERROR] {message}" for message in messages]},
    )


class ActRefused(Exception):
    """What a person tried is not possible. `sentence` is for people, `status` is the HTTP status of the refusal."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        """Say why."""
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status

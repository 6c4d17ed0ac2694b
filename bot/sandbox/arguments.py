"""The arguments of one Web API call, whether they came as query, form or JSON, read as Slack reads them."""

from __future__ import annotations

import json
from typing import Any

from bot.sandbox.wire import Json, SlackError, invalid_arguments


class Arguments:
    """One call's arguments, and the address at which the caller reached the server."""

    def __init__(self, given: Json, base_url: str) -> None:
        """`base_url` has no slash at its end."""
        self.given = given
        self.base_url = base_url

    def text(self, name: str) -> str | None:
        """A string; numbers and truth values become what a form would have sent."""
        value = self.given.get(name)
        if value is None:
            return None
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, str | int | float):
            return str(value)
        raise invalid_arguments(f"must be a string [json-pointer:/{name}]")

    def required(self, name: str) -> str:
        """A string that must be there."""
        value = self.text(name)
        if not value:
            raise invalid_arguments(f"missing required field: {name}")
        return value

    def flag(self, name: str) -> bool:
        """True for true, 1 and "true"."""
        return (self.text(name) or "").lower() in {"1", "true"}

    def whole(self, name: str, default: int, most: int) -> int:
        """A whole number from 1 to `most`."""
        value = self.text(name)
        if not value:
            return default
        if not value.isdecimal() or int(value) < 1:
            raise (
                SlackError("invalid_limit")
                if name == "limit"
                else invalid_arguments(f"must be an integer [json-pointer:/{name}]")
            )
        return min(int(value), most)

    def structure(self, name: str, error: str) -> Any:
        """A JSON value, given as such or as a string of JSON; raises SlackError(`error`) when it does not parse."""
        value = self.given.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError(error) from None

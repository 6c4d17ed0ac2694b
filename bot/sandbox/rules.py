"""The small rules from which Block Kit's shapes are put together; each reports what is wrong and where.

A rule takes a value, the JSON pointer to it and the list of findings. The wording follows Slack's own messages,
so that what a developer reads here is what Slack would have said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

Findings = list[str]
Rule = Callable[[Any, str, Findings], None]

_ABSOLUTE_URL = re.compile(r"^(https?://[^\s/]+|mailto:\S+|slack://\S+|tel:\S+)", re.IGNORECASE)


def found(findings: Findings, message: str, pointer: str) -> None:
    """Add one finding, with its place."""
    findings.append(f"{message} [json-pointer:{pointer}]")


def string(
    most: int | None = None, least: int = 1, choices: Collection[str] | None = None, like: str | None = None
) -> Rule:
    """A string of a bounded length, one of `choices`, or of the form `like`."""
    form = re.compile(like) if like else None

    def check(value: Any, at: str, findings: Findings) -> None:
        if not isinstance(value, str):
            found(findings, "must be a string", at)
        elif len(value) < least:
            found(findings, f"must be more than {least - 1} characters", at)
        elif most is not None and len(value) > most:
            found(findings, f"must be less than {most + 1} characters", at)
        elif choices is not None and value not in choices:
            found(findings, "must be one of: " + ", ".join(sorted(choices)), at)
        elif form is not None and not form.fullmatch(value):
            found(findings, "does not match the required format", at)

    return check


def url(value: Any, at: str, findings: Findings) -> None:
    """An absolute address of at most 3,000 characters."""
    before = len(findings)
    string(3000)(value, at, findings)
    if len(findings) == before and not _ABSOLUTE_URL.match(value):
        found(findings, "must be a valid URL", at)


def flag(value: Any, at: str, findings: Findings) -> None:
    """True or false."""
    if not isinstance(value, bool):
        found(findings, "must be a boolean", at)


def whole(least: int | None = None, most: int | None = None) -> Rule:
    """A whole number within bounds."""

    def check(value: Any, at: str, findings: Findings) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            found(findings, "must be an integer", at)
        elif (least is not None and value < least) or (most is not None and value > most):
            found(findings, f"must be between {least} and {most}", at)

    return check


def many(rule: Rule, most: int, least: int = 1) -> Rule:
    """A list of `least` to `most` items that each follow `rule`."""

    def check(value: Any, at: str, findings: Findings) -> None:
        if not isinstance(value, list):
            found(findings, "must be an array", at)
            return
        if len(value) > most:
            found(findings, f"no more than {most} items allowed", at)
        if len(value) < least:
            found(findings, f"no fewer than {least} items allowed", at)
        for number, item in enumerate(value):
            rule(item, f"{at}/{number}", findings)

    return check


def anything(value: Any, at: str, findings: Findings) -> None:
    """A value that is not looked into."""


def shape(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None) -> Rule:
    """An object with these properties and no others."""
    known = {**required, **(optional or {})}

    def check(value: Any, at: str, findings: Findings) -> None:
        if not isinstance(value, dict):
            found(findings, "must be an object", at)
            return
        for name in required:
            if value.get(name) is None:
                found(findings, f"missing required field: {name}", at)
        for name, inner in value.items():
            rule = known.get(name)
            if rule is None:
                found(findings, f"invalid additional property: {name}", at)
            elif inner is not None:
                rule(inner, f"{at}/{name}", findings)

    return check


def typed(shapes: Mapping[str, Rule], allowed: Collection[str] | None = None) -> Rule:
    """An object whose `type` says which of `shapes` it follows; `allowed` narrows the types for this place."""

    def check(value: Any, at: str, findings: Findings) -> None:
        if not isinstance(value, dict):
            found(findings, "must be an object", at)
            return
        kind = value.get("type")
        if kind is None:
            found(findings, "missing required field: type", at)
        elif not isinstance(kind, str) or kind not in shapes or (allowed is not None and kind not in allowed):
            found(findings, f"unsupported type: {kind}", f"{at}/type")
        else:
            shapes[kind](value, at, findings)

    return check


def both(*rules: Rule) -> Rule:
    """All of `rules`."""

    def check(value: Any, at: str, findings: Findings) -> None:
        for rule in rules:
            rule(value, at, findings)

    return check


def unique(items: list[Any], name: str, at: str, findings: Findings) -> None:
    """No two of `items` carry the same `name`."""
    seen: set[str] = set()
    for number, item in enumerate(items):
        value = item.get(name) if isinstance(item, dict) else None
        if not isinstance(value, str):
            continue
        if value in seen:
            found(findings, f'`{name}` "{value}" already exists', f"{at}/{number}/{name}")
        seen.add(value)

"""What changed between two versions of a policy: people who read the first are told exactly this."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.domain.policy import Policy


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. An empty `before` means that it is new, an empty `after` that it is gone."""

    part: str
    before: str
    after: str


def policy_changes(old: Policy, new: Policy) -> tuple[Change, ...]:
    """Every difference between two versions, in the order of the policy's questions."""
    return (
        *_items(
            "Tracked",
            _by_name((item.what, item.detail or item.what) for item in old.tracked),
            _by_name((item.what, item.detail or item.what) for item in new.tracked),
        ),
        *_items("Not tracked", {item: item for item in old.not_tracked}, {item: item for item in new.not_tracked}),
        *_items(
            "Seen by",
            _by_name((reader.who, f"{reader.when}, for {reader.purpose}") for reader in old.seen_by),
            _by_name((reader.who, f"{reader.when}, for {reader.purpose}") for reader in new.seen_by),
        ),
        *_single("Kept for", _days(old.retention_days), _days(new.retention_days)),
        *_single("Your own data", old.own_data, new.own_data),
        *_single("Breaks and idle time", old.breaks, new.breaks),
        *_single("Corrections", old.corrections, new.corrections),
        *_single("In force from", _date(old), _date(new)),
        *_single("The document", old.document_url, new.document_url),
    )


def _by_name(items: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Items by name; two of one name stand together, so that neither hides a change of the other."""
    found: dict[str, str] = {}
    for name, text in items:
        found[name] = f"{found[name]}; {text}" if name in found else text
    return found


def _days(days: int | None) -> str:
    return "" if days is None else f"{days} days"


def _date(policy: Policy) -> str:
    return f"{policy.effective:%d %B %Y}" if policy.effective else ""


def _single(part: str, before: str, after: str) -> tuple[Change, ...]:
    return () if before == after else (Change(part, before, after),)


def _items(part: str, old: Mapping[str, str], new: Mapping[str, str]) -> tuple[Change, ...]:
    def worded(name: str, text: str) -> str:
        return name if text == name else f"{name}: {text}"

    return tuple(
        Change(part, worded(name, old[name]) if name in old else "", worded(name, new[name]) if name in new else "")
        for name in dict.fromkeys((*old, *new))
        if old.get(name) != new.get(name)
    )

"""Provisional: whether a text names the install link. The full version replaces this file."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from bot.domain.findings import Finding
from bot.domain.rollout import Plan


def mentions_link(text: str, install_url: str) -> str | None:
    host = (urlsplit(install_url).hostname or "").casefold()
    return host if host and host in text.casefold() else None


def link_findings(plan: Plan, extra: Mapping[str, str] | None = None) -> tuple[Finding, ...]:
    found = []
    for name, text in {"reason": plan.reason, "policy.document_url": plan.policy.document_url, **(extra or {})}.items():
        words = mentions_link(text, plan.install_url)
        if words:
            found.append(Finding(name, "names the install link or its host.", "Leave it out.", words))
    return tuple(found)

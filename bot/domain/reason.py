"""The reason for the tool: whether it says what happened, and stays clear of productivity, trust and performance."""

from __future__ import annotations

from bot.domain.findings import Finding


def lint_reason(text: str) -> tuple[Finding, ...]:
    """First version."""
    return () if text.strip() else (Finding("reason", "There is no reason.", "Say what happened."),)

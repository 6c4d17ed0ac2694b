"""Whether a policy answers its four questions specifically enough to be held to it."""

from __future__ import annotations

from bot.domain.document_link import document_findings
from bot.domain.findings import Finding
from bot.domain.policy import Policy
from bot.domain.rollout import Role


def lint_policy(policy: Policy, roles: tuple[Role, ...]) -> tuple[Finding, ...]:
    """First version."""
    return document_findings(policy.document_url)

"""A plan written as a file again, to show what is stored and to hold a form's answers to the rules of the file."""

from __future__ import annotations

from typing import Any

import yaml

from bot.domain.rollout import Plan


def plan_to_yaml(plan: Plan) -> str:
    """The plan as a file that `parse_plan` reads back to the same plan."""
    policy = plan.policy
    document: dict[str, Any] = {
        "rollout": plan.rollout,
        "tool": plan.tool,
        "reason": plan.reason,
        "install_url": plan.install_url,
        "owners": list(plan.owners),
        "hr": list(plan.hr),
        "contact": plan.contact,
        "policy": {
            "document_url": policy.document_url,
            "effective": policy.effective,
            "tracked": [{"what": item.what, "detail": item.detail} for item in policy.tracked],
            "not_tracked": list(policy.not_tracked),
            "seen_by": [{"who": r.who, "when": r.when, "purpose": r.purpose} for r in policy.seen_by],
            "retention_days": policy.retention_days,
            "own_data": policy.own_data,
            "breaks": policy.breaks,
            "corrections": policy.corrections,
        },
        "roles": {
            role.name: {"cadence": role.cadence.value if role.cadence else None, "because": role.because}
            for role in plan.roles
        },
        "waves": [
            {
                "name": wave.name,
                "team": wave.team,
                "channel": wave.channel,
                "role": wave.role,
                "managers": list(wave.managers),
                "weeks": wave.weeks,
                **({"country": wave.country} if wave.country else {}),
            }
            for wave in plan.waves
        ],
        "checkins": {
            "days": list(plan.checkins.days),
            "at": f"{plan.checkins.at:%H:%M}",
            "by": plan.checkins.by.value,
        },
        "rules": {
            "notice_working_days": plan.rules.notice_working_days,
            "acknowledgement": "required" if plan.rules.acknowledgement_required else "optional",
            "k": plan.rules.k,
            "k_text": plan.rules.k_text,
        },
    }
    dumped: str = yaml.dump(document, Dumper=_NoAliases, sort_keys=False, allow_unicode=True, width=110)
    return dumped


class _NoAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the base class's signature
        return True

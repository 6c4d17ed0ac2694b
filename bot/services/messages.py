"""What a step's message is made from, as it stands when it is shown or sent."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.domain.policy_changes import Change, policy_changes
from bot.domain.progress import Rollout, RunningWave, Versions
from bot.store import rollouts, verdicts
from bot.views.wave_messages import StepMessage


def changes_since_last(db: Connection, rollout: Rollout, version: int) -> tuple[Change, ...]:
    """What this policy version changes against the one that people were given before it; nothing for the first."""
    before = rollouts.policies_before(db, rollout.id, version)
    if not before:
        return ()
    old = rollouts.policy_of(db, rollout.id, before[0])
    new = rollouts.policy_of(db, rollout.id, version)
    return policy_changes(old, new) if old and new else ()


def message_for(
    db: Connection,
    rollout: Rollout,
    wave: RunningWave,
    versions: Versions,
    *,
    launch_id: str = "",
    late: bool = False,
) -> StepMessage:
    """Everything that the message of a step says. Without a `launch_id` it is a preview."""
    return StepMessage(
        plan=rollout.plan,
        wave=wave.wave,
        versions=versions,
        launch_id=launch_id,
        changes=changes_since_last(db, rollout, versions.policy),
        reason_is_new=versions.reason > 1,
        late=late,
        vouching=() if rollout.is_pilot(wave) else tuple(verdicts.vouching(db, rollout.waves[0].id)),
    )

"""What one click on a wave's message looks at, in one question to the database: thousands may click in the same minute."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from bot.domain.progress import Launched, Progress, Rollout, Versions
from bot.domain.reader import Receipts
from bot.domain.rollout import Step
from bot.store import rollouts
from bot.store import tables as t
from bot.store.people import receipts_in
from bot.store.statements import moment_in, rows_as_json, rows_in
from bot.store.tables import LaunchState


@dataclass(frozen=True, slots=True)
class Clicked:
    """The launch whose button was pressed (its step, versions and wave), and all that the answer depends on.

    `known_member` is whether the person is in the wave's channel; None when Slack has not told us.
    """

    step: Step
    versions: Versions
    delivered: bool
    wave_id: str
    rollout: Rollout
    progress: Progress
    receipts: Receipts
    known_member: bool | None


def look(db: Connection, launch_id: str, person: str) -> Clicked | None:
    """Everything about this click; None for a launch that there is not."""
    row = db.execute(_CLICK, {"launch": launch_id, "person": person}).one_or_none()
    if row is None:
        return None
    steps = [_launched(*each) for each in rows_in(row.steps)]
    return Clicked(
        Step(row.step),
        Versions(row.launched_reason, row.launched_policy),
        row.delivered_at is not None,
        row.wave_id,
        rollouts.assembled(row),
        Progress(tuple(sorted(steps, key=lambda step: step.at))),
        receipts_in(rows_in(row.receipts)),
        row.known_member,
    )


def _launched(launch_id: str, step: str, reason: int, policy: int, at: str, delivered_at: str | None) -> Launched:
    launched_at = moment_in(at)
    if launched_at is None:
        msg = "what was launched has a time"
        raise ValueError(msg)
    return Launched(launch_id, Step(step), Versions(reason, policy), launched_at, moment_in(delivered_at))


_before = t.launch.alias("before")
_CLICK = (
    rollouts.PARTS.add_columns(
        t.launch.c.step,
        t.launch.c.wave_id,
        t.launch.c.delivered_at,
        t.launch.c.reason_version.label("launched_reason"),
        t.launch.c.policy_version.label("launched_policy"),
        select(
            rows_as_json(
                _before.c.id,
                _before.c.step,
                _before.c.reason_version,
                _before.c.policy_version,
                _before.c.launched_at,
                _before.c.delivered_at,
            )
        )
        .where(_before.c.wave_id == t.wave.c.id, _before.c.run == t.wave.c.run, _before.c.state == LaunchState.LAUNCHED)
        .correlate(t.wave)
        .scalar_subquery()
        .label("steps"),
        select(rows_as_json(t.receipt.c.step, t.receipt.c.version, t.receipt.c.acknowledged_at))
        .where(t.receipt.c.rollout_id == t.rollout.c.id, t.receipt.c.person == bindparam("person"))
        .correlate(t.rollout)
        .scalar_subquery()
        .label("receipts"),
        t.member.c.present.label("known_member"),
    )
    .join(t.launch, t.launch.c.rollout_id == t.rollout.c.id)
    .join(t.wave, t.wave.c.id == t.launch.c.wave_id)
    .outerjoin(t.member, (t.member.c.wave_id == t.launch.c.wave_id) & (t.member.c.person == bindparam("person")))
    .where(t.launch.c.id == bindparam("launch"))
)

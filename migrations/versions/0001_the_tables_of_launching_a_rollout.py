"""The tables of launching a rollout."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "rate_block",
        sa.Column("method", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("blocked_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("method", name=op.f("pk_rate_block")),
    )
    op.create_table(
        "rollout",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("reason_version", sa.Integer(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("paused_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("paused_because", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason_version_when_paused", sa.Integer(), nullable=True),
        sa.Column("policy_version_when_paused", sa.Integer(), nullable=True),
        sa.Column("timeline_length", sa.Integer(), nullable=False),
        sa.Column("timeline_head", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollout")),
        sa.UniqueConstraint("name", name=op.f("uq_rollout_name")),
    )
    op.create_table(
        "seen_event",
        sa.Column("event_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("seen_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_seen_event")),
    )
    with op.batch_alter_table("seen_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seen_event_seen_at"), ["seen_at"], unique=False)

    op.create_table(
        "policy_version",
        sa.Column("rollout_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("written_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("written_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["rollout_id"], ["rollout.id"], name=op.f("fk_policy_version_rollout_id")),
        sa.PrimaryKeyConstraint("rollout_id", "version", name=op.f("pk_policy_version")),
    )
    op.create_table(
        "reason_version",
        sa.Column("rollout_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("written_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("written_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["rollout_id"], ["rollout.id"], name=op.f("fk_reason_version_rollout_id")),
        sa.PrimaryKeyConstraint("rollout_id", "version", name=op.f("pk_reason_version")),
    )
    op.create_table(
        "sign",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("rollout_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("noted_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("attended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["rollout_id"], ["rollout.id"], name=op.f("fk_sign_rollout_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign")),
    )
    op.create_table(
        "sign_off",
        sa.Column("rollout_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("entry", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("signed_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("signed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["rollout_id"], ["rollout.id"], name=op.f("fk_sign_off_rollout_id")),
        sa.PrimaryKeyConstraint("rollout_id", "entry", "digest", name=op.f("pk_sign_off")),
    )
    op.create_table(
        "timeline",
        sa.Column("rollout_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("actor", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("event", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("sealed", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["rollout_id"], ["rollout.id"], name=op.f("fk_timeline_rollout_id")),
        sa.PrimaryKeyConstraint("rollout_id", "seq", name=op.f("pk_timeline")),
    )
    op.create_table(
        "wave",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("rollout_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("channel", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["rollout_id"], ["rollout.id"], name=op.f("fk_wave_rollout_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wave")),
    )
    with op.batch_alter_table("wave", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wave_channel"), ["channel"], unique=False)
        batch_op.create_index(batch_op.f("ix_wave_rollout_id_name"), ["rollout_id", "name"], unique=True)

    op.create_table(
        "briefing",
        sa.Column("wave_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("reason_version", sa.Integer(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("manager", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("ready_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_briefing_wave_id")),
        sa.PrimaryKeyConstraint(
            "wave_id", "run", "reason_version", "policy_version", "manager", name=op.f("pk_briefing")
        ),
    )
    op.create_table(
        "checkin",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("wave_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("opens_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("closes_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("closed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("enough_answers", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_checkin_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkin")),
    )
    op.create_table(
        "fault",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("wave_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reported_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'blocking', 'fixed')", name=op.f("ck_fault_state")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_fault_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fault")),
    )
    op.create_table(
        "launch",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("rollout_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("wave_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("step", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason_version", sa.Integer(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("slot", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("launched_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("launched_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("delivered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("refusal", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("state IN ('scheduled', 'launched', 'cancelled', 'refused')", name=op.f("ck_launch_state")),
        sa.CheckConstraint("step IN ('brief', 'reason', 'policy', 'install')", name=op.f("ck_launch_step")),
        sa.ForeignKeyConstraint(["rollout_id"], ["rollout.id"], name=op.f("fk_launch_rollout_id")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_launch_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_launch")),
    )
    with op.batch_alter_table("launch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_launch_slot"), ["slot"], unique=True)
        batch_op.create_index(batch_op.f("ix_launch_state_due_at"), ["state", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_launch_wave_id_run"), ["wave_id", "run"], unique=False)

    op.create_table(
        "member",
        sa.Column("wave_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("seen_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_member_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", "person", name=op.f("pk_member")),
    )
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_member_person"), ["person"], unique=False)

    op.create_table(
        "override",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("rollout_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("wave_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("gate", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("slot", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("because", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("asked_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("asked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("approved_by", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("approved_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "(state = 'approved') = (approved_by IS NOT NULL)", name=op.f("ck_override_approved_by_somebody")
        ),
        sa.CheckConstraint("state IN ('asked', 'approved')", name=op.f("ck_override_state")),
        sa.CheckConstraint("approved_by IS NULL OR approved_by <> asked_by", name=op.f("ck_override_four_eyes")),
        sa.ForeignKeyConstraint(["rollout_id"], ["rollout.id"], name=op.f("fk_override_rollout_id")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_override_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_override")),
    )
    with op.batch_alter_table("override", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_override_slot"), ["slot"], unique=True)

    op.create_table(
        "proposal",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("rollout_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("wave_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("step", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason_version", sa.Integer(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("proposed_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("proposed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("step IN ('brief', 'reason', 'policy', 'install')", name=op.f("ck_proposal_step")),
        sa.ForeignKeyConstraint(["rollout_id"], ["rollout.id"], name=op.f("fk_proposal_rollout_id")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_proposal_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    op.create_table(
        "receipt",
        sa.Column("rollout_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("step", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("wave_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("given_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("acknowledged_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("step IN ('brief', 'reason', 'policy', 'install')", name=op.f("ck_receipt_step")),
        sa.ForeignKeyConstraint(["rollout_id"], ["rollout.id"], name=op.f("fk_receipt_rollout_id")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_receipt_wave_id")),
        sa.PrimaryKeyConstraint("rollout_id", "person", "step", "version", name=op.f("pk_receipt")),
    )
    op.create_table(
        "verdict",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("wave_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("verdict", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("given_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("verdict IN ('go', 'extend', 'fix the policy')", name=op.f("ck_verdict_verdict")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_verdict_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdict")),
    )
    op.create_table(
        "delivery",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("recipient", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("rollout_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("launch_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("follows", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("waits_in_pause", sa.Boolean(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("owner", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("lease_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("first_tried_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("sent_channel", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("sent_ts", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("sent_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("error", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'sending', 'unsure', 'sent', 'failed', 'ambiguous', 'cancelled')",
            name=op.f("ck_delivery_state"),
        ),
        sa.ForeignKeyConstraint(["launch_id"], ["launch.id"], name=op.f("fk_delivery_launch_id")),
        sa.ForeignKeyConstraint(["rollout_id"], ["rollout.id"], name=op.f("fk_delivery_rollout_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delivery_key"), ["key"], unique=True)
        batch_op.create_index(batch_op.f("ix_delivery_launch_id"), ["launch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_rollout_id_state"), ["rollout_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_state_due_at"), ["state", "due_at"], unique=False)

    op.create_table(
        "roll_call",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("launch_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("given_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("cursor", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("done_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["launch_id"], ["launch.id"], name=op.f("fk_roll_call_launch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_call")),
        sa.UniqueConstraint("launch_id", name=op.f("uq_roll_call_launch_id")),
    )
    with op.batch_alter_table("roll_call", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roll_call_done_at_due_at"), ["done_at", "due_at"], unique=False)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("roll_call", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_roll_call_done_at_due_at"))

    op.drop_table("roll_call")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delivery_state_due_at"))
        batch_op.drop_index(batch_op.f("ix_delivery_rollout_id_state"))
        batch_op.drop_index(batch_op.f("ix_delivery_launch_id"))
        batch_op.drop_index(batch_op.f("ix_delivery_key"))

    op.drop_table("delivery")
    op.drop_table("verdict")
    op.drop_table("receipt")
    op.drop_table("proposal")
    with op.batch_alter_table("override", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_override_slot"))

    op.drop_table("override")
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_member_person"))

    op.drop_table("member")
    with op.batch_alter_table("launch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_launch_wave_id_run"))
        batch_op.drop_index(batch_op.f("ix_launch_state_due_at"))
        batch_op.drop_index(batch_op.f("ix_launch_slot"))

    op.drop_table("launch")
    op.drop_table("fault")
    op.drop_table("checkin")
    op.drop_table("briefing")
    with op.batch_alter_table("wave", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_wave_rollout_id_name"))
        batch_op.drop_index(batch_op.f("ix_wave_channel"))

    op.drop_table("wave")
    op.drop_table("timeline")
    op.drop_table("sign_off")
    op.drop_table("sign")
    op.drop_table("reason_version")
    op.drop_table("policy_version")
    with op.batch_alter_table("seen_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seen_event_seen_at"))

    op.drop_table("seen_event")
    op.drop_table("rollout")
    op.drop_table("rate_block")

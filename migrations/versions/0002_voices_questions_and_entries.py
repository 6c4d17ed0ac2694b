"""Voices, questions and entries."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "entry",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("theme", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("question", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("phrasings", sa.JSON(), nullable=False),
        sa.Column("cites", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("owner", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("review_by", sa.Date(), nullable=False),
        sa.Column("answer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("changed_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
    )
    op.create_table(
        "evidence",
        sa.Column("entry", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("right", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_evidence")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "period_salt",
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("salt", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("period", name=op.f("pk_period_salt")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "presence",
        sa.Column("rollout_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("cell", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("tag", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["rollout_id"], ["rollout.id"], name=op.f("fk_presence_rollout_id")),
        sa.PrimaryKeyConstraint("rollout_id", "cell", "tag", name=op.f("pk_presence")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "question",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("rollout_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("wave_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("week", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("theme", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("askers", sa.Integer(), nullable=False),
        sa.Column("post_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("reminded", sa.Integer(), nullable=False),
        sa.Column("entry", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("answer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("answered_by", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'open', 'answered', 'closed')", name=op.f("ck_question_state")),
        sa.CheckConstraint(
            "theme IN ('trust', 'reason', 'what_is_tracked', 'screenshots', 'who_sees', 'realtime_visibility', 'role_fairness', 'breaks_idle', 'off_hours', 'personal_device', 'retention', 'own_data', 'performance_use', 'legality_consent', 'accuracy', 'overhead', 'opt_out', 'install_help', 'review_cadence', 'pilot', 'contact', 'other')",
            name=op.f("ck_question_theme"),
        ),
        sa.ForeignKeyConstraint(["rollout_id"], ["rollout.id"], name=op.f("fk_question_rollout_id")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_question_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_question_state"), ["state"], unique=False)

    op.create_table(
        "voice",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("rollout_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("wave_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("week", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("theme", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("entry", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("outcome", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("tag", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('answered', 'suggested', 'helped', 'not_helped', 'handed_over', 'heard')",
            name=op.f("ck_voice_outcome"),
        ),
        sa.CheckConstraint(
            "theme IN ('trust', 'reason', 'what_is_tracked', 'screenshots', 'who_sees', 'realtime_visibility', 'role_fairness', 'breaks_idle', 'off_hours', 'personal_device', 'retention', 'own_data', 'performance_use', 'legality_consent', 'accuracy', 'overhead', 'opt_out', 'install_help', 'review_cadence', 'pilot', 'contact', 'other')",
            name=op.f("ck_voice_theme"),
        ),
        sa.ForeignKeyConstraint(["rollout_id"], ["rollout.id"], name=op.f("fk_voice_rollout_id")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_voice_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voice")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("voice", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_voice_rollout_id_week_theme"), ["rollout_id", "week", "theme"], unique=False
        )

    op.create_table(
        "sealed_address",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("question_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sealed", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_sealed_address_question_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_address")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("sealed_address", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sealed_address_question_id"), ["question_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("sealed_address", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sealed_address_question_id"))

    op.drop_table("sealed_address")
    with op.batch_alter_table("voice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_voice_rollout_id_week_theme"))

    op.drop_table("voice")
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_question_state"))

    op.drop_table("question")
    op.drop_table("presence")
    op.drop_table("period_salt")
    op.drop_table("evidence")
    op.drop_table("entry")

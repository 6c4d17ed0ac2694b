"""All instances keep Slack's limits together; what goes to many people lets everything else go first."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString()
_QUEUE = ["bulk", "due_at", "created_at", "id"]


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "rate_use",
        sa.Column("method", _TEXT, nullable=False),
        sa.Column("until", sa.Float(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("refused_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("method", name=op.f("pk_rate_use")),
    )
    op.create_table(
        "rate_rest",
        sa.Column("recipient", _TEXT, nullable=False),
        sa.Column("until", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("recipient", name=op.f("pk_rate_rest")),
    )
    op.add_column("delivery", sa.Column("bulk", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE delivery SET bulk = true WHERE kind IN ('checkin', 'checkin_reminder')")
    op.drop_index("ix_delivery_state_due_at", "delivery")
    op.drop_index("ix_delivery_rollout_id_state", "delivery")
    op.create_index("ix_delivery_due", "delivery", ["state", *_QUEUE])
    op.create_index("ix_delivery_due_of_rollout", "delivery", ["rollout_id", "state", "waits_in_pause", *_QUEUE])
    op.create_index("ix_delivery_recipient_state", "delivery", ["recipient", "state"])


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_delivery_recipient_state", "delivery")
    op.drop_index("ix_delivery_due_of_rollout", "delivery")
    op.drop_index("ix_delivery_due", "delivery")
    op.create_index("ix_delivery_rollout_id_state", "delivery", ["rollout_id", "state"])
    op.create_index("ix_delivery_state_due_at", "delivery", ["state", "due_at"])
    with op.batch_alter_table("delivery") as delivery:
        delivery.drop_column("bulk")
    op.drop_table("rate_rest")
    op.drop_table("rate_use")

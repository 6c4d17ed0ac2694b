"""A database remembers that it was set back to a backup: what was sent in between is looked for before it is sent again."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "restoration",
        sa.Column("restored_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("taken_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("restored_at", name=op.f("pk_restoration")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("restoration")

"""One instance at a time brings answers back to those who asked; what it began to send is looked for by the next."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString()


def upgrade() -> None:
    """Go forward. What was on its way when the bot was stopped is looked for once."""
    op.create_table(
        "duty",
        sa.Column("duty", _TEXT, nullable=False),
        sa.Column("owner", _TEXT, nullable=False),
        sa.Column("lease_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("duty", name=op.f("pk_duty")),
    )
    op.add_column("sealed_address", sa.Column("tried", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE sealed_address SET tried = true")


def downgrade() -> None:
    """Go back."""
    op.drop_column("sealed_address", "tried")
    op.drop_table("duty")

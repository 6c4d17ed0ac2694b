"""Handled events lie in the order of their ids; whoever asks what was asked already is counted at the next round."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TEXT, _MOMENT = sqlmodel.sql.sqltypes.AutoString(), sqlmodel.sql.sqltypes.UTCDateTime()


def _events_anew(*, with_rowid: bool) -> None:
    """SQLite keeps a row's place for ever: the table is written anew. PostgreSQL has no such choice."""
    db = op.get_bind()
    if db.dialect.name != "sqlite":
        return
    op.rename_table("seen_event", "seen_event_before")
    op.drop_index("ix_seen_event_seen_at")
    op.create_table(
        "seen_event",
        sa.Column("event_id", _TEXT, nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_seen_event")),
        sqlite_with_rowid=with_rowid,
    )
    db.exec_driver_sql("INSERT INTO seen_event SELECT event_id, seen_at FROM seen_event_before ORDER BY event_id")
    op.drop_table("seen_event_before")
    op.create_index("ix_seen_event_seen_at", "seen_event", ["seen_at"])


def upgrade() -> None:
    """Go forward."""
    _events_anew(with_rowid=False)
    op.add_column("question", sa.Column("joining", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("question", sa.Column("counted_at", _MOMENT, nullable=True))
    op.create_index("ix_question_counted_at", "question", ["counted_at"])


def downgrade() -> None:
    """Go back."""
    op.execute("UPDATE question SET askers = askers + joining")
    op.drop_index("ix_question_counted_at", "question")
    op.drop_column("question", "counted_at")  # in place: rows elsewhere refer to this table
    op.drop_column("question", "joining")
    _events_anew(with_rowid=True)

"""The month after the link."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_text, _moment = sqlmodel.sql.sqltypes.AutoString(), sqlmodel.sql.sqltypes.UTCDateTime()
_BEFORE = {
    "checkin": ("id", "wave_id", "run", "day", "opens_at", "closes_at", "closed_at", "enough_answers"),
    "verdict": ("id", "wave_id", "verdict", "policy_version", "given_at"),
    "fault": ("id", "wave_id", "title", "state", "reported_at"),
    "sign": ("id", "rollout_id", "number", "noted_at", "attended_at"),
}
_TYPES = dict.fromkeys(("run", "day", "number", "policy_version", "invited"), sa.Integer())


def _table(name: str, columns: Iterable[str]) -> sa.TableClause:
    return sa.table(name, *(sa.column(each, _type(each)) for each in columns))


def _type(column: str) -> sa.types.TypeEngine[Any]:
    if column.endswith("_at"):
        return _moment
    if column == "enough_answers":
        return sa.Boolean()
    return sa.Date() if column == "date" else _TYPES.get(column, _text)


def _carried(rows: dict[str, list[dict[str, Any]]]) -> None:
    """What stood in the four tables that are made anew, in their new shape."""
    for row in rows["checkin"]:
        opened = row.pop("opens_at")
        row |= {"date": opened.date(), "policy_version": 1, "prepare_at": opened, "cursor": "", "invited": 0}
        row["state"] = "closed" if row["closed_at"] else "skipped"
    for row in rows["verdict"]:
        row |= {"run": 1, "certainty": "none", "words": ""}
    for row in rows["fault"]:
        reported = row.pop("reported_at")
        year, week, _ = reported.isocalendar()
        row |= {"words": row.pop("title"), "week": f"{year:04d}-W{week:02d}", "tell_at": reported, "note": ""}
    for row in rows["sign"]:
        row |= {"source": "reported", "note": ""}
    for name, found in rows.items():
        if found:
            op.bulk_insert(_table(name, found[0]), found)


def upgrade() -> None:
    """Go forward."""
    connection = op.get_bind()
    rows = {
        name: [dict(row) for row in connection.execute(sa.select(_table(name, columns))).mappings()]
        for name, columns in _BEFORE.items()
    }
    for name in _BEFORE:
        op.drop_table(name)
    op.create_table(
        "checkin",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("wave_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("closes_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("prepare_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("cursor", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("closed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("invited", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=True),
        sa.Column("enough_answers", sa.Boolean(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.CheckConstraint(
            "state IN ('planned', 'open', 'closed', 'skipped', 'too_small')", name=op.f("ck_checkin_state")
        ),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_checkin_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkin")),
    )
    with op.batch_alter_table("checkin", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_checkin_state_closes_at"), ["state", "closes_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_checkin_wave_id_run_date"), ["wave_id", "run", "date"], unique=True)

    op.create_table(
        "fault",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("wave_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("words", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("week", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("tell_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("settled_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("settled_by", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'blocking', 'fixed')", name=op.f("ck_fault_state")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_fault_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fault")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("fault", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fault_wave_id_state"), ["wave_id", "state"], unique=False)

    op.create_table(
        "review",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("wave_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("slot", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("because", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("marked_by", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("marked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('due', 'done', 'not_this_time', 'off_schedule')", name=op.f("ck_review_state")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_review_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_wave_id_slot"), ["wave_id", "slot"], unique=True)

    op.create_table(
        "sign",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("rollout_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("wave_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("noted_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("attended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("attended_by", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("source IN ('managers', 'reported', 'hours')", name=op.f("ck_sign_source")),
        sa.ForeignKeyConstraint(["rollout_id"], ["rollout.id"], name=op.f("fk_sign_rollout_id")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_sign_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign")),
    )
    with op.batch_alter_table("sign", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_rollout_id_attended_at"), ["rollout_id", "attended_at"], unique=False)

    op.create_table(
        "vouch",
        sa.Column("wave_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_vouch_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", "person", name=op.f("pk_vouch")),
    )
    op.create_table(
        "checkin_answer",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("checkin_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("question", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["checkin_id"], ["checkin.id"], name=op.f("fk_checkin_answer_checkin_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkin_answer")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("checkin_answer", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_checkin_answer_checkin_id_question"), ["checkin_id", "question"], unique=False
        )

    op.create_table(
        "checkin_comment",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("checkin_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["checkin_id"], ["checkin.id"], name=op.f("fk_checkin_comment_checkin_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkin_comment")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("checkin_comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_checkin_comment_checkin_id"), ["checkin_id"], unique=False)

    op.create_table(
        "checkin_salt",
        sa.Column("checkin_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("salt", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["checkin_id"], ["checkin.id"], name=op.f("fk_checkin_salt_checkin_id")),
        sa.PrimaryKeyConstraint("checkin_id", name=op.f("pk_checkin_salt")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "invitation",
        sa.Column("checkin_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("zone", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("away", sa.Boolean(), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["checkin_id"], ["checkin.id"], name=op.f("fk_invitation_checkin_id")),
        sa.PrimaryKeyConstraint("checkin_id", "person", name=op.f("pk_invitation")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_person"), ["person"], unique=False)

    op.create_table(
        "verdict",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("wave_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("checkin_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("verdict", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("because", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("certainty", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("given_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("given_by", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("words", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "because IN ('too_few_checkins', 'too_few_answers', 'frustrated', 'policy_does_not_match', 'why_is_unclear', 'silent', 'undecided', 'workflow', 'reassured', 'not_mended')",
            name=op.f("ck_verdict_because"),
        ),
        sa.CheckConstraint("certainty IN ('clear', 'narrow', 'none')", name=op.f("ck_verdict_certainty")),
        sa.CheckConstraint("verdict IN ('go', 'extend', 'fix the policy')", name=op.f("ck_verdict_verdict")),
        sa.ForeignKeyConstraint(["checkin_id"], ["checkin.id"], name=op.f("fk_verdict_checkin_id")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_verdict_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdict")),
        sa.UniqueConstraint("checkin_id", name=op.f("uq_verdict_checkin_id")),
    )
    with op.batch_alter_table("verdict", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_verdict_wave_id_run_given_at"), ["wave_id", "run", "given_at"], unique=False
        )
    _carried(rows)


def downgrade() -> None:
    """Go back."""
    op.drop_table("verdict")
    op.drop_table("invitation")
    op.drop_table("checkin_salt")
    op.drop_table("checkin_comment")
    op.drop_table("checkin_answer")
    op.drop_table("vouch")
    op.drop_table("sign")
    op.drop_table("review")
    op.drop_table("fault")
    op.drop_table("checkin")
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

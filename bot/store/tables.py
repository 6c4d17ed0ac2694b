"""The tables. Everything here is a *notice*: identified on purpose, because fairness and the law need it.

SQLModel declares the tables; statements are SQLAlchemy Core over them (docs/decisions/0002-core-statements.md).
States are strings with CHECK constraints, because an enum column breaks reads when a value is unknown.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, MetaData, Table, false
from sqlmodel import Field, SQLModel

from bot.domain.delivery import DeliveryState
from bot.domain.rollout import Step

metadata = SQLModel.metadata
metadata.naming_convention = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    },
).naming_convention


def one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    """A CHECK that a string column holds one of an enumeration's values."""
    listed = ", ".join(f"'{value.value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


class LaunchState(StrEnum):
    """`scheduled` waits for its time; `launched` went into the outbox; `cancelled` and `refused` never will."""

    SCHEDULED = "scheduled"
    LAUNCHED = "launched"
    CANCELLED = "cancelled"
    REFUSED = "refused"


class OverrideState(StrEnum):
    """An override counts once a second manager has approved it."""

    ASKED = "asked"
    APPROVED = "approved"


class ExportState(StrEnum):
    """An export was looked at, then confirmed, then is made, then reached whoever asked; or it did not."""

    PREVIEWED = "previewed"
    CONFIRMED = "confirmed"
    MAKING = "making"
    OFFERED = "offered"
    DONE = "done"
    AMBIGUOUS = "ambiguous"
    FAILED = "failed"


class RolloutRow(SQLModel, table=True):
    """One rollout. `plan` is the plan file as JSON; reason and policy are kept by version beside it."""

    __tablename__ = "rollout"

    id: str = Field(primary_key=True)
    name: str = Field(unique=True)
    plan: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    reason_version: int
    policy_version: int
    created_at: datetime
    paused_at: datetime | None = None
    paused_because: str = ""
    reason_version_when_paused: int | None = None
    policy_version_when_paused: int | None = None
    timeline_length: int = 0
    timeline_head: str


class ReasonRow(SQLModel, table=True):
    """One version of the reason. Immutable once a wave was given it."""

    __tablename__ = "reason_version"

    rollout_id: str = Field(primary_key=True, foreign_key="rollout.id")
    version: int = Field(primary_key=True)
    text: str
    written_at: datetime
    written_by: str


class PolicyRow(SQLModel, table=True):
    """One version of the policy. Immutable once a wave was given it."""

    __tablename__ = "policy_version"

    rollout_id: str = Field(primary_key=True, foreign_key="rollout.id")
    version: int = Field(primary_key=True)
    content: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    written_at: datetime
    written_by: str


class WaveRow(SQLModel, table=True):
    """A wave's place in its rollout. `run` counts from 1 and goes up with every relaunch of this wave."""

    __tablename__ = "wave"
    __table_args__ = (Index(None, "rollout_id", "name", unique=True), Index(None, "channel"))

    id: str = Field(primary_key=True)
    rollout_id: str = Field(foreign_key="rollout.id")
    name: str
    position: int
    channel: str
    run: int = 1


class SignOffRow(SQLModel, table=True):
    """Somebody in charge saw this core answer as it now reads. `digest` is of the rendered text."""

    __tablename__ = "sign_off"

    rollout_id: str = Field(primary_key=True, foreign_key="rollout.id")
    entry: str = Field(primary_key=True)
    digest: str = Field(primary_key=True)
    signed_by: str
    signed_at: datetime


class ProposalRow(SQLModel, table=True):
    """A launch as it was previewed to one manager, waiting for *Launch it*. `digest` is of exactly what was shown."""

    __tablename__ = "proposal"
    __table_args__ = (one_of("step", Step),)

    id: str = Field(primary_key=True)
    rollout_id: str = Field(foreign_key="rollout.id")
    wave_id: str = Field(foreign_key="wave.id")
    run: int
    step: str
    reason_version: int
    policy_version: int
    digest: str
    proposed_by: str
    proposed_at: datetime
    due_at: datetime | None = None


class LaunchRow(SQLModel, table=True):
    """A manager's act that carries out a step for a wave.

    `slot` is unique while the launch is scheduled or launched (two managers, fifty clicks: one launch) and NULL
    once it was cancelled or refused. `delivered_at` is set when Slack has confirmed every message of it.
    """

    __tablename__ = "launch"
    __table_args__ = (
        one_of("state", LaunchState),
        one_of("step", Step),
        Index(None, "slot", unique=True),
        Index(None, "wave_id", "run"),
        Index(None, "state", "due_at"),
    )

    id: str = Field(primary_key=True)
    rollout_id: str = Field(foreign_key="rollout.id")
    wave_id: str = Field(foreign_key="wave.id")
    run: int
    step: str
    reason_version: int
    policy_version: int
    digest: str
    state: str
    slot: str | None
    launched_by: str
    created_at: datetime
    due_at: datetime | None = None
    launched_at: datetime | None = None
    delivered_at: datetime | None = None
    refusal: str = ""


class OverrideRow(SQLModel, table=True):
    """A soft gate waived for one wave's present run and versions: asked for by one manager, approved by another."""

    __tablename__ = "override"
    __table_args__ = (
        one_of("state", OverrideState),
        CheckConstraint("approved_by IS NULL OR approved_by <> asked_by", name="four_eyes"),
        CheckConstraint("(state = 'approved') = (approved_by IS NOT NULL)", name="approved_by_somebody"),
        Index(None, "slot", unique=True),
    )

    id: str = Field(primary_key=True)
    rollout_id: str = Field(foreign_key="rollout.id")
    wave_id: str = Field(foreign_key="wave.id")
    gate: str
    slot: str
    because: str
    state: str
    asked_by: str
    asked_at: datetime
    approved_by: str | None = None
    approved_at: datetime | None = None


class BriefingRow(SQLModel, table=True):
    """A manager was sent the answers, and pressed *I can answer these*, or not yet."""

    __tablename__ = "briefing"

    wave_id: str = Field(primary_key=True, foreign_key="wave.id")
    run: int = Field(primary_key=True)
    reason_version: int = Field(primary_key=True)
    policy_version: int = Field(primary_key=True)
    manager: str = Field(primary_key=True)
    ready_at: datetime | None = None


class MemberRow(SQLModel, table=True):
    """Who is in a wave's channel, as far as Slack has told us."""

    __tablename__ = "member"
    __table_args__ = (Index(None, "person"),)

    wave_id: str = Field(primary_key=True, foreign_key="wave.id")
    person: str = Field(primary_key=True)
    present: bool
    seen_at: datetime


class ReceiptRow(SQLModel, table=True):
    """This person was given this step, of this version, at this time; and acknowledged it, or not."""

    __tablename__ = "receipt"
    __table_args__ = (one_of("step", Step),)

    rollout_id: str = Field(primary_key=True, foreign_key="rollout.id")
    person: str = Field(primary_key=True)
    step: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    wave_id: str = Field(foreign_key="wave.id")
    given_at: datetime
    acknowledged_at: datetime | None = None


class RollCallRow(SQLModel, table=True):
    """Going through a channel's members after a message was posted there, to write their receipts.

    `cursor` is where to go on; `done_at` ends it.
    """

    __tablename__ = "roll_call"
    __table_args__ = (Index(None, "done_at", "due_at"),)

    id: str = Field(primary_key=True)
    launch_id: str = Field(foreign_key="launch.id", unique=True)
    given_at: datetime
    due_at: datetime
    cursor: str = ""
    done_at: datetime | None = None
    attempts: int = 0


class DeliveryRow(SQLModel, table=True):
    """One message that has to reach somebody exactly once. Holds what it is about, never its blocks.

    `key` makes it unique; `follows` is the delivery that has to arrive first; `waits_in_pause` holds it back
    while its rollout is paused; what goes to many people (`bulk`) lets everything else go first.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        one_of("state", DeliveryState),
        Index(None, "key", unique=True),
        Index("ix_delivery_due", "state", "bulk", "due_at", "created_at", "id"),
        Index(None, "launch_id"),
        Index(
            "ix_delivery_due_of_rollout", "rollout_id", "state", "waits_in_pause", "bulk", "due_at", "created_at", "id"
        ),
        Index(None, "recipient", "state"),
    )

    id: str = Field(primary_key=True)
    key: str
    kind: str
    bulk: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    data: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    recipient: str
    rollout_id: str = Field(foreign_key="rollout.id")
    launch_id: str | None = Field(default=None, foreign_key="launch.id")
    follows: str | None = None
    waits_in_pause: bool
    state: str
    due_at: datetime
    created_at: datetime
    attempts: int = 0
    owner: str | None = None
    lease_until: datetime | None = None
    first_tried_at: datetime | None = None
    sent_channel: str | None = None
    sent_ts: str | None = None
    sent_at: datetime | None = None
    error: str = ""


class EntryRow(SQLModel, table=True):
    """An answer that HR or an owner wrote in Slack; it stands over the file's entry of the same id."""

    __tablename__ = "entry"

    id: str = Field(primary_key=True)
    theme: str
    question: str
    phrasings: list[str] = Field(sa_column=Column(JSON, nullable=False))
    cites: str
    owner: str
    review_by: date
    answer: str
    changed_by: str
    changed_at: datetime


class ExportRow(SQLModel, table=True):
    """One export of HR's report: who, when, which weeks, what for. The ledger that employees see the dates of.

    `made_at` is set before any figure leaves the database, and never taken back. `file_id` is Slack's, once a file is on
    its way; `link_digest` is of a download link that works once.
    """

    __tablename__ = "export"
    __table_args__ = (one_of("state", ExportState), Index(None, "rollout_id", "made_at"), Index(None, "state"))

    id: str = Field(primary_key=True)
    rollout_id: str = Field(foreign_key="rollout.id")
    requested_by: str
    first_week: str | None = None
    last_week: str | None = None
    purpose: str = ""
    named: bool = False
    state: str
    previewed_at: datetime
    confirmed_at: datetime | None = None
    made_at: datetime | None = None
    ended_at: datetime | None = None
    owner: str | None = None
    lease_until: datetime | None = None
    file_id: str | None = None
    link_digest: str | None = None
    link_until: datetime | None = None
    error: str = ""


class TimelineRow(SQLModel, table=True):
    """One entry of the hash-chained timeline."""

    __tablename__ = "timeline"

    rollout_id: str = Field(primary_key=True, foreign_key="rollout.id")
    seq: int = Field(primary_key=True)
    at: datetime
    actor: str
    event: str
    data: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    sealed: str
    hash: str


def table_of(row: type[SQLModel]) -> Table:
    """The Core table behind a declared one."""
    table = metadata.tables[str(row.__tablename__)]
    assert isinstance(table, Table)  # noqa: S101 - narrows the type; SQLModel always registers a Table
    return table


rollout = table_of(RolloutRow)
reason_version = table_of(ReasonRow)
policy_version = table_of(PolicyRow)
wave = table_of(WaveRow)
sign_off = table_of(SignOffRow)
proposal = table_of(ProposalRow)
launch = table_of(LaunchRow)
override = table_of(OverrideRow)
briefing = table_of(BriefingRow)
member = table_of(MemberRow)
receipt = table_of(ReceiptRow)
roll_call = table_of(RollCallRow)
delivery = table_of(DeliveryRow)
entry = table_of(EntryRow)
export = table_of(ExportRow)
timeline = table_of(TimelineRow)

"""Voices in and out of the database. Whoever calls has already turned people into tags; no id of a person comes here."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    Text,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql

from bot.domain.pushback import Outcome, Theme
from bot.domain.weeks import Period, Week, read_week
from bot.store import voice_tables as t
from bot.store.people import SIZES, in_small, sizes_in
from bot.store.statements import insert_new, is_one_of, rows_given
from bot.store.tables import rollout

ASKED_AT_ONCE = 500
"""How many ids one statement asks for; SQLite takes 32,766 parameters, older ones 999."""


_SALT = select(t.period_salt.c.salt).where(t.period_salt.c.period == bindparam("number"))
_GROUND = (
    select(_SALT.scalar_subquery().label("salt"), SIZES.label("sizes"))
    .select_from(rollout)
    .where(rollout.c.id == bindparam("rollout"))
)
_KNOWN = select(t.voice.c.id).where(is_one_of(t.voice.c.id, "ids"))


@dataclass(frozen=True, slots=True)
class Voice:
    """One voice as it lies in the database."""

    id: str
    rollout_id: str
    wave_id: str | None
    week: Week
    theme: Theme
    entry: str | None
    outcome: Outcome
    tag: str


def salt_of(db: Connection, period: Period, fresh: Callable[[], str]) -> str:
    """The salt of an open period, made (by `fresh`) when its first voice comes."""
    salt = known_salt(db, period)
    if salt is None:
        insert_new(db, t.period_salt, [{"period": period.number, "salt": fresh()}])
        salt = known_salt(db, period)
    if salt is None:
        msg = "a salt that was just made is there"
        raise RuntimeError(msg)
    return salt


@dataclass(frozen=True, slots=True)
class Ground:
    """What the voices of a rollout and period rest on: the period's salt, if it has one; and what tells how small a wave is.

    `sizes` are the people of each wave, by its id, counted no further than `k`; `in_small` are those of all waves together
    that have somebody, but not `k` people.
    """

    period: Period
    salt: str | None
    sizes: Mapping[str, int]
    in_small: int


def ground(db: Connection, rollout_id: str, period: Period, k: int) -> Ground:
    """What they rest on now."""
    found = db.execute(_GROUND, {"rollout": rollout_id, "number": period.number, "up_to": k}).one()
    sizes = sizes_in(found.sizes)
    return Ground(period, found.salt, sizes, in_small(db, sizes, k))


def salts(db: Connection) -> list[str]:
    """The salts of all periods that have one."""
    return list(db.scalars(select(t.period_salt.c.salt)))


def known_salt(db: Connection, period: Period) -> str | None:
    """The salt of a period, if it has one (still)."""
    return db.scalar(_SALT, {"number": period.number})


def forget_salts(db: Connection, before: Period) -> int:
    """Destroy the salts of the periods before this one. Nobody can tell whose tags theirs were, from now on."""
    return db.execute(delete(t.period_salt).where(t.period_salt.c.period < before.number)).rowcount


def forget_period(db: Connection, period: Period) -> int:
    """Delete the voices of a period, what counts their people, and its salt. Returns how many voices went."""
    weeks = [str(week) for week in period.weeks]
    cell = t.presence.c.cell
    whole, waves = f"p{period.number}", f"p{period.number}:"
    db.execute(delete(t.presence).where(or_(cell.in_([*weeks, whole]), cell.startswith(waves, autoescape=True))))
    db.execute(delete(t.period_salt).where(t.period_salt.c.period == period.number))
    return db.execute(delete(t.voice).where(t.voice.c.week.in_(weeks))).rowcount


@dataclass(frozen=True, slots=True)
class Spoken:
    """A voice, and the cells of the totals in which its person is counted once: pairs of cell and tag."""

    voice: Voice
    counted: Sequence[tuple[str, str]]


def add(db: Connection, spoken: Sequence[Spoken]) -> list[bool]:
    """Add voices, and count their people. False for each that is there already, which leaves everything as it is.

    On PostgreSQL this is one statement, however many they are.
    """
    once = {each.voice.id: each for each in reversed(spoken)}  # the first of several with one id
    if db.dialect.name == "postgresql":
        new = _added_at_once(
            db, [once[voice_id] for voice_id in sorted(once)]
        )  # in one order, so that nobody waits in a ring
    else:
        new = {each.voice.id for each in once.values() if _added(db, each)}
    return [each is once[each.voice.id] and each.voice.id in new for each in spoken]


def _added(db: Connection, spoken: Spoken) -> bool:
    voice = spoken.voice
    if insert_new(db, t.voice, [_row(voice)]) != 1:
        return False
    counted = [{"rollout_id": voice.rollout_id, "cell": cell, "tag": tag} for cell, tag in spoken.counted]
    insert_new(db, t.presence, counted)
    return True


def _added_at_once(db: Connection, spoken: Sequence[Spoken]) -> set[str]:
    given = {
        "voices": json.dumps([_row(each.voice) for each in spoken]),
        "counted": json.dumps(
            [{"voice": each.voice.id, "cell": cell, "tag": tag} for each in spoken for cell, tag in each.counted]
        ),
    }
    return set(db.scalars(_voices_with_their_counts(), given))


def _row(voice: Voice) -> dict[str, str | None]:
    return {
        "id": voice.id,
        "rollout_id": voice.rollout_id,
        "wave_id": voice.wave_id,
        "week": str(voice.week),
        "theme": voice.theme,
        "entry": voice.entry,
        "outcome": voice.outcome,
        "tag": voice.tag,
    }


@cache
def _voices_with_their_counts() -> Select[Any]:
    """Both are there or neither is, without a transaction around it. Returns the ids of the voices that are new.

    Rows are written in the order of their keys, so that no two instances wait for each other in a ring.
    """
    columns = [column.name for column in t.voice.columns]
    given = rows_given("voices", dict.fromkeys(columns, Text()))
    spoken = (
        postgresql.insert(t.voice)
        .from_select(columns, select(*given.c).order_by(given.c.id))
        .on_conflict_do_nothing()
        .returning(t.voice.c.id, t.voice.c.rollout_id)
        .cte("spoken")
    )
    counted = rows_given("counted", dict.fromkeys(("voice", "cell", "tag"), Text()))
    cells = (spoken.c.rollout_id, counted.c.cell, counted.c.tag)
    rows = select(*cells).join(counted, counted.c.voice == spoken.c.id).order_by(*cells)
    presence = postgresql.insert(t.presence).from_select(["rollout_id", "cell", "tag"], rows).on_conflict_do_nothing()
    return select(spoken.c.id).add_cte(presence.returning(t.presence.c.cell).cte("counts"))


def known(db: Connection, ids: Collection[str]) -> set[str]:
    """Those of these ids that voices have."""
    return set(db.scalars(_KNOWN, {"ids": list(ids)}))


def of_ids(db: Connection, ids: Sequence[str]) -> list[Voice]:
    """The voices among these ids, oldest week first."""
    found = []
    for start in range(0, len(ids), ASKED_AT_ONCE):
        some = ids[start : start + ASKED_AT_ONCE]
        found += [_voice(row) for row in db.execute(select(t.voice).where(t.voice.c.id.in_(some)))]
    return sorted(found, key=lambda voice: (voice.week, voice.theme, voice.id))


def set_outcome(db: Connection, voice_id: str, outcome: Outcome) -> bool:
    """What became of it, last word wins. False when there is no such voice, or this is known of it."""
    statement = update(t.voice).where(t.voice.c.id == voice_id, t.voice.c.outcome != outcome).values(outcome=outcome)
    return db.execute(statement).rowcount == 1


def remove(db: Connection, ids: Collection[str]) -> int:
    """Delete these voices."""
    removed = 0
    listed = list(ids)
    for start in range(0, len(listed), ASKED_AT_ONCE):
        removed += db.execute(delete(t.voice).where(t.voice.c.id.in_(listed[start : start + ASKED_AT_ONCE]))).rowcount
    return removed


def remove_presence(db: Connection, rollout_id: str, tags: Iterable[tuple[str, str]]) -> None:
    """Take a person out of these cells' counts."""
    for cell, tag in tags:
        db.execute(
            delete(t.presence).where(
                t.presence.c.rollout_id == rollout_id, t.presence.c.cell == cell, t.presence.c.tag == tag
            )
        )


Figure = tuple[int, int]
"""Voices, and the people behind them."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What the database counts in some weeks of one period. People are told apart by tags, which are of one theme each."""

    themes: Mapping[Theme, Figure]
    weeks: Mapping[Week, Figure]
    week_themes: Mapping[tuple[Week, Theme], Figure]
    wave_themes: Mapping[tuple[str | None, Theme], Figure]
    entries: Mapping[tuple[Theme, str | None], Figure]
    outcomes: Mapping[tuple[Theme, str | None, Outcome], Figure]


def counted(db: Connection, rollout_id: str, first: Week, last: Week) -> Counted:
    """The figures of these weeks, which lie in one period."""
    t_voice = t.voice.c
    inside = (t_voice.rollout_id == rollout_id, t_voice.week >= str(first), t_voice.week <= str(last))

    def by(*columns: Any) -> Sequence[Any]:
        figures = (func.count(), func.count(t_voice.tag.distinct()))
        return db.execute(select(*columns, *figures).where(*inside).group_by(*columns)).all()

    weeks = {
        read_week(week): (voices, people_in(db, rollout_id, week))
        for week, voices in db.execute(select(t_voice.week, func.count()).where(*inside).group_by(t_voice.week)).all()
    }
    return Counted(
        themes={Theme(theme): (voices, people) for theme, voices, people in by(t_voice.theme)},
        weeks=weeks,
        week_themes={
            (read_week(week), Theme(theme)): (voices, people)
            for week, theme, voices, people in by(t_voice.week, t_voice.theme)
        },
        wave_themes={
            (wave, Theme(theme)): (voices, people) for wave, theme, voices, people in by(t_voice.wave_id, t_voice.theme)
        },
        entries={
            (Theme(theme), entry): (voices, people) for theme, entry, voices, people in by(t_voice.theme, t_voice.entry)
        },
        outcomes={
            (Theme(theme), entry, Outcome(outcome)): (voices, people)
            for theme, entry, outcome, voices, people in by(t_voice.theme, t_voice.entry, t_voice.outcome)
        },
    )


def judgements(db: Connection, rollout_id: str, first: Week, last: Week) -> dict[str, tuple[int, int]]:
    """By entry: how many people said in these weeks that it answered their question, and how many that it did not."""
    c = t.voice.c
    rows = db.execute(
        select(c.entry, c.outcome, func.count(c.tag.distinct()))
        .where(
            c.rollout_id == rollout_id,
            c.week >= str(first),
            c.week <= str(last),
            c.entry.is_not(None),
            c.outcome.in_([Outcome.HELPED, Outcome.NOT_HELPED]),
        )
        .group_by(c.entry, c.outcome)
    )
    judged: dict[str, tuple[int, int]] = {}
    for entry, outcome, people in rows:
        helped, did_not = judged.get(entry, (0, 0))
        judged[entry] = (people, did_not) if outcome == Outcome.HELPED else (helped, people)
    return judged


def publications(db: Connection, rollout_id: str) -> list[dict[str, Any]]:
    """Everything that was published, oldest first."""
    rows = db.scalars(
        select(t.publication.c.content)
        .where(t.publication.c.rollout_id == rollout_id)
        .order_by(t.publication.c.first_week)
    )
    return list(rows)


def publish(db: Connection, rollout_id: str, first: Week, content: dict[str, Any]) -> bool:
    """Keep what is published from now on. False when somebody else published these weeks just now."""
    row = {"rollout_id": rollout_id, "first_week": str(first), "content": content}
    return insert_new(db, t.publication, [row]) == 1


def people_in(db: Connection, rollout_id: str, cell: str) -> int:
    """How many people one cell of the totals counts."""
    return (
        db.scalar(
            select(func.count())
            .select_from(t.presence)
            .where(t.presence.c.rollout_id == rollout_id, t.presence.c.cell == cell)
        )
        or 0
    )


def note_evidence(db: Connection, entry: str, *, right: bool) -> None:
    """Somebody said that this entry was what they meant, or was not."""
    insert_new(db, t.evidence, [{"entry": entry, "right": 0, "wrong": 0}])
    column = t.evidence.c.right if right else t.evidence.c.wrong
    db.execute(update(t.evidence).where(t.evidence.c.entry == entry).values({column.name: column + 1}))


def evidence(db: Connection) -> dict[str, tuple[int, int]]:
    """By entry: how often it was right, and how often wrong."""
    return {row.entry: (row.right, row.wrong) for row in db.execute(select(t.evidence))}


def _voice(row: Row[Any]) -> Voice:
    return Voice(
        row.id,
        row.rollout_id,
        row.wave_id,
        read_week(row.week),
        Theme(row.theme),
        row.entry,
        Outcome(row.outcome),
        row.tag,
    )

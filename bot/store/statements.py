"""What SQLite and PostgreSQL both can, and SQLAlchemy spells differently for each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Dialect,
    Table,
    TableValuedAlias,
    Text,
    bindparam,
    cast,
    column,
    func,
    literal_column,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeDecorator, TypeEngine


def new_id() -> str:
    """A random row id: it says nothing about when, or in which order, rows were made."""
    return uuid4().hex


def id_of(*parts: object) -> str:
    """The id of something that comes by itself: whoever makes it again, in a restored database say, gives it the same."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:32]


def insert_new(db: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert rows, passing over those that a unique key already has. Returns how many were new."""
    if not rows:
        return 0
    given = [dict(row) for row in rows]
    if len(given) == 1:
        return db.execute(_passing_over(table, db.dialect.name), given[0]).rowcount
    if db.dialect.name == "postgresql":  # which does not count the rows of many statements at once, but returns them
        statement = _passing_over(table, db.dialect.name).returning(*table.primary_key.columns)
        return len(db.execute(statement, given).all())
    return db.execute(_passing_over(table, db.dialect.name), given).rowcount


@cache
def _passing_over(table: Table, dialect: str) -> Any:
    statement = (postgresql if dialect == "postgresql" else sqlite).insert(table).on_conflict_do_nothing()
    return statement.execution_options(preserve_rowcount=True)  # else psycopg's count of a single insert is not kept


def insert_or_update(db: Connection, table: Table, row: Mapping[str, Any], keep: Sequence[str] = ()) -> None:
    """Insert a row, or overwrite the one with the same primary key except for the columns in `keep`."""
    dialect = postgresql if db.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).values(**row)
    keys = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in row if name not in keys and name not in keep}
    db.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed))


def is_among(column: ColumnElement[Any], values: Iterable[str | int]) -> ColumnElement[bool]:
    """Whether a column has one of the program's own words. `in_` would put its list together anew at each execution."""
    return column.op("IN", is_comparison=True)(literal_column(f"({', '.join(map(_written, values))})"))


def is_always(column: ColumnElement[Any], value: str | int) -> ColumnElement[bool]:
    """The same for one word. What is always the same need not be handed over each time."""
    return column == literal_column(_written(value))


def _written(value: str | int) -> str:
    return str(value).upper() if isinstance(value, int) else f"'{value}'"


class rows_as_json(FunctionElement[str]):  # noqa: N801 - stands in statements as SQL's own functions do
    """Rows of a subquery as one text, so that one question to the database brings what belongs together."""

    type = Text()
    inherit_cache = True


@compiles(rows_as_json, "sqlite")
def _rows_on_sqlite(element: rows_as_json, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_group_array(json_array({compiler.process(element.clauses, **options)}))"


@compiles(rows_as_json, "postgresql")
def _rows_on_postgresql(element: rows_as_json, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_agg(json_build_array({compiler.process(element.clauses, **options)}))::text"


class _Texts(TypeDecorator[Sequence[str]]):
    """Several texts handed over as one value: an array on PostgreSQL, JSON on SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(postgresql.ARRAY(Text) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> Any:
        return list(value or ()) if dialect.name == "postgresql" else json.dumps(list(value or ()))


class is_one_of(FunctionElement[Any]):  # noqa: N801 - as above
    """Whether a column has one of the texts that a parameter brings: the statement is the same however many there are."""

    type = NullType()
    """Not Boolean: SQLite has none, so that SQLAlchemy would write `... = 1` behind it, for which no index is used."""
    inherit_cache = True

    def __init__(self, column: ColumnElement[str], parameter: str) -> None:
        """`parameter` is the name of a bound list of texts."""
        given: BindParameter[Any] = bindparam(parameter, type_=_Texts())
        super().__init__(column, given)


@compiles(is_one_of, "sqlite")
def _one_of_on_sqlite(element: is_one_of, compiler: SQLCompiler, **options: Any) -> str:
    column, given = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({given}))"  # noqa: S608 - a column and a placeholder


@compiles(is_one_of, "postgresql")
def _one_of_on_postgresql(element: is_one_of, compiler: SQLCompiler, **options: Any) -> str:
    column, given = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} = ANY ({given})"


def rows_given(parameter: str, columns: Mapping[str, TypeEngine[Any]]) -> TableValuedAlias:
    """Rows that a parameter brings, as a JSON list of objects: a table for PostgreSQL's statements, however many they are."""
    given = func.jsonb_to_recordset(cast(bindparam(parameter), postgresql.JSONB))
    typed = given.table_valued(*(column(name, kind) for name, kind in columns.items()))
    return typed.render_derived(name=parameter, with_types=True)


def rows_in(text: str | None) -> list[list[Any]]:
    """The rows that `rows_as_json` brought."""
    found: list[list[Any]] = json.loads(text) if text else []
    return found


def moment_in(text: str | None) -> datetime | None:
    """A moment in such a row, in UTC: SQLite keeps them so, without saying it; PostgreSQL gives them in its session's zone."""
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)

"""Statements of every turn as text for the driver: SQLAlchemy puts each together once, and the values that it binds go down as they are."""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.base import SQLiteDialect


def carry_out(connection: sa.Connection, statement: sa.Executable, rows: list[tuple[Any, ...]]) -> sa.CursorResult[Any]:
    """`statement`, which is a constant, with each of `rows`: its values in the order in which its text names them, which for a row that is
    inserted is that of the table's columns. It costs a third of what SQLAlchemy's own way does, which looks at each value of each row."""
    return connection.exec_driver_sql(_text(statement, connection.dialect.name), rows)


@cache
def _text(statement: Any, dialect: str) -> str:
    positional: Any = PGDialect_psycopg(paramstyle="format") if dialect == "postgresql" else SQLiteDialect(paramstyle="qmark")  # type: ignore[no-untyped-call]
    return str(statement.compile(dialect=positional))


@cache
def upserting(table: sa.Table, dialect: str, keep: bool) -> Any:
    """Made once: putting such a statement together costs more than carrying it out."""
    statement: Any = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    key = list(table.primary_key.columns)
    if keep:
        return statement.on_conflict_do_nothing(index_elements=key)
    fresh = {column.name: statement.excluded[column.name] for column in table.columns if not column.primary_key}
    return statement.on_conflict_do_update(index_elements=key, set_=fresh)

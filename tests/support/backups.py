"""A backup of a store, and all that a store holds, to compare what a restore has made of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from api.store import backup
from api.store.tables import metadata
from support.world import NOON_S


def everything(engine: sa.Engine) -> dict[str, list[Any]]:
    """Every row of every table."""
    with engine.connect().execution_options(reading=True) as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key.columns))]
            for table in metadata.sorted_tables
        }


def backed_up(engine: sa.Engine, file: Path) -> backup.Manifest:
    with backup.snapshot(engine) as connection:
        return backup.write(connection, file, NOON_S)

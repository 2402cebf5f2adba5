"""Who writes to an SQLite file waits in the process for who does already, for as long as they have patience."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from api.store.database import open_database, upgrade
from api.store.faults import Unavailable
from api.store.pen import Pen
from api.store.repository import Repository
from support.world import NOON_S

PATIENCE_S = 0.05


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    made = open_database(f"sqlite:///{tmp_path / 'respite.db'}", wait_s=PATIENCE_S)
    upgrade(made)
    with made.begin() as connection:
        Repository(connection).create_team("team", NOON_S)
    yield made
    made.dispose()


def test_who_has_read_first_waits_here_for_who_writes(engine: sa.Engine) -> None:
    """And is told so by us: SQLite itself would have it sleep and ask again."""
    pen = Pen(engine, PATIENCE_S)
    with pytest.raises(Unavailable, match=r"within 0\.05 s"), pen.writing(), pen.reading_first() as connection:
        pen.take(connection)
    with pen.writing() as connection:  # nobody holds it any more
        Repository(connection).create_team("other", NOON_S)


def test_who_has_begun_to_write_keeps_others_waiting_until_the_end(engine: sa.Engine) -> None:
    pen = Pen(engine, PATIENCE_S)
    with pen.reading_first() as connection:
        assert Repository(connection).team_ids() == ["team"]
        with pen.writing() as other:  # goes on beside who only reads
            Repository(other).create_team("other", NOON_S)
        assert Repository(connection).team_ids() == ["team"]
        assert pen.take(connection)
        assert Repository(connection).team_ids() == ["other", "team"]
        with pytest.raises(Unavailable), pen.writing():
            pass
    with pen.writing() as connection:
        assert Repository(connection).team_ids() == ["other", "team"]

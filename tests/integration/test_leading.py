"""Who leads of several services on one database, and who leads after that one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
import sqlalchemy as sa

from api.store.database import open_database
from api.writer.leading import Leadership
from support.postgres import ThrowawayPostgres


@pytest.fixture
def engine(postgres_url: str) -> Iterator[sa.Engine]:
    made = open_database(postgres_url)
    yield made
    made.dispose()


def end_connections(engine: sa.Engine) -> None:
    """What a leader that is killed, or a server that is started again, does to its connections."""
    with engine.begin() as connection:
        locks = "SELECT pid FROM pg_locks WHERE locktype = 'advisory'"
        connection.exec_driver_sql(f"SELECT pg_terminate_backend(pid, 5000) FROM ({locks}) AS found").all()


def test_one_leads_and_the_next_follows(engine: sa.Engine) -> None:
    with closing(Leadership(engine, "plans")) as first, closing(Leadership(engine, "plans")) as second:
        assert [first.held(), second.held(), first.held(), second.held()] == [True, False, True, False]
        first.close()
        assert [second.held(), first.held()] == [True, False]


def test_who_has_lost_the_connection_does_not_lead(engine: sa.Engine) -> None:
    with closing(Leadership(engine, "plans")) as first, closing(Leadership(engine, "plans")) as second:
        assert first.held()
        end_connections(engine)
        assert second.held()
        assert [first.held(), second.held()] == [False, True]
        end_connections(engine)
        assert [first.held(), second.held(), first.held()] == [True, False, True]


def test_who_has_lost_the_connection_and_nobody_took_the_lead_leads_in_the_same_round(engine: sa.Engine) -> None:
    with closing(Leadership(engine, "plans")) as only, closing(Leadership(engine, "plans")) as other:
        assert only.held()
        end_connections(engine)
        assert [only.held(), other.held()] == [True, False]


def test_other_work_has_another_leader(engine: sa.Engine) -> None:
    with closing(Leadership(engine, "plans")) as plans, closing(Leadership(engine, "retention")) as retention:
        assert plans.held()
        assert retention.held()


def test_nobody_leads_without_the_database(postgres: ThrowawayPostgres) -> None:
    engine = open_database(postgres.create_database("leaderless"))
    postgres.rename_database("leaderless", "away")
    with closing(Leadership(engine, "plans")) as only:
        assert not only.held()
        postgres.rename_database("away", "leaderless")
        assert only.held()
    engine.dispose()
    postgres.drop_database("leaderless")


def test_the_one_service_on_sqlite_leads(tmp_path: object) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/respite.db")
    with closing(Leadership(engine, "plans")) as only:
        assert only.held()
    engine.dispose()

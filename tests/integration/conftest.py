"""A world on either kind of store, and an ear on what the service asks of any store."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from api.store.database import open_database, upgrade
from api.store.repository import Repository
from support.receiver import Receiver
from support.sharding import Listener
from support.subscribers import SOON
from support.world import NOON_S, World
from support.world import world as make_world


@pytest.fixture
def world(upgraded_url: str) -> Iterator[World]:
    with make_world(upgraded_url) as made:
        yield made


@pytest.fixture
def staffed(world: World) -> World:
    """With ana at work."""
    world.agent("ana")
    return world


@pytest.fixture
def telling(tmp_path: Path) -> Iterator[World]:
    """On SQLite, and soon tells subscribers on this machine again what they would not hear; what depends on the store asks for a URL."""
    with make_world(f"sqlite:///{tmp_path / 'respite.db'}", **SOON) as made:
        yield made


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made


@pytest.fixture(scope="module")
def shared_world(shared_url: str) -> Iterator[World]:
    """One for all tests of a module, with ana in it, for calls that leave nothing which the answer to another hangs on; however many."""
    with make_world(shared_url, calls_per_s=10**6, calls_per_s_helpdesk=10**6, failures_per_min=10**6) as made:
        made.agent("ana")
        yield made


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    """A store with a team of which nothing is known."""
    made = open_database(database_url)
    upgrade(made)
    with made.begin() as connection:
        Repository(connection).create_team("team", NOON_S)
    yield made
    made.dispose()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[sa.Engine]:
    """A store of which no service is at work."""
    engine = open_database(f"sqlite:///{tmp_path / 'own.db'}")
    upgrade(engine)
    with engine.begin() as connection:
        Repository(connection).create_team("default", NOON_S)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def statements() -> Iterator[Listener]:
    listener = Listener()
    listener.install()
    yield listener
    listener.remove()


@pytest.fixture(autouse=True)
def every_statement_names_the_team(statements: Listener) -> Iterator[None]:
    statements.without.clear()
    yield
    assert not statements.without, "these name no team: " + "\n".join(statements.without)

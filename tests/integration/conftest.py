"""A world on either kind of store, and an ear on what the service asks of any store."""

from collections.abc import Iterator

import pytest

from support.sharding import Listener
from support.world import World
from support.world import world as make_world


@pytest.fixture
def world(upgraded_url: str) -> Iterator[World]:
    with make_world(upgraded_url) as made:
        yield made


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

"""A world on either kind of store."""

from collections.abc import Iterator

import pytest

from support.world import World
from support.world import world as make_world


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with make_world(database_url) as made:
        yield made

"""What every test may ask for: a PostgreSQL server, and fresh databases on either kind of store."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

from support.postgres import ThrowawayPostgres

# A busy machine is not a failing example: no deadline; CI's own profile (repeatable examples) is kept where it applies.
settings.register_profile("respite", settings.get_profile(settings.get_current_profile_name()), deadline=None)
settings.load_profile("respite")

_numbers = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[ThrowawayPostgres]:
    """Start one server per session (per worker under pytest-xdist), when first asked for."""
    with ThrowawayPostgres() as server:
        yield server


@pytest.fixture(scope="module")
def postgres_url(postgres: ThrowawayPostgres) -> Iterator[str]:
    """Give the module an empty PostgreSQL database of its own."""
    yield from _fresh_database(postgres)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Run the test once per kind of store, each time on an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'respite.db'}"
    else:
        yield from _fresh_database(request.getfixturevalue("postgres"))


def _fresh_database(server: ThrowawayPostgres) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    yield server.create_database(name)
    server.drop_database(name)

"""What every test may ask for: a PostgreSQL server, and fresh databases on either kind of store."""

import gc
import os
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

from api.store.database import open_database, upgrade
from support.postgres import ThrowawayPostgres, parent_directory
from support.statements import share_statements

# A busy machine is not a failing example: no deadline; CI's own profile (repeatable examples) is kept where it applies.
settings.register_profile("respite", settings.get_profile(settings.get_current_profile_name()), deadline=None)
settings.load_profile("respite")

# What a shell or a runner has set for others: colours and widths of terminals, proxies (also for this machine), settings of a service.
FOREIGN = ("FORCE_COLOR", "PY_COLORS", "GITHUB_ACTIONS", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "COLUMNS", "LINES")
for _name in list(os.environ):
    if _name in FOREIGN or _name.lower().endswith("_proxy") or (_name.startswith("RESPITE_") and _name != "RESPITE_PG_BIN"):
        del os.environ[_name]

# Stores of tests wait for no disk; a kill -9 loses nothing of what is in memory either, and what is cut from its power has its own folder.
os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(parent_directory(durable=False)))

share_statements()

_numbers = count(1)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """All modules and cases are here to stay: to look through them for garbage again and again is a quarter of a short test."""
    gc.collect()
    gc.freeze()


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


@pytest.fixture(params=["sqlite", "postgresql"])
def upgraded_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Run the test once per kind of store, each time on a copy of a database that has had its migrations, which is quicker than to apply
    them each time anew."""
    yield from _upgraded_copy(request, tmp_path)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run the tests of a module once per kind of store, all of them on one such copy."""
    yield from _upgraded_copy(request, tmp_path_factory.mktemp("shared"))


@pytest.fixture(scope="session")
def upgraded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("upgraded") / "respite.db"
    _upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def upgraded_database(postgres: ThrowawayPostgres) -> str:
    _upgrade(postgres.create_database("upgraded"))
    return "upgraded"


def _upgrade(url: str) -> None:
    engine = open_database(url)
    upgrade(engine)
    engine.dispose()


def _upgraded_copy(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("upgraded_file"), folder / "respite.db")
        yield f"sqlite:///{folder / 'respite.db'}"
    else:
        yield from _fresh_database(request.getfixturevalue("postgres"), request.getfixturevalue("upgraded_database"))


def _fresh_database(server: ThrowawayPostgres, copied_from: str | None = None) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    yield server.create_database(name, copied_from)
    server.drop_database(name)

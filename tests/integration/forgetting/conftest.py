"""A world of two hours ago, and commands on its store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.cli import app
from api.clock import Clock
from support.stepped_clock import SteppedClock
from support.world import World
from support.world import world as make_world


@pytest.fixture
def world(upgraded_url: str) -> Iterator[World]:
    """Two hours ago, so that what a command does comes after it."""
    with make_world(upgraded_url, SteppedClock(Clock().now_s() - 7200)) as made:
        yield made


@pytest.fixture
def own_world(tmp_path: Path) -> Iterator[World]:
    """For what is no matter of the kind of database."""
    with make_world(f"sqlite:///{tmp_path / 'respite.db'}", SteppedClock(Clock().now_s() - 7200)) as made:
        yield made


@pytest.fixture
def command(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    made = request.getfixturevalue("own_world" if "own_world" in request.fixturenames else "world")
    monkeypatch.setenv("RESPITE_DATABASE_URL", made.services.settings.database_url)
    monkeypatch.setenv("RESPITE_DELETIONS_FILE", str(tmp_path / "deletions.jsonl"))

    def run(*words: str) -> Any:
        return CliRunner().invoke(app, list(words))

    return run

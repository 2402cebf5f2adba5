"""`--help`: every command says what it does, and what each of its arguments and options is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from api.cli import app
from api.store.database import open_database, upgrade
from router.record import ENGINE


def commands(found: Any, name: str = "respite") -> Iterator[tuple[str, Any]]:
    """Every command by what is typed, those of groups with them."""
    yield name, found
    for each in found.list_commands(None) if hasattr(found, "list_commands") else ():
        yield from commands(found.resolve_command(None, [each])[1], f"{name} {each}")


def test_nothing_that_may_be_typed_is_without_a_word() -> None:
    every = dict(commands(typer.main.get_command(app)))
    assert {"respite serve", "respite keys revoke", "respite scenario check"} <= every.keys()
    assert [name for name, each in every.items() if not (each.help or "").strip()] == []
    bare = [f"{name} {each.name}" for name, command in every.items() for each in command.params if not (each.help or "").strip()]
    assert bare == []


def test_no_command_alone_offers_what_the_others_do_not() -> None:
    every = commands(typer.main.get_command(app))
    assert [name for name, command in every if any("completion" in each.name for each in command.params)] == []


def test_the_list_of_commands_is_broken_where_it_is_full_and_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "110")
    shown = CliRunner().invoke(app, ["--help"]).output
    told = " ".join(each.strip("│ ") for each in shown.splitlines())
    for name, command in commands(typer.main.get_command(app)):
        assert "\n" not in (command.help or ""), name
    assert "Exit 1 where the store refused a ticket." in told


def test_examples_of_staff_are_whole_in_a_terminal_of_eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = CliRunner().invoke(app, ["staff", "--help"]).output
    assert "phone=0.8/20s" in shown
    assert "…" not in shown


def test_to_list_the_commands_imports_none_of_them() -> None:
    """A fifth of a second instead of three."""
    program = "import sys; from api.cli import app; app(['--help'], standalone_mode=False); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    known = {each.partition(".")[0] for each in done.stderr.split()}
    assert "typer" in known
    heavy = {"fastapi", "joblib", "networkx", "numpy", "ortools", "plotly", "psycopg", "pydantic", "sqlalchemy", "vaderSentiment"}
    assert known.isdisjoint(heavy)
    assert [each for each in done.stderr.split() if each.startswith("api.commands.")] == []
    assert "Make, list, rotate and revoke keys." in done.stdout


def test_the_list_says_of_each_command_what_it_says_of_itself() -> None:
    every = typer.main.get_command(app)
    for name in every.list_commands(None):
        assert every.get_command(None, name).help == every.resolve_command(None, [name])[1].help != ""


@pytest.mark.parametrize(("words", "modules"), [(("settings",), {"sqlalchemy", "numpy"}), (("keys", "list"), {"alembic", "numpy"})])
def test_a_command_loads_what_it_needs(words: tuple[str, ...], modules: set[str], tmp_path: Path) -> None:
    program = f"import sys; from api.cli import app; app({[*words]}, standalone_mode=False); print(*sys.modules, file=sys.stderr)"
    url = f"sqlite:///{tmp_path / 'a.db'}"
    made = open_database(url)
    upgrade(made)
    made.dispose()
    environment = {"RESPITE_DATABASE_URL": url}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    assert modules.isdisjoint(each.partition(".")[0] for each in done.stderr.split())


def test_the_version_and_the_engine_are_told() -> None:
    said = CliRunner().invoke(app, ["--version"])
    assert said.exit_code == 0
    assert said.output == f"respite {version('respite-routing')}, {ENGINE}\n"

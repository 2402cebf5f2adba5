"""`--help`: every command says what it does, and what each of its arguments and options is."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from api.cli import app
from router.record import ENGINE


def commands(found: Any, name: str = "respite") -> Iterator[tuple[str, Any]]:
    """Every command by what is typed, those of groups with them."""
    yield name, found
    for each in found.list_commands(None) if hasattr(found, "list_commands") else ():
        yield from commands(found.get_command(None, each), f"{name} {each}")


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


def test_the_version_and_the_engine_are_told() -> None:
    said = CliRunner().invoke(app, ["--version"])
    assert said.exit_code == 0
    assert said.output == f"respite {version('respite-routing')}, {ENGINE}\n"

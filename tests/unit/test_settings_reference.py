"""The reference of settings: complete, and the same in the README and on the command line."""

from __future__ import annotations

import dataclasses
import json
import pickle
from pathlib import Path

from typer.testing import CliRunner

from api.cli import app
from api.commands.settings import BEGIN, END, around, as_markdown, reference
from api.settings import PREFIX, Settings, from_environment

README = Path(__file__).parents[2] / "README.md"


def test_every_setting_says_what_it_is_for_and_what_it_may_be() -> None:
    found = {each["variable"]: each for each in reference()}
    assert list(found) == [PREFIX + item.name.upper() for item in dataclasses.fields(Settings)]
    for each in found.values():
        assert each["what_for"], each
        if each["low"] is None:
            assert each["unit"], f"{each['variable']} is text: how is it written?"
        else:
            assert each["low"] <= each["default"] <= each["high"], each


def test_the_defaults_are_what_the_service_takes_them_for() -> None:
    told = {each["variable"]: str(each["default"]) for each in reference() if each["default"] is not None}
    assert from_environment(told) == Settings() == from_environment({})


def test_a_bound_is_a_value_as_it_is_written() -> None:
    for each in reference():
        for bound in {each["low"], each["high"]} - {None}:
            read = from_environment({each["variable"]: str(bound)})
            assert getattr(read, each["variable"].removeprefix(PREFIX).lower()) == bound


def test_the_readme_has_the_table_as_the_command_prints_it() -> None:
    made = CliRunner().invoke(app, ["settings", "--markdown"])
    assert made.stdout == f"{as_markdown()}\n"
    _, written, _ = around(README.read_text(encoding="utf-8"))
    assert written == as_markdown(), "run: respite settings --into README.md"


def test_the_command_prints_lines_and_json() -> None:
    shown = CliRunner().invoke(app, ["settings"]).stdout
    assert "RESPITE_PORT=8000   1 to 65535\n    the port that the service listens on\n" in shown
    assert all(f"{each['variable']}=" in shown and each["what_for"] in shown for each in reference())
    assert json.loads(CliRunner().invoke(app, ["settings", "--json"]).stdout) == reference()


def test_the_table_is_put_between_its_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"o before\n{BEGIN}\no\n{END}\nafter\n", encoding="utf-8")
    assert CliRunner().invoke(app, ["settings", "--into", str(page)]).exit_code == 0
    assert page.read_text(encoding="utf-8") == f"o before\n{BEGIN}\n{as_markdown()}\n{END}\nafter\n"
    page.write_text("no marks\n", encoding="utf-8")
    for refused in (page, tmp_path / "missing.md"):
        made = CliRunner().invoke(app, ["settings", "--into", str(refused)])
        assert (made.exit_code, made.stderr.count("\n")) == (2, 1)
    assert page.read_text(encoding="utf-8") == "no marks\n"


def test_a_worker_of_another_version_takes_each_setting_for_what_it_is() -> None:
    """Workers that are replaced after an upgrade get the settings of who started them, which may know more of them, fewer, or in another
    order."""
    given = Settings(calls_per_s=7.0, deletions_file="kept")
    sent = given.__getstate__()
    taken = Settings.__new__(Settings)
    taken.__setstate__({name: sent[name] for name in reversed(sent) if name != "metrics_from"} | {"of_another_version": 1})
    assert taken == given == pickle.loads(pickle.dumps(given))

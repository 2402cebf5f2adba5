"""`respite calibrate` as people call it: the table, the scenario, the page, the check on days held out, and one clear line on bad input."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from api.cli import app
from simulations.scenario import parse, scenario_from
from support.call_logs import CALLS_MAP, HEADER, Centre, log_of
from support.data import DATA, needs
from support.histories import EVENTS_MAP, csv_lines, hard_account

RUNNER = CliRunner()
BANK = DATA / "technion_bank_1999" / "august1999_first_half.csv.gz"
HELPDESK = DATA / "helpdesk_italian" / "helpdesk.csv.gz"


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("centre")
    (folder / "map.toml").write_text(CALLS_MAP, encoding="utf-8")
    rows = log_of(Centre(days=9, calls_per_hour=88.0), np.random.default_rng(2))
    (folder / "log.csv").write_text("".join(csv_lines(rows, HEADER)), encoding="utf-8")
    return folder


def calibrate(folder: Path, *more: str) -> tuple[int, str]:
    found = RUNNER.invoke(app, ["calibrate", str(folder / "log.csv"), "--map", str(folder / "map.toml"), *more])
    return found.exit_code, found.output


def test_a_scenario_a_table_and_a_page(centre: Path) -> None:
    out, html = centre / "scenario.toml", centre / "fit.html"
    code, said = calibrate(centre, "-o", str(out), "--html", str(html), "--hold-out", "2d", "--title", "Our phones")
    assert code == 0
    for each in (
        "tickets on a Monday",
        "wrap-up after a call",
        "patience, exponential",
        "handling, phone: mean",
        "Assumed:",
        "Held out:",
        f"respite simulate {out}",
    ):
        assert each in " ".join(said.split())
    scenario = scenario_from(parse(out.read_text(encoding="utf-8")))
    assert scenario.title == "Our phones"
    assert scenario.wrap_up.phone is not None
    assert scenario.wrap_up.phone.mean_s == pytest.approx(40.0, rel=0.2)
    page = html.read_text(encoding="utf-8")
    assert "Plotly" in page
    assert re.search(r'<(script|link)[^>]+(src|href)="https?:', page) is None


def test_weekdays_that_the_fit_has_not_seen(centre: Path) -> None:
    code, said = calibrate(centre, "--hold-out", "5d", "-o", str(centre / "short.toml"))
    assert code == 0
    assert "no such weekday" not in said  # Friday to Tuesday: two of them were seen
    assert "# The log has no fri, sat, sun: nothing comes then." in (centre / "short.toml").read_text(encoding="utf-8")
    code, said = calibrate(centre, "--hold-out", "2d", "-o", str(centre / "whole.toml"))
    assert "The log has no" not in (centre / "whole.toml").read_text(encoding="utf-8")


def test_as_json(centre: Path) -> None:
    found = RUNNER.invoke(app, ["calibrate", str(centre / "log.csv"), "--map", str(centre / "map.toml"), "--hold-out", "2", "--json"])
    told = json.loads(found.stdout)
    assert told["phone"]["wrap_up"]["mean_s"]["value"] == pytest.approx(40.0, rel=0.2)
    assert len(told["hold_out"]["checks"]) == 4
    assert "agent-0" not in found.stdout  # nothing of a person


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--hold-out", "some"], "--hold-out: 'some' is not a number of days like 5d"),
        (["--hold-out", "9d"], "/hold-out: '9 d' is not allowed; allowed: fewer days than the log has, which ends on 2024-01-09"),
        (["-o", "no/such/folder.toml"], "no/such/folder.toml: No such file or directory"),
    ],
)
def test_one_clear_line(centre: Path, options: list[str], line: str) -> None:
    code, said = calibrate(centre, *options)
    assert code == 2
    assert line in said


def test_the_export_is_not_overwritten(centre: Path) -> None:
    code, said = calibrate(centre, "-o", str(centre / "log.csv"))
    assert (code, "the export itself would be overwritten" in said) == (2, True)


def test_too_few_tickets(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(EVENTS_MAP, encoding="utf-8")
    (tmp_path / "log.csv").write_text("".join(csv_lines(hard_account(5))), encoding="utf-8")
    assert calibrate(tmp_path)[0] == 2
    assert "10 is not allowed; allowed: at least 50 tickets to fit" in calibrate(tmp_path)[1]


def test_a_log_of_events(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(EVENTS_MAP, encoding="utf-8")
    (tmp_path / "log.csv").write_text("".join(csv_lines(hard_account(40, ("ben", "cyd")))), encoding="utf-8")
    code, said = calibrate(tmp_path, "-o", str(tmp_path / "out.toml"))
    assert code == 0
    scenario = scenario_from(parse((tmp_path / "out.toml").read_text(encoding="utf-8")))
    assert scenario.demand.channels == {"email": 1.0}
    assert scenario.escalation.difficult > 0.9  # one account of 81, every time
    assert scenario.escalation.ordinary < 0.01
    assert scenario.accounts.difficult_share == pytest.approx(1 / 81, abs=0.002)
    assert scenario.demand.weekday_weights[0] > 0
    assert "the hours of the map's [work]; their skills" in " ".join(said.split())
    code, said = calibrate(tmp_path, "--hold-out", "5d")
    assert (code, "it is for shape 'calls'" in said) == (2, True)


def test_who_breaks_it_off_is_left_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_off(*_: object) -> None:
        raise KeyboardInterrupt

    (tmp_path / "map.toml").write_text(EVENTS_MAP, encoding="utf-8")
    (tmp_path / "log.csv").write_text("".join(csv_lines(hard_account(40))), encoding="utf-8")
    (tmp_path / "old.toml").write_text("old", encoding="utf-8")
    monkeypatch.setattr("api.commands.calibrate._fitted", break_off)
    assert calibrate(tmp_path, "-o", str(tmp_path / "new.toml"), "--html", str(tmp_path / "old.toml"))[0] != 0
    assert not (tmp_path / "new.toml").exists()
    assert (tmp_path / "old.toml").read_text(encoding="utf-8") == "old"


@needs("technion_bank_1999")
def test_a_banks_calls_on_days_held_out() -> None:
    """Fitted on 1–10 August 1999; the 11th to the 15th are run again with their own calls and staffing."""
    found = RUNNER.invoke(app, ["calibrate", str(BANK), "--map", "technion_bank", "--hold-out", "5d", "--json"])
    told = json.loads(found.stdout)
    assert 25 < told["phone"]["wrap_up"]["mean_s"]["value"] < 40
    held, trace = told["hold_out"], told["hold_out"]["checks"][0]
    assert trace["wait_s"] == pytest.approx(held["wait_s"], rel=0.10)
    assert trace["abandoned"] == pytest.approx(held["abandoned"], rel=0.10)
    assert min(trace["hourly_wait"], trace["hourly_abandoned"]) >= 0.90
    assert held["holds"] == "holds"


@needs("helpdesk_italian")
def test_a_helpdesks_cases(tmp_path: Path) -> None:
    out = tmp_path / "helpdesk.toml"
    found = RUNNER.invoke(app, ["calibrate", str(HELPDESK), "--map", "helpdesk_italian", "-o", str(out)])
    assert found.exit_code == 0
    scenario = scenario_from(parse(out.read_text(encoding="utf-8")))
    assert 3 < scenario.demand.tickets_per_day < 6
    assert 0.02 < scenario.reopening.probability < 0.05
    assert scenario.accounts.count > 380

"""A study that is killed or interrupted goes on from what it had finished, and ends as one that never stopped."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import support
from api.jobs.parallel import replicate
from api.kept import KeptReplications
from simulations.run import measured
from simulations.scenario import Scenario
from support.study_process import SCENARIOS

REPLICATIONS = range(6)
TOTAL = len(SCENARIOS) * len(REPLICATIONS)
TESTS = Path(support.__path__[0]).parent


def begin(directory: Path, count: int, backend: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(TESTS / "support" / "study_process.py"), str(directory), str(count), backend]
    path = {"PYTHONPATH": os.pathsep.join((str(TESTS.parent), str(TESTS)))}
    return subprocess.Popen(
        command, env={**os.environ, **path}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


@pytest.fixture(scope="module")
def unbroken() -> str:
    return repr({name: [measured(scenario, each) for each in REPLICATIONS] for name, scenario in SCENARIOS.items()})


def test_a_killed_study_goes_on_where_it_was_and_ends_the_same(tmp_path: Path, unbroken: str) -> None:
    with begin(tmp_path, len(REPLICATIONS), "serial") as process:
        assert process.stdout is not None
        for _ in range(5):
            process.stdout.readline()
        os.killpg(process.pid, signal.SIGKILL)
    lines = (tmp_path / "replications.jsonl").read_text().splitlines()
    assert 5 <= len(lines) < TOTAL
    torn = lines[-1][: len(lines[-1]) // 2]
    (tmp_path / "replications.jsonl").write_text("\n".join([*lines[:4], torn]))
    told: list[int] = []
    kept = KeptReplications(tmp_path)
    found = replicate(SCENARIOS, REPLICATIONS, "serial", told=lambda done, _: told.append(done), kept=kept)
    kept.close()
    assert repr(found) == unbroken
    assert told == list(range(5, TOTAL + 1))  # four were taken from the directory; each of the others is computed once
    again: list[int] = []
    kept = KeptReplications(tmp_path)
    assert repr(replicate(SCENARIOS, REPLICATIONS, told=lambda done, _: again.append(done), kept=kept)) == unbroken
    kept.close()
    assert again == []


def test_ctrl_c_ends_it_in_order_and_keeps_what_is_done(tmp_path: Path) -> None:
    with begin(tmp_path, 500, "loky") as process:
        assert process.stdout is not None
        for _ in range(6):
            process.stdout.readline()
        os.killpg(process.pid, signal.SIGINT)
        rest, errors = process.communicate()
    done = 6 + sum(each.isdigit() for each in rest.split("\n"))
    assert rest.splitlines()[-1].startswith("interrupted ")
    assert int(rest.split()[-1]) >= 1
    assert "Traceback" not in errors
    assert len((tmp_path / "replications.jsonl").read_text().splitlines()) == done < 500


def test_what_is_kept_is_of_this_scenario_and_whatever_its_number_of_runs(tmp_path: Path) -> None:
    scenario = SCENARIOS["three"]
    kept = KeptReplications(tmp_path)
    kept.put(scenario, 3, measured(scenario, 3))
    kept.close()
    kept = KeptReplications(tmp_path)
    more = Scenario(**{name: getattr(scenario, name) for name in scenario.__dataclass_fields__})
    assert repr(kept.get(more, 3)) == repr(measured(scenario, 3))
    assert kept.get(scenario, 2) is None
    assert kept.get(SCENARIOS["four"], 3) is None
    kept.close()


@pytest.mark.parametrize(
    "broken", ["", "{", "[]", '{"key": 1}', '{"key": "a", "measured": 3}', '{"key": "a", "measured": {"b": []}}', "\x00\xff"]
)
def test_lines_that_are_no_replications_are_passed_over(tmp_path: Path, broken: str) -> None:
    scenario = SCENARIOS["three"]
    (tmp_path / "replications.jsonl").write_text(broken)
    kept = KeptReplications(tmp_path)
    kept.put(scenario, 0, measured(scenario, 0))
    kept.close()
    kept = KeptReplications(tmp_path)
    assert repr(kept.get(scenario, 0)) == repr(measured(scenario, 0))
    kept.close()

"""`respite score-text` and `respite text-report` as people run them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from api.cli import app
from fatigue_model.text_quality import auc, quality
from support.messages import ABUSIVE, CALM, FRUSTRATED, TECHNICAL

RUN = CliRunner()


def test_a_line_for_each_line() -> None:
    texts = ["You people are useless!", "How do I kill a stuck query?", "I will kill you", ""]
    told = RUN.invoke(app, ["score-text"], input="".join(json.dumps({"text": each}) + "\n" for each in texts) + "\n")
    assert told.exit_code == 0
    found = [json.loads(line) for line in told.stdout.splitlines()]
    assert [set(each) for each in found] == [{"points", "score", "threat", "reason"}] * 4
    assert [each["threat"] for each in found] == [None, None, "threat", None]
    assert found[0]["score"] > 0.9 > found[1]["score"]
    assert found[2]["points"] == 2.0
    assert (found[3]["points"], found[3]["score"], found[3]["reason"]) == (None, None, "empty")


def test_a_bad_line_is_named_and_the_others_are_answered() -> None:
    lines = ['{"text": "fine"}', "nope", '{"txt": 1}', '{"text": 5}', "[1]", '{"text": "hello", "subject": 3}', '{"text": "fine"}']
    told = RUN.invoke(app, ["score-text"], input="\n".join(lines))
    assert told.exit_code == 2
    found = [json.loads(line) for line in told.stdout.splitlines()]
    assert len(found) == len(lines)
    assert [each["score"] is None for each in found] == [False, True, True, True, True, True, False]
    named = [line.split(":")[1].strip() for line in told.stderr.splitlines()]
    assert named == [f"line {number}" for number in range(2, 7)]
    assert found[1]["reason"].startswith("not scored: not JSON")


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    file = tmp_path / "messages.jsonl"
    rows = [{"text": each, "hard": True} for each in ABUSIVE + FRUSTRATED] + [{"text": each, "hard": False} for each in CALM + TECHNICAL]
    file.write_text("".join(json.dumps(each) + "\n" for each in rows), encoding="utf-8")
    return file


def test_the_report_in_numbers_and_as_a_page(labelled: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    told = RUN.invoke(app, ["text-report", str(labelled), "--json", "--out", str(page)])
    assert told.exit_code == 0
    found = json.loads(told.stdout)
    assert found["auc"] == 1.0
    assert found["messages"] > found["judged"]  # log dumps have no score
    html = page.read_text(encoding="utf-8")
    assert "ROC" in html
    assert "Calibration" in html
    assert 'src="http' not in html  # it needs no network
    shown = RUN.invoke(app, ["text-report", str(labelled)])
    assert "area under the ROC curve 1.000" in shown.stdout


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('{"text": "x"}\n', "line 1: must have a text (string) and hard"),
        ('{"text": "fine", "hard": true}\n', "there must be hard and easy messages"),
        ("{", "not JSON"),
    ],
)
def test_a_bad_file_gets_one_clear_line(tmp_path: Path, content: str, says: str) -> None:
    file = tmp_path / "m.jsonl"
    file.write_text(content, encoding="utf-8")
    told = RUN.invoke(app, ["text-report", str(file)])
    assert told.exit_code == 2
    assert says in told.stderr
    assert len(told.stderr.splitlines()) == 1


def test_a_missing_file(tmp_path: Path) -> None:
    told = RUN.invoke(app, ["text-report", str(tmp_path / "none.jsonl")])
    assert told.exit_code == 2
    assert "No such file" in told.stderr


def test_the_area_under_the_curve_by_hand() -> None:
    assert auc(np.array([3.0, 2.0]), np.array([1.0, 2.0])) == (2 + 1 + 0.5) / 4
    found = quality([0.1, 0.4, 0.35, 0.8], [False, False, True, True], np.random.default_rng(1))
    assert found.auc == 0.75
    assert found.brier == pytest.approx((0.01 + 0.16 + 0.65**2 + 0.04) / 4)
    assert found.bins == ((0.1, 0.0, 1), (0.35, 1.0, 1), (0.4, 0.0, 1), (0.8, 1.0, 1))
    assert found.roc == ((0.0, 0.0), (0.0, 0.5), (0.5, 0.5), (0.5, 1.0), (1.0, 1.0))
    assert found.calibration_gap == pytest.approx((0.1 + 0.65 + 0.4 + 0.2) / 4)

"""The text score against people's own labels: anger or annoyance against neutral (GoEmotions, Demszky et al. 2020)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from api.cli import app
from api.commands.text import _rows
from fatigue_model.text_quality import auc
from support.data import DATA as ALL_DATA
from support.data import needs

DATA = ALL_DATA / "goemotions"
pytestmark = needs("goemotions")
BAR = 0.80


def test_the_score_tells_hard_from_neutral_better_than_its_lexicon() -> None:
    import numpy as np

    told = CliRunner().invoke(app, ["text-report", str(DATA / "dev.tsv"), "--json"])
    assert told.exit_code == 0
    found = json.loads(told.stdout)
    assert found["auc"] >= BAR
    assert found["judged"] >= 0.97 * found["messages"]
    tone = SentimentIntensityAnalyzer()
    rows = [(-tone.polarity_scores(text)["compound"], hard) for text, hard in _rows(DATA / "dev.tsv", None)]
    raw = auc(np.array([each for each, hard in rows if hard]), np.array([each for each, hard in rows if not hard]))
    assert raw < 0.73
    assert found["auc"] > raw + 0.08


def test_training_gives_the_weights_that_are_shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same script on the same data: equal numbers, to rounding."""
    import gzip

    from fatigue_model import train_text
    from fatigue_model.lexicon import WEIGHTS

    shipped = Path(train_text.__file__).parent / WEIGHTS
    assert shipped.stat().st_size < 2_000_000
    monkeypatch.setattr(train_text, "__file__", str(tmp_path / "train_text.py"))
    train_text.main(DATA / "train.tsv.gz", DATA / "labels.txt")
    made, known = (json.loads(gzip.decompress(each.read_bytes())) for each in (tmp_path / WEIGHTS, shipped))
    assert made["intercept"] == pytest.approx(known["intercept"], abs=0.02)
    assert abs(len(made["grams"]) - len(known["grams"])) < 50
    assert made["words"] == known["words"]
    assert made["numbers"] == pytest.approx(known["numbers"], abs=0.02)

"""The tones against VADER itself, where only rules are used that both have."""

from __future__ import annotations

import pytest
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from fatigue_model.lexicon import english, valences
from fatigue_model.tones import tones


@pytest.mark.parametrize(
    "text",
    [
        "the food is good",
        "the food is very good",
        "the food is not good",
        "this was not very good and the staff were extremely rude",
        "I hate that AWFUL product",
        "a REALLY bad and SLIGHTLY annoying day",
        "nice product but terrible support",
        "no problem and no good reason",
        "they were never helpful",
        "it isn't great and it doesn't help",
        "where is my invoice",
        "USELESS RUBBISH",
    ],
)
@pytest.mark.parametrize("marks", [0, 2, 7])
def test_the_tones_are_those_of_vader(text: str, marks: int) -> None:
    theirs = SentimentIntensityAnalyzer().polarity_scores(text + "!" * marks)
    negative, positive, compound = tones(text.split(), text.lower().split(), marks)
    assert negative == pytest.approx(theirs["neg"], abs=6e-4)
    assert positive == pytest.approx(theirs["pos"], abs=6e-4)
    assert compound == pytest.approx(theirs["compound"], abs=6e-5)


def test_words_are_known() -> None:
    assert valences()["horrible"] == -2.5
    assert {"invoice", "kernel", "hello", "idiot"} <= english()
    assert english().isdisjoint({"nicht", "pourquoi", "cuenta"})

"""JSON as it is stored: numbers that are not finite are refused, words that look like them are not."""

import json
import math

import pytest

from api.json_text import to_json


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("word", ["x", "N", "I"])
def test_a_number_that_is_not_finite_is_refused(number: float, word: str) -> None:
    with pytest.raises(ValueError, match="JSON"):
        to_json({"agent": word, "load": [number]})


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity", "N", "I", "NOT In"])
def test_a_word_is_kept_as_it_is(word: str) -> None:
    assert json.loads(to_json({word: [word, 1.5, ("Ünal",)]})) == {word: [word, 1.5, ["Ünal"]]}

"""What is known of single words: VADER's valences, and the trained weights with the words that they were trained on."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from fatigue_model.words import ENGLISH, FOREIGN, TECHNICAL

WEIGHTS = "text_weights.json.gz"
Gram = str | tuple[str, str]  # a word, or a pair of words that follow each other


@dataclass(frozen=True, slots=True)
class Weights:
    """The trained part: log-odds by word and word pair, of the numbers of a text, and of nothing (`intercept`); `words`: the vocabulary."""

    intercept: float
    numbers: tuple[float, ...]
    grams: dict[Gram, float]
    words: frozenset[str]


@cache
def weights() -> Weights:
    values = json.loads(gzip.decompress((files("fatigue_model") / WEIGHTS).read_bytes()))
    grams: dict[Gram, float] = {}
    for name, odds in values["grams"].items():
        word, _, other = name.partition(" ")
        grams[(word, other) if other else word] = odds
    return Weights(values["intercept"], tuple(values["numbers"]), grams, frozenset(values["words"].split()))


@cache
def valences() -> dict[str, float]:
    """VADER's lexicon (Hutto & Gilbert 2014, MIT): how good or bad a word is, −4 … 4."""
    lines = (files("vaderSentiment") / "vader_lexicon.txt").read_text(encoding="utf-8").splitlines()
    return {word: float(valence) for word, valence, *_ in (each.split("\t") for each in lines if each.strip())}


@cache
def english() -> frozenset[str]:
    """The words by which a text is known to be English."""
    return (weights().words | ENGLISH | TECHNICAL | frozenset(valences())) - FOREIGN

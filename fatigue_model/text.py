"""How hard a customer's message is to take, from its words: VADER's lexicon without technical words, support phrases, a small model.

    z = b + Σ w(words, word pairs) + w·(VADER's negative, positive, compound; capitals; marks; you + negative) + phrases
    score = 1/(1 + e^(−z))

VADER (vaderSentiment: Hutto & Gilbert 2014) is the base. The weights of words and word pairs are a logistic regression on GoEmotions
(Demszky et al. 2020, Apache-2.0), made by `train_text`; the phrases of a support desk are set by hand. English only; what can't be judged
has no score. Only customers' messages are scored, and their words go no further.
"""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from operator import mul

import numpy as np
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from fatigue_model.exposure import GRAVE, text_points
from fatigue_model.grave import grave
from fatigue_model.messages import WORD, own_words
from fatigue_model.params import FatigueParams
from fatigue_model.words import ABOUT_MACHINES, PHRASES, PHRASES_MOST, SOFTENER, SOFTENERS, SOFTENERS_MOST, TECHNICAL

WEIGHTS = "text_weights.json.gz"
WORDS_MOST = 300  # of a message are weighed
SHOUTED_FROM = 3  # letters of a word in capitals that is no abbreviation
SECOND_PERSON = frozenset(("you", "your", "you're", "yours", "yourself", "yourselves", "u", "ur", "you've", "you'll"))
TECHNICAL_SHARES = (0.1, 0.3)  # of technical words: from the first on a text is about machines somewhat, from the second fully
NUMBERS = ("negative", "positive", "compound", "capitals", "exclamations", "questions", "you_negative")


@dataclass(frozen=True, slots=True)
class TextScore:
    """`score` 0 … 1, None where the words can't be judged; `grave`: one of `exposure.GRAVE`, apart from the score; `reason`: why."""

    score: float | None
    grave: str | None
    reason: str

    def points(self, params: FatigueParams) -> float | None:
        """What the words count, 0 … text_points_max, and at least grave_points where they are grave; None where nothing is known."""
        worded = None if self.score is None else text_points(self.score, params)
        return worded if self.grave is None else max(worded or 0.0, params.grave_points)


@dataclass(frozen=True, slots=True)
class Weights:
    """The trained part: log-odds by word and word pair, of the `NUMBERS`, and of nothing (`intercept`)."""

    intercept: float
    numbers: tuple[float, ...]
    grams: dict[str, float]


@dataclass(frozen=True, slots=True)
class Features:
    """What is seen of a text: its words and word pairs without the technical ones, the `NUMBERS`, all words in lower case between
    spaces, and the share of technical ones."""

    grams: list[str]
    numbers: list[float]
    plain: str
    technical: float


def score_text(text: str, subject: str = "") -> TextScore:
    """Score one message of a customer, with the subject of the ticket where it is the first."""
    body = own_words(text)
    if subject.strip():
        head = own_words(subject)
        body = own_words(f"{subject}\n{text}") if body.reason is None or head.reason is None else body
    found = grave(body.text) if body.text else None
    if body.reason is not None:
        return TextScore(None, found, found or body.reason)
    seen = features(body.text)
    told, phrase = _told(seen)
    score = 1 / (1 + math.exp(-(_learned(seen) + told)))
    return TextScore(round(score, 4), found, found or phrase or _strongest(seen) or "calm")


def worst(scores: Iterable[TextScore]) -> TextScore | None:
    """The worst of a ticket's messages: the highest score, and what is gravest in any of them; None where there are none."""
    given = list(scores)
    if not given:
        return None
    gravest = next((each for each in GRAVE if any(one.grave == each for one in given)), None)
    hardest = max(given, key=lambda each: -1.0 if each.score is None else each.score)
    return TextScore(hardest.score, gravest, gravest or hardest.reason)


def features(text: str) -> Features:
    """The features of a customer's own words."""
    words = WORD.findall(text)[:WORDS_MOST]
    kept = [each for each in words if each.lower() not in TECHNICAL]
    lower = [each.lower() for each in kept]
    tones = _tones(kept, text)
    shouted = sum(len(each) >= SHOUTED_FROM and each.isupper() for each in kept)
    numbers = [
        tones["neg"],
        tones["pos"],
        tones["compound"],
        shouted / len(kept) if shouted > 1 or len(kept) == 1 else 0.0,
        min(text.count("!"), 4) / 4,
        min(text.count("??") + text.count("?!"), 2) / 2,
        tones["neg"] if not SECOND_PERSON.isdisjoint(lower) else 0.0,
    ]
    return Features(list(_grams(lower)), numbers, f" {' '.join(each.lower() for each in words)} ", 1 - len(kept) / max(len(words), 1))


def _grams(words: Sequence[str]) -> Iterator[str]:
    yield from words
    yield from map(" ".join, pairwise(words))


def _tones(words: Sequence[str], text: str) -> dict[str, float]:
    marks = "!" * min(text.count("!"), 4)
    found: dict[str, float] = _vader().polarity_scores(f"{' '.join(words)}{marks}")
    return found


def _learned(seen: Features) -> float:
    """The trained log-odds: each word and word pair counts once."""
    weights = _weights()
    grams = sum(weights.grams.get(each, 0.0) for each in set(seen.grams))
    return weights.intercept + grams + float(sum(map(mul, weights.numbers, seen.numbers)))


def _told(seen: Features) -> tuple[float, str | None]:
    """The log-odds of support phrases and softeners, and the strongest phrase."""
    heard = [each for word in set(seen.plain.split()) for each in _phrases().get(word, ()) if each[1] in seen.plain]
    soft = max(sum(SOFTENER for each in SOFTENERS if f" {each} " in seen.plain), SOFTENERS_MOST)
    if not heard:
        return ABOUT_MACHINES * float(np.interp(seen.technical, TECHNICAL_SHARES, (0.0, 1.0))) + soft, None
    return min(sum(odds for odds, _ in heard), PHRASES_MOST) + soft, max(heard)[1].strip()


def _strongest(seen: Features) -> str | None:
    """The word or word pair that adds most."""
    weights = _weights().grams
    name = max(seen.grams, key=lambda each: weights.get(each, 0.0), default=None)
    return name if name is not None and weights.get(name, 0.0) > 1 else None


@cache
def _phrases() -> dict[str, list[tuple[float, str]]]:
    """The support phrases, between spaces, with their log-odds, by their first word."""
    found: dict[str, list[tuple[float, str]]] = {}
    for odds, phrases in PHRASES:
        for each in phrases:
            found.setdefault(each.split()[0], []).append((odds, f" {each} "))
    return found


@cache
def _vader() -> SentimentIntensityAnalyzer:
    return SentimentIntensityAnalyzer()


@cache
def _weights() -> Weights:
    values = json.loads(gzip.decompress((files("fatigue_model") / WEIGHTS).read_bytes()))
    return Weights(values["intercept"], tuple(values["numbers"]), values["grams"])

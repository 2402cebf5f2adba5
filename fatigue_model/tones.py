"""VADER's negative, positive and compound tone of a row of words (Hutto & Gilbert 2014), by its lexicon and its rules.

Kept of its rules: boosters, negation, "no", capitals, "but", exclamation marks. Left out: its few idioms, "least", "never so", emoticons.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from itertools import compress, count

from vaderSentiment.vaderSentiment import BOOSTER_DICT, C_INCR, N_SCALAR, NEGATE

from fatigue_model.lexicon import valences

NEGATED = frozenset(NEGATE)
TURNING = NEGATED.union(BOOSTER_DICT, ("no",))  # what makes the words after it mean something else
FADING = (1.0, 0.95, 0.9)  # of a booster, by how far it stands before the word
BEFORE_BUT, AFTER_BUT = 0.5, 1.5
MARK, MARKS_MOST = 0.292, 4  # of an exclamation mark
ALPHA = 15  # VADER's normalisation: sum/√(sum² + 15)


@cache
def _toned() -> frozenset[str]:
    """The words that have a valence of their own."""
    return frozenset(valences()).difference(BOOSTER_DICT)


def tones(words: Sequence[str], lower: Sequence[str], exclamations: int) -> tuple[float, float, float]:
    """Negative and positive share, 0 … 1, and compound, −1 … 1; `lower` are the words in lower case."""
    places = list(compress(count(), map(_toned().__contains__, lower)))
    if not places:
        return 0.0, 0.0, 0.0
    loud = not all(each.isupper() for each in words)
    found = [_valence(place, words, lower, loud) for place in places]
    if "but" in lower:
        turn = lower.index("but")
        weights = [BEFORE_BUT if place < turn else AFTER_BUT if place > turn else 1.0 for place in places]
        found = [each * weight for each, weight in zip(found, weights, strict=True)]
    return _together(found, len(words), MARK * min(exclamations, MARKS_MOST))


def _valence(place: int, words: Sequence[str], lower: Sequence[str], loud: bool) -> float:
    """Of the word at `place`, by what stands before it; `loud`: capitals tell, for not all words are in capitals."""
    known, before = valences(), lower[max(place - len(FADING), 0) : place]
    value = known[lower[place]]
    if TURNING.isdisjoint(before) and lower[place] != "no" and "n't" not in " ".join(before):
        return value + math.copysign(C_INCR, value) if loud and words[place].isupper() else value
    if lower[place] == "no" and place + 1 < len(lower) and lower[place + 1] in known:
        value = 0.0
    if "no" in lower[max(place - 2, 0) : place]:
        value = known[lower[place]] * N_SCALAR
    if loud and words[place].isupper():
        value += math.copysign(C_INCR, value)
    for back, fading in enumerate(FADING, 1):
        if place < back:
            break
        before = lower[place - back]
        if before in known:
            continue
        boost = BOOSTER_DICT.get(before, 0.0)
        if boost:
            louder = C_INCR if loud and words[place - back].isupper() else 0.0
            value += fading * math.copysign(1, value) * (boost + louder)
        if before in NEGATED or "n't" in before:
            value *= N_SCALAR
    return value


def _together(found: Sequence[float], words: int, emphasis: float) -> tuple[float, float, float]:
    """The tones of so many words, of which `found` are the valences that there are."""
    total = sum(found)
    compound = total + math.copysign(emphasis, total) if total else 0.0
    good, bad = sum([each + 1 for each in found if each > 0]), sum([1 - each for each in found if each < 0])
    neither = words - sum(map(bool, found))
    good, bad = good + emphasis * (good > bad), bad + emphasis * (bad > good)
    everything = good + bad + neither
    return bad / everything, good / everything, compound / math.sqrt(compound * compound + ALPHA)

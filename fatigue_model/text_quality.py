"""How well a score tells hard messages from easy ones: the ROC curve and the area under it, the Brier score, and calibration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fatigue_model.dynamics import FloatArray

RESAMPLED = 500
BINS = 10


@dataclass(frozen=True, slots=True)
class Quality:
    """`auc`: the chance that a hard message scores above an easy one (Mann–Whitney), with its bootstrap interval; `roc`: shares of easy
    and of hard messages at or above each threshold; `bins`: mean score, share of hard messages and count, by tenths of the score."""

    hard: int
    easy: int
    auc: float
    auc_95: tuple[float, float]
    brier: float
    roc: tuple[tuple[float, float], ...]
    bins: tuple[tuple[float, float, int], ...]

    @property
    def calibration_gap(self) -> float:
        """The mean distance between score and share of hard messages, by tenths, weighted by count."""
        return sum(abs(mean - share) * count for mean, share, count in self.bins) / (self.hard + self.easy)

    def as_mapping(self) -> dict[str, Any]:
        shown = {name: getattr(self, name) for name in ("hard", "easy", "auc", "auc_95", "brier", "calibration_gap")}
        return shown | {"bins": [dict(zip(("score", "share_hard", "messages"), each, strict=True)) for each in self.bins]}


def quality(scores: Sequence[float], hard: Sequence[bool], chance: np.random.Generator) -> Quality:
    """Raises ValueError where there is not one message of each kind."""
    score, truth = np.asarray(scores, dtype=np.float64), np.asarray(hard, dtype=np.bool_)
    if truth.all() or not truth.any():
        raise ValueError("there must be hard and easy messages that can be judged")
    high, low = score[truth], score[~truth]
    again = [auc(chance.choice(high, len(high)), chance.choice(low, len(low))) for _ in range(RESAMPLED)]
    spread = (float(np.quantile(again, 0.025)), float(np.quantile(again, 0.975)))
    brier = float(np.mean((score - truth) ** 2))
    return Quality(len(high), len(low), auc(high, low), spread, brier, _roc(high, low), _bins(score, truth))


def auc(high: FloatArray, low: FloatArray) -> float:
    """The share of pairs in which the first is the higher one; ties count half."""
    ordered = np.sort(low)
    below, up_to = np.searchsorted(ordered, high, side="left"), np.searchsorted(ordered, high, side="right")
    return float(np.mean(below + up_to) / (2 * len(low)))


def _roc(high: FloatArray, low: FloatArray) -> tuple[tuple[float, float], ...]:
    thresholds = np.unique(np.concatenate([high, low]))[::-1]
    shares = [(float(np.mean(low >= each)), float(np.mean(high >= each))) for each in thresholds]
    return ((0.0, 0.0), *shares)


def _bins(score: FloatArray, truth: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> tuple[tuple[float, float, int], ...]:
    place = np.minimum((score * BINS).astype(np.int64), BINS - 1)
    used = [place == each for each in range(BINS) if np.any(place == each)]
    return tuple((float(score[each].mean()), float(truth[each].mean()), int(each.sum())) for each in used)

"""What a search for head-count is measured against: every head-count, at one number of replications."""

from __future__ import annotations

import math
from collections.abc import Mapping

from simulations.sequential import FIRST_LOOK, half_width
from simulations.staffing import Question


def brute_force(question: Question, spread: Mapping[str, float]) -> int:
    """Replications of every head-count in the space, at the one number of them that tells met from missed as surely: the half-width of each
    limit's t test, with the spread (standard deviation) of its metric, is half its delta at an error of α over head-counts and limits."""
    every = math.prod(high - low + 1 for low, high in zip(question.space.lowest, question.space.highest, strict=True))
    error = (1 - question.confidence) / (every * len(question.limits))
    each = FIRST_LOOK
    while any(half_width(spread[limit.metric], each, error) > limit.delta / 2 for limit in question.limits):
        each += 1
    return every * each

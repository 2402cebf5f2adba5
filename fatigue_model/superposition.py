"""What is left of past contacts: impulses run through the modes that a person went through since, all at once.

Load is linear in its contacts, so each one's share of today's load can be told apart, a contact that is told late can be added and
one that was wrong taken out. Over a stretch the loads (A, B) of one point are multiplied by a lower triangular matrix with
a = e^(−aΔ) and b = e^(−bΔ) on its diagonal and the carried part below it; what is left at the end is the product of the later stretches.
For A alone this is the recovery clock u = Σ r·minutes/h_A[mode]: a contact has 2^−(u_now − u_then) of it left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fatigue_model.dynamics import MINUTE_S, FloatArray, acute_half_lives_min, advance
from fatigue_model.params import FatigueParams

IndexArray = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in one `Mode` under one set of parameters at recovery speed r; instants in seconds, `start_s` ≤ `end_s`."""

    start_s: float
    end_s: float
    mode: int
    params: FatigueParams
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of one point at the end, each ndarray of shape (n,): of acute load as acute and as carried, of carried load."""

    acute: FloatArray
    carried: FloatArray
    of_carried: FloatArray


class Passage:
    """Stretches that follow each other without a gap, the oldest first."""

    def __init__(self, stretches: Sequence[Stretch]) -> None:
        self.stretches = tuple(stretches)
        self._starts = np.array([each.start_s for each in self.stretches])
        self._ends = np.array([each.end_s for each in self.stretches])
        if np.any(self._starts[1:] != self._ends[:-1]) or np.any(self._starts > self._ends):
            raise ValueError("stretches: each must begin where the one before it ends, and not end before it begins")
        whole = self._through(np.arange(len(self.stretches)), self._ends - self._starts)
        self._after = _suffix_products(whole)

    def left(self, at_s: ArrayLike) -> Left:
        """What is left, at the end of the passage, of one point at each of the instants `at_s`, shape (n,).

        Raises ValueError for an instant outside of the passage; at its very end nothing has faded yet.
        """
        at = np.asarray(at_s, dtype=np.float64)
        if at.size == 0 or not self.stretches:
            return Left(np.ones(at.shape), np.zeros(at.shape), np.ones(at.shape))
        if np.any(at < self._starts[0]) or np.any(at > self._ends[-1]):
            raise ValueError("at_s must lie within the passage")
        index = np.searchsorted(self._starts, at, side="right") - 1
        acute, carried, of_carried = self._through(index, self._ends[index] - at)
        later_acute, later_carried, later_of_carried = self._after[:, index]
        return Left(acute * later_acute, acute * later_carried + carried * later_of_carried, of_carried * later_of_carried)

    def clock(self) -> FloatArray:
        """The recovery clock u at the end of each stretch, in half-lives since the start, shape (n_stretches,)."""
        spans = (self._ends - self._starts) / MINUTE_S
        rates = [each.speed / acute_half_lives_min(each.params)[each.mode] for each in self.stretches]
        return np.asarray(np.cumsum(spans * np.array(rates)))

    def _through(self, index: IndexArray, span_s: FloatArray) -> FloatArray:
        """One point after `span_s` seconds in each of the stretches of `index`, shape (3, n): as in `Left`."""
        found = np.empty((3, len(index)))
        params_of = [self.stretches[each].params for each in index.tolist()]
        for params in dict.fromkeys(params_of):
            mine = np.array([each is params or each == params for each in params_of])
            mode = np.array([self.stretches[each].mode for each in index[mine].tolist()])
            speed = np.array([self.stretches[each].speed for each in index[mine].tolist()])
            points = np.array([[1.0], [0.0]])
            acute, carried = advance(points, 1.0 - points, mode, span_s[mine], params, speed)
            found[:, mine] = acute[0], carried[0], carried[1]
        return found


def _suffix_products(through: FloatArray) -> FloatArray:
    """For each stretch, what one point at its end is at the end of all, shape (3, n)."""
    after = np.empty_like(through)
    acute, carried, of_carried = 1.0, 0.0, 1.0
    for index in range(through.shape[1] - 1, -1, -1):
        after[:, index] = acute, carried, of_carried
        stays, crosses, fades = (float(each) for each in through[:, index])
        acute, carried, of_carried = acute * stays, carried * stays + of_carried * crosses, of_carried * fades
    return after

"""What accounts have been through: each bad experience counts, less and less, for how their next contacts go."""

from __future__ import annotations

import numpy as np

from fatigue_model.dynamics import DAY_S
from router.agents import FloatArray, IntArray
from simulations.behaviour import Frustration


class Moods:
    """Of each account the number of bad experiences that still count. Mutable: the event loop adds to it.

    A probability p that rises by r for each becomes min(1, p (1 + r F)), F = Σ 2^(−age / half-life). It is compared with a number that was
    drawn beforehand, so that a scenario in which less goes wrong has the same contacts and fewer of them hard.
    """

    def __init__(self, accounts: int, settings: Frustration) -> None:
        self._settings, self._half_life_s = settings, settings.half_life_d * DAY_S
        self._level, self._as_of_s = [0.0] * accounts, [0.0] * accounts
        self.noted: list[tuple[float, int]] = []

    def worsen(self, account: int, now_s: float) -> None:
        """The account has had a bad experience."""
        self._level[account], self._as_of_s[account] = 1.0 + self.level(account, now_s), now_s
        self.noted.append((now_s, account))

    def level(self, account: int, now_s: float) -> float:
        """F: the bad experiences of an account, each as far as it still counts."""
        level = self._level[account]
        return level * 2.0 ** ((self._as_of_s[account] - now_s) / self._half_life_s) if level else 0.0

    def escalation(self, account: int, now_s: float) -> float:
        """What the probability to escalate is multiplied with."""
        return 1.0 + self._settings.escalation_rise * self.level(account, now_s)

    def repeat(self, account: int, now_s: float) -> float:
        """What the probability to come back is multiplied with."""
        return 1.0 + self._settings.repeat_rise * self.level(account, now_s)


def churn_rise(bad: IntArray, per_bad_experience: float) -> FloatArray:
    """How much likelier accounts are to leave after so many bad experiences, 0 … 1.

    Each alone makes them leave with probability q, so all of them with 1 − (1 − q)ⁿ. With q = .17 this is 61 % after five; PwC (2018)
    reports 17 % of US consumers after one and 59 % after "several".
    """
    return np.asarray(1.0 - (1.0 - per_bad_experience) ** bad)

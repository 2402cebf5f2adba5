"""A simulated cohort: agents with one shift on five weekdays, their contacts, breaks and loads, all through the model itself.

One shift 09:00–17:00 from Monday to Friday with breaks of 10, 30 and 10 min after 2, 4 and 6 h. At the queue contacts arrive as Poisson
processes: ordinary, 6 an hour; mild, 10 a day (Grandey 2004: 10 verbal aggressions a day); severe, ½ a day of gamma-distributed size
(shape 6, mean 1.5; 267 events of 48 workers in 10 days). Every contact has its own instant; between events the closed form is exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from fatigue_model.dynamics import DAY_S, MINUTE_S, FloatArray, Mode, advance
from fatigue_model.evidence.shift import SHIFT_S, BoolArray, People, arrivals, work
from fatigue_model.params import FatigueParams

NIGHT_S = DAY_S - SHIFT_S
WEEKEND_S, WEEK_S = 2 * DAY_S, 7 * DAY_S
WEEKDAYS = 5


@dataclass(frozen=True, slots=True)
class Days:
    """What happened on the shifts.

    A and B at the end of every minute and `severe`, who took a severe contact in that minute: each of shape (n_days, 480, n_agents).
    `opening` is A + ½·B at the start of a shift, `points` what was taken, `queue_s` and `above_s` the seconds at the queue and above the
    line there: each of shape (n_days, n_agents).
    """

    acute: FloatArray
    carried: FloatArray
    severe: BoolArray
    opening: FloatArray
    points: FloatArray
    queue_s: FloatArray
    above_s: FloatArray

    @property
    def load(self) -> FloatArray:
        """x = A + ½·B by minute, what a check-in asks about; shape (n_days, 480, n_agents)."""
        return self.acute + 0.5 * self.carried

    def above_line(self) -> float:
        """The share of queue time above the line."""
        return float(self.above_s.sum() / self.queue_s.sum())

    def since(self, week: int) -> Days:
        """The same without the weeks before `week`."""
        return Days(*(getattr(self, name)[week * WEEKDAYS :] for name in self.__slots__))


def simulate(
    chance: np.random.Generator,
    agents: int,
    weeks: int,
    params: FatigueParams,
    exposure: float | FloatArray = 1.0,
    sensitivity: float | FloatArray = 1.0,
    speed: float | FloatArray = 1.0,
    mandatory_break_min: float = 0.0,
    weeks_off_after: Mapping[int, int] = MappingProxyType({}),
) -> Days:
    """Weeks of work from rest.

    `exposure` is as in `arrivals`, `sensitivity` and `speed` are as in `People`, `mandatory_break_min` is as in `work`; `weeks_off_after`
    gives the weeks of vacation after a week of work, counted from 0. Equal chance and exposure give equal arrivals, whatever the loads.
    """
    people = People(sensitivity, speed)
    acute, carried = np.zeros(agents), np.zeros(agents)
    opening, shifts = [], []
    for week in range(weeks):
        for weekday in range(WEEKDAYS):
            opening.append(acute + 0.5 * carried)
            shift = work(acute, carried, arrivals(chance, agents, params, exposure), params, people, mandatory_break_min * MINUTE_S)
            shifts.append(shift)
            off_s = NIGHT_S + (WEEKEND_S + weeks_off_after.get(week, 0) * WEEK_S if weekday == WEEKDAYS - 1 else 0.0)
            acute, carried = advance(shift.acute[-1], shift.carried[-1], int(Mode.OFF), off_s, params, speed)
    stacked = {
        name: np.stack([getattr(each, name) for each in shifts]) for name in ("acute", "carried", "severe", "points", "queue_s", "above_s")
    }
    return Days(opening=np.stack(opening), **stacked)

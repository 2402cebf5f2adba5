"""A simulated cohort: agents with one shift on five weekdays, their contacts, breaks and loads, all through the model itself.

One shift 09:00–17:00 from Monday to Friday with breaks of 10, 30 and 10 min after 2, 4 and 6 h. At the queue contacts arrive as Poisson
processes: ordinary, 6 an hour; mild, 10 a day (Grandey 2004: 10 verbal aggressions a day); severe, ½ a day of gamma-distributed size
(shape 6, mean 1.5; 267 events of 48 workers in 10 days). Every contact has its own instant; between events the closed form is exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np

from fatigue_model.dynamics import DAY_S, MINUTE_S, FloatArray, IntArray, Mode, advance
from fatigue_model.evidence.shift import SHIFT_MIN, SHIFT_S, BoolArray, People, Shift, arrivals, work
from fatigue_model.params import FatigueParams

NIGHT_S = DAY_S - SHIFT_S
WEEKEND_S, WEEK_S = 2 * DAY_S, 7 * DAY_S
WEEKDAYS = 5


@dataclass(frozen=True)
class Days:
    """What happened on the shifts, computed when it is first asked for. `opening` is A + ½·B at the start of each, (n_days, n_agents)."""

    opening: FloatArray
    shifts: tuple[Shift, ...]

    @cached_property
    def acute(self) -> FloatArray:
        """A at the end of every minute, shape (n_days, 480, n_agents)."""
        return np.stack([each.acute for each in self.shifts])

    @cached_property
    def carried(self) -> FloatArray:
        """B at the end of every minute, shape (n_days, 480, n_agents)."""
        return np.stack([each.carried for each in self.shifts])

    @cached_property
    def severe(self) -> BoolArray:
        """Who took a severe contact in a minute, shape (n_days, 480, n_agents)."""
        return np.stack([each.severe for each in self.shifts])

    @cached_property
    def points(self) -> FloatArray:
        """What was taken, shape (n_days, n_agents)."""
        return np.stack([each.points for each in self.shifts])

    @cached_property
    def queue_s(self) -> FloatArray:
        """Seconds at the queue, shape (n_days, n_agents)."""
        return np.stack([each.queue_s for each in self.shifts])

    @property
    def load(self) -> FloatArray:
        """x = A + ½·B by minute, what a check-in asks about; shape (n_days, 480, n_agents)."""
        return self.acute + 0.5 * self.carried

    def load_at(self, minute: IntArray) -> FloatArray:
        """x at the end of some minutes, counted from 0 over all shifts: of shape (n, n_agents), as is `minute`."""
        day, within = np.divmod(minute, SHIFT_MIN)
        found = np.empty(minute.shape)
        for number, shift in enumerate(self.shifts):
            row, who = np.nonzero(day == number)
            acute, carried = shift.loads_at(within[row, who], who)
            found[row, who] = acute + 0.5 * carried
        return found

    def above_line(self) -> float:
        """The share of queue time above the line."""
        return float(np.stack([each.above_s for each in self.shifts]).sum() / self.queue_s.sum())

    def since(self, week: int) -> Days:
        """The same without the weeks before `week`."""
        return Days(self.opening[week * WEEKDAYS :], self.shifts[week * WEEKDAYS :])


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
    opening, shifts = list[FloatArray](), list[Shift]()
    for week in range(weeks):
        for weekday in range(WEEKDAYS):
            opening.append(acute + 0.5 * carried)
            shift = work(acute, carried, arrivals(chance, agents, params, exposure), params, people, mandatory_break_min * MINUTE_S)
            shifts.append(shift)
            off_s = NIGHT_S + (WEEKEND_S + weeks_off_after.get(week, 0) * WEEK_S if weekday == WEEKDAYS - 1 else 0.0)
            acute, carried = advance(shift.events.acute[-1], shift.events.carried[-1], int(Mode.OFF), off_s, params, speed)
    return Days(np.stack(opening), tuple(shifts))

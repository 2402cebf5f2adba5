"""The agents of a team as a structure of arrays, one column each, sorted by id; owned and changed in place by the fold."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fatigue_model.dynamics import BREAK, DAY_S, Floats, Mode, advance, line
from fatigue_model.params import FatigueParams
from router.changes import Changes
from router.domain import CHANNELS, Status
from router.errors import Unknown
from router.person import Entry, Person
from router.profiles import Profiles

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

POINTS_KEPT_D = 31
FAIRNESS_D = 30
AGES_S = 100 * 365 * DAY_S  # before anybody's first instant, where there is no load that could fade
MODE_OF_STATUS = np.array([Mode.OFF, Mode.BREAK, Mode.BACK_OFFICE, Mode.QUEUE], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Loads:
    """Loads of all agents as of one instant: A, B and the line θ, each ndarray of shape (n_agents,), in points."""

    acute: FloatArray
    carried: FloatArray
    line: FloatArray


# column: (kind, value of a new agent); the state's checkpoint writes the same columns
COLUMNS: dict[str, tuple[type, float]] = {
    "status": (np.int64, Status.OFFLINE),
    "status_s": (np.float64, -math.inf),
    "acute": (np.float64, 0.0),
    "carried": (np.float64, 0.0),
    "own_acute": (np.float64, 0.0),
    "own_carried": (np.float64, 0.0),
    "speed": (np.float64, 1.0),
    "eased_s": (np.float64, -math.inf),
    "as_of_s": (np.float64, -math.inf),
    "pending_s": (np.float64, math.inf),
    "break_start_s": (np.float64, math.inf),
    "break_end_s": (np.float64, math.inf),
    "rest_from_s": (np.float64, math.inf),
    "cover_s": (np.float64, math.inf),
    "absent_since_s": (np.float64, -math.inf),
    "returned_s": (np.float64, -math.inf),
    "ramp_ref_s": (np.float64, -math.inf),
    "ramp_count": (np.int64, 0),
    "streak": (np.int64, 0),
    "streak_s": (np.float64, -math.inf),
    "last_break_s": (np.float64, -math.inf),
    "hot_open": (np.int64, 0),
    "hot_s": (np.float64, -math.inf),
    "hard_open": (np.int64, 0),
    "live_open": (np.int64, 0),
    "booked_milli": (np.int64, 0),
    "debrief_until_s": (np.float64, -math.inf),
}


class Agents:
    """Columns over agents (`COLUMNS`, plus `limits` and `open` of shape (n, channels)); row order is id order."""

    status: IntArray
    status_s: FloatArray
    acute: FloatArray
    carried: FloatArray
    own_acute: FloatArray
    own_carried: FloatArray
    speed: FloatArray
    eased_s: FloatArray
    as_of_s: FloatArray
    pending_s: FloatArray
    break_start_s: FloatArray
    break_end_s: FloatArray
    rest_from_s: FloatArray
    cover_s: FloatArray
    absent_since_s: FloatArray
    returned_s: FloatArray
    ramp_ref_s: FloatArray
    ramp_count: IntArray
    streak: IntArray
    streak_s: FloatArray
    last_break_s: FloatArray
    hot_open: IntArray
    hot_s: FloatArray
    hard_open: IntArray
    live_open: IntArray
    booked_milli: IntArray
    debrief_until_s: FloatArray

    def __init__(self) -> None:
        self.people: list[Person] = []
        self.past_params: list[tuple[float, FatigueParams]] = []
        self.row: dict[str, int] = {}
        self.limits: IntArray = np.zeros((0, len(CHANNELS)), dtype=np.int64)
        self.open: IntArray = np.zeros((0, len(CHANNELS)), dtype=np.int64)
        for name, (kind, _) in COLUMNS.items():
            setattr(self, name, np.zeros(0, dtype=kind))
        self.profiles = Profiles(self.people)
        self._daily: FloatArray = np.zeros(0)
        self._daily_as_of: int | None = None
        self._daily_stale: set[int] = set()
        self.changes: Changes | None = None  # see `TeamState.watch`

    def __len__(self) -> int:
        return len(self.people)

    def known_row(self, agent_id: str) -> int:
        """The row of an agent; raises `Unknown` where the team has none of that id."""
        row = self.row.get(agent_id)
        if row is None:
            raise Unknown("/agent_id", f"agent {agent_id!r} is not known; PUT the agent first")
        return row

    def put(self, person: Person, concurrency: tuple[int, ...]) -> int:
        """Add an agent, or replace the profile of a known one; returns the row."""
        row = self.row.get(person.id)
        if row is None:
            row = sum(1 for other in self.people if other.id < person.id)
            self.people.insert(row, person)
            self.row = {each.id: index for index, each in enumerate(self.people)}
            for name, (_, value) in COLUMNS.items():
                setattr(self, name, np.insert(getattr(self, name), row, value))
            self.limits = np.insert(self.limits, row, concurrency, axis=0)
            self.open = np.insert(self.open, row, 0, axis=0)
        else:
            self.people[row] = person
            self.limits[row] = concurrency
        self.forget_caches()
        return row

    def remove(self, agent_id: str) -> None:
        """Take a known agent out."""
        row = self.row[agent_id]
        del self.people[row]
        self.row = {each.id: index for index, each in enumerate(self.people)}
        for name in (*COLUMNS, "limits", "open"):
            setattr(self, name, np.delete(getattr(self, name), row, axis=0))
        self.forget_caches()

    def touch(self, row: int, entry: Entry) -> None:
        """An entry of an agent's ledger came, changed or went."""
        if self.changes is not None:
            self.changes.touch_day(self.people[row].id, entry.utc_day)

    def forget_caches(self) -> None:
        """Drop what is derived from profiles and paces; it is made again when asked for."""
        self.profiles = Profiles(self.people)
        self._daily, self._daily_as_of = np.zeros(len(self.people)), None

    def record_points(self, row: int, points: float, day: int) -> None:
        """Add to an agent's raw points of a day that they worked, or take away; days before the last `POINTS_KEPT_D` are dropped."""
        by_day = self.people[row].points_by_day
        new = day not in by_day
        by_day[day] = by_day.get(day, 0.0) + points
        if new:
            oldest = max(by_day) - POINTS_KEPT_D
            for old in [each for each in by_day if each < oldest]:
                del by_day[old]
        self._daily_stale.add(row)

    def daily_points(self, now_s: float) -> FloatArray:
        """Raw points per day worked over the last 30 days, shape (n_agents,), so that who works fewer days is not owed more; 0 for who
        had no contact."""
        today = int(now_s // DAY_S)
        rows = range(len(self.people)) if today != self._daily_as_of else self._daily_stale
        for row in rows:
            # where the sun rises first it is tomorrow
            points = [each for day, each in self.people[row].points_by_day.items() if today - FAIRNESS_D < day <= today + 1]
            self._daily[row] = max(0.0, sum(points)) / len(points) if points else 0.0
        self._daily_as_of, self._daily_stale = today, set()
        return self._daily

    def ramp_start_s(self, now_s: float) -> FloatArray:
        """When each agent last came to work, shape (n_agents,): from an absence, from the last break that is over, or with their shift."""
        rested = np.where(self.break_end_s <= now_s, self.break_end_s, -math.inf)
        return np.maximum(np.maximum(self.returned_s, rested), self.profiles.shift_began_s(now_s))

    def came_s(self, row: int, now_s: float) -> float:
        """The same of one agent."""
        rested_s = self.break_end_s.item(row)
        came_s = max(self.returned_s.item(row), self.profiles.shift_began_s(now_s).item(row))
        return max(came_s, rested_s) if rested_s <= now_s else came_s

    def covering(self, now_s: float) -> BoolArray:
        """Whose break waits for nothing but cover, shape (n_agents,): until it begins they take what is routine."""
        return (self.cover_s <= now_s) & (now_s < self.break_start_s)

    def project(self, now_s: float, params: FatigueParams) -> Loads:
        """The population's loads of all agents as of `now_s`, through any break in between, without changing anything."""
        return self._projected(self.acute, self.carried, now_s, params, 1.0)

    def project_own(self, now_s: float, params: FatigueParams) -> Loads:
        """The same at everybody's own g and r."""
        return self._projected(self.own_acute, self.own_carried, now_s, params, self.speed)

    def _projected(self, acute: FloatArray, carried: FloatArray, now_s: float, params: FatigueParams, speed: Floats) -> Loads:
        start = np.minimum(np.maximum(self.as_of_s, now_s - AGES_S), now_s)
        begin = np.minimum(np.maximum(np.where(self.break_end_s > start, self.break_start_s, now_s), start), now_s)
        mode = MODE_OF_STATUS[self.status]
        acute, carried = advance(acute, carried, mode, begin - start, params, speed)
        rested = (begin < now_s).nonzero()[0]
        if rested.size:  # who was on a break meanwhile, and those of them who are back
            end = np.minimum(self.break_end_s[rested], now_s)
            self._advance(acute, carried, rested, BREAK, end - begin[rested], params, speed)
            back = rested[end < now_s]
            if back.size:
                self._advance(acute, carried, back, mode[back], now_s - self.break_end_s[back], params, speed)
        return Loads(acute, carried, line(carried, params))

    def _advance(
        self,
        acute: FloatArray,
        carried: FloatArray,
        rows: IntArray,
        mode: int | IntArray,
        span_s: FloatArray,
        params: FatigueParams,
        speed: Floats,
    ) -> None:
        """Advance the loads of some agents, in place."""
        own = speed if isinstance(speed, float) else speed[rows]
        acute[rows], carried[rows] = advance(acute[rows], carried[rows], mode, span_s, params, own)

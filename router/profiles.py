"""What is derived from everybody's profiles and kept: skills, languages, shifts, whose pace is their own, who listens in debriefs."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from fatigue_model.dynamics import FloatArray, IntArray
from router.person import Person
from router.shifts import began_s, rested_s, window

BoolArray = NDArray[np.bool_]


class Profiles:
    """Columns over `people`, each made when it is asked for. Of profiles as they are: where one changes, there must be a new object."""

    def __init__(self, people: list[Person]) -> None:
        self.people, n = people, len(people)
        self._skill_levels: dict[str, IntArray] = {}
        self._speakers: dict[str, BoolArray] = {}
        self._lacking: dict[tuple[tuple[str, ...], int], BoolArray] = {}
        self._levels_off: dict[tuple[tuple[str, ...], int], FloatArray] = {}
        self._personal: BoolArray | None = None
        self._any_personal = False
        self._willing: tuple[int, ...] | None = None
        self._shift_on: BoolArray = np.ones(n, dtype=np.bool_)
        self._shift_began_s: FloatArray = np.full(n, -math.inf)
        self._rested_s: FloatArray = np.full(n, -math.inf)
        self._rested_least_s, self._rested_stale = math.nan, set[int]()
        self._shift_from_s: FloatArray = np.full(n, math.inf)
        self._shift_until_s: FloatArray = np.full(n, -math.inf)
        self._shifts_from_s, self._shifts_until_s = math.inf, -math.inf  # the span in which nobody's changes

    def skill_levels(self, skill: str) -> IntArray:
        """Level 0–5 of every agent in `skill`, shape (n_agents,)."""
        if skill not in self._skill_levels:
            self._skill_levels[skill] = np.array([person.skills.get(skill, 0) for person in self.people], dtype=np.int64)
        return self._skill_levels[skill]

    def lacking(self, skills: tuple[str, ...], level: int) -> BoolArray:
        """Who has one of `skills` below `level`, shape (n_agents,); not to be changed."""
        key = skills, level
        if key not in self._lacking:
            below = [self.skill_levels(name) < level for name in skills]
            self._lacking[key] = np.logical_or.reduce([np.zeros(len(self.people), dtype=np.bool_), *below])
        return self._lacking[key]

    def unable(self, skills: tuple[str, ...], language: str | None) -> BoolArray:
        """Who could not do it by skill, at any level, or language, shape (n_agents,); not to be changed."""
        unskilled = self.lacking(skills, 1)
        return unskilled if language is None else unskilled | ~self.speakers(language)

    def levels_off(self, skills: tuple[str, ...], level: int) -> FloatArray:
        """Levels below `level` and half of those above it, of all `skills` together, shape (n_agents,); not to be changed."""
        key = skills, level
        if key not in self._levels_off:
            levels = [self.skill_levels(name) for name in skills]
            off = (np.maximum(level - each, 0) + 0.5 * np.maximum(each - level, 0) for each in levels)
            self._levels_off[key] = sum(off, np.zeros(len(self.people)))
        return self._levels_off[key]

    def speakers(self, language: str) -> BoolArray:
        """Who speaks `language`, shape (n_agents,)."""
        if language not in self._speakers:
            self._speakers[language] = np.array([language in person.languages for person in self.people], dtype=np.bool_)
        return self._speakers[language]

    def shift_windows(self, now_s: float) -> tuple[BoolArray, FloatArray]:
        """Who is on shift at `now_s`, and the instant at which that changes for each."""
        if not self._shifts_from_s <= now_s < self._shifts_until_s:
            for row in np.flatnonzero((now_s >= self._shift_until_s) | (now_s < self._shift_from_s)):
                person = self.people[row]
                self._shift_on[row], self._shift_until_s[row] = window(person.shifts, person.time_zone, now_s)
                self._shift_began_s[row] = began_s(person.shifts, person.time_zone, now_s)
                self._shift_from_s[row] = now_s
                self._rested_stale.add(int(row))
            self._shifts_from_s = float(self._shift_from_s.max(initial=-math.inf))
            self._shifts_until_s = float(self._shift_until_s.min(initial=math.inf))
        return self._shift_on, self._shift_until_s

    def rested_s(self, now_s: float, least_s: float) -> FloatArray:
        """Up to when what each agent had ended was followed by time off shift of `least_s` or longer that is over, shape (n_agents,); minus
        infinity where none was. Not to be changed."""
        self.shift_windows(now_s)
        for row in self._rested_stale if least_s == self._rested_least_s else range(len(self.people)):
            person = self.people[row]
            self._rested_s[row] = rested_s(person.shifts, person.time_zone, now_s, least_s)
        self._rested_least_s, self._rested_stale = least_s, set()
        return self._rested_s

    def shift_began_s(self, now_s: float) -> FloatArray:
        """When the shift began that each agent is on, shape (n_agents,); minus infinity outside of shifts."""
        self.shift_windows(now_s)
        return self._shift_began_s

    @property
    def personal(self) -> BoolArray:
        """Whose own loads are not the population's, shape (n_agents,); not to be changed."""
        if self._personal is None:
            self._personal = np.array([bool(person.paces) for person in self.people], dtype=np.bool_)
            self._any_personal = bool(self._personal.any())
        return self._personal

    @property
    def any_personal(self) -> bool:
        """Whether anybody's own loads are not the population's."""
        return bool(self.personal.size) and self._any_personal

    @property
    def willing(self) -> tuple[int, ...]:
        """Rows of those who opted in to debriefs."""
        if self._willing is None:
            self._willing = tuple(row for row, person in enumerate(self.people) if person.debrief_opt_in)
        return self._willing

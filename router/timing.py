"""When something changes by itself: the next instant at which a decision or a recovery could be different without a new event."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np

from fatigue_model.dynamics import DAY_S, UNKNOWN, Mode, account_factor, advance, line, memory_now
from router import automation, debrief, streak
from router.agents import MODE_OF_STATUS, BoolArray, FloatArray, IntArray
from router.booking import MILLI
from router.domain import ONLINE
from router.state import TeamState
from router.waiting import late, whole_queue_at

NOT_BEFORE_S = 1e-3
HORIZON_S = 30 * DAY_S
PEAK_STEPS = 16
HALVINGS = 4  # 15 instants cost little more than one
# whether by each of some instants something has changed; one by one it is told up to the first by which it has
Changed = Callable[[FloatArray], BoolArray]


def next_change_s(state: TeamState, now_s: float, until_s: float = math.inf, more_points: FloatArray | None = None) -> float:
    """The next instant after `now_s` at which time alone changes something; infinity where nothing will.

    Never late by more than a thousandth of a second, and at the instant itself the change has come. Whoever looks again at `until_s`
    anyway says so: what is returned for a change that comes after it is then no more than some instant after it. `more_points`, shape
    (n_agents,), is what agents will have booked now beyond what the state knows.
    """
    fixed_s = min((max(each, now_s + NOT_BEFORE_S) for each in _fixed(state, now_s) if each > now_s), default=math.inf)
    if not len(state.agents):
        return fixed_s
    loads = _Loads(state, now_s, more_points)
    pair = debrief.possible(state, now_s)
    fading = ((loads.duty(), HALVINGS), (loads.room(), HALVINGS), (loads.pressure(), 1), (pair and _one_by_one(pair), 1))
    horizon_s = min(fixed_s, now_s + HORIZON_S)
    return min([fixed_s, *(_first(changed, at_once, now_s, horizon_s, until_s) for changed, at_once in fading if changed)])


def _fixed(state: TeamState, now_s: float) -> Iterator[float]:
    """Instants that are known beforehand; of those of agents the first."""
    agents = state.agents
    columns = [agents.break_start_s, agents.break_end_s, agents.eased_s, agents.debrief_until_s]
    if state.waiting:
        columns += [*_while_waiting(state, now_s), *_of_waiting(state, now_s)]
    instants = np.concatenate(columns)
    yield float(instants[instants > now_s].min(initial=math.inf))
    timeout_s = state.policy.automation.timeout_s
    yield from (state.tickets[each].since_s + timeout_s for each in state.automated)
    yield from debrief.instants(state, now_s)
    offered = (state.tickets[each].offer_expires_s for each in state.offered)
    yield from (each for each in offered if each is not None)


def _of_waiting(state: TeamState, now_s: float) -> list[FloatArray]:
    """Instants that matter only to tickets in the queue: bounds on waiting and holding, renewals, and when exclusions run out."""
    rows, agents = whole_queue_at(state, now_s).rows, state.agents
    # a live one would not end any more before the break of who waits for cover
    ends_s = np.subtract.outer(agents.break_start_s[np.isfinite(agents.cover_s)], rows["live_s"][rows["live_s"] >= 0])
    exclusions_s = np.array([each for _, each in state.exclusions.values() if each is not None], dtype=np.float64)
    # the account is at risk through the whole day
    return [rows["overdue_s"], rows["hold_ends_s"], rows["renewed_s"] + NOT_BEFORE_S, ends_s.ravel() + NOT_BEFORE_S, exclusions_s]


def _while_waiting(state: TeamState, now_s: float) -> list[FloatArray]:
    """Instants of agents that matter only while a ticket waits: when a break waits for nothing but cover and when it has had its minimum,
    shifts, ramps, time alone with a hot ticket; each of shape (n_agents,)."""
    agents, policy = state.agents, state.policy
    least_s = agents.rest_from_s + policy.break_min_s
    return [
        agents.cover_s,
        np.where(least_s < agents.break_end_s, least_s, math.inf),
        agents.profiles.shift_windows(now_s)[1],
        agents.ramp_start_s(now_s) + policy.ramp_in.window_s + NOT_BEFORE_S,  # past the end however the sum is rounded
        np.where(agents.hot_open > 0, agents.hot_s + policy.hot_alone_s + NOT_BEFORE_S, -math.inf),
    ]


class _Loads:
    """The loads of all agents from `now_s` on, while nobody's mode changes."""

    def __init__(self, state: TeamState, now_s: float, more_points: FloatArray | None) -> None:
        agents = state.agents
        self.state, self.now_s, self.queue = state, now_s, whole_queue_at(state, now_s)
        self.booked = agents.booked_milli / MILLI + (0.0 if more_points is None else more_points)
        here = agents.project(now_s, state.params)
        self.acute, self.carried = here.acute, here.carried
        self.own = agents.project_own(now_s, state.params) if agents.profiles.any_personal else here
        self.over: BoolArray = self.own.acute > self.own.line
        unfinished = agents.break_end_s > now_s
        self.resting: BoolArray = (agents.break_start_s <= now_s) & unfinished
        self.busy: BoolArray = (agents.pending_s <= now_s) & unfinished
        if state.waiting:
            self.busy &= ~(self.resting & (now_s >= agents.rest_from_s + state.policy.break_min_s))
            self.busy &= ~agents.covering(now_s)
        self.mode = np.where(self.resting, int(Mode.BREAK), MODE_OF_STATUS[agents.status])
        self._roomy: dict[tuple[int, bool], IntArray] = {}

    def duty(self) -> Changed | None:
        """Whether by some instant somebody has come below the line, or above it, which a falling line can do."""
        params, own, speed = self.state.params, self.own, self.state.agents.speed
        acute, carried = advance(own.acute, own.carried, self.mode, 1.0, params, speed)
        rising = acute * own.line > own.acute * line(carried, params)
        rows = np.flatnonzero((self.over | rising) & ~self.busy)
        if not rows.size:
            return None
        before = self.over[rows]

        def changed(at_s: FloatArray) -> BoolArray:
            span_s = at_s[:, np.newaxis] - self.now_s
            acute, carried = advance(own.acute[rows], own.carried[rows], self.mode[rows], span_s, params, speed[rows])
            found: BoolArray = ((acute > line(carried, params)) != before).any(axis=1)
            return found

        return changed

    def room(self) -> Changed | None:
        """Whether by some instant the load leaves somebody room for a waiting ticket that it keeps from them now."""
        if not len(self.queue):
            return None
        params, waits = self.state.params, self.queue.rows
        in_row = waits["hard"] & ~late(waits, self.now_s)
        kind = 4 * waits["channel"] + 2 * waits["hard"] + in_row
        alike = (((kind == each).nonzero()[0], each // 4, each % 4 >= 2, each % 2 == 1) for each in np.unique(kind).tolist())
        found = [each for tickets in alike for each in self._kept_off(*tickets) if each.size]
        if not found:
            return None
        rows, points_each, memory, memory_s, booked = np.concatenate(found, axis=1)
        who = rows.astype(np.int64)

        def changed(at_s: FloatArray) -> BoolArray:
            then_s = at_s[:, np.newaxis]
            acute, carried = advance(self.acute[who], self.carried[who], self.mode[who], then_s - self.now_s, params)
            demand = points_each * account_factor(memory_now(memory, np.maximum(0.0, then_s - memory_s), params), params)
            found: BoolArray = (acute + booked + demand <= params.load_bound_ratio * line(carried, params)).any(axis=1)
            return found

        return changed

    def pressure(self) -> Changed | None:
        """Whether by some instant the team's load has come to open automation to a waiting ticket; it rises by itself where lines fall.

        Each agent's A/θ rises at most once and then falls for good: where nobody's rises, the team's never will.
        """
        state, params = self.state, self.state.params
        if not np.count_nonzero(self.queue.rows["opens"]):
            return None
        here = automation.at_work(state, self.now_s)
        acute, carried, mode = self.acute[here], self.carried[here], self.mode[here]

        def ratios(after_s: FloatArray) -> FloatArray:
            left, carry = advance(acute, carried, mode, after_s[:, np.newaxis], params)
            return np.asarray(left / line(carry, params))

        now, soon = ratios(np.array([0.0, 1.0]))
        if not np.any(soon > now) or automation.is_high(state, float(now.mean())):
            return None

        def changed(at_s: float) -> bool:
            steps_s = np.linspace(0.0, at_s - self.now_s, PEAK_STEPS + 1)[1:]
            return automation.is_high(state, float(ratios(steps_s).mean(axis=1).max()))

        return _one_by_one(changed)

    def _kept_off(self, places: IntArray, column: int, hard: bool, in_row: bool) -> Iterator[FloatArray]:
        """Whom the bound on load alone may keep from tickets of a kind, those in some rows of the queue: arrays of shape (5, n) of row,
        points, memory and its instant, and what is booked.

        Of the tickets of accounts that somebody does not remember, the lightest that is kept from them is the next to fit.
        """
        params, queue, who = self.state.params, self.queue, self._with_room(column, in_row)
        booked = self.booked[who] if hard else np.zeros(who.size)
        before, limit = self.acute[who] + booked, params.load_bound_ratio * line(self.carried[who], params)
        points, met = queue.rows["points"][places], queue.rows["met"][places].nonzero()[0]
        distinct, alike, many = np.unique(points, return_inverse=True, return_counts=True)  # the lightest first; few, however many wait
        unknown = np.broadcast_to(many[:, np.newaxis], (distinct.size, who.size))  # of so many of each somebody remembers no account
        if met.size:
            memories = [queue.memory[place] for place in places[met].tolist()]
            index, (row, memory, memory_s) = np.repeat(met, [len(each) for each in memories]), np.concatenate(memories).T
            place = np.full(len(self.acute), -1)
            place[who] = np.arange(who.size)
            at = place[row.astype(np.int64)]
            index, at, memory, memory_s = (each[at >= 0] for each in (index, at, memory, memory_s))
            unknown = unknown - np.bincount(alike[index] * who.size + at, minlength=unknown.size).reshape(unknown.shape)
            demand = points[index] * account_factor(memory_now(memory, np.maximum(0.0, self.now_s - memory_s), params), params)
            yield np.array([who[at], points[index], memory, memory_s, booked[at]])[:, before[at] + demand > limit[at]]
        kept = (unknown > 0) & (before + distinct[:, np.newaxis] * UNKNOWN > limit)
        some = np.flatnonzero(kept.any(axis=0))
        lightest, none = distinct[kept[:, some].argmax(axis=0)], np.zeros(some.size)
        yield np.array([who[some], lightest, none, none + self.now_s, booked[some]])

    def _with_room(self, column: int, in_row: bool) -> IntArray:
        """The rows of who is there and has a free place on a channel; `in_row`: and in their row of hard contacts."""
        if (column, in_row) not in self._roomy:
            agents = self.state.agents
            there = (agents.status == ONLINE) & agents.profiles.shift_windows(self.now_s)[0] & ~self.busy
            if in_row:
                there &= streak.in_row(self.state, self.now_s) < self.state.policy.hard_streak_max
            self._roomy[column, in_row] = np.flatnonzero(there & (agents.open[:, column] < agents.limits[:, column]))
        return self._roomy[column, in_row]


def _one_by_one(changed: Callable[[float], bool]) -> Changed:
    """Asked of one instant after the other, up to the first one by which something has changed."""

    def first(at_s: FloatArray) -> BoolArray:
        found = np.zeros(at_s.shape, dtype=np.bool_)
        index = next((index for index, each in enumerate(at_s.tolist()) if changed(each)), None)
        if index is not None:
            found[index] = True
        return found

    return first


def _first(changed: Changed, at_once: int, now_s: float, horizon_s: float, until_s: float) -> float:
    """The first instant up to `horizon_s`, to a thousandth of a second, by which something has changed; infinity where nothing has, and
    perhaps where nothing has by `until_s`. For `at_once` halvings of what is left every instant is looked at in one go."""
    instants, step_s = [min(now_s + 1.0, horizon_s)], 1.0
    while instants[-1] < min(horizon_s, until_s):
        step_s *= 2
        instants.append(min(now_s + step_s, horizon_s))
    found = changed(np.array(instants))
    if not found.any():
        return math.inf
    index = int(found.argmax())
    before_s, after_s = instants[index - 1] if index else now_s, instants[index]
    while after_s - before_s > NOT_BEFORE_S and before_s < until_s:
        edges = [before_s, after_s]
        for _ in range(at_once):
            edges = [each for low, high in pairwise(edges) for each in (low, (low + high) / 2)] + [after_s]
        past, low, high = changed(np.array(edges[1:-1])).tolist(), 0, len(edges) - 1
        while high - low > 1 and edges[high] - edges[low] > NOT_BEFORE_S and edges[low] < until_s:
            middle = (low + high) // 2
            low, high = (low, middle) if past[middle - 1] else (middle, high)
        before_s, after_s = edges[low], edges[high]
    return max(after_s, now_s + NOT_BEFORE_S)

"""When something changes by itself: the next instant at which a decision or a recovery could be different without a new event."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

from fatigue_model.dynamics import DAY_S, Mode, account_factor, advance, line, memory_now
from router import automation, debrief
from router.agents import MODE_OF_STATUS, BoolArray, FloatArray
from router.domain import Status, Ticket, channel_index
from router.state import TeamState, exposure
from router.waiting import hold_ends_s, overdue_s

NOT_BEFORE_S = 1e-3
HORIZON_S = 30 * DAY_S
PEAK_STEPS = 16


def next_change_s(state: TeamState, now_s: float, until_s: float = math.inf) -> float:
    """The next instant after `now_s` at which time alone changes something; infinity where nothing will.

    Never late by more than a thousandth of a second, and at the instant itself the change has come. Whoever looks again at `until_s`
    anyway says so, and is told of a change after that as of none or of another one after that.
    """
    fixed_s = min((max(each, now_s + NOT_BEFORE_S) for each in _fixed(state, now_s) if each > now_s), default=math.inf)
    if not len(state.agents):
        return fixed_s
    loads = _Loads(state, now_s)
    fading = (loads.duty(), loads.room(), loads.pressure(), debrief.possible(state, now_s))
    horizon_s = min(fixed_s, now_s + HORIZON_S)
    return min([fixed_s, *(_first(changed, now_s, horizon_s, until_s) for changed in fading if changed)])


def _fixed(state: TeamState, now_s: float) -> Iterator[float]:
    """Instants that are known beforehand."""
    agents = state.agents
    for column in (agents.break_start_s, agents.break_end_s):
        yield float(column[column > now_s].min(initial=math.inf))
    timeout_s = state.policy.automation.timeout_s
    yield from (state.tickets[each].since_s + timeout_s for each in state.automated)
    yield from debrief.instants(state, now_s)
    offered = (state.tickets[each].offer_expires_s for each in state.offered)
    yield from (each for each in offered if each is not None)
    if state.waiting and len(agents):
        yield from _while_waiting(state, now_s)


def _while_waiting(state: TeamState, now_s: float) -> Iterator[float]:
    """Instants that matter only to tickets in the queue: bounds on waiting and holding, renewals, shifts, ramps, exclusions, and when a
    break has had its minimum."""
    agents, policy = state.agents, state.policy
    for ticket_id in state.waiting:
        ticket = state.tickets[ticket_id]
        yield overdue_s(state, ticket)
        if ticket.skills:
            yield hold_ends_s(state, ticket)
        renewal_s = state.accounts[ticket.account_id].renewal_s
        if renewal_s is not None:
            yield renewal_s + DAY_S + NOT_BEFORE_S  # the account is at risk through the whole day
    least_s = agents.rest_from_s + policy.break_min_s
    yield float(least_s[(least_s > now_s) & (least_s < agents.break_end_s)].min(initial=math.inf))
    _, until = agents.shift_windows(now_s)
    yield float(until[until > now_s].min(initial=math.inf))
    starts = np.maximum(agents.returned_s, np.where(agents.break_end_s <= now_s, agents.break_end_s, -math.inf))
    ends = starts + policy.ramp_in.window_s + NOT_BEFORE_S  # past the end however the sum is rounded
    yield float(ends[ends > now_s].min(initial=math.inf))
    alone = np.where(agents.hot_open > 0, agents.hot_s + policy.hot_alone_s + NOT_BEFORE_S, -math.inf)
    yield float(alone[alone > now_s].min(initial=math.inf))
    yield from (expires_s for _, expires_s in state.exclusions.values() if expires_s is not None)
    yield float(agents.eased_s[agents.eased_s > now_s].min(initial=math.inf))


class _Loads:
    """The loads of all agents from `now_s` on, while nobody's mode changes."""

    def __init__(self, state: TeamState, now_s: float) -> None:
        agents = state.agents
        self.state, self.now_s = state, now_s
        here = agents.project(now_s, state.params)
        self.acute, self.carried = here.acute, here.carried
        self.own = agents.project_own(now_s, state.params) if agents.any_personal else here
        self.over: BoolArray = self.own.acute > self.own.line
        self.resting: BoolArray = (agents.break_start_s <= now_s) & (now_s < agents.break_end_s)
        rested: BoolArray = self.resting & (now_s >= agents.rest_from_s + state.policy.break_min_s) & bool(state.waiting)
        self.busy: BoolArray = (agents.pending_s <= now_s) & (now_s < agents.break_end_s) & ~rested
        self.mode = np.where(self.resting, int(Mode.BREAK), MODE_OF_STATUS[agents.status])
        self.there: BoolArray = (agents.status == Status.ONLINE) & agents.shift_windows(now_s)[0] & ~self.busy

    def duty(self) -> Callable[[float], bool] | None:
        """Whether by some instant somebody has come below the line, or above it, which a falling line can do."""
        params, own, speed = self.state.params, self.own, self.state.agents.speed
        acute, carried = advance(own.acute, own.carried, self.mode, 1.0, params, speed)
        rising = acute * own.line > own.acute * line(carried, params)
        rows = np.flatnonzero((self.over | rising) & ~self.busy)
        if not rows.size:
            return None
        before = self.over[rows]

        def changed(at_s: float) -> bool:
            acute, carried = advance(own.acute[rows], own.carried[rows], self.mode[rows], at_s - self.now_s, params, speed[rows])
            return bool(np.any((acute > line(carried, params)) != before))

        return changed

    def room(self) -> Callable[[float], bool] | None:
        """Whether by some instant the load leaves somebody room for a waiting ticket that it keeps from them now."""
        state, params = self.state, self.state.params
        found = [self._kept_off(ticket) for ticket in (state.tickets[each] for each in state.waiting)]
        rows, points, memory, memory_s = np.concatenate([*found, np.zeros((4, 0))], axis=1)
        who = rows.astype(np.int64)
        if not who.size:
            return None

        def changed(at_s: float) -> bool:
            acute, carried = advance(self.acute[who], self.carried[who], self.mode[who], at_s - self.now_s, params)
            demand = points * account_factor(memory_now(memory, np.maximum(0.0, at_s - memory_s), params), params)
            return bool(np.any(acute + demand <= params.load_bound_ratio * line(carried, params)))

        return changed

    def pressure(self) -> Callable[[float], bool] | None:
        """Whether by some instant the team's load has come to open automation to a waiting ticket; it rises by itself where lines fall.

        Each agent's A/θ rises at most once and then falls for good: where nobody's rises, the team's never will.
        """
        state, params = self.state, self.state.params
        if not any(automation.load_may_open(state, state.tickets[each]) for each in state.waiting):
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

        return changed

    def _kept_off(self, ticket: Ticket) -> FloatArray:
        """Agents whom the bound on load alone may keep from the ticket, shape (4, n): row, points, memory and its instant."""
        agents, params, column = self.state.agents, self.state.params, channel_index(ticket.channel)
        who = np.flatnonzero(self.there & (agents.open[:, column] < agents.limits[:, column]))
        if not who.size:
            return np.zeros((4, 0))
        points = np.full(who.size, exposure(self.state, ticket, self.now_s))
        known = self.state.accounts[ticket.account_id].memory
        memory, memory_s = np.array([known.get(agents.people[row].id, (0.0, self.now_s)) for row in who.tolist()]).T
        factor = account_factor(memory_now(memory, np.maximum(0.0, self.now_s - memory_s), params), params)
        kept = self.acute[who] + points * factor > params.load_bound_ratio * line(self.carried[who], params)
        return np.array([who, points, memory, memory_s])[:, kept]


def _first(changed: Callable[[float], bool], now_s: float, horizon_s: float, until_s: float) -> float:
    """The first instant up to `horizon_s`, to a thousandth of a second, by which something has changed; infinity where nothing has, or
    nothing by `until_s`."""
    before_s, step_s = now_s, 1.0
    while not changed(after_s := min(now_s + step_s, horizon_s)):
        if after_s >= min(horizon_s, until_s):
            return math.inf
        before_s, step_s = after_s, 2 * step_s
    while after_s - before_s > NOT_BEFORE_S:
        middle_s = (before_s + after_s) / 2
        before_s, after_s = (before_s, middle_s) if changed(middle_s) else (middle_s, after_s)
    return max(after_s, now_s + NOT_BEFORE_S)

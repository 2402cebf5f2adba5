"""A moment of a team, and a ticket at that moment: the columns over agents that rules and costs read."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, TypeVar

import numpy as np

from fatigue_model.dynamics import UNKNOWN, account_factor, memory_now
from router import drafts, streak
from router.agents import BoolArray, FloatArray, IntArray, Loads
from router.booking import MILLI
from router.domain import ONLINE, Ticket
from router.once import once
from router.plan.guidance import guidance
from router.state import TeamState, exposure, is_hard

Answer = TypeVar("Answer")
HOUR_S = 3600.0
HOURS_ON_MOST = 4.0  # a longer stretch without a break counts no more
ROUNDING = 1e-9


class Moment:
    """Everything about the agents that all tickets of one solve share, as of `now_s`; arrays of shape (n_agents,)."""

    def __init__(self, state: TeamState, now_s: float) -> None:
        agents = state.agents
        self.state, self.now_s = state, now_s
        self.on_shift, self.shift_end_s = agents.profiles.shift_windows(now_s)
        begun, unfinished = agents.break_start_s <= now_s, agents.break_end_s > now_s
        self.covering: BoolArray = agents.covering(now_s)
        self.pending: BoolArray = (agents.pending_s <= now_s) & ~begun & ~self.covering
        self.on_break: BoolArray = begun & unfinished
        self.offline: BoolArray = agents.status != ONLINE
        self.ramp_start_s: FloatArray = agents.ramp_start_s(now_s)
        self.answers: dict[object, dict[Hashable, Any]] = defaultdict(dict)
        self.guidance = guidance(state, now_s)

    @once
    def excluded(self) -> dict[str, list[int]]:
        """By account, the rows of those who have no contact with it by agreement."""
        found: dict[str, list[int]] = {}
        for (agent_id, account_id), (_, until_s) in self.state.exclusions.items():
            if until_s is None or self.now_s < until_s:
                found.setdefault(account_id, []).append(self.state.agents.row[agent_id])
        return found

    @once
    def nobody(self) -> BoolArray:
        """A mask of nobody; not to be changed."""
        return np.zeros(len(self.state.agents), dtype=np.bool_)

    @once
    def ids(self) -> tuple[str, ...]:
        """Everybody by row."""
        return tuple(self.state.agents.row)

    @once
    def loads(self) -> Loads:
        """The population's."""
        return self.state.agents.project(self.now_s, self.state.params)

    @once
    def own(self) -> Loads:
        """Everybody's own."""
        agents = self.state.agents
        return agents.project_own(self.now_s, self.state.params) if agents.profiles.any_personal else self.loads

    @once
    def factor_of_strangers(self) -> FloatArray:
        """The account factor M of whoever remembers nothing of an account, for everybody; not to be changed."""
        return np.full(len(self.state.agents), UNKNOWN)

    @once
    def expected(self) -> FloatArray:
        """The load that each agent will have come to when the work in hand has ended, at the latest now: A + booked."""
        found: FloatArray = self.loads.acute + self.state.agents.booked_milli / MILLI
        return found

    @once
    def load_limit(self) -> FloatArray:
        """The load that no ticket may lift an agent above."""
        limit: FloatArray = self.state.params.load_bound_ratio * self.loads.line
        return limit

    @once
    def headroom(self) -> float:
        """Points of load that anybody at all may be given, but for rounding."""
        return float((self.load_limit - self.expected).min(initial=math.inf)) - ROUNDING

    @once
    def rested(self) -> BoolArray:
        """Whose running break has had its minimum."""
        return self.on_break & (self.now_s >= self.state.agents.rest_from_s + self.state.policy.break_min_s)

    @once
    def ramped(self) -> IntArray:
        """Tickets since the last return."""
        agents = self.state.agents
        return np.where(agents.ramp_ref_s == self.ramp_start_s, agents.ramp_count, 0)

    @once
    def ramped_out(self) -> BoolArray:
        """Who has had as many tickets as the ramp-in allows for now."""
        ramp = self.state.policy.ramp_in
        return (self.now_s - self.ramp_start_s < ramp.window_s) & (self.ramped >= ramp.contacts)

    @once
    def ready_s(self) -> FloatArray:
        """When each agent's break or ramp-in is over, as planned now; in the past for who is in neither."""
        ramped_s = self.ramp_start_s + self.state.policy.ramp_in.window_s
        return np.where(self.pending | self.on_break, self.state.agents.break_end_s, ramped_s)

    @once
    def next_ready_s(self) -> float:
        """When the first of those who are in a break or a ramp-in will be ready; infinity where nobody is."""
        return float(self.ready_s[self.ready_s > self.now_s].min(initial=math.inf))

    @once
    def talking(self) -> BoolArray:
        """Who is in a debrief."""
        return self.state.agents.debrief_until_s > self.now_s

    @once
    def away(self) -> BoolArray:
        """Whom no ticket may go to, whichever it is."""
        return self.offline | ~self.on_shift | self.on_break | self.pending | self.talking | self.ramped_out

    @once
    def streak(self) -> IntArray:
        """Hard contacts in a row, those in hand counted."""
        return streak.in_row(self.state, self.now_s)

    @once
    def hours_on(self) -> FloatArray:
        """Hours since the last break or absence ended or the shift began, 0 for whom nothing is known of, at most `HOURS_ON_MOST`."""
        since_s = np.where(self.ramp_start_s > -math.inf, self.ramp_start_s, self.state.agents.status_s)
        hours = (self.now_s - since_s) / HOUR_S
        hours[since_s == -math.inf] = 0.0
        return np.minimum(np.maximum(hours, 0.0), HOURS_ON_MOST)

    @once
    def room(self) -> IntArray:
        """Free places, shape (n_agents, channels)."""
        found: IntArray = np.maximum(self.state.agents.limits - self.state.agents.open, 0)
        return found

    @once
    def pressure(self) -> FloatArray:
        """What a point weighs: 1 + (A + booked)/θ."""
        return 1 + self.expected / self.loads.line


class Case:
    """One ticket at one moment: its exposure, and what each agent's own history makes of it."""

    def __init__(self, moment: Moment, ticket: Ticket) -> None:
        self.moment, self.ticket = moment, ticket
        state, now_s = moment.state, moment.now_s
        self.account = state.accounts[ticket.account_id]
        self.handle_s = drafts.expected_handle_s(state, ticket)
        self.points = exposure(state, ticket, now_s)
        late = ticket.target_s is not None and now_s > ticket.target_s
        self.points_on_time = exposure(state, ticket, now_s, on_time=True) if late else self.points
        self.hard = is_hard(state, ticket, self.points)
        self.level = state.policy.hard_skill_level if self.hard else 1
        # whether anybody may count for more or less than the others with this account
        met = self.account.memory or self.account.contacts or self.account.escalated_contacts or ticket.account_id in moment.excluded
        self.met = bool(met or ticket.previous_agent_id or ticket.declined_by or ticket.ignored_by)
        # what a rule or a cost looks at that knows neither the account nor the points
        asked = ticket.channel, ticket.expected_handle_s, ticket.skills, ticket.language, ticket.hot
        self.kind: Hashable = (*asked, self.handle_s, self.hard)
        # what all of them look at: tickets alike in it are one to them, and one with a history is like no other
        self.alike: Hashable = ticket.id if self.met else (self.kind, self.points, self.points_on_time)

    @once
    def remembered(self) -> dict[int, float]:
        """The account factor M of whoever remembers the account, by row."""
        if not self.account.memory:
            return {}
        row, params = self.moment.state.agents.row, self.moment.state.params
        memory, memory_s = np.array(list(self.account.memory.values())).T
        left = memory_now(memory, np.maximum(self.moment.now_s - memory_s, 0.0), params)
        return dict(zip((row[agent_id] for agent_id in self.account.memory), account_factor(left, params).tolist(), strict=True))

    @once
    def factor(self) -> FloatArray:
        """The account factor M, shape (n_agents,); not to be changed."""
        if not self.remembered:
            return self.moment.factor_of_strangers
        found = self.moment.factor_of_strangers.copy()
        for row, factor in self.remembered.items():
            found[row] = factor
        return found

    @property
    def steepest_factor(self) -> float:
        """The largest account factor of anybody."""
        return max((UNKNOWN, *self.remembered.values())) if self.account.memory else UNKNOWN

    @property
    def before(self) -> FloatArray:
        """The load that the ticket would come on top of, shape (n_agents,): a hard one on the work in hand too, what is routine on what
        there is now, so that a hard ticket in hand keeps nobody from a quick chat."""
        return self.moment.expected if self.hard else self.moment.loads.acute

    @once
    def demand(self) -> FloatArray:
        """Points of load that the ticket would add, shape (n_agents,)."""
        return self.points * self.factor

    @property
    def lacking(self) -> BoolArray:
        """Who could not do the ticket by skill, at any level, or language; shape (n_agents,)."""
        return self.moment.state.agents.profiles.unable(self.ticket.skills, self.ticket.language)


def once_for(key: Callable[[Case], Hashable]) -> Callable[[Callable[[Case], Answer]], Callable[[Case], Answer]]:
    """A rule or a cost that looks at no more of the ticket than `key`: tickets alike in it share one answer, not to be changed."""

    def decorate(found: Callable[[Case], Answer]) -> Callable[[Case], Answer]:
        @wraps(found)
        def answered(case: Case) -> Answer:
            known, name = case.moment.answers[found], key(case)
            if name not in known:
                known[name] = found(case)
            answer: Answer = known[name]
            return answer

        return answered

    return decorate

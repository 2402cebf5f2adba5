"""The hard rules: each a function over all agents at once, returning who it excludes, the number it found and the number it allows."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Container, Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fatigue_model.dynamics import account_factor, memory_now
from router import drafts
from router.agents import BoolArray, FloatArray, IntArray, Loads
from router.contacts import rested_since_streak
from router.domain import LIVE_CHANNELS, STATUSES, Rejection, Status, Ticket, channel_index
from router.plan.guidance import guidance
from router.state import TeamState, exposure

HOUR_S = 3600.0
HOURS_ON_MOST = 4.0  # a longer stretch without a break counts no more


@dataclass(frozen=True, slots=True)
class Excluded:
    """Whom a rule excludes: `mask` of shape (n_agents,); `actual` and `limit` are arrays of that shape or single values."""

    rule: str
    mask: BoolArray
    actual: Any
    limit: Any

    def numbers(self) -> tuple[list[int], list[Any], list[Any]]:
        """Whom it excludes by row, and of each what was found and what is allowed; copied."""
        rows = np.flatnonzero(self.mask)
        if not rows.size:
            return [], [], []
        return rows.tolist(), _taken(self.actual, rows), _taken(self.limit, rows)

    def rejection(self, row: int) -> Rejection:
        """What it says of one agent."""
        (actual,), (limit,) = (_taken(each, np.array([row])) for each in (self.actual, self.limit))
        return Rejection(self.rule, plain_number(actual), plain_number(limit))


class Moment:
    """Everything about the agents that all tickets of one solve share, as of `now_s`."""

    def __init__(self, state: TeamState, now_s: float) -> None:
        agents = state.agents
        self.state, self.now_s = state, now_s
        self.loads: Loads = agents.project(now_s, state.params)
        self.own: Loads = agents.project_own(now_s, state.params) if agents.any_personal else self.loads
        self.on_shift, self.shift_end_s = agents.shift_windows(now_s)
        self.pending: BoolArray = (agents.pending_s <= now_s) & (now_s < agents.break_start_s)
        self.on_break: BoolArray = (agents.break_start_s <= now_s) & (now_s < agents.break_end_s)
        self.rested: BoolArray = self.on_break & (now_s >= agents.rest_from_s + state.policy.break_min_s)
        over_s = np.where(agents.break_end_s <= now_s, agents.break_end_s, -math.inf)
        self.ramp_start_s: FloatArray = np.maximum(agents.returned_s, over_s)
        self.ramped: IntArray = np.where(agents.ramp_ref_s == self.ramp_start_s, agents.ramp_count, 0)
        self.streak: IntArray = np.where(rested_since_streak(state, now_s), 0, agents.streak)
        rested_s = np.where(
            np.isfinite(self.ramp_start_s), self.ramp_start_s, np.where(np.isfinite(agents.status_s), agents.status_s, now_s)
        )
        self.hours_on: FloatArray = np.clip((now_s - rested_s) / HOUR_S, 0.0, HOURS_ON_MOST)
        self.room: IntArray = np.maximum(agents.limits - agents.open, 0)
        self.pressure: FloatArray = 1 + (self.loads.acute + agents.booked_milli / 1000) / self.loads.line
        self.answers: dict[tuple[str, Hashable], Excluded] = {}
        self.standings: dict[Hashable, Any] = {}
        self.guidance = guidance(state, now_s)


class Case:
    """One ticket at one moment: its exposure, and what each agent's own history makes of it."""

    def __init__(self, moment: Moment, ticket: Ticket) -> None:
        self.moment, self.ticket = moment, ticket
        state, now_s = moment.state, moment.now_s
        self.account = state.accounts[ticket.account_id]
        self.handle_s = drafts.expected_handle_s(state, ticket)
        self.points = exposure(state, ticket, now_s)
        self.points_on_time = exposure(state, ticket, now_s, on_time=True)
        self.hard = ticket.hot or self.points >= state.params.hard_contact_points
        self.level = state.policy.hard_skill_level if self.hard else 1
        self.memory: FloatArray = np.zeros(len(state.agents))
        self.remembering = [state.agents.row[agent_id] for agent_id in self.account.memory]
        for row, (memory, memory_s) in zip(self.remembering, self.account.memory.values(), strict=True):
            self.memory[row] = float(memory_now(memory, max(0.0, now_s - memory_s), state.params))
        self.factor: FloatArray = account_factor(self.memory, state.params)
        self.demand: FloatArray = self.points * self.factor
        self.steepest_factor = float(self.factor.max(initial=0.0))
        # whether anybody may count for more or less than the others with this account
        met = self.account.memory or self.account.contacts or self.account.escalated_contacts or state.exclusions
        self.met = bool(met or ticket.previous_agent_id or ticket.declined_by or ticket.ignored_by)

    @property
    def comparable(self) -> BoolArray:
        """Who could do the ticket by skill, at any level, and language, there or not; shape (n_agents,)."""
        return ~(skill_at(self, 1).mask | language(self).mask)


Rule = Callable[[Case], Excluded]


def _once_for(key: Callable[[Case], Hashable]) -> Callable[[Rule], Rule]:
    """A rule that looks at no more of the ticket than `key`: tickets alike in it share one answer in a solve."""

    def decorate(rule: Rule) -> Rule:
        @functools.wraps(rule)
        def answered(case: Case) -> Excluded:
            name = (rule.__name__, key(case))
            if name not in case.moment.answers:
                case.moment.answers[name] = rule(case)
            return case.moment.answers[name]

        return answered

    return decorate


@_once_for(lambda case: None)
def offline(case: Case) -> Excluded:
    status = case.moment.state.agents.status
    return Excluded("offline", status != Status.ONLINE, _Names(status, STATUSES), "online")


@_once_for(lambda case: None)
def off_shift(case: Case) -> Excluded:
    return Excluded("off_shift", ~case.moment.on_shift, "off shift", "on shift")


@_once_for(lambda case: None)
def on_break(case: Case) -> Excluded:
    left = case.moment.state.agents.break_end_s - case.moment.now_s
    return Excluded("on_break", case.moment.on_break, left, 0)


@_once_for(lambda case: None)
def break_pending(case: Case) -> Excluded:
    until = case.moment.state.agents.break_start_s - case.moment.now_s
    return Excluded("break_pending", case.moment.pending, until, 0)


@_once_for(lambda case: None)
def debrief(case: Case) -> Excluded:
    """In a debrief, which both agreed to."""
    until = case.moment.state.agents.debrief_until_s
    return Excluded("debrief", until > case.moment.now_s, until - case.moment.now_s, 0)


@_once_for(lambda case: None)
def ramp_in(case: Case) -> Excluded:
    ramp, moment = case.moment.state.policy.ramp_in, case.moment
    within = moment.now_s - moment.ramp_start_s < ramp.window_s
    return Excluded("ramp_in", within & (moment.ramped >= ramp.contacts), moment.ramped, ramp.contacts)


@_once_for(lambda case: (case.ticket.skills, case.level))
def skill(case: Case) -> Excluded:
    """Every skill at the level that the ticket asks for: a hard one for the policy's, others for level 1."""
    return skill_at(case, case.level)


def skill_at(case: Case, level: int) -> Excluded:
    """Who lacks one of the ticket's skills at `level`; told is the skill that they have least of."""
    agents, names = case.moment.state.agents, case.ticket.skills
    if not names:
        return Excluded("skill", np.zeros(len(agents), dtype=np.bool_), None, level)
    levels = np.stack([agents.skill_levels(name) for name in names])
    return Excluded("skill", levels.min(axis=0) < level, _Weakest(levels, names), level)


@_once_for(lambda case: case.ticket.language)
def language(case: Case) -> Excluded:
    agents, asked = case.moment.state.agents, case.ticket.language
    mask = ~agents.speakers(asked) if asked is not None else np.zeros(len(agents), dtype=np.bool_)
    return Excluded("language", mask, "not spoken", asked)


@_once_for(lambda case: channel_index(case.ticket.channel))
def concurrency(case: Case) -> Excluded:
    agents, column = case.moment.state.agents, channel_index(case.ticket.channel)
    return Excluded("concurrency", case.moment.room[:, column] < 1, agents.open[:, column], agents.limits[:, column])


@_once_for(lambda case: (case.ticket.channel, case.handle_s))
def shift_end(case: Case) -> Excluded:
    """Live work must fit into the rest of the shift; e-mail may be taken up again tomorrow."""
    left = case.moment.shift_end_s - case.moment.now_s
    live = case.ticket.channel in LIVE_CHANNELS
    mask = case.moment.on_shift & (left < case.handle_s) & live
    return Excluded("shift_end", mask, left, case.handle_s)


def excluded_rows(case: Case) -> list[int]:
    """Agents who have no contact with the account by agreement."""
    pairs, now_s, account_id = case.moment.state.exclusions, case.moment.now_s, case.ticket.account_id
    row = case.moment.state.agents.row
    return [row[who] for (who, what), (_, until_s) in pairs.items() if what == account_id and (until_s is None or now_s < until_s)]


def excluded(case: Case) -> Excluded:
    return Excluded("excluded", _only(case, excluded_rows(case)), "agreed", "no contact with this account")


def declined_rows(case: Case) -> list[int]:
    return [case.moment.state.agents.row[agent_id] for agent_id in (*case.ticket.declined_by, *case.ticket.ignored_by)]


@_once_for(lambda case: (case.ticket.declined_by, case.ticket.ignored_by))
def declined(case: Case) -> Excluded:
    """Who said no to this ticket, or let its offer run out, while there is somebody else to ask (see `relax`)."""
    answers, row = np.zeros(len(case.moment.state.agents), dtype=np.int64), case.moment.state.agents.row
    for code, agent_ids in ((2, case.ticket.ignored_by), (1, case.ticket.declined_by)):
        answers[[row[each] for each in agent_ids]] = code
    return Excluded("declined", answers > 0, _Names(answers, ("", "declined", "offer ran out")), "not declined")


def rotated_rows(case: Case) -> list[int]:
    """Who handled the account's last N escalations does not get its next one."""
    who = case.account.rotated_out(case.moment.state.policy.rotation_after_escalations) if case.ticket.escalated else None
    return [] if who is None else [case.moment.state.agents.row[who]]


def rotation(case: Case) -> Excluded:
    most = case.moment.state.policy.rotation_after_escalations
    return Excluded("rotation", _only(case, rotated_rows(case)), most, most)


def _only(case: Case, rows: list[int]) -> BoolArray:
    mask = np.zeros(len(case.moment.state.agents), dtype=np.bool_)
    mask[rows] = True
    return mask


@_once_for(lambda case: case.hard)
def hard_streak(case: Case) -> Excluded:
    most, streak = case.moment.state.policy.hard_streak_max, case.moment.streak
    return Excluded("hard_streak", (streak >= most) & case.hard, streak, most)


@_once_for(lambda case: case.ticket.hot)
def one_hot(case: Case) -> Excluded:
    """One hot ticket at a time, and for a while after it was given nothing else either: it would delay the break, or lie through it."""
    agents, alone_s = case.moment.state.agents, case.moment.state.policy.hot_alone_s
    fresh = case.moment.now_s - agents.hot_s < alone_s
    return Excluded("one_hot", (agents.hot_open > 0) & (fresh | case.ticket.hot), agents.hot_open, 0)


@_once_for(lambda case: case.hard)
def light_duty(case: Case) -> Excluded:
    """By the agent's own recovery, and at their own word. Decisions keep no number that check-ins went into."""
    own, agents = case.moment.own, case.moment.state.agents
    over, eased = own.acute > own.line, agents.eased_s > case.moment.now_s
    told = over & ~agents.personal if agents.any_personal else over
    return Excluded("light_duty", (over | eased) & case.hard, np.where(told, own.acute, np.nan), np.where(told, own.line, np.nan))


def load_bound(case: Case) -> Excluded:
    """By the population's values: how sensitive somebody is never decides who gets the larger share."""
    loads, ratio = case.moment.loads, case.moment.state.params.load_bound_ratio
    projected, limit = loads.acute + case.demand, ratio * loads.line
    return Excluded("load_bound", projected > limit, projected, limit)


RULES: tuple[Rule, ...] = (
    offline,
    off_shift,
    on_break,
    break_pending,
    debrief,
    ramp_in,
    skill,
    language,
    concurrency,
    shift_end,
    excluded,
    declined,
    rotation,
    hard_streak,
    one_hot,
    light_duty,
    load_bound,
)
PERSONAL_RULES = frozenset(
    {"light_duty", "load_bound", "hard_streak", "ramp_in", "one_hot", "rotation", "on_break", "break_pending", "debrief"}
)


def exclusions(case: Case) -> tuple[Excluded, ...]:
    """What every hard rule says of the ticket, in the order of `RULES`."""
    return tuple(rule(case) for rule in RULES)


def counts(found: tuple[Excluded, ...]) -> dict[str, int]:
    """How many agents each rule excludes, where any."""
    each_count = {each.rule: int(np.count_nonzero(each.mask)) for each in found}
    return {rule: count for rule, count in each_count.items() if count}


def allowed(found: tuple[Excluded, ...], relaxed: Container[str] = ()) -> BoolArray:
    """Who no rule excludes, but for the relaxed ones; shape (n_agents,)."""
    barred: BoolArray = np.logical_or.reduce([each.mask for each in found if each.rule not in relaxed])
    return ~barred


class _Names:
    """Names looked up from codes when they are asked for."""

    def __init__(self, codes: IntArray, names: tuple[str, ...]) -> None:
        self.codes, self.names = codes, names

    def __getitem__(self, rows: IntArray) -> NDArray[np.object_]:
        return np.array(self.names, dtype=np.object_)[self.codes[rows]]


class _Weakest:
    """The skill that an agent has least of, with its level, when it is asked for; `levels` has shape (n_skills, n_agents)."""

    def __init__(self, levels: IntArray, names: tuple[str, ...]) -> None:
        self.levels, self.names = levels, names

    def __getitem__(self, rows: IntArray) -> NDArray[np.object_]:
        least = np.argmin(self.levels[:, rows], axis=0)
        told = [f"{self.names[index]} {self.levels[index, row]}" for index, row in zip(least.tolist(), rows.tolist(), strict=True)]
        return np.array(told, dtype=np.object_)


def _taken(value: Any, rows: IntArray) -> list[Any]:
    """One value for each of these rows, from an array or from a value that all share."""
    return value[rows].tolist() if isinstance(value, np.ndarray | _Names | _Weakest) else [value] * rows.size


def plain_number(value: Any) -> float | str | None:
    """A number as plain JSON: whole numbers stay whole, points are rounded to thousandths, what is not finite is None."""
    if value is None or isinstance(value, str | int):
        return value
    number = float(value)
    if not math.isfinite(number):
        return None
    return int(number) if number == int(number) else round(number, 3)

"""The hard rules: each a function over all agents at once, returning who it excludes, the number it found and the number it allows."""

from __future__ import annotations

import math
from collections.abc import Callable, Container
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from router.agents import Agents, BoolArray, IntArray
from router.domain import LIVE_CHANNELS, STATUSES, Rejection, channel_index
from router.moment import Case, once_for
from router.once import once


@dataclass(eq=False)
class Excluded:
    """Whom a rule excludes: `mask` of shape (n_agents,), and whether it is `anybody`; `actual` and `limit` are arrays of that shape or
    single values. Not to be changed; frozen it would take twice as long to make, and every decision makes one of each rule."""

    rule: str
    mask: BoolArray
    actual: Any
    limit: Any
    anybody: bool = field(init=False)

    def __post_init__(self) -> None:
        self.anybody = bool(np.count_nonzero(self.mask))

    @once
    def numbers(self) -> tuple[list[int], list[Any], list[Any]]:
        """Whom it excludes by row, and of each what was found and what is allowed; copied, once for all tickets that it is said of."""
        if not self.anybody:
            return [], [], []
        rows = self.mask.nonzero()[0]
        return rows.tolist(), _taken(self.actual, rows), _taken(self.limit, rows)

    def rejection(self, row: int) -> Rejection:
        """What it says of one agent."""
        (actual,), (limit,) = (_taken(each, np.array([row])) for each in (self.actual, self.limit))
        return Rejection(self.rule, plain_number(actual), plain_number(limit))


Rule = Callable[[Case], Excluded]


@once_for(lambda case: None)
def offline(case: Case) -> Excluded:
    return Excluded("offline", case.moment.offline, _Names(case.moment.state.agents.status, STATUSES), "online")


@once_for(lambda case: None)
def off_shift(case: Case) -> Excluded:
    return Excluded("off_shift", ~case.moment.on_shift, "off shift", "on shift")


@once_for(lambda case: None)
def on_break(case: Case) -> Excluded:
    left = case.moment.state.agents.break_end_s - case.moment.now_s
    return Excluded("on_break", case.moment.on_break, left, 0)


@once_for(lambda case: (case.hard, case.ticket.channel in LIVE_CHANNELS, case.handle_s))
def break_pending(case: Case) -> Excluded:
    """Whose break waits for nothing but cover takes what is routine meanwhile, and live work that ends before it."""
    moment = case.moment
    until = moment.state.agents.break_start_s - moment.now_s
    if not np.count_nonzero(moment.covering):
        return Excluded("break_pending", moment.pending, until, 0)
    least_s = math.inf if case.hard else case.handle_s if case.ticket.channel in LIVE_CHANNELS else 0.0
    too_long = moment.covering & (until < least_s)
    return Excluded("break_pending", moment.pending | too_long, until, np.where(too_long & ~np.isinf(least_s), least_s, 0))


@once_for(lambda case: None)
def debrief(case: Case) -> Excluded:
    """In a debrief, which both agreed to."""
    until = case.moment.state.agents.debrief_until_s
    return Excluded("debrief", case.moment.talking, until - case.moment.now_s, 0)


@once_for(lambda case: None)
def ramp_in(case: Case) -> Excluded:
    return Excluded("ramp_in", case.moment.ramped_out, case.moment.ramped, case.moment.state.policy.ramp_in.contacts)


@once_for(lambda case: (case.ticket.skills, case.level))
def skill(case: Case) -> Excluded:
    """Every skill at the level that the ticket asks for: a hard one for the policy's, others for level 1."""
    return skill_at(case, case.level)


def skill_at(case: Case, level: int) -> Excluded:
    """Who lacks one of the ticket's skills at `level`; told is the skill that they have least of."""
    agents, names = case.moment.state.agents, case.ticket.skills
    return Excluded("skill", agents.profiles.lacking(names, level), _Weakest(agents, names), level)


@once_for(lambda case: case.ticket.language)
def language(case: Case) -> Excluded:
    asked = case.ticket.language
    mask = case.moment.nobody if asked is None else ~case.moment.state.agents.profiles.speakers(asked)
    return Excluded("language", mask, "not spoken", asked)


@once_for(lambda case: channel_index(case.ticket.channel))
def concurrency(case: Case) -> Excluded:
    agents, column = case.moment.state.agents, channel_index(case.ticket.channel)
    in_hand, limit = agents.open[:, column], agents.limits[:, column]
    return Excluded("concurrency", in_hand >= limit, in_hand, limit)


@once_for(lambda case: (case.ticket.channel, case.handle_s))
def shift_end(case: Case) -> Excluded:
    """Live work must fit into the rest of the shift; e-mail may be taken up again tomorrow."""
    if case.ticket.channel not in LIVE_CHANNELS:
        return Excluded("shift_end", case.moment.nobody, None, case.handle_s)
    left = case.moment.shift_end_s - case.moment.now_s
    return Excluded("shift_end", case.moment.on_shift & (left < case.handle_s), left, case.handle_s)


def excluded_rows(case: Case) -> list[int]:
    """Agents who have no contact with the account by agreement."""
    return case.moment.excluded.get(case.ticket.account_id, [])


@once_for(lambda case: tuple(excluded_rows(case)))
def excluded(case: Case) -> Excluded:
    return Excluded("excluded", _only(case, excluded_rows(case)), "agreed", "no contact with this account")


def declined_rows(case: Case) -> list[int]:
    return [case.moment.state.agents.row[agent_id] for agent_id in (*case.ticket.declined_by, *case.ticket.ignored_by)]


@once_for(lambda case: (case.ticket.declined_by, case.ticket.ignored_by))
def declined(case: Case) -> Excluded:
    """Who said no to this ticket, or let its offer run out, while there is somebody else to ask (see `relax`)."""
    if not (case.ticket.declined_by or case.ticket.ignored_by):
        return Excluded("declined", case.moment.nobody, None, "not declined")
    answers, row = np.zeros(len(case.moment.state.agents), dtype=np.int64), case.moment.state.agents.row
    for code, agent_ids in ((2, case.ticket.ignored_by), (1, case.ticket.declined_by)):
        for each in agent_ids:
            answers[row[each]] = code
    return Excluded("declined", answers > 0, _Names(answers, ("", "declined", "offer ran out")), "not declined")


def rotated_rows(case: Case) -> list[int]:
    """Who handled the account's last N escalations does not get its next one."""
    who = case.account.rotated_out(case.moment.state.policy.rotation_after_escalations) if case.ticket.escalated else None
    return [] if who is None else [case.moment.state.agents.row[who]]


@once_for(lambda case: tuple(rotated_rows(case)))
def rotation(case: Case) -> Excluded:
    most = case.moment.state.policy.rotation_after_escalations
    return Excluded("rotation", _only(case, rotated_rows(case)), most, most)


def _only(case: Case, rows: list[int]) -> BoolArray:
    if not rows:
        return case.moment.nobody
    mask = np.zeros(len(case.moment.state.agents), dtype=np.bool_)
    mask[rows] = True
    return mask


@once_for(lambda case: case.hard)
def hard_streak(case: Case) -> Excluded:
    most = case.moment.state.policy.hard_streak_max
    if not case.hard:
        return Excluded("hard_streak", case.moment.nobody, None, most)
    return Excluded("hard_streak", case.moment.streak >= most, case.moment.streak, most)


@once_for(lambda case: case.ticket.hot)
def one_hot(case: Case) -> Excluded:
    """One hot ticket at a time, and for a while after it was given nothing else either: it would delay the break, or lie through it."""
    agents, alone_s = case.moment.state.agents, case.moment.state.policy.hot_alone_s
    mask = agents.hot_open > 0
    if not case.ticket.hot:
        mask &= case.moment.now_s - agents.hot_s < alone_s
    return Excluded("one_hot", mask, agents.hot_open, 0)


@once_for(lambda case: case.hard)
def light_duty(case: Case) -> Excluded:
    """By the agent's own recovery, and at their own word. Decisions keep no number that check-ins went into."""
    if not case.hard:
        return Excluded("light_duty", case.moment.nobody, None, None)
    own, agents = case.moment.own, case.moment.state.agents
    over, eased = own.acute > own.line, agents.eased_s > case.moment.now_s
    told = over & ~agents.profiles.personal if agents.profiles.any_personal else over
    return Excluded("light_duty", over | eased, np.where(told, own.acute, np.nan), np.where(told, own.line, np.nan))


def load_bound(case: Case) -> Excluded:
    """By the population's values: how sensitive somebody is never decides who gets the larger share."""
    moment = case.moment
    if case.points * case.steepest_factor < moment.headroom:
        return Excluded("load_bound", case.moment.nobody, None, None)
    projected = case.before + case.demand
    return Excluded("load_bound", projected > moment.load_limit, projected, moment.load_limit)


AWAY: tuple[Rule, ...] = (offline, off_shift, on_break, debrief, ramp_in)  # whom no ticket may go to, see `Moment.away`
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
OWN = frozenset({excluded, declined, rotation, load_bound})  # that look at more of a ticket than its kind: its account, its points
PERSONAL_RULES = frozenset(
    {"light_duty", "load_bound", "hard_streak", "ramp_in", "one_hot", "rotation", "on_break", "break_pending", "debrief"}
)


@once_for(lambda case: case.alike)
def exclusions(case: Case) -> tuple[Excluded, ...]:
    """What every hard rule says of the ticket, in the order of `RULES`."""
    alike = _of_kind(case)
    return tuple([rule(case) if known is None else known for rule, known in zip(RULES, alike, strict=True)])


@once_for(lambda case: case.kind)
def _of_kind(case: Case) -> tuple[Excluded | None, ...]:
    """What the rules say that are the same for all tickets of its kind, None for the others."""
    return tuple(None if rule in OWN else rule(case) for rule in RULES)


def counts(found: tuple[Excluded, ...]) -> dict[str, int]:
    """How many agents each rule excludes, where any."""
    each_count = {each.rule: int(np.count_nonzero(each.mask)) for each in found}
    return {rule: count for rule, count in each_count.items() if count}


def allowed(found: tuple[Excluded, ...], relaxed: Container[str] = ()) -> BoolArray:
    """Who no rule excludes, but for the relaxed ones; shape (n_agents,)."""
    barred = [each.mask for each in found if each.anybody and each.rule not in relaxed]
    if not barred:
        return np.ones(found[0].mask.shape, dtype=np.bool_)
    free: BoolArray = ~np.logical_or.reduce(barred)
    return free


class _Names:
    """Names looked up from codes when they are asked for."""

    def __init__(self, codes: IntArray, names: tuple[str, ...]) -> None:
        self.codes, self.names = codes, names

    def __getitem__(self, rows: IntArray) -> NDArray[np.object_]:
        return np.array(self.names, dtype=np.object_)[self.codes[rows]]


class _Weakest:
    """The skill that an agent has least of, with its level, when it is asked for."""

    def __init__(self, agents: Agents, names: tuple[str, ...]) -> None:
        self.agents, self.names = agents, names

    def __getitem__(self, rows: IntArray) -> NDArray[np.object_]:
        levels = np.stack([self.agents.profiles.skill_levels(name)[rows] for name in self.names])
        least = np.argmin(levels, axis=0)
        told = [f"{self.names[index]} {levels[index, place]}" for place, index in enumerate(least.tolist())]
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

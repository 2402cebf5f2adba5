"""The soft costs: each a named integer per agent, in milli-minutes of a normal-priority customer's wait."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fatigue_model.dynamics import DAY_S
from router.agents import FloatArray, IntArray
from router.domain import LIVE_CHANNELS, CostTerm, Ticket
from router.moment import Case, once_for
from router.state import KEEP_S, TeamState, weighty

MILLI = 1000
TERM_MAX = 10_000_000
LEFT_WAITING = 10_000_000_000


# Each term is in milli-minutes, not yet whole; shape (n_agents,).


def load(case: Case) -> FloatArray:
    """Marginal load g·e·M·(1 + (A + booked)/θ) in points, dearer the more an agent carries; booked is work in hand not yet counted.

    The points of a passed target are left out: they are the delay's doing, and a late ticket must not wait longer for being late.
    """
    return case.points_on_time * case.factor * load_column(case)


@once_for(lambda case: None)
def load_column(case: Case) -> FloatArray:
    """The price of a point, by agent."""
    return case.moment.state.policy.weights.load * MILLI * case.moment.pressure


@once_for(lambda case: None)
def open_work(case: Case) -> FloatArray:
    """Each ticket already in hand."""
    in_hand: IntArray = np.add.reduce(case.moment.state.agents.open, axis=1)
    return case.moment.state.policy.weights.open_work * MILLI * in_hand.astype(np.float64)


def continuity(case: Case) -> FloatArray:
    """What is lost where somebody else knows the case, fading with the time since their last contact with the account."""
    who, price = knows_case(case)
    return _all_but(case, who, 0.0 if who is None else price)


def knows_case(case: Case) -> tuple[int | None, float]:
    """The row of whoever knows the case best, None where nobody on the team does, and what that they do is worth. Who met the account
    last knows it for 30 days: of before, nothing need be kept."""
    state, ticket = case.moment.state, case.ticket
    last_s, last_agent = case.account.met_last(case.moment.now_s - KEEP_S) or (ticket.created_s, None)
    days = max(0.0, case.moment.now_s - last_s) / DAY_S
    worth = state.policy.weights.continuity * MILLI * 2.0 ** (-days / state.policy.continuity_half_life_d)
    return state.agents.row.get(ticket.previous_agent_id or last_agent or ""), worth


def _all_but(case: Case, who: int | None, price: float) -> FloatArray:
    cost = np.full(len(case.moment.state.agents), price)
    if who is not None:
        cost[who] = 0.0
    return cost


def account_exposure(case: Case) -> FloatArray:
    """What the agent took from this account within the last 30 days."""
    cost, price = np.zeros(len(case.moment.state.agents)), case.moment.state.policy.weights.account_exposure * MILLI
    for row, points in taken_points(case).items():
        cost[row] = price * points
    return cost


def taken_points(case: Case) -> dict[int, float]:
    """Raw points that agents, by row, took from the account within the last 30 days: every contact, and whatever was left of it."""
    found: dict[int, float] = {}
    since_s, rows = case.moment.now_s - KEEP_S, case.moment.state.agents.row
    for ended_s, agent_id, points in case.account.contacts:
        if ended_s > since_s:
            found[rows[agent_id]] = found.get(rows[agent_id], 0.0) + points
    return found


def fairness(case: Case) -> FloatArray:
    """What an agent took in 30 days beyond the least of those who could do the ticket, as a share of their mean, times its points.

    Raw points per day worked, never at anybody's own g or r.
    """
    return case.points_on_time * fairness_column(case)


@once_for(lambda case: (case.ticket.skills, case.ticket.language))
def fairness_column(case: Case) -> FloatArray:
    """The price of a point, by agent."""
    taken = case.moment.state.agents.daily_points(case.moment.now_s)
    theirs = taken[~case.lacking]
    mean = float(np.add.reduce(theirs)) / theirs.size if theirs.size else 0.0
    if mean <= 0:
        return np.zeros(len(taken))
    beyond: FloatArray = np.maximum(taken - theirs.min(), 0.0) / mean
    return case.moment.state.policy.weights.fairness * MILLI * beyond


@once_for(lambda case: None)
def since_break(case: Case) -> FloatArray:
    """Hours since the last break or absence ended, at most four, so that who has gone longest without one is given idle time."""
    return case.moment.state.policy.weights.since_break * MILLI * case.moment.hours_on


@once_for(lambda case: (case.ticket.skills, case.level))
def skill_fit(case: Case) -> FloatArray:
    """Half of each level beyond what is asked, so that the able are kept for what is hard; and where the asked level gave way, each level
    that is missing."""
    state, skills = case.moment.state, case.ticket.skills
    return state.policy.weights.skill_fit * MILLI * state.agents.profiles.levels_off(skills, case.level) / max(len(skills), 1)


def handover(case: Case) -> FloatArray:
    """Reading anew what somebody else had in hand."""
    state, had = case.moment.state, case.ticket.previous_agent_id
    return _all_but(case, state.agents.row.get(had or ""), 0.0 if had is None else state.policy.weights.handover * MILLI)


@once_for(lambda case: (case.ticket.expected_handle_s, case.ticket.hot))
def plan(case: Case) -> FloatArray:
    """Minutes that the ticket would take out of the agent's next planned break, lunch or debrief; all of them where the plan keeps the
    agent for hot tickets and this is none."""
    found, ticket, now_s = case.moment.guidance, case.ticket, case.moment.now_s
    if found is None:
        return np.zeros(len(case.moment.state.agents))
    done_s = now_s + ticket.expected_handle_s
    inside = np.maximum(np.minimum(found.end_s, done_s) - np.maximum(found.begin_s, now_s), 0.0)
    if not ticket.hot:
        inside = np.where(found.reserve, ticket.expected_handle_s, inside)
    cost: FloatArray = case.moment.state.policy.weights.plan * MILLI * inside / 60
    return cost


TERMS: tuple[tuple[str, Callable[[Case], FloatArray], str], ...] = (
    ("load", load, "exposure that this ticket adds, dearer near the line"),
    ("open_work", open_work, "tickets already in hand"),
    ("continuity", continuity, "somebody else knows the case"),
    ("account_exposure", account_exposure, "points taken from this account in 30 days"),
    ("fairness", fairness, "more points in 30 days than comparable agents"),
    ("since_break", since_break, "time since the last break"),
    ("skill_fit", skill_fit, "levels more than the ticket asks for, or missing"),
    ("handover", handover, "somebody else had the ticket in hand"),
    ("plan", plan, "what is planned for the agent would be late, or they are kept for hot tickets"),
)


NAMES = tuple(name for name, _, _ in TERMS)
FREE = tuple(CostTerm(name, 0, detail) for name, _, detail in TERMS)  # what most terms are of most agents
BY_POINTS, BY_ACCOUNT = (load, fairness), (continuity, account_exposure, handover)  # nobody pays for an account that nobody has met
OF_KIND = tuple(index for index, (_, term, _) in enumerate(TERMS) if term not in (*BY_POINTS, *BY_ACCOUNT))
OWN = tuple(index for index, (_, term, _) in enumerate(TERMS) if term in BY_POINTS)
OWN_IF_MET = tuple(index for index, (_, term, _) in enumerate(TERMS) if term in (*BY_POINTS, *BY_ACCOUNT))


@once_for(lambda case: case.alike)
def table(case: Case) -> IntArray:
    """Cost of every term for every agent, ndarray of shape (n_terms, n_agents), each from 0 to `TERM_MAX` milli-minutes; not to be
    changed."""
    terms = _of_kind(case).copy()
    for index in OWN_IF_MET if case.met else OWN:
        terms[index] = TERMS[index][1](case)
    return rounded(terms).astype(np.int64)


@once_for(lambda case: case.kind)
def _of_kind(case: Case) -> FloatArray:
    """The terms that are the same for all tickets of its kind, 0 for the others."""
    terms = np.zeros((len(TERMS), len(case.moment.state.agents)))
    for index in OF_KIND:
        terms[index] = TERMS[index][1](case)
    return terms


def rounded(term: FloatArray) -> FloatArray:
    """A term in whole milli-minutes that are not integers yet, which a float holds exactly."""
    return np.rint(np.minimum(term, TERM_MAX))


def terms(costs: IntArray, row: int) -> tuple[CostTerm, ...]:
    """The named cost terms of one agent."""
    each_term = zip(costs[:, row].tolist(), FREE, strict=True)
    return tuple([CostTerm(free.term, each, free.detail) if each else free for each, free in each_term])


def waiting(state: TeamState, ticket: Ticket, now_s: float) -> int:
    """Price of leaving the ticket waiting: above any assignment, and convex in age so that old tickets go first.

    `w · priority · live · (1 + v) · age · (1 + age/target)` in milli-minutes, age in minutes, the target the ticket's own or its
    priority's longest wait, `live` the weight of a chat or call (else 1), v that of revenue at risk where the account is weighty.
    """
    weights, policy = state.policy.weights, state.policy
    age_s = max(0.0, now_s - ticket.waits_from_s)
    target_s = ticket.target_s - ticket.created_s if ticket.target_s is not None else getattr(policy.max_wait_s, ticket.priority)
    urgency: float = getattr(weights.priority, ticket.priority) * (1 + age_s / max(target_s, 60.0))
    if ticket.channel in LIVE_CHANNELS:
        urgency *= weights.live
    if weighty(state, state.accounts[ticket.account_id], now_s):
        urgency *= 1 + weights.revenue_at_risk
    return LEFT_WAITING + min(round(weights.waiting * urgency * age_s / 60 * MILLI), LEFT_WAITING)


def second_ticket(state: TeamState) -> int:
    """What each further ticket of one batch costs an agent more than the one before."""
    return round(state.policy.weights.open_work * MILLI)


def same_account(state: TeamState) -> int:
    """What is saved when a ticket goes where the one of its account before it in the same solve goes."""
    return round(state.policy.weights.same_account * MILLI)

"""Who could listen to whom after a tough contact, and the best pairs: a maximum-weight matching over willing people who are there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fatigue_model.dynamics import DAY_S
from router.agents import BoolArray, IntArray
from router.domain import Debrief, Status
from router.person import Entry, Person
from router.state import TeamState

FULL, RECENT_COST, RECENT_COST_MAX = 1000, 100, 900  # of a pair's weight, so that every weight is above 0


@dataclass(frozen=True, slots=True)
class Need:
    """A tough contact, fresh, of somebody who is willing to talk about it and has not been asked."""

    row: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class Pair:
    """A possible debrief: what the listener's exposure rises by, and how good a pair it is (above 0)."""

    need: Need
    listener: int
    rise_points: float
    weight: int


def needs(state: TeamState, now_s: float) -> list[Need]:
    """The newest tough contact of each willing agent that is fresh and that no debrief was proposed for."""
    since_s = now_s - state.policy.debrief.fresh_s
    willing = [(row, state.agents.people[row]) for row in state.agents.profiles.willing]
    fresh = [(row, person) for row, person in willing if person.entries and person.entries[-1].ended_s >= since_s]
    if not fresh:
        return []
    asked = {(each.handler_id, each.ticket_id): each.contact_s for each in state.debriefs.values()}
    found = ((row, _tough(state, person, since_s, asked)) for row, person in fresh)
    return [Need(row, entry) for row, entry in found if entry is not None]


def _tough(state: TeamState, person: Person, since_s: float, asked: dict[tuple[str, str], float]) -> Entry | None:
    """`asked`: the contact that a debrief was last proposed for, by handler and ticket. One that is told since to have ended at another
    instant is the same contact: within the time that it is fresh a ticket is asked about once."""
    policy = state.policy.debrief
    for entry in reversed(person.entries):
        if entry.ended_s < since_s:
            return None
        ticket = state.tickets.get(entry.ticket_id)  # none for a debrief: listening asks for no debrief
        if ticket is None or abs(asked.get((person.id, entry.ticket_id), -math.inf) - entry.ended_s) <= policy.fresh_s:
            continue
        hot = any(each.hot for each in ticket.contacts if (each.agent_id, each.ended_s) == (person.id, entry.ended_s))
        if hot or entry.points >= policy.min_points:
            return entry
    return None


def free(state: TeamState, now_s: float, among: Sequence[Debrief] | None = None) -> BoolArray:
    """Who could sit down for a debrief now, shape (n_agents,): willing, online, on shift, without live work or a break due, and with no
    other debrief proposed or under way (`among` these: all that are known)."""
    agents = state.agents
    engaged = {who for each in (state.debriefs.values() if among is None else among) if open_at(each, now_s) for who in pair_of(each)}
    willing = np.array([person.debrief_opt_in and person.id not in engaged for person in agents.people], dtype=np.bool_)
    resting = (agents.pending_s <= now_s) & (now_s < agents.break_end_s)
    there = (agents.status == Status.ONLINE) & agents.profiles.shift_windows(now_s)[0] & (agents.live_open == 0)
    found: BoolArray = willing & there & ~resting & (agents.debrief_until_s <= now_s)
    return found


def open_at(debrief: Debrief, now_s: float) -> bool:
    """Whether it still waits for an answer."""
    return debrief.start_s is None and not debrief.declined and now_s < debrief.expires_s


def pair_of(debrief: Debrief) -> tuple[str, str]:
    return debrief.handler_id, debrief.listener_id


def pairs(state: TeamState, now_s: float) -> list[Pair]:
    """The possible pairs, by handler, each handler's best first. A listener has no tough contact of their own to talk about, stays at or
    below their own line with what listening adds, shares a language where both name theirs, and was not asked with the same colleague
    lately.

    With H handlers the H best listeners of each are enough, and no more are given: the others can take at most H − 1 of them.
    """
    wanting = needs(state, now_s)
    if not wanting:
        return []
    here = free(state, now_s)
    ready = [need for need in wanting if here[need.row]]
    here[[need.row for need in wanting]] = False
    if not ready or not here.any():
        return []
    own = state.agents.project_own(now_s, state.params)
    found = []
    for need in ready:
        rise = state.policy.debrief.listener_share * need.entry.points
        after = (own.acute + rise) / own.line
        often, barred = _asked(state, need.row, now_s)
        rows = np.flatnonzero(here & (after <= 1) & ~barred & _understand(state, need.row))
        weights = FULL + np.rint(FULL * (1 - after[rows])).astype(np.int64) - np.minimum(RECENT_COST * often[rows], RECENT_COST_MAX)
        best_first = np.argsort(-weights, kind="stable")[: len(ready)]
        found += [Pair(need, int(rows[each]), rise, int(weights[each])) for each in best_first]
    return found


def _asked(state: TeamState, row: int, now_s: float) -> tuple[IntArray, BoolArray]:
    """How often an agent was asked together with each other one in the 30 days that are kept, and with whom too lately to be asked again;
    shape (n_agents,)."""
    often, barred = np.zeros(len(state.agents), dtype=np.int64), np.zeros(len(state.agents), dtype=np.bool_)
    me, since_s = state.agents.people[row].id, now_s - state.policy.debrief.repeat_gap_d * DAY_S
    for each in state.debriefs.values():
        if me in pair_of(each):
            other = state.agents.row[each.listener_id if me == each.handler_id else each.handler_id]
            often[other] += 1
            barred[other] |= each.proposed_s > since_s
    return often, barred


def _understand(state: TeamState, row: int) -> BoolArray:
    """Who shares a language with an agent, or names none; shape (n_agents,)."""
    people = state.agents.people
    mine = set(people[row].languages)
    return np.array([not mine or not person.languages or not mine.isdisjoint(person.languages) for person in people], dtype=np.bool_)


def best(found: Sequence[Pair]) -> list[Pair]:
    """The pairs of largest total weight, nobody in two of them, in the order of handlers."""
    if not found:
        return []
    import networkx as nx  # late: it takes its time, and most solves need none

    # handlers below 0, listeners from 0; in one order, so that the same pairs give the same choice
    edges = {(-1 - pair.need.row, pair.listener): pair for pair in sorted(found, key=lambda pair: (pair.need.row, pair.listener))}
    graph = nx.Graph()
    graph.add_weighted_edges_from((*edge, pair.weight) for edge, pair in edges.items())
    chosen = [edges[min(edge), max(edge)] for edge in nx.max_weight_matching(graph)]
    return sorted(chosen, key=lambda pair: pair.need.row)

"""Who could listen to whom after a tough contact, and the best pairs: a maximum-weight matching over willing people who are there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from router.agents import BoolArray, Entry, Person
from router.domain import Debrief, Status
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
    found = []
    for row, person in enumerate(state.agents.people):
        if person.debrief_opt_in and (entry := _tough(state, person, now_s)) is not None:
            found.append(Need(row, entry))
    return found


def _tough(state: TeamState, person: Person, now_s: float) -> Entry | None:
    policy = state.policy.debrief
    for entry in reversed(person.entries):
        if entry.ended_s < now_s - policy.fresh_s:
            return None
        ticket = state.tickets.get(entry.ticket_id)  # none for a debrief: listening asks for no debrief
        if ticket is None or any(asked_about(each, person.id, entry, policy.fresh_s) for each in state.debriefs.values()):
            continue
        hot = any(each.hot for each in ticket.contacts if (each.agent_id, each.ended_s) == (person.id, entry.ended_s))
        if hot or entry.points >= policy.min_points:
            return entry
    return None


def asked_about(debrief: Debrief, agent_id: str, entry: Entry, fresh_s: float) -> bool:
    """Whether the debrief was proposed for this contact; also where it has been told since that it ended at another instant."""
    same = (debrief.handler_id, debrief.ticket_id) == (agent_id, entry.ticket_id)
    return same and abs(debrief.contact_s - entry.ended_s) <= fresh_s


def free(state: TeamState, now_s: float, among: Sequence[Debrief] | None = None) -> BoolArray:
    """Who could sit down for a debrief now, shape (n_agents,): willing, online, on shift, without live work or a break due, and with no
    other debrief proposed or under way (`among` these: all that are known)."""
    agents = state.agents
    engaged = {who for each in (state.debriefs.values() if among is None else among) if open_at(each, now_s) for who in pair_of(each)}
    willing = np.array([person.debrief_opt_in and person.id not in engaged for person in agents.people], dtype=np.bool_)
    resting = (agents.pending_s <= now_s) & (now_s < agents.break_end_s)
    there = (agents.status == Status.ONLINE) & agents.shift_windows(now_s)[0] & (agents.live_open == 0)
    found: BoolArray = willing & there & ~resting & (agents.debrief_until_s <= now_s)
    return found


def open_at(debrief: Debrief, now_s: float) -> bool:
    """Whether it still waits for an answer."""
    return debrief.start_s is None and not debrief.declined and now_s < debrief.expires_s


def pair_of(debrief: Debrief) -> tuple[str, str]:
    return debrief.handler_id, debrief.listener_id


def pairs(state: TeamState, now_s: float) -> list[Pair]:
    """Every possible pair, by handler and listener. A listener has no tough contact of their own to talk about, stays at or below their
    own line with what listening adds, shares a language where both name theirs, and was not asked with the same colleague lately."""
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
        for row in np.flatnonzero(here & (after <= 1)).tolist():
            asked = _asked(state, need.row, row)
            if _understand(state, need.row, row) and not any(each > now_s - state.policy.debrief.repeat_gap_d * 86_400 for each in asked):
                weight = FULL + round(FULL * (1 - float(after[row]))) - min(RECENT_COST * len(asked), RECENT_COST_MAX)
                found.append(Pair(need, row, rise, weight))
    return found


def _asked(state: TeamState, one: int, other: int) -> list[float]:
    """When a debrief of the two was proposed, whoever was to listen, in the 30 days that are kept."""
    both = {state.agents.people[one].id, state.agents.people[other].id}
    return [each.proposed_s for each in state.debriefs.values() if set(pair_of(each)) == both]


def _understand(state: TeamState, one: int, other: int) -> bool:
    mine, theirs = (set(state.agents.people[row].languages) for row in (one, other))
    return not mine or not theirs or bool(mine & theirs)


def best(found: Sequence[Pair]) -> list[Pair]:
    """The pairs of largest total weight, nobody in two of them, in the order of handlers.

    With H handlers the H best listeners of each are enough: the others can take at most H − 1 of them. It keeps the matching small.
    """
    if not found:
        return []
    import networkx as nx  # late: it takes its time, and most solves need none

    rows = sorted({pair.need.row for pair in found})
    graph, edges = nx.Graph(), dict[tuple[int, int], Pair]()
    for row in rows:
        mine = sorted((pair for pair in found if pair.need.row == row), key=lambda pair: (-pair.weight, pair.listener))
        for pair in mine[: len(rows)]:
            edge = (-1 - row, pair.listener)  # handlers below 0, listeners from 0
            edges[edge] = pair
            graph.add_edge(*edge, weight=pair.weight)
    chosen = [edges[min(edge), max(edge)] for edge in nx.max_weight_matching(graph)]
    return sorted(chosen, key=lambda pair: pair.need.row)

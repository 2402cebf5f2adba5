"""How many will be needed: work that came at the same time of past weeks, or in the last hours where there is no such week."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np

from router.agents import FloatArray
from router.domain import Ticket
from router.plan.problem import Floor
from router.state import TeamState

WEEK_S, WEEKS = 7 * 86_400.0, 4
RECENT_S = 7200.0
SMOOTH = 6  # slots on either side: a handful of tickets says nothing of five minutes


def floors(state: TeamState, now_s: float, start_s: float, slot_s: int, slots: int) -> tuple[Floor, ...]:
    """For each skill that was asked for, and for anybody, how many are needed in each slot: the offered load in erlangs (tickets per
    second times their expected handling), rounded up. The policy's coverage floor counts for each skill that somebody has, and for
    anybody."""
    tickets = [each for each in state.tickets.values() if each.created_s >= start_s - WEEKS * WEEK_S and each.state != "automation"]
    weeks = min(WEEKS, int((start_s - min((each.created_s for each in tickets), default=start_s)) // WEEK_S))
    offered: dict[str | None, FloatArray] = {None: np.zeros(slots)}
    for ticket in tickets:
        for skill in (None, *ticket.skills):
            load = offered.setdefault(skill, np.zeros(slots))
            for slot, share in _lands(ticket, now_s, start_s, slot_s, slots, weeks):
                load[slot] += share * ticket.expected_handle_s / slot_s
    needs = {skill: _smoothed(load) if weeks else load for skill, load in offered.items()}
    least, known = state.policy.coverage_floor, {skill for person in state.agents.people for skill in person.skills}
    found = []
    for skill in (None, *sorted(known.union(each for each in needs if each is not None))):
        floor = least if skill is None or skill in known else 0
        need = tuple(max(floor, math.ceil(each - 1e-9)) for each in needs.get(skill, np.zeros(slots)))
        if any(need):
            found.append(Floor(skill, need))
    return tuple(found)


def _lands(ticket: Ticket, now_s: float, start_s: float, slot_s: int, slots: int, weeks: int) -> Iterable[tuple[int, float]]:
    """In which slots ahead a past ticket says that one will come, and how many."""
    return _same_time(ticket, start_s, slot_s, slots, weeks) if weeks else _lately(ticket, now_s, slot_s, slots)


def _same_time(ticket: Ticket, start_s: float, slot_s: int, slots: int, weeks: int) -> Iterator[tuple[int, float]]:
    for week in range(1, weeks + 1):
        slot = math.floor((ticket.created_s + week * WEEK_S - start_s) / slot_s)
        if 0 <= slot < slots:
            yield slot, 1 / weeks


def _lately(ticket: Ticket, now_s: float, slot_s: int, slots: int) -> Iterator[tuple[int, float]]:
    if now_s - RECENT_S < ticket.created_s <= now_s:
        yield from ((slot, slot_s / RECENT_S) for slot in range(slots))


def _smoothed(load: FloatArray) -> FloatArray:
    around = np.ones(2 * SMOOTH + 1)
    total: FloatArray = np.convolve(load, around)[SMOOTH : SMOOTH + len(load)]
    count: FloatArray = np.convolve(np.ones(len(load)), around)[SMOOTH : SMOOTH + len(load)]
    return total / count

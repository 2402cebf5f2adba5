"""Hard contacts in a row of one agent: since their last break, or an absence or time off shift that was as long."""

from __future__ import annotations

from itertools import takewhile

import numpy as np

from router.agents import BoolArray, IntArray
from router.rest import last_absence_s
from router.state import TeamState

SPARE = 10  # contacts kept beyond the longest streak, for late news that takes some of them out


def count(state: TeamState, row: int) -> None:
    """Count anew, in the order in which the contacts ended, from what is known by now of where the agent was."""
    agents, recent = state.agents, state.agents.people[row].recent
    del recent[: max(0, len(recent) - state.policy.hard_streak_max - SPARE)]
    hard = list(takewhile(lambda each: each[1], reversed(recent)))
    agents.streak[row] = len(unrested(state, row, hard[::-1]))
    agents.streak_s[row] = recent[-1][0] if recent else agents.streak_s[row]


def unrested(state: TeamState, row: int, contacts: list[tuple[float, bool]]) -> list[tuple[float, bool]]:
    """Those of some of the `recent` contacts of an agent, in their order, that no rest came after."""
    agents, begun_s = state.agents, state.agents.break_start_s.item(row)
    last_break_s = begun_s if begun_s <= state.now_s else agents.last_break_s.item(row)
    rested_s = max(last_break_s, agents.profiles.rested_s(state.now_s, state.policy.break_max_s).item(row))
    found = [each for each in contacts if each[0] > rested_s]
    if not found:
        return found
    away_s = last_absence_s(state, row, found[0][0])
    return [each for each in found if each[0] > away_s]


def over(state: TeamState, now_s: float) -> BoolArray:
    """Whose last break, or time off shift as long as the longest, began after their last contact, shape (n_agents,): their streak of hard
    contacts is over."""
    agents = state.agents
    by_break = (agents.streak_s <= agents.break_start_s) & (agents.break_start_s <= now_s)
    found: BoolArray = by_break | (agents.streak_s <= agents.profiles.rested_s(now_s, state.policy.break_max_s))
    return found


def in_row(state: TeamState, now_s: float) -> IntArray:
    """Hard contacts in a row since the last break or absence as long, and those to come of work in hand; shape (n_agents,)."""
    ended: IntArray = np.where(over(state, now_s), 0, state.agents.streak)
    return ended + state.agents.hard_open

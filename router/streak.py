"""Hard contacts in a row of one agent: since their last break, or an absence that was as long."""

from __future__ import annotations

import numpy as np

from router.agents import BoolArray, IntArray
from router.state import TeamState

SPARE = 10  # contacts kept beyond the longest streak, for late news that takes some of them out


def count(state: TeamState, row: int) -> None:
    """Count anew, in the order in which the contacts ended."""
    agents, recent = state.agents, state.agents.people[row].recent
    began_s = float(agents.break_start_s[row])
    rested = sum(1 for each in recent if each[0] <= began_s) if began_s <= state.now_s else 0
    del recent[: max(rested, len(recent) - state.policy.hard_streak_max - SPARE)]
    hard = [each[1] for each in recent]
    agents.streak[row] = hard[::-1].index(False) if False in hard else len(hard)
    agents.streak_s[row] = recent[-1][0] if recent else agents.streak_s[row]


def rested(state: TeamState, row: int, away_s: float) -> None:
    """A rest from `away_s` on is over: what ended before is no part of the streak, nor what is told of it later. It stands among the
    contacts like one that was not hard."""
    recent = state.agents.people[row].recent
    recent[:] = [(away_s, False), *(each for each in recent if each[0] > away_s)]
    count(state, row)


def over_by_break(state: TeamState, now_s: float) -> BoolArray:
    """Whose last break began after their last contact, shape (n_agents,): their streak of hard contacts is over."""
    agents = state.agents
    return (agents.streak_s <= agents.break_start_s) & (agents.break_start_s <= now_s)


def in_row(state: TeamState, now_s: float) -> IntArray:
    """Hard contacts in a row since the last break or absence as long, and those to come of work in hand; shape (n_agents,)."""
    ended: IntArray = np.where(over_by_break(state, now_s), 0, state.agents.streak)
    return ended + state.agents.hard_open

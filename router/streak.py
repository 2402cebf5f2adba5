"""Hard contacts in a row of one agent: since their last break, or an absence or time off shift that was as long."""

from __future__ import annotations

import numpy as np

from router.agents import BoolArray, IntArray
from router.state import TeamState

SPARE = 10  # contacts kept beyond the longest streak, for late news that takes some of them out


def count(state: TeamState, row: int) -> None:
    """Count anew, in the order in which the contacts ended."""
    agents, recent = state.agents, state.agents.people[row].recent
    began_s = float(agents.break_start_s[row])
    if began_s <= state.now_s:
        _rest_from(recent, began_s)
    del recent[: max(0, len(recent) - state.policy.hard_streak_max - SPARE)]
    hard = [each[1] for each in recent]
    agents.streak[row] = hard[::-1].index(False) if False in hard else len(hard)
    agents.streak_s[row] = recent[-1][0] if recent else agents.streak_s[row]


def rested(state: TeamState, row: int, away_s: float) -> None:
    """A rest from `away_s` on is over: what ended before is no part of the streak."""
    _rest_from(state.agents.people[row].recent, away_s)
    count(state, row)


def _rest_from(recent: list[tuple[float, bool]], from_s: float) -> None:
    """What ended up to a rest is dropped, and counts no more where it is told later: the rest stands among the contacts like one that was
    not hard."""
    recent[:] = [(from_s, False), *(each for each in recent if each[0] > from_s)]


def was_off_shift(state: TeamState, row: int) -> None:
    """A contact was entered: what ended before the time off shift is no part of the streak, as with an absence."""
    off_s = float(state.agents.profiles.rested_s(state.now_s, state.policy.break_max_s)[row])
    if any(each[0] <= off_s for each in state.agents.people[row].recent):
        rested(state, row, off_s)


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

"""Whether somebody has rested since an instant: by a break, an absence as long, or time off shift. Read off what is known by now of where
they were, so that late news changes it as news in time would have."""

from __future__ import annotations

import math

from fatigue_model.dynamics import line
from router.domain import AWAY
from router.ledger import itemised
from router.readiness import load_at, was_off_shift
from router.state import TeamState
from router.timeline import absences


def rested_since(state: TeamState, row: int, since_s: float) -> bool:
    """Whether what ended at `since_s` is rested from: by the last break, which is over, by an earlier one, by an absence, or off shift."""
    current = state.agents.people[row].recovery
    if current is not None and since_s <= float(state.agents.rest_from_s[row]) < current.end_s:
        return True
    return rested_elsewhere(state, row, since_s)


def rested_elsewhere(state: TeamState, row: int, since_s: float) -> bool:
    """The same by anything but the last break itself, of a ledger that is settled: by what of it was rested indeed."""
    policy, person = state.policy, state.agents.people[row]
    if was_off_shift(state, row, since_s, state.now_s):
        return True
    taken = any(since_s <= start_s and end_s - start_s >= policy.break_min_s for start_s, end_s in person.rests)
    away = (_enough(state, row, *each) for each in absences(person, since_s, state.now_s))
    return policy.break_max_s > 0 and (taken or any(away))


def last_absence_s(state: TeamState, row: int, since_s: float) -> float:
    """When the last absence after `since_s` began, by the status alone, that was as long as a break and is over; minus infinity where none
    was."""
    agents = state.agents
    until_s = float(agents.absent_since_s[row]) if agents.status[row] <= AWAY else state.now_s
    found = absences(agents.people[row], since_s, until_s, breaks=False)
    return next((start_s for start_s, end_s in reversed(found) if _enough(state, row, start_s, end_s)), -math.inf)


def _enough(state: TeamState, row: int, start_s: float, end_s: float) -> bool:
    """Whether an absence was as long as the break: the longest one where it left the load above the line."""
    policy, length_s = state.policy, end_s - start_s
    return length_s >= policy.break_max_s or (length_s >= policy.break_min_s and not _above_line(state, row, end_s))


def _above_line(state: TeamState, row: int, at_s: float) -> bool:
    """Whether an agent's own load was above their line at an instant that may be past."""
    agents = state.agents
    if at_s >= float(agents.as_of_s[row]):
        acute, carried = load_at(state, row, at_s)
    else:
        acute, carried = itemised(agents, row, state.params, agents.people[row].paces, at_s).loads
    return acute > float(line(carried, state.params))

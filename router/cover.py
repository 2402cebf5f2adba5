"""Cover: how long a break waits so that enough others are there for each skill of its agent."""

from __future__ import annotations

import numpy as np

from router.domain import AWAY, ONLINE
from router.state import TeamState


def covered_s(state: TeamState, row: int, start_s: float) -> float:
    """When a break that may start at `start_s` does, delayed within the policy's bound while too few others would be left to take work of
    one of the agent's skills; of any work, where they have none. Who is away already waits for nobody."""
    policy, agents = state.policy, state.agents
    if policy.coverage_floor == 0 or int(agents.status[row]) <= AWAY:
        return start_s
    on_shift, _ = agents.profiles.shift_windows(state.now_s)
    others = (agents.status == ONLINE) & on_shift
    others[row] = False
    skilled = [others & (agents.profiles.skill_levels(name) > 0) for name in agents.people[row].skills] or [others]
    latest = start_s + policy.coverage_delay_max_s
    ends = sorted(float(end) for end in agents.break_end_s[others] if start_s < end < latest)
    for instant in [start_s, *ends]:
        away = (agents.pending_s <= instant) & (instant < agents.break_end_s)
        if all(int(np.count_nonzero(each & ~away)) >= policy.coverage_floor for each in skilled):
            return instant
    return latest

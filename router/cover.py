"""Cover: how long a break waits so that enough others are there for each skill of its agent."""

from __future__ import annotations

from collections import Counter

import numpy as np

from router.domain import AWAY, ONLINE
from router.state import TeamState

SHOWN = 5  # skills, in a warning


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


def unattainable(state: TeamState) -> tuple[str, ...]:
    """A warning where the floor is more than the others there are, whoever is at work: no delay of a break ever brings them."""
    floor, delay_s = state.policy.coverage_floor, state.policy.coverage_delay_max_s
    people = state.agents.people
    if not (people and floor and delay_s):
        return ()
    having = Counter(skill for person in people for skill in person.skills)
    few = sorted(skill for skill, count in having.items() if count <= floor)
    if len(people) > floor and not few:
        return ()
    who = "the team has fewer others" if len(people) <= floor else f"fewer others have {', '.join(few[:SHOWN])}{', …' * (len(few) > SHOWN)}"
    return (f"coverage_floor is {floor}, and {who}: breaks there always wait the whole {delay_s} s",)

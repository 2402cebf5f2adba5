"""What routing reads of the plan: who is to be away when, and whom it keeps for hot tickets. It makes work dearer and forbids nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from router.agents import BoolArray, FloatArray
from router.state import TeamState


@dataclass(frozen=True, slots=True)
class Guidance:
    """For each agent the next planned activity from `begin_s` to `end_s` (infinity where there is none) and whether they are `reserve`;
    ndarrays of shape (n_agents,)."""

    begin_s: FloatArray
    end_s: FloatArray
    reserve: BoolArray


def guidance(state: TeamState, now_s: float) -> Guidance | None:
    """What the plan says at `now_s`; None without a plan, or when it has run out."""
    plan, agents = state.plan, state.agents
    if plan is None or now_s >= plan.end_s:
        return None
    begin, end = np.full(len(agents), math.inf), np.full(len(agents), math.inf)
    for each in plan.entries:  # the earliest first
        row = agents.row.get(each.agent_id)
        if row is not None and each.end_s > now_s and math.isinf(begin[row]):
            begin[row], end[row] = each.start_s, each.end_s
    reserve = np.array([each.id in plan.reserve for each in agents.people], dtype=np.bool_)
    return Guidance(begin, end, reserve)

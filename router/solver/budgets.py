"""What the tickets of one batch may weigh on an agent together: rules on sums, which no flow can say."""

from __future__ import annotations

import numpy as np

from router.agents import BoolArray, IntArray
from router.solver.batch import Batch


def kept_apart(batch: Batch, agent_of: IntArray, allowed: BoolArray) -> bool:
    """Whether the answer is over somebody's budget; then `allowed`, shape (n_tickets, n_agents), loses in place what made it so: the agent
    keeps for good what is dearest to leave waiting, and may have nothing that is too much besides."""
    over = batch.over(agent_of)
    nowhere_else = np.count_nonzero(allowed, axis=1) == 1
    order = np.lexsort((np.arange(len(agent_of)), -batch.wait, ~nowhere_else))
    for agent in over.tolist():
        weight = np.stack([each.weight[:, agent] for each in batch.budgets])
        left, kept = np.array([each.limit[agent] for each in batch.budgets]), list[int]()
        for ticket in order[agent_of[order] == agent].tolist():
            if (weight[:, ticket] <= left).all():
                left -= weight[:, ticket]
                kept.append(ticket)
        too_much = np.logical_or.reduce(weight > left[:, None])
        too_much[kept] = False
        allowed[kept] = False
        allowed[kept, agent] = True
        allowed[too_much, agent] = False
    return bool(over.size)

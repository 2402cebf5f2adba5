"""Couples of tickets that had better go to one agent: a first answer, by a flow in which they pay less where they meet best."""

from __future__ import annotations

import numpy as np

from router.agents import IntArray
from router.solver.network import Network


def most_to_gain(network: Network, reduced: IntArray) -> int:
    """No answer gains more than this over the flow by savings, given the reduced costs of the flow's arcs.

    What a couple saves at an agent is worth that less what the two pairs cost the flow. A ticket's pair counts once in the cost,
    so each of the couples and guards of the ticket may charge a part of it.
    """
    batch = network.batch
    share = np.bincount(np.concatenate((batch.couples[:, :2].ravel(), batch.guards[:, 0])), minlength=len(batch.wait))
    extra = _extra(network, reduced) // np.maximum(share, 1)[:, None]
    gain = 0
    for first, second, saving in batch.couples.tolist():
        gain += max(0, saving - int((extra[first] + extra[second]).min()))
    for ticket, agent, _, saving in batch.guards.tolist():
        gain += max(0, saving - int(extra[ticket, agent]))
    return gain


def _extra(network: Network, reduced: IntArray) -> IntArray:
    """What a pair costs the flow, shape (n_tickets, n_agents); very much where it can't be."""
    batch, pairs = network.batch, slice(None, network.n_pairs)
    extra = np.full(batch.usable.shape, np.iinfo(np.int64).max // 4)
    extra[batch.ticket, batch.agent] = np.maximum(reduced[pairs], 0)
    return extra


def drawn_together(network: Network, reduced: IntArray) -> Network:
    """The network with each couple's saving taken off both its pairs at the agent where meeting costs the flow least.

    A couple that costs more to bring together than it saves is left as it is.
    """
    batch, extra = network.batch, _extra(network, reduced)
    discount = np.zeros_like(extra)
    for first, second, saving in batch.couples.tolist():
        where = extra[first] + extra[second]
        agent = int(np.argmin(where))
        if where[agent] < saving:
            discount[first, agent] += saving
            discount[second, agent] += saving
    return network.cheaper(discount[batch.ticket, batch.agent])

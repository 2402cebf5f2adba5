"""Couples of tickets that had better go to one agent: a first answer by a flow in which they pay less where they meet best, and a better
one by moving both, or changing places with others."""

from __future__ import annotations

from typing import Any

import numpy as np

from router.agents import IntArray
from router.solver.batch import WAITS, Batch
from router.solver.network import Network

NEVER = 1 << 60  # more than any cost or saving that is taken; some of it can be added up
EFFORT = 400  # how often all tickets are looked at for who could change places: whoever comes meanwhile waits
Change = tuple[int, IntArray, IntArray]  # what it costs, the tickets, and the agent of each


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


def brought_together(batch: Batch, agent_of: IntArray) -> IntArray:
    """The answer with couples brought together one after the other, where that saves more than it costs, as far as the effort reaches. A
    hot ticket stays where it is."""
    answer, cost, effort = agent_of, np.where(batch.usable, batch.cost, NEVER), EFFORT
    for first, second, saving in sorted(batch.couples.tolist(), key=lambda couple: -couple[2]):
        apart = answer[first] != answer[second] and WAITS not in (answer[first], answer[second])
        if apart and not batch.hot[[first, second]].any():
            effort -= int(batch.load(answer).max())
            if effort < 0:
                break
            met = _met(batch, cost, answer, first, second, saving)
            if batch.total(met) < batch.total(answer) and not set(batch.over(met)) - set(batch.over(answer)):
                answer = met
    return answer


def _met(batch: Batch, cost: IntArray, answer: IntArray, first: int, second: int, saving: int) -> IntArray:
    """The answer in which a couple meets at the least cost, what else is saved not counted: at an agent who has room, or in the place of
    others, who take theirs: of one where one of the couple is, of two at anybody else. Where that costs more, the answer as it is."""
    others = answer.copy()
    others[[first, second]] = WAITS
    known = np.flatnonzero((others != WAITS) & ~batch.hot)
    theirs = known[np.argsort(others[known], kind="stable")]  # the tickets of an agent beside each other
    found = [_moved(batch, cost, answer, others, first, second)]
    for stays, comes in ((first, second), (second, first)):
        one = theirs[(others[theirs] == answer[stays]) & (batch.lane[theirs] == batch.lane[comes])]
        found.append(_exchanged(cost, answer, (comes, one), (answer[stays], answer[comes])))
    for apart in range(1, int(batch.load(others).max())):
        near, far = theirs[:-apart], theirs[apart:]
        pair = others[near] == others[far]
        for one, two in ((near[pair], far[pair]), (far[pair], near[pair])):
            fits = (batch.lane[one] == batch.lane[first]) & (batch.lane[two] == batch.lane[second])
            who = others[one[fits]]
            found.append(_exchanged(cost, answer, (first, second, one[fits], two[fits]), (who, who, answer[first], answer[second])))
    price, tickets, agents = min(found, key=lambda each: each[0])
    if price >= saving:
        return answer
    met = answer.copy()
    met[tickets] = agents
    return met


def _moved(batch: Batch, cost: IntArray, answer: IntArray, others: IntArray, first: int, second: int) -> Change:
    """Both go to the agent with room beside the other tickets to whom that costs least."""
    lanes = [int(batch.lane[each]) for each in (first, second)]
    left = [batch.free[:, lane] - batch.load(others, batch.lane == lane) for lane in lanes]
    load, dear = batch.load(others), int(batch.wait.max()) + batch.most_saved + 1
    step = np.minimum(batch.step, dear)  # beyond what can be saved it is as good, and sums stay small
    room = (np.minimum(*left) >= (2 if lanes[0] == lanes[1] else 1)) & (batch.most - load >= 2)
    if batch.alone:
        room &= batch.load(others, batch.hot) == 0
    before = sum(cost[each, answer[each]] + step[answer[each]] * load[answer[each]] for each in (first, second))
    price = np.where(room, cost[first] + cost[second] + step * (2 * load + 1) - before, NEVER)
    agent = int(price.argmin())
    return int(price[agent]), np.array([first, second]), np.array([agent, agent])


def _exchanged(cost: IntArray, answer: IntArray, tickets: tuple[Any, ...], agents: tuple[Any, ...]) -> Change:
    """The cheapest of some changes that leave each agent as many tickets; of `tickets` and where they go, each is one or one for each."""
    each = np.stack(np.broadcast_arrays(*tickets, *agents), axis=-1)
    moved, to = each[:, : len(tickets)], each[:, len(tickets) :]
    if not len(moved):
        return NEVER, moved, to
    price = (cost[moved, to] - cost[moved, answer[moved]]).sum(axis=1)
    best = int(price.argmin())
    return int(price[best]), moved[best], to[best]

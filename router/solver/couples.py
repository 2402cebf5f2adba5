"""Couples of tickets that had better go to one agent: a first answer by a flow in which they pay less where they meet best, each at
somebody who has room besides the others, and a better one by moving both, or changing places with others, and by settling the rest anew."""

from __future__ import annotations

import numpy as np

from router.agents import BoolArray, IntArray
from router.solver.alone import uncrossed
from router.solver.batch import WAITS, Batch
from router.solver.network import Network
from router.solver.places import NEVER, Places

# Bounds on the effort, in looks at a hundred tickets for who could change places: whoever comes meanwhile waits.
TURNS = 2
EFFORT = 150
LOOKED, PRICED = 2_000, 10_000  # tickets, times how many an agent has, and pairs priced anew after a change, that take one look more


def most_to_gain(network: Network, reduced: IntArray) -> tuple[int, IntArray]:
    """What answers gain over the flow by savings at most, given the reduced costs of its arcs, and for each arc, by how much less an
    answer gains at least that uses it otherwise than the flow does.

    What a couple saves at an agent is worth that less what the two pairs and the agent's second ticket cost the flow. A ticket's pair
    counts once in the cost, so each of the couples and guards of the ticket may charge a part of it. Couples that form no ring are fewer
    than their tickets, so each may charge the second of them, than which none further is cheaper. What an arc costs is lost but for what
    those who may charge it did charge, here or elsewhere, and no other arc makes up for.
    """
    batch, gain, less = network.batch, 0, np.abs(reduced)
    share = np.bincount(np.concatenate((batch.couples[:, :2].ravel(), batch.guards[:, 0])), minlength=len(batch.wait))
    extra, further = _extra(network, reduced) // np.maximum(share, 1)[:, None], _further(network, reduced)
    of_pair, of_further, ring = np.zeros_like(extra), np.zeros_like(further), np.arange(len(batch.wait))
    for first, second, saving in batch.couples.tolist():
        pairs, load = extra[first] + extra[second], further
        if ring[first] == ring[second]:
            load = np.zeros_like(further)
        ring[ring == ring[second]] = ring[first]
        charged = min(saving, int((pairs + load).min()))
        gain += saving - charged
        of_pair[first] += np.maximum(charged - extra[second] - load, 0)
        of_pair[second] += np.maximum(charged - extra[first] - load, 0)
        of_further += np.maximum(charged - pairs, 0)
    for ticket, agent, _, saving in batch.guards.tolist():
        charged = min(saving, int(extra[ticket, agent]))
        gain += saving - charged
        of_pair[ticket, agent] += charged
    less[: network.n_pairs] -= of_pair[batch.ticket, batch.agent]
    less[network.first_load : network.first_load + network.nth.size] -= np.where(network.nth > 0, of_further[network.owner], 0)
    return gain, np.maximum(less, 0)


def no_dearer(reduced: IntArray, dear: IntArray, most: int) -> BoolArray:
    """The arcs that an answer may have for which no more is lost than `most`. What costs the flow nothing it may have itself, and then the
    loss is that of an answer without."""
    found: BoolArray = (reduced <= 0) | (dear <= most)
    return found


def _further(network: Network, reduced: IntArray) -> IntArray:
    """What an agent's second ticket costs the flow, shape (n_agents,); very much where there can be none."""
    further: IntArray = np.full(len(network.batch.step), NEVER)
    second = np.flatnonzero(network.nth == 1)
    further[network.owner[second]] = np.maximum(reduced[network.first_load + second], 0)
    return further


def _extra(network: Network, reduced: IntArray) -> IntArray:
    """What a pair costs the flow, shape (n_tickets, n_agents); very much where it can't be."""
    batch, pairs = network.batch, slice(None, network.n_pairs)
    extra = np.full(batch.usable.shape, np.iinfo(np.int64).max // 4)
    extra[batch.ticket, batch.agent] = np.maximum(reduced[pairs], 0)
    return extra


def coupled(network: Network, flow: IntArray, reduced: IntArray, known: IntArray, gain: int, dear: IntArray) -> IntArray:
    """An answer no dearer than `known` in which more couples meet, if one is found, that is over no budget besides. `flow` is the cheapest
    one without the rules, with its reduced costs and what is `most_to_gain`: what makes an answer dearer than `known` is left out."""
    batch = network.batch
    over = batch.total(known) - batch.plain(network.served(flow))
    near = network.near(reduced, over + batch.most_saved + 1, no_dearer(reduced, dear, over + gain))
    drawn = settled(drawn_together(near, near.cost), known, np.zeros_like(batch.hot))
    return min((_polished(batch, near, each) for each in (known, drawn)), key=lambda each: (batch.over(each).size, batch.total(each)))


def _polished(batch: Batch, near: Network, agent_of: IntArray) -> IntArray:
    """The answer with couples brought together and then, by turns, what is left settled anew around them."""
    known = brought_together(batch, agent_of)
    for _ in range(TURNS):
        again = settled(near, known, _meeting(batch, known))
        if batch.total(again) >= batch.total(known) or not batch.over_no_more(again, known):
            break
        known = brought_together(batch, again)
    return known


def drawn_together(network: Network, reduced: IntArray) -> Network:
    """The network with each couple's saving taken off both its pairs at the agent where meeting costs the flow least, of those with room
    besides the couples that save as much and come before.

    A couple that costs more to bring together than it saves is left as it is.
    """
    batch, extra = network.batch, _extra(network, reduced)
    discount, free, most, drawn = np.zeros_like(extra), batch.free.copy(), batch.most.copy(), dict[int, int]()
    for first, second, saving in sorted(batch.couples.tolist(), key=lambda couple: -couple[2]):
        new = [each for each in (first, second) if each not in drawn]
        need = np.bincount(batch.lane[new], minlength=free.shape[1])
        where = np.where((free >= need).all(axis=1) & (most >= len(new)), extra[first] + extra[second], NEVER)
        for each in {first, second} & {*drawn}:
            where[np.arange(len(where)) != drawn[each]] = NEVER
        agent = int(np.argmin(where))
        if where[agent] < saving:
            discount[first, agent] += saving
            discount[second, agent] += saving
            free[agent] -= need
            most[agent] -= len(new)
            drawn |= dict.fromkeys(new, agent)
    return network.cheaper(discount[batch.ticket, batch.agent])


def settled(network: Network, agent_of: IntArray, stays: BoolArray) -> IntArray:
    """The cheapest answer in which some tickets stay where they are. Where hot tickets are to be alone, these stay too, and nothing else
    goes to their agents."""
    batch, capacity = network.batch, network.capacity.copy()
    shut = np.zeros(len(batch.step), dtype=np.bool_)
    if batch.alone:
        stays = stays | batch.hot
        shut[agent_of[batch.hot & (agent_of != WAITS)]] = True
    elsewhere = agent_of[batch.ticket] != batch.agent
    capacity[: network.n_pairs][elsewhere & (stays[batch.ticket] | shut[batch.agent])] = 0
    return uncrossed(network, capacity, network.served(network.solve(capacity)))


def _meeting(batch: Batch, agent_of: IntArray) -> BoolArray:
    """The tickets of couples that meet in this answer."""
    found, (first, second, _) = np.zeros(len(batch.wait), dtype=np.bool_), batch.couples.T
    met = (agent_of[first] == agent_of[second]) & (agent_of[first] != WAITS)
    found[first[met]] = found[second[met]] = True
    return found


def brought_together(batch: Batch, agent_of: IntArray) -> IntArray:
    """The answer with couples brought together one after the other, where that saves more than it costs, as far as the effort reaches. A
    hot ticket stays where it is."""
    couples = sorted((each for each in batch.couples.tolist() if not batch.hot[each[:2]].any()), key=lambda couple: -couple[2])
    answer, total, effort, before = agent_of, batch.total(agent_of), EFFORT, None
    places, most = Places(batch, answer), int(batch.load(answer).max(initial=0))
    while before is not answer:
        before = answer
        for first, second, saving in couples:
            if answer[first] == answer[second] != WAITS:
                continue
            effort -= 1 + batch.wait.size * most // LOOKED
            if effort < 0:
                return answer
            met = places.met(first, second, saving)
            if met is not None and (cost := batch.total(met)) < total and batch.over_no_more(met, answer):
                answer, total, places = met, cost, Places(batch, met)
                effort -= batch.usable.size // PRICED
    return answer

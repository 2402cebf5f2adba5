"""Tickets that wait in some cheapest answer whatever else is in it: of those that compete for the same places, few more than there are
places need be looked at."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

from router.agents import BoolArray, IntArray
from router.solver.batch import Batch

BLOCK = 64  # tickets that are compared at once
EFFORT = 4_000_000  # numbers that are compared for the tickets of some places; where it takes more, all of them stay


def may_be_served(batch: Batch) -> BoolArray:
    """Which tickets some agent can have, but for those that as many others beat as there are places for them all; shape (n_tickets,).

    Tickets compete that are of one channel, hot or not, and can go to the same agents. One beats another where it saves as much at least
    by not waiting, at each of them, whatever couples and guards save with the other, and weighs no more. Where a ticket that is beaten so
    often has a place, one that beats it waits and could have the place instead: it fits, and that costs no more.
    """
    found: BoolArray = np.logical_or.reduce(batch.usable, axis=1)
    places = np.minimum(batch.free, batch.most[:, np.newaxis])
    rivals, some = defaultdict[tuple[Any, ...], list[int]](list), np.flatnonzero(found)
    facts = some.tolist(), batch.lane[some].tolist(), batch.hot[some].tolist(), np.packbits(batch.usable[some], axis=1)
    for ticket, lane, hot, agents in zip(*facts, strict=True):
        rivals[lane, hot, agents.tobytes()].append(ticket)
    for (lane, hot, _), tickets in rivals.items():
        agents = np.flatnonzero(batch.usable[tickets[0]])
        most = int(np.minimum(places[agents, lane], 1 if hot else len(tickets)).sum())
        compared = len(tickets) * (most + BLOCK) * agents.size * (1 + len(batch.budgets))
        if most < len(tickets) and compared <= EFFORT:
            pairs = np.ix_(np.array(tickets), agents)
            saved, light = batch.wait[tickets, np.newaxis] - batch.cost[pairs], [-each.weight[pairs] for each in batch.budgets]
            more = saved + batch.savings_of[tickets, np.newaxis]
            found[tickets] = ~_beaten(np.hstack((saved, *light)), np.hstack((more, *light)), most)
    return found


def _beaten(worth: IntArray, asked: IntArray, most: int) -> BoolArray:
    """Which rows `most` others are worth at least what is `asked` of them, number by number; of equal ones the first beat the others.
    `asked` is at least `worth`."""
    found: BoolArray = np.zeros(len(worth), dtype=np.bool_)
    kept = worth[:0]
    order = np.lexsort(np.vstack((np.arange(len(worth)), -worth.T[::-1])))  # who beats a row comes before it
    for begin in range(0, len(order), BLOCK):
        block = order[begin : begin + BLOCK]
        others = np.concatenate((kept, worth[block]))
        beats: BoolArray = np.logical_and.reduce(others[:, np.newaxis] >= asked[block], axis=2)
        beats[len(kept) :] &= np.tri(len(block), k=-1, dtype=np.bool_).T
        found[block] = np.count_nonzero(beats, axis=0) >= most
        kept = np.concatenate((kept, worth[block[~found[block]]]))  # who is not kept beats nobody whom these do not beat as often
    return found

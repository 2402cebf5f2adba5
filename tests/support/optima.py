"""Optima of batches by other solvers and models of their own, to compare with."""

from __future__ import annotations

from typing import Any

import numpy as np
from ortools.sat.python import cp_model
from scipy.optimize import Bounds, LinearConstraint, linear_sum_assignment, milp
from scipy.sparse import csr_array

from support.batches import Batch


class CpSat:
    """One literal per pair, per agent and ticket in hand, and per saving; rules pair by pair, as they are said."""

    def __init__(self, batch: Batch) -> None:
        self.batch, self.model = batch, cp_model.CpModel()
        can = np.argwhere(batch.allowed & (batch.hot_room | ~batch.hot[:, None])).tolist()
        self.given = {(ticket, agent): self.model.new_bool_var("") for ticket, agent in can}
        self.terms: list[Any] = [int(batch.wait_cost.sum())]
        self.terms += [(int(batch.cost[pair]) - int(batch.wait_cost[pair[0]])) * unit for pair, unit in self.given.items()]
        for ticket in range(len(batch.wait_cost)):
            self.model.add(sum(unit for pair, unit in self.given.items() if pair[0] == ticket) <= 1)
        for agent in range(len(batch.room)):
            self._agent(agent)
        for couple in batch.couples:
            for agent in range(len(batch.room)):
                self._saved(couple.saving, [(couple.first, agent), (couple.second, agent)])
        for guard in batch.guards:
            kept = self._saved(guard.saving, [(guard.ticket, guard.agent)])
            theirs = self.of(guard.listener)
            self.model.add(sum(theirs.values()) + 1 <= int(batch.slots[guard.listener])).only_enforce_if(kept)
            self.model.add(sum(unit for ticket, unit in theirs.items() if batch.hot[ticket]) == 0).only_enforce_if(kept)
        self.model.minimize(sum(self.terms))

    def of(self, agent: int) -> dict[int, Any]:
        return {ticket: unit for (ticket, who), unit in self.given.items() if who == agent}

    def _agent(self, agent: int) -> None:
        batch, mine = self.batch, self.of(agent)
        hot = [ticket for ticket in mine if batch.hot[ticket]]
        self.model.add(sum(mine.values()) <= int(batch.slots[agent]))
        self.model.add(sum(mine[ticket] for ticket in hot) <= 1)
        for budget in batch.budgets:
            self.model.add(sum(int(budget.weight[ticket, agent]) * unit for ticket, unit in mine.items()) <= int(budget.limit[agent]))
        for channel, room in enumerate(batch.room[agent].tolist()):
            self.model.add(sum(unit for ticket, unit in mine.items() if batch.channel[ticket] == channel) <= max(room, 0))
        nth = [self.model.new_bool_var("") for _ in mine]
        self.model.add(sum(nth) == sum(mine.values()))
        self.terms += [number * int(batch.step_cost[agent]) * unit for number, unit in enumerate(nth)]
        for ticket in hot if batch.hot_alone else ():
            for other in (each for each in mine if each != ticket):
                self.model.add_at_most_one([mine[ticket], mine[other]])

    def _saved(self, saving: int, pairs: list[tuple[int, int]]) -> Any:
        kept = self.model.new_bool_var("")
        for pair in pairs:
            if pair in self.given:
                self.model.add_implication(kept, self.given[pair])
            else:
                self.model.add(kept == 0)
        self.terms.append(-saving * kept)
        return kept


def by_cp_sat(batch: Batch) -> int:
    """The optimum by the model above, all rules in it."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    assert solver.solve(CpSat(batch).model) == cp_model.OPTIMAL
    return round(solver.objective_value)


def by_milp(batch: Batch) -> int:
    """The optimum by a model of its own: one binary per pair, one per agent and further ticket."""
    tickets, agents = batch.allowed.shape
    channels = batch.room.shape[1]
    ticket, agent = np.nonzero(batch.allowed & (batch.hot_room | ~batch.hot[:, None]))
    pairs = len(ticket)
    extra, nth = (each.ravel() for each in np.mgrid[:agents, 1 : max(tickets, 1)])
    is_hot = np.flatnonzero(batch.hot[ticket])
    row = np.concatenate(
        (
            ticket,
            tickets + agent * channels + batch.channel[ticket],
            tickets + agents * channels + agent,
            tickets + agents * channels + extra,
            tickets + agents * (channels + 1) + agent[is_hot],
        )
    )
    own = np.arange(pairs)
    column = np.concatenate((own, own, own, pairs + np.arange(extra.size), is_hot))
    value = np.where((np.arange(row.size) >= 3 * pairs) & (np.arange(row.size) < 3 * pairs + extra.size), -1.0, 1.0)
    limit = np.concatenate((np.ones(tickets), np.maximum(batch.room, 0).ravel(), np.ones(agents), np.ones(agents)))
    gain = np.concatenate((batch.cost[ticket, agent] - batch.wait_cost[ticket], nth * batch.step_cost[extra]))
    if not pairs:
        return int(batch.wait_cost.sum())
    matrix = csr_array((value, (row, column)), shape=(limit.size, gain.size))
    found = milp(
        gain.astype(float),
        integrality=np.ones(gain.size, dtype=np.int64),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(matrix, -np.inf, limit),
        options={"mip_rel_gap": 0.0},
    )
    assert found.status == 0
    return round(found.fun) + int(batch.wait_cost.sum())


def by_slots(batch: Batch) -> int:
    """The optimum by scipy over one column per slot; a pair that costs more than waiting gains nothing."""
    load = np.minimum(np.maximum(batch.room[:, 0], 0), len(batch.wait_cost))
    owner = np.repeat(np.arange(len(load)), load)
    nth = np.arange(owner.size) - np.repeat(np.cumsum(load) - load, load)
    paid = batch.cost[:, owner] + nth * batch.step_cost[owner] - batch.wait_cost[:, None]
    gain = np.where(batch.allowed[:, owner], np.minimum(paid, 0), 0)
    rows, columns = linear_sum_assignment(gain)
    return int(gain[rows, columns].sum() + batch.wait_cost.sum())

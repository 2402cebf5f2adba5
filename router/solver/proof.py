"""CP-SAT over the arcs that can matter: proves an answer, or finds a cheaper one, where the rules are no flow.

The model is the change from the cheapest flow, priced in reduced costs: small numbers, tight bounds. Repeatable: one worker, a
fixed seed, and effort instead of the clock.
"""

from __future__ import annotations

from collections import defaultdict
from math import ceil
from typing import Any

import numpy as np

from router.agents import IntArray
from router.solver.network import Network

# Bounds by effort and not by the clock: open arcs, and CP-SAT's deterministic time, about in seconds. All others wait meanwhile.
PROOF_ARCS = 4_000
PROOF_EFFORT = 0.05
PROOF_COUPLES = 35_000_000  # open arcs, squared, times couples: with more, hardly anything is proven or bettered by that effort


def prove(
    network: Network, flow: IntArray, reduced: IntArray, known: IntArray, least: int, gain: int, dear: IntArray
) -> tuple[IntArray, int]:
    """The cheapest answer found, at worst `known`, and a bound: no answer costs less.

    `flow` is the cheapest one without the rules, with its reduced costs; `least` a bound so far on what answers cost, `gain` what savings
    can make up for at most, and `dear` how much less they do in an answer that uses an arc otherwise than the flow. An arc for which that
    is all that `known` is above the flow less the gain is in no cheaper answer, so stays out of the model. Where too many are left the
    cheapest stay in, and the bound says so; where they are too many for the couples there are, nothing is tried.
    """
    batch, dear = network.batch, dear.copy()
    bottom = batch.plain(network.served(flow))
    width = batch.total(known) - (bottom - gain)
    near = dear[: network.n_pairs] < width
    nowhere = np.bincount(batch.ticket[near], minlength=network.n_tickets) == 0
    dear[-network.n_tickets :][nowhere] = max(width, 0)  # where no pair is left there is nothing to decide: the ticket waits
    # the pairs of the flow are all among these: only they lead back to their tickets, so their reduced cost is 0
    arcs = np.flatnonzero(dear < width)
    if arcs.size**2 * len(batch.couples) > PROOF_COUPLES:
        return known, least
    if arcs.size > PROOF_ARCS:
        width = int(np.partition(dear, PROOF_ARCS)[PROOF_ARCS])
        arcs = np.flatnonzero(dear < width)
        if not width or not batch.most_saved:  # too many ties to leave anything out; nothing but the rules to better
            return known, least
    found, bound = _Model(network, flow, arcs, reduced).solve(known)
    answer = min(known, found, key=batch.total) if found is not None else known
    best = batch.total(answer)
    # whatever uses an arc that was left out costs at least `width` more than the flow less the gain
    return answer, max(least, min(best, bottom + bound if bound is not None else best, bottom - gain + width))


class _Model:
    """Units on the open arcs, all others as in the flow; the rules; what is saved."""

    def __init__(self, network: Network, flow: IntArray, arcs: IntArray, reduced: IntArray) -> None:
        from ortools.sat.python import cp_model

        self.cp, self.network, self.flow, self.arcs = cp_model, network, flow, arcs
        self.model = cp_model.CpModel()
        batch, n_pairs = network.batch, network.n_pairs
        self.units = [self.model.new_int_var(0, limit, "") for limit in network.capacity[arcs].tolist()]
        self.unit = dict(zip(arcs.tolist(), self.units, strict=True))
        self._balance()
        pairs = arcs[arcs < n_pairs]
        self.pair = {(int(batch.ticket[each]), int(batch.agent[each])): self.unit[each] for each in pairs.tolist()}
        self.hot = defaultdict[int, list[Any]](list)
        for (ticket, agent), unit in self.pair.items():
            if batch.hot[ticket]:
                self.hot[agent].append(unit)
        self._rules()
        saved = [*self._couples(), *self._guards()]
        cost = cp_model.LinearExpr.weighted_sum(self.units, reduced[arcs].tolist()) - int(reduced[arcs] @ flow[arcs])
        self.model.minimize(cost - sum(saving * kept for kept, saving in saved))
        self.kept = [kept for kept, _ in saved]

    def _balance(self) -> None:
        """What comes to a node goes out of it, beyond what does on arcs that are not open."""
        network, arcs = self.network, self.arcs
        units, signs = defaultdict[int, list[Any]](list), defaultdict[int, list[int]](list)
        known = np.zeros(network.n_nodes, dtype=np.int64)
        np.add.at(known, network.tail[arcs], self.flow[arcs])
        np.subtract.at(known, network.head[arcs], self.flow[arcs])
        for unit, tail, head in zip(self.units, network.tail[arcs].tolist(), network.head[arcs].tolist(), strict=True):
            units[tail].append(unit)
            signs[tail].append(1)
            units[head].append(unit)
            signs[head].append(-1)
        for node, theirs in units.items():
            self.model.add(self.cp.LinearExpr.weighted_sum(theirs, signs[node]) == int(known[node]))

    def _rules(self) -> None:
        """No more than each budget allows; one hot ticket for each agent; where it is to be alone, every load arc but the first excludes
        it."""
        batch = self.network.batch
        for budget in batch.budgets:
            units, weights, weight = defaultdict[int, list[Any]](list), defaultdict[int, list[int]](list), budget.weight.tolist()
            for (ticket, agent), unit in self.pair.items():
                units[agent].append(unit)
                weights[agent].append(weight[ticket][agent])
            for agent, theirs in units.items():
                self.model.add(self.cp.LinearExpr.weighted_sum(theirs, weights[agent]) <= int(budget.limit[agent]))
        for agent, hot in self.hot.items():
            self.model.add_at_most_one(hot)
            if not batch.alone:
                continue
            for load, constant in self._load(agent)[1:]:
                if load is not None:
                    self.model.add_at_most_one([load, *hot])
                elif constant:
                    self.model.add(sum(hot) == 0)

    def _load(self, agent: int) -> list[tuple[Any, int]]:
        """The agent's arcs to the sink: the unit, None where the arc is fixed, and then its flow."""
        arcs = self.network.first_load + np.flatnonzero(self.network.owner == agent)
        return [(self.unit.get(arc), int(self.flow[arc])) for arc in arcs.tolist()]

    def _second(self, agent: int) -> list[Any]:
        """What has to be taken where the agent gets two tickets: nothing that is open, a unit, or None where that can't be."""
        unit, constant = [*self._load(agent), (None, 0), (None, 0)][1]
        return [] if unit is None and constant else [unit]

    def _couples(self) -> list[tuple[Any, int]]:
        """One literal for each couple and agent who may get both tickets; such an agent gets a second one."""
        saved = []
        agents = defaultdict[int, list[int]](list)
        for ticket, agent in self.pair:
            agents[ticket].append(agent)
        for first, second, saving in self.network.batch.couples.tolist():
            for agent in sorted({*agents[first]} & {*agents[second]}):
                meets = [self.pair[first, agent], self.pair[second, agent], *self._second(agent)]
                if all(each is not None for each in meets):
                    saved.append((self._implying(meets), saving))
        return saved

    def _guards(self) -> list[tuple[Any, int]]:
        saved = []
        for ticket, agent, listener, saving in self.network.batch.guards.tolist():
            pair, load = self.pair.get((ticket, agent)), self._load(listener)
            if pair is None or not self.network.batch.most[listener]:
                continue
            kept = self._implying((pair,))
            self.model.add_at_most_one([kept, *self.hot[listener]])
            fixed = sum(constant for unit, constant in load if unit is None)
            self.model.add(sum(unit for unit, _ in load if unit is not None) + fixed + kept <= int(self.network.batch.most[listener]))
            saved.append((kept, saving))
        return saved

    def _implying(self, units: Any) -> Any:
        kept = self.model.new_bool_var("")
        for unit in units:
            self.model.add(unit >= kept)
        return kept

    def solve(self, known: IntArray) -> tuple[IntArray | None, int | None]:
        """The best answer found, None where none was, and a bound above the flow, None where nothing over these arcs is cheaper."""
        hint = self.model.proto.solution_hint  # all at once: one by one takes half as long as building all else
        hint.vars.extend([unit.index for unit in self.units])
        hint.values.extend(self.network.flow_of(known)[self.arcs].tolist())
        solver = self.cp.CpSolver()
        solver.parameters.num_workers, solver.parameters.random_seed = 1, 0
        solver.parameters.max_deterministic_time = PROOF_EFFORT
        solver.parameters.linearization_level = 2
        solver.parameters.cp_model_probing_level, solver.parameters.symmetry_level = 0, 0
        status = solver.solve(self.model)
        if status not in (self.cp.OPTIMAL, self.cp.FEASIBLE):
            return None, None if status == self.cp.INFEASIBLE else -self.network.batch.most_saved
        bound = ceil(solver.best_objective_bound - 1e-6)
        flow = self.flow.copy()
        flow[self.arcs] = [solver.value(unit) for unit in self.units]
        return self.network.served(flow), bound

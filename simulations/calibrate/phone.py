"""What only a log of calls tells: patience, wrap-up, who goes ahead in the queue, and how the queue can be run again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from simulations.calibrate.attendance import sessions, skills
from simulations.calibrate.calls import Calls, FloatArray
from simulations.calibrate.line import Demand, Rules
from simulations.calibrate.survival import Curve, Patience, fitted, kaplan_meier
from simulations.calibrate.wrap_up import WrapUp, head_start_s, lengths, own, patience_s, wrap_up

LEFT_MIN = 100  # callers of a category who hung up, for a curve of its own


@dataclass(frozen=True, slots=True)
class Phone:
    """The patience of all callers and its shapes, best first (none where nobody hung up); curves by category; how the queue works.

    `wait_s` and `abandoned` are means over all calls; `rules` hold the wrap-up that was fitted; `lengths_s` are the lengths of calls by
    category, and under −1 of all.
    """

    agents: tuple[str, ...]
    categories: tuple[str, ...]
    curve: Curve
    patience: tuple[Patience, ...]
    curves: Mapping[int, Curve]
    wrap_up: WrapUp
    rules: Rules
    lengths_s: Mapping[int, FloatArray]
    wait_s: float
    abandoned: float

    def own_calls(self, told: Calls, chance: np.random.Generator) -> Demand:
        """A log's calls as they were: arrivals, lengths, and patience as far as the log tells it."""
        return own(told, self.curve, self.curves, chance)

    def own_lengths(self, told: Calls, chance: np.random.Generator) -> Demand:
        """A log's arrivals and lengths of calls, with patience drawn from the fit."""
        return replace(self.drawn_calls(told, chance), service_s=lengths(told, chance))

    def drawn_calls(self, told: Calls, chance: np.random.Generator) -> Demand:
        """A log's arrivals, with lengths and patience drawn from the fit."""
        every = self.lengths_s[-1]
        service_s = np.empty(len(told))
        for kind in range(len(told.categories)):
            these = told.category == kind
            service_s[these] = chance.choice(self.lengths_s.get(kind, every), int(these.sum()))
        waits = patience_s(told, self.curve, self.curves, chance, np.zeros(len(told)))
        return Demand(told.arrived_s, service_s, waits, told.ahead, told.category)


def phone(told: Calls, chance: np.random.Generator) -> Phone:
    """The fit of a log of calls, of which at least one was served."""
    curve = kaplan_meier(told.wait_s, told.left)
    kinds = [kind for kind in range(len(told.categories)) if (told.left & (told.category == kind)).sum() >= LEFT_MIN]
    curves = {kind: kaplan_meier(told.wait_s[told.category == kind], told.left[told.category == kind]) for kind in kinds}
    served = ~told.left
    rules = Rules(0.0, head_start_s(told), skills(told))
    wrapped = wrap_up(told.with_known_agent(), sessions(told), curve, curves, rules, chance)
    of_kind = {kind: told.service_s[served & (told.category == kind)] for kind in range(len(told.categories))}
    return Phone(
        agents=told.agents,
        categories=told.categories,
        curve=curve,
        patience=fitted(told.wait_s, told.left) if told.left.any() else (),
        curves=curves,
        wrap_up=wrapped,
        rules=replace(rules, wrap_up_s=wrapped.mean_s.value),
        lengths_s={kind: lengths for kind, lengths in of_kind.items() if len(lengths)} | {-1: told.service_s[served]},
        wait_s=float(told.wait_s.mean()),
        abandoned=float(told.left.mean()),
    )

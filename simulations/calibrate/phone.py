"""What only a log of calls tells: patience, wrap-up, who goes ahead in the queue, and how the queue can be run again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from simulations.calibrate.attendance import sessions, skills
from simulations.calibrate.calls import Calls, FloatArray
from simulations.calibrate.line import Rules
from simulations.calibrate.survival import Curve, Patience, fitted, kaplan_meier
from simulations.calibrate.wrap_up import WrapUp, head_start_s, wrap_up

LEFT_MIN = 100  # callers of a category who hung up, for a curve of its own


@dataclass(frozen=True, slots=True)
class Phone:
    """The patience of all callers and its shapes, best first (none where nobody hung up); curves by category; how the queue works.

    `wait_s` and `abandoned` are means over all calls; `rules` hold the wrap-up that was fitted.
    """

    curve: Curve
    patience: tuple[Patience, ...]
    curves: Mapping[int, Curve]
    wrap_up: WrapUp
    rules: Rules
    lengths_s: Mapping[int, FloatArray]
    wait_s: float
    abandoned: float


def phone(told: Calls, chance: np.random.Generator) -> Phone:
    """The fit of a log of calls, of which at least one was served."""
    curve = kaplan_meier(told.wait_s, told.left)
    kinds = [kind for kind in range(len(told.categories)) if (told.left & (told.category == kind)).sum() >= LEFT_MIN]
    curves = {kind: kaplan_meier(told.wait_s[told.category == kind], told.left[told.category == kind]) for kind in kinds}
    served = ~told.left
    rules = Rules(0.0, head_start_s(told), skills(told))
    wrapped = wrap_up(told.with_known_agent(), sessions(told), curve, curves, rules, chance)
    return Phone(
        curve=curve,
        patience=fitted(told.wait_s, told.left) if told.left.any() else (),
        curves=curves,
        wrap_up=wrapped,
        rules=replace(rules, wrap_up_s=wrapped.mean_s.value),
        lengths_s={-1: told.service_s[served]}
        | {
            kind: told.service_s[served & (told.category == kind)]
            for kind in range(len(told.categories))
            if (served & (told.category == kind)).any()
        },
        wait_s=float(told.wait_s.mean()),
        abandoned=float(told.left.mean()),
    )

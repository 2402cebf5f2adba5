"""The facts that the model must reproduce at its defaults, each with its source, what was found and what is accepted.

The numbering is that of the model's description; F6 and F16 are not in use. Chance has fixed seeds, so equal parameters give equal facts.
A fact that fails says so.
"""

from __future__ import annotations

from collections.abc import Callable

from fatigue_model.evidence.breaks import f1, f2, f3, f4, f5, f7, f13, f14, f15
from fatigue_model.evidence.fact import Cohort, Fact
from fatigue_model.evidence.weeks import f8, f9, f10, f11, f12, f17, f18
from fatigue_model.params import DEFAULTS, FatigueParams

FACTS = (f1, f2, f3, f4, f5, f7, f8, f9, f10, f11, f12, f13, f14, f15, f17, f18)


def facts(params: FatigueParams = DEFAULTS, told: Callable[[str], None] = lambda _: None) -> tuple[Fact, ...]:
    """Every fact at `params`; `told` hears of each as it is done."""
    cohort, found = Cohort(params), list[Fact]()
    for fact in FACTS:
        found.append(fact(cohort))
        told(found[-1].id)
    return tuple(found)

"""The cheapest head-count of M/M/c+M queues of forty sizes, against brute force, and against what Erlang A knows to be right.

Brute force looks at every head-count of a range at the one number of replications that tells met from missed as surely: of the range
that the search was given, and, kindly, of the nine around the answer. In the columns of seconds stand replications, and shares of all.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from simulations.staffing import Staffing, staff
from simulations.staffing_search import Space
from support.staffing import ErlangA, brute_force, spread_near

SEEDS = 40


def run() -> list[dict[str, Any]]:
    """From 50 to 245 calls in half an hour, each from its offered erlangs, another seed each."""
    cases = [ErlangA(50.0 + 5 * seed, seed) for seed in range(SEEDS)]
    found = [staff(case.question, case.start, case.measure) for case in cases]
    ours = sum(each.replications for each in found)
    whole = sum(brute_force(each.question, spread_near(each)) for each in found)
    nine = sum(brute_force(replace(each.question, space=_nine(each)), spread_near(each)) for each in found)
    right = sum(_right(case, each) for case, each in zip(cases, found, strict=True)) / SEEDS
    return [
        _row("staffing: replications of brute force / ours", whole / ours, 8.0, "every head-count, equally sure", ours, whole),
        _row("staffing: the same of nine around the answer", nine / ours, 8.0, "every head-count, equally sure", ours, nine),
        _row("staffing: share right or in the zone / 95 %", right / 0.95, 1.0, "exact Erlang A, 40 seeds", right, 0.95),
    ]


def _nine(found: Staffing) -> Space:
    assert found.answer is not None
    return Space((found.answer.counts[0] - 4,), (found.answer.counts[0] + 4,), (1.0,))


def _right(case: ErlangA, found: Staffing) -> bool:
    return found.answer is not None and case.is_right(found.answer.counts[0])


def _row(name: str, ratio: float, bar: float, peer: str, ours: float, theirs: float) -> dict[str, Any]:
    return {"name": name, "ratio": ratio, "bar": bar, "peer": peer, "ours_s": ours, "peer_s": theirs}

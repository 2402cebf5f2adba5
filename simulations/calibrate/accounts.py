"""The mix of accounts: how many, how unevenly they write, and how many of them escalate more than the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from router.aggregate import gini

FloatArray = NDArray[np.float64]
ESCALATIONS_MIN = 30  # fewer tell nothing of who escalates
ROUNDS = 500


@dataclass(frozen=True, slots=True)
class Hard:
    """Two kinds of account: the share of difficult ones, escalations per contact of each, and how much more the difficult ones write."""

    share: float
    ordinary: float
    difficult: float
    ticket_factor: float


@dataclass(frozen=True, slots=True)
class Mix:
    """Named accounts, the share of tickets that the busiest tenth brings, the Gini index of tickets; `hard` is None where nothing tells."""

    count: int
    unnamed_tickets: int
    top_tenth: float
    gini: float
    hard: Hard | None


def mix(tickets: Mapping[str, int], escalations: Mapping[str, int], unnamed_tickets: int) -> Mix:
    """The mix of accounts from tickets and escalations of each named one."""
    counts = np.array([tickets[name] for name in sorted(tickets)], dtype=np.float64)
    hot = np.array([escalations.get(name, 0) for name in sorted(tickets)], dtype=np.float64)
    if not len(counts):
        return Mix(0, unnamed_tickets, 0.0, 0.0, None)
    busiest = np.sort(counts)[::-1][: max(1, round(len(counts) / 10))]
    told = len(counts) > 1 and hot.sum() >= ESCALATIONS_MIN
    return Mix(
        count=len(counts),
        unnamed_tickets=unnamed_tickets,
        top_tenth=float(busiest.sum() / counts.sum()),
        gini=gini(counts) or 0.0,
        hard=_two_kinds(counts, np.minimum(hot, counts)) if told else None,
    )


def _two_kinds(tickets: FloatArray, hot: FloatArray) -> Hard | None:
    """A mixture of two binomials by expectation and maximisation; None where the two are no likelier than one.

    The second kind must gain more than 3 parameters cost by the Bayesian criterion.
    """
    rate = float(hot.sum() / tickets.sum())
    share, ordinary, difficult = 0.1, rate / 2, min(0.9, rate * 4)
    calm = tickets - hot
    for _ in range(ROUNDS):
        one = np.log(share) + hot * np.log(difficult) + calm * np.log1p(-difficult)
        other = np.log1p(-share) + hot * np.log(ordinary) + calm * np.log1p(-ordinary)
        is_difficult = 1 / (1 + np.exp(np.clip(other - one, -500, 500)))
        share = float(np.clip(is_difficult.mean(), 1e-6, 1 - 1e-6))
        difficult = _rate(is_difficult, hot, tickets)
        ordinary = _rate(1 - is_difficult, hot, tickets)
    likelihood = float(np.logaddexp(one, other).sum())
    alone = float(hot.sum() * np.log(rate) + calm.sum() * np.log1p(-min(rate, 1 - 1e-9)))
    if likelihood - alone <= np.log(len(tickets)) or difficult <= ordinary:
        return None
    writes = float(np.average(tickets, weights=is_difficult) / np.average(tickets, weights=1 - is_difficult))
    return Hard(share, ordinary, difficult, writes)


def _rate(weight: FloatArray, hot: FloatArray, tickets: FloatArray) -> float:
    return float(np.clip((weight @ hot) / max(float(weight @ tickets), 1e-9), 1e-6, 1 - 1e-6))

"""The same numbers for both sides of a replay: what happened, and what would have happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from router.aggregate import gini
from router.domain import Contact
from simulations.hours import Span
from simulations.spread import longest_run, mean_largest_share


@dataclass(frozen=True, slots=True)
class Outcome:
    """One side. An escalation counts for whoever had the first contact after it. None where there is nothing to count.

    `wait_median_s`, `wait_p90_s`: from coming in until a person or automation had the ticket. `escalations` answered,
    of accounts with two and more of them: `same_agent_share` with whoever had most of the account's, the mean over
    escalations. `longest_run` of one account's escalations in a row with one agent; `long_runs`: accounts where that
    exceeds the policy's rotation. `points_gini`, of raw points between agents, and `points_a_day_gini`, of points for
    each day at work; None for fewer people than the policy's smallest group.
    """

    wait_median_s: float | None
    wait_p90_s: float | None
    escalations: int
    same_agent_share: float | None
    longest_run: int
    long_runs: int
    points: float
    points_gini: float | None
    points_a_day_gini: float | None


def outcome(
    contacts: Mapping[str, tuple[str, Sequence[Contact]]],
    waits_s: Sequence[float],
    at_work: Mapping[str, Sequence[Span]],
    rotation_after: int,
    smallest_group: int,
) -> Outcome:
    """`contacts` holds account and contacts of each ticket, of which those of nobody count not; `at_work` the spans of each agent."""
    points = dict.fromkeys(at_work, 0.0)
    hot: list[tuple[float, str, str]] = []
    for account_id, each in contacts.values():
        for contact in each:
            if contact.agent_id is None:
                continue
            points[contact.agent_id] += contact.points
            if contact.hot:
                hot.append((contact.ended_s, account_id, contact.agent_id))
    handlers: dict[str, list[str]] = {}
    for _, account_id, agent_id in sorted(hot):
        handlers.setdefault(account_id, []).append(agent_id)
    runs = [longest_run(each) for each in handlers.values()]
    enough = len(at_work) >= smallest_group
    median_s, p90_s = np.quantile(waits_s, [0.5, 0.9]).tolist() if waits_s else (None, None)
    return Outcome(
        wait_median_s=median_s,
        wait_p90_s=p90_s,
        escalations=len(hot),
        same_agent_share=mean_largest_share(handlers),
        longest_run=max(runs, default=0),
        long_runs=sum(run > rotation_after for run in runs),
        points=sum(points.values()),
        points_gini=gini(list(points.values())) if enough else None,
        points_a_day_gini=gini([points[each] / len(spans) for each, spans in at_work.items()]) if enough else None,
    )

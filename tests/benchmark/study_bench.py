"""What common random numbers save in a comparison, and how much faster a study is on every core.

Variance of a difference, two independent samples over one sample in pairs, on small-team: for each change the metric that gains least,
and the middle one. The columns of seconds hold the two variances there. Throughput: replications a second of loky against one process.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from api.commands.scenario_files import read
from api.jobs.parallel import replicate
from simulations.run import metrics_of
from simulations.scenario import Scenario
from simulations.what_if import changed

CHANGES = {
    "a tenth more tickets": {"volume": "+10%"},
    "handling a tenth shorter": {"aht": "-10%"},
    "60 % of tickets to automation": {"automation": "60%"},
    "breaks of 5 minutes": {"break": "5"},
    "one agent more": {"agents": "+1"},
    "one agent fewer": {"agents": "-1"},
}
BAR, REPLICATIONS = 5.0, 12
JUDGED = (
    "service_level",
    "wait_written_mean_s",
    "wait_written_p90_s",
    "wait_live_mean_s",
    "load_mean_points",
    "load_p95_points",
    "above_line",
    "points_gini",
    "break_owed_s",
    "break_taken_s",
    "automation_usd",
    "revenue_at_risk_usd",
    "occupancy",
    "handled",
)
INDEPENDENT = "two samples of one's own"


def run() -> list[dict[str, Any]]:
    base = read(Path("small-team"))
    scenarios = {
        name: read(Path("small-team"), change=lambda values, words=words: changed(values, words)) for name, words in CHANGES.items()
    }
    measured = replicate({"": base, **scenarios}, range(REPLICATIONS))
    rows = []
    for name in CHANGES:
        found = sorted(_gains(base, measured[""], measured[name]), key=lambda row: row["ratio"])
        for place, what in ((0, "least"), (len(found) // 2, "median")):
            rows.append({**found[place], "name": f"variance of a difference, {name}: {what} of {len(found)}, {found[place]['metric']}"})
    return [*rows, _throughput(base)]


def _gains(base: Scenario, one: Sequence[Mapping[str, float]], other: Sequence[Mapping[str, float]]) -> list[dict[str, Any]]:
    """For each metric that differs at all: variance of the difference of independent runs over that of pairs."""
    rows = []
    for metric in (name for name in JUDGED if name in metrics_of(base)):
        pairs = [(first[metric], second[metric]) for first, second in zip(one, other, strict=True)]
        known = [pair for pair in pairs if pair[0] == pair[0] and pair[1] == pair[1]]
        paired = statistics.variance(second - first for first, second in known)
        apart = statistics.variance(first for first, _ in known) + statistics.variance(second for _, second in known)
        if paired > 0:
            row = {"metric": metric, "ratio": apart / paired, "bar": BAR, "peer": INDEPENDENT}
            rows.append(row | {"ours_s": paired, "peer_s": apart})
    return rows


def _throughput(base: Scenario) -> dict[str, Any]:
    """The same replications here and on every core, workers warm."""
    short = replace(base, run=replace(base.run, days=2, warm_up_days=0))
    replicate({"": short}, range(os.cpu_count() or 1))
    spent = {}
    for backend in ("loky", "serial"):
        began = time.perf_counter()
        replicate({"": short}, range(100, 124), backend)
        spent[backend] = time.perf_counter() - began
    name = f"replications a second, loky on {os.cpu_count()} cores"
    return {
        "name": name,
        "ratio": spent["serial"] / spent["loky"],
        "bar": None,
        "peer": "one process",
        "ours_s": spent["loky"],
        "peer_s": spent["serial"],
    }

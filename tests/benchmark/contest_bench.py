"""A month of a team under today's ways of routing and under ours, on the same arrivals: time above the line, and how uneven the points are.

Ratios are of what people bear, peer over ours; in the columns of seconds stand seconds above the line for an agent's day, and Gini indices.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from api.commands.policies import compare
from api.commands.scenario_files import read
from simulations.baselines import BASELINES, OURS
from simulations.contest import HALVED, MODELS, Contest

DOCUMENTED = {
    "round_robin": "round robin (as Zendesk, Freshdesk and Chatwoot document it)",
    "least_busy": "least busy (Salesforce least active, Zendesk spare capacity)",
    "longest_idle": "longest idle (Amazon Connect, Genesys Cloud)",
    "greedy_skills": "greedy skills (Genesys best available skills)",
}


def run() -> list[dict[str, Any]]:
    """For each true model the baseline that comes nearest to ours; a second above the line is the least that counts."""
    found = compare(read(Path("comparable-team"), replications=1))
    rows = [
        min((_row(found, f"above_line_s.{model}", each, f"above the line, {model}", 1.0) for each in BASELINES), key=_ratio)
        for model in MODELS
    ]
    rows.append(_row(found, "points_gini", "least_busy", "30-day raw points, Gini", 1e-6))
    best = max(BASELINES, key=lambda each: found.estimates[each]["service_level"].mean or 0.0)
    level = _row(found, "service_level", best, "service level, ours / peer", 1e-6)
    return [*rows, {**level, "bar": None, "ratio": level["ours_s"] / level["peer_s"]}]


def _ratio(row: dict[str, Any]) -> float:
    return float(row["ratio"])


def _row(found: Contest, metric: str, baseline: str, name: str, least: float) -> dict[str, Any]:
    ours, theirs = (max(found.estimates[policy][metric].mean or 0.0, least) for policy in (OURS, baseline))
    return {"name": name, "ratio": theirs / ours, "bar": HALVED, "peer": DOCUMENTED[baseline], "ours_s": ours, "peer_s": theirs}

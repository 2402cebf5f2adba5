"""The plots of `respite policies`: one HTML page that needs no network."""

from __future__ import annotations

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from api.commands.report_page import alone
from simulations.baselines import POLICIES
from simulations.contest import MODELS, Contest
from simulations.run import Estimate

PANELS: tuple[tuple[str, str, float, str], ...] = (
    ("service_level", "Service level", 100.0, "% within the target"),
    ("wait_written_p90_s", "Wait for an answer, nine in ten within", 1 / 60, "min"),
    ("points_gini", "Raw points between agents", 1.0, "Gini index"),
)


def page(found: Contest) -> str:
    """Time above the line under every true model, then service, waits and evenness; plotly's script comes from the installed package."""
    titles = ("Above the line at the queue, an agent's day", *(title for _, title, _, _ in PANELS))
    specs = [[{"colspan": len(PANELS)}, *[None] * (len(PANELS) - 1)], [{}] * len(PANELS)]
    figure = make_subplots(rows=2, cols=len(PANELS), specs=specs, subplot_titles=titles)
    for policy in POLICIES:
        estimates = found.estimates[policy]
        above = [estimates[f"above_line_s.{model}"] for model in MODELS]
        models = [f"if {model.replace('_', ' ')}" for model in MODELS]
        figure.add_trace(_bars(models, above, 1 / 60, policy.replace("_", " ")), row=1, col=1)
    names = [policy.replace("_", " ") for policy in POLICIES]
    for column, (metric, _, factor, unit) in enumerate(PANELS, 1):
        each = [found.estimates[policy][metric] for policy in POLICIES]
        figure.add_trace(_bars(names, each, factor, None), row=2, col=column)
        figure.update_yaxes(title=unit, row=2, col=column)
    figure.update_yaxes(title="min", row=1, col=1)
    title = f"{found.scenario.title}: {found.replications} runs of each policy on the same arrivals, with 95 % intervals"
    figure.update_layout(barmode="group")
    return alone(figure, title, 820)


def _bars(names: list[str], estimates: list[Estimate], factor: float, legend: str | None) -> go.Bar:
    means = [None if each.mean is None else factor * each.mean for each in estimates]
    halves = [factor * (each.half_width or 0.0) for each in estimates]
    return go.Bar(x=names, y=means, error_y={"type": "data", "array": halves}, name=legend, showlegend=legend is not None)

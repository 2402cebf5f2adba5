"""The plots of `respite staff`: one HTML page that needs no network."""

from __future__ import annotations

from html import escape

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from api.commands.staff_text import answer_lines, named, people
from simulations.metrics import Metric
from simulations.run import metrics_of
from simulations.scenario import Scenario
from simulations.sequential import Verdict
from simulations.staffing import Staffing, Trial

COLOURS = {Verdict.MET: "#2a9d8f", Verdict.MISSED: "#c1121f", Verdict.UNDECIDED: "#8d99ae"}
ANSWER = "the answer"
SCALE = {"share": (100.0, "%"), "s": (1 / 60, "min"), "$": (1.0, "$")}
SERVICE, LOAD = "service_level", "load_mean_points"


def page(found: Staffing, told: Scenario) -> str:
    """Each limit's metric against cost, and load against service; plotly's script comes from the installed package."""
    metrics, limits = dict(metrics_of(told)), found.question.limits
    service = next((each.metric for each in limits if each.metric.startswith(SERVICE)), SERVICE)
    between = (service, LOAD) if service in metrics and LOAD in metrics else None
    titles = [named(each.metric, metrics) for each in limits] + (["load against service, larger: dearer"] if between else [])
    figure = make_subplots(rows=1, cols=len(titles), subplot_titles=titles)
    for column, limit in enumerate(limits, 1):
        factor, unit = SCALE.get(metrics[limit.metric].unit, (1.0, metrics[limit.metric].unit))
        for verdict in Verdict:
            figure.add_trace(_against_cost(found, told, verdict, column - 1, factor), row=1, col=column)
        figure.add_hline(y=factor * limit.bound, line_dash="dot", row=1, col=column)
        figure.update_xaxes(title="staff cost, $", row=1, col=column)
        figure.update_yaxes(title=unit, row=1, col=column)
    if between:
        figure.add_trace(_load_against_service(found, told, between, metrics), row=1, col=len(titles))
        figure.update_xaxes(title=named(service, metrics) + ", %", row=1, col=len(titles))
        figure.update_yaxes(title="points", row=1, col=len(titles))
    figure.update_layout(template="plotly_white", height=560, title={"text": told.title}, legend={"orientation": "h", "y": -0.2})
    first, *more = answer_lines(found, told)
    text: str = figure.to_html(include_plotlyjs=True, full_html=True)
    return text.replace("<body>", f"<body>\n<h1>{escape(first)}</h1>\n" + "".join(f"<p>{escape(line)}</p>\n" for line in more), 1)


def _against_cost(found: Staffing, told: Scenario, verdict: Verdict, place: int, factor: float) -> go.Scatter:
    these = [each for each in found.trials if each.verdict is verdict]
    findings = [each.findings[place] for each in these]
    return go.Scatter(
        x=[each.cost_usd for each in these],
        y=[None if each.mean is None else factor * each.mean for each in findings],
        error_y={"type": "data", "array": [factor * (each.half_width or 0.0) for each in findings]},
        mode="markers",
        marker={"size": [_size(each, found) for each in these], "color": COLOURS[verdict]},
        text=[_label(each, found, told) for each in these],
        name=verdict.value,
        legendgroup=verdict.value,
        showlegend=place == 0 and bool(these),
    )


def _load_against_service(found: Staffing, told: Scenario, between: tuple[str, str], metrics: dict[str, Metric]) -> go.Scatter:
    service, load = between
    dearest = max(each.cost_usd for each in found.trials) or 1.0
    return go.Scatter(
        x=[100 * (each.mean(service) or 0.0) for each in found.trials],
        y=[each.mean(load) for each in found.trials],
        mode="markers+text",
        marker={
            "size": [10 + 30 * each.cost_usd / dearest for each in found.trials],
            "color": [COLOURS[each.verdict] for each in found.trials],
        },
        text=[str(sum(each.counts)) for each in found.trials],
        hovertext=[_label(each, found, told) for each in found.trials],
        showlegend=False,
    )


def _size(trial: Trial, found: Staffing) -> int:
    return 16 if _is_answer(trial, found) else 9


def _label(trial: Trial, found: Staffing, told: Scenario) -> str:
    return f"{people(trial.counts, told)}, {trial.replications} runs" + (f": {ANSWER}" if _is_answer(trial, found) else "")


def _is_answer(trial: Trial, found: Staffing) -> bool:
    return found.answer is not None and trial.counts == found.answer.counts

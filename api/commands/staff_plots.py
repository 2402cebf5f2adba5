"""The plots of `respite staff`: one HTML page that needs no network."""

from __future__ import annotations

import math
from html import escape

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from api.commands.report_page import alone
from api.commands.staff_text import answer_lines, named, people
from simulations.run import metrics_of
from simulations.scenario import Scenario
from simulations.sequential import Finding, Verdict
from simulations.staffing import Staffing, Trial

COLOURS = {Verdict.MET: "#2a9d8f", Verdict.MISSED: "#c1121f", Verdict.UNDECIDED: "#8d99ae"}
STYLE = "<style>body{font-family:sans-serif;margin:1rem 2rem;max-width:1600px}h1{font-size:1.25rem}p{color:#444;margin:.4rem 0}</style>"
ANSWER = "the answer"
SCALE = {"share": (100.0, "%"), "s": (1 / 60, "min"), "$": (1.0, "$")}
SERVICE, LOAD = "service_level", "load_mean_points"


def page(found: Staffing, told: Scenario) -> str:
    """Each limit's metric against cost, and load against service; plotly's script comes from the installed package."""
    metrics, limits = dict(metrics_of(told)), found.question.limits
    service = next((each.metric for each in limits if each.metric.startswith(SERVICE)), SERVICE)
    between = (service, LOAD) if service in metrics and LOAD in metrics else None
    titles = [named(each.metric, metrics) for each in limits] + (["load against service, larger: dearer"] if between else [])
    wide = min(3, len(titles))
    figure = make_subplots(rows=math.ceil(len(titles) / wide), cols=wide, subplot_titles=titles)
    for place, limit in enumerate(limits):
        row, column = place // wide + 1, place % wide + 1
        factor, unit = SCALE.get(metrics[limit.metric].unit, (1.0, metrics[limit.metric].unit))
        for verdict in Verdict:
            figure.add_trace(_against_cost(found, told, verdict, place, factor), row=row, col=column)
        figure.add_hline(y=factor * limit.bound, line_dash="dot", row=row, col=column)
        figure.update_xaxes(title="staff cost, $", row=row, col=column)
        figure.update_yaxes(title=unit, row=row, col=column)
    if between:
        row, column = (len(titles) - 1) // wide + 1, (len(titles) - 1) % wide + 1
        figure.add_trace(_load_against_service(found, told, between), row=row, col=column)
        figure.update_xaxes(title=named(service, metrics) + ", %", row=row, col=column)
        figure.update_yaxes(title="points", row=row, col=column)
    first, *more = answer_lines(found, told)
    text = alone(figure, told.title, 120 + 400 * math.ceil(len(titles) / wide))
    said = f"<h1>{escape(first)}</h1>\n" + "".join(f"<p>{escape(line)}</p>\n" for line in more)
    return text.replace("<body>", f"<body>\n{STYLE}\n{said}", 1)


def _against_cost(found: Staffing, told: Scenario, verdict: Verdict, place: int, factor: float) -> go.Scatter:
    these = [each for each in found.trials if each.verdict is verdict]
    share = metrics_of(told)[found.question.limits[place].metric].unit == "share"
    ends = [_ends(each.findings[place], share) for each in these]
    return go.Scatter(
        x=[each.cost_usd for each in these],
        y=[factor * mean for mean, _, _ in ends],
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [factor * (high - mean) for mean, _, high in ends],
            "arrayminus": [factor * (mean - low) for mean, low, _ in ends],
        },
        mode="markers",
        marker={"size": [_size(each, found) for each in these], "color": COLOURS[verdict]},
        text=[_label(each, found, told) for each in these],
        name=verdict.value,
        legendgroup=verdict.value,
        showlegend=place == 0 and bool(these),
    )


def _ends(found: Finding, share: bool) -> tuple[float, float, float]:
    """Mean and both ends of its interval, a share's between nobody and everybody."""
    mean, half = found.mean or 0.0, found.half_width or 0.0
    low, high = mean - half, mean + half
    return (mean, min(mean, max(0.0, low)), max(mean, min(1.0, high))) if share else (mean, low, high)


def _load_against_service(found: Staffing, told: Scenario, between: tuple[str, str]) -> go.Scatter:
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

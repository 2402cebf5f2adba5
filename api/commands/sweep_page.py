"""The page of `respite sweep`: heat maps of a grid, curves of one axis, and what automation leaves to people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from api.commands.report_page import BASE_COLOUR, CHANGE_COLOUR, Plot, drawn, render
from api.commands.sweep_words import label, moving, note
from api.shown.amounts import number, scale
from api.versions import versions
from simulations.metrics import Metric
from simulations.run import metrics_of
from simulations.sweep import Axis, Sweep

COLUMNS = 2
BETTER_LOW, BETTER_HIGH = "Teal", "Teal_r"  # dark is where it hurts
ANGRY = ("contact_points", "contact_points_of_all")


def page(found: Sweep) -> str:
    """HTML that opens offline."""
    known, shown = metrics_of(found.base), moving(found)
    words = " and ".join(each.word for each in found.axes)
    rows: list[dict[str, Any]] = []
    for cell in found.cells:
        cells = []
        for name in shown:
            pair = cell.metrics[name]
            size = max(abs(pair.base.mean or 0.0), abs(pair.change.mean or 0.0))
            cells.append({"text": number(pair.change.mean, known[name], size), "shown": pair.shown})
        rows.append({"name": ", ".join(f"{axis.word} {amount}" for axis, amount in _named(found, cell.amounts)), "cells": cells})
    return render(
        "sweep.html",
        title=f"{words} by degrees",
        subtitle=f"{found.base.title}. {found.base.run.days} days simulated {found.replications} times in every cell.",
        plots=list(_plots(found)),
        columns=["cell", *(label(name, known[name]) for name in shown)],
        rows=rows,
        footnotes=(note(found).removeprefix("* "), ", ".join(f"{name} {value}" for name, value in versions().items())),
    )


def _named(found: Sweep, amounts: tuple[str, ...]) -> Iterator[tuple[Axis, str]]:
    return zip(found.axes, amounts, strict=True)


def _plots(found: Sweep) -> Iterator[Plot]:
    names, known = moving(found), metrics_of(found.base)
    if len(found.axes) == 1:
        yield _map_of_changes(found, names)
        yield _curves(found, names, known)
    else:
        yield _heat_maps(found, names, known)
    if "automation" in {each.word for each in found.axes} and set(ANGRY) <= known.keys():
        yield _concentration(found)


def _panels(names: list[str], known: Mapping[str, Metric]) -> tuple[go.Figure, int]:
    rows = -(-len(names) // COLUMNS)
    titles = [label(name, known[name]) for name in names]
    figure = make_subplots(rows=rows, cols=COLUMNS, subplot_titles=titles, vertical_spacing=0.32 / rows, horizontal_spacing=0.14)
    return figure, rows


def _heat_maps(found: Sweep, names: list[str], known: Mapping[str, Metric]) -> Plot:
    across, down = found.axes[1], found.axes[0]
    figure, rows = _panels(names, known)
    for place, name in enumerate(names):
        row, column = place // COLUMNS + 1, place % COLUMNS + 1
        size = max(abs(cell.metrics[name].change.mean or 0.0) for cell in found.cells)
        _, factor = scale(known[name], size)
        by_amounts = {cell.amounts: cell.metrics[name] for cell in found.cells}
        pairs = [[by_amounts[one, other] for other in across.amounts] for one in down.amounts]
        z = [[None if pair.change.mean is None else pair.change.mean / factor for pair in line] for line in pairs]
        text = [[number(pair.change.mean, known[name], size) + ("" if pair.shown else "°") for pair in line] for line in pairs]
        figure.add_trace(
            go.Heatmap(
                x=list(across.amounts),
                y=list(down.amounts),
                z=z,
                text=text,
                texttemplate="%{text}",
                textfont={"size": 11},
                colorscale=BETTER_HIGH if name == "service_level" else BETTER_LOW,
                showscale=False,
                xgap=1,
                ygap=1,
                hovertemplate=f"{across.word} %{{x}}, {down.word} %{{y}}: %{{text}}<extra></extra>",
            ),
            row=row,
            col=column,
        )
        figure.update_xaxes(title=across.word, type="category", row=row, col=column)
        figure.update_yaxes(title=down.word, type="category", row=row, col=column)
    what = f"{down.word} down, {across.word} across; the darker, the harder on customers, people or money. ° is not shown to differ."
    return drawn(figure, "Every cell", what, 330 * rows)


def _map_of_changes(found: Sweep, names: list[str]) -> Plot:
    """Metrics × values, in per cent of what they are now; of shares in points."""
    known, (only,) = metrics_of(found.base), found.axes
    z: list[list[float | None]] = []
    for name in names:
        line = []
        for cell in found.cells:
            pair = cell.metrics[name]
            unit = 0.01 if known[name].unit == "share" else (pair.base.mean or 0.0) / 100
            line.append(pair.difference.mean / unit if pair.difference.mean is not None and unit else None)
        z.append(line)
    text = [[("" if value is None else f"{value:+.0f}".replace("-", "−")) for value in line] for line in z]
    labels = [label(name, known[name]) for name in names]
    figure = go.Figure(
        go.Heatmap(
            x=list(only.amounts),
            y=labels,
            z=[[None if value is None else max(-100.0, min(100.0, value)) for value in line] for line in z],
            text=text,
            texttemplate="%{text}",
            colorscale="BrBG_r",
            zmid=0,
            showscale=False,
            xgap=1,
            ygap=1,
        )
    )
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(title=only.word, type="category")
    what = "Difference to the scenario as it is: per cent of it; of shares, percentage points."
    return drawn(figure, "What moves", what, 130 + 36 * len(names))


def _curves(found: Sweep, names: list[str], known: Mapping[str, Metric]) -> Plot:
    (only,) = found.axes
    figure, rows = _panels(names, known)
    for place, name in enumerate(names):
        row, column = place // COLUMNS + 1, place % COLUMNS + 1
        pairs = [cell.metrics[name] for cell in found.cells]
        unit, factor = scale(known[name], max(abs(pair.change.mean or 0.0) for pair in pairs))
        figure.add_trace(
            go.Scatter(
                x=list(only.amounts),
                y=[None if pair.change.mean is None else pair.change.mean / factor for pair in pairs],
                error_y={"type": "data", "array": [(pair.difference.half_width or 0.0) / factor for pair in pairs]},
                mode="lines+markers",
                line={"color": CHANGE_COLOUR, "width": 2.5},
                showlegend=False,
            ),
            row=row,
            col=column,
        )
        now = pairs[0].base.mean
        if now is not None:
            figure.add_hline(y=now / factor, line={"color": BASE_COLOUR, "dash": "dot"}, row=row, col=column)
        figure.update_xaxes(title=only.word, type="category", row=row, col=column)
        figure.update_yaxes(title=unit, rangemode="tozero", row=row, col=column)
    what = "Dotted: the scenario as it is. Bars: the 95 % interval of the difference to it."
    return drawn(figure, "Each measure by degrees", what, 280 * rows)


def _concentration(found: Sweep) -> Plot:
    """What is left for people gets harder as automation takes the easy part; over another axis, its first value."""
    place = [each.word for each in found.axes].index("automation")
    amounts = found.axes[place].amounts
    line = [next(cell for cell in found.cells if cell.amounts[place] == amount) for amount in amounts]
    figure = make_subplots(rows=1, cols=2, subplot_titles=["points of a contact, mean", "tickets, % of all"], horizontal_spacing=0.12)
    traces = (
        ("contact_points", "that people met", CHANGE_COLOUR, "solid"),
        ("contact_points_of_all", "had people met those that automation resolved, too", BASE_COLOUR, "dot"),
    )
    for name, words, colour, dash in traces:
        y = [cell.metrics[name].change.mean for cell in line]
        figure.add_trace(
            go.Scatter(x=list(amounts), y=y, mode="lines+markers", name=words, line={"color": colour, "dash": dash}), row=1, col=1
        )
    for name, words, colour, dash in (
        ("automated", "resolved by automation", "#b07d2b", "solid"),
        ("handled", "handled by people", "#44619d", "solid"),
    ):
        y = [100 * (cell.metrics[name].change.mean or 0.0) / (cell.metrics["tickets"].change.mean or 1.0) for cell in line]
        figure.add_trace(
            go.Scatter(x=list(amounts), y=y, mode="lines+markers", name=words, line={"color": colour, "dash": dash}), row=1, col=2
        )
    figure.update_xaxes(title="share of all tickets that automation gets first", type="category")
    what = "Automation takes the easy tickets: fewer contacts for people, and harder ones."
    return drawn(figure, "What automation leaves to people", what, 420)

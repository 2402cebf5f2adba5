"""The page of `respite compare`: what changes in plain words, every number, intervals, and the day hour by hour."""

from __future__ import annotations

from collections.abc import Iterator

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from api.commands.compare_words import cells, footnote, leading, moved, reason, still
from api.commands.report_page import BASE_COLOUR, CHANGE_COLOUR, SOFT, Plot, drawn, render
from api.shown.amounts import scale
from api.versions import versions
from simulations.by_hour import HOURLY
from simulations.compare import Comparison, Paired
from simulations.metrics import Metric
from simulations.run import metrics_of

HOURS = [f"{hour:02d}" for hour in range(24)]
PANELS = {
    "hour_wait_written_s": "wait for a written answer, by hour of arrival",
    "hour_wait_live_s": "wait for a person, by hour of arrival",
    "hour_load_points": "load of simulated people on shift, mean",
    "hour_above_line": "people above the line at a time, mean",
}


def page(found: Comparison, what: str) -> str:
    """HTML that opens offline. All loads are means over simulated people."""
    known, changes = metrics_of(found.base), list(moved(found))
    rows = []
    for name, metric in known.items():
        base, change, difference, half = cells(found.metrics[name], metric)
        label, shown = metric.label, found.metrics[name].shown
        row = {"label": label.strip(), "sub": label.startswith(" "), "shown": shown, "base": base, "change": change}
        rows.append(row | {"difference": difference, "half": half})
    return render(
        "compare.html",
        title=f"{what}: what would change",
        subtitle=f"{found.base.title}. {found.base.run.days} days simulated {found.replications} times for the same customers.",
        what=what,
        lead=f"With {what}: {'this changes, beyond chance' if changes else 'nothing that counts is shown to change'}.",
        moved=changes,
        still=", ".join(still(found)),
        reason=reason(found),
        warnings=found.warnings,
        rows=rows,
        plots=list(_plots(found, what)),
        footnotes=(footnote(found), ", ".join(f"{name} {number}" for name, number in versions().items())),
    )


def _plots(found: Comparison, what: str) -> Iterator[Plot]:
    yield _intervals(found)
    if found.hourly:
        yield _by_hour(found, what)


def _intervals(found: Comparison) -> Plot:
    """One point and interval for each leading metric: shares in points, everything else in per cent of the base."""
    known, points = metrics_of(found.base), []
    for name, words in leading(known).items():
        if (point := _point(found.metrics[name], known[name])) is not None:
            points.append((words.removeprefix("the "), *point, found.metrics[name].shown))
    figure = go.Figure()
    figure.add_vline(x=0, line={"color": SOFT, "width": 1})
    for shown, name in ((True, "outside chance"), (False, "not shown")):
        these = [each for each in points if each[3] == shown]
        figure.add_trace(
            go.Scatter(
                x=[each[1] for each in these],
                y=[each[0] for each in these],
                error_x={"type": "data", "array": [each[2] for each in these], "thickness": 2, "width": 5},
                mode="markers",
                marker={"size": 10, "color": CHANGE_COLOUR if shown else BASE_COLOUR, "symbol": "circle" if shown else "circle-open"},
                name=name,
            )
        )
    figure.update_yaxes(categoryorder="array", categoryarray=[each[0] for each in reversed(points)])
    figure.update_xaxes(title="difference: per cent of the base; of shares, percentage points", zeroline=False)
    note = "Dots are the differences found, bars hold the true ones in 95 cases of 100; a bar across 0 shows no change."
    return drawn(figure, "How sure each difference is", note, 110 + 38 * len(points))


def _point(pair: Paired, metric: Metric) -> tuple[float, float] | None:
    """Difference and half-width in per cent of the base, or in points for a share; `None` where there is none to show."""
    mean, half, base = pair.difference.mean, pair.difference.half_width, pair.base.mean
    if mean is None or half is None or not base:
        return None
    factor = 100.0 if metric.unit == "share" else 100.0 / abs(base)
    return mean * factor, half * factor


def _by_hour(found: Comparison, what: str) -> Plot:
    figure = make_subplots(rows=2, cols=2, subplot_titles=list(PANELS.values()), vertical_spacing=0.16, horizontal_spacing=0.1)
    for place, name in enumerate(PANELS):
        row, column = place // 2 + 1, place % 2 + 1
        pairs = [found.hourly[f"{name}.{hour}"] for hour in HOURS]
        largest = max((each.mean or 0.0 for pair in pairs for each in (pair.base, pair.change)), default=0.0)
        unit, factor = scale(HOURLY[name], largest)
        for side, label, colour in (("base", "base", BASE_COLOUR), ("change", what, CHANGE_COLOUR)):
            means = [None if (mean := getattr(pair, side).mean) is None else mean / factor for pair in pairs]
            line = {"color": colour, "width": 2.5, "dash": "dot" if side == "base" else "solid"}
            trace = go.Scatter(x=HOURS, y=means, mode="lines", name=label, line=line, legendgroup=side, showlegend=place == 0)
            figure.add_trace(trace, row=row, col=column)
        figure.update_yaxes(title="people" if unit == "count" else unit, rangemode="tozero", row=row, col=column)
        figure.update_xaxes(title="hour of the day", dtick=4, range=[0, 23], row=row, col=column)
    return drawn(figure, "Hour by hour", "Means over all runs and days that count; nobody is shown alone.", 640)

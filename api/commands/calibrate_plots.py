"""The plots of `respite calibrate`: one HTML page that needs no network."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from api.commands.report_page import alone
from router.domain import WEEKDAYS
from simulations.calibrate.durations import DRAWN, QUANTILES
from simulations.calibrate.fit import Fitted
from simulations.calibrate.hold_out import HeldOut
from simulations.calibrate.phone import Phone
from simulations.calibrate.survival import survival

LOG, FIT, THIRD = "#444444", "#1f77b4", "#d62728"
PATIENCE_SHOWN_S = 900.0
HALF_HOURS = [f"{place // 2:02d}:{30 * (place % 2):02d}" for place in range(48)]
Panel = tuple[str, str, str, list[go.Scatter | go.Bar]]


def page(fitted: Fitted, held_out: HeldOut | None, title: str) -> str:
    """Every part of the fit beside what the log shows; plotly's script comes from the installed package."""
    panels = [_profile(fitted), _weekdays(fitted), *_handling(fitted), _staffing(fitted)]
    if fitted.phone is not None:
        panels += [_patience(fitted.phone), _wrap_up(fitted.phone)]
    if held_out is not None:
        panels += [_hours(held_out, fitted.zone_name, which) for which in (0, 1)]
    rows = (len(panels) + 1) // 2
    figure = make_subplots(rows=rows, cols=2, subplot_titles=[name for name, *_ in panels], vertical_spacing=0.35 / rows)
    for place, (name, across, up, traces) in enumerate(panels):
        row, column = place // 2 + 1, place % 2 + 1
        for each in traces:
            each.update(legendgroup=name, legendgrouptitle_text=name)
        figure.add_traces(traces, rows=row, cols=column)
        figure.update_xaxes(title=across, row=row, col=column)
        figure.update_yaxes(title=up, rangemode="tozero", row=row, col=column)
    figure.update_layout(legend={"groupclick": "toggleitem", "traceorder": "grouped", "font": {"size": 10}})
    return alone(figure, f"{title}: what the log shows and what was fitted", 420 * rows)


def _profile(fitted: Fitted) -> Panel:
    """Arrivals over the day with the band in which a half hour's mean over the days lies by chance 95 times in 100."""
    came = fitted.arrivals
    weekday = [(came.first.toordinal() + place - 1) % 7 for place in range(len(came.counts))]
    shared = came.counts[[each not in came.own for each in weekday]]
    expected = came.profile * shared.sum(axis=1).mean()
    half = 1.96 * np.sqrt(expected / len(shared))
    traces = [
        _line(HALF_HOURS, expected + half, FIT, "", width=0),
        _line(HALF_HOURS, np.maximum(expected - half, 0), FIT, "chance", width=0, fill="tonexty"),
        _dots(HALF_HOURS, np.median(shared, axis=0), LOG, "median day"),
        _line(HALF_HOURS, expected, FIT, "fit: mean day"),
        *(_line(HALF_HOURS, each * _value(fitted, day), None, WEEKDAYS[day], dash="dot") for day, each in came.own.items()),
    ]
    return "Tickets by half hour of the day", "", "tickets in half an hour", traces


def _value(fitted: Fitted, day: int) -> float:
    each = fitted.arrivals.per_weekday[day]
    return 0.0 if each is None else each.value


def _weekdays(fitted: Fitted) -> Panel:
    told = [(WEEKDAYS[day], each) for day, each in enumerate(fitted.arrivals.per_weekday) if each is not None]
    bars = go.Bar(
        x=[name for name, _ in told],
        y=[each.value for _, each in told],
        error_y={"type": "data", "array": [each.high - each.value for _, each in told]},
        marker_color=FIT,
        showlegend=False,
    )
    return "Tickets by weekday, with 95 % intervals", "", "tickets a day", [bars]


def _handling(fitted: Fitted) -> list[Panel]:
    """For each channel the shares of contacts within a time, as they were and as fitted."""
    found: list[Panel] = []
    shares = (np.arange(DRAWN) + 0.5) / DRAWN
    for name, times in fitted.kinds.by_channel.items():
        traces = [_line(times.values_s, shares, LOG, "log")]
        label = "fit: lognormal" if times.lognormal else "lognormal, too far off: drawn as they were"
        traces.append(_dots(times.fitted_s, QUANTILES, FIT, label))
        found.append((f"Handling, {name}: {label}", "s", "share of contacts within", traces))
    return found


def _staffing(fitted: Fitted) -> Panel:
    """People at work on each weekday, and what the shifts of the scenario put there."""
    traces: list[go.Scatter | go.Bar] = []
    across = [f"{name} {at}" for name in WEEKDAYS for at in HALF_HOURS]
    curve = sum(crew.curve for crew in fitted.crews)
    planned = np.zeros((7, 48))
    for crew in fitted.crews:
        for stint in crew.stints:
            planned[list(stint.weekdays), stint.start : stint.end] += stint.agents
    traces.append(_line(across, np.asarray(curve).ravel(), LOG, "log: mean"))
    traces.append(_line(across, planned.ravel(), FIT, "shifts of the scenario", shape="hv"))
    return "People at work", "", "people", traces


def _patience(phone: Phone) -> Panel:
    """Kaplan–Meier's curve with its band, and the shapes fitted."""
    curve = phone.curve
    shown = curve.times_s <= PATIENCE_SHOWN_S
    across = np.linspace(1.0, PATIENCE_SHOWN_S, 180)
    traces = [
        _line(curve.times_s[shown], curve.high[shown], LOG, "", width=0),
        _line(curve.times_s[shown], curve.low[shown], LOG, "95 % band", width=0, fill="tonexty"),
        _line(curve.times_s[shown], curve.share[shown], LOG, "Kaplan–Meier", shape="hv"),
    ]
    for place, each in enumerate(phone.patience):
        share = survival(each.shape, each.mean_s.value, each.cv.value, across)
        traces.append(
            _line(across, share, None if place else FIT, each.shape + ("" if place else ": best"), dash="dot" if place else "solid")
        )
    return "Patience: callers who would still wait", "s", "share", traces


def _wrap_up(phone: Phone) -> Panel:
    """Waits and hang-ups of the log's own calls run again with more and more wrap-up, over what they were."""
    tried = phone.wrap_up
    ratios = [np.array(each) / max(seen, 1e-9) for each, seen in ((tried.waits_s, phone.wait_s), (tried.abandoned, phone.abandoned))]
    best = tried.mean_s
    traces = [
        _line(tried.tried_s, ratios[0], FIT, "mean wait"),
        _line(tried.tried_s, ratios[1], THIRD, "hung up"),
        _line([best.low, best.high], [1, 1], LOG, f"fitted: {best.value:.1f} s (95 % interval)", width=6),
    ]
    return "Wrap-up: the log's calls run again, over what was", "s of wrap-up", "ratio", traces


def _hours(found: HeldOut, zone_name: str, which: int) -> Panel:
    """The held-out hours in their order: what happened, and each check."""
    factor, name, unit = ((1.0, "mean wait", "s"), (100.0, "hung up", "%"))[which]
    across = [datetime.fromtimestamp(each, ZoneInfo(zone_name)).strftime("%a %d. %H:%M") for each in found.hours_s]
    traces = [_line(across, [factor * each[which] for each in found.by_hour], LOG, "what happened", width=3)]
    for place, check in enumerate(found.checks):
        told = [factor * each[which] for each in check.by_hour]
        traces.append(_line(across, told, None if place else FIT, f"told of {check.told}", dash="dot" if place else "solid"))
    return f"Held out, hour by hour: {name}", "", unit, traces


def _line(
    across: Iterable[object],
    up: Iterable[float],
    color: str | None,
    name: str,
    *,
    width: float = 2,
    dash: str = "solid",
    shape: str = "linear",
    fill: str | None = None,
) -> go.Scatter:
    """A line; one without a name stands in no legend."""
    return go.Scatter(
        x=list(across),
        y=list(up),
        mode="lines",
        line={"color": color, "width": width, "dash": dash, "shape": shape},
        name=name,
        showlegend=bool(name),
        fill=fill,
        fillcolor="rgba(31,119,180,.15)" if fill else None,
    )


def _dots(across: Iterable[object], up: Iterable[float], color: str, name: str) -> go.Scatter:
    return go.Scatter(x=list(across), y=list(up), mode="markers", marker={"color": color, "size": 8}, name=name)

"""The report of a loaded day: figures as JSON, and a page with plots that opens offline."""

from __future__ import annotations

import os
import platform
from collections import defaultdict
from typing import Any

import numpy as np
import plotly.graph_objects as go
from load_day import Book, Call
from load_watch import Look

from api.commands.report_page import BASE_COLOUR, CHANGE_COLOUR, Plot, drawn, render_source

SLICE_S = 10.0
SETTLED = 0.2  # of the day: until then caches fill and people come in
SHOWN_ERRORS = 20
QUANTILES = {"p50": 0.5, "p99": 0.99, "p99.9": 0.999}
PAGE = """{% extends "report.html" %}{% block body %}<h1>{{ title }}</h1>{% for line in lines %}<p class="soft">{{ line }}</p>{% endfor %}
<div class="wide" tabindex="0" role="region" aria-label="How long calls take">
<table><caption>Milliseconds, as the helpdesk saw them; errors count.</caption>
<thead><tr>{% for each in columns %}<th scope="col">{{ each }}</th>{% endfor %}</tr></thead><tbody>
{% for row in rows %}<tr><th scope="row">{{ row[0] }}</th>{% for each in row[1:] %}<td>{{ each }}</td>{% endfor %}</tr>
{% endfor %}</tbody></table></div>
{% if wrong %}<h2>Errors</h2><ul>{% for each in wrong %}<li>{{ each }}</li>{% endfor %}</ul>{% endif %}
{% for plot in plots %}<h2>{{ plot.title }}</h2><p class="soft">{{ plot.note }}</p>
<div class="plot" role="img" aria-label="{{ plot.title }}. {{ plot.note }}">{{ plot.html }}</div>
{% endfor %}{% endblock %}"""


def figures(book: Book, looks: list[Look], begun_s: float, ended_s: float) -> dict[str, Any]:
    """What was measured from `begun_s` to `ended_s`, instants on `time.perf_counter`."""
    calls = [each for each in book.calls if each.at_s >= begun_s]
    kinds: dict[str, list[Call]] = defaultdict(list)
    for each in calls:
        kinds[each.kind].append(each)
    return {
        "seconds": round(ended_s - begun_s, 1),
        "calls": len(calls),
        "calls_per_s": round(len(calls) / (ended_s - begun_s), 1),
        "busiest_per_s": round(max(_per_slice(calls, begun_s)) / SLICE_S, 1),
        "errors": len(book.wrong),
        "error_examples": book.wrong[:SHOWN_ERRORS],
        "by_kind": {kind: _quantiles(found) for kind, found in sorted(kinds.items())},
        "all": _quantiles(calls),
        "lanes": book.lanes,
        "breaks": book.breaks,
        "streams": book.streams,
        "told_ms": _spread(book.told_s),
        "delivered": book.delivered,
        "delivery_ms": _spread(book.delivery_s),
        "memory": _memory(looks, begun_s, ended_s),
        "processor_share": _processor(looks, begun_s),
    }


def page(found: dict[str, Any], book: Book, looks: list[Look], begun_s: float, title: str) -> str:
    """HTML with the table and the plots."""
    columns = ["", "calls", *QUANTILES, "slowest, ms"]
    kinds = {**found["by_kind"], "all": found["all"]}
    rows = [
        [kind, f"{each['calls']:,}", *(f"{each[name]:.1f}" for name in QUANTILES), f"{each['max']:.0f}"] for kind, each in kinds.items()
    ]
    memory = found["memory"]
    lines = [
        f"{found['calls']:,} calls in {found['seconds']:.0f} s ({found['calls_per_s']:g}/s; {found['busiest_per_s']:g}/s in the busiest "
        f"{SLICE_S:g} s), {found['errors']} errors. {found['streams']} streams, {found['breaks']} recovery breaks "
        f"seen on them; {found['delivered']:,} webhooks.",
        f"Memory {memory['settled_mib']:.0f} MiB once people are in, {memory['end_mib']:.0f} MiB at the end: "
        f"{memory['growth_mib_per_min']:+.2f} MiB a minute. {found['processor_share']:.0%} of one core.",
    ]
    plots = _plots([each for each in book.calls if each.at_s >= begun_s], looks, begun_s)
    return render_source(
        PAGE, title=title, lines=lines, columns=columns, rows=rows, wrong=found["error_examples"], plots=plots, footnotes=(_made_with(),)
    )


def _row(kind: str, found: dict[str, Any]) -> list[str]:
    return [kind, f"{found['calls']:,}", *(f"{found[name]:.1f}" for name in QUANTILES), f"{found['max']:.0f}"]


def _made_with() -> str:
    return f"Python {platform.python_version()}, {os.cpu_count()} cores, which the load shares with the service and the database."


def _per_slice(calls: list[Call], begun_s: float) -> list[int]:
    return list(np.bincount([int((each.at_s - begun_s) / SLICE_S) for each in calls] or [0]))


def _quantiles(calls: list[Call]) -> dict[str, Any]:
    took_ms = np.array([each.took_s for each in calls]) * 1000
    shown = {name: round(float(np.quantile(took_ms, share)), 2) for name, share in QUANTILES.items()}
    return {
        "calls": len(calls),
        **shown,
        "max": round(float(took_ms.max()), 1),
        "errors": sum(not 200 <= each.status < 300 for each in calls),
    }


def _spread(spans_s: list[float]) -> dict[str, float] | None:
    if not spans_s:
        return None
    return {"count": len(spans_s)} | {name: round(float(np.quantile(spans_s, share)) * 1000, 1) for name, share in QUANTILES.items()}


def _memory(looks: list[Look], begun_s: float, ended_s: float) -> dict[str, float]:
    """Least squares over what comes after people are in."""
    settled_s = begun_s + SETTLED * (ended_s - begun_s)
    kept = [each for each in looks if settled_s <= each.at_s <= ended_s]
    slope, _ = np.polyfit([each.at_s / 60 for each in kept], [each.memory_mib for each in kept], 1)
    return {
        "settled_mib": round(kept[0].memory_mib, 1),
        "end_mib": round(kept[-1].memory_mib, 1),
        "growth_mib_per_min": round(float(slope), 3),
        "growth_share": round((kept[-1].memory_mib - kept[0].memory_mib) / kept[0].memory_mib, 4),
    }


def _processor(looks: list[Look], begun_s: float) -> float:
    kept = [each for each in looks if each.at_s >= begun_s]
    return (kept[-1].processor_s - kept[0].processor_s) / (kept[-1].at_s - kept[0].at_s)


def _plots(calls: list[Call], looks: list[Look], begun_s: float) -> list[Plot]:
    slices: dict[int, list[float]] = defaultdict(list)
    for each in calls:
        slices[int((each.at_s - begun_s) / SLICE_S)].append(each.took_s * 1000)
    at_s = [(number + 0.5) * SLICE_S for number in sorted(slices)]
    rate = go.Figure(go.Scatter(x=at_s, y=[len(slices[number]) / SLICE_S for number in sorted(slices)], line={"color": CHANGE_COLOUR}))
    rate.update_layout(xaxis_title="seconds", yaxis_title="calls a second")
    slow = go.Figure()
    for (name, share), colour in zip(QUANTILES.items(), (BASE_COLOUR, CHANGE_COLOUR, "#b0562c"), strict=True):
        slow.add_scatter(x=at_s, y=[float(np.quantile(slices[each], share)) for each in sorted(slices)], name=name, line={"color": colour})
    slow.update_layout(xaxis_title="seconds", yaxis_title="milliseconds", yaxis_type="log")
    held = go.Figure(
        go.Scatter(x=[each.at_s - begun_s for each in looks], y=[each.memory_mib for each in looks], line={"color": CHANGE_COLOUR})
    )
    held.update_layout(xaxis_title="seconds", yaxis_title="MiB", yaxis_rangemode="tozero")
    return [
        drawn(rate, "Throughput", f"Calls a second, by {SLICE_S:g} s: the day has two humps.", 320),
        drawn(slow, "How long calls take", f"Half, 99 % and 99.9 % of the calls of each {SLICE_S:g} s take less.", 380),
        drawn(held, "Memory", "Resident, of all processes of the service.", 320),
    ]

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
EVERY = 5  # looks, for what is plotted of the processor
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


def figures(book: Book, looks: list[Look], begun_s: float, ended_s: float, ticket_kib: float, kept_days: float) -> dict[str, Any]:
    """What was measured from `begun_s` to `ended_s`, instants on `time.perf_counter`; a ticket takes `ticket_kib` in memory, until so many
    days after its end."""
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
        "phases_ms": _phases(book),
        "batch": round(_mean(book, "batch"), 2),
        "memory": _memory(looks, calls, begun_s, ended_s, ticket_kib, kept_days),
        "processor": _processor(looks, begun_s, ended_s, len(calls)),
    }


def page(found: dict[str, Any], book: Book, looks: list[Look], begun_s: float, title: str) -> str:
    """HTML with the table and the plots."""
    columns = ["", "calls", *QUANTILES, "slowest, ms"]
    kinds = {**found["by_kind"], "all": found["all"]}
    rows = [
        [kind, f"{each['calls']:,}", *(f"{each[name]:.1f}" for name in QUANTILES), f"{each['max']:.0f}"] for kind, each in kinds.items()
    ]
    lines = _lines(found)
    plots = _plots([each for each in book.calls if each.at_s >= begun_s], looks, begun_s)
    return render_source(
        PAGE, title=title, lines=lines, columns=columns, rows=rows, wrong=found["error_examples"], plots=plots, footnotes=(_made_with(),)
    )


def _lines(found: dict[str, Any]) -> list[str]:
    memory, cores, phases = found["memory"], found["processor"], found["phases_ms"]
    return [
        f"{found['calls']:,} calls in {found['seconds']:.0f} s ({found['calls_per_s']:g}/s; {found['busiest_per_s']:g}/s in the busiest "
        f"{SLICE_S:g} s), {found['errors']} errors. {found['streams']} streams, {found['breaks']} recovery breaks "
        f"seen on them; {found['delivered']:,} webhooks. The clock ran {found['clock_rate']:.0f} times as fast as life: so much more "
        "often than such a site has it came whatever comes by the clock (calls, timers, plans every three minutes).",
        f"Memory {memory['settled_mib']:.0f} MiB once people are in, {memory['end_mib']:.0f} MiB at the end (and "
        f"{memory['resident_mib'] - memory['end_mib']:.0f} MiB of mapped files): "
        f"{memory['growth_mib_per_min']:+.2f} MiB a minute, of which {memory['tickets_mib_per_min']:.2f} are tickets. A ticket is kept "
        f"in memory until {memory['kept_days']:g} days after its end, in {memory['ticket_kib']:.1f} KiB: after so many such days that is "
        f"level at {memory['tickets_level_mib']:.0f} MiB.",
        f"The service had {cores['service']:.2f} of {cores['cores']} cores ({cores['beside']:.2f} to score words), "
        f"{cores['ms_per_call']:.1f} ms for a call with all that follows from it (webhooks, streams, timers); the database "
        f"{cores['database']:.2f}, the load itself {cores['load']:.2f}, whoever else was on the machine {cores['others']:.2f}. For "
        f"{cores['loop_waited']:.0%} of the time the service's event loop could have run and had no core: what that adds to the times "
        "below is the machine's.",
        f"A request that changes something waits {phases['wait']:.1f} ms for its turn on average, which takes {phases['decide']:.1f} ms to "
        f"decide, {phases['save']:.1f} ms to save durably and {phases['answer']:.1f} ms to word its answers; "
        f"{found['batch']:.2f} such requests share a turn.",
    ]


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


def _phases(book: Book) -> dict[str, float]:
    """Mean milliseconds of each phase of a request that changes something."""
    names = sorted(name.removesuffix("_sum") for name in book.after if name.endswith("_sum") and name != "batch_sum")
    return {name: round(1000 * _mean(book, name), 2) for name in names}


def _mean(book: Book, name: str) -> float:
    total, count = (book.after[f"{name}_{what}"] - book.before.get(f"{name}_{what}", 0.0) for what in ("sum", "count"))
    return total / max(1.0, count)


def _memory(looks: list[Look], calls: list[Call], begun_s: float, ended_s: float, ticket_kib: float, kept_days: float) -> dict[str, float]:
    """Least squares over what comes after people are in, and what of it are tickets that came meanwhile."""
    settled_s = begun_s + SETTLED * (ended_s - begun_s)
    kept = [each for each in looks if settled_s <= each.at_s <= ended_s]
    slope, _ = np.polyfit([each.at_s / 60 for each in kept], [each.memory_mib for each in kept], 1)
    tickets = [each.at_s for each in calls if each.kind == "ticket in"]
    came_mib = sum(at_s >= settled_s for at_s in tickets) * ticket_kib / 1024
    grown_mib = kept[-1].memory_mib - kept[0].memory_mib
    return {
        "resident_mib": round(kept[-1].resident_mib, 1),
        "settled_mib": round(kept[0].memory_mib, 1),
        "end_mib": round(kept[-1].memory_mib, 1),
        "growth_mib_per_min": round(float(slope), 3),
        "growth_share": round(grown_mib / kept[0].memory_mib, 4),
        "ticket_kib": round(ticket_kib, 2),
        "tickets_mib_per_min": round(came_mib / (ended_s - settled_s) * 60, 3),
        "beyond_tickets_share": round((grown_mib - came_mib) / kept[0].memory_mib, 4),
        "kept_days": kept_days,
        "tickets_level_mib": round(len(tickets) * kept_days * ticket_kib / 1024, 1),
    }


def _processor(looks: list[Look], begun_s: float, ended_s: float, calls: int) -> dict[str, float]:
    """In cores, from the first look of the day to the last."""
    kept = [each for each in looks if begun_s <= each.at_s <= ended_s]
    first, last = kept[0], kept[-1]
    span_s = last.at_s - first.at_s
    ours = {name: getattr(last, f"{name}_s") - getattr(first, f"{name}_s") for name in ("service", "beside", "database", "load")}
    return {
        "cores": os.cpu_count() or 1,
        **{name: round(spent_s / span_s, 3) for name, spent_s in ours.items()},
        "others": round(max(0.0, last.busy_s - first.busy_s - sum(ours.values()) + ours["beside"]) / span_s, 3),
        "ms_per_call": round(1000 * ours["service"] / calls, 2),
        "loop_waited": round((last.waited_s - first.waited_s) / span_s, 4),
    }


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
    cores = go.Figure()
    for name, colour in (("service", CHANGE_COLOUR), ("database", BASE_COLOUR), ("load", "#b0562c"), ("busy", "#c9c2a5")):
        spent_s, at = np.array([getattr(each, f"{name}_s") for each in looks]), np.array([each.at_s for each in looks])
        shown = {"busy": "everybody on the machine", "load": "the load itself"}.get(name, name)
        cores.add_scatter(
            x=at[EVERY:] - begun_s, y=(spent_s[EVERY:] - spent_s[:-EVERY]) / (at[EVERY:] - at[:-EVERY]), name=shown, line_color=colour
        )
    cores.update_layout(xaxis_title="seconds", yaxis_title="cores", yaxis_rangemode="tozero")
    return [
        drawn(rate, "Throughput", f"Calls a second, by {SLICE_S:g} s: the day has two humps.", 320),
        drawn(slow, "How long calls take", f"Half, 99 % and 99.9 % of the calls of each {SLICE_S:g} s take less.", 380),
        drawn(held, "Memory", "Of all processes of the service, without files that are mapped.", 320),
        drawn(cores, "Processor", "Cores that were busy, and for whom, over ten seconds.", 320),
    ]

"""The answers of what-ifs as rows of a table, the header first; what could not be measured is empty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Answer = Mapping[str, Any]


def metric_rows(answer: Answer) -> Iterator[list[Any]]:
    """A row for each metric of a scenario: mean, half-width, and every run's value."""
    yield ["metric", "unit", "mean", "half_width", *(f"run_{number}" for number in range(answer["replications"]))]
    for name, found in answer["metrics"].items():
        yield [name, found["unit"], found["mean"], found["half_width"], *found["values"]]


def compared_rows(answer: Answer) -> Iterator[list[Any]]:
    """A row for each metric of two scenarios: both, the difference with the ends of its interval, and whether that leaves 0 out."""
    yield ["metric", "unit", "base", "base_half_width", "change", "change_half_width", "difference", "low", "high", "shown"]
    for name, found in answer["metrics"].items():
        base, change, difference = found["base"], found["change"], found["difference"]
        sides = (each for side in (base, change) for each in (side["mean"], side["half_width"]))
        yield [name, base["unit"], *sides, *_told(difference)]


def _told(difference: Answer) -> list[Any]:
    """A difference, the ends of its interval, and whether that leaves 0 out."""
    mean, half = difference["mean"], difference["half_width"]
    known = mean is not None and half is not None
    ends = (mean - half, mean + half) if known else (None, None)
    return [mean, *ends, int(known and abs(mean) > half)]


def swept_rows(answer: Answer) -> Iterator[list[Any]]:
    """A row for each cell and metric of a sweep, beside the scenario as it is."""
    words = [each["word"] for each in answer["axes"]]
    yield [*words, "metric", "unit", "as_it_is", "value", "difference", "low", "high", "shown"]
    for cell in answer["cells"]:
        for name, found in cell["metrics"].items():
            base, value = answer["base"][name], found["change"]
            yield [*(cell["amounts"][each] for each in words), name, base["unit"], base["mean"], value["mean"], *_told(found["difference"])]


def staff_rows(answer: Answer) -> Iterator[list[Any]]:
    """A row for each head-count that was looked at, the cheapest first: people by group, cost, verdict, and each limit's mean."""
    groups = list(answer["range"])
    limits = [each["metric"] for each in answer["limits"]]
    yield ["agents", *groups, "cost_usd", "verdict", "replications", *(part for each in limits for part in (each, f"{each}_half_width"))]
    for trial in answer["frontier"]:
        found = (trial["limits"][each][part] for each in limits for part in ("mean", "half_width"))
        people = (trial["groups"][each] for each in groups)
        yield [trial["agents"], *people, trial["cost_usd"], trial["verdict"], trial["replications"], *found]

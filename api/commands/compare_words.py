"""A comparison in words and cells: one unit for a row, signs on differences, and a sentence that a manager can forward."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from api.shown.amounts import compared, number
from router.record import ENGINE
from simulations.compare import Comparison, Paired
from simulations.intervals import LEVEL
from simulations.metrics import Metric
from simulations.precision import usual
from simulations.run import metrics_of

# what a decision turns on, in the order of the sentence; a metric that a scenario does not have is left out
LEADING = {
    "service_level": "the service level",
    "abandonment": "the share of customers who give up waiting",
    "wait_written_mean_s": "the mean wait for a written answer",
    "wait_live_mean_s": "the mean wait for a person",
    "above_line": "the time people spend above the line",
    "load_mean_points": "the mean load on shift",
    "break_taken_s": "time on recovery breaks",
    "staff_usd": "the cost of staff",
    "automation_usd": "the cost of automation",
    "revenue_at_risk_usd": "revenue at risk",
}
REASONS = {
    "precise": "every interval is as narrow as was asked for",
    "most": "the most runs that were allowed; still wider than asked for: ",
    "fixed": "so many were asked for",
    "cancelled": "it was interrupted",
}


def _size(pair: Paired) -> float:
    return max(abs(pair.base.mean or 0.0), abs(pair.change.mean or 0.0))


def cells(pair: Paired, metric: Metric) -> tuple[str, str, str, str]:
    """Base, change, difference and its half-width, in one unit."""
    return compared(pair.base.mean, pair.change.mean, pair.difference.mean, pair.difference.half_width, metric)


def headline(found: Comparison, what: str) -> str:
    """What surely changes, each with its range, and what does not show."""
    shown, rest = list(moved(found)), list(still(found))
    first = f"With {what}: " + ("; ".join(shown) if shown else "nothing that counts is shown to change") + "."
    return first + (f" Not shown to change: {', '.join(rest)}." if rest and shown else "")


def leading(known: Mapping[str, Metric]) -> dict[str, str]:
    """What a decision turns on of these metrics; of a textbook queue, every share and mean wait by its label."""
    if "service_level" in known:
        return {name: words for name, words in LEADING.items() if name in known}
    return {name: known[name].label.strip() for name in usual(known)}


def moved(found: Comparison) -> Iterator[str]:
    """A clause for each leading metric whose difference is outside chance."""
    known = metrics_of(found.base)
    for name, words in leading(known).items():
        if found.metrics[name].shown:
            yield _moved(found.metrics[name], known[name], words)


def still(found: Comparison) -> Iterator[str]:
    """The leading metrics that differ by no more than chance."""
    for name, words in leading(metrics_of(found.base)).items():
        if not found.metrics[name].shown and found.metrics[name].difference.mean:
            yield words


def _moved(pair: Paired, metric: Metric, words: str) -> str:
    mean, half, size = pair.difference.mean or 0.0, pair.difference.half_width or 0.0, _size(pair)
    low, high = (number(each, metric, size, sign=True).lstrip("+−") for each in sorted((abs(mean) - half, abs(mean) + half)))
    verb = "rises" if mean > 0 else "falls"
    by = f"by {low.split(' ')[0]} to {high}" if low != high else f"by {high}"
    return f"{words} {verb} from {number(pair.base.mean, metric, size)} to {number(pair.change.mean, metric, size)} ({by})"


def reason(found: Comparison) -> str:
    """How many runs, and what ended them."""
    wider = ", ".join(_missed(found)) if found.stopped == "most" else ""
    return f"{found.replications} pairs of runs on the same customers: {REASONS[found.stopped]}{wider}."


def _missed(found: Comparison) -> Iterator[str]:
    for name in found.missed:
        metric, pair = metrics_of(found.base)[name], found.metrics[name]
        size, target = _size(pair), found.target(name)
        half, asked = (number(each, metric, size, sign=True).lstrip("+") for each in (pair.difference.half_width, target))
        yield f"{name} ({half}, asked {asked})"


def footnote(found: Comparison) -> str:
    """What is needed to get the same numbers again, and how the intervals are meant."""
    run = found.base.run
    looked = f" (computed at {100 * found.level:g} %, since they were looked at before stopping)" if found.level > LEVEL else ""
    return (
        f"A range holds the true difference in 95 cases of 100, each by itself{looked}. "
        f"{run.days} days after {run.warm_up_days} of warm-up; "
        f"{found.base.agent_count} and {found.change.agent_count} simulated people. "
        f"Scenarios {found.base.digest()} and {found.change.digest()}, seed {run.seed}, engine {ENGINE}."
    )

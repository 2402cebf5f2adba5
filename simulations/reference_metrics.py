"""What is measured of a textbook queue: shares of the customers who came in the counted time, and exact averages over that time."""

from __future__ import annotations

import math

import numpy as np

from router.agents import BoolArray, FloatArray
from simulations.metrics import Metric
from simulations.reference import Reference
from simulations.reference_load import load_moments
from simulations.reference_run import Pieces, Told, simulated

QUANTILES = {"wait_p50_s": 0.5, "wait_p90_s": 0.9, "wait_p95_s": 0.95, "wait_p99_s": 0.99}


def measured(reference: Reference, seed: int, replication: int) -> dict[str, float]:
    """Every metric of `metrics_of` in one replication; NaN where there was nobody to measure."""
    told = simulated(reference, seed, replication)
    everybody = np.ones_like(told.counted)
    found = _customers(reference, told, everybody, "") | _servers(reference, told)
    for index, flow in enumerate(reference.flows if reference.classes else ()):
        found |= _customers(reference, told, told.who.kind == index, f"{flow.name}.")
    return {name: found[name] for name in metrics_of(reference)}


def metrics_of(reference: Reference) -> dict[str, Metric]:
    """The metrics of this queue, without what can't happen in it; with classes, those of each under its name and a dot."""
    customers = {} if reference.saturated else _of_customers(reference)
    servers = {
        "throughput_per_s": Metric("served, per s", "per s"),
        "busy": Metric("servers' time in service", "share"),
        "on_break": Metric("servers' time on breaks", "share"),
        "on_vacation": Metric("servers' time on vacations", "share"),
        "empty": Metric("time with nobody there", "share"),
        "load_mean_points": Metric("load of a server: mean", "points"),
        "load_variance": Metric("  variance", "points²"),
    }
    happens = {
        "on_break": reference.recovery_break is not None,
        "on_vacation": reference.vacations is not None,
        "empty": not reference.saturated,
        "load_mean_points": reference.load is not None,
        "load_variance": reference.load is not None,
    }
    whole = customers | {name: metric for name, metric in servers.items() if happens.get(name, True)}
    for flow in reference.flows if reference.classes else ():
        own = {**customers, "throughput_per_s": servers["throughput_per_s"]}
        whole |= {f"{flow.name}.{name}": Metric(f"{flow.name}: {metric.label.strip()}", metric.unit) for name, metric in own.items()}
    return whole


def _of_customers(reference: Reference) -> dict[str, Metric]:
    found = {
        "p_wait": Metric("cannot be served at once, of those let in", "share"),
        "mean_wait_s": Metric("wait of all let in, until served or gone: mean", "s"),
        "mean_wait_served_s": Metric("  of those served", "s"),
        "mean_wait_delayed_s": Metric("  of those not served at once", "s"),
        "wait_sd_s": Metric("  standard deviation of all", "s"),
        **{name: Metric(f"  {level:.0%} of all within", "s") for name, level in QUANTILES.items()},
        **{f"within_{limit:g}s": Metric(f"served within {limit:g} s, of all who come", "share") for limit in reference.within_s},
        "abandoned": Metric("left unserved, of all who come", "share"),
        "blocked": Metric("turned away, of all who come", "share"),
        "queue_length": Metric("customers waiting", "count"),
        "in_system": Metric("customers there", "count"),
        "mean_time_in_system_s": Metric("time there of those served: mean", "s"),
    }
    leaves = any(flow.patience is not None for flow in reference.flows)
    limited = reference.capacity is not None or reference.waiting_room is not None
    happens = {"abandoned": leaves, "mean_wait_served_s": leaves, "blocked": limited}
    return {name: metric for name, metric in found.items() if happens.get(name, True)}


def _customers(reference: Reference, told: Told, mine: BoolArray, prefix: str) -> dict[str, float]:
    counted = told.counted & mine
    came = int(counted.sum())
    let_in, served = counted & ~told.blocked, counted & told.served
    wait_s = told.left_line_s - told.who.arrive_s
    delayed = let_in & ~(told.served & (told.began_s <= told.who.arrive_s))
    span_s = told.until_s - told.from_s
    finished = mine & told.served & (told.gone_s >= told.from_s) & (told.gone_s < told.until_s)
    quantiles = np.quantile(wait_s[let_in], list(QUANTILES.values())) if let_in.any() else [math.nan] * len(QUANTILES)
    found = {
        "p_wait": _share(int(delayed.sum()), int(let_in.sum())),
        "mean_wait_s": _mean(wait_s[let_in]),
        "mean_wait_served_s": _mean(wait_s[served]),
        "mean_wait_delayed_s": _mean(wait_s[delayed]),
        "wait_sd_s": float(wait_s[let_in].std()) if let_in.any() else math.nan,
        **{name: float(value) for name, value in zip(QUANTILES, quantiles, strict=True)},
        **{f"within_{limit:g}s": _share(int((wait_s[served] <= limit).sum()), came) for limit in reference.within_s},
        "abandoned": _share(int((let_in & ~told.served).sum()), came),
        "blocked": _share(int((counted & told.blocked).sum()), came),
        "queue_length": _inside(told, Pieces(told.who.arrive_s[mine], told.left_line_s[mine])) / span_s,
        "in_system": _inside(told, Pieces(told.who.arrive_s[mine], told.gone_s[mine])) / span_s,
        "mean_time_in_system_s": _mean((told.gone_s - told.who.arrive_s)[served]),
        "throughput_per_s": int(finished.sum()) / span_s,
    }
    return {f"{prefix}{name}": value for name, value in found.items()}


def _servers(reference: Reference, told: Told) -> dict[str, float]:
    whole_s = reference.servers * (told.until_s - told.from_s)
    found = {
        "busy": _inside(told, told.busy) / whole_s,
        "on_break": _inside(told, told.breaks) / whole_s,
        "on_vacation": _inside(told, told.vacations) / whole_s,
        "empty": _empty(told),
    }
    if reference.load is not None:
        of = (told.gone_s[told.served], told.who.points[told.served], told.server[told.served])
        moments = load_moments(*of, reference.servers, reference.load.decay_s, told.from_s, told.until_s)
        found["load_mean_points"], found["load_variance"] = moments
    return found


def _inside(told: Told, pieces: Pieces) -> float:
    """The seconds of all pieces that lie in the counted time."""
    begins_s, ends_s = np.maximum(pieces.from_s, told.from_s), np.minimum(pieces.until_s, told.until_s)
    return float(np.maximum(ends_s - begins_s, 0.0).sum())


def _empty(told: Told) -> float:
    """The share of the counted time in which nobody was there."""
    came_s = np.clip(told.who.arrive_s, told.from_s, told.until_s)
    gone_s = np.clip(told.gone_s, told.from_s, told.until_s)
    before_s = np.concatenate(([told.from_s], np.maximum.accumulate(gone_s)[:-1]))
    taken = np.maximum(gone_s - np.maximum(came_s, before_s), 0.0).sum()
    return float(1 - taken / (told.until_s - told.from_s))


def _mean(values: FloatArray) -> float:
    return float(values.mean()) if len(values) else math.nan


def _share(part: int, whole: int) -> float:
    return part / whole if whole else math.nan

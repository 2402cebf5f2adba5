"""Settings of a textbook queue that are fine alone and cannot be meant together, or not here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from typing import Any

from fatigue_model.bounds import Violation, escaped
from simulations.reference import FCFS, NON_PREEMPTIVE, NUMBA, PREEMPTIVE, PYTHON, Reference, offered

CUSTOMERS_MAX = 50_000_000  # of one replication; it holds them all in memory


def contradictions(reference: Reference, sections: Mapping[str, Any]) -> Iterator[Violation]:
    """Every contradiction; `sections` are those of the whole file."""
    for name in sections:
        if name not in ("title", "run", "reference"):
            yield Violation(f"/{escaped(name)}", "a section of the product", "title, run and reference, where reference is given")
    run = sections.get("run", {})
    for name in run if isinstance(run, Mapping) else ():
        if name not in ("seed", "replications"):
            yield Violation(f"/run/{escaped(name)}", run[name], "seed and replications; /reference/horizon_s says how long")
    yield from _arrivals(reference)
    yield from _size(reference)
    yield from _room(reference)
    yield from _preemption(reference)


def _arrivals(reference: Reference) -> Iterator[Violation]:
    """Exactly one way for customers to come."""
    at, most = "/reference", "one of arrivals_per_s and interarrival, or saturated"
    ways = [reference.arrivals_per_s, reference.interarrival, reference.saturated or None]
    given = sum(each is not None for each in ways)
    if given > 1 or (not reference.classes and not given):
        yield Violation(f"{at}/arrivals_per_s", reference.arrivals_per_s, most)
    for name, kind in reference.classes.items():
        own = (kind.arrivals_per_s is not None) + (kind.interarrival is not None)
        if given or own != 1:
            where = f"{at}/classes/{escaped(name)}/arrivals_per_s"
            yield Violation(where, kind.arrivals_per_s, "one of arrivals_per_s and interarrival in each class, and none outside them")
    if reference.saturated:
        for name in ("patience", "capacity", "waiting_room", "vacations"):
            if getattr(reference, name) is not None:
                yield Violation(f"{at}/{name}", "given", "absent where saturated: somebody always waits")
    yield from () if given > 1 else _stable(reference)


def _stable(reference: Reference) -> Iterator[Violation]:
    needed = offered(reference, impatient=False)
    bounded_queue = reference.saturated or reference.capacity is not None or reference.waiting_room is not None
    if not bounded_queue and needed >= reference.servers:
        allowed = f"more than the {needed:g} that those who never leave keep busy, or patience, capacity or waiting_room"
        yield Violation("/reference/servers", reference.servers, allowed)


def _size(reference: Reference) -> Iterator[Violation]:
    """What this machine can do."""
    rate = sum(flow.rate_per_s for flow in reference.flows) or reference.servers / reference.service.mean
    if reference.horizon_s is not None and rate * (reference.before_s + reference.horizon_s) > CUSTOMERS_MAX:
        most_s = CUSTOMERS_MAX / rate
        yield Violation("/reference/horizon_s", reference.horizon_s, f"with the warm-up at most {most_s:g} s: {CUSTOMERS_MAX:,} customers")
    if reference.engine == NUMBA and find_spec("numba") is None:
        yield Violation("/reference/engine", NUMBA, f"{PYTHON}, or {NUMBA} once the extra `fast` is installed")


def _room(reference: Reference) -> Iterator[Violation]:
    if reference.capacity is not None and reference.waiting_room is not None:
        yield Violation("/reference/waiting_room", reference.waiting_room, "one of capacity and waiting_room")
    if reference.capacity is not None and reference.capacity < reference.servers:
        yield Violation("/reference/capacity", reference.capacity, f"at least the {reference.servers} servers")


def _preemption(reference: Reference) -> Iterator[Violation]:
    if reference.priorities != PREEMPTIVE:
        return
    lacking = {name: getattr(reference, name) for name in ("capacity", "waiting_room", "recovery_break", "vacations", "load")}
    lacking["patience"] = next((flow.patience for flow in reference.flows if flow.patience is not None), None)
    for name, value in lacking.items():
        if value is not None:
            yield Violation(f"/reference/{name}", "given", f"absent with priorities = {PREEMPTIVE}")
    if reference.order != FCFS or reference.engine != PYTHON or reference.saturated:
        yield Violation("/reference/priorities", PREEMPTIVE, f"{NON_PREEMPTIVE} where order is not fcfs, or engine numba, or saturated")

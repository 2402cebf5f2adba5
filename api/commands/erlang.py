"""`respite erlang`: how many agents a queue needs, or what a number of agents gives, by exact formulas and at once."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console

from api.commands.common import Json, refuse, show
from fatigue_model.bounds import InvalidValues
from simulations.quantities import seconds, service_level, share
from simulations.queueing import Queue, agents_at, agents_needed, erlang_b, queue

T = TypeVar("T")


def erlang(
    calls: Annotated[float, typer.Option(help="Customers who come in the interval.")],
    interval: Annotated[str, typer.Option(help="How long the interval is: 30m, 1h.")] = "30m",
    aht: Annotated[str, typer.Option(help="Mean handling time: 3m, 180s.")] = "3m",
    level: Annotated[
        str, typer.Option("--service-level", help="Share to be answered in time: 0.8, 80%, or with the time, 0.8/20s.")
    ] = "0.8",
    asa: Annotated[str, typer.Option("--asa", "--target", help="The time within which they are to be answered.")] = "20s",
    patience: Annotated[str | None, typer.Option(help="Mean patience, after which customers leave (Erlang A); none: they wait.")] = None,
    max_occupancy: Annotated[str, typer.Option(help="Agents are busy for at most this share of their time.")] = "0.85",
    max_abandonment: Annotated[str, typer.Option(help="At most this share leaves; with --patience.")] = "1",
    max_blocking: Annotated[str | None, typer.Option(help="Nobody can wait: at most this share is turned away (Erlang B).")] = None,
    shrinkage: Annotated[str, typer.Option(help="Share of paid time away from the queue.")] = "0",
    agents: Annotated[int | None, typer.Option(help="What this many agents at the queue give, instead of how many are needed.")] = None,
    json_output: Json = False,
) -> None:
    """Erlang C, or A with --patience, or B with --max-blocking: agents needed, service level, occupancy, waits or who is turned away."""
    wanted, within = _typed("--service-level", service_level, level)
    target_s = within if within is not None else _typed("--asa", seconds, asa)
    handling_s, interval_s = _typed("--aht", seconds, aht), _typed("--interval", seconds, interval)
    patience_s = None if patience is None else _typed("--patience", seconds, patience)
    busy, leave = _typed("--max-occupancy", share, max_occupancy), _typed("--max-abandonment", share, max_abandonment)
    away = _typed("--shrinkage", share, shrinkage)
    if away == 1 or not 0 < calls < math.inf:
        refuse(f"--shrinkage: {shrinkage}; allowed: a share below 1" if away == 1 else f"--calls: {calls:g}; allowed: a number above 0")
    if max_blocking is not None and patience is not None:
        refuse("--patience: not with --max-blocking, where nobody waits")
    rate = calls / interval_s
    try:
        if max_blocking is not None:
            answer = turned_away(rate * handling_s, _typed("--max-blocking", share, max_blocking), agents, away)
        elif agents is not None:
            answer = answered(queue(rate, handling_s, agents, patience_s), target_s, away)
        else:
            answer = answered(agents_needed(rate, handling_s, wanted, target_s, patience_s, busy, leave), target_s, away)
    except InvalidValues as error:
        refuse(str(error))
    if json_output:
        show({name: None if isinstance(value, float) and math.isinf(value) else value for name, value in answer.items()})
    else:
        console, width = Console(highlight=False, markup=False, soft_wrap=True), max(map(len, answer))
        for name, value in answer.items():
            console.print(f"{name + ':':{width + 1}} {value}")


def _typed(option: str, read: Callable[[str], T], text: str) -> T:
    try:
        return read(text)
    except ValueError as error:
        refuse(f"{option}: {error}")


def answered(found: Queue, target_s: float, shrinkage: float) -> dict[str, Any]:
    """What the command prints: `raw_positions` agents at the queue, `positions` of them paid; shares of all who come, times in s."""
    leave = {} if found.patience_s is None else {"abandonment_probability": found.abandonment}
    return {
        "raw_positions": found.agents,
        "positions": _paid(found.agents, shrinkage),
        "service_level": found.within(target_s),
        "occupancy": found.occupancy,
        "waiting_probability": found.p_wait,
        **leave,
        "mean_wait_s": found.mean_wait_s,
        "queue_length": found.queue_length,
        "target_s": target_s,
    }


def turned_away(traffic: float, blocking: float, agents: int | None, shrinkage: float) -> dict[str, Any]:
    """The same of a queue in which nobody can wait, with `agents`, or as many as turn away at most the share `blocking`."""
    servers = agents if agents is not None else agents_at(blocking, traffic)
    found = erlang_b(traffic, servers)
    return {
        "raw_positions": servers,
        "positions": _paid(servers, shrinkage),
        "blocking_probability": found,
        "occupancy": traffic * (1 - found) / servers,
    }


def _paid(agents: int, shrinkage: float) -> int:
    return math.ceil(agents / (1 - shrinkage) - 1e-9)  # 14 of .7 are 20, whatever the last digit of the quotient

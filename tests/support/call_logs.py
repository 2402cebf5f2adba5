"""Logs of made-up call centres: the map that reads them, and exports of calls whose laws are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from simulations.calibrate.attendance import Session
from simulations.calibrate.line import Demand, Rules, run
from simulations.columns import ColumnMap, column_map
from simulations.history import History, read
from support.histories import csv_lines

CALLS_MAP = """
shape = "calls"
time_format = "%Y-%m-%d %H:%M:%S"
time_zone = "UTC"

[columns]
case = "id"
account = "customer"
agent = "who"
day = "day"
arrived = "came"
queued = "queue"
waited = "seconds"
begun = "from"
ended = "to"
outcome = "end"
priority = "level"
category = "kind"

[outcomes]
talk = "served"
gone = "abandoned"
test = "ignored"

[priorities]
gold = "high"

[other_work]
kind = "paper"

[empty]
queue = "-"
who = ["-", "nobody"]

[work]
start = 06:00:00
end = 22:00:00
"""
HEADER = ("id", "customer", "who", "day", "came", "queue", "seconds", "from", "to", "end", "level", "kind")
MONDAY = date(2024, 1, 1)


def calls_map(**changes: str) -> ColumnMap:
    """The map of these logs, with lines put before its tables."""
    return column_map("".join(f"{name} = {value}\n" for name, value in changes.items()) + CALLS_MAP)


def row(came: str, **told: str) -> tuple[str, ...]:
    """A row of a log, served by ann from `came` for a minute unless told otherwise; other columns are empty."""
    plain = {"who": "ann", "day": "2024-01-01", "came": came, "queue": came, "seconds": "0", "from": came, "to": came, "end": "talk"}
    return tuple((plain | told).get(name, "") for name in HEADER)


def read_calls(rows: Sequence[Sequence[str]], **changes: str) -> History:
    return read(csv_lines(rows, HEADER), calls_map(**changes))


@dataclass(frozen=True, slots=True)
class Centre:
    """A call centre whose laws are known: `agents` at work from 8 to 18 every day; times in seconds."""

    days: int = 14
    agents: int = 6
    calls_per_hour: float = 80.0
    mean_s: float = 220.0
    cv: float = 0.7
    patience_mean_s: float = 300.0
    wrap_up_s: float = 40.0
    head_start_s: float = 0.0
    high_share: float = 0.0

    def demand(self, chance: np.random.Generator) -> Demand:
        """Poisson calls, lognormal lengths, exponential patience."""
        midnight_s = datetime.combine(MONDAY, datetime.min.time(), UTC).timestamp()
        arrived = [
            midnight_s + 86_400 * day + 3600 * (8 + 10 * np.sort(chance.random(chance.poisson(10 * self.calls_per_hour))))
            for day in range(self.days)
        ]
        arrived_s = np.concatenate(arrived)
        count, sigma = len(arrived_s), np.sqrt(np.log1p(self.cv**2))
        return Demand(
            arrived_s=arrived_s,
            service_s=self.mean_s * np.exp(sigma * chance.standard_normal(count) - sigma**2 / 2),
            patience_s=chance.exponential(self.patience_mean_s, count),
            ahead=chance.random(count) < self.high_share,
            category=np.zeros(count, dtype=np.int64),
        )

    def sessions(self) -> list[Session]:
        midnight_s = datetime.combine(MONDAY, datetime.min.time(), UTC).timestamp()
        begins = [midnight_s + 86_400 * day + 8 * 3600 for day in range(self.days)]
        return [Session(agent, begin, begin + 10 * 3600) for begin in begins for agent in range(self.agents)]


def log_of(centre: Centre, chance: np.random.Generator) -> list[tuple[str, ...]]:
    """The rows that a centre's log would have; agents are taken in turn, whoever is free."""
    demand = centre.demand(chance)
    wait_s, left = run(demand, centre.sessions(), Rules(centre.wrap_up_s, centre.head_start_s, {}))
    return rows_of(demand, wait_s, left, centre.wrap_up_s)


def rows_of(demand: Demand, wait_s: NDArray[np.float64], left: NDArray[np.bool_], wrap_up_s: float) -> list[tuple[str, ...]]:
    """Rows of a log from a run: who served whom is told by who was free."""
    free_s: dict[str, float] = {}
    rows = []
    for call in np.argsort(demand.arrived_s + wait_s, kind="stable").tolist():
        came_s, begun_s = float(demand.arrived_s[call]), float(demand.arrived_s[call] + wait_s[call])
        told = {"id": f"c{call}", "level": "gold" if demand.ahead[call] else "", "seconds": f"{wait_s[call]:.3f}"}
        if left[call]:
            rows.append(row(_clock(came_s), **told, day=_day(came_s), who="-", end="gone"))
            continue
        free = [name for name, at_s in free_s.items() if at_s <= begun_s + 1e-6]
        name = min(free, key=lambda each: (free_s[each], each)) if free else f"agent-{len(free_s):02d}"
        ended_s = begun_s + float(demand.service_s[call])
        free_s[name] = ended_s + wrap_up_s
        rows.append(row(_clock(came_s), **told, day=_day(came_s), who=name, **{"from": _clock(begun_s), "to": _clock(ended_s)}))
    return rows


def _clock(at_s: float) -> str:
    return f"{datetime.fromtimestamp(round(at_s), UTC):%H:%M:%S}"


def _day(at_s: float) -> str:
    return f"{datetime.fromtimestamp(at_s, UTC):%Y-%m-%d}"


def days_after(days: int) -> date:
    return MONDAY + timedelta(days=days)

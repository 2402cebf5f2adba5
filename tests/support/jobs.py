"""What-if jobs over HTTP as tests ask for them and follow them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx2

SMALL: dict[str, Any] = {
    "title": "Two agents, two days",
    "groups": {"team": {"agents": 2, "shift_start": "08:00:00", "lunch_start": "12:00:00"}},
    "accounts": {"count": 10},
    "demand": {"tickets_per_day": 12},
    "run": {"days": 2, "seed": 5, "replications": 3, "start": "2026-01-06"},
}
TOML = """
title = "Two agents, two days"
[groups.team]
agents = 2
shift_start = 08:00:00
lunch_start = 12:00:00
[accounts]
count = 10
[demand]
tickets_per_day = 12
[run]
days = 2
seed = 5
replications = 3
start = 2026-01-06
"""
ENDLESS: dict[str, Any] = {"scenario": SMALL | {"run": {"days": 20}}, "replications": 1000}


def ask(client: httpx2.Client, body: dict[str, Any]) -> str:
    """Ask for a job; the path it is at."""
    asked = client.post("/v1/simulations", json=body)
    assert asked.status_code == 202, asked.text
    return str(asked.headers["location"])


def follow(client: httpx2.Client, place: str, **headers: str) -> Iterator[dict[str, Any]]:
    """The events of a job's stream as they come: event, id, data."""
    with client.stream("GET", f"{place}/stream", headers=headers, timeout=120) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        message: dict[str, Any] = {}
        for line in response.iter_lines():
            name, _, value = line.partition(": ")
            if line and not line.startswith(":"):
                message[name] = json.loads(value) if name == "data" else value
            elif message:
                yield message
                message = {}


def reach(client: httpx2.Client, place: str, done: int) -> None:
    """Wait until a job has finished so many replications."""
    for each in follow(client, place):
        assert each["event"] != "end", each
        if each["event"] == "progress" and each["data"]["progress"]["done"] >= done:
            return

"""A ticket's events in any order, each as often as it likes to come: the ticket ends where they in order would have left it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.world import World
from support.world import world as make_world

HOUR_S = 3600.0
KINDS = ("escalated", "abuse", "contact", "resolved", "reopened")
NAMED = frozenset({"contact", "resolved"})
numbers = count()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder: Path = tmp_path_factory.mktemp("order")
    with make_world(f"sqlite:///{folder / 'respite.db'}", calls_per_s_helpdesk=1e6) as world:
        world.agent("ana", concurrency={"email": 1000})
        yield world


def told(desk: World, events: list[dict[str, Any]]) -> dict[str, Any]:
    """What a new ticket is after these events, as far as it does not depend on who was free meanwhile."""
    ticket_id = f"T{next(numbers)}"
    desk.ticket(ticket_id, account_id=ticket_id, created_at=desk.at(-2 * HOUR_S))
    for each in events:
        desk.happened(ticket_id, each["type"], **{name: value for name, value in each.items() if name != "type"})
    found = desk.ok("helpdesk", "GET", f"/v1/tickets/{ticket_id}")
    contacts = sorted((each["agent_id"], each["ended_at"]) for each in found["contacts"])
    flags = {name: found[name] for name in ("escalated", "abuse", "reopened_count")}
    return flags | {"over": found["state"] in ("resolved", "closed"), "contacts": contacts}


@given(kinds=st.lists(st.sampled_from(KINDS), min_size=2, max_size=6), data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_order_and_repeats_change_nothing(desk: World, kinds: list[str], data: st.DataObject) -> None:
    in_order = [
        {"type": kind, "event_id": f"e{place}", "occurred_at": desk.at(60.0 * place - HOUR_S), "agent_id": "ana" if kind in NAMED else None}
        for place, kind in enumerate(kinds)
    ]
    twice = data.draw(st.lists(st.sampled_from(in_order), max_size=4), label="come again")
    shuffled = data.draw(st.permutations([*in_order, *twice]), label="as they come")
    assert told(desk, shuffled) == told(desk, in_order)

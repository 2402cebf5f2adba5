"""Days of work that retention finds, its job done with settings of the test, and what is left in the tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from api.retention import Retention
from api.settings import Settings
from support.world import NOON_S, World

DAY_S = 86_400.0


def a_day(world: World, day: int) -> None:
    """Two tickets, one of them hot, met, rated and resolved; a break follows."""
    world.clock.instant_s = NOON_S + day * DAY_S
    for number, account_id in enumerate(("acme", "beta")):
        ticket_id = f"T{day}-{number}"
        world.ticket(ticket_id, account_id=account_id, escalated=number == 1, body="You are all useless, this is a disgrace!")
        holder = world.ok("helpdesk", "GET", f"/v1/tickets/{ticket_id}")["agent_id"]
        world.clock.instant_s += 1200
        world.happened(ticket_id, "contact")
        world.ok(holder, "POST", f"/v1/agents/{holder}/taps", {"ticket_id": ticket_id, "rating": "hard"})
        world.happened(ticket_id, "resolved")
        world.clock.instant_s += 3600
    world.ok("manager", "GET", "/v1/agents/ana/recovery")


def enforce(world: World, **settings: Any) -> dict[str, int]:
    """What the job of the service does, with these settings."""
    service = world.services
    changed = Settings(database_url=service.settings.database_url, **settings)
    return Retention(service.engine, changed, world.clock, service.dispatcher.writing).enforce("default")


def rows(world: World, table: sa.Table) -> list[dict[str, Any]]:
    with world.services.engine.connect().execution_options(reading=True) as connection:
        return [dict(row) for row in connection.execute(sa.select(table)).mappings()]


def number_of_a_person(record: dict[str, Any]) -> bool:
    rules = [rule for each in record["not_others"] for rule in each["rules"]]
    on_break = any(each["rule"] == "on_break" and each["actual"] for each in rules)
    costs = any(each.get("cost") is not None or each.get("would_cost") is not None for each in record["not_others"])
    return bool(costs or on_break or record["finalists"] or record["because"])

"""Somebody who leaves the team, with everything that leaves a trace of them, and what of it a store still holds."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from api.store import letters
from api.store.checking import differing_decisions
from api.store.repository import Repository
from api.store.tables import metadata
from router.replay import replay
from support.world import NOON_S, World

WHO, NAME = "zoe.4711", "Zoe Unlikely"


def a_life_in_the_team(world: World) -> None:
    """Everything that leaves a trace of an agent, and of a colleague beside them."""
    world.agent("ana", skills={"export": 3}, debrief_opt_in=True)
    world.agent(WHO, name=NAME, skills={"export": 5, "rare": 3}, debrief_opt_in=True)
    world.ok(WHO, "PUT", f"/v1/agents/{WHO}/personal-mode", {"opt_in": True})
    for number in range(6):
        world.ticket(
            f"T{number}", account_id=f"acme-{number % 2}", escalated=number in (1, 4), skills=["rare" if number == 0 else "export"]
        )
        world.happened(f"T{number}", "contact", agent_id=WHO)
        world.happened(f"T{number}", "resolved")
        world.clock.instant_s += 900
    world.ok(WHO, "POST", f"/v1/agents/{WHO}/taps", {"ticket_id": "T1", "rating": "awful"})
    world.ok(WHO, "POST", f"/v1/agents/{WHO}/check-ins", {"answer": 9.125}, Idempotency_Key="c-1")
    world.ok("manager", "GET", f"/v1/agents/{WHO}/recovery")
    world.ok("manager", "PUT", f"/v1/exclusions/{WHO}/acme-0", {"reason": f"{NAME} asked for it"})
    praise = {"id": "F1", "ticket_id": "T1", "agent_id": WHO, "felt_understood": 9, "praise": f"Thank you {NAME}"}
    world.ok("helpdesk", "POST", "/v1/feedback", praise)
    letters_about_them(world)
    world.ticket("O1", skills=["export"])
    world.ok("manager", "POST", "/v1/tickets/O1/override", {"agent_id": WHO, "reason": f"for {NAME}"}, Idempotency_Key="o-1")
    world.happened("O1", "declined", agent_id=WHO)
    world.ticket("O2", account_id="acme-1", skills=["export"], previous_agent_id=WHO)
    for each in world.ok("helpdesk", "GET", "/v1/tickets")["items"]:
        if each["agent_id"] == WHO:
            world.happened(each["id"], "resolved")
    world.ok("helpdesk", "POST", f"/v1/agents/{WHO}/status", {"status": "offline"})


def letters_about_them(world: World) -> None:
    """What a subscriber was to be told and what a helpdesk told."""
    with world.services.engine.begin() as connection:
        body = json.dumps({"type": "recovery.started", "data": {"agent_id": WHO}})
        row = {"peer": "sub", "id": "evt_1", "key": f"agent:{WHO}", "body": body}
        letters.add(connection, metadata.tables["outbox"], "default", [row | {"type": "recovery.started"}], NOON_S)
        letters.add(connection, metadata.tables["inbox"], "default", [row | {"received_s": NOON_S}], NOON_S)
        told = {"team": "default", "agent_id": WHO, "resting": False, "light_duty": False}
        connection.execute(sa.insert(metadata.tables["rests_told"]).values(told))


def stored(engine: sa.Engine) -> str:
    """Every row of every table."""
    with engine.connect().execution_options(reading=True) as connection:
        return "\n".join(str(tuple(row)) for table in metadata.sorted_tables for row in connection.execute(sa.select(table)))


def records(engine: sa.Engine) -> list[dict[str, Any]]:
    with engine.connect().execution_options(reading=True) as connection:
        return [json.loads(body) for body in connection.execute(sa.select(metadata.tables["decisions"].c.body)).scalars()]


def assert_replays(engine: sa.Engine) -> None:
    with engine.connect().execution_options(reading=True) as connection:
        state = Repository(connection).first("default")
        since = state.revision
        assert since > 0
        assert replay(state, Repository(connection).log("default", since)).differences == ()
        assert list(differing_decisions(connection, "default", since, state.revision)) == []

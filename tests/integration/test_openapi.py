"""The published schema: who may call, what comes in, what comes back."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from api.answer_schemas import DecisionOut, RecoveryOut, TicketAnswer, TicketOut
from support.world import World


@pytest.fixture
def schema(world: World) -> dict[str, Any]:
    found: dict[str, Any] = world.client.get("/openapi.json").json()
    return found


def test_every_call_under_v1_names_the_key_it_needs(schema: dict[str, Any]) -> None:
    schemes = schema["components"]["securitySchemes"]
    assert (schemes.keys(), schemes["HTTPBearer"]["scheme"]) == ({"HTTPBearer", "StandardWebhooks"}, "bearer")
    hook = schema["paths"]["/v1/hooks/{connection}"]["post"]
    assert hook["security"] == [{"StandardWebhooks": []}]
    calls = [call for path, methods in schema["paths"].items() if path.startswith("/v1/") for call in methods.values() if call != hook]
    assert len(calls) > 30
    assert all(call["security"] == [{"HTTPBearer": []}] for call in calls)
    assert "security" not in schema["paths"]["/healthz"]["get"]


def test_the_main_answers_are_described_and_are_as_described(world: World, schema: dict[str, Any]) -> None:
    """Fields may be added; those that are described are there."""
    world.agent("ana")
    answer = world.ticket("T1", escalated=True)
    TypeAdapter(TicketAnswer).validate_python(answer)
    world.happened("T1", "resolved")
    for path, shown in {
        "/v1/tickets/T1": TicketOut,
        f"/v1/decisions/{answer['decision']['id']}": DecisionOut,
        "/v1/agents/ana/recovery": RecoveryOut,
    }.items():
        for who in ("helpdesk", "manager"):
            TypeAdapter(shown).validate_python(world.ok(who, "GET", path))
    waiting = world.ticket("T2")
    assert waiting["decision"]["lane"] == "queue"
    TypeAdapter(TicketAnswer).validate_python(waiting)
    described = {
        ("/v1/tickets", "post", "201"): "TicketAnswer",
        ("/v1/tickets/{ticket_id}", "get", "200"): "TicketOut",
        ("/v1/tickets/{ticket_id}/events", "post", "200"): "TicketAnswer",
        ("/v1/decisions/{decision_id}", "get", "200"): "DecisionOut",
        ("/v1/agents/{agent_id}/recovery", "get", "200"): "RecoveryOut",
    }
    for (path, method, status), name in described.items():
        content = schema["paths"][path][method]["responses"][status]["content"]["application/json"]["schema"]
        assert content == {"$ref": f"#/components/schemas/{name}"}
    refused = schema["paths"]["/v1/tickets"]["post"]["responses"]["422"]["content"]
    assert refused["application/problem+json"]["schema"] == {"$ref": "#/components/schemas/Problem"}

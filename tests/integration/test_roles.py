"""Who may do what: every route against every role, and numbers of a person that reach nobody else."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from fastapi.routing import APIRoute

from api.pages import pages
from api.routes import docs
from support.stepped_clock import SteppedClock
from support.world import NOON_S, World

ALL = ("admin", "helpdesk", "manager", "ana")
MAY: dict[str, set[str]] = {
    "GET /metrics": {"admin"},
    "POST /v1/tickets": {"helpdesk"},
    "POST /v1/tickets/bulk": {"helpdesk"},
    "GET /v1/tickets": {"helpdesk", "manager"},
    "GET /v1/tickets/{ticket_id}": {"helpdesk", "manager"},
    "POST /v1/tickets/{ticket_id}/events": {"helpdesk"},
    "POST /v1/tickets/{ticket_id}/override": {"manager"},
    "GET /v1/decisions": {"helpdesk", "manager", "ana"},
    "GET /v1/decisions/{decision_id}": {"helpdesk", "manager", "ana"},
    "GET /v1/decisions/{decision_id}/counterfactual": {"helpdesk", "manager"},
    "PUT /v1/agents/{agent_id}": {"admin", "manager"},
    "GET /v1/agents/{agent_id}": {"admin", "manager"},
    "GET /v1/agents": {"admin", "manager"},
    "POST /v1/agents/{agent_id}/status": {"helpdesk", "ana"},
    "GET /v1/agents/{agent_id}/recovery": {"helpdesk", "manager", "ana"},
    "GET /v1/agents/{agent_id}/recovery/stream": {"helpdesk", "manager", "ana"},
    "POST /v1/agents/{agent_id}/recovery/shift": {"ana"},
    "POST /v1/agents/{agent_id}/recovery/skip": {"manager"},
    "GET /v1/agents/{agent_id}/statement": {"ana"},
    "POST /v1/agents/{agent_id}/taps": {"ana"},
    "GET /v1/agents/{agent_id}/debriefs": {"ana"},
    "POST /v1/agents/{agent_id}/debriefs/{debrief_id}": {"ana"},
    "PUT /v1/agents/{agent_id}/personal-mode": {"ana"},
    "GET /v1/agents/{agent_id}/personal-mode": {"ana"},
    "POST /v1/agents/{agent_id}/check-ins": {"ana"},
    "DELETE /v1/agents/{agent_id}/personal-data": {"ana"},
    "GET /v1/agents/{agent_id}/export": {"ana"},
    "PUT /v1/accounts/{account_id}": {"helpdesk"},
    "GET /v1/accounts/{account_id}": {"helpdesk"},
    "PUT /v1/exclusions/{agent_id}/{account_id}": {"manager", "ana"},
    "GET /v1/policy": {"manager"},
    "PUT /v1/policy": {"manager"},
    "GET /v1/policy/versions": {"manager"},
    "POST /v1/policy/preview": {"manager"},
    "GET /v1/reports/shadow": {"manager"},
    "GET /v1/reports/equity": {"manager"},
    "GET /v1/reports/automation": {"manager"},
    "GET /v1/reports/feedback": {"manager"},
    "POST /v1/feedback": {"helpdesk"},
    "GET /v1/queue": {"helpdesk", "manager"},
    "GET /v1/team": {"helpdesk", "manager"},
    "GET /v1/plan": {"helpdesk", "manager", "ana"},
    "POST /v1/simulations": {"admin", "manager"},
    "GET /v1/simulations": {"admin", "manager"},
    "POST /v1/simulations/instant": {"admin", "manager"},
    "GET /v1/simulations/{simulation_id}": {"admin", "manager"},
    "DELETE /v1/simulations/{simulation_id}": {"admin", "manager"},
    "GET /v1/simulations/{simulation_id}/result": {"admin", "manager"},
    "GET /v1/simulations/{simulation_id}/stream": {"admin", "manager"},
    "PUT /v1/connections/{name}": {"admin"},
    "GET /v1/connections": {"admin"},
    "DELETE /v1/connections/{name}": {"admin"},
    "GET /v1/connections/{name}/dead-letters": {"admin"},
    "POST /v1/connections/{name}/dead-letters/resend": {"admin"},
    "POST /v1/connections/{name}/dead-letters/{letter_id}/resend": {"admin"},
    "POST /v1/subscriptions": {"admin", "ana"},
    "GET /v1/subscriptions": {"admin", "ana"},
    "GET /v1/subscriptions/{subscription_id}": {"admin", "ana"},
    "DELETE /v1/subscriptions/{subscription_id}": {"admin", "ana"},
    "POST /v1/subscriptions/{subscription_id}/rotate": {"admin", "ana"},
    "POST /v1/subscriptions/{subscription_id}/ping": {"admin", "ana"},
    "GET /v1/subscriptions/{subscription_id}/dead-letters": {"admin", "ana"},
    "POST /v1/subscriptions/{subscription_id}/dead-letters/resend": {"admin", "ana"},
    "POST /v1/subscriptions/{subscription_id}/dead-letters/{letter_id}/resend": {"admin", "ana"},
}
OPEN = {"GET /healthz", "GET /readyz", "POST /v1/hooks/{connection}"}  # the last by its signature
POINTS = re.compile(r'points|"line"|streak', re.IGNORECASE)


def calls(world: World) -> set[str]:
    """Every call in the contract that the app publishes."""
    return {f"{method.upper()} {path}" for path, methods in world.client.get("/openapi.json").json()["paths"].items() for method in methods}


def test_every_route_is_in_the_table(world: World) -> None:
    assert calls(world) == set(MAY) | OPEN


@pytest.mark.parametrize("call", sorted(each for each in MAY if not each.endswith("/stream")))
def test_each_role_on_each_route(shared_world: World, call: str) -> None:
    shared_world.agent("ana")
    method, path = call.split()
    ids = {"ticket_id": "T1", "agent_id": "ana", "account_id": "acme", "decision_id": "d1-0", "debrief_id": "f1", "simulation_id": "sim-1"}
    ids |= {"subscription_id": "sub-1", "letter_id": "evt-1", "name": "zendesk"}
    for name, value in ids.items():
        path = path.replace(f"{{{name}}}", value)
    for who in ALL:
        status = shared_world(who, method, path, {}).status_code
        assert (status != 403) == (who in MAY[call]), f"{who}: {status}"
        assert status not in (401, 500)
    assert shared_world.client.request(method, path, json={}).status_code == 401
    assert shared_world.client.request(method, path, json={}, headers={"Authorization": "Bearer rsp_admin_wrong"}).status_code == 401


PAGES: dict[str, set[str]] = {
    "/me": {"ana"},
    "/me/statement": {"ana"},
    "/team": {"manager"},
    "/what-if": {"manager"},
    "/what-if/sim-1": {"manager"},
}
PUBLIC = {"/", "/login", "/logout", "/static/{name}", "/docs", "/docs/start.js"}


def test_each_role_on_each_page(world: World) -> None:
    hidden = {each.path for each in (*pages.routes.routes, *docs.routes.routes) if isinstance(each, APIRoute)}
    assert hidden == PUBLIC | {each.replace("sim-1", "{simulation_id}") for each in PAGES}
    world.agent("ana")
    world.keys["ana"] = world.make_key("agent", "ana")
    for who in (*ALL, None):
        world.client.cookies.clear()
        if who is not None:
            world.client.post("/login", content=f"key={world.keys[who]}", follow_redirects=False)
        for path, may in PAGES.items():
            response = world.client.get(path, follow_redirects=False)
            assert (response.status_code != 303) == (who in may), (who, path)
            assert who in may or response.headers["location"] == "/login"


def test_without_a_key_the_schema_and_the_docs_are_open_and_no_method_leads_further(world: World) -> None:
    world.agent("ana")
    for path in ("/openapi.json", "/docs", "/docs/start.js", "/healthz", "/readyz"):
        assert world.client.get(path).status_code == 200
    for call in MAY:
        path = re.sub(r"{\w+}", "ana", call.split()[1])
        for method in ("HEAD", "OPTIONS", "TRACE", "PATCH"):
            assert world.client.request(method, path).status_code in (401, 405), (method, path)


def test_a_load_balancer_may_ask_for_heads_alone(world: World) -> None:
    for path in ("/healthz", "/readyz"):
        answer = world.client.head(path)
        assert (answer.status_code, answer.headers["content-length"]) == (200, world.client.get(path).headers["content-length"])


def test_agents_cannot_see_each_other(world: World) -> None:
    world.agent("ana")
    world.agent("ben")
    world.ticket("T1")
    world.ticket("T2")
    for path in ("recovery", "recovery/stream", "statement", "personal-mode", "export"):
        assert world("ana", "GET", f"/v1/agents/ben/{path}").status_code == 403
    assert world("ana", "POST", "/v1/agents/ben/taps", {"ticket_id": "T1", "rating": "hard"}).status_code == 403
    assert world("ana", "POST", "/v1/agents/ben/check-ins", {"answer": 1}).status_code == 403
    assert world("ana", "DELETE", "/v1/agents/ben/personal-data").status_code == 403
    assert world("ana", "POST", "/v1/agents/ben/recovery/shift", {"minutes": 1}).status_code == 403
    assert world("ana", "POST", "/v1/agents/ben/status", {"status": "away"}).status_code == 403
    assert world("ana", "PUT", "/v1/exclusions/ben/acme", {"reason": "x"}).status_code == 403
    mine = world.ok("ana", "GET", "/v1/decisions")["items"]
    assert [each["agent_id"] for each in mine] == ["ana"]
    assert "ben" not in json.dumps(mine)
    theirs = world.ok("helpdesk", "GET", "/v1/decisions?ticket_id=T2")["items"][0]
    assert world("ana", "GET", f"/v1/decisions/{theirs['id']}").status_code == 404


def test_a_manager_sees_states_and_no_numbers_of_a_person(world: World) -> None:
    world.agent("ana")
    world.agent("ben")
    world.ticket("T1", escalated=True)
    world.happened("T1", "contact")
    world.clock.instant_s += 610
    world.ticket("T2", escalated=True)
    seen: list[Any] = [world.ok("manager", "GET", path) for path in ("/v1/team", "/v1/queue", "/v1/agents", "/v1/decisions", "/v1/tickets")]
    recovery = world.ok("manager", "GET", "/v1/agents/ana/recovery")
    assert set(recovery) == {"state", "until", "now"}
    assert not POINTS.search(json.dumps([seen[0], seen[1], seen[2], seen[4]]).replace("last_week", ""))
    for decision in seen[3]["items"]:
        assert {each["term"]: each["cost"] for each in decision["because"] if each["term"] in ("load", "account_exposure")} in (
            {"load": None, "account_exposure": None},
            {},
        )
        for other in decision["not_others"]:
            assert "cost" not in other
            for rule in other["rules"]:
                assert rule["actual"] is None or rule["rule"] in ("offline", "off_shift", "skill", "language", "concurrency")


def test_what_would_have_to_change_tells_a_manager_no_number_and_an_agent_nothing_of_others(world: World) -> None:
    for agent_id in ("ana", "ben", "cleo"):
        world.agent(agent_id)
    world.ok("admin", "PUT", "/v1/agents/dan", {"name": "Dan"})
    world.ok("manager", "PUT", "/v1/policy", {"fatigue": {"escalated_points": 2.5}})
    world.ticket("T0", escalated=True)
    world.ok("manager", "POST", "/v1/tickets/T0/override", {"agent_id": "cleo", "reason": "set-up"})
    world.happened("T0", "resolved")
    decision = world.ticket("T1", account_id="other", escalated=True)["decision"]
    assert [each["agent_id"] for each in decision["finalists"]] == ["ben"]
    path = f"/v1/decisions/{decision['id']}"
    whole = {each: world.ok("helpdesk", "GET", f"{path}/counterfactual?agent_id={each}") for each in ("ben", "cleo", "dan")}
    assert [each["rule"] for each in whole["cleo"]["lifts"]] == ["on_break", "light_duty", "load_bound"]
    assert all(each["at"] is not None for each in whole["cleo"]["lifts"])
    assert [each["rule"] for each in whole["dan"]["lifts"]] == ["offline"]
    assert (whole["ben"]["lifts"], whole["ben"]["gap"]["by"]) == ([], sum(each["by"] for each in whole["ben"]["gap"]["terms"]))

    assert world.ok("manager", "GET", path)["finalists"] == []
    told = {each: world.ok("manager", "GET", f"{path}/counterfactual?agent_id={each}") for each in ("ben", "cleo")}
    assert (told["ben"]["dearer"], told["ben"]["gap"]) == (True, None)
    assert [(each["rule"], each["actual"], each["at"] is None) for each in told["cleo"]["lifts"]] == [
        ("on_break", None, False),
        ("light_duty", None, True),
        ("load_bound", None, True),
    ]
    assert world.ok("manager", "GET", f"{path}?explain=text&agent=ben")["text"][-1] == (
        "For ben to get ticket T1 the cost must fall to go below that of ana."
    )
    mine = world.ok("ana", "GET", f"{path}?explain=text&agent=ana")
    assert (mine["finalists"], mine["text"][-1]) == ([], "ana has ticket T1.")
    assert world("ana", "GET", f"{path}?explain=text&agent=ben").status_code == 403
    assert world("manager", "GET", f"{path}/counterfactual?agent_id=nobody").status_code == 404


def test_keys_end_are_revoked_and_are_kept_as_hashes(world: World) -> None:
    world.keys["short"] = world.make_key("manager", expires_s=world.clock.now_s() + 60)
    assert world("short", "GET", "/v1/team").status_code == 200
    world.clock.instant_s += 61
    assert world("short", "GET", "/v1/team").status_code == 401
    with world.services.engine.begin() as connection:
        from api.store import keys

        stored = keys.listed(connection)
        manager = next(each for each in stored if each["role"] == "manager" and each["expires_s"] is None)
        assert keys.revoke(connection, manager["id"], world.clock.now_s())
        assert not keys.revoke(connection, manager["id"], world.clock.now_s())
    assert world("manager", "GET", "/v1/team").status_code == 401
    with world.services.engine.connect() as connection:
        everything = str([row for table in ("keys", "events", "answers") for row in connection.exec_driver_sql(f"SELECT * FROM {table}")])
    assert not any(secret in everything for secret in world.keys.values())


def test_words_of_a_ticket_are_not_kept(world: World) -> None:
    world.agent("ana")
    answer = world.ticket("T1", subject="SECRETWORDS", body="MORE SECRETWORDS")
    assert "SECRETWORDS" not in json.dumps(answer)
    with world.services.engine.connect() as connection:
        for table in ("events", "tickets", "decisions", "answers", "checkpoints", "state_rows"):
            assert "SECRETWORDS" not in str(connection.exec_driver_sql(f"SELECT * FROM {table}").all())


def test_the_team_mean_needs_a_whole_week_and_a_large_group(world: World) -> None:
    world.ok("manager", "PUT", "/v1/policy", {"aggregate_min_group": 5})
    assert isinstance(world.clock, SteppedClock)
    for number in range(5):
        world.agent(f"agent{number}")
        world.ticket(f"T{number}", reopened_count=1)
        world.happened(f"T{number}", "resolved", agent_id=f"agent{number}")
    assert world.ok("manager", "GET", "/v1/team")["last_week"] is None
    world.clock.instant_s = NOON_S + 7 * 86_400
    assert world.ok("manager", "GET", "/v1/team")["last_week"] == {"mean_points": 0.2, "people_at_least": 5}
    world.ok("manager", "PUT", "/v1/policy", {"aggregate_min_group": 6})
    assert world.ok("manager", "GET", "/v1/team")["last_week"] is None
    assert world("manager", "PUT", "/v1/policy", {"aggregate_min_group": 4}).status_code == 422

"""The published schema: who may call, what comes in, what comes back, and that its examples are what the app answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from api.openapi import LINKS, examples
from support.examples import SETTINGS, follow_to_the_end, walk
from support.world import World
from support.world import world as make_world

Schema = dict[str, Any]
HOOK = "POST /v1/hooks/{connection}"  # its webhook-id tells a repeat
EVENT_STREAM = "text/event-stream"
NO_JSON = {"stream_recovery": EVENT_STREAM, "stream_simulation": EVENT_STREAM, "get_metrics": "text/plain"}  # nor ever twice alike


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    path: Path = tmp_path_factory.mktemp("openapi")
    with make_world(f"sqlite:///{path / 'a.db'}", **SETTINGS) as made:
        yield made


@pytest.fixture(scope="module")
def schema(published: World) -> Schema:
    found: Schema = published.client.get("/openapi.json").json()
    return found


def operations(schema: Schema) -> dict[str, Schema]:
    return {f"{method.upper()} {path}": call for path, methods in schema["paths"].items() for method, call in methods.items()}


def strict(node: Any) -> Any:
    """The schema with nothing allowed that is not described."""
    if isinstance(node, list):
        return [strict(each) for each in node]
    if not isinstance(node, dict):
        return node
    made = {name: strict(value) for name, value in node.items()}
    if isinstance(made.get("properties"), dict) and "additionalProperties" not in made and "type" in made:
        made["additionalProperties"] = False
    return made


def check(schema: Schema, shape: Schema, value: Any) -> None:
    whole = {"components": strict(schema["components"]), **strict(shape)}
    errors = [f"{error.json_path}: {error.message}" for error in Draft202012Validator(whole).iter_errors(value)]
    assert not errors, errors


def test_every_call_under_v1_names_the_key_it_needs(schema: Schema) -> None:
    schemes = schema["components"]["securitySchemes"]
    assert (schemes.keys(), schemes["HTTPBearer"]["scheme"]) == ({"HTTPBearer", "StandardWebhooks"}, "bearer")
    calls = {name: call for name, call in operations(schema).items() if " /v1/" in name}
    assert len(calls) > 40
    hook = calls.pop(HOOK)
    assert hook["security"] == [{"StandardWebhooks": []}]
    assert all(call["security"] == [{"HTTPBearer": []}] for call in calls.values())
    assert all({"401", "403", "429", "503"} <= call["responses"].keys() for call in calls.values())
    assert "security" not in schema["paths"]["/healthz"]["get"]


def test_every_call_says_what_it_is_for_and_has_examples(schema: Schema) -> None:
    tags = {each["name"] for each in schema["tags"]}
    for name, call in operations(schema).items():
        assert 3 < len(call["summary"]) < 200, name
        assert set(call["tags"]) <= tags, name
        for status, response in call["responses"].items():
            assert response["description"], (name, status)
            content = response.get("content", {})
            assert content or (name, status) == (HOOK, "202"), (name, status)
            if call["operationId"] in NO_JSON and status == "200":
                assert set(content) == {NO_JSON[call["operationId"]]}
                continue
            assert all(each.get("schema") for each in content.values()), (name, status)
            assert status == "503" or all(each.get("examples") for each in content.values()), (name, status)
        if "requestBody" in call:
            assert call["requestBody"]["content"]["application/json"]["examples"], name
            assert {"400", "413", "422"} <= call["responses"].keys(), name


def test_whatever_tells_of_the_team_takes_the_instant_at_which_it_happened(schema: Schema) -> None:
    said = "Simulations, previews, subscriptions and connections are no part of what happened to the team"
    assert said in schema["info"]["description"]
    for name, call in operations(schema).items():
        if " /v1/" not in name or name == HOOK or "requestBody" not in call:
            continue
        shape = call["requestBody"]["content"]["application/json"]["schema"]
        known = schema["components"]["schemas"].get(shape.get("$ref", "").rpartition("/")[2], shape)
        of_the_team = not any(each in name for each in ("/simulations", "/preview", "/subscriptions", "/connections"))
        assert ("occurred_at" in known["properties"]) == of_the_team, name


def test_every_post_takes_an_idempotency_key(schema: Schema) -> None:
    for name, call in operations(schema).items():
        given = {each["name"] for each in call.get("parameters", ())}
        if name.startswith("POST /v1/") and name != HOOK:
            assert "idempotency-key" in given, name
            assert {"409", "422"} <= call["responses"].keys(), name


def test_every_list_is_read_page_by_page(schema: Schema) -> None:
    lists = 0
    for name, call in operations(schema).items():
        reference = call["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema", {}).get("$ref", "")
        if name.startswith("GET ") and "next" in schema["components"]["schemas"].get(reference.rpartition("/")[2], {}).get(
            "properties", {}
        ):
            lists += 1
            assert {"limit", "after"} <= {each["name"] for each in call["parameters"]}, name
    assert lists >= 11


def test_the_names_of_calls_are_different_and_links_lead_somewhere(schema: Schema) -> None:
    calls = {call["operationId"]: call for call in operations(schema).values()}
    assert len(calls) == len(operations(schema))
    for (name, status), links in LINKS.items():
        shown = calls[name]["responses"][str(status)]["links"]
        assert shown.keys() == links.keys()
        for link in shown.values():
            assert link["parameters"].keys() <= {each["name"] for each in calls[link["operationId"]]["parameters"]}


def test_the_examples_are_what_the_app_answers(published: World, schema: Schema) -> None:
    """Every request is sent again, one after the other; what comes is what is shown, and is described to the last field."""
    calls = operations(schema)
    told = set()
    for step, response, answer in walk(published, examples()):
        where = f"{step['call']}: {step['says']}"
        assert response.status_code == step["status"], f"{where}: {response.text}"
        if step.get("varies"):
            assert answer.keys() == step["answer"].keys(), where
        else:
            assert answer == step["answer"], f"{where}; run tests/support/examples.py if this is as it should be"
        call = calls[step["call"]]
        content = call["responses"][str(step["status"])].get("content")
        kind = response.headers.get("content-type", "").partition(";")[0]
        if content is None:
            assert not response.content, where
        else:
            check(schema, content[kind]["schema"], json.loads(response.text) if "json" in kind else response.text)
        if step["status"] < 300:
            told.add(step["call"])
            if "body" in step:
                check(schema, call["requestBody"]["content"]["application/json"]["schema"], step["body"])
    missing = {name for name, call in calls.items() if call["operationId"] not in NO_JSON} - told
    assert not missing


def test_every_link_leads_to_a_call_that_succeeds(published: World, schema: Schema) -> None:
    """As a client follows them that knows nothing but the schema: from an answer, with what its links say, to the next call."""
    world, calls = published, {call["operationId"]: (name, call) for name, call in operations(schema).items()}
    scenario = next(each["body"]["scenario"] for each in examples() if each["call"] == "POST /v1/simulations" and each["status"] == 202)
    ticket = {"id": "linked", "account_id": "linked", "subject": "s", "created_at": world.at(), "escalated": True, "skills": ["links"]}
    begin = {  # who asks what; below, who follows the links with what, where that is no manager with nothing
        "put_agent": ("admin", "/v1/agents/linked", {"name": "Lin", "skills": {"links": 3}}),
        "put_account": ("helpdesk", "/v1/accounts/linked", {}),
        "post_ticket": ("helpdesk", "/v1/tickets", ticket),
        "post_simulation": ("manager", "/v1/simulations", {"kind": "simulate", "scenario": scenario}),
    }
    following = {
        "get_account": ("helpdesk", None),
        "post_status": ("helpdesk", {"status": "online"}),
        "post_ticket_event": ("helpdesk", {"type": "resolved", "agent_id": "linked"}),
        "post_override": ("manager", {"agent_id": "linked", "reason": "r"}),
        "post_skip": ("manager", {"reason": "r"}),
    }
    assert begin.keys() == {name for name, _ in LINKS}
    for name, (who, path, body) in begin.items():
        answer = world(who, calls[name][0].split()[0], path, body)
        links = calls[name][1]["responses"][str(answer.status_code)]["links"]
        if name == "post_simulation":
            follow_to_the_end(world, f"{answer.headers['location']}/result")
        for link in sorted(links.values(), key=lambda each: each["operationId"] in ("post_ticket_event", "cancel_simulation")):
            if link["operationId"] == "post_skip":
                continue  # there is a break when the ticket has been resolved
            follow(world, calls, link, answer.json(), *following.get(link["operationId"], ("manager", None)))
        if name == "put_agent":
            skip, of_agent = links["skip"], answer.json()
    follow(world, calls, skip, of_agent, *following["post_skip"])


def follow(world: World, calls: dict[str, Any], link: Schema, answer: Any, who: str, body: Any) -> None:
    """Make the call that a link of an answer leads to: it is an answer of that thing, and none that says no."""
    name, call = calls[link["operationId"]]
    method, _, path = name.partition(" ")
    places = {each["name"]: each["in"] for each in call["parameters"]}
    query: dict[str, Any] = {}
    for parameter, where in link["parameters"].items():
        assert where.startswith("$response.body#/")
        value = answer
        for step in where.removeprefix("$response.body#/").split("/"):
            value = value[step]
        if places[parameter] == "path":
            path = path.replace(f"{{{parameter}}}", value)
        else:
            query[parameter] = value
    assert "{" not in path
    found = world.client.request(method, path, params=query, json=body, headers={"Authorization": f"Bearer {world.key(who)}"})
    assert found.status_code in (200, 201), f"{name}: {found.text}"
    assert not query or found.json()["items"]


def test_a_method_that_there_is_not_is_answered_with_those_that_there_are(published: World) -> None:
    for path, allowed in {"/v1/tickets": "GET, POST", "/v1/tickets/bulk": "POST", "/v1/agents/zoe": "GET, PUT"}.items():
        answer = published.client.request("PATCH", path)
        assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)

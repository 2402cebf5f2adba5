"""The published schema: what FastAPI makes of the routes, with summaries, every refusal, examples that were really answered, and links."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.routes.common import AT_ODDS, NOT_KNOWN, PROBLEM

Schema = dict[str, Any]
JSON, PROBLEM_JSON = "application/json", "application/problem+json"
TAGS = {
    "tickets": "Tickets in, decisions out, and what happens to tickets.",
    "decisions": "Why this agent, why not each other, and what gave way.",
    "agents": "Who is there and what they can do.",
    "recovery": "Breaks: until when, why, moved once, skipped for a reason.",
    "statement": "What an agent's exposure is made of, for that agent alone.",
    "personal mode": "Check-ins that fit the model to one agent; opt-in, deletable.",
    "debriefs": "A few minutes with a willing colleague.",
    "feedback": "What customers and reviewers said.",
    "accounts": "Customers' companies, and who is kept from them.",
    "policy": "Every rule's numbers, versioned, tried before they are in force.",
    "reports": "Aggregates over large groups of people.",
    "simulations": "What-ifs, computed beside routing.",
    "team": "The queue and the team as they are now.",
    "plan": "The hours ahead.",
    "events": "Outbound events by signed webhooks.",
    "hooks": "A helpdesk's webhooks in: signed, kept, worked off in order.",
    "health": "Is it alive, and can it work?",
}
EVERYWHERE = (
    "Every error is a problem (RFC 9457). Those of a call stand with it. Of requests that no call can be told from, all alike: 404 for an "
    "address that is none, 405 with `Allow` for a method that it has not, 408 for a request that comes too slowly, 414 for an address and "
    "431 for headers that are too long, 503 where too many connections are open.\n\n"
    "Every call that tells of tickets, people, accounts or rules may carry `occurred_at`, for import and replay. Simulations, previews, "
    "subscriptions and connections are no part of what happened to the team and take none."
)
OF_A_BODY = {
    400: "the body is not JSON",
    413: "the body is too large",
    422: "not allowed; every field that is refused is listed",
}
# (call, status) → links: the operation that follows, and where its parameters are in the answer
LINKS: dict[tuple[str, int], dict[str, tuple[str, dict[str, str]]]] = {
    ("post_ticket", 201): {
        "decision": ("get_decision", {"decision_id": "$response.body#/decision/id"}),
        "ticket": ("get_ticket", {"ticket_id": "$response.body#/ticket/id"}),
        "event": ("post_ticket_event", {"ticket_id": "$response.body#/ticket/id"}),
        "override": ("post_override", {"ticket_id": "$response.body#/ticket/id"}),
        "decisions": ("list_decisions", {"ticket_id": "$response.body#/ticket/id"}),
    },
    ("put_agent", 200): {
        "agent": ("get_agent", {"agent_id": "$response.body#/id"}),
        "status": ("post_status", {"agent_id": "$response.body#/id"}),
        "recovery": ("get_recovery", {"agent_id": "$response.body#/id"}),
        "skip": ("post_skip", {"agent_id": "$response.body#/id"}),
    },
    ("put_account", 200): {"account": ("get_account", {"account_id": "$response.body#/id"})},
    ("post_simulation", 202): {
        "job": ("get_simulation", {"simulation_id": "$response.body#/id"}),
        "result": ("get_result", {"simulation_id": "$response.body#/id"}),
        "cancel": ("cancel_simulation", {"simulation_id": "$response.body#/id"}),
    },
}


def operation_id(route: APIRoute) -> str:
    """The name of the function: what a generated client calls it."""
    return route.name


def publish(app: FastAPI) -> None:
    """Make the app publish its completed schema, put together when it is first asked for."""
    made = app.openapi

    def whole() -> Schema:
        if app.openapi_schema is None:
            app.openapi_schema = completed(made())
        return app.openapi_schema

    app.openapi = whole  # type: ignore[method-assign]


def examples() -> list[dict[str, Any]]:
    """Calls that were really made one after the other, each with its answer; a test makes them again."""
    steps: list[dict[str, Any]] = json.loads((files("api") / "examples.json").read_text(encoding="utf-8"))
    return steps


def completed(schema: Schema) -> Schema:
    """The schema with what FastAPI can't know."""
    schema = json.loads(json.dumps(schema))  # routes share parts of it, and what is added to one is not of all
    schema["info"]["description"] = EVERYWHERE
    schema["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
    for call, operation in _operations(schema):
        _sum_up(operation)
        _refuse(call, operation)
        _link(operation)
    for step in examples():
        _show(schema, step)
    _show_refusals(schema)
    _forget_unused(schema)
    return schema


def _operations(schema: Schema) -> Iterator[tuple[str, Schema]]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def _sum_up(operation: Schema) -> None:
    """The first sentence of the description is the summary."""
    words = " ".join(operation.get("description", "").split())
    summary, *rest = re.split(r"(?<=[.?]) ", words, maxsplit=1)
    operation["summary"] = summary.removesuffix(".")
    operation.pop("description", None)
    if rest:
        operation["description"] = rest[0]


def _refuse(call: str, operation: Schema) -> None:
    """What follows from naming something, taking a body, taking parameters or refusing those that are not known, and keeping answers."""
    responses = operation["responses"]
    given = [each["name"] for each in operation.get("parameters", ())]
    statuses = [400, 413, 422] if "requestBody" in operation else [422] if given or " /v1/" in call else []
    responses.pop("422", None)
    for status in statuses:
        responses[str(status)] = {"description": OF_A_BODY[status], "content": {PROBLEM_JSON: {"schema": PROBLEM}}}
    if "{" in call and not call.startswith("PUT "):  # which makes what it names
        responses.setdefault("404", _told(NOT_KNOWN[404]))
    if "idempotency-key" in given:
        responses.setdefault("409", _told(AT_ODDS[409]))
    for status, response in responses.items():
        if int(status) >= 400:  # FastAPI says of every model that it comes as the call's own type, too
            response["content"] = {PROBLEM_JSON: response["content"][PROBLEM_JSON]}
    operation["responses"] = dict(sorted(responses.items()))


def _told(refusal: Schema) -> Schema:
    return {name: value for name, value in refusal.items() if name != "model"}


def _link(operation: Schema) -> None:
    for (name, status), links in LINKS.items():
        if name == operation["operationId"]:
            told = {label: {"operationId": to, "parameters": where} for label, (to, where) in links.items()}
            operation["responses"][str(status)]["links"] = told


def _show(schema: Schema, step: dict[str, Any]) -> None:
    """Put a call that was made, and its answer, where readers of the schema look for examples."""
    method, _, path = step["call"].partition(" ")
    operation = schema["paths"][path][method.lower()]
    if step["status"] < 300:
        for parameter in operation.get("parameters", ()):
            value = (step.get("path") or {}) | (step.get("query") or {})
            if parameter["name"] in value:
                parameter.setdefault("example", value[parameter["name"]])
        if step.get("body") is not None:
            _example(operation["requestBody"]["content"][JSON], step, step["body"])
    content = operation["responses"][str(step["status"])].get("content")
    if content is not None:
        _example(content[PROBLEM_JSON if step["status"] >= 400 else step.get("type", JSON)], step, step["answer"])


def _example(content: Schema, step: dict[str, Any], value: Any) -> None:
    shown = content.setdefault("examples", {})
    shown[step["says"]] = {"value": value}


def _show_refusals(schema: Schema) -> None:
    """A refusal that was not shown for a call is shown as another call made it."""
    seen = {step["status"]: step for step in reversed(examples()) if step["status"] >= 400}
    shared = {f"Refused{status}": {"summary": step["says"], "value": step["answer"]} for status, step in sorted(seen.items())}
    schema["components"]["examples"] = shared
    for _, operation in _operations(schema):
        for status, response in operation["responses"].items():
            name = f"Refused{status}"
            if name in shared and "examples" not in response["content"][PROBLEM_JSON]:
                response["content"][PROBLEM_JSON]["examples"] = {name: {"$ref": f"#/components/examples/{name}"}}


def _forget_unused(schema: Schema) -> None:
    """FastAPI's own form of a refusal, which this API does not use."""
    for name in ("HTTPValidationError", "ValidationError"):
        schema["components"]["schemas"].pop(name, None)

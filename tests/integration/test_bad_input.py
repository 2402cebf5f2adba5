"""Bad input: each a clear problem that names the field and the bound, and leaves no trace."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from api.schemas.sent import WRITTEN
from support.refusals import TICKET, problem, revision, told
from support.world import ROLES, World


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"id": ""}, "/id"),
        ({"id": "x" * 201}, "/id"),
        ({"id": "a/b"}, "/id"),
        ({"id": "."}, "/id"),
        ({"id": ".."}, "/id"),
        ({"id": " \u00a0 "}, "/id"),
        ({"category": " "}, "/category"),
        ({"nonsense": 1}, "/nonsense"),
        ({"channel": "pigeon"}, "/channel"),
        ({"priority": 3}, "/priority"),
        ({"created_at": "2026-03-02T11:00:00"}, "/created_at"),
        ({"created_at": "2027-03-02T11:00:00Z"}, "/created_at"),
        ({"created_at": "1999-03-02T11:00:00Z"}, "/created_at"),
        ({"target_at": "yesterday"}, "/target_at"),
        ({"target_at": "2999-03-02T11:00:00Z"}, "/target_at"),
        ({"occurred_at": "2026-03-03T11:00:00Z"}, "/occurred_at"),
        ({"created_at": 1772449200}, "/created_at"),
        ({"created_at": "1772449200"}, "/created_at"),
        ({"account": {"renewal_date": 1772409600}}, "/account/renewal_date"),
        ({"escalated": "yes"}, "/escalated"),
        ({"abuse": 1}, "/abuse"),
        ({"expected_handle_s": 0}, "/expected_handle_s"),
        ({"reopened_count": -1}, "/reopened_count"),
        ({"automation": {"confidence": 1.5}}, "/automation/confidence"),
        ({"account": {"arr": -1}}, "/account/arr"),
        ({"account": {"renewal_date": "soon"}}, "/account/renewal_date"),
        ({"account": {"renewal_date": "9999-12-31"}}, "/account/renewal_date"),
        ({"account": {"renewal_date": "1999-12-31"}}, "/account/renewal_date"),
        ({"skills": ["x"] * 21}, "/skills"),
        ({"language": "e"}, "/language"),
    ],
)
def test_ticket_fields(shared_world: World, change: dict[str, Any], pointer: str) -> None:
    before = revision(shared_world)
    problem(shared_world("helpdesk", "POST", "/v1/tickets", TICKET | change), 422, pointer)
    assert revision(shared_world) == before


def test_wrong_json_and_wrong_kind(shared_world: World) -> None:
    headers = {"Authorization": f"Bearer {shared_world.keys['helpdesk']}", "Content-Type": "application/json"}
    response = shared_world.client.post("/v1/tickets", content=b'{"id": ', headers=headers)
    assert "not JSON" in problem(response, 400)["detail"]
    problem(shared_world.client.post("/v1/tickets", content=b"[1, 2]", headers=headers), 422, "")
    problem(shared_world("helpdesk", "POST", "/v1/tickets/bulk", {"tickets": []}), 422, "/tickets")
    problem(shared_world("helpdesk", "POST", "/v1/tickets/bulk", {"tickets": [TICKET] * 501}), 422, "/tickets")


@pytest.mark.parametrize("content", [b"", b"null", b"[1, 2]", b'"text"', b"17"])
@pytest.mark.parametrize("kind", ["application/json", "text/plain", None])
def test_a_body_that_is_no_object_is_told_what_to_send(shared_world: World, content: bytes, kind: str | None) -> None:
    headers = {"Authorization": f"Bearer {shared_world.keys['helpdesk']}"} | ({"Content-Type": kind} if kind else {})
    for path in ("/v1/tickets", "/v1/tickets/T1/events"):
        told = problem(shared_world.client.post(path, content=content, headers=headers), 422, "")
        assert told["errors"][0]["detail"] == "send a JSON object with Content-Type: application/json"


def test_a_body_of_5_mb_is_refused_declared_or_not(staffed: World) -> None:
    headers = {"Authorization": f"Bearer {staffed.keys['helpdesk']}"}
    large = b'{"id": "' + b"x" * 5_000_000 + b'"}'
    assert "4194304 bytes" in problem(staffed.client.post("/v1/tickets", content=large, headers=headers), 413)["detail"]
    pieces = (large[start : start + 65536] for start in range(0, len(large), 65536))
    problem(staffed.client.post("/v1/tickets", content=pieces, headers=headers), 413)
    small = b'{"id":"T1","account_id":"acme","subject":"s","created_at":"2026-03-02T11:00:00Z"}'
    streamed = staffed.client.post(
        "/v1/tickets", content=iter([small[:20], small[20:]]), headers=headers | {"Content-Type": "application/json"}
    )
    assert streamed.status_code == 201


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({"type": "exploded"}, 422, "/type"),
        ({"type": "contact", "agent_id": "nobody"}, 404, "/agent_id"),
        ({"type": "reassigned"}, 422, "/agent_id"),
        ({"type": "contact", "occurred_at": "2026-03-02T13:00:00Z"}, 422, "/occurred_at"),
        ({"type": "contact", "occurred_at": "2026-03-02T11:00:00"}, 422, "/occurred_at"),
        ({"type": "contact", "mood": "bad"}, 422, "/mood"),
    ],
)
def test_event_fields(shared_world: World, body: dict[str, Any], status: int, pointer: str) -> None:
    shared_world.ok("helpdesk", "POST", "/v1/tickets", TICKET | {"id": "open"})
    before = revision(shared_world)
    problem(shared_world("helpdesk", "POST", "/v1/tickets/open/events", body), status, pointer)
    assert revision(shared_world) == before


def test_event_for_a_ticket_never_seen(staffed: World) -> None:
    detail = problem(staffed("helpdesk", "POST", "/v1/tickets/T404/events", {"type": "contact"}), 404, "/ticket_id")["detail"]
    assert "'T404' is not known" in detail


@pytest.mark.parametrize(
    ("who", "method", "path", "body", "words"),
    [
        ("admin", "PUT", "/v1/agents/ana", {"name": "  "}, "must not be blank"),
        ("admin", "PUT", "/v1/agents/ana", {"name": "A\nna"}, "must have no control character"),
        ("admin", "PUT", "/v1/agents/ana", {"name": "Ana", "languages": ["en_GB"]}, "must be a tag of BCP 47 such as en or pt-BR"),
        ("admin", "PUT", "/v1/agents/ana", {"name": "Ana", "shifts": [{"day": "mon", "start": "9", "end": "17:00"}]}, "such as 09:00"),
        ("admin", "PUT", "/v1/agents/%20", {"name": "Ana"}, "must not be blank"),
        ("helpdesk", "POST", "/v1/tickets", TICKET | {"id": "a/b"}, "must have no slash, no backslash and no control character"),
        ("helpdesk", "POST", "/v1/tickets", TICKET | {"id": "\u00a0"}, "must not be blank"),
        ("helpdesk", "GET", "/v1/tickets?after=%01", None, "must have no control character"),
        ("admin", "GET", "/v1/connections/Zendesk/dead-letters", None, "must be up to 60 small letters"),
    ],
)
def test_how_a_text_is_written_is_said_in_words(shared_world: World, who: str, method: str, path: str, body: Any, words: str) -> None:
    assert words in told(shared_world(who, method, path, body))


def test_every_pattern_that_is_asked_for_has_its_words(shared_world: World) -> None:
    """But those of headers, which the framework does not check."""
    asked = set(re.findall(r'"pattern": "((?:[^"\\]|\\.)*)"', json.dumps(shared_world.client.get("/openapi.json").json())))
    assert {json.loads(f'"{each}"') for each in asked} - set(WRITTEN) == set()


def test_a_body_that_is_not_utf_8_is_told_so(shared_world: World) -> None:
    body = json.dumps({"name": "Zo\u00eb"}, ensure_ascii=False).encode("latin-1")
    ticket = json.dumps(TICKET | {"subject": "Zo\u00eb"}, ensure_ascii=False).encode("latin-1")
    for who, method, path, content in (("admin", "PUT", "/v1/agents/zoe", body), ("helpdesk", "POST", "/v1/tickets", ticket)):
        headers = {"Authorization": f"Bearer {shared_world.key(who)}", "Content-Type": "application/json"}
        answer = shared_world.client.request(method, path, content=content, headers=headers)
        assert problem(answer, 400)["detail"] == "the body is not UTF-8"


def test_a_refused_what_if_names_its_field_at_once(shared_world: World) -> None:
    asked = {"kind": "simulate", "scenario": "no-such-scenario"}
    assert told(shared_world("manager", "POST", "/v1/simulations", asked)).startswith("'no-such-scenario' is not allowed; allowed: ")
    many = problem(shared_world("manager", "PUT", "/v1/policy", {"break_min_s": -1, "nonsense": 1}), 422)
    assert many["detail"].startswith("/break_min_s: -1 is not allowed; allowed: ")
    assert many["detail"].endswith(" (and 1 more)")


def test_unknown_agent_and_account(shared_world: World) -> None:
    for who, method, path, body in (
        ("helpdesk", "POST", "/v1/agents/nobody/status", {"status": "online"}),
        ("manager", "GET", "/v1/agents/nobody", None),
        ("helpdesk", "GET", "/v1/agents/nobody/recovery", None),
        ("helpdesk", "GET", "/v1/agents/nobody/recovery/stream", None),
        ("nobody", "GET", "/v1/agents/nobody/statement", None),
        ("nobody", "GET", "/v1/agents/nobody/debriefs", None),
    ):
        detail = problem(shared_world(who, method, path, body), 404, "/agent_id")["detail"]
        assert detail == "/agent_id: agent 'nobody' is not known; PUT the agent first", path
    problem(shared_world("helpdesk", "GET", "/v1/accounts/nobody"), 404)
    problem(shared_world("manager", "PUT", "/v1/exclusions/ana/nobody", {"reason": "x"}), 404, "/account_id")
    problem(shared_world("helpdesk", "GET", "/v1/tickets/nobody"), 404)
    problem(shared_world("helpdesk", "GET", "/v1/decisions/nobody"), 404)
    problem(shared_world("helpdesk", "GET", "/v1/decisions?after=nonsense"), 422)
    problem(shared_world("helpdesk", "GET", "/v1/nothing"), 404)
    problem(shared_world("helpdesk", "DELETE", "/v1/tickets/T1"), 405)


@pytest.mark.parametrize(
    ("profile", "pointer"),
    [
        ({}, "/name"),
        ({"name": "Ana", "skills": {"billing": 6}}, "/skills/billing"),
        ({"name": "Ana", "concurrency": {"email": -1}}, "/concurrency/email"),
        ({"name": "Ana", "time_zone": "Mars/Olympus"}, "/time_zone"),
        ({"name": "Ana", "shifts": [{"day": "mon", "start": "25:00", "end": "17:00"}]}, "/shifts/0/start"),
    ],
)
def test_agent_fields(shared_world: World, profile: dict[str, Any], pointer: str) -> None:
    problem(shared_world("admin", "PUT", "/v1/agents/ana", profile), 422, pointer)


def test_an_id_that_no_call_could_have_made_is_refused_everywhere(world: World) -> None:
    """On PostgreSQL, text can't hold NUL: no route may ask it."""
    asked = 0
    for path, calls in world.client.get("/openapi.json").json()["paths"].items():
        for method, call in calls.items():
            for where in call.get("parameters", []):
                kind = where["schema"].get("anyOf", [where["schema"]])[0]
                if where["in"] not in ("path", "query") or kind.get("type") != "string" or "enum" in kind or "const" in kind:
                    continue
                named = re.sub(r"\{(\w+)\}", lambda found, name=where["name"]: "a%00b" if found[1] == name else "ana", path)
                query = f"?{where['name']}=a%00b" if where["in"] == "query" else ""
                for who in ("ana", *ROLES):
                    status = world(who, method.upper(), named + query).status_code
                    asked += status != 403
                    assert status in (401, 403, 404, 422), (who, method, named, query, status)
    assert asked > 30

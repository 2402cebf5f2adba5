"""The direct way into POST /v1/tickets and /v1/hooks gives what the usual one gives: the same answers and refusals, past no check."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from fastapi.security import APIKeyHeader, HTTPBearer

from api.door.answer_headers import AnswerHeaders
from api.door.body_limit import BodyLimit
from api.door.direct_way import DirectWay
from api.door.key_first import KeyFirst
from api.door.request_shape import RequestShape
from api.hooks import webhooks
from api.live.held_open import HeldOpen
from api.main import create_app
from api.routes import hooks
from api.routes.tickets import routes
from api.services import services
from api.settings import Settings
from api.telemetry.observe import Observe
from support.world import World

BULK = "/v1/tickets/bulk"
USUAL = "application/vnd.respite+json"  # JSON to the framework; the direct way takes no other than plain JSON
TICKET = '"account_id": "acme", "subject": "s", "created_at": "2026-03-02T11:00:00Z"'
BODIES = {
    "plain": '{"id": "T1", %s}',
    "whole number as a float": '{"id": "T2", %s, "reopened_count": 1.0, "expected_handle_s": 600}',
    "a float that is written long": '{"id": "T3", %s, "expected_handle_s": 0.1000000000000000055511151231257827}',
    "the last of equal names": '{"id": "no", %s, "id": "T4"}',
    "escapes": '{"id": "T5 \\u00e9 \\ud83d\\ude00", %s, "body": "a\\nb"}',
    "space around": ' \n{"id": "T6", %s}\t ',
    "nested": '{"id": "T7", %s, "account": {"arr": 1, "renewal_date": "2026-05-01"}, "automation": {"confidence": 1}, "tags": ["a", "a"]}',
    "true as a number": '{"id": "T8", %s, "expected_handle_s": true}',
    "half a pair": '{"id": "T9 \\ud800", %s}',
    "no number": '{"id": "T10", %s, "expected_handle_s": NaN}',
    "beyond all numbers": '{"id": "T11", %s, "expected_handle_s": 1e999}',
    "a control character": '{"id": "T12", %s, "body": "a\x01b"}',
    "unknown fields": '{"id": "T13", %s, "nonsense": 1, "more": {}}',
    "a comma too many": '{"id": "T14", %s,}',
    "no object": "[]",
    "nothing": "",
    "deep": '{"id": "T15", %s, "tags": ' + "[" * 500 + "]" * 500 + "}",
}


def filled(body: str) -> bytes:
    return body.replace("%s", TICKET).encode()


ENCODED = {name: filled(body) for name, body in BODIES.items()} | {
    "a byte order mark": b"\xef\xbb\xbf" + filled('{"id": "T20", %s}'),
    "UTF-16": filled('{"id": "T21", %s}').decode().encode("utf-16"),
    "no UTF-8": filled('{"id": "T22", %s, "body": "?"}').replace(b"?", b"\xff"),
}


def post(world: World, content: bytes, kind: str, path: str = "/v1/tickets", **headers: str) -> Any:
    sent = {"Authorization": f"Bearer {world.keys['helpdesk']}", "Content-Type": kind} | headers
    return world.client.post(path, content=content, headers=sent)


def post_bulk(world: World, tickets: list[bytes], kind: str, **headers: str) -> Any:
    return post(world, b'{"tickets": [' + b",".join(tickets) + b"]}", kind, BULK, **headers)


def test_both_ways_answer_alike(world: World) -> None:
    world.agent("ana")
    taken = 0
    for name, content in ENCODED.items():
        direct, usual = (post(world, content, kind) for kind in ("application/json; charset=utf-8", USUAL))
        if direct.status_code == 201:  # the second is a repeat: its digest was found equal
            taken += 1
            assert (usual.status_code, usual.json()) == (200, direct.json()), name
        else:
            assert (direct.status_code, direct.content) == (usual.status_code, usual.content), name
            assert direct.status_code in (400, 422), name
    assert 8 <= taken < len(ENCODED)


def test_both_ways_answer_a_bulk_call_alike(world: World) -> None:
    """With each body alone, beside one that is in order, and with one ticket twice."""
    world.agent("ana")
    good, statuses = filled('{"id": "T0", %s}'), set[int]()
    for name, content in ENCODED.items():
        for tickets in ([content], [good, content], [content, content]):
            direct, usual = (post_bulk(world, tickets, kind) for kind in ("application/json", USUAL))
            again = post_bulk(world, tickets, "application/json")
            assert direct.status_code == usual.status_code, name
            assert again.content == usual.content, name
            statuses |= {each["status"] for each in direct.json().get("items", ())}
    assert statuses == {200, 201, 422}


def test_both_ways_ask_a_bulk_call_for_its_key(world: World) -> None:
    tickets = [filled('{"id": "T1", %s}'), filled('{"id": "T2", %s}')]
    for more, status in (
        ({"Authorization": "Bearer nonsense"}, 401),
        ({"Authorization": f"Bearer {world.keys['manager']}"}, 403),
        ({"Idempotency-Key": ""}, 422),
        ({"Idempotency-Key": "k"}, 200),
    ):
        direct, usual = (post_bulk(world, tickets, kind, **more) for kind in ("application/json", USUAL))
        assert (direct.status_code, direct.content) == (usual.status_code, usual.content) == (status, usual.content)
    for count, status in ((0, 422), (501, 422), (500, 200)):
        many = [filled(f'{{"id": "M{number}", %s}}') for number in range(count)]
        direct, usual = (post_bulk(world, many, kind) for kind in ("application/json", USUAL))
        assert direct.status_code == usual.status_code == status


def test_both_ways_ask_for_the_key_and_for_what_it_may(world: World) -> None:
    body = filled('{"id": "T1", %s}')
    for secret, status in (("nonsense", 401), (world.keys["manager"], 403)):
        direct, usual = (post(world, body, kind, Authorization=f"Bearer {secret}") for kind in ("application/json", USUAL))
        assert (direct.status_code, direct.content) == (usual.status_code, usual.content) == (status, usual.content)
    for key, status in (("", 422), ("k" * 256, 422), ("k", 201)):
        direct, usual = (post(world, body, kind, **{"Idempotency-Key": key}) for kind in ("application/json", USUAL))
        assert (direct.status_code, direct.content) == (usual.status_code, usual.content) == (status, usual.content)
    assert json.loads(post(world, body, "application/json").content)["ticket"]["id"] == "T1"


@pytest.mark.parametrize("path", ["/v1/tickets", BULK])
def test_the_direct_way_passes_by_no_check(path: str) -> None:
    """What the framework would ask before it calls: the services, the key with its role, and the header for the schema. Who adds more
    here has to have it asked in the direct way, too."""
    route = next(each for each in routes.routes if each.path == path and "POST" in each.methods)  # type: ignore[attr-defined]
    asked = [each.call for each in route.dependant.dependencies]  # type: ignore[attr-defined]
    assert [getattr(each, "__qualname__", type(each).__name__) for each in asked] == ["needs.<locals>.dependency", services.__qualname__]
    inner = next(each for each in route.dependant.dependencies if each.call is not services)  # type: ignore[attr-defined]
    assert {each.call if each.call is services else type(each.call) for each in inner.dependencies} == {services, HTTPBearer}
    assert routes.dependencies == []
    passed_by = [each.cls for each in create_app(Settings()).user_middleware]
    assert passed_by == [HeldOpen, Observe, KeyFirst, DirectWay, BodyLimit, RequestShape, AnswerHeaders]


def test_the_direct_way_makes_the_checks_that_it_passes_by(world: World) -> None:
    """Of the length of the body and the headers, of the shape, of the address; and its answers have the headers of all others."""
    world.agent("ana")
    body = filled('{"id": "T1", %s}')
    most = world.services.settings.max_body_bytes
    refused = {
        413: (body + b" " * most, {}),
        422: (filled('{"id": "T2", %s, "tags": ' + "[" * 40 + "]" * 40 + "}"), {}),
        431: (body, {"X-Long": "x" * 40_000}),
    }
    for status, (content, more) in refused.items():
        direct, usual = (post(world, content, kind, **more) for kind in ("application/json", USUAL))
        assert (direct.status_code, direct.content) == (usual.status_code, usual.content) == (status, usual.content)
    direct, usual = (post(world, body, kind) for kind in ("application/json", USUAL))
    wrong = post(world, body, "application/json", Authorization="Bearer nonsense")
    assert [each.status_code for each in (direct, usual, wrong)] == [201, 200, 401]
    names = {"content-length", "content-type", "cache-control", "x-content-type-options", "x-request-id"}
    assert set(direct.headers) == set(usual.headers) == set(wrong.headers) - {"www-authenticate"} == names
    same = names - {"x-request-id"}
    assert {name: direct.headers[name] for name in same} == {name: usual.headers[name] for name in same}


def test_a_webhook_is_answered_alike_on_both_ways(world: World) -> None:
    """Signed, signed wrongly, to a connection that is not there, or with an address that is none."""
    secret = world.ok("admin", "PUT", "/v1/connections/desk", {})["secret"]
    body = '{"type": "ticket.event", "data": {"ticket_id": "T1", "type": "resolved"}}'
    signed = webhooks.signed("m1", body, [secret], time.time())
    for address, letter_id, status in (
        ("desk", "m1", 202),
        ("desk", "m2", 401),
        ("other", "m1", 404),
        ("d%00sk", "m1", 404),
        ("a" * 170, "m1", 404),
        ("a" * 171, "m1", 422),
        ("", "m1", 404),
        ("desk/", "m1", 404),
    ):
        headers = signed | {"webhook-id": letter_id}
        kinds = ("application/json", USUAL)
        sent = [headers | {"Content-Type": kind} for kind in kinds]
        direct, usual = (world.client.post(f"/v1/hooks/{address}", content=body, headers=each, follow_redirects=False) for each in sent)
        assert (direct.status_code, direct.content) == (usual.status_code, usual.content) == (status, usual.content), address
        assert set(direct.headers) == set(usual.headers)
    route = hooks.routes.routes[-1]
    assert [type(each.call) for each in route.dependant.dependencies if each.call is not services] == [APIKeyHeader]  # type: ignore[attr-defined]


def test_what_is_not_plain_goes_the_usual_way(world: World) -> None:
    """A body in chunks, a header that came twice, no key: the same answer as ever; a query is refused as by every call."""
    world.agent("ana")
    body, key = filled('{"id": "T1", %s}'), f"Bearer {world.keys['helpdesk']}"
    plain = {"Authorization": key, "Content-Type": "application/json"}
    first = world.client.post("/v1/tickets", content=body, headers=plain)
    in_chunks = world.client.post("/v1/tickets", content=iter([body[:9], body[9:]]), headers=plain)
    twice = world.client.post("/v1/tickets", content=body, headers=[*plain.items(), ("X-Any", "1"), ("X-Any", "2")])
    assert [each.status_code for each in (first, in_chunks, twice)] == [201, 200, 200]
    assert first.content == in_chunks.content == twice.content
    assert world.client.post("/v1/tickets?x=1", content=body, headers=plain).json()["errors"][0]["pointer"] == "/query/x"
    assert world.client.post("/v1/tickets", content=body, headers={"Content-Type": "application/json"}).status_code == 401

"""Requests that mean harm are refused with one clear problem, and nothing of them is a bug of ours."""

from __future__ import annotations

import pytest

from support.world import World

DEEP = b'{"a":' * 20_000 + b"1" + b"}" * 20_000
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("path", "who"),
    [("/v1/tickets", "helpdesk"), ("/v1/tickets/bulk", "helpdesk"), ("/v1/tickets/T1/events", "helpdesk"), ("/v1/simulations", "manager")],
)
def test_json_that_nests_deep_is_refused(world: World, path: str, who: str) -> None:
    headers = JSON | {"Authorization": f"Bearer {world.keys[who]}"}
    for body in (DEEP, iter([DEEP[:50_000], DEEP[50_000:]])):
        response = world.client.post(path, content=body, headers=headers)
        assert (response.status_code, response.json()["detail"]) == (422, "the body nests deeper than 32")
        assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 30,
        b'{"id": ' + b"9" * 100_000 + b"}",
        b'{"id": "T1", "account_id": "a", "subject": "\\ud800", "created_at": "2026-03-02T11:00:00Z"}',
        b'{"id": "\\u0000", "account_id": "a", "subject": "s", "created_at": "2026-03-02T11:00:00Z"}',
        b'{"id": "T1", "account_id": "a", "subject": "s", "created_at": "2026-03-02T11:00:00Z", "expected_handle_s": 1e999}',
        b'{"id": "T1", "account_id": "a", "subject": "s", "created_at": "2026-03-02T11:00:00Z", "expected_handle_s": NaN}',
        b"\xff\xfe{\x00}\x00",
        b'{"id": "T1", "id": "T2"}',
        b"\x00" * 1000,
    ],
)
def test_texts_that_are_no_ticket_are_no_bug(world: World, body: bytes) -> None:
    headers = JSON | {"Authorization": f"Bearer {world.keys['helpdesk']}"}
    for path in ("/v1/tickets", "/v1/tickets/T9/events", "/v1/tickets/bulk"):
        response = world.client.post(path, content=body, headers=headers)
        assert response.status_code in (400, 404, 422), response.text
        assert response.headers["content-type"] == "application/problem+json"


def test_long_addresses_and_headers_are_refused(world: World) -> None:
    assert world("manager", "GET", f"/v1/tickets/{'x' * 9000}").status_code == 414
    assert world("manager", "GET", f"/v1/tickets?after={'x' * 9000}").status_code == 414
    assert world("manager", "GET", "/v1/team", X_Long="x" * 33_000).status_code == 431
    assert world("manager", "GET", "/v1/team", X_Long="x" * 20_000).status_code == 200

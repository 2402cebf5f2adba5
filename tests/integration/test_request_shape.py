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
def test_json_that_nests_deep_is_refused(shared_world: World, path: str, who: str) -> None:
    headers = JSON | {"Authorization": f"Bearer {shared_world.keys[who]}"}
    for body in (DEEP, iter([DEEP[:50_000], DEEP[50_000:]])):
        response = shared_world.client.post(path, content=body, headers=headers)
        assert (response.status_code, response.json()["detail"]) == (422, "the body nests deeper than 100")
        assert response.headers["content-type"] == "application/problem+json"


def test_a_ticket_that_nests_deep_spoils_no_other_of_its_bulk_call(world: World) -> None:
    world.agent("ana")
    good = '{"id": "T%d", "account_id": "a", "subject": "s", "created_at": "2026-03-02T11:00:00Z"%s}'
    deep = ', "fields": ' + '{"a": [' * 47 + "1" + "]}" * 47
    for first, headers in ((1, {}), (4, {"Idempotency-Key": "k"})):
        tickets = [good % (first + place, more) for place, more in enumerate(("", deep, ""))]
        body = f'{{"tickets": [{", ".join(tickets)}]}}'
        sent = JSON | {"Authorization": f"Bearer {world.keys['helpdesk']}"} | headers
        items = world.client.post("/v1/tickets/bulk", content=body.encode(), headers=sent).json()["items"]
        assert [each["status"] for each in items] == [201, 422, 201]
        assert items[1]["problem"]["errors"] == [{"pointer": "/fields", "detail": "is not a known field"}]


@pytest.mark.parametrize(
    ("who", "method", "path", "around"),
    [
        ("helpdesk", "POST", "/v1/tickets", b"@"),
        ("helpdesk", "POST", "/v1/feedback", b"@"),
        ("manager", "PUT", "/v1/policy", b"@"),
        ("manager", "PUT", "/v1/policy", b'{"automation": @}'),
        ("manager", "PUT", "/v1/policy", b'{"max_wait_s": {"normal": @}}'),
        ("manager", "POST", "/v1/policy/preview", b'{"policy": @}'),
        ("manager", "POST", "/v1/simulations", b'{"scenario": @}'),
        ("manager", "POST", "/v1/simulations", b'{"kind": "simulate", "scenario": {"team": @}}'),
        ("manager", "POST", "/v1/simulations/instant", b"@"),
        ("admin", "POST", "/v1/subscriptions", b"@"),
    ],
)
def test_json_that_nests_as_deep_as_is_let_in_is_no_bug(shared_world: World, who: str, method: str, path: str, around: bytes) -> None:
    headers = JSON | {"Authorization": f"Bearer {shared_world.keys[who]}"}
    for deep in (b'{"a":' * 96 + b"1" + b"}" * 96, b"[" * 96 + b"]" * 96):
        response = shared_world.client.request(method, path, content=around.replace(b"@", deep), headers=headers)
        assert response.status_code == 422, response.text[:500]
        assert "nests deeper" not in response.json()["detail"]


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
def test_texts_that_are_no_ticket_are_no_bug(shared_world: World, body: bytes) -> None:
    headers = JSON | {"Authorization": f"Bearer {shared_world.keys['helpdesk']}"}
    for path in ("/v1/tickets", "/v1/tickets/T9/events", "/v1/tickets/bulk"):
        response = shared_world.client.post(path, content=body, headers=headers)
        assert response.status_code in (400, 404, 422), response.text
        assert response.headers["content-type"] == "application/problem+json"


def test_long_addresses_and_headers_are_refused(world: World) -> None:
    assert world("manager", "GET", f"/v1/tickets/{'x' * 9000}").status_code == 414
    assert world("manager", "GET", f"/v1/tickets?after={'x' * 9000}").status_code == 414
    assert world("manager", "GET", "/v1/team", X_Long="x" * 33_000).status_code == 431
    assert world("manager", "GET", "/v1/team", X_Long="x" * 20_000).status_code == 200


def test_who_is_refused_at_the_door_is_told_to_guess_no_type_and_keep_nothing(world: World) -> None:
    long = [
        world("manager", "GET", f"/v1/tickets/{'x' * 9000}"),
        world("manager", "GET", "/v1/team", X_Long="x" * 33_000),
        world("helpdesk", "POST", "/v1/tickets", "x" * 5_000_000),
        world.client.get("/", headers={"X-Long": "x" * 33_000}),
    ]
    assert [each.status_code for each in long] == [414, 431, 413, 431]
    for each in long:
        headers = [(name, value) for name, value in each.headers.multi_items() if name in ("x-content-type-options", "cache-control")]
        assert sorted(headers) == [("cache-control", "no-store"), ("x-content-type-options", "nosniff")]


@pytest.mark.parametrize("half", [b"\\ud800", b"\\uDFFF", b"\xed\xa0\x80"])
@pytest.mark.parametrize("policy", [b'{"@": 1}', b'{"automation": {"categories": ["@"]}}', b'{"max_wait_s": {"@": 1}}'])
def test_half_a_letter_in_a_policy_is_refused_where_it_stands(shared_world: World, policy: bytes, half: bytes) -> None:
    headers = JSON | {"Authorization": f"Bearer {shared_world.keys['manager']}"}
    sent = policy.replace(b"@", half)
    for method, path, body in (("PUT", "/v1/policy", sent), ("POST", "/v1/policy/preview", b'{"policy": %s}' % sent)):
        response = shared_world.client.request(method, path, content=body, headers=headers)
        assert (response.status_code, len(response.json()["errors"])) == (422, 1), response.text


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_instants_at_the_ends_of_the_calendar_are_refused(world: World, at: str) -> None:
    world.agent("ana")
    response = world("manager", "PUT", "/v1/exclusions/ana/acme", {"reason": "r", "expires_at": at})
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/expires_at")
    ticket = {"id": "T1", "account_id": "acme", "subject": "s", "created_at": world.at()}
    for name in ("created_at", "target_at", "occurred_at"):
        response = world("helpdesk", "POST", "/v1/tickets", ticket | {name: at})
        assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, f"/{name}")
    world.ticket("T2")
    for path, body in (
        ("/v1/tickets/T2/events", {"type": "message"}),
        ("/v1/feedback", {"id": "F", "ticket_id": "T2", "felt_understood": 3}),
    ):
        response = world("helpdesk", "POST", path, body | {"occurred_at": at})
        assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/occurred_at")


@pytest.mark.parametrize(
    "scenario", ["x = " + "9" * 5000, "[run]\ndays = 0x" + "f" * 5000, "x = " + "[" * 5000, "a" + ".a" * 3000 + " = 1"]
)
def test_a_scenario_that_no_python_reads_is_refused(shared_world: World, scenario: str) -> None:
    for path in ("/v1/simulations", "/v1/simulations/instant"):
        response = shared_world("manager", "POST", path, {"scenario": scenario})
        assert response.status_code == 422, response.text
        assert response.json()["errors"][0]["pointer"].startswith("/scenario")


def test_an_address_with_a_slash_too_many_leads_nowhere(shared_world: World) -> None:
    for path in ("/v1/queue/", "/v1/tickets/", "/v1/hooks/desk/", "/team/"):
        response = shared_world.client.get(path, headers={"Host": "elsewhere.example"}, follow_redirects=False)
        assert (response.status_code, "location" in response.headers) == (404, False)


@pytest.mark.parametrize("body", [b"{", b"\xff", b'{"id": ' + b"9" * 5000 + b"}", DEEP])
def test_what_is_wrong_with_a_body_is_told_to_nobody_without_a_key(shared_world: World, body: bytes) -> None:
    for path, method in (("/v1/tickets", "POST"), ("/v1/tickets/bulk", "POST"), ("/v1/policy", "PUT")):
        told = []
        for key in (None, "rsp_helpdesk_wrong", shared_world.key("helpdesk" if method == "POST" else "manager")):
            headers = JSON | ({} if key is None else {"Authorization": f"Bearer {key}"})
            told.append(shared_world.client.request(method, path, content=body, headers=headers))
        assert [each.status_code for each in told[:2]] == [401, 401]
        assert told[0].headers["www-authenticate"] == "Bearer"
        assert told[2].status_code in (400, 422)

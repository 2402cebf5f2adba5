"""Bad input: each a clear problem that names the field and the bound, nothing lost, nothing counted twice."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Event
from typing import Any

import pytest
import sqlalchemy as sa

from api.schemas.sent import WRITTEN
from api.shown.because import COSTS_NOTHING
from api.store.answers import RESERVED, RESERVED_S
from api.store.tables import answers
from router import recovery
from router.cost import TERMS
from support.scoring import BrokenScoring, HeldScoring
from support.world import ROLES, World


def problem(response: Any, status: int, pointer: str | None = None) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == status
    assert {"type", "title", "detail"} <= set(body)
    if pointer is not None:
        assert pointer in {each["pointer"] for each in body["errors"]}
    return body


@pytest.fixture
def staffed(world: World) -> World:
    world.agent("ana")
    return world


def revision(world: World) -> int:
    with world.services.dispatcher.reading("default") as (state, _):
        return int(state.revision)


TICKET = {"id": "T1", "account_id": "acme", "subject": "s", "created_at": "2026-03-02T11:00:00Z"}


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


def test_same_ticket_twice(staffed: World) -> None:
    first = staffed("helpdesk", "POST", "/v1/tickets", TICKET)
    again = staffed("helpdesk", "POST", "/v1/tickets", dict(reversed(TICKET.items())))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["decision"] == first.json()["decision"]
    other = problem(staffed("helpdesk", "POST", "/v1/tickets", TICKET | {"subject": "other words"}), 409, "/id")
    assert "other content" in other["detail"]
    assert len(staffed.ok("helpdesk", "GET", "/v1/decisions")["items"]) == 1


def test_idempotency_key(staffed: World) -> None:
    first = staffed("helpdesk", "POST", "/v1/tickets", TICKET, Idempotency_Key="k1")
    again = staffed("helpdesk", "POST", "/v1/tickets", TICKET, Idempotency_Key="k1")
    assert (again.status_code, again.text) == (first.status_code, first.text)
    problem(staffed("helpdesk", "POST", "/v1/tickets", TICKET | {"id": "T2"}, Idempotency_Key="k1"), 422, "/Idempotency-Key")
    staffed.happened("T1", "escalated")
    before = revision(staffed)
    for _ in range(3):
        staffed("helpdesk", "POST", "/v1/tickets/T1/events", {"type": "contact"}, Idempotency_Key="k2")
    assert revision(staffed) == before + 1
    bulk = {"tickets": [TICKET | {"id": "T7"}]}
    one, two = (staffed("helpdesk", "POST", "/v1/tickets/bulk", bulk, Idempotency_Key="k3") for _ in range(2))
    assert one.text == two.text
    problem(staffed("helpdesk", "POST", "/v1/tickets/bulk", {"tickets": [TICKET]}, Idempotency_Key="k3"), 422, "/Idempotency-Key")
    staffed.clock.instant_s += 24 * 3600 + 1
    assert staffed("helpdesk", "POST", "/v1/tickets", TICKET, Idempotency_Key="k1").status_code == 200


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


def test_a_manager_is_told_only_roughly_when_a_load_will_have_fallen(staffed: World) -> None:
    staffed.ok("helpdesk", "POST", "/v1/tickets", TICKET | {"escalated": True})
    staffed.clock.instant_s += 17
    staffed.happened("T1", "resolved")
    waiting = staffed.ticket("T2")["decision"]
    told = staffed.ok("manager", "GET", f"/v1/decisions/{waiting['id']}")["waits_for"]["next_change_at"]
    exact = waiting["waits_for"]["next_change_at"]
    assert told >= exact != told
    assert datetime.fromisoformat(told).timestamp() % 300 == 0


def test_a_cost_of_nothing_reads_as_nothing(staffed: World) -> None:
    """Not to a manager, whom it would tell that a person's load is nothing."""
    decision = staffed.ticket("T1")["decision"]
    told = {each["term"]: each for each in decision["because"]}
    assert (told["continuity"]["cost"], told["continuity"]["detail"]) == (0, "nobody else knows the case")
    hidden = {each["term"]: each for each in staffed.ok("manager", "GET", f"/v1/decisions/{decision['id']}")["because"]}
    assert (told["account_exposure"]["cost"], hidden["account_exposure"]["cost"]) == (0, None)
    assert hidden["account_exposure"]["detail"] == next(detail for name, _, detail in TERMS if name == "account_exposure")
    assert hidden["continuity"]["detail"] == "nobody else knows the case"
    assert set(COSTS_NOTHING) == {name for name, *_ in TERMS}


def test_event_for_a_ticket_never_seen(staffed: World) -> None:
    detail = problem(staffed("helpdesk", "POST", "/v1/tickets/T404/events", {"type": "contact"}), 404, "/ticket_id")["detail"]
    assert "'T404' is not known" in detail


def test_event_id_with_other_content(staffed: World) -> None:
    staffed.ok("helpdesk", "POST", "/v1/tickets", TICKET)
    staffed.happened("T1", "message", event_id="e1")
    before = revision(staffed)
    staffed.happened("T1", "message", event_id="e1")
    assert revision(staffed) == before
    problem(staffed("helpdesk", "POST", "/v1/tickets/T1/events", {"type": "escalated", "event_id": "e1"}), 409, "/event_id")


def told(response: Any) -> str:
    """What the one refused field is told; the detail says it, too."""
    body = problem(response, 422)
    (error,) = body["errors"]
    assert body["detail"] == f"{error['pointer']}: {error['detail']}"
    return str(error["detail"])


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


def test_an_expiry_that_is_past_ends_an_exclusion_and_begins_none(staffed: World) -> None:
    staffed.ok("helpdesk", "PUT", "/v1/accounts/acme", {})
    path, past = "/v1/exclusions/ana/acme", {"reason": "r", "expires_at": "2020-01-01T00:00:00Z"}
    before = revision(staffed)
    for expires_at in (past["expires_at"], staffed.at()):
        assert "must lie after" in told(staffed("manager", "PUT", path, {"reason": "r", "expires_at": expires_at}))
    assert revision(staffed) == before
    staffed.ok("manager", "PUT", path, past | {"occurred_at": "2019-01-01T00:00:00Z"})  # a call of then, made again
    staffed.ok("manager", "PUT", path, {"reason": "r"})
    assert staffed.ticket("T1")["decision"]["lane"] == "queue"
    for _ in range(2):
        staffed.ok("manager", "PUT", path, past)
    assert staffed.ticket("T2")["decision"]["agent_id"] == "ana"


def test_unknown_agent_and_account(shared_world: World) -> None:
    problem(shared_world("helpdesk", "POST", "/v1/agents/nobody/status", {"status": "online"}), 404, "/agent_id")
    problem(shared_world("helpdesk", "GET", "/v1/agents/nobody/recovery"), 404)
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


def test_moving_and_skipping_a_break(staffed: World) -> None:
    problem(staffed("ana", "POST", "/v1/agents/ana/recovery/shift", {"minutes": 5}), 409, "/minutes")
    problem(staffed("manager", "POST", "/v1/agents/ana/recovery/skip", {"reason": "x"}), 409)
    staffed.ok("helpdesk", "POST", "/v1/tickets", TICKET | {"escalated": True})
    staffed.happened("T1", "resolved")
    assert "from -15 to 15" in problem(staffed("ana", "POST", "/v1/agents/ana/recovery/shift", {"minutes": 16}), 422, "/minutes")["detail"]
    problem(staffed("ana", "POST", "/v1/agents/ana/recovery/shift", {"minutes": -5}), 409, "/minutes")
    problem(staffed("manager", "POST", "/v1/agents/ana/recovery/skip", {}), 422, "/reason")
    moved = staffed.ok("ana", "POST", "/v1/agents/ana/recovery/shift", {"minutes": 10})
    assert (moved["state"], moved["until"], moved["may"]) == ("pending", staffed.at(600), [])
    problem(staffed("ana", "POST", "/v1/agents/ana/recovery/shift", {"minutes": 1}), 409, "/minutes")
    skipped = staffed.ok("manager", "POST", "/v1/agents/ana/recovery/skip", {"reason": "outage"})
    assert skipped["state"] == "ready"
    assert staffed.ok("ana", "GET", "/v1/agents/ana/recovery")["owed"] == 1


def test_repeated_reordered_and_late_events_send_one_break(staffed: World) -> None:
    staffed.ok("helpdesk", "POST", "/v1/tickets", TICKET)
    staffed.clock.instant_s += 600
    ended, raised = staffed.at(-60), staffed.at(-120)
    for _ in range(3):
        staffed.happened("T1", "contact", occurred_at=ended)
    for _ in range(3):
        staffed.happened("T1", "escalated", occurred_at=raised, event_id="up")
    staffed.happened("T1", "escalated", occurred_at=raised)
    staffed.happened("T1", "resolved", occurred_at=ended)
    until = staffed.ok("ana", "GET", "/v1/agents/ana/recovery")["until"]
    staffed.clock.instant_s += 30
    staffed.happened("T1", "contact", occurred_at=ended)
    now = staffed.ok("ana", "GET", "/v1/agents/ana/recovery")
    assert (now["state"], now["until"]) == ("break", until)
    assert now["points"] < 1.5
    with staffed.services.dispatcher.reading("default") as (state, now_s):
        assert len(state.tickets["T1"].contacts) == 1
        staffed.clock.instant_s += 700
        assert recovery.view(state, state.agents.row["ana"], now_s + 700).state == "ready"


def test_every_call_that_changes_something_refuses_the_future(staffed: World) -> None:
    staffed.ok("helpdesk", "POST", "/v1/tickets", TICKET | {"escalated": True})
    staffed.happened("T1", "resolved")
    later = {"occurred_at": staffed.at(60)}
    for who, method, path, body in (
        ("admin", "PUT", "/v1/agents/ana", {"name": "Ana"}),
        ("helpdesk", "POST", "/v1/agents/ana/status", {"status": "online"}),
        ("helpdesk", "PUT", "/v1/accounts/acme", {}),
        ("helpdesk", "POST", "/v1/tickets", TICKET | {"id": "T2"}),
        ("helpdesk", "POST", "/v1/tickets/T1/events", {"type": "reopened"}),
        ("manager", "POST", "/v1/tickets/T1/override", {"agent_id": "ana", "reason": "x"}),
        ("manager", "PUT", "/v1/exclusions/ana/acme", {"reason": "x"}),
        ("manager", "PUT", "/v1/policy", {}),
        ("ana", "POST", "/v1/agents/ana/recovery/shift", {"minutes": 5}),
        ("manager", "POST", "/v1/agents/ana/recovery/skip", {"reason": "x"}),
    ):
        problem(staffed(who, method, path, body | later), 422, "/occurred_at")
        problem(staffed(who, method, path, body | {"occurred_at": "noon"}), 422, "/occurred_at")
    assert staffed.ok("manager", "PUT", "/v1/policy", {"occurred_at": staffed.at(-60)})["version"] == 1


def test_a_ticket_that_ended_long_ago_is_not_opened_again(staffed: World) -> None:
    staffed.ok("helpdesk", "POST", "/v1/tickets", TICKET)
    staffed.happened("T1", "resolved")
    staffed.clock.instant_s += 31 * 86_400
    staffed.ok("helpdesk", "POST", "/v1/tickets", TICKET | {"id": "T2"})
    for path, body in (("/v1/tickets", TICKET), ("/v1/tickets/T1/events", {"type": "reopened"})):
        assert "open a new one" in problem(staffed("helpdesk", "POST", path, body), 409, "/id")["detail"]
    assert staffed.ok("helpdesk", "GET", "/v1/tickets/T1")["state"] == "resolved"


def test_the_last_day_of_a_renewal_leaves_the_account_its_tickets(staffed: World) -> None:
    problem(staffed("helpdesk", "PUT", "/v1/accounts/acme", {"renewal_date": "2200-01-01"}), 422, "/renewal_date")
    staffed.ok("helpdesk", "PUT", "/v1/accounts/acme", {"renewal_date": "2199-12-31"})
    staffed.ok("helpdesk", "POST", "/v1/agents/ana/status", {"status": "away"})
    assert staffed.ticket("T1")["decision"]["lane"] == "queue"


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


def test_a_bulk_under_one_key_is_done_once(staffed: World) -> None:
    """The key is taken before the work begins: a second request meanwhile creates nothing."""
    released, first = Event(), {"tickets": [TICKET | {"id": f"A{number}"} for number in range(3)]}
    staffed.services.scoring = scoring = HeldScoring(released)
    with ThreadPoolExecutor(1) as caller:
        slow = caller.submit(staffed, "helpdesk", "POST", "/v1/tickets/bulk", first, Idempotency_Key="k")
        assert scoring.begun.wait(60)
        other = {"tickets": [TICKET | {"id": "B1"}]}
        problem(staffed("helpdesk", "POST", "/v1/tickets/bulk", first, Idempotency_Key="k"), 409, "/Idempotency-Key")
        problem(staffed("helpdesk", "POST", "/v1/tickets/bulk", other, Idempotency_Key="k"), 422, "/Idempotency-Key")
        released.set()
        done = slow.result()
    assert [each["id"] for each in staffed.ok("helpdesk", "GET", "/v1/tickets")["items"]] == ["A0", "A1", "A2"]
    again = staffed("helpdesk", "POST", "/v1/tickets/bulk", first, Idempotency_Key="k")
    assert (again.status_code, again.text) == (done.status_code, done.text)


def test_a_key_whose_work_failed_or_died_can_be_used_again(staffed: World) -> None:
    bulk = {"tickets": [TICKET]}
    pool, staffed.services.scoring = staffed.services.scoring, BrokenScoring()
    assert staffed("helpdesk", "POST", "/v1/tickets/bulk", bulk, Idempotency_Key="k").status_code == 500
    staffed.services.scoring = pool
    assert staffed("helpdesk", "POST", "/v1/tickets/bulk", bulk, Idempotency_Key="k").status_code == 200
    mine = staffed.services.wire.presence.run
    for run, so_long_s in ((mine, RESERVED_S), (mine ^ 1, 0.0)):  # who has reserved the key stands still over it, or has died
        with staffed.services.engine.begin() as connection:
            connection.execute(sa.update(answers).values(status=RESERVED, body=str(run)))
        if so_long_s:
            served = staffed("helpdesk", "POST", "/v1/tickets/bulk", bulk, Idempotency_Key="k")
            problem(served, 409, "/Idempotency-Key")
            assert served.headers["retry-after"] == "1"
        staffed.clock.instant_s += so_long_s
        assert staffed("helpdesk", "POST", "/v1/tickets/bulk", bulk, Idempotency_Key="k").status_code == 200

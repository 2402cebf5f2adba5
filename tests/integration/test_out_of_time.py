"""Calls that are well written and come at the wrong time: too early, too late, or for an instant that cannot be."""

from __future__ import annotations

from support.refusals import TICKET, problem, revision, told
from support.world import World


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

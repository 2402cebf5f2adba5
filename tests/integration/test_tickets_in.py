"""Tickets coming in: their words are scored beside other work, and what they say of the account is put beside what is known."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest

from api.schemas.sent import BULK_MOST
from support.scoring import HeldScoring
from support.world import World


@pytest.mark.parametrize("path", ["/v1/tickets", "/v1/tickets/bulk", "/v1/tickets/T0/events"])
def test_others_are_served_while_long_words_are_scored(world: World, path: str) -> None:
    world.agent("ana")
    world.ticket("T0")
    world.services.scoring = held = HeldScoring(Event())
    ticket = {"id": "T1", "account_id": "acme", "subject": "s", "created_at": world.at(), "body": "You never answer me. " * 100}
    bodies = {"/v1/tickets": ticket, "/v1/tickets/bulk": {"tickets": [ticket]}}
    with ThreadPoolExecutor(1) as caller:
        slow = caller.submit(world, "helpdesk", "POST", path, bodies.get(path, {"type": "message", "body": ticket["body"]}))
        assert world.ticket("T2")["decision"]["agent_id"] == "ana"
        assert not slow.done()
        held.released.set()
        assert slow.result().status_code < 300
    with world.services.dispatcher.reading("default") as (state, _):
        assert max(each.text_score for each in state.tickets.values()) > 0.5


def test_a_repeated_ticket_is_no_news_of_its_account(world: World) -> None:
    world.agent("ana")
    body = {"id": "T1", "account_id": "acme", "subject": "s", "created_at": world.at(), "account": {"arr": 1000, "tier": "plus"}}
    assert world("helpdesk", "POST", "/v1/tickets", body).status_code == 201
    world.ok("helpdesk", "PUT", "/v1/accounts/acme", {"arr": 2000, "tier": "gold"})
    again = world("helpdesk", "POST", "/v1/tickets", body)
    assert again.status_code == 200
    known = world.ok("helpdesk", "GET", "/v1/accounts/acme")
    assert (known["arr"], known["tier"]) == (2000, "gold")
    twice = world.ok("helpdesk", "POST", "/v1/tickets/bulk", {"tickets": [body | {"id": "T2"}, body | {"id": "T2"}]})
    assert [each["status"] for each in twice["items"]] == [201, 200]
    with world.services.engine.connect() as connection:
        kinds = connection.exec_driver_sql("SELECT kind FROM events ORDER BY seq").scalars().all()
    assert kinds.count("account_put") == 3


def test_facts_that_ride_on_a_ticket_are_put_beside_what_is_known(world: World) -> None:
    world.agent("ana")
    known = {"arr": 1000.0, "renewal_date": "2026-05-01", "tier": "plus", "usage_trend": -0.2, "open_escalations": 2}
    world.ok("helpdesk", "PUT", "/v1/accounts/acme", known)
    world.ticket("T1", account={"tier": "gold", "arr": None})
    assert world.ok("helpdesk", "GET", "/v1/accounts/acme") == known | {"id": "acme", "tier": "gold"}
    world.ticket("T2", account={"open_escalations": 0})
    assert world.ok("helpdesk", "GET", "/v1/accounts/acme") == known | {"id": "acme", "tier": "gold", "open_escalations": 0}


def test_an_account_that_came_with_its_tickets_alone_is_told_from_one_that_was_put(world: World) -> None:
    world.agent("ana")
    world.ticket("T1", account_id="acme", account={"arr": 1000.0})
    world.ticket("T2", account_id="bolt", account={"arr": 1000.0})
    world.ok("helpdesk", "PUT", "/v1/accounts/bolt", {"arr": 2000.0})
    world.ticket("T3", account_id="bolt", account={"arr": 3000.0})
    with world.services.dispatcher.reading("default") as (state, _):
        assert {each.id: each.put for each in state.accounts.values()} == {"acme": False, "bolt": True}


def escaped(world: World, path: str, body: dict[str, Any]) -> Any:
    """The answer to a body that is ASCII alone, as many clients write JSON."""
    headers = {"Authorization": f"Bearer {world.key('helpdesk')}", "Content-Type": "application/json"}
    response = world.client.post(path, content=json.dumps(body), headers=headers)
    assert response.status_code in (200, 201), response.text
    return response.json()


@pytest.mark.parametrize("text", ["a customer's words " * 110, "\N{LATIN SMALL LETTER E WITH ACUTE}" * 1200])
def test_a_whole_bulk_call_of_tickets_as_people_write_them_is_one_batch(world: World, text: str) -> None:
    """Also where each letter is escaped; the default of the batch is the most that a bulk call may have."""
    assert world.services.settings.batch_max == BULK_MOST
    ticket = {"account_id": "acme", "subject": "s", "created_at": world.at(), "body": text}
    items = escaped(world, "/v1/tickets/bulk", {"tickets": [ticket | {"id": f"T{each}"} for each in range(BULK_MOST)]})["items"]
    assert [each["status"] for each in items] == [201] * BULK_MOST
    assert len({each["decision"]["revision"] for each in items}) == 1


@pytest.mark.parametrize("letter", ["\N{LATIN SMALL LETTER E WITH ACUTE}", "\N{SLIGHTLY SMILING FACE}"])
def test_the_longest_words_are_let_in_also_where_each_letter_is_escaped(world: World, letter: str) -> None:
    ticket = {"id": "T1", "account_id": "acme", "created_at": world.at(), "body": letter * 200_000, "subject": letter * 2000}
    assert escaped(world, "/v1/tickets", ticket)["ticket"]["id"] == "T1"


def test_the_instant_of_a_bulk_call_is_that_of_its_tickets_that_have_none(world: World) -> None:
    tickets = [{"id": each, "account_id": "acme", "subject": "s", "created_at": world.at(-60)} for each in ("T1", "T2")]
    tickets[1]["occurred_at"] = world.at(-30)
    for key in ({}, {"Idempotency_Key": "k"}):
        sent = {"tickets": tickets, "occurred_at": world.at(3600)}
        found = world.ok("helpdesk", "POST", "/v1/tickets/bulk", sent, **key)["items"]
        assert [each["status"] for each in found] == [422, 201 if not key else 200]
        assert found[0]["problem"]["errors"][0]["pointer"] == "/occurred_at"
    done = world.ok("helpdesk", "POST", "/v1/tickets/bulk", {"tickets": tickets, "occurred_at": world.at()})["items"]
    assert [each["status"] for each in done] == [201, 200]

"""What subscribers are told of tickets, breaks and debriefs, and what they are not; real subscribers over HTTP."""

from __future__ import annotations

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from support.receiver import Receiver, until
from support.subscribers import SOON, outbox_rows, subscribe
from support.world import World
from support.world import world as make_world


def test_an_assignment_is_told_signed_and_without_words(telling: World, receiver: Receiver) -> None:
    telling.agent("ana")
    made = subscribe(telling, receiver, "ticket.assigned", "ticket.queued")
    assert made["secret"].startswith("whsec_")
    answer = telling.ticket("T1", subject="SECRETWORDS")
    (heard,) = receiver.wait_for(1)
    Webhook(made["secret"]).verify(heard.body, heard.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "A" * 32).verify(heard.body, heard.headers)
    assert heard.path == "/in?x=1"
    assert heard.headers["host"] == receiver.url.removeprefix("http://")
    event = heard.event
    assert (event["type"], event["id"], event["timestamp"]) == ("ticket.assigned", heard.headers["webhook-id"], telling.at())
    assert event["data"] == {
        "ticket_id": "T1",
        "decision_id": answer["decision"]["id"],
        "agent_id": "ana",
        "override": False,
        "draft": False,
        "offer_expires_at": None,
    }
    assert "SECRETWORDS" not in heard.body.decode()
    until(lambda: outbox_rows(telling), lambda found: not found)


def test_each_type_is_told_to_who_asked_for_it(telling: World, receiver: Receiver) -> None:
    with Receiver() as other:
        subscribe(telling, receiver, "ticket.queued", "offer.expired", "policy.relaxed", "queue.at_risk", "ticket.to_automation")
        subscribe(telling, other, "ticket.assigned")
        policy = {
            "offer_timeout_s": {"email": 60},
            "max_wait_s": {"normal": 600},
            "automation": {"categories": ["password"], "capacity": 3, "min_confidence": 0.5},
        }
        telling.ok("manager", "PUT", "/v1/policy", policy)
        telling.ticket("T1")
        receiver.wait_for(1)
        telling.ticket("B1", account_id="other", category="password", automation={"confidence": 0.9})
        telling.clock.instant_s += 700
        telling.ok("helpdesk", "PUT", "/v1/accounts/x", {})
        telling.agent("ana")
        telling.clock.instant_s += 61
        telling.agent("ben", skills={"export": 1})
        telling.ok("manager", "POST", "/v1/tickets/T1/override", {"agent_id": "ben", "reason": "he knows them"})
        heard = receiver.wait_for(lambda heard: "offer.expired" in [each.event["type"] for each in heard])
        found = {each.event["type"]: each.event["data"] for each in heard}
        assert found["ticket.queued"]["waits_for"] == {}
        assert found["ticket.to_automation"]["bot"] == "automation"
        assert (found["queue.at_risk"]["ticket_id"], found["queue.at_risk"]["waited_s"]) == ("T1", 700.0)
        assert found["offer.expired"] == {"ticket_id": "T1", "agent_id": "ana"}
        assert "ticket.assigned" not in receiver.types()
        told = other.wait_for(lambda heard: any(each.event["data"]["override"] for each in heard))
        assert {each.event["type"] for each in told} == {"ticket.assigned"}
        assert told[0].event["data"]["offer_expires_at"] is not None
        assert (told[-1].event["data"]["agent_id"], told[-1].event["data"]["decision_id"]) == ("ben", None)
        assert "he knows them" not in str([each.body for each in told])


def test_breaks_are_told_at_their_instants_and_again_where_their_end_moves(upgraded_url: str) -> None:
    with make_world(upgraded_url, **SOON) as world, Receiver() as receiver:
        subscribe(world, receiver, "recovery.started", "recovery.ended", "light_duty.ended")
        world.agent("ana")
        for number in (1, 2):
            world.ticket(f"T{number}", escalated=number == 1, account_id=f"x{number}")
        world.happened("T1", "resolved")
        recovery = world.ok("ana", "GET", "/v1/agents/ana/recovery")
        (heard,) = receiver.wait_for(1)
        assert heard.event["data"] == {"agent_id": "ana", "since": recovery["since"], "until": recovery["until"]}
        world.ok("ana", "POST", "/v1/agents/ana/recovery/shift", {"minutes": 5})
        ended = receiver.wait_for(2)[-1].event
        assert (ended["type"], ended["data"]["at"]) == ("recovery.ended", world.at())  # it begins anew, later
        world.clock.instant_s += 301
        world.ok("helpdesk", "PUT", "/v1/accounts/x", {})
        begun = receiver.wait_for(3)[-1].event
        assert (begun["type"], begun["timestamp"]) == ("recovery.started", world.at(-1))
        world.clock.instant_s += 3600
        world.ok("helpdesk", "PUT", "/v1/accounts/x", {})
        over = receiver.wait_for(4)[3].event
        assert (over["type"], over["data"]["at"]) == ("recovery.ended", begun["data"]["until"])
        assert set(over["data"]) == {"agent_id", "at"}


def test_that_a_call_runs_into_a_break_is_told_after_its_beginning(telling: World, receiver: Receiver) -> None:
    subscribe(telling, receiver, "recovery.started", "recovery.at_risk")
    telling.agent("ana")
    for ticket_id, channel in (("C1", "phone"), ("T1", "email")):
        telling.ticket(ticket_id, channel=channel)
    telling.happened("T1", "escalated")
    telling.happened("T1", "resolved")
    telling.clock.instant_s += 305  # past the deadline of five minutes
    telling.ok("helpdesk", "PUT", "/v1/accounts/x", {})
    begun, at_risk = (each.event for each in receiver.wait_for(2))
    assert (begun["type"], begun["timestamp"]) == ("recovery.started", telling.at(-5))
    assert (at_risk["type"], at_risk["data"]) == ("recovery.at_risk", {"agent_id": "ana", "ticket_ids": ["C1"]})


def test_a_break_that_ran_out_and_is_replaced_in_the_same_turn_is_told_from_beginning_to_end(telling: World, receiver: Receiver) -> None:
    subscribe(telling, receiver, "recovery.started", "recovery.ended")
    telling.agent("ana")
    for number in (1, 2):
        telling.ticket(f"T{number}", escalated=number == 1, account_id=f"x{number}")
    telling.happened("T1", "resolved")
    telling.ok("ana", "POST", "/v1/agents/ana/recovery/shift", {"minutes": 5})
    receiver.wait_for(2)
    telling.happened("T2", "escalated")
    telling.clock.instant_s += 3600
    telling.happened("T2", "resolved", agent_id="ana")  # the first turn for an hour
    heard = [(each.event["type"].removeprefix("recovery."), each.event["timestamp"]) for each in receiver.wait_for(5)]
    at = [telling.at(each - 3600) for each in (0, 0, 300, 900, 3600)]
    assert heard == list(zip(["started", "ended", "started", "ended", "started"], at, strict=True))
    assert {each.event["data"].get("until") for each in receiver.heard[2:4]} == {at[3], None}


def test_a_manager_who_skips_a_break_ends_it_for_everybody(telling: World, receiver: Receiver) -> None:
    subscribe(telling, receiver, "recovery.started", "recovery.ended")
    telling.agent("ana")
    telling.ticket("T1", escalated=True)
    telling.happened("T1", "resolved")
    receiver.wait_for(1)
    telling.clock.instant_s += 60
    telling.ok("manager", "POST", "/v1/agents/ana/recovery/skip", {"reason": "nobody else"})
    ended = receiver.wait_for(2)[-1].event
    assert (ended["type"], ended["data"]) == ("recovery.ended", {"agent_id": "ana", "at": telling.at()})


def test_the_end_of_light_duty_is_told_at_a_whole_five_minutes(telling: World, receiver: Receiver) -> None:
    subscribe(telling, receiver, "light_duty.ended")
    telling.agent("ana")
    for number in range(6):
        telling.ticket(f"T{number}", account_id=f"x{number}", escalated=True, reopened_count=3, abuse=True)
        telling.happened(f"T{number}", "contact", agent_id="ana")
    states = []
    while not receiver.heard and len(states) < 400:
        states.append(telling.ok("ana", "GET", "/v1/agents/ana/recovery")["state"])
        telling.clock.instant_s += 97
        telling.ok("helpdesk", "PUT", "/v1/accounts/x", {})
    (heard,) = receiver.wait_for(1)
    assert "light_duty" in states
    assert heard.event["data"]["at"].endswith(("0:00.000Z", "5:00.000Z"))


def test_a_debrief_is_proposed_to_the_two_alone_and_nobody_else_is_told_of_it(telling: World) -> None:
    with Receiver() as anas, Receiver() as teams:
        for agent_id in ("ana", "ben"):
            telling.agent(agent_id, debrief_opt_in=True)
        for who, types in (("admin", ["debrief.proposed"]), ("ana", ["ticket.assigned"])):
            refused = telling(who, "POST", "/v1/subscriptions", {"url": anas.url, "types": types})
            assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/types/0")
        subscribe(telling, anas, "debrief.proposed", "recovery.started", who="ana")
        subscribe(telling, teams, "recovery.started", "recovery.ended", "ticket.assigned")
        telling.ticket("T1", escalated=True)
        telling.happened("T1", "resolved")
        telling.clock.instant_s += 610
        telling.agent("cleo")
        proposed = anas.wait_for(lambda heard: any(each.event["type"] == "debrief.proposed" for each in heard))[-1].event["data"]
        (mine,) = telling.ok("ana", "GET", "/v1/agents/ana/debriefs")["items"]
        assert proposed == {"agent_id": "ana", "debrief_id": mine["id"], "expires_at": mine["expires_at"]}
        for who in ("ana", "ben"):
            telling.ok(who, "POST", f"/v1/agents/{who}/debriefs/{mine['id']}", {"answer": "accept"})
        telling.ticket("T2", account_id="x")
        telling.clock.instant_s += 301
        telling.ticket("T3", account_id="x")
        seen = teams.wait_for(lambda heard: any(each.event["data"].get("ticket_id") == "T3" for each in heard))
        rests = [(each.event["type"], each.event["data"]["agent_id"]) for each in seen if each.event["type"].startswith("recovery")]
        assert rests == [("recovery.started", "ana"), ("recovery.ended", "ana")]  # her break before
        assert "debrief" not in str([each.body for each in seen])
        assert {each.event["data"]["agent_id"] for each in anas.heard} == {"ana"}


def test_shadow_decisions_are_not_told_and_nothing_from_before(telling: World, receiver: Receiver) -> None:
    telling.ticket("T0")
    subscribe(telling, receiver, "ticket.assigned", "ticket.queued")
    telling.ok("manager", "PUT", "/v1/policy", {"shadow": 1})
    telling.agent("ana")
    telling.ticket("T1")
    telling.ok("manager", "PUT", "/v1/policy", {})
    telling.ticket("T2", account_id="other")
    heard = receiver.wait_for(lambda heard: any(each.event["data"]["ticket_id"] == "T2" for each in heard))
    assert [each.event["timestamp"] for each in heard] == [telling.at()] * len(heard)
    assert not any(each["type"] == "ticket.queued" for each in outbox_rows(telling))

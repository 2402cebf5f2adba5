"""What gave way, offers and a queue at risk, as callers see them; a manager sees rules and no number of a person."""

from __future__ import annotations

from support.world import World


def test_an_offer_has_an_end_and_goes_to_the_next(world: World) -> None:
    world.ok("manager", "PUT", "/v1/policy", {"offer_timeout_s": {"email": 120}})
    world.agent("ana")
    world.agent("ben")
    decision = world.ticket("T1")["decision"]
    assert (decision["agent_id"], decision["offer_expires_at"]) == ("ana", world.at(120))
    world.clock.instant_s += 121
    world.happened("T1", "message")  # any request wakes the dispatcher, whose own clock is stopped here
    assert world.ok("helpdesk", "GET", "/v1/tickets/T1")["agent_id"] == "ben"
    second = world.ok("helpdesk", "GET", "/v1/decisions?ticket_id=T1")["items"][-1]
    (ana,) = second["not_others"]
    assert ana["rules"] == [{"rule": "declined", "actual": "offer ran out", "limit": "not declined"}]
    world.happened("T1", "accepted")
    world.clock.instant_s += 1000
    world.happened("T1", "message")
    assert world.ok("helpdesk", "GET", "/v1/tickets/T1")["agent_id"] == "ben"


def test_without_a_time_no_decision_speaks_of_an_offer(world: World) -> None:
    world.agent("ana")
    assert "offer_expires_at" not in world.ticket("T1")["decision"]


def test_a_queue_at_risk_is_seen_and_what_gave_way_has_no_numbers_for_a_manager(world: World) -> None:
    world.ok("manager", "PUT", "/v1/policy", {"max_wait_s": {"normal": 60}, "fatigue": {"escalated_points": 3.0}})
    world.agent("ana")
    world.ticket("T0", escalated=True)
    world.happened("T0", "resolved")  # ana is on a break of fifteen minutes
    world.ticket("T1", account_id="other")
    (waiting,) = world.ok("manager", "GET", "/v1/queue")["items"]
    assert waiting["at_risk"] is False
    world.clock.instant_s += 61
    world.happened("T1", "message")
    (waiting,) = world.ok("manager", "GET", "/v1/queue")["items"]
    assert waiting["at_risk"] is True
    assert "waited longer than the policy allows" in world("manager", "GET", "/team").text
    world.clock.instant_s += 600
    world.happened("T1", "message")
    assert world.ok("manager", "GET", "/v1/queue")["items"] == []
    whole = world.ok("helpdesk", "GET", "/v1/decisions?ticket_id=T1")["items"][-1]
    assert (whole["agent_id"], whole["relaxed"]) == ("ana", ["break_length"])
    assert whole["gave_way"] == [{"rule": "break_length", "actual": 661, "limit": 600}]
    for_manager = world.ok("manager", "GET", "/v1/decisions?ticket_id=T1")["items"][-1]
    assert for_manager["gave_way"] == [{"rule": "break_length", "actual": None, "limit": 600}]
    assert world.ok("manager", "GET", "/v1/agents/ana/recovery")["state"] == "light_duty"


def test_for_whom_a_ticket_is_held(world: World) -> None:
    world.ok("manager", "PUT", "/v1/policy", {"break_min_s": 120, "break_max_s": 120, "weights": {"fairness": 0, "account_exposure": 0}})
    world.agent("ana")
    world.agent("ben")
    for ticket_id, facts in (("T0", {}), ("T1", {"escalated": True})):
        world.ticket(ticket_id, **facts)
        world.ok("manager", "POST", f"/v1/tickets/{ticket_id}/override", {"agent_id": "ben", "reason": "set-up"})
        world.happened(ticket_id, "resolved")
    decision = world.ticket("T2")["decision"]
    assert decision["lane"] == "queue"
    waits_for = decision["waits_for"]
    assert (waits_for["agent_id"], waits_for["ready_at"], waits_for["why"]) == ("ben", world.at(120), "continuity")
    assert world.ok("helpdesk", "GET", "/v1/queue")["items"][0]["held_for"] == "ben"
    text = world.ok("helpdesk", "GET", f"/v1/decisions/{decision['id']}?explain=text")["text"]
    assert "It is held for ben, who will be ready soon: they know the account." in text

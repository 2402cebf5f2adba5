"""The thread through the house: a ticket in, a decision out, a contact, a break, and work again."""

from __future__ import annotations

import pytest

from router.cost import TERMS
from support.world import World


def test_ticket_decision_break_and_back(world: World) -> None:
    world.agent("ana")
    world.agent("ben")
    first = world.ticket("T1", escalated=True)
    assert first["ticket"]["state"] == "assigned"
    decision = first["decision"]
    assert (decision["lane"], decision["agent_id"]) == ("agent", "ana")
    assert [each["term"] for each in decision["because"]] == [name for name, *_ in TERMS]
    assert [each["agent_id"] for each in decision["not_others"]] == ["ben"]
    assert world.ok("helpdesk", "GET", f"/v1/decisions/{decision['id']}") == decision

    world.clock.instant_s += 300
    world.happened("T1", "contact")
    world.happened("T1", "resolved")
    resting = world.ok("ana", "GET", "/v1/agents/ana/recovery")
    assert (resting["state"], resting["because"], resting["may"]) == ("break", ["escalated:T1"], ["shift"])
    assert resting["until"] == world.at(600)
    assert resting["points"] == pytest.approx(1.5, abs=1e-3)

    second = world.ticket("T2")
    assert second["decision"]["agent_id"] == "ben"
    rules = {each["agent_id"]: [rule["rule"] for rule in each["rules"]] for each in second["decision"]["not_others"]}
    assert rules == {"ana": ["on_break"]}
    assert second["decision"]["handover"]["from_agent_id"] == "ana"

    world.clock.instant_s += 601
    assert world.ok("ana", "GET", "/v1/agents/ana/recovery")["state"] == "ready"


def test_waiting_ticket_is_solved_again_when_the_break_ends(world: World) -> None:
    world.agent("ana")
    world.ticket("T1", abuse=True)
    world.happened("T1", "resolved")
    waiting = world.ticket("T2")
    assert waiting["decision"]["lane"] == "queue"
    assert waiting["decision"]["waits_for"] == {"rules": {"on_break": 1}, "next_change_at": world.at(600)}
    queue = world.ok("manager", "GET", "/v1/queue")["items"]
    assert [(each["ticket_id"], each["waits_for"]) for each in queue] == [("T2", {"on_break": 1})]

    world.clock.instant_s += 600
    world.ok("helpdesk", "PUT", "/v1/accounts/other", {})  # any request makes the dispatcher look at its clock
    assert world.ok("helpdesk", "GET", "/v1/tickets/T2")["agent_id"] == "ana"
    assert world.ok("manager", "GET", "/v1/queue")["items"] == []
    decisions = world.ok("helpdesk", "GET", "/v1/decisions?ticket_id=T2")["items"]
    assert [each["lane"] for each in decisions] == ["queue", "agent"]


def test_nobody_is_available_off_shift(world: World) -> None:
    world.agent("ana", shifts=[{"day": "mon", "start": "09:00", "end": "17:00"}])
    for after_s, on_shift in ((0, True), (5 * 3600, False)):
        world.clock.instant_s += after_s
        (ana,) = world.ok("manager", "GET", "/v1/team")["agents"]
        assert (ana["on_shift"], ana["available"], ana["status"], ana["state"]) == (on_shift, on_shift, "online", "ready")


def test_automation_first_and_a_person_when_it_fails(world: World) -> None:
    world.agent("ana")
    world.ok("manager", "PUT", "/v1/policy", {"automation": {"categories": ["password_reset"]}})
    routed = world.ticket("T1", category="password_reset")
    assert (routed["decision"]["lane"], routed["decision"]["bot"]) == ("automation", "automation")
    assert world.happened("T1", "automation_failed")["decision"]["agent_id"] == "ana"
    hot = world.ticket("T2", category="password_reset", escalated=True)
    assert hot["decision"]["lane"] == "agent"


def test_automation_that_takes_too_long_hands_over(world: World) -> None:
    world.agent("ana")
    world.ok("manager", "PUT", "/v1/policy", {"automation": {"categories": ["password_reset"], "timeout_s": 60}})
    world.ticket("T1", category="password_reset")
    world.clock.instant_s += 61
    world.ok("helpdesk", "PUT", "/v1/accounts/other", {})
    assert world.ok("helpdesk", "GET", "/v1/tickets/T1")["agent_id"] == "ana"


def test_bulk_is_one_batch_and_a_bad_item_spoils_no_other(world: World) -> None:
    world.agent("ana")
    world.agent("ben")
    good = [{"id": f"T{n}", "account_id": "acme", "subject": "s", "created_at": world.at()} for n in range(4)]
    bad = [{"id": "T9"}, {**good[0], "id": "T10", "created_at": world.at(3600)}, "no object"]
    items = world.ok("helpdesk", "POST", "/v1/tickets/bulk", {"tickets": [*good[:2], *bad, *good[2:]]})["items"]
    assert [each["status"] for each in items] == [201, 201, 422, 422, 422, 201, 201]
    assert items[3]["problem"]["errors"][0]["pointer"] == "/created_at"
    assert {each["pointer"] for each in items[2]["problem"]["errors"]} == {"/account_id", "/subject", "/created_at"}
    decided = [each["decision"] for each in items if each["status"] == 201]
    assert len({each["revision"] for each in decided}) == 1
    assert sorted(each["agent_id"] for each in decided) == ["ana", "ana", "ben", "ben"]


def test_override_is_done_counted_and_warned_about(world: World) -> None:
    world.agent("ana")
    world.agent("ben")
    world.ticket("T1")
    answer = world.ok("manager", "POST", "/v1/tickets/T1/override", {"agent_id": "ben", "reason": "asked for"})
    assert answer["ticket"]["agent_id"] == "ben"
    assert answer["warnings"]
    world.happened("T1", "escalated")
    world.happened("T1", "contact")
    assert world.ok("ben", "GET", "/v1/agents/ben/recovery")["state"] == "break"
    assert world("manager", "POST", "/v1/tickets/T9/override", {"agent_id": "ben", "reason": "x"}).status_code == 404


def test_exclusion_keeps_an_account_from_an_agent_until_it_expires(world: World) -> None:
    world.agent("ana")
    world.ok("helpdesk", "PUT", "/v1/accounts/acme", {"arr": 60000, "renewal_date": "2026-12-01"})
    world.ok("ana", "PUT", "/v1/exclusions/ana/acme", {"reason": "agreed", "expires_at": world.at(3600)})
    assert world.ticket("T1")["decision"]["waits_for"]["rules"] == {"excluded": 1}
    world.clock.instant_s += 3601
    assert world.ticket("T2")["ticket"]["agent_id"] == "ana"
    assert world.ok("helpdesk", "GET", "/v1/tickets/T1")["agent_id"] == "ana"


def test_reopened_ticket_is_a_new_decision(world: World) -> None:
    world.agent("ana")
    world.agent("ben")
    world.ticket("T1")
    world.happened("T1", "resolved")
    world.ok("helpdesk", "POST", "/v1/agents/ana/status", {"status": "offline"})
    again = world.happened("T1", "reopened")
    assert (again["ticket"]["reopened_count"], again["ticket"]["agent_id"]) == (1, "ben")


def test_decision_in_sentences(world: World) -> None:
    world.agent("ana")
    world.agent("ben", skills={"billing": 3})
    decision = world.ticket("T1", skills=["billing"])["decision"]
    text = world.ok("manager", "GET", f"/v1/decisions/{decision['id']}?explain=text")["text"]
    assert text[0] == "Ticket T1 goes to ben."
    assert "Not ana: has too low a level in a skill that the ticket needs (billing 0, asked 1)." in text


def test_policy_versions_and_optimistic_put(world: World) -> None:
    before = world.ok("manager", "GET", "/v1/policy")
    assert before["version"] == 0
    changed = world.ok("manager", "PUT", "/v1/policy", before | {"rotation_after_escalations": 3})
    assert (changed["version"], changed["rotation_after_escalations"]) == (1, 3)
    assert world("manager", "PUT", "/v1/policy", before).status_code == 409
    short = world.ok("manager", "PUT", "/v1/policy", {"break_min_s": 300, "break_max_s": 300})
    assert len(short["warnings"]) == 2
    versions = world.ok("manager", "GET", "/v1/policy/versions")["items"]
    assert [each["version"] for each in versions] == [1, 2]
    world.agent("ana")
    alone = world.ok("manager", "PUT", "/v1/policy", {"coverage_floor": 5})
    assert alone["warnings"] == ["coverage_floor is 5, and the team has fewer others: breaks there always wait the whole 600 s"]
    assert world.ok("manager", "GET", "/v1/policy") == alone
    wrong = world("manager", "PUT", "/v1/policy", {"break_min_s": 9999, "nonsense": 1, "fatigue": {"carried_share": 7}})
    assert wrong.status_code == 422
    assert [each["pointer"] for each in wrong.json()["errors"]] == ["/break_min_s", "/nonsense", "/fatigue/carried_share"]


def test_lists_page_by_cursor(world: World) -> None:
    world.agent("ana", concurrency={"email": 50})
    for number in range(5):
        world.ticket(f"T{number}")
    for path in ("/v1/tickets", "/v1/decisions"):
        seen, after = [], ""
        while after is not None:
            page = world.ok("helpdesk", "GET", f"{path}?limit=2&after={after}")
            seen += [each["id"] for each in page["items"]]
            after = page["next"]
        assert len(seen) == len(set(seen)) == 5
    assert [each["id"] for each in world.ok("helpdesk", "GET", "/v1/tickets?state=assigned")["items"]] == [f"T{n}" for n in range(5)]
    assert world.ok("helpdesk", "GET", "/v1/tickets?state=waiting")["items"] == []
    for path in ("decisions", "simulations", "policy/versions"):  # the ids of others have no form of their own
        refused = world("manager", "GET", f"/v1/{path}?after=zzzz")
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/query/after"), path

"""Feedback through the API on either database: kept once, seen by the agent whom it is about, told to managers over many people alone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from support.world import World

WEEK_S = 7 * 86_400.0
REVIEW = {"acknowledged": 3, "listened": 2, "clear": 3, "owned": 1}


def said(world: World, feedback_id: str, ticket_id: str, **more: Any) -> Any:
    return world("helpdesk", "POST", "/v1/feedback", {"id": feedback_id, "ticket_id": ticket_id} | more)


def test_feedback_is_about_whoever_had_the_last_contact(world: World) -> None:
    world.agent("ana")
    world.agent("ben")
    world.ticket("T1")
    assert said(world, "F0", "T1", felt_understood=5).json()["agent_id"] == "ana"  # who has it
    world.happened("T1", "contact", agent_id="ana")
    at_first = world.at()
    world.clock.instant_s += 600
    world.happened("T1", "reassigned", agent_id="ben")
    world.happened("T1", "contact", agent_id="ben")
    answer = said(world, "F1", "T1", felt_understood=9, review=REVIEW)
    assert (answer.status_code, answer.json()["agent_id"], answer.json()["review"]) == (201, "ben", REVIEW)
    assert said(world, "F2", "T1", felt_understood=3, occurred_at=at_first).json()["agent_id"] == "ana"
    assert said(world, "F3", "T1", praise="Thank you, Ana", agent_id="ana").json()["agent_id"] == "ana"


def test_a_repeat_changes_nothing_and_other_content_is_refused(world: World) -> None:
    world.agent("ana")
    world.ticket("T1")
    first = said(world, "F1", "T1", felt_understood=9)
    again = said(world, "F1", "T1", felt_understood=9)
    assert (first.status_code, again.status_code, first.json()) == (201, 200, again.json())
    assert said(world, "F1", "T1", felt_understood=8).status_code == 409
    keyed = [
        world("helpdesk", "POST", "/v1/feedback", {"id": "F2", "ticket_id": "T1", "felt_understood": 1}, Idempotency_Key="k") for _ in "ab"
    ]
    assert [each.status_code for each in keyed] == [201, 201]  # the first answer, whole
    assert world("helpdesk", "POST", "/v1/feedback", {"id": "F3", "ticket_id": "T1", "praise": "x"}, Idempotency_Key="k").status_code == 422
    assert len(world.ok("ana", "GET", "/v1/agents/ana/export")["feedback"]) == 2


@pytest.mark.parametrize(
    ("more", "status", "pointer"),
    [
        ({}, 422, ""),
        ({"felt_understood": 0}, 422, "/felt_understood"),
        ({"felt_understood": 11}, 422, "/felt_understood"),
        ({"review": REVIEW | {"clear": 4}}, 422, "/review/clear"),
        ({"review": {"clear": 3}}, 422, "/review/acknowledged"),
        ({"felt_understood": 5, "ticket_id": "nothing"}, 404, "/ticket_id"),
        ({"felt_understood": 5, "agent_id": "nobody"}, 404, "/agent_id"),
        ({"felt_understood": 5, "occurred_at": "2199-01-01T00:00:00Z"}, 422, "/occurred_at"),
    ],
)
def test_what_is_refused(world: World, more: dict[str, Any], status: int, pointer: str) -> None:
    world.agent("ana")
    world.ticket("T1")
    answer = world("helpdesk", "POST", "/v1/feedback", {"id": "F1", "ticket_id": "T1"} | more)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (status, pointer)


def test_thanks_are_kept_and_shown_to_the_agent_alone(world: World) -> None:
    world.agent("ana")
    world.ticket("T1")
    said(world, "F1", "T1", felt_understood=4)
    said(world, "F2", "T1", felt_understood=10)
    world.clock.instant_s += 60
    said(world, "F3", "T1", praise="You saved our <launch>")
    shown = world.ok("ana", "GET", "/v1/agents/ana/statement?explain=text")
    assert [(each["felt_understood"], each["praise"]) for each in shown["wins"]] == [(None, "You saved our <launch>"), (10, None)]
    assert "A customer of ticket T1, Mon 02 Mar, felt understood: 10 of 10" in shown["text"]
    assert len(world.ok("ana", "GET", "/v1/agents/ana/export")["feedback"]) == 3
    page = world("ana", "GET", "/me/statement", cookie=f"respite_agent={world.keys['ana']}").text
    assert "You saved our &lt;launch&gt;" in page
    for who in ("manager", "helpdesk"):
        for path in ("/v1/agents/ana/recovery", "/v1/team", "/v1/tickets/T1", "/v1/reports/feedback"):
            answer = world(who, "GET", path)
            assert "launch" not in answer.text


def test_managers_read_of_ten_people_and_of_whole_weeks(world: World) -> None:
    for number in range(10):
        world.agent(f"agent{number}")
        world.ticket(f"T{number}", account_id=f"account{number}")
        assert said(world, f"F{number}", f"T{number}", agent_id=f"agent{number}", felt_understood=8, review=REVIEW).status_code == 201
    said(world, "more", "T0", agent_id="agent0", felt_understood=4)
    assert world.ok("manager", "GET", "/v1/reports/feedback")["felt_understood"]["team"] is None  # until the week is over
    world.clock.instant_s += WEEK_S
    found = world.ok("manager", "GET", "/v1/reports/feedback")
    assert found["people_at_least"] == 10
    assert found["felt_understood"]["team"] == {
        "people": 10,
        "answers": 11,
        "mean": 7.8,
        "interval": [7.35, 8.25],
        "quartiles": [8.0, 8.0, 8.0],
    }
    assert [each["people"] for each in found["felt_understood"]["groups"]] == [10]
    assert {name: found[name]["team"]["mean"] for name in REVIEW} == {name: float(score) for name, score in REVIEW.items()}
    assert "agent0" not in json.dumps(found)
    said(world, "late", "T1", agent_id="agent1", felt_understood=1, occurred_at=world.at(-WEEK_S + 1))
    assert world.ok("manager", "GET", "/v1/reports/feedback") == found  # late news counts when it came in
    world.ok("manager", "PUT", "/v1/policy", {"aggregate_min_group": 11})
    assert world.ok("manager", "GET", "/v1/reports/feedback")["owned"] == {"team": None, "groups": [], "people_in_groups_not_shown": None}


def test_feedback_on_automation_is_about_nobody(world: World) -> None:
    world.ok("manager", "PUT", "/v1/policy", {"automation": {"categories": ["reset"]}})
    world.agent("ana")
    world.ticket("T1", category="reset")
    world.happened("T1", "automation_resolved")
    assert said(world, "F1", "T1", felt_understood=10).json()["agent_id"] is None
    assert world.ok("ana", "GET", "/v1/agents/ana/statement")["wins"] == []

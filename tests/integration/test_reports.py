"""What managers read of the whole team, through the API on either database: a policy previewed, shadow mode, equity."""

from __future__ import annotations

import json
import re

import pytest
from typer.testing import CliRunner

from api.cli import app
from support.world import World

DAY_S = 86_400.0
LOYAL = {"weights": {"continuity": 1000}}
PERSONAL = re.compile(r'"points"|"line"|acute|exposure')


def escalation(world: World, ticket_id: str) -> None:
    world.ticket(ticket_id, escalated=True)
    world.happened(ticket_id, "contact")
    world.happened(ticket_id, "resolved")
    world.clock.instant_s += DAY_S


def rotated(world: World) -> World:
    for agent_id in ("ana", "ben"):
        world.agent(agent_id)
    world.ok("manager", "PUT", "/v1/policy", LOYAL)
    for number in range(3):
        escalation(world, f"T{number}")
    return world


def test_a_draft_policy_is_tried_on_the_last_days(world: World) -> None:
    rotated(world)
    before = world.ok("manager", "GET", "/v1/policy")
    same = world.ok("manager", "POST", "/v1/policy/preview", {"policy": before})
    assert (same["tickets"], same["changed"], same["changes"]) == (3, 0, [])
    found = world.ok("manager", "POST", "/v1/policy/preview", {"policy": LOYAL | {"rotation_after_escalations": 2}, "days": 7})
    assert (found["before"]["outcome"]["longest_run"], found["after"]["outcome"]["longest_run"]) == (3, 2)
    change = found["changes"][-1]
    assert (change["ticket_id"], change["before"], change["rules"]) == ("T2", {"lane": "agent", "agent_id": "ana"}, ["rotation"])
    assert found["after"]["outcome"]["points_gini"] is None  # of two people
    assert not PERSONAL.search(json.dumps(found))
    assert world.ok("manager", "POST", "/v1/policy/preview", {"policy": {}, "days": 1})["tickets"] == 1
    assert world.ok("manager", "GET", "/v1/policy") == before


def test_a_draft_with_mistakes_is_refused_whole(world: World) -> None:
    response = world("manager", "POST", "/v1/policy/preview", {"policy": {"rotation_after_escalations": 0, "nothing": 1}})
    assert response.status_code == 422
    assert {each["pointer"] for each in response.json()["errors"]} == {"/rotation_after_escalations", "/nothing"}
    assert world("manager", "POST", "/v1/policy/preview", {"policy": {}, "days": 29}).status_code == 422


def test_beside_an_existing_router(world: World) -> None:
    for agent_id in ("ana", "ben"):
        world.agent(agent_id)
    world.ok("manager", "PUT", "/v1/policy", {"shadow": 1})
    answer = world.ticket("T1")
    assert (answer["decision"]["shadow"], answer["decision"]["agent_id"], answer["ticket"]["state"]) == (True, "ana", "waiting")
    world.happened("T1", "reassigned", agent_id="ben")
    world.ok("helpdesk", "POST", "/v1/agents/ben/status", {"status": "away"})
    world.ticket("T2")
    world.happened("T2", "reassigned", agent_id="ben")
    world.ticket("T3")
    found = world.ok("manager", "GET", "/v1/reports/shadow")
    assert (found["compared"], found["same"], found["open"], found["rules_broken"]) == (2, 0, 1, {"offline": 1})
    assert [(each["ticket_id"], each["ours"]["agent_id"], each["theirs"]) for each in found["differences"]] == [
        ("T1", "ana", "ben"),
        ("T2", "ana", "ben"),
    ]
    assert not PERSONAL.search(json.dumps(found))


def test_equity_is_told_of_ten_people_and_whole_weeks(world: World) -> None:
    for number in range(10):
        world.agent(f"agent{number}")
        world.ticket(f"T{number}", escalated=True, account_id=f"account{number}")
        world.happened(f"T{number}", "resolved", agent_id=f"agent{number}")
    assert world.ok("manager", "GET", "/v1/reports/equity")["team"] is None
    world.clock.instant_s += 7 * DAY_S
    found = world.ok("manager", "GET", "/v1/reports/equity")
    assert found["team"]["people"] == 10
    assert found["team"]["points"] == {"mean": 1.5, "quartiles": [1.5, 1.5, 1.5], "gini": pytest.approx(0.0)}
    assert found["team"]["breaks_owed"]["mean"] == found["team"]["breaks_taken"]["mean"] == 1
    assert "agent0" not in json.dumps(found)


def test_what_automation_did_and_what_it_left_to_people(world: World) -> None:
    lane = {"categories": ["reset"], "draft_categories": ["bug"]}
    world.ok("manager", "PUT", "/v1/policy", {"automation": lane})
    for number in range(10):
        world.agent(f"agent{number}")
        world.ticket(f"T{number}", escalated=True, account_id=f"account{number}", category="bug")
        world.happened(f"T{number}", "resolved", agent_id=f"agent{number}")
    world.agent("late")  # the others are on their breaks
    drafted = world.ticket("D", account_id="drafted", category="bug")["decision"]
    assert (drafted["draft"], drafted["costs_usd"]) == (True, {"automation": 0.0, "draft": 0.25})
    for ticket_id, end in (("A", "automation_resolved"), ("B", "automation_resolved"), ("C", "automation_failed")):
        answer = world.ticket(ticket_id, account_id=ticket_id, category="reset")
        assert answer["decision"]["costs_usd"] == {"automation": 0.5, "draft": 0.0}
        world.happened(ticket_id, end)
    assert world.ok("manager", "GET", "/v1/reports/automation")["concentration"] is None  # until the week is over
    world.clock.instant_s += 7 * DAY_S
    found = world.ok("manager", "GET", "/v1/reports/automation")
    assert found["bots"] == [
        {
            "bot": "automation",
            "category": "reset",
            "tried": 3,
            "resolved": 2,
            "failed": 1,
            "mean": 0.739,
            "bound": 0.619,
            "state": "open",
            "cost_usd": 1.0,
        }
    ]
    assert found["drafts"] == {"made": 1, "cost_usd": 0.25}
    rest = found["concentration"]
    assert (rest["contacts"], rest["mean_points"], rest["resolved_by_automation"]) == (10, 1.5, 2)
    assert rest["mean_points_of_all"] == pytest.approx((10 * 1.5 + 2 * 0.03) / 12, abs=0.001)
    assert "agent0" not in json.dumps(found)


def test_a_ticket_that_came_back_tells_who_reads_what(world: World) -> None:
    """The load of a team, which may be one person, is for the helpdesk; what was found of the ticket is for all."""
    under_load = {"categories": ["bill"], "from_load": 5}
    world.ok("manager", "PUT", "/v1/policy", {"automation": {"categories": ["reset"], "under_load": under_load}})
    world.agent("ana")
    came_back, by_load = world.ticket("A", category="reset"), world.ticket("B", category="bill")
    assert by_load["decision"]["not_automation"] == [{"rule": "team_load", "actual": 0.0, "limit": 5}]
    for who in ("manager", "ana"):
        seen = world.ok(who, "GET", f"/v1/decisions/{by_load['decision']['id']}?explain=text")
        assert seen["not_automation"] == [{"rule": "team_load", "actual": None, "limit": 5}]
        assert "Not for automation: its category is open only while the team's load is high (from 5.0 of the line)." in seen["text"]
    world.clock.instant_s += 60
    now = world.happened("A", "automation_failed")["decision"]
    history = [{"bot": "automation", "since": came_back["decision"]["decided_at"], "until": world.at(), "outcome": "failed"}]
    assert (now["agent_id"], now["automation_history"]) == ("ana", history)
    assert now["not_automation"] == [{"rule": "bounced", "actual": "came back", "limit": "not tried before"}]


def test_the_same_on_the_command_line(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    rotated(world)
    monkeypatch.setenv("RESPITE_DATABASE_URL", world.services.settings.database_url)
    draft = str(tmp_path / "draft.json")  # type: ignore[operator]
    with open(draft, "w", encoding="utf-8") as file:
        json.dump({"rotation_after_escalations": 2}, file)
    run = CliRunner().invoke(app, ["policy", "preview", draft, "--json"])
    assert (run.exit_code, json.loads(run.stdout)["tickets"]) == (0, 0)  # by the wall clock these days are long past
    assert "0 tickets that both routers decided" in CliRunner().invoke(app, ["shadow"]).stdout
    assert "Too few people" in CliRunner().invoke(app, ["audit"]).stdout
    assert CliRunner().invoke(app, ["audit", "--team", "nobody"]).exit_code == 2
    with open(draft, "w", encoding="utf-8") as file:
        json.dump({"rotation_after_escalations": 0}, file)
    assert CliRunner().invoke(app, ["policy", "preview", draft]).exit_code == 2

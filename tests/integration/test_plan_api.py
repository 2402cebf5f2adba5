"""The plan in the live service: drawn up beside the writer, dropped when stale, shown to each as far as it is theirs to see."""

from __future__ import annotations

import threading
import time

import pytest

from api.planner import STALE_S, Planner
from api.settings import DEFAULT_TEAM
from support.stepped_clock import SteppedClock
from support.world import World

DAY = [{"day": day, "start": "10:00", "end": "19:00"} for day in ("mon", "tue")]
LONG_S = 60.0  # on a busy machine
TIGHT = {"fatigue": {"ordinary_points": 0.1, "line_points": 0.25}}


def planner(world: World) -> Planner:
    found: Planner = world.services.planner
    return found


def plan(world: World) -> str:
    drawn = planner(world).draw_up(DEFAULT_TEAM)
    assert drawn is not None
    return planner(world).put(drawn).result().body


@pytest.fixture
def team(world: World) -> World:
    """It is noon: ana's lunch may begin at one, ben has had three contacts and is above his line."""
    world.ok("manager", "PUT", "/v1/policy", TIGHT)
    world.agent("ben")
    for number in range(3):
        world.ticket(f"T{number}")
        world.happened(f"T{number}", "resolved")
    world.agent("ana", shifts=DAY)
    return world


def seen(world: World, who: str) -> list[tuple[str, str, str]]:
    return [(each["agent_id"], each["what"], each["from"]) for each in world.ok(who, "GET", "/v1/plan")["entries"]]


def test_everybody_sees_what_is_theirs_to_see(team: World) -> None:
    assert team.ok("manager", "GET", "/v1/plan") == {"now": team.at(), "from": None, "until": None, "slot_s": None, "entries": []}
    assert plan(team) == "1"
    soon, one = team.at(300), team.at(3600)
    assert seen(team, "manager") == seen(team, "helpdesk") == seen(team, "ana") == [("ana", "lunch", one)]
    assert [each[:2] for each in seen(team, "ben")] == [("ben", "expected")]
    view = team.ok("manager", "GET", "/v1/plan")
    assert (view["from"], view["until"], view["slot_s"]) == (soon, team.at(300 + 10_800), 300)
    assert (view["status"], view["gap"]) == ("optimal", 0.0)
    assert not {"coverage", "status", "gap"} & team.ok("ben", "GET", "/v1/plan").keys()
    assert "ben" not in str(view)
    assert all(each["there"][20:] == [2] * 16 for each in view["coverage"])
    assert team("admin", "GET", "/v1/plan").status_code == 403


def test_an_agent_reads_when_the_next_break_is(team: World) -> None:
    assert team.ok("ana", "GET", "/v1/agents/ana/recovery")["next_break_at"] is None
    plan(team)
    assert team.ok("ana", "GET", "/v1/agents/ana/recovery")["next_break_at"] == team.at(3600)
    for who in ("helpdesk", "manager"):
        assert "next_break_at" not in team.ok(who, "GET", "/v1/agents/ana/recovery")
    assert next_break_on_page(team, "ana") == team.at(3600)


def next_break_on_page(world: World, agent_id: str) -> str:
    page = world(agent_id, "GET", "/me")
    assert "Next break" in page.text
    after: str = page.text.split("Next break")[1].split('datetime="')[1].split('"')[0]
    return after


def test_a_plan_that_has_gone_stale_is_dropped(team: World) -> None:
    drawn = planner(team).draw_up(DEFAULT_TEAM)
    assert drawn is not None
    team.ok("manager", "PUT", "/v1/policy", TIGHT | {"plan": {"lunch_s": 3600}})
    assert planner(team).put(drawn).result().body == "0"
    late = planner(team).draw_up(DEFAULT_TEAM)
    assert late is not None
    team.clock.instant_s += STALE_S + 1
    assert planner(team).put(late).result().body == "0"
    assert seen(team, "manager") == []
    first, second = planner(team).draw_up(DEFAULT_TEAM), None
    assert first is None  # nothing has changed since it looked
    team.agent("cem")
    first = planner(team).draw_up(DEFAULT_TEAM)
    team.agent("dan")
    second = planner(team).draw_up(DEFAULT_TEAM)
    assert first is not None
    assert second is not None
    assert [planner(team).put(each).result().body for each in (first, second)] == ["1", "0"]


def test_the_same_plan_is_not_put_twice_and_its_own_change_is_none(team: World) -> None:
    plan(team)
    assert planner(team).draw_up(DEFAULT_TEAM) is None
    team.ticket("T9", escalated=True)
    assert planner(team).draw_up(DEFAULT_TEAM) is None


def test_where_nothing_is_to_be_planned_nothing_is(world: World) -> None:
    world.agent("ana")
    assert planner(world).draw_up(DEFAULT_TEAM) is None
    world.agent("ana", shifts=DAY)
    world.ok("manager", "PUT", "/v1/policy", {"plan": {"horizon_s": 0}})
    assert planner(world).draw_up(DEFAULT_TEAM) is None


def test_a_manager_does_not_see_what_the_plan_makes_dear(team: World) -> None:
    plan(team)
    decision_id = team.ticket("T9")["decision"]["id"]
    costs = {}
    for who in ("helpdesk", "manager"):
        because = team.ok(who, "GET", f"/v1/decisions/{decision_id}")["because"]
        costs[who] = {each["term"]: each["cost"] for each in because}["plan"]
    assert isinstance(costs["helpdesk"], int)
    assert costs["manager"] is None


class HurryingClock(SteppedClock):
    """Waiting on it takes no time to speak of."""

    def real_s(self, span_s: float) -> float:
        return 0.01


def test_the_planner_plans_by_itself(team: World) -> None:
    hurrying = Planner(team.services.dispatcher, HurryingClock(team.clock.instant_s))
    changed = threading.Event()
    team.services.dispatcher.on_change.append(lambda _: changed.set())
    hurrying.start()
    team.agent("eva", shifts=DAY)
    until_s = time.monotonic() + LONG_S
    while not seen(team, "eva") and time.monotonic() < until_s:
        changed.wait(0.1)
        changed.clear()
    hurrying.close()
    assert [each[1] for each in seen(team, "eva")] == ["lunch"]


def test_what_comes_in_while_a_plan_is_drawn_up_is_planned_for(team: World) -> None:
    """The plan goes into the log after a change that it knows nothing of: the next look plans again."""
    drawn = planner(team).draw_up(DEFAULT_TEAM)
    assert drawn is not None
    team.agent("eva", shifts=DAY)
    assert planner(team).put(drawn).result().body == "1"
    assert seen(team, "eva") == []
    plan(team)
    assert [each[1] for each in seen(team, "eva")] == ["lunch"]
    assert planner(team).draw_up(DEFAULT_TEAM) is None, "its own change is no reason"

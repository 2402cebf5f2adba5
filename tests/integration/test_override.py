"""A manager's word against the policy's: done, warned about with the rules that it breaks, counted, logged, and replayed."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa
from prometheus_client.parser import text_string_to_metric_families
from typer.testing import CliRunner

from api.cli import app
from api.clock import Clock
from api.json_text import to_json
from api.retention import Retention
from api.settings import DEFAULT_TEAM, Settings
from api.store.repository import Repository
from api.store.tables import events, past_events
from router.events import ExclusionPut, Overridden, decode
from router.evolve import evolve
from router.replay import replay
from router.state import TeamState
from support.stepped_clock import SteppedClock
from support.world import World
from support.world import world as make_world

DAY_S = 86_400.0
COUNTED = "the ledger counts the ticket all the same"


def override(world: World, ticket_id: str, agent_id: str) -> dict[str, Any]:
    answer: dict[str, Any] = world.ok("manager", "POST", f"/v1/tickets/{ticket_id}/override", {"agent_id": agent_id, "reason": "SECRET"})
    return answer


def counted(world: World) -> dict[str, float]:
    """What `/metrics` says of overrides, by rule."""
    families = text_string_to_metric_families(world("admin", "GET", "/metrics").text)
    found = (each for family in families for each in family.samples if each.name == "respite_overrides_total")
    return {each.labels["rule"]: each.value for each in found}


def reported(world: World, days: int = 7) -> dict[str, Any]:
    found: dict[str, Any] = world.ok("manager", "GET", f"/v1/reports/shadow?days={days}")["overrides"]
    return found


def logged(world: World) -> list[Overridden]:
    with world.services.engine.connect() as connection:
        return [each for each in Repository(connection).log(DEFAULT_TEAM) if isinstance(each, Overridden)]


def test_override_is_done_counted_and_warned_about(world: World) -> None:
    for agent_id in ("ana", "ben", "cleo"):
        world.agent(agent_id)
    world.ticket("T1")
    within = override(world, "T1", "ben")
    assert within["ticket"]["agent_id"] == "ben"
    assert (within["rules_broken"], within["warnings"]) == ([], [COUNTED])

    world.happened("T1", "escalated")
    world.happened("T1", "contact")
    assert world.ok("ben", "GET", "/v1/agents/ben/recovery")["state"] == "break"  # the ledger counted it
    world.ok("helpdesk", "POST", "/v1/agents/ana/status", {"status": "offline"})
    world.ticket("T2", skills=["billing"])
    resting, away = override(world, "T2", "ben"), override(world, "T2", "ana")
    assert (resting["ticket"]["agent_id"], away["ticket"]["agent_id"]) == ("ben", "ana")
    assert (resting["rules_broken"], away["rules_broken"]) == (["on_break", "skill"], ["offline", "skill"])
    assert resting["warnings"] == ["this breaks 2 of the policy's hard rules: on_break, skill", COUNTED]
    assert away["warnings"] == ["this breaks 2 of the policy's hard rules: offline, skill", COUNTED]

    assert reported(world) == {
        "count": 3,
        "within_rules": 1,
        "not_known": 0,
        "rules_broken": {"skill": 2, "offline": 1, "on_break": 1},
    }
    assert counted(world) == {"none": 1, "personal": 1, "offline": 1, "skill": 2}  # of three people no rest by name
    assert [(each.agent_id, each.reason, each.rules) for each in logged(world)] == [
        ("ben", "SECRET", ()),
        ("ben", "SECRET", ("on_break", "skill")),
        ("ana", "SECRET", ("offline", "skill")),
    ]


def test_what_is_refused_counts_nothing_and_a_repeat_only_once(world: World) -> None:
    world.agent("ana")
    world.agent("ben")
    world.ticket("T1")
    world.ticket("T2")
    world.happened("T2", "resolved")
    body = {"agent_id": "ben", "reason": "x"}
    assert world("manager", "POST", "/v1/tickets/T9/override", body).status_code == 404
    assert world("manager", "POST", "/v1/tickets/T1/override", body | {"agent_id": "nobody"}).status_code == 404
    assert world("manager", "POST", "/v1/tickets/T2/override", body).status_code == 409
    assert (reported(world)["count"], counted(world)) == (0, {})
    first, again = (world("manager", "POST", "/v1/tickets/T1/override", body, Idempotency_Key="once") for _ in range(2))
    assert first.json() == again.json()
    assert (reported(world)["count"], counted(world)) == (1, {"none": 1})


def test_who_has_a_ticket_may_keep_it(world: World) -> None:
    """What they hold does not count against them: neither the only place of theirs, nor that it is hot."""
    world.agent("ana", concurrency={"email": 1, "chat": 1, "phone": 1})
    world.ticket("T1", escalated=True)
    world.ticket("T2")
    assert override(world, "T1", "ana")["rules_broken"] == []
    assert override(world, "T2", "ana")["rules_broken"] == ["concurrency", "one_hot"]


def test_of_enough_people_each_rule_is_counted_by_name(world: World) -> None:
    for number in range(10):
        world.agent(f"agent{number}")
    world.ticket("T1", escalated=True)
    holder = world.ok("helpdesk", "GET", "/v1/tickets/T1")["agent_id"]
    world.happened("T1", "resolved")
    world.ticket("T2")
    override(world, "T2", holder)
    assert counted(world) == {"on_break": 1}


def test_a_manager_is_told_of_a_debrief_as_of_ramp_in(world: World) -> None:
    debrief_id = world.debrief_asked()
    for agent_id in ("ana", "ben"):
        world.ok(agent_id, "POST", f"/v1/agents/{agent_id}/debriefs/{debrief_id}", {"answer": "accept"})
    world.ticket("T2", account_id="other")
    told = override(world, "T2", "ben")
    assert told["rules_broken"] == ["ramp_in"]
    assert "debrief" not in json.dumps([told, reported(world), counted(world)])
    assert logged(world)[0].rules == ("debrief",)


def test_nothing_of_it_tells_a_number_a_person_or_the_reason(world: World) -> None:
    world.agent("ana")
    world.agent("ben")
    world.ok("manager", "PUT", "/v1/policy", {"fatigue": {"escalated_points": 2.5}})
    world.ticket("T1", escalated=True)
    holder = world.ok("helpdesk", "GET", "/v1/tickets/T1")["agent_id"]
    world.happened("T1", "resolved")
    world.ticket("T2", account_id="other", escalated=True)
    told = override(world, "T2", holder)
    assert told["rules_broken"] == ["on_break", "light_duty", "load_bound"]
    assert told["warnings"][0] == "this breaks 3 of the policy's hard rules: on_break, light_duty, load_bound"
    shown = json.dumps([reported(world), counted(world)])
    assert not [each for each in ("SECRET", "ana", "ben") if each in shown]


def test_replay_stays_exact(world: World) -> None:
    world.agent("ana")
    world.agent("ben")
    world.ticket("T1", escalated=True)
    world.ticket("T2")
    override(world, "T1", "ben")
    override(world, "T2", "ana")
    world.happened("T1", "resolved")
    world.ticket("T3")
    with world.services.engine.connect() as connection:
        done = replay(TeamState(), Repository(connection).log(DEFAULT_TEAM))
    assert (done.count, done.differences) == (3, ())


def test_the_command_tells_the_same(upgraded_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESPITE_DATABASE_URL", upgraded_url)
    with make_world(upgraded_url, SteppedClock(Clock().now_s())) as world:
        world.agent("ana")
        world.agent("ben")
        for number in range(2):
            world.ticket(f"T{number}", escalated=True)
        override(world, "T1", "ana")
        override(world, "T1", "ben")
        assert json.loads(CliRunner().invoke(app, ["shadow", "--json"]).stdout)["overrides"] == reported(world)
    told = CliRunner().invoke(app, ["shadow"]).stdout
    assert told.endswith("managers gave out 2, 1 of them within the rules\n  1 against the rule one_hot\n")


def test_one_of_an_older_log_is_counted_and_its_rules_are_not_known(world: World) -> None:
    world.agent("ana")
    world.agent("ben")
    world.ticket("T1")
    override(world, "T1", "ben")
    with world.services.engine.begin() as connection:
        row = sa.and_(events.c.team == DEFAULT_TEAM, events.c.kind == "overridden")
        body = json.loads(connection.execute(sa.select(events.c.body).where(row)).scalar_one())
        assert body.pop("rules") == []
        connection.execute(sa.update(events).where(row).values(body=to_json(body)))
    assert decode("overridden", body) == Overridden(body["at_s"], "T1", "ben", "SECRET", None)
    assert reported(world) == {"count": 1, "within_rules": 0, "not_known": 1, "rules_broken": {}}


def test_it_is_counted_when_its_part_of_the_log_has_been_retired(world: World) -> None:
    world.agent("ana")
    world.agent("ben")
    world.ticket("T1")
    world.ok("helpdesk", "POST", "/v1/agents/ben/status", {"status": "away"})
    override(world, "T1", "ben")
    before = reported(world)
    world.clock.instant_s += 70 * DAY_S
    world.ok("helpdesk", "PUT", "/v1/accounts/other", {})
    settings = Settings(database_url=world.services.settings.database_url, points_days=60)
    Retention(world.services.engine, settings, world.clock, world.services.dispatcher.writing).enforce(DEFAULT_TEAM)
    with world.services.engine.connect() as connection:
        kept = sa.select(past_events.c.kind).where(past_events.c.team == DEFAULT_TEAM, past_events.c.kind == "overridden")
        assert connection.execute(kept).scalars().all() == ["overridden"]
    assert (reported(world)["count"], reported(world, days=80)) == (0, before)


def test_where_no_rule_can_be_asked_a_person_can_still_give_tickets_out(world: World) -> None:
    world.agent("ana")
    world.ok("helpdesk", "PUT", "/v1/accounts/acme", {})
    spoilt = ExclusionPut(world.clock.now_s(), "nobody", "acme", "as no request could put it into the log")
    with world.services.engine.begin() as connection:
        repository = Repository(connection)
        state = repository.load(DEFAULT_TEAM)
        repository.save(DEFAULT_TEAM, state.revision, [spoilt], evolve(state, spoilt), (), (), ())
    assert world.ticket("T1")["ticket"]["state"] == "waiting"
    told = override(world, "T1", "ana")
    assert (told["ticket"]["agent_id"], told["rules_broken"]) == ("ana", None)
    assert told["warnings"] == ["which hard rules this breaks can't be told now", COUNTED]
    assert (counted(world), reported(world)["not_known"]) == ({"unknown": 1}, 1)

"""What somebody with a valid key may try: a manager who wants numbers of a person, a key of another team or role, a copied answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from api.routes.recovery import current
from api.shown.reports import preview_of
from api.store import keys
from api.store.repository import Repository
from api.store.tables import answers
from router.policy import Policy
from support.world import World
from support.world import world as make_world

WEEK_S = 7 * 86_400.0
IN_FORCE = Policy().as_mapping()
NUMBER = re.compile(r"\d+\.\d{3,}")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with make_world(f"sqlite:///{tmp_path / 'respite.db'}") as made:
        yield made


def busy(world: World) -> None:
    """Ana above the line after an odd history, Ben fresh, a ticket that waits, a policy that has been changed once."""
    world.ok("manager", "PUT", "/v1/policy", {"fatigue": {"break_trigger_ratio": 9, "load_bound_ratio": 18}})
    for agent_id in ("ana", "ben"):
        world.agent(agent_id, skills={"export": 3})
    world.ok("helpdesk", "POST", "/v1/agents/ben/status", {"status": "away"})
    for number, facts in enumerate(({"abuse": True}, {"reopened_count": 2}, {})):
        world.ticket(f"T{number}", account_id=f"account{number}", **facts)
        world.happened(f"T{number}", "contact", agent_id="ana")
        world.happened(f"T{number}", "resolved")
        world.clock.instant_s += 333.3
    world.ok("ana", "POST", "/v1/agents/ana/taps", {"ticket_id": "T1", "rating": "awful"})
    world.clock.instant_s += 77.7
    world.ok("helpdesk", "POST", "/v1/agents/ben/status", {"status": "online"})
    world.ticket("T3", account_id="account0", escalated=True, skills=["export"])
    world.ticket("T4", account_id="account0", escalated=True, skills=["nobody-has-this"])


def own_numbers(world: World) -> set[str]:
    """Every number with three decimals and more that only the agent or the helpdesk may read, as it is written, and rounded."""
    texts = [world("ana", "GET", f"/v1/agents/ana/{path}").text for path in ("recovery", "statement", "export")]
    texts += [world("helpdesk", "GET", "/v1/agents/ana/recovery").text]
    found = {each for text in texts for each in NUMBER.findall(re.sub(r"T\d\d:\d\d:[\d.]+", "", text))}
    return found | {f"{float(each):.3f}" for each in found} | {f"{float(each):.2f}" for each in found if float(each) > 1}


def test_no_route_page_filter_or_error_tells_a_manager_a_number_of_a_person(world: World) -> None:
    busy(world)
    numbers = own_numbers(world)
    assert len(numbers) > 20
    decision = world.ok("helpdesk", "GET", "/v1/decisions?ticket_id=T3")["items"][0]["id"]
    world.client.post("/login", content=f"key={world.keys['manager']}", follow_redirects=False)
    ids = {
        "ticket_id": "T3",
        "agent_id": "ana",
        "account_id": "account0",
        "decision_id": decision,
        "debrief_id": "f1",
        "simulation_id": "s",
    }
    paths = [path for path, methods in world.client.get("/openapi.json").json()["paths"].items() if "get" in methods]
    for name, value in ids.items():
        paths = [path.replace(f"{{{name}}}", value) for path in paths]
    asked = [path for path in paths if not path.endswith("/stream")] + ["/team", "/what-if", "/me", "/me/statement", "/"]
    beside = (
        "sort=points",
        "order_by=load&fields=points,line",
        "explain=text",
        "format=csv",
        "explain=text&agent=ana",
        "days=1&agent_id=ana",
    )
    tried = 0
    for path in asked:
        for query in ("", *beside):
            text = world("manager", "GET", f"{path}?{query}").text
            told = {each for each in numbers if each in re.sub(r"T\d\d:\d\d:[\d.]+", "", text)}
            assert told == set(), (path, query, text[:2000])
            tried += 1
    assert tried > 150
    refusals = [
        ("POST", "/v1/agents/ana/recovery/skip", {"reason": "x"}),
        ("POST", "/v1/agents/ana/recovery/shift", {"minutes": 5}),
        ("POST", "/v1/tickets/T4/override", {"agent_id": "ana", "reason": "x"}),
        ("POST", "/v1/tickets/nothing/override", {"agent_id": "ana", "reason": "x"}),
        ("PUT", "/v1/agents/ana", {"name": "Ana", "points": 1}),
        ("PUT", "/v1/policy", {"fatigue": {"line_points": 0}}),
        ("POST", "/v1/policy/preview", {"policy": {"fatigue": {"load_bound_ratio": 1.5}}, "days": 1}),
    ]
    for method, path, body in refusals:
        text = world("manager", method, path, body).text
        assert {each for each in numbers if each in re.sub(r"T\d\d:\d\d:[\d.]+", "", text)} == set(), (path, text)


def draft_of(world: World, **fields: Any) -> dict[str, Any]:
    """The policy in force with some fields changed, those of groups one by one."""
    base = world.ok("manager", "GET", "/v1/policy")
    return base | {name: base[name] | value if isinstance(value, dict) else value for name, value in fields.items()}


def previewed(world: World, **fields: Any) -> dict[str, Any]:
    found: dict[str, Any] = world.ok("manager", "POST", "/v1/policy/preview", {"policy": draft_of(world, **fields), "days": 1})
    return found


def test_a_draft_that_moves_a_measure_of_load_tells_no_ticket(world: World) -> None:
    """Else a manager halves the bound until a ticket leaves its agent, and has read their load to any precision, or tries what a tap
    would be worth, and has read the tap."""
    busy(world)
    drafts = [{"load_bound_ratio": 1 + step / 4} for step in range(4)] + [{"tap_awful_points": 5.0}, {"abuse_points": 0.1}]
    for fatigue in drafts:
        found = previewed(world, fatigue=fatigue)
        assert found["changes"] == []
        assert f"fatigue.{next(iter(fatigue))}" in found["withheld"]
        assert (found["changed"], found["after"]["breaks"], found["after"]["relaxed"]) == (None, None, None)  # of two people
    other = previewed(world, rotation_after_escalations=1)
    assert (other["withheld"], other["changed"]) == (None, len(other["changes"]))


def test_no_price_nor_any_wait_weighs_one_persons_load_against_anothers(world: World) -> None:
    """Ana had a hard contact, Ben is too good: by what a level is worth the next ticket is hers or his. At which price it turns is told by
    no draft, nor after which wait."""
    world.agent("ana", skills={"export": 1})
    world.ticket("T0", account_id="other", reopened_count=2)
    world.happened("T0", "contact")
    world.happened("T0", "resolved")
    world.agent("ben", skills={"export": 5})
    world.ticket("T1", skills=["export"])
    drafts = [draft_of(world, weights={"skill_fit": price}) for price in (0.0, 1000.0)]
    with world.services.engine.connect() as connection:
        found = [preview_of(connection, "default", {name: each[name] for name in IN_FORCE}, 1, world.clock.now_s()) for each in drafts]
    assert [[change.ticket_id for change in each.changed] for each in found].count(["T1"]) == 1  # it turns in between
    for name in ("skill_fit", "open_work", "continuity"):
        low, high = (previewed(world, weights={name: price}) for price in (0.0, 1000.0))
        assert f"weights.{name}" in low["withheld"]
        assert low == high
    for held_s in (0, 60, 3600):
        told = previewed(world, hold_max_s=held_s, max_wait_s={"normal": held_s})
        assert (told["changes"], told["changed"]) == ([], None)


def staffed_week(world: World) -> None:
    """Eleven people who each had a contact, five and six of a kind, and a week that is over."""
    world.ok("manager", "PUT", "/v1/policy", {"aggregate_min_group": 5})
    for number in range(11):
        world.agent(f"agent{number}", skills={"left" if number < 5 else "right": 3})
        world.ticket(f"T{number}", account_id=f"account{number}", reopened_count=number % 3, abuse=number == 10)
        world.happened(f"T{number}", "contact", agent_id=f"agent{number}")
        world.happened(f"T{number}", "resolved")
    world.clock.instant_s += WEEK_S


REPORTS = ("/v1/reports/equity", "/v1/reports/feedback", "/v1/reports/automation", "/v1/team")


def aggregates(world: World) -> list[Any]:
    found = [world.ok("manager", "GET", path) for path in REPORTS]
    return [*found[:2], found[2]["concentration"], found[3]["last_week"], found[3]["debriefs_last_week"]]


def test_moving_one_person_between_groups_and_asking_again_tells_nothing_of_them(world: World) -> None:
    staffed_week(world)
    first = aggregates(world)
    assert [group["people"] for group in first[0]["groups"]] == [5, 6]
    assert first[2]["contacts"] == 11
    world.agent("agent10", skills={"left": 3})
    assert aggregates(world) == first
    world.agent("agent10", skills={"neither": 3})
    assert aggregates(world) == first
    world.ok("agent10", "POST", "/v1/agents/agent10/taps", {"ticket_id": "T10", "rating": "nothing"})  # late news of one person
    assert aggregates(world) == first
    world.clock.instant_s += 3600
    assert aggregates(world) == first


@pytest.mark.parametrize("first", [0, 1], ids=["equity", "automation"])
def test_two_reports_asked_for_at_two_times_have_no_late_word_of_one_person_between_them(world: World, first: int) -> None:
    """Both have the points of the same weeks: whoever asks for one, waits, and asks for the other, would see a tap, and how hard."""
    staffed_week(world)
    paths = ("/v1/reports/equity", "/v1/reports/automation")
    found = {paths[first]: world.ok("manager", "GET", paths[first])}
    world.ok("agent10", "POST", "/v1/agents/agent10/taps", {"ticket_id": "T10", "rating": "nothing"})
    found[paths[1 - first]] = world.ok("manager", "GET", paths[1 - first])
    team, all_of_it = found[paths[0]]["team"], found[paths[1]]["concentration"]
    assert team["people"] * team["points"]["mean"] == pytest.approx(
        all_of_it["contacts"] * all_of_it["mean_points"], abs=team["people"] * 0.01
    )


def test_the_smallest_group_may_grow_and_what_was_told_of_fewer_is_then_hidden_and_does_not_shrink_for_what_was_told(world: World) -> None:
    staffed_week(world)
    first = aggregates(world)
    world.ok("manager", "PUT", "/v1/policy", {"aggregate_min_group": 6})
    hidden = aggregates(world)
    assert (hidden[0]["team"], hidden[0]["groups"], hidden[2:]) == (None, [], [None, None, None])
    world.ok("manager", "PUT", "/v1/policy", {"aggregate_min_group": 5})
    assert aggregates(world) == first


def test_what_is_asked_first_with_too_many_asked_for_stays_hidden_for_the_week(world: World) -> None:
    staffed_week(world)
    world.ok("manager", "PUT", "/v1/policy", {"aggregate_min_group": 12})
    before = aggregates(world)
    assert (before[0]["team"], before[2]) == (None, None)
    world.ok("manager", "PUT", "/v1/policy", {"aggregate_min_group": 5})
    assert aggregates(world) == before


def test_an_answer_kept_for_one_role_is_not_repeated_to_another(world: World) -> None:
    world.agent("ana")
    mine = world("ana", "POST", "/v1/agents/ana/status", {"status": "away"}, Idempotency_Key="same")
    theirs = world("helpdesk", "POST", "/v1/agents/ana/status", {"status": "away"}, Idempotency_Key="same")
    assert (mine.status_code, theirs.status_code) == (200, 200)
    world.keys["rotated"] = world.make_key("helpdesk")
    world.ok("rotated", "POST", "/v1/agents/ana/status", {"status": "away"}, Idempotency_Key="same")
    with world.services.engine.connect() as connection:
        assert (
            connection.execute(sa.select(sa.func.count()).select_from(answers)).scalar_one() == 2
        )  # a new key of a role is the same caller


def test_nothing_personal_is_cached_or_has_a_validator(world: World) -> None:
    busy(world)
    for path in ("/v1/agents/ana/recovery", "/v1/team", "/v1/decisions", "/v1/reports/equity", "/v1/nothing"):
        headers = world("manager", "GET", path, If_None_Match="*").headers
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert not {"etag", "last-modified"} & set(headers)


def test_a_key_of_another_team_reaches_nothing(world: World) -> None:
    """Every route, with the ids of the first team: what the second is told names none of its people, tickets or accounts."""
    busy(world)
    decision = world.ok("helpdesk", "GET", "/v1/decisions?ticket_id=T3")["items"][0]["id"]
    with world.services.engine.begin() as connection:
        Repository(connection).create_team("other", world.clock.now_s())
        for role, agent_id in (("admin", None), ("helpdesk", None), ("manager", None), ("agent", "ana")):
            world.keys[f"other {role}"] = keys.create(connection, "other", role, agent_id, world.clock.now_s())[1]
    ids = {
        "ticket_id": "T3",
        "agent_id": "ana",
        "account_id": "account0",
        "decision_id": decision,
        "debrief_id": "f1",
        "simulation_id": "s",
    }
    published = world.client.get("/openapi.json").json()["paths"]
    with world.services.dispatcher.reading("default") as (state, _):
        before = state.revision
    secret = re.compile(r"account0|T3|Ana|ben")
    tried = [(method, path) for path, methods in published.items() for method in methods]
    for method, path in sorted(tried, key=lambda call: call[0] == "put"):  # a team may make what the other has, too
        for name, value in ids.items():
            path = path.replace(f"{{{name}}}", value)  # noqa: PLW2901
        for who in (each for each in world.keys if each.startswith("other")):
            if (method, path, who) == ("get", "/v1/agents/ana/recovery/stream", "other agent"):
                continue
            response = world(who, method.upper(), path, {} if method != "get" else None)
            assert response.status_code != 500, (method, path)
            if response.status_code < 300 and method != "put":
                assert not secret.search(response.text), (method, path, who, response.text[:500])
    with world.services.dispatcher.reading("default") as (state, _):
        assert state.revision == before


def test_the_stream_of_a_manager_names_states_and_nothing_else(world: World) -> None:
    busy(world)
    view = current(world.services, keys.Principal("k", "default", "manager", None), "ana")
    assert set(view) == {"state", "until", "now"}


def test_every_look_is_on_the_statement(world: World) -> None:
    busy(world)
    decision = world.ok("helpdesk", "GET", "/v1/decisions?ticket_id=T3")["items"][0]["id"]
    for path in (
        "agents/ana",
        "agents",
        "team",
        "plan",
        "decisions",
        f"decisions/{decision}/counterfactual?agent_id=ana",
        "reports/shadow",
    ):
        world("manager", "GET", f"/v1/{path}")
    world.ok("manager", "GET", "/v1/agents/ana/recovery")
    looked = world.ok("ana", "GET", "/v1/agents/ana/statement?explain=text")
    seen = {each["what"] for each in looked["looked"] if each["role"] == "manager"}
    assert seen == {"profile", "profiles", "team", "decisions", "decision", "reports", "recovery"}
    assert any("looked at what would have brought a ticket to you on" in each for each in looked["text"])
    theirs = world.ok("ben", "GET", "/v1/agents/ben/statement")["looked"]
    assert {each["what"] for each in theirs if each["role"] == "manager"} == {"profiles", "team", "decisions", "reports"}
    assert json.dumps(looked).count('"role": "agent"') == 0

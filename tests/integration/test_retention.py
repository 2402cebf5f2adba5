"""Retention over most of a year: numbers of people go, then the log; what is decided stays what it would have been."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from api.retention import Retention
from api.settings import SettingError, Settings, from_environment
from api.store import aged, past, upkeep
from api.store.checking import differing_decisions
from api.store.repository import Repository
from api.store.tables import breaks, decisions, events, metadata, origins, past_events, state_rows, tickets
from api.writer.dispatcher import Dispatcher
from router.replay import replay
from support.retained import DAY_S, a_day, enforce, number_of_a_person, rows
from support.world import NOON_S, World
from support.world import world as make_world

DAYS = (0, 20, 45, 130, 160, 190, 215)  # on which something happens


def team(world: World) -> None:
    for name in ("ana", "ben"):
        world.agent(name)


@contextmanager
def seven_months(upgraded_url: str) -> Iterator[World]:
    """A team with the job done now and then."""
    with make_world(upgraded_url) as world:
        team(world)
        for day in DAYS:
            a_day(world, day)
            enforce(world, points_days=60, log_days=183)
        yield world


@pytest.fixture
def own_url(tmp_path: Path) -> str:
    """For what is no matter of the kind of database."""
    return f"sqlite:///{tmp_path / 'own.db'}"


def assert_old_numbers_are_gone(year: World) -> None:
    """Numbers go after two months, and the log after six."""
    now_s = year.clock.now_s()
    kept = {each["id"]: json.loads(each["body"]) for each in rows(year, decisions)}
    old = [each for each in kept.values() if each["decided_s"] < now_s - 60 * DAY_S]
    assert {int(each["ticket_id"][1:].split("-")[0]) for each in kept.values()} == {day for day in DAYS if day >= 45}
    assert len(old) == 2 * len([day for day in DAYS if 45 <= day <= 130])
    assert not [each for each in old if number_of_a_person(each)]
    assert all(each["agent_id"] and each["not_others"] for each in old)  # who, and the rules, for the record
    assert all(number_of_a_person(each) for each in kept.values() if each not in old)
    assert min(each["at_s"] for each in rows(year, events)) >= now_s - 60 * DAY_S
    left = rows(year, past_events)
    assert {each["kind"] for each in left} == {"ticket_opened", "ticket_event"}
    assert min(each["at_s"] for each in left) >= now_s - 183 * DAY_S
    assert all(json.loads(each["body"])["text_score"] is None for each in left)
    assert min(each["end_s"] for each in rows(year, breaks)) >= now_s - 183 * DAY_S
    bodies = {each["id"]: json.loads(each["body"]) for each in rows(year, tickets)}
    assert "T20-0" not in bodies
    assert (bodies["T45-1"]["ratings"], bodies["T45-1"]["contacts"][0].keys()) == ([], {"agent_id", "ended_s"})
    assert bodies["T215-1"]["ratings"] != []


def assert_proven_from_its_beginning(year: World) -> None:
    """What is left of the log derives every decision, and what is coarse can still be read."""
    with year.services.engine.connect().execution_options(reading=True) as connection:
        repository = Repository(connection)
        state = repository.first("default")
        since = state.revision
        assert since > 40
        done = replay(state, repository.log("default", since), past.erased(connection, "default"))
        assert (done.differences, done.erased) == ((), 0)
        assert done.count == 2 * len([day for day in DAYS if day >= 160])
        assert list(differing_decisions(connection, "default", since, state.revision)) == []
        assert state.revision == repository.revision("default")
    shown = year.ok("helpdesk", "GET", "/v1/decisions?limit=100&explain=text")["items"]
    assert all(each["text"] for each in shown)
    for each in shown[:3]:  # the oldest, without numbers
        other = "ben" if each["agent_id"] == "ana" else "ana"
        assert year("helpdesk", "GET", f"/v1/decisions/{each['id']}/counterfactual?agent_id={other}").status_code == 200
    assert year.ok("manager", "POST", "/v1/policy/preview", {"policy": {}, "days": 28})["tickets"] == 4
    assert year("helpdesk", "GET", "/v1/tickets/T20-0").status_code == 404


def test_numbers_go_after_two_months_and_the_log_after_six(upgraded_url: str) -> None:
    with seven_months(upgraded_url) as year:
        assert_old_numbers_are_gone(year)
        assert_proven_from_its_beginning(year)


def test_what_is_decided_is_what_it_would_have_been(own_url: str, tmp_path: Path) -> None:
    """The same days without any retention end in the same decision, exposure of accounts and fairness of 30 days included; costs to five
    thousandths of a minute, which is what is left of a memory when it is dropped."""
    with make_world(f"sqlite:///{tmp_path / 'kept.db'}") as kept, seven_months(own_url) as year:
        team(kept)
        for day in DAYS:
            a_day(kept, day)
        ends, costs, points = [], [], []
        for world in (kept, year):
            world.clock.instant_s = NOON_S + 220 * DAY_S
            made = world.ticket("last", account_id="acme", escalated=True)["decision"]
            ends.append((made["agent_id"], [(each["agent_id"], each["rules"]) for each in made["not_others"]], made["handover"]))
            costs.append([each["cost"] for each in (*made["because"], *made["not_others"])])
            with world.services.dispatcher.reading("default") as (state, _):
                points.append([person.points_by_day for person in state.agents.people])
        assert ends[0] == ends[1]
        assert costs[0] == pytest.approx(costs[1], rel=0, abs=5)
        assert max(costs[0]) > 10_000
        since = (NOON_S + 155 * DAY_S) // DAY_S
        assert [{day: each[day] for day in each if day >= since} for each in points[0]] == points[1]


def test_a_quiet_team_loses_its_old_points_too(own_url: str) -> None:
    with make_world(own_url) as world:
        team(world)
        a_day(world, 0)
        world.clock.instant_s = NOON_S + 70 * DAY_S
        assert enforce(world) == {}  # the clock may be wrong: not before tomorrow
        world.clock.instant_s += DAY_S
        assert enforce(world, points_days=60)["points_dropped"] == 1
        with world.services.dispatcher.reading("default") as (state, _):
            assert [person.points_by_day for person in state.agents.people] == [{}, {}]
            assert not [person.entries for person in state.agents.people if person.entries]
            assert not [each.contacts for each in state.accounts.values() if each.contacts]
        assert enforce(world, points_days=60)["points_dropped"] == 0


@pytest.mark.parametrize("others", [0, 14])
def test_who_is_away_leaves_no_number_where_the_log_begins(own_url: str, others: int) -> None:
    """Whether all are, or others work on every so many days: what the beginning of the log rests on is a month older than the log."""
    with make_world(own_url) as world:
        team(world)
        a_day(world, 0)
        world.agent("cyd")
        world.ok("helpdesk", "POST", "/v1/agents/ben/status", {"status": "offline"})
        for day in range(1, 60 + 35):
            if others and day % others == 0:
                a_day(world, day)
            world.clock.instant_s = NOON_S + day * DAY_S + 36_000
            enforce(world, points_days=60)
        begun = json.loads(rows(world, origins)[0]["body"])["people"]
        assert [(each["id"], each["points_by_day"]) for each in begun if each["id"] == "ben"] == [("ben", {})]
        assert "ben" not in {each["id"] for each in rows(world, state_rows) if each["what"] == "ledger"}


@pytest.mark.parametrize(
    ("short", "long", "day", "what"),
    [
        ({"points_days": 32}, {"points_days": 90}, 45, "decisions_without_numbers"),
        ({"log_days": 183}, {"log_days": 365}, 200, "decisions_deleted"),
        ({"jobs_days": 7}, {"jobs_days": 30}, 10, "simulations_deleted"),
    ],
)
def test_each_setting_decides_what_goes(own_url: str, short: dict[str, int], long: dict[str, int], day: int, what: str) -> None:
    with make_world(own_url) as world:
        team(world)
        a_day(world, 0)
        job = world.ok("manager", "POST", "/v1/simulations", {"kind": "simulate", "scenario": "small-team", "replications": 1})
        world.ok("manager", "DELETE", f"/v1/simulations/{job['id']}")
        world.clock.instant_s = NOON_S + day * DAY_S
        for settings, goes in ((long, False), (short, True)):
            keeper = Retention(
                world.services.engine, Settings(database_url="sqlite:///x", **settings), world.clock, world.services.dispatcher.writing
            )
            enforce(world, points_days=90, log_days=3660, jobs_days=3660)  # the first one after a leap waits
            told = keeper.preview("default")
            assert keeper.enforce("default").get(what, 0) == told[what]
            assert (told[what] > 0) == goes
            if what == "decisions_deleted":
                assert (told["breaks_deleted"] > 0, told["looks_deleted"] > 0) == (goes, goes)
            assert keeper.preview("default")[what] == 0 or not goes


@pytest.mark.parametrize(("name", "text"), [("POINTS_DAYS", "31"), ("POINTS_DAYS", "91"), ("LOG_DAYS", "182"), ("JOBS_DAYS", "0")])
def test_settings_keep_to_what_is_allowed(name: str, text: str) -> None:
    with pytest.raises(SettingError, match=f"RESPITE_{name}"):
        from_environment({f"RESPITE_{name}": text})


def test_a_process_that_slept_through_it_reads_the_team_anew(own_url: str) -> None:
    with make_world(own_url) as world:
        team(world)
        other = Dispatcher(world.services.engine, world.clock)
        a_day(world, 0)
        a_day(world, 40)
        enforce(world, points_days=32)
        with other.reading("default") as (state, _), world.services.dispatcher.reading("default") as (known, _):
            assert state.revision == known.revision
            assert [person.points_by_day for person in state.agents.people] == [person.points_by_day for person in known.agents.people]
        other.close()


def test_done_by_two_at_once_and_broken_off_it_comes_to_the_same(world: World) -> None:
    team(world)
    for day in (0, 20, 40, 60):
        a_day(world, day)
    with world.services.engine.begin() as connection:  # begun, and broken off before anything was moved
        until = past.revision_before(connection, "default", world.clock.now_s() - 32 * DAY_S)
        past.begin_at(connection, "default", *past.state_at(connection, "default", until))
    assert world.ticket("T-between")["decision"]["lane"] == "agent"
    assert enforce(world, points_days=32)["events_retired"] == until
    again = enforce(world, points_days=32)
    assert not any(again.values())
    with world.services.engine.connect().execution_options(reading=True) as connection:
        repository = Repository(connection)
        assert replay(repository.first("default"), repository.log("default", until)).differences == ()


def test_leaving_personal_mode_cleans_where_the_log_begins(own_url: str) -> None:
    """Numbers that were in force when the log was cut go with the others, and replay knows that they are gone."""
    with make_world(own_url) as world:
        world.agent("ana")
        world.ok("ana", "PUT", "/v1/agents/ana/personal-mode", {"opt_in": True})
        for day in range(12):
            world.clock.instant_s = NOON_S + day * DAY_S
            world.ticket(f"T{day}", account_id=f"account-{day}", escalated=day % 2 == 0)
            world.happened(f"T{day}", "contact", agent_id="ana")
            world.clock.instant_s += 1800
            world.ok("ana", "POST", "/v1/agents/ana/check-ins", {"answer": 5.0 if day % 2 == 0 else 2.5, "occasion": "after_hard"})
        number = str(world.ok("ana", "GET", "/v1/agents/ana/statement")["counted_with"]["sensitivity"])
        assert float(number) > 1.05
        world.clock.instant_s = NOON_S + 34 * DAY_S
        world.ticket("middle", escalated=True)
        world.happened("middle", "resolved", agent_id="ana")
        world.clock.instant_s = NOON_S + 60 * DAY_S
        world.ticket("late", escalated=True)
        enforce(world, points_days=32)
        begun = metadata.tables["origins"]
        assert number in rows(world, begun)[0]["body"]
        world.ok("ana", "DELETE", "/v1/agents/ana/personal-data")
        assert number not in rows(world, begun)[0]["body"]
        with world.services.engine.connect().execution_options(reading=True) as connection:
            repository = Repository(connection)
            state = repository.first("default")
            gone = past.erased(connection, "default")
            assert gone.agents == {"ana"}
            assert replay(state, repository.log("default", state.revision), gone).differences == ()


def test_every_table_that_grows_has_an_age() -> None:
    """A new table has to be dropped by age, or be named here with why not."""
    by_hand = {"events", "past_events", "decisions", "rosters", "tickets"}
    current = {
        "teams",
        "checkpoints",
        "origins",
        "state_rows",
        "personal",
        "upkeep",
        "rests_told",
    }  # as many as there are teams and agents
    current |= {"subscriptions", "connections", "simulation_parts"}  # until somebody ends them
    current |= {"webhook_secrets"}  # ended ones go within seconds, see `test_a_secret_that_has_ended_is_deleted`
    forever = {"deletions"}  # an older backup may be restored at any time
    assert set(metadata.tables) == by_hand | current | forever | {each.table.name for each in aged.AGED}


def test_the_job_does_what_is_due_once_a_day(own_url: str) -> None:
    with make_world(own_url) as world:
        team(world)
        a_day(world, 0)
        a_day(world, 34)
        a_day(world, 60)
        job = world.services.retention
        job.look()
        with world.services.engine.connect().execution_options(reading=True) as connection:
            done = upkeep.last(connection, "default", upkeep.RETENTION)
            assert done is not None
            assert done[0] == world.clock.now_s()
        world.clock.instant_s += DAY_S / 2
        assert not job.retention.due("default")
        world.clock.instant_s += DAY_S / 2
        assert job.retention.due("default")
        world.clock.instant_s -= 3 * DAY_S  # set back
        assert job.retention.due("default")

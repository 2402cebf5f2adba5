"""What retention leaves alone however old it is, and what two that do it at once, or a clock that leapt, must not undo."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from api.retention import Retention
from api.settings import Settings
from api.store import past
from api.store.database import read_only
from api.store.repository import Repository
from api.store.tables import decisions, keys, past_events, tickets
from router.forget import overdue
from router.ledger import LEDGER_S
from router.replay import replay
from support.retained import DAY_S, a_day, enforce, number_of_a_person, rows
from support.world import NOON_S, World
from support.world import world as make_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """None of this is a matter of the kind of database."""
    with make_world(f"sqlite:///{tmp_path / 'own.db'}") as made:
        yield made


def test_a_ticket_that_is_open_for_longer_than_the_log_is_kept_keeps_its_row_and_its_numbers(world: World) -> None:
    world.agent("ana")
    world.ticket("over", account_id="beta")
    world.happened("over", "resolved")
    world.ticket("open", account_id="acme", escalated=True)
    world.happened("open", "contact")
    before = world.ok("helpdesk", "GET", "/v1/tickets/open")
    row = next(each for each in rows(world, tickets) if each["id"] == "open")
    assert json.loads(row["body"])["contacts"][0]["points"] > 0
    for day in (60, 200):
        world.clock.instant_s = NOON_S + day * DAY_S
        world.ok("helpdesk", "PUT", "/v1/accounts/x", {})  # the team is at work, so the clock has not leapt
        found = enforce(world, points_days=32, log_days=183)
    assert (found["tickets_deleted"], found["decisions_deleted"]) == (1, 2)
    assert rows(world, tickets) == [row]
    assert world.ok("helpdesk", "GET", "/v1/tickets/open") == before
    assert world("helpdesk", "GET", "/v1/tickets/over").status_code == 404


def test_who_is_paging_goes_on_where_the_ticket_that_their_page_ended_with_is_deleted_meanwhile(world: World) -> None:
    world.agent("ana", concurrency={"email": 50})
    for each in ("T1", "T2", "T3"):
        world.ticket(each)
    world.happened("T2", "resolved")
    first = world.ok("helpdesk", "GET", "/v1/tickets?limit=2")
    assert first["next"] == "T2"
    for day in (60, 200):
        world.clock.instant_s = NOON_S + day * DAY_S
        world.ok("helpdesk", "PUT", "/v1/accounts/x", {})
        enforce(world, points_days=32, log_days=183)
    assert world("helpdesk", "GET", "/v1/tickets/T2").status_code == 404
    for path in ("tickets", "queue"):
        rest = world.ok("helpdesk", "GET", f"/v1/{path}?limit=2&after={first['next']}")
        assert [each.get("id") for each in rest["items"]] == (["T3"] if path == "tickets" else [])


def test_every_policy_is_told_of_after_the_log_has_gone(world: World) -> None:
    for wait_s in (600, 900):
        world.clock.instant_s += 60
        world.ok("manager", "PUT", "/v1/policy", {"max_wait_s": {"normal": wait_s}})
    before = world.ok("manager", "GET", "/v1/policy/versions")
    assert [each["version"] for each in before["items"]] == [1, 2]
    for day in (200, 201, 202):
        world.clock.instant_s = NOON_S + day * DAY_S
        found = enforce(world, points_days=32, log_days=183)
    assert world.ok("manager", "GET", "/v1/policy/versions") == before
    assert found["past_events_deleted"] == 0


def test_a_key_that_ended_long_ago_is_gone_whether_it_was_revoked_or_ran_out(world: World) -> None:
    for agent_id, ends_s in (("long-ago", NOON_S + 60), ("lately", NOON_S + 100 * DAY_S), ("to-come", NOON_S + 900 * DAY_S)):
        world.make_key("agent", agent_id, expires_s=ends_s)
    world.clock.instant_s = NOON_S + 184 * DAY_S
    assert enforce(world, log_days=183)["keys_deleted"] == 1
    assert {each["agent_id"] for each in rows(world, keys)} == {None, "lately", "to-come"}


def test_after_a_leap_nothing_counts_as_coarse_that_is_not(world: World) -> None:
    for name in ("ana", "ben"):
        world.agent(name)
    a_day(world, 0)
    world.clock.instant_s = NOON_S + 70 * DAY_S
    assert enforce(world, points_days=60) == {}
    assert all(number_of_a_person(json.loads(each["body"])) for each in rows(world, decisions))
    world.clock.instant_s += DAY_S
    assert enforce(world, points_days=60)["decisions_without_numbers"] == 2
    assert not any(number_of_a_person(json.loads(each["body"])) for each in rows(world, decisions))


def test_of_two_at_once_the_later_one_does_not_set_the_log_back(world: World) -> None:
    """It has read how far to go before the other goes further and retires what is between."""
    for name in ("ana", "ben"):
        world.agent(name)
    for day in (0, 20, 40, 60):
        a_day(world, day)
    service, begun = world.services, list[int]()
    slow = Settings(database_url=service.settings.database_url, points_days=50)
    before_s = world.clock.now_s() - 50 * DAY_S

    def standing() -> tuple[int, bool]:
        with read_only(service.engine) as connection:
            return past.begin_revision(connection, "default"), overdue(Repository(connection).load("default"), before_s)

    @contextmanager
    def overtaken() -> Iterator[sa.Connection]:
        """The other keeps numbers for less long, and does all of its work when the first one has dropped points and is to cut the log."""
        if standing() == (0, False):
            enforce(world, points_days=32)
            begun.append(standing()[0])
        with service.dispatcher.writing() as connection:
            yield connection

    Retention(service.engine, slow, world.clock, overtaken).enforce("default")
    assert len(begun) == 1
    assert standing()[0] == begun[0] > 0
    with read_only(service.engine) as connection:
        repository = Repository(connection)
        state = repository.first("default")
        assert replay(state, repository.log("default", state.revision)).differences == ()
        assert state.revision == repository.revision("default")


def test_where_the_log_begins_after_somebody_left_personal_mode_it_is_known_what_went(world: World) -> None:
    """For a month what their own pace did to breaks is in the ledger, and a decision may come out otherwise."""
    world.agent("ana")
    world.agent("ben")
    world.ok("ana", "PUT", "/v1/agents/ana/personal-mode", {"opt_in": True})
    for day in range(12):
        world.clock.instant_s = NOON_S + day * DAY_S
        world.ticket(f"T{day}", account_id=f"account-{day}", escalated=day % 2 == 0)
        world.happened(f"T{day}", "contact", agent_id="ana")
        world.happened(f"T{day}", "resolved")
        world.clock.instant_s += 1800
        world.ok("ana", "POST", "/v1/agents/ana/check-ins", {"answer": 9.5 if day % 2 == 0 else 6.5, "occasion": "after_hard"})
    world.clock.instant_s += 600
    world.ok("ana", "DELETE", "/v1/agents/ana/personal-data")
    left_s = world.clock.now_s()
    for minutes in (1, 60, 600):
        world.clock.instant_s = left_s + minutes * 60
        world.ticket(f"after-{minutes}", account_id=f"other-{minutes}", escalated=True)
    world.clock.instant_s = left_s + 40 * DAY_S + 30
    world.ticket("late", account_id="late")
    enforce(world, points_days=40)
    with read_only(world.services.engine) as connection:
        repository = Repository(connection)
        state, gone = repository.first("default"), past.erased(connection, "default")
        assert left_s <= state.now_s < left_s + 60
        assert (gone.agents, gone.until_s) == (set(), left_s + LEDGER_S)
        done = replay(state, repository.log("default", state.revision), gone)
    assert done.differences == ()
    assert done.erased > 0


def test_no_transaction_of_retention_grows_with_what_is_stored(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many events and few decisions, as after an import: each step looks at some of them, and lets whoever routes go on."""
    monkeypatch.setattr(past, "AT_ONCE", 3)
    world.agent("ana")
    for number in range(4):
        world.ticket(f"T{number}", account_id=f"acme-{number}")
        for _ in range(3):
            world.happened(f"T{number}", "message")
        world.happened(f"T{number}", "resolved")
    deleted, transactions = list[int](), list[int]()
    with world.services.engine.begin() as connection:
        before_s, until = world.clock.now_s() + DAY_S, Repository(connection).revision("default")
        past.begin_at(connection, "default", *past.state_at(connection, "default", until))
        while past.retire(connection, "default"):
            pass
        for step in (past.coarsen, past.drop_tickets):
            at = 0
            while at < until:
                after = at
                done = step(connection, "default", at, until, before_s)
                count, at = done if isinstance(done, tuple) else (0, done)
                deleted.append(count)
                transactions.append(past.count(connection, past_events, "default", after, at))
    assert (sum(deleted), max(transactions)) == (4, 3)
    assert rows(world, tickets) == []


def test_whoever_writes_does_not_wait_while_retention_looks_for_what_is_old(world: World) -> None:
    asked = list[tuple[str, bool]]()

    def hear(connection: sa.Connection, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append((statement, bool(connection.get_execution_options().get("reading"))))

    world.agent("ana")
    world.ok("manager", "GET", "/v1/agents/ana/recovery")
    for day in (30, 60, 90, 120, 150, 190):
        world.clock.instant_s = NOON_S + day * DAY_S
        world.ok("helpdesk", "PUT", "/v1/accounts/x", {})  # the team is at work
    sa.event.listen(world.services.engine, "before_cursor_execute", hear)
    assert enforce(world, log_days=183)["looks_deleted"] == 1
    sa.event.remove(world.services.engine, "before_cursor_execute", hear)
    looked = [reading for statement, reading in asked if statement.startswith("SELECT") and "FROM looks" in statement]
    assert looked
    assert all(looked)

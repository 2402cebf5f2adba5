"""A row that nobody can read any more: told by its name where it is asked for, left out of lists, and in nobody's way."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from api.cli import app
from api.store import answers, forgetting, tables, upkeep
from api.store.answers import Kept
from api.store.packing import PACKED
from api.store.repository import Repository
from api.store.tables import decisions, past_events, tickets
from support.retained import DAY_S, enforce, rows
from support.world import NOON_S, World

DAMAGED = '{"id": "T'


def damage(world: World, table: sa.Table, row_id: str) -> None:
    with world.services.engine.begin() as connection:
        change = sa.update(table).where(table.c.team == "default", table.c.id == row_id).values(body=DAMAGED)
        assert connection.execute(change).rowcount == 1


def walked(world: World, path: str) -> list[str]:
    """The ids of a list, read one by one."""
    found, after = list[str](), ""
    while True:
        page = world.ok("helpdesk", "GET", f"{path}?limit=1&after={after}")
        found += [each["id"] for each in page["items"]]
        if page["next"] is None:
            return found
        after = page["next"]


def named(response: Any, what: str) -> None:
    assert (response.status_code, response.headers["content-type"]) == (500, "application/problem+json"), response.text
    assert what in response.json()["detail"]


@pytest.mark.parametrize("which", range(3))
def test_a_list_leaves_out_what_can_not_be_read_and_the_log_names_it(staffed: World, which: int, caplog: pytest.LogCaptureFixture) -> None:
    made = [staffed.ticket(f"T{number}")["decision"]["id"] for number in range(3)]
    kept = [each for each in range(3) if each != which]
    for table, path, ids in ((decisions, "/v1/decisions", made), (tickets, "/v1/tickets", ["T0", "T1", "T2"])):
        damage(staffed, table, ids[which])
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            assert [each["id"] for each in staffed.ok("helpdesk", "GET", path)["items"]] == [ids[each] for each in kept]
        (line,) = (each.getMessage() for each in caplog.records if each.name == "api.store.reading")
        assert repr(ids[which]) in line
        assert walked(staffed, path) == [ids[each] for each in kept]
    exported = staffed.ok("ana", "GET", "/v1/agents/ana/export")["decisions"]
    assert [each["id"] for each in exported] == [made[each] for each in kept]


def test_one_that_can_not_be_read_is_a_problem_that_names_it(staffed: World) -> None:
    decision_id = staffed.ticket("T1")["decision"]["id"]
    damage(staffed, decisions, decision_id)
    damage(staffed, tickets, "T1")
    named(staffed("helpdesk", "GET", f"/v1/decisions/{decision_id}"), repr(decision_id))
    named(staffed("helpdesk", "GET", f"/v1/decisions/{decision_id}/counterfactual?agent_id=ana"), repr(decision_id))
    named(staffed("helpdesk", "GET", "/v1/tickets/T1"), "'T1'")


def test_a_ticket_goes_on_whose_decision_can_not_be_read(staffed: World) -> None:
    posted = staffed.ticket("T1")
    damage(staffed, decisions, posted["decision"]["id"])
    assert staffed.ticket("T1") == posted | {"decision": None}
    assert staffed.happened("T1", "message")["decision"] is None
    assert staffed.happened("T1", "resolved")["ticket"]["state"] == "resolved"


def test_a_report_that_needs_what_can_not_be_read_names_it(staffed: World) -> None:
    staffed.ok("manager", "PUT", "/v1/policy", {"shadow": 1})
    decision_id = staffed.ticket("T1")["decision"]["id"]
    assert staffed.ok("manager", "GET", "/v1/reports/shadow")["open"] == 1
    damage(staffed, decisions, decision_id)
    named(staffed("manager", "GET", "/v1/reports/shadow"), repr(decision_id))


def test_a_ticket_that_can_not_be_read_goes_when_its_numbers_would_and_is_in_no_others_way(staffed: World) -> None:
    for each in ("T0", "T1", "T2"):
        staffed.ticket(each)
        staffed.happened(each, "resolved")
    damage(staffed, tickets, "T1")
    for day, kept in ((60, ["T0", "T2"]), (200, [])):
        staffed.clock.instant_s = NOON_S + day * DAY_S
        staffed.ok("helpdesk", "PUT", "/v1/accounts/x", {})  # the team is at work, so the clock has not leapt
        enforce(staffed, points_days=32, log_days=183)
        assert [each["id"] for each in rows(staffed, tickets)] == kept


def damage_one(connection: sa.Connection, kind: str = "ticket_opened") -> int:
    """Nobody can read any more how the only ticket was opened, or given to somebody, which a checkpoint has; the revision of that event."""
    repository = Repository(connection)
    repository.checkpoint("default", repository.load("default"))
    opened = sa.and_(tables.events.c.team == "default", tables.events.c.kind == kind)
    assert connection.execute(sa.update(tables.events).where(opened).values(body=DAMAGED)).rowcount == 1
    return int(connection.execute(sa.select(tables.events.c.seq).where(opened)).scalar_one())


def test_an_event_that_can_not_be_read_keeps_the_log_and_nothing_else_and_is_told(staffed: World, caplog: pytest.LogCaptureFixture) -> None:
    staffed.ticket("T1")
    staffed.happened("T1", "resolved")
    with staffed.services.engine.begin() as connection:
        revision = damage_one(connection)
    for day in (60, 200):
        staffed.clock.instant_s = NOON_S + day * DAY_S
        staffed.ok("helpdesk", "PUT", "/v1/accounts/x", {})
        with caplog.at_level(logging.ERROR, "api.retention"):
            found = enforce(staffed, points_days=32, log_days=183)
        assert f"the log of team default can't be folded, at revision {revision}" in caplog.text
        caplog.clear()
    assert (found["events_retired"], found["decisions_deleted"]) == (0, 1)
    assert "ticket_opened" in [each["kind"] for each in rows(staffed, tables.events)]
    (noted,) = (json.loads(each["found"]) for each in rows(staffed, tables.upkeep) if each["what"] == upkeep.RETENTION)
    assert noted[upkeep.UNREAD] == revision


@pytest.mark.parametrize("kind", ["ticket_opened", "decided"])
def test_what_is_coarse_is_no_damage_where_the_log_can_not_be_folded(
    staffed: World, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its numbers are gone from decisions, which the log is still of; a decision of since, changed by somebody, is told."""
    staffed.ticket("T0")
    staffed.happened("T0", "resolved")
    whole = {each["seq"]: each["body"] for each in rows(staffed, tables.events)}
    with staffed.services.engine.begin() as connection:
        revision = damage_one(connection, kind)
    staffed.clock.instant_s = NOON_S + 60 * DAY_S
    made = staffed.ticket("T1")["decision"]["id"]
    assert enforce(staffed, points_days=32)["decisions_without_numbers"] == 1
    (body,) = (each["body"] for each in rows(staffed, decisions) if each["id"] == made)
    monkeypatch.setenv("RESPITE_DATABASE_URL", staffed.services.engine.url.render_as_string(hide_password=False))

    def told() -> tuple[list[str], int]:
        replayed = CliRunner().invoke(app, ["replay", "--json"])
        assert replayed.exit_code == 1, replayed.exception
        found = json.loads(replayed.stdout)
        return found["stored_otherwise"], found["unread_revision"]

    assert told() == ([], revision)
    backup = str(tmp_path / "all.gz")
    assert CliRunner().invoke(app, ["backup", backup]).exit_code == 0
    restored = CliRunner().invoke(app, ["restore", backup, "--database-url", f"sqlite:///{tmp_path / 'restored.db'}"])
    assert (restored.exit_code, restored.stderr) == (0, "")
    damage(staffed, decisions, made)
    assert told() == ([made], revision)
    words = CliRunner().invoke(app, ["replay"]).stdout
    assert f"nothing can be derived again: nobody can read the event at revision {revision}\n" in words
    with staffed.services.engine.begin() as connection:
        connection.execute(sa.update(tables.events).where(tables.events.c.seq == revision).values(body=whole[revision]))
        connection.execute(sa.update(decisions).where(decisions.c.id == made).values(body=body))
    replayed = CliRunner().invoke(app, ["replay"])
    assert (replayed.exit_code, replayed.stdout) == (0, "2 decisions derived again, 0 differ\n")


def test_a_team_whose_retention_fails_keeps_no_other_from_it(staffed: World, caplog: pytest.LogCaptureFixture) -> None:
    with staffed.services.engine.begin() as connection:
        Repository(connection).create_team("other", staffed.clock.now_s())
        upkeep.note(connection, "default", upkeep.RETENTION, staffed.clock.now_s())
        connection.execute(sa.update(tables.upkeep).values(found=DAMAGED))
    with caplog.at_level(logging.ERROR, "api.retention_job"):
        staffed.services.retention.look()
    assert "retention of team default failed" in caplog.text
    assert {each["team"] for each in rows(staffed, tables.upkeep)} == {"default", "other"}


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
def test_by_hand_too_and_it_is_told_in_a_line(staffed: World, options: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with staffed.services.engine.begin() as connection:
        Repository(connection).create_team("other", staffed.clock.now_s())
        upkeep.note(connection, "default", upkeep.RETENTION, staffed.clock.now_s())
        connection.execute(sa.update(tables.upkeep).values(found=DAMAGED))
    monkeypatch.setenv("RESPITE_DATABASE_URL", staffed.services.engine.url.render_as_string(hide_password=False))
    told = CliRunner().invoke(app, ["retention", *options])
    assert (told.exit_code, told.stdout) == (1, "other: nothing\n")
    assert told.stderr.startswith("respite: retention of team default failed: JSONDecodeError: ")
    assert told.stderr.count("\n") == 1
    told = CliRunner().invoke(app, ["retention", "--json", *options])
    found = json.loads(told.stdout)
    assert (told.exit_code, [*found["teams"]], [*found["failed"]]) == (1, ["other"], ["default"])


def test_an_event_that_can_not_be_read_keeps_no_number_of_other_tickets(staffed: World) -> None:
    for each in ("T0", "T1"):
        staffed.ticket(each)
        staffed.happened(each, "resolved")
    for day in (60, 200):
        staffed.clock.instant_s = NOON_S + day * DAY_S
        staffed.ok("helpdesk", "PUT", "/v1/accounts/x", {})
        enforce(staffed, points_days=32, log_days=1000)
        with staffed.services.engine.begin() as connection:
            of_one = past_events.c.body.contains('"T1"') & past_events.c.kind.like("ticket_%")
            connection.execute(sa.update(past_events).where(of_one).values(body=DAMAGED))
    enforce(staffed, points_days=32, log_days=183)
    assert [each["id"] for each in rows(staffed, tickets)] == ["T1"]


def test_an_answer_that_can_not_be_unpacked_keeps_nobody_from_being_forgotten(staffed: World) -> None:
    staffed.ticket("T1")
    staffed.happened("T1", "resolved")
    with staffed.services.engine.begin() as connection:
        answers.keep(connection, "default", "k", Kept("", 200, f"{PACKED}AAAA"), staffed.clock.now_s())
        forgetting.begin(connection, "default", "ana", staffed.clock.now_s())
    forgetting.finish(staffed.services.engine.begin, "default", "ana", "gone-1")
    assert rows(staffed, tables.answers) == []


def test_an_old_event_that_can_not_be_read_keeps_nobody_from_being_forgotten(staffed: World) -> None:
    staffed.ticket("T1")
    staffed.happened("T1", "resolved")
    with staffed.services.engine.begin() as connection:
        damage_one(connection)
        forgetting.begin(connection, "default", "ana", staffed.clock.now_s())
    forgetting.finish(staffed.services.engine.begin, "default", "ana", "gone-1")
    assert rows(staffed, tables.events) == []
    assert "ticket_opened" not in [each["kind"] for each in rows(staffed, past_events)]


@pytest.mark.parametrize("table", [tickets, past_events])
def test_what_can_not_be_read_and_names_who_is_forgotten_goes(staffed: World, table: sa.Table) -> None:
    staffed.ticket("T1")
    staffed.happened("T1", "resolved")
    with staffed.services.engine.begin() as connection:
        forgetting.begin(connection, "default", "ana", staffed.clock.now_s())
        body = '{"contacts":[{"agent_id":"ana"'
        if table is past_events:
            connection.execute(sa.insert(table).values(team="default", seq=0, at_s=0.0, kind="overridden", body=body))
        else:
            connection.execute(sa.update(table).where(table.c.team == "default").values(body=body))
    forgetting.finish(staffed.services.engine.begin, "default", "ana", "gone-1")
    assert '"ana"' not in str([[*each.values()] for each in rows(staffed, table)])

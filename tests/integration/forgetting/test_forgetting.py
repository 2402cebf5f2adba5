"""Who has left is in no table and no file any more, and no older backup brings them back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from api.clock import Clock
from api.store import backup, deletions, forgetting, letters, personal
from api.store.database import open_database
from api.store.repository import Repository
from api.store.restore import restore
from api.store.tables import metadata
from support.leavers import NAME, WHO, a_life_in_the_team, assert_replays, records, stored
from support.stepped_clock import SteppedClock
from support.world import NOON_S, World
from support.world import world as make_world

ABOUT_A_PERSON = {"light_duty", "load_bound", "hard_streak", "ramp_in", "one_hot", "rotation", "on_break", "break_pending", "debrief"}


def test_who_has_left_is_in_no_table_and_no_file(world: World, command: Any, tmp_path: Path) -> None:
    a_life_in_the_team(world)
    before = stored(world.services.engine)
    assert all(each in before for each in (f'"{WHO}"', f"b12-{WHO}"[-len(WHO) :], NAME, "9.125", '"awful"'))
    told = command("forget", WHO)
    assert told.exit_code == 0, told.output
    after = stored(world.services.engine)
    assert not [each for each in (WHO, NAME, "9.125", '"awful"') if each in after]
    pseudonym = told.output.split()[-1]
    theirs = [each for record in records(world.services.engine) for each in record["not_others"] if each["agent_id"] == pseudonym]
    assert theirs
    assert all(each.keys() == {"agent_id", "rules"} for each in theirs)
    assert not [rule for each in theirs for rule in each["rules"] if rule["rule"] in ABOUT_A_PERSON and rule["actual"] is not None]
    chosen = [record for record in records(world.services.engine) if record["agent_id"] == pseudonym]
    assert chosen
    assert all(record["because"] == [] for record in chosen)
    assert any(each["because"] for each in records(world.services.engine) if each["agent_id"] == "ana")
    if world.services.engine.dialect.name == "sqlite":
        written = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
        assert WHO.encode() not in written
        assert NAME.encode() not in written


def test_the_service_goes_on_without_them(own_world: World, command: Any) -> None:
    world = own_world
    a_life_in_the_team(world)
    assert command("forget", WHO).exit_code == 0
    assert [each["id"] for each in world.ok("admin", "GET", "/v1/agents")["items"]] == ["ana"]
    assert world(WHO, "GET", f"/v1/agents/{WHO}/recovery").status_code == 401
    assert world("helpdesk", "POST", f"/v1/agents/{WHO}/status", {"status": "online"}).status_code in (404, 422)
    world.clock.instant_s += 14400
    assert world.ticket("N1", account_id="acme-0", skills=["export"])["decision"]["agent_id"] == "ana"
    for ticket_id in ("T1", "T4", "O1"):  # re-opened, and closed again by who is there
        world.happened(ticket_id, "reopened")
        world.happened(ticket_id, "resolved")
        assert {each["agent_id"] for each in world.ok("helpdesk", "GET", f"/v1/tickets/{ticket_id}")["contacts"]} <= {"ana"}
    shown = world.ok("helpdesk", "GET", "/v1/decisions?limit=100&explain=text")["items"]
    assert any("gone-" in line for each in shown for line in each["text"])
    decision_id = next(each["id"] for each in shown if each["agent_id"] and each["agent_id"].startswith("gone-"))
    assert world("helpdesk", "GET", f"/v1/decisions/{decision_id}/counterfactual?agent_id=ana").status_code == 200
    assert_replays(world.services.engine)
    with make_world(world.services.settings.database_url, SteppedClock(world.clock.instant_s)) as again:
        assert [each["id"] for each in again.ok("admin", "GET", "/v1/agents")["items"]] == ["ana"]


def test_who_is_paging_goes_on_where_the_item_that_their_page_ended_with_is_forgotten_meanwhile(own_world: World, command: Any) -> None:
    world = own_world
    world.debrief_asked()
    agents = world.ok("admin", "GET", "/v1/agents?limit=2")
    own = world.ok("ana", "GET", "/v1/agents/ana/debriefs?limit=1")
    assert agents["next"] == "ben"
    assert own["next"] is not None
    assert command("forget", "ben").exit_code == 0
    assert [each["id"] for each in world.ok("admin", "GET", "/v1/agents?after=ben")["items"]] == ["cleo"]
    assert world.ok("ana", "GET", f"/v1/agents/ana/debriefs?after={own['next']}")["items"] == []
    refused = world("ana", "GET", "/v1/agents/ana/debriefs?after=zzzz")
    assert refused.json()["errors"][0]["pointer"] == "/query/after"


def test_an_id_that_is_a_word_of_its_own_is_told_from_the_word(own_world: World, command: Any) -> None:
    """An agent may be called `agent`, which is a lane, too."""
    world = own_world
    for name in ("agent", "normal"):
        world.agent(name)
    world.ticket("T1")
    world.ticket("T2", account_id="beta", category="agent")
    for each in world.ok("helpdesk", "GET", "/v1/tickets")["items"]:
        world.happened(each["id"], "resolved")
    assert all(command("forget", name).exit_code == 0 for name in ("agent", "normal"))
    found = records(world.services.engine)
    assert {each["lane"] for each in found if each["agent_id"]} == {"agent"}
    assert all(each["agent_id"] is None or each["agent_id"].startswith("gone-") for each in found)
    assert all(other["agent_id"].startswith("gone-") for each in found for other in each["not_others"])
    shown = world.ok("helpdesk", "GET", "/v1/tickets")["items"]
    assert {(each["priority"], each["category"]) for each in shown} == {("normal", None), ("normal", "agent")}


def test_each_letter_about_them_goes_however_it_names_them_and_no_other(own_world: World) -> None:
    """Helpdesks write JSON with a space or without; what a subscriber is told of may be known by its key alone."""
    world = own_world
    world.agent("ana")
    world.agent(WHO)
    about = {
        "spaced": f'{{"agent_id": "{WHO}"}}',
        "compact": f'{{"agent_id":"{WHO}"}}',
        "other": f'{{"agent_id": "ana", "category": "{WHO}"}}',
    }
    inbox, outbox = (metadata.tables[name] for name in ("inbox", "outbox"))
    with world.services.engine.begin() as connection:
        row = {"peer": "x", "type": "recovery.started"}
        told = [row | {"id": name, "key": "ticket:T1", "body": body} for name, body in about.items()]
        by_key = [row | {"id": name, "key": f"agent:{name}", "body": "{}"} for name in (WHO, "ana")]
        letters.add(connection, outbox, "default", [*told, *by_key], NOON_S)
        came = [{name: text for name, text in each.items() if name != "type"} | {"received_s": NOON_S} for each in told]
        letters.add(connection, inbox, "default", came, NOON_S)
        forgetting.begin(connection, "default", WHO, world.clock.now_s())
    forgetting.finish(world.services.engine.begin, "default", WHO, "gone-1")
    with world.services.engine.begin() as connection:
        left = [connection.execute(sa.select(table.c.id).order_by(table.c.seq)).scalars().all() for table in (outbox, inbox)]
    assert left == [["other", "ana"], ["other"]]


def test_who_has_work_in_hand_or_is_not_known_is_refused_in_one_line(own_world: World, command: Any) -> None:
    world = own_world
    world.agent(WHO)
    world.ticket("T1")
    in_hand = "has 1 tickets in hand, 'T1' for one"
    for words, why in (((WHO,), in_hand), (("nobody",), "is not known"), ((WHO, "--team", "x"), "does not exist")):
        found = command("forget", *words)
        assert (found.exit_code, found.stderr.count("\n")) == (2, 1)
        assert why in found.stderr
        assert "PUT" not in found.stderr  # to make somebody in order to forget them is no way out
    assert world.ok("helpdesk", "GET", "/v1/tickets/T1")["agent_id"] == WHO


@pytest.mark.parametrize(
    ("upgraded_url", "kept"),
    [("sqlite", "in a file"), ("sqlite", "in the database that is replaced"), ("postgresql", "in the database that is replaced")],
    indirect=["upgraded_url"],
)
def test_an_older_backup_brings_nobody_back(world: World, command: Any, tmp_path: Path, kept: str) -> None:
    """One agent has left and another has left personal mode since the backup was made."""
    a_life_in_the_team(world)
    world.ok("ana", "PUT", "/v1/agents/ana/personal-mode", {"opt_in": True})
    world.ok("ana", "POST", "/v1/agents/ana/check-ins", {"answer": 8.375})
    world.ticket("held", account_id="acme-0", skills=["export"])
    world.happened("held", "reassigned", agent_id=WHO)  # in hand when the backup is made
    file = tmp_path / "all.gz"
    with backup.snapshot(world.services.engine) as connection:
        backup.write(connection, file, NOON_S)
    world.happened("held", "resolved", agent_id=WHO)
    world.ok("ana", "DELETE", "/v1/agents/ana/personal-data")
    assert command("forget", WHO).exit_code == 0
    with world.services.engine.begin() as connection:
        made = deletions.listed(connection)
    assert sorted(each.what for each in made) == ["agent", "personal"]
    assert set(deletions.read(tmp_path / "deletions.jsonl")) == set(made)
    target = tmp_path / "again.db"
    engine = world.services.engine if kept != "in a file" else open_database(f"sqlite:///{target}")
    _, count = restore(engine, file, deletions.read(tmp_path / "deletions.jsonl") if kept == "in a file" else ())
    assert count == 2
    found = stored(engine)
    assert not [each for each in (WHO, NAME, "9.125", "8.375", '"awful"') if each in found]
    with engine.connect().execution_options(reading=True) as connection:
        assert personal.of(connection, "default") == {}
        assert Repository(connection).load("default").tickets["held"].state == "waiting"
    assert_replays(engine)
    with engine.begin() as connection:
        assert forgetting.delete_again(connection, made) == 0  # they are known now
    if kept == "in a file":
        engine.dispose()


def test_a_deletion_tells_nobodys_id(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'own.db'}")
    with make_world(str(engine.url)) as world:
        world.agent(WHO)
        with world.services.engine.begin() as connection:
            made = [deletions.note(connection, "default", WHO, deletions.AGENT, Clock().now_s() + each) for each in range(2)]
        assert made[0].who != made[1].who
        assert all(each.is_of(WHO) and not each.is_of("ana") for each in made)
        assert WHO not in "".join(str(each) for each in made)
    engine.dispose()
    (tmp_path / "wrong.jsonl").write_text('{"who": 1}\n')
    with pytest.raises(ValueError, match=r"wrong\.jsonl:1 is no deletion$"):
        list(deletions.read(tmp_path / "wrong.jsonl"))

"""A large team's decisions are stored packed, and nobody who reads, compares, retires or forgets them is any the wiser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.responses import Response
from typer.testing import CliRunner

from api import routes
from api.cli import app
from api.json_text import finite_json
from api.store import forgetting, past
from api.store.checking import differing_decisions
from api.store.keys import Principal
from api.store.packing import PACKED, decision_of, unpacked
from api.store.repository import MADE_LEAN, Repository, checksum
from api.store.rosters import Rosters
from api.store.tables import answers, decisions, events, metadata, rosters
from api.writer.exchange import Answer, Command
from router.events import AgentPut, AgentStatus, Event
from router.replay import replay
from router.state import TeamState
from support.retained import number_of_a_person
from support.world import NOON_S, World
from support.world import world as make_world

IDS = [f"agent-{number}" for number in range(1000, 1150)]
GONE, STAYS = IDS[0], IDS[1]


@pytest.fixture
def world(upgraded_url: str) -> Iterator[World]:
    """A team that decided six tickets, one of them met by who is to leave."""
    with make_world(upgraded_url) as made:
        staff: list[Event] = [AgentPut(NOON_S, each, "N.") for each in IDS]
        staff += [AgentStatus(NOON_S, each, "online", NOON_S) for each in IDS[:3]]
        made.services.dispatcher.submit(Command("default", lambda _s, _n: staff, lambda _outcome: Answer(200, ""))).result()
        for number in range(6):
            made.ticket(f"T{number}", account_id=f"acme-{number}")
            made.happened(f"T{number}", "resolved")
        yield made


def records(world: World) -> dict[str, dict[str, Any]]:
    with world.services.engine.connect().execution_options(reading=True) as connection:
        return {each: decision_of(body, Rosters(connection, "default")) for each, body in bodies(world).items()}


def bodies(world: World) -> dict[str, str]:
    with world.services.engine.connect().execution_options(reading=True) as connection:
        return {row.id: row.body for row in connection.execute(sa.select(decisions.c.id, decisions.c.body))}


def stored(world: World) -> str:
    """Every row of every table, unpacked."""
    with world.services.engine.connect().execution_options(reading=True) as connection:
        rows = [row for table in metadata.sorted_tables for row in connection.execute(sa.select(table))]
    return re.sub(PACKED + "[A-Za-z0-9+/=]+", lambda found: unpacked(found[0]), "\n".join(str(each) for row in rows for each in row))


def as_before(world: World, ids: list[str]) -> None:
    """Some decisions as they were stored when none was packed, with the checksum of then."""
    plain = {each: finite_json(record) for each, record in records(world).items() if each in ids}
    with world.services.engine.begin() as connection:
        for each, body in plain.items():
            connection.execute(sa.update(decisions).where(decisions.c.team == "default", decisions.c.id == each).values(body=body))
        decided = sa.select(events.c.seq, events.c.body).where(events.c.team == "default", events.c.kind == "decided")
        for seq, text in connection.execute(decided).all():
            values = json.loads(text)
            values[MADE_LEAN] = [[checksum(plain[lean["id"]]) if lean["id"] in plain else crc, lean] for crc, lean in values[MADE_LEAN]]
            connection.execute(sa.update(events).where(events.c.team == "default", events.c.seq == seq).values(body=json.dumps(values)))


def assert_replays(world: World, count: int) -> None:
    with world.services.engine.connect().execution_options(reading=True) as connection:
        repository = Repository(connection)
        done = replay(TeamState(), repository.log("default"))
        assert (done.count, done.differences) == (count, ())
        assert list(differing_decisions(connection, "default", 0, repository.revision("default"))) == []


def forget(world: World) -> int:
    with world.services.engine.begin() as connection:
        forgetting.begin(connection, "default", GONE, world.clock.now_s())
    return forgetting.finish(world.services.engine.begin, "default", GONE, "gone-1")


@pytest.mark.parametrize("upgraded_url", ["sqlite"], indirect=True)
def test_packed_or_not_a_decision_is_told_to_the_letter_and_derived_again(world: World) -> None:
    answered = world.ticket("T9")["decision"]
    first = bodies(world)
    assert len(first) == 7
    assert all(PACKED in each and len(finite_json(records(world)[name])) > 3 * len(each) for name, each in first.items())
    assert len(answered["not_others"]) == len(IDS) - 1
    shown = world("helpdesk", "GET", f"/v1/decisions/{answered['id']}").text
    assert json.loads(shown) == answered
    assert_replays(world, 7)
    listed = world("helpdesk", "GET", "/v1/decisions").text
    as_before(world, sorted(first)[::2])
    assert sorted(PACKED in each for each in bodies(world).values()) == [False] * 4 + [True] * 3
    assert world("helpdesk", "GET", "/v1/decisions").text == listed
    assert world("helpdesk", "GET", f"/v1/decisions/{answered['id']}").text == shown
    assert_replays(world, 7)


@pytest.mark.parametrize("upgraded_url", ["sqlite"], indirect=True)
def test_what_is_said_of_many_is_json_before_it_reaches_the_loop_that_serves_everybody(world: World) -> None:
    """What a route returns as anything else the framework puts into JSON on the event loop, for seconds where it is much."""

    service, one = world.services, sorted(bodies(world))[0]
    helpdesk, own = Principal("key", "default", "helpdesk", None), Principal("key", "default", "agent", STAYS)
    made = {
        "/v1/decisions": routes.decisions.list_decisions(helpdesk, service),
        f"/v1/decisions/{one}": routes.decisions.get_decision(one, helpdesk, service),
        "/v1/tickets": routes.tickets.list_tickets(helpdesk, service),
        "/v1/team": routes.team.get_team(helpdesk, service),
    }
    for path, answer in made.items():
        assert isinstance(answer, Response), path
        assert json.loads(bytes(answer.body)) == world.ok("helpdesk", "GET", path)
    assert isinstance(routes.personal.export(STAYS, own, service), Response)


@pytest.mark.parametrize("upgraded_url", ["sqlite"], indirect=True)
def test_what_tickets_alike_share_is_packed_once_and_each_leaves_out_its_own(world: World) -> None:
    before = bodies(world).keys()
    sent = [{"id": f"B{number}", "account_id": "beta", "subject": "words", "created_at": world.at()} for number in range(8)]
    told = [each["decision"] for each in world.ok("helpdesk", "POST", "/v1/tickets/bulk", {"tickets": sent})["items"]]
    made = [body for each, body in bodies(world).items() if each not in before]
    assert len({json.loads(each)["not_others"]["of_all"] for each in made}) < len({each["agent_id"] for each in told}) == 3
    for each in told:
        assert {each["agent_id"], *(other["agent_id"] for other in each["not_others"])} == {*IDS}
        assert world.ok("helpdesk", "GET", f"/v1/decisions/{each['id']}") == each


@pytest.mark.parametrize("upgraded_url", ["sqlite"], indirect=True)
def test_a_page_ends_early_where_it_tells_of_very_many_and_the_next_goes_on(world: World) -> None:
    sent = [{"id": f"B{number}", "account_id": "beta", "subject": "words", "created_at": world.at()} for number in range(80)]
    told = [each["decision"] for each in world.ok("helpdesk", "POST", "/v1/tickets/bulk", {"tickets": sent})["items"]]
    pages, after = list[list[dict[str, Any]]](), ""
    while after is not None:
        page = world.ok("helpdesk", "GET", f"/v1/decisions?after={after}")
        pages, after = [*pages, page["items"]], page["next"]
    assert [each for page in pages for each in page][6:] == sorted(told, key=lambda each: int(each["id"].rpartition("-")[2]))
    assert [len(page) for page in pages] == [67, 19]
    assert 9_850 < sum(len(each["not_others"]) for each in pages[0][:-1]) < 10_000
    assert len(world.ok("helpdesk", "GET", "/v1/decisions?limit=3")["items"]) == 3


@pytest.mark.parametrize("upgraded_url", ["sqlite"], indirect=True)
def test_a_page_without_the_others_has_all_else_and_is_short(world: World) -> None:
    for who, explain in (("helpdesk", ""), ("manager", "&explain=text"), (STAYS, "&explain=text")):
        whole = world.ok(who, "GET", f"/v1/decisions?limit=4{explain}")
        short = world(who, "GET", f"/v1/decisions?limit=4&without=not_others{explain}")
        assert len(short.content) < 12_000
        for each, full in zip(short.json()["items"], whole["items"], strict=True):
            said, others = each.get("text", ()), full.pop("not_others")
            assert [line for line in full.pop("text", ()) if not line.startswith("Not agent-")] == [*said]
            assert each == full | ({"text": said} if explain else {})
            assert len(others) == (0 if who == STAYS else len(IDS) - 1)
        assert short.json()["next"] == whole["next"]
    refused = world("manager", "GET", "/v1/decisions?without=relaxed")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/query/without")


@pytest.mark.parametrize("upgraded_url", ["sqlite"], indirect=True)
def test_a_packed_decision_that_is_other_than_it_was_is_found(world: World) -> None:
    one, another, *_ = sorted(bodies(world))
    with world.services.engine.begin() as connection:
        other = sa.update(decisions).where(decisions.c.team == "default", decisions.c.id == one)
        connection.execute(other.values(body=bodies(world)[another]))
        found = list(differing_decisions(connection, "default", 0, Repository(connection).revision("default")))
    assert found == [one]


@pytest.mark.parametrize("upgraded_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("body", [None, '{"agent_id', "[]", f'{{"agent_id":["{GONE}"]}}'])
def test_decisions_whose_roster_is_gone_or_other_than_it_was_are_found(
    world: World, monkeypatch: pytest.MonkeyPatch, body: str | None
) -> None:
    with world.services.engine.begin() as connection:
        connection.execute(sa.delete(rosters) if body is None else sa.update(rosters).values(body=body))
        found = list(differing_decisions(connection, "default", 0, Repository(connection).revision("default")))
    assert sorted(found) == sorted(bodies(world))
    monkeypatch.setenv("RESPITE_DATABASE_URL", world.services.settings.database_url)
    told = CliRunner().invoke(app, ["replay"])
    assert (told.exit_code, "6 are stored otherwise than in the log" in told.output) == (1, True)


@pytest.mark.parametrize(("upgraded_url", "plain"), [("sqlite", False), ("sqlite", True), ("postgresql", True)], indirect=["upgraded_url"])
def test_who_leaves_is_in_no_decision_and_who_stays_has_theirs(world: World, plain: bool) -> None:
    own = world.ok(STAYS, "GET", f"/v1/agents/{STAYS}/export")["decisions"]
    theirs = [each for each in world.ok(GONE, "GET", f"/v1/agents/{GONE}/export")["decisions"] if each["agent_id"] == GONE]
    assert own
    assert theirs
    if plain:
        as_before(world, sorted(bodies(world))[::2])
    assert f'"{GONE}"' in stored(world)
    assert forget(world) >= 6
    assert GONE not in stored(world)
    kept = [*records(world).values()]
    assert all(PACKED in each for each in bodies(world).values())
    assert sorted('"since":' in each for each in bodies(world).values()) == [False] * (3 * plain) + [True] * (6 - 3 * plain)
    assert [each["agent_id"] for each in kept].count("gone-1") == len(theirs)
    assert all(any(other["agent_id"] == "gone-1" for other in each["not_others"]) for each in kept if each["agent_id"] != "gone-1")
    assert [each["id"] for each in world.ok(STAYS, "GET", f"/v1/agents/{STAYS}/export")["decisions"]] == [each["id"] for each in own]
    again = bodies(world)
    assert forgetting.finish(world.services.engine.begin, "default", GONE, "gone-1") == 0
    assert bodies(world) == again


@pytest.mark.parametrize("upgraded_url", ["sqlite"], indirect=True)
def test_an_answer_is_kept_packed_repeated_to_the_letter_and_gone_with_whom_it_names(world: World) -> None:
    def kept() -> dict[str, str]:
        with world.services.engine.connect().execution_options(reading=True) as connection:
            return {row.key.split()[-1]: row.body for row in connection.execute(sa.select(answers.c.key, answers.c.body))}

    def post(ticket_id: str) -> str:
        body = {"id": ticket_id, "account_id": "beta", "subject": "words", "created_at": "2026-03-02T12:00:00Z"}
        return str(world("helpdesk", "POST", "/v1/tickets", body, Idempotency_Key=ticket_id).text)

    first = post("K1")
    assert post("K1") == first
    assert GONE in first
    (body,) = kept().values()
    assert body.startswith(PACKED)
    assert unpacked(body) == first
    forget(world)
    assert kept() == {}
    later = post("K2")
    assert forgetting.finish(world.services.engine.begin, "default", GONE, "gone-1") == 0
    assert [unpacked(each) for each in kept().values()] == [later]


@pytest.mark.parametrize("upgraded_url", ["sqlite"], indirect=True)
def test_numbers_of_people_go_from_packed_decisions_too(world: World) -> None:
    assert all(number_of_a_person(each) for each in records(world).values())
    with world.services.engine.begin() as connection:
        past.coarsen(connection, "default", 0, Repository(connection).revision("default"), world.clock.now_s())
    assert not [each for each in records(world).values() if number_of_a_person(each)]
    assert all(PACKED in each for each in bodies(world).values())
    assert len(world.ok("helpdesk", "GET", "/v1/decisions")["items"]) == 6


@pytest.mark.parametrize("upgraded_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("damaged", [f'{{"not_others":{{"of_all":"{PACKED}AAAA","but":-1}}}}', f'{{"agent_id":"{GONE}"'])
@pytest.mark.parametrize("forgets", [True, False])
def test_a_decision_that_nobody_can_read_keeps_nobody_from_being_forgotten(world: World, damaged: str, forgets: bool) -> None:
    one, *others = sorted(bodies(world))
    with world.services.engine.begin() as connection:
        connection.execute(sa.update(decisions).where(decisions.c.team == "default", decisions.c.id == one).values(body=damaged))
    if forgets:
        forget(world)
        assert GONE not in stored(world)
    else:
        with world.services.engine.begin() as connection:
            past.coarsen(connection, "default", 0, Repository(connection).revision("default"), world.clock.now_s())
    assert sorted(bodies(world)) == others


@pytest.mark.parametrize("upgraded_url", ["sqlite"], indirect=True)
def test_who_is_in_the_team_is_stored_when_that_changes_and_goes_with_the_last_decision_that_needs_it(world: World) -> None:
    def begun() -> list[int]:
        with world.services.engine.connect().execution_options(reading=True) as connection:
            return list(connection.execute(sa.select(rosters.c.revision).order_by(rosters.c.revision)).scalars())

    assert len(begun()) == 1
    world.agent("zoe")
    world.ticket("T7")
    made = world.ticket("T8")["decision"]
    assert len(begun()) == 2
    people = {
        each["ticket_id"]: {each["agent_id"], *(other["agent_id"] for other in each["not_others"])} for each in records(world).values()
    }
    assert [ticket for ticket in sorted(people) if "zoe" in people[ticket]] == ["T7", "T8"]
    assert all({*IDS} <= each for each in people.values())
    for until in (begun()[1] - 1, made["revision"]):
        while True:
            with world.services.engine.begin() as connection:
                if not past.drop_decisions(connection, "default", until):
                    break
        assert len(begun()) == 1
        assert all(records(world).values())
    assert bodies(world) == {}


@pytest.mark.parametrize("upgraded_url", ["sqlite"], indirect=True)
def test_a_roster_that_nobody_can_read_keeps_nobody_from_being_forgotten(world: World) -> None:
    with world.services.engine.begin() as connection:
        connection.execute(sa.update(rosters).where(rosters.c.team == "default").values(body=f'["{GONE}"'))
    forget(world)
    assert GONE not in stored(world)
    assert bodies(world) == {}

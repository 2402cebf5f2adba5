"""Debriefs over the API and on an agent's page: proposed, accepted, held, and seen by nobody else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from support.world import World


@pytest.fixture
def asked(world: World) -> tuple[World, str]:
    return world, world.debrief_asked()


def answer(world: World, who: str, debrief_id: str, word: str = "accept") -> Any:
    return world(who, "POST", f"/v1/agents/{who}/debriefs/{debrief_id}", {"answer": word})


def test_both_see_their_side_of_it(asked: tuple[World, str]) -> None:
    world, debrief_id = asked
    mine = world.ok("ana", "GET", "/v1/agents/ana/debriefs")["items"][0]
    theirs = world.ok("ben", "GET", "/v1/agents/ben/debriefs")["items"][0]
    assert (mine["role"], mine["with"], mine["ticket_id"], mine["state"]) == (
        "handler",
        {"agent_id": "ben", "name": "Ben"},
        "T1",
        "proposed",
    )
    assert (theirs["role"], theirs["with"]["agent_id"], theirs["ticket_id"]) == ("listener", "ana", None)
    assert world.ok("ana", "GET", "/v1/agents/ana/recovery")["debrief"] == f"{debrief_id} proposed"
    assert world.ok("cleo", "GET", "/v1/agents/cleo/debriefs")["items"] == []


def test_accepted_by_both_it_is_held_and_goes_into_the_statement_of_who_listened(asked: tuple[World, str]) -> None:
    world, debrief_id = asked
    assert answer(world, "ana", debrief_id).json()["state"] == "accepted"
    begun = answer(world, "ben", debrief_id).json()
    assert (begun["state"], begun["end"]) == ("under_way", world.at(300))
    given = world.ticket("T2", account_id="other")
    assert given["ticket"]["agent_id"] == "cleo"
    world.clock.instant_s += 301
    world.ticket("T3", account_id="other")
    assert world.ok("ben", "GET", "/v1/agents/ben/debriefs")["items"][0]["state"] == "held"
    entry = world.ok("ben", "GET", "/v1/agents/ben/statement")["contacts"][0]
    assert [each["fact"] for each in entry["facts"]] == ["debrief"]
    assert not [each for each in world.ok("ana", "GET", "/v1/agents/ana/statement")["contacts"] if each["ticket_id"] != "T1"]
    assert world.ok("ben", "GET", "/v1/agents/ben/export")["debriefs"][0]["id"] == debrief_id


def test_refusals(asked: tuple[World, str]) -> None:
    world, debrief_id = asked
    assert answer(world, "cleo", debrief_id).status_code == 404
    assert answer(world, "ana", "f9999").status_code == 404
    assert answer(world, "ana", debrief_id, "perhaps").status_code == 422
    assert world("ana", "POST", f"/v1/agents/ben/debriefs/{debrief_id}", {"answer": "accept"}).status_code == 403
    assert world("ana", "GET", "/v1/agents/ben/debriefs").status_code == 403
    assert answer(world, "ben", debrief_id, "decline").json()["state"] == "over"
    assert answer(world, "ana", debrief_id).status_code == 409
    assert world.ok("ana", "GET", "/v1/agents/ana/recovery")["debrief"] is None


SEEN_BY_OTHERS = ("/v1/team", "/v1/agents/ana/recovery", "/v1/agents/ben/recovery", "/v1/queue")


def as_seen(world: World, paths: tuple[str, ...] = SEEN_BY_OTHERS) -> dict[str, Any]:
    """What a manager and the helpdesk read, without the instant and what fades."""
    found = {f"{who} {path}": world.ok(who, "GET", path) for who in ("manager", "helpdesk") for path in paths}
    return {what: {name: each[name] for name in each if name not in ("now", "points", "line", "ready_at")} for what, each in found.items()}


def test_to_everybody_else_nothing_changes_when_two_begin_to_talk_nor_when_they_end(asked: tuple[World, str]) -> None:
    """Two who rest from the same instant on, to the same instant, for five minutes, are known by it."""
    world, debrief_id = asked
    before = as_seen(world)
    answer(world, "ana", debrief_id)
    assert answer(world, "ben", debrief_id).json()["state"] == "under_way"
    assert as_seen(world) == before
    world.clock.instant_s += 299
    assert as_seen(world) == before
    world.clock.instant_s += 2
    assert as_seen(world) == before
    page = world.client.get("/team", headers={"Authorization": f"Bearer {world.keys['manager']}"}).text
    assert "on a break" not in page


def test_nobody_else_sees_that_they_talk(asked: tuple[World, str]) -> None:
    """What keeps tickets from them is seen as ramp-in, which also lasts minutes and shows in no state."""
    world, debrief_id = asked
    answer(world, "ana", debrief_id)
    answer(world, "ben", debrief_id)
    decision = world.ticket("T2", account_id="other")["decision"]
    assert decision["agent_id"] == "cleo"
    world.ok("helpdesk", "POST", "/v1/agents/cleo/status", {"status": "away"})
    world.ticket("T3", account_id="other")
    more = ("/v1/decisions?explain=text", "/v1/tickets", f"/v1/decisions/{decision['id']}/counterfactual?agent_id=ben")
    seen = as_seen(world, SEEN_BY_OTHERS + more)
    for what, found in seen.items():
        assert debrief_id not in json.dumps(found), what
        assert "debrief" not in json.dumps(found).replace("debriefs_last_week", ""), what
        assert "on_break" not in json.dumps(found), what
    assert seen["manager /v1/team"]["debriefs_last_week"] is None
    assert seen["manager /v1/queue"]["items"][0]["waits_for"]["ramp_in"] == 2
    (lift,) = seen[f"helpdesk {more[-1]}"]["lifts"]
    assert (lift["rule"], lift["actual"], lift["limit"], lift["at"]) == ("ramp_in", None, None, None)
    rules = {each["agent_id"]: each["rules"] for each in seen[f"helpdesk {more[0]}"]["items"][-2]["not_others"]}
    assert rules["ana"] == rules["ben"] == [{"rule": "ramp_in", "actual": None, "limit": None}]


def test_the_page_asks_and_puts_names_in_as_they_are(asked: tuple[World, str]) -> None:
    world, debrief_id = asked
    world.ok("admin", "PUT", "/v1/agents/ana", {"name": "<b>{Ana}</b>", "debrief_opt_in": True})

    def page(who: str) -> str:
        world.keys.setdefault(who, world.make_key("agent", who))
        return str(world.client.get("/me", headers={"Authorization": f"Bearer {world.keys[who]}"}).text)

    text = page("ben")
    assert "&lt;b&gt;{Ana}&lt;/b&gt; had a tough contact. Would you listen for 5 minutes?" in text
    assert f'data-debrief="{debrief_id}"' in text
    assert "ticket T1" not in text.split('data-part="debrief"')[1].split("</section>")[0]
    assert "Ben would listen after ticket T1, for 5 minutes." in page("ana")
    assert 'data-part="debrief" aria-labelledby="debrief-title" hidden' in page("cleo")

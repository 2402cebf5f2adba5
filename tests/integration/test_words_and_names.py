"""Words of a ticket are nowhere; names of people are in profiles alone; and what is kept of an agent, the agent can take along."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from api.store.tables import metadata
from support.stepped_clock import SteppedClock
from support.world import NOON_S, World
from support.world import world as make_world

DAY_S = 86_400.0
WORDS = ("ZYXGLORP", "QUUXBLAT", "VLORNISH")  # in a subject, a body, a later message
NAME = "Ana Unmistakable"
PROFILES = {("events", "agent_put"), ("checkpoints", None), ("origins", None)}  # where a name may stand


def a_morning(world: World) -> None:
    world.agent("4711", name=NAME)
    world.agent("4712", name="Ben")
    text = {"subject": f"{WORDS[0]} is broken", "body": f"Useless {WORDS[1]}! I am furious!"}
    world.ticket("T1", **text)
    ticket = {"id": "T2", "account_id": "acme", "created_at": world.at()} | text
    for _ in range(2):
        world.ok("helpdesk", "POST", "/v1/tickets", ticket, Idempotency_Key="k-1")
    world.ok("helpdesk", "POST", "/v1/tickets/bulk", {"tickets": [ticket | {"id": "T3"}, ticket | {"id": "T4", "channel": "telegraph"}]})
    world("helpdesk", "POST", "/v1/tickets", ticket | {"id": "T5", "priority": "whatever"})  # refused
    world.happened("T1", "message", body=f"{WORDS[2]}!!")
    world.happened("T1", "contact")
    world.happened("T1", "resolved")
    world("helpdesk", "POST", "/v1/tickets/T1/events", {"type": "contact", "body": WORDS[2]})  # refused
    world.ok("helpdesk", "GET", "/v1/decisions?explain=text")


def rows_of(world: World) -> list[tuple[str, dict[str, Any]]]:
    with world.services.engine.connect().execution_options(reading=True) as connection:
        return [(table.name, dict(row)) for table in metadata.sorted_tables for row in connection.execute(sa.select(table)).mappings()]


def test_words_of_a_ticket_are_nowhere(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Not in a table, a file, the write-ahead log, a kept answer or what is logged, and not in a backup."""
    caplog.set_level(logging.DEBUG)
    with make_world(f"sqlite:///{tmp_path / 'own.db'}") as world:
        a_morning(world)
        scores = [row for name, row in rows_of(world) if name == "events" and '"text_score":0.' in row["body"]]
        assert scores  # they were looked at
        stored = str(rows_of(world))
        written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        for word in WORDS:
            assert word not in stored
            assert word.encode() not in written
            assert word not in caplog.text


def test_a_name_stands_in_the_profile_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    clock = SteppedClock(NOON_S)
    with make_world(f"sqlite:///{tmp_path / 'own.db'}", clock) as world:
        a_morning(world)
        clock.instant_s += 100 * DAY_S
        world.ticket("T9", account_id="beta")
        world.services.retention.retention.enforce("default")
        places = {(name, row.get("kind")) for name, row in rows_of(world) if NAME in str(row)}
        assert places
        assert places <= PROFILES
        assert ("past_events", "ticket_opened") in {(name, row.get("kind")) for name, row in rows_of(world)}
        assert NAME not in caplog.text
        for path in ("/v1/decisions?limit=100&explain=text", "/v1/tickets", "/v1/queue"):
            assert NAME not in world("helpdesk", "GET", path).text


def test_what_is_kept_of_an_agent_can_be_taken_along(world: World) -> None:
    a_morning(world)
    held = {each["agent_id"] for each in world.ok("helpdesk", "GET", "/v1/tickets/T1")["contacts"]}
    (who,) = held
    world.ok(who, "POST", f"/v1/agents/{who}/taps", {"ticket_id": "T1", "rating": "hard"})
    world.ok("manager", "GET", f"/v1/agents/{who}/recovery")
    world.ok("manager", "PUT", f"/v1/exclusions/{who}/acme", {"reason": "asked for it"})
    world.ok(who, "PUT", f"/v1/agents/{who}/personal-mode", {"opt_in": True})
    world.ok(who, "POST", f"/v1/agents/{who}/check-ins", {"answer": 3.5})
    world.ok("helpdesk", "POST", "/v1/feedback", {"id": "F1", "ticket_id": "T1", "agent_id": who, "felt_understood": 9})
    world.ticket("hot", escalated=True, account_id="gamma")
    world.happened("hot", "resolved", agent_id=who)
    found = world.ok(who, "GET", f"/v1/agents/{who}/export")
    for name in ("presence", "points_by_day", "ratings", "exclusions", "feedback", "check_ins", "breaks", "keys", "looks", "decisions"):
        assert found[name], name
    assert found["subscriptions"] == []
    assert found["presence"][0]["mode"] == "queue"
    assert {each["what"] for each in found["looks"]} >= {"recovery"}
    assert "hash" not in json.dumps(found["keys"])
    other = {"4711": "4712", "4712": "4711"}[who]
    assert other not in json.dumps({name: value for name, value in found.items() if name != "decisions"})
    by_table = {
        "decisions": "decisions",
        "breaks": "breaks",
        "keys": "keys",
        "personal": "personal_mode",
        "check_ins": "check_ins",
        "looks": "looks",
        "feedback": "feedback",
        "subscriptions": "subscriptions",
    }
    passing = {"answers", "rests_told"}  # a day's answers to repeats; what a subscriber was told last
    assert {table.name for table in metadata.sorted_tables if "agent_id" in table.c} == by_table.keys() | passing
    assert set(by_table.values()) <= found.keys()

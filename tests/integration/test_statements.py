"""Every statement names the team, so that a team can be moved to another server with all that is its own.

What the service asks in any test of this folder is checked (conftest.py); here is that the check finds what it should.
"""

from __future__ import annotations

import pytest

from api.store.tables import metadata
from support.sharding import Listener, tables_in, unnamed
from support.world import World

NAMING = (
    "SELECT events.seq FROM events WHERE events.team = ? AND events.seq > ?",
    "SELECT events.seq \nFROM events \nWHERE events.team = %(team_1)s::VARCHAR",
    "INSERT INTO tickets (team, id) VALUES (?, ?) ON CONFLICT (team, id) DO UPDATE SET state = excluded.state",
    "UPDATE teams SET revision=? WHERE teams.id = ? AND teams.revision = ?",
    "DELETE FROM answers WHERE answers.team = ?",
    "SELECT breaks.id FROM breaks JOIN tickets ON true WHERE breaks.team = ? AND tickets.team = ?",
    "SELECT 1",
)
WITHOUT = (
    ("SELECT events.seq FROM events WHERE events.seq > ?", {"events"}),
    ("SELECT max(events.at_s) FROM events", {"events"}),
    ("INSERT INTO tickets (id, state) VALUES (?, ?)", {"tickets"}),
    ("UPDATE teams SET revision=? WHERE teams.revision = ?", {"teams"}),
    ("DELETE FROM answers WHERE answers.created_s < ?", {"answers"}),
    ("SELECT breaks.id FROM breaks JOIN tickets ON tickets.team = breaks.team WHERE breaks.team = ?", {"tickets"}),
    ("SELECT breaks.id FROM breaks, tickets WHERE breaks.team = ?", {"tickets"}),
    ("SELECT keys.id FROM keys WHERE keys.role = ?", {"keys"}),
)


@pytest.mark.parametrize("statement", NAMING)
def test_a_statement_that_names_the_team(statement: str) -> None:
    assert unnamed(statement) == set()


@pytest.mark.parametrize(("statement", "tables"), WITHOUT)
def test_a_statement_that_does_not_is_found(statement: str, tables: set[str]) -> None:
    assert unnamed(statement) == tables
    assert tables <= tables_in(statement)


def test_the_team_is_in_front_of_every_key() -> None:
    first = {table.name: next(iter(table.primary_key.columns)).name for table in metadata.sorted_tables}
    assert {name for name, column in first.items() if column != "team"} == {"teams", "keys"}


def test_what_a_service_asks_in_its_days_work(world: World) -> None:
    listener = Listener()
    listener.install()
    world.agent("ana")
    world.ticket("T1", escalated=True)
    world.happened("T1", "resolved")
    ticket = {"id": "T2", "account_id": "acme", "subject": "s", "created_at": world.at()}
    world.ok("helpdesk", "POST", "/v1/tickets", ticket, Idempotency_Key="k")
    world.ok("manager", "GET", "/v1/agents/ana/recovery")
    world.ok("manager", "GET", "/v1/decisions")
    world.ok("ana", "PUT", "/v1/agents/ana/personal-mode", {"opt_in": True})
    world.ok("ana", "DELETE", "/v1/agents/ana/personal-data")
    listener.remove()
    assert {"teams", "events", "tickets", "decisions", "breaks", "answers", "looks", "personal", "check_ins"} <= listener.touched
    assert listener.without == set()

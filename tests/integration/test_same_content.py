"""A repeat is known by what it says, not by how it is written: instants in any offset, names that are listed twice."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from api import intake
from api.intake import Words
from api.schemas.sent import TicketEventIn, TicketIn
from router.events import TicketEvent, TicketOpened
from router.state import TeamState
from router.turn import fold
from support.world import NOON_S, World

TICKET = {"id": "T1", "account_id": "acme", "subject": "s", "created_at": "2026-03-02T11:00:00Z", "target_at": "2026-03-02T15:00:00Z"}


@pytest.mark.parametrize(
    "again",
    [
        {"created_at": "2026-03-02T12:00:00+01:00"},
        {"created_at": "2026-03-02T11:00:00.000-00:00", "target_at": "2026-03-02T20:30:00+05:30"},
        {"skills": ["export", "export"], "tags": ["a", "b", "a"]},
        {"occurred_at": "2026-03-02T12:00:00+01:00"},
    ],
)
@pytest.mark.parametrize("path", ["/v1/tickets", "/v1/tickets/bulk"])
def test_the_same_ticket_in_other_writing_is_a_repeat(world: World, path: str, again: dict[str, Any]) -> None:
    first = TICKET | {"skills": ["export"], "tags": ["a", "b"]}

    def status(body: dict[str, Any]) -> int:
        if path == "/v1/tickets":
            return int(world("helpdesk", "POST", path, body).status_code)
        return int(world.ok("helpdesk", "POST", path, {"tickets": [body]})["items"][0]["status"])

    assert [status(first), status(first | again), status(first | {"created_at": "2026-03-02T11:00:01Z"})] == [201, 200, 409]
    assert status(first | {"skills": ["export", "billing"]}) == 409


def test_the_same_event_in_another_offset_is_a_repeat(world: World) -> None:
    world.ok("helpdesk", "POST", "/v1/tickets", TICKET)
    told = {"type": "message", "event_id": "e1", "occurred_at": "2026-03-02T11:30:00Z"}
    before = len(events(world))
    for instant, status in (("2026-03-02T11:30:00Z", 200), ("2026-03-02T12:30:00+01:00", 200), ("2026-03-02T11:30:00+01:00", 409)):
        assert world("helpdesk", "POST", "/v1/tickets/T1/events", told | {"occurred_at": instant}).status_code == status
    assert events(world)[before:].count("ticket_event") == 1


def test_the_same_feedback_in_another_offset_is_a_repeat(world: World) -> None:
    world.ok("helpdesk", "POST", "/v1/tickets", TICKET)
    told = {"id": "F1", "ticket_id": "T1", "felt_understood": 3}
    for instant, status in (("2026-03-02T11:30:00Z", 201), ("2026-03-02T12:30:00+01:00", 200), ("2026-03-02T11:30:00+01:00", 409)):
        assert world("helpdesk", "POST", "/v1/feedback", told | {"occurred_at": instant}).status_code == status


def events(world: World) -> list[str]:
    with world.services.engine.connect() as connection:
        return list(connection.exec_driver_sql("SELECT kind FROM events ORDER BY seq").scalars())


OLD_TICKET = (
    '{"abuse":false,"account":null,"account_id":"acme","automation":null,"body":null,"category":null,"channel":"email",'
    '"created_at":"2026-03-02T12:00:00+01:00","escalated":false,"expected_handle_s":600.0,"id":"T1","language":null,'
    '"previous_agent_id":null,"priority":"normal","reopened_count":0,"skills":["x","x"],"subject":"s","tags":[],"target_at":null}'
)
OLD_EVENT = '{"agent_id":null,"body":null,"event_id":"e1","occurred_at":"2026-03-02T12:30:00+01:00","type":"message"}'


def test_what_is_stored_of_before_matches_a_repeat_to_the_letter() -> None:
    """As a store of a former version holds it: the digests are of the offsets as they came."""
    old_ticket, old_event = (hashlib.sha256(each.encode()).hexdigest() for each in (OLD_TICKET, OLD_EVENT))
    state = TeamState()
    opened = TicketOpened(NOON_S, "T1", "acme", NOON_S - 3600, old_ticket, skills=("x",))
    told = TicketEvent(NOON_S, "T1", "message", NOON_S - 1800, event_id="e1", digest=old_event)
    fold(state, [opened, told])
    ticket = {"id": "T1", "account_id": "acme", "subject": "s", "created_at": "2026-03-02T12:00:00+01:00", "skills": ["x", "x"]}
    event = {"type": "message", "event_id": "e1", "occurred_at": "2026-03-02T12:30:00+01:00"}
    again = intake.ticket(TicketIn.model_validate(ticket), Words(), state, NOON_S)
    event_again = intake.ticket_event("T1", TicketEventIn.model_validate(event), Words(), state, NOON_S)
    assert not fold(state, [*again, event_again])
    assert TicketIn.model_validate(ticket).created_at.utcoffset()

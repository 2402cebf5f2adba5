"""A history as events for a store: twice changes nothing, what is over is never routed, and the log keeps who had what."""

import pytest

from router import snapshot
from router.events import AccountPut, AgentPut, Decided, Event, TicketEvent, TicketOpened, decode, encode
from router.state import TeamState
from router.turn import turn
from simulations.backfill import BATCH_MAX, events, ticket_events
from simulations.columns import column_map
from simulations.history import Case, read
from support.histories import TICKETS_MAP, hard_account, json_lines, read_events

NOW_S = 1_800_000_000.0


def take(state: TeamState, cases: tuple[Case, ...], now_s: float = NOW_S) -> list[Event]:
    """Everything that enters the log when the cases are imported."""
    known = list(state.agents.row), list(state.accounts)
    return [event for batch in events(cases, now_s, *known) for event in turn(state, batch, now_s)]


def test_the_same_import_twice_changes_nothing() -> None:
    cases = read_events(hard_account(6, ("ben", "cid"))).cases
    state = TeamState()
    first = take(state, cases)
    before = snapshot.dump(state)
    assert {type(event) for event in first} == {AgentPut, AccountPut, TicketOpened, TicketEvent}
    assert take(state, cases, NOW_S + 3600) == []
    assert snapshot.dump(state) == before


def test_a_longer_export_of_the_same_history_adds_what_is_new() -> None:
    rows = [("1", "acme", "ann", "take", "2024-01-01 09:00"), ("1", "acme", "ann", "solve", "2024-01-01 10:00")]
    state = TeamState()
    take(state, read_events(rows[:1]).cases)
    assert state.tickets["1"].state == "assigned"
    (added,) = take(state, read_events(rows).cases)
    assert isinstance(added, TicketEvent)
    assert (added.type, state.tickets["1"].state) == ("resolved", "resolved")


def test_what_is_over_is_not_routed_and_what_is_open_is() -> None:
    rows = [("over", "acme", "", "solve", "2024-01-01 09:00"), ("open", "acme", "", "note", "2024-01-01 09:00")]
    logged = take(TeamState(), read_events(rows).cases)
    (decided,) = [event for event in logged if isinstance(event, Decided)]
    assert [record["ticket_id"] for record in decided.decisions] == ["open"]


def test_who_had_the_escalations_is_known_afterwards_in_the_order_of_time() -> None:
    rows = hard_account(3)
    rows += [("late", "angry", "ben", "take", "2023-12-01 09:00", "", "", "yes")]  # came first, ended last
    rows += [("late", "angry", "ben", "solve", "2024-06-01 09:00", "", "", "yes")]
    state = TeamState()
    take(state, read_events(rows).cases)
    assert state.accounts["angry"].escalation_handlers == ("ann", "ann", "ann", "ben")
    assert state.agents.people[0].recovery is None  # months ago: no break is owed today


def test_each_ticket_comes_with_all_its_events_in_one_batch() -> None:
    rows = [(str(n), "acme", "ann", what, f"2024-01-01 09:{n % 60:02d}") for n in range(700) for what in ("take", "answer", "solve")]
    rows += [("long", "acme", "ann", "answer", f"2024-01-02 {n // 60:02d}:{n % 60:02d}") for n in range(600)]
    batches = list(events(read_events(rows).cases, NOW_S))
    where: dict[str, set[int]] = {}
    for number, batch in enumerate(batches):
        for event in batch:
            assert event.at_s == NOW_S
            if isinstance(event, TicketEvent | TicketOpened):
                where.setdefault(event.ticket_id, set()).add(number)
    assert {len(numbers) for numbers in where.values()} == {1}
    assert sorted(map(len, batches))[-2] <= BATCH_MAX < len(batches[-1])  # one ticket alone is more than a batch


def test_what_the_store_knows_is_left_as_it_is() -> None:
    cases = read_events(hard_account(1)).cases
    (batch,) = events(cases, NOW_S, agents=["ann"], accounts=["angry"])
    assert [event.agent_id for event in batch if isinstance(event, AgentPut)] == ["ben"]
    assert [event.account_id for event in batch if isinstance(event, AccountPut)] == ["quiet-ben-0"]


def test_the_steps_of_a_ticket_as_events() -> None:
    rows = [
        ("1", "acme", "", "answer", "2024-01-01 09:00"),  # nobody's contact is none
        ("1", "acme", "ann", "take", "2024-01-01 09:01"),
        ("1", "acme", "", "answer", "2024-01-01 09:02"),
        ("1", "acme", "ben", "escalate", "2024-01-01 09:03"),
        ("1", "acme", "cid", "solve", "2024-01-01 09:04"),
        ("1", "acme", "cid", "answer", "2024-01-01 09:05"),
    ]
    (case,) = read_events(rows).cases
    opened, *told = ticket_events(case)
    assert isinstance(opened, TicketOpened)
    assert [(each.type, each.agent_id) for each in told if isinstance(each, TicketEvent)] == [
        ("reassigned", "ann"),
        ("contact", "ann"),
        ("escalated", None),
        ("reassigned", "cid"),
        ("resolved", "cid"),
        ("reopened", None),
        ("reassigned", "cid"),
        ("contact", "cid"),
    ]
    ids = [each.event_id for each in told if isinstance(each, TicketEvent)]
    assert len(set(ids)) == len(ids)
    assert [decode(*encode(each)) for each in told] == told


@pytest.mark.parametrize(("solved", "state"), [("2024-01-02T09:00:00Z", "resolved"), (None, "assigned")])
def test_one_row_per_ticket_gives_it_to_its_assignee(solved: str | None, state: str) -> None:
    row = {"id": 7, "organization": "acme", "assignee": "ann", "created_at": "2024-01-01T09:00:00Z", "solved_at": solved, "tags": ["vpn"]}
    team = TeamState()
    take(team, read(json_lines([row]), column_map(TICKETS_MAP)).cases)
    ticket = team.tickets["7"]
    assert (ticket.state, ticket.handler, len(ticket.contacts)) == (state, "ann", 1 if solved else 0)
    assert team.agents.people[0].skills == {"vpn": 3}

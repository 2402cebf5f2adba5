"""Shadow mode decides beside another router: each ticket once, nothing is assigned, and what the other did is held against it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from router.decide import decide
from router.domain import Ticket
from router.events import Decided, Event, TicketEvent
from router.shadow import compare
from router.snapshot import dump, load
from router.state import TeamState
from router.turn import conclude
from support.build import contact, happen, open_ticket, set_policy, set_status, take_turn, team

SHADOW: dict[str, Any] = {"shadow": 1}


def advise(state: TeamState, ticket_id: str, **fields: Any) -> Decided:
    """The one decision on a new ticket."""
    open_ticket(state, ticket_id, **fields)
    (decided,) = conclude(state, state.now_s)
    assert isinstance(decided, Decided)
    return decided


def moved(ticket: Ticket, state: TeamState, agent_id: str) -> TicketEvent:
    happen(state, ticket.id, "reassigned", agent_id=agent_id)
    return TicketEvent(state.now_s, ticket.id, "reassigned", state.now_s, agent_id)


def test_a_ticket_is_decided_once_and_stays_where_it_is() -> None:
    state = team(("ann", "bob"), SHADOW)
    record = advise(state, "T1").decisions[0]
    ticket = state.tickets["T1"]
    assert (record["lane"], record["agent_id"], record["shadow"]) == ("agent", "ann", True)
    assert (ticket.state, ticket.agent_id, ticket.decision_id) == ("waiting", None, record["id"])
    assert state.agents.open.sum() == 0
    assert decide(state, state.now_s + 3600) == ()
    assert decide(load(json.loads(json.dumps(dump(state)))), state.now_s + 3600) == ()


def test_what_is_advised_to_automation_stays_too() -> None:
    state = team(policy=SHADOW | {"automation": {"categories": ["reset"]}})
    assert advise(state, "T1", category="reset").decisions[0]["lane"] == "automation"
    assert (state.tickets["T1"].state, list(state.automated)) == ("waiting", [])


def test_a_ticket_that_comes_back_is_decided_again() -> None:
    state = team(("ann", "bob"), SHADOW)
    advise(state, "T1")
    happen(state, "T1", "reassigned", agent_id="bob")
    happen(state, "T1", "declined")
    assert [each.ticket_id for each in decide(state, state.now_s)] == ["T1"]


def test_what_waits_is_decided_for_real_when_shadow_mode_ends() -> None:
    state = team(policy=SHADOW)
    advise(state, "T1")
    set_policy(state, {})
    conclude(state, state.now_s)
    assert state.tickets["T1"].agent_id == "ann"


def test_what_automation_gave_up_on_is_decided_for_real_when_shadow_mode_ends() -> None:
    policy = {"automation": {"categories": ["reset"], "timeout_s": 900}}
    state = team(policy=policy)
    ticket = open_ticket(state, category="reset")
    take_turn(state)
    set_policy(state, policy | SHADOW)
    take_turn(state, state.now_s + 900)
    assert (ticket.state, ticket.advised) == ("automation", True)
    set_policy(state, policy)
    take_turn(state)
    assert (ticket.state, ticket.agent_id) == ("assigned", "ann")


def test_contacts_under_the_other_router_count_and_break_all_the_same() -> None:
    state = team(("ann", "bob"), SHADOW)
    contact(state, "bob", escalated=True)
    assert state.agents.acute[1] > 1
    assert state.agents.people[1].recovery is not None


def test_where_the_other_router_went_and_which_rules_that_broke() -> None:
    state, log = team(("ann", "bob", "cat"), SHADOW), list[Event]()
    contact(state, "bob", escalated=True)  # bob is on a break now
    set_status(state, "cat", "offline")
    for ticket_id, theirs in (("T1", "ann"), ("T2", "bob"), ("T3", "cat"), ("T4", None)):
        log.append(advise(state, ticket_id))
        if theirs:
            log.append(moved(state.tickets[ticket_id], state, theirs))
    log.append(moved(state.tickets["T1"], state, "cat"))  # second thoughts are not the router's
    found = compare(log)
    assert [(each.ticket_id, each.ours, each.theirs, each.same) for each in found.compared] == [
        ("T1", "ann", "ann", True),
        ("T2", "ann", "bob", False),
        ("T3", "ann", "cat", False),
    ]
    assert (found.same, found.open) == (1, 1)
    assert found.broken == {"offline": 1, "on_break": 1}
    assert compare(log, since_s=state.now_s + 1).compared == ()


@pytest.mark.parametrize(("ours", "fields"), [("to_automation", {"category": "reset"}), ("to_queue", {"skills": ("unknown",)})])
def test_what_a_person_got_and_we_would_have_kept_from_people(ours: str, fields: dict[str, Any]) -> None:
    state = team(policy=SHADOW | {"automation": {"categories": ["reset"]}})
    found = compare([advise(state, "T1", **fields), moved(state.tickets["T1"], state, "ann")])
    assert (getattr(found, ours), found.same) == (1, 0)


def test_decisions_for_real_are_not_compared() -> None:
    state = team()
    log = [advise(state, "T1")]
    assert (compare(log).compared, compare(log).open) == ((), 0)

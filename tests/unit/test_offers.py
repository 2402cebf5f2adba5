"""An assignment by decision is an offer until it is taken: unanswered it runs out, and the ticket goes to somebody else."""

from __future__ import annotations

from typing import Any

import pytest

from router import offers, snapshot
from router.decide import decide
from router.domain import Decision, Rejection
from router.events import Decided, Event, OfferExpired, TicketEvent
from router.explain import sentences
from router.record import as_record
from router.state import TeamState
from router.timing import next_change_s
from router.turn import conclude
from simulations.engine import simulate
from support.build import (
    DAY_S,
    HOUR_S,
    MINUTE_S,
    contact,
    decide_one,
    give,
    happen,
    in_hand,
    open_ticket,
    rejections,
    set_policy,
    set_status,
    take_turn,
    team,
    tell,
)
from support.scenarios import busy_team
from support.streams import START_S

OFFERS = {"offer_timeout_s": {"email": 120, "chat": 30, "phone": 15}}


def offered(policy: dict[str, Any] | None = None, agents: tuple[str, ...] = ("ann", "bob"), **fields: Any) -> TeamState:
    """T1 is offered to ann, whose id is the smallest."""
    state = team(agents, OFFERS | (policy or {}))
    open_ticket(state, **fields)
    take_turn(state)
    assert state.tickets["T1"].agent_id == "ann"
    return state


def expired(events: list[Event]) -> list[OfferExpired]:
    return [each for each in events if isinstance(each, OfferExpired)]


@pytest.mark.parametrize(("channel", "timeout_s"), [("email", 120), ("web", 120), ("chat", 30), ("phone", 15)])
def test_an_offer_that_nobody_answers_goes_to_the_next(channel: str, timeout_s: float) -> None:
    state = team(["ann", "bob"], OFFERS)
    ticket = open_ticket(state, channel=channel)
    decision = decide_one(state)
    assert (decision.agent_id, decision.offer_expires_s) == ("ann", START_S + timeout_s)
    take_turn(state)
    end_s = next_change_s(state, START_S)
    assert end_s == START_S + timeout_s
    assert expired(conclude(state, end_s - 0.01)) == []
    assert expired(conclude(state, end_s)) == [OfferExpired(end_s, "T1", "ann")]
    assert (ticket.agent_id, ticket.ignored_by) == ("bob", ("ann",))
    assert ticket.offer_expires_s == end_s + timeout_s
    assert state.agents.open.sum() == 1


def test_by_default_an_assignment_stays() -> None:
    state = team()
    open_ticket(state)
    assert decide_one(state).offer_expires_s is None
    take_turn(state)
    assert conclude(state, START_S + 30 * DAY_S) == []
    assert state.tickets["T1"].agent_id == "ann"


@pytest.mark.parametrize(
    "how",
    [
        lambda state: happen(state, "T1", "accepted"),
        lambda state: happen(state, "T1", "accepted", agent_id="ann"),
        lambda state: happen(state, "T1", "contact"),
        lambda state: happen(state, "T1", "message", agent_id="ann"),
        lambda state: happen(state, "T1", "reassigned", agent_id="ann"),
        lambda state: give(state, "T1", "ann"),
        lambda state: happen(state, "T1", "resolved"),
    ],
    ids=["accepted", "accepted by name", "contact", "the agent's message", "reassigned", "override", "resolved"],
)
def test_what_takes_an_offer(how: Any) -> None:
    state = offered()
    how(state)
    assert state.offered == {}
    assert expired(conclude(state, START_S + HOUR_S)) == []


@pytest.mark.parametrize(
    "how",
    [
        lambda state: happen(state, "T1", "accepted", agent_id="bob"),
        lambda state: happen(state, "T1", "message"),
        lambda state: happen(state, "T1", "contact", agent_id="bob"),
    ],
    ids=["accepted by another", "the customer's message", "another's contact"],
)
def test_what_does_not(how: Any) -> None:
    state = offered()
    how(state)
    assert [each.agent_id for each in expired(conclude(state, START_S + 120))] == ["ann"]


def test_a_ticket_that_a_manager_gave_is_no_offer() -> None:
    state = team(["ann", "bob"], OFFERS)
    ticket = in_hand(state, "ann")
    assert conclude(state, START_S + DAY_S) == []
    assert ticket.agent_id == "ann"


def test_who_let_an_offer_run_out_is_kept_from_the_ticket_by_name() -> None:
    state = offered()
    set_status(state, "bob", "away")
    conclude(state, START_S + 120)
    open_ticket(state, "T2", "other")
    assert decide(state, state.now_s)[0].agent_id == "ann"  # from this ticket alone
    set_status(state, "bob", "online")
    decision = decide_one(state)
    assert (decision.agent_id, rejections(decision, "ann")) == ("bob", (Rejection("declined", "offer ran out", "not declined"),))
    assert "Not ann: was offered this ticket before (offer ran out)." in sentences(as_record(decision))


def test_nobody_knows_a_case_for_having_looked_away() -> None:
    state = offered(agents=("ann", "bob", "cem"))
    conclude(state, START_S + 120)
    assert state.tickets["T1"].previous_agent_id is None


def test_a_taken_ticket_that_comes_back_may_go_to_anybody_again() -> None:
    state = offered()
    happen(state, "T1", "declined")
    take_turn(state)
    assert state.tickets["T1"].declined_by == ("ann",)
    happen(state, "T1", "accepted")
    assert (state.tickets["T1"].agent_id, state.tickets["T1"].declined_by) == ("bob", ())
    tell(state, TicketEvent(state.now_s, "T1", "declined", START_S, "ann"))  # the old answer once more
    assert state.tickets["T1"].declined_by == ()


# Round again.


def ask_all(state: TeamState, answers: dict[str, str]) -> list[Decision]:
    """Everybody answers as they do until all have been asked; what was decided on the way."""
    found = []
    for _ in answers:
        (decision,) = decide(state, state.now_s)
        found.append(decision)
        take_turn(state)
        agent_id = state.tickets["T1"].agent_id
        assert agent_id is not None
        if answers[agent_id] == "declines":
            happen(state, "T1", "declined", agent_id=agent_id)
        else:
            end_s = state.tickets["T1"].offer_expires_s
            assert end_s is not None
            for event in offers.ran_out(state, end_s):
                tell(state, event)
    return found


@pytest.mark.parametrize("bob", ["declines", "looks away"])
@pytest.mark.parametrize("ann", ["declines", "looks away"])
def test_when_all_were_asked_it_goes_round_again(ann: str, bob: str) -> None:
    state = team(["ann", "bob"], OFFERS)
    ticket = open_ticket(state)
    first = ask_all(state, {"ann": ann, "bob": bob})
    assert [(each.agent_id, each.relaxed) for each in first] == [("ann", ()), ("bob", ())]
    again = decide_one(state)
    assert again.lane == "agent"
    assert again.relaxed == ("declined",)
    assert again.gave_way[0].rule == "declined"
    take_turn(state)
    assert (ticket.declined_by, ticket.ignored_by) == ((), ())
    assert ticket.agent_id == again.agent_id


def test_who_is_not_there_is_waited_for_up_to_the_longest_wait() -> None:
    state = team(["ann", "bob"], {"max_wait_s": {"normal": 3600}})
    open_ticket(state)
    set_status(state, "bob", "offline")
    take_turn(state)
    happen(state, "T1", "declined")
    assert decide_one(state).lane == "queue"
    assert decide_one(state, now_s=START_S + HOUR_S - 1).lane == "queue"
    late = decide_one(state, now_s=START_S + HOUR_S)
    assert (late.agent_id, late.relaxed) == ("ann", ("declined",))
    set_status(state, "bob", "online")
    assert decide_one(state, now_s=START_S + HOUR_S).agent_id == "bob"


def test_who_never_could_is_not_waited_for() -> None:
    state = team({"ann": {"skills": {"export": 1}}, "bob": {}})
    open_ticket(state, skills=("export",))
    take_turn(state)
    happen(state, "T1", "declined")
    again = decide_one(state)
    assert (again.agent_id, again.relaxed) == ("ann", ("declined",))


# With everything else.


def test_a_call_that_was_not_answered_holds_no_line_and_no_break() -> None:
    state = offered(channel="phone")
    contact(state, "ann", escalated=True)  # a break waits for the call in hand
    assert state.agents.break_start_s[0] == START_S + 300
    conclude(state, START_S + 15)
    assert state.agents.break_start_s[0] == START_S + 15
    assert state.agents.live_open[0] == 0


def test_an_offer_goes_through_a_checkpoint() -> None:
    state = snapshot.load(snapshot.dump(offered()))
    assert expired(conclude(state, START_S + 120)) == [OfferExpired(START_S + 120, "T1", "ann")]


def test_people_in_a_simulation_answer_at_once() -> None:
    run = simulate(busy_team(policy={"offer_timeout_s": {"email": 1, "chat": 1, "phone": 1}}, run={"days": 1}))
    given = [each for event in run.log if isinstance(event, Decided) for each in event.decisions if each["lane"] == "agent"]
    accepted = [each for each in run.log if isinstance(each, TicketEvent) and each.type == "accepted"]
    assert len(given) == len(accepted) > 20
    assert expired(list(run.log)) == []


def test_an_offer_keeps_the_time_it_was_made_with() -> None:
    state = offered()
    set_policy(state, {"offer_timeout_s": {"email": 60}})
    assert expired(conclude(state, START_S + 60)) == []
    assert len(expired(conclude(state, START_S + 2 * MINUTE_S))) == 1

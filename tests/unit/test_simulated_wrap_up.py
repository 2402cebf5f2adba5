"""Work after a live contact: the contact counts at once, the hand is free after it, and a break comes between."""

from typing import Any

import numpy as np
import pytest

from router.eligibility import exclusions
from router.events import AgentStatus, Decided, TicketEvent
from router.evolve import evolve
from router.moment import Case, Moment
from router.state import TeamState
from simulations.engine import simulate
from simulations.metrics import measure
from simulations.people import Activity
from simulations.record import Run
from support.scenarios import busy_team, plain_queue

AFTER_S = 240.0
WRAPPING = {"wrap_up": {"phone": {"shape": "deterministic", "mean_s": AFTER_S}}}


def instants(run: Run, what: str) -> dict[str, float]:
    return {event.ticket_id: event.at_s for event in run.log if isinstance(event, TicketEvent) and event.type == what}


def test_the_ticket_is_resolved_and_the_next_one_taken_when_it_is_done() -> None:
    run = simulate(plain_queue(1, 0.5, 300.0, **WRAPPING))
    contact_s, resolved_s = instants(run, "contact"), instants(run, "resolved")
    done = [each for each in contact_s if each in resolved_s]
    assert len(done) > 50
    assert [resolved_s[each] - contact_s[each] for each in done] == pytest.approx([AFTER_S] * len(done))
    given_s = np.sort(run.assigned_s[~np.isnan(run.assigned_s)])
    for each in done:
        assert not np.any((given_s >= contact_s[each]) & (given_s < resolved_s[each] - 1e-6))


def test_it_is_busy_time_of_its_own() -> None:
    run = simulate(plain_queue(1, 0.5, 300.0, **WRAPPING))
    spent = run.seconds.sum(axis=0)
    whole = AFTER_S * len(instants(run, "resolved"))
    assert whole <= spent[Activity.WRAP_UP] + 1e-3 <= whole + AFTER_S
    busy = spent[Activity.WRAP_UP] + spent[Activity.LIVE]
    assert measure(run)["occupancy"] == pytest.approx(busy / (busy + spent[Activity.IDLE]))


def hot(**changes: Any) -> Run:
    escalations = {"escalation": {"ordinary": 1.0, "difficult": 1.0, "abuse": 0.0, "at_arrival_share": 0.0}}
    return simulate(plain_queue(1, 0.1, 300.0, **WRAPPING | escalations | changes))


def test_a_break_goes_before_it() -> None:
    """Every call escalates: the break begins when the contact ends, and the work after the call waits for the end of the break."""
    run = hot()
    contact_s, resolved_s = instants(run, "contact"), instants(run, "resolved")
    taken = {each.start_s: each.end_s for _, each in run.breaks}
    after = [each for each in resolved_s if contact_s[each] in taken]
    assert len(after) > 10
    assert [resolved_s[each] for each in after] == pytest.approx([taken[contact_s[each]] + AFTER_S for each in after])
    breaks_s = sum(min(each.end_s, run.world.end_s) - each.start_s for _, each in run.breaks)
    assert run.seconds[:, Activity.BREAK].sum() == pytest.approx(breaks_s, abs=1e-3)


def test_meanwhile_the_agent_is_in_the_back_office_and_may_take_nothing() -> None:
    """Two chats at a time: what is to do after the first is done beside the second."""
    run = simulate(busy_team(wrap_up={"chat": {"mean_s": 300.0}, "phone": {"mean_s": 300.0}}), explain=True)
    state, wrapping, checked = TeamState(), dict[str, str](), 0
    for event in run.log:
        evolve(state, event)
        if isinstance(event, TicketEvent) and event.type == "contact" and state.tickets[event.ticket_id].channel in ("chat", "phone"):
            wrapping[event.ticket_id] = str(event.agent_id)
        elif isinstance(event, TicketEvent) and event.type == "resolved":
            wrapping.pop(event.ticket_id, None)
        elif isinstance(event, Decided):
            for record in event.decisions:
                assert record["agent_id"] not in wrapping.values()
            moment = Moment(state, event.at_s)
            for agent_id in wrapping.values():
                row = state.agents.row[agent_id]
                found = exclusions(Case(moment, state.tickets[event.decisions[0]["ticket_id"]]))
                assert "offline" in {each.rule for each in found if each.mask[row]}
                checked += 1
    assert checked > 20
    assert any(isinstance(event, AgentStatus) and event.status == "back_office" for event in run.log)


def test_who_ends_their_shift_in_it_stays_until_it_is_done() -> None:
    run = simulate(busy_team(wrap_up={"chat": {"mean_s": 3600.0}, "phone": {"mean_s": 3600.0}}))
    resolved = {(event.agent_id, event.at_s) for event in run.log if isinstance(event, TicketEvent) and event.type == "resolved"}
    ends_s = {end_s for worker in run.world.staff for _, end_s in worker.on_shift}
    left = [(event.agent_id, event.at_s) for event in run.log if isinstance(event, AgentStatus) and event.status == "offline"]
    later = [each for each in left if each[1] not in ends_s]
    assert later
    assert set(later) <= resolved

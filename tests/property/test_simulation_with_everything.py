"""What must hold with all that customers and people can do: Little's law, no idle hands, nothing lost, time and money accounted for."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.agents import BoolArray
from router.domain import LIVE_CHANNELS
from router.eligibility import allowed, exclusions
from router.events import AgentStatus, Decided, TicketEvent, TicketOpened
from router.evolve import evolve
from router.moment import Case, Moment
from router.state import TeamState
from simulations.engine import simulate
from simulations.metrics import measure
from simulations.people import LIVE_FROM
from simulations.record import Run
from support.scenarios import everything

seeds = st.integers(0, 2**32)
ENTERS = ("reopened", "automation_failed")


def day(seed: int) -> Run:
    return simulate(everything(run={"days": 1, "seed": seed}))


@settings(max_examples=5)
@given(seeds)
def test_littles_law(seed: int) -> None:
    """The time-average of the queue, from the states alone, is the arrivals times their mean wait, from the events alone; who leaves has
    waited until then."""
    found = day(seed)
    state, area, last_s = TeamState(), 0.0, found.world.start_s
    entered, waited_s = dict[str, float](), 0.0
    for event in found.log:
        area += len(state.waiting) * (event.at_s - last_s)
        last_s = event.at_s
        evolve(state, event)
        if isinstance(event, TicketOpened) or (isinstance(event, TicketEvent) and event.type in ENTERS):
            entered[event.ticket_id] = event.at_s
        elif isinstance(event, TicketEvent) and event.type == "closed":
            waited_s += event.at_s - entered.pop(event.ticket_id)
        elif isinstance(event, Decided):
            for record in event.decisions:
                if record["lane"] != "queue":
                    waited_s += event.at_s - entered.pop(record["ticket_id"], event.at_s)
                else:  # also how a ticket comes back from automation
                    entered.setdefault(record["ticket_id"], event.at_s)
    waited_s += sum(found.world.end_s - since_s for since_s in entered.values())
    area += len(state.waiting) * (found.world.end_s - last_s)
    assert area == pytest.approx(waited_s, rel=1e-9, abs=1e-3)


def idle(state: TeamState, at_s: float) -> BoolArray:
    """Who may be given some live ticket that waits, by every rule of the product, and has nothing else to do than wait for it."""
    moment = Moment(state, at_s)
    found: BoolArray = np.zeros(len(state.agents), dtype=np.bool_)
    for ticket in (state.tickets[each] for each in state.waiting):
        if ticket.channel in LIVE_CHANNELS:
            found |= allowed(exclusions(Case(moment, ticket)))
    return found


@settings(max_examples=4)
@given(seeds)
def test_nobody_who_may_take_a_live_ticket_lets_it_wait(seed: int) -> None:
    """Looked at after every instant at which something happened, and just before the next one."""
    found, state, checked = day(seed), TeamState(), 0
    for place, event in enumerate(found.log):
        evolve(state, event)
        if place + 1 < len(found.log) and found.log[place + 1].at_s > event.at_s:
            for at_s in (event.at_s, max(event.at_s, found.log[place + 1].at_s - 0.01)):
                assert not idle(state, at_s).any()
                checked += any(state.tickets[each].channel in LIVE_CHANNELS for each in state.waiting)
    assert checked > 0


@settings(max_examples=4)
@given(seeds)
def test_nothing_is_lost_and_every_second_and_cent_is_accounted_for(seed: int) -> None:
    found = day(seed)
    tickets, seen = found.state.tickets, measure(found)
    states = Counter(each.state for each in tickets.values())
    assert len(tickets) == len(found.world.tickets)
    assert states["resolved"] == np.count_nonzero(~np.isnan(found.ended_s))
    assert states["closed"] == np.count_nonzero(~np.isnan(found.left_s)) == sum(tickets[each].state == "closed" for each in tickets)
    assert seen["left_open"] == states["waiting"] + states["automation"] + states["assigned"]
    length_s = found.world.end_s - found.world.counts_from_s
    assert found.seconds.sum(axis=1) == pytest.approx(np.full(len(found.world.staff), length_s))
    resolved = sum(isinstance(event, TicketEvent) and event.type == "automation_resolved" for event in found.log)
    records = [record for event in found.log if isinstance(event, Decided) for record in event.decisions]
    drafts = sum(record["costs_usd"]["draft"] > 0 for record in records)
    assert 100 * seen["automation_usd"] == 50 * resolved + 25 * drafts
    paid_s = sum(end_s - start_s for worker in found.world.staff for start_s, end_s in worker.on_shift if start_s < found.world.end_s)
    assert seen["staff_usd"] == pytest.approx(paid_s / 3600 * 45)


@settings(max_examples=4)
@given(seeds)
def test_live_contacts_last_what_was_drawn_and_no_live_one_begins_in_a_meeting_a_wrap_up_or_a_break(seed: int) -> None:
    found, rounds, begun_s = day(seed), Counter[int](), dict[int, float]()
    statuses = dict[str, str]()
    factor = found.world.scenario.automation.failed_handling_factor
    saved = 1 - found.world.scenario.policy.automation.draft_saves_share
    for event in found.log:
        if isinstance(event, AgentStatus):
            statuses[event.agent_id] = event.status
        elif isinstance(event, Decided):
            for record in event.decisions:
                if record["lane"] == "agent":
                    assert statuses[record["agent_id"]] == "online"
                    begun_s[found.world.number[record["ticket_id"]]] = event.at_s
        elif isinstance(event, TicketEvent):
            ticket = found.world.number[event.ticket_id]
            if event.type == "contact" and found.world.tickets.channel[ticket] >= LIVE_FROM:
                ratio = (event.at_s - begun_s[ticket]) / found.world.tickets.handle_s[ticket, rounds[ticket]]
                assert min(abs(ratio - each) for each in (1.0, factor, saved, factor * saved)) < 1e-3
            rounds[ticket] += event.type == "reopened"

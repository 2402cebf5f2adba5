"""What would have to change is enough and is needed: with it the ticket goes to that agent, with a thousandth less it does not."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from router import cost, snapshot, streak
from router.counterfactual import LIFTS, Counterfactual, counterfactual
from router.decide import decide
from router.domain import Status, Ticket
from router.errors import Refused
from router.events import TicketEvent, TicketOpened
from router.ledger import settle
from router.moment import Case, Moment
from router.record import as_record
from router.state import TeamState
from router.turn import conclude, fold
from support.build import decide_one
from support.streams import stream


def copy(state: TeamState) -> TeamState:
    return snapshot.load(json.loads(json.dumps(snapshot.dump(state))))


def probes(seed: int, steps: int = 120) -> Iterator[tuple[TeamState, dict[str, Any]]]:
    """Random states in which one ticket alone waits, with what is decided of it."""
    chance, live = np.random.default_rng(seed), TeamState()
    for batch, now_s in stream(chance, steps, agents=6, accounts=8):
        for event in batch:
            try:
                fold(live, [event])
            except Refused:
                continue
        conclude(live, now_s)
        if chance.random() < 0.5:
            continue
        state = copy(live)
        for ticket_id in [*state.waiting, *state.automated]:
            fold(state, [TicketEvent(state.now_s, ticket_id, "closed", state.now_s)])
        if state.waiting or state.automated:  # closing one that was re-opened meanwhile leaves it open
            continue
        late_s = float(chance.choice([0.0, 0.0, 2000.0]))  # over the longest wait of the streams' policy: rules give way
        facts = {"escalated": bool(chance.random() < 0.4), "skills": () if chance.random() < 0.6 else ("billing",)}
        channel, account = str(chance.choice(["email", "chat", "phone"])), f"account-{chance.integers(8)}"
        fold(state, [TicketOpened(state.now_s, "probe", account, state.now_s - late_s, "probe", channel=channel, **facts)])
        decision = decide_one(state, "probe")
        yield state, json.loads(json.dumps(as_record(decision)))


def every(seed: int) -> Iterator[tuple[TeamState, dict[str, Any], Counterfactual]]:
    for state, record in probes(seed):
        for other in record["not_others"]:
            found = counterfactual(record, other["agent_id"], state)
            assert found is not None
            yield state, record, found


@pytest.mark.parametrize("seed", range(3))
def test_where_no_rule_gave_way_the_cost_must_fall_by_just_that(seed: int) -> None:
    seen = 0
    for state, record, found in every(seed):
        if record["lane"] != "agent" or record["relaxed"]:
            continue
        rows = {person.id: row for row, person in enumerate(state.agents.people)}
        table = cost.table(Case(Moment(state, state.now_s), state.tickets["probe"]))
        names = [name for name, *_ in cost.TERMS]
        free = {record["agent_id"], *(each["agent_id"] for each in record["not_others"] if not each["rules"])}
        running = sorted(rows[each] for each in free | {found.agent_id})

        def winner(lowered: int, part: int, running: list[int] = running, table: Any = table, mine: int = rows[found.agent_id]) -> int:
            costs = table.copy()
            costs[lowered, mine] -= part
            return int(running[int(np.argmin(costs.sum(axis=0)[running]))])

        if found.gap is None:
            assert found.lifts
            assert winner(0, 0) == rows[found.agent_id]
            continue
        seen += 1
        assert winner(0, found.gap.by) == rows[found.agent_id]
        assert winner(0, found.gap.by - 1) == rows[record["agent_id"]]
        mine, chosen = table[:, rows[found.agent_id]], table[:, rows[record["agent_id"]]]
        if found.gap.terms:
            assert sum(part for _, part in found.gap.terms) == found.gap.by
            first, part = found.gap.terms[0]
            differences = mine - chosen
            assert differences[names.index(first)] == differences.max()
            assert part <= differences.max() + 1
    assert seen > 50


def no_break(state: TeamState, row: int, ticket: Ticket) -> None:
    """As when it is over: a row of hard contacts that it has ended stays ended."""
    if streak.over(state, state.now_s)[row]:
        state.agents.streak[row] = 0
    state.agents.people[row].recovery = None
    for column in (state.agents.pending_s, state.agents.break_start_s, state.agents.break_end_s):
        column[row] = math.inf


def no_debrief(state: TeamState, row: int, ticket: Ticket) -> None:
    state.agents.debrief_until_s[row] = -math.inf


def no_shifts(state: TeamState, row: int, ticket: Ticket) -> None:
    state.agents.people[row].shifts = ()
    state.agents.forget_caches()


def no_load(state: TeamState, row: int, ticket: Ticket) -> None:
    agents = state.agents
    for column in (agents.acute, agents.carried, agents.own_acute, agents.own_carried):
        column[row] = 0.0
    agents.eased_s[row] = -math.inf
    state.accounts[ticket.account_id].memory.pop(agents.people[row].id, None)


def no_load_nor_work(state: TeamState, row: int, ticket: Ticket) -> None:
    no_load(state, row, ticket)
    state.agents.booked_milli[row] = 0


def able(state: TeamState, row: int, ticket: Ticket) -> None:
    person = state.agents.people[row]
    person.skills |= dict.fromkeys(ticket.skills, 5)
    person.languages += (ticket.language,) if ticket.language else ()
    state.agents.forget_caches()


def no_streak(state: TeamState, row: int, ticket: Ticket) -> None:
    state.agents.streak[row] = state.agents.hard_open[row] = 0


def nothing_hot(state: TeamState, row: int, ticket: Ticket) -> None:
    state.agents.hot_open[row] = 0


def no_rotation(state: TeamState, row: int, ticket: Ticket) -> None:
    state.accounts[ticket.account_id].escalated_contacts = ()


def no_ramp(state: TeamState, row: int, ticket: Ticket) -> None:
    state.agents.ramp_count[row] = 0


def no_agreement(state: TeamState, row: int, ticket: Ticket) -> None:
    state.exclusions.pop((state.agents.people[row].id, ticket.account_id))


def takes_it_back(state: TeamState, row: int, ticket: Ticket) -> None:
    ticket.declined_by = tuple(each for each in ticket.declined_by if each != state.agents.people[row].id)


def a_slot(state: TeamState, row: int, ticket: Ticket) -> None:
    state.agents.limits[row] = state.agents.open[row] + 1


def online(state: TeamState, row: int, ticket: Ticket) -> None:
    state.agents.status[row] = Status.ONLINE


LIFTED: dict[str, Callable[[TeamState, int, Ticket], None]] = {
    "offline": online,
    "off_shift": no_shifts,
    "shift_end": no_shifts,
    "on_break": no_break,
    "break_pending": no_break,
    "debrief": no_debrief,
    "ramp_in": no_ramp,
    "skill": able,
    "language": able,
    "concurrency": a_slot,
    "excluded": no_agreement,
    "declined": takes_it_back,
    "rotation": no_rotation,
    "hard_streak": no_streak,
    "one_hot": nothing_hot,
    "light_duty": no_load,
    "load_bound": no_load_nor_work,
}


def test_every_rule_that_can_be_lifted_is_lifted_here() -> None:
    assert set(LIFTED) == set(LIFTS)


@pytest.mark.parametrize("seed", range(3, 6))
def test_with_the_named_rules_lifted_the_ticket_goes_there_or_lacks_cost_alone(seed: int) -> None:
    lifted, went = set[str](), 0
    for state, record, found in every(seed):
        if not found.lifts:
            continue
        changed = copy(state)
        row = changed.agents.row[found.agent_id]
        settle(changed.agents, row, changed.now_s, changed.params)  # what changes now changes nothing of what faded until now
        for lift in found.lifts:
            LIFTED[lift.rule](changed, row, changed.tickets["probe"])
        lifted |= {lift.rule for lift in found.lifts}
        (again,) = (each for each in decide(changed, changed.now_s) if each.ticket_id == "probe")
        if again.agent_id == found.agent_id:
            went += 1
            continue
        then = counterfactual(as_record(again), found.agent_id, changed)
        assert then is not None
        assert then.lifts == ()
        if then.held_for is not None:  # free to take it, were it not worth waiting for somebody else
            assert again.lane == "queue"
            continue
        assert then.gap is not None
        assert found.gap is not None or record["lane"] == "agent"
    assert went > 20
    assert len(lifted) >= 8

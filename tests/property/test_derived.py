"""What is derived once and kept is what would be derived anew, on any day."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import chain, pairwise

import numpy as np
import pytest

from fatigue_model.dynamics import Mode, advance, line
from router.agents import MODE_OF_STATUS, Agents
from router.course import course
from router.shifts import window
from router.state import TeamState, facts
from router.timing import next_change_s
from router.turn import conclude
from support.streams import stream, take_in
from support.wild_days import WildDay

SEEDS = range(3)


def days(seed: int) -> Iterator[tuple[TeamState, float]]:
    """A team after each of many batches of events, among them check-ins, late news and changes of profile."""
    state = TeamState()
    for batch, now_s in stream(np.random.default_rng(seed), 120, agents=9, accounts=25):
        take_in(state, batch)
        conclude(state, now_s, explain=False)
        yield state, now_s


def piecewise(agents: Agents, row: int, now_s: float, state: TeamState) -> tuple[float, float, float]:
    """A, B and the line of one agent as of `now_s`: before the break, through it, after it."""
    since_s = float(agents.as_of_s[row])
    if math.isinf(since_s) or since_s >= now_s:
        acute, carried = float(agents.acute[row]), float(agents.carried[row])
        return acute, carried, float(line(carried, state.params))
    mode, begin_s, end_s = int(MODE_OF_STATUS[agents.status[row]]), float(agents.break_start_s[row]), float(agents.break_end_s[row])
    edges = sorted({since_s, now_s, *(each for each in (begin_s, end_s) if since_s < each < now_s)})
    acute, carried = float(agents.acute[row]), float(agents.carried[row])
    for from_s, to_s in pairwise(edges):
        code = int(Mode.BREAK) if begin_s <= from_s < end_s else mode
        left, kept = advance(acute, carried, code, to_s - from_s, state.params)
        acute, carried = float(left), float(kept)
    return acute, carried, float(line(carried, state.params))


def test_columns_of_profiles_paces_and_shifts() -> None:
    met = set[bool]()
    for state, now_s in chain.from_iterable(days(seed) for seed in SEEDS):
        agents = state.agents
        met.add(agents.profiles.any_personal)
        assert agents.profiles.personal.tolist() == [bool(person.paces) for person in agents.people]
        assert agents.profiles.any_personal == any(person.paces for person in agents.people)
        assert agents.profiles.willing == tuple(row for row, person in enumerate(agents.people) if person.debrief_opt_in)
        for skills, level in ((), 1), (("billing",), 3), (("billing", "product"), 1), (("product",), 5):
            levels = [[person.skills.get(name, 0) for name in skills] for person in agents.people]
            assert agents.profiles.lacking(skills, level).tolist() == [any(each < level for each in mine) for mine in levels]
            off = [sum(max(level - each, 0) + 0.5 * max(each - level, 0) for each in mine) for mine in levels]
            assert agents.profiles.levels_off(skills, level).tolist() == off
        for at_s in (now_s, now_s - 7200, now_s + 40_000, now_s):
            on, until_s = agents.profiles.shift_windows(at_s)
            fresh = [window(person.shifts, person.time_zone, at_s) for person in agents.people]
            assert list(zip(on.tolist(), until_s.tolist(), strict=True)) == fresh
        worth = sorted(each.arr_usd for each in state.accounts.values() if each.arr_usd is not None)
        assert state.arrs_usd == worth
        assert state.top_arr_usd == (worth[-(len(worth) // 10)] if len(worth) >= 10 else None)
    assert met == {True, False}


@pytest.mark.parametrize("seed", SEEDS)
def test_what_a_ticket_is_decided_with_is_what_its_next_contact_would_meet(seed: int) -> None:
    passed_on = 0
    for state, now_s in days(seed):
        for ticket in state.tickets.values():
            now, known = course(ticket).now, facts(state, ticket, now_s)
            assert (ticket.escalated, ticket.abuse, ticket.hot) == (now.escalated, now.abuse, now.hot)
            assert now.of(known, ticket.came_reopened) is known
            passed_on += bool(ticket.messages) and bool({each.agent_id for each in ticket.contacts} - {ticket.agent_id})
    assert passed_on > 100


@pytest.mark.parametrize("seed", SEEDS)
def test_loads_of_all_at_once_are_those_of_each(seed: int) -> None:
    for state, now_s in days(seed):
        for at_s in (now_s, now_s + 300, now_s + 5000):
            loads = state.agents.project(at_s, state.params)
            each = [piecewise(state.agents, row, at_s, state) for row in range(len(state.agents))]
            assert list(zip(loads.acute.tolist(), loads.carried.tolist(), loads.line.tolist(), strict=True)) == each


@pytest.mark.parametrize("seed", [1, 9])
def test_who_looks_again_by_an_instant_is_told_all_that_comes_before(seed: int) -> None:
    """The same instant to the bit where it comes before, and none that does where it does not."""
    day, exact, later = WildDay(seed), 0, 0
    turned = day._turn

    def checked(incoming: list, now_s: float) -> None:
        nonlocal exact, later
        turned(incoming, now_s)
        then_s = next_change_s(day.state, now_s)
        for until_s in (now_s, now_s + 7.0, now_s + 100.0, now_s + 4000.0):
            told_s = next_change_s(day.state, now_s, until_s)
            exact, later = exact + (then_s < until_s), later + (then_s >= until_s)
            assert told_s == then_s if then_s < until_s else told_s >= until_s

    day._turn = checked  # type: ignore[method-assign]
    day.run()
    assert exact > 100
    assert later > 100

"""What holds of the automation lane in any stream of events: no hot ticket, never over capacity, a book that the log gives again."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fatigue_model.dynamics import DAY_S
from router.bots import MICRO
from router.domain import Ticket
from router.events import Decided, Event, TicketEvent
from router.evolve import evolve
from router.state import TeamState
from router.turn import conclude
from support.streams import AUTOMATION, stream, take_in

seeds = st.integers(0, 2**32)
STEPS = 150


def logged(seed: int) -> list[Event]:
    """The log of a random day."""
    state, log = TeamState(), list[Event]()
    for batch, now_s in stream(np.random.default_rng(seed), STEPS):
        log += take_in(state, batch)
        log += conclude(state, now_s)
    return log


def steps(log: list[Event]) -> Iterator[tuple[TeamState, Event, dict[str, str]]]:
    """The state after each event, with where every ticket was before it."""
    state = TeamState()
    for event in log:
        before = {each.id: each.state for each in state.tickets.values()}
        evolve(state, event)
        yield state, event, before


@settings(max_examples=15)
@example(42188)  # abuse is told late of a ticket that somebody had a contact on while it was in the lane
@given(seeds)
def test_on_any_day_the_lane_holds_what_it_may_and_the_book_is_what_the_log_says(seed: int) -> None:
    """Of each day both, for it is the day that takes its time."""
    log = logged(seed)
    assert_it_never_has_a_hot_ticket_nor_more_than_it_holds(log)
    assert_the_book_is_what_it_says(log)


def assert_it_never_has_a_hot_ticket_nor_more_than_it_holds(log: list[Event]) -> None:
    seen = 0
    for state, event, _ in steps(log):
        held = [state.tickets[each] for each in state.automated]
        assert len(held) <= AUTOMATION["capacity"]
        assert not any(each.hot or each.escalated or each.abuse or each.grave is not None for each in held)
        assert {each.id for each in held} == {each.id for each in state.tickets.values() if each.state == "automation"}
        if isinstance(event, Decided):
            for record in event.decisions:
                seen += record["lane"] == "automation"
                assert not (record["draft"] and state.tickets[record["ticket_id"]].hot)
                assert (record["costs_usd"]["automation"] > 0) == (record["lane"] == "automation")
    assert seen > 0


def assert_the_book_is_what_it_says(log: list[Event]) -> None:
    """Each try by its outcome, told from how the ticket left the lane; each weight 2^(−age/half-life) at the end."""
    outcomes: dict[str, tuple[str, str, float, bool]] = {}
    tried: dict[tuple[str, str], int] = {}
    bot_of: dict[str, str] = {}
    paid, last_s, state = 0, dict[tuple[str, str], float](), TeamState()
    for state, event, before in steps(log):
        if isinstance(event, Decided):
            for record in event.decisions:
                ticket = state.tickets[record["ticket_id"]]
                if record["lane"] == "automation":
                    bot_of[ticket.id] = record["bot"]
                    pair = (record["bot"], str(ticket.category))
                    tried[pair] = tried.get(pair, 0) + 1
                elif before[ticket.id] == "automation":
                    note(outcomes, last_s, bot_of[ticket.id], ticket, event.at_s, worked=False)
        elif isinstance(event, TicketEvent):
            ticket = state.tickets[event.ticket_id]
            was, bot = before[ticket.id], bot_of.get(ticket.id, "")
            if was == "automation" and event.type in ("automation_resolved", "automation_failed"):
                paid += event.type == "automation_resolved"
                note(outcomes, last_s, bot, ticket, state.now_s, worked=event.type == "automation_resolved")
            elif was in ("resolved", "closed") and ticket.state == "waiting" and ticket.id in outcomes and outcomes[ticket.id][3]:
                bot, category, at_s, _ = outcomes[ticket.id]
                outcomes[ticket.id] = (bot, category, at_s, False)
                last_s[bot, category] = state.now_s
    assert {pair: each.tried for pair, each in state.bots.pairs.items() if each.tried} == tried
    assert sum(each.spent_micro_usd for each in state.bots.pairs.values()) == paid * MICRO // 2
    for pair, each in state.bots.pairs.items():
        mine = [(at_s, worked) for bot, category, at_s, worked in outcomes.values() if (bot, category) == pair]
        weights = [(2.0 ** (-(last_s[pair] - at_s) / DAY_S / 30.0), worked) for at_s, worked in mine]
        assert (each.resolved, each.failed) == (sum(worked for _, worked in mine), sum(not worked for _, worked in mine))
        assert each.successes == pytest.approx(sum(weight for weight, worked in weights if worked), abs=1e-9)
        assert each.failures == pytest.approx(sum(weight for weight, worked in weights if not worked), abs=1e-9)


def note(
    outcomes: dict[str, tuple[str, str, float, bool]],
    last_s: dict[tuple[str, str], float],
    bot: str,
    ticket: Ticket,
    at_s: float,
    worked: bool,
) -> None:
    outcomes[ticket.id] = (bot, str(ticket.category), at_s, worked)
    last_s[bot, str(ticket.category)] = at_s

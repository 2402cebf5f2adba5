"""Replay where somebody left personal mode: what can't be derived again is counted and is no difference; everything else still is."""

from __future__ import annotations

from dataclasses import replace

from router.events import AgentStatus, Calibrated, Decided, Event, LightDutyAsked, Overridden, PersonalEnded, TicketEvent, TicketOpened
from router.ledger import LEDGER_S
from router.replay import replay
from router.state import TeamState
from router.turn import turn
from support.build import HOUR_S, MINUTE_S
from support.streams import START_S, opening

LAST_HOUR = 39


def long_log(*personal: Event, away: bool = True) -> list[Event]:
    """Escalations every hour to whoever is free, for a day and a half, and again after more than a month; perhaps `away` meanwhile."""
    state, log = TeamState(), list[Event]()
    log += turn(state, opening(2, 6), START_S)
    own = sorted(personal, key=lambda each: each.at_s)
    for hour in (*range(1, LAST_HOUR + 1), *range(40 * 24, 40 * 24 + 10)):
        now_s = START_S + hour * HOUR_S
        log += turn(state, [each for each in own if now_s - HOUR_S < each.at_s <= now_s], now_s)
        incoming: list[Event] = [AgentStatus(now_s, f"agent-{number}", "online", now_s) for number in range(2)]
        log += turn(state, [*incoming, TicketOpened(now_s, f"T{hour}", f"account-{hour % 6}", now_s, "x", escalated=True)], now_s)
        agent_id = state.tickets[f"T{hour}"].agent_id or "agent-0"
        if state.tickets[f"T{hour}"].agent_id is None:
            log += turn(state, [Overridden(now_s, f"T{hour}", agent_id, "x")], now_s)
        log += turn(state, [TicketEvent(now_s + 30, f"T{hour}", "resolved", now_s + 30)], now_s + 30)
        later_s = now_s + 15 * MINUTE_S
        log += turn(state, [TicketOpened(later_s, f"Q{hour}", "account-1", now_s, "x", escalated=True)], later_s)
        off = [AgentStatus(later_s, f"agent-{number}", "offline", later_s) for number in range(2 * (away and hour == LAST_HOUR))]
        log += turn(state, off, later_s)  # nobody is at work for the weeks between
        log += turn(state, [TicketEvent(later_s + MINUTE_S, f"Q{hour}", "closed", now_s, "agent-1")], later_s + MINUTE_S)
    return log


def erased(log: list[Event]) -> list[Event]:
    found: list[Event] = []
    for each in log:
        if isinstance(each, Calibrated):
            each = replace(each, sensitivity=1.0, speed=1.0, erased=True)  # noqa: PLW2901
        elif isinstance(each, LightDutyAsked):
            each = replace(each, until_s=0.0, erased=True)  # noqa: PLW2901
        found.append(each)
    return found


JOINED = Calibrated(START_S + 2 * HOUR_S, "agent-0", 2.0, 0.6)
ASKED = LightDutyAsked(START_S + 3 * HOUR_S, "agent-1", START_S + 8 * HOUR_S)
LEFT = PersonalEnded(START_S + 20 * HOUR_S, "agent-0")


def test_with_the_numbers_there_every_decision_is_derived_again() -> None:
    done = replay(TeamState(), long_log(JOINED, ASKED, LEFT))
    assert (done.differences, done.erased) == ((), 0)
    assert done.count > 60


def test_without_them_the_rest_is_still_proven() -> None:
    done = replay(TeamState(), erased(long_log(JOINED, ASKED, LEFT)))
    assert done.differences == ()
    assert done.erased > 0


def test_who_is_never_away_keeps_what_is_left_of_them_for_longer() -> None:
    """Of carried load, in the last digits of what a choice would cost."""
    log = erased(long_log(JOINED, ASKED, LEFT, away=False))
    done = replay(TeamState(), log)
    assert done.differences == ()
    assert done.erased > replay(TeamState(), [each for each in log if each.at_s <= LEFT.at_s + LEDGER_S]).erased


def test_a_decision_that_was_changed_is_still_found_out() -> None:
    log = erased(long_log(JOINED, ASKED, LEFT))
    late = next(index for index, each in enumerate(log) if isinstance(each, Decided) and each.at_s > LEFT.at_s + LEDGER_S)
    record = log[late].decisions[0] | {"lane": "queue", "agent_id": None}  # type: ignore[union-attr]
    log[late] = replace(log[late], decisions=(record,))  # type: ignore[type-var]
    assert replay(TeamState(), log).differences != ()
